"""Opens a binary Excel workbook (.xlsb): calamine reads the values, a scan of the records what it loses."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

from lxml import etree
from python_calamine import CalamineWorkbook

from chuyenhoa.kit.ooxml.archive import Archive, BrokenArchiveError
from chuyenhoa.kit.readers.appearance import is_legacy_font, shows_percent
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
from chuyenhoa.kit.readers.formula_code import SheetFormulas
from chuyenhoa.kit.readers.formulas import mark_results
from chuyenhoa.kit.readers.markup import UnsafeMarkupError, attribute, is_readers, parse_markup, report_error
from chuyenhoa.kit.readers.number_formats import BUILT_IN, find_all_shown, hide_zeros, is_plain
from chuyenhoa.kit.readers.package import Package, report_extras
from chuyenhoa.kit.readers.xlsx_notes import MAX_NOTES, THREADED, find_comments

WORKBOOK = "xl/workbook.bin"
RELATIONS = "xl/_rels/workbook.bin.rels"
NEEDED = (
    "[Content_Types].xml",
    "_rels/.rels",
    WORKBOOK,
    RELATIONS,
    "xl/styles.bin",
    "xl/sharedStrings.bin",
)
ROW, CELL_ERROR, FORMULA_NUMBER, FORMULA_ERROR = 0, 3, 9, 11
NUMBERS = frozenset({2, 5, FORMULA_NUMBER})
CELLS = frozenset(range(2, 12))
"""Cells with content; record 1 is a blank one."""
MERGE, SHEET = 176, 156
FONT, FORMAT, XF, CELL_STYLES, CELL_STYLES_END = 43, 44, 47, 617, 618
CALCULATION, SHARED_FORMULA, CODE, SHARED_CODE = 157, 427, 22, 20
"""Records of the calculation and of a formula that cells share; where byte code begins in a record."""
HIDDEN_ROW = 0x10
VIEW, SHOWS_ZEROS, COLUMNS, HIDDEN_COLUMN = 137, 0x10, 60, 0x01
"""The record of a sheet's view and of some of its columns, with the bits that matter."""
COMMENT, COMMENT_TEXT = 635, 637
ERRORS: Mapping[int, str] = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class BrokenRecordsError(ValueError):
    """A stream of records ends in the middle of one, or a record is too short."""


