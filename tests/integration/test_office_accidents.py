"""What goes wrong between approval and issue is told in the office's words and loses nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chuyenhoa.pipeline.publish import issuing
from chuyenhoa.pipeline.publish.approval_forms import take_forms
from chuyenhoa.pipeline.publish.drafts import DraftError
from chuyenhoa.pipeline.publish.handover import write_handover
from chuyenhoa.pipeline.publish.issuing import issue_documents, record_decision
from chuyenhoa.store.documents import DocumentState
from tests.integration.rehearsal import run_intake
from tests.integration.reporting.tracked import accept_all, plain, reject_all
from tests.integration.test_handover import home
from tests.integration.test_office_decisions import APPROVAL, draft, render, row, send_more, text_of
from tests.integration.test_office_forms import ANSWERS, drop, fill_form, form, take

__all__ = ["draft", "form", "home"]
LONG = "Phiếu duyệt báo cáo của Ban Chỉ đạo phòng, chống tội phạm, tệ nạn xã hội và xây dựng phong trào " * 3


def test_a_form_with_the_longest_name_that_fits_is_answered(form: Path, data_folder: Path) -> None:
    name = LONG.encode()[:245].decode(errors="ignore") + ".xlsx"
    drop(data_folder, fill_form(form, {**ANSWERS, "signer": ""}), name)
    (taken,) = take_forms()
    assert "họ tên người ký" in taken.answer
    assert list((data_folder / "office" / "inbox").iterdir()) == []
    kept = [path for path in (data_folder / "office" / "outbox").iterdir() if path.suffix == ".xlsx"]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o640], "a refused form still holds its code"


def test_a_death_between_approval_and_issue_is_made_good_by_the_next_pass(
    draft: str, form: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = fill_form(form, ANSWERS)
    drop(data_folder, content)

    def die(_: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "issue_documents", die)
        with pytest.raises(KeyboardInterrupt):
            take_forms()
    assert row(draft).state == DocumentState.APPROVED
    (taken,) = take_forms()
    assert taken.is_recorded
    assert "Đã phát hành" in taken.answer
    assert row(draft).state == DocumentState.ISSUED
    recorded, said = take(data_folder, content)
    assert not recorded
    assert "đã được dùng" in said


def test_what_blocks_the_issue_is_told_in_vietnamese(form: Path, home: Path, data_folder: Path) -> None:
    template = home / "templates" / "documents" / "bao_cao_so_ket.docx"
    template.write_bytes(template.read_bytes() + b" ")
    recorded, said = take(data_folder, fill_form(form, ANSWERS))
    assert recorded
    assert "mẫu Word của 2021-6t.bao_cao_so_ket.v1 đã thay đổi sau khi phê duyệt" in said
    assert "template" not in said
    (note,) = (data_folder / "office" / "drafts").rglob("CHUA-PHAT-HANH-*.txt")
    assert "mẫu Word" in note.read_text(encoding="utf-8")
    template.write_bytes(template.read_bytes()[:-1])
    assert len(issue_documents(["2021-6t.bao_cao_so_ket.v1"])) == 1
    assert not note.exists()


def test_figures_that_came_after_approval_block_the_issue_before_anybody_froze_them(
    draft: str, data_folder: Path
) -> None:
    record_decision([draft], APPROVAL)
    send_more(data_folder)
    run_intake()
    with pytest.raises(DraftError, match="figures changed after approval"):
        issue_documents([draft])
    assert row(draft).state == DocumentState.APPROVED


def test_figures_that_came_before_approval_leave_the_frozen_report_as_it_is(
    draft: str, data_folder: Path
) -> None:
    send_more(data_folder)
    run_intake()
    record_decision([draft], APPROVAL)
    assert len(issue_documents([draft])) == 1


def test_a_new_head_of_the_board_changes_no_issued_document(
    draft: str, request: pytest.FixtureRequest
) -> None:
    record_decision([draft], APPROVAL)
    issue_documents([draft])
    home: Path = request.getfixturevalue("home")
    plan = home / "plans" / "2021" / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    assert "Lâm Minh Thành" in text
    plan.write_text(text.replace("Lâm Minh Thành", "Trần Thị Mới"), encoding="utf-8")
    (verified,) = issuing.verify_documents()
    assert verified.fault == ""


def test_the_papers_of_an_issued_correction_carry_its_number_and_go_into_the_package(
    draft: str, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    record_decision([draft], APPROVAL)
    (first,) = issue_documents([draft])
    send_more(data_folder)
    newer = render()
    record_decision([newer], {**APPROVAL, "number": "16"})
    (second,) = issue_documents([newer])
    tracked = (data_folder / second.replace(".docx", "-theo-doi-thay-doi.docx")).read_bytes()
    assert accept_all(tracked) == plain((data_folder / second).read_bytes())
    assert reject_all(tracked) == plain((data_folder / first).read_bytes())
    assert "số 16 ngày 20 tháng 10 năm 2021" in text_of(
        data_folder / second.replace(".docx", "-noi-dung-thay-doi.docx")
    )
    write_handover("2021-6t")
    packed = data_folder / "office" / "handover" / "2021-6t" / "minh-chung" / "thay-doi"
    assert len(list(packed.iterdir())) == 2
