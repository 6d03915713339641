"""What blanks cost: 110 localities, 60 criteria over 18 shared figures, a third of the files missing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from decimal import Decimal

from chuyenhoa.assessment.cases import known_verdicts
from chuyenhoa.assessment.verdicts import assess_locality
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Locality, Status
from chuyenhoa.model.results import InsufficiencyReason, Verdict

LOCALITIES, CRITERIA, FIGURES, FILES = 110, 60, 18, 3
LIMIT_S = 10.0
"""For the whole province on one core."""

_CODES = tuple(f"F{number:02d}" for number in range(FIGURES))
_UNITS = dict.fromkeys(_CODES, "vụ")
_SOURCE = Source("S000001", "0" * 64, "bao-cao.xlsx", "Số liệu", "D12")
_TYPES = frozenset({1})


def _measure_of(draw: random.Random) -> measures.Measure:
    """A share, a change, a comparison, a count, or at least two of three of them, all over shared figures."""

    def limit(unit: str, *values: int) -> measures.Threshold:
        direction = draw.choice(list(measures.Direction)[:4])
        return measures.Threshold(Decimal(draw.choice(values)), unit, direction)

    def terms(count: int) -> tuple[measures.Term, ...]:
        return tuple(measures.Term(code) for code in draw.sample(_CODES, count))

    def leaf() -> measures.Leaf:
        nothing = measures.WhenNothing(Verdict.MET, "không xảy ra")
        kinds: list[Callable[[], measures.Leaf]] = [
            lambda: measures.RatioMeasure(terms(2), terms(2), limit("percent", 15, 80, 90), nothing),
            lambda: measures.ChangeMeasure(terms(1), limit("percent", 0, 5, 10)),
            lambda: measures.CompareMeasure(terms(1), terms(1), draw.choice(list(measures.Direction))),
            lambda: measures.ValueMeasure(terms(2), limit("vụ", 0, 1, 5)),
        ]
        return draw.choice(kinds)()

    return measures.CombinedMeasure((leaf(), leaf(), leaf()), 2) if draw.random() < 0.2 else leaf()


def _value_of(term: measures.Term) -> int:
    """The figure of a locality that meets every criterion."""
    return (int(term.indicator[1:]) * 7) % 23 + (3 if term.basis is Basis.BASELINE else 0)


def criteria(count: int = CRITERIA, seed: int = 11) -> list[measures.Criterion]:
    """Made-up criteria that one locality can meet together, the same at every run."""
    draw = random.Random(seed)
    found: list[measures.Criterion] = []
    while len(found) < count:
        measure = _measure_of(draw)
        if known_verdicts(measure, _value_of) == frozenset({Verdict.MET}):
            code = f"I.{len(found) + 1}"
            found.append(measures.Criterion(code, "I", "t", "b", measure, "unverified", _TYPES))
    return found


def evidence_of(number: int) -> LocalityEvidence:
    """Figures that meet every criterion, in three files of which one is missing, or of some places all."""
    code = f"{number:05d}"
    if number % FILES == 0:
        return LocalityEvidence(code, absence=InsufficiencyReason.NOT_SUBMITTED)
    missing = number // FILES % FILES
    figures = {
        (name, basis): KnownFigure(Decimal(_value_of(measures.Term(name, basis))), _SOURCE)
        for place, name in enumerate(_CODES)
        for basis in Basis
        if place % FILES != missing
    }
    return LocalityEvidence(code, figures)


def bench_outlook() -> None:
    """Verdicts and outlook of a province in which a third of the files is missing."""
    listed, slowest, wide = criteria(), 0.0, 0
    group = [measures.CriteriaGroup("I", "g")]
    begun = time.process_time()
    for number in range(LOCALITIES):
        place = Locality(f"{number:05d}", f"Xã {number}", "899", _TYPES, Status.UNVERIFIED)
        started = time.process_time()
        found = assess_locality(place, evidence_of(number), listed, group, _UNITS)
        slowest = max(slowest, time.process_time() - started)
        wide += found.is_wide
    spent = time.process_time() - begun
    sizes = f"{LOCALITIES} localities, {CRITERIA} criteria over {FIGURES} figures"
    told = f"slowest {slowest * 1000:.0f} ms; {wide} told as beyond the limit of work"
    print(f"\nBlanks: {sizes}, a third of the files missing")
    print(f"  {spent:.1f} s in all (limit {LIMIT_S:.0f} s), {told}")
    if spent >= LIMIT_S:
        raise AssertionError(f"{spent:.1f} s")
