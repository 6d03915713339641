"""Tables whose columns came from data: the repeated columns share the width that is left."""

from __future__ import annotations

import re
from itertools import cycle

from lxml import etree

from chuyenhoa.kit.ooxml.wordml import W

_TOTAL = re.compile(r'<w:tblW\b(?=[^>]*w:type="dxa")[^>]*\bw:w="(\d+)"')
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)
_CELL_WIDTH = re.compile(r'(<w:tcW\b[^>]*?\bw:w=")(\d+)("[^>]*>)')


def share_widths(body: etree._Element) -> None:
    """Give the columns that a loop repeated equal shares of the table's width.

    The table's own width (`w:tblW`) is the whole; columns as wide as the last one are taken for the
    repeated ones, all others keep their width. Tables whose cells fill the width already stay as they are.
    """
    for table in body.iter(f"{W}tbl"):
        _share_table(table)


def share_widths_in_text(table: str) -> str | None:
    """The same for the XML of one plain table, many times faster.

    Returns:
        None when the table has merged cells, rows of unequal length or cells without a width, or when its
        widths are right already: then only `share_widths` knows what to do.
    """
    total, grid = _TOTAL.search(table), _GRID.search(table)
    if total is None or grid is None or "<w:gridSpan" in table:
        return None
    rows = table.count("</w:tr>")
    cells = _CELL_WIDTH.findall(table)
    if not rows or len(cells) % rows or len(cells) != table.count("</w:tc>"):
        return None
    columns = len(cells) // rows
    if any(row.count("</w:tc>") != columns for row in table.split("</w:tr>")[:-1]):
        return None
    widths = _share([int(width) for _, width, _ in cells[:columns]], int(total[1]))
    if widths is None:
        return None
    columns_of_grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    wide = table[: grid.start()] + f"<w:tblGrid>{columns_of_grid}</w:tblGrid>" + table[grid.end() :]
    following = cycle(widths)
    return _CELL_WIDTH.sub(lambda found: f"{found[1]}{next(following)}{found[3]}", wide)


def _share(widths: list[int], total: int) -> list[int] | None:
    """The widths of a row after sharing; None when they fill the table already."""
    if not widths or not total or abs(sum(widths) - total) <= len(widths):
        return None
    repeated = [index for index, width in enumerate(widths) if width == widths[-1]]
    kept = sum(width for index, width in enumerate(widths) if index not in repeated)
    share = max((total - kept) // len(repeated), 1)
    return [share if index in repeated else width for index, width in enumerate(widths)]


def _share_table(table: etree._Element) -> None:
    row, grid = table.find(f"{W}tr"), table.find(f"{W}tblGrid")
    if row is None or grid is None:
        return
    found = [_width(cell.find(f"{W}tcPr/{W}tcW")) for cell in row.findall(f"{W}tc")]
    widths = _share(found, _width(table.find(f"{W}tblPr/{W}tblW")))
    if widths is not None:
        _set_widths(table, grid, widths)


def _set_widths(table: etree._Element, grid: etree._Element, widths: list[int]) -> None:
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        etree.SubElement(grid, f"{W}gridCol").set(f"{W}w", str(width))
    for row in table.findall(f"{W}tr"):
        for cell, width in zip(row.findall(f"{W}tc"), widths, strict=False):
            node = cell.find(f"{W}tcPr/{W}tcW")
            if node is not None:
                node.set(f"{W}w", str(width))


def _width(node: etree._Element | None) -> int:
    """A width in twips; 0 when there is none or it is no plain number."""
    text = "" if node is None or node.get(f"{W}type") == "pct" else node.get(f"{W}w") or ""
    return int(text) if text.isdecimal() else 0
