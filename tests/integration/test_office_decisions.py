"""What the office decides is recorded once, bound to the bytes that it read, and only that is issued."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import docx
import pytest

from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.drafts import DraftError, describe_drafts, documents_awaiting, refusal_note
from chuyenhoa.pipeline.publish.issuing import check_decision, issue_documents, record_decision
from chuyenhoa.pipeline.publish.rendering import check_drafts, freeze_snapshot, render_drafts
from chuyenhoa.pipeline.receive.workbooks import open_period
from chuyenhoa.release.decision import DecisionError
from chuyenhoa.store.documents import DocumentState
from chuyenhoa.store.tables import DeliveryRow, DocumentRow
from tests.homes import copy_home
from tests.integration.forms import fill
from tests.integration.prepared import once
from tests.integration.rehearsal import run_intake

APPROVAL = {
    "chosen": "approve",
    "number": "7",
    "date": "20/10/2021",
    "signer": "Lâm Minh Thành",
    "comment": "",
    "by": "office",
}


@pytest.fixture
def draft(data_folder: Path) -> str:
    """The draft of the six-month report on what one district sent."""

    def make() -> str:
        open_period("2021-6t")
        folder = "899-rach-gia"
        blank = data_folder / "outbox" / folder / f"BIEU-MAU-2021-6t-{folder}.xlsx"
        (data_folder / "inbox" / folder / "a.xlsx").write_bytes(fill(blank))
        run_intake()
        return render()

    return once(data_folder, "six-month draft", make)


def render() -> str:
    drafts = check_drafts(render_drafts(freeze_snapshot("2021-6t")))
    return next(name for name in drafts if ".bao_cao_so_ket." in name)


def send_more(data: Path) -> None:
    folder = "900-ha-tien"
    blank = data / "outbox" / folder / f"BIEU-MAU-2021-6t-{folder}.xlsx"
    (data / "inbox" / folder / "b.xlsx").write_bytes(fill(blank))
    run_intake()


def row(document: str) -> DocumentRow:
    with open_context().store.reading() as session:
        return session.get_one(DocumentRow, document)


def text_of(path: Path) -> str:
    document = docx.Document(io.BytesIO(path.read_bytes()))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_an_approved_draft_is_issued_once_with_number_date_and_signer(draft: str, data_folder: Path) -> None:
    assert record_decision([draft], APPROVAL) == [draft]
    (path,) = issue_documents([draft])
    text = text_of(data_folder / path)
    assert "Số: 07/BC-BCĐ" in text
    assert "Kiên Giang, ngày 20 tháng 10 năm 2021" in text
    assert "TRƯỞNG BAN" in text
    assert "DỰ THẢO" not in text
    first = (data_folder / path).read_bytes()
    assert issue_documents([draft]) == [path]
    assert record_decision([draft], {**APPROVAL, "number": "99"}) == [draft]
    assert (data_folder / path).read_bytes() == first
    assert row(draft).issued_sha256 == hashlib.sha256(first).hexdigest()
    assert row(draft).decided_by == "office"
    assert documents_awaiting([draft]) == []


def test_whoever_else_signs_does_so_for_the_head(draft: str, data_folder: Path) -> None:
    record_decision([draft], {**APPROVAL, "signer": "Nguyễn Thị B"})
    (path,) = issue_documents([draft])
    text = text_of(data_folder / path)
    assert "KT. TRƯỞNG BAN" in text
    assert "PHÓ TRƯỞNG BAN" in text
    assert "CHỦ TỊCH UBND TỈNH" not in text


def test_a_returned_draft_may_be_put_to_the_office_again(draft: str) -> None:
    assert record_decision([draft], {"chosen": "return", "comment": "bổ sung", "by": "office"}) == []
    assert row(draft).state == DocumentState.RETURNED
    assert issue_documents([draft]) == []
    assert documents_awaiting([draft]) == [draft]
    assert record_decision([draft], APPROVAL) == [draft]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "số văn bản"),
        ({"number": "abc"}, "số văn bản"),
        ({"date": "31/02/2021"}, "ngày ban hành"),
        ({"signer": "  "}, "người ký"),
        ({"by": ""}, "ai quyết định"),
        ({"chosen": "perhaps"}, "không hợp lệ"),
        ({"chosen": "return"}, "lý do trả lại"),
    ],
)
def test_a_decision_with_something_missing_says_what(
    draft: str, data_folder: Path, changes: dict[str, str], said: str
) -> None:
    note = data_folder / refusal_note(row(draft).draft_path)
    with pytest.raises(DecisionError, match=said):
        check_decision([draft], {**APPROVAL, **changes})
    assert said in note.read_text(encoding="utf-8")
    assert draft in note.read_text(encoding="utf-8")
    with pytest.raises(DecisionError, match=said):
        record_decision([draft], {**APPROVAL, **changes})
    assert row(draft).state == DocumentState.DRAFT
    check_decision([draft], APPROVAL)
    assert not note.exists()


def test_a_number_may_carry_its_symbol_and_is_given_once(draft: str, data_folder: Path) -> None:
    record_decision([draft], {**APPROVAL, "number": "15/BC-BCĐ", "date": "2021-10-20"})
    assert row(draft).number == "15"
    issue_documents([draft])
    send_more(data_folder)
    newer = render()
    with pytest.raises(DecisionError, match="đã dùng cho văn bản"):
        record_decision([newer], {**APPROVAL, "number": "15"})
    assert record_decision([newer], {**APPROVAL, "number": "16"}) == [newer]


def test_newer_figures_after_approval_block_the_issue_and_free_the_number(
    draft: str, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_decision([draft], APPROVAL)
    send_more(data_folder)
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-19T09:00:00+07:00")
    freeze_snapshot("2021-6t")
    with pytest.raises(DraftError, match="figures changed after approval"):
        issue_documents([draft])
    newer = render()
    assert row(draft).state == DocumentState.SUPERSEDED
    assert issue_documents([draft]) == []
    assert record_decision([newer], APPROVAL) == [newer]
    assert len(issue_documents([newer])) == 1


@pytest.mark.parametrize("user", ["engineer", "admin", "Office"])
def test_only_an_account_of_the_office_decides(draft: str, user: str) -> None:
    for chosen in ("approve", "return"):
        answer = {**APPROVAL, "chosen": chosen, "comment": "x", "by": "office", "user": user}
        with pytest.raises(DecisionError, match="không thuộc văn phòng"):
            check_decision([draft], answer)
        with pytest.raises(DecisionError, match="không thuộc văn phòng"):
            record_decision([draft], answer)
    assert row(draft).state == DocumentState.DRAFT


def test_one_locality_and_criterion_is_returned_to_its_district(draft: str, data_folder: Path) -> None:
    answer = {"chosen": "return", "by": "office", "returns": "30745 II.2: đối chiếu lại <số vụ>"}
    with pytest.raises(DecisionError, match="Không có địa bàn mã '99999'"):
        record_decision([draft], {**answer, "returns": "99999 II.2: sai"})
    with pytest.raises(DecisionError, match=r"Không có tiêu chí mã 'X\.9'"):
        record_decision([draft], {**answer, "returns": "30745 X.9: sai"})
    with pytest.raises(DecisionError, match="chưa đủ mã địa bàn"):
        record_decision([draft], {**answer, "returns": "30745 thiếu lý do"})
    assert record_decision([draft], answer) == []
    assert row(draft).comment == "30745 II.2: đối chiếu lại <số vụ>"
    (notice,) = (data_folder / "outbox" / "899-rach-gia").glob("YEU-CAU-LAM-RO-*.html")
    text = notice.read_text(encoding="utf-8")
    assert "30745" in text
    assert "tiêu chí II.2" in text
    assert "đối chiếu lại &lt;số vụ&gt;" in text
    with open_context().store.reading() as session:
        (letter,) = session.query(DeliveryRow).filter_by(kind="remark")
    assert letter.recipient == "bcd.rach-gia@kiengiang.example"
    # Another district sends: nobody asked it, and what was asked is still to come.
    send_more(data_folder)
    newer = render()
    described = describe_drafts([newer])
    assert "văn phòng không yêu cầu" in described
    assert "chưa có số liệu mới: phường Vĩnh Lạc (30745)" in described.replace("Phường", "phường")
    # Now the one that was asked.
    blank = next((data_folder / "outbox" / "899-rach-gia").glob("BIEU-MAU-2021-6t-*.xlsx"))
    inbox = data_folder / "inbox" / "899-rach-gia" / "c.xlsx"
    inbox.write_bytes(fill(blank, {("30745", "TTXH_KP"): 16}))
    run_intake()
    assert "đã được yêu cầu làm rõ và có số liệu mới" in describe_drafts([render()])


def test_nothing_new_makes_no_new_draft(draft: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = row(draft)
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-13T09:00:00+07:00")
    assert render() == draft
    assert row(draft).draft_sha256 == before.draft_sha256


def test_new_figures_make_a_new_draft_and_close_the_old_one(draft: str, data_folder: Path) -> None:
    send_more(data_folder)
    newer = render()
    assert newer.endswith(".v2")
    assert row(draft).state == DocumentState.SUPERSEDED
    with pytest.raises(DecisionError, match="bản mới hơn"):
        record_decision([draft], APPROVAL)
    assert row(newer).draft_path in describe_drafts([newer])


def test_a_draft_that_was_changed_cannot_be_approved_or_issued(draft: str, data_folder: Path) -> None:
    path = data_folder / row(draft).draft_path
    original = path.read_bytes()
    path.write_bytes(original + b" ")
    with pytest.raises(DraftError, match="was changed"):
        record_decision([draft], APPROVAL)
    path.unlink()
    with pytest.raises(DraftError, match="is missing"):
        check_drafts([draft])
    assert render() == draft
    assert path.read_bytes() == original
    record_decision([draft], APPROVAL)
    path.write_bytes(original + b" ")
    with pytest.raises(DraftError, match="was changed"):
        issue_documents([draft])


def test_a_template_that_changed_after_approval_blocks_the_issue(
    draft: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_decision([draft], APPROVAL)
    home = copy_home(root, tmp_path / "home")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    template = home / "templates" / "documents" / "bao_cao_so_ket.docx"
    document = docx.Document(str(template))
    document.add_paragraph("Thêm một dòng")
    document.save(str(template))
    with pytest.raises(DraftError, match="template changed after approval"):
        issue_documents([draft])
