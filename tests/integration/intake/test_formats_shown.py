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
from tests.unit.intake.formats_made import convert, make_xlsb

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
