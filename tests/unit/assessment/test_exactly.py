"""The short way for known figures against the conditions that hold with blanks too, on generated criteria."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment.cases import known_verdicts, open_verdicts
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.model.criteria import AwaitedMeasure, ChangeMeasure, DeclarationMeasure
from tests.unit.assessment import plan_oracle as oracle
from tests.unit.assessment.building import facts_of, limit, ratio, terms
from tests.unit.assessment.test_generated_plans import (
    UNITS,
    Entry,
    _build,
    _criteria,
    _evidence,
    _figures,
    _terms_named,
)


@settings(max_examples=200)
@given(entry=_criteria(), figures=_figures, data=st.data())
def test_the_short_way_says_what_the_conditions_say_or_nothing(
    entry: Entry, figures: list[int], data: st.DataObject
) -> None:
    names = _terms_named(entry)
    blanks = set(data.draw(st.lists(st.sampled_from(names), max_size=1))) if names else set()
    world = oracle.World(
        {name: Fraction(figures[index % 18]) for index, name in enumerate(names)}, "yes", True
    )
    criterion = _build(entry)
    facts = Facts(criterion, _evidence(world, blanks, as_cells=True), UNITS)
    for measure in criterion.measures:
        found = known_verdicts(measure, facts.value)
        by_conditions = open_verdicts(measure, facts)
        assert found is None or found == by_conditions
        said = any(isinstance(leaf, DeclarationMeasure | AwaitedMeasure) for leaf in criterion.leaves)
        assert found is not None or blanks or said or not by_conditions or "parts" in entry["measure"]


def test_a_denominator_below_zero_has_no_verdict_either_way() -> None:
    measure = ratio("A", "B -C", limit(80))
    facts = facts_of(measure, "A=1 B=1 C=2")
    assert known_verdicts(measure, facts.value) == frozenset()
    assert open_verdicts(measure, facts) == frozenset()


def test_a_baseline_below_zero_has_no_verdict_either_way() -> None:
    # More tips handed on (C) than there were (B) the year before: the figures contradict each other.
    measure = ChangeMeasure(terms("B -C"), limit(10))
    facts = facts_of(measure, "B=3 C=1 baseline.B=1 baseline.C=2")
    assert known_verdicts(measure, facts.value) == frozenset()
    assert open_verdicts(measure, facts) == frozenset()
