"""Tells findings that only follow from a faulty cell from those that an officer must act on."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from chuyenhoa.feedback.grouping import places_of
from chuyenhoa.model.submissions import Finding, Severity

_Spot = tuple[str, str]
# What the codes of the gates and the reader begin with; all others are rules on figures.
_READER = "D"


@dataclass(frozen=True)
class LeftOut:
    """Findings that are not shown, because fixing their root may well end them, and the roots' cells."""

    findings: tuple[Finding, ...] = ()
    cells: tuple[str, ...] = ()


def part_follow_ons(
    findings: Sequence[Finding], cellwise: Container[str]
) -> tuple[tuple[Finding, ...], LeftOut]:
    """Part findings into those to act on and those that follow from them.

    A cell is a root when an error says that the cell by itself is wrong: its text cannot be read, or a rule
    on single cells refuses it (negative, zero households). What rules say of such a cell beside others (a
    sum, a jump) is a follow-on: the next version is checked again. Rules that compare sound cells with each
    other are all shown, since any cell of them may be the one to fix.

    Args:
        findings: all findings of a file; their order is kept.
        cellwise: ids of the rules that check a cell by itself.
    """
    # Reader first, then rules, each in the order given: a cell that cannot be read has no value, so what a
    # rule says of it is the follow-on, never the cause. Of two rules on one cell the first is the root:
    #   D7 "12a"  D33 Không phải là số   <- root, shown
    #   D7        E01 Số âm              <- left out, because of D7
    roots: dict[_Spot, tuple[int, str]] = {}
    for position, finding in sorted(enumerate(findings), key=lambda entry: not _is_read(entry[1])):
        if _is_root(finding, cellwise):
            for spot, shown in _spots(finding):
                roots.setdefault(spot, (position, shown))
    kept, left = [], []
    causes: dict[str, None] = {}
    for position, finding in enumerate(findings):
        found = [roots[spot] for spot, _ in _spots(finding) if spot in roots]
        if _is_read(finding) or not found or any(root == position for root, _ in found):
            kept.append(finding)
        else:
            left.append(finding)
            causes.update({shown: None for _, shown in found})
    return tuple(kept), LeftOut(tuple(left), tuple(causes))


def _is_read(finding: Finding) -> bool:
    return finding.rule_id.startswith(_READER)


def _is_root(finding: Finding, cellwise: Container[str]) -> bool:
    return finding.severity is Severity.ERROR and (_is_read(finding) or finding.rule_id in cellwise)


def _spots(finding: Finding) -> Iterable[tuple[_Spot, str]]:
    """Every cell of a finding: what it is compared by, and as it is shown."""
    for sheet, address in places_of(finding):
        key = (unicodedata.normalize("NFC", sheet).strip().casefold(), address.replace("$", "").upper())
        yield key, f"{sheet}!{address}" if sheet else address
