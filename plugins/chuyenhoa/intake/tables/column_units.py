"""The unit of every column of a form's table: its row of units, its labels, what stands around the table.

"Thiệt hại tài sản"                        the form's head, which people do edit
"ĐVT: nghìn đồng"                       ←  the row of units: figures are converted, exactly
TTXH_TS                                    the code row
"""

from __future__ import annotations

from collections.abc import Mapping

from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.intake.values.units import StatedUnit, find_labelled, find_stated
from chuyenhoa.kit.readers.book import name_cell
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import FIGURES_SHEET, HEAD_ROWS


def read_column_units(scope: Scope, table: Table) -> Mapping[str, StatedUnit]:
    """The unit in which each indicator of a table under a code row is counted, by code.

    Args:
        scope: takes a question on every column whose unit is not its indicator's (D87).
        table: a table of figures.

    Returns:
        The indicators that can be read; one that was asked about is not among them.
    """
    words = vocabulary_of(scope.plan)
    around = _stated_around(table)
    found: dict[str, StatedUnit] = {}
    for indicator in scope.plan.indicators:
        column = table.column(indicator.code)
        if column is None:
            continue
        row, stated = _stated_over(table, column)
        unit = words.stated_unit(stated, around, indicator)
        if unit is not None:
            found[indicator.code] = unit
            continue
        cell = name_cell(row, column)
        scope.findings.add(
            Code.OTHER_UNIT_IN_HEADING,
            sheet=table.sheet.name,
            cells=(cell,),
            # As for a table found by labels: no locality is held, only this column is not read.
            locality=f"{table.sheet.name} {cell}",
            indicator=indicator.code,
            value=f"{indicator.label} ({stated or around})",
            expected=indicator.unit,
        )
    return found


def _top(table: Table) -> int:
    return max(0, table.code_row + 1 - HEAD_ROWS[FIGURES_SHEET])


def _stated_over(table: Table, column: int) -> tuple[int, str]:
    """The row and the text of the unit that the head states over a column; the code row and "" for none."""
    for row in range(table.code_row - 1, _top(table) - 1, -1):
        value = table.sheet.value(row, column)
        stated = find_stated(value) if isinstance(value, str) else ""
        if stated:
            return row, stated
    return table.code_row, ""


def _stated_around(table: Table) -> str:
    """The units that the sheet's name, its titles and the lines below its table state."""
    sheet = table.sheet
    stated = [find_stated(text) for text in (sheet.name, *sheet.above)]
    for row, values in enumerate(sheet.rows):
        find = find_stated if row < _top(table) else find_labelled
        if row < _top(table) or row > table.code_row:
            stated += [find(value) for value in values if isinstance(value, str) and value]
    return ", ".join(dict.fromkeys(filter(None, stated)))
