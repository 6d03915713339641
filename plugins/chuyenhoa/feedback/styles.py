"""Cell styles with our red or yellow: a clone of the cell's own style in which only the fill differs."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from chuyenhoa.kit.ooxml.xlsx_package import MarkError, main_tag

RED = "FFFF9B91"
YELLOW = "FFFFD54A"
_OURS = frozenset({RED, YELLOW})


class StyleBook:
    """The cell formats of a workbook (`styles.xml`), to which painted ones are added."""

    def __init__(self, root: etree._Element) -> None:
        """Take hold of fills, fonts and cell formats.

        Raises:
            MarkError: the part lacks one of them.
        """
        self._fills = _child(root, "fills")
        self._fonts = _child(root, "fonts")
        self._borders = _child(root, "borders")
        self._formats = _child(root, "cellXfs")
        self._border: int | None = None
        if len(self._formats) == 0:
            raise MarkError("styles.xml: no cell formats.")
        self._made: dict[tuple[int, str], int] = {}
        self._fill_ids: dict[str, int] = {}

    def paint(self, style: int, colour: str) -> int:
        """The style that looks like `style` on `colour` (ARGB); everything else stays as it was."""
        return self._variant(style, colour, self._fill_id(colour))

    def unpaint(self, style: int) -> int:
        """The style that looks like `style` without our colour; `style` itself when it has none of ours."""
        return self._variant(style, "", 0) if self.is_painted(style) else style

    def is_painted(self, style: int) -> bool:
        """Whether the style has one of our two colours."""
        fill_id = int(self._format(style).get("fillId", "0"))
        if fill_id >= len(self._fills):
            return False
        colour = self._fills[fill_id].find(f"{main_tag('patternFill')}/{main_tag('fgColor')}")
        return colour is not None and colour.get("rgb", "").upper() in _OURS

    def text_style(
        self,
        *,
        bold: bool = False,
        link: bool = False,
        size: int = 11,
        colour: str = "",
        border: bool = False,
    ) -> int:
        """A new style for our own sheet: text that stays text even when it begins like a formula.

        Text of up to 11 points is wrapped; larger text runs over the cells beside it.
        """
        self._add_font(bold=bold, link=link, size=size)
        fill_id = self._fill_id(colour) if colour else 0
        style = etree.SubElement(self._formats, main_tag("xf"), numFmtId="49", xfId="0", quotePrefix="1")
        style.set("fontId", str(len(self._fonts) - 1))
        style.set("fillId", str(fill_id))
        style.set("borderId", str(self._border_id() if border else 0))
        for name in ("NumberFormat", "Font", "Fill", "Border", "Alignment"):
            style.set(f"apply{name}", "1")
        etree.SubElement(style, main_tag("alignment"), vertical="top", wrapText="0" if size > 11 else "1")
        return self._count()

    def _add_font(self, *, bold: bool, link: bool, size: int) -> None:
        font = etree.SubElement(self._fonts, main_tag("font"))
        for name, wanted in (("b", bold), ("u", link)):
            if wanted:
                etree.SubElement(font, main_tag(name))
        etree.SubElement(font, main_tag("sz"), val=str(size))
        etree.SubElement(font, main_tag("color"), rgb="FF0563C1" if link else "FF000000")
        etree.SubElement(font, main_tag("name"), val="Times New Roman")
        etree.SubElement(font, main_tag("family"), val="1")

    def _border_id(self) -> int:
        """A thin grey border, added once."""
        if self._border is None:
            node = etree.SubElement(self._borders, main_tag("border"))
            for side in ("left", "right", "top", "bottom"):
                edge = etree.SubElement(node, main_tag(side), style="thin")
                etree.SubElement(edge, main_tag("color"), rgb="FF9AA7AD")
            etree.SubElement(node, main_tag("diagonal"))
            self._border = len(self._borders) - 1
        return self._border

    def _variant(self, style: int, key: str, fill_id: int) -> int:
        if (style, key) not in self._made:
            clone = deepcopy(self._format(style))
            clone.set("fillId", str(fill_id))
            clone.set("applyFill", "1")
            self._formats.append(clone)
            self._made[style, key] = self._count()
        return self._made[style, key]

    def _format(self, style: int) -> etree._Element:
        return self._formats[style if 0 <= style < len(self._formats) else 0]

    def _fill_id(self, colour: str) -> int:
        if colour not in self._fill_ids:
            fill = etree.SubElement(self._fills, main_tag("fill"))
            pattern = etree.SubElement(fill, main_tag("patternFill"), patternType="solid")
            etree.SubElement(pattern, main_tag("fgColor"), rgb=colour)
            etree.SubElement(pattern, main_tag("bgColor"), indexed="64")
            self._fill_ids[colour] = len(self._fills) - 1
        return self._fill_ids[colour]

    def _count(self) -> int:
        """Write the new counts, which some readers believe, and return the newest style."""
        for group in (self._fills, self._fonts, self._borders, self._formats):
            group.set("count", str(len(group)))
        return len(self._formats) - 1


def _child(root: etree._Element, name: str) -> etree._Element:
    node = root.find(main_tag(name))
    if node is None:
        raise MarkError(f"styles.xml: no {name}.")
    return node
