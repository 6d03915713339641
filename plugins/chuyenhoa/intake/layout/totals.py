"""Holds the lines of totals against the sums of the lines above them; a total is never a figure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chuyenhoa.intake.layout.columns import Slot
from chuyenhoa.intake.layout.rows import DataRow
from chuyenhoa.intake.layout.tables import FreeTable
from chuyenhoa.intake.rows import Scope
from chuyenhoa.intake.values import read_number
from chuyenhoa.model.plan import Indicator


def check_totals(
    scope: Scope, table: FreeTable, rows: Sequence[DataRow], totals: Sequence[int], slots: Sequence[Slot]
) -> None:
    """A warning for every total that is neither the sum of all lines nor of those beside it.

    A total over a cell that is blank or cannot be read is left alone.
    """
    for number, total in enumerate(totals):
        before = totals[number - 1] if number else -1
        after = totals[number + 1] if number + 1 < len(totals) else len(table.view.rows)
        groups = (
            [row.row for row in rows],
            [row.row for row in rows if before < row.row < total],
            [row.row for row in rows if total < row.row < after],
        )
        for slot in slots:
            stated = _value(table, total, slot.column, slot.indicator)
            sums = [_sum(table, group, slot) for group in groups if group]
            known = [value for value in sums if value is not None]
            if stated is not None and len(known) == len(sums) and known and stated not in known:
                cells = [table.view.name(row, slot.column) for row in groups[0]]
                scope.findings.add(
                    "D81",
                    sheet=table.name,
                    cells=(table.view.name(total, slot.column), *cells),
                    locality=f"{table.name} {table.view.name(total, slot.column)}",
                    indicator=slot.indicator.code,
                    value=stated,
                    expected=known[0],
                )


def _sum(table: FreeTable, rows: Sequence[int], slot: Slot) -> Decimal | None:
    values = [_value(table, row, slot.column, slot.indicator) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def _value(table: FreeTable, row: int, column: int, indicator: Indicator) -> Decimal | None:
    if table.view.mark(row, column):
        return None
    return read_number(table.view.value(row, column), indicator.unit, indicator.decimals).value
