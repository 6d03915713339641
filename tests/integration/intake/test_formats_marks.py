"""What a value alone would not show survives in every format: errors, percentages, fonts, dates."""

from __future__ import annotations

import io
import struct
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.readers import open_book
from chuyenhoa.kit.readers.book import Book, Flaw, Sheet
from tests.unit.intake.formats_made import (
    XML_HEAD,
    cell_record,
    convert,
    make_docx,
    make_xlsb,
    make_zip,
    record,
    wide,
)


def make_source() -> bytes:
    """A workbook with one of each; LibreOffice turns it into the other formats."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Số liệu")
    sheet.write(0, 0, "Tiêu đề")
    sheet.merge_range(1, 0, 1, 2, "Nhóm")
    sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")
    sheet.write_number(2, 1, 0.875, book.add_format({"num_format": "0.0%"}))
    sheet.write_number(2, 2, 3, book.add_format({"num_format": '0" %đạt"'}))
    sheet.write_string(2, 3, "Kiªn Giang", book.add_format({"font_name": ".VnTime"}))
    sheet.write_datetime(2, 4, datetime(2021, 1, 5), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    sheet.write_boolean(2, 5, True)
    sheet.write_formula(2, 6, "=B3*2", None, 1.75)
    sheet.write_number(3, 0, 17)
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.set_column(2, 3, None, None, {"hidden": True})
    sheet.write_comment(3, 0, "Số đúng là 15")
    sheet.write_comment(5, 1, "ô trống cũng có ghi chú")
    book.add_worksheet("Ẩn").write(4, 2, "đáy")
    book.get_worksheet_by_name("Ẩn").hide()
    book.close()
    return buffer.getvalue()


def opened(content: bytes) -> Book:
    findings = FindingList("a")
    book = open_book(content, findings)
    assert book is not None, findings.found
    return book


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Book]:
    folder = tmp_path_factory.mktemp("marks")
    source = make_source()
    found = {kind: opened(convert(source, folder, kind)) for kind in ("xls", "ods")}
    return {"xlsx": opened(source), **found}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_comments_and_hidden_columns_are_those_of_the_workbook(kind: str, books: dict[str, Book]) -> None:
    first, hidden = books[kind].sheets
    told = {place: text.rpartition(":")[2].strip() for place, text in first.notes.items()}
    assert told == {(3, 0): "Số đúng là 15", (5, 1): "ô trống cũng có ghi chú"}
    assert first.hidden_columns == {2, 3}
    assert (hidden.notes, hidden.hidden_columns) == ({}, frozenset())


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_marks_and_addresses_are_those_of_the_workbook(kind: str, books: dict[str, Book]) -> None:
    first, hidden = books[kind].sheets
    assert (first.name, first.hidden, hidden.name, hidden.hidden) == ("Số liệu", False, "Ẩn", True)
    assert first.marks[2, 0].flaw is Flaw.ERROR
    assert first.marks[2, 0].text == "#DIV/0!"
    assert {place for place, mark in first.marks.items() if mark.flaw is Flaw.PERCENT} == {(2, 1)}
    assert (first.value(2, 1), first.value(2, 2), first.value(2, 6)) == (0.875, 3, 1.75)
    assert first.fonts == {(2, 3): ".VnTime"}
    assert first.value(2, 3) == "Kiªn Giang"
    assert first.value(2, 5) == 1  # LibreOffice writes a truth value of Excel as a number
    assert first.hidden_rows == {3}
    assert first.value(3, 0) == 17
    assert first.merges == ((1, 0, 1, 2),)
    assert hidden.value(4, 2) == "đáy"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_dates_are_dates(kind: str, books: dict[str, Book]) -> None:
    value = books[kind].sheets[0].value(2, 4)
    assert isinstance(value, date)
    assert (value.year, value.month, value.day) == (2021, 1, 5)


def test_the_years_from_1904_on_are_counted_as_such(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": True})
    shown = book.add_format({"num_format": "dd/mm/yyyy"})
    book.add_worksheet().write_datetime(0, 0, datetime(2021, 1, 5), shown)  # noqa: DTZ001
    book.close()
    for kind in ("xls", "ods"):
        value = opened(convert(buffer.getvalue(), tmp_path, kind)).sheets[0].value(0, 0)
        assert isinstance(value, date)
        assert (value.year, value.month, value.day) == (2021, 1, 5), kind


def binary_sheet() -> Sheet:
    table: list[list[object]] = [
        ["Tiêu đề"],
        [],
        [b"\x07", 0.875, 3, "Kiªn Giang", datetime(2021, 1, 5), (1.75,)],  # noqa: DTZ001
    ]
    styles = {(2, 1): 1, (2, 2): 4, (2, 3): 2, (2, 4): 3}
    return opened(make_xlsb([("Số liệu", table)], styles)).sheets[0]


def test_a_binary_workbook_keeps_errors_percentages_fonts_and_dates() -> None:
    sheet = binary_sheet()
    assert {place: mark.flaw for place, mark in sheet.marks.items()} == {
        (2, 0): Flaw.ERROR,
        (2, 1): Flaw.PERCENT,
    }
    assert sheet.marks[2, 0].text == "#DIV/0!"
    assert sheet.fonts == {(2, 3): ".VnTime"}
    assert (sheet.value(2, 1), sheet.value(2, 2), sheet.value(2, 5)) == (0.875, 3, 1.75)
    value = sheet.value(2, 4)
    assert isinstance(value, date)
    assert (value.year, value.month, value.day) == (2021, 1, 5)


def test_hidden_rows_and_sheets_and_merges_of_a_binary_workbook() -> None:
    rows = record(0, struct.pack("<IIH", 2, 0, 300) + b"\0\x10\0" + struct.pack("<I", 0))
    merge = record(176, struct.pack("<4I", 2, 3, 0, 1))
    part = b"".join(
        (
            *(record(129), record(148, struct.pack("<4I", 2, 2, 0, 1)), record(145), rows),
            *(cell_record(0, "a"), record(146), record(177), merge, record(178), record(130)),
        )
    )
    content = make_xlsb([("_meta", [])], extra={"xl/worksheets/sheet1.bin": part})
    (sheet,) = opened(content).sheets
    assert sheet.hidden
    assert sheet.hidden_rows == {2}
    assert sheet.merges == ((2, 0, 3, 1),)
    assert (sheet.hidden_columns, sheet.notes, sheet.shown) == (frozenset(), {}, {})
    assert sheet.value(2, 0) == "a"


def comment_records(row: int, column: int, text: str) -> bytes:
    """A comment as .xlsb has it."""
    place = struct.pack("<I4I", 0, row, row, column, column) + b"\0" * 16
    return record(635, place) + record(637, b"\0" + wide(text)) + record(636)


def test_comments_hidden_columns_and_zeros_of_a_binary_workbook() -> None:
    comments = b"".join(
        (
            *(record(628), record(633), comment_records(2, 1, "Số đúng là 15")),
            *(comment_records(7, 0, "[Threaded comment]\n\nx\n\nComment:\n    ô trống"), record(634)),
            *(comment_records(6000, 0, "ngoài bảng"), comment_records(3, 301, "ngoài bảng"), record(629)),
        )
    )
    view = record(133) + record(137, struct.pack("<H", 0x0E) + b"\0" * 28) + record(134)
    columns = record(390) + record(60, struct.pack("<4IH", 2, 3, 2304, 0, 1)) + record(391)
    line = record(0, struct.pack("<IIH", 2, 0, 300) + b"\0\0\0" + struct.pack("<I", 0))
    cells = cell_record(0, "a") + cell_record(1, 0) + cell_record(2, 5)
    size = record(148, struct.pack("<4I", 2, 2, 0, 2))
    part = b"".join((record(129), size, view, columns, record(145), line, cells, record(146), record(130)))
    relation = (
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'comments" Target="../comments1.bin"/>'
    )
    extra = {
        "xl/worksheets/sheet1.bin": part,
        "xl/worksheets/_rels/sheet1.bin.rels": (
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships">{relation}</Relationships>'
        ).encode(),
        "xl/comments1.bin": comments,
    }
    (sheet,) = opened(make_xlsb([("Số liệu", [])], extra=extra)).sheets
    assert sheet.notes == {(2, 1): "Số đúng là 15", (7, 0): "ô trống"}
    assert sheet.hidden_columns == {2, 3}
    assert sheet.shown == {(2, 1): ""}


def test_a_spreadsheet_of_2003_keeps_what_its_styles_say() -> None:
    styles = (
        '<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style>'
        '<Style ss:ID="f"><Font ss:FontName="VNI-Times"/></Style></Styles>'
    )
    rows = (
        '<Row ss:Index="2" ss:Hidden="1"><Cell ss:StyleID="p"><Data ss:Type="Number">0.5</Data></Cell>'
        '<Cell ss:StyleID="f" ss:MergeAcross="1"><Data ss:Type="String">Kieân</Data></Cell>'
        '<Cell><Data ss:Type="Error">#REF!</Data></Cell><Cell ss:Formula="=1+1"/>'
        '<Cell><Data ss:Type="DateTime">2021-01-05T00:00:00.000</Data></Cell>'
        '<Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Number">0</Data>'
        '<Comment ss:Author="x"><ss:Data>Số đúng<B> là 15</B></ss:Data></Comment></Cell></Row>'
    )
    sheet = (
        '<Worksheet ss:Name="S"><Table><Column/><Column ss:Index="4" ss:Hidden="1" ss:Span="1"/>'
        f"{rows}</Table><x:WorksheetOptions "
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><x:Visible>SheetHidden</x:Visible>'
        "<x:DoNotDisplayZeros/>"
        "</x:WorksheetOptions></Worksheet></Workbook>"
    )
    (found,) = opened((XML_HEAD + styles + sheet).encode()).sheets
    assert found.hidden
    assert found.hidden_rows == {1}
    assert [found.value(1, column) for column in (0, 1, 5, 6)] == [0.5, "Kieân", datetime(2021, 1, 5), True]  # noqa: DTZ001
    assert {place: mark.flaw for place, mark in found.marks.items()} == {
        (1, 0): Flaw.PERCENT,
        (1, 3): Flaw.ERROR,
        (1, 4): Flaw.UNCALCULATED,
    }
    assert found.fonts == {(1, 1): "VNI-Times"}
    assert found.merges == ((1, 1, 1, 2),)
    assert (found.notes, found.shown) == ({(1, 7): "Số đúng là 15"}, {(1, 7): ""})
    assert found.hidden_columns == {3, 4}


ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"


def make_ods(table: str, **parts: bytes) -> bytes:
    """An OpenDocument spreadsheet by hand."""
    return make_zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{ODS_HEAD}{table}{ODS_FOOT}".encode(),
            **{name.replace("__", "/"): data for name, data in parts.items()},
        }
    )


def test_repeated_cells_are_laid_out_and_the_blank_rest_is_not() -> None:
    text = "<text:p>a<text:s text:c='2'/>b</text:p><text:p>c</text:p>"
    truth = '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
    row = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3" '
        f'office:value-type="float" office:value="7"/><table:table-cell>{text}</table:table-cell>{truth}'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell table:formula="of:=1"/></table:table-row>'
    )
    findings = FindingList("a")
    near = row.replace("1048000", "10")
    book = open_book(make_ods(f'<table:table table:name="S">{near}</table:table>'), findings)
    assert book is not None
    (sheet,) = book.sheets
    assert sheet.rows[:2] == [[7.0, 7.0, 7.0, "a  b\nc", True]] * 2
    assert {place: mark.flaw for place, mark in sheet.marks.items()} == {(12, 0): Flaw.UNCALCULATED}
    assert open_book(make_ods(f'<table:table table:name="S">{row}</table:table>'), findings) is None
    assert [(finding.rule_id, finding.cell) for finding in findings.found] == [("D08", "A1048003")]


def test_an_error_that_only_its_type_tells_is_an_error() -> None:
    calc = 'xmlns:c="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    cell = f'<table:table-cell {calc} c:value-type="error" office:value-type="string"><text:p>Lỗi</text:p>'
    row = f"<table:table-row>{cell}</table:table-cell></table:table-row>"
    (sheet,) = opened(make_ods(f'<table:table table:name="S">{row}</table:table>')).sheets
    assert (sheet.marks[0, 0].flaw, sheet.marks[0, 0].text, sheet.value(0, 0)) == (Flaw.ERROR, "Lỗi", "")


def test_merged_cells_of_word_stand_where_they_are_seen() -> None:
    import docx
    from docx.shared import Pt

    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "STT"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Xảy ra"
    table.cell(1, 1).text, table.cell(1, 2).text = "Vụ", "Người"
    run = table.cell(2, 0).paragraphs[0].add_run("x· §«ng")
    run.font.name, run.font.size = ".VnTime", Pt(13)
    table.cell(2, 1).text = "3\t4"
    inner = table.cell(2, 2).add_table(1, 1)
    inner.cell(0, 0).text = "trong"
    buffer = io.BytesIO()
    document.save(buffer)
    outer, nested = opened(buffer.getvalue()).sheets
    assert outer.rows == [["STT", "Xảy ra"], ["", "Vụ", "Người"], ["x· §«ng", "3\t4", ""]]
    assert outer.merges == ((0, 0, 1, 0), (0, 1, 0, 2))
    assert outer.fonts == {(2, 0): ".VnTime"}
    assert nested.rows == [["trong"]]


def test_deleted_text_of_word_is_not_read() -> None:
    content = make_docx([(["Bảng"], [["17", "4"]])])
    from tests.unit.intake.drafts import change_parts, read_part

    part = read_part(content, "word/document.xml")
    deleted = b"<w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:ins><w:r><w:t>17</w:t></w:r></w:ins>"
    part = part.replace(b"<w:r><w:t>17</w:t></w:r>", deleted)
    assert opened(change_parts(content, {"word/document.xml": part})).sheets[0].rows == [["17", "4"]]


def test_spans_and_hidden_rows_of_a_page() -> None:
    page = (
        "<html><p>Từ ngày<table border=1><tr><td rowspan=2>STT<th colspan='2'>Xảy ra</tr>"
        "<tr style='display: none'><td>Vụ<td>Người</tr>"
        "<tr><td x:num='0.5'>50%<td><font face='VNI-Times'>Kieân<br>Giang</font><td>"
        "<table><tr><td>trong</table></tr></table><script>x()</script>"
    )
    outer, nested = opened(page.encode()).sheets
    assert outer.above == ("Từ ngày",)
    assert outer.rows == [["STT", "Xảy ra"], ["", "Vụ", "Người"], [0.5, "Kieân\nGiang", ""]]
    assert outer.hidden_rows == {1}
    assert outer.fonts == {(2, 1): "VNI-Times"}
    assert nested.rows == [["trong"]]
