"""The list of sheets of a workbook: names to parts, one taken out, one put in front, indices kept true."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from chuyenhoa.kit.ooxml.xlsx_package import REL_TYPE, MarkError, Package, main_tag, parse_xml

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ID = f"{{{REL_TYPE}}}id"


class SheetBook:
    """The workbook part and what hangs on it."""

    def __init__(self, package: Package) -> None:
        """Read the sheets' names.

        Raises:
            MarkError: the workbook has no sheets or no styles.
        """
        self._package = package
        self._root = package.tree(package.workbook)
        sheets = self._root.find(main_tag("sheets"))
        if sheets is None:
            raise MarkError("the workbook lists no sheets.")
        self._sheets = sheets
        self.styles_part = self._part_of_kind("styles")
        if not self.styles_part:
            raise MarkError("the workbook has no styles.")

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
        root = parse_xml(self._package.read(part), part)
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
        """The order of calculation may name the sheet taken out; Excel makes it anew when it is missing."""
        for key, kind, target in self._relations():
            if kind == "calcChain":
                self._package.unrelate(self._package.workbook, key)
                self._package.remove(target)


def _deselect(root: etree._Element) -> None:
    """Take a sheet out of the selected ones: two selected sheets would be edited together."""
    for view in root.iter(main_tag("sheetView")):
        view.attrib.pop("tabSelected", "")
