"""Tables whose columns came from data: the repeated columns share the width that is left."""

from __future__ import annotations

from lxml import etree

from chuyenhoa.reporting.words import W, parse_part, write_part


def share_widths(document: bytes) -> bytes:
    """Give the columns that a loop repeated equal shares of the table's width.

    The table's own width (`w:tblW`) is the whole; columns as wide as the last one are taken for the
    repeated ones, all others keep their width. Tables whose cells fill the width already stay as they are.
    """
    root = parse_part(document)
    for table in root.iter(f"{W}tbl"):
        _share_table(table)
    return write_part(root)


def _share_table(table: etree._Element) -> None:
    total = _width(table.find(f"{W}tblPr/{W}tblW"))
    row, grid = table.find(f"{W}tr"), table.find(f"{W}tblGrid")
    if row is None or grid is None or not total:
        return
    widths = [_width(cell.find(f"{W}tcPr/{W}tcW")) for cell in row.findall(f"{W}tc")]
    if not widths or abs(sum(widths) - total) <= len(widths):
        return
    repeated = [index for index, width in enumerate(widths) if width == widths[-1]]
    kept = sum(width for index, width in enumerate(widths) if index not in repeated)
    for index in repeated:
        widths[index] = max((total - kept) // len(repeated), 1)
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
