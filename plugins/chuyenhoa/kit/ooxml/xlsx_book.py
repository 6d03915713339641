"""What a workbook holds beside the cells of its sheets: the list of sheets, and the styles of cells."""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import deepcopy

from lxml import etree

from chuyenhoa.kit.ooxml.xlsx_package import REL_TYPE, Package, WorkbookError, main_tag, parse_part

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ID = f"{{{REL_TYPE}}}id"


class SheetBook:
    """The workbook part and what hangs on it."""

    def __init__(self, package: Package) -> None:
        """Read the sheets' names.

        Raises:
            WorkbookError: the workbook has no sheets or no styles.
        """
        self._package = package
        self._root = package.tree(package.workbook)
        sheets = self._root.find(main_tag("sheets"))
        if sheets is None:
            raise WorkbookError("the workbook lists no sheets.")
        self._sheets = sheets
        self.styles_part = self._part_of_kind("styles")
        if not self.styles_part:
            raise WorkbookError("the workbook has no styles.")

    def worksheets(self) -> list[tuple[str, str]]:
        """Name and part of every worksheet in order; chart sheets are left out."""
        targets = {key: target for key, kind, target in self._relations() if kind == "worksheet"}
        return [
            (node.get("name", ""), targets[node.get(_ID, "")])
            for node in self._sheets
            if node.get(_ID, "") in targets
        ]

    def shared_strings(self) -> list[str]:
        """The texts that cells refer to by number."""
        part = self._part_of_kind("sharedStrings")
        if not part:
            return []
        root = parse_part(self._package.read(part), part)
        return ["".join(node.text or "" for node in item.iter(main_tag("t"))) for item in root]

    def remove(self, name: str) -> None:
        """Take a sheet out, with its part and the names that belong to it."""
        nodes = list(self._sheets)
        position = next(number for number, node in enumerate(nodes) if node.get("name") == name)
        relation = nodes[position].get(_ID, "")
        part = {key: target for key, _, target in self._relations()}[relation]
        self._sheets.remove(nodes[position])
        self._package.unrelate(self._package.workbook, relation)
        self._package.remove(part)
        self._shift_names(lambda index: None if index == position else index - (index > position))
        self._drop_calculation_chain()

    def put_first(self, name: str, root: etree._Element) -> None:
        """Put a sheet in front and show it alone when the workbook opens."""
        for _, kind, target in self._relations():
            if kind in {"worksheet", "chartsheet", "dialogsheet"}:
                _deselect(self._package.tree(target))
        part = self._package.unused_name("xl/worksheets/sheet{}.xml")
        self._package.add(part, root, _SHEET_TYPE)
        relation = self._package.relate(self._package.workbook, "worksheet", part)
        number = max((int(node.get("sheetId", "0")) for node in self._sheets), default=0) + 1
        node = self._sheets.makeelement(
            main_tag("sheet"), {"name": name, "sheetId": str(number), _ID: relation}
        )
        self._sheets.insert(0, node)
        self._shift_names(lambda index: index + 1)
        for view in self._root.iterfind(f"{main_tag('bookViews')}/{main_tag('workbookView')}"):
            view.set("activeTab", "0")
            view.attrib.pop("firstSheet", "")

    def _relations(self) -> list[tuple[str, str, str]]:
        return self._package.relations(self._package.workbook)

    def _part_of_kind(self, wanted: str) -> str:
        return next((target for _, kind, target in self._relations() if kind == wanted), "")

    def _shift_names(self, shift: Callable[[int], int | None]) -> None:
        """Names that belong to a sheet know it by its place in the list, which has changed."""
        for parent in self._root.iterfind(main_tag("definedNames")):
            for node in list(parent):
                place = node.get("localSheetId")
                if place is None:
                    continue
                index = shift(int(place))
                if index is None:
                    parent.remove(node)
                else:
                    node.set("localSheetId", str(index))
            if len(parent) == 0:
                self._root.remove(parent)

    def _drop_calculation_chain(self) -> None:
        """The order of calculation may name the sheet taken out; Excel builds it again when it is missing."""
        for key, kind, target in self._relations():
            if kind == "calcChain":
                self._package.unrelate(self._package.workbook, key)
                self._package.remove(target)


def _deselect(root: etree._Element) -> None:
    """Take a sheet out of the selected ones: two selected sheets would be edited together."""
    for view in root.iter(main_tag("sheetView")):
        view.attrib.pop("tabSelected", "")


class StyleBook:
    """The cell formats of a workbook (`styles.xml`), to which painted ones are added.

    A painted style is a clone of the cell's own in which only the fill differs: number format, font and
    borders of the submitter's form stay as they were.
    """

    def __init__(self, root: etree._Element, colours: Collection[str]) -> None:
        """Take hold of fills, fonts and cell formats.

        Args:
            root: of `styles.xml`.
            colours: the ARGB codes that only we paint with, by which a painted style is known again.

        Raises:
            WorkbookError: the part lacks one of them.
        """
        self._colours = frozenset(colours)
        self._fills = _child(root, "fills")
        self._fonts = _child(root, "fonts")
        self._borders = _child(root, "borders")
        self._formats = _child(root, "cellXfs")
        self._border: int | None = None
        if len(self._formats) == 0:
            raise WorkbookError("styles.xml: no cell formats.")
        self._made: dict[tuple[int, str], int] = {}
        self._fill_ids: dict[str, int] = {}

    def paint(self, style: int, colour: str) -> int:
        """The style that looks like `style` on `colour` (ARGB); everything else stays as it was."""
        return self._variant(style, colour, self._fill_id(colour))

    def unpaint(self, style: int) -> int:
        """The style that looks like `style` without our colour; `style` itself when it has none of ours."""
        return self._variant(style, "", 0) if self.is_painted(style) else style

    def is_painted(self, style: int) -> bool:
        """Whether the style has one of our colours."""
        fill_id = int(self._format(style).get("fillId", "0"))
        if fill_id >= len(self._fills):
            return False
        colour = self._fills[fill_id].find(f"{main_tag('patternFill')}/{main_tag('fgColor')}")
        return colour is not None and colour.get("rgb", "").upper() in self._colours

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
        # Format 49 ("@") and the quote: a file's name like "=cmd|…" stays a text, also when it is edited.
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
        raise WorkbookError(f"styles.xml: no {name}.")
    return node
