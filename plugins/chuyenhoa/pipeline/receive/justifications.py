"""Reasons for warnings: which of them count, which warnings they answer, which localities they release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from chuyenhoa.model.evidence import JustifiedWarning
from chuyenhoa.model.figures import Justification
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Reading, Severity
from chuyenhoa.pipeline.context import Context
from chuyenhoa.plan.messages import Message, load_messages
from chuyenhoa.store import ledger
from chuyenhoa.store.content import VersionJustification
from chuyenhoa.store.justifications import (
    held_localities,
    justified_findings,
    load_justifications,
    waiting_justifications,
)
from chuyenhoa.validation.justifications import Flaw, JustificationRules, load_justification_rules

MAX_RULES = 2
"""Different rules that one text may answer without a word about it."""
SHOWN = 60
"""Characters of a text that a message repeats."""


@dataclass(frozen=True)
class JustificationCheck:
    """Judges the texts of sheet "Giải trình" of one plan's files."""

    rules: JustificationRules
    messages: Mapping[str, Message]
    titles: Mapping[str, str]
    """What every rule asks, by its id."""

    def flaw_of(self, text: str, finding: Finding) -> Flaw | None:
        """Why a text is no reason for a warning; None when it is one."""
        return self.rules.flaw_of(text, (self.titles.get(finding.rule_id, ""), finding.message))


@dataclass(frozen=True)
class JustifiedFindings:
    """Findings with the reasons that answer them, and what is said of texts that do not."""

    findings: tuple[Finding, ...]
    used: tuple[Justification, ...]
    """The reason behind each explanation, at its warning's own rule and locality."""
    remarks: tuple[Finding, ...]


def justification_check_of(ctx: Context, plan: Plan) -> JustificationCheck:
    """What judges the reasons in files of a plan."""
    folder = ctx.settings.templates / "messages"
    return JustificationCheck(
        load_justification_rules(folder / "reasons.yaml"),
        load_messages(folder / "reason_findings.yaml"),
        titles_of(ctx, plan),
    )


def titles_of(ctx: Context, plan: Plan) -> dict[str, str]:
    """What every rule and every code of the reader asks, by its id."""
    codes = load_messages(ctx.settings.templates / "messages" / "reading")
    return {
        **{code: message.title for code, message in codes.items()},
        **{rule.rule_id: rule.title for rule in ctx.rules_of(plan)},
    }


def justify(
    findings: Sequence[Finding], given: Sequence[Justification], reasons: JustificationCheck
) -> JustifiedFindings:
    """Put to every warning on figures the first text given for it that is a reason.

    A text for a locality goes before one for the whole file. A text that was meant for a warning and is no
    reason is told once, at its cell, with all the rules that it was given for.
    """
    justified: list[Finding] = []
    used: list[Justification] = []
    flawed: dict[tuple[str, str], list[tuple[Justification, Finding, Flaw]]] = {}
    for finding in findings:
        if not finding.needs_reason:
            justified.append(finding)
            continue
        meant = [j for j in given if j.rule_id == finding.rule_id and j.locality in (finding.locality, "")]
        meant.sort(key=lambda entry: entry.locality == "")
        flaws = [(entry, reasons.flaw_of(entry.reason, finding)) for entry in meant]
        good = next((entry for entry, flaw in flaws if flaw is None), None)
        if good is not None:
            used.append(replace(good, locality=finding.locality))
            justified.append(replace(finding, justification=good.reason))
            continue
        justified.append(finding)
        for entry, flaw in flaws:
            if flaw is not None:
                key = (entry.cell_ref.sheet, entry.cell_ref.cell)
                flawed.setdefault(key, []).append((entry, finding, flaw))
    remarks = [_remark(entries, reasons) for entries in flawed.values()]
    return JustifiedFindings(
        tuple(justified), tuple(dict.fromkeys(used)), (*remarks, *_pasted(used, reasons))
    )


def _pasted(used: Sequence[Justification], reasons: JustificationCheck) -> list[Finding]:
    """What is said of one text that answers warnings of many kinds: it is taken, and the office may ask."""
    same: dict[str, list[Justification]] = {}
    for entry in used:
        same.setdefault(" ".join(entry.reason.casefold().split()), []).append(entry)
    remarks = []
    for entries in same.values():
        rules = list(dict.fromkeys(entry.rule_id for entry in entries))
        if len(rules) > MAX_RULES:
            remarks.append(
                _say(
                    reasons,
                    Code.ONE_REASON_FOR_SEVERAL,
                    entries[0],
                    "",
                    rules=", ".join(rules),
                    count=str(len(rules)),
                )
            )
    return remarks


def _remark(entries: Sequence[tuple[Justification, Finding, Flaw]], reasons: JustificationCheck) -> Finding:
    """What is said of one cell whose text is no reason."""
    (entry, _, flaw), localities = entries[0], {finding.locality for _, finding, _ in entries}
    rules = ", ".join(dict.fromkeys(finding.rule_id for _, finding, _ in entries))
    return _say(
        reasons,
        Code.NOT_A_REASON,
        entry,
        localities.pop() if len(localities) == 1 else "",
        rules=rules,
        why=reasons.rules.why[flaw],
    )


def _say(
    reasons: JustificationCheck, code: Code, entry: Justification, locality: str, **words: str
) -> Finding:
    message, place = reasons.messages[code], entry.cell_ref
    shown = " ".join(entry.reason.split())
    shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
    text = message.text.format_map({"sheet": place.sheet, "cell": place.cell, "value": shown, **words})
    cells = (place.cell,) if place.cell else ()
    return Finding(str(code), message.severity, text, place.sheet, cells, locality, value=shown)


