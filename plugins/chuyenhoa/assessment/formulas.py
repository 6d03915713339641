"""The comparison behind a result with its numbers put in, so that anyone can work it out again.

What is printed is true: a result that is not met shows the relation that holds ("79 × 100 < 80 × 100").
A figure that is missing stands there by its name.
"""

from __future__ import annotations

from collections.abc import Sequence

from chuyenhoa.assessment import labels
from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts, name_of
from chuyenhoa.assessment.numbers import exact, number_text
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


def describe_formula(measure: Measure, facts: Facts) -> str:
    """The comparison of a measure; "" for a declaration or an awaited one, which compare nothing."""
    match measure:
        case ValueMeasure():
            sign = _sign(measure.threshold.direction, measure, facts)
            return f"{_sum(measure.terms, facts)} {sign} {number_text(exact(measure.threshold.value))}"
        case CompareMeasure():
            sign = _sign(measure.direction, measure, facts)
            return f"{_sum(measure.left, facts)} {sign} {_sum(measure.right, facts)}"
        case RatioMeasure():
            return _ratio_formula(measure, facts)
        case ChangeMeasure():
            return _change_formula(measure, facts)
        case DeclarationMeasure() | AwaitedMeasure():
            return ""
        case _:  # typed: only a combined measure is left
            return _combined_formula(measure, facts)


def _ratio_formula(measure: RatioMeasure, facts: Facts) -> str:
    base = facts.total(measure.denominator)
    if base.is_known and base.constant <= 0:
        names = _join([(term.sign, name_of(term)) for term in measure.denominator])
        return f"{names} = {number_text(base.constant)}"
    sign = _sign(measure.threshold.direction, measure, facts)
    limit = number_text(exact(measure.threshold.value))
    return f"{_factor(measure.numerator, facts)} × 100 {sign} {limit} × {_factor(measure.denominator, facts)}"


def _change_formula(measure: ChangeMeasure, facts: Facts) -> str:
    """The strict change, and its size where one is asked for; of a failure the half that failed."""
    now, base = facts.total(measure.terms), facts.total(measure.before)
    after, before = _sum(measure.terms, facts), _sum(measure.before, facts)
    if base.is_known and base.constant == 0 and (measure.threshold.in_percent or not measure.rises):
        return f"{labels.SAME_PERIOD} = 0 {labels.AND} {labels.THIS_PERIOD} = {after}"
    rise = now - base
    if rise.is_known and (rise.constant <= 0 if measure.rises else rise.constant >= 0):
        return f"{after} {'≤' if measure.rises else '≥'} {before}"
    changes = f"{after} {'>' if measure.rises else '<'} {before}"
    if not measure.threshold.value:
        return changes
    sign = _sign(measure.threshold.direction, measure, facts)
    limit = number_text(exact(measure.threshold.value))
    high, low = (measure.terms, measure.before) if measure.rises else (measure.before, measure.terms)
    size = f"{_factor(high, facts)} − {_factor(low, facts)}"
    if not measure.threshold.in_percent:
        return f"{changes} {labels.AND} {size} {sign} {limit}"
    return f"{changes} {labels.AND} ({size}) × 100 {sign} {limit} × {_factor(measure.before, facts)}"


def _combined_formula(measure: CombinedMeasure, facts: Facts) -> str:
    parts = [text for text in (describe_formula(part, facts) for part in measure.parts) if text]
    joined = "; ".join(parts)
    if measure.at_least is None:
        return joined
    return f"{labels.AT_LEAST} {measure.at_least} {labels.OF} {len(measure.parts)}: {joined}"


def _sign(direction: Direction, measure: Measure, facts: Facts) -> str:
    """The relation that is asked for, or the one that holds instead when it is known to fail."""
    failed = possible_verdicts(measure, facts) == {Verdict.NOT_MET}
    return labels.OPPOSITE_SIGNS[direction] if failed else labels.SIGNS[direction]


def _sum(terms: Sequence[Term], facts: Facts) -> str:
    """The figures of a sum one by one, each missing one by its name."""
    parts = []
    for term in terms:
        value = facts.value(term)
        parts.append((term.sign, name_of(term) if value is None else number_text(value)))
    return _join(parts)


def _factor(terms: Sequence[Term], facts: Facts) -> str:
    """A sum as it stands in a product: in brackets when it has more than one term."""
    text = _sum(terms, facts)
    return f"({text})" if len(terms) > 1 else text


def _join(parts: Sequence[tuple[int, str]]) -> str:
    """Terms with their signs: "5 + 3 − 1"."""
    text = "".join(f" {'−' if sign < 0 else '+'} {part}" for sign, part in parts)
    return (
        text.removeprefix(" + ").replace(" − ", "−", 1)
        if text.startswith(" − ")
        else text.removeprefix(" + ")
    )
