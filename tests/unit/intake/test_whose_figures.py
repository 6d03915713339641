"""Figures that look plain and are not: merged, struck, raised, hidden, moved along; all are asked about."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
import xlsxwriter
from docx.document import Document
from docx.table import Table

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.readers import open_book
from chuyenhoa.kit.readers.book import CellValue
from chuyenhoa.kit.vietnamese_text.normal_form import STRUCK
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading
from tests.integration.intake.test_formats_hostile import make_xls
from tests.unit.intake.drafts import Draft
from tests.unit.intake.formats_made import convert
from tests.unit.intake.handmade import FOOT, TITLES, WINDOW, book, codes, read, values
from tests.unit.intake.test_reading_catalogue import B, S

HEAD = ["STT", "Địa bàn", "Số vụ phạm pháp hình sự xảy ra", "Khám phá"]
LAC, SOI = [1, "Phường Vĩnh Lạc", 10, 8], [2, "Phường Rạch Sỏi", 5, 4]


def asked(reading: Reading) -> set[tuple[str, str, str]]:
    return {(f.rule_id, f.locality, f.indicator) for f in reading.findings if f.locality}


def test_one_merged_figure_for_two_localities_is_asked_of_both(plan: Plan) -> None:
    grid = [*TITLES, HEAD, LAC, [2, "Phường Rạch Sỏi", "", 4], *FOOT]
    reading = read(book({"Biểu 1": grid}, {"Biểu 1": ["C8:C9"]}), plan)
    assert values(reading) == {("30745", "TTXH_KP"): 8, ("30754", "TTXH_KP"): 4}
    assert {("D98", "30745", "TTXH_XR"), ("D98", "30754", "TTXH_XR")} <= asked(reading)


def test_one_merged_figure_for_two_indicators_is_asked(plan: Plan) -> None:
    grid = [*TITLES, HEAD, [1, "Phường Vĩnh Lạc", 10, ""], SOI]
    reading = read(book({"Biểu 1": grid}, {"Biểu 1": ["C8:D8"]}), plan)
    assert values(reading) == {("30754", "TTXH_XR"): 5, ("30754", "TTXH_KP"): 4}
    assert {("D98", "30745", "TTXH_XR"), ("D98", "30745", "TTXH_KP")} <= asked(reading)


def test_a_merged_cell_over_one_figure_and_blank_space_is_that_figure(plan: Plan) -> None:
    grid = [*TITLES, [*HEAD, ""], [*LAC, ""], SOI]
    reading = read(book({"Biểu 1": grid}, {"Biểu 1": ["D8:E8"]}), plan)
    assert codes(reading) == []
    assert values(reading)[("30745", "TTXH_KP")] == 8


@pytest.mark.parametrize("sheet", [S, B])
def test_merged_figures_of_the_form_are_asked(sheet: str, plan: Plan) -> None:
    draft = Draft(plan)
    first, second = draft.put(sheet, 1, "TTXH_KP", 8), draft.put(sheet, 2, "TTXH_KP", None)
    draft.sheet(sheet).merge_cells(f"{first}:{second}")
    found = [f for f in read(draft.save(), plan).findings if f.rule_id == "D98"]
    assert [(f.locality, f.cell, f.value) for f in found] == [("30745", first, "8"), ("30754", second, "8")]


def word(fill: Callable[[Table], None]) -> bytes:
    """A table of Word whose two figures of crime are written by hand."""
    document: Document = docx.Document()
    document.add_paragraph(WINDOW)
    rows: list[list[object]] = [[*HEAD], [1, "Phường Vĩnh Lạc", "", 8], [2, "Phường Rạch Sỏi", 5, ""]]
    table = document.add_table(3, 4)
    for line, row in zip(table.rows, rows, strict=True):
        for cell, value in zip(line.cells, row, strict=True):
            cell.text = str(value)
    fill(table)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_raised_and_struck_digits_of_word_are_asked_and_hidden_ones_left_out(plan: Plan) -> None:
    def fill(table: Table) -> None:
        first = table.cell(1, 2).paragraphs[0]
        first.add_run("12")
        first.add_run("1").font.superscript = True
        second = table.cell(2, 3).paragraphs[0]
        second.add_run("12").font.strike = True
        second.add_run("4")
        table.cell(2, 2).paragraphs[0].add_run("7").font.hidden = True

    reading = read(word(fill), plan, name="a.docx")
    assert values(reading) == {("30745", "TTXH_KP"): 8, ("30754", "TTXH_XR"): 5}
    assert asked(reading) == {("D33", "30745", "TTXH_XR"), ("D97", "30754", "TTXH_KP")}


@pytest.fixture(scope="module")
def rich() -> bytes:
    """A workbook with a footnote, a piece struck out, a struck number and a comment."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = made.add_worksheet("Biểu 1")
    raised, struck = made.add_format({"font_script": 1}), made.add_format({"font_strikeout": 1})
    plain = made.add_format()
    sheet.write(0, 0, WINDOW)
    for number, row in enumerate([HEAD, LAC, SOI], start=2):
        sheet.write_row(number, 0, row)
    sheet.write_rich_string(3, 2, plain, "12", raised, "1")
    sheet.write_rich_string(4, 2, struck, "12", plain, "5")
    sheet.write_number(4, 3, 4, struck)
    sheet.write_comment(3, 3, "Kiểm lại: 99")
    made.close()
    return buffer.getvalue()


