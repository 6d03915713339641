"""Makes one finding of many that have one cause in how a file is built.

D74 in B11, C11, … BS11 of two sheets   → one D142: the head lost its sections or its codes
D31 for nine localities                 → one D143 with their names
D19 on five sheets, the same words      → one D19 with five cells
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chuyenhoa.intake.findings import FindingList, format_cell
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.submissions import Finding

MIN_JOINED = 4
"""Findings of one kind from which they are one: up to three, each is read and answered by itself."""
MAX_SHOWN = 6
"""Names or headings that a joined finding repeats; its cells are all listed."""

Names = Mapping[str, str]
Join = Callable[[FindingList, Sequence[Finding], Names], None]


def join_findings(findings: FindingList, names: Names) -> None:
    """Replace findings that have one cause by one, at the place of the first.

    Args:
        findings: those of one file; changed in place.
        names: names of localities by code.
    """
    for code, join in JOINS.items():
        members = [entry for entry in findings.found if entry.rule_id == code]
        if len(members) < MIN_JOINED:
            continue
        place = findings.found.index(members[0])
        findings.found[:] = [entry for entry in findings.found if entry.rule_id != code]
        rest = findings.found[place:]
        del findings.found[place:]
        join(findings, members, names)
        findings.found += rest


def _join_columns(code: Code) -> Join:
    def join(findings: FindingList, members: Sequence[Finding], names: Names) -> None:
        first = members[0]
        findings.add(
            code,
            sheet=first.sheet,
            cells=_cells(members),
            # What the first held back stands for all of them: no locality (docs/decisions/0022).
            locality=first.locality,
            value=first.value,
            count=len(members),
            expected=_shorten([entry.value for entry in members]),
            sheets=_sheets(members),
        )

    return join


def _join_absent(findings: FindingList, members: Sequence[Finding], names: Names) -> None:
    places = list(dict.fromkeys(names.get(entry.locality, entry.locality) for entry in members))
    findings.add(
        Code.LOCALITIES_WITHOUT_ROW,
        sheet=members[0].sheet,
        count=len(places),
        expected=_shorten(places),
        sheets=_sheets(members),
    )


def _join_titles(findings: FindingList, members: Sequence[Finding], names: Names) -> None:
    """Titles that say the same on every sheet; others stay as they are."""
    groups: dict[str, list[Finding]] = {}
    for entry in members:
        # The message holds what is stated and what is expected beside the place.
        said = entry.message.removeprefix(format_cell(entry.sheet, entry.cell))
        groups.setdefault(said, []).append(entry)
    for group in groups.values():
        findings.found.append(replace(group[0], cells=_cells(group)))


def _cells(members: Sequence[Finding]) -> tuple[str, ...]:
    """All cells, those of another sheet than the first one's with its name."""
    home = members[0].sheet
    found = []
    for entry in members:
        quoted = entry.sheet.replace("'", "''")
        found += [cell if entry.sheet == home else f"'{quoted}'!{cell}" for cell in entry.cells]
    return tuple(dict.fromkeys(found))


def _sheets(members: Sequence[Finding]) -> str:
    return ", ".join(f"“{name}”" for name in dict.fromkeys(entry.sheet for entry in members))


def _shorten(texts: Sequence[str]) -> str:
    shown = list(dict.fromkeys(texts))
    more = f" và {len(shown) - MAX_SHOWN} mục khác" if len(shown) > MAX_SHOWN else ""
    return "; ".join(shown[:MAX_SHOWN]) + more


JOINS: Mapping[Code, Join] = {
    Code.AMBIGUOUS_COLUMN: _join_columns(Code.HEAD_NOT_UNDERSTOOD),
    Code.NOT_AN_INDICATOR: _join_columns(Code.COLUMNS_NOT_INDICATORS),
    Code.LOCALITY_WITHOUT_ROW: _join_absent,
    Code.TITLE_CONTRADICTS_FORM: _join_titles,
}
