"""Step 3 of 5, decide: what the findings of a file mean for it, and which warnings its reasons answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from chuyenhoa.model.figures import Justification
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Reading, Severity, SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive import withdrawals
from chuyenhoa.pipeline.receive.read import Part
from chuyenhoa.store import content, justifications, ledger, tables
from chuyenhoa.validation.justifications import JustificationCheck, justify, remark_unused

UNREADABLE = frozenset({SubmissionStatus.REFUSED, SubmissionStatus.CLAIMED, SubmissionStatus.SET_ASIDE})


def decide_status(reading: Reading, findings: Sequence[Finding]) -> tuple[SubmissionStatus, frozenset[str]]:
    """The rule: the status of a file, and the localities whose figures are taken.

    An error or an unexplained warning on figures holds back the locality that it touches; one that touches
    the whole file (no locality) holds back everything. Of a file of words alone (texts of sheet "Thuyết
    minh", reasons of sheet "Giải trình") what could be read is taken. Its cases are the table in
    tests/unit/pipeline/test_decide_status.py.
    """
    if reading.refused:
        return SubmissionStatus.REFUSED, frozenset()
    held = {finding.locality for finding in findings if finding.holds}
    taken = frozenset[str]() if "" in held else frozenset(reading.localities) - held
    is_words_alone = not reading.localities and bool(reading.narratives or reading.justifications)
    if held and not taken and ("" in held or not is_words_alone):
        return SubmissionStatus.RETURNED, taken
    if held:
        return SubmissionStatus.PARTLY_ACCEPTED, taken
    if any(finding.severity is Severity.WARNING for finding in findings):
        return SubmissionStatus.ACCEPTED_WITH_WARNINGS, taken
    return SubmissionStatus.ACCEPTED, taken


def decide_archive_status(
    members: Sequence[SubmissionStatus], findings: Sequence[Finding]
) -> SubmissionStatus:
    """Of a .zip: accepted when every file inside could be read as one of ours, refused when none could."""
    readable = [status for status in members if status not in UNREADABLE]
    if not readable:
        return SubmissionStatus.REFUSED
    if len(readable) < len(members) or any(finding.holds for finding in findings):
        return SubmissionStatus.PARTLY_ACCEPTED
    return SubmissionStatus.ACCEPTED


def decide_file(ctx: Context, session: Session, part: Part, row: tables.SubmissionRow) -> content.Answer:
    """What is to be stored of one file of a part; the files before it must be stored already."""
    first = part.duplicates.get(row.number)
    if first is not None:
        reading = part.readings.get(row.number) or Reading(row.sha256, row.file_name)
        return _repeat(session.get_one(tables.SubmissionRow, first), reading)
    mates = [number for number in part.reports.get(row.number, ()) if number != row.number]
    return _decide_answer(ctx, session, row, part, mates)


def _repeat(original: tables.SubmissionRow, reading: Reading) -> content.Answer:
    """A repetition changes nothing: only whose report it repeats is stored."""
    same = replace(reading, plan=original.plan, period=original.period, submitter=original.submitter)
    return content.Answer(
        same,
        SubmissionStatus.DUPLICATE,
        findings=(),
        taken=frozenset(),
        version=None,
        is_late=False,
        duplicate_of=original.number,
    )


def _decide_answer(
    ctx: Context, session: Session, row: tables.SubmissionRow, part: Part, mates: Sequence[int]
) -> content.Answer:
    reading = part.readings.get(row.number) or Reading(row.sha256, row.file_name)
    findings = part.findings.get(row.number, ())
    plan = ctx.plan_or_todays(reading.plan)
    reading, remarks = withdrawals.expand(ctx, session, reading, row.number)
    findings = (*findings, *remarks)
    if _is_supplement(plan, reading):
        met = [finding for mate in mates for finding in part.findings.get(mate, ())]
        release = _release_held(ctx, session, plan, reading, row.number, met)
        findings = (*findings, *release.remarks)
    else:
        release = _Release()
        beside = [entry for mate in mates for entry in part.readings[mate].justifications]
        findings = _justify_own(ctx, session, plan, reading, row.number, findings, beside)
    status, taken = decide_status(reading, findings)
    period = plan.period_by_id.get(reading.period)
    # A refused file is no report: it is neither a version nor late.
    is_ours = status in ledger.OURS
    version = None
    if is_ours and not _is_supplement(plan, reading):
        version = ledger.latest_version(session, reading, row.number)[1] + 1
    return content.Answer(
        reading,
        status,
        tuple(findings),
        taken,
        version,
        is_ours and period is not None and period.is_late(datetime.fromisoformat(row.received_at)),
        reasons=release.reasons,
        released=release.released,
    )


def decide_archive(
    row: tables.SubmissionRow, members: Sequence[tables.SubmissionRow], findings: tuple[Finding, ...]
) -> content.Answer:
    """What is to be stored of a .zip, by what became of the files inside it."""
    status = decide_archive_status([SubmissionStatus(member.status) for member in members], findings)
    reading = Reading(
        sha256=row.sha256,
        file_name=row.file_name,
        plan=common_value(member.plan for member in members),
        period=common_value(member.period for member in members),
        submitter=common_value(member.submitter for member in members),
        refused=status is SubmissionStatus.REFUSED,
        findings=findings,
        kind="zip",
    )
    return content.Answer(reading, status, findings, taken=frozenset(), version=None, is_late=False)


def common_value(values: Iterable[str]) -> str:
    """What all files of an archive have in common; empty when they differ, blanks aside."""
    found = set(values) - {""}
    return found.pop() if len(found) == 1 else ""


def _is_supplement(plan: Plan, reading: Reading) -> bool:
    """Whether a file brings only reasons or texts: it is no version of its submitter's figures."""
    return not reading.localities and bool(plan.localities_of(reading.submitter))


def justification_check_of(ctx: Context, plan: Plan) -> JustificationCheck:
    """What the reasons in the files of a plan are checked by."""
    return JustificationCheck.load(ctx.settings.templates / "messages", ctx.titles_of(plan))


@dataclass(frozen=True)
class _Release:
    """What a file of reasons does for versions that came before it."""

    reasons: tuple[content.VersionJustification, ...] = ()
    released: tuple[tuple[int, str], ...] = ()
    """Version and locality."""
    remarks: tuple[Finding, ...] = ()


def _justify_own(
    ctx: Context,
    session: Session,
    plan: Plan,
    reading: Reading,
    number: int,
    findings: Sequence[Finding],
    beside: Sequence[Justification],
) -> tuple[Finding, ...]:
    """The findings of a version, justified by its own sheet and by files of reasons since the version before.

    `beside` are the reasons in other files of the same report.

    Its unused reasons are reported only while something is held back: the reasons of a report that has been
    corrected since may stay on its sheet.
    """
    check = justification_check_of(ctx, plan)
    earlier = justifications.waiting_justifications(session, reading, number)
    outcome = justify(findings, (*reading.justifications, *beside, *earlier), check)
    remarks = list(outcome.remarks)
    if any(finding.holds for finding in outcome.findings):
        remarks += remark_unused(reading.justifications, findings, plan, check)
    return (*outcome.findings, *remarks)


def _release_held(
    ctx: Context, session: Session, plan: Plan, reading: Reading, number: int, beside: Sequence[Finding]
) -> _Release:
    """Apply a file of reasons to the localities that wait for them.

    A locality of a version is released when, with these reasons and those given before, none of its warnings
    is open and no error is left. `beside` are the findings of other files of the same report, which have
    taken these reasons themselves.
    """
    if not reading.justifications:
        return _Release()
    check = justification_check_of(ctx, plan)
    waiting = justifications.held_localities(session, reading, number)
    given: list[content.VersionJustification] = []
    released: list[tuple[int, str]] = []
    remarks: list[Finding] = []
    met: list[Finding] = [*beside]
    # Nothing stored of those versions is changed: what this file brings about are rows of this file, so every
    # receipt stays true, and a replay in the order of receipt gives the same (docs/decisions/0013).
    for version in dict.fromkeys(version for _, version in waiting):
        held = frozenset(code for code, other in waiting if other == version)
        stored = justifications.justified_findings(session, version)
        findings = [finding for finding in stored if finding.locality in held or not finding.locality]
        met += findings
        outcome = justify(findings, reading.justifications, check)
        given += [content.VersionJustification(version, entry) for entry in outcome.used]
        remarks += outcome.remarks
        blocked = {finding.locality for finding in outcome.findings if finding.holds}
        if "" not in blocked:  # an error on the whole version holds all of its localities
            released += [(version, code) for code in sorted(held - blocked)]
    remarks += remark_unused(reading.justifications, met, plan, check)
    return _Release(tuple(given), tuple(released), tuple(remarks))
