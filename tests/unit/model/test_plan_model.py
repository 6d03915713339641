"""What the nouns of the plan, of results and of submissions can say about themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chuyenhoa.model.criteria import AwaitedMeasure, DeclarationMeasure
from chuyenhoa.model.figures import Answer, Basis, CellRef, Declaration, Observation
from chuyenhoa.model.form import HEAD_ROWS, head_checksum
from chuyenhoa.model.plan import Plan, Window
from chuyenhoa.model.results import (
    Assessment,
    CriterionResult,
    InsufficiencyReason,
    LocalityResult,
    Verdict,
)
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import ACCEPTING, Finding, Severity, SubmissionStatus

APRIL = Window(date(2021, 4, 1), date(2021, 4, 30))


def test_a_figure_and_a_declaration_say_what_they_are_statements_of() -> None:
    cell = CellRef("Số liệu", "D7")
    seen = Observation("30745", "TTXH_XR", Basis.BASELINE, Decimal(3), cell)
    said = Declaration("30745", "I.1", Answer.YES, "12/KH", None, "", cell)
    assert seen.key == ("30745", "TTXH_XR", "baseline")
    assert said.key == ("30745", "I.1", "")
    assert replace(seen, value=None, withdrawn=True).is_statement
    assert not replace(said, answer=None).is_statement


def test_both_ends_of_a_window_count() -> None:
    assert APRIL.days == 30
    assert Window(date(2021, 4, 15), date(2021, 12, 14)).days == 244
    assert Window(date(2021, 4, 1), date(2021, 4, 1)).days == 1


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2021, 4, 1), date(2021, 4, 30), True),
        (date(2021, 4, 2), date(2021, 4, 29), True),
        (date(2021, 3, 31), date(2021, 4, 30), False),
        (date(2021, 4, 1), date(2021, 5, 1), False),
    ],
)
def test_a_window_contains_what_lies_between_its_ends(start: date, end: date, expected: bool) -> None:
    assert APRIL.contains(Window(start, end)) is expected


def test_entries_are_found_by_their_codes(plan: Plan) -> None:
    for submitter in plan.submitters:
        assert plan.submitter_by_code[submitter.code] is submitter
        assert plan.submitter_by_folder[submitter.folder] is submitter
    assert [plan.locality_by_code[entry.code] for entry in plan.localities] == list(plan.localities)
    assert [plan.period_by_id[entry.id] for entry in plan.periods] == list(plan.periods)
    assert [plan.indicator_by_code[entry.code] for entry in plan.indicators] == list(plan.indicators)
    assert [plan.criterion_by_code[entry.code] for entry in plan.criteria] == list(plan.criteria)


def test_milestones_are_in_order_of_time_whatever_the_order_of_the_file(plan: Plan) -> None:
    turned = replace(plan, periods=tuple(reversed(plan.periods)))
    assert [period.id for period in turned.milestones] == ["2021-6t", "2021-nam"]
    assert all(period.is_milestone for period in turned.milestones)


def test_every_locality_is_of_one_submitter(plan: Plan) -> None:
    found = [locality for submitter in plan.submitters for locality in plan.localities_of(submitter.code)]
    assert sorted(entry.code for entry in found) == sorted(entry.code for entry in plan.localities)
    assert plan.localities_of("nobody") == ()


def test_guidance_takes_the_place_of_what_waited_for_it_from_its_date_on(plan: Plan) -> None:
    before, after = plan.criteria_on(date(2021, 10, 31)), plan.criteria_on(date(2021, 11, 1))
    assert before == plan.criteria
    assert [entry.code for entry in after] == [entry.code for entry in before]
    assert isinstance(before[-1].measure, AwaitedMeasure)
    assert after[-1] is plan.guidance[0].criteria[0]
    assert after[:-1] == before[:-1]


def test_declared_criteria_are_those_on_the_sheet_of_declarations(plan: Plan) -> None:
    assert [entry.code for entry in plan.declared_criteria] == ["I.1", "I.2", "II.5", "V.3"]
    assert all(isinstance(entry.measure, DeclarationMeasure) for entry in plan.declared_criteria)


def test_reasons_of_a_locality_are_told_once_in_the_order_of_its_criteria() -> None:
    reasons = (InsufficiencyReason.BLANK, None, InsufficiencyReason.NO_GUIDANCE, InsufficiencyReason.BLANK)
    results = tuple(
        CriterionResult("1", f"X.{number}", Verdict.INSUFFICIENT if reason else Verdict.MET, reason)
        for number, reason in enumerate(reasons)
    )
    locality = LocalityResult("1", Verdict.INSUFFICIENT, (), results)
    assert locality.reasons == (InsufficiencyReason.BLANK, InsufficiencyReason.NO_GUIDANCE)
    assert Assessment("2021", "2021-6t", (locality, locality), ()).counts() == {
        Verdict.MET: 2,
        Verdict.NOT_MET: 0,
        Verdict.NOT_APPLICABLE: 0,
        Verdict.INSUFFICIENT: 6,
    }


def test_a_finding_points_at_its_first_cell_or_at_none() -> None:
    finding = Finding("E01", Severity.ERROR, "text", cells=("D7", "E7"))
    assert finding.cell == "D7"
    assert replace(finding, cells=()).cell == ""


def test_only_three_statuses_let_figures_count() -> None:
    refused = {"claimed", "returned", "refused", "duplicate", "set_aside"}
    assert {status.value for status in SubmissionStatus} - {status.value for status in ACCEPTING} == refused


def test_a_rule_needs_the_baseline_when_it_names_one_of_its_columns() -> None:
    rule = Rule("W01", Severity.WARNING, "jump", ("TTXH_XR", "prev__TTXH_XR"), {}, "title", "text", "basis")
    assert rule.needs_baseline
    assert not replace(rule, columns=("TTXH_XR", "TTXH_KP")).needs_baseline


def test_checksum_of_the_head_forgives_what_office_programs_change_and_nothing_else() -> None:
    heads = {sheet: [["Mã địa bàn", "Số vụ"], ["A", "B"]] for sheet in HEAD_ROWS}
    checksum = head_checksum(heads)
    first = next(iter(HEAD_ROWS))
    assert len(checksum) == 64
    assert head_checksum(heads | {first: [["Mã  địa\nbàn ", "Số vụ"], ["A", "B"]]}) == checksum
    for changed in ([["Mã địa bàn", "Số án"], ["A", "B"]], [["Mã địa bànSố vụ"], ["A", "B"]], []):
        assert head_checksum(heads | {first: changed}) != checksum


def test_codes_have_their_names(plan: Plan) -> None:
    assert plan.locality_names["30745"] == plan.locality_by_code["30745"].name
    assert plan.indicator_labels["XHD"] == plan.indicator_by_code["XHD"].label
