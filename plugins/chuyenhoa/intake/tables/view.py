"""A sheet as it stands or turned on its side, with the true address of every cell either way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from chuyenhoa.kit.readers.book import CellValue, Mark, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text

NUMBER_LIKE = re.compile(r"[-–]?\s*\d")
ORDINAL = re.compile(r"\(?\s*([0-9]{1,2}|[A-Za-z])\s*\)?(?:\s*=.*)?")


@dataclass(frozen=True)
class View:
    """Rows and columns of a table; turned on its side, rows are the sheet's columns."""

    sheet: Sheet
    is_turned: bool = False

    @cached_property
    def rows(self) -> list[list[CellValue]]:
        """The cells, all rows equally long."""
        width = max(map(len, self.sheet.rows), default=0)
        rows = [row + [""] * (width - len(row)) for row in self.sheet.rows]
        return [list(column) for column in zip(*rows, strict=True)] if self.is_turned else rows

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return len(self.rows[0]) if self.rows else 0

    @cached_property
    def merged(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """For every cell of a merged area the cell that holds its value."""
        found = {}
        for top, left, bottom, right in self.sheet.merges:
            for row in range(top, min(bottom, len(self.sheet.rows)) + 1):
                for column in range(left, right + 1):
                    found[self.turn(row, column)] = self.turn(top, left)
        return found

    def turn(self, row: int, column: int) -> tuple[int, int]:
        """A place of the view as a place of the sheet, and the other way round."""
        return (column, row) if self.is_turned else (row, column)

    def name(self, row: int, column: int) -> str:
        """The address of a cell."""
        return name_cell(*self.turn(row, column))

    def value(self, row: int, column: int) -> CellValue:
        """What a cell holds."""
        return self.sheet.value(*self.turn(row, column))

    def text(self, row: int, column: int) -> str:
        """A cell's text; "" for a blank cell and for a number."""
        value = self.value(row, column)
        return clean_text(value) if value and isinstance(value, str) else ""

    def texts(self, row: int) -> list[str]:
        """The texts of a row."""
        return [text for column in range(self.width) if (text := self.text(row, column))]

    def label(self, row: int, column: int) -> str:
        """What a cell shows as text, a whole number without its point."""
        value = self.value(row, column)
        return str(int(value)) if isinstance(value, float) and value.is_integer() else clean_text(value)

    def mark(self, row: int, column: int) -> Mark | None:
        """A cell's flaw."""
        return self.sheet.marks.get(self.turn(row, column))

    def is_blank(self, row: int, column: int) -> bool:
        """Whether a cell shows nothing."""
        return self.sheet.is_blank(*self.turn(row, column))

    def holds_number(self, row: int, column: int) -> bool:
        """Whether a cell holds a number, a text that begins with one, or a formula without a result."""
        if self.mark(row, column):
            return True
        value = self.value(row, column)
        if isinstance(value, str):
            return bool(NUMBER_LIKE.match(clean_text(value)))
        return True

    def is_hidden(self, row: int) -> bool:
        """Whether a row of the sheet as it stands is hidden."""
        return not self.is_turned and row in self.sheet.hidden_rows

    def is_numbering(self, row: int) -> bool:
        """Whether a row numbers the columns, as in "(1) (2) (3)", "A B 1 2" or "(1) (2) (3)=(1)+(2)"."""
        shown = [self.label(row, column) for column in range(self.width) if not self.is_blank(row, column)]
        found = [ORDINAL.fullmatch(text) for text in shown]
        if len(shown) < 2 or not all(found):
            return False
        numbers = [int(match[1]) for match in found if match and match[1].isdigit()]
        letters = [match[1] for match in found if match and match[1].isalpha()]
        # One after the other and from the beginning; "3 1 2" are figures of a small place.
        first = 1 if not letters else numbers[0] if numbers else 0
        return bool(numbers) and numbers == list(range(first, first + len(numbers))) and first <= 3
