"""Opens XML Spreadsheet 2003, which programs save and call .xls or .xml."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lxml import etree

from chuyenhoa.kit.readers.appearance import is_legacy_font
from chuyenhoa.kit.readers.book import (
    MAX_COLUMNS,
    MAX_ROWS,
    Book,
    CellValue,
    FileFlaw,
    Flaw,
    FlawReporter,
    Kind,
    Mark,
    Sheet,
    report_beyond,
)
from chuyenhoa.kit.readers.formulas import calls_program
from chuyenhoa.kit.readers.grids import Grid
from chuyenhoa.kit.readers.markup import (
    UnsafeMarkupError,
    attribute,
    number_of,
    parse_markup,
    report_error,
)
from chuyenhoa.kit.readers.number_formats import hide_zeros


def open_spreadsheet_xml(content: bytes, flaws: FlawReporter) -> Book | None:
    """The sheets of the workbook.

    Returns:
        None when it is broken, declares entities or reaches beyond the limits; `flaws` says which.
    """
    try:
        root = parse_markup(content, "XML")
    except (UnsafeMarkupError, etree.XMLSyntaxError) as error:
        report_error(error, flaws)
        return None
    if any(calls_program(attribute(cell, "Formula")) for cell in root.iter("{*}Cell")):
        flaws.report(FileFlaw.COMMANDS)
    percents, fonts = _styles(root)
    sheets = []
    for worksheet in root.iterchildren("{*}Worksheet"):
        reader = _Worksheet(percents, fonts)
        reader.read(worksheet)
        name = attribute(worksheet, "Name")
        if reader.grid.beyond:
            report_beyond(flaws, name, reader.grid.beyond)
            return None
        shown = worksheet.findtext("{*}WorksheetOptions/{*}Visible", "")
        sheet = reader.sheet(name, hidden=shown.strip() in {"SheetHidden", "SheetVeryHidden"})
        no_zeros = worksheet.find("{*}WorksheetOptions/{*}DoNotDisplayZeros") is not None
        sheets.append(replace(sheet, shown=hide_zeros(sheet.rows, sheet.shown, hidden=no_zeros)))
    flaws.report(FileFlaw.OTHER_FORMAT, kind=Kind.XML)
    return Book("xml", tuple(sheets))


def _styles(root: etree._Element) -> tuple[frozenset[str], dict[str, str]]:
    """The styles that show percentages, and those with a font of an old encoding."""
    percents, fonts = set(), {}
    for style in root.iterfind("{*}Styles/{*}Style"):
        code = attribute(style.find("{*}NumberFormat"), "Format")
        if "%" in code or code == "Percent":
            percents.add(attribute(style, "ID"))
        font = attribute(style.find("{*}Font"), "FontName")
        if is_legacy_font(font):
            fonts[attribute(style, "ID")] = font
    return frozenset(percents), fonts


class _Worksheet:
    """One sheet while it is read."""

    def __init__(self, percents: frozenset[str], fonts: dict[str, str]) -> None:
        self.grid = Grid()
        self._marks: dict[tuple[int, int], Mark] = {}
        self._percents = percents
        self._fonts = fonts
        self._notes: dict[tuple[int, int], str] = {}
        self._hidden_columns: set[int] = set()

    def read(self, worksheet: etree._Element) -> None:
        """Walk over the rows; an index stands where rows or cells were left out."""
        self._read_columns(worksheet)
        row = -1
        for line in worksheet.iterfind("{*}Table/{*}Row"):
            row = number_of(line, "Index", row + 2) - 1
            if attribute(line, "Hidden") == "1":
                self.grid.hidden_rows.add(row)
            column = -1
            for cell in line.iterchildren("{*}Cell"):
                # <Cell ss:Index="4"> after the first cell: the second and third are blank and were left out.
                column = number_of(cell, "Index", column + 2) - 1
                across, down = number_of(cell, "MergeAcross", 0), number_of(cell, "MergeDown", 0)
                self._put(row, column, cell, down + 1, across + 1)
                column += across
            # <Row ss:Span="9"/>: nine more rows like this one, which hold nothing.
            row += number_of(line, "Span", 0)

    def _read_columns(self, worksheet: etree._Element) -> None:
        column = -1
        for entry in worksheet.iterfind("{*}Table/{*}Column"):
            column = number_of(entry, "Index", column + 2) - 1
            last = column + number_of(entry, "Span", 0)
            if attribute(entry, "Hidden") == "1":
                self._hidden_columns.update(range(max(column, 0), min(last + 1, MAX_COLUMNS)))
            column = last

    def _put(self, row: int, column: int, cell: etree._Element, height: int, width: int) -> None:
        data = cell.find("{*}Data")
        value, mark = _value(cell, data)
        style = attribute(cell, "StyleID")
        if mark is None and style in self._percents and isinstance(value, float):
            mark = Mark(Flaw.PERCENT)
        self.grid.put(row, column, value, height, width)
        said = cell.find("{*}Comment/{*}Data")
        note = "" if said is None else "".join(str(piece) for piece in said.itertext())
        if note.strip() and row < MAX_ROWS and column < MAX_COLUMNS:
            self._notes[row, column] = note.strip()
        if mark:
            self._marks[row, column] = mark
        if style in self._fonts:
            self.grid.fonts[row, column] = self._fonts[style]

    def sheet(self, name: str, *, hidden: bool) -> Sheet:
        """The finished sheet."""
        return replace(
            self.grid.sheet(name),
            hidden=hidden,
            marks=self._marks,
            notes=self._notes,
            hidden_columns=frozenset(self._hidden_columns),
        )


def _value(cell: etree._Element, data: etree._Element | None) -> tuple[CellValue, Mark | None]:
    if data is None:
        return "", Mark(Flaw.UNCALCULATED) if attribute(cell, "Formula") else None
    text = "".join(str(piece) for piece in data.itertext())
    kind = attribute(data, "Type")
    if kind == "Error":
        return "", Mark(Flaw.ERROR, text or "#N/A")
    try:
        if kind == "Number":
            return float(text), None
        if kind == "DateTime":
            return datetime.fromisoformat(text), None
    except ValueError:
        return text, None
    return (text.strip() == "1", None) if kind == "Boolean" else (text, None)
