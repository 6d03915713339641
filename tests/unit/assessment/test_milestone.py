"""A whole milestone on plan 2021: everything is counted, nothing dropped, a second run the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import cycle
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment.verdicts import AssessmentError, assess
from chuyenhoa.model.baselines import prefix_of
from chuyenhoa.model.criteria import ProvinceTarget, terms_of
from chuyenhoa.model.evidence import KnownDeclaration, LocalityEvidence
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Assessment, InsufficiencyReason, Verdict
from tests.unit.assessment.building import criterion_of, declared, figures_of, value

GOOD = (
    "TTXH_XR=8 baseline.TTXH_XR=10 TTXH_KP=7 TTXH_RNT_XR=0 TTXH_DBNT_XR=0 TTXH_RNT_KP=0 TTXH_DBNT_KP=0 "
    "XHD=0 TGTB_TON=1 TGTB_MOI=9 TGTB_CHUYEN=0 TGTB_GQ=9 THT=9 THT_TP=1 NGHIEN_DAU=9 NGHIEN_CUOI=9 "
    "DIEM_MT=0 DIEM_NONG=0 TNGT_VU=1 TNGT_CHET=0 TNGT_BTH=1 "
    "baseline.TNGT_VU=2 baseline.TNGT_CHET=0 baseline.TNGT_BTH=1 CHAY_CHET=0 "
    "MH_MOI=1 MH_CC=0 MH_HQ=1 HO_TT=2100 HO_TONG=2100 KDC_TONG=5 KDC_ATANTT=4"
)


def _statements(plan: Plan, answer: Answer = Answer.YES) -> dict[str, KnownDeclaration]:
    return {
        criterion.code: declared(answer, "12/KH-UBND", date(2021, 5, 5))
        for criterion in plan.declared_criteria
    }


def _good(plan: Plan, code: str) -> LocalityEvidence:
    return LocalityEvidence(code, figures_of(GOOD), _statements(plan))


def _assess(plan: Plan, milestone: str, evidence: dict[str, LocalityEvidence]) -> Assessment:
    period = plan.period_by_id[milestone]
    return assess(plan, period, evidence, period.window.end)


def _adds_up(plan: Plan, found: Assessment) -> bool:
    return sum(found.counts().values()) == len(plan.localities) * len(plan.criteria)


def test_a_good_year_is_met_and_its_first_half_waits_for_the_guidance(plan: Plan) -> None:
    evidence = {locality.code: _good(plan, locality.code) for locality in plan.localities}
    half, year = _assess(plan, "2021-6t", evidence), _assess(plan, "2021-nam", evidence)
    assert year.counts()[Verdict.MET] == 16 * 18
    assert {locality.verdict for locality in year.localities} == {Verdict.MET}
    assert half.counts() == {
        Verdict.MET: 16 * 17,
        Verdict.NOT_MET: 0,
        Verdict.NOT_APPLICABLE: 0,
        Verdict.INSUFFICIENT: 16,
    }
    assert {locality.verdict for locality in half.localities} == {Verdict.INSUFFICIENT}
    assert {locality.reasons for locality in half.localities} == {(InsufficiencyReason.NO_GUIDANCE,)}
    assert [group.verdict for group in half.localities[0].groups] == [Verdict.MET] * 5 + [
        Verdict.INSUFFICIENT
    ]
    assert (half.plan, half.milestone, year.milestone) == ("2021", "2021-6t", "2021-nam")


def test_targets_of_the_province(plan: Plan) -> None:
    codes = [locality.code for locality in plan.localities]
    bad = {code: LocalityEvidence(code, figures_of("XHD=1")) for code in codes[10:]}
    year = _assess(plan, "2021-nam", {code: _good(plan, code) for code in codes[:10]} | bad)
    recognised, relapsed = year.targets
    assert (recognised.total, recognised.reached, recognised.needed) == (16, 10, 10)
    assert recognised.verdict is Verdict.MET
    assert (relapsed.total, relapsed.verdict) == (0, Verdict.INSUFFICIENT)
    assert year.notes == {relapsed.code: "Chưa có số liệu các năm trước để đánh giá chỉ tiêu này."}
    nine = _assess(plan, "2021-nam", {code: _good(plan, code) for code in codes[:9]} | bad)
    assert nine.targets[0].verdict is Verdict.INSUFFICIENT  # the tenth has sent nothing yet
    assert _assess(plan, "2021-nam", {codes[9]: _good(plan, codes[9])} | bad).targets[0].reached == 1


def test_who_sent_nothing_is_insufficient_in_every_criterion(plan: Plan) -> None:
    code = plan.localities[0].code
    held = {code: LocalityEvidence(code, absence=InsufficiencyReason.HELD_BY_FINDINGS)}
    found = _assess(plan, "2021-6t", held)
    assert found.counts()[Verdict.INSUFFICIENT] == 16 * 18
    first, second = found.localities[:2]
    assert first.reasons == (InsufficiencyReason.HELD_BY_FINDINGS, InsufficiencyReason.NO_GUIDANCE)
    assert second.reasons == (InsufficiencyReason.NOT_SUBMITTED, InsufficiencyReason.NO_GUIDANCE)
    assert _adds_up(plan, found)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_results_always_add_up_and_only_insufficient_ones_have_a_reason(plan: Plan, seed: int) -> None:
    random = Random(seed)
    period = plan.period_by_id["2021-nam"]
    named = {
        (t.indicator, prefix_of(t.basis))
        for c in plan.criteria_on(period.window.end)
        for t in terms_of(c.measure)
    }
    types = cycle([frozenset({1}), frozenset({2, 3}), frozenset({1, 4})])
    year = replace(
        plan,
        localities=tuple(replace(entry, types=next(types)) for entry in plan.localities[:6]),
        criteria=tuple(
            replace(entry, applies_to_types=frozenset(random.sample([1, 2, 3, 4], 2)))
            for entry in plan.criteria
        ),
    )
    evidence = {}
    for locality in year.localities:
        figures = " ".join(
            f"{'' if basis == 'current' else 'baseline.'}{code}={random.choice(['0', '1', '7', '?'])}"
            for code, basis in sorted(named)
            if random.random() < 0.9
        )
        absence = random.choice([None, None, None, InsufficiencyReason.HELD_BY_FINDINGS])
        statements = _statements(plan, random.choice(list(Answer)))
        evidence[locality.code] = LocalityEvidence(locality.code, figures_of(figures), statements, absence)
    found = _assess(year, "2021-nam", evidence)
    assert _adds_up(year, found)
    assert found == _assess(year, "2021-nam", evidence)
    for result in (result for locality in found.localities for result in locality.criteria):
        assert (result.reason is not None) == (result.verdict is Verdict.INSUFFICIENT)
        assert result.figure


@pytest.mark.parametrize(
    ("change", "evidence", "message"),
    [
        ({}, {"00000": LocalityEvidence("00000")}, "unknown locality '00000'"),
        ({}, {"30739": LocalityEvidence("30742")}, "evidence under '30739' is of locality '30742'"),
        ({"groups": ()}, {}, "criterion I.1 is of unknown group 'I'"),
        ({"criteria": (criterion_of(value("A", 1)),)}, {}, "criterion X.1 needs unknown indicator 'A'"),
        (
            {"targets": (ProvinceTarget("P9", "t", 50, "praised", "b", "unverified"),)},
            {},
            "target P9 counts 'praised'",
        ),
    ],
)
def test_what_the_plan_does_not_know_is_refused(
    plan: Plan, change: dict[str, tuple[object, ...]], evidence: dict[str, LocalityEvidence], message: str
) -> None:
    broken = replace(plan, **change)  # type: ignore[arg-type]
    with pytest.raises(AssessmentError, match=message):
        _assess(broken, "2021-nam", evidence)
