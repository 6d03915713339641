"""Verdicts of measures of which every figure is known, in plain arithmetic: the short way to the same answer.

`cases.py` says what a measure asks in conditions that hold with blanks too; without any, working these out
is a detour. Tests hold the two ways against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chuyenhoa.assessment.numbers import Number, exact
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    DeclarationMeasure,
    Direction,
    Measure,
    RatioMeasure,
    Term,
    ValueMeasure,
)
from chuyenhoa.model.results import Verdict

PASSING_SIGNS = {
    Direction.AT_LEAST: {0, 1},
    Direction.AT_MOST: {-1, 0},
    Direction.LESS_THAN: {-1},
    Direction.MORE_THAN: {1},
    Direction.EQUAL: {0},
}
"""The signs of "value minus limit" that pass; this table alone decides what happens on the limit."""

Values = Callable[[Term], Number | None]
"""The figure of a term without its sign; None where it is missing."""

_ONE = {verdict: frozenset({verdict}) for verdict in Verdict}
_CONTRADICTION: frozenset[Verdict] = frozenset()


def known_verdicts(measure: Measure, value: Values) -> frozenset[Verdict] | None:
    """The one verdict of a measure, or none where its figures contradict each other.

    None where a figure is missing, a declaration or a letter decides, or parts contradict each other.
    """
    match measure:
        case ValueMeasure():
            total = _total(measure.terms, value)
            return (
                None
                if total is None
                else _hold(total, exact(measure.threshold.value), measure.threshold.direction)
            )
        case CompareMeasure():
            left, right = _total(measure.left, value), _total(measure.right, value)
            return None if left is None or right is None else _hold(left, right, measure.direction)
        case RatioMeasure():
            return _ratio(measure, value)
        case ChangeMeasure():
            return _change(measure, value)
        case DeclarationMeasure() | AwaitedMeasure():
            return None
        case _:  # typed: only a combined measure is left
            return _combined(measure, value)


def _total(terms: Sequence[Term], value: Values) -> Number | None:
    total: Number = 0
    for term in terms:
        found = value(term)
        if found is None:
            return None
        total += found if term.sign > 0 else -found
    return total


def _hold(value: Number, limit: Number, direction: Direction) -> frozenset[Verdict]:
    sign = (value > limit) - (value < limit)
    return _ONE[Verdict.MET if sign in PASSING_SIGNS[direction] else Verdict.NOT_MET]


def _ratio(measure: RatioMeasure, value: Values) -> frozenset[Verdict] | None:
    part, base = _total(measure.numerator, value), _total(measure.denominator, value)
    if part is None or base is None:
        return None
    if base <= 0:
        return _ONE[measure.when_nothing.verdict] if base == 0 else _CONTRADICTION
    return _hold(part * 100, exact(measure.threshold.value) * base, measure.threshold.direction)


def _change(measure: ChangeMeasure, value: Values) -> frozenset[Verdict] | None:
    """As in `cases.py`: a baseline of zero has no percentage, and nothing can fall from it."""
    now, base = _total(measure.terms, value), _total(measure.before, value)
    if now is None or base is None:
        return None
    if base < 0:
        return _CONTRADICTION
    limit, direction = exact(measure.threshold.value), measure.threshold.direction
    if base == 0 and not measure.rises:
        return _hold(now, 0, Direction.EQUAL)
    if base == 0 and measure.threshold.in_percent:
        return _hold(now, 0, Direction.MORE_THAN)
    change = now - base if measure.rises else base - now
    if change <= 0:
        return _ONE[Verdict.NOT_MET]
    if measure.threshold.in_percent:
        return _hold(change * 100, limit * base, direction)
    return _hold(change, limit, direction)


def _combined(measure: CombinedMeasure, value: Values) -> frozenset[Verdict] | None:
    verdicts: list[Verdict] = []
    for part in measure.parts:
        found = known_verdicts(part, value)
        if not found:
            return None
        verdicts += found
    return _ONE[combine(verdicts, measure.at_least)]


def combine(verdicts: Sequence[Verdict], at_least: int | None) -> Verdict:
    """The verdict over parts: all applicable parts met, or at least so many of them.

    A part that does not apply is neutral under "all of", and is not counted as passed under "at least";
    when no part applies the whole does not.
    """
    met, failed = verdicts.count(Verdict.MET), verdicts.count(Verdict.NOT_MET)
    if not met and not failed:
        return Verdict.NOT_APPLICABLE
    passes = failed == 0 if at_least is None else met >= at_least
    return Verdict.MET if passes else Verdict.NOT_MET
