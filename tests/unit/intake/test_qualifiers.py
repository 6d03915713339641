"""What a title calls its figures is known, or it is asked (D128); harmless titles ask nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chuyenhoa.intake.header.qualifiers import TitleWords
from chuyenhoa.intake.header.reading_words import load_words
from chuyenhoa.intake.header.statements import _known_titles
from chuyenhoa.kit.vietnamese_text.normal_form import strip_marks
from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Severity, SubmissionStatus
from chuyenhoa.pipeline.receive.decide import decide_status
from chuyenhoa.workbooks import write_workbook
from tests.unit.intake.drafts import Draft
from tests.unit.intake.handmade import FOOT, TITLES, book, codes, read

HEAD: list[object] = ["TT", "Địa bàn", "Số vụ phạm tội về trật tự xã hội xảy ra", "Khám phá"]
LAC: list[object] = [1, "Phường Vĩnh Lạc", 10, 8]
SOI: list[object] = [2, "Phường Rạch Sỏi", 9, 8]


@pytest.fixture
def titles(plan: Plan) -> TitleWords:
    return _known_titles(plan).qualifiers


UNKNOWN = (
    ("Số liệu khái toán từ ngày 15/4/2021 đến ngày 14/10/2021", "khái toán"),
    ("SỐ LIỆU PHỎNG TÍNH 6 THÁNG", "PHỎNG"),
    ("Số liệu dự toán", "dự toán"),
    ("BIỂU SỐ LIỆU ĐĂNG KÝ NĂM 2021", "ĐĂNG KÝ"),
    ("Số đăng ký từ ngày 15/4/2021 đến ngày 14/10/2021", "đăng ký"),
    ("BÁO CÁO NHANH 6 THÁNG NĂM 2021", "NHANH"),
    ("BÁO CÁO KHÁI TOÁN 06 THÁNG NĂM 2021", "KHÁI TOÁN"),
    ("Biểu giả định 6 tháng", "giả định"),
    ("Khái toán số liệu 6 tháng", "Khái toán"),
    ("2. PHỎNG ĐOÁN SỐ LIỆU", "PHỎNG ĐOÁN"),
    ("So lieu khai toan 6 thang", "khai toan"),
    ("So lieu phong doan trong ky", "phong doan"),
    ("Số liệu (khái toán) từ ngày 15/4/2021", "khái toán"),
    ("SỐ LIỆU – NGOẠI SUY", "NGOẠI SUY"),
    ("Số liệu “nhẩm” của công an xã", "nhẩm"),
    ("Số liệu được suy đoán đến ngày 14/10/2021", "suy đoán"),
    ("Số liệu tổng hợp phỏng đoán tội phạm", "phỏng đoán"),
    ("Số liệu UTH 6 tháng", "UTH"),
    ("Số liệu tuần 3 tháng 7", "tuần"),
    ("Số liệu giai đoạn 2016-2020", "giai đoạn"),
    ("Số liệu nhiệm kỳ 2015-2020", "nhiệm kỳ"),
    ("Số liệu cũ", "cũ"),
    ("Số liệu nháp", "nháp"),
    ("BẢNG SỐ LIỆU MINH HỌA", "MINH HỌA"),
)
HARMLESS = (
    "BIỂU SỐ LIỆU CHUYỂN HÓA ĐỊA BÀN 06 THÁNG NĂM 2021",
    "SỐ LIỆU CHUYỂN HOÁ ĐỊA BÀN",
    "BIỂU TỔNG HỢP SỐ LIỆU 6 THÁNG NĂM 2021",
    "BÁO CÁO SƠ KẾT 6 THÁNG",
    "BÁO CÁO ĐÍNH CHÍNH LẦN 2 THÁNG 7",
    "BẢNG SỐ LIỆU TÌNH HÌNH AN NINH TRẬT TỰ",
    "SỐ LIỆU TÌNH HÌNH SO SÁNH VỚI CÙNG KỲ",
    "Số liệu (2)",
    "Số liệu cùng kỳ từ 15/4/2020 đến 14/10/2020",
    "Số liệu phục vụ hội nghị",
    "Số liệu công an huyện Kiên Lương",
    "SỐ LIỆU THÀNH PHỐ RẠCH GIÁ 6 THÁNG NĂM 2021",
    "BÁO CÁO SỐ LIỆU PHỤC VỤ SƠ KẾT 06 THÁNG NĂM 2021",
    "KẾT QUẢ CÔNG TÁC CHUYỂN HÓA ĐỊA BÀN 6 THÁNG NĂM 2021",
    "BÁO CÁO KẾT QUẢ THỰC HIỆN KẾ HOẠCH SỐ 121/KH-BCĐ 6 THÁNG NĂM 2021",
    "Số: 125/BC-CAH ngày 15 tháng 10 năm 2021",
    "Kèm theo Báo cáo số 125/BC-BCĐ ngày 16 tháng 10 năm 2021",
    "Phụ lục số liệu kèm theo Báo cáo số 15",
    "Biểu mẫu số 02 năm 2021",
    "Biểu 1: Số liệu trật tự xã hội",
    "BIỂU SỐ LIỆU TNGT VÀ CHÁY NỔ",
    "SO LIEU 6 THANG NAM 2021",
    "Số liệu do Công an các xã cung cấp",
    "SỐ LIỆU ĐÃ ĐỐI CHIẾU VỚI CÔNG AN XÃ",
    "Số liệu chính thức (đã chốt)",
    "Biểu thống kê kết quả điều tra, khám phá tội phạm từ ngày 15/4/2021 đến ngày 14/10/2021",
    "Số vụ phạm tội về trật tự xã hội xảy ra từ ngày 15/4",
    "Bảng kê số liệu 6 tháng",
    "lý do (việc gì làm số liệu như vậy)",
    "BAN CHỈ ĐẠO 138 HUYỆN KIÊN LƯƠNG",
)


@pytest.mark.parametrize(("title", "unknown"), UNKNOWN)
def test_words_that_nobody_knows_are_found(title: str, unknown: str, titles: TitleWords) -> None:
    assert load_words().nature_of(title) == ""
    assert titles.find_unknown(title) == unknown


@pytest.mark.parametrize("title", HARMLESS)
def test_harmless_titles_ask_nothing(title: str, titles: TitleWords, plan: Plan) -> None:
    assert titles.find_unknown(title) == ""
    assert titles.find_unknown(strip_marks(title).upper()) == ""


SYLLABLES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from([*"bdghklmnrstvx", "ph", "kh", "ng", "nh", "tr"]),
        st.sampled_from([*"aeou", "ai", "eo", "oa", "uê", "ươi", "iê"]),
        st.sampled_from(["", "c", "m", "n", "ng", "p"]),
    ),
)


@given(
    name=st.lists(SYLLABLES, min_size=1, max_size=3),
    shape=st.sampled_from(["Số liệu {}", "BÁO CÁO {} 6 THÁNG"]),
)
def test_any_other_word_in_their_place_is_asked(plan: Plan, name: list[str], shape: str) -> None:
    titles = _known_titles(plan).qualifiers
    first = strip_marks(name[0])
    listed = {word.split()[0] for words in load_words().titles.values() for word in map(strip_marks, words)}
    named = {pair[0] for pair in titles.pairs[True]}
    assume(first not in listed | named)
    title = shape.format(" ".join(name))
    assert titles.find_unknown(title) or load_words().nature_of(title)


def test_what_the_plan_counts_is_no_qualifier(plan: Plan, titles: TitleWords) -> None:
    for indicator in plan.indicators:
        assert titles.find_unknown(f"Số liệu {indicator.label.lower()}") == ""
    for name in [entry.name for entry in plan.submitters] + [entry.name for entry in plan.localities]:
        assert titles.find_unknown(f"SỐ LIỆU {name.upper()} 6 THÁNG NĂM 2021") == ""


def test_the_official_forms_ask_nothing(plan: Plan, rules: tuple[Rule, ...]) -> None:
    for period in plan.periods:
        for owner in {entry.kind: entry for entry in plan.submitters}.values():
            made = write_workbook(plan, period, owner, rules, datetime(2021, 10, 1, tzinfo=UTC))
            assert "D128" not in codes(read(made, plan, owner.folder))


@pytest.mark.parametrize(
    "title", ["Số liệu khái toán 6 tháng", "SO LIEU PHONG DOAN", "BÁO CÁO NHANH 06 THÁNG NĂM 2021"]
)
def test_a_title_over_a_table_is_asked_and_holds_it(title: str, plan: Plan) -> None:
    reading = read(book({"Biểu 1": [*TITLES, [title], HEAD, LAC, SOI, *FOOT]}), plan)
    assert codes(reading) == ["D128"]
    (finding,) = (entry for entry in reading.findings if entry.rule_id == "D128")
    assert (finding.cell, finding.severity) == ("A7", Severity.ERROR)
    assert decide_status(reading, reading.findings)[0] is SubmissionStatus.RETURNED


def test_the_name_of_a_sheet_and_the_head_of_the_form_are_asked(plan: Plan) -> None:
    assert codes(read(book({"Số liệu khái toán": [*TITLES, HEAD, LAC, SOI]}), plan)) == ["D128"]
    for sheet in (form.FIGURES_SHEET, form.BASELINE_SHEET):
        draft = Draft(plan)
        draft.sheet(sheet)["A3"] = "Số liệu nhẩm"
        assert "D128" in codes(read(draft.save(), plan))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Ghi chú: số liệu khái toán.", "D128"),
        ("(*) Số liệu phỏng đoán", "D128"),
        ("Số liệu này lấy ở sổ của công an các xã", "D124"),
        ("Ghi chú: số liệu đã kiểm tra", "D124"),
    ],
)
def test_a_line_below_is_asked_where_it_says_nothing_else(line: str, code: str, plan: Plan) -> None:
    assert codes(read(book({"Biểu 1": [*TITLES, HEAD, LAC, SOI, [], [line]]}), plan)) == [code]


def test_a_nature_that_is_known_is_asked_once(plan: Plan) -> None:
    rows = [*TITLES, ["Số liệu ước khái toán"], HEAD, LAC, SOI]
    assert codes(read(book({"Biểu 1": rows}), plan)) == ["D121"]