@dataclass
class Styles:
    """Formats and fonts by number, and the two of each cell style in the order of the file."""

    formats: dict[int, str] = field(default_factory=dict)
    fonts: list[str] = field(default_factory=list)
    cells: list[tuple[int, int]] = field(default_factory=list)
    """Number of the format and number of the font."""

    def shows_percent(self, style: int) -> bool:
        """Whether cells of a style show their value multiplied by 100."""
        if style >= len(self.cells):
            return False
        code = self.cells[style][0]
        return shows_percent(code, self.formats.get(code, ""))

    def format(self, style: int) -> str:
        """The number format of a style, where it may show something else than the value; else empty."""
        number = self.cells[style][0] if style < len(self.cells) else 0
        code = self.formats.get(number, BUILT_IN.get(number, ""))
        return "" if is_plain(code) else code

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
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    """Number formats that may show something else than the value."""
    formulas: SheetFormulas = field(default_factory=lambda: SheetFormulas(wide=True))
    """Formulas with a number."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hides_zeros: bool = False
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    beyond: str = ""
    """The first cell with content outside of the limits; empty when there is none."""

    def see(self, row: int, column: int, error: int | None = None) -> None:
        """Note a cell with content."""
        if (row >= MAX_ROWS or column >= MAX_COLUMNS) and not self.beyond:
            self.beyond = name_cell(row, column)
        if error is not None:
            self.marks[row, column] = Mark(Flaw.ERROR, ERRORS.get(error, "#N/A"))


def open_xlsb(archive: Archive, flaws: FlawReporter) -> Book | None:
    """The sheets of the workbook.

    Returns:
        None when it is broken or reaches beyond the limits; `flaws` says which.
    """
    try:
        parts = {name: archive.read(name) for name in NEEDED if name in archive.entries}
        places = _sheets(parts)
        parts |= {part: archive.read(part) for part in places}
        styles = _styles(parts.get("xl/styles.bin", b""))
        scans = [_scan(parts[part], scan, styles) for part, scan in places.items()]
        for part, scan in places.items():
            scan.notes = _notes(archive, part)
    except (
        UnsafeMarkupError,
        BrokenRecordsError,
        BrokenArchiveError,
        etree.XMLSyntaxError,
        struct.error,
        KeyError,
    ) as error:
        report_error(error, flaws)
        return None
    report_extras(archive.entries, flaws)
    book = read_values("xlsb", Package(parts).repack(list(parts)), scans, flaws)
    if book is None:
        return None
    formulas = [scan.formulas.write() for scan in scans]
    return replace(book, sheets=mark_results(book.sheets, formulas, is_uncertain=_is_manual(parts[WORKBOOK])))


def _is_manual(stream: bytes) -> bool:
    """Whether the workbook is calculated only when its user asks for it."""
    return any(
        number == CALCULATION and len(data) >= 8 and struct.unpack_from("<I", data, 4)[0] == 0
        for number, data in _records(stream)
    )


def _notes(archive: Archive, sheet: str) -> dict[tuple[int, int], str]:
    """The comments of one sheet by row and column."""
    found: dict[tuple[int, int], str] = {}
    for part in find_comments(archive.read, archive.entries, sheet):
        spot: tuple[int, int] = (MAX_ROWS, MAX_COLUMNS)
        for number, data in _records(archive.read(part)):
            if number == COMMENT:
                row, _, column, _ = struct.unpack_from("<4I", data, 4)
                spot = (row, column)
            elif number == COMMENT_TEXT and spot < (MAX_ROWS, 0) and spot[1] < MAX_COLUMNS:
                text = THREADED.sub("", _text(data, 1)[0].strip())
                if text and len(found) < MAX_NOTES:
                    found[spot] = text
    return found


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record; both number and length are written in groups of seven bits."""
    place = 0
    while place < len(stream):
        number, place = _varint(stream, place, 2)
        length, place = _varint(stream, place, 4)
        if place + length > len(stream):
            raise BrokenRecordsError("dữ liệu bị cắt ngang")
        yield number, stream[place : place + length]
        place += length


def _varint(stream: bytes, place: int, most: int) -> tuple[int, int]:
    value = 0
    for index in range(most):
        if place >= len(stream):
            raise BrokenRecordsError("dữ liệu bị cắt ngang")
        byte = stream[place]
        place += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, place


def _text(data: bytes, place: int) -> tuple[str, int]:
    """A wide text with its length in four bytes, and the place after it."""
    (count,) = struct.unpack_from("<I", data, place)
    end = place + 4 + 2 * count
    if end > len(data):
        raise BrokenRecordsError("dữ liệu bị cắt ngang")
    return data[place + 4 : end].decode("utf-16-le", "replace"), end


def _sheets(parts: Mapping[str, bytes]) -> dict[str, Scan]:
    """The sheets by the part in which they stand."""
    targets = {}
    for relation in parse_markup(parts[RELATIONS], RELATIONS).iter("{*}Relationship"):
        target = posixpath.normpath(posixpath.join("/xl", attribute(relation, "Target"))).lstrip("/")
        targets[attribute(relation, "Id")] = target
    found = {}
    for number, data in _records(parts[WORKBOOK]):
        if number == SHEET:
            (state,) = struct.unpack_from("<I", data)
            relation_id, place = _text(data, 8)
            part = targets.get(relation_id, "")
            if part.startswith("xl/worksheets/"):
                found[part] = Scan(_text(data, place)[0], hidden=state != 0)
    return found


