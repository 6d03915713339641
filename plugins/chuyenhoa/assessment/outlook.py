"""What is missing can still change, and what a measure that is not met lacks.

Which missing inputs a verdict depends on, what a locality can still become, and the least whole number of
cases by which a measure misses being met.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from chuyenhoa.assessment.cases import (
    SAYABLE,
    cases_of,
    consistency_of,
    formula_of,
    is_consistent,
    possible_verdicts,
    statement_of,
)
from chuyenhoa.assessment.facts import Facts, name_of
from chuyenhoa.assessment.linear import (
    ALWAYS,
    Condition,
    Formula,
    Linear,
    Unknown,
    every,
    some,
    unknowns_of,
    with_other,
)
from chuyenhoa.assessment.numbers import Number
from chuyenhoa.assessment.solutions import Work, may_hold
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Step, Verdict

# One failure fails, else one gap leaves it open; what does not apply is neutral. Plan 121/KH-BCĐ, II.3, asks
# for "các nhóm tiêu chí", all of them; no source knows a score that would make up for a failure.
PRECEDENCE = (Verdict.NOT_MET, Verdict.INSUFFICIENT, Verdict.MET)


def roll_up(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict over several: the first of `PRECEDENCE` among them; not applicable where none is."""
    found = set(verdicts)
    return next((verdict for verdict in PRECEDENCE if verdict in found), Verdict.NOT_APPLICABLE)


def inputs_that_matter(facts: Facts) -> tuple[str, ...]:
    """The missing inputs on which the verdict of a criterion depends, by name.

    An input matters when two values of it, with everything else the same, give different verdicts. What is
    left out may come in with any value at all: "đạt dù TNGT_CHET thế nào".
    """
    # IV.2 with deaths up (5 after 3) and injured blank: not met whatever the blank is, so the blank does not
    # matter and nobody is sent after it (decision 0018).
    if not is_consistent(facts.criterion.measure, facts):
        return ()
    outcomes = [formula_of(facts.criterion.measure, facts, verdict) for verdict in SAYABLE]
    named = {unknown for formula in outcomes for unknown in unknowns_of(formula)}

    def matters(unknown: Unknown) -> bool:
        return unknown in named and any(
            may_hold(every([one, with_other(other, unknown)]), facts.work)
            for one, other in combinations(outcomes, 2)
        )

    figures = [name_of(term) for term in facts.missing_terms if matters(facts.unknown(term))]
    statements = facts.missing_statements
    return (*figures, *statements) if statements and matters(statement_of(facts)) else tuple(figures)


# Steps that each question on criteria with common blanks may take (`solutions.Work`). Above it the answer is
# "chưa tính hết", and a verdict that was not ruled out stays possible: with chained comparisons the exact
# answer took 3.5 times as long for each one more, and `assess` did not end.
JOINT_LIMIT = 10_000


@dataclass(frozen=True)
class Outcomes:
    """What a locality can still become; `is_wide` where some of it could be neither shown nor ruled out."""

    verdicts: frozenset[Verdict]
    is_wide: bool = False


def possible_outcomes(asked: Iterable[Facts]) -> Outcomes:
    """The verdicts that a locality can still have once everything missing is there.

    A figure that several criteria name has one value in all of them. Figures that contradict each other may
    be corrected to anything.
    """
    # Two criteria on one blank x, one met at x <= 5 and the other at x >= 8: each can be met, never both, so
    # the locality can only become not met. Criteria without a common blank are looked at apart.
    outcome, is_wide = frozenset({Verdict.NOT_APPLICABLE}), False
    for together in _by_shared_unknowns([_Open.of(facts) for facts in asked]):
        found = _outcomes_of(together)
        outcome = frozenset(roll_up((one, other)) for one in outcome for other in found.verdicts)
        is_wide |= found.is_wide
    return Outcomes(outcome, is_wide)


@dataclass(frozen=True)
class _Open:
    """A criterion as formulas: when it comes out as what, and when it has a verdict at all."""

    met: Formula
    failed: Formula
    neutral: Formula
    passes: Formula
    """Met or not applicable."""
    consistent: Formula

    @classmethod
    def of(cls, facts: Facts) -> _Open:
        measure = facts.criterion.measure
        if not possible_verdicts(measure, facts):
            return cls(ALWAYS, ALWAYS, ALWAYS, ALWAYS, ALWAYS)
        met, failed, neutral = (formula_of(measure, facts, verdict) for verdict in SAYABLE)
        passes = formula_of(measure, facts, Verdict.MET, Verdict.NOT_APPLICABLE)
        return cls(met, failed, neutral, passes, consistency_of(measure, facts))

    @property
    def unknowns(self) -> set[Unknown]:
        formulas = (self.met, self.failed, self.neutral, self.consistent)
        return {unknown for formula in formulas for unknown in unknowns_of(formula)}


def _by_shared_unknowns(criteria: Sequence[_Open]) -> list[list[_Open]]:
    """Criteria put together that have an unknown in common, directly or through others."""
    groups: list[tuple[set[Unknown], list[_Open]]] = []
    for criterion in criteria:
        unknowns, together = criterion.unknowns, [criterion]
        apart = []
        for group in groups:
            if group[0] & unknowns:
                unknowns |= group[0]
                together = group[1] + together
            else:
                apart.append(group)
        groups = [*apart, (unknowns, together)]
    return [together for _, together in groups]


