"""Figures to compare with: found in other windows' reports or in the plan, and never over unequal windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from chuyenhoa.assessment.baselines import add_baselines, wanted_baselines
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.assessment.figures import describe_figure, describe_formula
from chuyenhoa.assessment.precedence import ReportedWindow, reported_in
from chuyenhoa.assessment.verdicts import assess_criterion
from chuyenhoa.model.baselines import Against, Baseline, BaselineKind, FixedFigure, prefix_of, read_against
from chuyenhoa.model.calendars import Calendar, Window, month_window, same_window, year_window
from chuyenhoa.model.criteria import ChangeMeasure, CompareMeasure, Measure, Term
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Actor, CriterionResult, InsufficiencyReason, Verdict
from tests.unit.assessment.building import PLACE, criterion_of, figures_of, limit, terms

PRECEDING = Baseline(BaselineKind.PRECEDING)
PREVIOUS_YEAR = Baseline(BaselineKind.PREVIOUS_YEAR)
AVERAGE = Baseline(BaselineKind.AVERAGE, years=3)
FIXED = Baseline(BaselineKind.FIXED, name="khoi_diem")
HALF = Window(date(2021, 12, 15), date(2022, 6, 14))
HALF_BEFORE = Window(date(2021, 6, 15), date(2021, 12, 14))


def told(window: Window, text: str) -> ReportedWindow:
    return reported_in(window, same_window(window), LocalityEvidence(PLACE.code, figures_of(text)))[0]


def judge(
    plan: Plan, window: Window, measure: Measure, text: str, *history: ReportedWindow
) -> CriterionResult:
    criterion = criterion_of(measure)
    here = {PLACE.code: LocalityEvidence(PLACE.code, figures_of(text))}
    found = add_baselines(
        plan, window, here, wanted_baselines([criterion]), {PLACE.code: history} if history else {}
    )
    units = {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}
    return assess_criterion(criterion, PLACE, found[PLACE.code], units)


def falls(against: Baseline, percent: int = 0) -> ChangeMeasure:
    return ChangeMeasure(terms("TTXH_XR"), limit(percent), against=against)


def test_words_of_baselines_are_read_and_written_alike() -> None:
    words: dict[str, Against] = {
        "preceding": PRECEDING,
        "previous_year": PREVIOUS_YEAR,
        "average3": AVERAGE,
        "fixed.khoi_diem": FIXED,
        "baseline": Basis.BASELINE,
    }
    for text, against in words.items():
        assert read_against(text) == against
        assert prefix_of(against) == text
    assert read_against("same_window") is Basis.BASELINE
    with pytest.raises(ValueError, match="sideways"):
        read_against("sideways")
    assert FIXED.windows(HALF) == ()


def test_the_window_before_is_summed_from_the_months_that_cover_it(plan: Plan) -> None:
    months = [told(month_window(2021, number), f"TTXH_XR={number}") for number in range(7, 13)]
    result = judge(plan, HALF, falls(PRECEDING), "TTXH_XR=56", *months)
    assert (result.verdict, result.formula) == (Verdict.MET, "56 < 57")
    assert [entry.value for entry in result.inputs][:3] == ["56", "57", "7"]
    assert result.inputs[1].name == "preceding.TTXH_XR"
    lacking = judge(plan, HALF, falls(PRECEDING), "TTXH_XR=56", *months[1:])
    assert (lacking.verdict, lacking.reason, lacking.actor) == (
        Verdict.INSUFFICIENT,
        InsufficiencyReason.NO_BASELINE,
        Actor.OFFICE,
    )
    assert lacking.missing == lacking.matters == ("preceding.TTXH_XR",)


def test_a_report_on_its_own_window_outweighs_a_later_one_on_it(plan: Plan) -> None:
    own, later = told(HALF_BEFORE, "TTXH_XR=9"), told(HALF_BEFORE, "TTXH_XR=5")
    assert judge(plan, HALF, falls(PRECEDING), "TTXH_XR=8", own, later).verdict is Verdict.MET
    blank = told(HALF_BEFORE, "TTXH_XR=?")
    assert judge(plan, HALF, falls(PRECEDING), "TTXH_XR=8", blank, later).verdict is Verdict.NOT_MET


def test_a_whole_year_is_compared_with_a_whole_year_only(plan: Plan) -> None:
    before = told(year_window(2021), "TTXH_XR=100 NGHIEN_CUOI=7")
    year = judge(plan, year_window(2022), falls(PREVIOUS_YEAR), "TTXH_XR=99", before)
    half = judge(plan, HALF, falls(PREVIOUS_YEAR), "TTXH_XR=1", before)
    assert year.verdict is Verdict.MET
    assert (half.verdict, half.reason) == (Verdict.INSUFFICIENT, InsufficiencyReason.NO_BASELINE)
    stock = CompareMeasure((Term("NGHIEN_CUOI"),), (Term("NGHIEN_CUOI", PREVIOUS_YEAR),), limit(0).direction)
    assert judge(plan, HALF, stock, "NGHIEN_CUOI=7", before).verdict is Verdict.MET


def test_a_leap_day_does_not_make_a_year_another_length(plan: Plan) -> None:
    before = told(year_window(2020), "TTXH_XR=10")
    result = judge(plan, year_window(2021), falls(PREVIOUS_YEAR), "TTXH_XR=9", before)
    assert result.verdict is Verdict.MET
    assert year_window(2020).days == year_window(2021).days + 1


def test_an_average_is_exact_and_needs_every_year(plan: Plan) -> None:
    window = plan.period_by_id["2021-nam"].window
    years = [told(same_window(window, back), f"TTXH_XR={back + 9}") for back in (1, 2, 3)]  # 10, 11, 12
    years[2] = told(same_window(window, 3), "TTXH_XR=10")  # the mean is 31/3, about 10,33
    result = judge(plan, window, falls(AVERAGE), "TTXH_XR=10", *years)
    assert (result.verdict, result.formula) == (Verdict.MET, "10 < (31/3)")
    assert result.figure == "giảm 3,23% ((31/3) → 10 vụ)"
    assert [entry.value for entry in result.inputs] == ["10", "31/3", "10", "11", "10"]
    assert judge(plan, window, falls(AVERAGE), "TTXH_XR=11", *years).verdict is Verdict.NOT_MET
    assert (
        judge(plan, window, falls(AVERAGE), "TTXH_XR=10", *years[:2]).reason
        is InsufficiencyReason.NO_BASELINE
    )


def test_the_years_before_may_be_told_by_the_sheets_that_compare(plan: Plan) -> None:
    window = plan.period_by_id["2021-nam"].window
    texts = "TTXH_XR=9 baseline.TTXH_XR=12"
    now, before = reported_in(window, same_window(window), LocalityEvidence(PLACE.code, figures_of(texts)))
    assert (now.window, before.window) == (window, same_window(window))
    assert {code: figure.value for code, figure in before.figures.items()} == {"TTXH_XR": Decimal(12)}
    two = Baseline(BaselineKind.AVERAGE, years=2)
    older = told(same_window(window, 2), "TTXH_XR=7")
    result = judge(plan, window, falls(two), "TTXH_XR=9", now, before, older)
    assert (result.verdict, result.formula) == (Verdict.MET, "9 < 9,5")


def test_a_fixed_figure_is_cited_by_the_line_of_the_plan(plan: Plan) -> None:
    stated = FixedFigure("khoi_diem", PLACE.code, "TTXH_XR", Decimal(40), "Quyết định 93/QĐ-BCĐ", 2)
    year = replace(plan, fixed_figures=(replace(stated, locality="00000"), stated))
    result = judge(year, HALF, falls(FIXED, 50), "TTXH_XR=20")
    assert (result.verdict, result.formula) == (Verdict.MET, "20 < 40 và (40 − 20) × 100 ≥ 50 × 40")
    assert (result.inputs[1].name, result.inputs[1].file_name) == (
        "fixed.khoi_diem.TTXH_XR",
        "baselines.csv:2",
    )
    assert judge(year, HALF, falls(FIXED, 50), "TTXH_XR=21").verdict is Verdict.NOT_MET
    assert judge(plan, HALF, falls(FIXED), "TTXH_XR=0").verdict is Verdict.MET  # whatever it was
    assert judge(plan, HALF, falls(FIXED), "TTXH_XR=1").actor is Actor.OFFICE


def test_a_stock_at_the_start_is_that_of_the_windows_first_day(plan: Plan) -> None:
    measure = CompareMeasure((Term("NGHIEN_DAU"),), (Term("NGHIEN_DAU", PRECEDING),), limit(0).direction)
    first = told(month_window(2021, 7), "NGHIEN_DAU=5")
    last = told(month_window(2021, 12), "NGHIEN_DAU=9")
    assert judge(plan, HALF, measure, "NGHIEN_DAU=5", last, first).formula == "5 ≥ 5"
    assert judge(plan, HALF, measure, "NGHIEN_DAU=5", last).reason is InsufficiencyReason.NO_BASELINE


def test_the_calendar_months_of_another_regime_do_not_fill_a_window(plan: Plan) -> None:
    months = [told(month_window(2021, number, Calendar.CALENDAR), "TTXH_XR=9") for number in range(6, 13)]
    known = judge(plan, HALF, falls(PRECEDING), "TTXH_XR=45", *months)
    assert (known.verdict, known.reason) == (Verdict.INSUFFICIENT, InsufficiencyReason.NO_BASELINE)
    # July to November lie inside and had 45 at least, so 44 is fewer whatever the days at both ends had.
    assert judge(plan, HALF, falls(PRECEDING), "TTXH_XR=44", *months).verdict is Verdict.MET


def test_evidence_that_lacks_as_a_whole_stays_as_it_is(plan: Plan) -> None:
    absent = {PLACE.code: LocalityEvidence(PLACE.code, absence=InsufficiencyReason.NOT_SUBMITTED)}
    assert add_baselines(plan, HALF, absent, [("TTXH_XR", PRECEDING)], {}) == absent


def test_a_figure_that_cannot_be_restated_says_so_and_the_office_must_act() -> None:
    source = Source("", "", "", "", "")
    cut = KnownFigure(None, source, lacks=InsufficiencyReason.UNIT_CHANGED)
    measure = CompareMeasure((Term("A"),), (Term("A", Basis.BASELINE),), limit(0).direction)
    evidence = LocalityEvidence(PLACE.code, {**figures_of("A=3"), ("A", Basis.BASELINE): cut})
    result = assess_criterion(criterion_of(measure), PLACE, evidence, {"A": "vụ"})
    assert (result.reason, result.actor) == (InsufficiencyReason.UNIT_CHANGED, Actor.OFFICE)
    assert result.inputs[1].reason is InsufficiencyReason.UNIT_CHANGED
    facts = Facts(criterion_of(measure), evidence, {"A": "vụ"})
    assert describe_figure(measure, facts) == "3 vụ (cùng kỳ … vụ)"
    assert describe_formula(measure, facts) == "3 ≥ baseline.A"
    assert Fraction(3) == facts.value(Term("A"))
