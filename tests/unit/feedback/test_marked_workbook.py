"""The marked workbook: what is added, and that all else stays as it was."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell.cell import Cell, MergedCell
from python_calamine import CalamineWorkbook

from chuyenhoa.feedback import MarkError, mark_workbook
from chuyenhoa.feedback.labels import AUTHOR, LISTING_NAME
from chuyenhoa.model.submissions import Finding, Severity
from tests.office import convert

Load = Callable[[bytes], openpyxl.Workbook]
RED, YELLOW = "FFFF9B91", "FFFFD54A"
MARKED = {("Số liệu", "D6"), ("Số liệu", "E6"), ("Số liệu", "D7"), ("Số liệu", "F7"), ("Cùng kỳ", "D7")}


def edit_parts(content: bytes, edit: Callable[[str, bytes], bytes | None]) -> bytes:
    """The same zip with every part passed through `edit`; None drops a part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = edit(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return buffer.getvalue()


def look_of(cell: Cell | MergedCell) -> tuple[Any, ...]:
    look = (repr(part) for part in (cell.font, cell.border, cell.alignment, cell.protection, cell.fill))
    return (cell.value, cell.number_format, *look, cell.comment.text if cell.comment else None)


def assert_same_but_marked(before: bytes, after: bytes, marked: set[tuple[str, str]]) -> None:
    """Compare all sheets but our own: every cell's value, formula, cached value, look, comment; settings."""
    for data_only in (False, True):
        old = openpyxl.load_workbook(io.BytesIO(before), data_only=data_only)
        new = openpyxl.load_workbook(io.BytesIO(after), data_only=data_only)
        assert new.sheetnames == [LISTING_NAME, *old.sheetnames]
        for sheet in old.worksheets:
            other = new[sheet.title]
            for row in sheet.iter_rows():
                for cell in row:
                    twin = other[cell.coordinate]
                    if (sheet.title, cell.coordinate) in marked:
                        assert look_of(cell)[:6] == look_of(twin)[:6], cell.coordinate
                    else:
                        assert look_of(cell) == look_of(twin), (sheet.title, cell.coordinate)
            assert sheet.sheet_state == other.sheet_state
            assert sheet.merged_cells.ranges == other.merged_cells.ranges
            assert sheet.freeze_panes == other.freeze_panes
            assert sheet.protection.sheet == other.protection.sheet
            assert {key: (d.width, d.hidden) for key, d in sheet.column_dimensions.items()} == {
                key: (d.width, d.hidden) for key, d in other.column_dimensions.items()
            }
            assert [str(v.sqref) for v in sheet.data_validations.dataValidation] == [
                str(v.sqref) for v in other.data_validations.dataValidation
            ]
            assert len(sheet.conditional_formatting) == len(other.conditional_formatting)


def comments_in(book: openpyxl.Workbook) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def listing_rows(book: openpyxl.Workbook) -> list[tuple[Any, ...]]:
    return [row for row in book[LISTING_NAME].iter_rows(min_row=6, max_col=9, values_only=True) if row[0]]


def test_all_else_stays_as_it_was(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str]
) -> None:
    assert_same_but_marked(xlsxwriter_form, mark_workbook(xlsxwriter_form, findings, names), MARKED)


def test_formulas_keep_their_cached_values(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str]
) -> None:
    marked = mark_workbook(xlsxwriter_form, findings, names)
    sheet = openpyxl.load_workbook(io.BytesIO(marked), data_only=True)["Số liệu"]
    assert [sheet[f"H{row}"].value for row in (6, 7, 8)] == [0.75, 0.75, 0.75]


