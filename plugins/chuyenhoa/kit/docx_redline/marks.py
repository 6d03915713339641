"""The elements with which Word tracks changes, each with its own number, one author and one time."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

from lxml import etree

from chuyenhoa.kit.ooxml.wordml import W

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# Children of a property element that the former properties may not hold (ECMA-376, part 1, 17.13.5).
_NOT_IN_CHANGE = {
    "pPr": ("rPr", "sectPr", "pPrChange"),
    "rPr": ("rPrChange", "ins", "del"),
    "trPr": ("ins", "del", "trPrChange"),
    "tcPr": ("tcPrChange", "cellIns", "cellDel", "cellMerge"),
    "tblPr": ("tblPrChange",),
}


class Marker:
    """Makes tracked changes; numbers follow the order in which they are made."""

    def __init__(self, author: str, at: datetime) -> None:
        self._author = author
        self._at = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._count = 0

    def mark(self, name: str) -> etree._Element:
        """An empty `w:ins`, `w:del` or `w:…Change`."""
        self._count += 1
        element = etree.Element(f"{W}{name}")
        element.set(f"{W}id", str(self._count))
        element.set(f"{W}author", self._author)
        element.set(f"{W}date", self._at)
        return element

    def wrap(self, name: str, runs: list[etree._Element]) -> etree._Element:
        """Runs inside `w:ins` or `w:del`; the text of deleted ones becomes deleted text."""
        element = self.mark(name)
        element.extend(runs)
        if name == "del":
            for text in list(element.iter(f"{W}t", f"{W}instrText")):
                text.tag = f"{W}delText" if text.tag == f"{W}t" else f"{W}delInstrText"
                text.set(SPACE, "preserve")
        return element

    def mark_paragraph(self, paragraph: etree._Element, name: str) -> None:
        """The mark at the end of a paragraph as inserted or deleted."""
        properties = child(paragraph, "pPr", first=True)
        run = properties.find(f"{W}rPr")
        if run is None:
            run = etree.Element(f"{W}rPr")
            place_before(properties, run, ("sectPr", "pPrChange"))
        run.insert(0, self.mark(name))

    def mark_row(self, row: etree._Element, name: str) -> None:
        """A row as inserted or deleted."""
        properties = row.find(f"{W}trPr")
        if properties is None:
            properties = etree.Element(f"{W}trPr")
            at = 1 if len(row) and row[0].tag == f"{W}tblPrEx" else 0
            row.insert(at, properties)
        properties.append(self.mark(name))

    def keep_former(self, after: etree._Element, before: etree._Element, name: str) -> None:
        """Note the former properties of an element whose properties changed.

        Args:
            after: the element as it is now; gets the change.
            before: the element as it was.
            name: of the property element, as `pPr`; it is the first child of both.
        """
        now, then = after.find(f"{W}{name}"), before.find(f"{W}{name}")
        kept = _bare(then, name)
        if etree.tostring(_bare(now, name), method="c14n", exclusive=True) == etree.tostring(
            kept, method="c14n", exclusive=True
        ):
            return
        change = self.mark(f"{name}Change")
        change.append(kept)
        child(after, name, first=True).append(change)


def _bare(properties: etree._Element | None, name: str) -> etree._Element:
    """A copy of properties without what a record of former properties may not hold."""
    found = etree.Element(f"{W}{name}") if properties is None else deepcopy(properties)
    for unfit in _NOT_IN_CHANGE[name]:
        for entry in found.findall(f"{W}{unfit}"):
            found.remove(entry)
    found.tail = None
    return found


def child(parent: etree._Element, name: str, *, first: bool) -> etree._Element:
    """The child of that name, made when there is none: as the first one, or as the last."""
    found = parent.find(f"{W}{name}")
    if found is None:
        found = etree.Element(f"{W}{name}")
        parent.insert(0 if first else len(parent), found)
    return found


def place_before(parent: etree._Element, entry: etree._Element, names: tuple[str, ...]) -> None:
    """Put an entry in front of the first child with one of the names, or at the end."""
    tags = {f"{W}{name}" for name in names}
    at = next((index for index, node in enumerate(parent) if node.tag in tags), len(parent))
    parent.insert(at, entry)
