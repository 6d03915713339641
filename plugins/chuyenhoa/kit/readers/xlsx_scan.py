"""What calamine loses of a sheet: errors, lost results, percentages, old fonts, hidden rows, merges."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from lxml import etree

from chuyenhoa.kit.ooxml.markup import iterate_xml, parse_xml
from chuyenhoa.kit.readers.book import MAX_COLUMNS, MAX_ROWS, Flaw, Mark, name_cell
from chuyenhoa.kit.readers.formulas import shift_formula
from chuyenhoa.kit.readers.markup import pass_on_memory
from chuyenhoa.kit.readers.xlsx_styles import CellStyles

MAIN_SPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)
AREA = re.compile(rf"{ADDRESS.pattern}:{ADDRESS.pattern}", re.IGNORECASE)
WITHIN = re.compile(r"(?:(?:[A-Z]|[A-J][A-Z]|K[A-N])(?:[1-9][0-9]{0,2}|[1-4][0-9]{3}) )*+")
"""Addresses, each with a space behind it, that are within the limits for certain: up to KN4999.

Possessive (`*+`): a hundred thousand addresses must not be tried again from every one of them.
"""
ROWS = re.compile(r"(?:[1-9][0-9]{0,6} ?)*+")
MERGES = re.compile(rb'<mergeCell ref="([A-Za-z0-9]+:[A-Za-z0-9]+)"')
DATA_END = b"</sheetData>"
MAX_TREE = 4_000_000
"""Bytes of a part above which no tree of it is built: a tree takes ten times as much memory."""
MAX_STYLES = 40

Area = tuple[int, int, int, int]


@dataclass
class SheetScan:
    """What the pass found; rows and columns are counted from 0."""

    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    """Number formats that may show something else than the value, of cells with content."""
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    """Formulas; "" for one that reaches over several cells or that a table of data fills."""
    shared: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    """Formulas that several cells share, by their number, with the cell for which they are written."""
    merges: list[Area] = field(default_factory=list)
    beyond: str = ""
    """The first cell with content outside of the limits; empty when there is none."""


def scan_sheet(xml: bytes, styles: CellStyles) -> SheetScan:
    """Look over the cells of one sheet.

    Raises:
        ValueError: an address or the order of the rows is wrong, so that a reader would lose cells.
        lxml.etree.XMLSyntaxError: the part is no valid XML.
    """
    return scan_quickly(xml, styles) or scan_carefully(xml, styles)


def scan_quickly(xml: bytes, styles: CellStyles) -> SheetScan | None:
    """The same as `scan_carefully`, for sheets as office programs write them.

    Only the part that holds cells becomes a tree, and only cells that may have a flaw are looked at.

    Returns:
        None when anything is unusual: the careful pass then decides.
    """
    head, end, tail = xml.rpartition(DATA_END)
    flagged = styles.flagged
    if not end or len(head) > MAX_TREE or len(flagged) > MAX_STYLES:
        return None
    merges = MERGES.findall(tail) if b"<mergeCell" in tail else []
    if _is_unusual(head, tail, len(merges)):
        return None
    try:
        root = parse_xml(head + end + b"</worksheet>")
    except etree.XMLSyntaxError as error:
        pass_on_memory(error)
        return None
    space = etree.QName(root).namespace or ""
    if space not in MAIN_SPACES:
        return None
    queries = _queries(space, flagged)
    # A reader of values takes `<x:c>` of another namespace for a cell; without any such element, and with one
    # name for this one, no element has a prefix.
    if head.count(space.encode()) != 1 or queries.foreign(root):
        return None
    addresses, rows = queries.addresses(root), queries.rows(root)
    # Cells and rows without an address, or outside of the table, were not asked: the careful pass knows.
    if len(addresses) + len(rows) != queries.count(root):
        return None
    if not _are_in_order(addresses) or not ROWS.fullmatch(" ".join(rows)):
        return None
    found = SheetScan()
    found.hidden |= {int(row.get("r", "")) - 1 for row in queries.hidden(root)}
    for cell in queries.doubtful(root):
        _judge(cell, *_place(cell.get("r", "")), styles, found)
    found.merges += filter(None, map(_read_area, merges))
    return found


def _is_unusual(head: bytes, tail: bytes, merges: int) -> bool:
    """Whether a sheet holds what the quick pass does not understand: a comment at its end, own namespaces."""
    return (
        head.count(b"xmlns=") != 1
        or b"<!" in tail
        or not tail.rstrip().endswith(b"</worksheet>")
        or tail.count(b"<mergeCell ") != merges
    )


def _are_in_order(addresses: list[str]) -> bool:
    """Whether all addresses are within the limits and no row comes again after a later one."""
    line = " ".join(addresses) + " " if addresses else ""
    if not WITHIN.fullmatch(line):
        return False
    rows = [int(row) for row, _ in groupby(re.findall("[0-9]+", line))]
    return all(first < second for first, second in pairwise(rows))


@dataclass(frozen=True)
class _Queries:
    """Compiled questions to a sheet's tree."""

    addresses: Callable[[etree._Element], list[str]]
    rows: Callable[[etree._Element], list[str]]
    count: Callable[[etree._Element], float]
    foreign: Callable[[etree._Element], bool]
    hidden: Callable[[etree._Element], list[etree._Element]]
    doubtful: Callable[[etree._Element], list[etree._Element]]


