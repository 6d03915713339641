"""A file that cannot be marked comes back as the official form, filled, and can be mended and dropped so."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from chuyenhoa.model.submissions import Severity
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.store import ledger
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.forms import columns, fill
from tests.integration.prepared import open_periods
from tests.integration.rehearsal import run_intake
from tests.office import convert

RACH_GIA = "899-rach-gia"
XR = "Số vụ phạm tội về trật tự xã hội xảy ra"


def drop(data: Path, name: str, content: bytes) -> SubmissionRow:
    (data / "inbox" / RACH_GIA / name).write_bytes(content)
    (answered,) = run_intake()
    with open_context().store.reading() as session:
        (row,) = ledger.find_submissions(session, [ledger.submission_number(answered)])
    return row


def figures(number: int) -> set[tuple[object, ...]]:
    with open_context().store.reading() as session:
        found = ledger.load_observations(session, number)
    return {(entry.locality, entry.basis, entry.indicator, entry.value) for entry in found}


@pytest.fixture
def data(data_folder: Path) -> Path:
    open_periods(data_folder, "2021-6t")
    return data_folder


@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_an_older_or_other_spreadsheet_comes_back_as_the_form(
    data: Path, tmp_path: Path, ending: str
) -> None:
    form = data / "outbox" / RACH_GIA / f"BIEU-MAU-2021-6t-{RACH_GIA}.xlsx"
    source = tmp_path / "bc.xlsx"
    source.write_bytes(fill(form, {("30745", "TTXH_KP"): "x", ("30745", "TTXH_XR"): 21}))
    row = drop(data, f"bc.{ending}", convert([source], ending, tmp_path / "out")[0].read_bytes())
    assert row.status == "partly_accepted"
    marked = data / row.marked_workbook
    assert marked.name.endswith("-bieu-mau.xlsx")
    receipt = (data / row.receipt).read_text(encoding="utf-8")
    assert "biểu mẫu đã điền sẵn những gì đọc được" in receipt
    assert marked.name in receipt
    book = load_workbook(io.BytesIO(marked.read_bytes()))
    assert book.sheetnames[0] == "Cần sửa"
    sheet = book["Số liệu"]
    top, codes = columns(sheet, "MA_DIA_BAN")
    cell = sheet.cell(top + 1, codes["TTXH_KP"])
    assert cell.value == "x"
    assert cell.comment is not None
    assert cell.fill.fgColor.rgb == "FFFF9B91"
    assert sheet.cell(top + 1, codes["TTXH_XR"]).value == 21
    assert sheet.cell(top + 1, codes["TTXH_XR"]).comment is None
    cell.value = 17
    buffer = io.BytesIO()
    book.save(buffer)
    mended = drop(data, marked.name, buffer.getvalue())
    assert (mended.status, mended.version) == ("accepted", 2)
    before, after = figures(row.number), figures(mended.number)
    changed = {entry[:3] for entry in before ^ after}
    assert {entry[0] for entry in changed} == {"30745"}
    assert {entry[2] for entry in changed} == {"TTXH_KP"}


def test_a_form_dropped_unmended_is_asked_the_same_again(data: Path) -> None:
    rows = [
        "Từ ngày 15/4/2021 đến ngày 14/10/2021",
        "Địa bàn;Số vụ phạm tội về trật tự xã hội xảy ra;Khám phá",
    ]
    rows += ["Phường Vĩnh Lạc;hai mươi;17", "Phường Rạch Sỏi;=1+1;9"]
    row = drop(data, "bang.csv", "\n".join(rows).encode("utf-8-sig"))
    sheet = load_workbook(data / row.marked_workbook)["Số liệu"]
    top, codes = columns(sheet, "MA_DIA_BAN")
    assert [sheet.cell(top + n, codes["TTXH_XR"]).value for n in (1, 2)] == ["hai mươi", None]
    assert sheet.cell(top + 1, codes["TTXH_KP"]).value == 17
    again = drop(data, "bieu-mau.xlsx", (data / row.marked_workbook).read_bytes())
    with open_context().store.reading() as session:
        asked = {(f.rule_id, f.locality) for f in ledger.load_findings(session, again.number) if f.holds}
    assert ("D90", "30745") in asked
    assert again.status == "partly_accepted"


def test_a_structural_cause_is_one_row_with_the_form_filled_with_what_was_read(data: Path) -> None:
    """Five heads of a .xlsx lost their sections: the workbook itself could be marked, but needs the form."""
    head = ["Địa bàn", XR, "Xảy ra", "Chết", "Số vụ", "Bị thương", "Số đối tượng"]
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for line in (
        ["BÁO CÁO 06 THÁNG NĂM 2021"],
        ["Từ ngày 15/4/2021 đến ngày 14/10/2021"],
        head,
        ["Phường Vĩnh Lạc", 20, 1, 2, 3, 4, 5],
        ["Phường Rạch Sỏi", 18, 5, 4, 3, 2, 1],
    ):
        sheet.append(line)
    buffer = io.BytesIO()
    made.save(buffer)
    row = drop(data, "bang.xlsx", buffer.getvalue())
    with open_context().store.reading() as session:
        errors = [f for f in ledger.load_findings(session, row.number) if f.severity is Severity.ERROR]
    assert [(f.rule_id, f.cells) for f in errors] == [("D142", ("C3", "D3", "E3", "F3", "G3"))]
    marked = data / row.marked_workbook
    assert marked.name.endswith("-bieu-mau.xlsx")
    receipt = (data / row.receipt).read_text(encoding="utf-8")
    assert "biểu mẫu đã điền sẵn những gì đọc được" in receipt
    assert receipt.count(">D142<") == 1
    form_book = load_workbook(marked)
    listed = [
        line for line in form_book["Cần sửa"].iter_rows(min_row=6, values_only=True) if line[1] == "Phải sửa"
    ]
    assert len(listed) == 1
    table = form_book["Số liệu"]
    top, codes = columns(table, "MA_DIA_BAN")
    assert [table.cell(top + n, codes["TTXH_XR"]).value for n in (1, 2)] == [20, 18]
    assert [table.cell(top + n, codes["TNGT_CHET"]).value for n in (1, 2)] == [None, None]
    # Filled in and dropped, it answers the question.
    for n in (1, 2):
        table.cell(top + n, codes["TNGT_CHET"], n)
    buffer = io.BytesIO()
    form_book.save(buffer)
    mended = drop(data, marked.name, buffer.getvalue())
    assert mended.status.startswith("accepted")
    assert {(e[2], e[3]) for e in figures(mended.number) if e[3] is not None and e[0] == "30745"} >= {
        ("TTXH_XR", 20),
        ("TNGT_CHET", 1),
    }
