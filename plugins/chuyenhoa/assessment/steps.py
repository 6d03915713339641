"""What lacks: the least whole number of cases by which a measure that is not met misses being met."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from chuyenhoa.assessment.cases import cases_of, possible_verdicts
from chuyenhoa.assessment.facts import Facts, name_of, unknown_of
from chuyenhoa.assessment.linear import Condition, Linear, Unknown
from chuyenhoa.assessment.numbers import Number
from chuyenhoa.assessment.outlook import inputs_that_matter
from chuyenhoa.model.criteria import (
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    Measure,
    RatioMeasure,
    Term,
    ValueMeasure,
)
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Step, Verdict

_SHIFT: Unknown = ("", "step")
"""The unknown that stands for how far a figure is moved."""


@dataclass(frozen=True)
class _Shifted(Facts):
    """The facts with one figure of the period moved by an unknown number, up (+1) or down (-1)."""

    moved: Mapping[Unknown, int] = field(default_factory=dict)

    def total(self, terms: Iterable[Term]) -> Linear:
        listed = tuple(terms)
        way = sum(self.moved.get(unknown_of(term), 0) * term.sign for term in listed)
        total = super().total(listed)
        return total + Linear(multiples={_SHIFT: way}) if way else total


@dataclass(frozen=True)
class Way:
    """Steps that lead to being met, and the missing figures that must come in well too for them to do so."""

    steps: tuple[Step, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def cost(self) -> tuple[int, int]:
        """How many cases it takes, and how many figures are still needed."""
        return sum(abs(step.change) for step in self.steps), len(self.needs)


def way_to_met(measure: Measure, facts: Facts) -> Way:
    """The nearest way to be met for a measure that is not, every step on its own figure alone.

    The figure that may move is the one the measure counts: the numerator of a share, what is to fall or rise,
    the left side of a comparison. Of several parts that must hold, each that fails has its step; where some
    are enough, the cheapest of them have. Empty where no number of cases helps: for a declaration, a figure
    that is missing, or a limit out of reach.
    """
    return _combined_way(measure, facts) if isinstance(measure, CombinedMeasure) else _single(measure, facts)


def _single(measure: Measure, facts: Facts) -> Way:
    lead = [term for term in _lead_of(measure) if term.basis is Basis.CURRENT and term.sign > 0]
    if not lead or any(facts.value(term) is None for term in lead):
        return Way()
    room = sum(facts.value(term) or 0 for term in lead)
    found = [
        (abs(change), change)
        for way in (1, -1)
        if (change := _least_change(measure, facts, lead[0], way, room)) is not None
    ]
    if not found:
        return Way()
    names = tuple(dict.fromkeys(name_of(term) for term in lead))
    return Way((Step(names, min(found)[1], facts.units[lead[0].indicator]),))


def _lead_of(measure: Measure) -> tuple[Term, ...]:
    """The sum that a measure counts."""
    match measure:
        case ValueMeasure() | ChangeMeasure():
            return measure.terms
        case RatioMeasure():
            return measure.numerator
        case CompareMeasure():
            return measure.left
        case _:
            return ()


def _least_change(measure: Measure, facts: Facts, term: Term, way: int, room: Number) -> int | None:
    """The least whole number other than zero by which a figure must move one way; None when none will do."""
    shifted = _Shifted(facts.criterion, facts.evidence, facts.units, {unknown_of(term): way})
    least: list[int] = []
    for case in cases_of(measure, shifted):
        if case.verdict is Verdict.MET:
            found = _least_whole(case.conditions)
            least += [] if found is None else [found]
    if not least or (way < 0 and min(least) > room):
        return None
    return way * min(least)


def _least_whole(conditions: Iterable[Condition]) -> int | None:
    """The least whole number of one or more that meets conditions on the shift alone."""
    low, high = 1, math.inf
    for condition in conditions:
        if set(condition.sum.multiples) - {_SHIFT}:
            return None
        slope = condition.sum.multiples.get(_SHIFT, 0)
        if not slope:
            if not condition.holds():
                return None
            continue
        constant = condition.sum.constant
        below, above = -constant // slope, -(constant // slope)  # the root, rounded down and up
        if slope > 0:
            low = max(low, below + 1 if condition.strict else above)
        else:
            high = min(high, above - 1 if condition.strict else below)
    return low if low <= high else None


def _combined_way(measure: CombinedMeasure, facts: Facts) -> Way:
    verdicts = [possible_verdicts(part, facts) for part in measure.parts]
    judged = list(zip(measure.parts, verdicts, strict=True))
    failing = [way_to_met(part, facts) for part, verdict in judged if verdict == {Verdict.NOT_MET}]
    if measure.at_least is None:
        still_open = [part for part, verdict in judged if len(verdict) > 1]
        return _together(failing, still_open, facts) if all(way.steps for way in failing) else Way()
    wanted = measure.at_least - sum(verdict == {Verdict.MET} for verdict in verdicts)
    cheapest = sorted((way for way in failing if way.steps), key=lambda way: way.cost)[:wanted]
    return _together(cheapest, (), facts) if len(cheapest) == wanted else Way()


def _together(ways: Iterable[Way], still_open: Iterable[Measure], facts: Facts) -> Way:
    """All of the ways, and what parts that are open depend on."""
    listed = tuple(ways)
    needs = [name for way in listed for name in way.needs]
    for part in still_open:
        needs += inputs_that_matter(
            Facts(replace(facts.criterion, measure=part), facts.evidence, facts.units)
        )
    return Way(tuple(step for way in listed for step in way.steps), tuple(dict.fromkeys(needs)))
