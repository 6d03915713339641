"""The set of documents of a milestone: which are produced, where they lie, and whom they wait for."""

from __future__ import annotations

from pathlib import Path

import pytest

from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.drafts import list_for_office
from chuyenhoa.pipeline.publish.rendering import check_drafts, freeze_snapshot, render_drafts
from chuyenhoa.pipeline.receive.workbooks import open_period
from chuyenhoa.store.documents import list_documents
from tests.integration.forms import fill
from tests.integration.prepared import once
from tests.integration.rehearsal import run_intake

FOLDER = "899-rach-gia"


@pytest.fixture
def documents(data_folder: Path) -> list[str]:
    """The drafts of the annual milestone on what one district sent."""

    def make() -> list[str]:
        open_period("2021-nam")
        blank = data_folder / "outbox" / FOLDER / f"BIEU-MAU-2021-nam-{FOLDER}.xlsx"
        (data_folder / "inbox" / FOLDER / "a.xlsx").write_bytes(fill(blank))
        run_intake()
        return render()

    return once(data_folder, "annual drafts", make)


def render() -> list[str]:
    return check_drafts(render_drafts(freeze_snapshot("2021-nam")))


def test_each_paper_lies_where_it_is_looked_for(documents: list[str], data_folder: Path) -> None:
    with open_context().store.reading() as session:
        paths = {row.id: row.draft_path for row in list_documents(session, "2021-nam")}
    assert set(documents) == set(paths)
    assert all((data_folder / path).is_file() for path in paths.values())
    drafts = "office/drafts/2021-nam"
    assert paths["2021-nam.bao_cao_tong_ket.v1"] == f"{drafts}/bao_cao_tong_ket-v1.docx"
    assert paths["2021-nam.phieu_danh_gia.30745.v1"] == f"{drafts}/ho-so/phieu_danh_gia-30745-v1.docx"
    own = f"outbox/{FOLDER}/DU-THAO-BAO-CAO-2021-nam-{FOLDER}-v1.docx"
    assert paths["2021-nam.du_thao_bao_cao_huyen.899.v1"] == own


def ask(documents: list[str]) -> set[str]:
    """The kinds that the office is asked about."""
    return {name.split(".")[1] for names in list_for_office(documents) for name in names}


def test_the_office_is_asked_about_official_documents_only(documents: list[str]) -> None:
    asked = ask(documents)
    assert asked >= {"bao_cao_tong_ket", "bao_cao_bo_cong_an"}
    assert not asked & {"phieu_danh_gia", "du_thao_bao_cao_huyen"}


def test_nobody_is_reminded_before_the_last_day_has_passed(
    documents: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fourteen districts sent nothing; on 12/10 they still have until 17/12."""
    assert "cong_van_don_doc" not in ask(documents)
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-12-17T23:59:00+07:00")
    assert "cong_van_don_doc" not in ask(render())
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-12-18T00:00:00+07:00")
    assert "cong_van_don_doc" in ask(render())


def test_what_a_district_writes_in_its_draft_stays(documents: list[str], data_folder: Path) -> None:
    path = data_folder / "outbox" / FOLDER / f"DU-THAO-BAO-CAO-2021-nam-{FOLDER}-v1.docx"
    path.write_bytes(b"changed by the district")
    assert render() == documents
    assert path.read_bytes() == b"changed by the district"
