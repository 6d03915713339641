"""Verdicts of many localities at once, in whole numbers: one array a figure, one column a locality.

Nothing is rounded: 80 % is 80/1, 79,96 triệu đồng are 7996 hundredths, the mean of three years is a third of
their sum, and every comparison is multiplied out. What this cannot say exactly it leaves to the exact engine
(`EXACT`): a blank, figures that contradict each other, a number too large for 64 bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from chuyenhoa.assessment.cases import PASSING_SIGNS
from chuyenhoa.assessment.facts import missing_in
from chuyenhoa.assessment.outlook import PRECEDENCE
from chuyenhoa.assessment.verdicts import criteria_for, decimals_of, evidence_in, verdict_of
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.baselines import Against
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind, Locality, Plan
from chuyenhoa.model.results import Verdict

Whole = NDArray[np.int64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

VERDICTS = (*PRECEDENCE, Verdict.NOT_APPLICABLE)
"""Verdicts by code, in the order of precedence: the verdict over several is the least of their codes."""
NOT_MET, INSUFFICIENT, MET, NOT_APPLICABLE = (
    VERDICTS.index(verdict)
    for verdict in (Verdict.NOT_MET, Verdict.INSUFFICIENT, Verdict.MET, Verdict.NOT_APPLICABLE)
)
EXACT = -1
"""The code of a result that only the exact engine can give."""

# An indicator in a window, as evidence holds it.
Figure = tuple[str, Against]

_LARGEST = 2**63 - 1
# More than this many parts of one (hundredths of thirds …) in a column leave no room for the figures.
_FINEST = 10**9
_ANSWERS = {Answer.YES: MET, Answer.NO: NOT_MET, Answer.NOT_APPLICABLE: NOT_APPLICABLE}


@dataclass(frozen=True)
class Columns:
    """What is known of many localities, in their order along the last axis of every array."""

    rows: Mapping[Figure, int]
    """The row of every figure in `values` and `known`."""
    values: Whole
    """[figure, locality]: the figure as so many of its `parts`; zero where it is not `known`."""
    known: Flags
    """[figure, locality]: whether there is one value, stated or computed, that fits the column."""
    parts: tuple[int, ...]
    """By row, how many make one: 1 for counts, 100 for money with two decimals, 3 for a mean of three."""
    declared: Mapping[str, int]
    """The row of every declared criterion in `answers` and `proved`."""
    answers: Codes
    """[criterion, locality]: the verdict that the declaration gives, EXACT where there is none."""
    proved: Flags
    """[criterion, locality]: whether number and date of a document stand with it."""
    absent: Flags
    """[locality]: nothing at all was accepted."""

    def take(self, chosen: Whole) -> Columns:
        """The columns of some localities, by their places."""
        return replace(
            self,
            values=self.values[:, chosen],
            known=self.known[:, chosen],
            answers=self.answers[:, chosen],
            proved=self.proved[:, chosen],
            absent=self.absent[chosen],
        )


def figures_in(criteria: Iterable[measures.Criterion]) -> tuple[Figure, ...]:
    """The figures that criteria name in any of their measures, each once."""
    return tuple(dict.fromkeys((t.indicator, t.basis) for entry in criteria for t in entry.terms))


def columns_of(criteria: Sequence[measures.Criterion], evidence: Sequence[LocalityEvidence]) -> Columns:
    """What criteria ask for, out of what was accepted for each locality."""
    figures = figures_in(criteria)
    declared = [entry.code for entry in criteria if entry.is_declared]
    # A country has millions of figures: the store of each is looked up once and not for every locality.
    named = [
        _column([e.figures.get((code, of)) for e in evidence])
        if isinstance(of, Basis)
        else _column([e.baselines.get((code, of)) for e in evidence])
        for code, of in figures
    ]
    said = [[entry.declarations.get(code) for entry in evidence] for code in declared]
    of_figures, of_declared = (len(figures), len(evidence)), (len(declared), len(evidence))
    return Columns(
        {figure: row for row, figure in enumerate(figures)},
        np.array([values for values, _, _ in named], np.int64).reshape(of_figures),
        np.array([known for _, known, _ in named], np.bool_).reshape(of_figures),
        tuple(parts for _, _, parts in named),
        {code: row for row, code in enumerate(declared)},
        np.array([[_answer(entry) for entry in row] for row in said], np.int8).reshape(of_declared),
        np.array([[_is_proved(entry) for entry in row] for row in said], np.bool_).reshape(of_declared),
        np.array([not e.is_measurable for e in evidence], np.bool_),
    )


def _column(figures: Sequence[KnownFigure | None]) -> tuple[list[int], list[bool], int]:
    """One figure of every locality in parts of one; which of them there are; how many parts make one."""
    ratios = [None if f is None or f.value is None else _ratio(f.value, f.divisor) for f in figures]
    parts = 1
    for _, denominator in filter(None, ratios):
        if parts % denominator and math.lcm(parts, denominator) <= _FINEST:
            parts = math.lcm(parts, denominator)
    values = [0 if ratio is None else ratio[0] * parts // ratio[1] for ratio in ratios]
    # One cell of eleven decimals, or of twenty digits, is left to the exact engine and spoils no other.
    known = [
        ratio is not None and not parts % ratio[1] and -_LARGEST <= value <= _LARGEST
        for ratio, value in zip(ratios, values, strict=True)
    ]
    return [value if fits else 0 for value, fits in zip(values, known, strict=True)], known, parts


def _ratio(value: Decimal, divisor: int) -> tuple[int, int]:
    """A figure as numerator and denominator."""
    numerator, denominator = value.as_integer_ratio()
    return numerator, denominator * divisor


def _answer(said: KnownDeclaration | None) -> int:
    return EXACT if said is None or said.answer is None else _ANSWERS[said.answer]


_PROVED_BY_DOCUMENT = measures.DeclarationMeasure(needs_document=True)


def _is_proved(said: KnownDeclaration | None) -> bool:
    return not missing_in(_PROVED_BY_DOCUMENT, said)


def join_windows(
    indicators: Mapping[str, Indicator], figures: Sequence[Figure], windows: Sequence[Columns]
) -> Columns:
    """Some figures of a window from the columns of consecutive ones that cover it, all of the same shape.

    A flow is the sum of its parts and known when all are; any other figure is that of its day. What is
    declared counts where all say the same: which word holds where they differ, the exact engine knows. So it
    does what is left where some of them were never accepted.
    """
    first = windows[0]
    lacking = reduce(np.logical_or, (window.absent for window in windows))
    joined = [_join_row(indicators[figure[0]], first.rows[figure], windows) for figure in figures]
    answers, proved = first.answers.copy(), first.proved.copy()
    for other in windows[1:]:
        answers[other.answers != answers] = EXACT
        answers[other.proved != proved] = EXACT
    answers[:, lacking] = EXACT
    shape = (len(figures), len(lacking))
    return replace(
        first,
        rows={figure: row for row, figure in enumerate(figures)},
        values=np.array([values for values, _, _ in joined], np.int64).reshape(shape),
        known=np.array([known for _, known, _ in joined], np.bool_).reshape(shape) & ~lacking,
        parts=tuple(parts for _, _, parts in joined),
        answers=answers,
        proved=proved,
        absent=reduce(np.logical_and, (window.absent for window in windows)),
    )


def _join_row(indicator: Indicator, row: int, windows: Sequence[Columns]) -> tuple[Whole, Flags, int]:
    if indicator.kind is not IndicatorKind.FLOW:
        moment = windows[0 if indicator.at_start else -1]
        return moment.values[row], moment.known[row], moment.parts[row]
    parts = math.lcm(*(window.parts[row] for window in windows))
    total = np.zeros_like(windows[0].values[row])
    known = np.ones_like(windows[0].known[row])
    for window in windows:
        factor = parts // window.parts[row]
        fits = np.abs(window.values[row]) <= _LARGEST // (factor * len(windows))
        known &= window.known[row] & fits
        total += np.where(known, window.values[row] * factor, 0)
    return np.where(known, total, 0), known, parts


def verdict_codes(
    criteria: Sequence[measures.Criterion], localities: Sequence[Locality], columns: Columns
) -> Codes:
    """The verdict of every locality by every criterion, EXACT where only the exact engine can say.

    Args:
        criteria: The criteria in force, in the order of the plan.
        localities: In the order of the columns.
        columns: What is known of them: every figure that a criterion names has its row.

    Returns:
        [locality, criterion], by the place in `VERDICTS`.
    """
    codes = np.full((len(localities), len(criteria)), EXACT, np.int8)
    by_types: dict[frozenset[int], list[int]] = {}
    for place, locality in enumerate(localities):
        by_types.setdefault(locality.types, []).append(place)
    for types, places in by_types.items():
        chosen = np.array(places, np.int64)
        asked_of = columns.take(chosen)
        for at, criterion in enumerate(criteria):
            codes[chosen, at] = _criterion_codes(criterion, types, asked_of)
    return codes


def _criterion_codes(criterion: measures.Criterion, types: frozenset[int], columns: Columns) -> Codes | int:
    """One criterion in localities of the same types; in the order of `verdicts.assess_criterion`."""
    if not criterion.applies_to_types & types:
        return NOT_APPLICABLE
    measure = criterion.for_types(types).measure
    if isinstance(measure, measures.AwaitedMeasure):
        return INSUFFICIENT
    codes = _codes(measure, criterion.code, columns)
    codes[columns.absent] = INSUFFICIENT
    return codes


def roll_up_codes(codes: Codes) -> Codes:
    """One code over those along the last axis; not applicable where there are none. None may be EXACT."""
    found: Codes = codes.min(axis=-1, initial=NOT_APPLICABLE)
    return found


def _codes(measure: measures.Measure, criterion: str, columns: Columns) -> Codes:
    match measure:
        case measures.DeclarationMeasure():
            return _declared(measure, columns.declared[criterion], columns)
        case measures.AwaitedMeasure():
            return np.full(columns.absent.shape, EXACT, np.int8)
        case measures.CombinedMeasure():
            return _combined([_codes(part, criterion, columns) for part in measure.parts], measure.at_least)
        case _:
            return _compared(measure, columns)


def _declared(measure: measures.DeclarationMeasure, row: int, columns: Columns) -> Codes:
    answers: Codes = columns.answers[row].copy()
    if measure.needs_document:
        answers[~columns.proved[row]] = EXACT
    return answers


def _combined(parts: Sequence[Codes], at_least: int | None) -> Codes:
    """As `cases.combine` does it, where every part is decided."""
    stacked = np.stack(parts)
    met, failed = (stacked == MET).sum(axis=0), (stacked == NOT_MET).sum(axis=0)
    passes = failed == 0 if at_least is None else met >= at_least
    codes = _passing(passes)
    codes[(met == 0) & (failed == 0)] = NOT_APPLICABLE
    codes[(stacked == EXACT).any(axis=0)] = EXACT
    return codes


def _passing(passes: Flags) -> Codes:
    return np.where(passes, np.int8(MET), np.int8(NOT_MET))


_Compared = measures.ValueMeasure | measures.CompareMeasure | measures.RatioMeasure | measures.ChangeMeasure


def _compared(measure: _Compared, columns: Columns) -> Codes:
    """A comparison of sums, where all that is multiplied out fits 64 bits."""
    terms = measures.terms_of(measure)
    rows = [columns.rows[term.indicator, term.basis] for term in terms]
    parts = math.lcm(1, *(columns.parts[row] for row in rows))
    limit = _limit_of(measure)
    # |figure| × 100 × q and |figure| × p, for all figures of the sums together: 2⁶³ / weight is what a single
    # one may be. What is larger goes to Python's integers, which have no end.
    weight = sum(parts // columns.parts[row] for row in rows) * max(100 * limit[1], abs(limit[0]))
    decided = np.ones(columns.absent.shape, np.bool_)
    if weight > _LARGEST:
        return np.full(decided.shape, EXACT, np.int8)
    for row in rows:
        decided &= columns.known[row] & (np.abs(columns.values[row]) <= _LARGEST // max(weight, 1))
    sums = _Sums(columns, parts, decided)
    match measure:
        case measures.ValueMeasure():
            codes = _against(sums.of(measure.terms) * limit[1], limit[0] * parts, measure.threshold.direction)
        case measures.CompareMeasure():
            codes = _against(sums.of(measure.left), sums.of(measure.right), measure.direction)
        case measures.RatioMeasure():
            codes = _ratio_codes(measure, sums, limit)
        case _:
            codes = _change_codes(measure, sums, limit)
    codes[~decided] = EXACT
    return codes


def _limit_of(measure: _Compared) -> tuple[int, int]:
    """The threshold as p/q."""
    if isinstance(measure, measures.CompareMeasure):
        return 0, 1
    return measure.threshold.value.as_integer_ratio()


@dataclass(frozen=True)
class _Sums:
    """Signed sums of columns in the same `parts` of one; zero where nothing is `decided` anyway."""

    columns: Columns
    parts: int
    decided: Flags

    def of(self, terms: Sequence[measures.Term]) -> Whole:
        total = np.zeros(self.decided.shape, np.int64)
        for term in terms:
            row = self.columns.rows[term.indicator, term.basis]
            factor = term.sign * (self.parts // self.columns.parts[row])
            total += np.where(self.decided, self.columns.values[row], 0) * factor
        return total


def _against(left: Whole, right: Whole | int, direction: measures.Direction) -> Codes:
    sign = (left > right).astype(np.int8) - (left < right)
    return _passing(np.isin(sign, list(PASSING_SIGNS[direction])))


def _ratio_codes(measure: measures.RatioMeasure, sums: _Sums, limit: tuple[int, int]) -> Codes:
    part, base = sums.of(measure.numerator), sums.of(measure.denominator)
    codes = _against(part * (100 * limit[1]), base * limit[0], measure.threshold.direction)
    codes[base == 0] = VERDICTS.index(measure.when_nothing.verdict)
    codes[base < 0] = EXACT
    return codes


def _change_codes(measure: measures.ChangeMeasure, sums: _Sums, limit: tuple[int, int]) -> Codes:
    """A fall or rise, as `cases.known_verdicts` tells it."""
    now, base = sums.of(measure.terms), sums.of(measure.before)
    change = now - base if measure.rises else base - now
    if measure.threshold.in_percent:
        codes = _against(change * (100 * limit[1]), base * limit[0], measure.threshold.direction)
    else:
        codes = _against(change * limit[1], limit[0] * sums.parts, measure.threshold.direction)
    codes[change <= 0] = NOT_MET
    if not measure.rises:
        codes = np.where(base == 0, _passing(now == 0), codes)
    elif measure.threshold.in_percent:
        codes = np.where(base == 0, _passing(now > 0), codes)
    codes[base < 0] = EXACT
    return codes


@dataclass(frozen=True)
class Decided:
    """Every verdict of a milestone, and nothing else of the results: no text, no input, no step."""

    localities: tuple[str, ...]
    criteria: tuple[str, ...]
    groups: tuple[str, ...]
    criterion_codes: Codes
    """[locality, criterion], by the place in `VERDICTS`."""
    group_codes: Codes
    """[locality, group]."""
    locality_codes: Codes

    def counts(self) -> Mapping[Verdict, int]:
        """How many criterion results carry each verdict, as `Assessment.counts` tells it."""
        return {verdict: int((self.criterion_codes == code).sum()) for code, verdict in enumerate(VERDICTS)}

    def verdicts(self) -> Mapping[tuple[str, str], Verdict]:
        """Every verdict by locality and criterion; under "" that of the locality."""
        table = np.column_stack((self.locality_codes, self.criterion_codes)).tolist()
        names = ("", *self.criteria)
        return {
            (locality, name): VERDICTS[code]
            for locality, codes in zip(self.localities, table, strict=True)
            for name, code in zip(names, codes, strict=True)
        }


def decide(plan: Plan, evidence: Mapping[str, LocalityEvidence], as_of: date) -> Decided:
    """The verdicts that `verdicts.assess` gives, without the rest of its results.

    Raises:
        AssessmentError: As `verdicts.assess` does.
    """
    criteria = criteria_for(plan, evidence, as_of)
    known = [evidence_in(evidence, entry.code) for entry in plan.localities]
    codes = verdict_codes(criteria, plan.localities, columns_of(criteria, known))
    decimals = decimals_of(plan)
    for place, at in np.argwhere(codes == EXACT).tolist():
        found = verdict_of(criteria[at], plan.localities[place], known[place], decimals)
        codes[place, at] = VERDICTS.index(found)
    return gather(plan, criteria, codes)


def gather(plan: Plan, criteria: Sequence[measures.Criterion], codes: Codes) -> Decided:
    """The verdicts of groups and localities over those of their criteria, none of which is EXACT any more."""
    group_codes = np.empty((len(codes), len(plan.groups)), np.int8)
    for place, group in enumerate(plan.groups):
        members = [at for at, criterion in enumerate(criteria) if criterion.group == group.code]
        group_codes[:, place] = roll_up_codes(codes[:, members])
    return Decided(
        tuple(entry.code for entry in plan.localities),
        tuple(entry.code for entry in criteria),
        tuple(entry.code for entry in plan.groups),
        codes,
        group_codes,
        roll_up_codes(group_codes),
    )
