"""Wrong entries of criteria, letters, baselines and last days are refused by file, line and what is wrong."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.calendars import Calendar
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    DeclarationMeasure,
    Direction,
    ValueMeasure,
)
from chuyenhoa.plan import PlanError, load_plan

VALUE = "measure: {kind: value, of: [XHD]}"
DECREASE = "measure: {kind: decrease, of: [TTXH_XR]}"
PERCENT = "threshold: {value: 0, unit: percent, direction: at_least}"
STOCKS = "measure: {kind: compare, left: [NGHIEN_CUOI], right: [NGHIEN_DAU]}"
STATUS = "status: unverified\n  - code: II.2"
FAULTS = [
    (VALUE, "measure: {kind: count, of: [XHD, CHAY_VU]}", "count takes one figure"),
    (
        VALUE,
        "measure: {kind: zero_event, of: [XHD], threshold: {value: 1, unit: vụ, direction: equal}}",
        "zero_event is equal to 0",
    ),
    (
        VALUE,
        "measure: {kind: zero_event, of: [XHD], threshold: {value: 0, unit: vụ, direction: at_most}}",
        "zero_event is equal to 0",
    ),
    (
        DECREASE,
        "measure: {kind: decrease, of: [TTXH_XR], against: yesterday}",
        "against: String should match",
    ),
    (DECREASE, "measure: {kind: decrease, of: [TTXH_XR], against: average1}", "against: String should match"),
    (
        DECREASE,
        "measure: {kind: decrease, of: [TTXH_XR], against: previous_year}",
        "previous_year compares 366 days of TTXH_XR with the 183 of 2021-6t",
    ),
    (
        DECREASE,
        "measure: {kind: decrease, of: [TTXH_XR], against: fixed.khoi_diem}",
        "baselines.csv has no khoi_diem of TTXH_XR for 30745",
    ),
    (PERCENT, "threshold: {value: 0, unit: người, direction: at_least}", "the figures are in vụ"),
    (
        STOCKS,
        "measure: {kind: stock_comparison, left: [NGHIEN_CUOI], right: [NGHIEN_MOI]}",
        "NGHIEN_MOI is counted inside the window",
    ),
    (
        STOCKS,
        "measure: {kind: all_of, parts: [{kind: stock_comparison, left: [TTXH_XR], right: [NGHIEN_DAU]}]}",
        "TTXH_XR is counted inside the window",
    ),
    (STATUS, "by_type: [{types: [1]}]\n    " + STATUS, "neither `threshold` nor `measure` is given"),
    (
        STATUS,
        f"by_type: [{{types: [1, 1], {PERCENT}}}]\n    " + STATUS,
        "`by_type` names type 1 twice",
    ),
    (
        "applies_to_types: [1, 2, 3, 4]\n    " + STATUS,
        f"applies_to_types: [1]\n    by_type: [{{types: [2], {PERCENT}}}]\n    " + STATUS,
        "`by_type` names type 2, to which the criterion does not apply",
    ),
    (
        STATUS,
        "by_type: [{types: [1], measure: {kind: count, of: [XX]}, " + PERCENT + "}]\n    " + STATUS,
        "unknown indicator XX",
    ),
    (
        STATUS,
        "valid_from: 2021-10-15\n    valid_to: 2021-10-14\n    " + STATUS,
        "`valid_to` 2021-10-14 is before `valid_from` 2021-10-15",
    ),
]


@pytest.fixture
def plans(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "plans", tmp_path / "plans"))


def change(plans: Path, name: str, old: str, new: str) -> int:
    """Replace a text of a plan's file; the line on which it begins."""
    path = plans / "2021" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(plans: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(PlanError) as refused:
        load_plan(plans, "2021")
    return [(problem.file, problem.line, problem.text) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("right", "wrong", "said"), FAULTS, ids=[f"{n} {f[2][:40]}" for n, f in enumerate(FAULTS)]
)
def test_a_wrong_criterion_is_named(plans: Path, right: str, wrong: str, said: str) -> None:
    line = change(plans, "criteria.yaml", right, wrong)
    found = [(file, number) for file, number, text in problems(plans) if said in text]
    assert found
    assert {file for file, _ in found} == {"criteria.yaml"}
    assert all(abs(number - line) <= 12 for _, number in found)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("group: VI\n", "group: V\n", "does not wait for guidance"),
        ("  criteria:\n", "  criteria: []\n  others:\n", "criteria: List should have at least 1 item"),
        ("kind: ratio", "kind: guidance", "numerator: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_letter_is_named(plans: Path, right: str, wrong: str, said: str) -> None:
    change(plans, "guidance.yaml", right, wrong)
    assert any(file == "guidance.yaml" and said in text for file, _, text in problems(plans))


def test_a_letter_says_how_each_criterion_is_measured_and_says_it_once(plans: Path) -> None:
    path = plans / "2021" / "guidance.yaml"
    text = path.read_text(encoding="utf-8")
    entry = text[text.index("    - code: VI.1") :]
    waiting = entry[: entry.index("      measure:")] + "      measure: {kind: guidance}\n"
    waiting += entry[entry.index("      threshold:") :]
    path.write_text(text.rstrip() + "\n" + waiting, encoding="utf-8")
    said = [text for _, _, text in problems(plans)]
    assert any(text.endswith("criterion VI.1 is duplicated") for text in said)
    assert any(text.endswith("criterion VI.1 still waits; a letter says how it is measured") for text in said)


def test_a_wrong_figure_to_compare_with_is_named(plans: Path) -> None:
    path = plans / "2021" / "baselines.csv"
    rows = ["30745,TTXH_XX,4", "99999,TTXH_XR,4", "30745,TTXH_XR,-4", "30745,TTXH_KP,1", "30745,TTXH_KP,2"]
    path.write_text(
        "name,locality,indicator,value,legal_basis\n" + "".join(f"khoi_diem,{row},QĐ 93\n" for row in rows),
        encoding="utf-8",
    )
    assert problems(plans) == [
        ("baselines.csv", 2, "baseline khoi_diem 30745 TTXH_XX: unknown indicator TTXH_XX"),
        ("baselines.csv", 3, "baseline khoi_diem 99999 TTXH_XR: unknown locality 99999"),
        ("baselines.csv", 4, "baseline: value: Input should be greater than or equal to 0, not '-4'"),
        ("baselines.csv", 6, "baseline khoi_diem 30745 TTXH_KP is duplicated; first in line 5"),
    ]


def test_a_last_day_is_said_once_and_before_means_the_day_before(plans: Path) -> None:
    change(plans, "periods.yaml", "deadline: 2021-12-17", "due_before: 2021-12-18")
    assert load_plan(plans, "2021").period_by_id["2021-nam"].deadline == date(2021, 12, 17)
    load_plan.cache_clear()
    change(plans, "periods.yaml", "due_before: 2021-12-18", "due_before: 2021-12-18\n  deadline: 2021-12-17")
    assert any("give either `deadline`" in text for _, _, text in problems(plans))
    change(plans, "periods.yaml", "  due_before: 2021-12-18\n  deadline: 2021-12-17\n", "")
    assert any("give either `deadline`" in text for _, _, text in problems(plans))


def test_a_window_is_of_whole_months_of_its_calendar(plans: Path) -> None:
    change(
        plans,
        "periods.yaml",
        "  kind: month\n  from: 2021-05-15",
        "  kind: month\n  calendar: calendar\n  from: 2021-05-15",
    )
    found = [text for _, _, text in problems(plans)]
    assert found == ["period 2021-t06: its window 2021-05-15 to 2021-06-14 is not of whole calendar months"]
    change(plans, "periods.yaml", "from: 2021-05-15\n  to: 2021-06-14", "from: 2021-05-01\n  to: 2021-05-31")
    change(plans, "periods.yaml", "{from: 2020-05-15, to: 2020-06-14}", "{from: 2020-05-01, to: 2020-05-31}")
    load_plan.cache_clear()
    period = load_plan(plans, "2021").period_by_id["2021-t06"]
    assert period.calendar is Calendar.CALENDAR


def test_what_an_entry_states_is_what_is_measured(plans: Path) -> None:
    limit = "threshold: {value: 3, unit: vụ, direction: at_least, legal_basis: Công văn 7}"
    change(
        plans,
        "criteria.yaml",
        DECREASE,
        f"measure: {{kind: increase, of: [TTXH_XR], against: average3, {limit}}}",
    )
    change(plans, "criteria.yaml", VALUE, "measure: {kind: zero_event, of: [XHD]}")
    change(plans, "criteria.yaml", 'edition: "2021.1 (mẫu)"\n', "")
    plan = load_plan(plans, "2021")
    grown = plan.criterion_by_code["II.1"].measure
    assert isinstance(grown, ChangeMeasure)
    assert (grown.rises, grown.against) == (True, Baseline(BaselineKind.AVERAGE, years=3))
    assert (grown.threshold.in_percent, grown.threshold.legal_basis) == (False, "Công văn 7")
    none = plan.criterion_by_code["II.4"].measure
    assert isinstance(none, ValueMeasure)
    assert (int(none.threshold.value), none.threshold.direction) == (0, Direction.EQUAL)
    assert plan.criterion_by_code["II.4"].edition == "2021"


def test_letters_add_to_their_group_and_later_ones_replace_earlier(plans: Path) -> None:
    path = plans / "2021" / "guidance.yaml"
    text = path.read_text(encoding="utf-8")
    letter = text[text.index("- number") :]
    later = letter.replace("number: (mẫu)", "number: 9/CV").replace("2021-11-01", "2021-12-01")
    later = later.replace("title: Hướng dẫn", "title: Bổ sung hướng dẫn").replace("value: 70", "value: 75")
    extra = later[later.index("    - code: VI.1") :].replace("code: VI.1", "code: VI.2")
    declared = (
        extra[: extra.index("      measure:")] + "      measure: {kind: declaration, needs_document: false}\n"
    )
    declared += extra[extra.index("      threshold:") :]
    path.write_text(text + later + declared, encoding="utf-8")
    plan = load_plan(plans, "2021")
    october, november, december = (
        plan.criteria_on(day) for day in (date(2021, 10, 31), date(2021, 11, 30), date(2021, 12, 14))
    )
    assert [c.code for c in october] == [c.code for c in november] == [c.code for c in december][:-1]
    assert isinstance(october[-1].measure, AwaitedMeasure)
    assert november[-1].edition == "(mẫu), 01/11/2021, Công an tỉnh Kiên Giang"
    assert (december[-2].edition, december[-1].code) == ("9/CV, 01/12/2021, Công an tỉnh Kiên Giang", "VI.2")
    assert isinstance(december[-1].measure, DeclarationMeasure)
    assert [c.code for c in plan.declared_criteria][-1] == "VI.2"
    assert plan.criterion_by_code["VI.2"] is december[-1]


@pytest.mark.parametrize("content", ["", "# chưa có văn bản nào\n", "[]\n"])
def test_before_there_is_a_letter_its_file_may_be_empty(plans: Path, content: str) -> None:
    (plans / "2021" / "guidance.yaml").write_text(content, encoding="utf-8")
    assert load_plan(plans, "2021").guidance == ()
