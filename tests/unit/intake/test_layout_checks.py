"""What a table says about itself: totals under a code row, titles against the form, questions on a column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Severity, SubmissionStatus
from chuyenhoa.pipeline.receive.decide import decide_status
from tests.unit.intake.drafts import Draft
from tests.unit.intake.handmade import TITLES, book, read, values

S, B, T = form.FIGURES_SHEET, form.BASELINE_SHEET, form.NARRATIVE_SHEET
XR, KP = "Số vụ phạm pháp hình sự xảy ra", "Khám phá"


def ids(reading: Reading) -> list[str]:
    return [finding.rule_id for finding in reading.findings]


@pytest.mark.parametrize("sheet", [S, B])
def test_a_wrong_total_under_the_code_row_is_told_and_never_read(sheet: str, plan: Plan) -> None:
    draft = Draft(plan)
    draft.fill_all(plan)
    before = read(draft.save(), plan)
    draft.put(sheet, 3, form.LOCALITY_NAME, "Tổng cộng")
    wrong = draft.put(sheet, 3, "TTXH_XR", 99)
    draft.put(sheet, 3, "TTXH_KP", 23)
    reading = read(draft.save(), plan)
    assert reading.observations == before.observations
    found = [f for f in reading.findings if f not in before.findings]
    assert {(f.rule_id, f.severity, f.sheet) for f in found} == {("D81", Severity.WARNING, sheet)}
    first, second = wrong.replace("14", "12"), wrong.replace("14", "13")
    assert [f.locality for f in found] == list(before.localities)
    assert [f.cells for f in found] == [(first, second, wrong), (second, first, wrong)]
    assert [f.value for f in found] == ["1", "2"]
    assert all("ô C14: dòng cộng ghi 99, tổng các dòng (C12, C13) là 3." in f.message for f in found)


def test_a_wrong_total_holds_the_localities_that_it_adds_up(plan: Plan) -> None:
    draft = Draft(plan)
    draft.fill_all(plan)
    draft.put(S, 3, form.LOCALITY_NAME, "Tổng cộng")
    draft.put(S, 3, "TTXH_XR", 99)
    reading = read(draft.save(), plan)
    assert all(finding.needs_reason for finding in reading.findings if finding.rule_id == "D81")
    assert decide_status(reading, reading.findings) == (SubmissionStatus.RETURNED, frozenset())
    reasoned = [replace(f, justification="Tổng gồm cả xã ngoài danh sách") for f in reading.findings]
    status, taken = decide_status(reading, reasoned)
    assert (status, taken) == (SubmissionStatus.ACCEPTED_WITH_WARNINGS, frozenset(reading.localities))


def test_a_right_total_and_one_over_a_blank_are_not_told(plan: Plan) -> None:
    draft = Draft(plan)
    draft.fill_all(plan)
    draft.put(S, 3, form.LOCALITY_CODE, "Cộng")
    draft.put(S, 3, "TTXH_XR", 3)
    draft.put(S, 1, "TNGT_VU", None)
    draft.put(S, 3, "TNGT_VU", 1)
    assert "D81" not in ids(read(draft.save(), plan))


def without_code_rows(plan: Plan, **titles: str) -> bytes:
    draft = Draft(plan)
    draft.fill_all(plan)
    for sheet in form.HEAD_ROWS:
        draft.sheet(sheet).delete_rows(draft.code_row(sheet))
    for cell, text in titles.items():
        draft.sheet(S)[cell] = text
    return draft.save()


def test_a_form_whose_code_rows_were_deleted_is_read_by_its_labels(plan: Plan) -> None:
    whole = Draft(plan)
    whole.fill_all(plan)
    reading, expected = read(without_code_rows(plan), plan), read(whole.save(), plan)
    assert values(reading) == values(expected)
    assert not [f for f in reading.findings if f.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("cell", "text", "code"),
    [
        ("A3", "Kỳ báo cáo: năm 2021", "D19"),
        ("A4", "Số liệu từ ngày 15/04/2021 đến hết ngày 14/12/2021", "D19"),
        ("A4", "Số liệu quý III năm 2021", "D19"),
        ("A2", "Đơn vị báo cáo: Ban Chỉ đạo huyện An Minh", "D19"),
        ("A4", "Số liệu lũy kế từ đầu năm", "D71"),
    ],
)
def test_a_title_against_the_form_is_asked_without_code_rows_too(
    cell: str, text: str, code: str, plan: Plan
) -> None:
    reading = read(without_code_rows(plan, **{cell: text}), plan)
    (finding,) = [f for f in reading.findings if f.severity is Severity.ERROR]
    assert (finding.rule_id, finding.cell, finding.locality) == (code, cell, "")


@pytest.mark.parametrize(
    ("head", "row", "code"),
    [
        ([XR, KP, "Chết"], [10, 8, 2], "D74"),
        ([XR, KP, "Số vụ phạm pháp hình sự"], [10, 8, 11], "D75"),
        ([XR, KP, "Thiệt hại tài sản do tội phạm gây ra (người)"], [10, 8, 5_000_000], "D87"),
    ],
)
def test_a_question_on_a_column_holds_that_column_alone(
    head: list[object], row: list[object], code: str, plan: Plan
) -> None:
    grid = [*TITLES, ["TT", "Địa bàn", *head], [1, "Phường Vĩnh Lạc", *row]]
    reading = read(book({"Biểu 1": grid}), plan)
    (finding,) = [f for f in reading.findings if f.severity is Severity.ERROR]
    assert finding.rule_id == code
    assert "khác vẫn được nhận" in finding.message
    assert decide_status(reading, reading.findings) == (
        SubmissionStatus.PARTLY_ACCEPTED,
        frozenset({"30745"}),
    )
    assert ("30745", "TTXH_KP") in values(reading)
    assert len(values(reading)) == (1 if code == "D75" else 2)


def test_a_file_of_words_keeps_those_without_personal_data(plan: Plan, tmp_path: Path) -> None:
    draft = Draft(plan)
    for sheet in (*form.SHEET_OF_BASIS.values(), form.DECLARATIONS_SHEET):
        del draft.book[sheet]
    draft.put(T, 1, form.ITEM_TEXT, "Đã ban hành 03 kế hoạch.")
    draft.put(T, 2, form.ITEM_TEXT, "Đối tượng cầm đầu, điện thoại 0912345678")
    reading = read(draft.save(), plan)
    assert "D56" in ids(reading)
    assert [entry.text for entry in reading.narratives] == ["Đã ban hành 03 kế hoạch."]
    assert decide_status(reading, reading.findings)[0] is SubmissionStatus.PARTLY_ACCEPTED
    draft.put(T, 1, form.ITEM_TEXT, None)
    nothing = read(draft.save(), plan)
    assert decide_status(nothing, nothing.findings)[0] is SubmissionStatus.RETURNED