RICH = {("D33", "30745", "TTXH_XR"), ("D97", "30754", "TTXH_XR"), ("D97", "30754", "TTXH_KP")}


def test_raised_and_struck_digits_of_a_workbook_are_asked(rich: bytes, plan: Plan) -> None:
    reading = read(rich, plan)
    assert values(reading) == {("30745", "TTXH_KP"): 8}
    assert asked(reading) == RICH
    assert "12¹" in next(f.message for f in reading.findings if f.rule_id == "D33")


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_raised_and_struck_digits_survive_libreoffice(
    kind: str, rich: bytes, plan: Plan, tmp_path: Path
) -> None:
    reading = read(convert(rich, tmp_path, kind), plan)
    assert values(reading) == {("30745", "TTXH_KP"): 8}
    assert asked(reading) == RICH


def test_raised_and_struck_digits_of_a_page_are_asked(plan: Plan) -> None:
    head = "".join(f"<td>{text}</td>" for text in HEAD)
    page = (
        f"<html><meta charset='utf-8'><p>{WINDOW}</p><table><tr>{head}</tr>"
        "<tr><td>1</td><td>Phường Vĩnh Lạc</td><td>12<sup>1</sup></td><td>8</td></tr>"
        "<tr><td>2</td><td>Phường Rạch Sỏi</td><td><s>12</s>5</td><td><del>4</del></td></tr></table></html>"
    )
    reading = read(page.encode(), plan, name="a.xls")
    assert values(reading) == {("30745", "TTXH_KP"): 8}
    assert asked(reading) == RICH


def text_file(*lines: str) -> bytes:
    return "\n".join([f'"{WINDOW}"', *lines]).encode()


@pytest.mark.parametrize("head", [",".join(HEAD), "STT,MA_DIA_BAN,TTXH_XR,TTXH_KP"])
def test_a_row_that_a_separator_moved_along_is_asked(head: str, plan: Plan) -> None:
    names = ("30745", "30754") if "MA_" in head else ("Phường Vĩnh Lạc", "Phường Rạch Sỏi")
    content = text_file(head, f"1,{names[0]},1,234,8", f"2,{names[1]},5,4")
    reading = read(content, plan, name="a.csv")
    assert values(reading) == {("30754", "TTXH_XR"): 5, ("30754", "TTXH_KP"): 4}
    assert ("D99", "30745", "") in asked(reading)


