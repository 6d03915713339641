"""Puts findings in the order in which an officer works: whole file, then by locality, cells joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chuyenhoa.feedback.privacy import mask_personal
from chuyenhoa.feedback.references import CellRef, parse_address, places_of
from chuyenhoa.feedback.words import ADVICE_START, CHECK_REMEDY, ERROR_REMEDY, REASON_REMEDY
from chuyenhoa.model.submissions import Finding, Severity

_SENTENCE_END = re.compile(r"(?<!\bTP)(?<!\bTX)(?<!\bTT)(?<!\bP)(?<!\bX)(?<!\bH)[.!?]\s+|\n+")
_LAST = CellRef(2_000_000, 0)
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True)
class FindingGroup:
    """Findings that say the same about one locality, with all their cells."""

    severity: Severity
    rule_id: str
    locality: str
    """Name of the locality; empty for the whole file."""
    locality_code: str
    sheet: str
    problem: str
    remedy: str
    cells: tuple[str, ...]
    values: tuple[str, ...]
    needs_reason: bool
    explanation: str
    """The submitter's reason for a warning, personal data masked; empty when none was given."""


def is_explained(finding: Finding) -> bool:
    """Whether the submitter has given a reason for a warning; an error is to be mended whatever is said."""
    return bool(_reason_for(finding))


def needs_reason(finding: Finding) -> bool:
    """Whether the submitter owes a reason on sheet "Giải trình".

    Warnings of the rules on figures need one until it is given; those of the gates (D-codes: macros, an
    altered form) do not.
    """
    if is_explained(finding):
        return False
    return finding.severity is Severity.WARNING and not finding.rule_id.startswith("D")


def split_message(finding: Finding) -> tuple[str, str]:
    """What is wrong, and what to do.

    A message is parted where its first sentence of advice begins; where none is known as such, before its
    last sentence, since messages end with what to do. A single sentence gets the advice that holds for its
    severity; a note asks for nothing.
    """
    message = mask_personal(finding.message.strip())
    ends = [end.end() for end in _SENTENCE_END.finditer(message)]
    advice = [end for end in ends if ADVICE_START.match(message, end)]
    if not advice and finding.severity is not Severity.NOTE:
        advice = ends[-1:]
    if advice:
        return message[: advice[0]].rstrip(), message[advice[0] :].strip()
    if finding.severity is Severity.NOTE:
        return message, ""
    if finding.severity is Severity.WARNING:
        remedy = REASON_REMEDY if needs_reason(finding) else CHECK_REMEDY
        return message, remedy.format(rule_id=finding.rule_id)
    return message, ERROR_REMEDY


def drop_name(problem: str, name: str) -> str:
    """`problem` without the locality's name in front, for a table with a column of its own for that name."""
    for sign in (": ", ", "):
        if name and problem.startswith(f"{name}{sign}"):
            rest = problem[len(name) + len(sign) :]
            return rest[:1].upper() + rest[1:]
    return problem


def order_findings(findings: Iterable[Finding], locality_names: Mapping[str, str]) -> tuple[Finding, ...]:
    """Errors, warnings, notes; in each whole file, localities in the plan's order, sheet, cell, rule."""
    position = {code: number for number, code in enumerate(locality_names)}

    def key(finding: Finding) -> tuple[int, int, str, str, CellRef, str, str]:
        place = position.get(finding.locality, len(position)) if finding.locality else -1
        cell = parse_address(finding.cell) or _LAST
        where = (place, finding.locality, finding.sheet, cell)
        return (_RANK[finding.severity], *where, finding.rule_id, finding.message)

    return tuple(sorted(findings, key=key))


def group_findings(
    findings: Iterable[Finding], locality_names: Mapping[str, str]
) -> tuple[FindingGroup, ...]:
    """Findings in working order, those that say the same of one locality and sheet made one.

    Warnings to which different reasons were given stay apart, so that each reason stands at its cells.
    """
    groups: dict[tuple[Severity, str, str, str, str, str], list[Finding]] = {}
    for finding in order_findings(findings, locality_names):
        where = (finding.rule_id, finding.locality, finding.sheet)
        key = (finding.severity, *where, finding.message, _reason_for(finding))
        groups.setdefault(key, []).append(finding)
    return tuple(_as_group(members, locality_names) for members in groups.values())


def _as_group(members: Sequence[Finding], locality_names: Mapping[str, str]) -> FindingGroup:
    first = members[0]
    problem, remedy = split_message(first)
    problem = drop_name(problem, locality_names.get(first.locality, ""))
    cells = dict.fromkeys(
        _cell_text(first.sheet, *place) for member in members for place in places_of(member)
    )
    values = dict.fromkeys(mask_personal(member.value) for member in members if member.value)
    return FindingGroup(
        severity=first.severity,
        rule_id=first.rule_id,
        locality=locality_names.get(first.locality, first.locality),
        locality_code=first.locality if first.locality in locality_names else "",
        sheet=first.sheet,
        problem=problem,
        remedy=remedy,
        cells=tuple(cells),
        values=tuple(values),
        needs_reason=needs_reason(first),
        explanation=mask_personal(_reason_for(first)),
    )


def _reason_for(finding: Finding) -> str:
    return finding.explanation.strip() if finding.severity is Severity.WARNING else ""


def _cell_text(own_sheet: str, sheet: str, address: str) -> str:
    return address if sheet == own_sheet else f"{sheet}!{address}"
