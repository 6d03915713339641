"""For every finding on layout (D70–D89) a hand-made file that brings it about, and what is taken still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chuyenhoa.intake.findings import load_catalogue
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan.messages import load_messages
from tests.unit.intake.handmade import FOLDER, TITLES, WINDOW, Grid, book, read, values

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
XR, KP = "Số vụ phạm pháp hình sự xảy ra", "Khám phá"
HEAD = ["STT", "Địa bàn", XR, KP]
LAC, SOI = [1, "Phường Vĩnh Lạc", 10, 8], [2, "Phường Rạch Sỏi", 5, 4]
CODED = ["MA_DIA_BAN", "TTXH_XR", "TTXH_KP"]
SOI_TAKEN = {("30754", "TTXH_XR"): 5, ("30754", "TTXH_KP"): 4}
ALL_TAKEN = {("30745", "TTXH_XR"): 10, ("30745", "TTXH_KP"): 8, **SOI_TAKEN}
KPS_TAKEN = {key: value for key, value in ALL_TAKEN.items() if key[1] == "TTXH_KP"}
XRS_TAKEN = {key: value for key, value in ALL_TAKEN.items() if key[1] == "TTXH_XR"}


@dataclass(frozen=True)
class Case:
    """A file, the finding that it brings about, where, and the figures that are taken all the same."""

    code: str
    grid: Grid
    cell: str
    says: str
    taken: Mapping[tuple[str, str], object] = field(default_factory=dict)
    refused: bool = False
    folder: str = FOLDER
    more: Mapping[str, Grid] = field(default_factory=dict)
    name: str = "bao cao.xlsx"
    also: tuple[str, ...] = ()
    """Other errors that come with it."""


def titled(title: str, *rows: list[object]) -> Grid:
    return [[title], HEAD, *(rows or (LAC, SOI))]


CASES = {
    "a calendar year": Case(
        "D70", titled("Số liệu từ 01/01 đến 31/12/2021"), "A1", "15/04/2021", refused=True
    ),
    "half a calendar year": Case(
        "D70", titled("BÁO CÁO 6 THÁNG ĐẦU NĂM 2021"), "A1", "6 THÁNG", refused=True
    ),
    "a quarter": Case("D70", titled("Số liệu quý III năm 2021"), "A1", "quý III", refused=True),
    "ten months": Case("D70", titled("SỐ LIỆU 10 THÁNG NĂM 2021"), "A1", "10 THÁNG", refused=True),
    "eight months in words": Case("D70", titled("Số liệu tám tháng năm 2021"), "A1", "tám", refused=True),
    "another year": Case("D70", titled("BÁO CÁO NĂM 2022"), "A1", "năm 2022", refused=True),
    "an older window alone": Case(
        "D70", titled("Số liệu từ 01/01/2020 đến 31/12/2020"), "A1", "01/01/2020", refused=True
    ),
    "months of the calendar": Case(
        "D70", titled("Từ tháng 4 đến tháng 10 năm 2021"), "A1", "01/04/2021", refused=True
    ),
    "a cumulative title": Case("D71", titled("Số liệu lũy kế từ đầu năm 2021"), "A1", "lũy kế", refused=True),
    "a cumulative title beside the window": Case(
        "D71", [["Số liệu lũy kế từ đầu năm"], [WINDOW], HEAD, LAC, SOI], "A1", "lũy kế", refused=True
    ),
    "a label below a line with a figure": Case(
        "D74",
        [
            *TITLES,
            ["Chỉ tiêu", "Vĩnh Lạc", "Rạch Sỏi"],
            [XR, 10, 5],
            [KP, 8, 4],
            ["Cháy, nổ", 1, 1],
            ["Chết", 2, 3],
        ],
        "A11",
        "Tai nạn giao thông",
        {**ALL_TAKEN, ("30745", "CHAY_VU"): 1, ("30754", "CHAY_VU"): 1},
    ),
    "a cumulative column alone": Case(
        "D71", [*TITLES, ["TT", "Địa bàn", f"{XR} lũy kế", KP], LAC, SOI], "C7", "lũy kế", KPS_TAKEN
    ),
    "twelve months beside six": Case(
        "D72",
        [*TITLES, HEAD, LAC, SOI],
        "A1",
        "từ ngày 15/04/2020 đến ngày 14/10/2020",
        ALL_TAKEN,
        more={"Cùng kỳ": titled("Số liệu cùng kỳ từ 01/01/2020 đến 31/12/2020")},
    ),
    "two windows": Case(
        "D73",
        titled(WINDOW),
        "",
        "năm 2021",
        refused=True,
        more={"Năm": titled("Số liệu từ 15/4/2021 đến 14/12/2021")},
    ),
    "a title and its window": Case(
        "D73",
        [["Kỳ báo cáo: năm 2021"], [WINDOW], HEAD, LAC],
        "",
        "06 tháng năm 2021, năm 2021",
        refused=True,
    ),
    "the name of the file": Case(
        "D73", titled(WINDOW), "", "tháng 05", refused=True, name="so lieu thang 5-2021.xlsx"
    ),
    "a label that fits three": Case(
        "D74", [*TITLES, ["TT", "Địa bàn", XR, "Chết"], LAC, SOI], "D7", "Tai nạn giao thông", XRS_TAKEN
    ),
    "a short label without a heading": Case(
        "D74",
        [*TITLES, ["TT", "Địa bàn", "Số vụ tai nạn giao thông", KP], LAC, SOI],
        "D7",
        "Tội phạm về trật tự xã hội",
        {("30745", "TNGT_VU"): 10, ("30754", "TNGT_VU"): 5},
    ),
    "a label under an unknown heading": Case(
        "D74",
        [*TITLES, ["TT", "Địa bàn", XR, "Kết quả của dân quân"], ["", "", "", KP], LAC, SOI],
        "D8",
        "Khám phá",
        XRS_TAKEN,
    ),
    "one indicator in two columns": Case(
        "D75",
        [*TITLES, [*HEAD, "Số vụ phạm pháp hình sự"], [*LAC, 11], [*SOI, 6]],
        "C7",
        "xảy ra",
        KPS_TAKEN,
    ),
    "an unknown column": Case(
        "D76", [*TITLES, [*HEAD, "Số cuộc họp"], [*LAC, 3], SOI], "E7", "Số cuộc họp", ALL_TAKEN
    ),
    "a name of two districts": Case(
        "D77",
        [[WINDOW], HEAD, [1, "Xã Bình An", 10, 8]],
        "B3",
        "Huyện Châu Thành",
        folder="902-kien-luong",
    ),
    "a name of two kinds": Case(
        "D77",
        [["HUYỆN VĨNH THUẬN"], [WINDOW], HEAD, [1, "Vĩnh Thuận", 10, 8]],
        "B4",
        "Xã Vĩnh Thuận",
        folder="910-vinh-thuan",
    ),
    "a slip": Case(
        "D78", [*TITLES, HEAD, [1, "Phường Vĩnh Lục", 10, 8], SOI], "B8", "Phường Vĩnh Lạc", SOI_TAKEN
    ),
    "a wrong mark": Case(
        "D78", [*TITLES, HEAD, [1, "Vĩnh Lác", 10, 8], SOI], "B8", "Phường Vĩnh Lạc", SOI_TAKEN
    ),
    "a wrong kind": Case(
        "D78", [*TITLES, HEAD, [1, "Xã Vĩnh Lạc", 10, 8], SOI], "B8", "Phường Vĩnh Lạc", SOI_TAKEN
    ),
    "a name of earlier days": Case(
        "D96",
        [*TITLES, HEAD, LAC, SOI, [3, "Xã Hòn Thơm", 1, 1]],
        "B10",
        "Phường An Thới (mã 31081)",
        ALL_TAKEN,
    ),
    "an unlisted commune": Case(
        "D79", [*TITLES, HEAD, LAC, SOI, [3, "P. Vĩnh Thanh", 1, 1]], "B10", "Thành phố Rạch Giá", ALL_TAKEN
    ),
    "nobody's name": Case(
        "D80", [*TITLES, HEAD, [1, "Khu vực 3 cảng", 10, 8], SOI], "B8", "Khu vực 3", SOI_TAKEN
    ),
    "a number without a name": Case(
        "D80", [*TITLES, HEAD, LAC, SOI, [3, "", 1, 1]], "B10", "30745", ALL_TAKEN
    ),
    "a wrong total": Case(
        "D81", [*TITLES, HEAD, LAC, SOI, ["", "Tổng cộng", 16, 12]], "C8", "là 15", ALL_TAKEN
    ),
    "one figure in two places": Case(
        "D82",
        [*TITLES, HEAD, LAC, SOI],
        "C2",
        "Biểu 1",
        ALL_TAKEN,
        more={"Phụ lục": [HEAD, [1, "Vĩnh Lạc", 11, 8], SOI]},
    ),
    "no locality at all": Case("D83", [*TITLES, ["TT", XR, KP], [1, 10, 8]], "", "Biểu 1"),
    "two localities in one title": Case(
        "D83", [["Phường Vĩnh Lạc, phường Rạch Sỏi"], *TITLES, ["TT", XR, KP], [1, 10, 8]], "", "Biểu 1"
    ),
    "names without indicators": Case(
        "D84",
        [*TITLES, ["TT", "Địa bàn", "Dân số"], [1, "Phường Vĩnh Lạc", 1000]],
        "",
        "cột chỉ tiêu",
        refused=True,
    ),
    "another district's title": Case(
        "D85",
        [["UBND HUYỆN AN MINH"], [WINDOW], HEAD, [1, "TT Thứ 11", 10, 8]],
        "A1",
        "909-an-minh",
        refused=True,
    ),
    "another district's rows": Case(
        "D85", [[WINDOW], HEAD, [1, "TT Thứ 11", 10, 8]], "B3", "Ban Chỉ đạo huyện An Minh"
    ),
    "another district's row": Case(
        "D26", [[WINDOW], HEAD, LAC, SOI, [3, "Thổ Sơn", 1, 1]], "B5", "huyện Hòn Đất", ALL_TAKEN
    ),
    "code and name of two communes": Case(
        "D30",
        [*TITLES, ["Mã", *HEAD[1:]], ["30745", "Rạch Sỏi", 10, 8], ["30754", "Rạch Sỏi", 5, 4]],
        "A8",
        "Phường Vĩnh Lạc",
        ALL_TAKEN,
    ),
    "more cleared up than happened": Case(
        "D86",
        [*TITLES, ["TT", "Địa bàn", XR, "Làm rõ"], [1, "Vĩnh Lạc", 10, 12], SOI],
        "D8",
        "án cũ",
        {key: value for key, value in ALL_TAKEN.items() if key != ("30745", "TTXH_KP")},
    ),
    "another unit": Case(
        "D87",
        [*TITLES, [*HEAD, "Thiệt hại tài sản do tội phạm gây ra (người)"], [*LAC, 5000000], SOI],
        "E7",
        "triệu đồng",
        ALL_TAKEN,
    ),
    "a sheet beside": Case(
        "D88", [*TITLES, HEAD, LAC, SOI], "", "Nháp", ALL_TAKEN, more={"Nháp": [["Gọi lại cho phường"]]}
    ),
    "what the file lacks": Case("D89", [*TITLES, HEAD, LAC, SOI], "", "68 chỉ tiêu", ALL_TAKEN),
    "a percentage of other figures": Case(
        "W26", [*TITLES, [*HEAD, "Tỷ lệ khám phá (%)"], [*LAC, 90], [*SOI, 80]], "E8", "là 80,00%", ALL_TAKEN
    ),
    "a locality twice": Case(
        "D28", [*TITLES, HEAD, LAC, [2, "P. Vĩnh Lạc", 1, 1], SOI], "B8", "nhiều dòng", ALL_TAKEN
    ),
    "a heading that joins two indicators": Case(
        "D74",
        [*TITLES, ["TT", "Địa bàn", XR, "Khám phá/Xảy ra"], [1, "Vĩnh Lạc", 10, "8/10"]],
        "D7",
        "Khám phá (trong",
        {("30745", "TTXH_XR"): 10},
    ),
    "a heading that joins accidents with their victims": Case(
        "D74",
        [*TITLES, [*HEAD, "TNGT (số vụ-chết-bị thương)"], [*LAC, "3-1-2"], [*SOI, "1-0-0"]],
        "E7",
        "Tai nạn giao thông: Số người bị thương",
        ALL_TAKEN,
    ),
    "a year beside the period": Case(
        "D72",
        [
            *TITLES,
            ["TT", "Địa bàn", XR, ""],
            ["", "", "6 tháng năm 2021", "Năm 2020"],
            [1, "Vĩnh Lạc", 10, 24],
        ],
        "D8",
        "từ ngày 15/04/2020",
        {("30745", "TTXH_XR"): 10},
    ),
    "a year beside a year": Case(
        "D100",
        [*TITLES, ["TT", "Địa bàn", XR, ""], ["", "", "Năm 2021", "Năm 2020"], [1, "Vĩnh Lạc", 10, 24]],
        "D8",
        "từ ngày 15/04/2020",
        {("30745", "TTXH_XR"): 10},
    ),
    "a sheet of the year before": Case(
        "D72",
        [*TITLES, HEAD, LAC, SOI],
        "A1",
        "năm 2020",
        ALL_TAKEN,
        more={"Cùng kỳ": [["SỐ LIỆU NĂM 2020"], HEAD, LAC, SOI]},
    ),
    "another last day": Case(
        "D70",
        [["BÁO CÁO SỐ LIỆU 06 THÁNG NĂM 2021"], ["(Số liệu tính đến ngày 30/9/2021)"], HEAD, LAC, SOI],
        "A2",
        "30/09/2021",
        refused=True,
    ),
    "a copy beside the form's sheets": Case(
        "D101",
        [[WINDOW], CODED, ["30745", 10, 8], ["30754", 5, 4]],
        "",
        "Số liệu (2)",
        ALL_TAKEN,
        more={"Cùng kỳ": [CODED, ["30745", 9, 8]], "Số liệu (2)": [CODED, ["30745", 99, 8]]},
    ),
    "two tables with code rows that differ": Case(
        "D82",
        [[WINDOW], CODED, ["30745", 10, 8], ["30754", 5, 4]],
        "B2",
        "ghi 99",
        ALL_TAKEN,
        more={"Số liệu (2)": [CODED, ["30745", 99, 8], ["30754", 5, 4]]},
    ),
    "a table with a code row and one by labels that differ": Case(
        "D82",
        [[WINDOW], CODED, ["30745", 10, 8], ["30754", 5, ""]],
        "C2",
        "ghi 99",
        ALL_TAKEN,
        more={"Sheet2": [HEAD, [1, "Phường Vĩnh Lạc", 99, 8], SOI]},
    ),
    "a town that bears its district's name": Case(
        "D77",
        [["BCĐ HUYỆN KIÊN LƯƠNG"], [WINDOW], HEAD, ["I", "Kiên Lương", 15, 12], [1, "Xã Bình An", 5, 4]],
        "B4",
        "hoặc Huyện Kiên Lương",
        {("30808", "TTXH_XR"): 5, ("30808", "TTXH_KP"): 4},
        folder="902-kien-luong",
    ),
    "two names in one row": Case(
        "D77",
        [
            *TITLES,
            [KP, "Địa bàn", XR, "Phường"],
            [8, "Vĩnh Lạc", 10, "Rạch Sỏi"],
            [4, "Rạch Sỏi", 5, "Rạch Sỏi"],
        ],
        "B8",
        "Phường Vĩnh Lạc",
        SOI_TAKEN,
    ),
    "nothing but a total": Case(
        "D103", [*TITLES, HEAD, ["", "Tổng cộng", 15, 12]], "", "30745 (Phường Vĩnh Lạc)"
    ),
    "nothing but communes that are not listed": Case(
        "D103", [*TITLES, HEAD, [1, "Phường Vĩnh Thanh", 15, 12]], "", "30745 (Phường Vĩnh Lạc)"
    ),
    "months of one locality below each other": Case(
        "D28",
        [
            *TITLES,
            ["TT", "Địa bàn", "Tháng", XR, KP],
            [1, "Vĩnh Lạc", "Tháng 5", 3, 2],
            ["", "", "Tháng 6", 7, 6],
            [2, "Rạch Sỏi", "", 5, 4],
        ],
        "B8",
        "nhiều dòng",
        {**SOI_TAKEN, ("30745", "TTXH_XR"): 3, ("30745", "TTXH_KP"): 2},
        also=("D73", "D80"),
    ),
    "a month in a row of the six months": Case(
        "D73",
        [
            *TITLES,
            ["TT", "Địa bàn", "Tháng", XR, KP],
            [1, "Vĩnh Lạc", "Tháng 5", 3, 2],
            [2, "Rạch Sỏi", "", 5, 4],
        ],
        "C8",
        "Tháng 5, 06 tháng năm 2021",
        {**SOI_TAKEN, ("30745", "TTXH_XR"): 3, ("30745", "TTXH_KP"): 2},
    ),
    "sections typed over the middle of their columns": Case(
        "D74",
        [
            *TITLES,
            ["TT", "Địa bàn", "", "Tai nạn giao thông", "", "", "Cháy, nổ", ""],
            ["", "", "Số vụ", "Chết", "Bị thương", "Số vụ", "Chết", "Bị thương"],
            [1, "Vĩnh Lạc", 3, 0, 2, 1, 0, 0],
        ],
        "C8",
        "Tai nạn giao thông",
        {("30745", "TNGT_CHET"): 0, ("30745", "CHAY_CHET"): 0, ("30745", "CHAY_BTH"): 0},
    ),
    "two scales in the titles": Case(
        "D87",
        [
            *TITLES,
            ["Đơn vị tính: đồng"],
            ["(nghìn đồng)"],
            [*HEAD, "Thiệt hại tài sản do tội phạm gây ra"],
            [*LAC, 5000000],
            SOI,
        ],
        "E9",
        "triệu đồng",
        ALL_TAKEN,
    ),
    "no period": Case("D12", [HEAD, LAC, SOI], "", "kỳ báo cáo", refused=True),
    "no folder": Case("D12", [*TITLES, HEAD, LAC, SOI], "", "đơn vị báo cáo", refused=True, folder="khac"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_file_brings_the_finding_about(name: str, plan: Plan) -> None:
    case = CASES[name]
    reading = read(book({"Biểu 1": case.grid, **case.more}), plan, case.folder, case.name)
    found = [finding for finding in reading.findings if finding.rule_id == case.code]
    assert [finding.cell for finding in found][:1] == [case.cell]
    assert case.says in found[0].message
    assert "{" not in found[0].message
    assert reading.refused == case.refused
    assert values(reading) == case.taken
    errors = [f.rule_id for f in reading.findings if f.severity is Severity.ERROR]
    assert set(errors) <= {case.code, *case.also}


def test_every_code_has_a_case() -> None:
    found = load_messages(TEMPLATES / "messages" / "reading" / "layout.yaml")
    assert set(found) == {case.code for case in CASES.values()} - {"D12", "D26", "D28", "D30"}
    assert all(found[code] == load_catalogue()[code] for code in found)


def test_a_wrong_baseline_is_not_taken(plan: Plan) -> None:
    case = CASES["twelve months beside six"]
    reading = read(book({"Biểu 1": case.grid, **case.more}), plan)
    assert values(reading, Basis.BASELINE) == {}
    assert all(entry.basis is Basis.CURRENT for entry in reading.observations)


def test_a_foreign_row_holds_back_no_other(plan: Plan) -> None:
    case = CASES["another district's row"]
    reading = read(book({"Biểu 1": case.grid}), plan)
    assert {f.locality for f in reading.findings if f.severity is Severity.ERROR} == {"30841"}


def test_a_cumulative_figure_over_the_period_is_the_period(plan: Plan) -> None:
    reading = read(book({"Biểu 1": titled("Lũy kế từ 15/4/2021 đến 14/10/2021")}), plan)
    assert (reading.period, values(reading)) == ("2021-6t", ALL_TAKEN)


def test_the_forms_own_word_for_a_cumulative_count_is_no_title(plan: Plan) -> None:
    """It stands above the households reached, also where the form is saved as CSV."""
    own = read(book({"Biểu 1": [["Lũy kế đến cuối kỳ"], *titled("Kỳ 06 tháng năm 2021")]}), plan)
    said = read(book({"Biểu 1": [["Số liệu lũy kế đến cuối kỳ"], *titled("Kỳ 06 tháng năm 2021")]}), plan)
    assert [f.rule_id for found in (own, said) for f in found.findings if f.rule_id == "D71"] == ["D71"]


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("từ 15/4/2021 đến 14/10/2021", "2021-6t"),
        ("(Từ ngày 15/4 đến hết ngày 14/10/2021)", "2021-6t"),
        ("Số liệu từ ngày 15 tháng 4 năm 2021 đến ngày 14 tháng 12 năm 2021", "2021-nam"),
        ("15.04.2021 - 14.12.2021", "2021-nam"),
        ("Từ 15/4/21 đến 14/5/21", "2021-t05"),
        ("BÁO CÁO SƠ KẾT 6 THÁNG", "2021-6t"),
        ("Kỳ báo cáo: năm 2021", "2021-nam"),
        ("Tổng kết năm 2021", "2021-nam"),
        ("Tháng 5/2021", "2021-t05"),
        ("Kỳ báo cáo: tháng 05 năm 2021", "2021-t05"),
        ("SỐ LIỆU CHUYỂN HÓA ĐỊA BÀN NĂM 2021", ""),
        ("Rạch Giá, ngày 14 tháng 10 năm 2021", ""),
        ("Kèm theo Công văn số 12/CV ngày 14/10/2021", ""),
    ],
)
def test_the_period_is_read_in_every_style(title: str, period: str, plan: Plan) -> None:
    reading = read(book({"Biểu 1": titled(title)}), plan)
    assert reading.period == period
    assert reading.refused == (not period)


def test_the_sheet_may_name_the_period(plan: Plan) -> None:
    assert read(book({"T5-2021": [HEAD, LAC, SOI]}), plan).period == "2021-t05"
    assert read(book({"6 tháng": [HEAD, LAC, SOI]}), plan).period == "2021-6t"
