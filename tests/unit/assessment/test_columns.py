"""Verdicts in columns are those of the exact engine, whatever the plan asks and the evidence holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment import columns, verdicts
from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.calendars import Window, same_window
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    CriteriaGroup,
    Criterion,
    DeclarationMeasure,
    Direction,
    Measure,
    ValueMeasure,
)
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import IndicatorKind, Plan
from chuyenhoa.model.results import InsufficiencyReason, LocalityResult, Verdict
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.criterion_entries import CRITERION
from tests.unit.assessment.building import (
    PLACE,
    SOURCE,
    criterion_of,
    declared,
    evidence_of,
    limit,
    ratio,
    terms,
    value,
)
from tests.unit.assessment.test_generated_plans import _criteria, _leaves

DAY = date(2021, 12, 14)
EDGE = 2**63 // 10_000
"""Near it a figure × 100 × 80 passes what 64 bits hold."""

_small = st.integers(0, 6).map(Decimal)
_huge = st.one_of(st.integers(EDGE - 3, EDGE + 3), st.integers(2**62 - 2, 2**63 + 2), st.just(10**20))
_money = st.decimals(-2, 99, places=3) | st.decimals(0, 10**15, places=2) | st.just(Decimal("0.00000000001"))
_values = st.one_of(st.none(), _small, _small, st.integers(-3, 120).map(Decimal), _huge.map(Decimal), _money)
_seldom_blank = st.integers(0, 20).map(lambda n: Decimal(n % 7) if n < 20 else None)
_divisors = st.sampled_from([1, 2, 3, 3, 7])
_said = st.builds(
    KnownDeclaration,
    st.sampled_from([None, *Answer, Answer.YES]),
    st.sampled_from(["", "  ", "1/KH", "1/KH"]),
    st.sampled_from([None, DAY, DAY]),
    st.just(""),
    st.just(SOURCE),
)
_absences = st.sampled_from(
    [(None, False)] * 8 + [(InsufficiencyReason.HELD_BY_FINDINGS, is_partial) for is_partial in (False, True)]
)


def evidence_about(
    criteria: Sequence[Criterion], values: st.SearchStrategy[Decimal | None], *, always: bool = False
) -> st.SearchStrategy[LocalityEvidence]:
    """What some locality may have sent on criteria; figures and declarations may be missing."""
    keys = columns.figures_in(criteria)
    plain: dict[Any, Any] = {
        key: st.builds(KnownFigure, values, st.just(SOURCE)) for key in keys if isinstance(key[1], Basis)
    }
    means: dict[Any, Any] = {
        key: st.builds(KnownFigure, values, st.just(SOURCE), divisor=_divisors)
        for key in keys
        if isinstance(key[1], Baseline)
    }
    said: dict[Any, Any] = {entry.code: _said for entry in criteria if entry.is_declared}
    none: dict[Any, Any] = {}

    def some(every: dict[Any, Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries(every) if always else st.fixed_dictionaries(none, optional=every)

    absences = st.just((None, False)) if always else _absences
    return st.builds(
        lambda figures, declared, absence, baselines: LocalityEvidence(
            "", figures, declared, absence[0], baselines, absence[1]
        ),
        some(plain),
        some(said),
        absences,
        some(means),
    )


_SAID = (Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)
_types = st.frozensets(st.integers(1, 4), min_size=1)


def around(plan: Plan, criteria: Sequence[Criterion], types: Sequence[frozenset[int]]) -> Plan:
    """A plan of these criteria alone, with a locality of each set of types."""
    like = plan.indicators[0]
    return replace(
        plan,
        criteria=tuple(criteria),
        guidance=(),
        groups=(CriteriaGroup("I", "g"), CriteriaGroup("II", "of no criterion")),
        localities=tuple(replace(PLACE, code=f"{n:05}", types=of) for n, of in enumerate(types)),
        indicators=tuple(replace(like, code=code) for code in "ABC"),
    )


def told(plan: Plan, evidence: Sequence[LocalityEvidence]) -> dict[str, LocalityEvidence]:
    return {
        entry.code: replace(known, locality=entry.code)
        for entry, known in zip(plan.localities, evidence, strict=True)
    }


def engine(plan: Plan, evidence: Mapping[str, LocalityEvidence]) -> list[LocalityResult]:
    return list(verdicts.assess_each(plan, evidence, DAY))


def assert_same(found: columns.Decided, expected: Sequence[LocalityResult]) -> None:
    table = {
        (entry.locality, code): verdict
        for entry in expected
        for code, verdict in [("", entry.verdict), *((r.criterion, r.verdict) for r in entry.criteria)]
    }
    assert found.verdicts() == table
    groups = [[columns.VERDICTS.index(group.verdict) for group in entry.groups] for entry in expected]
    assert found.group_codes.tolist() == groups
    assert sum(found.counts().values()) == len(table) - len(expected)


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[list[Criterion], list[frozenset[int]], list[LocalityEvidence]]:
    entries = draw(st.lists(_criteria(), min_size=1, max_size=2))
    criteria = [
        replace(CRITERION.read({**entry, "code": f"I.{n}"}), edition="2021.1")
        for n, entry in enumerate(entries, 1)
    ]
    evidence = draw(st.lists(evidence_about(criteria, _values), min_size=1, max_size=4))
    types = draw(st.lists(_types, min_size=len(evidence), max_size=len(evidence)))
    return criteria, types, evidence


@settings(max_examples=100)
@given(_worlds())
def test_columns_say_what_the_exact_engine_says(
    plan: Plan, world: tuple[list[Criterion], list[frozenset[int]], list[LocalityEvidence]]
) -> None:
    criteria, types, evidence = world
    wide = around(plan, criteria, types)
    known = told(wide, evidence)
    expected = engine(wide, known)
    assert_same(columns.decide(wide, known, DAY), expected)
    # What the columns decide themselves is right as well, and not only what the engine put right after them.
    codes = columns.verdict_codes(
        criteria, wide.localities, columns.columns_of(criteria, list(known.values()))
    )
    for row, entry in zip(codes.tolist(), expected, strict=True):
        for code, result in zip(row, entry.criteria, strict=True):
            assert code == columns.EXACT or columns.VERDICTS[code] is result.verdict


@settings(max_examples=80)
@given(_leaves, st.data())
def test_small_complete_figures_need_no_exact_engine(
    plan: Plan, entry: dict[str, Any], data: st.DataObject
) -> None:
    """Otherwise all could be left to the engine, and every comparison with it would hold."""
    base = {"code": "I.1", "group": "I", "title": "t", "legal_basis": "b", "status": "unverified"}
    bound = {"value": 1, "unit": "vụ", "direction": "at_least"}
    criterion = CRITERION.read(
        {**base, "measure": entry, "threshold": bound, "applies_to_types": [1], "by_type": []}
    )
    values = _small | st.decimals(0, 99, places=2)
    evidence = data.draw(st.lists(evidence_about([criterion], values, always=True), min_size=1, max_size=4))
    wide = around(plan, [criterion], [frozenset({1})] * len(evidence))
    found = columns.verdict_codes([criterion], wide.localities, columns.columns_of([criterion], evidence))
    for code, result in zip(found[:, 0], engine(wide, told(wide, evidence)), strict=True):
        assert (code == columns.EXACT) <= (result.verdict is Verdict.INSUFFICIENT)


def every_plan() -> list[Plan]:
    plans = Path(__file__).parents[3] / "plans"
    return [load_plan(plans, path.parent.name) for path in sorted(plans.glob("*/plan.yaml"))]


@pytest.mark.parametrize("whole", every_plan(), ids=lambda found: str(found.id))
@settings(max_examples=10)
@given(data=st.data())
def test_columns_say_the_same_of_every_plan_as_it_is(whole: Plan, data: st.DataObject) -> None:
    for milestone in whole.milestones:
        day = milestone.window.end
        usual = evidence_about(whole.criteria_on(day), _seldom_blank, always=True)
        three = data.draw(st.lists(usual, min_size=3, max_size=3))
        known = {
            entry.code: replace(three[n % 3], locality=entry.code) for n, entry in enumerate(whole.localities)
        }
        assert_same(columns.decide(whole, known, day), list(verdicts.assess_each(whole, known, day)))


def test_where_nobody_sent_anything_all_is_open(plan: Plan) -> None:
    day = plan.milestones[-1].window.end
    narrow = replace(plan, localities=plan.localities[:1])
    assert_same(columns.decide(narrow, {}, day), list(verdicts.assess_each(narrow, {}, day)))


def codes_of(measure: Measure, *evidence: LocalityEvidence) -> list[int]:
    criterion = criterion_of(measure)
    found = columns.verdict_codes(
        [criterion], [PLACE] * len(evidence), columns.columns_of([criterion], evidence)
    )
    return [int(code) for code in found[:, 0]]


def test_a_figure_is_exact_up_to_64_bits_and_left_to_the_engine_beyond() -> None:
    """80 % of all: part × 100 and 80 × total, the sums of both together below 2⁶³."""
    most = (2**63 - 1) // (2 * 100)
    measure = ratio("A", "B", limit(80))
    fits = evidence_of(f"A={most * 8 // 10} B={most}"), evidence_of(f"A={most * 8 // 10 + 1} B={most}")
    beyond = evidence_of(f"A=0 B={most + 1}")
    assert codes_of(measure, *fits, beyond) == [columns.NOT_MET, columns.MET, columns.EXACT]


@pytest.mark.parametrize("bound", ["1000000000000000000000000000000", "79.99999999999999999", "-1e30"])
def test_a_limit_beyond_64_bits_is_left_to_the_engine(bound: str) -> None:
    measure = ratio("A", "B", limit(bound))
    assert codes_of(measure, evidence_of("A=1 B=1"), evidence_of("A=0 B=1")) == [columns.EXACT] * 2


def test_a_limit_beside_decimals_may_pass_64_bits() -> None:
    """10¹⁸ whole ones are 10²⁰ hundredths."""
    measure = value("A", 10**18, Direction.AT_MOST)
    assert codes_of(measure, evidence_of("A=1.25"), evidence_of("A=0")) == [columns.MET] * 2


_APART = (
    *(value("A", 2, direction) for direction in Direction),
    *(CompareMeasure(terms("A"), terms("B baseline.A"), direction) for direction in Direction),
    *(ratio("A", "B -baseline.A", limit("33.5", way), nothing) for way in Direction for nothing in _SAID),
    *(
        ChangeMeasure(terms("A"), limit(number, way, unit), rises)
        for number in (0, 1, "33.5")
        for way in Direction
        for unit in ("percent", "vụ")
        for rises in (False, True)
    ),
)
_NOTHING = ratio("A", "B", limit(50), Verdict.NOT_APPLICABLE)
_TOGETHER = tuple(
    CombinedMeasure((_NOTHING, value("A", 2), value("B", 1)), at_least) for at_least in (None, 1, 2, 3)
) + tuple(CombinedMeasure((_NOTHING,), at_least) for at_least in (None, 1))


@pytest.mark.parametrize("measure", _APART + _TOGETHER, ids=str)
def test_every_measure_over_every_small_figure(measure: Measure) -> None:
    """No example is left to chance: zero, the limit itself and both of its sides are all in here."""
    told_of = [
        evidence_of(f"A={a} B={b} baseline.A={before} baseline.B=1")
        for a, b, before in product(("0", "1", "2", "1.5", "3"), ("0", "1", "3"), ("0", "1", "2", "3"))
    ]
    criterion = criterion_of(measure)
    for code, evidence in zip(codes_of(measure, *told_of), told_of, strict=True):
        verdict = verdicts.verdict_of(criterion, PLACE, evidence)
        if code == columns.EXACT:
            assert verdict is Verdict.INSUFFICIENT
        else:
            assert columns.VERDICTS[code] is verdict, evidence


def test_one_odd_cell_spoils_no_other() -> None:
    """A figure of eleven decimals cannot be counted in the parts of the others, which stay as they are."""
    odd = evidence_of("A=0.00000000001"), evidence_of("A=2.5"), evidence_of("A=3")
    assert codes_of(value("A", 3), *odd) == [columns.EXACT, columns.NOT_MET, columns.MET]


_INDICATOR_KINDS = st.tuples(st.sampled_from(IndicatorKind), st.booleans())
_mostly_known = st.one_of(_seldom_blank, _seldom_blank, _seldom_blank, _values)


def _split(plan: Plan, months: int) -> list[Any]:
    """The year's window in so many parts."""
    year = plan.milestones[-1]
    starts = [year.window.start + timedelta(days=30 * n) for n in range(months)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), year.window.end]
    return [
        replace(
            year,
            id=f"m{n}",
            is_milestone=False,
            window=Window(start, end),
            baseline=same_window(Window(start, end), 1),
        )
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


AB = ("A", Basis.CURRENT), ("B", Basis.CURRENT)


def monthly_columns(*texts: str) -> list[columns.Columns]:
    criterion = criterion_of(value("A B", 3))
    return [columns.columns_of([criterion], [evidence_of(text)]) for text in texts]


def test_months_of_different_decimals_add_up_and_too_large_ones_do_not(plan: Plan) -> None:
    indicators = around(plan, [], []).indicator_by_code
    found = columns.join_windows(indicators, AB, monthly_columns("A=0.5 B=1", "A=0.25 B=9223372036854775807"))
    assert (found.values[0, 0], found.parts[0]) == (3, 4)
    assert found.known[:, 0].tolist() == [True, False]


def test_nobody_and_nothing_asked_give_no_verdicts(plan: Plan) -> None:
    found = columns.decide(around(plan, [], [frozenset({1})]), {}, DAY)
    assert found.verdicts() == {("00000", ""): Verdict.NOT_APPLICABLE}
    assert columns.decide(around(plan, [], []), {}, DAY).verdicts() == {}


def test_there_is_no_floating_point_in_it() -> None:
    found = columns.columns_of([criterion_of(value("A", 3))], [evidence_of("A=0.1")])
    assert {found.values.dtype, found.answers.dtype} == {np.dtype(np.int64), np.dtype(np.int8)}
    assert (found.values[0, 0], found.parts) == (1, (10,))


@pytest.mark.parametrize("kind", [IndicatorKind.STOCK, IndicatorKind.DISTINCT])
def test_a_stock_is_that_of_its_day_and_households_reached_are_the_newest_count(
    plan: Plan, kind: IndicatorKind
) -> None:
    a, b, _ = around(plan, [], []).indicators
    indicators = {"A": replace(a, kind=kind, at_start=True), "B": replace(b, kind=kind, at_start=False)}
    found = columns.join_windows(indicators, AB, monthly_columns("A=1 B=1", "A=2 B=?", "A=3 B=3"))
    assert found.values[:, 0].tolist() == [1, 3]
    assert found.known.all()


def test_a_part_that_waits_for_guidance_leaves_the_whole_to_the_engine() -> None:
    parts = CombinedMeasure((value("A", 3), AwaitedMeasure()))
    assert codes_of(parts, evidence_of("A=1"), evidence_of("A=3")) == [columns.EXACT] * 2


def test_a_mean_stays_a_fraction() -> None:
    """10, 10 and 11 are 31/3: 10 is a fall against it and 11 is none; of 31/1 it would be one."""
    mean = Baseline(BaselineKind.AVERAGE, years=3)
    measure = ChangeMeasure(terms("A"), limit(0), against=mean)
    known = {("A", mean): KnownFigure(Decimal(31), SOURCE, divisor=3)}
    told_of = [replace(evidence_of(text), baselines=known) for text in ("A=10", "A=11")]
    assert codes_of(measure, *told_of) == [columns.MET, columns.NOT_MET]


def test_a_month_that_was_never_accepted_leaves_all_to_the_engine(plan: Plan) -> None:
    criteria = [criterion_of(value("A B", 3)), replace(criterion_of(DeclarationMeasure()), code="X.2")]
    whole = evidence_of("A=1 B=1", {"X.2": declared(Answer.YES, "1/KH", DAY)})
    held = replace(whole, absence=InsufficiencyReason.HELD_BY_FINDINGS)
    months = [columns.columns_of(criteria, [whole, known]) for known in (whole, held)]
    found = columns.join_windows(around(plan, [], []).indicator_by_code, AB, months)
    assert found.known.tolist() == [[True, False]] * 2
    assert found.answers.tolist() == [[columns.MET, columns.EXACT]]
    assert not found.absent.any()


def test_a_blank_sum_of_money_may_have_decimals(plan: Plan) -> None:
    measure = ValueMeasure(terms("A"), limit("2.5", Direction.EQUAL, "triệu đồng"))
    wide = around(plan, [replace(criterion_of(measure), group="I")], [frozenset({1})])
    known = told(wide, [evidence_of("A=?")])
    assert columns.decide(wide, known, DAY).verdicts()["00000", "X.1"] is Verdict.NOT_MET
    money = replace(wide, indicators=tuple(replace(entry, decimals=True) for entry in wide.indicators))
    assert columns.decide(money, known, DAY).verdicts()["00000", "X.1"] is Verdict.INSUFFICIENT


@pytest.mark.parametrize("applies_to", [frozenset({1}), frozenset({2})])
def test_the_verdict_alone_is_that_of_the_result(applies_to: frozenset[int]) -> None:
    criterion = replace(criterion_of(value("A", 3)), applies_to_types=applies_to)
    absent = LocalityEvidence(PLACE.code, absence=InsufficiencyReason.NOT_SUBMITTED)
    for known in (evidence_of("A=3"), evidence_of("A=?"), absent):
        result = verdicts.assess_criterion(criterion, PLACE, known, {"A": "vụ"})
        assert verdicts.verdict_of(criterion, PLACE, known) is result.verdict
