"""Runs the rules over a batch through Great Expectations, and proves that every one of them ran.

The table of a batch has one row per file, locality and basis; beside its own figures stand those of the
reports in force that it is compared with.

All files share one table and one run, which costs about the same for 16 files as for 256.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.history import FileHistory, RowHistory
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import BASELINE_PREFIX, HISTORY_PREFIXES, Rule, split_column
from chuyenhoa.model.submissions import Reading, Severity
from chuyenhoa.validation.findings import Row, ValidationFault, ValidationReport, build_report

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
    has_history = any(split_column(c)[0] in HISTORY_PREFIXES for row in rows for c in row.history)
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


def build_rows(
    readings: Sequence[Reading], plan: Plan, histories: Mapping[str, FileHistory] | None = None
) -> tuple[Row, ...]:
    """The rows of all usable readings, in their order; the position of a row is its key in the frame.

    A refused reading gives no rows, nor does a locality of which it states nothing. A row of the current
    window carries the baseline figures of the same file as `prev__<CODE>`, and every row those of other
    files that `histories` holds for its file, by sha256: of other reports, and what stays in force of this
    one where the file is silent. So a rule sees the figures as they would stand after the file.

    Raises:
        ValidationFault: an observation names an indicator that the plan does not have.
    """
    rows: list[Row] = []
    for reading in _distinct(readings):
        history = (histories or {}).get(reading.sha256, {})
        period = plan.period_by_id.get(reading.period)
        tables = _tables(reading, plan)
        for (locality, basis), row in _with_silent_rows(tables, history).items():
            other = tables.get((locality, Basis.BASELINE)) if basis is Basis.CURRENT else None
            beside = history.get((locality, basis), {})
            stands = any(split_column(column)[0] not in HISTORY_PREFIXES for column in beside)
            if row.values or (other is not None and other.values and stands):
                ending = period.window.end if period else None
                dated = replace(_beside_baseline(row, other), window_end=ending)
                rows.append(_beside_history(dated, beside))
    return tuple(rows)


def _with_silent_rows(
    tables: Mapping[tuple[str, Basis], Row], history: FileHistory
) -> Mapping[tuple[str, Basis], Row]:
    """The rows of a file, and behind them those of the current window where it states the baseline alone.

    Such a file still changes what the figures in force are compared with.
    """
    silent = {
        (locality, Basis.CURRENT): Row(row.sha256, locality, Basis.CURRENT)
        for (locality, _), row in tables.items()
        if (locality, Basis.CURRENT) in history and (locality, Basis.CURRENT) not in tables
    }
    return {**tables, **silent}


def columns_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Every column that some rule needs, each once."""
    return tuple(dict.fromkeys(column for rule in rules for column in rule.columns))


def float_columns(rows: Sequence[Row], columns: Iterable[str]) -> dict[str, list[float]]:
    """Columns of floats with NaN for blank: GX works on floats, in which counts stay exact up to 2**53."""
    blank = float("nan")
    return {
        name: [float(row.values[name]) if name in row.values else blank for row in rows] for name in columns
    }


def _distinct(readings: Sequence[Reading]) -> list[Reading]:
    """Usable readings, the same bytes once."""
    return list({reading.sha256: reading for reading in reversed(readings) if not reading.refused}.values())[
        ::-1
    ]


def _tables(reading: Reading, plan: Plan) -> dict[tuple[str, Basis], Row]:
    """The figures of one file by locality and basis; blank ones have a cell and no value."""
    tables: dict[tuple[str, Basis], tuple[dict[str, Decimal], dict[str, CellRef]]] = {}
    for seen in reading.observations:
        if seen.indicator not in plan.indicator_by_code:
            raise ValidationFault(
                f"{reading.file_name}: indicator {seen.indicator!r} is not in plan {plan.id}."
            )
        values, places = tables.setdefault((seen.locality, seen.basis), ({}, {}))
        places.setdefault(seen.indicator, seen.cell_ref)
        if seen.value is not None:
            values.setdefault(seen.indicator, seen.value)
    return {
        (place, basis): Row(reading.sha256, place, basis, *parts) for (place, basis), parts in tables.items()
    }


def _beside_baseline(current: Row, baseline: Row | None) -> Row:
    """The current row with the baseline's figures and cells added as `prev__<CODE>`."""
    if baseline is None:
        return current
    values = {BASELINE_PREFIX + code: value for code, value in baseline.values.items()}
    places = {BASELINE_PREFIX + code: place for code, place in baseline.places.items()}
    return replace(current, values={**current.values, **values}, places={**current.places, **places})


def _beside_history(row: Row, history: RowHistory) -> Row:
    """The row with the figures of other files added as columns; what the file states itself goes before."""
    history = {column: past for column, past in history.items() if column not in row.values}
    if not history:
        return row
    values = {column: past.value for column, past in history.items()}
    places = {column: past.sources[0].cell_ref for column, past in history.items()}
    return replace(
        row, values={**row.values, **values}, places={**row.places, **places}, history=dict(history)
    )


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
