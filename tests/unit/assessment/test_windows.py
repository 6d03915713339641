"""A milestone's window is covered exactly by what was accepted, or the gap is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chuyenhoa.assessment.precedence import Way
from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.assessment.windows import Assembled, Overlap, assemble, finer_periods
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Plan, Window
from chuyenhoa.model.results import InsufficiencyReason, Verdict

PLACE = "30745"
MONTHS = [f"2021-t{number:02d}" for number in range(5, 13)]


def evidence(
    period: str, figures: dict[str, int | None], answer: Answer | None = None
) -> dict[str, LocalityEvidence]:
    source = Source(period, "a" * 64, f"{period}.xlsx", "Số liệu", "D12")
    known = {
        (code, Basis.CURRENT): KnownFigure(None if value is None else Decimal(value), source)
        for code, value in figures.items()
    }
    declared = {"I.1": KnownDeclaration(answer, "1/KH", date(2021, 6, 1), "", source)}
    return {PLACE: LocalityEvidence(PLACE, known, declared)}


def told_apart(found: Assembled) -> list[tuple[object, ...]]:
    """The differences: indicator, period, and of both sources how it was come by and its figure."""
    return [
        (d.indicator, d.period, clash.ways[0], clash.counted.value, clash.ways[1], clash.other.value)
        for d in found.differences
        for clash in [d.clash]
    ]


YES, NO, NA = Answer.YES, Answer.NO, Answer.NOT_APPLICABLE
GONE = "gone"


@pytest.mark.parametrize(
    ("answers", "once", "throughout"),
    [
        ((YES, YES, YES), Verdict.MET, Verdict.MET),
        ((NO, YES, YES), Verdict.MET, Verdict.NOT_MET),
        ((YES, YES, NO), Verdict.NOT_MET, Verdict.NOT_MET),
        ((YES, None, YES), Verdict.MET, Verdict.INSUFFICIENT),
        ((YES, YES, None), Verdict.MET, Verdict.INSUFFICIENT),
        ((YES, YES, GONE), Verdict.MET, Verdict.INSUFFICIENT),
        ((GONE, NO, None), Verdict.NOT_MET, Verdict.NOT_MET),
        ((NA, YES, NA), Verdict.NOT_APPLICABLE, Verdict.MET),
        ((NA, NA, NA), Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE),
        ((None, None, None), Verdict.INSUFFICIENT, Verdict.INSUFFICIENT),
        ((GONE, GONE, GONE), Verdict.INSUFFICIENT, Verdict.INSUFFICIENT),
    ],
)
def test_a_declaration_holds_from_then_on_or_must_be_made_in_every_report(
    plan: Plan, answers: tuple[Answer | str | None, ...], once: Verdict, throughout: Verdict
) -> None:
    """I.1 is a plan that was issued; II.5 is that all tips of the period were taken up."""
    year = plan.period_by_id["2021-nam"]
    reported = {}
    for period, answer in zip(("2021-6t", "2021-t11", "2021-t12"), answers, strict=True):
        found = evidence(period, {})[PLACE]
        said = {}
        if answer != GONE:
            made = replace(found.declarations["I.1"], answer=None if answer is None else Answer(answer))
            said = {"I.1": made, "II.5": made}
        reported[period] = {PLACE: replace(found, declarations=said)}
    assembled = assemble(plan, year, reported)
    results = assess(plan, year, assembled.evidence, year.window.end).localities[0].criteria
    verdicts = {result.criterion: result.verdict for result in results}
    assert (verdicts["I.1"], verdicts["II.5"]) == (once, throughout)


def absent(reason: InsufficiencyReason) -> dict[str, LocalityEvidence]:
    return {PLACE: LocalityEvidence(PLACE, absence=reason)}


def test_finer_periods_lie_inside_the_window(plan: Plan) -> None:
    year = plan.period_by_id["2021-nam"]
    assert [p.id for p in finer_periods(plan, year)] == ["2021-6t", *MONTHS]
    half = plan.period_by_id["2021-6t"]
    assert [p.id for p in finer_periods(plan, half)] == MONTHS[:6]


def test_the_milestones_own_report_counts(plan: Plan) -> None:
    found = assemble(plan, plan.period_by_id["2021-nam"], {"2021-nam": evidence("nam", {"TTXH_XR": 7})})
    assert found.evidence[PLACE].figures["TTXH_XR", Basis.CURRENT].value == 7
    assert found.periods == ("2021-nam",)
    assert found.evidence["30754"].absence is InsufficiencyReason.NOT_SUBMITTED
    assert found.gaps == {}


def test_months_that_cover_the_window_are_summed(plan: Plan) -> None:
    reported = {
        month: evidence(
            month,
            {"TTXH_XR": number, "NGHIEN_DAU": 100 + number, "NGHIEN_CUOI": 200 + number},
            Answer.YES if month == "2021-t06" else None,
        )
        for number, month in enumerate(MONTHS, start=1)
    }
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    figures = found.evidence[PLACE].figures
    assert figures["TTXH_XR", Basis.CURRENT].value == 36
    assert [part.source.submission for part in figures["TTXH_XR", Basis.CURRENT].parts] == MONTHS
    assert figures["NGHIEN_DAU", Basis.CURRENT].value == 101
    assert figures["NGHIEN_CUOI", Basis.CURRENT].value == 208
    assert found.evidence[PLACE].declarations["I.1"].answer is Answer.YES
    assert found.periods == tuple(MONTHS)


def test_six_months_and_the_rest_make_the_year(plan: Plan) -> None:
    reported = {
        "2021-6t": evidence("6t", {"TTXH_XR": 10}),
        "2021-t11": evidence("t11", {"TTXH_XR": 2}),
        "2021-t12": evidence("t12", {"TTXH_XR": 3}),
        "2021-t05": evidence("t05", {"TTXH_XR": 99}),
    }
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert found.evidence[PLACE].figures["TTXH_XR", Basis.CURRENT].value == 15
    assert found.periods == ("2021-6t", "2021-t11", "2021-t12")


def test_a_figure_that_one_part_lacks_is_missing(plan: Plan) -> None:
    reported = {
        "2021-6t": evidence("6t", {"TTXH_XR": 10, "XHD": 0}),
        "2021-t11": evidence("t11", {"TTXH_XR": None, "XHD": 0}),
        "2021-t12": evidence("t12", {"TTXH_XR": 3, "DIEM_MT": 0}),
    }
    figures = assemble(plan, plan.period_by_id["2021-nam"], reported).evidence[PLACE].figures
    assert figures["TTXH_XR", Basis.CURRENT].value is None
    assert figures["XHD", Basis.CURRENT].value is None
    assert figures["DIEM_MT", Basis.CURRENT].value == 0
    assert ("NGHIEN_CUOI", Basis.CURRENT) not in figures


def test_a_month_that_was_withdrawn_leaves_the_sum_open_and_names_its_cell(plan: Plan) -> None:
    reported = {month: evidence(month, {"XHD": 0}) for month in MONTHS}
    where = Source("S7", "b" * 64, "rut.xlsx", "Số liệu", "F12")
    gone = KnownFigure(None, where, lacks=InsufficiencyReason.WITHDRAWN)
    reported["2021-t07"] = {PLACE: LocalityEvidence(PLACE, {("XHD", Basis.CURRENT): gone})}
    year = plan.period_by_id["2021-nam"]
    found = assemble(plan, year, reported).evidence
    assert found[PLACE].figures["XHD", Basis.CURRENT].source == where
    outcome = assess(plan, year, found, year.window.end)
    (result,) = [r for r in outcome.localities[0].criteria if r.criterion == "II.4"]
    assert (result.verdict, result.reason) == (Verdict.INSUFFICIENT, InsufficiencyReason.WITHDRAWN)
    whole, *parts = result.inputs
    assert (whole.cell, whole.reason) == ("", InsufficiencyReason.WITHDRAWN)
    assert [entry.file_name for entry in parts if entry.reason] == ["rut.xlsx"]


def test_a_stock_that_only_an_earlier_part_has_is_not_that_of_the_cut_off(plan: Plan) -> None:
    reported = {
        "2021-6t": evidence("6t", {"DIEM_MT": 0}),
        "2021-t11": evidence("t11", {}),
        "2021-t12": evidence("t12", {}),
    }
    figures = assemble(plan, plan.period_by_id["2021-nam"], reported).evidence[PLACE].figures
    assert ("DIEM_MT", Basis.CURRENT) not in figures


def test_a_gap_is_named(plan: Plan) -> None:
    reported = {
        "2021-nam": absent(InsufficiencyReason.NOT_SUBMITTED),
        "2021-t06": evidence("t06", {"TTXH_XR": 1}),
        "2021-t07": absent(InsufficiencyReason.HELD_BY_FINDINGS),
        "2021-t08": evidence("t08", {"TTXH_XR": 1}),
    }
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert found.evidence[PLACE].absence is InsufficiencyReason.GAP_IN_WINDOW
    assert found.gaps[PLACE] == (
        Window(date(2021, 4, 15), date(2021, 5, 14)),
        Window(date(2021, 6, 15), date(2021, 7, 14)),
        Window(date(2021, 8, 15), date(2021, 12, 14)),
    )


def test_a_gap_at_the_start_only(plan: Plan) -> None:
    reported = {month: evidence(month, {"TTXH_XR": 1}) for month in MONTHS[1:]}
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert found.gaps[PLACE] == (Window(date(2021, 4, 15), date(2021, 5, 14)),)


def test_a_report_held_back_weighs_more_than_a_gap(plan: Plan) -> None:
    reported = {
        "2021-nam": absent(InsufficiencyReason.HELD_BY_FINDINGS),
        "2021-6t": evidence("6t", {"TTXH_XR": 1}),
    }
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert found.evidence[PLACE].absence is InsufficiencyReason.HELD_BY_FINDINGS


def test_the_coarse_report_counts_and_a_difference_is_told(plan: Plan) -> None:
    year: dict[str, int | None] = {"TTXH_XR": 14, "XHD": 0, "DIEM_MT": 1, "MH_MOI": None, "TNGT_VU": 3}
    parts: dict[str, int | None] = {"TTXH_XR": 5, "XHD": 0, "DIEM_MT": 0, "MH_MOI": 1}
    reported = {"2021-nam": evidence("nam", year)} | {
        name: evidence(name, parts) for name in ("2021-6t", "2021-t11", "2021-t12")
    }
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert found.evidence[PLACE].figures["TTXH_XR", Basis.CURRENT].value == 14
    assert told_apart(found) == [
        ("TTXH_XR", "2021-nam", Way.OWN, 14, Way.FINER, 15),
        ("DIEM_MT", "2021-nam", Way.OWN, 1, Way.FINER, 0),
    ]
    first = found.differences[0].clash
    assert first.counted.source.file_name == "nam.xlsx"
    assert [part.source.file_name for part in first.other.parts] == [
        "2021-6t.xlsx",
        "2021-t11.xlsx",
        "2021-t12.xlsx",
    ]


def test_an_assembled_figure_is_explained_by_its_parts(plan: Plan) -> None:
    reported = {month: evidence(month, {"XHD": 0}) for month in MONTHS}
    year = plan.period_by_id["2021-nam"]
    gathered = assemble(plan, year, reported)
    outcome = assess(plan, year, gathered.evidence, year.window.end)
    results = {r.criterion: r for r in outcome.localities[0].criteria}
    assert results["II.4"].verdict is Verdict.MET
    names = [entry.name for entry in results["II.4"].inputs]
    assert names == ["XHD", *[f"XHD.{number}" for number in range(1, 9)]]
    assert results["II.4"].inputs[0].cell == ""
    assert results["II.4"].inputs[8].file_name == "2021-t12.xlsx"


def test_the_six_months_that_count_are_held_against_their_own_months(plan: Plan) -> None:
    reported = {month: evidence(month, {"TTXH_XR": 1}) for month in MONTHS}
    reported["2021-6t"] = evidence("6t", {"TTXH_XR": 7})
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert found.evidence[PLACE].figures["TTXH_XR", Basis.CURRENT].value == 9
    assert found.periods == ("2021-6t", "2021-t11", "2021-t12")
    assert told_apart(found) == [("TTXH_XR", "2021-6t", Way.OWN, 7, Way.FINER, 6)]


def test_finer_reports_are_held_against_finer_ones_still_under_the_years_own(plan: Plan) -> None:
    reported = {month: evidence(month, {"TTXH_XR": 1}) for month in MONTHS}
    reported |= {"2021-6t": evidence("6t", {"TTXH_XR": 6}), "2021-nam": evidence("nam", {"TTXH_XR": 8})}
    assert assemble(plan, plan.period_by_id["2021-nam"], reported).differences == ()
    reported["2021-t06"] = evidence("t06", {"TTXH_XR": 3})
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert told_apart(found) == [("TTXH_XR", "2021-6t", Way.OWN, 6, Way.FINER, 8)]


@pytest.mark.parametrize(
    ("accepted", "held", "reason"),
    [
        ((), (), InsufficiencyReason.NOT_SUBMITTED),
        (("2021-6t",), ("2021-t11", "2021-t12"), InsufficiencyReason.HELD_BY_FINDINGS),
        ((), ("2021-6t", "2021-t11", "2021-t12"), InsufficiencyReason.HELD_BY_FINDINGS),
        ((), ("2021-t05",), InsufficiencyReason.GAP_IN_WINDOW),
        (("2021-6t",), ("2021-t12",), InsufficiencyReason.GAP_IN_WINDOW),
        (MONTHS[:-1], (), InsufficiencyReason.GAP_IN_WINDOW),
    ],
)
def test_why_nothing_counts(
    plan: Plan, accepted: list[str], held: list[str], reason: InsufficiencyReason
) -> None:
    reported = {name: evidence(name, {"TTXH_XR": 1}) for name in accepted}
    reported |= {name: absent(InsufficiencyReason.HELD_BY_FINDINGS) for name in held}
    found = assemble(plan, plan.period_by_id["2021-nam"], reported)
    assert found.evidence[PLACE].absence is reason
    assert bool(found.gaps) is bool(accepted)
    assert not found.overlaps


def test_reports_that_overlap_are_named_and_never_added(plan: Plan) -> None:
    late = replace(
        plan.period_by_id["2021-t10"], id="2021-q4", window=Window(date(2021, 9, 15), date(2021, 12, 14))
    )
    year = replace(plan, periods=(*plan.periods, late))
    reported = {"2021-6t": evidence("6t", {"TTXH_XR": 9}), "2021-q4": evidence("q4", {"TTXH_XR": 4})}
    found = assemble(year, year.period_by_id["2021-nam"], reported)
    assert found.evidence[PLACE].absence is InsufficiencyReason.CONFLICTING_SOURCES
    assert found.gaps == {}
    shared = Window(date(2021, 9, 15), date(2021, 10, 14))
    assert found.overlaps == {PLACE: (Overlap("2021-6t", "2021-q4", shared),)}
    reported["2021-t05"] = evidence("t05", {"TTXH_XR": 1})  # lies inside the six months: in nobody's way
    assert assemble(year, year.period_by_id["2021-nam"], reported).overlaps == found.overlaps


def test_a_blank_never_counts_as_none_in_any_sum(plan: Plan) -> None:
    """Whichever of the parts is blank or lacks the column, the sum is missing."""
    for gap in range(len(MONTHS)):
        lacks: tuple[dict[str, int | None], ...] = ({"TTXH_XR": None}, {})
        for lacking in lacks:
            reported = {month: evidence(month, {"TTXH_XR": 1}) for month in MONTHS}
            reported[MONTHS[gap]] = evidence(MONTHS[gap], lacking)
            figure = assemble(plan, plan.period_by_id["2021-nam"], reported).evidence[PLACE].figures
            assert figure["TTXH_XR", Basis.CURRENT].value is None
