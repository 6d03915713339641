"""Cases of a plan are run by the engine: no limit, direction or term can be changed that they do not see."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.model.criteria import (
    CombinedMeasure,
    CompareMeasure,
    Criterion,
    Direction,
    RatioMeasure,
    Threshold,
    ValueMeasure,
    leaves_of,
)
from chuyenhoa.pipeline.plan_check import run_table
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.cases import CaseTable, load_case_tables, load_samples
from tests.conftest import ROOT

PLAN = load_plan(ROOT / "plans", "2021")
UNITS = {indicator.code: indicator.unit for indicator in PLAN.indicators}
TABLES = load_case_tables(ROOT / "plans", "2021", PLAN.criteria_on(PLAN.milestones[-1].window.end))
SAMPLES = load_samples(ROOT / "plans")
LIMITED = [
    table
    for table in TABLES
    if hasattr(table.criterion.measure, "threshold") and table.criterion.measure.threshold.value
]
COMPARED = [table for table in TABLES if isinstance(table.criterion.measure, RatioMeasure | CompareMeasure)]
values = st.decimals(0, 200, allow_nan=False, allow_infinity=False, places=3)


def said(table: CaseTable, criterion: Criterion) -> list[str]:
    return [problem.text for problem in run_table(replace(table, criterion=criterion), UNITS)]


@pytest.mark.parametrize(
    "table", [*TABLES, *SAMPLES], ids=lambda table: f"{table.criterion.code}{table.kind}"
)
def test_the_shipped_cases_hold(table: CaseTable) -> None:
    assert said(table, table.criterion) == []


@given(table=st.sampled_from(LIMITED), value=values)
def test_no_limit_can_be_changed_unseen(table: CaseTable, value: Decimal) -> None:
    """However little: no case lies between 80 and 79.997, and the one on the limit is there no more."""
    measure = table.criterion.measure
    assert isinstance(measure, RatioMeasure | ValueMeasure)
    limit = replace(measure.threshold, value=value)
    changed = replace(table.criterion, measure=replace(measure, threshold=limit))
    assert bool(said(table, changed)) is (value != measure.threshold.value)


@given(table=st.sampled_from(COMPARED), direction=st.sampled_from(Direction))
def test_no_direction_can_be_changed_unseen(table: CaseTable, direction: Direction) -> None:
    measure = table.criterion.measure
    if isinstance(measure, CompareMeasure):
        changed, before = replace(measure, direction=direction), measure.direction
        assert bool(said(table, replace(table.criterion, measure=changed))) is (direction is not before)
    elif isinstance(measure, RatioMeasure):
        limit = replace(measure.threshold, direction=direction)
        turned = replace(table.criterion, measure=replace(measure, threshold=limit))
        assert bool(said(table, turned)) is (direction is not measure.threshold.direction)


@given(st.data())
def test_no_part_can_be_left_out_unseen(data: st.DataObject) -> None:
    table = data.draw(
        st.sampled_from([t for t in TABLES if isinstance(t.criterion.measure, CombinedMeasure)])
    )
    measure = table.criterion.measure
    assert isinstance(measure, CombinedMeasure)
    left_out = data.draw(st.integers(0, len(measure.parts) - 1))
    parts = tuple(part for number, part in enumerate(measure.parts) if number != left_out)
    assert said(table, replace(table.criterion, measure=replace(measure, parts=parts)))
    assert len(leaves_of(measure)) > 1


def test_one_case_is_told_in_full_and_the_others_by_their_lines() -> None:
    table = next(table for table in TABLES if table.criterion.code == "II.2")
    measure = table.criterion.measure
    assert isinstance(measure, RatioMeasure)
    limit = Threshold(Decimal(8000), "percent", Direction.AT_LEAST)
    changed = replace(table.criterion, measure=replace(measure, threshold=limit))
    (text,) = said(table, changed)
    assert text.startswith("cases: II.2, case `at` with TTXH_KP=80 TTXH_XR=100: verdict is 'not_met'")
    assert text.endswith("also the cases of line 43, 45; correct criterion or cases")
