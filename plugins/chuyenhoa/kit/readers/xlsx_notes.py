"""Comments on the cells of a sheet, and its hidden columns: both stand beside the cells of an .xlsx."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.readers.book import MAX_COLUMNS, MAX_ROWS

COLUMN = re.compile(rb"<(?:[A-Za-z_][-.\w]*:)?col\s[^>]*>")
ATTRIBUTE = re.compile(rb"\b(min|max|hidden)\s*=\s*[\"']([^\"']{0,20})[\"']")
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# Excel keeps a threaded comment as a plain one as well, behind a paragraph that says how to read it:
# "[Threaded comment]\n\nYour version of Excel allows you to read this …\n\nComment:\n    15".
THREADED = re.compile(r"^\[Threaded comment\].*?(?:Comment|Chú thích|Nhận xét):\s*", re.DOTALL)
MAX_NOTES = 2_000
"""Comments of a sheet that are read; a table has hundreds of cells, and a file with more is no form."""


def read_notes(parts: Mapping[str, bytes], sheet: str) -> dict[tuple[int, int], str]:
    """The comments of one sheet by row and column, counted from 0.

    Args:
        parts: the checked parts of the workbook by name.
        sheet: the part of the sheet.

    Raises:
        lxml.etree.XMLSyntaxError: a part of comments is no valid XML.
    """
    folder, name = posixpath.split(sheet)
    relations = parts.get(f"{folder}/_rels/{name}.rels")
    if relations is None:
        return {}
    found: dict[tuple[int, int], str] = {}
    for relation in parse_xml(relations).iter("{*}Relationship"):
        if str(relation.get("Type")).endswith("/comments"):
            target = posixpath.normpath(posixpath.join("/", folder, str(relation.get("Target")))).lstrip("/")
            for comment in parse_xml(parts[target]).iter("{*}comment") if target in parts else ():
                place = _place(comment.get("ref", ""))
                text = "".join(node.text or "" for node in comment.iter("{*}t")).strip()
                if place is not None and text and len(found) < MAX_NOTES:
                    found[place] = THREADED.sub("", text)
    return found


def _place(address: str) -> tuple[int, int] | None:
    """The row and column of an address within the limits."""
    match = ADDRESS.fullmatch(address)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(match[2]) - 1
    return (row, column - 1) if row < MAX_ROWS and column <= MAX_COLUMNS else None


def find_hidden_columns(sheet: bytes) -> frozenset[int]:
    """The hidden columns of a sheet's part, counted from 0, as far as a table may reach."""
    # <cols> stands in front of the cells: nothing behind them is looked at.
    head = sheet[: sheet.find(b"sheetData")]
    hidden: set[int] = set()
    for element in COLUMN.findall(head):
        found = dict(ATTRIBUTE.findall(element))
        first, last = found.get(b"min", b""), found.get(b"max", b"")
        if found.get(b"hidden") in {b"1", b"true"} and first.isdigit() and last.isdigit():
            hidden.update(range(max(int(first) - 1, 0), min(int(last), MAX_COLUMNS)))
    return frozenset(hidden)