def test_cells_are_coloured_and_commented_once(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    book = load(mark_workbook(xlsxwriter_form, findings, names))
    colours = {place: book[place[0]][place[1]].fill.fgColor.rgb for place in MARKED}
    assert {place for place, colour in colours.items() if colour == RED} == MARKED - {
        ("Số liệu", "D7"), ("Cùng kỳ", "D7"),
    }  # fmt: skip
    assert colours["Số liệu", "D7"] == colours["Cùng kỳ", "D7"] == YELLOW
    comments = comments_in(book)
    assert set(comments) == MARKED | {("Số liệu", "D5")}
    assert comments["Số liệu", "E6"].count("▼ CẦN SỬA (E02)") == 1
    assert "→ Sửa một trong hai ô." in comments["Số liệu", "E6"]
    assert comments["Số liệu", "D6"].endswith("(xem thêm ô E6)")
    assert comments["Cùng kỳ", "D7"].endswith("(xem thêm ô Số liệu!D7)")
    assert comments["Số liệu", "F7"].startswith("Ghi chú của đơn vị: chờ xác minh\n\n▼ CẦN SỬA (D33)")
    assert book["Số liệu"]["E6"].comment.author == AUTHOR


def test_the_listing_leads_to_each_cell(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    book = load(mark_workbook(xlsxwriter_form, findings, names))
    assert book.active is book.worksheets[0]
    rows = listing_rows(book)
    assert rows[0] == (
        "1", "Phải sửa", "Số liệu", "E6", "Phường Vĩnh Lạc (30763)", "13",
        "Số vụ khám phá (13) lớn hơn số vụ xảy ra (12). (ô liên quan: D6)", "Sửa một trong hai ô.", "E02",
    )  # fmt: skip
    assert [row[8] for row in rows] == ["E02", "D33", "D18", "W01"]
    assert rows[2][1:5] == ("Cần kiểm tra", None, None, "Cả tệp")
    links = {
        cell.coordinate: cell.hyperlink.location for (cell,) in book[LISTING_NAME]["D6:D9"] if cell.hyperlink
    }
    assert links == {"D6": "'Số liệu'!E6", "D7": "'Số liệu'!F7", "D9": "'Số liệu'!D7"}


def test_a_text_like_a_formula_stays_text(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    marked = mark_workbook(xlsxwriter_form, findings, names)
    cell = load(marked)[LISTING_NAME]["F7"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|' /C calc'!A0", "s", True)
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        listing = max(
            (archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")),
            key=lambda part: b"E02" in part,
        )
    assert b"<f" not in listing.replace(b"<fill", b"")
    assert "Phải sửa".encode() in listing


def test_the_same_arguments_give_the_same_bytes(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str]
) -> None:
    first = mark_workbook(xlsxwriter_form, findings, names)
    assert mark_workbook(xlsxwriter_form, findings, names) == first
    assert mark_workbook(xlsxwriter_form, tuple(reversed(findings)), names) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_names_of_sheets_move_with_them(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    book = load(mark_workbook(xlsxwriter_form, findings, names))
    assert book["Cùng kỳ"].defined_names["TY_LE"].attr_text == "'Cùng kỳ'!$H$6"
    assert book.defined_names["NGUONG"].attr_text == "'Số liệu'!$D$6"
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == [LISTING_NAME]


def test_marking_again_replaces_and_restores(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    once = mark_workbook(xlsxwriter_form, findings, names)
    rest = [finding for finding in findings if finding.rule_id == "W01"]
    twice = mark_workbook(once, rest, names)
    assert_same_but_marked(xlsxwriter_form, twice, {("Số liệu", "D7"), ("Cùng kỳ", "D7")})
    book = load(twice)
    assert set(comments_in(book)) == {
        ("Số liệu", "D5"), ("Số liệu", "F7"), ("Số liệu", "D7"), ("Cùng kỳ", "D7"),
    }  # fmt: skip
    assert comments_in(book)["Số liệu", "F7"] == "Ghi chú của đơn vị: chờ xác minh"
    assert [row[8] for row in listing_rows(book)] == ["W01"]
    with zipfile.ZipFile(io.BytesIO(twice)) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist()))
        boxes = sum(
            archive.read(name).count(b"<v:shape ") for name in archive.namelist() if name.endswith(".vml")
        )
    assert boxes == 4


def test_marking_does_not_pile_up(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    content = xlsxwriter_form
    for _ in range(3):
        content = mark_workbook(content, findings, names)
    assert_same_but_marked(xlsxwriter_form, content, MARKED)
    assert comments_in(load(content)) == comments_in(load(mark_workbook(xlsxwriter_form, findings, names)))


def test_without_our_sheet_the_colours_still_go(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    book = load(mark_workbook(xlsxwriter_form, findings, names))
    del book[LISTING_NAME]
    buffer = io.BytesIO()
    book.save(buffer)
    again = load(mark_workbook(buffer.getvalue(), findings[:1], names))
    assert again["Số liệu"]["E6"].fill.patternType is None
    assert again["Số liệu"]["D7"].fill.fgColor.rgb == YELLOW


def test_a_workbook_of_openpyxl(
    openpyxl_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load
) -> None:
    here = tuple(
        replace(finding, cells=("B2",)) if finding.rule_id == "E02" else finding for finding in findings
    )
    marked = mark_workbook(openpyxl_form, here, names)
    book = load(marked)
    assert book.sheetnames == [LISTING_NAME, "Số liệu", "Cùng kỳ", "Biểu đồ"]
    assert comments_in(book)["Số liệu", "B2"].startswith("xem lại\n\n▼ CẦN SỬA (E02)")
    assert set(comments_in(book)) == {
        ("Số liệu", "B2"),
        ("Số liệu", "D7"),
        ("Số liệu", "F7"),
        ("Cùng kỳ", "D7"),
    }
    assert book["Số liệu"]["B2"].number_format == "0.00"
    assert load(mark_workbook(marked, here, names)).sheetnames == book.sheetnames


@pytest.mark.integration
def test_libreoffice_and_calamine_read_what_we_mark(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str], load: Load, tmp_path: Path
) -> None:
    marked = mark_workbook(xlsxwriter_form, findings, names)
    (tmp_path / "m.xlsx").write_bytes(marked)
    (written,) = convert([tmp_path / "m.xlsx"], "xlsx", tmp_path / "out")
    resaved = written.read_bytes()
    assert comments_in(load(resaved)) == comments_in(load(marked))
    assert load(resaved)["Số liệu"]["E6"].fill.fgColor.rgb == RED
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(marked))
    assert calamine.sheet_names[0] == LISTING_NAME
    assert calamine.get_sheet_by_name("_meta").to_python()[1] == ["period", "2021-6t"]
    # LibreOffice renumbers styles and drops authors: what we left is still found, replaced and undone.
    again = mark_workbook(resaved, findings[:1], names)
    assert_same_but_marked_in_libreoffice(xlsxwriter_form, again, load)


def assert_same_but_marked_in_libreoffice(before: bytes, after: bytes, load: Load) -> None:
    old, new = load(before), load(after)
    assert new.sheetnames == [LISTING_NAME, *old.sheetnames]
    for address in ("D6", "E6", "F7"):
        cell, twin = old["Số liệu"][address], new["Số liệu"][address]
        assert (twin.value, twin.fill.fgColor.rgb, twin.number_format) == (
            cell.value, cell.fill.fgColor.rgb, cell.number_format,
        )  # fmt: skip
    assert set(comments_in(new)) == {
        ("Số liệu", "D5"),
        ("Số liệu", "F7"),
        ("Số liệu", "D7"),
        ("Cùng kỳ", "D7"),
    }
    assert [row[8] for row in listing_rows(new)] == ["W01"]


def test_cells_that_the_file_leaves_out_are_put_in(
    openpyxl_form: bytes, names: dict[str, str], load: Load
) -> None:
    cells = ("C2", "A9", "Z3", "AB2")
    finding = Finding("E09", Severity.ERROR, "Ô để trống. Nhập số liệu.", "Số liệu", cells, "30763")
    marked = mark_workbook(openpyxl_form, [finding], names)
    sheet = load(marked)["Số liệu"]
    assert {cell for cell in cells if sheet[cell].fill.fgColor.rgb == RED} == set(cells)
    assert listing_rows(load(marked))[0][5] == "(để trống)"
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        root = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    tag = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = [int(row.get("r", "")) for row in root.iter(f"{tag}row")]
    assert rows == sorted(rows)
    second = [cell.get("r") for cell in root.iter(f"{tag}c") if re.fullmatch("[A-Z]+2", cell.get("r", ""))]
    assert second == ["A2", "B2", "C2", "AB2"]
    assert root.findall(f"{tag}dimension")[0].get("ref") == "A1:AB9"


def test_rows_and_cells_without_addresses(openpyxl_form: bytes, names: dict[str, str], load: Load) -> None:
    def bare(name: str, part: bytes) -> bytes:
        return (
            re.sub(rb'(<(?:c|row)) r="[A-Z0-9]+"', rb"\1", part)
            if name == "xl/worksheets/sheet1.xml"
            else part
        )

    finding = Finding("E09", Severity.ERROR, "Sai.", "Số liệu", ("B3",), "30766", value="3")
    sheet = load(mark_workbook(edit_parts(openpyxl_form, bare), [finding], names))["Số liệu"]
    assert (sheet["B3"].value, sheet["B3"].fill.fgColor.rgb) == (3, RED)


def test_a_blank_cell_takes_the_style_of_its_column(
    xlsxwriter_form: bytes, names: dict[str, str], load: Load
) -> None:
    finding = Finding("E09", Severity.ERROR, "Ô để trống. Nhập số liệu.", "Số liệu", ("G6",), "30763")
    marked = mark_workbook(xlsxwriter_form, [finding], names)
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        order = re.findall(rb'<c r="([A-Z])6"', archive.read("xl/worksheets/sheet1.xml"))
    assert b"".join(order) == b"ABCDEFGH"
    cell = load(marked)["Số liệu"]["G6"]
    assert cell.protection.locked is False
    assert (cell.number_format, cell.fill.fgColor.rgb) == ("#,##0", RED)


def test_a_cell_inside_a_merged_area_is_marked_where_it_shows(
    xlsxwriter_form: bytes, names: dict[str, str], load: Load
) -> None:
    finding = Finding("D19", Severity.ERROR, "Tiêu đề trái với biểu mẫu. Sửa lại.", "Số liệu", ("C1",))
    book = load(mark_workbook(xlsxwriter_form, [finding], names))
    assert ("Số liệu", "A1") in comments_in(book)
    assert book["Số liệu"]["A1"].fill.fgColor.rgb == RED


@pytest.mark.parametrize(
    ("sheet", "cell"), [("Không có", "D7"), ("Số liệu", "D6:D8"), ("Số liệu", "XFE1"), ("", "")]
)
def test_findings_without_a_cell_are_listed_only(
    xlsxwriter_form: bytes, names: dict[str, str], load: Load, sheet: str, cell: str
) -> None:
    finding = Finding("E09", Severity.ERROR, "Sai.", sheet, (cell,) if cell else ())
    book = load(mark_workbook(xlsxwriter_form, [finding], names))
    assert set(comments_in(book)) == {("Số liệu", "D5"), ("Số liệu", "F7")}
    assert [row[8] for row in listing_rows(book)] == ["E09"]
    assert book[LISTING_NAME]["D6"].hyperlink is None


def test_control_characters_and_long_texts_do_not_break_the_file(
    xlsxwriter_form: bytes, names: dict[str, str], load: Load
) -> None:
    value = "a\x00\x0b\ud800b" + "x" * 40_000
    finding = Finding("E09", Severity.ERROR, f"Ghi {value}. Sửa.", "Số liệu", ("D6",), value=value)
    text = load(mark_workbook(xlsxwriter_form, [finding], names))[LISTING_NAME]["F6"].value
    assert text.startswith("abxxx")
    assert len(text) <= 32_767


def test_personal_data_is_not_repeated(xlsxwriter_form: bytes, names: dict[str, str]) -> None:
    finding = Finding(
        "D50", Severity.ERROR, "Ô ghi 0912345678. Xóa.", "Số liệu", ("D6",), value="091203004567"
    )
    marked = mark_workbook(xlsxwriter_form, [finding], names)
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"0912345678" not in everything
    assert b"091203004567" not in everything


def test_nothing_to_mark(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str]
) -> None:
    with pytest.raises(MarkError, match="nothing to mark"):
        mark_workbook(xlsxwriter_form, [f for f in findings if f.severity is Severity.NOTE], names)


def test_a_second_finding_on_a_cell_joins_its_comment(
    xlsxwriter_form: bytes, names: dict[str, str], load: Load
) -> None:
    finding = Finding("E09", Severity.ERROR, "Sai một. Sửa.", "Số liệu", ("D6",), "30763")
    other = replace(finding, rule_id="W02", severity=Severity.WARNING, message="Lạ hai. Kiểm tra.")
    book = load(mark_workbook(xlsxwriter_form, [other, finding, finding], names))
    text = comments_in(book)["Số liệu", "D6"]
    assert text == "▼ CẦN SỬA (E09): Sai một.\n→ Sửa.\n\n▼ CẦN GIẢI TRÌNH (W02): Lạ hai.\n→ Kiểm tra."
    assert book["Số liệu"]["D6"].fill.fgColor.rgb == RED


def test_the_order_of_calculation_is_dropped_with_our_sheet(
    xlsxwriter_form: bytes, names: dict[str, str]
) -> None:
    """Excel adds calcChain.xml on saving; an entry for a sheet that is gone would make it offer a repair."""
    finding = Finding("E09", Severity.ERROR, "Sai.", "Số liệu", ("D6",))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def add_chain(name: str, part: bytes) -> bytes:
        if name == "xl/_rels/workbook.xml.rels":
            chain = (
                b'<Relationship Id="rIdC" Type="http://x/calcChain" Target="calcChain.xml"/></Relationships>'
            )
            return part.replace(b"</Relationships>", chain)
        if name == "xl/workbook.xml":
            return part.replace(
                b"<definedNames>", b"<definedNames><definedName name='X' localSheetId='0'>1</definedName>"
            )
        return part

    marked = edit_parts(mark_workbook(xlsxwriter_form, [finding], names), add_chain)
    buffer = io.BytesIO(marked)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/calcChain.xml", f'<calcChain xmlns="{main}"><c r="A1" i="6"/></calcChain>')
    again = mark_workbook(buffer.getvalue(), [finding], names)
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
        assert b"calcChain" not in archive.read("xl/_rels/workbook.xml.rels")
        assert b"name='X'" not in archive.read("xl/workbook.xml").replace(b'"', b"'")


def test_a_drawing_of_form_controls_takes_our_boxes(xlsxwriter_form: bytes, names: dict[str, str]) -> None:
    def plain(name: str, part: bytes) -> bytes:
        if not name.endswith(".vml"):
            return part
        part = re.sub(rb"<o:shapelayout.*?</o:shapelayout>", b"", part, flags=re.DOTALL)
        return re.sub(rb"<v:shapetype.*?</v:shapetype>", b"", part, flags=re.DOTALL).replace(
            b"_x0000_s", b"button"
        )

    finding = Finding("E09", Severity.ERROR, "Sai.", "Số liệu", ("D6",))
    marked = mark_workbook(edit_parts(xlsxwriter_form, plain), [finding], names)
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        drawing = next(archive.read(name) for name in archive.namelist() if name.endswith(".vml"))
    assert b"_x0000_s1025" in drawing
    assert drawing.count(b"<v:shapetype") == 1
    assert b'<o:idmap v:ext="edit" data="1"/>' in drawing
