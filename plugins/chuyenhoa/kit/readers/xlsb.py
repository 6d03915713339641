"""Opens a binary Excel workbook (.xlsb): calamine reads the values, a scan of the records what it loses."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator, Mapping

from lxml import etree

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.ooxml.archive import Archive, BrokenArchiveError
from chuyenhoa.kit.readers.binary_scan import BrokenRecordsError, Scan, Styles, read_values
from chuyenhoa.kit.readers.book import Book, Flaw, Mark
from chuyenhoa.kit.readers.extras import report_extras
from chuyenhoa.kit.readers.grids import is_legacy_font
from chuyenhoa.kit.readers.markup import UnsafeMarkupError, attribute, parse_markup, report_flaw
from chuyenhoa.kit.readers.package import Package

WORKBOOK = "xl/workbook.bin"
RELATIONS = "xl/_rels/workbook.bin.rels"
NEEDED = (
    "[Content_Types].xml",
    "_rels/.rels",
    WORKBOOK,
    RELATIONS,
    "xl/styles.bin",
    "xl/sharedStrings.bin",
)
ROW, CELL_ERROR, FORMULA_NUMBER, FORMULA_ERROR = 0, 3, 9, 11
NUMBERS = frozenset({2, 5, FORMULA_NUMBER})
CELLS = frozenset(range(2, 12))
"""Cells with content; record 1 is a blank one."""
MERGE, SHEET = 176, 156
FONT, FORMAT, XF, CELL_STYLES, CELL_STYLES_END = 43, 44, 47, 617, 618
HIDDEN_ROW = 0x10


def open_xlsb(archive: Archive, findings: FindingList) -> Book | None:
    """The sheets of the workbook.

    Returns:
        None when it is broken or reaches beyond the limits; `findings` says which.
    """
    try:
        parts = {name: archive.read(name) for name in NEEDED if name in archive.entries}
        places = _sheets(parts)
        parts |= {part: archive.read(part) for part in places}
        styles = _styles(parts.get("xl/styles.bin", b""))
        scans = [_scan(parts[part], scan, styles) for part, scan in places.items()]
    except (
        UnsafeMarkupError,
        BrokenRecordsError,
        BrokenArchiveError,
        etree.XMLSyntaxError,
        struct.error,
        KeyError,
    ) as error:
        report_flaw(error, findings)
        return None
    report_extras(archive.entries, findings)
    return read_values("xlsb", Package(parts).repack(list(parts)), scans, findings)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record; both number and length are written in groups of seven bits."""
    place = 0
    while place < len(stream):
        number, place = _varint(stream, place, 2)
        length, place = _varint(stream, place, 4)
        if place + length > len(stream):
            raise BrokenRecordsError("dữ liệu bị cắt ngang")
        yield number, stream[place : place + length]
        place += length


def _varint(stream: bytes, place: int, most: int) -> tuple[int, int]:
    value = 0
    for index in range(most):
        if place >= len(stream):
            raise BrokenRecordsError("dữ liệu bị cắt ngang")
        byte = stream[place]
        place += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, place


def _text(data: bytes, place: int) -> tuple[str, int]:
    """A wide text with its length in four bytes, and the place after it."""
    (count,) = struct.unpack_from("<I", data, place)
    end = place + 4 + 2 * count
    if end > len(data):
        raise BrokenRecordsError("dữ liệu bị cắt ngang")
    return data[place + 4 : end].decode("utf-16-le", "replace"), end


def _sheets(parts: Mapping[str, bytes]) -> dict[str, Scan]:
    """The sheets by the part in which they stand."""
    targets = {}
    for relation in parse_markup(parts[RELATIONS], RELATIONS).iter("{*}Relationship"):
        target = posixpath.normpath(posixpath.join("/xl", attribute(relation, "Target"))).lstrip("/")
        targets[attribute(relation, "Id")] = target
    found = {}
    for number, data in _records(parts[WORKBOOK]):
        if number == SHEET:
            (state,) = struct.unpack_from("<I", data)
            relation_id, place = _text(data, 8)
            part = targets.get(relation_id, "")
            if part.startswith("xl/worksheets/"):
                found[part] = Scan(_text(data, place)[0], hidden=state != 0)
    return found


def _styles(stream: bytes) -> Styles:
    styles, is_cell = Styles(), False
    for number, data in _records(stream):
        if number in (CELL_STYLES, CELL_STYLES_END):
            is_cell = number == CELL_STYLES
        elif number == FORMAT:
            styles.formats[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif number == FONT:
            styles.fonts.append(_text(data, 21)[0])
        elif number == XF and is_cell:
            _, code, font = struct.unpack_from("<3H", data)
            styles.cells.append((code, font))
    return styles


def _scan(stream: bytes, scan: Scan, styles: Styles) -> Scan:
    """Walk over the records of one sheet."""
    row = -1
    for number, data in _records(stream):
        if number == ROW and len(data) >= 12:
            (row,) = struct.unpack_from("<I", data)
            if data[11] & HIDDEN_ROW:
                scan.hidden_rows.add(row)
        elif number == MERGE:
            first, last, left, right = struct.unpack_from("<4I", data)
            scan.merges.append((first, left, last, right))
        elif number in CELLS:
            column, style = struct.unpack_from("<II", data)
            style &= 0xFFFFFF
            is_error = number in (CELL_ERROR, FORMULA_ERROR)
            scan.see(row, column, data[8] if is_error else None)
            if number in NUMBERS and styles.shows_percent(style):
                scan.marks[row, column] = Mark(Flaw.PERCENT)
            elif is_legacy_font(styles.font(style)):
                scan.fonts[row, column] = styles.font(style)
    return scan
