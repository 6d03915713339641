"""The boxes of cell comments: a legacy VML drawing, one shape a comment, as Excel still stores them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from chuyenhoa.feedback.grid import Grid
from chuyenhoa.feedback.references import CellRef
from chuyenhoa.kit.ooxml.xlsx_package import MarkError, parse_xml

_V = "urn:schemas-microsoft-com:vml"
_O = "urn:schemas-microsoft-com:office:office"
_X = "urn:schemas-microsoft-com:office:excel"
_WIDTH = 330
"""Width of a box in pixels: about 50 letters a line."""
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


def empty_drawing() -> etree._Element:
    """A drawing without a shape."""
    return parse_xml(_EMPTY, "vmlDrawing")


def add_box(drawing: etree._Element, ref: CellRef, text: str, grid: Grid) -> None:
    """Add the box of a comment, wide and high enough for its text, to the right of its cell."""
    if drawing.find(f"{{{_V}}}shapetype[@id='_x0000_t202']") is None:
        drawing.append(parse_xml(_SHAPE_TYPE, "shapetype"))
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
    drawing.append(parse_xml(shape.encode(), "shape"))
    _claim_block(drawing, number)


def remove_box(drawing: etree._Element, ref: CellRef) -> None:
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
    """Shape numbers come in blocks of 1,024 that the drawing must name."""
    node = _id_map(drawing)
    blocks = re.findall(r"\d+", node.get("data", ""))
    if str(number // 1024) not in blocks:
        node.set("data", ",".join([*blocks, str(number // 1024)]))


def _id_map(drawing: etree._Element) -> etree._Element:
    node = drawing.find(f"{{{_O}}}shapelayout/{{{_O}}}idmap")
    if node is None:
        layout = etree.fromstring(_EMPTY)[0]
        drawing.insert(0, layout)
        node = layout[0]
    if drawing.tag != "xml":
        raise MarkError("a drawing of comments is no VML.")
    return node
