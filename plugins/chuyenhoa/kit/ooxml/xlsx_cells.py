"""The cells of one sheet part: found, or put in at the right place when the file left them out."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.kit.ooxml.xlsx_package import WorkbookError, main_tag

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
LAST_COLUMN = 16_384
LAST_ROW = 1_048_576
_ROW, _CELL = main_tag("row"), main_tag("c")
_TRUE = frozenset({"1", "true"})
_AFTER_LEGACY_DRAWING = frozenset(
    {
        *(main_tag(name) for name in ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls")),
        *(main_tag(name) for name in ("webPublishItems", "tableParts", "extLst")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
    }
)


@dataclass(frozen=True, order=True)
class CellAddress:
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


def parse_address(text: str) -> CellAddress | None:
    """The cell that `text` names; None when it names none (a range, a heading, a cell beyond the grid)."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(match[2])
    return CellAddress(row, column) if column <= LAST_COLUMN and row <= LAST_ROW else None


class Grid:
    """Rows and cells of a worksheet by number, kept in order."""

    def __init__(self, root: etree._Element) -> None:
        """Index the rows and read the merged areas.

        Raises:
            WorkbookError: the part has no cells' section, or its rows are out of order.
        """
        self.root = root
        data = root.find(main_tag("sheetData"))
        if data is None:
            raise WorkbookError("a sheet has no sheetData.")
        self._data = data
        self._row_numbers = _number_rows(data)
        self._rows = dict(zip(self._row_numbers, data.iterchildren(_ROW), strict=True))
        self._merged = [_span(node.get("ref", "")) for node in root.iterfind(f".//{main_tag('mergeCell')}")]

    def anchor(self, ref: CellAddress) -> CellAddress:
        """The cell that shows what `ref` shows: the first one of its merged area, or itself."""
        for first, last in self._merged:
            if first.row <= ref.row <= last.row and first.column <= ref.column <= last.column:
                return first
        return ref

    def style(self, ref: CellAddress) -> int:
        """Index of the style of a cell; a cell that is not in the file has that of its row or column."""
        cell = self._find(ref)
        return int(cell.get("s", "0")) if cell is not None else self._inherited(ref)

    def set_style(self, ref: CellAddress, style: int) -> None:
        """Give a cell a style; a cell that is not in the file is put in, blank."""
        cell = self._find(ref)
        (self._insert(ref) if cell is None else cell).set("s", str(style))

    def cells(self) -> list[tuple[CellAddress, int]]:
        """Every cell in the file with its style."""
        found = []
        for row in self._rows.values():
            for cell in row.iterchildren(_CELL):
                ref = parse_address(cell.get("r", ""))
                if ref is not None:
                    found.append((ref, int(cell.get("s", "0"))))
        return found

    def column_widths(self) -> dict[int, int]:
        """Widths in pixels of the columns that have their own, by number; a hidden one is 0."""
        widths = {}
        for node in self.root.iterfind(f"{main_tag('cols')}/{main_tag('col')}"):
            # <col min="5" max="16384"> is "all columns to the end": the first 256 are enough to place a box.
            first, last = int(node.get("min", "1")), min(int(node.get("max", "1")), 256)
            width = 0 if node.get("hidden") in _TRUE else round(float(node.get("width", "8.43")) * 7) + 5
            widths.update(dict.fromkeys(range(first, last + 1), width))
        return widths

    def row_heights(self) -> dict[int, int]:
        """Heights in pixels of the rows that have their own, by number; a hidden one is 0."""
        return {
            number: 0 if row.get("hidden") in _TRUE else round(float(row.get("ht", "15")) * 4 / 3)
            for number, row in self._rows.items()
            if row.get("ht") or row.get("hidden")
        }

    def set_legacy_drawing(self, relation_attribute: str, relation_id: str) -> None:
        """Name the drawing of the comment boxes, at the place that the schema orders."""
        node = self.root.makeelement(main_tag("legacyDrawing"), {relation_attribute: relation_id})
        later = (number for number, child in enumerate(self.root) if child.tag in _AFTER_LEGACY_DRAWING)
        position = next(later, len(self.root))
        self.root.insert(position, node)

    def _find(self, ref: CellAddress) -> etree._Element | None:
        row = self._rows.get(ref.row)
        if row is None:
            return None
        return next((cell for cell in row.iterchildren(_CELL) if cell.get("r") == ref.address), None)

    def _inherited(self, ref: CellAddress) -> int:
        row = self._rows.get(ref.row)
        if row is not None and row.get("customFormat") in _TRUE:
            return int(row.get("s", "0"))
        for column in self.root.iterfind(f"{main_tag('cols')}/{main_tag('col')}"):
            if int(column.get("min", "0")) <= ref.column <= int(column.get("max", "0")):
                return int(column.get("style", "0"))
        return 0

    def _insert(self, ref: CellAddress) -> etree._Element:
        row = self._rows.get(ref.row)
        if row is None:
            row = self._insert_row(ref.row)
        # `spans` names the first and last cell of a row, for speed: with one more cell it would lie.
        row.attrib.pop("spans", "")
        cell = row.makeelement(_CELL, {"r": ref.address})
        position = 0
        for number, other in enumerate(row):
            found = parse_address(other.get("r", "")) if other.tag == _CELL else None
            if found is not None and found.column < ref.column:
                position = number + 1
        row.insert(position, cell)
        self._widen_dimension(ref)
        return cell

    def _insert_row(self, number: int) -> etree._Element:
        position = bisect_left(self._row_numbers, number)
        row = self._data.makeelement(_ROW, {"r": str(number)})
        self._data.insert(position, row)
        self._row_numbers.insert(position, number)
        self._rows[number] = row
        return row

    def _widen_dimension(self, ref: CellAddress) -> None:
        node = self.root.find(main_tag("dimension"))
        if node is None:
            return
        first, last = _span(node.get("ref", ""))
        low = CellAddress(min(first.row, ref.row), min(first.column, ref.column))
        high = CellAddress(max(last.row, ref.row), max(last.column, ref.column))
        node.set("ref", f"{low.address}:{high.address}")


def _number_rows(data: etree._Element) -> list[int]:
    """Numbers of the rows; rows and cells written without an address get the one that their place implies."""
    numbers: list[int] = []
    for row in data.iterchildren(_ROW):
        number = int(row.get("r") or (numbers[-1] + 1 if numbers else 1))
        if numbers and number <= numbers[-1]:
            raise WorkbookError("the rows of a sheet are out of order.")
        numbers.append(number)
        row.set("r", str(number))
        column = 0
        for cell in row.iterchildren(_CELL):
            ref = parse_address(cell.get("r", ""))
            column = ref.column if ref is not None else column + 1
            cell.set("r", CellAddress(number, column).address)
    return numbers


def _span(reference: str) -> tuple[CellAddress, CellAddress]:
    """First and last cell of an area like `A1:C3`; a text that is none gives A1."""
    first, _, last = reference.partition(":")
    start = parse_address(first) or CellAddress(1, 1)
    return start, parse_address(last) or start
