"""Personal numbers are recognised however they are typed, and counts, sums, dates and documents are not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.intake import read_submission
from chuyenhoa.intake.values.personal import mask_value, withhold_personal
from chuyenhoa.kit.readers.book import Book, Flaw, Sheet
from chuyenhoa.model import form
from chuyenhoa.model.personal import MASK, find_personal, is_personal_number, mask_personal
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading
from tests.unit.intake.drafts import Draft

S, D, T, G = form.FIGURES_SHEET, form.DECLARATIONS_SHEET, form.NARRATIVE_SHEET, form.JUSTIFICATION_SHEET

PERSONAL = """
0912345678|0912 345 678|0912.345.678|091-234-5678|09 12 34 56 78|0 912 345 678|0912  345  678
0912\u00a0345\u00a0678|+84 912 345 678|84912345678|(+84)912345678|+84.912.345.678
0356789012|0567890123|0789012345|0898765432|(0297) 3812345|0297 3 812 345|02973.812.345|0297.3812345
028 3822 1234|01687654321
079091234567|079 091 234 567|001301000123|096203004567|123456789012|123456789|370123456|123 456 789|012345678
CMND: 370.123.456|SĐT0912345678|ĐT: 0912345678|CCCD số 079091234567|０９１２３４５６７８|căn cước 123456789000
Nguyễn Văn A, CCCD 091088001234, trú tại|liên hệ 0912345678.|gọi 0912345678, 0987654321|tổ 12 0912345678
0912345678,0987654321|0912345678, 0987654321;0297.3812345|0912\u200b345\u200b678
09\u00ad12345678|0084912345678|00 84 912 345 678
079.091.234.567|079-091-234567|0912345678 đồng chí Nam|912345678 đồng chí Nam|123456789, 1,5 vụ
0912345678/0987654321|(0912345678)|“0912345678”|0912345678;|số:0912345678|150000000 và 0912345678
"""
HARMLESS = """
145/BC-BCĐ|Số 145/BC-BCĐ ngày 05/01/2021|123456789/QĐ-UBND|0912345678/QĐ-UBND|01-KH/HU|121/KH-BCĐ|93/QĐ-BCĐ
1.234.567.890 đồng|150000000|150000000000|123.456.789 đồng|123456789 đồng|thu 370.123.456|1.234.567.890,5
123 456 789 đồng|123456789kg|1 234 567 890|12 345 678|250 000 000|150.000.000|1,234,567,890|123456789,5
05.01.2021 12 vụ|05-01-2021 - 12-02-2021|15/4/2021–14/10/2021|từ 01.01.2021 đến 31.12.2021|2021 2020 2019
15 4 2021 14 10 2021|2021-2025 2016|13.11.1966.1|3-1-2|597/726|12 vụ/15 đt|30745 30748 30751
Điều 12, 13, 14, 15, 16
202110120900|scan_202110120900.pdf|0,0912345678|1,0912345678|đạt 0,079091234567
a0912345678b|0f0912345678e|TTXH_0912345678|20211012090000|15:30 12/10/2021|v2021.1.0.123|1234567|0|12
5 10 15 20 25 30|05 10 15 20 25 30|kỳ 2021-6t, 2021-nam|2020: 12, 2021: 15, 2022: 18|08 09 10 11 12
"""


def listed(texts: str) -> list[str]:
    return [text for line in texts.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", listed(PERSONAL))
def test_personal_numbers_are_found(text: str) -> None:
    assert find_personal(text)
    masked = mask_personal(text)
    assert MASK in masked
    assert not find_personal(masked)


@pytest.mark.parametrize("text", listed(HARMLESS))
def test_counts_sums_dates_and_documents_are_none(text: str) -> None:
    assert find_personal(text) == []
    assert mask_personal(text) == text


@pytest.mark.parametrize(
    "number", [912345678.0, 370123456, 79091234567.0, 1301000123, 84912345678, 2973812345, 123456789012.0]
)
def test_numbers_without_their_zeros_are_found(number: float) -> None:
    assert is_personal_number(number)
    assert mask_value(number) == MASK


@pytest.mark.parametrize(
    "number",
    [
        0,
        12,
        -3,
        12345678,
        99999999.0,
        150000000,
        1250500000.0,
        123456789.5,
        3456789012,
        99999999999,
        10**15,
        1e300,
    ],
)
def test_counts_and_sums_are_no_persons(number: float) -> None:
    assert not is_personal_number(number)
    assert mask_value(number) is number


DIGITS = st.text("0123456789", min_size=8, max_size=8)
MOBILE = st.builds(lambda prefix, rest: f"0{prefix}{rest}", st.sampled_from("35789"), DIGITS)
CITIZEN = st.builds(
    lambda province, century, rest: f"{province:03}{century}{rest}",
    st.integers(1, 96),
    st.sampled_from("0123"),
    DIGITS,
)
CARD = st.text("0123456789", min_size=9, max_size=9).filter(lambda text: not text.endswith("000"))
LEADS = st.sampled_from(["", "ĐT: ", "SĐT ", "CCCD ", "(", "liên hệ ", "Ông A, "])
TAILS = st.sampled_from(["", ".", ", trú tại xã", ")", ";", " (Zalo)"])
SIGNS = st.sampled_from([" ", ".", "-", "\u00a0"])


def grouped(digits: str, sizes: tuple[int, ...], sign: str) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(digits[start : start + size])
        start += size
    return sign.join(parts)


@given(
    LEADS, MOBILE, TAILS, st.sampled_from([(10,), (4, 3, 3), (3, 3, 4), (4, 6), (3, 7), (4, 2, 2, 2)]), SIGNS
)
def test_every_mobile_number_is_found(
    lead: str, number: str, tail: str, sizes: tuple[int, ...], sign: str
) -> None:
    text = lead + grouped(number, sizes, sign) + tail
    [(start, end)] = find_personal(text)
    assert text[start:end].lstrip("(") == grouped(number, sizes, sign)


@given(LEADS, CITIZEN, TAILS)
def test_every_citizen_number_is_found(lead: str, number: str, tail: str) -> None:
    assert mask_personal(lead + number + tail).replace("(", "") == (lead + MASK + tail).replace("(", "")


@given(LEADS, CARD, TAILS)
def test_every_identity_card_is_found(lead: str, number: str, tail: str) -> None:
    assert find_personal(lead + number + tail)


@given(MOBILE | CITIZEN | CARD)
def test_what_is_found_as_text_is_found_as_a_number(digits: str) -> None:
    number = int(digits)
    if number % 1000 and len(str(number)) >= 9:
        assert is_personal_number(number)
        assert is_personal_number(float(number))


@given(st.integers(-(10**8) + 1, 10**8 - 1))
def test_no_count_is_personal(number: int) -> None:
    assert mask_value(number) is number
    for text in (
        str(number),
        f"{number:,}",
        f"{number:,}".replace(",", "."),
        f"{number:,}".replace(",", " "),
    ):
        assert find_personal(f"{text} vụ") == find_personal(text) == []


@given(st.integers(1, 10**12))
def test_no_sum_of_money_is_personal(number: int) -> None:
    for text in (f"{number:,}".replace(",", ".") + " đồng", f"{number} đồng", f"thu giữ {number:,} đồng"):
        assert find_personal(text) == []


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.integers(0, 400), st.sampled_from("/-. "))
def test_no_date_and_no_window_is_personal(day: date, length: int, sign: str) -> None:
    last = day + timedelta(length)
    shapes = [f"%d{sign}%m{sign}%Y", f"%Y{sign}%m{sign}%d", f"ngày %d{sign}%m{sign}%Y"]
    for shape in shapes:
        assert find_personal(f"{day:{shape}}") == []
        assert find_personal(f"từ {day:{shape}} đến {last:{shape}}") == []


@given(st.integers(1, 99999), st.sampled_from(["BC-BCĐ", "KH-UBND", "QĐ/TU", "CV-CAH"]), st.dates())
def test_no_document_number_is_personal(number: int, kind: str, day: date) -> None:
    assert find_personal(f"{number}/{kind}") == []
    assert find_personal(f"Số {number}/{day.year}/{kind}, ngày {day:%d/%m/%Y}") == []


@given(st.text(max_size=60))
def test_masking_ends_and_repeats_nothing(text: str) -> None:
    masked = mask_personal(text)
    assert mask_personal(masked) == masked
    assert (masked == text) == (find_personal(text) == [])


def test_a_book_without_personal_data_is_the_same_book() -> None:
    book = Book("xlsx", (Sheet("S", False, [["a", 1, 2.5, True, "12 345"]]),))
    assert withhold_personal(book) is book


def test_titles_keep_their_other_words_and_paragraphs_are_masked_too() -> None:
    sheet = Sheet("S", False, [["Kỳ 6 tháng 2021, ĐT 0912345678", 7]], above=("SĐT 0912345678",))
    [read] = withhold_personal(Book("docx", (sheet,))).sheets
    assert read.rows == [[f"Kỳ 6 tháng 2021, ĐT {MASK}", 7]]
    assert read.above == (f"SĐT {MASK}",)
    assert read.marks[0, 0].flaw is Flaw.PERSONAL
    assert sheet.rows[0][0] == "Kỳ 6 tháng 2021, ĐT 0912345678"


def read(draft: Draft, plan: Plan) -> Reading:
    return read_submission(draft.save(), "a.xlsx", plan, "899-rach-gia")


def personal(reading: Reading) -> list[tuple[str, str, str, str]]:
    wanted = [finding for finding in reading.findings if finding.rule_id in {"D55", "D56"}]
    return [(finding.rule_id, finding.sheet, finding.cell, finding.locality) for finding in wanted]


@pytest.mark.parametrize(
    "value", ["0912345678", 912345678, "Nguyễn Văn A 079091234567", 79091234567, "12 (0912 345 678)"]
)
def test_a_figure_is_refused_and_its_locality_held(value: object, plan: Plan) -> None:
    draft = Draft(plan)
    cell = draft.put(S, 1, "TTXH_XR", value)
    draft.put(S, 2, "TTXH_XR", 12)
    reading = read(draft, plan)
    assert personal(reading) == [("D55", S, cell, "30745")]
    [finding] = [entry for entry in reading.findings if entry.rule_id == "D55"]
    assert finding.indicator == "TTXH_XR"
    assert (finding.value, finding.severity) == (MASK, "error")
    taken = [entry for entry in reading.observations if entry.value == 12]
    assert [entry.locality for entry in taken] == ["30754"]
    assert not any(
        entry.cell_ref.cell == cell and entry.cell_ref.sheet == S for entry in reading.observations
    )


@pytest.mark.parametrize("code", [form.NOTE, form.DOCUMENT_NUMBER, form.ANSWER, form.DOCUMENT_DATE])
def test_a_declaration_is_refused_whatever_cell_it_stands_in(code: str, plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(D, 1, form.ANSWER, "Có")
    cell = draft.put(D, 1, code, "Nguyễn Văn A, CMND 370123456")
    draft.put(D, 2, form.ANSWER, "Có")
    reading = read(draft, plan)
    assert personal(reading) == [("D55", D, cell, "30745")]
    assert [entry.criterion for entry in reading.declarations if entry.answer] == ["I.2"]


def test_document_numbers_and_notes_with_figures_are_taken(plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(D, 1, form.ANSWER, "Có")
    draft.put(D, 1, form.DOCUMENT_NUMBER, "Số 145/BC-BCĐ")
    draft.put(D, 1, form.NOTE, "Thu 123.456.789 đồng; từ 15/4/2021 đến 14/10/2021")
    reading = read(draft, plan)
    assert personal(reading) == []
    assert [entry.document_number for entry in reading.declarations if entry.answer] == ["Số 145/BC-BCĐ"]


def test_another_cell_of_a_locality_s_row_is_refused_too(plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(S, 1, "TTXH_XR", 12)
    sheet = draft.sheet(S)
    cell = sheet.cell(draft.code_row(S) + 1, sheet.max_column + 2, "0912345678")
    assert personal(read(draft, plan)) == [("D55", S, cell.coordinate, "30745")]


def test_texts_on_the_whole_file_are_left_out_and_hold_nothing_back(plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(S, 1, "TTXH_XR", 12)
    first = draft.put(T, 1, form.ITEM_TEXT, "Ông A, số 0912345678, cầm đầu")
    draft.put(T, 2, form.ITEM_TEXT, "Kết quả tốt")
    for row, reason in ((1, "Do ông A (079091234567)"), (2, "Do một vụ án lớn")):
        draft.put(G, row, form.RULE_CODE, "W01")
        draft.put(G, row, form.REASON, reason)
    reading = read(draft, plan)
    assert personal(reading) == [
        ("D56", T, first, f"{T} {first}"),
        ("D56", G, "C9", f"{G} C9"),
    ]
    assert [entry.text for entry in reading.narratives] == ["Kết quả tốt"]
    assert [entry.reason for entry in reading.justifications] == ["Do một vụ án lớn"]
    assert reading.localities == ("30745", "30754")


def test_a_telephone_of_the_reporter_outside_of_the_table_is_no_matter(plan: Plan) -> None:
    draft = Draft(plan)
    draft.put(S, 1, "TTXH_XR", 12)
    sheet = draft.sheet(S)
    sheet["A1"] = f"{sheet['A1'].value} - ĐT 0912 345 678"
    last = sheet.max_row
    sheet.cell(last + 2, 3, "Người lập biểu: Nguyễn Văn A")
    sheet.cell(last + 3, 3, "0912345678")
    sheet.cell(last + 4, 3, "Điện thoại: 02973 812 345")
    findings = read(draft, plan).findings
    assert not [entry for entry in findings if entry.severity == "error"]
