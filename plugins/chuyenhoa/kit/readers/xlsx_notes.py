"""What stands beside the cells of an .xlsx sheet: comments, hidden columns, whether zeros are shown."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping

from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.readers.book import MAX_COLUMNS, MAX_ROWS
from chuyenhoa.kit.readers.markup import parse_markup

COLUMN = re.compile(rb"<(?:[A-Za-z_][-.\w]*:)?col\s[^>]*>")
VIEW = re.compile(rb"<(?:[A-Za-z_][-.\w]*:)?sheetView\s[^>]*\bshowZeros\s*=\s*[\"'](?:0|false)[\"']")
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
    found: dict[tuple[int, int], str] = {}
    for part in find_comments(parts.__getitem__, parts, sheet):
        for comment in parse_xml(parts[part]).iter("{*}comment"):
            place = _place(comment.get("ref", ""))
            text = "".join(node.text or "" for node in comment.iter("{*}t")).strip()
            if place is not None and text and len(found) < MAX_NOTES:
                found[place] = THREADED.sub("", text)
    return found


def find_comments(read: Callable[[str], bytes], names: Collection[str], sheet: str) -> list[str]:
    """The parts that hold the comments of a sheet (of .xlsx or .xlsb).

    Args:
        read: gives a part by its name.
        names: all parts of the workbook.
        sheet: the part of the sheet.
    """
    folder, name = posixpath.split(sheet)
    relations = f"{folder}/_rels/{name}.rels"
    found = []
    for relation in (
        parse_markup(read(relations), relations).iter("{*}Relationship") if relations in names else ()
    ):
        target = posixpath.normpath(posixpath.join("/", folder, str(relation.get("Target")))).lstrip("/")
        if str(relation.get("Type")).endswith("/comments") and target in names:
            found.append(target)
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


def hides_zeros(sheet: bytes) -> bool:
    """Whether a sheet's view shows cells that hold 0 as blank ones."""
    return VIEW.search(sheet[: sheet.find(b"sheetData")]) is not None
