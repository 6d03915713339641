"""What blanks leave open, against every value that they could take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.assessment.figures import describe_figure, describe_formula
from chuyenhoa.model.criteria import (
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    Direction,
    Measure,
    RatioMeasure,
    Term,
    Threshold,
    ValueMeasure,
    WhenNothing,
    terms_of,
)
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Verdict
from tests.unit.assessment.brute_force import IMPOSSIBLE, judge, quantities
from tests.unit.assessment.building import SOURCE, UNITS, criterion_of

Key = tuple[str, Basis]

_directions = st.sampled_from(list(Direction))
_terms = st.lists(
    st.builds(Term, st.sampled_from("ABC"), st.sampled_from(list(Basis)), st.sampled_from([1, 1, 1, -1])),
    min_size=1,
    max_size=3,
).map(tuple)
_current = st.lists(
    st.builds(Term, st.sampled_from("ABC"), st.just(Basis.CURRENT), st.sampled_from([1, 1, -1])),
    min_size=1,
    max_size=2,
).map(tuple)
_percents = st.sampled_from([0, 5, 15, 50, 80, 100, 150]).map(Decimal)
_nothing = st.builds(
    WhenNothing,
    st.sampled_from([Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE]),
    st.just("không xảy ra"),
)
_leaves: st.SearchStrategy[Measure] = st.one_of(
    st.builds(
        ValueMeasure, _terms, st.builds(Threshold, st.integers(0, 4).map(Decimal), st.just("vụ"), _directions)
    ),
    st.builds(CompareMeasure, _terms, _terms, _directions),
    st.builds(
        RatioMeasure,
        _terms,
        _terms,
        st.builds(Threshold, _percents, st.just("percent"), _directions),
        _nothing,
    ),
    st.builds(ChangeMeasure, _current, st.builds(Threshold, _percents, st.just("percent"), _directions)),
)
_measures: st.SearchStrategy[Measure] = st.one_of(
    _leaves,
    st.builds(
        CombinedMeasure,
        st.lists(_leaves, min_size=1, max_size=3).map(tuple),
        st.sampled_from([None, 1, 2]),
    ),
)
_figures = st.fixed_dictionaries({key: st.integers(0, 6) for key in product("ABC", Basis)})


def _facts(measure: Measure, known: Mapping[Key, int], units: Mapping[str, str] = UNITS) -> Facts:
    figures = {key: KnownFigure(Decimal(value), SOURCE) for key, value in known.items()}
    return Facts(criterion_of(measure), LocalityEvidence("30739", figures), units)


def _keys(measure: Measure) -> list[Key]:
    named = ((term.indicator, term.basis) for term in terms_of(measure))
    return list(dict.fromkeys((code, basis) for code, basis in named if isinstance(basis, Basis)))


def _engine(measure: Measure, known: Mapping[Key, int], units: Mapping[str, str] = UNITS) -> set[str]:
    return {verdict.value for verdict in possible_verdicts(measure, _facts(measure, known, units))}


def _brute(
    measure: Measure, known: Mapping[Key, int], blanks: Sequence[Key], values: Sequence[int | Fraction]
) -> set[str]:
    found = set()
    for filled in product(values, repeat=len(blanks)):
        numbers = {key: Fraction(value) for key, value in known.items()}
        numbers |= {key: Fraction(value) for key, value in zip(blanks, filled, strict=True)}
        found.add(judge(measure, numbers))
    return found - {IMPOSSIBLE}


@settings(max_examples=150)
@given(_measures, _figures)
def test_with_every_figure_known_the_engine_says_what_plain_arithmetic_says(
    measure: Measure, figures: dict[Key, int]
) -> None:
    expected = _brute(measure, figures, (), ())
    leaves = measure.parts if isinstance(measure, CombinedMeasure) else (measure,)
    if any(not _brute(leaf, figures, (), ()) for leaf in leaves):
        return  # contradictory figures have a test of their own
    assert _engine(measure, figures) == expected


@settings(max_examples=150)
@given(_leaves, _figures, st.data())
def test_one_blank_leaves_open_exactly_what_some_value_of_it_gives(
    measure: Measure, figures: dict[Key, int], data: st.DataObject
) -> None:
    blank = data.draw(st.sampled_from(_keys(measure)))
    known = {key: value for key, value in figures.items() if key != blank}
    assert _engine(measure, known) == _brute(measure, known, [blank], _telling_values(measure, known, blank))


@settings(max_examples=150)
@given(st.lists(_leaves, min_size=2, max_size=3), st.sampled_from([None, 1, 2]), _figures, st.data())
def test_parts_that_share_a_blank_see_one_value_of_it(
    parts: list[Measure], at_least: int | None, figures: dict[Key, int], data: st.DataObject
) -> None:
    measure = CombinedMeasure(tuple(parts), at_least)
    blank = data.draw(st.sampled_from(_keys(measure)))
    known = {key: value for key, value in figures.items() if key != blank}
    values = _telling_values(measure, known, blank)
    if any(not _brute(part, known, [blank], values) for part in parts):
        return  # contradictory figures have a test of their own
    assert _engine(measure, known) == _brute(measure, known, [blank], values)


@settings(max_examples=120)
@given(_measures, _figures, st.data())
def test_no_value_of_several_blanks_gives_what_the_engine_rules_out(
    measure: Measure, figures: dict[Key, int], data: st.DataObject
) -> None:
    keys = _keys(measure)
    blanks = data.draw(st.lists(st.sampled_from(keys), unique=True, max_size=3))
    known = {key: value for key, value in figures.items() if key not in blanks}
    assert _brute(measure, known, blanks, (0, 1, 2, 3, 7, 100)) <= _engine(measure, known)


@settings(max_examples=120)
@given(_measures, _figures, st.data())
def test_texts_never_show_a_none_or_a_nan(
    measure: Measure, figures: dict[Key, int], data: st.DataObject
) -> None:
    blanks = data.draw(st.sets(st.sampled_from(_keys(measure))))
    facts = _facts(measure, {key: value for key, value in figures.items() if key not in blanks})
    texts = [describe_figure(measure, facts), describe_formula(measure, facts)]
    assert all(text and text == text.strip() for text in texts)
    assert not any(word in text for text in texts for word in ("None", "nan", "Fraction", "Decimal", "  "))


def _telling_values(measure: Measure, known: Mapping[Key, int], blank: Key) -> range:
    """Every whole number up to one beyond the last value at which a sign changes: cases come whole."""
    at_zero, at_one = (
        quantities(measure, {key: Fraction(number) for key, number in {**known, blank: value}.items()})
        for value in (0, 1)
    )
    slopes = [(start, end - start) for start, end in zip(at_zero, at_one, strict=True)]
    return range(math.ceil(max([Fraction(0), *(-start / slope for start, slope in slopes if slope)])) + 2)


def _sizes(inputs: int) -> tuple[Sequence[int], Sequence[int]]:
    """Known values and values of blanks to try, fewer of each where there are many inputs."""
    if inputs > 4:
        return (0, 2), (0, 1, 3)
    return (0, 1, 3), (0, 1, 2, 3, 4, 6, 50, 1000)


def test_criteria_of_2021_are_decided_exactly_when_no_value_of_the_blanks_matters(plan: Plan) -> None:
    units = {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}
    compared = 0
    for criterion in plan.criteria_on(date(2021, 12, 14)):
        keys = _keys(criterion.measure)
        values, fillings = _sizes(len(keys))
        for blanks in (chosen for size in range(len(keys) + 1) for chosen in combinations(keys, size)):
            others = [key for key in keys if key not in blanks]
            for numbers in product(values, repeat=len(others)) if keys else ():
                known = dict(zip(others, numbers, strict=True))
                expected = _brute(criterion.measure, known, blanks, fillings)
                assert _engine(criterion.measure, known, units) == expected, (criterion.code, known)
                compared += 1
    assert compared > 1000


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"A": 1, "C": 2}, {"met"}),
        ({"A": 0, "C": 2}, {"met", "not_met"}),
        ({"C": 0}, {"not_met"}),
        ({}, {"met", "not_met"}),
    ],
)
def test_all_of_is_decided_by_a_part_that_fails_or_by_parts_that_all_hold(
    known: dict[str, int], expected: set[str]
) -> None:
    one = Threshold(Decimal(1), "vụ", Direction.AT_LEAST)
    measure = CombinedMeasure((ValueMeasure((Term("A"), Term("B")), one), ValueMeasure((Term("C"),), one)))
    assert _engine(measure, {(code, Basis.CURRENT): value for code, value in known.items()}) == expected
