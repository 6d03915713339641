"""Percentages that a table states are held against its figures and never read as one."""

from __future__ import annotations

import pytest

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, SubmissionStatus
from chuyenhoa.pipeline.receive.decide import judge
from tests.unit.intake.handmade import TITLES, Grid, book, codes, read, values


def crimes(
    plan: Plan, share: object, head: str = "Tỷ lệ khám phá (%)", happened: int = 9494, cleared: int = 8661
) -> Reading:
    grid: Grid = (
        *TITLES,
        ["TT", "Địa bàn", "Phạm pháp hình sự", "", ""],
        ["", "", "Xảy ra", "Khám phá", head],
        [1, "Phường Vĩnh Lạc", happened, cleared, share],
    )
    return read(book({"Biểu 1": grid}), plan)


@pytest.mark.parametrize("share", ["91,23%", "91.23", 91.23, 91.2, "91,3", 0.9123])
def test_a_percentage_within_a_tenth_of_a_point_is_no_matter(share: object, plan: Plan) -> None:
    reading = crimes(plan, share)
    assert codes(reading) == []
    assert values(reading) == {("30745", "TTXH_XR"): 9494, ("30745", "TTXH_KP"): 8661}
    (told,) = [entry for entry in reading.normalisations if "tính lại" in entry.why]
    assert (told.cell_ref.cell, told.after) == ("E9", "91,23%")


@pytest.mark.parametrize("share", ["91,34%", 91.1, 100, "9,1"])
def test_one_further_off_waits_for_a_reason(share: object, plan: Plan) -> None:
    reading = crimes(plan, share)
    assert codes(reading) == ["W26"]
    (finding,) = [entry for entry in reading.findings if entry.rule_id == "W26"]
    assert (finding.cell, finding.locality, finding.needs_reason) == ("E9", "30745", True)
    assert "91,23%" in finding.message
    assert judge(reading, reading.findings)[0] is SubmissionStatus.RETURNED


def test_a_percentage_that_was_cut_off_is_told(plan: Plan) -> None:
    reading = crimes(plan, "91,22%", happened=949_416, cleared=866_140)
    (told,) = [entry for entry in reading.normalisations if "tính lại" in entry.why]
    assert (told.before, told.after) == ("91,22%", "91,23%")
    assert "bị cắt bớt" in told.why
    assert codes(reading) == []


@pytest.mark.parametrize("head", ["Tỷ lệ (%)", "%", "Tỉ lệ khám phá", "Tỷ lệ điều tra, khám phá đạt (%)"])
def test_the_numerator_is_named_or_stands_before(head: str, plan: Plan) -> None:
    assert codes(crimes(plan, 50, head)) == ["W26"]


@pytest.mark.parametrize("head", ["Tỷ lệ tăng, giảm (%)", "So sánh (%)", "Tỷ lệ dân số (%)"])
def test_other_percentages_are_left_alone(head: str, plan: Plan) -> None:
    assert codes(crimes(plan, 50, head)) == []


def test_what_was_to_be_settled_is_worked_out_of_three_figures(plan: Plan) -> None:
    head = ["Tồn kỳ trước", "Tiếp nhận mới", "Chuyển cơ quan khác", "Đã giải quyết", "Tỷ lệ giải quyết (%)"]
    grid: Grid = (
        *TITLES,
        ["TT", "Địa bàn", "Công tác giải quyết tin báo", "", "", "", ""],
        ["", "", *head],
        [1, "P. Vĩnh Lạc", 2, 30, 0, 28, 87.5],
        [2, "P. Rạch Sỏi", 1, 20, 1, 20, 95.2],
    )
    reading = read(book({"Biểu 1": grid}), plan)
    assert [(f.rule_id, f.cell) for f in reading.findings if f.rule_id == "W26"] == [("W26", "G10")]


def test_nothing_is_said_where_a_figure_is_missing(plan: Plan) -> None:
    grid: Grid = (
        *TITLES,
        ["TT", "Địa bàn", "Tội phạm TTXH khám phá", "Tỷ lệ khám phá (%)"],
        [1, "P. Vĩnh Lạc", 8, 80],
    )
    assert codes(read(book({"Biểu 1": grid}), plan)) == []
