"""A new version of an issued document comes with what changed, why, and Word's own tracked changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.drafts import DraftError, describe_drafts
from chuyenhoa.pipeline.publish.issuing import issue_documents, record_decision
from chuyenhoa.pipeline.publish.rendering import check_completeness
from chuyenhoa.store.documents import DocumentState
from tests.integration.reporting.tracked import accept_all, plain, reject_all
from tests.integration.test_later_files import FOLDER, TWO, edited, only_cells, send
from tests.integration.test_office_decisions import APPROVAL, draft, render, row, send_more, text_of

__all__ = ["draft"]
PAPERS = ("noi-dung-thay-doi", "theo-doi-thay-doi")


def papers(data: Path, document: str) -> list[Path]:
    path = data / row(document).draft_path
    return [path.with_name(f"{path.stem}-{suffix}.docx") for suffix in PAPERS]


@pytest.fixture
def corrected(draft: str, data_folder: Path) -> str:
    """The second draft, after the first was issued and one more district sent its figures."""
    record_decision([draft], APPROVAL)
    issue_documents([draft])
    assert not any(path.exists() for path in papers(data_folder, draft))
    send_more(data_folder)
    return render()


def test_the_list_of_changes_names_files_figures_and_localities(corrected: str, data_folder: Path) -> None:
    listing, _ = papers(data_folder, corrected)
    text = text_of(listing)
    assert "Báo cáo sơ kết 06 tháng, kỳ 06 tháng năm 2021, bản lần 2" in text
    assert "Bản đã ban hành: số 07 ngày 20 tháng 10 năm 2021, lần 1;" in text
    assert "Có 01 tệp báo cáo nhận sau khi chốt số liệu của bản đã ban hành." in text
    assert "b.xlsx" in text
    assert "Phường Bình San" in text
    assert "tệp “b.xlsx” (S000002), sheet “Số liệu”, ô " in text
    assert "Phường Vĩnh Lạc" not in text, "a locality whose figures stayed is not listed"


def test_a_new_version_without_its_list_of_changes_is_not_complete(corrected: str, data_folder: Path) -> None:
    listing, _ = papers(data_folder, corrected)
    assert check_completeness(row(corrected).snapshot, [corrected]) == 1
    listing.unlink()
    with pytest.raises(DraftError, match=rf"missing: {corrected} \(bang_ke_thay_doi\)"):
        check_completeness(row(corrected).snapshot, [corrected])


def test_the_list_of_changes_says_what_was_withdrawn(draft: str, data_folder: Path) -> None:
    record_decision([draft], APPROVAL)
    issue_documents([draft])
    whole = (data_folder / "outbox" / FOLDER / f"BIEU-MAU-2021-6t-{FOLDER}.xlsx").read_bytes()
    send(data_folder, {"rut.xlsx": edited(whole, only_cells({(TWO, "DIEM_MT"): "xóa"}))})
    second = render()
    listing, _ = papers(data_folder, second)
    text = text_of(listing)
    assert "đã rút số liệu" in text
    assert "tệp “rut.xlsx” (S000002), sheet “Số liệu”, ô " in text
    assert "chưa có số liệu" not in text
    report = text_of(data_folder / row(second).draft_path)
    assert "III.2 (đơn vị đã rút số liệu)" in report


def test_the_tracked_copy_leads_from_the_issued_version_to_the_draft(
    corrected: str, data_folder: Path
) -> None:
    _, tracked = papers(data_folder, corrected)
    issued = next(document for document in issued_paths() if document.endswith("v1.docx"))
    assert accept_all(tracked.read_bytes()) == plain((data_folder / row(corrected).draft_path).read_bytes())
    assert reject_all(tracked.read_bytes()) == plain((data_folder / issued).read_bytes())


def issued_paths() -> list[str]:
    from chuyenhoa.store.documents import list_documents

    with open_context().store.reading() as session:
        return [r.issued_path for r in list_documents(session) if r.state == DocumentState.ISSUED]


def test_the_office_is_told_of_both_papers(corrected: str, data_folder: Path) -> None:
    description = describe_drafts([corrected])
    for path in papers(data_folder, corrected):
        assert str(path.relative_to(data_folder)) in description


def test_equal_data_make_no_new_version(draft: str, data_folder: Path) -> None:
    record_decision([draft], APPROVAL)
    issue_documents([draft])
    assert render() == draft
    assert not any(path.exists() for path in papers(data_folder, draft))


def test_a_lost_issued_file_costs_only_the_tracked_copy(
    draft: str, data_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record_decision([draft], APPROVAL)
    (path,) = issue_documents([draft])
    (data_folder / path).unlink()
    send_more(data_folder)
    listing, tracked = papers(data_folder, render())
    assert listing.exists()
    assert not tracked.exists()
    assert "no copy with tracked changes" in caplog.text
