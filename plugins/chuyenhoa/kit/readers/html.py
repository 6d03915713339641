"""Opens the tables of an HTML page; many programs save one and call it .xls."""

from __future__ import annotations

import re

from lxml import etree

from chuyenhoa.kit.readers.appearance import is_legacy_font, show_run
from chuyenhoa.kit.readers.book import Book, CellValue, FileFlaw, FlawReporter, Kind
from chuyenhoa.kit.readers.formulas import holds_command
from chuyenhoa.kit.readers.grids import Grid, finish
from chuyenhoa.kit.readers.markup import attribute, local_name
from chuyenhoa.kit.readers.texts import decode_text

CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]{3,20})", re.IGNORECASE)
ENCODINGS = {"utf-8": "utf-8", "windows-1258": "cp1258", "windows-1252": "cp1252", "utf-16": "utf-16"}
"""Encodings that a page may name; with any other the bytes decide."""
SILENT = frozenset({"script", "style", "head", "title", "meta", "link", "xml", "object", "iframe"})
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?")
FONT = re.compile(r"font-family\s*:\s*[\"']?([^;\"',]+)", re.IGNORECASE)
MAX_SPAN = 300
SHIFTS = {"sup": "super", "sub": "sub"}
STRIKES = frozenset({"s", "strike", "del"})


def open_page(content: bytes, flaws: FlawReporter) -> Book | None:
    """The tables of a page, each with the texts above it. Nothing that the page links to is fetched.

    Returns:
        None when there is no table, or one is beyond the limits; `flaws` says which.
    """
    parser = etree.HTMLParser(no_network=True, remove_comments=True, encoding="utf-8")
    root = etree.HTML(_decode(content).encode("utf-8", "replace"), parser)
    grids = _tables_of(root) if root is not None else []
    if not grids:
        flaws.report(FileFlaw.NO_TABLE, kind=Kind.HTML)
        return None
    sheets = finish(grids, flaws)
    if sheets is None:
        return None
    if any(holds_command(sheet.rows) for sheet in sheets):
        flaws.report(FileFlaw.COMMANDS)
    flaws.report(FileFlaw.OTHER_FORMAT, kind=Kind.HTML)
    return Book("html", sheets)


def _decode(content: bytes) -> str:
    named = CHARSET.search(content[:4000])
    encoding = ENCODINGS.get(named[1].decode().lower(), "") if named else ""
    if encoding and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass
    return decode_text(content) or ""


def _tables_of(root: etree._Element) -> list[Grid]:
    """Tables in the order of the page; a table inside another one is a table of its own."""
    grids: list[Grid] = []
    above: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = local_name(element)
        inside = any(local_name(parent) == "table" for parent in element.iterancestors())
        if event == "start" and name == "table":
            grids.append(_lay_out(element, tuple(above)))
            above = []
        texts = (element.text, name not in SILENT) if event == "start" else (element.tail, True)
        hidden = any(local_name(parent) in SILENT for parent in element.iterancestors())
        if texts[1] and not hidden and not inside and not (event == "start" and name == "table"):
            text = " ".join((texts[0] or "").split())
            if text:
                above.append(text)
    if grids:
        grids[-1].below = tuple(above)
    return grids


def _lay_out(table: etree._Element, above: tuple[str, ...]) -> Grid:
    grid = Grid(above=above)
    # Rows of a table inside a cell belong to that table.
    lines = [line for line in table.iter("tr") if _owner(line) is table]
    for row, line in enumerate(lines):
        if "display:none" in line.get("style", "").replace(" ", "").lower():
            grid.hidden_rows.add(row)
        column = 0
        for cell in line.iterchildren("td", "th"):
            column = grid.next_free(row, column)
            height, width = _span(cell, "rowspan"), _span(cell, "colspan")
            grid.put(row, column, _value(cell), height, width)
            font = _font(cell)
            if font:
                grid.fonts[row, column] = font
            column += width
    return grid


def _owner(line: etree._Element) -> etree._Element | None:
    return next((parent for parent in line.iterancestors("table")), None)


def _span(cell: etree._Element, name: str) -> int:
    text = cell.get(name, "1").strip()
    return max(1, min(int(text), MAX_SPAN)) if text.isdecimal() and len(text) < 8 else 1


def _value(cell: etree._Element) -> CellValue:
    """The number that Excel wrote beside the text, or the text."""
    # <td x:num="0.875">88%</td> → 0.875: Excel writes the exact number beside the rounded text.
    exact = attribute(cell, "num") or attribute(cell, "x:num")
    if NUMBER.fullmatch(exact):
        return float(exact)
    pieces: list[str] = []
    _collect(cell, pieces)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\r"))
    return "\n".join(lines).strip()


def _collect(element: etree._Element, pieces: list[str]) -> None:
    """The texts of a cell; a carriage return stands for a break, other white space for a space."""
    name = local_name(element)
    if name == "table" or name in SILENT:
        return
    if name in {"br", "p", "div"}:
        pieces.append("\r")
    inside: list[str] = []
    inside.append((element.text or "").replace("\r", " "))
    for child in element:
        _collect(child, inside)
        inside.append((child.tail or "").replace("\r", " "))
    pieces.append(show_run("".join(inside), SHIFTS.get(name, ""), struck=name in STRIKES))


def _font(cell: etree._Element) -> str:
    """The font of an old encoding that the cell or something in it names."""
    for element in cell.iter():
        named = FONT.search(element.get("style", ""))
        name = element.get("face", "") or (named[1].strip() if named else "")
        if is_legacy_font(name):
            return name
    return ""
