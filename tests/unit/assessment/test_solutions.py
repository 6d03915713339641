"""The solver against trying every number, and the limit of its work."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment.linear import (
    ALWAYS,
    NEVER,
    Condition,
    Formula,
    Linear,
    Some,
    Unknown,
    every,
    is_negative,
    is_positive,
    is_zero,
    some,
    unknowns_of,
    with_other,
)
from chuyenhoa.assessment.numbers import Number
from chuyenhoa.assessment.solutions import LimitReachedError, Work, have_solution, may_hold

X, Y, Z = (Unknown(name, "current") for name in "XYZ")
MONEY = Unknown("M", "current", whole=False)
PLENTY = 100_000

Point = dict[Unknown, Number]


def _sum(constant: int, **multiples: int) -> Linear:
    named = {"X": X, "Y": Y, "Z": Z, "M": MONEY}
    return Linear(constant, {named[name]: multiple for name, multiple in multiples.items()})


def _holds(formula: Formula, point: Point) -> bool:
    if isinstance(formula, Some):
        return sum(_holds(part, point) for part in formula.parts) >= formula.count
    value = formula.sum.constant + sum(m * point[u] for u, m in formula.sum.multiples.items())
    return value > 0 if formula.strict else value >= 0


def _some_point(formula: Formula, values: dict[Unknown, list[Number]]) -> bool:
    return any(_holds(formula, dict(zip(values, point, strict=True))) for point in product(*values.values()))


_rooms = st.integers(0, 6)
_multiples = st.sampled_from([-13, -11, -7, -5, -3, -2, -1, 1, 2, 3, 4, 6, 9, 11, 100])


@st.composite
def _conditions(draw: st.DrawFn, unknowns: list[Unknown]) -> Condition:
    named = draw(st.lists(st.sampled_from(unknowns), min_size=1, unique=True))
    multiples = {unknown: draw(_multiples) for unknown in named}
    return Condition(Linear(draw(st.integers(-30, 30)), multiples), draw(st.booleans()))


@st.composite
def _systems(draw: st.DrawFn) -> tuple[list[Unknown], list[Condition]]:
    """Up to four bounded whole unknowns with a few conditions, every now and then an equality."""
    names = draw(st.lists(st.sampled_from("XYZW"), min_size=1, max_size=4, unique=True))
    unknowns = [Unknown(name, "current", room=draw(_rooms)) for name in names]
    found = draw(st.lists(_conditions(unknowns), min_size=1, max_size=4))
    if draw(st.booleans()):
        found += is_zero(draw(_conditions(unknowns)).sum)
    return unknowns, found


@settings(max_examples=500)
@given(_systems())
def test_whole_numbers_solve_conditions_exactly_where_some_do(
    system: tuple[list[Unknown], list[Condition]],
) -> None:
    unknowns, conditions = system
    values: dict[Unknown, list[Number]] = {u: list(range(int(u.room or 0) + 1)) for u in unknowns}
    expected = any(
        all(_holds(condition, dict(zip(values, point, strict=True))) for condition in conditions)
        for point in product(*values.values())
    )
    assert have_solution(conditions, Work(PLENTY)) is expected


@st.composite
def _formulas(draw: st.DrawFn, unknowns: list[Unknown], depth: int = 2) -> Formula:
    if depth == 0 or draw(st.booleans()):
        return draw(_conditions(unknowns))
    parts = draw(st.lists(_formulas(unknowns, depth - 1), min_size=1, max_size=4))
    return Some(draw(st.integers(0, len(parts) + 1)), tuple(parts))


@settings(max_examples=300)
@given(st.data(), st.lists(_rooms, min_size=3, max_size=3))
def test_formulas_hold_exactly_where_some_numbers_make_them_so(data: st.DataObject, rooms: list[int]) -> None:
    unknowns = [Unknown(name, "current", room=room) for name, room in zip("XYZ", rooms, strict=True)]
    formula = data.draw(_formulas(unknowns))
    values: dict[Unknown, list[Number]] = {u: list(range(int(u.room or 0) + 1)) for u in unknowns}
    expected = _some_point(formula, values)
    work = Work(PLENTY)
    assert may_hold(formula, work) is expected
    assert not work.is_exhausted
    folded = some(1, [every([formula])])
    assert may_hold(folded, Work(PLENTY)) is expected
    if folded in (ALWAYS, NEVER):
        assert expected is (folded == ALWAYS)


@settings(max_examples=200)
@given(st.data(), _rooms)
def test_two_values_of_one_unknown_are_two_unknowns(data: st.DataObject, room: int) -> None:
    unknowns = [Unknown("X", "current", room=room), Unknown("Y", "current", room=4)]
    formula = data.draw(_formulas(unknowns, 1))
    other = with_other(formula, unknowns[0])
    assert may_hold(every([formula, other]), Work(PLENTY)) is may_hold(formula, Work(PLENTY))
    assert (unknowns[0] in unknowns_of(other)) is False
    assert unknowns_of(formula) - {unknowns[0]} == unknowns_of(other) & set(unknowns)


@settings(max_examples=200)
@given(st.lists(_conditions([MONEY, X]), min_size=1, max_size=3), _rooms)
def test_money_lies_between_whole_numbers_and_cases_do_not(conditions: list[Condition], room: int) -> None:
    """By trying every number of cases; for each the conditions leave an interval of money."""
    conditions = [*conditions, Condition(Linear(room, {X: -1}))]

    def leaves_money(cases: int) -> bool:
        low, high, is_low_open, is_high_open = Fraction(0), None, False, False
        for condition in conditions:
            slope = Fraction(condition.sum.multiples.get(MONEY, 0))
            rest = condition.sum.constant + cases * Fraction(condition.sum.multiples.get(X, 0))
            if not slope:
                if not (rest > 0 if condition.strict else rest >= 0):
                    return False
            elif slope > 0:
                low, is_low_open = max((low, is_low_open), (-rest / slope, condition.strict))
            elif high is None or (-rest / slope, not condition.strict) < (high, not is_high_open):
                high, is_high_open = -rest / slope, condition.strict
        return high is None or low < high or (low == high and not is_low_open and not is_high_open)

    expected = any(leaves_money(cases) for cases in range(room + 1))
    assert have_solution(conditions, Work(PLENTY)) is expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        # No outcome may hang on half a case.
        (is_zero(_sum(-1, X=2)), False),
        (is_zero(_sum(-1, M=2)), True),
        ((*is_positive(_sum(0, X=1)), *is_negative(_sum(-1, X=1))), False),
        ((*is_positive(_sum(0, M=1)), *is_negative(_sum(-1, M=1))), True),
        # 6x - 4y is never 3, whatever the two are, nor is it between 2 and 4.
        (is_zero(_sum(-3, X=6, Y=-4)), False),
        ((*is_positive(_sum(-2, X=6, Y=-4)), *is_negative(_sum(-4, X=6, Y=-4))), False),
        # 3x + 5y = 7 has no solution of zero or more; 3x + 5y = 8 has one, and 3x - 5y = 7 many.
        (is_zero(_sum(-7, X=3, Y=5)), False),
        (is_zero(_sum(-8, X=3, Y=5)), True),
        (is_zero(_sum(-7, X=3, Y=-5)), True),
        # Pugh's example: 27 <= 11x + 13y <= 45 and -10 <= 7x - 9y <= 4 have fractions and no whole numbers.
        (
            (
                Condition(_sum(-27, X=11, Y=13)),
                Condition(_sum(45, X=-11, Y=-13)),
                Condition(_sum(10, X=7, Y=-9)),
                Condition(_sum(4, X=-7, Y=9)),
            ),
            False,
        ),
        # The second look finds x = 3, y = 0, and x = 0, y = 5, which do not lie on a bound.
        ((Condition(_sum(-26, X=9, Y=7)), Condition(_sum(35, X=-11, Y=-13))), True),
        (
            (
                Condition(_sum(-15, X=4, Y=9)),
                Condition(_sum(-18, X=-13, Y=4)),
                Condition(_sum(25, X=-13, Y=-5)),
            ),
            True,
        ),
        (is_zero(_sum(1, X=1, M=-1)), True),
        # Money and cases that stand in all conditions alike are not one unknown.
        (is_zero(_sum(-1, X=2, M=2)), True),
        # Nor is a sum bounded of which one figure is.
        ((Condition(Linear(-5, {X: 1, Unknown("W", "current", room=1): 1})),), True),
        ((*is_zero(_sum(0, X=2, M=-1)), *is_zero(_sum(-1, M=1))), False),
        ((*is_zero(_sum(0, X=2, M=-1)), *is_zero(_sum(-4, M=1))), True),
        ((*is_positive(_sum(0, M=1)), *is_negative(_sum(0, M=1))), False),
        ((Condition(_sum(-2, M=2), strict=True), Condition(_sum(2, M=-2))), False),
    ],
)
def test_conditions_by_hand(conditions: tuple[Condition, ...], expected: bool) -> None:
    assert have_solution(conditions, Work(PLENTY)) is expected


def test_above_the_limit_nothing_is_ruled_out_and_the_work_says_so() -> None:
    never = every([*is_zero(_sum(-7, X=3, Y=5, Z=9))])
    enough = Work(PLENTY)
    assert not may_hold(never, enough)
    assert not enough.is_exhausted
    short = Work(enough.steps - 1)
    assert may_hold(never, short)
    assert short.is_exhausted
    # Whatever is asked after that costs nothing more.
    assert may_hold(NEVER, short)
    assert short.steps == enough.steps
    with pytest.raises(LimitReachedError):
        short.spend()


@settings(max_examples=100)
@given(_systems(), st.integers(0, 40))
def test_a_limit_rules_out_nothing_that_holds(
    system: tuple[list[Unknown], list[Condition]], limit: int
) -> None:
    _, conditions = system
    formula = every(conditions)
    work = Work(limit)
    found = may_hold(formula, work)
    assert found or not may_hold(formula, Work(PLENTY))
    assert work.steps <= limit + 200  # a step may stand for all rows of a system at once
    assume(not work.is_exhausted)
    assert found is may_hold(formula, Work(PLENTY))
