"""A figure whose cell shows something else than it holds is asked, with both numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chuyenhoa.intake import read_submission
from chuyenhoa.intake.findings import load_catalogue
from chuyenhoa.intake.values.shown_values import compare_with_shown
from chuyenhoa.model import form
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Plan
from chuyenhoa.plan.messages import load_messages
from tests.unit.intake.drafts import Draft, change_parts, read_part
from tests.unit.intake.handmade import FOLDER, FOOT, TITLES, Grid, book

S = form.FIGURES_SHEET
BOOK, PART, APP = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "docProps/app.xml"
OFFICE = b"<Properties><Application>Microsoft Excel</Application></Properties>"
TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


@pytest.mark.parametrize(
    ("value", "shown", "unit", "problem"),
    [
        (53000, "53", "hộ", Code.SHOWN_OTHERWISE),
        (2500, "2500 nghìn", "hộ", Code.SHOWN_OTHERWISE),
        (2500, "2500 vụ", "vụ", ""),
        (2500, "2500 vụ án", "vụ", ""),
        (12, "12 ₫", "triệu đồng", Code.SHOWN_OTHERWISE),
        (30.55, "30,6 triệu", "triệu đồng", ""),
        (0, "", "vụ", Code.HIDDEN_BY_FORMAT),
        (-5, "5", "vụ", Code.SHOWN_OTHERWISE),
        ("12", "", "vụ", Code.HIDDEN_BY_FORMAT),
        ("…", "", "vụ", ""),
        (0, "- vụ", "vụ", Code.SHOWN_OTHERWISE),
    ],
)
def test_both_are_compared(value: float | str, shown: str, unit: str, problem: str) -> None:
    reading = compare_with_shown(value, shown, unit, decimals=unit == "triệu đồng")
    assert reading.problem == problem


def formatted(value: object, code: str) -> Callable[[Draft], bytes]:
    def build(draft: Draft) -> bytes:
        draft.put(S, 1, "TTXH_XR", value)
        draft.cell(S, 1, "TTXH_XR").number_format = code
        return draft.save()

    return build


def computed(
    formula: str, result: str, setting: str = "", writer: bytes = OFFICE
) -> Callable[[Draft], bytes]:
    """A formula with its stored result, in a workbook with or without a setting of its calculation."""

    def build(draft: Draft) -> bytes:
        draft.put(S, 1, "TTXH_XR", 987654)
        draft.put(S, 1, "TTXH_KP", 4)
        content = draft.save()
        where = draft.cell(S, 1, "TTXH_KP").coordinate
        sheet = read_part(content, PART).replace(
            b"<v>987654</v>", f"<f>{formula.format(KP=where)}</f><v>{result}</v>".encode()
        )
        book = read_part(content, BOOK)
        start = book.index(b"<calcPr")
        end = book.index(b">", start) + 1
        book = book[:start] + f"<calcPr calcId='191029'{setting}/>".encode() + book[end:]
        return change_parts(content, {PART: sheet, BOOK: book, APP: writer})

    return build


CASES: dict[str, Callable[[Draft], bytes]] = {
    "D130": formatted(53000, "#,##0,"),
    "D131": formatted(0, "#,###"),
    "D132": computed("50+3", "0"),
    "D133": computed("ROUND(12,0)", "12", " calcMode='manual'"),
}


def codes_of(content: bytes, plan: Plan) -> set[str]:
    reading = read_submission(content, "a.xlsx", plan, "899-rach-gia")
    return {finding.rule_id for finding in reading.findings if finding.indicator == "TTXH_XR"}


@pytest.mark.parametrize("code", CASES)
def test_the_file_brings_the_finding_about(code: str, plan: Plan) -> None:
    reading = read_submission(CASES[code](Draft(plan)), "a.xlsx", plan, "899-rach-gia")
    (found,) = (finding for finding in reading.findings if finding.indicator == "TTXH_XR")
    assert (found.rule_id, found.severity) == (code, load_catalogue()[code].severity)
    assert "{" not in found.message
    assert not [o for o in reading.observations if o.cell_ref.cell == found.cell and o.cell_ref.sheet == S]


def test_a_zero_on_a_sheet_that_shows_none_is_asked(plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(S, 1, "TTXH_XR", 0)
    content = draft.save()
    assert codes_of(content, plan) == set()
    sheet = read_part(content, PART)
    assert sheet.count(b"<sheetView ") == 1
    sheet = sheet.replace(b"<sheetView ", b'<sheetView showZeros="0" ')
    assert codes_of(change_parts(content, {PART: sheet}), plan) == {"D131"}


def test_every_code_has_a_case() -> None:
    assert set(CASES) == set(load_messages(TEMPLATES / "messages" / "reading" / "shown.yaml"))


def test_both_numbers_are_named(plan: Plan) -> None:
    for code, numbers in (("D130", ("“53”", "53000")), ("D132", ("là 0", "tính lại được 53"))):
        reading = read_submission(CASES[code](Draft(plan)), "a.xlsx", plan, "899-rach-gia")
        (message,) = (f.message for f in reading.findings if f.rule_id == code)
        assert all(number in message for number in numbers)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (formatted(5, '0" vụ"'), set()),
        (formatted(5, "#,##0_);(#,##0)"), set()),
        (formatted(0, '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-'), set()),
        (computed("50+3", "53"), set()),
        (computed("{KP}*2", "8"), set()),
        (computed("{KP}*2", "9"), {"D132"}),
        # Recomputed, a result is certain whatever the workbook says of its calculation.
        (computed("50+3", "53", " calcMode='manual'"), set()),
        (computed("ROUND(12,0)", "12"), set()),
        (computed("ROUND(12,0)", "12", " fullCalcOnLoad='1'"), {"D133"}),
        (computed("ROUND(12,0)", "12", writer=OFFICE.replace(b"Microsoft Excel", b"SheetJS")), {"D133"}),
    ],
)
def test_only_what_is_in_doubt_is_asked(
    build: Callable[[Draft], bytes], expected: set[str], plan: Plan
) -> None:
    assert codes_of(build(Draft(plan)), plan) == expected


def test_a_total_with_an_old_result_is_still_held_against_its_lines(plan: Plan) -> None:
    rows: Grid = (
        *TITLES,
        ["TT", "Xã, phường", "Phạm pháp hình sự"],
        ["", "", "Xảy ra"],
        [1, "P. Vĩnh Lạc", 10],
        [2, "P. Rạch Sỏi", 5],
        ["", "Tổng cộng", 987],
        *FOOT,
    )
    plain = book({"Biểu 1": rows})
    sheet = read_part(plain, PART)
    stale = change_parts(plain, {PART: sheet.replace(b"<v>987</v>", b"<f>SUM(C9:C10)</f><v>987</v>")})
    codes = [
        [finding.rule_id for finding in read_submission(content, "a.xlsx", plan, FOLDER).findings]
        for content in (plain, stale)
    ]
    assert codes[0] == codes[1]
    assert "D81" in codes[1]
