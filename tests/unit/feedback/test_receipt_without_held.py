"""A receipt that holds back no locality says what was taken, and counts no zero."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chuyenhoa.feedback import render_receipt
from chuyenhoa.model.submissions import Finding, Receipt, Severity, SubmissionStatus
from tests.unit.feedback.test_receipt_answers import read_head

ASKED = Finding("D74", Severity.ERROR, "Ghi rõ tên mục.", "Biểu 1", ("E7",), "Biểu 1 E7")


@pytest.mark.parametrize(
    ("taken", "says"),
    [
        (("Phường Vĩnh Lạc",), "Đã ghi nhận 1 địa bàn (Phường Vĩnh Lạc), trừ nội dung nêu ở mục “Phải sửa”."),
        ((), "Đã ghi nhận phần thuyết minh, giải trình, trừ nội dung nêu ở mục “Phải sửa”."),
    ],
)
def test_nothing_is_said_of_no_locality(
    taken: tuple[str, ...], says: str, clean_receipt: Receipt, templates: Path
) -> None:
    receipt = replace(
        clean_receipt, status=SubmissionStatus.PARTLY_ACCEPTED, taken=taken, held=(), findings=(ASKED,)
    )
    head = read_head(render_receipt(receipt, templates))
    assert says in head
    assert " 0 địa bàn" not in head
