"""Cell addresses as findings write them: `D7`, or `Cùng kỳ!D7` for a cell of another sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chuyenhoa.model.submissions import Finding

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
LAST_COLUMN = 16_384
LAST_ROW = 1_048_576


@dataclass(frozen=True, order=True)
class CellRef:
    """A cell by its row and column, both counted from 1; sorts as one reads, row by row."""

    row: int
    column: int

    @property
    def address(self) -> str:
        """The address as the submitter sees it, like `D7`."""
        return f"{column_letters(self.column)}{self.row}"


def column_letters(column: int) -> str:
    """Letters of a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def parse_address(text: str) -> CellRef | None:
    """The cell that `text` names; None when it names none (a range, a heading, a cell beyond the grid)."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(match[2])
    return CellRef(row, column) if column <= LAST_COLUMN and row <= LAST_ROW else None


def places_of(finding: Finding) -> Iterator[tuple[str, str]]:
    """Sheet and address text of every cell of a finding; a cell that names no sheet is on the finding's."""
    for cell in finding.cells:
        sheet, bang, address = cell.rpartition("!")
        yield (sheet.strip("'").replace("''", "'"), address) if bang else (finding.sheet, cell)
