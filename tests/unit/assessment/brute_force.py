"""The measures once more, in plain arithmetic on numbers, written apart from the engine they check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from operator import eq, ge, gt, le, lt

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
from chuyenhoa.model.figures import Basis

Numbers = Mapping[tuple[str, Basis], Fraction]
COMPARE: Mapping[Direction, Callable[[Fraction, Fraction], bool]] = {
    Direction.AT_LEAST: ge,
    Direction.AT_MOST: le,
    Direction.LESS_THAN: lt,
    Direction.MORE_THAN: gt,
    Direction.EQUAL: eq,
}
IMPOSSIBLE = "impossible"
"""The numbers contradict each other; a blank cannot have been these."""


def add_up(terms: Iterable[Term], numbers: Numbers) -> Fraction:
    found = {(code, str(basis)): number for (code, basis), number in numbers.items()}
    return sum((found[term.indicator, str(term.basis)] * term.sign for term in terms), Fraction(0))


def last_year(terms: Iterable[Term]) -> list[Term]:
    return [Term(term.indicator, Basis.BASELINE, term.sign) for term in terms]


def judge(measure: Measure, numbers: Numbers, said: str = "", letter: str = "") -> str:
    """`met`, `not_met`, `not_applicable`, or IMPOSSIBLE, with every figure known.

    `said` and `letter` are what an open declaration and an awaited letter turn out to say.
    """
    if isinstance(measure, DeclarationMeasure):
        return said
    if isinstance(measure, AwaitedMeasure):
        return letter
    if isinstance(measure, ValueMeasure):
        limit = measure.threshold
        return _word(COMPARE[limit.direction](add_up(measure.terms, numbers), Fraction(limit.value)))
    if isinstance(measure, CompareMeasure):
        return _word(
            COMPARE[measure.direction](add_up(measure.left, numbers), add_up(measure.right, numbers))
        )
    if isinstance(measure, RatioMeasure):
        return _judge_ratio(measure, numbers)
    if isinstance(measure, ChangeMeasure):
        return _judge_change(measure, numbers)
    assert isinstance(measure, CombinedMeasure)
    words = [judge(part, numbers, said, letter) for part in measure.parts]
    if IMPOSSIBLE in words:
        return IMPOSSIBLE
    if set(words) == {"not_applicable"}:
        return "not_applicable"
    if measure.at_least is None:
        return _word("not_met" not in words)
    return _word(words.count("met") >= measure.at_least)


def _judge_ratio(measure: RatioMeasure, numbers: Numbers) -> str:
    part, base = add_up(measure.numerator, numbers), add_up(measure.denominator, numbers)
    if base < 0:
        return IMPOSSIBLE
    if base == 0:
        return measure.when_nothing.verdict.value
    return _word(COMPARE[measure.threshold.direction](part / base * 100, Fraction(measure.threshold.value)))


def _judge_change(measure: ChangeMeasure, numbers: Numbers) -> str:
    now, before = add_up(measure.terms, numbers), add_up(last_year(measure.terms), numbers)
    if before < 0:
        return IMPOSSIBLE
    in_percent = measure.threshold.in_percent
    if before == 0 and (in_percent or not measure.rises):
        return _word(now > 0 if measure.rises else now == 0)
    change = now - before if measure.rises else before - now
    size = change / before * 100 if in_percent else change
    return _word(change > 0 and COMPARE[measure.threshold.direction](size, Fraction(measure.threshold.value)))


def quantities(measure: Measure, numbers: Numbers) -> list[Fraction]:
    """What the verdict depends on by sign alone; each is linear in every figure."""
    if isinstance(measure, ValueMeasure):
        return [add_up(measure.terms, numbers) - Fraction(measure.threshold.value)]
    if isinstance(measure, CompareMeasure):
        return [add_up(measure.left, numbers) - add_up(measure.right, numbers)]
    if isinstance(measure, RatioMeasure):
        part, base = add_up(measure.numerator, numbers), add_up(measure.denominator, numbers)
        return [base, 100 * part - Fraction(measure.threshold.value) * base]
    if isinstance(measure, ChangeMeasure):
        now, before = add_up(measure.terms, numbers), add_up(last_year(measure.terms), numbers)
        return [now, before, before - now, 100 * (before - now) - Fraction(measure.threshold.value) * before]
    assert isinstance(measure, CombinedMeasure)
    return [entry for part in measure.parts for entry in quantities(part, numbers)]


def _word(passes: bool) -> str:
    return "met" if passes else "not_met"