def _outcomes_of(criteria: Sequence[_Open]) -> Outcomes:
    """The verdicts over criteria whose unknowns have one value in all, as `roll_up` has them."""
    consistent = [entry.consistent for entry in criteria]
    formulas = {
        Verdict.NOT_MET: every([*consistent, some(1, (entry.failed for entry in criteria))]),
        Verdict.MET: every(
            [*(entry.passes for entry in criteria), some(1, (entry.met for entry in criteria))]
        ),
        Verdict.NOT_APPLICABLE: every(entry.neutral for entry in criteria),
    }
    found, is_wide = set(), False
    for verdict, formula in formulas.items():
        work = Work(JOINT_LIMIT)
        if may_hold(formula, work):
            found.add(verdict)
            is_wide |= work.is_exhausted
    return Outcomes(frozenset(found), is_wide)


# The unknown that stands for how far a figure is moved.
_SHIFT = Unknown("", "step")


@dataclass(frozen=True)
class _Shifted(Facts):
    """The facts with one figure of the period moved by an unknown number, up (+1) or down (-1)."""

    moved: Mapping[str, int] = field(default_factory=dict)
    """By the name of a term."""

    def total(self, terms: Iterable[measures.Term]) -> Linear:
        listed = tuple(terms)
        way = sum(self.moved.get(term.name, 0) * term.sign for term in listed)
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


def way_to_met(measure: measures.Measure, facts: Facts) -> Way:
    """The nearest way to be met for a measure that is not, every step on its own figure alone.

    The figure that may move is the one the measure counts: the numerator of a share, what is to fall or rise,
    the left side of a comparison. Of several parts that must hold, each that fails has its step; where some
    are enough, the cheapest of them have. Empty where no number of cases helps: for a declaration, a figure
    that is missing, or a limit out of reach.
    """
    return (
        _combined_way(measure, facts)
        if isinstance(measure, measures.CombinedMeasure)
        else _single(measure, facts)
    )


def _single(measure: measures.Leaf, facts: Facts) -> Way:
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


def _lead_of(measure: measures.Leaf) -> tuple[measures.Term, ...]:
    """The sum that a measure counts."""
    match measure:
        case measures.ValueMeasure() | measures.ChangeMeasure():
            return measure.terms
        case measures.RatioMeasure():
            return measure.numerator
        case measures.CompareMeasure():
            return measure.left
        case _:
            return ()


def _least_change(
    measure: measures.Leaf, facts: Facts, term: measures.Term, way: int, room: Number
) -> int | None:
    """The least whole number other than zero by which a figure must move one way; None when none will do."""
    shifted = _Shifted(facts.criterion, facts.evidence, facts.units, facts.decimals, {term.name: way})
    least: list[int] = []
    for case in cases_of(measure, shifted):
        if case.verdict is Verdict.MET:
            found = _least_whole(case.conditions)
            least += [] if found is None else [found]
    # 3 cases can fall by 3 at most: a limit that needs 4 fewer is out of reach, and no step is named.
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
        # 17 solved of 20, 90 % asked: (17 + s)·100 - 90·20 = 100·s - 100 >= 0, so s is 1 at least. Were more
        # than 90 % asked (strict), the root itself would not do, and s is 2 at least.
        constant = condition.sum.constant
        below, above = -constant // slope, -(constant // slope)  # the root, rounded down and up
        if slope > 0:
            low = max(low, below + 1 if condition.strict else above)
        else:
            high = min(high, above - 1 if condition.strict else below)
    return low if low <= high else None


def _combined_way(measure: measures.CombinedMeasure, facts: Facts) -> Way:
    verdicts = [possible_verdicts(part, facts) for part in measure.parts]
    parts = list(zip(measure.parts, verdicts, strict=True))
    failing = [way_to_met(part, facts) for part, verdict in parts if verdict == {Verdict.NOT_MET}]
    if measure.at_least is None:
        still_open = [part for part, verdict in parts if len(verdict) > 1]
        return _together(failing, still_open, facts) if all(way.steps for way in failing) else Way()
    wanted = measure.at_least - sum(verdict == {Verdict.MET} for verdict in verdicts)
    # At least 2 of 3, one is met: the one more that costs the fewest cases is enough.
    cheapest = sorted((way for way in failing if way.steps), key=lambda way: way.cost)[:wanted]
    return _together(cheapest, (), facts) if len(cheapest) == wanted else Way()


def _together(ways: Iterable[Way], still_open: Iterable[measures.Measure], facts: Facts) -> Way:
    """All of the ways, and what parts that are open depend on."""
    listed = tuple(ways)
    needs = [name for way in listed for name in way.needs]
    for part in still_open:
        needs += inputs_that_matter(
            Facts(replace(facts.criterion, measure=part), facts.evidence, facts.units, facts.decimals)
        )
    return Way(tuple(step for way in listed for step in way.steps), tuple(dict.fromkeys(needs)))
