"""Builds evidence out of short texts: `TTXH_KP=81 baseline.TTXH_XR=?`, where `?` is a blank cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from chuyenhoa.assessment.facts import Facts
from chuyenhoa.model.criteria import (
    Criterion,
    Direction,
    Measure,
    RatioMeasure,
    Term,
    Threshold,
    ValueMeasure,
    WhenNothing,
)
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Locality, Status
from chuyenhoa.model.results import Verdict

SOURCE = Source("s-1", "ab12", "bao-cao.xlsx", "Số liệu", "D7")
PLACE = Locality("30739", "Phường Vĩnh Lạc", "899", frozenset({1, 4}), Status.UNVERIFIED)
UNITS = {"A": "vụ", "B": "vụ", "C": "người"}


def figures_of(text: str) -> dict[tuple[str, Basis], KnownFigure]:
    """The figures that a text lists."""
    found = {}
    for entry in text.split():
        name, _, value = entry.partition("=")
        basis = Basis.BASELINE if name.startswith("baseline.") else Basis.CURRENT
        known = None if value == "?" else Decimal(value)
        found[(name.removeprefix("baseline."), basis)] = KnownFigure(known, SOURCE)
    return found


def declared(answer: Answer | None, number: str = "", day: date | None = None) -> KnownDeclaration:
    return KnownDeclaration(answer, number, day, "", SOURCE)


def evidence_of(
    text: str = "", declarations: Mapping[str, KnownDeclaration] | None = None
) -> LocalityEvidence:
    return LocalityEvidence(PLACE.code, figures_of(text), declarations or {})


def criterion_of(measure: Measure, types: frozenset[int] = frozenset({1, 2, 3, 4})) -> Criterion:
    return Criterion("X.1", "X", "title", "basis", measure, "unverified", types)


def facts_of(measure: Measure, text: str = "", statement: KnownDeclaration | None = None) -> Facts:
    declarations = {} if statement is None else {"X.1": statement}
    return Facts(criterion_of(measure), evidence_of(text, declarations), UNITS)


def terms(text: str) -> tuple[Term, ...]:
    """`A -B baseline.C` as terms."""
    found = []
    for name in text.split():
        bare = name.removeprefix("-")
        basis = Basis.BASELINE if bare.startswith("baseline.") else Basis.CURRENT
        found.append(Term(bare.removeprefix("baseline."), basis, -1 if name.startswith("-") else 1))
    return tuple(found)


def limit(value: int | str, direction: Direction = Direction.AT_LEAST, unit: str = "percent") -> Threshold:
    return Threshold(Decimal(value), unit, direction)


def ratio(
    numerator: str,
    denominator: str,
    threshold: Threshold,
    nothing: Verdict = Verdict.MET,
) -> RatioMeasure:
    return RatioMeasure(terms(numerator), terms(denominator), threshold, WhenNothing(nothing, "không xảy ra"))


def value(text: str, number: int, direction: Direction = Direction.AT_LEAST) -> ValueMeasure:
    return ValueMeasure(terms(text), limit(number, direction, "vụ"))
