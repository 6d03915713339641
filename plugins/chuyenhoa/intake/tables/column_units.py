"""The unit of every column of a form's table: its row of units, its labels, what stands around the table.

"Thiệt hại tài sản"                        the form's head, which people do edit
"ĐVT: nghìn đồng"                       ←  the row of units: figures are converted, exactly
TTXH_TS                                    the code row
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.intake.values.units import StatedUnit, find_labelled, find_stated
from chuyenhoa.kit.readers.book import CellValue, name_cell
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
    top = max(0, table.code_row + 1 - HEAD_ROWS[FIGURES_SHEET])
    over, above = _read_head(tuple(map(tuple, table.sheet.rows[: table.code_row])), top)
    outside = map(find_stated, (table.sheet.name, *table.sheet.above))
    around = _join((*outside, above, _below(table)))
    found: dict[str, StatedUnit] = {}
    for indicator in scope.plan.indicators:
        column = table.column(indicator.code)
        if column is None:
            continue
        row, stated = over.get(column, (table.code_row, ""))
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


@lru_cache(maxsize=64)
def _read_head(
    rows: tuple[tuple[CellValue, ...], ...], top: int
) -> tuple[Mapping[int, tuple[int, str]], str]:
    """The unit that a head states over each column, with its row, and what the titles over the head state.

    The head of a form is the same in every file that comes.
    """
    over: dict[int, tuple[int, str]] = {}
    titles: list[str] = []
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            stated = find_stated(value) if value and isinstance(value, str) else ""
            if stated and row < top:
                titles.append(stated)
            elif stated:
                # The lowest one counts: the form's row of units stands below its labels.
                over[column] = (row, stated)
    return over, _join(titles)


def _below(table: Table) -> str:
    """The units that lines below or beside the rows of the table state."""
    return _join(
        find_labelled(value)
        for row in table.rows()
        for value in table.sheet.rows[row]
        if value and isinstance(value, str)
    )


def _join(stated: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, stated)))
