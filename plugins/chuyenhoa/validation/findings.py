"""Turns rows that fail a rule into findings with sheet, cells and message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import BASELINE_PREFIX, Rule
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.model.vietnamese import format_number
from chuyenhoa.plan.rule_kinds import CELLWISE, WHOLE
from chuyenhoa.validation.errors import ValidationFault
from chuyenhoa.validation.frame import Row
from chuyenhoa.validation.messages import render_message

WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def collect_findings(
    rows: Sequence[Row], failed: Mapping[str, Sequence[int]], rules: Sequence[Rule], plan: Plan
) -> dict[str, tuple[Finding, ...]]:
    """Findings by the sha256 of the file: errors first, then in the order of the rows and the rules."""
    found: dict[str, list[tuple[int, int, int, Finding]]] = {}
    for number, rule in enumerate(rules):
        for position in failed[rule.rule_id]:
            row = rows[position]
            for finding in _findings_of_row(rule, row, plan):
                entry = (WEIGHT[finding.severity], position, number, finding)
                found.setdefault(row.sha256, []).append(entry)
    return {
        sha256: tuple(entry[3] for entry in sorted(entries, key=lambda e: e[:3]))
        for sha256, entries in found.items()
    }


def _findings_of_row(rule: Rule, row: Row, plan: Plan) -> Iterator[Finding]:
    """One finding for the row, or one a bad cell where the rule judges every cell by itself."""
    if rule.kind not in CELLWISE:
        yield _finding(rule, row, plan, rule.columns)
        return
    bad = [column for column in rule.columns if column in row.values and _is_bad(rule, row.values[column])]
    if not bad:
        raise ValidationFault(f"Rule {rule.rule_id} failed for {row.locality}, but no cell of it is wrong.")
    for column in bad:
        yield _finding(rule, row, plan, (column,))


def _is_bad(rule: Rule, value: Decimal) -> bool:
    """Whether a single cell breaks a cellwise rule."""
    return value < 0 or (rule.kind == WHOLE and value % 1 != 0)


def _finding(rule: Rule, row: Row, plan: Plan, columns: Sequence[str]) -> Finding:
    """The finding; only cells of the first cell's sheet are listed, the message names the others."""
    first = columns[0]
    code = first.removeprefix(BASELINE_PREFIX)
    places = [row.places[column] for column in columns]
    locality = plan.locality_by_code.get(row.locality)
    words = {
        "chi_tieu": plan.indicator_by_code[code].label,
        "ma_chi_tieu": code,
        "gia_tri": format_number(row.values[first]),
        "o": places[0].cell,
    }
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.severity,
        message=render_message(rule, row, locality.name if locality else row.locality, words),
        sheet=places[0].sheet,
        cells=tuple(dict.fromkeys(place.cell for place in places if place.sheet == places[0].sheet)),
        locality=row.locality,
        indicator=code,
        value=f"{row.values[first].normalize():f}",
    )
