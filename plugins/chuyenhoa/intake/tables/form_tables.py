"""The tables of our form: found by their code row, wherever on the sheet it stands.

MA_DIA_BAN | TEN_DIA_BAN     | TTXH_XR | TTXH_KP    ← the code row; people move, rename and delete all else
30745      | Phường Vĩnh Lạc | 10      | 8
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from operator import itemgetter

from chuyenhoa.kit.readers.book import CellValue, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, read_code
from chuyenhoa.model.form import HEAD_ROWS, NAME_OF_CODE

# A code is read through capitals, spaces and unseen signs; for a long text that would cost time for nothing.
MAX_CODE_LENGTH = 60
"""Characters of a cell above which it is no code, however it is spaced."""


@dataclass(frozen=True)
class Table:
    """A table of the form on one sheet; rows and columns are counted from 0."""

    sheet: Sheet
    code_row: int
    columns: Mapping[str, tuple[int, ...]]
    """Every code of the code row with the columns in which it stands, from left to right."""
    by_labels: bool = False
    """Its columns were found by their headings; the row of these stands for the code row."""

    def column(self, code: str) -> int | None:
        """The first column of a code, None when the table has none."""
        return self.columns[code][0] if code in self.columns else None

    def cell(self, row: int, code: str) -> str:
        """The address of a row's cell under a code, or under the names that stand for it; else empty."""
        column = self.column(code if code in self.columns else NAME_OF_CODE.get(code, code))
        return "" if column is None else name_cell(row, column)

    def text(self, row: int, code: str) -> str:
        """The cleaned text of a row's cell under a code."""
        column = self.column(code)
        return "" if column is None else clean_text(self.sheet.value(row, column))

    def code(self, row: int, code: str) -> str:
        """A row's cell under a code, read as a code itself."""
        column = self.column(code)
        return "" if column is None else read_code(self.sheet.value(row, column))

    def shown(self, row: int, code: str) -> str:
        """What a message repeats of a code: as it was typed where names may stand for codes."""
        return self.text(row, code) if self.by_labels else self.code(row, code)

    def rows(self) -> Iterator[int]:
        """The rows below the code row, to the end of the sheet."""
        return iter(range(self.code_row + 1, len(self.sheet.rows)))

    def is_blank(self, row: int, codes: Collection[str]) -> bool:
        """Whether a row shows nothing under any of the codes."""
        places = [place for code in codes for place in self.columns.get(code, ())]
        return all(self.sheet.is_blank(row, place) for place in places)


def find_table(
    sheet: Sheet, needed: Collection[str], some: Collection[str] = (), start: int = 0
) -> Table | None:
    """The first row that holds every code of `needed` is the code row; more codes may stand beside them.

    Args:
        sheet: the sheet.
        needed: codes that must all be there.
        some: codes of which one must be there; none is asked for when this is empty.
        start: the row to begin with, counted from 0.

    Returns:
        None when there is no such row.
    """
    for index, texts in groupby(sheet.texts, key=itemgetter(0)):
        if index < start:
            continue
        columns: dict[str, tuple[int, ...]] = {}
        for _, column, text in texts:
            if len(text) <= MAX_CODE_LENGTH:
                code = read_code(text)
                columns[code] = (*columns.get(code, ()), column)
        if columns.keys() >= set(needed) and (not some or not columns.keys().isdisjoint(some)):
            return Table(sheet, index, {code: places for code, places in columns.items() if code})
    return None


def find_word_table(sheet: Sheet, needed: Sequence[str]) -> Table | None:
    """The table of words under a code row; names stand for a column of codes that was deleted."""
    choices = [(code, NAME_OF_CODE[code]) if code in NAME_OF_CODE else (code,) for code in needed]
    tables = (find_table(sheet, codes) for codes in product(*choices))
    return next((table for table in tables if table is not None), None)


FormHead = tuple[tuple[CellValue, ...], ...]
"""The cells of a table's head, row by row from the top, as they stand in the file."""


def read_head(table: Table, official: str) -> FormHead:
    """The locked head of a table; `clean_head` gives it the form that `model.form.head_checksum` wants."""
    places = [column for columns in table.columns.values() for column in columns]
    first, last = min(places), max(places)
    top = max(0, table.code_row + 1 - HEAD_ROWS[official])
    width = last + 1 - first
    rows = (tuple(row[first : last + 1]) for row in table.sheet.rows[top : table.code_row + 1])
    return tuple(row + ("",) * (width - len(row)) for row in rows)


def clean_head(head: FormHead) -> list[list[str]]:
    """The texts of a head."""
    return [[clean_text(value) for value in row] for row in head]


def read_title(table: Table, official: str) -> list[tuple[int, int, str]]:
    """The texts above a table's head with their places, from the top."""
    end = max(0, table.code_row + 1 - HEAD_ROWS[official])
    return [
        (row, column, clean_text(value))
        for row in range(end)
        for column, value in enumerate(table.sheet.rows[row])
        if value and isinstance(value, str) and value.strip()
    ]
