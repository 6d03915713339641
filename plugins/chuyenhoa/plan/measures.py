"""Turns the entries of criteria into measures."""

from __future__ import annotations

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
    ValueMeasure,
    WhenNothing,
)
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Verdict
from chuyenhoa.plan.criterion_entries import (
    CombinedEntry,
    CompareEntry,
    CriterionEntry,
    DeclarationEntry,
    DecreaseEntry,
    GuidanceMeasureEntry,
    MeasureEntry,
    RatioEntry,
    ThresholdEntry,
    ValueEntry,
)


def build_criterion(entry: CriterionEntry) -> Criterion:
    """The criterion that an entry states."""
    return Criterion(
        code=entry.code,
        group=entry.group,
        title=entry.title,
        legal_basis=entry.legal_basis,
        measure=build_measure(entry.measure, entry.threshold),
        status=entry.status,
        applies_to_types=frozenset(entry.applies_to_types),
        short=entry.short or entry.title,
    )


def build_measure(entry: MeasureEntry, threshold: ThresholdEntry) -> Measure:
    """The measure of an entry; `threshold` is the criterion's, which a part may replace with its own."""
    match entry:
        case DeclarationEntry():
            return DeclarationMeasure(needs_document=entry.needs_document)
        case GuidanceMeasureEntry():
            return AwaitedMeasure()
        case CombinedEntry():
            parts = tuple(build_measure(part, threshold) for part in entry.parts)
            return CombinedMeasure(parts, {"all_of": None, "any_of": 1}.get(entry.kind, entry.k))
        case CompareEntry():
            direction = Direction(entry.direction or threshold.direction)
            return CompareMeasure(_terms(entry.left), _terms(entry.right), direction)
        case ValueEntry():
            return ValueMeasure(_terms(entry.of), _threshold(entry.threshold or threshold))
        case DecreaseEntry():
            return ChangeMeasure(_terms(entry.of), _threshold(entry.threshold or threshold))
        case RatioEntry():
            nothing = WhenNothing(Verdict(entry.when_nothing.verdict), entry.when_nothing.text)
            limit = _threshold(entry.threshold or threshold)
            return RatioMeasure(_terms(entry.numerator), _terms(entry.denominator), limit, nothing)


def _threshold(entry: ThresholdEntry) -> Threshold:
    return Threshold(entry.value, entry.unit, Direction(entry.direction))


def _terms(texts: list[str]) -> tuple[Term, ...]:
    """`-baseline.X` is X of the window compared with, taken away."""
    terms = []
    for text in texts:
        name = text.removeprefix("-")
        basis = Basis.BASELINE if name.startswith("baseline.") else Basis.CURRENT
        terms.append(Term(name.removeprefix("baseline."), basis, -1 if text.startswith("-") else 1))
    return tuple(terms)
