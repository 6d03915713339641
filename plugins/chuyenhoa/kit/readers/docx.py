"""Opens the tables of a Word document; pictures, comments and deleted text are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from chuyenhoa.kit.ooxml.archive import Archive, BrokenArchiveError
from chuyenhoa.kit.readers.appearance import has_flag, is_legacy_font, is_struck, shift_of, show_run
from chuyenhoa.kit.readers.book import Book, FileFlaw, FlawReporter, Kind
from chuyenhoa.kit.readers.grids import Grid, finish
from chuyenhoa.kit.readers.markup import (
    UnsafeMarkupError,
    attribute,
    local_name,
    number_of,
    parse_markup,
    report_error,
)
from chuyenhoa.kit.readers.package import report_extras

MAIN = "word/document.xml"
# Not `del` and `moveFrom`: what was deleted or moved away does not count.
WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "customXml", "smartTag", "hyperlink", "moveTo"})
"""Elements whose content counts as if it stood in their place."""
LINKING_FIELDS = frozenset({"DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "INCLUDEPICTURE", "DATABASE"})
COMMANDS = frozenset({"DDE", "DDEAUTO"})
HIDDEN = frozenset({"vanish"})
BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def open_document(archive: Archive, flaws: FlawReporter) -> Book | None:
    """The tables of a document, each with the paragraphs above it.

    Returns:
        None when the document is broken, has no table, or one is beyond the limits; `flaws` says which.
    """
    try:
        body = parse_markup(archive.read(MAIN), MAIN).find("{*}body")
        reaches_out, calls_program = _reaches_out(archive, body), not COMMANDS.isdisjoint(_field_words(body))
    except (UnsafeMarkupError, etree.XMLSyntaxError, BrokenArchiveError) as error:
        report_error(error, flaws)
        return None
    report_extras(archive.entries, flaws)
    if reaches_out:
        flaws.report(FileFlaw.LINKS)
    if calls_program:
        flaws.report(FileFlaw.COMMANDS)
    walk = _Walk()
    if body is not None:
        walk.over(body)
    if not walk.tables:
        flaws.report(FileFlaw.NO_TABLE, kind=Kind.DOCX)
        return None
    walk.tables[-1].below = tuple(walk.above)
    sheets = finish(walk.tables, flaws)
    return Book("docx", sheets) if sheets is not None else None


def _field_words(body: etree._Element | None) -> Sequence[str]:
    """The words of all fields in upper case: DDEAUTO, INCLUDETEXT, PAGE, and what stands behind them."""
    texts = () if body is None else (str(entry.text) for entry in body.iter("{*}instrText"))
    return " ".join(texts).upper().split()


def _reaches_out(archive: Archive, body: etree._Element | None) -> bool:
    """Whether the document fetches content from elsewhere: DDE, a remote template, a linked object."""
    if not LINKING_FIELDS.isdisjoint(_field_words(body)):
        return True
    for name in archive.entries:
        if name.startswith("word/_rels/"):
            for relation in parse_markup(archive.read(name), name).iter("{*}Relationship"):
                # A link that a reader may click fetches nothing by itself.
                is_page = attribute(relation, "Type").endswith("/hyperlink")
                if attribute(relation, "TargetMode") == "External" and not is_page:
                    return True
    return False


@dataclass
class _Walk:
    """The tables found so far, and the paragraphs since the last one."""

    tables: list[Grid] = field(default_factory=list)
    above: list[str] = field(default_factory=list)

    def over(self, parent: etree._Element) -> None:
        """Go through paragraphs and tables in their order."""
        for child in _children(parent):
            name = local_name(child)
            if name == "p":
                text = _text(child).strip()
                if text:
                    self.above.append(text)
            elif name == "tbl":
                grid = Grid(above=tuple(self.above))
                self.above = []
                self.tables.append(grid)
                self._table(grid, child)

    def _table(self, grid: Grid, table: etree._Element) -> None:
        lines = [line for line in _children(table) if local_name(line) == "tr"]
        rows = [_place_cells(line) for line in lines]
        for row, cells in enumerate(rows):
            if lines[row].find("{*}trPr/{*}hidden") is not None:
                grid.hidden_rows.add(row)
            for column, (width, cell) in cells.items():
                if _merge(cell) != "continue":
                    grid.put(row, column, _cell_text(cell), _height(rows, row, column), width)
                    font = _legacy_font(cell)
                    if font:
                        grid.fonts[row, column] = font
        for nested in (inner for cells in rows for _, cell in cells.values() for inner in _nested(cell)):
            inside = Grid()
            self.tables.append(inside)
            self._table(inside, nested)


def _children(parent: etree._Element) -> Iterator[etree._Element]:
    """The children of an element, wrappers opened."""
    for child in parent:
        if local_name(child) in WRAPPERS:
            yield from _children(child)
        else:
            yield child


def _nested(cell: etree._Element) -> Iterator[etree._Element]:
    return (child for child in _children(cell) if local_name(child) == "tbl")


def _place_cells(line: etree._Element) -> dict[int, tuple[int, etree._Element]]:
    """The cells of a row by the grid column in which they begin, with their widths."""
    cells = {}
    column = number_of(line.find("{*}trPr/{*}gridBefore"), "val", 0)
    for cell in _children(line):
        if local_name(cell) == "tc":
            # Columns are those of the grid, so that "C5" is below "C4" whatever is merged in between.
            width = max(1, number_of(cell.find("{*}tcPr/{*}gridSpan"), "val", 1))
            cells[column] = (width, cell)
            column += width
    return cells


def _merge(cell: etree._Element) -> str:
    """How a cell is merged with those above and below: "restart", "continue" or not at all."""
    merge = cell.find("{*}tcPr/{*}vMerge")
    return "" if merge is None else attribute(merge, "val") or "continue"


def _height(rows: list[dict[int, tuple[int, etree._Element]]], row: int, column: int) -> int:
    """How many rows a cell reaches over."""
    end = row + 1
    # <w:vMerge w:val="restart"/> begins a merged cell; each cell below it says <w:vMerge/>.
    if _merge(rows[row][column][1]) == "restart":
        while end < len(rows) and column in rows[end] and _merge(rows[end][column][1]) == "continue":
            end += 1
    return end - row


def _cell_text(cell: etree._Element) -> str:
    """The paragraphs of a cell, a line each."""
    return "\n".join(_text(child) for child in _children(cell) if local_name(child) == "p").strip()


def _text(paragraph: etree._Element) -> str:
    """The text of a paragraph as it shows; deleted text is not in `w:t` and so left out."""
    pieces = []
    for element in paragraph.iter():
        name = local_name(element)
        if name == "t":
            pieces.append(_run_text(element))
        elif name in BREAKS:
            pieces.append(BREAKS[name])
    return "".join(pieces)


def _run_text(element: etree._Element) -> str:
    """A piece of text as it shows; what is hidden does not."""
    run = element.getparent()
    properties = run.find("{*}rPr") if run is not None and local_name(run) == "r" else None
    if properties is None:
        return element.text or ""
    if has_flag(properties, HIDDEN):
        return ""
    return show_run(element.text or "", shift_of(properties), struck=is_struck(properties))


def _legacy_font(cell: etree._Element) -> str:
    """The font of an old encoding in which a run of the cell is set, if any."""
    for fonts in cell.iterfind("{*}p/{*}r/{*}rPr/{*}rFonts"):
        for name in (attribute(fonts, "ascii"), attribute(fonts, "hAnsi")):
            if is_legacy_font(name):
                return name
    return ""
