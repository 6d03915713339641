"""Criteria as data: a measure over indicators, a threshold with its unit, and the clause they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from chuyenhoa.model.baselines import Against, prefix_of
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Verdict

# The unit of a threshold on a share.
PERCENT = "percent"


class Direction(StrEnum):
    """How a value is compared with a threshold; equality passes unless the word says "than"."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"
    EQUAL = "equal"


@dataclass(frozen=True)
class Term:
    """One indicator in a sum: its window and whether it is added (+1) or taken away (-1)."""

    indicator: str
    basis: Against = Basis.CURRENT
    sign: int = 1

    @cached_property
    def name(self) -> str:
        """Its name as an input: `TTXH_XR` for the period, `baseline.TTXH_XR` for the window compared with."""
        if self.basis is Basis.CURRENT:
            return self.indicator
        return f"{prefix_of(self.basis)}.{self.indicator}"


@dataclass(frozen=True)
class Threshold:
    """A limit with its unit (`percent` or the unit of the indicator).

    `legal_basis` is set where the limit rests on another clause than its criterion does.
    """

    value: Decimal
    unit: str
    direction: Direction
    legal_basis: str = ""

    @property
    def in_percent(self) -> bool:
        """Whether the limit is a share and no number of things."""
        return self.unit == PERCENT


@dataclass(frozen=True)
class WhenNothing:
    """The verdict when there is nothing to divide by, and the words for it."""

    verdict: Verdict
    text: str


@dataclass(frozen=True)
class DeclarationMeasure:
    """Passes on a declaration "Có"; with number and date of a document where one is asked for.

    One that speaks of all that happened, `throughout`, must be "Có" in every report that a window is put
    together from; any other holds from the report on in which it was made.
    """

    needs_document: bool = True
    throughout: bool = False


@dataclass(frozen=True)
class ValueMeasure:
    """A sum of indicators compared with the threshold as a plain number."""

    terms: tuple[Term, ...]
    threshold: Threshold


@dataclass(frozen=True)
class RatioMeasure:
    """numerator * 100 against threshold * denominator, never a rounded percentage."""

    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    threshold: Threshold
    when_nothing: WhenNothing


@dataclass(frozen=True)
class ChangeMeasure:
    """A fall, or a rise, against a baseline: strictly so, and by the threshold in percent or in numbers.

    From a baseline of zero nothing can fall: met when the current value is zero too, and not met otherwise.
    A rise from zero has no percentage: met when there is any.
    """

    terms: tuple[Term, ...]
    threshold: Threshold
    rises: bool = False
    against: Against = Basis.BASELINE

    @cached_property
    def before(self) -> tuple[Term, ...]:
        """The same terms, counted in the window compared with."""
        return tuple(Term(term.indicator, self.against, term.sign) for term in self.terms)


