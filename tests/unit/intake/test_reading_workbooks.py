"""Whole workbooks read back: as filled by a program, as saved by LibreOffice, moved, hidden, cut short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from chuyenhoa.intake import read_submission
from chuyenhoa.model import form
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Severity
from tests.unit.intake.drafts import Draft, save_with_libreoffice

FOLDER = "899-rach-gia"


def read(content: bytes, plan: Plan, folder: str = FOLDER) -> Reading:
    return read_submission(content, "bao-cao.xlsx", plan, folder)


def codes(reading: Reading) -> list[str]:
    return [finding.rule_id for finding in reading.findings]


@pytest.fixture
def draft(plan: Plan) -> Draft:
    return Draft(plan)


def test_a_filled_form_is_read_to_the_last_cell(plan: Plan, draft: Draft) -> None:
    draft.fill_all(plan)
    reading = read(draft.save(), plan)
    assert (reading.refused, reading.findings, reading.normalisations) == (False, (), ())
    assert (reading.plan, reading.period, reading.submitter, reading.edition) == (
        "2021",
        "2021-6t",
        "899",
        plan.edition,
    )
    assert reading.localities == ("30745", "30754")
    assert len(reading.observations) == 2 * 2 * len(plan.indicators)
    for observation in reading.observations:
        sheet = form.SHEET_OF_BASIS[observation.basis]
        row = reading.localities.index(observation.locality) + 1
        cell = draft.cell(sheet, row, observation.indicator)
        assert (observation.cell_ref.sheet, observation.cell_ref.cell) == (sheet, cell.coordinate)
        assert observation.value == Decimal(str(cell.value))
    assert {entry.answer for entry in reading.declarations} == {Answer.YES}
    assert reading.declarations[1].document_date == date(2021, 1, 5)
    assert reading.declarations[1].document_number == "02/KH-UBND"
    assert [entry.item for entry in reading.narratives] == [item.code for item in plan.narrative_items]
    assert reading.narratives[0].text == "Nội dung số 1\nđoạn hai"
    assert [(entry.rule_id, entry.locality) for entry in reading.justifications] == [("W01", "30745")]


@pytest.mark.integration
def test_libreoffice_changes_nothing(plan: Plan, draft: Draft, tmp_path: Path) -> None:
    draft.fill_all(plan)
    content = draft.save()
    before, after = read(content, plan), read(save_with_libreoffice(content, tmp_path), plan)
    assert after.findings == ()
    assert after == replace(before, sha256=after.sha256)


def test_an_untouched_form_is_missing_everywhere_and_wrong_nowhere(plan: Plan, draft: Draft) -> None:
    reading = read(draft.save(), plan)
    assert codes(reading) == ["D54"]
    assert reading.findings[0].severity is Severity.NOTE
    assert {entry.value for entry in reading.observations} == {None}
    assert {entry.answer for entry in reading.declarations} == {None}
    assert (reading.narratives, reading.justifications) == ((), ())


def test_an_untouched_form_of_a_submitter_without_localities_is_told_so(plan: Plan) -> None:
    draft = Draft(plan, "912")
    reading = read(draft.save(), plan, "912-kien-hai")
    assert (reading.refused, reading.localities, codes(reading)) == (False, (), ["D54"])
    draft.put(form.NARRATIVE_SHEET, 1, form.ITEM_TEXT, "Huyện đã ban hành kế hoạch")
    assert codes(read(draft.save(), plan, "912-kien-hai")) == []


def test_a_submitter_without_localities_sends_words_alone(plan: Plan) -> None:
    draft = Draft(plan, "912")
    draft.put(form.NARRATIVE_SHEET, 1, form.ITEM_TEXT, "Đã kiện toàn Ban Chỉ đạo")
    reading = read_submission(draft.save(), "a.xlsx", plan, "912-kien-hai")
    assert (reading.findings, reading.observations, reading.localities) == ((), (), ())
    assert len(reading.narratives) == 1


def test_the_table_is_found_wherever_it_stands(plan: Plan, draft: Draft) -> None:
    draft.fill_all(plan)
    before = read(draft.save(), plan)
    sheet = draft.sheet(form.FIGURES_SHEET)
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(1, 3)
    sheet.insert_cols(1, 2)
    reading = read(draft.save(), plan)
    assert codes(reading) == []
    assert [entry.value for entry in reading.observations] == [entry.value for entry in before.observations]
    assert reading.observations[0].cell_ref.cell != before.observations[0].cell_ref.cell


def test_every_bad_cell_is_named_with_its_address(plan: Plan, draft: Draft) -> None:
    wrong = {
        "TTXH_XR": "abc",
        "TTXH_KP": 12.5,
        "TTXH_DT": "-3",
        "MAT_VU": "12%",
        "HO_TONG": "x",
        "TN_BAT": True,
    }
    cells = [draft.put(form.FIGURES_SHEET, 1, code, value) for code, value in wrong.items()]
    reading = read(draft.save(), plan)
    assert sorted(finding.cell for finding in reading.findings) == sorted(cells)
    assert {finding.indicator for finding in reading.findings} == set(wrong)
    assert {finding.locality for finding in reading.findings} == {"30745"}
    assert {finding.severity for finding in reading.findings} == {Severity.ERROR}
    kept = {
        (entry.locality, entry.indicator) for entry in reading.observations if entry.basis is Basis.CURRENT
    }
    assert not kept & {("30745", code) for code in wrong}
    assert {("30754", code) for code in wrong} <= kept


def test_a_message_says_where_what_and_how_to_mend(plan: Plan, draft: Draft) -> None:
    cell = draft.put(form.FIGURES_SHEET, 1, "TTXH_XR", "abc")
    message = read(draft.save(), plan).findings[0].message
    assert message.startswith("Phường Vĩnh Lạc: ")
    for part in ("Số liệu", cell, "“abc”", "Nhập"):
        assert part in message
    assert "{" not in message


def test_words_for_nothing_are_zero_and_said(plan: Plan, draft: Draft) -> None:
    cell = draft.put(form.FIGURES_SHEET, 1, "TTXH_XR", "KPS")
    draft.put(form.FIGURES_SHEET, 1, "TTXH_KP", "chưa có số liệu")
    reading = read(draft.save(), plan)
    values = {
        e.indicator: e.value
        for e in reading.observations
        if e.locality == "30745" and e.basis is Basis.CURRENT
    }
    assert (values["TTXH_XR"], values["TTXH_KP"]) == (Decimal(0), None)
    assert [(entry.before, entry.after) for entry in reading.normalisations] == [
        ("KPS", "0"),
        ("chưa có số liệu", ""),
    ]
    assert reading.normalisations[0].cell_ref.cell == cell


def test_words_in_an_untouched_form_leave_the_figures_as_they_were(plan: Plan, draft: Draft) -> None:
    draft.put(form.JUSTIFICATION_SHEET, 1, form.RULE_CODE, "W01")
    draft.put(form.JUSTIFICATION_SHEET, 1, form.LOCALITY_CODE, "30745")
    draft.put(form.JUSTIFICATION_SHEET, 1, form.REASON, "Một đối tượng gây nhiều vụ")
    reading = read(draft.save(), plan)
    assert (reading.localities, reading.observations, reading.declarations) == ((), (), ())
    assert len(reading.justifications) == 1
    assert reading.findings == ()


def test_totals_and_signatures_below_the_table_are_passed_over(plan: Plan, draft: Draft) -> None:
    draft.put(form.FIGURES_SHEET, 1, "TTXH_XR", 55)
    draft.put(form.FIGURES_SHEET, 3, form.LOCALITY_NAME, "Tổng cộng")
    draft.put(form.FIGURES_SHEET, 3, "TTXH_XR", 55)
    draft.put(form.FIGURES_SHEET, 5, form.LOCALITY_CODE, "Người lập biểu")
    draft.put(form.FIGURES_SHEET, 5, "TTXH_XR", "KT. TRƯỞNG BAN")
    draft.put(form.FIGURES_SHEET, 8, "TTXH_XR", "Nguyễn Văn A")
    draft.put(form.FIGURES_SHEET, 9, form.LOCALITY_CODE, "Cộng")
    draft.put(form.FIGURES_SHEET, 9, "TTXH_XR", 55)
    reading = read(draft.save(), plan)
    assert reading.findings == ()
    assert reading.localities == ("30745", "30754")


def test_a_foreign_row_is_an_error_on_that_row_alone(plan: Plan, draft: Draft) -> None:
    draft.fill_all(plan)
    draft.put(form.FIGURES_SHEET, 3, form.LOCALITY_CODE, "30772")
    draft.put(form.FIGURES_SHEET, 3, "TTXH_XR", 5)
    reading = read(draft.save(), plan)
    assert [(finding.rule_id, finding.locality) for finding in reading.findings] == [("D26", "30772")]
    assert reading.localities == ("30745", "30754")
    assert not any(entry.locality == "30772" for entry in reading.observations)


def test_a_code_that_became_a_number_is_the_code(plan: Plan, draft: Draft) -> None:
    draft.put(form.FIGURES_SHEET, 1, form.LOCALITY_CODE, 30745)
    draft.set_meta("submitter", 899)
    draft.set_meta("plan", 2021)
    reading = read(draft.save(), plan)
    assert (reading.refused, codes(reading)) == (False, ["D54"])


def test_of_a_locality_that_stands_twice_the_first_row_is_read(plan: Plan, draft: Draft) -> None:
    draft.put(form.FIGURES_SHEET, 1, "TTXH_XR", 5)
    draft.put(form.FIGURES_SHEET, 2, form.LOCALITY_CODE, "30745")
    draft.put(form.FIGURES_SHEET, 2, form.LOCALITY_NAME, "")
    draft.put(form.FIGURES_SHEET, 2, "TTXH_XR", 6)
    reading = read(draft.save(), plan)
    assert codes(reading) == ["D28", "D31"]
    assert len(reading.findings[0].cells) == 2
    found = [e for e in reading.observations if (e.locality, e.indicator) == ("30745", "TTXH_XR")]
    assert [entry.value for entry in found if entry.basis is Basis.CURRENT] == [5]


def test_a_missing_column_and_a_missing_sheet_are_missing_data(plan: Plan, draft: Draft) -> None:
    draft.cell(form.FIGURES_SHEET, 0, "TTXH_XR").value = None
    draft.book.remove(draft.sheet(form.BASELINE_SHEET))
    reading = read(draft.save(), plan)
    assert set(codes(reading)) == {"D22", "D24", "D54"}
    assert not any(finding.severity is Severity.ERROR for finding in reading.findings)
    assert {entry.basis for entry in reading.observations} == {Basis.CURRENT}
    assert "TTXH_XR" not in {entry.indicator for entry in reading.observations}


def test_a_hand_made_file_is_matched_by_folder_and_stated_window(plan: Plan, draft: Draft) -> None:
    draft.fill_all(plan)
    draft.book.remove(draft.sheet(form.META_SHEET))
    reading = read(draft.save(), plan)
    assert codes(reading) == ["D20"]
    assert (reading.period, reading.submitter, reading.edition) == ("2021-6t", "899", "")


def test_a_workbook_of_reasons_alone_is_taken(plan: Plan, draft: Draft) -> None:
    draft.fill_all(plan)
    for name in (
        form.META_SHEET,
        form.FIGURES_SHEET,
        form.BASELINE_SHEET,
        form.DECLARATIONS_SHEET,
        form.NARRATIVE_SHEET,
    ):
        draft.book.remove(draft.sheet(name))
    reading = read(draft.save(), plan)
    assert codes(reading) == ["D20"]
    assert len(reading.justifications) == 1


def test_one_cell_may_name_several_rules(plan: Plan, draft: Draft) -> None:
    draft.put(form.JUSTIFICATION_SHEET, 1, form.RULE_CODE, "w01, W02")
    draft.put(form.JUSTIFICATION_SHEET, 1, form.REASON, "Đã kiểm tra, số liệu đúng")
    reading = read(draft.save(), plan)
    assert [(entry.rule_id, entry.locality) for entry in reading.justifications] == [("W01", ""), ("W02", "")]


def test_a_bad_date_and_a_bad_answer_are_both_named(plan: Plan, draft: Draft) -> None:
    cells = [
        draft.put(form.DECLARATIONS_SHEET, 1, form.ANSWER, "Đạt"),
        draft.put(form.DECLARATIONS_SHEET, 1, form.DOCUMENT_DATE, "hôm qua"),
    ]
    reading = read(draft.save(), plan)
    assert [finding.cell for finding in reading.findings] == cells
    assert len(reading.declarations) == 2 * len(plan.declared_criteria) - 1
