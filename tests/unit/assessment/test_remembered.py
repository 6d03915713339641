"""What was said of the same figures before is said again, with each locality's own name, files and cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment import remembered, verdicts
from chuyenhoa.model.criteria import Criterion, DeclarationMeasure, Measure
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import CriterionResult, InsufficiencyReason
from tests.unit.assessment.building import (
    PLACE,
    SOURCE,
    UNITS,
    criterion_of,
    declared,
    evidence_of,
    limit,
    ratio,
)
from tests.unit.assessment.test_columns import DAY, _worlds, around, told


def elsewhere(evidence: LocalityEvidence, file: str) -> LocalityEvidence:
    """The same figures out of another file, where all but blanks are of two months."""
    source = replace(SOURCE, file_name=file)

    def moved(known: KnownFigure) -> KnownFigure:
        parts = tuple(replace(known, source=replace(source, cell=cell)) for cell in ("D8", "D9"))
        return replace(known, source=source, parts=() if known.value is None else parts)

    figures = {key: moved(known) for key, known in evidence.figures.items()}
    said = {code: replace(known, source=source) for code, known in evidence.declarations.items()}
    return replace(evidence, figures=figures, declarations=said)


@settings(max_examples=80)
@given(_worlds(), st.booleans())
def test_memory_changes_no_result(
    plan: Plan,
    world: tuple[list[Criterion], list[frozenset[int]], list[LocalityEvidence]],
    forgets: bool,
) -> None:
    criteria, types, evidence = world
    evidence = [*evidence, *(elsewhere(known, "khac.xlsx") for known in evidence)]
    wide = around(plan, criteria, types * 2)
    known = told(wide, evidence)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered, "_MOST", 1 if forgets else 100)
        found = list(verdicts.assess_each(wide, known, DAY))
    units = {code: indicator.unit for code, indicator in wide.indicator_by_code.items()}
    decimals = verdicts.decimals_of(wide)
    assert found == [
        verdicts.assess_locality(entry, known[entry.code], criteria, wide.groups, units, decimals)
        for entry in wide.localities
    ]


SOLVED = ratio("A", "B", limit(80))


def count_explained(*evidence: LocalityEvidence, measure: Measure = SOLVED) -> int:
    """How many of them had to be explained anew."""
    asked = []

    def explain(*arguments: Any) -> CriterionResult:
        asked.append(arguments)
        return verdicts.assess_criterion(*arguments)

    find = remembered.Remembered(explain)
    criterion = criterion_of(measure)
    for entry in evidence:
        find(criterion, PLACE, entry, UNITS, ())
    return len(asked)


def test_only_new_figures_are_explained() -> None:
    first = evidence_of("A=81 B=100")
    same = first, evidence_of("A=81.0 B=100"), elsewhere(first, "khac.xlsx")
    assert count_explained(*same) == 1
    assert count_explained(*same, evidence_of("A=82 B=100")) == 2


def test_what_lacks_or_came_from_former_units_is_explained_each_time() -> None:
    blank, whole = evidence_of("A=81 B=?"), evidence_of("A=81 B=100")
    a = whole.figures["A", Basis.CURRENT]
    merged = replace(a, parts=(replace(a, unit="Xã A (1)"), replace(a, unit="Xã B (2)")))
    of_merged = replace(whole, figures={**whole.figures, ("A", Basis.CURRENT): merged})
    absent = LocalityEvidence(PLACE.code, absence=InsufficiencyReason.NOT_SUBMITTED)
    partial = replace(whole, absence=InsufficiencyReason.GAP_IN_WINDOW, is_partial=True)
    for evidence in (blank, of_merged, absent, partial):
        assert count_explained(evidence, evidence) == 2


def test_another_mean_and_another_document_are_explained() -> None:
    whole = evidence_of("A=81 B=100")
    a = whole.figures["A", Basis.CURRENT]
    third = replace(whole, figures={**whole.figures, ("A", Basis.CURRENT): replace(a, divisor=3)})
    assert count_explained(whole, third, third) == 2
    said = [
        evidence_of("", {"X.1": declared(Answer.YES, number, DAY)}) for number in ("1/KH", "2/KH", "1/KH")
    ]
    assert count_explained(*said, measure=DeclarationMeasure()) == 2


def test_memory_does_not_grow_with_the_country(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = evidence_of("A=81 B=100"), evidence_of("A=82 B=100")
    assert count_explained(one, other, one) == 2
    monkeypatch.setattr(remembered, "_MOST", 1)
    assert count_explained(one, other, one) == 3
