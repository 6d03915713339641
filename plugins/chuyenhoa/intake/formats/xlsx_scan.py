"""A light pass over a sheet's XML for what calamine loses: errors, lost results, percentages, hidden rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from chuyenhoa.intake.book import MOST_COLUMNS, MOST_ROWS, Flaw, Mark, name_cell

ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
PERCENT_FORMATS = frozenset({9, 10})
"""Excel's built-in formats `0%` and `0.00%`."""


@dataclass
class SheetScan:
    """What the pass found; rows and columns are counted from 0."""

    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    beyond: str = ""
    """The first cell with content outside of the limits; empty when there is none."""

    @property
    def hidden_rows(self) -> frozenset[int]:
        """Rows that the submitter does not see."""
        return frozenset(self.hidden)


def parse(xml: bytes) -> etree._Element:
    """A part as a tree, without entities and without the network."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def find_percent_styles(styles: bytes) -> frozenset[int]:
    """Numbers of the cell styles that show a value as a percentage."""
    if not styles:
        return frozenset()
    tree = parse(styles)
    formats = set(PERCENT_FORMATS)
    for entry in tree.iter("{*}numFmt"):
        # A percent sign inside quotes is a word of the format and does not multiply by 100.
        code = re.sub(r'"[^"]*"|\\.', "", entry.get("formatCode", ""))
        if "%" in code:
            formats.add(int(entry.get("numFmtId", "-1")))
    cells = tree.find("{*}cellXfs")
    if cells is None:
        return frozenset()
    return frozenset(i for i, entry in enumerate(cells) if int(entry.get("numFmtId", "0")) in formats)


def scan_sheet(xml: bytes, percents: frozenset[int]) -> SheetScan:
    """Walk over the cells of one sheet; stops at the first cell with content outside of the limits.

    Raises:
        lxml.etree.XMLSyntaxError: the part is no valid XML.
    """
    found = SheetScan()
    row, column = -1, -1
    events = etree.iterparse(
        BytesIO(xml), events=("start", "end"), tag=("{*}row", "{*}c"), resolve_entities=False, no_network=True
    )
    for event, element in events:
        is_row = etree.QName(element).localname == "row"
        if event == "start" and is_row:
            row, column = int(element.get("r") or row + 2) - 1, -1
            if element.get("hidden") in {"1", "true"}:
                found.hidden.add(row)
        elif event == "end" and is_row:
            element.clear()
        elif event == "end":
            row, column = _locate(element, row, column + 1)
            # A cell without content is only formatted; readers skip it, and so may it stand anywhere.
            if len(element) and (row >= MOST_ROWS or column >= MOST_COLUMNS):
                found.beyond = name_cell(row, column)
                return found
            mark = _judge(element, percents)
            if mark:
                found.marks[row, column] = mark
    return found


def _locate(cell: etree._Element, row: int, column: int) -> tuple[int, int]:
    """The place that a cell states, or the next one in its row."""
    match = ADDRESS.fullmatch(cell.get("r", ""))
    if not match:
        return row, column
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, number - 1


def _judge(cell: etree._Element, percents: frozenset[int]) -> Mark | None:
    """The flaw of one cell, if any."""
    kind = cell.get("t", "n")
    value = cell.findtext("{*}v")
    if kind == "e":
        return Mark(Flaw.ERROR, value or "#N/A")
    if not value:
        # A formula whose result is an empty text is of kind "str" and has a value element.
        is_empty_text = kind == "str" and value is not None
        return Mark(Flaw.UNCALCULATED) if cell.find("{*}f") is not None and not is_empty_text else None
    return Mark(Flaw.PERCENT) if kind == "n" and int(cell.get("s") or 0) in percents else None
