"""A batch of readings: one frame, provenance down to the cell, blanks and refusals without noise."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.model.figures import Basis, CellRef, Observation
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Finding, Reading, Severity
from chuyenhoa.validation import ValidationFault, run, validate
from chuyenhoa.validation.findings import collect_findings
from chuyenhoa.validation.run import build_rows, columns_of

SHEETS = {Basis.CURRENT: "Số liệu", Basis.BASELINE: "Cùng kỳ"}


def figure(locality: str, code: str, value: object, cell: str, basis: Basis = Basis.CURRENT) -> Observation:
    number = None if value is None else Decimal(str(value))
    return Observation(locality, code, basis, number, CellRef(SHEETS[basis], cell))


def reading(sha256: str, *observations: Observation, **more: Any) -> Reading:
    return Reading(sha256, f"{sha256}.xlsx", observations=observations, **more)


@pytest.fixture
def places(plan: Plan) -> tuple[str, str]:
    return plan.localities[0].code, plan.localities[1].code


def test_findings_of_a_batch_go_to_their_own_file_errors_first(
    plan: Plan, rules: tuple[Rule, ...], places: tuple[str, str]
) -> None:
    one, two = places
    good = reading("good", figure(one, "TTXH_XR", 12, "C8"), figure(one, "TTXH_KP", 10, "D8"))
    bad = reading(
        "bad",
        figure(one, "TTXH_XR", 1234, "C8"),
        figure(one, "TTXH_KP", 10, "D8"),
        figure(one, "TTXH_DT", 9, "F8"),
        figure(two, "TTXH_XR", 1, "C9"),
        figure(two, "TTXH_KP", "2000", "D9"),
        figure(two, "TTXH_XR", 7, "C9", Basis.BASELINE),
        figure(two, "TTXH_KP", 8, "D9", Basis.BASELINE),
    )
    report = validate([good, bad], plan, rules)
    assert report.findings_of("good") == ()
    assert report.findings_of("never seen") == ()
    found = [
        (f.rule_id, f.sheet, f.cells, f.locality, f.indicator, f.value) for f in report.findings_of("bad")
    ]
    assert found == [
        ("E03", "Số liệu", ("D9", "C9"), two, "TTXH_KP", "2000"),
        ("E03", "Cùng kỳ", ("D9", "C9"), two, "TTXH_KP", "8"),
        ("W01", "Số liệu", ("F8", "D8"), one, "TTXH_DT", "9"),
    ]  # W08 would ask about D9 as well, but that cell is wrong anyway.
    assert "ô D9: 2.000" in report.findings_of("bad")[0].message
    assert f"{plan.localities[1].name} (sheet Cùng kỳ): " in report.findings_of("bad")[1].message
    counts = {
        count.rule.rule_id: (count.rows_checked, count.rows_failed, count.files_failed)
        for count in report.counts
    }
    assert counts["E03"] == (4, 2, 1)
    assert counts["E10"] == (0, 0, 0)
    assert counts["E01"] == (4, 0, 0)
    assert counts["W08"] == (1, 1, 1)
    assert report.rows == 4
    assert [(file.sha256, file.rows) for file in report.files] == [("good", 1), ("bad", 3)]


def test_files_without_figures_run_nothing_and_say_so(
    plan: Plan, rules: tuple[Rule, ...], places: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        run, "run_rules", lambda *given: pytest.fail("Great Expectations was called on no rows")
    )
    blank = reading("blank", figure(places[0], "TTXH_XR", None, "C8"))
    refused = reading("refused", figure(places[0], "TTXH_XR", -1, "C8"), refused=True)
    report = validate([blank, refused, reading("texts only")], plan, rules)
    assert report.rows == 0
    assert report.findings == {}
    assert [file.sha256 for file in report.files] == ["blank", "texts only"]
    assert len(report.counts) == len(rules)


def test_no_rules_is_a_fault_even_without_rows(plan: Plan) -> None:
    with pytest.raises(ValidationFault, match="No rules"):
        validate([], plan, [])


def test_an_indicator_that_the_plan_lacks_is_a_fault(plan: Plan, places: tuple[str, str]) -> None:
    with pytest.raises(ValidationFault, match="'XX' is not in plan 2021"):
        build_rows([reading("a", figure(places[0], "XX", 1, "C8"))], plan)


def test_the_same_bytes_are_checked_once(plan: Plan, places: tuple[str, str]) -> None:
    first = reading("same", figure(places[0], "TTXH_XR", 1, "C8"))
    assert len(build_rows([first, first], plan)) == 1


def test_current_rows_carry_the_baseline_of_their_own_file(plan: Plan, places: tuple[str, str]) -> None:
    one, two = places
    rows = build_rows(
        [
            reading("a", figure(one, "THT", 5, "C8"), figure(one, "THT", 4, "C8", Basis.BASELINE)),
            reading("b", figure(one, "THT", 6, "C8"), figure(two, "THT", 7, "C9", Basis.BASELINE)),
            reading("c", figure(one, "THT", None, "C8"), figure(one, "THT", 9, "C8", Basis.BASELINE)),
        ],
        plan,
    )
    assert [(row.sha256, row.basis.value, {k: int(v) for k, v in row.values.items()}) for row in rows] == [
        ("a", "current", {"THT": 5, "prev__THT": 4}),
        ("a", "baseline", {"THT": 4}),
        ("b", "current", {"THT": 6}),
        ("b", "baseline", {"THT": 7}),
        ("c", "baseline", {"THT": 9}),
    ]


def test_columns_of_rules_are_listed_once(rules: tuple[Rule, ...], plan: Plan) -> None:
    columns = columns_of(rules)
    assert len(columns) == len(set(columns))
    assert set(plan.indicator_by_code) < set(columns)


def test_a_failed_row_without_a_bad_cell_is_a_fault(
    plan: Plan, rules: tuple[Rule, ...], places: tuple[str, str]
) -> None:
    rows = build_rows([reading("a", figure(places[0], "THT", 5, "C8"))], plan)
    with pytest.raises(ValidationFault, match="no cell of it is wrong"):
        collect_findings(rows, {"E01": [0]}, rules[:1], plan)


def test_a_rule_that_fails_more_rows_than_it_could_check_is_a_fault(
    plan: Plan, rules: tuple[Rule, ...], places: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "run_rules", lambda columns, given: {rule.rule_id: (0,) for rule in given})
    with pytest.raises(ValidationFault, match="only 0 had its inputs"):
        validate([reading("a", figure(places[0], "XHD", 5, "C8"))], plan, rules[1:])


def test_a_message_that_cannot_be_filled_is_a_fault(
    plan: Plan, rules: tuple[Rule, ...], places: tuple[str, str]
) -> None:
    rows = build_rows([reading("a", figure(places[0], "THT", -5, "C8"))], plan)
    broken = dataclasses.replace(rules[0], message="{dia_ban} {THT_TP}")
    with pytest.raises(ValidationFault, match=r"names \{THT_TP\}"):
        collect_findings(rows, {"E01": [0]}, [broken], plan)


def test_notes_and_places_without_a_sheet_are_worded(plan: Plan, rules: tuple[Rule, ...]) -> None:
    place = CellRef("", "B2")
    seen = Observation("99999", "THT", Basis.BASELINE, Decimal(-5), place)
    rows = build_rows([reading("a", seen)], plan)
    note = dataclasses.replace(rules[0], severity=Severity.NOTE)
    (found,) = collect_findings(rows, {"E01": [0]}, [note], plan)["a"]
    assert isinstance(found.finding, Finding)
    assert found.finding.message.startswith("99999 (số liệu cùng kỳ): ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("12.0", "12"),
        ("999", "999"),
        ("1000", "1.000"),
        ("-1234567", "-1.234.567"),
        ("12.50", "12,5"),
        ("1234.75", "1.234,75"),
        ("100", "100"),
    ],
)
def test_numbers_are_written_the_vietnamese_way(value: str, text: str) -> None:
    assert format_number(Decimal(value)) == text
