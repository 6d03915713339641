"""One table for a whole batch: one row per file, locality and basis, each figure with its cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.history import FileHistory, RowHistory
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import BASELINE_PREFIX, Rule
from chuyenhoa.model.submissions import Reading


class ValidationFault(RuntimeError):  # noqa: N818  (a fault is ours; an error is a finding's severity)
    """Rules could not run as the suites state them: our fault, and nothing of the batch counts as checked."""


@dataclass(frozen=True)
class Row:
    """The figures of one locality in one window of one file; a blank figure is not in `values`."""

    sha256: str
    locality: str
    basis: Basis
    values: Mapping[str, Decimal] = field(default_factory=dict)
    places: Mapping[str, CellRef] = field(default_factory=dict)
    history: RowHistory = field(default_factory=dict)
    """Where the figures of other reports come from that stand in `values`, by column."""
    window_end: date | None = None
    """The last day of the reporting window, by which dated rules are chosen; None when it is unknown."""


def build_rows(
    readings: Sequence[Reading], plan: Plan, histories: Mapping[str, FileHistory] | None = None
) -> tuple[Row, ...]:
    """The rows of all usable readings, in their order; the position of a row is its key in the frame.

    A refused reading gives no rows, nor does a locality whose cells are all blank. A row of the current
    window carries the baseline figures of the same file as `prev__<CODE>`, and every row those of other
    reports that `histories` holds for its file, by sha256.

    Raises:
        ValidationFault: an observation names an indicator that the plan does not have.
    """
    rows: list[Row] = []
    for reading in _distinct(readings):
        history = (histories or {}).get(reading.sha256, {})
        period = plan.period_by_id.get(reading.period)
        tables = _tables(reading, plan)
        for (locality, basis), row in tables.items():
            filled = (
                _beside_baseline(row, tables.get((locality, Basis.BASELINE)))
                if basis is Basis.CURRENT
                else row
            )
            if row.values:
                dated = replace(filled, window_end=period.window.end if period else None)
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
    """The row with the figures of other reports added as columns."""
    if not history:
        return row
    values = {column: past.value for column, past in history.items()}
    places = {column: past.sources[0].cell_ref for column, past in history.items()}
    return replace(
        row, values={**row.values, **values}, places={**row.places, **places}, history=dict(history)
    )
