"""Turns rows that fail a rule into findings with sheet, cells and message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import HISTORY_PREFIXES, Rule, split_column
from chuyenhoa.model.submissions import SEVERITY_ORDER, Finding, Severity
from chuyenhoa.plan.rules import CELLWISE, PAIRS_EQUAL, PAIRS_NOT_BELOW, PAIRWISE, WHOLE
from chuyenhoa.validation.errors import ValidationFault
from chuyenhoa.validation.frame import Row
from chuyenhoa.validation.messages import render_message, words_of_other

Cell = tuple[str, str]
"""Sheet and address."""


@dataclass(frozen=True)
class Found:
    """A finding with every cell of its own file that it rests on, and its place among the others."""

    finding: Finding
    cells: frozenset[Cell]
    order: tuple[int, int, int]
    """Severity, row within the file, rule."""


def collect_findings(
    rows: Sequence[Row], failed: Mapping[str, Sequence[int]], rules: Sequence[Rule], plan: Plan
) -> dict[str, tuple[Found, ...]]:
    """What was found by the sha256 of the file, follow-ons included."""
    found: dict[str, list[Found]] = {}
    index, seen = [], Counter[str]()
    for row in rows:
        index.append(seen[row.sha256])
        seen[row.sha256] += 1
    for number, rule in enumerate(rules):
        for position in failed[rule.key]:
            row = rows[position]
            for finding, cells in _findings_of_row(rule, row, plan):
                order = (SEVERITY_ORDER[finding.severity], index[position], number)
                found.setdefault(row.sha256, []).append(Found(finding, cells, order))
    return {sha256: tuple(entries) for sha256, entries in found.items()}


def run_isolated(found: Sequence[Found], blamed: frozenset[Cell]) -> tuple[Finding, ...]:
    """The findings of one file: errors first, then in the order of the rows and the rules.

    A warning that rests on a cell which is wrong anyway says nothing of its own and is left out; `blamed`
    are the cells in which the reader found an error.
    """
    wrong = blamed.union(*(entry.cells for entry in found if entry.finding.severity is Severity.ERROR))
    kept = [
        entry for entry in found if entry.finding.severity is not Severity.WARNING or not entry.cells & wrong
    ]
    return tuple(entry.finding for entry in sorted(kept, key=lambda entry: entry.order))


def _findings_of_row(rule: Rule, row: Row, plan: Plan) -> Iterator[tuple[Finding, frozenset[Cell]]]:
    """One finding for the row, or one a bad cell or pair where the rule judges each by itself."""
    parts: list[tuple[str, ...]] = [rule.columns]
    if rule.kind in PAIRWISE:
        parts = [pair for pair in pairs_of(rule) if _is_bad_pair(rule, row, *pair)]
    elif rule.kind in CELLWISE:
        parts = [(c,) for c in rule.columns if c in row.values and _is_bad(rule, row.values[c])]
    if not parts:
        raise ValidationFault(f"Rule {rule.rule_id} failed for {row.locality}, but no cell of it is wrong.")
    for columns in parts:
        yield _finding(rule, row, plan, columns), _own_cells(row, columns)


def pairs_of(rule: Rule) -> list[tuple[str, str]]:
    """The pairs that a pairwise rule compares."""
    half = len(rule.columns) // 2
    return list(zip(rule.columns[:half], rule.columns[half:], strict=True))


def _is_bad_pair(rule: Rule, row: Row, first: str, second: str) -> bool:
    """Whether a single pair, both of it filled in, breaks a pairwise rule."""
    if first not in row.values or second not in row.values:
        return False
    one, other = row.values[first], row.values[second]
    if rule.kind == PAIRS_EQUAL:
        return one != other
    return one < other if rule.kind == PAIRS_NOT_BELOW else one > other


def _is_bad(rule: Rule, value: Decimal) -> bool:
    """Whether a single cell breaks a cellwise rule."""
    return value < 0 or (rule.kind == WHOLE and value % 1 != 0)


def _own_cells(row: Row, columns: Sequence[str]) -> frozenset[Cell]:
    """The cells of the row's own file among those of the columns."""
    own = [row.places[column] for column in columns if split_column(column)[0] not in HISTORY_PREFIXES]
    return frozenset((place.sheet, place.cell) for place in own)


def _finding(rule: Rule, row: Row, plan: Plan, columns: Sequence[str]) -> Finding:
    """The finding; only cells of the first cell's sheet are listed, the message names the others."""
    first = columns[0]
    code = split_column(first)[1]
    sheet, cell = row.places[first].sheet, row.places[first].cell
    listed = sorted(_own_cells(row, columns), key=lambda place: _position(place, row, columns))
    locality = plan.locality_by_code.get(row.locality)
    words = {
        "chi_tieu": plan.indicator_by_code[code].label,
        "ma_chi_tieu": code,
        "gia_tri": format_number(row.values[first]),
        "o": cell,
    }
    if rule.kind in PAIRWISE:
        label = plan.indicator_by_code[split_column(columns[1])[1]].label
        words |= words_of_other(row, columns[1], label)
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.severity,
        message=render_message(rule, row, locality.name if locality else row.locality, words),
        sheet=sheet,
        cells=tuple(address for name, address in listed if name == sheet),
        locality=row.locality,
        indicator=code,
        value=f"{row.values[first].normalize():f}",
    )


def _position(place: Cell, row: Row, columns: Sequence[str]) -> int:
    """Where a cell stands first among a rule's columns."""
    return [(row.places[column].sheet, row.places[column].cell) for column in columns].index(place)
