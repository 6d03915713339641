"""For every D-code of text.yaml a file that brings it about."""
# ruff: noqa: DTZ001

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl.styles import Font

from chuyenhoa.intake import read_submission
from chuyenhoa.intake.findings import load_catalogue
from chuyenhoa.model import form
from chuyenhoa.model.personal import MASK
from chuyenhoa.model.plan import Plan
from chuyenhoa.plan.messages import load_messages
from tests.unit.intake.drafts import Draft, read_part
from tests.unit.intake.handmade import WINDOW
from tests.unit.intake.test_reading_catalogue import TEMPLATES, Case, D, S, T, filled, typed


def american_date(draft: Draft) -> bytes:
    draft.put(D, 1, form.ANSWER, "Có")
    draft.put(D, 1, form.DOCUMENT_DATE, datetime(2021, 5, 10))
    draft.cell(D, 1, form.DOCUMENT_DATE).number_format = "mm/dd/yyyy"
    return draft.save()


def list_of_persons(draft: Draft) -> bytes:
    sheet = draft.sheet(T)
    sheet.delete_rows(1, sheet.max_row)
    for row in range(1, 5):
        sheet.cell(row, 2).value = f"09123456{row:02}"
    return draft.save()


def words_without_a_head(draft: Draft) -> bytes:
    sheet = draft.sheet(D)
    sheet.delete_rows(1, sheet.max_row)
    sheet["A1"] = "Cả hai phường đã ban hành kế hoạch"
    return draft.save()


def merged_figure(draft: Draft) -> bytes:
    cells = [draft.put(S, row, "TTXH_XR", value) for row, value in ((1, 10), (2, None))]
    draft.sheet(S).merge_cells(":".join(cells))
    return draft.save()


def struck_figure(draft: Draft) -> bytes:
    draft.put(S, 1, "TTXH_XR", 12)
    draft.cell(S, 1, "TTXH_XR").font = Font(strike=True)
    return draft.save()


def spilled_row(draft: Draft) -> bytes:
    return f"{WINDOW}\nMA_DIA_BAN,TTXH_XR,TTXH_KP\n30745,1,234,8\n30754,5,4\n".encode()


CASES: dict[str, Case] = {
    "D55": typed("079091234567"),
    "D56": filled(T, (1, form.ITEM_TEXT, "Liên hệ 0912 345 678")),
    "D57": list_of_persons,
    "D58": words_without_a_head,
    "D90": typed("597/726"),
    "D91": typed("khoảng 12"),
    "D92": typed("12 người"),
    "D93": filled(D, (1, form.ANSWER, "Có"), (1, form.DOCUMENT_DATE, "01/13/2021")),
    "D94": american_date,
    "D95": filled(D, (1, form.ANSWER, "Có"), (1, form.DOCUMENT_NUMBER, datetime(2021, 12, 5))),
    "D97": struck_figure,
    "D98": merged_figure,
    "D99": spilled_row,
    "D102": filled(D, (1, form.ANSWER, "Có"), (1, form.DOCUMENT_DATE, "05/01/2031")),
}


@pytest.mark.parametrize("code", CASES)
def test_the_file_brings_the_finding_about(code: str, plan: Plan) -> None:
    reading = read_submission(CASES[code](Draft(plan)), "Báo cáo.xlsx", plan, "899-rach-gia")
    found = {finding.rule_id: finding for finding in reading.findings}
    assert code in found
    assert not reading.refused
    assert "{" not in found[code].message
    assert MASK not in found[code].message
    assert found[code].severity is load_catalogue()[code].severity


def test_every_code_has_a_case() -> None:
    assert set(CASES) == set(load_messages(TEMPLATES / "messages" / "reading" / "text.yaml"))


def test_a_document_number_that_became_a_date_is_missing(plan: Plan) -> None:
    reading = read_submission(CASES["D95"](Draft(plan)), "a.xlsx", plan, None)
    assert [entry.document_number for entry in reading.declarations if entry.answer] == [""]


def test_a_doubted_date_is_taken_as_it_stands(plan: Plan) -> None:
    reading = read_submission(american_date(Draft(plan)), "a.xlsx", plan, None)
    dates = [entry.document_date for entry in reading.declarations if entry.answer]
    assert dates == [datetime(2021, 5, 10).date()]
    doubts = [finding for finding in reading.findings if finding.rule_id == "D94"]
    assert "10/05/2021 hoặc 05/10/2021" in doubts[0].message


def test_a_workbook_that_counts_days_from_1904_gives_the_same_dates(plan: Plan) -> None:
    draft = Draft(plan)
    draft.book.epoch = datetime(1904, 1, 1)
    draft.put(D, 1, form.ANSWER, "Có")
    draft.put(D, 1, form.DOCUMENT_DATE, datetime(2021, 5, 13))
    content = draft.save()
    reading = read_submission(content, "a.xlsx", plan, None)
    assert b'date1904="1"' in read_part(content, "xl/workbook.xml")
    assert [entry.document_date for entry in reading.declarations if entry.answer] == [
        datetime(2021, 5, 13).date()
    ]
