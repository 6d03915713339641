"""What the head of a form's table says beside its codes: labels of other indicators, columns without code.

TTXH_XR | TTXH_KP |             | TTXH_LRC    ← the code row
10      | 8       | 0,8         | 1           the third column was put in by hand: not read, and named
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.intake.tables.columns import Clash, report_clashes
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table, find_table
from chuyenhoa.intake.tables.free_tables import FreeTable, find_tables
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.tables.header_labels import OTHER_HEADS
from chuyenhoa.intake.tables.table_header import Column, explain_head
from chuyenhoa.intake.tables.view import View
from chuyenhoa.intake.tables.vocabulary import Vocabulary, vocabulary_of
from chuyenhoa.kit.readers.book import Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import read_code
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import FIGURES_SHEET, HEAD_ROWS, LOCALITY_CODE, LOCALITY_NAME
from chuyenhoa.model.plan import Plan

NUMBER = re.compile(r"[-–]?[0-9][0-9.,\s]*%?")
"""A number in a text file; "2) Phường Rạch Sỏi" and "3 vụ do xe máy" are none."""
MAX_HEADS = 1024
"""Heads that are remembered; a plan's own forms have one for each of the two sheets of figures."""


def find_coded(sheet: Sheet, plan: Plan) -> Table | None:
    """The table of figures under a sheet's code row; None where its labels say more than its codes.

    A code row needs the code of the localities and of one indicator. Without them, with a second code row
    further down (the table goes on there with other columns), or where a label names an indicator beside the
    codes, the sheet is read by its headings, of which codes are the surest.
    """
    indicators = plan.indicator_by_code
    table = find_table(sheet, (LOCALITY_CODE,), indicators)
    if table is None:
        return None
    table = _with_names(table, plan)
    again = find_table(sheet, (), indicators, start=table.code_row + 1)
    if again is None and not any(_uncoded(table, _head_of(table, plan))):
        return table
    by_labels = find_tables(sheet, vocabulary_of(plan), gazetteer_of(plan), ())
    coded = [column for code in indicators for column in table.columns.get(code, ())]
    filled = sum(1 for column in coded if any(_is_number(table.sheet, row, column) for row in table.rows()))
    return table if sum(map(_understood, by_labels)) <= filled else None


def _with_names(table: Table, plan: Plan) -> Table:
    """The table with the column of names, where its code was left out: the one with most names known."""
    if LOCALITY_NAME in table.columns:
        return table
    known = gazetteer_of(plan).known
    coded = {column for columns in table.columns.values() for column in columns}
    counts = Counter(
        column
        for row in table.rows()
        for column, value in enumerate(table.sheet.rows[row])
        if column not in coded and isinstance(value, str) and known(value)
    )
    if not counts:
        return table
    ((best, _),) = counts.most_common(1)
    return replace(table, columns={**table.columns, LOCALITY_NAME: (best,)})


def _understood(table: FreeTable) -> int:
    """How many columns with figures are one indicator for certain."""
    sure = (column for column in table.head.slots if column.match.certain and len(column.match.codes) == 1)
    return sum(1 for column in sure if table.has_numbers(column.index))


def _is_number(sheet: Sheet, row: int, column: int) -> bool:
    value = sheet.value(row, column)
    return isinstance(value, int | float) or (
        isinstance(value, str) and bool(NUMBER.fullmatch(value.strip()))
    )


def _head_of(table: Table, plan: Plan) -> tuple[Column, ...]:
    """The columns of the head that ends in a table's code row, rows counted from its top."""
    return _heads_of(plan).read(table.sheet, _top(table), table.code_row)


def _top(table: Table) -> int:
    return max(0, table.code_row + 1 - HEAD_ROWS[FIGURES_SHEET])


def _uncoded(table: Table, head: Sequence[Column]) -> Iterator[tuple[int, Column | None, list[int]]]:
    """The columns without any code in which numbers stand, with their headings and the rows of the numbers.

    The form's own column "Số ô còn trống" is none once Excel has calculated it; nor is one that numbers its
    lines, 1, 2, 3 … under nothing.
    """
    coded = {column for columns in table.columns.values() for column in columns}
    # Phone numbers and dates below the table stand in lines that say nothing under the codes.
    lines = [row for row in table.rows() if not table.is_blank(row, table.columns)]
    width = max((len(table.sheet.rows[row]) for row in lines), default=0)
    for column in (column for column in range(width) if column not in coded):
        rows = [row for row in lines if _is_number(table.sheet, row, column)]
        shown = [read_code(table.sheet.value(row, column)).strip(".)") for row in rows]
        headed = next((entry for entry in head if entry.index == column), None)
        if headed is not None and any(key in OTHER_HEADS for key in headed.keys):
            continue
        if rows and shown != [str(number) for number in range(1, len(rows) + 1)]:
            yield column, headed, rows


def check_head(scope: Scope, table: Table) -> frozenset[str]:
    """Ask about columns whose label is another indicator's, and name those that have no code.

    Args:
        scope: takes the findings.
        table: a table of figures with a code row.

    Returns:
        The codes of the columns that must not be read; their figures may be the other indicator's.
    """
    columns = _head_of(table, scope.plan)
    top = _top(table)
    clashes = [
        Clash(name_cell(table.code_row, column.index), min(column.codes), column.label, column.match.clash)
        for column in columns
        if column.match.clash
    ]
    report_clashes(scope, table.sheet.name, clashes)
    for number, headed, rows in _uncoded(table, columns):
        cell = name_cell(table.code_row if headed is None else top + headed.row, number)
        scope.findings.add(
            Code.COLUMN_WITHOUT_CODE,
            sheet=table.sheet.name,
            cells=(cell, *(name_cell(row, number) for row in rows)),
            value=headed.label if headed is not None and headed.label else "không có tiêu đề",
            count=len(rows),
        )
    return frozenset(entry.code for entry in clashes)


Key = tuple[tuple[tuple[object, ...], ...], tuple[tuple[int, int, int, int], ...]]


@dataclass(frozen=True)
class _Heads:
    """Explains heads; those of a plan's forms come again with every file."""

    words: Vocabulary
    known: dict[Key, tuple[Column, ...]] = field(default_factory=dict)

    def read(self, sheet: Sheet, top: int, bottom: int) -> tuple[Column, ...]:
        """The columns of a head, rows counted from its top."""
        rows = [list(row) for row in sheet.rows[top : bottom + 1]]
        merges = [
            (max(first, top) - top, left, min(last, bottom) - top, right)
            for first, left, last, right in sheet.merges
            if first <= bottom and last >= top
        ]
        key = (tuple(map(tuple, rows)), tuple(merges))
        if key not in self.known:
            head = Sheet(sheet.name, hidden=False, rows=rows, merges=tuple(merges))
            columns = explain_head(View(head), self.words, 0, bottom - top)
            if len(self.known) >= MAX_HEADS:
                return columns
            self.known[key] = columns
        return self.known[key]


@once_a_plan
def _heads_of(plan: Plan) -> _Heads:
    return _Heads(vocabulary_of(plan))
