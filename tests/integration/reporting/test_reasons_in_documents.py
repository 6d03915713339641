"""The reasons of the districts stand in both reports, beside the figure that they explain and their file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chuyenhoa.model.evidence import JustifiedWarning, Source
from chuyenhoa.reporting import render_document
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from tests.integration.reporting.test_report_render import KINDS, read_lines

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"
REASON = "Bắt nhóm trộm xe máy, khai nhận thêm 07 vụ xảy ra năm 2020 & đã đối chiếu sổ thụ lý"
TITLE = "Giải trình số liệu khác thường"


@pytest.mark.parametrize(("kind", "period"), KINDS)
def test_a_reason_travels_to_the_office(snapshot_of: Callable[..., Snapshot], kind: str, period: str) -> None:
    figure = Source("S000001", "a" * 64, "bc.xlsx", "Số liệu", "E12")
    stated = Source("S000002", "b" * 64, "giai-trinh.xlsx", "Giải trình", "C9")
    entry = JustifiedWarning(
        "W02", "30745", "TTXH_LRC", "8", REASON, figure, stated, "Làm rõ nhiều hơn xảy ra"
    )
    template = (TEMPLATES / f"{kind}.docx").read_bytes()
    lines = read_lines(render_document(kind, template, snapshot_of(period, justifications=(entry,))))
    after = lines[lines.index(TITLE) :]
    for word in ("Phường Vĩnh Lạc", "làm rõ án cũ", "Làm rõ nhiều hơn xảy ra", REASON):
        assert any(word in line for line in after), word
    assert any("giai-trinh.xlsx" in line and "C9" in line for line in after)
    without = read_lines(render_document(kind, template, snapshot_of(period)))
    assert TITLE not in without
