"""What one criterion can see of one locality: its figures as sums, its declaration, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from chuyenhoa.assessment.linear import Linear, Unknown
from chuyenhoa.assessment.numbers import Number, canonical_text, exact
from chuyenhoa.assessment.solutions import Work
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.baselines import Baseline, prefix_of
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.form import DOCUMENT_DATE, DOCUMENT_NUMBER
from chuyenhoa.model.results import Input, InsufficiencyReason, Verdict


def name_of(term: measures.Term) -> str:
    """The name of an input: `TTXH_XR` for the period, `baseline.TTXH_XR` for the window compared with."""
    return term.name


# Steps that the questions on one criterion of one locality may take together. The criteria of 2021 with every
# figure blank take up to some hundreds; what is left open beyond the limit is called possible, and said so.
CRITERION_LIMIT = 5_000


@dataclass(frozen=True)
class Facts:
    """The evidence of one locality as one criterion sees it.

    `units` gives the unit of every indicator, `decimals` names those that are no whole numbers: money.
    """

    criterion: measures.Criterion
    evidence: LocalityEvidence
    units: Mapping[str, str]
    decimals: Collection[str] = ()

    @cached_property
    def work(self) -> Work:
        """The steps that questions on this criterion have taken."""
        return Work(CRITERION_LIMIT)

    def known(self, term: measures.Term) -> KnownFigure | None:
        """The figure of a term; None where nothing accepted says anything about it."""
        return self.evidence.known(term.indicator, term.basis)

    def value(self, term: measures.Term) -> Number | None:
        """The figure of a term without its sign; None when its cell is blank or not in the file at all."""
        if term.name not in self._values:
            self._values[term.name] = self._find_value(term)
        return self._values[term.name]

    @cached_property
    def _values(self) -> dict[str, Number | None]:
        return {}

    def _find_value(self, term: measures.Term) -> Number | None:
        known = self.known(term)
        if known is None or known.value is None:
            return None
        return exact(known.value) if known.divisor == 1 else Fraction(known.value) / known.divisor

    def total(self, terms: Iterable[measures.Term]) -> Linear:
        """The signed sum of terms, with every missing figure as an unknown."""
        # TTXH_KP = 5 and TTXH_LRC blank: 5 + 1·x, which is at least 5. A term named twice is one x, as 2·x.
        constant: Number = 0
        unknown = Linear()
        for term in terms:
            value = self.value(term)
            if value is None:
                blank = self.blank(term)
                unknown += blank if term.sign > 0 else blank.times(-1)
            else:
                constant += value * term.sign
        return unknown + Linear(constant) if unknown.multiples else Linear(constant)

    def blank(self, term: measures.Term) -> Linear:
        """A missing figure: the least that is known of it and an unknown number more."""
        if term.name not in self._blanks:
            self._blanks[term.name] = self._find_blank(term)
        return self._blanks[term.name]

    @cached_property
    def _blanks(self) -> dict[str, Linear]:
        return {}

    def _find_blank(self, term: measures.Term) -> Linear:
        # A mean over three years is the third of a whole number.
        known = self.known(term)
        years = term.basis.years if isinstance(term.basis, Baseline) else 0
        divisor = max(years, 1 if known is None else known.divisor)
        unknown = self.unknown(term)
        share: Number = 1 if divisor == 1 else Fraction(1, divisor)
        return Linear(self._bounds(term)[0] * share, {unknown: share})

    def unknown(self, term: measures.Term) -> Unknown:
        """What stands for a missing figure in sums; a figure named twice is the same unknown."""
        low, high = self._bounds(term)
        room = None if high is None else high - low
        return Unknown(term.indicator, prefix_of(term.basis), self._is_whole(term), room)

    def _is_whole(self, term: measures.Term) -> bool:
        return term.indicator not in self.decimals

    def _bounds(self, term: measures.Term) -> tuple[Number, Number | None]:
        """The least and the most that a missing figure can be, not yet divided."""
        known = self.known(term)
        low = 0 if known is None or known.low is None else exact(known.low)
        high = None if known is None or known.high is None else exact(known.high)
        if self._is_whole(term):
            low, high = math.ceil(low), None if high is None else math.floor(high)
        # Parts that contradict each other bound nothing: what they come to is corrected first.
        return (0, None) if high is not None and high < low else (low, high)

    def is_in_part(self, term: measures.Term) -> bool:
        """Whether a figure is missing of which a part is known."""
        known = self.known(term)
        return known is not None and known.value is None and bool(known.low or known.high is not None)

    @cached_property
    def decided(self) -> dict[int, frozenset[Verdict]]:
        """Verdicts that were computed already, by the identity of their measure."""
        return {}

    def lacks(self, term: measures.Term) -> InsufficiencyReason:
        """Why a figure is missing: nothing was accepted, what it says itself, else a blank or no baseline."""
        if self.evidence.absence is not None:
            return self.evidence.absence
        known = self.known(term)
        if known is not None and known.lacks is not None:
            return known.lacks
        return InsufficiencyReason.BLANK if term.basis is Basis.CURRENT else InsufficiencyReason.NO_BASELINE

    @cached_property
    def lacks_statement(self) -> InsufficiencyReason:
        """Why a declaration is missing: as a figure; a "Có" without its document is a blank."""
        taken_back = self.declaration is not None and self.declaration.withdrawn
        otherwise = InsufficiencyReason.WITHDRAWN if taken_back else InsufficiencyReason.BLANK
        return self.evidence.absence or otherwise

    @cached_property
    def declaration(self) -> KnownDeclaration | None:
        """What the submitter declared on this criterion; None when there is no such row."""
        return self.evidence.declarations.get(self.criterion.code)

    @cached_property
    def terms(self) -> tuple[measures.Term, ...]:
        """The distinct figures that the criterion needs, in order."""
        return self.criterion.distinct_terms

    @cached_property
    def missing_terms(self) -> tuple[measures.Term, ...]:
        """The figures that the criterion needs and does not have."""
        return tuple(term for term in self.terms if self.value(term) is None)

    @cached_property
    def missing_statements(self) -> tuple[str, ...]:
        """What lacks in the declaration: its code, or the code with the workbook column not filled in."""
        found = (gap for leaf in self.criterion.statements for gap in missing_in(leaf, self.declaration))
        return tuple(dict.fromkeys(f"{self.criterion.code}{gap}" for gap in found))

    @cached_property
    def is_awaited(self) -> bool:
        """Whether the criterion, or a part of it, waits for guidance."""
        return any(
            isinstance(leaf, measures.AwaitedMeasure) for leaf in measures.leaves_of(self.criterion.measure)
        )

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The names of everything that the criterion needs and does not have."""
        return tuple(name_of(term) for term in self.missing_terms) + self.missing_statements

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Every figure and declaration of the criterion with its cell; a missing one has no value."""
        inputs = [entry for term in self.terms for entry in self._figure_inputs(term)]
        if self.criterion.statements:
            inputs.append(self._declared_input())
        return tuple(inputs)

    def _figure_inputs(self, term: measures.Term) -> list[Input]:
        """One input a figure; a sum over finer windows comes first, without a cell, then its parts."""
        known = self.known(term)
        name, unit = name_of(term), self.units[term.indicator]
        reason = self.lacks(term) if self.value(term) is None else None
        # A withdrawal stands in a cell of its own, which is shown; what else lacks has none.
        if known is None or known.lacks not in (None, InsufficiencyReason.WITHDRAWN):
            return [_input(name, None, unit, None, reason, known=known)]
        if not known.parts:
            return [_input(name, _text(known), unit, known.source, reason, known=known)]
        parts = [
            _input(f"{name}.{n}", _text(p), unit, p.source, p.lacks, p.unit)
            for n, p in enumerate(known.parts, 1)
        ]
        return [_input(name, _text(known), unit, None, reason, known=known), *parts]

    def _declared_input(self) -> Input:
        declared = self.declaration
        reason = self.lacks_statement if self.missing_statements else None
        if declared is None:
            return _input(self.criterion.code, None, "", None, reason)
        return _input(self.criterion.code, _canonical_statement(declared), "", declared.source, reason)


def missing_in(measure: measures.DeclarationMeasure, declared: KnownDeclaration | None) -> tuple[str, ...]:
    """What a declaration lacks: "" for the answer, else a dot and the workbook column; () when complete."""
    if declared is None or declared.answer is None:
        return ("",)
    if declared.answer is not Answer.YES or not measure.needs_document:
        return ()
    # Only a "Có" needs its document (plan 121/KH-BCĐ, V.2: a resolution or plan is issued): "Không" fails
    # without one, and a "Có" without number or date is not proved, so it is open and not failed.
    gaps = []
    if not declared.document_number.strip():
        gaps.append(f".{DOCUMENT_NUMBER}")
    if declared.document_date is None:
        gaps.append(f".{DOCUMENT_DATE}")
    return tuple(gaps)


def _canonical_statement(declared: KnownDeclaration) -> str | None:
    """Answer, document number and ISO date, those that there are; None for a blank answer."""
    if declared.answer is None:
        return None
    date = "" if declared.document_date is None else declared.document_date.isoformat()
    return "; ".join(part for part in (declared.answer.value, declared.document_number.strip(), date) if part)


def _text(known: KnownFigure) -> str | None:
    return _exact_text(known.value, known.divisor)


def _exact_text(value: Decimal | None, divisor: int) -> str | None:
    if value is None:
        return None
    return canonical_text(value) + (f"/{divisor}" if divisor > 1 else "")


_NOWHERE = Source("", "", "", "", "")


def _input(
    name: str,
    value: str | None,
    unit: str,
    source: Source | None,
    reason: InsufficiencyReason | None = None,
    of_unit: str = "",
    known: KnownFigure | None = None,
) -> Input:
    # A country has millions: its own __init__ would set field by field. The fields that say where a figure
    # stands have the same names in both.
    entry = object.__new__(Input)
    fields: dict[str, object] = {"name": name, "value": value, "unit": unit, **vars(source or _NOWHERE)}
    is_open = known is not None and known.value is None
    fields["reason"] = reason
    fields["of_unit"] = of_unit
    fields["low"] = _exact_text(known.low, known.divisor) if known and is_open else None
    fields["high"] = _exact_text(known.high, known.divisor) if known and is_open else None
    object.__setattr__(entry, "__dict__", fields)
    return entry
