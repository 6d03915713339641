"""Approval by file: a form beside each draft, filled in, dropped, checked, recorded once, and answered."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chuyenhoa.cli import main
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.approval_forms import ask_office, take_forms
from chuyenhoa.pipeline.publish.drafts import drafts_open
from chuyenhoa.pipeline.publish.issuing import record_decision
from chuyenhoa.store.documents import DocumentState
from chuyenhoa.store.tables import ApprovalFormRow, OfficeQueryRow
from tests.integration.test_office_decisions import APPROVAL, draft, render, row, send_more

__all__ = ["draft"]

ANSWERS: Mapping[str, Any] = {
    "decision": "Phê duyệt",
    "number": 152,
    "date": date(2021, 10, 20),
    "signer": "Lâm Minh Thành",
    "by": "Trần Văn Phòng",
}


@pytest.fixture
def form(draft: str, data_folder: Path) -> Path:
    """A copy of the draft's form, kept aside."""
    assert ask_office([draft]) == [draft]
    (lying,) = (data_folder / "office" / "drafts").rglob("PHIEU-DUYET-*.xlsx")
    kept = data_folder.parent / "form.xlsx"
    shutil.copy(lying, kept)
    return kept


def fill_form(form: Path, answers: Mapping[str, Any], queries: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """The form as Excel saves it, with answers in the yellow cells."""
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    left = list(queries)
    for line in sheet.iter_rows():
        key = str(line[4].value)
        if key in answers:
            line[1].value = answers[key]
        if key == "remark" and left:
            for cell, value in zip(line, left.pop(0), strict=False):
                cell.value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def drop(data: Path, content: bytes, name: str = "phieu.xlsx") -> None:
    inbox = data / "office" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / name).write_bytes(content)


def take(data: Path, content: bytes) -> tuple[bool, str]:
    """Drop one form and take it; whether it was recorded, and the answer that lies in the outbox."""
    drop(data, content)
    before = set((data / "office" / "outbox").glob("TRA-LOI-*"))
    (taken,) = take_forms()
    (answer,) = set((data / "office" / "outbox").glob("TRA-LOI-*")) - before
    assert answer.read_text(encoding="utf-8").strip() == taken.answer
    assert list((data / "office" / "inbox").iterdir()) == []
    return taken.is_recorded, taken.answer


def test_a_filled_form_approves_and_issues_without_an_account(
    draft: str, form: Path, data_folder: Path
) -> None:
    recorded, said = take(data_folder, fill_form(form, ANSWERS))
    assert recorded, said
    assert "Đã phát hành: office/issued/2021-6t/152-" in said
    issued = row(draft)
    assert (issued.state, issued.number, issued.date) == (DocumentState.ISSUED, "152", "2021-10-20")
    assert issued.decided_by == "Trần Văn Phòng (bằng phiếu duyệt)"
    assert not list((data_folder / "office" / "drafts").rglob("PHIEU-DUYET-*"))
    assert drafts_open([draft]) == []


def test_the_store_never_holds_the_code_and_others_cannot_read_it(form: Path, data_folder: Path) -> None:
    lines = openpyxl.load_workbook(form).worksheets[0].iter_rows()
    code = next(str(line[1].value) for line in lines if line[4].value == "code")
    assert len(code) == 40
    with open_context().store.reading() as session:
        (stored,) = session.query(ApprovalFormRow)
    assert stored.code_sha256 == hashlib.sha256(code.encode()).hexdigest()
    for path in (data_folder / "chuyenhoa.db", data_folder / "archive" / "journal.jsonl"):
        assert code.encode() not in path.read_bytes()
    (lying,) = (data_folder / "office" / "drafts").rglob("PHIEU-DUYET-*.xlsx")
    assert stat.S_IMODE(lying.stat().st_mode) == 0o640


def test_a_form_is_used_once(draft: str, form: Path, data_folder: Path) -> None:
    content = fill_form(form, {**ANSWERS, "decision": "Trả lại", "comment": "Bổ sung nguyên nhân"})
    assert take(data_folder, content)[0]
    assert row(draft).state == DocumentState.RETURNED
    assert ask_office([draft]) == [draft]  # asked again, by a new form
    for replay in (content, fill_form(form, ANSWERS)):
        recorded, said = take(data_folder, replay)
        assert not recorded
        assert "đã được dùng" in said
    assert row(draft).state == DocumentState.DRAFT


