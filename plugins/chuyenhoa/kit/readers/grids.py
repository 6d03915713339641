"""Tables of cells that span others, as Word and HTML have them, laid out on a grid with addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chuyenhoa.kit.readers.book import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellValue,
    FlawReporter,
    Sheet,
    name_cell,
    report_beyond,
)


@dataclass
class Grid:
    """One table while it is laid out; the value of a merged area stands in its first cell."""

    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    rows: list[list[CellValue]] = field(default_factory=list)
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    beyond: str = ""
    """The first cell outside of the limits; empty when there is none."""
    _taken: set[tuple[int, int]] = field(default_factory=set)

    def next_free(self, row: int, column: int) -> int:
        """The first column from `column` on that no cell of an earlier row reaches into."""
        while (row, column) in self._taken:
            column += 1
        return column

    def put(self, row: int, column: int, value: CellValue, height: int = 1, width: int = 1) -> None:
        """Set a cell; an area is cut at the limits, a value outside of them is noted in `beyond`."""
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            # A cell that is only formatted may stand anywhere.
            if str(value).strip():
                self.beyond = self.beyond or name_cell(row, column)
            return
        height, width = min(height, MAX_ROWS - row), min(width, MAX_COLUMNS - column)
        while len(self.rows) <= row:
            self.rows.append([])
        line = self.rows[row]
        line.extend([""] * (column + 1 - len(line)))
        line[column] = value
        if height > 1 or width > 1:
            self.merges.append((row, column, row + height - 1, column + width - 1))
            self._taken.update(
                (r, c) for r in range(row + 1, row + height) for c in range(column, column + width)
            )

    def sheet(self, name: str) -> Sheet:
        """The finished table."""
        return Sheet(
            name=name,
            hidden=False,
            rows=self.rows,
            hidden_rows=frozenset(self.hidden_rows),
            fonts=self.fonts,
            merges=tuple(self.merges),
            above=self.above,
            below=self.below,
        )


def finish(grids: Sequence[Grid], flaws: FlawReporter) -> tuple[Sheet, ...] | None:
    """The tables of a document as sheets called "Bảng 1", "Bảng 2"; None when one is beyond the limits."""
    sheets = []
    for number, grid in enumerate(grids, start=1):
        name = f"Bảng {number}"
        if grid.beyond:
            report_beyond(flaws, name, grid.beyond)
            return None
        sheets.append(grid.sheet(name))
    return tuple(sheets)
