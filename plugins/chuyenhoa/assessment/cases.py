"""Every way a measure can come out: verdicts, each with the conditions under which it is given.

With all figures known exactly one case holds. With blanks, the verdicts of the cases that are still possible
are what the blanks could yet make of it; when they agree, the rest has already decided.
"""

from __future__ import annotations

from dataclasses import dataclass

from chuyenhoa.assessment.exactly import PASSING_SIGNS, combine, known_verdicts
from chuyenhoa.assessment.facts import Facts, missing_in
from chuyenhoa.assessment.linear import (
    Condition,
    Linear,
    Unknown,
    is_negative,
    is_positive,
    is_possible,
    is_zero,
)
from chuyenhoa.assessment.numbers import exact
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    DeclarationMeasure,
    Direction,
    Measure,
    RatioMeasure,
    Threshold,
    ValueMeasure,
)
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.results import Verdict

_ANSWERED = {
    Answer.YES: Verdict.MET,
    Answer.NO: Verdict.NOT_MET,
    Answer.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


@dataclass(frozen=True)
class Case:
    """A verdict and the conditions under which it is the right one."""

    verdict: Verdict
    conditions: tuple[Condition, ...] = ()


_SAYABLE = (Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)
_ANYTHING = tuple(Case(verdict) for verdict in _SAYABLE)
"""Nothing can be known: every verdict is still possible, whatever the figures are."""

STATEMENT, GUIDANCE = "statement", "guidance"
"""The windows of the unknowns that stand for a criterion's declaration and for the letter it waits for."""


def possible_verdicts(measure: Measure, facts: Facts) -> frozenset[Verdict]:
    """The verdicts that the blanks of a measure leave open.

    One verdict: it is decided. Several: insufficient. None: the figures contradict each other, as with a
    denominator below zero (more tips handed on than there were), and no value of a blank mends that.
    """
    found = facts.decided.get(id(measure))
    if found is None:
        found = known_verdicts(measure, facts.value)
        if found is None:
            found = frozenset(case.verdict for case in possible_cases(measure, facts))
        facts.decided[id(measure)] = found
    return found


def cases_of(measure: Measure, facts: Facts) -> tuple[Case, ...]:
    """All cases of a measure; conditions on known figures are in them too, held or not."""
    match measure:
        case ValueMeasure():
            return _compare_sign(
                facts.total(measure.terms) - _limit(measure.threshold), measure.threshold.direction
            )
        case CompareMeasure():
            return _compare_sign(facts.total(measure.left) - facts.total(measure.right), measure.direction)
        case RatioMeasure():
            return _ratio_cases(measure, facts)
        case ChangeMeasure():
            return _change_cases(measure, facts)
        case DeclarationMeasure():
            return _declared_cases(measure, facts)
        case AwaitedMeasure():
            return _open_cases((facts.criterion.code, GUIDANCE))
        case _:  # typed: only a combined measure is left
            return _combined_cases(measure, facts)


def possible_cases(measure: Measure, facts: Facts) -> tuple[Case, ...]:
    """The cases that what is known leaves open."""
    return tuple(case for case in cases_of(measure, facts) if is_possible(case.conditions))


def _limit(threshold: Threshold) -> Linear:
    return Linear(exact(threshold.value))


def _compare_sign(
    difference: Linear, direction: Direction, given: tuple[Condition, ...] = ()
) -> tuple[Case, ...]:
    """The three cases of "value minus limit": below, on and above it, each with what else is `given`."""
    signs = ((-1, is_negative(difference)), (0, is_zero(difference)), (1, is_positive(difference)))
    passing = PASSING_SIGNS[direction]
    return tuple(
        Case(Verdict.MET if sign in passing else Verdict.NOT_MET, given + conditions)
        for sign, conditions in signs
    )


def _ratio_cases(measure: RatioMeasure, facts: Facts) -> tuple[Case, ...]:
    """Hold numerator * 100 against threshold * denominator; for a denominator of zero ask the data.

    A denominator below zero has no case: it counts things, so such figures contradict each other.
    """
    base = facts.total(measure.denominator)
    difference = _hundredfold(facts.total(measure.numerator)) - base.times(exact(measure.threshold.value))
    nothing = Case(measure.when_nothing.verdict, is_zero(base))
    return (nothing, *_compare_sign(difference, measure.threshold.direction, is_positive(base)))


def _change_cases(measure: ChangeMeasure, facts: Facts) -> tuple[Case, ...]:
    """Ask for a strict fall (or rise), and for one of the threshold's size in percent or in numbers.

    From a baseline of zero nothing can fall: met when the current value is zero as well, else not met; and
    any rise from zero is more than every percentage. A baseline below zero has no case, as a denominator
    below zero has none.
    """
    current, base = facts.total(measure.terms), facts.total(measure.before)
    change = current - base if measure.rises else base - current
    if measure.threshold.in_percent:
        enough = _hundredfold(change) - base.times(exact(measure.threshold.value))
    else:
        enough = change - _limit(measure.threshold)
    from_nothing: tuple[Case, ...] = ()
    given = is_positive(base)
    if not measure.rises:
        from_nothing = _compare_sign(current, Direction.EQUAL, is_zero(base))
    elif measure.threshold.in_percent:
        from_nothing = _compare_sign(current, Direction.MORE_THAN, is_zero(base))
    else:
        given = (Condition(base),)
    return (
        *from_nothing,
        Case(Verdict.NOT_MET, given + is_negative(change)),
        Case(Verdict.NOT_MET, given + is_zero(change)),
        *_compare_sign(enough, measure.threshold.direction, given + is_positive(change)),
    )


def _hundredfold(total: Linear) -> Linear:
    return total.times(100)


def _declared_cases(measure: DeclarationMeasure, facts: Facts) -> tuple[Case, ...]:
    """The answer given; anything while the answer, or the document that proves a "Có", lacks."""
    declared = facts.declaration
    if declared is None or declared.answer is None or missing_in(measure, declared):
        return _open_cases((facts.criterion.code, STATEMENT))
    return (Case(_ANSWERED[declared.answer]),)


def _open_cases(unknown: Unknown) -> tuple[Case, ...]:
    """Every verdict, by the value of an unknown that stands for what will be said."""
    said = Linear(multiples={unknown: 1})
    return tuple(Case(verdict, is_zero(said - Linear(number))) for number, verdict in enumerate(_SAYABLE))


def _combined_cases(measure: CombinedMeasure, facts: Facts) -> tuple[Case, ...]:
    """Every possible combination of the parts' cases; an unknown that parts share has one value in all.

    A part whose figures contradict each other leaves open what it would say, so that the other parts may
    still decide.
    """
    combinations: list[tuple[tuple[Verdict, ...], tuple[Condition, ...]]] = [((), ())]
    for part in measure.parts:
        cases = possible_cases(part, facts) or _ANYTHING
        joined = [
            ((*verdicts, case.verdict), conditions + case.conditions)
            for verdicts, conditions in combinations
            for case in cases
        ]
        combinations = [entry for entry in joined if is_possible(entry[1])]
    return tuple(
        Case(combine(verdicts, measure.at_least), conditions) for verdicts, conditions in combinations
    )
