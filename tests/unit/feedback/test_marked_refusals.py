"""Workbooks that cannot be marked are refused with one class of error, whatever is wrong with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from chuyenhoa.feedback import MarkError, mark_workbook
from chuyenhoa.model.submissions import Finding, Severity

FINDING = Finding("E09", Severity.ERROR, "Sai.", "Số liệu", ("D6",))


def replace_in(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same zip with `old` replaced in one part; fails when it is not there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        assert old in source.read(part)
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, text.replace(old, new) if name == part else text)
    return buffer.getvalue()


def without(content: bytes, part: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        assert part in source.namelist()
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    return buffer.getvalue()


def adding(content: bytes, part: str, text: bytes = b"x") -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(part, text)
    return buffer.getvalue()


SHEET, STYLES, TYPES = "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"
DOCTYPE = b'<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet'
CASES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no zip": lambda _: b"<html></html>",
    "cut off": lambda content: content[: len(content) // 2],
    "flipped bits": lambda content: (
        content[:60] + bytes(255 - byte for byte in content[60:120]) + content[120:]
    ),
    "a zip of something else": lambda _: adding(b"", "readme.txt"),
    "no workbook": lambda content: without(content, "_rels/.rels"),
    "no content types": lambda content: without(content, TYPES),
    "no styles": lambda content: without(content, STYLES),
    "a sheet that is not there": lambda content: without(content, SHEET),
    "entities": lambda content: replace_in(content, SHEET, b"<worksheet", DOCTYPE),
    "broken XML": lambda content: replace_in(content, SHEET, b"</worksheet>", b""),
    "no cells": lambda content: replace_in(content, SHEET, b"sheetData", b"noData"),
    "style that is no number": lambda content: replace_in(content, SHEET, b' s="', b' s="x'),
    "no cell formats": lambda content: replace_in(content, STYLES, b"cellXfs", b"noXfs"),
    "rows out of order": lambda content: replace_in(content, SHEET, b'<row r="7"', b'<row r="5"'),
    "another kind of workbook": lambda content: replace_in(
        content,
        TYPES,
        b"openxmlformats-officedocument.spreadsheetml.sheet.main",
        b"ms-excel.sheet.binary.main",
    ),
    "signed": lambda content: adding(content, "_xmlsignatures/origin.sigs"),
    "a DDE link": lambda content: adding(
        content,
        "xl/externalLinks/externalLink1.xml",
        b"<externalLink><ddeLink ddeService='cmd'/></externalLink>",
    ),
    "a DDE formula": lambda content: replace_in(
        content, SHEET, b"</row>", b"<c r='ZZ1'><f>cmd|'/C calc'!A0</f></c></row>"
    ),
    "an ActiveX control": lambda content: adding(content, "xl/activeX/activeX1.xml"),
    "too many parts": lambda _: many_parts(),
}


def many_parts() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"{number}.xml", b"")
    return buffer.getvalue()


@pytest.mark.parametrize("damage", CASES.values(), ids=CASES.keys())
def test_what_cannot_be_marked(
    xlsxwriter_form: bytes, names: dict[str, str], damage: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(MarkError):
        mark_workbook(damage(xlsxwriter_form), [FINDING], names)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice(xlsxwriter_form: bytes, names: dict[str, str]) -> None:
    with pytest.raises(MarkError, match="twice"):
        mark_workbook(adding(xlsxwriter_form, SHEET), [FINDING], names)


def test_a_password_is_refused(xlsxwriter_form: bytes, names: dict[str, str]) -> None:
    flagged = bytearray(xlsxwriter_form)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flagged[flagged.find(signature) + offset] |= 1
    with pytest.raises(MarkError):
        mark_workbook(bytes(flagged), [FINDING], names)


def test_an_undamaged_one_is_marked(xlsxwriter_form: bytes, names: dict[str, str]) -> None:
    marked = mark_workbook(xlsxwriter_form, [FINDING], names)
    assert openpyxl.load_workbook(io.BytesIO(marked))["Số liệu"]["D6"].comment is not None
