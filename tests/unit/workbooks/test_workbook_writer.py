"""The blank workbook: what is prefilled, locked, checked and printed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.workbooks import write_workbook
from chuyenhoa.workbooks.sheets import PAGE_INDICATORS, page_breaks

CREATED = datetime(2021, 10, 1, 7, 30, tzinfo=UTC)


def write(plan: Plan, rules: Sequence[Rule], submitter: str = "899", period: str = "2021-6t") -> bytes:
    return write_workbook(plan, plan.period_by_id[period], plan.submitter_by_code[submitter], rules, CREATED)


@pytest.fixture(scope="module")
def book(plan: Plan, rules: tuple[Rule, ...]) -> Workbook:
    return openpyxl.load_workbook(BytesIO(write(plan, rules)))


def figures(book: Workbook, name: str = form.FIGURES_SHEET) -> tuple[Worksheet, int]:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet, next(row for row in range(1, 30) if sheet.cell(row, 1).value == form.LOCALITY_CODE)


def test_the_same_arguments_give_the_same_bytes(plan: Plan, rules: tuple[Rule, ...]) -> None:
    assert write(plan, rules) == write(plan, rules)
    assert write(plan, rules) != write(plan, rules, period="2021-nam")


def test_sheets_stand_in_order_and_meta_is_hidden(book: Workbook) -> None:
    assert book.sheetnames == [*form.HEAD_ROWS, form.GUIDE_SHEET, form.META_SHEET]
    assert [book[name].sheet_state for name in book.sheetnames] == ["visible"] * 6 + ["hidden"]


def test_meta_names_the_form(book: Workbook, plan: Plan) -> None:
    rows = {row[0]: row[1] for row in book[form.META_SHEET].iter_rows(values_only=True)}
    assert list(rows) == list(form.META_KEYS)
    assert [rows[key] for key in form.META_KEYS[:4]] == ["2021", "2021-6t", "899", plan.edition]


@pytest.mark.parametrize("name", form.SHEET_OF_BASIS.values())
def test_the_code_row_holds_every_indicator_and_nothing_else(book: Workbook, plan: Plan, name: str) -> None:
    sheet, row = figures(book, name)
    codes = [cell.value for cell in sheet[row] if cell.value]
    assert codes == [form.LOCALITY_CODE, form.LOCALITY_NAME, *plan.indicator_by_code]


def test_a_stock_says_whether_it_is_counted_at_the_start_or_at_the_end(book: Workbook) -> None:
    sheet, row = figures(book)
    said = {cell.value: sheet.cell(row - 1, cell.column).value for cell in sheet[row] if cell.column}
    assert [
        said[code] for code in ("TTXH_XR", "NGHIEN_DAU", "TGTB_TON", "NGHIEN_CUOI", "TGTB_CON", "HO_TT")
    ] == [
        "Trong kỳ",
        "Đầu kỳ",
        "Đầu kỳ",
        "Đến cuối kỳ",
        "Đến cuối kỳ",
        "Lũy kế đến cuối kỳ",
    ]
    guide = "\n".join(str(cell.value) for line in book["Hướng dẫn"].iter_rows() for cell in line)
    assert "“Đầu kỳ” là số hiện có vào ngày đầu kỳ" in guide
    assert "“Lũy kế đến cuối kỳ” là số cộng dồn từ ngày bắt đầu kế hoạch" in guide


def test_localities_are_prefilled_and_only_figures_are_open(book: Workbook, plan: Plan) -> None:
    sheet, row = figures(book)
    assert [sheet.cell(row + i, 1).value for i in (1, 2, 3)] == ["30745", "30754", None]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    locked = [bool(cell.protection.locked) for cell in sheet[row + 1]]
    assert locked == [True] * 2 + [False] * len(plan.indicators) + [True] * 2
    assert all(cell.protection.locked for cell in sheet[row])


def test_counts_are_whole_and_money_may_have_decimals(book: Workbook, plan: Plan) -> None:
    sheet, row = figures(book)
    kinds = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    for number, indicator in enumerate(plan.indicators, start=3):
        letter = get_column_letter(number)
        rule = kinds[f"{letter}{row + 1}:{letter}{row + 2}"]
        cell = f"{letter}{row + 1}"
        whole = "" if indicator.decimals else f",{cell}=INT({cell})"
        assert rule.type == "custom"
        assert rule.formula1 == (
            f'OR(LOWER(TRIM({cell}))="xóa",LOWER(TRIM({cell}))="xoá",'
            f"IFERROR(AND(ISNUMBER({cell}),{cell}>=0{whole}),FALSE))"
        )


def test_titles_state_submitter_period_and_windows(book: Workbook) -> None:
    current = " ".join(str(cell.value) for cell in figures(book)[0]["A"][:6])
    baseline = " ".join(str(cell.value) for cell in figures(book, form.BASELINE_SHEET)[0]["A"][:6])
    for words in (
        "121/KH-BCĐ",
        "Ban Chỉ đạo thành phố Rạch Giá",
        "06 tháng năm 2021",
        "từ ngày 15/04/2021 đến hết ngày 14/10/2021",
    ):
        assert words in current
    assert "từ ngày 15/04/2020 đến hết ngày 14/10/2020" in baseline
    assert "15/04/2021" not in baseline


def test_declarations_are_prefilled_with_a_list_of_answers(book: Workbook, plan: Plan) -> None:
    sheet, row = figures(book, form.DECLARATIONS_SHEET)
    pairs = [(sheet.cell(r, 1).value, sheet.cell(r, 3).value) for r in range(row + 1, sheet.max_row + 1)]
    assert pairs == [(place, entry.code) for place in ("30745", "30754") for entry in plan.declared_criteria]
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert lists == ['"Có,Không,Không áp dụng,xóa"']


def test_narratives_are_prefilled_with_hints(book: Workbook, plan: Plan) -> None:
    texts = {str(cell.value) for row in book[form.NARRATIVE_SHEET].iter_rows() for cell in row}
    assert {item.code for item in plan.narrative_items} <= texts
    assert {item.hint for item in plan.narrative_items} <= texts


def test_the_guide_explains_every_rule(book: Workbook, rules: tuple[Rule, ...]) -> None:
    texts = [str(cell.value) for row in book[form.GUIDE_SHEET].iter_rows() for cell in row if cell.value]
    assert {rule.rule_id for rule in rules} <= set(texts)
    assert any("để trống" in text for text in texts)
    assert not any("{" in text for text in texts)


def test_sheets_print_in_landscape_with_repeated_heads(book: Workbook) -> None:
    for name in form.HEAD_ROWS:
        sheet, row = book[name], 0
        assert isinstance(sheet, Worksheet)
        row = next(
            r
            for r in range(1, 30)
            if sheet.cell(r, 1).value in {form.LOCALITY_CODE, form.ITEM_CODE, form.RULE_CODE}
        )
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == f"${row + 1 - form.HEAD_ROWS[name]}:${row}"
        assert sheet.print_area


def test_page_breaks_leave_no_page_too_full(plan: Plan) -> None:
    edges = [2, *page_breaks(plan.indicators), 2 + len(plan.indicators)]
    assert all(0 < after - before <= PAGE_INDICATORS for before, after in itertools.pairwise(edges))


def test_every_submitter_and_period_has_a_form(plan: Plan, rules: tuple[Rule, ...]) -> None:
    sums = set()
    for submitter in plan.submitters:
        book = openpyxl.load_workbook(BytesIO(write(plan, rules, submitter.code, "2021-nam")), read_only=True)
        rows = list(book[form.FIGURES_SHEET].iter_rows(values_only=True))
        prefilled = {str(row[0]) for row in rows if row[0]} & set(plan.locality_by_code)
        assert prefilled == {entry.code for entry in plan.localities_of(submitter.code)}
        sums.add(list(book[form.META_SHEET].iter_rows(values_only=True))[4][1])
    assert len(sums) == 1
