"""Nothing in the grid is passed over: numbers, texts, comments, copies; what a table says of its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from chuyenhoa.intake.completeness.regions import parse_cell
from chuyenhoa.intake.findings import load_catalogue
from chuyenhoa.kit.readers.book import name_cell
from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, ReadCount, Reading, Severity, SubmissionStatus
from chuyenhoa.pipeline.receive.decide import decide_status
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.messages import load_messages
from tests.unit.intake.drafts import Draft
from tests.unit.intake.handmade import FOOT, TITLES, WINDOW, Grid, book, codes, flip, read, values
from tests.unit.intake.test_reading_catalogue import TEMPLATES, B, S

XR, KP = "Số vụ phạm tội về trật tự xã hội xảy ra", "Khám phá (trong số vụ xảy ra trong kỳ)"
HEAD = ["TT", "Địa bàn", XR, KP]
LAC, SOI = [1, "Phường Vĩnh Lạc", 10, 8], [2, "Phường Rạch Sỏi", 5, 4]
TABLE: Grid = [*TITLES, HEAD, LAC, SOI]
PLAN = load_plan(Path(__file__).resolve().parents[3] / "plans", "2021")
Build = Callable[[Plan], bytes]


def grid(*rows: Sequence[object], **more: Grid) -> Build:
    return lambda plan: book({"Biểu 1": rows, **more})


def drafted(change: Callable[[Draft], object]) -> Build:
    def build(plan: Plan) -> bytes:
        draft = Draft(plan)
        for sheet in (S, B):
            for row in (1, 2):
                draft.put(sheet, row, "TTXH_XR", 10)
                draft.put(sheet, row, "TTXH_KP", 8)
        change(draft)
        return draft.save()

    return build


def commented(text: str) -> Build:
    def change(draft: Draft) -> None:
        draft.cell(S, 1, "TTXH_XR").comment = Comment(text, "A")

    return drafted(change)


def hidden_column(draft: Draft) -> None:
    draft.sheet(S).column_dimensions[draft.cell(S, 1, "TTXH_XR").column_letter].hidden = True


def copy_of_hidden(draft: Draft) -> None:
    copy = draft.book.copy_worksheet(draft.sheet(S))
    copy.title = "Số liệu in ra"
    copy.cell(draft.code_row(S) + 1, draft.column(S, "TTXH_XR")).value = 11
    draft.sheet(S).sheet_state = "hidden"


CASES: dict[str, Build] = {
    "D120": grid(*TITLES, ["Đơn vị tính: USD"], HEAD, LAC),
    "D121": grid(*TITLES, ["Số liệu ước thực hiện"], HEAD, LAC),
    "D128": grid(*TITLES, ["Số liệu khái toán"], HEAD, LAC),
    "D122": grid(*TABLE, [], ["", "", "", "", 15]),
    "D123": grid(*TABLE, Phụ=[["Địa bàn", "Dân số"], ["Phường Vĩnh Lạc", 12000]]),
    "D124": grid(*TABLE, [], ["Đề nghị cấp trên hỗ trợ"]),
    "D125": commented("Số đúng là 15, đề nghị sửa"),
    "D126": drafted(copy_of_hidden),
    "D127": drafted(hidden_column),
}


def make_docx(below: str) -> bytes:
    document = docx.Document()
    rows: Grid = [HEAD, LAC, SOI]
    document.add_paragraph(WINDOW)
    table = document.add_table(len(rows), len(HEAD))
    for row, values_of_row in enumerate(rows):
        for column, value in enumerate(values_of_row):
            table.cell(row, column).text = str(value)
    document.add_paragraph(below)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def make_page(below: str) -> bytes:
    lines = "".join(f"<tr>{''.join(f'<td>{value}</td>' for value in row)}</tr>" for row in (HEAD, LAC, SOI))
    return f"<html><body><p>{WINDOW}</p><table>{lines}</table><p>{below}</p></body></html>".encode()


def found_in(reading: Reading, code: str) -> Finding:
    return next(finding for finding in reading.findings if finding.rule_id == code)


@pytest.mark.parametrize("code", CASES)
def test_the_file_brings_the_finding_about(code: str, plan: Plan) -> None:
    reading = read(CASES[code](plan), plan)
    finding = found_in(reading, code)
    assert not reading.refused
    assert "{" not in finding.message
    assert finding.severity is load_catalogue()[code].severity


def test_every_code_has_a_case() -> None:
    assert set(CASES) == set(load_messages(TEMPLATES / "messages" / "reading" / "completeness.yaml"))


@pytest.mark.parametrize(
    "build", [grid(*TABLE, *FOOT), drafted(lambda draft: None)], ids=["by labels", "form"]
)
def test_a_file_of_which_all_was_read_has_no_other_word(build: Build, plan: Plan) -> None:
    reading = read(build(plan), plan)
    assert codes(reading) == []
    assert (
        reading.numbers.present
        == reading.numbers.read
        == len(values(reading)) * (1 + ("D20" not in str(reading)))
    )
    assert sum(reading.numbers.by_locality.values()) == reading.numbers.read
    assert reading.numbers.taken(["30745"]) == reading.numbers.read // 2


# Kinds of places: beside a row, in a column that a hand put in, below, after the signatures, on its side.
@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ([*TITLES, HEAD, [*LAC, 15], SOI], "E8"),
        ([*TITLES, [*HEAD, "Ghi chú"], LAC, [*SOI, 7]], "E9"),
        ([*TITLES, [*HEAD, "Số lượng"], LAC, [*SOI, 7]], "E9"),
        ([*TABLE, [], ["", "", "", "", "2,5"]], "E11"),
        ([*TABLE, *FOOT, ["", "", 99]], "C15"),
        ([*TITLES, *flip([HEAD[1:], LAC[1:], SOI[1:]]), [], ["", "", "", 44]], "D11"),
    ],
)
def test_a_number_that_nobody_reads_is_told_with_its_cell(
    rows: list[list[object]], cell: str, plan: Plan
) -> None:
    reading = read(book({"Biểu 1": rows}), plan)
    assert codes(reading) == ["D122"]
    assert found_in(reading, "D122").cells == (cell,)
    assert found_in(reading, "D122").locality == ""
    assert reading.numbers.present == reading.numbers.read + 1 == 5


@pytest.mark.parametrize(
    "rows",
    [
        [*TABLE, ["", "Tổng cộng", 15, 12]],
        [*TITLES, HEAD, ["(1)", "(2)", "(3)", "(4)"], LAC, SOI],
        [*TITLES, [*HEAD, "Tỷ lệ (%)"], [*LAC, 80], [*SOI, 80]],
        [*TITLES, ["Năm", 2021], HEAD, LAC, SOI],
        [*TITLES, ["Loại", *HEAD[1:]], [3, *LAC[1:]], [2, *SOI[1:]]],
        [*TITLES, HEAD, ["", "Thành phố Rạch Giá", 15, 12], LAC, SOI],
    ],
    ids=["total", "numbering", "percentage", "title", "type", "district"],
)
def test_totals_numbering_and_titles_are_no_numbers_that_are_missed(
    rows: list[list[object]], plan: Plan
) -> None:
    reading = read(book({"Biểu 1": rows}), plan)
    assert "D122" not in codes(reading)
    assert reading.numbers.present == reading.numbers.read == 4


STRAY = st.dictionaries(
    st.tuples(st.integers(7, 14), st.integers(4, 8)),
    st.one_of(st.integers(0, 10**6), st.floats(0, 99.5)),
    max_size=6,
)


@settings(max_examples=20)
@given(stray=STRAY, is_turned=st.booleans())
def test_every_number_was_read_or_told(stray: dict[tuple[int, int], float], is_turned: bool) -> None:
    table: Grid = [HEAD[1:], LAC[1:], SOI[1:]]
    rows: list[list[object]] = [list(row) for row in (*TITLES, *(flip(table) if is_turned else table))]
    rows += [[] for _ in range(17 - len(rows))]
    # A figure in a line of the table on its side stands under no name, and is asked about as such (D80).
    stray = {(row + 2 * is_turned, column): value for (row, column), value in stray.items()}
    for (row, column), value in stray.items():
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    reading = read(book({"Biểu 1": rows}), PLAN)
    told = {cell for finding in reading.findings if finding.rule_id == "D122" for cell in finding.cells}
    assert told == {name_cell(*spot) for spot in stray}
    assert reading.numbers.read == 4
    assert reading.numbers.present == reading.numbers.read + len(told)


@pytest.mark.parametrize(
    ("rows", "cell", "locality"),
    [
        ([*TITLES, [*HEAD, "Ghi chú"], [*LAC, "Số vụ TTXH đúng là 15 (đính chính)"], SOI], "E8", "30745"),
        ([*TITLES, HEAD, LAC, [*SOI, "da nham, so dung la 6"]], "E9", "30754"),
        ([*TABLE, [], ["Đính chính: phường Vĩnh Lạc số vụ là 15"]], "A11", "30745"),
        ([*TABLE, *FOOT, ["Sửa lại số vụ thành 15"]], "A15", ""),
    ],
    ids=["a column of remarks", "without marks", "a name", "anybody's"],
)
def test_a_correction_in_words_holds_whom_it_concerns(
    rows: list[list[object]], cell: str, locality: str, plan: Plan
) -> None:
    reading = read(book({"Biểu 1": rows}), plan)
    finding = found_in(reading, "D125")
    assert (finding.cell, finding.locality) == (cell, locality)
    status, taken = decide_status(reading, reading.findings)
    assert status is (SubmissionStatus.PARTLY_ACCEPTED if locality else SubmissionStatus.RETURNED)
    assert locality not in taken


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Số đúng là 15", "D125"),
        ("Theo Luật sửa đổi, bổ sung năm 2017", "D124"),
        ("Nhằm bảo đảm 100% yêu cầu", "D124"),
        ("số tạm tính", "D121"),
        ("▼ CẦN SỬA: số này", ""),
        ("Liên hệ 0912 345 678", ""),
    ],
)
def test_a_comment_is_asked_or_told_unless_it_is_ours(text: str, code: str, plan: Plan) -> None:
    reading = read(commented(text)(plan), plan)
    assert codes(reading) == ([code] if code else [])
    if code == "D125":
        finding = found_in(reading, code)
        assert (finding.cell, finding.locality, finding.indicator) == ("C12", "30745", "TTXH_XR")
        assert "đang ghi 10" in finding.message


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([*TITLES, ["SỐ LIỆU TẠM TÍNH"], HEAD, LAC, SOI], "D121"),
        ([*TITLES, ["So lieu du kien"], HEAD, LAC, SOI], "D121"),
        ([*TITLES, ["So lieu uoc tinh trong ky"], HEAD, LAC, SOI], "D121"),
        ([*TABLE, [], ["Ghi chú: số liệu chưa chốt"]], "D121"),
        ([*TABLE, [], ["Số liệu lũy kế từ đầu năm"]], "D71"),
        ([*TABLE, [], ["(Số liệu tính đến ngày 30/9/2021)"]], "D70"),
        ([*TABLE, [], ["Đơn vị tính: đô la"]], "D120"),
        ([*TITLES, ["TT", "Địa bàn", f"{XR} (ước)", KP], LAC, SOI], "D121"),
        ([*TITLES, ["TT", "Địa bàn", XR, ""], ["", "", "Kế hoạch giao", "Thực hiện"], LAC, SOI], "D121"),
    ],
)
def test_what_a_table_says_of_its_figures_is_asked_wherever_it_stands(
    rows: list[list[object]], code: str, plan: Plan
) -> None:
    reading = read(book({"Biểu 1": rows}), plan)
    assert code in codes(reading)
    assert found_in(reading, code).severity is Severity.ERROR
    assert decide_status(reading, reading.findings)[0] is not SubmissionStatus.ACCEPTED_WITH_WARNINGS


def test_a_sheet_name_that_calls_figures_an_estimate_is_asked(plan: Plan) -> None:
    assert "D121" in codes(read(book({"Ước 6T": TABLE}), plan))


@pytest.mark.parametrize(
    "title", ["Hương ước, quy ước của khu dân cư", "Thực hiện kế hoạch năm 2021 của tỉnh"]
)
def test_words_that_only_look_like_an_estimate_ask_nothing(title: str, plan: Plan) -> None:
    assert codes(read(book({"Biểu 1": [*TITLES, [title], HEAD, LAC, SOI]}), plan)) == []


def test_a_heading_with_an_unknown_unit_is_asked(plan: Plan) -> None:
    head = [*HEAD, "Thiệt hại tài sản do tội phạm gây ra (USD)"]
    reading = read(book({"Biểu 1": [*TITLES, head, [*LAC, 5], SOI]}), plan)
    assert codes(reading) == ["D74"]
    assert found_in(reading, "D74").cell == "E7"
    # Beside the indicator's own column it is more than was asked.
    beside = read(book({"Biểu 1": [*TITLES, [*HEAD, f"{XR} (ngoài giờ)"], [*LAC, 5], SOI]}), plan)
    assert codes(beside) == ["D76"]


def test_a_plan_beside_what_was_done_is_only_told(plan: Plan) -> None:
    rows = [*TITLES, ["TT", "Địa bàn", XR, f"{XR} (chỉ tiêu giao)"], LAC, SOI]
    reading = read(book({"Biểu 1": rows}), plan)
    assert codes(reading) == ["D76"]
    assert reading.numbers == ReadCount(4, 2, {"30745": 1, "30754": 1})


def test_a_table_of_which_nothing_was_read_is_an_error_beside_a_good_one(plan: Plan) -> None:
    reading = read(CASES["D123"](plan), plan)
    assert len(values(reading)) == 4
    assert found_in(reading, "D123").cells == ("B2",)
    assert decide_status(reading, reading.findings)[0] is SubmissionStatus.PARTLY_ACCEPTED
    assert reading.numbers.present == reading.numbers.read + 1


def test_a_list_of_officers_by_commune_is_no_table_of_figures(plan: Plan) -> None:
    officers: Grid = [
        ["TT", "Địa bàn", "Cán bộ"],
        [1, "Phường Vĩnh Lạc", "An"],
        [2, "Phường Rạch Sỏi", "Bình"],
    ]
    reading = read(book({"Biểu 1": TABLE, "Cán bộ": officers}), plan)
    assert codes(reading) == ["D88"]
    assert (reading.numbers.present, reading.numbers.read) == (4, 4)


@pytest.mark.parametrize(("hides", "code"), [(True, "D126"), (False, "D101")])
def test_a_copy_with_other_figures_is_asked(hides: bool, code: str, plan: Plan) -> None:
    def change(draft: Draft) -> None:
        copy_of_hidden(draft)
        draft.sheet(S).sheet_state = "hidden" if hides else "visible"

    reading = read(drafted(change)(plan), plan)
    finding = found_in(reading, code)
    assert finding.severity is Severity.ERROR
    # Of the two the visible one was seen: nothing is taken. Beside the form's visible sheet it is only asked.
    assert bool(decide_status(reading, reading.findings)[1]) is not hides
    assert ("C12: 11" in finding.message.replace("ô C12", "C12")) is hides


def test_a_copy_with_the_same_figures_says_nothing_new(plan: Plan) -> None:
    def change(draft: Draft) -> None:
        draft.book.copy_worksheet(draft.sheet(S)).title = "Bản in"

    reading = read(drafted(change)(plan), plan)
    assert codes(reading) == []
    assert reading.numbers.present == 8


@pytest.mark.parametrize(
    ("below", "code"),
    [
        ("Đính chính: phường Vĩnh Lạc là 15 vụ", "D125"),
        ("Ghi chú: số liệu chưa chốt", "D121"),
        ("Đơn vị tính: đô la", "D120"),
        ("Đề nghị cấp trên hỗ trợ", "D124"),
        ("Nơi nhận: như trên, sửa 15", ""),
        ("Liên hệ 0912 345 678", ""),
    ],
)
@pytest.mark.parametrize("make", [make_docx, make_page])
def test_a_paragraph_below_the_last_table_is_not_lost(
    make: Callable[[str], bytes], below: str, code: str, plan: Plan
) -> None:
    reading = read(make(below), plan, name="bao cao")
    assert len(values(reading)) == 4
    assert [found for found in codes(reading) if found != "D68"] == ([code] if code else [])


def test_a_text_beside_the_declarations_is_told(plan: Plan) -> None:
    def change(draft: Draft) -> None:
        sheet = draft.sheet(form.DECLARATIONS_SHEET)
        sheet.cell(draft.code_row(form.DECLARATIONS_SHEET) + 1, 9).value = "chờ xã gửi bổ sung"

    reading = read(drafted(change)(plan), plan)
    assert codes(reading) == ["D124"]
    assert found_in(reading, "D124").cells == ("I9",)


def test_a_figure_that_could_not_be_read_is_missing_between_the_counts(plan: Plan) -> None:
    reading = read(drafted(lambda draft: draft.put(S, 1, "TTXH_LRC", 12.5))(plan), plan)
    assert codes(reading) == ["D34"]
    assert (reading.numbers.present, reading.numbers.read) == (9, 8)


def test_an_address_is_a_place() -> None:
    assert parse_cell("AA10") == (9, 26)
    assert parse_cell("10") is None
    assert parse_cell("A") is None
    assert form.COMMENT_MARK.strip()
