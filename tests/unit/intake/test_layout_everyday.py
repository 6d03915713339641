"""Tables in the words that clerks use, typed from reports of districts and not from the plan's lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Severity
from tests.unit.intake.handmade import Grid, book, read, values

TITLES: Grid = (
    ["CÔNG AN TP RẠCH GIÁ"],
    ["BIỂU TỔNG HỢP SỐ LIỆU 6 THÁNG NĂM 2021"],
    ["(Từ ngày 15/4/2021 đến ngày 14/10/2021)"],
    [],
)
PLACES = ("30745", "30754")


@dataclass(frozen=True)
class Table:
    """Head lines and the figures of both localities, with the indicator of each column from the third on."""

    head: Grid
    rows: Grid
    codes: Sequence[str]
    sheet: str = "Sheet1"
    asked: tuple[str, ...] = ()


CRIMES = ("TTXH_XR", "TTXH_KP")
ROADS = ("TNGT_VU", "TNGT_CHET", "TNGT_BTH")
TABLES = {
    "two blocks": Table(
        (
            ["STT", "Đơn vị", "Phạm tội về TTXH", "", "", "Tai nạn giao thông", "", ""],
            ["", "", "Xảy ra", "Khám phá", "Đối tượng bắt, xử lý", "Số vụ", "Chết", "Bị thương"],
        ),
        ([1, "P. Vĩnh Lạc", 10, 8, 9, 3, 0, 2], [2, "P. Rạch Sỏi", 5, 4, 6, 1, 1, 0]),
        (*CRIMES, "TTXH_DT", *ROADS),
    ),
    "sections written short": Table(
        (
            ["TT", "Phường", "TTXH", "", "TNGT", "", "", "Cháy nổ", ""],
            [
                *("", "", "Số vụ", "Khám phá", "Số vụ", "Số người chết", "Số người bị thương"),
                *("Số vụ", "Thiệt hại (triệu đồng)"),
            ],
        ),
        ([1, "Vĩnh Lạc", 10, 8, 3, 0, 2, 1, 20], [2, "Rạch Sỏi", 5, 4, 1, 1, 0, 0, 0]),
        (*CRIMES, *ROADS, "CHAY_VU", "CHAY_TS"),
    ),
    "units in brackets and a total": Table(
        (
            ["Số TT", "Xã, phường, thị trấn", "Phạm pháp hình sự", "", "", "An toàn giao thông", "", ""],
            [
                *("", "", "Xảy ra (vụ)", "Điều tra khám phá (vụ)", "Bắt xử lý (đối tượng)"),
                *("Số vụ TNGT", "Số người chết", "Số người bị thương"),
            ],
        ),
        (
            [1, "Phường Vĩnh Lạc", 10, 8, 9, 3, 0, 2],
            [2, "Phường Rạch Sỏi", 5, 4, 6, 1, 1, 0],
            ["", "Tổng", 15, 12, 15, 4, 1, 2],
        ),
        (*CRIMES, "TTXH_DT", *ROADS),
    ),
    "tin báo": Table(
        (
            ["TT", "Địa bàn", "Công tác giải quyết tin báo", "", "", ""],
            ["", "", "Tồn kỳ trước", "Tiếp nhận mới", "Đã giải quyết", "Còn lại"],
        ),
        ([1, "Phường Vĩnh Lạc", 2, 30, 28, 4], [2, "Phường Rạch Sỏi", 1, 20, 20, 1]),
        ("TGTB_TON", "TGTB_MOI", "TGTB_GQ", "TGTB_CON"),
    ),
    "one line of long labels": Table(
        (
            [
                *("TT", "Tên xã phường", "Số vụ hình sự", "Số vụ làm rõ", "Số vụ tai nạn GT"),
                *("Số người chết do TNGT", "Số người bị thương do TNGT", "Số vụ cháy", "Số đối tượng bắt"),
            ],
        ),
        ([1, "Vĩnh Lạc", 10, 8, 3, 0, 2, 1, 9], [2, "Rạch Sỏi", 5, 4, 1, 1, 0, 0, 6]),
        (*CRIMES, *ROADS, "CHAY_VU", ""),
        asked=("D74",),
    ),
    "drugs": Table(
        (
            ["STT", "Địa bàn", "Tội phạm và tệ nạn ma túy", "", "", "", "", ""],
            [
                *("", "", "Số vụ phát hiện, bắt giữ", "Số đối tượng", "Khởi tố", "XPHC"),
                *("Số người nghiện đầu kỳ", "Số người nghiện cuối kỳ"),
            ],
        ),
        ([1, "P.Vĩnh Lạc", 4, 6, 2, 2, 40, 41], [2, "P.Rạch Sỏi", 2, 3, 1, 1, 22, 20]),
        ("MAT_VU", "MAT_DT", "MAT_KT", "MAT_XPHC", "NGHIEN_DAU", "NGHIEN_CUOI"),
    ),
    "the movement": Table(
        (
            ["TT", "Địa bàn", "Phong trào toàn dân BVANTQ", "", "", "", "", ""],
            [
                *("", "", "Tổng số mô hình", "Mô hình mới", "Mô hình hiệu quả", "Số hộ dân"),
                *("Số hộ được tuyên truyền", "Số khu dân cư đạt ANTT"),
            ],
        ),
        ([1, "Phường Vĩnh Lạc", 12, 2, 10, 3200, 3000, 8], [2, "Phường Rạch Sỏi", 9, 1, 8, 2100, 2000, 6]),
        ("MH_TONG", "MH_MOI", "MH_HQ", "HO_TONG", "HO_TT", "KDC_ATANTT"),
    ),
    "three lines over vices": Table(
        (
            ["TT", "Địa bàn", "Tệ nạn xã hội", "", "", ""],
            ["", "", "Đánh bạc", "", "Mại dâm", ""],
            ["", "", "Số vụ", "Số đối tượng", "Số vụ", "Số đối tượng"],
        ),
        ([1, "Phường Vĩnh Lạc", 4, 16, 1, 3], [2, "Phường Rạch Sỏi", 2, 9, 0, 0]),
        ("CB_VU", "CB_DT", "MD_VU", "MD_DT"),
    ),
    "section and label in one cell": Table(
        (
            [
                *("STT", "Địa bàn", "Tội phạm TTXH xảy ra", "Tội phạm TTXH khám phá", "TNGT số vụ"),
                *("TNGT chết", "TNGT bị thương", "Cháy nổ số vụ"),
            ],
        ),
        ([1, "Phường Vĩnh Lạc", 10, 8, 3, 0, 2, 1], [2, "Phường Rạch Sỏi", 5, 4, 1, 1, 0, 0]),
        (*CRIMES, *ROADS, "CHAY_VU"),
    ),
    "economy, environment, wanted": Table(
        (
            [
                *("TT", "Đơn vị", "Tội phạm kinh tế, tham nhũng", "", "Tội phạm môi trường", ""),
                *("Công tác truy nã", ""),
            ],
            ["", "", "Phát hiện", "Khởi tố", "Phát hiện", "Khởi tố", "Hiện còn", "Bắt, vận động đầu thú"],
        ),
        ([1, "Phường Vĩnh Lạc", 1, 0, 2, 0, 5, 2], [2, "Phường Rạch Sỏi", 0, 0, 1, 0, 3, 1]),
        ("KT_PH", "KT_KT", "MTR_PH", "MTR_KT", "TN_HC", "TN_BAT"),
    ),
    "complaints and files": Table(
        (
            ["TT", "Đơn vị", "Tình hình khiếu kiện", "", "Lập hồ sơ xử lý hành chính", "", "", ""],
            [
                *("", "", "Phát sinh", "Giải quyết", "GD tại xã, phường", "Trường giáo dưỡng"),
                *("Cơ sở GDBB", "Cơ sở cai nghiện bắt buộc"),
            ],
        ),
        ([1, "Phường Vĩnh Lạc", 1, 1, 2, 0, 1, 4], [2, "Phường Rạch Sỏi", 0, 0, 1, 0, 0, 2]),
        ("TCKK_PS", "TCKK_GQ", "HS_GDX", "HS_TGD", "HS_CSGD", "HS_CNBB"),
    ),
    "the sheet's name tells the section": Table(
        (["TT", "Địa bàn", "Số vụ", "Chết", "Bị thương"],),
        ([1, "Phường Vĩnh Lạc", 3, 0, 2], [2, "Phường Rạch Sỏi", 1, 1, 0]),
        ROADS,
        sheet="TNGT",
    ),
    "very grave crimes in three lines": Table(
        (
            ["TT", "Địa bàn", "Tội phạm về TTXH", "", "", "", "", ""],
            ["", "", "Tổng số", "", "Rất nghiêm trọng", "", "Đặc biệt nghiêm trọng", ""],
            ["", "", "Xảy ra", "Khám phá", "Xảy ra", "Khám phá", "Xảy ra", "Khám phá"],
        ),
        ([1, "Phường Vĩnh Lạc", 10, 8, 1, 1, 0, 0], [2, "Phường Rạch Sỏi", 5, 4, 0, 0, 1, 1]),
        (*CRIMES, "TTXH_RNT_XR", "TTXH_RNT_KP", "TTXH_DBNT_XR", "TTXH_DBNT_KP"),
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_everyday_words_are_read(name: str, plan: Plan) -> None:
    table = TABLES[name]
    reading = read(book({table.sheet: [*TITLES, *table.head, *table.rows]}), plan)
    expected = {
        (place, code): row[2 + number]
        for place, row in zip(PLACES, table.rows, strict=False)
        for number, code in enumerate(table.codes)
        if code
    }
    assert values(reading) == expected
    asked = [f.rule_id for f in reading.findings if f.severity is not Severity.NOTE and f.rule_id != "D20"]
    assert tuple(asked) == table.asked


def test_lines_of_one_ward_with_the_six_months_beside_those_a_year_before(plan: Plan) -> None:
    grid: Grid = (
        ["UBND PHƯỜNG VĨNH LẠC"],
        ["BẢNG SỐ LIỆU TÌNH HÌNH AN NINH TRẬT TỰ"],
        ["(Số liệu từ 15/04/2021 đến 14/10/2021)"],
        ["STT", "Nội dung", "Đơn vị tính", "Số liệu 6 tháng năm 2021", "Cùng kỳ năm 2020", "Tăng/giảm"],
        ["I", "Phạm tội về TTXH"],
        [1, "Số vụ xảy ra", "Vụ", 10, 12, -2],
        [2, "Số vụ điều tra làm rõ", "Vụ", 8, 9, -1],
        ["II", "Tai nạn giao thông"],
        [1, "Số vụ", "Vụ", 3, 4, -1],
        ["III", "Tình hình ma túy"],
        [1, "Số vụ phát hiện, bắt giữ", "Vụ", 4, 3, 1],
        [2, "Số người nghiện có hồ sơ quản lý", "Người", 40, 38, 2],
    )
    reading = read(book({"Sheet1": grid}), plan)
    codes = ("TTXH_XR", "TTXH_KP", "TNGT_VU", "MAT_VU", "NGHIEN_CUOI")
    assert values(reading) == dict(zip([("30745", c) for c in codes], [10, 8, 3, 4, 40], strict=True))
    before = dict(zip([("30745", c) for c in codes], [12, 9, 4, 3, 38], strict=True))
    assert values(reading, Basis.BASELINE) == before


def test_the_six_months_in_a_report_of_the_year_are_asked(plan: Plan) -> None:
    head = ["TT", "Địa bàn", "Số vụ phạm pháp hình sự xảy ra", "Khám phá"]
    below = ["", "", "6 tháng năm 2021", "6 tháng năm 2021"]
    grid: Grid = [["Kỳ báo cáo: năm 2021"], head, below, [1, "P. Vĩnh Lạc", 10, 8]]
    reading = read(book({"Sheet1": grid}), plan)
    assert reading.refused
    assert [finding.rule_id for finding in reading.findings] == ["D73"]


def test_years_as_columns_under_two_wards(plan: Plan) -> None:
    grid: Grid = (
        *TITLES,
        ["TT", "Chỉ tiêu", "Vĩnh Lạc", "", "Rạch Sỏi", ""],
        ["", "", "2021", "2020", "2021", "2020"],
        ["I", "Phạm tội về TTXH", "", "", "", ""],
        [1, "Xảy ra", 10, 12, 5, 6],
        [2, "Khám phá", 8, 9, 4, 5],
    )
    reading = read(book({"Sheet1": grid}), plan)
    cells = [(place, code) for place in PLACES for code in CRIMES]
    assert values(reading) == dict(zip(cells, [10, 8, 5, 4], strict=True))
    assert values(reading, Basis.BASELINE) == dict(zip(cells, [12, 9, 6, 5], strict=True))


@pytest.mark.parametrize("word", ["Hậu quả", "Thiệt hại", "Kết quả"])
def test_a_general_word_below_a_section_is_no_figure_of_it(word: str, plan: Plan) -> None:
    head = (["TT", "Địa bàn", "TNGT", ""], ["", "", "Số vụ", word])
    reading = read(book({"Sheet1": [*TITLES, *head, [1, "P. Vĩnh Lạc", 3, 7]]}), plan)
    assert values(reading) == {("30745", "TNGT_VU"): 3}
