"""The plan of 2021 holds what the seed and DESIGN.md 4 say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from chuyenhoa.model.criteria import AwaitedMeasure, CompareMeasure, Direction, RatioMeasure
from chuyenhoa.model.plan import IndicatorKind, Plan, Window
from chuyenhoa.plan.lint_warnings import PEOPLE, warn_of_kinds


def test_units_are_the_144_communes_of_2021(plan: Plan) -> None:
    assert len(plan.units) == 144
    assert Counter(unit.kind for unit in plan.units) == {"xã": 116, "phường": 18, "thị trấn": 10}
    assert len({unit.district_code for unit in plan.units}) == 15
    phu_quoc = {unit.valid_from for unit in plan.units if unit.district_code == "911"}
    assert phu_quoc == {date(2021, 3, 1)}


def test_fifteen_districts_report_sixteen_localities(plan: Plan) -> None:
    assert len(plan.submitters) == 15
    assert plan.submitter_by_code["899"].folder == "899-rach-gia"
    assert len(plan.localities) == 16
    counts = Counter(locality.submitter for locality in plan.localities)
    assert sum(count >= 2 for count in counts.values()) >= 3
    assert all(locality.status == "unverified" for locality in plan.localities)


def test_periods_and_deadlines(plan: Plan) -> None:
    half, year = plan.milestones
    assert (half.id, year.id) == ("2021-6t", "2021-nam")
    assert half.window == Window(date(2021, 4, 15), date(2021, 10, 14))
    assert half.window.days == 183
    assert year.window.days == 244
    assert year.deadline == date(2021, 12, 17)
    assert year.baseline == Window(date(2020, 4, 15), date(2020, 12, 14))
    assert "giả định" in half.assumption
    months = [period for period in plan.periods if period.id.startswith("2021-t")]
    assert [months[0].id, months[-1].id, len(months)] == ["2021-t05", "2021-t12", 8]
    assert months[0].window.start == half.window.start
    assert months[-1].window.end == year.window.end


def test_every_indicator_of_the_catalogue_has_a_unit(plan: Plan) -> None:
    codes = set(plan.indicator_by_code)
    assert {"TTXH_XR", "TTXH_RNT_KP", "TNGT_VU", "TNGT_CHET", "TNGT_BTH", "TGTB_TDC", "KDC_ATANTT"} <= codes
    assert all(indicator.unit for indicator in plan.indicators)
    assert {i.code for i in plan.indicators if i.decimals} == {"TTXH_TS", "CHAY_TS"}
    assert plan.indicator_by_code["DIEM_MT"].kind is IndicatorKind.STOCK


def test_criteria_are_those_of_the_sample_set(plan: Plan) -> None:
    assert [criterion.code for criterion in plan.criteria] == [
        *("I.1", "I.2", "II.1", "II.2", "II.3", "II.4", "II.5", "II.6", "II.7"),
        *("III.1", "III.2", "IV.1", "IV.2", "IV.3", "V.1", "V.2", "V.3", "VI.1"),
    ]
    strict = plan.criterion_by_code["II.7"].measure
    assert isinstance(strict, RatioMeasure)
    assert strict.threshold.direction is Direction.LESS_THAN
    households = plan.criterion_by_code["V.2"].measure
    assert isinstance(households, CompareMeasure)
    assert households.direction is Direction.EQUAL
    assert [c.code for c in plan.declared_criteria] == ["I.1", "I.2", "II.5", "V.3"]


def test_guidance_counts_from_its_date_on(plan: Plan) -> None:
    half, year = plan.milestones
    before = {c.code: c for c in plan.criteria_on(half.window.end)}
    after = {c.code: c for c in plan.criteria_on(year.window.end)}
    assert isinstance(before["VI.1"].measure, AwaitedMeasure)
    assert isinstance(after["VI.1"].measure, RatioMeasure)
    assert len(before) == len(after) == 18


def test_tasks_are_parts_three_and_four(plan: Plan) -> None:
    parts = Counter(task.part for task in plan.tasks)
    assert parts == {"III": 8, "IV": 13}
    by_code = {task.code: task for task in plan.tasks}
    assert by_code["III.3"].criteria == ("V.2",)
    assert by_code["III.4"].criteria == ("V.1",)


def test_the_board_signs_as_in_the_seed(plan: Plan) -> None:
    assert plan.board.signatory.capacity == "TRƯỞNG BAN"
    assert plan.board.signatory.office == "CHỦ TỊCH UBND TỈNH"
    assert plan.board.signatory.name == "Lâm Minh Thành"
    assert plan.board.recipients[-1] == "Lưu: VT, CA tỉnh, hvlv"
    assert len(plan.board.recipients) == 8


def test_every_flow_of_people_was_said_to_be_one(plan: Plan) -> None:
    """All are events (whoever is hurt twice counts twice) but the households reached, counted once."""
    assert list(warn_of_kinds(plan)) == []
    of_people = [entry for entry in plan.indicators if entry.unit in PEOPLE]
    assert [i.code for i in of_people if i.kind is IndicatorKind.DISTINCT] == ["HO_TT"]
    unsaid = tuple(replace(entry, counts_events=False) for entry in plan.indicators)
    said = list(warn_of_kinds(replace(plan, indicators=unsaid)))
    flows = [entry for entry in of_people if entry.kind is IndicatorKind.FLOW]
    assert [(what, code, path) for what, code, path, _ in said] == [
        ("indicator", entry.code, ("kind",)) for entry in flows
    ]
    assert said[0][3] == (
        f"indicator {flows[0].code} is a flow of {flows[0].unit}, summed over months;"
        " is each counted once (kind distinct), or each time (events in the column counts)?"
    )
    assert len(flows) == 16
