"""Every way a measure can come out: verdicts, each with the conditions under which it is given.

With all figures known exactly one case holds, and `known_verdicts` finds it in plain arithmetic: conditions
would be a detour. With blanks, the verdicts whose formula can still hold are what the blanks could yet make
of it; when only one can, the rest has already decided. Tests compare the two ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chuyenhoa.assessment import linear, numbers
from chuyenhoa.assessment.facts import Facts, missing_in
from chuyenhoa.assessment.solutions import may_hold
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.results import Verdict

# The signs of "value minus limit" that pass; this table alone decides what happens on the limit:
# 15 relapsed of 100 with "dưới 15%" (II.7) fails, 80 solved of 100 with "từ 80% trở lên" (II.2) passes.
PASSING_SIGNS = {
    measures.Direction.AT_LEAST: {0, 1},
    measures.Direction.AT_MOST: {-1, 0},
    measures.Direction.LESS_THAN: {-1},
    measures.Direction.MORE_THAN: {1},
    measures.Direction.EQUAL: {0},
}

# The figure of a term without its sign; None where it is missing.
Values = Callable[[measures.Term], numbers.Number | None]

_ONE = {verdict: frozenset({verdict}) for verdict in Verdict}
_CONTRADICTION: frozenset[Verdict] = frozenset()


def known_verdicts(measure: measures.Measure, value: Values) -> frozenset[Verdict] | None:
    """The one verdict of a measure, or none where its figures contradict each other.

    None where a figure is missing, a declaration or a letter decides, or parts contradict each other.
    """
    match measure:
        case measures.ValueMeasure():
            total = _total(measure.terms, value)
            return (
                None
                if total is None
                else _compare(total, numbers.exact(measure.threshold.value), measure.threshold.direction)
            )
        case measures.CompareMeasure():
            left, right = _total(measure.left, value), _total(measure.right, value)
            return None if left is None or right is None else _compare(left, right, measure.direction)
        case measures.RatioMeasure():
            return _ratio(measure, value)
        case measures.ChangeMeasure():
            return _change(measure, value)
        case measures.DeclarationMeasure() | measures.AwaitedMeasure():
            return None
        case _:  # typed: only a combined measure is left
            return _combined(measure, value)


def _total(terms: Sequence[measures.Term], value: Values) -> numbers.Number | None:
    total: numbers.Number = 0
    for term in terms:
        found = value(term)
        if found is None:
            return None
        total += found if term.sign > 0 else -found
    return total


def _compare(
    value: numbers.Number, limit: numbers.Number, direction: measures.Direction
) -> frozenset[Verdict]:
    sign = (value > limit) - (value < limit)
    return _ONE[Verdict.MET if sign in PASSING_SIGNS[direction] else Verdict.NOT_MET]


def _ratio(measure: measures.RatioMeasure, value: Values) -> frozenset[Verdict] | None:
    part, base = _total(measure.numerator, value), _total(measure.denominator, value)
    if part is None or base is None:
        return None
    if base <= 0:
        # What nothing to divide by means is plan data: practice reports "không xảy ra" as a success, so the
        # sample set says met. Below zero (more tips handed on than there were) figures contradict each other.
        return _ONE[measure.when_nothing.verdict] if base == 0 else _CONTRADICTION
    # 1999 of 2500 is 79,96 %: 1999 × 100 = 199 900 < 80 × 2500 = 200 000, so not met, though "80,0%" is what
    # one decimal would print. The worked example of TT 23/2012/TT-BCA counts so too: 16 of 25 khu dân cư is
    # 64 %, and 70 % needs 18.
    return _compare(part * 100, numbers.exact(measure.threshold.value) * base, measure.threshold.direction)


def _change(measure: measures.ChangeMeasure, value: Values) -> frozenset[Verdict] | None:
    """As in `cases.py`: a baseline of zero has no percentage, and nothing can fall from it."""
    now, base = _total(measure.terms, value), _total(measure.before, value)
    if now is None or base is None:
        return None
    if base < 0:
        return _CONTRADICTION
    limit, direction = numbers.exact(measure.threshold.value), measure.threshold.direction
    if base == 0 and not measure.rises:
        return _compare(now, 0, measures.Direction.EQUAL)
    if base == 0 and measure.threshold.in_percent:
        return _compare(now, 0, measures.Direction.MORE_THAN)
    change = now - base if measure.rises else base - now
    # "Giảm" with a threshold of 0 %: 20 after 20 is no fall, although a change of 0 is at least 0 %.
    if change <= 0:
        return _ONE[Verdict.NOT_MET]
    if measure.threshold.in_percent:
        return _compare(change * 100, limit * base, direction)
    return _compare(change, limit, direction)


def _combined(measure: measures.CombinedMeasure, value: Values) -> frozenset[Verdict] | None:
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
    # All of (met, not applicable) is met; 2 of 3 with (met, not applicable, met) is met, and with (met, not
    # applicable, not met) it is not: what does not apply proves nothing.
    met, failed = verdicts.count(Verdict.MET), verdicts.count(Verdict.NOT_MET)
    if not met and not failed:
        return Verdict.NOT_APPLICABLE
    passes = failed == 0 if at_least is None else met >= at_least
    return Verdict.MET if passes else Verdict.NOT_MET


_ANSWERED = {
    Answer.YES: Verdict.MET,
    Answer.NO: Verdict.NOT_MET,
    Answer.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


@dataclass(frozen=True)
class Case:
    """A verdict and the conditions under which it is the right one."""

    verdict: Verdict
    conditions: tuple[linear.Condition, ...] = ()


SAYABLE = (Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)

# The windows of the unknowns that stand for a criterion's declaration and for the letter it waits for.
STATEMENT, GUIDANCE = "statement", "guidance"


def possible_verdicts(measure: measures.Measure, facts: Facts) -> frozenset[Verdict]:
    """The verdicts that the blanks of a measure leave open.

    One verdict: it is decided. Several: insufficient. None: the figures contradict each other, as with a
    denominator below zero (more tips handed on than there were), and no value of a blank corrects that.
    Where `facts.work` was exhausted a verdict may be among them that no value of the blanks gives.
    """
    found = facts.decided.get(id(measure))
    if found is None:
        # The short way first: without blanks, and that is nearly always, conditions are a detour.
        found = known_verdicts(measure, facts.value)
        if found is None:
            found = open_verdicts(measure, facts)
        facts.decided[id(measure)] = found
    return found


def open_verdicts(measure: measures.Measure, facts: Facts) -> frozenset[Verdict]:
    """The verdicts of a measure whose formula can hold."""
    if not is_consistent(measure, facts):
        return _CONTRADICTION
    return frozenset(
        verdict for verdict in SAYABLE if may_hold(formula_of(measure, facts, verdict), facts.work)
    )


def is_consistent(measure: measures.Measure, facts: Facts) -> bool:
    """Whether some values of the blanks give a measure a verdict at all."""
    return may_hold(consistency_of(measure, facts), facts.work)


def consistency_of(measure: measures.Measure, facts: Facts) -> linear.Formula:
    """That a measure has a verdict: nothing that is counted, and divided by, is below zero."""
    match measure:
        case measures.RatioMeasure():
            return linear.every([linear.Condition(facts.total(measure.denominator))])
        case measures.ChangeMeasure():
            return linear.every([linear.Condition(facts.total(measure.before))])
        case measures.CombinedMeasure():
            return linear.every(_part_has_verdict(part, facts) for part in measure.parts)
        case _:
            return linear.ALWAYS


def formula_of(measure: measures.Measure, facts: Facts, *verdicts: Verdict) -> linear.Formula:
    """That a measure comes out as one of the verdicts."""
    if isinstance(measure, measures.CombinedMeasure):
        return linear.some(1, (_combined_formula(measure, facts, verdict) for verdict in verdicts))
    wanted = [case for case in cases_of(measure, facts) if case.verdict in verdicts]
    return linear.some(1, (linear.every(case.conditions) for case in wanted))


def _combined_formula(measure: measures.CombinedMeasure, facts: Facts, verdict: Verdict) -> linear.Formula:
    """As `combine` says it; an unknown that parts share has one value in all.

    2 of 3 is met: two parts are, and the third has any verdict. Written so, and not as a list of all
    combinations, it grows with the parts and not with what they can come to together.
    """

    def parts(*wanted: Verdict) -> list[linear.Formula]:
        return [_part_formula(part, facts, *wanted) for part in measure.parts]

    met, failed, neutral = SAYABLE
    if verdict is neutral:
        return linear.every(parts(neutral))
    if measure.at_least is None:
        if verdict is met:
            return linear.every([*parts(met, neutral), linear.some(1, parts(met))])
        return linear.every([consistency_of(measure, facts), linear.some(1, parts(failed))])
    if verdict is met:
        return linear.every([consistency_of(measure, facts), linear.some(measure.at_least, parts(met))])
    too_many = len(measure.parts) - measure.at_least + 1
    enough_fail = linear.some(too_many, parts(failed, neutral))
    return linear.every([consistency_of(measure, facts), enough_fail, linear.some(1, parts(met, failed))])


def _part_has_verdict(part: measures.Measure, facts: Facts) -> linear.Formula:
    return consistency_of(part, facts) if is_consistent(part, facts) else linear.ALWAYS


def _part_formula(part: measures.Measure, facts: Facts, *wanted: Verdict) -> linear.Formula:
    """A part whose figures contradict each other leaves open what it would say, so that others may decide."""
    return formula_of(part, facts, *wanted) if is_consistent(part, facts) else linear.ALWAYS


def cases_of(measure: measures.Leaf, facts: Facts) -> tuple[Case, ...]:
    """All cases of a measure of one part; conditions on known figures are in them too, held or not."""
    match measure:
        case measures.ValueMeasure():
            return _compare_sign(
                facts.total(measure.terms) - _limit(measure.threshold), measure.threshold.direction
            )
        case measures.CompareMeasure():
            return _compare_sign(facts.total(measure.left) - facts.total(measure.right), measure.direction)
        case measures.RatioMeasure():
            return _ratio_cases(measure, facts)
        case measures.ChangeMeasure():
            return _change_cases(measure, facts)
        case measures.DeclarationMeasure():
            return _declared_cases(measure, facts)
        case _:  # typed: only an awaited one is left
            return _open_cases(linear.Unknown(facts.criterion.code, GUIDANCE, room=2))


def statement_of(facts: Facts) -> linear.Unknown:
    """The unknown that stands for what a criterion's declaration will say."""
    return linear.Unknown(facts.criterion.code, STATEMENT, room=2)


