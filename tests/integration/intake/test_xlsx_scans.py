"""The quick and the careful look at a sheet see the same, whatever program wrote or spoiled it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from lxml import etree
from openpyxl.styles import Font

from benchmarks.mutants import spoil_cells
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.reading import EXTRA_SHEETS, FORM_SHEETS
from chuyenhoa.kit.readers.book import Book, Flaw, Mark
from chuyenhoa.kit.readers.package import Package, open_package
from chuyenhoa.kit.readers.xlsx import open_workbook
from chuyenhoa.kit.readers.xlsx_scan import scan_carefully, scan_quickly, scan_sheet
from chuyenhoa.kit.readers.xlsx_styles import CellStyles, read_styles
from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.workbooks import write_workbook
from tests.unit.intake.drafts import Draft, change_parts, save_with_libreoffice

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def messy() -> bytes:
    """A workbook of every oddity that the scan looks for, written by xlsxwriter."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Số liệu")
        percent, old = book.add_format({"num_format": "0.0%"}), book.add_format({"font_name": ".VnTime"})
        sheet.merge_range("A1:C2", "b¸o c¸o", old)
        sheet.write_number("B3", 0.87, percent)
        sheet.write_formula("C3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D3", "=B3*2", None, 1.74)
        sheet.write_formula("E3", "=B3&C3", None, "")
        sheet.write_string("F3", "a < b & c > d", old)
        sheet.write_blank("G3", None, percent)
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.write_number("A5", 3)
    return buffer.getvalue()


def package_of(content: bytes) -> Package:
    package = open_package(content, FindingList("a.xlsx"))
    assert package is not None
    return package


def open_content(content: bytes) -> tuple[Book | None, list[str]]:
    findings = FindingList("a.xlsx")
    package = open_package(content, findings)
    book = open_workbook(package, findings, FORM_SHEETS, EXTRA_SHEETS) if package else None
    return book, [finding.rule_id for finding in findings.found]


def sheets_of(content: bytes) -> tuple[list[bytes], CellStyles]:
    parts = package_of(content).parts
    sheets = [data for name, data in parts.items() if name.startswith("xl/worksheets/sheet")]
    return sheets, read_styles(parts.get("xl/styles.xml", b""))