@dataclass(frozen=True)
class Release:
    """What a file of reasons brought about for versions that came before it."""

    reasons: tuple[VersionJustification, ...] = ()
    released: tuple[tuple[int, str], ...] = ()
    """Version and locality."""
    remarks: tuple[Finding, ...] = ()


def apply_to_held(session: Session, ctx: Context, plan: Plan, reading: Reading, before: int) -> Release:
    """Hold a file of reasons against the localities that wait for them.

    Of each locality the newest version that lists it counts. It is released when, with these reasons and
    those given before, none of its warnings is open and no error stands in its way.
    """
    reasons = justification_check_of(ctx, plan)
    waiting = held_localities(session, reading, before)
    given: list[VersionJustification] = []
    released: list[tuple[int, str]] = []
    remarks: list[Finding] = []
    met: list[Finding] = []
    for version in dict.fromkeys(waiting.values()):
        held = frozenset(code for code, number in waiting.items() if number == version)
        findings = [f for f in justified_findings(session, version) if f.locality in held or not f.locality]
        met += findings
        outcome = justify(findings, reading.justifications, reasons)
        given += [VersionJustification(version, entry) for entry in outcome.used]
        remarks += outcome.remarks
        blocked = {finding.locality for finding in outcome.findings if finding.holds}
        if "" not in blocked:
            released += [(version, code) for code in sorted(held - blocked)]
    remarks += _unmet(reading.justifications, met, plan, reasons)
    return Release(tuple(given), tuple(released), tuple(remarks))


@dataclass(frozen=True)
class Arrival:
    """A file on its way into the ledger: where it stands there, and whose it is."""

    number: int
    plan: Plan
    reading: Reading
    is_supplement: bool
    """It brings only reasons or texts, and is no version of its submitter's figures."""


def apply_justifications(
    session: Session, ctx: Context, arrival: Arrival, findings: Sequence[Finding]
) -> tuple[tuple[Finding, ...], Release]:
    """The findings of a file with the reasons that answer them, and what its own reasons settle.

    A version is explained by its own sheet, and by files of reasons that came since the version before. What
    its sheet says to no purpose is told while something is held back; the reasons of a report that has since
    been mended may stay where they are.
    """
    reading = arrival.reading
    if arrival.is_supplement:
        settled = Release()
        if reading.justifications:
            settled = apply_to_held(session, ctx, arrival.plan, reading, arrival.number)
        return (*findings, *settled.remarks), settled
    reasons = justification_check_of(ctx, arrival.plan)
    given = (*reading.justifications, *waiting_justifications(session, reading, arrival.number))
    outcome = justify(findings, given, reasons)
    remarks = list(outcome.remarks)
    if any(finding.holds for finding in outcome.findings):
        remarks += _unmet(reading.justifications, findings, arrival.plan, reasons)
    return (*outcome.findings, *remarks), Release()


def _unmet(
    given: Sequence[Justification], findings: Sequence[Finding], plan: Plan, reasons: JustificationCheck
) -> list[Finding]:
    """Reasons that no warning asks for, told once a cell: they name an error, or nothing that was found."""
    asked = _named(finding for finding in findings if finding.severity is Severity.WARNING)
    wrong = _named(finding for finding in findings if finding.severity is Severity.ERROR)
    cells: dict[tuple[str, str], list[Justification]] = {}
    for entry in given:
        if (entry.rule_id, entry.locality) not in asked:
            cells.setdefault((entry.cell_ref.sheet, entry.cell_ref.cell), []).append(entry)
    remarks = []
    for entries in cells.values():
        code = entries[0].locality
        where = f" ({plan.locality_by_code[code].name})" if code in plan.locality_by_code else ""
        in_vain = [entry for entry in entries if (entry.rule_id, code) in wrong]
        for kind, told in (
            (Code.REASON_FOR_ERROR, in_vain),
            (Code.NO_SUCH_WARNING, [e for e in entries if e not in in_vain]),
        ):
            names = ", ".join(dict.fromkeys(entry.rule_id for entry in told))
            if told:
                remarks.append(_say(reasons, kind, entries[0], code, rules=names, where=where))
    return remarks


def _named(findings: Iterable[Finding]) -> frozenset[tuple[str, str]]:
    """Rule and locality of findings as a reason may name them: without a locality all are meant."""
    return frozenset(key for f in findings for key in ((f.rule_id, f.locality), (f.rule_id, "")))


def note_releases(session: Session, number: int, released: Sequence[tuple[int, str]], at: datetime) -> None:
    """Note in the ledger, on both files, what a file of reasons released."""
    for version in dict.fromkeys(version for version, _ in released):
        codes = ", ".join(code for other, code in released if other == version)
        ledger.add_event(session, version, at, "released", f"{ledger.submission_id(number)}: {codes}")
        ledger.add_event(session, number, at, "explained", f"{ledger.submission_id(version)}: {codes}")


def gather_justifications(
    ctx: Context, session: Session, plan: Plan, periods: Iterable[str]
) -> tuple[JustifiedWarning, ...]:
    """Every reason behind the figures in force of some periods, with what its rule asks."""
    titles = titles_of(ctx, plan)
    return tuple(
        replace(entry, title=titles.get(entry.rule_id, ""))
        for period in periods
        for entry in load_justifications(session, plan, period)
    )
