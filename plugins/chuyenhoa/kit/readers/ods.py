"""Opens an OpenDocument spreadsheet from its own XML: repeated cells are counted before they are laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from lxml import etree

from chuyenhoa.kit.ooxml.archive import Archive, BrokenArchiveError
from chuyenhoa.kit.readers.appearance import is_legacy_font, show_run
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
from chuyenhoa.kit.readers.formulas import calls_program, mark_results, translate_open_formula
from chuyenhoa.kit.readers.grids import Grid
from chuyenhoa.kit.readers.markup import (
    UnsafeMarkupError,
    attribute,
    local_name,
    number_of,
    parse_markup,
    report_error,
)
from chuyenhoa.kit.readers.number_formats import find_other_text, hide_zeros
from chuyenhoa.kit.readers.package import report_extras

CONTENT, STYLES, MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
SETTINGS, SHOW_ZEROS = "settings.xml", "ShowZeroValues"
ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|#N/A|Err:[0-9]{3}|#VALUE!|Lỗi:[0-9]{3}")
GROUPS = frozenset({"table-row-group", "table-header-rows", "table-rows"})
SKIPPED = frozenset({"annotation", "frame", "custom-shape", "shapes"})
SPACES = {"tab": "\t", "line-break": "\n"}
MAX_SPACES = 100
LINKED = ("dde-", "cell-range-source", "table-source")
"""Elements that fetch values from elsewhere; they are never followed."""


def open_ods(archive: Archive, flaws: FlawReporter) -> Book | None:
    """The sheets of a spreadsheet.

    Returns:
        None when it is broken, encrypted, or reaches beyond the limits; `flaws` says which.
    """
    try:
        if MANIFEST in archive.entries and b"encryption-data" in archive.read(MANIFEST):
            flaws.report(FileFlaw.ENCRYPTED)
            return None
        root = parse_markup(archive.read(CONTENT), CONTENT)
        styles = [root]
        if STYLES in archive.entries:
            styles.append(parse_markup(archive.read(STYLES), STYLES))
        hides = SETTINGS in archive.entries and _hides_zeros(parse_markup(archive.read(SETTINGS), SETTINGS))
    except (UnsafeMarkupError, etree.XMLSyntaxError, BrokenArchiveError) as error:
        report_error(error, flaws)
        return None
    report_extras(archive.entries, flaws)
    book = _read_sheets(root, _Styles(styles), flaws)
    if book is None or not hides:
        return book
    return replace(
        book, sheets=tuple(replace(s, shown=hide_zeros(s.rows, s.shown, hidden=True)) for s in book.sheets)
    )


def _hides_zeros(settings: etree._Element) -> bool:
    """Whether cells that hold 0 are shown as blank ones; it is one setting for all sheets."""
    return any(
        attribute(item, "name") == SHOW_ZEROS and (item.text or "").strip() == "false"
        for item in settings.iter("{*}config-item")
    )


def _read_sheets(root: etree._Element, styles: _Styles, flaws: FlawReporter) -> Book | None:
    if any(local_name(element).startswith(LINKED) for element in root.iter("{*}*")):
        flaws.report(FileFlaw.LINKS)
    if any(local_name(element).startswith("dde-") for element in root.iter("{*}*")) or any(
        calls_program(attribute(cell, "formula")) for cell in root.iter("{*}table-cell")
    ):
        flaws.report(FileFlaw.COMMANDS)
    sheets, formulas = [], []
    for table in root.iterfind("{*}body/{*}spreadsheet/{*}table"):
        reader = _Table(styles)
        reader.rows_of(table)
        hidden = _hidden_columns(table)
        name = attribute(table, "name")
        if reader.grid.beyond:
            report_beyond(flaws, name, reader.grid.beyond)
            return None
        sheet = reader.sheet(name, hidden=attribute(table, "style-name") in styles.hidden)
        sheets.append(replace(sheet, notes=reader.notes, hidden_columns=hidden))
        formulas.append(reader.formulas)
    return Book("ods", mark_results(sheets, formulas))


def _hidden_columns(table: etree._Element) -> frozenset[int]:
    """The hidden columns of a sheet, counted from 0, as far as a table may reach."""
    hidden: set[int] = set()
    column = 0
    for element in table.iter("{*}table-column"):
        times = max(1, number_of(element, "number-columns-repeated", 1))
        if attribute(element, "visibility") in {"collapse", "filter"}:
            hidden.update(range(column, min(column + times, MAX_COLUMNS)))
        column += times
    return frozenset(hidden)


class _Styles:
    """The cell styles with a font of an old encoding, and the styles of hidden sheets."""

    def __init__(self, trees: list[etree._Element]) -> None:
        self.hidden: set[str] = set()
        self.fonts: dict[str, str] = {}
        self.shifts: dict[str, str] = {}
        """Styles of texts that are raised ("super") or lowered ("sub")."""
        self.struck: set[str] = set()
        parents: dict[str, str] = {}
        faces: dict[str, str] = {}
        for tree in trees:
            for face in tree.iterfind("{*}font-face-decls/{*}font-face"):
                faces[attribute(face, "name")] = attribute(face, "font-family").strip("'\"")
        for tree in trees:
            for style in tree.iterfind("*/{*}style"):
                self._add(style, faces, parents)
        for name in parents:
            self._inherit(name, parents)

    def _add(self, style: etree._Element, faces: Mapping[str, str], parents: dict[str, str]) -> None:
        name = attribute(style, "name")
        if attribute(style.find("{*}table-properties"), "display") == "false":
            self.hidden.add(name)
        text = style.find("{*}text-properties")
        self.shifts[name] = _shift(attribute(text, "text-position"))
        lines = {attribute(text, f"text-line-through-{kind}") for kind in ("style", "type")}
        if not lines <= {"", "none"}:
            self.struck.add(name)
        named = attribute(text, "font-name")
        if named:
            self.fonts[name] = faces.get(named, named)
        parents[name] = attribute(style, "parent-style-name")

    def _inherit(self, name: str, parents: Mapping[str, str]) -> None:
        # Styles may name each other in a ring.
        seen, place = {name}, parents[name]
        while name not in self.fonts and place and place not in seen:
            seen.add(place)
            if place in self.fonts:
                self.fonts[name] = self.fonts[place]
            place = parents.get(place, "")

    def legacy(self, name: str) -> str:
        """The font of an old encoding behind a style; empty when it has none."""
        font = self.fonts.get(name, "")
        return font if is_legacy_font(font) else ""


def _shift(position: str) -> str:
    """Whether a position as in "super 58%" or "33% 58%" raises or lowers a text."""
    word = position.split(" ")[0]
    if word.endswith("%"):
        word = "" if word.strip("-0.%") == "" else "sub" if word.startswith("-") else "super"
    return word


class _Table:
    """One sheet while it is read."""

    def __init__(self, styles: _Styles) -> None:
        self.grid = Grid()
        self._marks: dict[tuple[int, int], Mark] = {}
        self.formulas: dict[tuple[int, int], str] = {}
        self._shown: dict[tuple[int, int], str] = {}
        self._styles = styles
        self._row = 0
        self.notes: dict[tuple[int, int], str] = {}

    def rows_of(self, parent: etree._Element) -> None:
        """Walk over rows and groups of rows."""
        for child in parent:
            name = local_name(child)
            if name in GROUPS:
                self.rows_of(child)
            elif name == "table-row":
                self._repeat(child, max(1, number_of(child, "number-rows-repeated", 1)))

    def _repeat(self, line: etree._Element, times: int) -> None:
        """A row as often as it stands there; the blank rest of a sheet is only counted."""
        cells = [cell for cell in line if local_name(cell) in {"table-cell", "covered-table-cell"}]
        filled = any(_is_filled(cell) for cell in cells)
        first = self._row
        self._row += times
        # One row or column beyond the limits is enough to report it.
        # <table:table-row table:number-rows-repeated="1048576">: the blank rest of a sheet is not laid out.
        for row in range(first, min(first + times, max(first, MAX_ROWS) + 1)):
            if attribute(line, "visibility") in {"collapse", "filter"} and row < MAX_ROWS:
                self.grid.hidden_rows.add(row)
            if filled:
                self._cells(row, cells)
            if row < MAX_ROWS and times == 1:
                self._read_notes(row, cells)
            if self.grid.beyond:
                return

    def _cells(self, row: int, cells: list[etree._Element]) -> None:
        column = 0
        for cell in cells:
            times = max(1, number_of(cell, "number-columns-repeated", 1))
            if _is_filled(cell):
                value, mark = _read_cell(cell, self._styles)
                for place in range(column, min(column + times, max(column, MAX_COLUMNS) + 1)):
                    self._put(row, place, cell, value, mark)
            column += times

    def _read_notes(self, row: int, cells: list[etree._Element]) -> None:
        """Comments; a cell that is blank otherwise may have one."""
        column = 0
        for cell in cells:
            note = cell.find("{*}annotation")
            if note is not None and column < MAX_COLUMNS:
                text = "\n".join(_text(paragraph, self._styles) for paragraph in note.iter("{*}p")).strip()
                self.notes.update({(row, column): text} if text else {})
            column += max(1, number_of(cell, "number-columns-repeated", 1))

    def _put(self, row: int, column: int, cell: etree._Element, value: CellValue, mark: Mark | None) -> None:
        height, width = (
            number_of(cell, "number-rows-spanned", 1),
            number_of(cell, "number-columns-spanned", 1),
        )
        self.grid.put(row, column, value, max(1, height), max(1, width))
        if mark and (row >= MAX_ROWS or column >= MAX_COLUMNS):
            self.grid.beyond = self.grid.beyond or name_cell(row, column)
        elif mark:
            self._marks[row, column] = mark
        formula = attribute(cell, "formula")
        if formula and row < MAX_ROWS and column < MAX_COLUMNS:
            # A formula that is repeated is written for the first of its cells only.
            is_alone = number_of(cell, "number-columns-repeated", 1) == 1
            self.formulas[row, column] = translate_open_formula(formula) if is_alone else ""
        if isinstance(value, float) and mark is None and row < MAX_ROWS and column < MAX_COLUMNS:
            shown = self._find_shown(cell, value)
            if shown is not None:
                self._shown[row, column] = shown
        font = self._styles.legacy(attribute(cell, "style-name"))
        if font:
            self.grid.fonts[row, column] = font

    def _find_shown(self, cell: etree._Element, value: float) -> str | None:
        text = _shown_text(cell, self._styles)
        # An empty paragraph is saved where the format hides the value; programs that save no texts have none.
        if not text.strip():
            return "" if cell.find("{*}p") is not None else None
        return find_other_text(text, value)

    def sheet(self, name: str, *, hidden: bool) -> Sheet:
        """The finished sheet."""
        return replace(self.grid.sheet(name), hidden=hidden, marks=self._marks, shown=self._shown)


def _is_filled(cell: etree._Element) -> bool:
    """Whether a cell shows or computes anything; what merged areas cover is not part of the table."""
    if local_name(cell) == "covered-table-cell":
        return False
    return bool(attribute(cell, "value-type") or attribute(cell, "formula")) or cell.find("{*}p") is not None


def _read_cell(cell: etree._Element, styles: _Styles) -> tuple[CellValue, Mark | None]:
    """The value of a cell, and its flaw if it has one."""
    text = _shown_text(cell, styles)
    kinds = {str(v) for key, v in cell.attrib.items() if str(key).endswith("}value-type")}
    formula = attribute(cell, "formula")
    # The type of an error stands in a namespace of LibreOffice; without it the text alone tells: Err:502.
    if "error" in kinds or (formula and ERROR.fullmatch(text.strip())):
        return "", Mark(Flaw.ERROR, text.strip() or "#N/A")
    kind = next((str(v) for key, v in cell.attrib.items() if _is_office(str(key), "value-type")), "")
    if not kind and formula and not text:
        return "", Mark(Flaw.UNCALCULATED)
    value = _typed(cell, kind, text)
    if not isinstance(value, float):
        return value, None
    if attribute(cell, "style-name") in styles.struck:
        return value, Mark(Flaw.STRUCK)
    return value, Mark(Flaw.PERCENT) if kind == "percentage" else None


def _shown_text(cell: etree._Element, styles: _Styles) -> str:
    """What a cell shows, as its writer saved it beside the value."""
    return "\n".join(_text(paragraph, styles) for paragraph in cell.iterchildren("{*}p"))


def _is_office(key: str, name: str) -> bool:
    return key.endswith(f"office:1.0}}{name}")


def _typed(cell: etree._Element, kind: str, text: str) -> CellValue:
    """The value as its type says; the text where the value is unreadable."""
    try:
        if kind in {"float", "percentage", "currency"}:
            return float(attribute(cell, "value"))
        if kind == "date":
            written = attribute(cell, "date-value")
            return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    except ValueError:
        return text
    return attribute(cell, "boolean-value") == "true" if kind == "boolean" else text


def _text(element: etree._Element, styles: _Styles) -> str:
    """The text of a paragraph; runs of spaces are written as a count."""
    pieces = [element.text or ""]
    for child in element:
        name = local_name(child)
        if name == "s":
            pieces.append(" " * min(max(1, number_of(child, "c", 1)), MAX_SPACES))
        elif name in SPACES:
            pieces.append(SPACES[name])
        elif name not in SKIPPED:
            style = attribute(child, "style-name")
            shift = styles.shifts.get(style, "")
            pieces.append(show_run(_text(child, styles), shift, struck=style in styles.struck))
        pieces.append(child.tail or "")
    return "".join(pieces)
