"""Runs the rules over a batch through Great Expectations, and proves that every one of them ran.

All files share one frame and one run, which costs about the same for 16 files as for 256.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chuyenhoa.model.history import FileHistory
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Reading, Severity
from chuyenhoa.plan.rule_kinds import CELLWISE, PAIRWISE
from chuyenhoa.validation.findings import (
    Cell,
    CheckedFile,
    RuleCount,
    ValidationReport,
    collect_findings,
    pairs_of,
)
from chuyenhoa.validation.frame import Row, ValidationFault, build_rows, columns_of, float_columns

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.datasource.fluent.interfaces import Batch

GX_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "warning", Severity.NOTE: "info"}


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


def run_rules(columns: Mapping[str, Sequence[float]], rules: Sequence[Rule]) -> dict[str, tuple[int, ...]]:
    """The positions of the rows that fail, by the rule's key; every rule has an entry.

    Args:
        columns: floats by column name, NaN for blank, all of one length above zero.
        rules: what to run; each column that they name must be in `columns`.

    Raises:
        ValidationFault: no rows or rules, or a rule that was dropped, raised or did not see every row.
    """
    if not rules:
        raise ValidationFault("No rules to run: an empty suite would pass everything.")
    row_count = len(next(iter(columns.values()), ()))
    if not row_count:
        raise ValidationFault("No rows to check: Great Expectations would pass an empty frame.")
    batch = _open_batch(columns)
    suite = _build_suite(rules)
    _require_same({str(entry.meta["rule_id"]) for entry in suite.expectations}, rules, "loaded")
    outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    failed: dict[str, tuple[int, ...]] = {}
    for result in outcome.results:
        rule_id = str(result.expectation_config.meta["rule_id"])
        failed[rule_id] = _failed_positions(rule_id, result, row_count)
    _require_same(set(failed), rules, "run")
    return failed


def _open_batch(columns: Mapping[str, Sequence[float]]) -> Batch:
    """A batch over the frame, in a context of its own: batches of one context share a cache."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import pandas as pd

    # It speaks at INFO whatever the root logger says: "Created temporary directory …" for every batch.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    frame = pd.DataFrame({name: pd.Series(values, dtype="float64") for name, values in columns.items()})
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("figures").add_dataframe_asset("batch")
    definition = asset.add_batch_definition_whole_dataframe("whole")
    return definition.get_batch(batch_parameters={"dataframe": frame})


def _build_suite(rules: Sequence[Rule]) -> ExpectationSuite:
    """The rules as a suite; Great Expectations leaves out, with no error, what it does not understand."""
    from great_expectations import ExpectationSuite

    import chuyenhoa.validation.expectations  # noqa: F401  (registers our own kinds)

    entries: list[Any] = [
        {
            "type": rule.kind,
            "kwargs": dict(rule.kwargs),
            "severity": GX_SEVERITY[rule.severity],
            "meta": {"rule_id": rule.key},
        }
        for rule in rules
    ]
    return ExpectationSuite(name="chuyenhoa", expectations=entries)


def _require_same(found: set[str], rules: Sequence[Rule], what: str) -> None:
    """Rules in must be rules out."""
    wanted = [rule.key for rule in rules]
    missing = sorted(set(wanted) - found)
    if missing or len(set(wanted)) != len(wanted):
        problem = f"not {what}: {', '.join(missing)}" if missing else "a rule id is used twice"
        raise ValidationFault(f"{len(wanted)} rules in, {len(found)} {what}; {problem}.")


def _failed_positions(rule_id: str, result: Any, row_count: int) -> tuple[int, ...]:
    """Positions from one result, after making sure that the expectation really looked at the frame."""
    details = result.result or {}
    if "element_count" not in details:
        raise ValidationFault(
            f"Rule {rule_id} raised instead of checking: {_exception_text(result.exception_info)}"
        )
    if details["element_count"] != row_count:
        raise ValidationFault(f"Rule {rule_id} saw {details['element_count']} rows of {row_count}.")
    positions = tuple(sorted(int(position) for position in details.get("unexpected_index_list") or ()))
    if len(positions) != details["unexpected_count"] or bool(positions) == bool(result.success):
        raise ValidationFault(f"Rule {rule_id} does not name the rows that fail it.")
    return positions


def _exception_text(info: Any) -> str:
    """The message of an exception; Great Expectations gives it in two shapes."""
    entries = [info] if "exception_message" in (info or {}) else list((info or {}).values())
    texts = [str(entry.get("exception_message")) for entry in entries if isinstance(entry, dict)]
    return "; ".join(texts) or "no reason given"
