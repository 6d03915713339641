"""Criteria of plan 2021: to whom they apply, and since when. Their cases are in test_case_tables.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chuyenhoa.assessment.verdicts import assess_criterion
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import CriterionResult, InsufficiencyReason, Verdict
from tests.unit.assessment.building import PLACE, figures_of

SIX_MONTHS, YEAR = date(2021, 10, 14), date(2021, 12, 14)


def _criterion(plan: Plan, code: str, day: date = YEAR) -> Criterion:
    return next(entry for entry in plan.criteria_on(day) if entry.code == code)


def _assess(plan: Plan, criterion: Criterion, evidence: LocalityEvidence) -> CriterionResult:
    units = {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}
    return assess_criterion(criterion, PLACE, evidence, units)


def test_a_criterion_for_other_types_does_not_apply_even_when_all_is_missing(plan: Plan) -> None:
    for criterion in (*plan.criteria_on(YEAR), _criterion(plan, "VI.1", SIX_MONTHS)):
        elsewhere = replace(criterion, applies_to_types=frozenset({2, 3}))
        absent = LocalityEvidence(PLACE.code, absence=InsufficiencyReason.NOT_SUBMITTED)
        result = _assess(plan, elsewhere, absent)
        assert (result.verdict, result.reason) == (Verdict.NOT_APPLICABLE, None)
        assert (result.figure, result.inputs, result.missing) == ("không áp dụng", (), ())


def test_one_shared_type_is_enough_to_apply(plan: Plan) -> None:
    criterion = replace(_criterion(plan, "II.4"), applies_to_types=frozenset({3, 4}))
    assert _assess(plan, criterion, LocalityEvidence(PLACE.code, figures_of("XHD=0"))).verdict is Verdict.MET


def test_other_criteria_wait_for_the_letter_until_it_is_dated(plan: Plan) -> None:
    evidence = LocalityEvidence(PLACE.code, figures_of("KDC_ATANTT=7 KDC_TONG=10"))
    before = _assess(plan, _criterion(plan, "VI.1", SIX_MONTHS), evidence)
    eve = _assess(plan, _criterion(plan, "VI.1", date(2021, 10, 31)), evidence)
    day = _assess(plan, _criterion(plan, "VI.1", date(2021, 11, 1)), evidence)
    assert (before.verdict, before.reason) == (Verdict.INSUFFICIENT, InsufficiencyReason.NO_GUIDANCE)
    assert before.figure == "chưa có hướng dẫn"
    assert eve.reason is InsufficiencyReason.NO_GUIDANCE
    assert (day.verdict, day.reason) == (Verdict.MET, None)
