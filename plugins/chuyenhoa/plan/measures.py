"""Turns the entries of criteria into measures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chuyenhoa.model.baselines import read_against
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    Criterion,
    DeclarationMeasure,
    Direction,
    Measure,
    RatioMeasure,
    Term,
    Threshold,
    TypeMeasure,
    ValueMeasure,
    WhenNothing,
)
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Verdict
from chuyenhoa.plan.criterion_entries import (
    ChangeEntry,
    CombinedEntry,
    CompareEntry,
    CriterionEntry,
    DeclarationEntry,
    GuidanceMeasureEntry,
    MeasureEntry,
    RatioEntry,
    ThresholdEntry,
    ValueEntry,
)


def build_criterion(entry: CriterionEntry, edition: str) -> Criterion:
    """The criterion that an entry states; `edition` is that of its file, unless the entry has its own."""
    return Criterion(
        code=entry.code,
        group=entry.group,
        title=entry.title,
        legal_basis=entry.legal_basis,
        measure=build_measure(entry.measure, entry.threshold),
        status=entry.status,
        applies_to_types=frozenset(entry.applies_to_types),
        short=entry.short or entry.title,
        by_type=tuple(
            TypeMeasure(
                frozenset(one.types),
                build_measure(one.measure or entry.measure, one.threshold or entry.threshold),
            )
            for one in entry.by_type
        ),
        edition=entry.edition or edition,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )


def build_measure(entry: MeasureEntry, threshold: ThresholdEntry) -> Measure:
    """The measure of an entry; `threshold` is the criterion's, which a part may replace with its own."""
    match entry:
        case DeclarationEntry():
            return DeclarationMeasure(needs_document=entry.needs_document, throughout=entry.throughout)
        case GuidanceMeasureEntry():
            return AwaitedMeasure()
        case CombinedEntry():
            parts = tuple(build_measure(part, threshold) for part in entry.parts)
            return CombinedMeasure(parts, {"all_of": None, "any_of": 1}.get(entry.kind, entry.k))
        case CompareEntry():
            direction = Direction(entry.direction or threshold.direction)
            return CompareMeasure(_terms(entry.left), _terms(entry.right), direction)
        case ValueEntry():
            limit = _threshold(entry.threshold or threshold)
            if entry.kind == "zero_event":
                limit = replace(limit, value=Decimal(0), direction=Direction.EQUAL)
            return ValueMeasure(_terms(entry.of), limit)
        case ChangeEntry():
            limit = _threshold(entry.threshold or threshold)
            return ChangeMeasure(
                _terms(entry.of), limit, entry.kind == "increase", read_against(entry.against)
            )
        case RatioEntry():
            nothing = WhenNothing(Verdict(entry.when_nothing.verdict), entry.when_nothing.text)
            limit = _threshold(entry.threshold or threshold)
            return RatioMeasure(_terms(entry.numerator), _terms(entry.denominator), limit, nothing)


def _threshold(entry: ThresholdEntry) -> Threshold:
    return Threshold(entry.value, entry.unit, Direction(entry.direction), entry.legal_basis)


def _terms(texts: list[str]) -> tuple[Term, ...]:
    """`-baseline.X` is X of the window compared with, taken away."""
    terms = []
    for text in texts:
        window, _, indicator = text.removeprefix("-").rpartition(".")
        against = read_against(window) if window else Basis.CURRENT
        terms.append(Term(indicator, against, -1 if text.startswith("-") else 1))
    return tuple(terms)
