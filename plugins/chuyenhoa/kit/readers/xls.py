"""Opens an Excel 97-2003 workbook (.xls), and older ones (Excel 5 and 95), with xlrd."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import xlrd

from chuyenhoa.kit.readers.appearance import QUOTED, is_legacy_font, show_run, shows_percent
from chuyenhoa.kit.readers.book import (
    MAX_COLUMNS,
    MAX_ROWS,
    Book,
    CellValue,
    FileFlaw,
    Flaw,
    FlawReporter,
    Mark,
    Sheet,
    name_cell,
    report_beyond,
)
from chuyenhoa.kit.readers.formula_code import SheetFormulas
from chuyenhoa.kit.readers.formulas import mark_results
from chuyenhoa.kit.readers.markup import pass_on_memory, report_error
from chuyenhoa.kit.readers.number_formats import find_all_shown, hide_zeros, is_plain
from chuyenhoa.kit.readers.ole import open_compound

EOF, FILE_PASS, VBA, SUPBOOK = 0x0A, 0x2F, 0xD3, 0x1AE
SHEET, FORMULA, SHARED_FORMULA, CALCULATION_MODE = 0x85, 0x06, 0x4BC, 0x0D
"""Records of a sheet's place, of a formula, of one that cells share, and of its calculation."""
CODE, SHARED_CODE = 22, 10
"""Where the byte code of a formula begins."""
BIFF8 = b"\0\6"
OWN_BOOK = (0x0401, 0x3A01)
"""What stands for a link to the workbook itself, and to an add-in; all else leads outside."""
DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
SHIFTS = {1: "super", 2: "sub"}
BLANK = frozenset({xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK})
NUMBERS = frozenset({xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE})


class _BeyondError(ValueError):
    """A cell with content outside of the limits."""

    def __init__(self, sheet: str, cell: str) -> None:
        super().__init__(f"{sheet} {cell}")
        self.sheet, self.cell = sheet, cell


def open_xls(content: bytes, flaws: FlawReporter) -> Book | None:
    """The sheets of the workbook.

    Returns:
        None when it is broken, encrypted or reaches beyond the limits; `flaws` says which.
    """
    try:
        compound = open_compound(content)
        stream = compound.read("Workbook" if "Workbook" in compound.top else "Book")
        first = list(_records(stream))
        # Recognised by its record: xlrd reports it in English only.
        if any(number == FILE_PASS for number, _ in first):
            flaws.report(FileFlaw.ENCRYPTED)
            return None
        # Without ragged rows one cell at IV65536 would be laid out as 16 million.
        # Messages of xlrd must not go to the standard output, its default.
        book = xlrd.open_workbook(
            file_contents=stream, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
        styles = _styles_of(book)
        sheets = tuple(_read_sheet(book, sheet, styles) for sheet in book.sheets())
        sheets = _check_results(stream, first, sheets)
        if not sheets:
            raise ValueError("không có sheet nào")
    except _BeyondError as error:
        report_beyond(flaws, error.sheet, error.cell)
        return None
    except Exception as error:  # whatever xlrd raises, it raises for what is in the file
        pass_on_memory(error)
        report_error(error, flaws)
        return None
    if any(number == VBA for number, _ in first) or "_VBA_PROJECT_CUR" in compound.names:
        flaws.report(FileFlaw.MACROS)
    if any(number == SUPBOOK and _leads_outside(data) for number, data in first):
        flaws.report(FileFlaw.LINKS)
    if any(number == SUPBOOK and _names_program(data) for number, data in first):
        flaws.report(FileFlaw.COMMANDS)
    if any(name.startswith("MBD") or name == "Ctls" for name in compound.names):
        flaws.report(FileFlaw.OBJECTS)
    return Book("xls", sheets)


def _records(stream: bytes, place: int = 0) -> Iterator[tuple[int, bytes]]:
    """Number and content of the records of the workbook itself, or of the sheet that begins at a place."""
    while place + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, place)
        if number == EOF:
            return
        yield number, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _check_results(
    stream: bytes, first: Sequence[tuple[int, bytes]], sheets: tuple[Sheet, ...]
) -> tuple[Sheet, ...]:
    """The sheets with numbers marked that do not follow from their formulas; xlrd gives results alone."""
    # The byte code of Excel 5 and 95 has other cells; nothing is said of it.
    if not first or first[0][1][:2] != BIFF8:
        return sheets
    places = [
        struct.unpack_from("<I", data)[0] for number, data in first if number == SHEET and data[5:6] == b"\0"
    ]
    if len(places) != len(sheets):
        return sheets
    formulas: list[dict[tuple[int, int], str]] = []
    is_manual = False
    for place in places:
        found = SheetFormulas(wide=False)
        for number, data in _records(stream, place):
            if number == FORMULA and len(data) >= CODE:
                row, column = struct.unpack_from("<HH", data)
                found.add((row, column), _code_at(data, CODE))
            elif number == SHARED_FORMULA and len(data) >= SHARED_CODE:
                found.share(_code_at(data, SHARED_CODE))
            elif number == CALCULATION_MODE:
                is_manual |= data[:2] == b"\0\0"
        formulas.append(found.write())
    return mark_results(sheets, formulas, is_uncertain=is_manual)


def _code_at(data: bytes, place: int) -> bytes:
    """A formula's byte code; its length stands before it."""
    (size,) = struct.unpack_from("<H", data, place - 2)
    return data[place : place + size]


def _leads_outside(data: bytes) -> bool:
    return len(data) >= 4 and struct.unpack_from("<H", data, 2)[0] not in OWN_BOOK


