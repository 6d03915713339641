"""Criteria as data: a measure over indicators, a threshold with its unit, and the clause they rest on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Verdict


class Direction(StrEnum):
    """How a value is held against a threshold; equality passes unless the word says "than"."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"
    EQUAL = "equal"


@dataclass(frozen=True)
class Term:
    """One indicator in a sum: its window and whether it is added (+1) or taken away (-1)."""

    indicator: str
    basis: Basis = Basis.CURRENT
    sign: int = 1


@dataclass(frozen=True)
class Threshold:
    """A limit with its unit (`percent` or the unit of the indicator)."""

    value: Decimal
    unit: str
    direction: Direction


@dataclass(frozen=True)
class WhenNothing:
    """The verdict when there is nothing to divide by, and the words for it."""

    verdict: Verdict
    text: str


@dataclass(frozen=True)
class DeclarationMeasure:
    """Passes on a declaration "Có"; with number and date of a document where one is asked for."""

    needs_document: bool = True


@dataclass(frozen=True)
class ValueMeasure:
    """A sum of indicators held against the threshold as a plain number."""

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
    """A fall against the baseline: strictly less, and by at least the threshold in percent.

    With a baseline of zero it is met when the current value is zero too, and not met otherwise.
    """

    terms: tuple[Term, ...]
    threshold: Threshold


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


Measure = (
    DeclarationMeasure
    | ValueMeasure
    | RatioMeasure
    | ChangeMeasure
    | CompareMeasure
    | CombinedMeasure
    | AwaitedMeasure
)


def terms_of(measure: Measure) -> tuple[Term, ...]:
    """All terms of a measure in the order in which it names them; a figure named twice comes twice."""
    match measure:
        case ValueMeasure() | ChangeMeasure():
            own = measure.terms
        case RatioMeasure():
            own = measure.numerator + measure.denominator
        case CompareMeasure():
            own = measure.left + measure.right
        case DeclarationMeasure() | AwaitedMeasure():
            own = ()
        case _:  # typed: only a combined measure is left
            own = tuple(term for part in measure.parts for term in terms_of(part))
    if isinstance(measure, ChangeMeasure):
        return own + baseline_of(own)
    return own


def baseline_of(terms: Iterable[Term]) -> tuple[Term, ...]:
    """The same terms, counted in the window compared with."""
    return tuple(Term(term.indicator, Basis.BASELINE, term.sign) for term in terms)


@dataclass(frozen=True)
class CriteriaGroup:
    """A group of criteria; a locality passes when every group passes (plan 121, II.3)."""

    code: str
    title: str


@dataclass(frozen=True)
class Criterion:
    """One test, with the clause that orders it."""

    code: str
    group: str
    title: str
    legal_basis: str
    measure: Measure
    status: str
    applies_to_types: frozenset[int] = field(default_factory=lambda: frozenset({1, 2, 3, 4}))
    short: str = ""
    """A few words for a table's head."""

    @property
    def is_declared(self) -> bool:
        """Whether a submitter states it on sheet "Định tính"."""
        return isinstance(self.measure, DeclarationMeasure)


@dataclass(frozen=True)
class Guidance:
    """A letter that fills in a criterion which waited for one."""

    number: str
    issued_on: date
    issuer: str
    title: str
    status: str
    criterion: Criterion


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