def _limit(threshold: measures.Threshold) -> linear.Linear:
    return linear.Linear(numbers.exact(threshold.value))


def _compare_sign(
    difference: linear.Linear, direction: measures.Direction, given: tuple[linear.Condition, ...] = ()
) -> tuple[Case, ...]:
    """The cases of "value minus limit", each with what else is `given`: where it passes, and where not."""
    passing = PASSING_SIGNS[direction]
    return tuple(
        Case(verdict, given + conditions)
        for verdict, signs in ((Verdict.MET, passing), (Verdict.NOT_MET, {-1, 0, 1} - passing))
        for conditions in _in_signs(difference, signs)
    )


def _in_signs(difference: linear.Linear, signs: set[int]) -> list[tuple[linear.Condition, ...]]:
    """Conditions under each of which a difference has one of the signs; "zero or more" is one of them."""
    if signs == {-1, 1}:
        return [linear.is_negative(difference), linear.is_positive(difference)]
    if signs == {0}:
        return [linear.is_zero(difference)]
    upwards = difference if 1 in signs else difference.times(-1)
    return [(linear.Condition(upwards, strict=0 not in signs),)]


def _ratio_cases(measure: measures.RatioMeasure, facts: Facts) -> tuple[Case, ...]:
    """Compare numerator * 100 with threshold * denominator; for a denominator of zero ask the plan.

    A denominator below zero has no case: it counts things, so such figures contradict each other.
    """
    base = facts.total(measure.denominator)
    difference = _hundredfold(facts.total(measure.numerator)) - base.times(
        numbers.exact(measure.threshold.value)
    )
    nothing = Case(measure.when_nothing.verdict, linear.is_zero(base))
    return (nothing, *_compare_sign(difference, measure.threshold.direction, linear.is_positive(base)))