@lru_cache(maxsize=64)
def _queries(space: str, flagged: frozenset[str]) -> _Queries:
    """The questions for a namespace and the numbers of the styles that matter."""

    def compiled(path: str) -> Any:
        return etree.XPath(path, namespaces={"m": space}, smart_strings=False)

    wanted = ['@t="e"', "m:f"] + [f'@s="{number}"' for number in sorted(flagged)]
    wanted += ["not(@s)"] if "0" in flagged else []
    return _Queries(
        compiled("m:sheetData/m:row/m:c/@r"),
        compiled("m:sheetData/m:row/@r"),
        compiled("count(//m:c) + count(//m:row)"),
        compiled("count(//*) != count(//m:*)"),
        compiled('m:sheetData/m:row[@hidden="1" or @hidden="true"]'),
        compiled(f"m:sheetData/m:row/m:c[{' or '.join(wanted)}]"),
    )


def scan_carefully(xml: bytes, styles: CellStyles) -> SheetScan:
    """Walk over the cells one by one; stops at the first cell with content outside of the limits.

    Raises:
        ValueError: an address is none, or a row comes after a later one.
        lxml.etree.XMLSyntaxError: the part is no valid XML.
    """
    found = SheetScan()
    row, column, last = -1, -1, -1
    for event, element in iterate_xml(xml, ("start", "end"), ("{*}row", "{*}c", "{*}mergeCell")):
        name = etree.QName(element).localname
        if event == "start" and name == "row":
            row, column = int(element.get("r") or row + 2) - 1, -1
            if element.get("hidden") in {"1", "true"}:
                found.hidden.add(row)
        elif event == "end" and name == "row":
            element.clear()
        elif event == "end" and name == "mergeCell":
            found.merges += filter(None, [_read_area(element.get("ref", "").encode())])
        elif event == "end":
            row, column = _place(element.get("r", "")) if element.get("r") else (row, column + 1)
            if row < last:
                # calamine drops the cells of such a row without a word (decision 0016).
                raise ValueError(f"dòng {row + 1} đứng sau dòng {last + 1}")
            last = row
            # A cell without content is only formatted; readers skip it, and so may it stand anywhere.
            if len(element) and (row >= MAX_ROWS or column >= MAX_COLUMNS):
                found.beyond = name_cell(row, column)
                return found
            _judge(element, row, column, styles, found)
    return found


def _place(address: str) -> tuple[int, int]:
    """The row and column of an address, counted from 0."""
    match = ADDRESS.fullmatch(address)
    if not match or not int(match[2]):
        raise ValueError(f"ô “{address[:20]}” không phải địa chỉ")
    number = 0
    for letter in match[1].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, number - 1


def _read_area(area: bytes) -> Area | None:
    """A merged area; None when it is none."""
    match = AREA.fullmatch(area.decode("ascii", "replace"))
    if not match:
        return None
    first, _, last = match[0].partition(":")
    (top, left), (bottom, right) = _place(first), _place(last)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def _judge(cell: etree._Element, row: int, column: int, styles: CellStyles, found: SheetScan) -> None:
    """The flaw and the old font of one cell, if any."""
    style = cell.get("s", "0")
    # Walking over the few children costs a fraction of a search by name.
    parts = {etree.QName(part).localname: part for part in cell}
    formula = parts.get("f")
    if formula is not None:
        found.formulas[row, column] = _read_formula(formula, row, column, found)
    value = None if (stored := parts.get("v")) is None else stored.text or ""
    mark = _find_flaw(cell.get("t", "n"), value, style, styles, is_formula=formula is not None)
    if mark:
        found.marks[row, column] = mark
    if style in styles.fonts and len(cell):
        found.fonts[row, column] = styles.fonts[style]
    if style in styles.formats and len(cell):
        found.formats[row, column] = styles.formats[style]


def _read_formula(formula: etree._Element, row: int, column: int, found: SheetScan) -> str:
    """The formula of one cell; of a shared one all but the first cell only name its number."""
    kind, text = formula.get("t", "normal"), formula.text or ""
    if kind == "shared":
        # <f t="shared" ref="D7:D12" si="0">B7+C7</f> in D7, <f t="shared" si="0"/> in D8 to D12
        number = formula.get("si", "")
        if text:
            found.shared[number] = (text, row, column)
        text, first_row, first_column = found.shared.get(number, ("", row, column))
        return shift_formula(text, row - first_row, column - first_column)
    return text if kind == "normal" else ""


def _find_flaw(
    kind: str, value: str | None, style: str, styles: CellStyles, *, is_formula: bool
) -> Mark | None:
    """What the value of a cell alone would not show; None is a cell without an element for its value."""
    if kind == "e":
        return Mark(Flaw.ERROR, value or "#N/A")
    if not value:
        # A formula whose result is an empty text is of kind "str" and has a value element.
        is_empty_text = kind == "str" and value is not None
        return Mark(Flaw.UNCALCULATED) if is_formula and not is_empty_text else None
    if kind != "n":
        return None
    if style in styles.struck:
        return Mark(Flaw.STRUCK)
    if style in styles.us_dates:
        return Mark(Flaw.US_DATE)
    return Mark(Flaw.PERCENT) if style in styles.percents else None