def test_a_quote_that_is_never_closed_swallows_no_rows(plan: Plan) -> None:
    content = text_file(";".join(HEAD), '1;"Phường Vĩnh Lạc;10;8', "2;Phường Rạch Sỏi;5;4")
    reading = read(content, plan, name="a.csv")
    assert values(reading) == {("30754", "TTXH_XR"): 5, ("30754", "TTXH_KP"): 4}
    assert "D80" in codes(reading)


@pytest.mark.parametrize(
    ("sheet", "title"),
    [
        (S, "Số liệu lũy kế từ đầu năm 2021"),
        (S, "Số liệu tính đến ngày 30/9/2021"),
        (S, "Số liệu 6 tháng đầu năm 2021"),
        (B, "Số liệu năm 2020"),
        (B, "Số liệu chốt đến ngày 31/12/2020"),
    ],
)
def test_a_title_of_the_form_changed_to_another_time_is_asked(sheet: str, title: str, plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(S, 1, "TTXH_XR", 10)
    draft.sheet(sheet)["A5"] = title
    assert [(f.rule_id, f.cell) for f in read(draft.save(), plan).findings] == [("D19", "A5")]


@pytest.mark.parametrize(
    ("sheet", "title"),
    [
        (S, "Số liệu tính đến hết ngày 14/10/2021"),
        (S, "(Từ ngày 15/4/2021 đến hết ngày 14/10/2021)"),
        (B, "Số liệu cùng kỳ năm 2020"),
        (B, "Cùng kỳ 06 tháng năm 2020"),
    ],
)
def test_a_title_of_the_form_in_other_words_is_no_matter(sheet: str, title: str, plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(S, 1, "TTXH_XR", 10)
    draft.sheet(sheet)["A5"] = title
    assert read(draft.save(), plan).findings == ()


def test_figures_on_a_sheet_beside_the_form_are_told(plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(S, 1, "TTXH_XR", 10)
    copy = draft.book.copy_worksheet(draft.sheet(S))
    copy.title = "Số liệu (2)"
    copy.cell(draft.code_row(S) + 1, draft.column(S, "TTXH_XR")).value = 11
    draft.book.create_sheet("Nháp")["A1"] = "Gọi lại cho phường"
    found = [(f.rule_id, f.sheet) for f in read(draft.save(), plan).findings]
    assert found == [("D101", "Số liệu (2)"), ("D88", "Nháp")]


def test_texts_of_xls_are_read_across_records() -> None:
    def font(flags: int, shift: int) -> tuple[int, bytes]:
        return 0x31, struct.pack("<5H3xxBB", 200, flags, 0, 400, shift, 1, 0) + b"A"

    plain = struct.pack("<HB", 3, 0) + b"abc"
    # The letters go on in the next record, there two bytes wide; phonetic data is passed over.
    first = struct.pack("<HBHI", 4, 0x0C, 1, 2) + b"12"
    rest = b"\1" + "34".encode("utf-16-le") + struct.pack("<HH", 3, 1) + b"xx"
    last = struct.pack("<HBH", 3, 0x08, 2) + b"125" + struct.pack("<4H", 0, 2, 2, 0)
    records = [struct.pack("<II", 3, 3) + plain + first, rest + last]
    cells = [(0xFD, struct.pack("<3HI", 0, number, 0, number)) for number in range(3)]

    def shown(*before: tuple[int, bytes], texts: list[bytes] = records) -> list[CellValue] | None:
        table = [(0xFC, texts[0]), *((0x3C, more) for more in texts[1:])]
        opened = open_book(make_xls(*cells, extra=(*before, *table)), FindingList("a.xls"))
        return opened.sheets[0].rows[0] if opened else None

    faces = font(0, 0), font(0, 1), font(8, 0)
    assert shown(*faces) == ["abc", "123⁴", f"12{STRUCK}5"]
    assert shown(font(0, 0)) == ["abc", "1234", "125"]
    assert shown(*faces, texts=records[:1]) is None
