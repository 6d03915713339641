"""Runs the rules over a batch through Great Expectations, and proves that every one of them ran.

The table of a batch has one row per file, locality and basis; beside its own figures stand those of the
reports in force that it is compared with.

All files share one table and one run, which costs about the same for 16 files as for 256.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chuyenhoa.model.calendars import DAY
from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.form import WITHDRAWAL_RULE
from chuyenhoa.model.history import Accepted, FileHistory, PastFigure, PastSource, RowHistory
from chuyenhoa.model.plan import Period, Plan, Window
from chuyenhoa.model.rules import BASELINE_PREFIX, HISTORY_PREFIXES, Rule, split_column
from chuyenhoa.model.submissions import Reading, Severity
from chuyenhoa.validation.findings import Row, ValidationFault, ValidationReport, build_report

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.datasource.fluent.interfaces import Batch

WindowOf = Callable[[Period], Window]
WINDOW_OF: Mapping[Basis, WindowOf] = {
    Basis.CURRENT: lambda period: period.window,
    Basis.BASELINE: lambda period: period.baseline,
}
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
        # A file that states the baseline alone still changes what its figures are compared with.
        both = {(locality, basis): None for locality, _ in tables for basis in Basis}
        for locality, basis in both:
            row = tables.get((locality, basis), Row(reading.sha256, locality, basis))
            other = tables.get((locality, Basis.BASELINE)) if basis is Basis.CURRENT else None
            if row.values or (other is not None and other.values):
                dated = replace(
                    _beside_baseline(row, other), window_end=period.window.end if period else None
                )
                rows.append(_beside_history(dated, history.get((locality, basis), {})))
    return tuple(rows)


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


def is_related(period: Period, other: Period) -> bool:
    """Whether reports on `period` are compared with `other`: just before, overlapping, or the baseline."""
    if other.id == period.id:
        return False
    if other.window == period.baseline:
        return True
    window, near = period.window, other.window
    return near.end + DAY == window.start or (near.start <= window.end and window.start <= near.end)


MIN_REPEATED = 10
"""Figures above zero that must be the same before a report is said to repeat the one before it."""


def find_repeated(
    period: Period, figures: Mapping[tuple[str, str], Decimal], known: Sequence[Accepted]
) -> Accepted | None:
    """The report just before `period` that states the same in every figure that both state.

    Args:
        period: what the new report is on.
        figures: its figures of the period by locality and indicator.
        known: the figures in force when the report came, one entry a period and locality.

    Returns:
        One entry of that report; None where a figure differs, or too few can be compared.
    """
    before = [entry for entry in known if entry.period.window.end + DAY == period.window.start]
    # A six-month report ends on the same day as its last month: only one of the same kind can be a copy.
    before = [entry for entry in before if entry.period.kind == period.kind]
    pairs = [
        (figures[entry.locality, code], past.value)
        for entry in before
        for (code, basis), past in entry.figures.items()
        if basis is Basis.CURRENT and (entry.locality, code) in figures
    ]
    is_copy = all(now == then for now, then in pairs) and sum(now > 0 for now, _ in pairs) >= MIN_REPEATED
    return max(before, key=lambda entry: entry.number) if is_copy else None


def build_history(period: Period, known: Sequence[Accepted]) -> FileHistory:
    """The figures of other reports for every row of a report on `period`.

    Args:
        period: what the report is on.
        known: the figures in force when the report came, one entry a period and locality.

    Returns:
        Columns as `model.rules.HISTORY_PREFIXES` names them. Where nothing was accepted there is no column.
    """
    history: dict[tuple[str, Basis], dict[str, PastFigure]] = {}
    by_locality: dict[str, list[Accepted]] = {}
    for entry in known:
        if entry.period.id != period.id:
            by_locality.setdefault(entry.locality, []).append(entry)
    for locality, others in by_locality.items():
        for basis, window_of in WINDOW_OF.items():
            columns = _relate(window_of(period), others, window_of, basis)
            if basis is Basis.BASELINE:
                columns |= _year_earlier(period.baseline, others)
            if columns:
                history[locality, basis] = columns
    return history


def carry_over(reading: Reading, standing: Sequence[Accepted], parts: Sequence[Reading] = ()) -> FileHistory:
    """The figures that stay beside those of a file: what stands in its report where the file is silent.

    Rules run on the figures as they would stand after the file, so these are columns without a prefix, and
    the baseline's also `prev__<CODE>` of the current row.

    Args:
        reading: the file; what it states or withdraws itself is left out.
        standing: what was in force in its own report before it came.
        parts: other files of the same report that came with it, in the order of receipt; what they state
            goes before what stood.
    """
    silent = _standing_beside(reading, standing)
    for part in parts:
        for seen in part.observations:
            key = (seen.locality, seen.indicator, seen.basis)
            if seen.value is not None:
                source = PastSource("", part.file_name, seen.cell_ref, seen.value)
                silent[key] = PastFigure(seen.value, (source,))
            elif seen.withdrawn:
                silent.pop(key, None)
    own = {(seen.locality, seen.indicator, seen.basis) for seen in reading.observations if seen.is_statement}
    localities = {locality for locality, _, _ in own}
    carried: dict[tuple[str, Basis], dict[str, PastFigure]] = {}
    for (locality, code, basis), figure in silent.items():
        if locality in localities and (locality, code, basis) not in own:
            carried.setdefault((locality, basis), {})[code] = figure
            if basis is Basis.BASELINE:
                row = carried.setdefault((locality, Basis.CURRENT), {})
                row[BASELINE_PREFIX + code] = figure
    return carried


def _standing_beside(
    reading: Reading, standing: Sequence[Accepted]
) -> dict[tuple[str, str, Basis], PastFigure]:
    """What was in force of the localities that a file does not take back as a whole (rule RUT)."""
    taken_back = {j.locality for j in reading.justifications if j.rule_id == WITHDRAWAL_RULE}
    return {
        (entry.locality, code, basis): PastFigure(
            known.value, (PastSource(entry.period.label, known.file_name, known.cell_ref, known.value),)
        )
        for entry in standing
        if entry.locality not in taken_back
        for (code, basis), known in entry.figures.items()
    }


def join_histories(*found: FileHistory) -> FileHistory:
    """What several histories of one file hold, row by row; their columns differ."""
    joined: dict[tuple[str, Basis], dict[str, PastFigure]] = {}
    for history in found:
        for row, columns in history.items():
            joined.setdefault(row, {}).update(columns)
    return joined


def _relate(
    window: Window, others: Sequence[Accepted], window_of: WindowOf, basis: Basis
) -> dict[str, PastFigure]:
    """The columns of one row: single reports by their place in time, and the sums of shorter ones."""
    spans = [(entry, window_of(entry.period)) for entry in others]
    before = [part for part in spans if part[1].end + DAY == window.start]
    inside = [part for part in spans if part[1].start == window.start and part[1].end < window.end]
    around = [part for part in spans if part[1].contains(window) and part[1] != window]
    end = [part for part in spans if part[1].end == window.end and part[1] != window]
    columns: dict[str, PastFigure] = {}
    for prefix, found, weight in (
        ("before__", before, 0),
        ("inside__", inside, 1),
        ("around__", around, -1),
        ("end__", end, 0),
    ):
        # For 15/4–14/12: inside is 15/4–14/10 and not the first month; around is the nearest longer one.
        # The longest, the shortest, or of any length; then the newest. Figure by figure: a report that
        # leaves a cell blank hides nothing that another one states.
        for entry, _ in sorted(found, key=lambda part: (weight * part[1].days, part[0].number)):
            columns |= {prefix + code: figure for code, figure in _single(entry, basis)}
    parts = [(span, entry) for entry, span in spans if window.contains(span) and span != window]
    return columns | _sums(window, parts, basis)


def _single(entry: Accepted, basis: Basis) -> Iterable[tuple[str, PastFigure]]:
    """Every figure of one report in one of its windows."""
    for (code, stated), known in entry.figures.items():
        if stated is basis:
            source = PastSource(entry.period.label, known.file_name, known.cell_ref, known.value)
            yield code, PastFigure(known.value, (source,))


def _sums(window: Window, parts: Sequence[tuple[Window, Accepted]], basis: Basis) -> dict[str, PastFigure]:
    """Sums of disjoint shorter reports: `tiled` where they cover the window and none is blank, else `parts`.

    One report with the same start is left to `inside`.
    """
    chosen: list[tuple[Window, Accepted]] = []
    free = window.start
    # Longest first at each start: a half year (15/4–14/10) goes before its months, which would count twice.
    for span, entry in sorted(parts, key=lambda part: (part[0].start, -part[0].days, -part[1].number)):
        if span.start >= free:
            chosen.append((span, entry))
            free = span.end + DAY
    covers = sum(span.days for span, _ in chosen) == window.days
    by_code: dict[str, list[tuple[Window, PastFigure]]] = {}
    for span, entry in chosen:
        for code, figure in _single(entry, basis):
            by_code.setdefault(code, []).append((span, figure))
    sums: dict[str, PastFigure] = {}
    for code, filled in by_code.items():
        if len(filled) == 1 and filled[0][0].start == window.start:
            continue
        total = sum((figure.value for _, figure in filled), Decimal(0))
        prefix = "tiled__" if covers and len(filled) == len(chosen) else "parts__"
        sums[prefix + code] = PastFigure(total, tuple(s for _, figure in filled for s in figure.sources))
    return sums


def _year_earlier(baseline: Window, others: Sequence[Accepted]) -> dict[str, PastFigure]:
    """What was accepted a year earlier for the very window that now is the baseline."""
    same = [entry for entry in others if entry.period.window == baseline]
    return {
        "year__" + code: figure
        for entry in sorted(same, key=lambda entry: entry.number)
        for code, figure in _single(entry, Basis.CURRENT)
    }