def _change_cases(measure: measures.ChangeMeasure, facts: Facts) -> tuple[Case, ...]:
    """Ask for a strict fall (or rise), and for one of the threshold's size in percent or in numbers.

    From a baseline of zero nothing can fall: met when the current value is zero as well, else not met; and
    any rise from zero is more than every percentage. A baseline below zero has no case, as a denominator
    below zero has none.
    """
    current, base = facts.total(measure.terms), facts.total(measure.before)
    change = current - base if measure.rises else base - current
    if measure.threshold.in_percent:
        enough = _hundredfold(change) - base.times(numbers.exact(measure.threshold.value))
    else:
        enough = change - _limit(measure.threshold)
    from_nothing: tuple[Case, ...] = ()
    given = linear.is_positive(base)
    if not measure.rises:
        from_nothing = _compare_sign(current, measures.Direction.EQUAL, linear.is_zero(base))
    elif measure.threshold.in_percent:
        from_nothing = _compare_sign(current, measures.Direction.MORE_THAN, linear.is_zero(base))
    else:
        given = (linear.Condition(base),)
    return (
        *from_nothing,
        Case(Verdict.NOT_MET, (*given, linear.Condition(change.times(-1)))),
        *_compare_sign(enough, measure.threshold.direction, given + linear.is_positive(change)),
    )


def _hundredfold(total: linear.Linear) -> linear.Linear:
    return total.times(100)


def _declared_cases(measure: measures.DeclarationMeasure, facts: Facts) -> tuple[Case, ...]:
    """The answer given; anything while the answer, or the document that proves a "Có", lacks."""
    declared = facts.declaration
    if declared is None or declared.answer is None or missing_in(measure, declared):
        return _open_cases(statement_of(facts))
    return (Case(_ANSWERED[declared.answer]),)


def _open_cases(unknown: linear.Unknown) -> tuple[Case, ...]:
    """Every verdict, by the value of an unknown that stands for what will be said."""
    said = linear.Linear(multiples={unknown: 1})
    return tuple(
        Case(verdict, linear.is_zero(said - linear.Linear(number))) for number, verdict in enumerate(SAYABLE)
    )