def _names_program(data: bytes) -> bool:
    """Whether a link is one of DDE: a program and a topic with U+0003 between them.

    In the path of a workbook, which begins with U+0001, the same sign leads into a folder.
    """
    return _leads_outside(data) and b"\x03" in data[5:] and data[5:6] != b"\x01"


@dataclass(frozen=True)
class _Style:
    """What the style of a cell says beside its value."""

    struck: bool = False
    percent: bool = False
    duration: bool = False
    format: str = ""
    """The number format, where it may show something else than the value."""
    legacy_font: str = ""


PLAIN = _Style()


def _styles_of(book: xlrd.Book) -> list[_Style]:
    """The styles by number; a file of some other program may lack those that its cells name."""
    styles = []
    for entry in book.xf_list:
        # BIFF has no font number 4; xlrd keeps the hole, so that later numbers fit.
        font = book.font_list[entry.font_index] if entry.font_index < len(book.font_list) else None
        name = font.name if font is not None else ""
        code = entry.format_key
        shown = book.format_map[code].format_str if code in book.format_map else ""
        percent = shows_percent(code, shown)
        struck = font is not None and bool(font.struck_out)
        duration = DURATION.search(QUOTED.sub("", shown)) is not None
        telling = "" if is_plain(shown) else shown
        styles.append(_Style(struck, percent, duration, telling, name if is_legacy_font(name) else ""))
    return styles


def _read_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet, styles: Sequence[_Style]) -> Sheet:
    """One sheet; `_BeyondError` when it has content outside of the limits."""
    rows: list[list[CellValue]] = []
    marks: dict[tuple[int, int], Mark] = {}
    fonts: dict[tuple[int, int], str] = {}
    formats: dict[tuple[int, int], str] = {}
    for row in range(sheet.nrows):
        values: list[CellValue] = []
        for column, cell in enumerate(sheet.row(row)):
            # Cells that are only formatted may stand anywhere.
            if cell.ctype in BLANK:
                values.append("")
                continue
            if row >= MAX_ROWS or column >= MAX_COLUMNS:
                raise _BeyondError(sheet.name, name_cell(row, column))
            style = styles[cell.xf_index] if cell.xf_index < len(styles) else PLAIN
            if style.format:
                formats[row, column] = style.format
            mark = _mark(cell, style)
            if mark is not None:
                marks[row, column] = mark
            if cell.ctype == xlrd.XL_CELL_TEXT:
                runs = sheet.rich_text_runlist_map.get((row, column), ())
                values.append(_show(cell.value, runs, book.font_list))
                if style.legacy_font:
                    fonts[row, column] = style.legacy_font
            else:
                values.append(_value(cell, style, book.datemode))
        rows.append(values)
    return Sheet(
        name=sheet.name,
        hidden=bool(sheet.visibility),
        rows=rows[:MAX_ROWS],
        marks=marks,
        hidden_rows=frozenset(row for row, info in sheet.rowinfo_map.items() if info.hidden),
        fonts=fonts,
        # xlrd counts the end of an area as a range of Python does.
        merges=tuple((top, left, end - 1, right - 1) for top, end, left, right in sheet.merged_cells),
        shown=hide_zeros(rows, find_all_shown(rows, formats), hidden=not sheet.show_zero_values),
        notes={place: note.text.strip() for place, note in sheet.cell_note_map.items() if note.text.strip()},
        hidden_columns=frozenset(
            column for column, info in sheet.colinfo_map.items() if info.hidden and 0 <= column < MAX_COLUMNS
        ),
    )


def _mark(cell: xlrd.sheet.Cell, style: _Style) -> Mark | None:
    """What the value of a cell alone would not show."""
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Mark(Flaw.ERROR, xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype not in NUMBERS:
        return None
    if style.struck:
        return Mark(Flaw.STRUCK)
    return Mark(Flaw.PERCENT) if style.percent else None


def _value(cell: xlrd.sheet.Cell, style: _Style, datemode: int) -> CellValue:
    """The value of a cell that holds no text."""
    value: float = cell.value
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    # To xlrd a format as `[h]` alone is none of dates.
    if cell.ctype == xlrd.XL_CELL_DATE or style.duration:
        return _read_date(value, datemode, is_duration=style.duration)
    return int(value) if value.is_integer() else value


def _read_date(value: float, datemode: int, *, is_duration: bool) -> CellValue:
    """What a number in a format of dates means; the number itself where it is beyond all years.

    A day alone is a date, a part of a day alone a time; in a format as `[h]:mm` it is a length of time.
    """
    try:
        if is_duration:
            return timedelta(milliseconds=round(value * 86_400_000))
        moment: datetime = xlrd.xldate.xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError):
        return value
    if value < 1:
        return moment.time()
    return moment if moment.time() != time() else moment.date()


def _show(text: str, runs: Sequence[tuple[int, int]], fonts: Sequence[xlrd.formatting.Font]) -> str:
    """A text with its raised and struck pieces made visible; before the first run stands the cell's font."""
    if not runs:
        return text
    # A run reaches to the next one: "1234" with [(3, raised)] → "123⁴".
    ends = [start for start, _ in runs[1:]] + [len(text)]
    pieces = [text[: runs[0][0]]]
    for (start, number), end in zip(runs, ends, strict=True):
        font = fonts[number] if number < len(fonts) else None
        shift = SHIFTS.get(font.escapement, "") if font is not None else ""
        struck = font is not None and bool(font.struck_out)
        pieces.append(show_run(text[start:end], shift, struck=struck))
    return "".join(pieces)
