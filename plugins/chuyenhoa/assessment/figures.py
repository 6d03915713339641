"""What is printed of a result: its figure in a table, and the comparison behind it with its numbers put in.

A figure reads "81/100 = 81,00%", "giảm 20,00% (100 → 80 vụ)" or "không xảy ra". A formula is true as it
stands, so that anyone can recompute it: a result that is not met shows the relation that holds, as in
"79 × 100 < 80 × 100". A figure that is missing stands there by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chuyenhoa.assessment import labels
from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts, missing_in, name_of
from chuyenhoa.assessment.linear import Linear
from chuyenhoa.assessment.numbers import Number, exact, number_text, percent_text
from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.form import ANSWER_WORDS, DOCUMENT_NUMBER
from chuyenhoa.model.results import InsufficiencyReason, Verdict


def describe_figure(measure: measures.Measure, facts: Facts) -> str:
    """The figure of a measure in a few words; a missing number is "…", nothing at all "chưa có số liệu"."""
    if isinstance(measure, measures.CombinedMeasure):
        # Two limits on the same figures, as for two types of locality, are said once.
        said = {(measures.terms_of(part), describe_figure(part, facts)): None for part in measure.parts}
        return "; ".join(text for _, text in said)
    if isinstance(measure, measures.DeclarationMeasure):
        return _declared_figure(measure, facts)
    if isinstance(measure, measures.AwaitedMeasure):
        return labels.REASONS[InsufficiencyReason.NO_GUIDANCE]
    if all(facts.value(term) is None and not facts.is_in_part(term) for term in measures.terms_of(measure)):
        return labels.NO_DATA
    if not possible_verdicts(measure, facts):
        return labels.CONTRADICTORY
    match measure:
        case measures.ValueMeasure():
            return _value_figure(measure, facts)
        case measures.RatioMeasure():
            return _ratio_figure(measure, facts)
        case measures.ChangeMeasure():
            return _change_figure(measure, facts)
        case _:  # typed: only a comparison is left
            return _compare_figure(measure, facts)


def _declared_figure(measure: measures.DeclarationMeasure, facts: Facts) -> str:
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


def _value_figure(measure: measures.ValueMeasure, facts: Facts) -> str:
    total = facts.total(measure.terms)
    # 3 + blank is "ít nhất 3 vụ": a blank is zero or more. 3 - blank has no floor; a floor of 0 says nothing.
    if not total.is_known and (total.least or 0) > 0:
        return _with_unit(_bounds(total), measure.terms, facts)
    return _counted(total, measure.terms, facts)


def _ratio_figure(measure: measures.RatioMeasure, facts: Facts) -> str:
    part, base = facts.total(measure.numerator), facts.total(measure.denominator)
    if base.is_known and base.constant == 0:
        return measure.when_nothing.text
    text = f"{_number(part)}/{_number(base)}"
    if not (part.is_known and base.is_known):
        return text
    return f"{text} = {percent_text(Fraction(part.constant) / base.constant, exact(measure.threshold.value))}"


def _change_figure(measure: measures.ChangeMeasure, facts: Facts) -> str:
    current, base = facts.total(measure.terms), facts.total(measure.before)
    if not (current.is_known and base.is_known):
        return f"{_number(base)} → {_counted(current, measure.terms, facts)}"
    if base.constant == 0:
        return _change_from_nothing(current, measure.terms, facts)
    if current.constant == base.constant:
        return f"{labels.SAME_AS_BASELINE} ({_counted(current, measure.terms, facts)})"
    rise: Number = current.constant - base.constant
    # 2 → 3 vụ reads "tăng 50,00% (2 → 3 vụ)", and with a threshold in cases "tăng 1 vụ (2 → 3 vụ)".
    much: Number = rise if rise > 0 else -rise
    size = _counted(Linear(much), measure.terms, facts)
    if measure.threshold.in_percent:
        # Only what is asked for is compared with the threshold; the rest need only not read as "0,00%".
        held = (rise > 0) == measure.rises
        limit = exact(measure.threshold.value) if held else 0
        size = percent_text(Fraction(much) / base.constant, limit)
    change = f"{labels.RISES if rise > 0 else labels.FALLS} {size}"
    return f"{change} ({_number(base)} → {_counted(current, measure.terms, facts)})"


def _change_from_nothing(current: Linear, terms: Sequence[measures.Term], facts: Facts) -> str:
    """From zero there is no percentage: a rise is stated in numbers, as in "tăng 3 vụ"."""
    if current.constant == 0:
        return labels.NOTHING_HAPPENED
    return (
        f"{labels.RISES} {_counted(current, terms, facts)} ({labels.SAME_PERIOD} {labels.NOTHING_HAPPENED})"
    )


def _compare_figure(measure: measures.CompareMeasure, facts: Facts) -> str:
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


def _all_in(basis: Basis, terms: Sequence[measures.Term]) -> bool:
    return all(term.basis is basis for term in terms)


def _number(total: Linear) -> str:
    return number_text(total.constant) if total.is_known else labels.MISSING


def _bounds(total: Linear) -> str:
    """The least and the most that a sum can be, in words; empty where nothing is known of it."""
    low, high = total.least, total.most
    return labels.format_bounds(
        number_text(low) if low is not None and low > 0 else None, None if high is None else number_text(high)
    )


def _counted(total: Linear, terms: Sequence[measures.Term], facts: Facts) -> str:
    # One month says 5, the next is blank: "ít nhất 5 vụ (cùng kỳ 3 vụ)" tells why it fails already.
    in_part = not total.is_known and any(facts.is_in_part(term) for term in terms)
    return _with_unit((_bounds(total) if in_part else "") or _number(total), terms, facts)


def _with_unit(number: str, terms: Sequence[measures.Term], facts: Facts) -> str:
    """The number with the unit of its terms, when they share one."""
    units = {facts.units[term.indicator] for term in terms}
    return f"{number} {units.pop()}".rstrip() if len(units) == 1 else number


def describe_formula(measure: measures.Measure, facts: Facts) -> str:
    """The comparison of a measure; "" for a declaration or an awaited one, which compare nothing."""
    match measure:
        case measures.ValueMeasure():
            sign = _sign(measure.threshold.direction, measure, facts)
            return f"{_sum(measure.terms, facts)} {sign} {number_text(exact(measure.threshold.value))}"
        case measures.CompareMeasure():
            sign = _sign(measure.direction, measure, facts)
            return f"{_sum(measure.left, facts)} {sign} {_sum(measure.right, facts)}"
        case measures.RatioMeasure():
            return _ratio_formula(measure, facts)
        case measures.ChangeMeasure():
            return _change_formula(measure, facts)
        case measures.DeclarationMeasure() | measures.AwaitedMeasure():
            return ""
        case _:  # typed: only a combined measure is left
            return _combined_formula(measure, facts)


def _ratio_formula(measure: measures.RatioMeasure, facts: Facts) -> str:
    base = facts.total(measure.denominator)
    if base.is_known and base.constant <= 0:
        names = _join([(term.sign, name_of(term)) for term in measure.denominator])
        return f"{names} = {number_text(base.constant)}"
    sign = _sign(measure.threshold.direction, measure, facts)
    limit = number_text(exact(measure.threshold.value))
    return f"{_factor(measure.numerator, facts)} × 100 {sign} {limit} × {_factor(measure.denominator, facts)}"


def _change_formula(measure: measures.ChangeMeasure, facts: Facts) -> str:
    """The strict change, and its size where one is asked for; of a failure the half that failed."""
    now, base = facts.total(measure.terms), facts.total(measure.before)
    after, before = _sum(measure.terms, facts), _sum(measure.before, facts)
    if base.is_known and base.constant == 0 and (measure.threshold.in_percent or not measure.rises):
        return f"{labels.SAME_PERIOD} = 0 {labels.AND} {labels.THIS_PERIOD} = {after}"
    rise = now - base
    least, most = rise.least, rise.most
    if (most is not None and most <= 0) if measure.rises else (least is not None and least >= 0):
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


def _combined_formula(measure: measures.CombinedMeasure, facts: Facts) -> str:
    parts = [text for text in (describe_formula(part, facts) for part in measure.parts) if text]
    joined = "; ".join(parts)
    if measure.at_least is None:
        return joined
    return f"{labels.AT_LEAST} {measure.at_least} {labels.OF} {len(measure.parts)}: {joined}"


def _sign(direction: measures.Direction, measure: measures.Measure, facts: Facts) -> str:
    """The relation that is asked for, or the one that holds instead when it is known to fail."""
    failed = possible_verdicts(measure, facts) == {Verdict.NOT_MET}
    return labels.OPPOSITE_SIGNS[direction] if failed else labels.SIGNS[direction]


def _sum(terms: Sequence[measures.Term], facts: Facts) -> str:
    """The figures of a sum one by one, each missing one by its name, with what is known of it in part."""
    parts = []
    for term in terms:
        value = facts.value(term)
        parts.append((term.sign, _missing(term, facts) if value is None else number_text(value)))
    return _join(parts)


def _missing(term: measures.Term, facts: Facts) -> str:
    known = facts.is_in_part(term)
    return f"{name_of(term)} ({_bounds(facts.blank(term))})" if known else name_of(term)


def _factor(terms: Sequence[measures.Term], facts: Facts) -> str:
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
