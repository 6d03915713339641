"""Declarations, texts and reasons on sheets without our codes: read by their headings, or told as unread."""

from __future__ import annotations

from datetime import date

import pytest

from chuyenhoa.model import form
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Severity
from tests.unit.intake.handmade import TITLES, Grid, book, codes, read

FIGURES: Grid = (
    *TITLES,
    ["STT", "Địa bàn", "Số vụ phạm pháp hình sự xảy ra", "Khám phá"],
    [1, "Phường Vĩnh Lạc", 10, 8],
    [2, "Phường Rạch Sỏi", 5, 4],
)
HEAD = ["Địa bàn", "Tiêu chí", "Kết quả", "Số văn bản", "Ngày văn bản", "Ghi chú"]
SIGNED: Grid = ([], ["", "Người lập biểu", "", "Trưởng ban"], ["", "Nguyễn Văn A"])


def with_words(plan: Plan, name: str, grid: Grid) -> Reading:
    return read(book({"Biểu 1": FIGURES, name: grid}), plan)


def declared(reading: Reading) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (entry.locality, entry.criterion): (
            entry.answer,
            entry.document_number,
            entry.document_date,
            entry.cell_ref.cell,
        )
        for entry in reading.declarations
    }


YES_1 = (Answer.YES, "12/KH-UBND", date(2021, 1, 5))
DECLARED: dict[str, tuple[str, Grid]] = {
    "criteria by code, a name over several lines": (
        "Tiêu chí",
        (
            ["KẾT QUẢ THỰC HIỆN CÁC TIÊU CHÍ ĐỊNH TÍNH"],
            HEAD,
            ["P. Vĩnh Lạc", "I.1", "Có", "12/KH-UBND", "05/01/2021"],
            ["", "I.2", "Không"],
            ["Rạch Sỏi", "I.1", "Có", "13/KH-UBND", "06/01/2021"],
            *SIGNED,
        ),
    ),
    "criteria by title and short title": (
        "ĐT",
        (
            ["STT", *HEAD],
            [1, "Phường Vĩnh Lạc", "Nghị quyết, kế hoạch", "có", "12/KH-UBND", "5/1/2021"],
            [2, "Phường Vĩnh Lạc", "Khảo sát, củng cố hệ thống chính trị ở địa bàn chuyển hóa", "không"],
            [3, "Phường Rạch Sỏi", "I.1. Ban hành kế hoạch", "Có", "13/KH-UBND", "06/01/2021"],
        ),
    ),
    "localities as headings of lines": (
        "Định tính",
        (
            ["TT", "Nội dung tiêu chí", "Kết quả (Có/Không)", "Số, ký hiệu", "Ngày ban hành"],
            ["I", "Phường Vĩnh Lạc"],
            [1, "I.1", "Có", "12/KH-UBND", "05/01/2021"],
            [2, "I.2", "Không"],
            ["II", "Phường Rạch Sỏi"],
            [1, "I.1", "Có", "13/KH-UBND", "06/01/2021"],
        ),
    ),
}


@pytest.mark.parametrize("name", DECLARED)
def test_declarations_are_read_by_their_headings(name: str, plan: Plan) -> None:
    reading = with_words(plan, *DECLARED[name])
    found = {key: value[:3] for key, value in declared(reading).items()}
    assert found == {
        ("30745", "I.1"): YES_1,
        ("30745", "I.2"): (Answer.NO, "", None),
        ("30754", "I.1"): (Answer.YES, "13/KH-UBND", date(2021, 1, 6)),
    }
    assert codes(reading) == []


def test_a_sheet_of_one_ward_takes_its_name_from_the_title(plan: Plan) -> None:
    grid: Grid = (["Địa bàn: Phường Vĩnh Lạc"], ["TT", "Tiêu chí", "Kết quả"], [1, "II.5", "Có"])
    reading = with_words(plan, "ĐT", grid)
    assert declared(reading) == {("30745", "II.5"): (Answer.YES, "", None, "C3")}


def test_a_name_and_a_criterion_that_nobody_knows_are_asked_as_typed(plan: Plan) -> None:
    reading = with_words(
        plan,
        "ĐT",
        [
            HEAD,
            ["Vĩnh Lục", "I.1", "Có", "1/KH", "05/01/2021"],
            ["Vĩnh Lạc", "Lạ kỳ", "Có"],
            ["Vĩnh Lạc", "I.2", "Đạt"],
        ],
    )
    asked = {f.rule_id: (f.cell, f.value) for f in reading.findings if f.severity is Severity.ERROR}
    assert asked == {"D27": ("A2", "Vĩnh Lục"), "D44": ("B3", "Lạ kỳ"), "D45": ("C4", "Đạt")}
    assert reading.declarations == ()