def _styles(stream: bytes) -> Styles:
    styles, is_cell = Styles(), False
    for number, data in _records(stream):
        if number in (CELL_STYLES, CELL_STYLES_END):
            is_cell = number == CELL_STYLES
        elif number == FORMAT:
            styles.formats[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif number == FONT:
            styles.fonts.append(_text(data, 21)[0])
        # The same record describes named styles; cells count those between 617 and 618 only.
        elif number == XF and is_cell:
            _, code, font = struct.unpack_from("<3H", data)
            styles.cells.append((code, font))
    return styles


def _scan(stream: bytes, scan: Scan, styles: Styles) -> Scan:
    """Walk over the records of one sheet."""
    row = -1
    for number, data in _records(stream):
        if number == ROW and len(data) >= 12:
            (row,) = struct.unpack_from("<I", data)
            if data[11] & HIDDEN_ROW:
                scan.hidden_rows.add(row)
        elif number in CELLS:
            _scan_cell(number, data, row, scan, styles)
        else:
            _scan_layout(number, data, scan)
    return scan


def _scan_cell(number: int, data: bytes, row: int, scan: Scan, styles: Styles) -> None:
    column, style = struct.unpack_from("<II", data)
    style &= 0xFFFFFF
    is_error = number in (CELL_ERROR, FORMULA_ERROR)
    scan.see(row, column, data[8] if is_error else None)
    if number == FORMULA_NUMBER and len(data) >= CODE:
        code, extra = _code_at(data, CODE)
        scan.formulas.add((row, column), code, extra)
    if styles.format(style):
        scan.formats[row, column] = styles.format(style)
    if number in NUMBERS and styles.shows_percent(style):
        scan.marks[row, column] = Mark(Flaw.PERCENT)
    elif is_legacy_font(styles.font(style)):
        scan.fonts[row, column] = styles.font(style)


def _scan_layout(number: int, data: bytes, scan: Scan) -> None:
    """A record that is no cell; a shared formula stands behind the first cell that has it."""
    if number == MERGE:
        first, last, left, right = struct.unpack_from("<4I", data)
        scan.merges.append((first, left, last, right))
    elif number == SHARED_FORMULA and len(data) >= SHARED_CODE:
        scan.formulas.share(_code_at(data, SHARED_CODE)[0])
    elif number == VIEW and len(data) >= 2:
        scan.hides_zeros |= not struct.unpack_from("<H", data)[0] & SHOWS_ZEROS
    elif number == COLUMNS and len(data) >= 18:
        first, last, _, _, flags = struct.unpack_from("<4IH", data)
        if flags & HIDDEN_COLUMN:
            scan.hidden_columns.update(range(first, min(last + 1, MAX_COLUMNS)))


def _code_at(data: bytes, place: int) -> tuple[bytes, bytes]:
    """A formula's byte code, and what belongs to it behind; the length of each stands before it."""
    (size,) = struct.unpack_from("<I", data, place - 4)
    return data[place : place + size], data[place + size + 4 :]


def read_values(kind: str, content: bytes, scans: Sequence[Scan], flaws: FlawReporter) -> Book | None:
    """The values of the scanned sheets.

    Args:
        kind: xls or xlsb.
        content: the bytes for calamine.
        scans: the sheets, within the limits: calamine takes memory for every cell up to the last.
        flaws: takes the reason when there is one.
    """
    # calamine takes memory for every cell up to the last, so the limits come first.
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
    return Sheet(
        name=scan.name,
        hidden=scan.hidden,
        rows=rows,
        marks=scan.marks,
        hidden_rows=frozenset(scan.hidden_rows),
        fonts=scan.fonts,
        merges=tuple(scan.merges),
        shown=hide_zeros(rows, find_all_shown(rows, scan.formats), hidden=scan.hides_zeros),
        notes=scan.notes,
        hidden_columns=frozenset(scan.hidden_columns),
    )
