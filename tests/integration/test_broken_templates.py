"""A broken template stops its own document, with a message that names it; the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from chuyenhoa.pipeline.publish.drafts import ERRORS_NOTE, DraftError, list_draft_errors
from chuyenhoa.pipeline.publish.rendering import (
    check_completeness,
    check_drafts,
    freeze_snapshot,
    render_drafts,
)
from tests.homes import copy_home
from tests.integration.reporting.word_edits import WordFile
from tests.stores import new_data

ROOT = Path(__file__).resolve().parents[2]
BROKEN = "bao_cao_bo_cong_an"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_home(ROOT, tmp_path / "home")
    monkeypatch.setenv("CHUYENHOA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CHUYENHOA_DATA", str(new_data(tmp_path / "data")))
    monkeypatch.delenv("CHUYENHOA_STORE", raising=False)
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-12-18T08:00:00+07:00")
    return tmp_path / "home"


def edit(home: Path, kind: str, old: str, new: str) -> None:
    path = home / "templates" / "documents" / f"{kind}.docx"
    file = WordFile(path.read_bytes())
    file.replace(old, new)
    path.write_bytes(file.bytes())


def test_a_broken_template_stops_its_own_document_only(home: Path, tmp_path: Path) -> None:
    snapshot = freeze_snapshot("2021-nam")
    sound = check_drafts(render_drafts(snapshot))
    assert f"2021-nam.{BROKEN}.v1" in sound
    note = tmp_path / "data" / "office" / "drafts" / "2021-nam" / ERRORS_NOTE
    assert not note.exists()
    assert check_completeness(snapshot, sound) == len(sound)

    edit(home, BROKEN, "{{ subject }}", "{{ subjekt }}")
    names = check_drafts(render_drafts(snapshot))
    assert set(names) == {name for name in sound if BROKEN not in name}
    (fault,) = list_draft_errors("2021-nam")
    assert f"2021-nam.{BROKEN}" in fault
    assert "lỗi, đoạn 13 “{{ subjekt }}”: không có trường subjekt; có phải là subject?" in fault
    assert "Báo cáo Bộ Công an" in fault
    with pytest.raises(
        DraftError, match=rf"^2021-nam: 1 .* missing: 2021-nam\.{BROKEN}\n- .*không có trường"
    ):
        check_completeness(snapshot, names)
    assert "văn bản khác không bị ảnh hưởng" in note.read_text(encoding="utf-8").lower()

    edit(home, BROKEN, "{{ subjekt }}", "{{ subject }}")
    mended = check_drafts(render_drafts(snapshot))
    assert {name.rpartition(".v")[0] for name in mended} == {name.rpartition(".v")[0] for name in sound}
    assert not note.exists()
    assert check_completeness(snapshot, mended) == len(mended)


def test_the_gate_names_every_document_that_is_missing(home: Path) -> None:
    """Whatever was lost on the way, and nothing was noted of it."""
    snapshot = freeze_snapshot("2021-nam")
    sound = check_drafts(render_drafts(snapshot))
    for step in (1, 2, 7):
        lost = sound[::step]
        with pytest.raises(DraftError) as failed:
            check_completeness(snapshot, [name for name in sound if name not in lost])
        named = str(failed.value).partition("missing: ")[2].split(", ")
        assert named == sorted(name.rpartition(".v")[0] for name in lost)


def test_a_draft_against_the_decree_is_held_back_alone(home: Path) -> None:
    edit(home, BROKEN, "Độc lập - Tự do - Hạnh phúc", "Độc lập – Tự do – Hạnh phúc")
    rendered = render_drafts(freeze_snapshot("2021-nam"))
    sound = check_drafts(rendered)
    assert [name for name in rendered if name not in sound] == [f"2021-nam.{BROKEN}.v1"]
    (fault,) = list_draft_errors("2021-nam")
    assert "Tiêu ngữ" in fault


def test_a_missing_template_is_told(home: Path) -> None:
    (home / "templates" / "documents" / f"{BROKEN}.docx").unlink()
    assert render_drafts(freeze_snapshot("2021-nam"))
    (fault,) = list_draft_errors("2021-nam")
    assert f"thiếu tệp mẫu {BROKEN}.docx" in fault


def test_a_fault_that_only_data_bring_out_is_told_with_its_paragraph(home: Path) -> None:
    edit(home, BROKEN, "{{ subject }}", "{{ subject }}{{ subject + 1 }}")
    render_drafts(freeze_snapshot("2021-nam"))
    (fault,) = list_draft_errors("2021-nam")
    assert "đoạn 13 “{{ subject }}{{ subject + 1 }}”: không thực hiện được thẻ" in fault


def test_when_nothing_can_be_rendered_the_run_stops(home: Path) -> None:
    for path in (home / "templates" / "documents").glob("*.docx"):
        path.unlink()
    with pytest.raises(DraftError, match=f"{BROKEN}.docx"):
        render_drafts(freeze_snapshot("2021-nam"))