@pytest.mark.parametrize(
    "grid",
    [
        (
            ["BÁO CÁO THUYẾT MINH"],
            ["STT", "Mục", "Nội dung"],
            [1, "Công tác lãnh đạo, chỉ đạo", "Đã ban hành 03 kế hoạch."],
            [2, "Tồn tại", "Còn thiếu kinh phí.\nThiếu quân số."],
            ["", "Người lập biểu", "Nguyễn Văn A"],
        ),
        (
            ["I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO"],
            ["Đã ban hành 03 kế hoạch."],
            ["II. Hạn chế, tồn tại: Còn thiếu kinh phí."],
            ["Thiếu quân số."],
            ["Nơi nhận: Như trên"],
        ),
    ],
    ids=["beside their headings", "below their headings"],
)
def test_texts_are_read_by_their_headings(grid: Grid, plan: Plan) -> None:
    reading = with_words(plan, "Nhận xét", grid)
    assert {entry.item: entry.text for entry in reading.narratives} == {
        "LANH_DAO": "Đã ban hành 03 kế hoạch.",
        "TON_TAI": "Còn thiếu kinh phí.\nThiếu quân số.",
    }


def test_a_text_with_personal_data_is_left_out_and_told(plan: Plan) -> None:
    grid: Grid = (["Tồn tại", "Gọi 0912345678"], ["Nguyên nhân", "Địa bàn rộng"])
    reading = with_words(plan, "Thuyết minh", grid)
    assert [entry.item for entry in reading.narratives] == ["NGUYEN_NHAN"]
    assert codes(reading) == ["D56"]


def test_reasons_are_read_by_their_headings(plan: Plan) -> None:
    grid: Grid = (
        ["Mã cảnh báo", "Địa bàn", "Lý do"],
        ["W01", "P. Vĩnh Lạc", "Do mở đợt cao điểm truy quét"],
        ["W02", "", "Do thay đổi địa giới"],
        ["W03", "Xã Lạ", "Do mưa bão"],
    )
    reading = with_words(plan, "Giải trình", grid)
    assert [(entry.rule_id, entry.locality) for entry in reading.justifications] == [
        ("W01", "30745"),
        ("W02", ""),
    ]
    assert codes(reading) == ["D52"]


def test_a_file_of_texts_alone_is_read_by_its_folder_and_period(plan: Plan) -> None:
    grid: Grid = (
        ["Kỳ báo cáo: 06 tháng năm 2021"],
        ["Nguyên nhân", "Địa bàn rộng"],
        ["Kiến nghị", "Tăng quân số"],
    )
    reading = read(book({"Thuyết minh": grid}), plan)
    assert (reading.refused, reading.period, len(reading.narratives)) == (False, "2021-6t", 2)


@pytest.mark.parametrize("name", ["Định tính", "Giải trình", "Thuyết minh"])
def test_words_that_cannot_be_read_are_told_with_what_to_do(name: str, plan: Plan) -> None:
    reading = with_words(plan, name, [["Vĩnh Lạc đã ban hành kế hoạch số 12"]])
    (finding,) = [f for f in reading.findings if f.rule_id == "D58"]
    assert finding.sheet == name
    assert "Mã quy tắc, Địa bàn, Lý do" in finding.message


def test_a_reason_may_name_its_localities_in_words(plan: Plan) -> None:
    grid: Grid = (
        [form.RULE_CODE, form.LOCALITY_CODE, form.REASON],
        ["W01", "P. Vĩnh Lạc", "Do mở đợt cao điểm truy quét"],
        ["W02", "30745, Phường Rạch Sỏi", "Do thay đổi địa giới"],
        ["W03", "30745 30754", "Do mưa bão kéo dài"],
        ["W04", 30754, "Do mưa bão kéo dài"],
        ["W05", "Phường Vĩnh Lạc và Xã Lạ", "Do mưa bão kéo dài"],
        ["W06", "Thị trấn Thứ Ba", "Do mưa bão kéo dài"],
    )
    reading = with_words(plan, "Giải trình", grid)
    assert [(entry.rule_id, entry.locality) for entry in reading.justifications] == [
        ("W01", "30745"),
        ("W02", "30745"),
        ("W02", "30754"),
        ("W03", "30745"),
        ("W03", "30754"),
        ("W04", "30754"),
    ]
    assert codes(reading) == ["D52", "D52"]
    assert "“Phường Vĩnh Lạc và Xã Lạ” không phải địa bàn của đơn vị" in reading.findings[-2].message
    told = [
        (entry.before, entry.after)
        for entry in reading.normalisations
        if entry.cell_ref.sheet == "Giải trình"
    ]
    assert told == [("P. Vĩnh Lạc", "30745"), ("30745, Phường Rạch Sỏi", "30745, 30754")]
