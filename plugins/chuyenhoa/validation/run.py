"""Holds the readings of a batch against the rules, all files in one frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Reading
from chuyenhoa.plan.rule_kinds import CELLWISE
from chuyenhoa.validation.engine import run_rules
from chuyenhoa.validation.errors import ValidationFault
from chuyenhoa.validation.findings import collect_findings
from chuyenhoa.validation.frame import Row, build_rows, columns_of, float_columns
from chuyenhoa.validation.report import CheckedFile, RuleCount, ValidationReport


def validate(readings: Sequence[Reading], plan: Plan, rules: Sequence[Rule]) -> ValidationReport:
    """Run every rule over every row of the batch.

    A blank input skips a rule for that row: missing data is never a finding here. With no row that states a
    figure (refused files, blank forms) nothing is run and the report says that zero rows were checked.

    Args:
        readings: what intake read; refused ones take no part.
        plan: for names of localities and labels of indicators.
        rules: from `chuyenhoa.plan.rules.load_rules`; at least one.

    Raises:
        ValidationFault: a rule did not run as its suite states it; nothing may then be called checked.
    """
    if not rules:
        raise ValidationFault("No rules to run: an empty suite would pass everything.")
    rows = build_rows(readings, plan)
    failed = run_rules(float_columns(rows, columns_of(rules)), rules) if rows else {}
    complete = {rule.rule_id: failed.get(rule.rule_id, ()) for rule in rules}
    return ValidationReport(
        rules=tuple(rules),
        rows=len(rows),
        files=_checked_files(readings, rows),
        counts=tuple(_count(rule, rows, complete[rule.rule_id]) for rule in rules),
        findings=collect_findings(rows, complete, rules, plan),
    )


def _checked_files(readings: Sequence[Reading], rows: Sequence[Row]) -> tuple[CheckedFile, ...]:
    """Every file that was not refused, the same bytes once."""
    per_file = Counter(row.sha256 for row in rows)
    files: dict[str, CheckedFile] = {}
    for reading in readings:
        if not reading.refused:
            entry = CheckedFile(
                reading.sha256, reading.file_name, reading.submitter, reading.period, per_file[reading.sha256]
            )
            files.setdefault(reading.sha256, entry)
    return tuple(files.values())


def _count(rule: Rule, rows: Sequence[Row], failed: Sequence[int]) -> RuleCount:
    """How many rows had the inputs of a rule, and how many of them failed."""
    enough = any if rule.kind in CELLWISE else all
    checked = sum(enough(column in row.values for column in rule.columns) for row in rows)
    if len(failed) > checked:
        raise ValidationFault(
            f"Rule {rule.rule_id} failed {len(failed)} rows, but only {checked} had its inputs."
        )
    return RuleCount(rule, checked, len(failed), len({rows[position].sha256 for position in failed}))
