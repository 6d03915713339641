"""Holds the readings of a batch against the rules, all files in one frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from chuyenhoa.model.history import FileHistory
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Reading, Severity
from chuyenhoa.plan.rules import CELLWISE, PAIRWISE
from chuyenhoa.validation.engine import run_rules
from chuyenhoa.validation.errors import ValidationFault
from chuyenhoa.validation.findings import Cell, collect_findings, pairs_of
from chuyenhoa.validation.frame import Row, build_rows, columns_of, float_columns
from chuyenhoa.validation.report import CheckedFile, RuleCount, ValidationReport


def validate(
    readings: Sequence[Reading],
    plan: Plan,
    rules: Sequence[Rule],
    histories: Mapping[str, FileHistory] | None = None,
    *,
    only_history: bool = False,
) -> ValidationReport:
    """Run every rule over every row of the batch.

    A blank input skips a rule for that row: missing data is never a finding here, nor is a report that was
    never sent. With no row that states a figure (refused files, blank forms) nothing is run and the report
    says that zero rows were checked. A dated rule judges the windows that end while it is in force.

    Args:
        readings: what intake read; refused ones take no part.
        plan: for names of localities and labels of indicators.
        rules: from `chuyenhoa.plan.rules.load_rules`; at least one.
        histories: by sha256, the figures of other reports that were in force when the file came.
        only_history: leave the other rules out; for files whose history was not known in a first run.

    Raises:
        ValidationFault: a rule did not run as its suite states it; nothing may then be called checked.
    """
    if not rules:
        raise ValidationFault("No rules to run: an empty suite would pass everything.")
    rows = build_rows(readings, plan, histories)
    has_history = any(row.history for row in rows)
    chosen = [
        r for r in rules if (has_history or not r.needs_history) and (r.needs_history or not only_history)
    ]
    failed = run_rules(float_columns(rows, columns_of(chosen)), chosen) if rows and chosen else {}
    complete = {
        rule.key: tuple(p for p in failed.get(rule.key, ()) if rule.is_in_force(rows[p].window_end))
        for rule in rules
    }
    ran = {rule.key for rule in chosen}
    return ValidationReport(
        rules=tuple(rules),
        rows=len(rows),
        files=_checked_files(readings, rows),
        counts=tuple(_count(rule, rows if rule.key in ran else (), complete[rule.key]) for rule in rules),
        found=collect_findings(rows, complete, rules, plan),
        blamed={r.sha256: _blamed_cells(r) for r in readings if not r.refused},
    )


def _blamed_cells(reading: Reading) -> frozenset[Cell]:
    """The cells in which the reader found an error."""
    return frozenset(
        (finding.sheet, cell)
        for finding in reading.findings
        if finding.severity is Severity.ERROR
        for cell in finding.cells
    )


def _checked_files(readings: Sequence[Reading], rows: Sequence[Row]) -> tuple[CheckedFile, ...]:
    """Every file that was not refused, the same bytes once."""
    per_file = Counter(row.sha256 for row in rows)
    files: dict[str, CheckedFile] = {}
    for reading in readings:
        if not reading.refused:
            entry = CheckedFile(
                reading.sha256,
                mask_personal(reading.file_name),
                reading.submitter,
                reading.period,
                per_file[reading.sha256],
            )
            files.setdefault(reading.sha256, entry)
    return tuple(files.values())


def _count(rule: Rule, rows: Sequence[Row], failed: Sequence[int]) -> RuleCount:
    """How many rows a rule in force had the inputs of, and how many of them failed."""
    checked = sum(rule.is_in_force(row.window_end) and _has_inputs(rule, row) for row in rows)
    if len(failed) > checked:
        raise ValidationFault(
            f"Rule {rule.rule_id} failed {len(failed)} rows, but only {checked} had its inputs."
        )
    return RuleCount(rule, checked, len(failed), len({rows[position].sha256 for position in failed}))


def _has_inputs(rule: Rule, row: Row) -> bool:
    """Whether the rule can judge something of the row."""
    if rule.kind in PAIRWISE:
        return any(all(column in row.values for column in pair) for pair in pairs_of(rule))
    enough = any if rule.kind in CELLWISE else all
    return enough(column in row.values for column in rule.columns)
