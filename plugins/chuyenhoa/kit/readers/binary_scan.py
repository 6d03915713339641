"""What both binary Excel formats (.xls, .xlsb) need: a scan's flaws, error names, calamine's values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from python_calamine import CalamineWorkbook

from chuyenhoa.kit.readers.book import (
    MAX_COLUMNS,
    MAX_ROWS,
    Book,
    CellValue,
    Flaw,
    FlawReporter,
    Mark,
    Sheet,
    name_cell,
    report_beyond,
)
from chuyenhoa.kit.readers.markup import is_readers, report_error

ERRORS: Mapping[int, str] = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
PERCENT_FORMATS = frozenset({9, 10})
"""Excel's built-in formats `0%` and `0.00%`."""
QUOTED = re.compile(r'"[^"]*"|\\.')


class BrokenRecordsError(ValueError):
    """A stream of records ends in the middle of one, or a record is too short."""


@dataclass
class Styles:
    """Formats and fonts by number, and the two of each cell style in the order of the file."""

    formats: dict[int, str] = field(default_factory=dict)
    fonts: list[str] = field(default_factory=list)
    cells: list[tuple[int, int]] = field(default_factory=list)
    """Number of the format and number of the font."""
    struck: frozenset[int] = frozenset()
    """Numbers of the fonts that strike their letters through."""

    def shows_percent(self, style: int) -> bool:
        """Whether cells of a style show their value multiplied by 100."""
        if style >= len(self.cells):
            return False
        code = self.cells[style][0]
        # A percent sign inside quotes is a word of the format and does not multiply by 100.
        return code in PERCENT_FORMATS or "%" in QUOTED.sub("", self.formats.get(code, ""))

    def is_struck(self, style: int) -> bool:
        """Whether cells of a style are struck through."""
        return style < len(self.cells) and self.cells[style][1] in self.struck

    def font(self, style: int) -> str:
        """The name of a style's font; empty when there is none."""
        place = self.cells[style][1] if style < len(self.cells) else -1
        return self.fonts[place] if 0 <= place < len(self.fonts) else ""


@dataclass
class Scan:
    """What the values of a sheet alone would not show; rows and columns are counted from 0."""

    name: str
    hidden: bool
    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    """Texts with raised or struck pieces, as they are seen."""
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    beyond: str = ""
    """The first cell with content outside of the limits; empty when there is none."""

    def see(self, row: int, column: int, error: int | None = None) -> None:
        """Note a cell with content."""
        if (row >= MAX_ROWS or column >= MAX_COLUMNS) and not self.beyond:
            self.beyond = name_cell(row, column)
        if error is not None:
            self.marks[row, column] = Mark(Flaw.ERROR, ERRORS.get(error, "#N/A"))


def read_values(kind: str, content: bytes, scans: Sequence[Scan], flaws: FlawReporter) -> Book | None:
    """The values of the scanned sheets.

    Args:
        kind: xls or xlsb.
        content: the bytes for calamine.
        scans: the sheets, within the limits: calamine takes memory for every cell up to the last.
        flaws: takes the reason when there is one.
    """
    for scan in scans:
        if scan.beyond:
            report_beyond(flaws, scan.name, scan.beyond)
            return None
    sheets = []
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        for scan in scans:
            rows = workbook.get_sheet_by_name(scan.name).to_python(skip_empty_area=False)
            sheets.append(_sheet(scan, [list(row) for row in rows]))
    except BaseException as error:
        if not is_readers(error):
            raise
        report_error(error, flaws)
        return None
    return Book(kind, tuple(sheets))


def _sheet(scan: Scan, rows: list[list[CellValue]]) -> Sheet:
    for (row, column), text in scan.texts.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    return Sheet(
        name=scan.name,
        hidden=scan.hidden,
        rows=rows,
        marks=scan.marks,
        hidden_rows=frozenset(scan.hidden_rows),
        fonts=scan.fonts,
        merges=tuple(scan.merges),
    )
