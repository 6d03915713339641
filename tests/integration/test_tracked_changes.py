"""Tracked changes in the eyes of LibreOffice: all accepted is the new report, all rejected the old one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chuyenhoa.kit.docx_redline import redline_document
from chuyenhoa.model.figures import Basis
from chuyenhoa.plan import load_plan
from chuyenhoa.reporting import build_snapshot, render_document
from tests.integration.libreoffice import ChangeReader
from tests.integration.reporting.conftest import ROOT, TEMPLATES, make_milestone


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> ChangeReader:
    return ChangeReader(tmp_path_factory.mktemp("changes"))


def render(figures: dict[tuple[str, str, Basis], int | None]) -> bytes:
    plan = load_plan(ROOT / "plans", "2021")
    snapshot = build_snapshot(make_milestone(plan, "2021-nam", figures=figures))
    template = Path(TEMPLATES / "bao_cao_tong_ket.docx").read_bytes()
    return render_document("bao_cao_tong_ket", template, snapshot)


def test_libreoffice_accepts_and_rejects_the_changes_of_a_report(reader: ChangeReader) -> None:
    first = render({})
    second = render({("30754", "TTXH_XR", Basis.CURRENT): 1, ("30841", "DIEM_MT", Basis.CURRENT): 3})
    copy = redline_document(first, second, "Ban Chỉ đạo tỉnh", datetime(2021, 12, 21, tzinfo=UTC))
    old, new = reader.read(first), reader.read(second)
    assert old != new
    assert len(new) > 200
    assert reader.read(copy, "AcceptAllTrackedChanges") == new
    assert reader.read(copy, "RejectAllTrackedChanges") == old