@pytest.fixture(scope="module")
def written(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same form as four programs write it, and a messy sheet."""
    blank = write_workbook(
        plan,
        plan.period_by_id["2021-nam"],
        plan.submitter_by_code["899"],
        (),
        datetime(2021, 12, 1, tzinfo=UTC),
    )
    draft = Draft(plan)
    draft.fill_all(plan)
    filled = draft.save()
    folder: Path = tmp_path_factory.mktemp("libreoffice")
    return {
        "our writer": blank,
        "openpyxl": filled,
        "LibreOffice": save_with_libreoffice(filled, folder),
        "xlsxwriter": messy(),
    }


@pytest.mark.parametrize("program", ["our writer", "openpyxl", "LibreOffice", "xlsxwriter"])
def test_both_looks_agree_whatever_program_wrote_the_sheet(written: dict[str, bytes], program: str) -> None:
    sheets, styles = sheets_of(written[program])
    quick = [scan_quickly(sheet, styles) for sheet in sheets]
    assert quick == [scan_carefully(sheet, styles) for sheet in sheets]
    assert None not in quick


@pytest.mark.scene
@pytest.mark.parametrize("program", ["openpyxl", "LibreOffice", "xlsxwriter"])
def test_both_looks_agree_on_spoiled_cells(written: dict[str, bytes], program: str) -> None:
    taken = 0
    for seed in range(150):
        sheets, styles = sheets_of(spoil_cells(written[program], random.Random(seed)))
        for sheet in sheets:
            quick = scan_quickly(sheet, styles)
            if quick is not None:
                taken += 1
                assert quick == scan_carefully(sheet, styles), seed
    assert taken > 50


def test_every_oddity_of_a_sheet_is_seen() -> None:
    book, codes = open_content(messy())
    assert book is not None
    assert codes == []
    sheet = book.sheets[0]
    assert sheet.marks == {
        (2, 1): Mark(Flaw.PERCENT),
        (2, 2): Mark(Flaw.ERROR, "#DIV/0!"),
        (2, 4): Mark(Flaw.UNCALCULATED),
    }
    assert sheet.hidden_rows == {4}
    assert sheet.merges == ((0, 0, 1, 2),)
    assert sheet.fonts == {(0, 0): ".VnTime", (2, 5): ".VnTime"}
    assert (sheet.value(2, 5), sheet.value(4, 0)) == ("a < b & c > d", 3)


def test_an_old_font_of_the_whole_workbook_counts_for_cells_without_a_style() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "§Þa bµn"
    book._fonts[0] = Font(name="VNI-Times")  # type: ignore[attr-defined]
    buffer = BytesIO()
    book.save(buffer)
    read, _ = open_content(buffer.getvalue())
    assert read is not None
    assert read.sheets[0].fonts == {(0, 0): "VNI-Times"}


def sheet_xml(rows: str, before: str = "", after: str = "") -> bytes:
    return (f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>').encode()


CELL = '<row r="2" hidden="1"><c r="B2" t="e"><v>#N/A</v></c></row>'
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
UNUSUAL = {
    "prefix": sheet_xml(CELL)
    .replace(b"</", b"</x:")
    .replace(b"<", b"<x:")
    .replace(b"<x:/x:", b"</x:")
    .replace(b"xmlns=", b"xmlns:x="),
    "encoded attribute": sheet_xml(
        CELL.replace('"1"', '"&#49;"').replace("B2", "&#66;2").replace('"e"', '"&#101;"')
    ),
    "single quotes": sheet_xml(CELL.replace('"', "'").replace("t='e'", "t = 'e'")).replace(b'"', b"'"),
    "comment and CDATA": sheet_xml('<!-- <c r="A1"/> -->' + CELL.replace("#N/A", "<![CDATA[#N/A]]>")),
    "no addresses": sheet_xml("<row/>" + CELL.replace(' r="2"', "").replace('<c r="B2"', "<c/><c")),
    "end in a comment": sheet_xml(CELL, after="<!--</sheetData>-->"),
    "strict": sheet_xml(CELL).replace(MAIN.encode(), STRICT.encode()),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_but_valid_markup_is_understood(name: str) -> None:
    found = scan_sheet(UNUSUAL[name], CellStyles())
    assert (found.marks, found.hidden) == ({(1, 1): Mark(Flaw.ERROR, "#N/A")}, {1})


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="$A$1"><v>1</v></c></row>',
        '<row r="9"><c r="A9"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B5"><v>1</v></c><c r="C1"><v>1</v></c></row>',
    ],
)
def test_an_address_or_order_by_which_cells_would_be_lost_breaks_the_sheet(rows: str) -> None:
    with pytest.raises(ValueError, match=r"địa chỉ|đứng sau"):
        scan_sheet(sheet_xml(rows), CellStyles())


@pytest.mark.parametrize("address", ["XFD1048576", "xfd1048576", "A5001", "KO1", "ko1"])
def test_a_cell_beyond_the_limits_is_seen_before_anything_is_read(address: str) -> None:
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="{address}"><v>1</v></c></row>'
    assert scan_sheet(sheet_xml(rows), CellStyles()).beyond == address.upper()


def test_a_cell_of_a_foreign_namespace_is_looked_at_since_the_reader_takes_it() -> None:
    rows = '<row r="1"><y:c xmlns:y="urn:y" r="XFD1048576"><y:v>1</y:v></y:c></row>'
    assert scan_sheet(sheet_xml(rows), CellStyles()).beyond == "XFD1048576"


def test_a_merge_over_the_whole_sheet_is_cut_to_what_is_used() -> None:
    content = change_parts(
        messy(),
        {
            "xl/worksheets/sheet1.xml": sheet_xml(
                '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
                after='<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="D9:E9"/></mergeCells>',
            )
        },
    )
    book, _ = open_content(content)
    assert book is not None
    assert book.sheets[0].merges == ((0, 0, 0, 1),)


def test_all_sheets_of_a_hand_made_workbook_are_there() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Trang 1"  # type: ignore[union-attr]
    book.create_sheet("Hướng dẫn")["A1"] = "x"
    buffer = BytesIO()
    book.save(buffer)
    read, _ = open_content(buffer.getvalue())
    assert read is not None
    assert [sheet.name for sheet in read.sheets] == ["Trang 1", "Hướng dẫn"]


def test_what_we_write_beside_the_form_is_left_out(plan: Plan) -> None:
    draft = Draft(plan)
    draft.book.create_sheet("CẦN SỬA", 0)["A1"] = "x"
    draft.book.create_sheet("Ghi chép riêng")["A1"] = "x"
    read, _ = open_content(draft.save())
    assert read is not None
    assert [sheet.name for sheet in read.sheets] == [*form.HEAD_ROWS, form.META_SHEET, "Ghi chép riêng"]


def test_a_chart_sheet_holds_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        chart = book.add_chart({"type": "line"})
        sheet = book.add_worksheet("Số liệu")
        sheet.write("A1", 5)
        chart.add_series({"values": "='Số liệu'!$A$1"})
        book.add_chartsheet("Biểu đồ").set_chart(chart)
        book.add_worksheet("Sau").write("A1", "sau")
    read, _ = open_content(path.read_bytes())
    assert read is not None
    assert [(sheet.name, sheet.value(0, 0)) for sheet in read.sheets] == [("Số liệu", 5), ("Sau", "sau")]


def test_broken_markup_of_a_sheet_is_said() -> None:
    whole = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    for broken in (whole[:-20], whole.replace(b"</c>", b""), whole.replace(b"<v>1", b"<v>&x;1")):
        with pytest.raises((etree.XMLSyntaxError, ValueError)):
            scan_sheet(broken, CellStyles())
