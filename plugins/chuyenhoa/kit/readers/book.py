"""A file as the reader of tables sees it, whatever its format: sheets of cells with their true addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Protocol

MAX_ROWS = 5_000
MAX_COLUMNS = 300
"""How far a table may reach; a form has less than a hundred columns.

One value at XFD1048576 in a workbook of 12 KB makes a reader that lays out a whole sheet take all memory.
"""

CellValue = str | float | int | bool | date | datetime | time | timedelta
"""What a cell holds; a blank one is ""."""


class Kind(StrEnum):
    """What a file is by its content; only the first group can be read."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    DOCX = "docx"
    HTML = "html"
    XML = "xml"
    ZIP = "zip"

    FLAT_ODS = "fods"
    EMPTY = "empty"
    BROKEN_ZIP = "broken-zip"
    ENCRYPTED = "encrypted"
    OLD_EXCEL = "old-excel"
    PDF = "pdf"
    IMAGE = "image"
    DOC = "doc"
    RTF = "rtf"
    ODT = "odt"
    WORD_XML = "word-xml"
    PRESENTATION = "presentation"
    MAIL = "mail"
    WEB_ARCHIVE = "web-archive"
    SHORTCUT = "shortcut"
    """A link to a file that lies elsewhere: .url, .lnk, .gsheet."""
    BROKEN_OFFICE = "broken-office"
    """An Office file without its main part."""
    RAR = "rar"
    SEVEN_ZIP = "7z"
    PACKED = "packed"
    PROGRAM = "program"
    UNKNOWN = "unknown"


class FileFlaw(StrEnum):
    """What a reader reports of a file as a whole. Whoever opened the file decides what it is called.

    The words beside a flaw are `detail` (a phrase in Vietnamese, for the sender), `kind` (of the file),
    `rows` and `columns` (the limits).
    """

    UNREADABLE_KIND = "unreadable-kind"
    """It is of a kind that has no reader (`kind`)."""
    TOO_LARGE = "too-large"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    UNSAFE = "unsafe"
    """Its markup or its directory is built to harm whoever opens it."""
    BEYOND_LIMITS = "beyond-limits"
    """A table reaches further than `MAX_ROWS` and `MAX_COLUMNS`."""
    NO_TABLE = "no-table"
    """A text, page or document (`kind`) without a table."""

    MACROS = "macros"
    """From here on the file is read all the same; nothing of what is named is run, followed or opened."""
    LINKS = "links"
    COMMANDS = "commands"
    """Formulas or fields that would start another program (DDE)."""
    OBJECTS = "objects"
    OTHER_FORMAT = "other-format"
    """It is read, but is not the workbook that its name promises (`kind`)."""


class FlawReporter(Protocol):
    """Takes what a reader found on the way."""

    def report(self, flaw: FileFlaw, *, sheet: str = "", cells: Sequence[str] = (), **words: object) -> None:
        """Take one flaw, with its place when it has one."""


def report_beyond(flaws: FlawReporter, sheet: str, cell: str) -> None:
    """Report the first cell with content outside of the limits."""
    flaws.report(FileFlaw.BEYOND_LIMITS, sheet=sheet, cells=(cell,), rows=MAX_ROWS, columns=MAX_COLUMNS)


class Flaw(StrEnum):
    """What the value of a cell alone would not show."""

    ERROR = "error"
    UNCALCULATED = "uncalculated"
    RECALCULATED = "recalculated"
    """A formula whose stored result is not what it gives; the text is the right one."""
    UNCERTAIN = "uncertain"
    """A formula that cannot be recomputed here, in a workbook that was not calculated when it was saved."""
    PERCENT = "percent"
    US_DATE = "us_date"
    """A date that its cell shows with the month before the day."""
    STRUCK = "struck"
    """A number that is struck through."""
    SHARED = "shared"
    """Part of a merged area that reaches over several figures."""
    PERSONAL = "personal"
    """It held personal data; the value has been masked (whoever reads the book masks it)."""


@dataclass(frozen=True)
class Mark:
    """A flaw of a cell, with the text that Excel shows for an error (`#DIV/0!`)."""

    flaw: Flaw
    text: str = ""

    @property
    def leaves_number(self) -> bool:
        """Whether the cell shows a number all the same, with which others on its sheet can be compared."""
        return self.flaw in (Flaw.RECALCULATED, Flaw.UNCERTAIN)


@dataclass(frozen=True)
class Sheet:
    """One sheet; rows and columns are counted from 0, `A1` is (0, 0).

    A Word table, a CSV file and a sheet of a spreadsheet are all sheets.
    """

    name: str
    hidden: bool
    rows: list[list[CellValue]]
    marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    fonts: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Names of the fonts of cells that are set in a font of an old encoding (`.VnTime`, `VNI-Times`)."""
    merges: tuple[tuple[int, int, int, int], ...] = ()
    """Merged areas as first row, first column, last row, last column."""
    shown: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """What cells show whose number format does not simply show their value (`number_formats.find_shown`)."""
    above: tuple[str, ...] = ()
    """Paragraphs that stand above a table of Word or HTML, from the top, back to the table before it.

    Titles, period and submitter are looked for here as well as in the rows over a table's head. They have no
    address: a cell's address counts the rows and columns of the table itself, so `C5` of the sheet “Bảng 1”
    is the third column of the fifth row of the first table.
    """
    below: tuple[str, ...] = ()
    """Paragraphs that stand below the last table of Word or HTML, from the top; without addresses as well."""
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Comments on cells; a cell may be blank and have one."""
    hidden_columns: frozenset[int] = frozenset()

    @cached_property
    def texts(self) -> tuple[tuple[int, int, str], ...]:
        """Every text that is not empty, with its row and column; most cells are blank or numbers."""
        return tuple(
            (row, column, value)
            for row, values in enumerate(self.rows)
            for column, value in enumerate(values)
            if value and isinstance(value, str)
        )

    def value(self, row: int, column: int) -> CellValue:
        """What a cell holds; "" for a blank cell and outside of the used area."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def is_blank(self, row: int, column: int) -> bool:
        """Whether a cell shows nothing at all: no value, no error, no formula without a result."""
        return (row, column) not in self.marks and not str(self.value(row, column)).strip()


@dataclass(frozen=True)
class Book:
    """The sheets of one file, in their order.

    `kind` names the format: xlsx, xls, xlsb, ods, csv (comma, semicolon or tab), docx, html (also when it is
    named .xls), xml (XML Spreadsheet 2003). Sheets of csv are called "CSV", those of docx and html "Bảng 1",
    "Bảng 2" and so on; all their values are texts.
    """

    kind: str
    sheets: tuple[Sheet, ...]


def name_cell(row: int, column: int) -> str:
    """The address of a cell counted from 0: (6, 3) is `D7`."""
    return f"{_name_column(column)}{row + 1}"


@lru_cache(maxsize=1024)
def _name_column(column: int) -> str:
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
