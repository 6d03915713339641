"""From the parts of a .docx to the lines, tables and sections that the checks look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from chuyenhoa.kit.docx_lint.effective import Effective
from chuyenhoa.kit.docx_lint.model import Cell, Line, Row, Section, Sheet, Table, is_page_field
from chuyenhoa.kit.docx_lint.styles import (
    Counter,
    boxed_paragraphs,
    children,
    is_on,
    own_runs,
    read_optional,
    run_text,
    whole,
)
from chuyenhoa.kit.ooxml.docx_package import PackageError
from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import STORIES, W

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MM_PER_TWIP = 25.4 / 1440
# Twips at each side of a cell where nothing is said.
_USUAL_PADDING = 108
# Twips between the margins of A4 with 30 mm at the left and 15 mm at the right.
_FALLBACK_PAGE = 9355


def open_sheet(parts: Mapping[str, bytes]) -> Sheet:
    """Open a document for checking.

    Raises:
        PackageError: it has no body.
        lxml.etree.XMLSyntaxError: a part is no XML.
    """
    body = parse_xml(parts["word/document.xml"]).find(f"{W}body")
    if body is None:
        raise PackageError("The document has no body.")
    effective = Effective(parts)
    reader = _Reader(effective, Counter(effective.styles))
    sections = tuple(reader.read_sections(body))
    stories = _Stories(parts, effective)
    settings = read_optional(parts, "word/settings.xml", "settings")
    return Sheet(
        sections=sections,
        headers=stories.headers(sections),
        margins=(*stories.lines(("header", "footer", "footnotes", "endnotes")), *reader.boxed(body)),
        footers=stories.lines(("footer",)),
        has_even_pages=is_on(settings, "evenAndOddHeaders"),
        has_gutter_on_top=is_on(settings, "gutterAtTop"),
    )


@dataclass
class _Reader:
    """Reads blocks in the order of the file, counting paragraphs and tables as the office would."""

    effective: Effective
    counter: Counter
    paragraphs: int = 0
    tables: int = 0
    room: int = _FALLBACK_PAGE

    def read_sections(self, body: etree._Element) -> Iterator[Section]:
        """The sections; a body that ends without properties has a last one with none."""
        blocks: list[Line | Table] = []
        number, elements = 1, list(children(body, "p", "tbl", "sectPr"))
        rooms = iter([_room(node) for node in body.iter(f"{W}sectPr") if not _is_change(node)])
        self.room = next(rooms, _FALLBACK_PAGE)
        for element in elements:
            if element.tag == f"{W}sectPr":
                yield Section(number, element, tuple(blocks))
                return
            blocks += self.read_block(element)
            properties = element.find(f"{W}pPr/{W}sectPr")
            if properties is not None:
                yield Section(number, properties, tuple(blocks))
                number, blocks, self.room = number + 1, [], next(rooms, _FALLBACK_PAGE)
        if blocks or number == 1:
            yield Section(number, etree.Element(f"{W}sectPr"), tuple(blocks))

    def read_block(self, element: etree._Element) -> Sequence[Line | Table]:
        """A paragraph or a table of the body."""
        if element.tag == f"{W}tbl":
            return [self._read_table(element)]
        self.paragraphs += 1
        return self.read_lines(element, f"đoạn {self.paragraphs}")

    def read_lines(
        self,
        paragraph: etree._Element,
        spot: str,
        row: etree._Element | None = None,
        cell: etree._Element | None = None,
    ) -> list[Line]:
        """One paragraph; a centred one that is broken into lines is as many lines, as it looks."""
        label = self.counter.label(paragraph)
        written = "".join(run_text(run) for run in own_runs(paragraph)).replace("\xa0", " ")
        # Shift+Enter within a centred title makes one paragraph of two lines, each of which is a line of the
        # head to the reader: "ỦY BAN NHÂN DÂN<w:br/>TỈNH KIÊN GIANG". Running text stays one paragraph.
        texts, looks = [written], [self.effective.looks(paragraph)]
        form = self.effective.form(paragraph)
        if form.alignment == "center" and "\n" in written.strip():
            texts, looks = written.split("\n"), self.effective.lines(paragraph)
        lines = []
        for number, (text, look) in enumerate(zip(texts, looks, strict=True)):
            opening, is_last = label if not number else "", number == len(texts) - 1
            lines.append(
                Line(
                    element=paragraph,
                    text=f"{opening} {text.strip()}".strip() if text.strip() else "",
                    label=opening,
                    looks=look,
                    form=replace(
                        form, before=0 if number else form.before, after=form.after if is_last else 0
                    ),
                    style=self.effective.styles.style_name(paragraph),
                    spot=spot,
                    row=row,
                    cell=cell,
                )
            )
        return lines

    def boxed(self, body: etree._Element) -> list[Line]:
        """The lines of text boxes."""
        return [
            line for paragraph in boxed_paragraphs(body) for line in self.read_lines(paragraph, "khung chữ")
        ]

    def _read_table(self, table: etree._Element) -> Table:
        self.tables += 1
        spot = f"bảng {self.tables}"
        grid = [whole(column.get(f"{W}w")) for column in table.findall(f"{W}tblGrid/{W}gridCol")]
        margins = [
            margin
            for properties in self.effective.styles.table_properties(table)
            for margin in properties.findall(f"{W}tblCellMar")
        ]
        rows = []
        for number, row in enumerate(children(table, "tr"), start=1):
            # A row deleted under tracked changes does not print.
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            rows.append(self._read_row(row, f"{spot}, dòng {number}", grid, margins))
        return Table(
            element=table,
            rows=tuple(rows),
            spot=spot,
            has_borders=self._has_borders(table),
            width=_table_width(table, grid) * _MM_PER_TWIP,
            room=self.room * _MM_PER_TWIP,
        )

    def _read_row(
        self, row: etree._Element, spot: str, grid: list[int], margins: list[etree._Element]
    ) -> Row:
        cells, column = [], 0
        elements = list(children(row, "tc"))
        for cell in elements:
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            wide = max(whole(span.get(f"{W}val"), 1), 1) if span is not None else 1
            share = sum(grid[column : column + wide]) or self.room // max(len(elements), 1)
            column += wide
            lines = tuple(line for p in _paragraphs_in(cell) for line in self.read_lines(p, spot, row, cell))
            cells.append(Cell(cell, lines, _cell_room(cell, share, margins) * _MM_PER_TWIP))
        return Row(row, tuple(cells))

    def _has_borders(self, table: etree._Element) -> bool:
        for properties in self.effective.styles.table_properties(table):
            borders = properties.find(f"{W}tblBorders")
            if borders is not None:
                return any(side.get(f"{W}val") not in {"nil", "none", None} for side in borders)
        return any(
            side.get(f"{W}val") not in {"nil", "none", None}
            for borders in table.iter(f"{W}tcBorders")
            for side in borders
        )


class _Stories:
    """Headers, footers and notes, read with numberings of their own."""

    def __init__(self, parts: Mapping[str, bytes], effective: Effective) -> None:
        self.parts = parts
        self.effective = effective
        relations = parse_xml(parts.get("word/_rels/document.xml.rels", b"<none/>"))
        self.targets = {node.get("Id"): _part_name(node.get("Target") or "") for node in relations}

    def lines(self, names: tuple[str, ...]) -> tuple[Line, ...]:
        """Every line of the parts whose names open so."""
        found: list[Line] = []
        for part in sorted(self.parts):
            stem = part.removeprefix("word/").removesuffix(".xml")
            if part.startswith("word/") and part.endswith(".xml") and stem.rstrip("0123456789") in names:
                found += self._read(part)
        return tuple(found)

    def headers(self, sections: tuple[Section, ...]) -> tuple[dict[str, tuple[Line, ...]], ...]:
        """By section: its headers by kind; a section without one takes the one before it."""
        known: dict[str, tuple[Line, ...]] = {}
        found = []
        for section in sections:
            for reference in section.properties.findall(f"{W}headerReference"):
                part = self.targets.get(reference.get(f"{_R}id"), "")
                known[str(reference.get(f"{W}type"))] = tuple(self._read(part)) if part in self.parts else ()
            found.append(dict(known))
        return tuple(found)

    def _read(self, part: str) -> list[Line]:
        root = parse_xml(self.parts[part])
        reader = _Reader(self.effective, Counter(self.effective.styles))
        spot = STORIES.get(part.removeprefix("word/").rstrip("0123456789.xml"), part)
        lines = [line for paragraph in root.iter(f"{W}p") for line in reader.read_lines(paragraph, spot)]
        return [self._fill_number(line) for line in lines]

    def _fill_number(self, line: Line) -> Line:
        """A page number that nobody has counted yet, as it will print."""
        # Where no program has laid out the pages yet, the field PAGE has no result, and no run prints.
        look = self.effective.field_look(line.element) if not line.looks else None
        return replace(line, looks=(look,)) if look is not None and is_page_field(line) else line


def _part_name(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"word/{target}"


def _cell_room(cell: etree._Element, share: int, margins: list[etree._Element]) -> int:
    """The room for text in a cell, in twips: its width less what is kept free at its sides.

    `share` is the width of its columns, `margins` what its table says of all cells' sides.
    """
    own = cell.find(f"{W}tcPr/{W}tcW")
    width = share
    if own is not None and own.get(f"{W}type") == "dxa":
        width = whole(own.get(f"{W}w")) or share
    levels = [*cell.findall(f"{W}tcPr/{W}tcMar"), *margins]
    return width - sum(_padding(levels, names) for names in (("left", "start"), ("right", "end")))


def _padding(levels: list[etree._Element], names: tuple[str, str]) -> int:
    for level in levels:
        for name in names:
            node = level.find(f"{W}{name}")
            if node is not None:
                return whole(node.get(f"{W}w"))
    return _USUAL_PADDING


def _table_width(table: etree._Element, grid: Sequence[int]) -> int:
    """The width that a table asks for in twips; 0 where it is free, or where the table floats."""
    properties = table.find(f"{W}tblPr")
    if properties is None or properties.find(f"{W}tblpPr") is not None:
        return 0
    total = properties.find(f"{W}tblW")
    if total is not None and total.get(f"{W}type") == "dxa" and whole(total.get(f"{W}w")):
        return whole(total.get(f"{W}w"))
    layout = properties.find(f"{W}tblLayout")
    if layout is not None and layout.get(f"{W}type") == "fixed":
        return sum(grid)
    rows = [[cell.find(f"{W}tcPr/{W}tcW") for cell in children(row, "tc")] for row in children(table, "tr")]
    asked = [
        [0 if w is None or w.get(f"{W}type") != "dxa" else whole(w.get(f"{W}w")) for w in row] for row in rows
    ]
    return max((sum(row) for row in asked if all(row)), default=0)


def _paragraphs_in(cell: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs of a cell, those of tables within it included."""
    for block in children(cell, "p", "tbl"):
        if block.tag == f"{W}p":
            yield block
        else:
            for row in children(block, "tr"):
                for inner in children(row, "tc"):
                    yield from _paragraphs_in(inner)


def _is_change(properties: etree._Element) -> bool:
    parent = properties.getparent()
    return parent is not None and parent.tag == f"{W}sectPrChange"


def page_room(section: Section) -> float:
    """The width between the margins of a section, in millimetres."""
    return _room(section.properties) * _MM_PER_TWIP


def _room(section: etree._Element) -> int:
    """The width between the margins of a section, in twips."""
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    if size is None or margins is None:
        return _FALLBACK_PAGE
    sides = sum(whole(margins.get(f"{W}{name}")) for name in ("left", "right", "gutter"))
    return max(whole(size.get(f"{W}w")) - sides, 1)
