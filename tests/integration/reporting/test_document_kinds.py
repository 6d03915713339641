"""The list of documents: read strictly, frozen with the data, and what stands behind a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from chuyenhoa.reporting import RenderError, load_kinds, render_document
from chuyenhoa.reporting.papers.context import build_context, contract_of
from chuyenhoa.reporting.papers.kinds import KindError
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from tests.integration.reporting.conftest import TEMPLATES

Make = Callable[..., Snapshot]
ENTRY = (
    "bao_cao_khac:\n  title: Báo cáo\n  milestones: [annual]\n  about: province\n"
    "  goes_to: office\n  context: annual_report\n"
)


def write(folder: Path, text: str) -> Path:
    (folder / "documents").mkdir()
    (folder / "documents" / "documents.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- a", "entries by kind"),
        ("a: [", "cannot be read"),
        (ENTRY, "bao_cao_khac.*symbol"),
        (ENTRY.replace("annual]", "weekly]") + "  symbol: BC\n", "weekly"),
        (ENTRY.replace("province", "country") + "  symbol: BC\n", "country"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(KindError, match=named):
        load_kinds(write(tmp_path, text))


def test_a_missing_list_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(KindError, match=r"documents\.yaml"):
        load_kinds(tmp_path)


def test_a_new_document_on_a_known_context_needs_no_python(tmp_path: Path) -> None:
    kind = load_kinds(write(tmp_path, ENTRY + "  symbol: BC\n"))["bao_cao_khac"]
    assert (kind.title, kind.symbol, kind.context) == ("Báo cáo", "BC", "annual_report")


def test_every_kind_has_a_template_and_a_context() -> None:
    for kind in load_kinds().values():
        assert (TEMPLATES / f"{kind.name}.docx").exists()
        assert contract_of(kind.context)


def test_an_unknown_context_is_named() -> None:
    with pytest.raises(KindError, match="no context 'nothing'"):
        contract_of("nothing")


def test_the_symbol_is_that_of_the_day_of_freezing(snapshot_of: Make) -> None:
    snapshot = snapshot_of()
    issue = {"number": "7", "date": "2021-12-20", "signer": "A"}
    assert build_context("bao_cao_tong_ket", snapshot, issue)["number_line"] == "Số: 07/BC-BCĐ"
    kind = structs.replace(snapshot.documents["bao_cao_tong_ket"], symbol="TB-{board}")
    snapshot = replace(snapshot, documents={**snapshot.documents, "bao_cao_tong_ket": kind})
    assert build_context("bao_cao_tong_ket", snapshot, issue)["number_line"] == "Số: 07/TB-BCĐ"


def test_a_kind_that_the_snapshot_does_not_know_is_refused(snapshot_of: Make) -> None:
    with pytest.raises(RenderError, match="thu_moi: no such kind of document; there are "):
        render_document("thu_moi", b"", snapshot_of())
