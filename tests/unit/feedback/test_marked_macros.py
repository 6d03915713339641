"""The marked copy of a workbook with macros or of a template is a plain .xlsx that nothing can start."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import openpyxl
import pytest

from chuyenhoa.feedback import MarkError, mark_workbook
from chuyenhoa.model.submissions import Finding, Severity
from tests.unit.feedback.test_marked_refusals import TYPES, replace_in

FINDING = Finding("E09", Severity.ERROR, "Sai. Sửa.", "Số liệu", ("D6",))
SHEET_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
RELATED = "http://schemas.microsoft.com/office/2006/relationships"
BOOK_RELS = "xl/_rels/workbook.xml.rels"


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def relate(content: bytes, rels: str, kind: str, target: str) -> bytes:
    entry = f'<Relationship Id="rIdM" Type="{kind}" Target="{target}"/></Relationships>'
    return replace_in(content, rels, b"</Relationships>", entry.encode())


@pytest.fixture
def macro_form(xlsxwriter_form: bytes) -> bytes:
    """The form as an .xlsm: a project with signature and data that point at each other, and a ribbon."""
    content = replace_in(xlsxwriter_form, TYPES, SHEET_TYPE, MACRO_TYPE)
    content = replace_in(
        content, TYPES, b"</Types>",
        b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    )  # fmt: skip
    content = relate(content, BOOK_RELS, f"{RELATED}/vbaProject", "vbaProject.bin")
    content = relate(content, "_rels/.rels", f"{RELATED}/ui/extensibility", "customUI/customUI14.xml")
    circle = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATED}/vbaProjectSignature" Target="{{}}"/></Relationships>'
    )
    return with_parts(
        content,
        {
            "xl/vbaProject.bin": b"MACRO",
            "xl/_rels/vbaProject.bin.rels": circle.format("vbaProjectSignature.bin").encode(),
            "xl/vbaProjectSignature.bin": b"MACRO SIGNATURE",
            "xl/_rels/vbaProjectSignature.bin.rels": circle.format("vbaProject.bin").encode(),
            "customUI/customUI14.xml": b"<customUI onLoad='MACRO'/>",
        },
    )


def test_macros_are_left_out_and_all_else_stays(macro_form: bytes, xlsxwriter_form: bytes) -> None:
    marked = mark_workbook(macro_form, [FINDING], {})
    assert marked == mark_workbook(macro_form, [FINDING], {})
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        names = set(archive.namelist())
        assert not [name for name in names if "vba" in name or "customUI" in name]
        assert not [name for name in names if b"MACRO" in archive.read(name)]
        types = archive.read(TYPES)
        assert SHEET_TYPE in types
        assert b"macroEnabled" not in types
        assert b"vbaProject" not in types
        assert b"vbaProject" not in archive.read(BOOK_RELS)
        assert b"extensibility" not in archive.read("_rels/.rels")
    old, new = (openpyxl.load_workbook(io.BytesIO(content)) for content in (xlsxwriter_form, marked))
    assert new["Số liệu"]["D6"].comment is not None
    for sheet in old.worksheets:
        assert list(sheet.iter_rows(values_only=True)) == list(
            new[sheet.title].iter_rows(max_row=sheet.max_row, max_col=sheet.max_column, values_only=True)
        )


def test_a_template_becomes_a_workbook(xlsxwriter_form: bytes) -> None:
    template = replace_in(xlsxwriter_form, TYPES, b"spreadsheetml.sheet.main", b"spreadsheetml.template.main")
    assert mark_workbook(template, [FINDING], {}) == mark_workbook(xlsxwriter_form, [FINDING], {})


def test_macro_sheets_are_refused(macro_form: bytes) -> None:
    kind = f"{RELATED}/xlMacrosheet"
    old = replace_in(macro_form, BOOK_RELS, b'Id="rIdM"', b'Id="rIdV"')
    with_sheet = with_parts(
        relate(old, BOOK_RELS, kind, "macrosheets/sheet1.xml"), {"xl/macrosheets/sheet1.xml": b"<x/>"}
    )
    with pytest.raises(MarkError, match="macro sheets"):
        mark_workbook(with_sheet, [FINDING], {})
