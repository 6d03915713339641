"""What a cell shows is read alike from every spreadsheet format.

In .ods LibreOffice saves the text that it shows itself, so those of .xlsx and .xls are compared with that.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.readers import open_book
from chuyenhoa.kit.readers.book import Flaw, Mark
from tests.unit.intake.drafts import change_parts, read_part
from tests.unit.intake.formats_made import cell_record, convert, make_xlsb, record

CELLS = (
    (53000, "#,##0,"),
    (2500, '#,##0" nghìn"'),
    (53_400_000, "0.0,,"),
    (5, '0"0"'),
    (5, '"1"0'),
    (0, "#,###"),
    (0, "0;-0;;@"),
    (-5, "0;0"),
    (7, ";;;"),
    (5000, '[>=1000]#,##0,"K";0'),
    (12.34, '0.0" vụ"'),
    (30787, "00\\-000"),
)
PLAIN = ((53000, "#,##0"), (12.34, "0.0"), (-5, "#,##0_);(#,##0)"), (0, '_-* #,##0_-;-* #,##0_-;_-* "-"??_-'))
SHOWN = ("53", "2500 nghìn", "53,4", "50", "15", "", "", "5", "", "5K", "12,3 vụ", "30-787")


@pytest.fixture(scope="module")
def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, (value, code) in enumerate((*CELLS, *PLAIN), start=1):
        sheet.cell(row, 1, value).number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def shown(content: bytes) -> dict[tuple[int, int], str]:
    findings = FindingList("a")
    book = open_book(content, findings)
    assert book is not None, findings.found
    return dict(book.sheets[0].shown)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_every_format_tells_what_its_cells_show(kind: str, workbook: bytes, tmp_path: Path) -> None:
    content = workbook if kind == "xlsx" else convert(workbook, tmp_path, kind)
    assert shown(content) == {(row, 0): text for row, text in enumerate(SHOWN)}


def test_a_binary_workbook_tells_it_too() -> None:
    styles = {(0, 0): 5, (0, 1): 6, (0, 2): 7, (0, 3): 0, (0, 4): 1}
    content = make_xlsb([("Số liệu", [[53000, 2500, 7, 8, 0.5]])], styles)
    assert shown(content) == {(0, 0): "53", (0, 1): "2500 nghìn", (0, 2): ""}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_zeros_that_a_sheet_does_not_show_look_like_blanks(kind: str, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("S")
    sheet.hide_zero()
    for column, value in enumerate((0, 5, 0.0, "0")):
        sheet.write(0, column, value)
    sheet.write(1, 0, 0, book.add_format({"num_format": '0" vụ"'}))
    sheet.write_formula(1, 1, "=A1*2", None, 0)
    book.close()
    content = buffer.getvalue()
    found = shown(content if kind == "xlsx" else convert(content, tmp_path, kind))
    assert found == dict.fromkeys([(0, 0), (0, 2), (1, 0), (1, 1)], "")


def computed(plan: Mapping[str, tuple[object, str]]) -> bytes:
    """A workbook of formulas with their stored results, as XlsxWriter lets one state them."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("S")
    for cell, (value, formula) in plan.items():
        if formula:
            sheet.write_formula(cell, formula, None, value)
        else:
            sheet.write(cell, value)
    book.close()
    return buffer.getvalue()


FORMULAS = {
    "A1": (50, ""),
    "A2": (3, ""),
    "A3": (53, "=A1+A2"),
    "B1": (53, "=SUM(A1:A2)"),
    "B2": (106, "=SUM(A1:A2)+A3"),
    "B3": (2, "=ROUND(A2/2,0)"),
}


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_results_that_an_office_program_computed_are_believed(kind: str, tmp_path: Path) -> None:
    book = open_book(convert(computed(FORMULAS), tmp_path, kind), FindingList("a"))
    assert book is not None
    assert book.sheets[0].marks == {}


def test_cells_of_an_old_workbook_that_share_a_formula_are_computed_each(tmp_path: Path) -> None:
    rows = range(1, 9)
    plan: dict[str, tuple[object, str]] = {f"A{row}": (row, "") for row in rows}
    plan |= {f"B{row}": (row * 2, f"=A{row}*2") for row in rows}
    plan |= {f"C{row}": (row * 3, f"=SUM(A{row}:B{row})") for row in rows}
    content = convert(computed(plan), tmp_path, "xls")
    assert content.count(struct.pack("<H", 0x4BC)) == 2, "LibreOffice shares formulas, as Excel does"
    believed = open_book(content, FindingList("a"))
    assert believed is not None
    assert believed.sheets[0].marks == {}
    # The result in C5 that another program left behind; that in C6 is right still.
    assert content.count(struct.pack("<d", 15)) == 1
    book = open_book(content.replace(struct.pack("<d", 15), struct.pack("<d", 14)), FindingList("a"))
    assert book is not None
    assert book.sheets[0].marks == {(4, 2): Mark(Flaw.RECALCULATED, "15")}


def test_cells_of_a_binary_workbook_that_share_a_formula_are_computed_each() -> None:
    """LibreOffice reads the same bytes as =D1*2 and =D2*2."""

    def line(row: int) -> bytes:
        return record(0, struct.pack("<IIH", row, 0, 300) + b"\0\0\0" + struct.pack("<I", 0))

    def sharing(result: float) -> bytes:
        # The first cell's row is the formula, its column stands behind.
        named = struct.pack("<I", 5) + b"\x01" + struct.pack("<3I", 0, 4, 4)
        return record(9, struct.pack("<II", 4, 0) + struct.pack("<d", result) + b"\0\0" + named)

    code = b"\x4c" + struct.pack("<IH", 0, 0xFFFF) + b"\x1e" + struct.pack("<H", 2) + b"\x05"
    shared = record(427, struct.pack("<5I", 0, 1, 4, 4, len(code)) + code + struct.pack("<I", 0))
    part = b"".join(
        (
            *(record(129), record(148, struct.pack("<4I", 0, 1, 0, 4)), record(145)),
            *(line(0), cell_record(3, 7), sharing(14), shared, line(1), cell_record(3, 8), sharing(15)),
            *(record(146), record(130)),
        )
    )
    book = open_book(make_xlsb([("S", [])], extra={"xl/worksheets/sheet1.bin": part}), FindingList("a"))
    assert book is not None
    assert book.sheets[0].marks == {(1, 4): Mark(Flaw.RECALCULATED, "16")}


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_result_that_does_not_follow_is_marked_in_every_format(kind: str, tmp_path: Path) -> None:
    content = convert(computed(FORMULAS), tmp_path, kind)
    if kind == "ods":
        part = read_part(content, "content.xml")
        assert b'office:value="106"' in part
        content = change_parts(
            content, {"content.xml": part.replace(b'office:value="106"', b'office:value="16"')}
        )
    else:
        assert content.count(struct.pack("<d", 106)) == 1
        content = content.replace(struct.pack("<d", 106), struct.pack("<d", 16))
    book = open_book(content, FindingList("a"))
    assert book is not None
    assert book.sheets[0].marks == {(1, 1): Mark(Flaw.RECALCULATED, "106")}
