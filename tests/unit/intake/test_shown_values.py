"""A figure whose cell shows something else than it holds is asked, with both numbers."""

from __future__ import annotations

import pytest

from chuyenhoa.intake.values.shown_values import compare_with_shown
from chuyenhoa.model.finding_codes import Code


@pytest.mark.parametrize(
    ("value", "shown", "unit", "problem"),
    [
        (53000, "53", "hộ", Code.SHOWN_OTHERWISE),
        (2500, "2500 nghìn", "hộ", Code.SHOWN_OTHERWISE),
        (2500, "2500 vụ", "vụ", ""),
        (2500, "2500 vụ án", "vụ", ""),
        (12, "12 ₫", "triệu đồng", Code.SHOWN_OTHERWISE),
        (30.55, "30,6 triệu", "triệu đồng", ""),
        (0, "", "vụ", Code.HIDDEN_BY_FORMAT),
        (-5, "5", "vụ", Code.SHOWN_OTHERWISE),
        ("12", "", "vụ", Code.HIDDEN_BY_FORMAT),
        ("…", "", "vụ", ""),
        (0, "- vụ", "vụ", Code.SHOWN_OTHERWISE),
    ],
)
def test_both_are_compared(value: float | str, shown: str, unit: str, problem: str) -> None:
    reading = compare_with_shown(value, shown, unit, decimals=unit == "triệu đồng")
    assert reading.problem == problem
