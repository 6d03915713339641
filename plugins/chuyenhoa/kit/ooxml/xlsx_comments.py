"""Cell comments of one sheet: ours added below what is there, and taken out again when a file comes back.

Excel keeps a comment in two places: its text in a part of comments, its box in a legacy VML drawing, one
shape a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from chuyenhoa.kit.ooxml.xlsx_cells import CellAddress, Grid, parse_address
from chuyenhoa.kit.ooxml.xlsx_package import (
    REL_TYPE,
    SPACE,
    Package,
    WorkbookError,
    main_tag,
    new_root,
    parse_part,
)

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_V = "urn:schemas-microsoft-com:vml"
_O = "urn:schemas-microsoft-com:office:office"
_X = "urn:schemas-microsoft-com:office:excel"
# Width of a box in pixels: about 50 letters a line.
_WIDTH = 330
_LINE_LETTERS = 46
_LINE_HEIGHT = 17
_EMPTY = f"""<xml xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}">
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>""".encode()
_SHAPE_TYPE = f"""<v:shapetype xmlns:v="{_V}" xmlns:o="{_O}" id="_x0000_t202" coordsize="21600,21600"
 o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>
<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>""".encode()
_SHAPE = """<v:shape xmlns:v="{v}" xmlns:o="{o}" xmlns:x="{x}" id="_x0000_s{number}" type="#_x0000_t202"
 style="position:absolute;margin-left:80pt;margin-top:5pt;width:{width}pt;height:{height}pt;
z-index:{number};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>
<v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>
<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>
<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""


class CommentBook:
    """The comments part and the VML drawing of a sheet; both are made when first needed."""

    def __init__(self, package: Package, sheet_part: str, grid: Grid, *, author: str, mark: str) -> None:
        """Find what the sheet has of the two.

        Args:
            package: the workbook.
            sheet_part: the part of the sheet.
            grid: its cells.
            author: who our comments are attributed to.
            mark: what every text of ours begins with, by which it is found and taken out again.
        """
        self._package = package
        self._sheet = sheet_part
        self._grid = grid
        self._author, self._mark = author, mark
        relations = package.relations(sheet_part)
        comments = [target for _, kind, target in relations if kind == "comments"]
        self._root = package.tree(comments[0]) if comments else None
        legacy = grid.root.find(main_tag("legacyDrawing"))
        drawing_id = legacy.get(f"{{{REL_TYPE}}}id") if legacy is not None else None
        drawings = [target for key, _, target in relations if key == drawing_id]
        self._drawing = package.tree(drawings[0]) if drawings else None

    def strip_ours(self) -> None:
        """Take out every text of ours; a comment that then says nothing goes with its box."""
        if self._root is None:
            return
        for comment in self._root.findall(f".//{main_tag('comment')}"):
            if (
                not _cut_ours(comment, self._mark)
                or "".join(node.text or "" for node in comment.iter(main_tag("t"))).strip()
            ):
                continue
            _list_of(self._root).remove(comment)
            ref = parse_address(comment.get("ref", ""))
            if ref is not None and self._drawing is not None:
                remove_box(self._drawing, ref)

    def put(self, ref: CellAddress, text: str) -> None:
        """Say `text` at a cell; below the submitter's own words when the cell has a comment already."""
        root, drawing = self._ensure_parts()
        for comment in _list_of(root).iterfind(main_tag("comment")):
            if comment.get("ref") == ref.address:
                _append_run(comment, f"\n\n{text}")
                return
        comment = etree.SubElement(
            _list_of(root), main_tag("comment"), ref=ref.address, authorId=str(_author_id(root, self._author))
        )
        etree.SubElement(comment, main_tag("text"))
        _append_run(comment, text)
        add_box(drawing, ref, text, self._grid)

    def _ensure_parts(self) -> tuple[etree._Element, etree._Element]:
        if self._root is None:
            self._root = new_root("comments")
            etree.SubElement(self._root, main_tag("authors"))
            etree.SubElement(self._root, main_tag("commentList"))
            name = self._package.unused_name("xl/comments{}.xml")
            self._package.add(name, self._root, _COMMENTS_TYPE)
            self._package.relate(self._sheet, "comments", name)
        if self._drawing is None:
            self._drawing = empty_drawing()
            name = self._package.unused_name("xl/drawings/vmlDrawing{}.vml")
            self._package.default_type("vml", _VML_TYPE)
            self._package.add(name, self._drawing, _VML_TYPE)
            relation = self._package.relate(self._sheet, "vmlDrawing", name)
            self._grid.set_legacy_drawing(f"{{{REL_TYPE}}}id", relation)
        return self._root, self._drawing


def _list_of(root: etree._Element) -> etree._Element:
    node = root.find(main_tag("commentList"))
    return etree.SubElement(root, main_tag("commentList")) if node is None else node


