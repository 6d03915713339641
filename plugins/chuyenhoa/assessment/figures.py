"""What a table shows for a result: "81/100 = 81,00%", "giảm 20,00% (100 → 80 vụ)", "không xảy ra"."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chuyenhoa.assessment import labels
from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts, missing_in
from chuyenhoa.assessment.linear import Linear
from chuyenhoa.assessment.numbers import Number, exact, number_text, percent_text
from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    DeclarationMeasure,
    Measure,
    RatioMeasure,
    Term,
    ValueMeasure,
    terms_of,
)
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.form import ANSWER_WORDS, DOCUMENT_NUMBER
from chuyenhoa.model.results import InsufficiencyReason


def describe_figure(measure: Measure, facts: Facts) -> str:
    """The figure of a measure in a few words; a missing number is "…", nothing at all "chưa có số liệu"."""
    if isinstance(measure, CombinedMeasure):
        # Two limits on the same figures, as for two types of locality, are said once.
        said = {(terms_of(part), describe_figure(part, facts)): None for part in measure.parts}
        return "; ".join(text for _, text in said)
    if isinstance(measure, DeclarationMeasure):
        return _declared_figure(measure, facts)
    if isinstance(measure, AwaitedMeasure):
        return labels.REASONS[InsufficiencyReason.NO_GUIDANCE]
    if all(facts.value(term) is None for term in terms_of(measure)):
        return labels.NO_DATA
    if not possible_verdicts(measure, facts):
        return labels.CONTRADICTORY
    match measure:
        case ValueMeasure():
            return _value_figure(measure, facts)
        case RatioMeasure():
            return _ratio_figure(measure, facts)
        case ChangeMeasure():
            return _change_figure(measure, facts)
        case _:  # typed: only a comparison is left
            return _compare_figure(measure, facts)


def _declared_figure(measure: DeclarationMeasure, facts: Facts) -> str:
    declared = facts.declaration
    if declared is None or declared.answer is None:
        return labels.NO_DATA
    answer = ANSWER_WORDS[declared.answer]
    if declared.answer is not Answer.YES:
        return answer
    gaps = missing_in(measure, declared)
    if len(gaps) == 2:
        return f"{answer}, {labels.NO_DOCUMENT}"
    if gaps:
        lacks_number = gaps[0].endswith(DOCUMENT_NUMBER)
        return f"{answer}, {labels.NO_DOCUMENT_NUMBER if lacks_number else labels.NO_DOCUMENT_DATE}"
    date = "" if declared.document_date is None else format_date(declared.document_date)
    document = ", ".join(part for part in (declared.document_number.strip(), date) if part)
    return f"{answer} ({document})" if document else answer


def _value_figure(measure: ValueMeasure, facts: Facts) -> str:
    total = facts.total(measure.terms)
    counted = _counted(total, measure.terms, facts)
    is_floor = not total.is_known and total.constant > 0 and min(total.multiples.values()) > 0
    if is_floor:
        return f"{labels.AT_LEAST} {_with_unit(number_text(total.constant), measure.terms, facts)}"
    return counted


def _ratio_figure(measure: RatioMeasure, facts: Facts) -> str:
    part, base = facts.total(measure.numerator), facts.total(measure.denominator)
    if base.is_known and base.constant == 0:
        return measure.when_nothing.text
    text = f"{_number(part)}/{_number(base)}"
    if not (part.is_known and base.is_known):
        return text
    return f"{text} = {percent_text(Fraction(part.constant) / base.constant, exact(measure.threshold.value))}"


def _change_figure(measure: ChangeMeasure, facts: Facts) -> str:
    current, base = facts.total(measure.terms), facts.total(measure.before)
    if not (current.is_known and base.is_known):
        return f"{_number(base)} → {_counted(current, measure.terms, facts)}"
    if base.constant == 0:
        return _change_from_nothing(current, measure.terms, facts)
    if current.constant == base.constant:
        return f"{labels.SAME_AS_BASELINE} ({_counted(current, measure.terms, facts)})"
    rise: Number = current.constant - base.constant
    much: Number = rise if rise > 0 else -rise
    size = _counted(Linear(much), measure.terms, facts)
    if measure.threshold.in_percent:
        # Only what is asked for is held against the threshold; the rest need only not read as "0,00%".
        held = (rise > 0) == measure.rises
        limit = exact(measure.threshold.value) if held else 0
        size = percent_text(Fraction(much) / base.constant, limit)
    change = f"{labels.RISES if rise > 0 else labels.FALLS} {size}"
    return f"{change} ({_number(base)} → {_counted(current, measure.terms, facts)})"


def _change_from_nothing(current: Linear, terms: Sequence[Term], facts: Facts) -> str:
    """From zero there is no percentage: a rise is told in numbers."""
    if current.constant == 0:
        return labels.NOTHING_HAPPENED
    return (
        f"{labels.RISES} {_counted(current, terms, facts)} ({labels.SAME_PERIOD} {labels.NOTHING_HAPPENED})"
    )


def _compare_figure(measure: CompareMeasure, facts: Facts) -> str:
    left, right = facts.total(measure.left), facts.total(measure.right)
    if _all_in(Basis.CURRENT, measure.left) and _all_in(Basis.BASELINE, measure.right):
        before = _counted(right, measure.right, facts)
        return f"{_counted(left, measure.left, facts)} ({labels.SAME_PERIOD} {before})"
    if left.is_known and right.is_known:
        difference = left.constant - right.constant
        sign = "<" if difference < 0 else ">" if difference > 0 else "="
    else:
        sign = labels.SIGNS[measure.direction]
    return f"{_number(left)} {sign} {_counted(right, measure.right, facts)}"


def _all_in(basis: Basis, terms: Sequence[Term]) -> bool:
    return all(term.basis is basis for term in terms)


def _number(total: Linear) -> str:
    return number_text(total.constant) if total.is_known else labels.MISSING


def _counted(total: Linear, terms: Sequence[Term], facts: Facts) -> str:
    return _with_unit(_number(total), terms, facts)


def _with_unit(number: str, terms: Sequence[Term], facts: Facts) -> str:
    """The number with the unit of its terms, when they share one."""
    units = {facts.units[term.indicator] for term in terms}
    return f"{number} {units.pop()}".rstrip() if len(units) == 1 else number
