"""Runs the rules over a batch through Great Expectations, and proves that every one of them ran.

All files share one frame and one run, which costs about the same for 16 files as for 256.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chuyenhoa.model.history import FileHistory
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Reading, Severity
from chuyenhoa.validation.findings import ValidationReport, build_report
from chuyenhoa.validation.frame import ValidationFault, build_rows, columns_of, float_columns

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
    says that zero rows were checked. A dated rule applies to the windows that end while it is in force.

    Args:
        readings: what intake read; refused ones take no part.
        plan: for names of localities and labels of indicators.
        rules: from `chuyenhoa.plan.rules.load_rules`; at least one.
        histories: by sha256, the figures of other reports that were in force when the file came.
        only_history: leave the other rules out; for files whose history was not known in a first run.

    Raises:
        ValidationFault: a rule did not run as its suite states it; then nothing counts as checked.
    """
    if not rules:
        raise ValidationFault("No rules to run: an empty suite would pass everything.")
    rows = build_rows(readings, plan, histories)
    has_history = any(row.history for row in rows)
    chosen = [
        r for r in rules if (has_history or not r.needs_history) and (r.needs_history or not only_history)
    ]
    # GX applies every rule to every row. A rule of another year (`valid_to`) is run too, and what it says of
    # rows outside its time is dropped below: one run, whatever the periods of the batch.
    failed = run_rules(float_columns(rows, columns_of(chosen)), chosen) if rows and chosen else {}
    complete = {
        rule.key: tuple(p for p in failed.get(rule.key, ()) if rule.is_in_force(rows[p].window_end))
        for rule in rules
    }
    return build_report(readings, rows, plan, rules, complete, {rule.key for rule in chosen})


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
    # GX drops an expectation that it does not understand without an error: compare before and after the run.
    _require_same({str(entry.meta["rule_id"]) for entry in suite.expectations}, rules, "loaded")
    outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    failed: dict[str, tuple[int, ...]] = {}
    for result in outcome.results:
        rule_id = str(result.expectation_config.meta["rule_id"])
        failed[rule_id] = _failed_positions(rule_id, result, row_count)
    _require_same(set(failed), rules, "run")
    return failed


def _open_batch(columns: Mapping[str, Sequence[float]]) -> Batch:
    """A batch over the frame."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import pandas as pd

    # GX logs at INFO whatever the root logger says: "Created temporary directory …" for every batch.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    frame = pd.DataFrame({name: pd.Series(values, dtype="float64") for name, values in columns.items()})
    # A context per run: batches of one context share a cache of metrics.
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("figures").add_dataframe_asset("batch")
    definition = asset.add_batch_definition_whole_dataframe("whole")
    return definition.get_batch(batch_parameters={"dataframe": frame})


def _build_suite(rules: Sequence[Rule]) -> ExpectationSuite:
    """The rules as a suite, each with its key as the name by which its result is found again."""
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
    """Check that every rule occurs exactly once in what was found."""
    wanted = [rule.key for rule in rules]
    missing = sorted(set(wanted) - found)
    if missing or len(set(wanted)) != len(wanted):
        problem = f"not {what}: {', '.join(missing)}" if missing else "a rule id is used twice"
        raise ValidationFault(f"{len(wanted)} rules in, {len(found)} {what}; {problem}.")


def _failed_positions(rule_id: str, result: Any, row_count: int) -> tuple[int, ...]:
    """Positions from one result, after making sure that the expectation really looked at the frame."""
    # An expectation that raised has a result without counts, which must not read as "no row failed".
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
