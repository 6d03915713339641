"""Checks the total lines of a table against the sums of its lines; a total is never read as a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.values.cell_values import read_number
from chuyenhoa.kit.readers.book import name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import TOTAL_WORDS, clean_text, fold
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Indicator, Locality

TOTAL_KEYS = tuple(fold(word) for word in TOTAL_WORDS)
ValueOf = Callable[[int, int, Indicator], Decimal | None]
"""The number in a row and column; None where there is none that could be added up."""


@dataclass(frozen=True)
class Grid:
    """The cells of a table, however it is laid out."""

    name: str
    """The name of its sheet."""
    last: int
    """The row behind its last one."""
    value: ValueOf
    address: Callable[[int, int], str]


def is_total(text: str) -> bool:
    """Whether a text opens a line of totals."""
    return fold(text).startswith(TOTAL_KEYS)


def check_totals(
    scope: Scope,
    grid: Grid,
    rows: Sequence[int],
    totals: Sequence[int],
    columns: Sequence[tuple[int, Indicator]],
    owners: Mapping[int, Locality],
) -> None:
    """A warning for every total that is neither the sum of all lines nor of those beside it.

          | Tổng số      | 15 | 12      right: all lines
        I | TP. Rạch Giá | 15 | 12      right: the lines below it, to the next total
        1 | Vĩnh Lạc     | 10 | 8
        2 | Rạch Sỏi     | 5  | 4
          | Cộng         | 16 | 12      16 is none of the sums (D81)

    Each of the localities that it adds up has its own: which of the figures is wrong, only the submitter
    knows. A total over a cell that is blank or cannot be read is left alone.

    Args:
        scope: takes the warnings.
        grid: the table.
        rows: the lines that are added up.
        totals: the lines of totals.
        columns: the columns of figures.
        owners: the submitter's own localities by line.
    """
    for number, total in enumerate(totals):
        before = totals[number - 1] if number else -1
        after = totals[number + 1] if number + 1 < len(totals) else grid.last
        groups = (
            list(rows),
            [row for row in rows if before < row < total],
            [row for row in rows if total < row < after],
        )
        for column, indicator in columns:
            stated = grid.value(total, column, indicator)
            sums = [_sum(grid, group, column, indicator) for group in groups if group]
            known = [value for value in sums if value is not None]
            # A blank line makes every sum unknown: the total may hold what the line does not say.
            if stated is not None and len(known) == len(sums) and known and stated not in known:
                wrong = _WrongTotal(grid.address(total, column), stated, known[0])
                _report(scope, grid, rows, (column, indicator), owners, wrong)


@dataclass(frozen=True)
class _WrongTotal:
    """A total that is no sum, with its cell and what all lines come to."""

    cell: str
    stated: Decimal
    expected: Decimal


def _report(
    scope: Scope,
    grid: Grid,
    rows: Sequence[int],
    of: tuple[int, Indicator],
    owners: Mapping[int, Locality],
    wrong: _WrongTotal,
) -> None:
    """A warning for each own locality that a total adds up; one for the total itself where it has none."""
    column, indicator = of
    summed = [grid.address(row, column) for row in rows]
    held: dict[str, tuple[Locality | None, Decimal | None]] = {
        cell: (owners[row], grid.value(row, column, indicator))
        for row, cell in zip(rows, summed, strict=True)
        if row in owners
    }
    for first, (locality, figure) in (held or {wrong.cell: (None, wrong.stated)}).items():
        scope.findings.add(
            Code.WRONG_TOTAL,
            sheet=grid.name,
            cells=(first, *(cell for cell in (*summed, wrong.cell) if cell != first)),
            locality=locality.code if locality else f"{grid.name} {wrong.cell}",
            indicator=indicator.code,
            value=figure,
            total=wrong.cell,
            stated=wrong.stated,
            expected=wrong.expected,
            summed=", ".join(summed),
        )


def _sum(grid: Grid, rows: Sequence[int], column: int, indicator: Indicator) -> Decimal | None:
    values = [grid.value(row, column, indicator) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def total_rows(table: Table, rows: Sequence[int], columns: Sequence[int]) -> list[int]:
    """Of some rows of a table with a code row those that call themselves totals.

    Args:
        table: the table.
        rows: rows that belong to no locality.
        columns: the columns of figures; the name of a total stands in none of them.
    """
    figures = frozenset(columns)
    return [
        row
        for row in rows
        if any(
            isinstance(value, str) and column not in figures and is_total(clean_text(value))
            for column, value in enumerate(table.sheet.rows[row])
        )
    ]


def coded_grid(table: Table) -> Grid:
    """A table with a code row as totals are checked in it."""
    sheet = table.sheet

    def value(row: int, column: int, indicator: Indicator) -> Decimal | None:
        mark = sheet.marks.get((row, column))
        # A total with an old result is still the total that the signer saw.
        if mark and not mark.leaves_number:
            return None
        return read_number(sheet.value(row, column), indicator.unit, indicator.decimals).value

    return Grid(sheet.name, len(sheet.rows), value, name_cell)