def set_cell(form: Path, key: str, column: int, value: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(fill_form(form, ANSWERS)))
    line = next(line for line in book.worksheets[0].iter_rows() if line[4].value == key)
    line[column].value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_sheet(form: Path) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(fill_form(form, ANSWERS)))
    book.create_sheet("Thêm")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda form: set_cell(form, "draft", 3, "0" * 64), "đã bị thay đổi"),
        (lambda form: set_cell(form, "draft", 1, "2021-nam.bao_cao_tong_ket.v1"), "đã bị thay đổi"),
        (lambda form: set_cell(form, "period", 1, "kỳ khác"), "đã bị thay đổi"),
        (lambda form: set_cell(form, "number", 0, "Nhãn khác"), "đã bị thay đổi"),
        (lambda form: set_cell(form, "code", 1, "f" * 40), "mã phiếu không có trong sổ"),
        (lambda form: set_cell(form, "code", 1, ""), "không đọc được"),
        (with_sheet, "không đọc được"),
        (lambda form: b"PK\x03\x04 no workbook", "không đọc được"),
        (lambda form: b"", "không đọc được"),
        (lambda form: b"x" * 3_000_000, "không đọc được"),
        (lambda form: fill_form(form, {**ANSWERS, "decision": ""}), "phê duyệt hoặc trả lại"),
        (lambda form: fill_form(form, {**ANSWERS, "by": " "}), "không rõ ai quyết định"),
        (lambda form: fill_form(form, {**ANSWERS, "number": "x"}), "số văn bản hợp lệ"),
        (lambda form: fill_form(form, {**ANSWERS, "date": "31/02/2021"}), "ngày ban hành"),
        (lambda form: fill_form(form, ANSWERS, (("30745", "II.2", "sai"),)), "phải chọn trả lại"),
    ],
)
def test_a_forged_altered_or_incomplete_form_is_refused_and_a_good_one_still_counts(
    draft: str, form: Path, data_folder: Path, spoil: Any, said: str
) -> None:
    recorded, answer = take(data_folder, spoil(form))
    assert not recorded
    assert said in answer
    assert row(draft).state == DocumentState.DRAFT
    assert take(data_folder, fill_form(form, ANSWERS))[0]


def test_a_form_for_a_draft_that_was_replaced_decided_or_changed_is_refused(
    draft: str, form: Path, data_folder: Path
) -> None:
    path = data_folder / row(draft).draft_path
    original = path.read_bytes()
    path.write_bytes(original + b" ")
    assert "không còn đúng tệp" in take(data_folder, fill_form(form, ANSWERS))[1]
    path.write_bytes(original)
    send_more(data_folder)
    newer = render()
    assert "bản mới hơn" in take(data_folder, fill_form(form, ANSWERS))[1]
    ask_office([newer])
    (lying,) = (data_folder / "office" / "drafts").rglob("PHIEU-DUYET-*.xlsx")
    later = fill_form(lying, {**ANSWERS, "number": "153"})
    assert "thay bằng phiếu khác" in take(data_folder, fill_form(form, ANSWERS))[1]
    record_decision([newer], APPROVAL)  # on Airflow, a moment before
    recorded, said = take(data_folder, later)
    assert not recorded
    assert "đã được quyết định" in said
    assert row(newer).number == "07"


def test_a_form_returns_one_locality_and_criterion(draft: str, form: Path, data_folder: Path) -> None:
    content = fill_form(form, {**ANSWERS, "decision": "Trả lại"}, (("30745", "II.2", "đối chiếu"),))
    assert take(data_folder, content)[0]
    with open_context().store.reading() as session:
        (query,) = session.query(OfficeQueryRow)
    assert (query.document, query.locality, query.criterion) == (draft, "30745", "II.2")
    assert (data_folder / query.notice).is_file()


def test_a_lost_form_is_written_anew_and_the_old_code_is_dead(
    draft: str, form: Path, data_folder: Path
) -> None:
    (lying,) = (data_folder / "office" / "drafts").rglob("PHIEU-DUYET-*.xlsx")
    before = lying.read_bytes()
    ask_office([draft])
    assert lying.read_bytes() == before
    lying.unlink()
    ask_office([draft])
    assert lying.is_file()
    assert "thay bằng phiếu khác" in take(data_folder, fill_form(form, ANSWERS))[1]
    assert take(data_folder, fill_form(lying, ANSWERS))[0]


def test_the_command_takes_forms_and_the_audit_knows_what_it_kept(
    form: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(data_folder, b"junk", "hong.xlsx")
    drop(data_folder, fill_form(form, ANSWERS), "phieu.xlsx")
    assert main(["approvals"]) == 1
    shown = capsys.readouterr().out
    assert "hong.xlsx" in shown
    assert "Đã ghi nhận quyết định" in shown
    assert main(["approvals"]) == 0
    capsys.readouterr()
    assert main(["audit", "--quick"]) == 0, capsys.readouterr().out