@dataclass(frozen=True)
class CompareMeasure:
    """One sum against another, as in "no more than last year"."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    direction: Direction


@dataclass(frozen=True)
class CombinedMeasure:
    """At least `at_least` of the parts pass; all of them when it is None."""

    parts: tuple[Measure, ...]
    at_least: int | None = None


@dataclass(frozen=True)
class AwaitedMeasure:
    """A criterion that waits for a guidance letter; until then nothing can be said."""


Leaf = DeclarationMeasure | ValueMeasure | RatioMeasure | ChangeMeasure | CompareMeasure | AwaitedMeasure
Measure = Leaf | CombinedMeasure


def terms_of(measure: Measure) -> tuple[Term, ...]:
    """All terms of a measure in the order in which it names them; a figure named twice comes twice."""
    match measure:
        case ValueMeasure():
            return measure.terms
        case ChangeMeasure():
            return measure.terms + measure.before
        case RatioMeasure():
            return measure.numerator + measure.denominator
        case CompareMeasure():
            return measure.left + measure.right
        case DeclarationMeasure() | AwaitedMeasure():
            return ()
        case _:  # typed: only a combined measure is left
            return tuple(term for part in measure.parts for term in terms_of(part))


def leaves_of(measure: Measure) -> tuple[Leaf, ...]:
    """The measures that a measure is made of, combined ones opened to the last."""
    if isinstance(measure, CombinedMeasure):
        return tuple(leaf for part in measure.parts for leaf in leaves_of(part))
    return (measure,)


@dataclass(frozen=True)
class CriteriaGroup:
    """A group of criteria; a locality passes when every group passes (plan 121, II.3)."""

    code: str
    title: str


@dataclass(frozen=True)
class TypeMeasure:
    """How a criterion is measured in localities of certain types, where that differs from the others."""

    types: frozenset[int]
    measure: Measure


@dataclass(frozen=True)
class Criterion:
    """One test in one edition, with the clause that orders it.

    `edition` names the wording in force, as results cite it; it holds from `valid_from` to `valid_to`, both
    included, and without end where they are None.
    """

    code: str
    group: str
    title: str
    legal_basis: str
    measure: Measure
    status: str
    applies_to_types: frozenset[int] = field(default_factory=lambda: frozenset({1, 2, 3, 4}))
    short: str = ""
    """A few words for a table's head."""
    by_type: tuple[TypeMeasure, ...] = ()
    edition: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def is_declared(self) -> bool:
        """Whether a submitter states it on sheet "Định tính"."""
        return any(isinstance(leaf, DeclarationMeasure) for leaf in self.leaves)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measure of most localities, and those of certain types."""
        return (self.measure, *(entry.measure for entry in self.by_type))

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All measures of the criterion, combined ones opened to the last."""
        return tuple(leaf for measure in self.measures for leaf in leaves_of(measure))

    @property
    def terms(self) -> tuple[Term, ...]:
        """All figures that any of its measures names."""
        return tuple(term for measure in self.measures for term in terms_of(measure))

    def is_valid_on(self, day: date) -> bool:
        """Whether this edition is in force on a day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    @cached_property
    def distinct_terms(self) -> tuple[Term, ...]:
        """The figures of `measure`, in order, each once."""
        named = {term.name: term for term in terms_of(self.measure)}
        return tuple(named.values())

    @cached_property
    def statements(self) -> tuple[DeclarationMeasure, ...]:
        """The declarations in `measure`."""
        return tuple(leaf for leaf in leaves_of(self.measure) if isinstance(leaf, DeclarationMeasure))

    @cached_property
    def _asked(self) -> dict[frozenset[int], Criterion]:
        return {}

    def for_types(self, types: frozenset[int]) -> Criterion:
        """The criterion as it is measured in a locality of these types.

        A locality of several types must pass what is asked of each of them to which the criterion applies;
        so two types with different thresholds mean both, which is the stricter one.
        """
        if types not in self._asked:
            self._asked[types] = self._asked_of(types)
        return self._asked[types]

    def _asked_of(self, types: frozenset[int]) -> Criterion:
        # Types 1 and 4 with 80 % and 90 %: both are asked, and 17 of 20 fails. Were one picked, the order of
        # entries in the plan would decide (decision 0017).
        asked = dict.fromkeys(self._measure_of(one) for one in sorted(types & self.applies_to_types))
        if len(asked) < 2:
            return replace(self, measure=next(iter(asked), self.measure), by_type=())
        return replace(self, measure=CombinedMeasure(tuple(asked)), by_type=())

    def _measure_of(self, one: int) -> Measure:
        return next((entry.measure for entry in self.by_type if one in entry.types), self.measure)


@dataclass(frozen=True)
class ProvinceTarget:
    """A target of the province over its localities: at least `percent` of them."""

    code: str
    title: str
    percent: int
    of: str
    """`recognised` (of this year's localities) or `not_relapsed` (of those recognised before)."""
    legal_basis: str
    status: str
