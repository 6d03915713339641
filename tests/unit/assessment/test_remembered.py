"""What was said of the same figures before is said again, with each locality's own name, files and cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment import remembered, verdicts
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import CriterionResult, InsufficiencyReason
from tests.unit.assessment.building import PLACE, SOURCE, UNITS, criterion_of, evidence_of, limit, ratio
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


def count_explained(*evidence: LocalityEvidence) -> int:
    """How many of them had to be explained anew."""
    asked = []

    def explain(*arguments: Any) -> CriterionResult:
        asked.append(arguments)
        return verdicts.assess_criterion(*arguments)

    find = remembered.Remembered(explain)
    criterion = criterion_of(ratio("A", "B", limit(80)))
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
    for evidence in (blank, of_merged, absent):
        assert count_explained(evidence, evidence) == 2