def _author_id(root: etree._Element, name: str) -> int:
    """Number of our name among the authors, added when it is not there."""
    authors = root.find(main_tag("authors"))
    if authors is None:
        authors = root.makeelement(main_tag("authors"), {})
        root.insert(0, authors)
    for number, author in enumerate(authors):
        if author.text == name:
            return number
    etree.SubElement(authors, main_tag("author")).text = name
    return len(authors) - 1


def _append_run(comment: etree._Element, words: str) -> None:
    """Add a run of text; a plain text that stands there is made a run first, since the two do not mix."""
    text = comment.find(main_tag("text"))
    if text is None:
        text = etree.SubElement(comment, main_tag("text"))
    plain = text.find(main_tag("t"))
    if plain is not None:
        run = text.makeelement(main_tag("r"), {})
        text.insert(0, run)
        run.append(plain)
    run = text.makeelement(main_tag("r"), {})
    text.insert(len(text.findall(main_tag("r"))), run)
    properties = etree.SubElement(run, main_tag("rPr"))
    etree.SubElement(properties, main_tag("sz"), val="10")
    etree.SubElement(properties, main_tag("rFont"), val="Times New Roman")
    node = etree.SubElement(run, main_tag("t"))
    node.set(SPACE, "preserve")
    node.text = words


def _cut_ours(comment: etree._Element, mark: str) -> bool:
    """Cut a comment off where our words begin; whether there were any."""
    # Whatever follows our first words is ours too, in runs of its own: we always write at the end.
    found = False
    for node in list(comment.iter(main_tag("t"))):
        words = node.text or ""
        position = words.find(mark)
        if found:
            node.text = ""
        elif position >= 0:
            found = True
            node.text = words[:position].rstrip()
    return found


def empty_drawing() -> etree._Element:
    """A drawing without a shape."""
    return parse_part(_EMPTY, "vmlDrawing")


def add_box(drawing: etree._Element, ref: CellAddress, text: str, grid: Grid) -> None:
    """Add the box of a comment, wide and high enough for its text, to the right of its cell."""
    if drawing.find(f"{{{_V}}}shapetype[@id='_x0000_t202']") is None:
        drawing.append(parse_part(_SHAPE_TYPE, "shapetype"))
    lines = sum(1 + len(line) // _LINE_LETTERS for line in text.split("\n"))
    height = (lines + 1) * _LINE_HEIGHT
    anchor = (
        *(ref.column, 15, max(ref.row - 2, 0), 4),
        *_extent(ref.column, _WIDTH, grid.column_widths(), 64),
        *_extent(max(ref.row - 2, 0), height, grid.row_heights(), 20),
    )
    number = _next_number(drawing)
    shape = _SHAPE.format(
        v=_V, o=_O, x=_X, number=number, width=_WIDTH * 3 // 4, height=height * 3 // 4,
        anchor=", ".join(str(part) for part in anchor), row=ref.row - 1, column=ref.column - 1,
    )  # fmt: skip
    drawing.append(parse_part(shape.encode(), "shape"))
    _claim_block(drawing, number)


def remove_box(drawing: etree._Element, ref: CellAddress) -> None:
    """Remove the box of a cell's comment."""
    for shape in drawing.findall(f"{{{_V}}}shape"):
        data = shape.find(f"{{{_X}}}ClientData[@ObjectType='Note']")
        if data is not None and (data.findtext(f"{{{_X}}}Row"), data.findtext(f"{{{_X}}}Column")) == (
            str(ref.row - 1),
            str(ref.column - 1),
        ):
            drawing.remove(shape)


def _extent(start: int, needed: int, sizes: Mapping[int, int], usual: int) -> tuple[int, int]:
    """Where a stretch of `needed` pixels ends: index from 0 of the row or column, and pixels inside it."""
    index, left = start, needed
    while left > sizes.get(index + 1, usual):
        left -= sizes.get(index + 1, usual)
        index += 1
    return index, left


def _next_number(drawing: etree._Element) -> int:
    numbers = [
        int(found[1]) for node in drawing if (found := re.fullmatch(r"_x0000_s(\d+)", node.get("id", "")))
    ]
    if numbers:
        return max(numbers) + 1
    blocks = re.findall(r"\d+", _id_map(drawing).get("data", "1"))
    return int(blocks[0] if blocks else 1) * 1024 + 1


def _claim_block(drawing: etree._Element, number: int) -> None:
    """Shape numbers come in blocks of 1,024 that the drawing must name: `<o:idmap data="1,2"/>`."""
    node = _id_map(drawing)
    blocks = re.findall(r"\d+", node.get("data", ""))
    if str(number // 1024) not in blocks:
        node.set("data", ",".join([*blocks, str(number // 1024)]))


def _id_map(drawing: etree._Element) -> etree._Element:
    node = drawing.find(f"{{{_O}}}shapelayout/{{{_O}}}idmap")
    if node is None:
        layout = empty_drawing()[0]
        drawing.insert(0, layout)
        node = layout[0]
    if drawing.tag != "xml":
        raise WorkbookError("a drawing of comments is no VML.")
    return node
