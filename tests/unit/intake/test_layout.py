"""Hand-made workbooks of every layout that a clerk could read, and the figures that are read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from tests.unit.intake.handmade import FOLDER, FOOT, TITLES, WINDOW, Grid, book, codes, flip, read, values

XR, KP = "Số vụ phạm pháp hình sự xảy ra", "Khám phá"
HEAD = ["STT", "Địa bàn", XR, KP]
ROWS: Grid = ([1, "Phường Vĩnh Lạc", 10, 8], [2, "Phường Rạch Sỏi", 5, 4])
TWO_ROWS: Grid = (
    ["TT", "Xã, phường", "Phạm pháp hình sự", "", "Tai nạn giao thông", "", ""],
    ["", "", "Xảy ra", "Khám phá", "Số vụ", "Chết", "Bị thương"],
    [1, "Phường Vĩnh Lạc", 10, 8, 3, 0, 2],
    [2, "Phường Rạch Sỏi", 5, 4, 1, 1, 0],
)
TWO_ROWS_MERGED = ["A7:A8", "B7:B8", "C7:D7", "E7:G7"]
CRIME = {
    ("30745", "TTXH_XR"): 10,
    ("30745", "TTXH_KP"): 8,
    ("30754", "TTXH_XR"): 5,
    ("30754", "TTXH_KP"): 4,
}
CRIME_BEFORE = {
    ("30745", "TTXH_XR"): 12,
    ("30745", "TTXH_KP"): 9,
    ("30754", "TTXH_XR"): 6,
    ("30754", "TTXH_KP"): 5,
}
ROADS = {
    ("30745", "TNGT_VU"): 3,
    ("30745", "TNGT_CHET"): 0,
    ("30745", "TNGT_BTH"): 2,
    ("30754", "TNGT_VU"): 1,
    ("30754", "TNGT_CHET"): 1,
    ("30754", "TNGT_BTH"): 0,
}
FORM_OF_ONE: Grid = (
    ["TT", "Nội dung", "ĐVT", "Kỳ này", "Cùng kỳ", "So sánh (%)"],
    ["I", "PHẠM PHÁP HÌNH SỰ"],
    [1, "Xảy ra", "vụ", 10, 12, -16],
    [2, "Khám phá", "vụ", 8, 9, -11],
)
FORM_OF_OTHER: Grid = (
    FORM_OF_ONE[0],
    FORM_OF_ONE[1],
    [1, "Xảy ra", "vụ", 5, 6, 0],
    [2, "Khám phá", "vụ", 4, 5],
)


@dataclass(frozen=True)
class Layout:
    """A workbook, and what is read of it."""

    sheets: Mapping[str, Grid]
    values: Mapping[tuple[str, str], object]
    baseline: Mapping[tuple[str, str], object] = field(default_factory=dict)
    merges: Mapping[str, Sequence[str]] = field(default_factory=dict)
    codes: Sequence[str] = ()
    folder: str = FOLDER


def one(*grid: Sequence[object], values: Mapping[tuple[str, str], object] = CRIME, **more: object) -> Layout:
    return Layout({"Biểu 1": [*TITLES, *grid, *FOOT]}, values, **more)  # type: ignore[arg-type]


def named(first: str, second: str = "Phường Rạch Sỏi", **more: object) -> Layout:
    return one(HEAD, [1, first, 10, 8], [2, second, 5, 4], **more)  # type: ignore[arg-type]


LAYOUTS: dict[str, Layout] = {
    "a flat head under titles and above a signature": one(HEAD, *ROWS),
    "two head rows, merged": one(*TWO_ROWS, values=CRIME | ROADS, merges={"Biểu 1": TWO_ROWS_MERGED}),
    "two head rows whose merges were lost": one(*TWO_ROWS, values=CRIME | ROADS),
    "three head rows with both windows": one(
        ["TT", "Địa bàn", "Phạm pháp hình sự", "", "", ""],
        ["", "", "Xảy ra", "", "Khám phá", ""],
        ["", "", "Kỳ này", "Cùng kỳ", "Kỳ này", "Cùng kỳ"],
        [1, "Vĩnh Lạc", 10, 12, 8, 9],
        [2, "Rạch Sỏi", 5, 6, 4, 5],
        baseline=CRIME_BEFORE,
        merges={"Biểu 1": ["A7:A9", "B7:B9", "C7:F7", "C8:D8", "E8:F8"]},
    ),
    "windows above the labels": one(
        ["TT", "Địa bàn", "Kỳ này", "", "Cùng kỳ năm trước", ""],
        ["", "", XR, KP, XR, KP],
        [1, "Vĩnh Lạc", 10, 8, 12, 9],
        [2, "Rạch Sỏi", 5, 4, 6, 5],
        baseline=CRIME_BEFORE,
        merges={"Biểu 1": ["C7:D7", "E7:F7"]},
    ),
    "years instead of windows": one(
        ["TT", "Địa bàn", XR, "", KP, ""],
        ["", "", "Năm 2021", "Năm 2020", "Năm 2021", "Năm 2020"],
        [1, "Vĩnh Lạc", 10, 12, 8, 9],
        [2, "Rạch Sỏi", 5, 6, 4, 5],
        baseline=CRIME_BEFORE,
        merges={"Biểu 1": ["C7:D7", "E7:F7"]},
        codes=["D100"],
    ),
    "dates instead of windows": one(
        ["TT", "Địa bàn", XR, ""],
        ["", "", "Từ 15/4/2021 đến 14/10/2021", "Từ 15/4/2020 đến 14/10/2020"],
        [1, "Vĩnh Lạc", 10, 12],
        [2, "Rạch Sỏi", 5, 6],
        values={key: value for key, value in CRIME.items() if key[1] == "TTXH_XR"},
        baseline={key: value for key, value in CRIME_BEFORE.items() if key[1] == "TTXH_XR"},
    ),
    "the window in the label": one(
        ["TT", "Địa bàn", XR, f"{XR} (cùng kỳ)", "Khám phá kỳ này", "Khám phá cùng kỳ"],
        [1, "Vĩnh Lạc", 10, 12, 8, 9],
        [2, "Rạch Sỏi", 5, 6, 4, 5],
        baseline=CRIME_BEFORE,
    ),
    "comparisons are left out": one(
        [*HEAD, "Tăng, giảm", "Tỷ lệ khám phá (%)", "So với cùng kỳ"],
        [1, "Vĩnh Lạc", 10, 8, -2, 80, -5],
        [2, "Rạch Sỏi", 5, 4, 0, 80, 1],
    ),
    "a row that numbers the columns": one(HEAD, ["(1)", "(2)", "(3)", "(4)"], *ROWS),
    "plain numbers of columns": one(HEAD, ["A", "B", 1, 2], *ROWS),
    "units in brackets": one(["STT", "Địa bàn", f"{XR} (vụ)", "Khám phá (vụ)"], *ROWS),
    "a row of units": one(HEAD, ["", "", "ĐVT: vụ", "ĐVT: vụ"], *ROWS),
    "units without a word": one(HEAD, ["", "", "(vụ)", "(vụ)"], *ROWS),
    "roman numbers and a district's line": one(
        HEAD, ["I", "Thành phố Rạch Giá"], ["1", "P. Vĩnh Lạc", 10, 8], ["2", "P. Rạch Sỏi", 5, 4]
    ),
    "a district's line with its sum": one(HEAD, ["I", "TP. Rạch Giá", 15, 12], *ROWS),
    "a total above": one(HEAD, ["", "Tổng số", 15, 12], *ROWS),
    "a total below": one(HEAD, *ROWS, ["", "Tổng cộng", 15, 12]),
    "a total in the column of numbers": one(HEAD, *ROWS, ["Cộng", "", 15, 12]),
    "an unlisted commune beside": one(
        HEAD, *ROWS, [3, "Phường Vĩnh Thanh", 7, 7], ["", "Cộng", 22, 19], codes=["D79"]
    ),
    "codes and names": one(
        ["Mã địa bàn", "Tên địa bàn", XR, KP], ["30745", "Vĩnh Lạc", 10, 8], [30754, "Rạch Sỏi", 5, 4]
    ),
    "codes alone": one(["Mã", XR, KP], ["30745", 10, 8], [30754, 5, 4]),
    "our codes as labels": one(["Địa bàn", "TTXH_XR", "TTXH_KP"], ["Vĩnh Lạc", 10, 8], ["Rạch Sỏi", 5, 4]),
    "columns in another order": one(
        [KP, "Địa bàn", XR, "STT"], [8, "Vĩnh Lạc", 10, 1], [4, "Rạch Sỏi", 5, 2]
    ),
    "blank rows and columns between": one(
        ["STT", "Địa bàn", "", XR, "", KP], [1, "Vĩnh Lạc", "", 10, "", 8], [], [2, "Rạch Sỏi", "", 5, "", 4]
    ),
    "abbreviated": named("P. Vĩnh Lạc", "P.Rạch Sỏi"),
    "without marks": named("phuong vinh lac", "rach soi"),
    "in capitals": named("PHƯỜNG VĨNH LẠC", "RẠCH SỎI"),
    "with the district": named("Vĩnh Lạc - Rạch Giá", "Phường Rạch Sỏi, TP. Rạch Giá"),
    "with numbers in front": named("1. Phường Vĩnh Lạc", "2) Rạch Sỏi"),
    "with an office in front": named("UBND phường Vĩnh Lạc", "Công an phường Rạch Sỏi"),
    "two rows for a locality, one a window": one(
        ["Địa bàn", "Kỳ số liệu", XR, KP],
        ["Vĩnh Lạc", "Kỳ này", 10, 8],
        ["", "Cùng kỳ", 12, 9],
        ["Rạch Sỏi", "Kỳ này", 5, 4],
        ["", "Cùng kỳ", 6, 5],
        baseline=CRIME_BEFORE,
    ),
    "on its side": one(
        ["STT", "Chỉ tiêu", "ĐVT", "Phường Vĩnh Lạc", "Phường Rạch Sỏi", "Tổng cộng"],
        ["I", "Phạm pháp hình sự"],
        [1, "Xảy ra", "vụ", 10, 5, 15],
        [2, "Khám phá", "vụ", 8, 4, 12],
        ["II", "Tai nạn giao thông"],
        [1, "Số vụ", "vụ", 3, 1, 4],
        [2, "Chết", "người", 0, 1, 1],
        [3, "Bị thương", "người", 2, 0, 2],
        values=CRIME | ROADS,
    ),
    "on its side with both windows": one(
        ["TT", "Chỉ tiêu", "Vĩnh Lạc", "", "Rạch Sỏi", ""],
        ["", "", "Kỳ này", "Cùng kỳ", "Kỳ này", "Cùng kỳ"],
        [1, XR, 10, 12, 5, 6],
        [2, KP, 8, 9, 4, 5],
        baseline=CRIME_BEFORE,
        merges={"Biểu 1": ["C7:D7", "E7:F7"]},
    ),
    "on its side, with lines below a line": one(
        ["TT", "Chỉ tiêu", "Vĩnh Lạc", "Rạch Sỏi"],
        [1, XR, 10, 5],
        [2, KP, 8, 4],
        [3, "Tai nạn giao thông", 3, 1],
        ["", "- Chết", 0, 1],
        ["", "- Bị thương", 2, 0],
        values=CRIME | ROADS,
    ),
    "a sheet for each commune": Layout(
        {"Vĩnh Lạc": [*TITLES, *FORM_OF_ONE], "P. Rạch Sỏi": [*TITLES, *FORM_OF_OTHER]}, CRIME, CRIME_BEFORE
    ),
    "a sheet for each commune, named in its title": Layout(
        {
            "Sheet1": [["PHƯỜNG VĨNH LẠC"], *TITLES[3:], *FORM_OF_ONE],
            "Sheet2": [["Địa bàn: phường Rạch Sỏi"], *TITLES[3:], *FORM_OF_OTHER],
        },
        CRIME,
        CRIME_BEFORE,
    ),
    "a sheet for each section": Layout(
        {
            "Phạm pháp hình sự": [*TITLES, ["TT", "Địa bàn", "Xảy ra", "Khám phá"], *ROWS],
            "TNGT": [
                ["TT", "Địa bàn", "Số vụ", "Chết", "Bị thương"],
                [1, "Vĩnh Lạc", 3, 0, 2],
                [2, "Rạch Sỏi", 1, 1, 0],
            ],
        },
        CRIME | ROADS,
    ),
    "a sheet for each window": Layout(
        {
            "Kỳ này": [*TITLES, HEAD, *ROWS],
            "Cùng kỳ": [
                ["Số liệu cùng kỳ từ 15/4/2020 đến 14/10/2020"],
                HEAD,
                [1, "Vĩnh Lạc", 12, 9],
                [2, "Rạch Sỏi", 6, 5],
            ],
        },
        CRIME,
        CRIME_BEFORE,
    ),
    "two tables on one sheet": Layout(
        {
            "Biểu 1": [
                *TITLES,
                HEAD,
                *ROWS,
                ["", "Cộng", 15, 12],
                [],
                ["Số liệu cùng kỳ từ 15/4/2020 đến 14/10/2020"],
                HEAD,
                [1, "Vĩnh Lạc", 12, 9],
                [2, "Rạch Sỏi", 6, 5],
            ]
        },
        CRIME,
        CRIME_BEFORE,
    ),
    "two tables side by side in another order": one(
        ["Kỳ này", "", "", "", "", "Cùng kỳ", "", "", ""],
        [*HEAD, "", *HEAD],
        [1, "Vĩnh Lạc", 10, 8, "", 1, "Rạch Sỏi", 6, 5],
        [2, "Rạch Sỏi", 5, 4, "", 2, "Vĩnh Lạc", 12, 9],
        baseline=CRIME_BEFORE,
        merges={"Biểu 1": ["A7:D7", "F7:I7"]},
        codes=["D76", "D76"],
    ),
    "two topics side by side in another order": one(
        [*HEAD, "", "TT", "Phường", "Số vụ tai nạn giao thông", "Tai nạn giao thông: chết"],
        [1, "Vĩnh Lạc", 10, 8, "", 1, "Rạch Sỏi", 1, 1],
        [2, "Rạch Sỏi", 5, 4, "", 2, "Vĩnh Lạc", 3, 0],
        values=CRIME | {key: value for key, value in ROADS.items() if key[1] != "TNGT_BTH"},
    ),
    "two tables on their sides, one below the other in another order": one(
        ["Chỉ tiêu", "Vĩnh Lạc", "Rạch Sỏi"],
        ["Phạm pháp hình sự"],
        ["Xảy ra", 10, 5],
        ["Khám phá", 8, 4],
        ["Chỉ tiêu", "Rạch Sỏi", "Vĩnh Lạc"],
        ["Tai nạn giao thông"],
        ["Số vụ", 1, 3],
        ["Chết", 1, 0],
        ["Bị thương", 0, 2],
        values=CRIME | ROADS,
    ),
    "a column of districts, one of which bears a town's name": Layout(
        {
            "Biểu 1": [
                [WINDOW],
                ["STT", "Huyện", "Xã, thị trấn", XR, KP],
                [1, "Kiên Lương", "Xã Bình An", 10, 8],
                [2, "", "Kiên Lương", 5, 4],
            ]
        },
        {
            ("30808", "TTXH_XR"): 10,
            ("30808", "TTXH_KP"): 8,
            ("30787", "TTXH_XR"): 5,
            ("30787", "TTXH_KP"): 4,
        },
        merges={"Biểu 1": ["B3:B4"]},
        folder="902-kien-luong",
    ),
    "a single row that counts like the numbers of columns": Layout(
        {"Vĩnh Lạc": [*TITLES, ["Phạm pháp hình sự", ""], ["Xảy ra", "Khám phá"], [1, 2], *FOOT]},
        {("30745", "TTXH_XR"): 1, ("30745", "TTXH_KP"): 2},
        merges={"Vĩnh Lạc": ["A7:B7"]},
    ),
    "a sheet with nothing beside": Layout(
        {"Biểu 1": [*TITLES, HEAD, *ROWS], "Ghi chép": [["Họp giao ban"]]}, CRIME, codes=["D88"]
    ),
    "a town with a number for a name": Layout(
        {"Biểu 1": [[WINDOW], HEAD, [1, "TT Thứ 11", 10, 8]]},
        {("31018", "TTXH_XR"): 10, ("31018", "TTXH_KP"): 8},
        folder="909-an-minh",
    ),
    "a town by its old kind": Layout(
        {"Biểu 1": [[WINDOW], HEAD, [1, "TT. Dương Đông", 10, 8]]},
        {("31078", "TTXH_XR"): 10, ("31078", "TTXH_KP"): 8},
        folder="911-phu-quoc",
    ),
    "a name that two districts have, in a file that names its own": Layout(
        {"Biểu 1": [["UBND HUYỆN KIÊN LƯƠNG"], [WINDOW], HEAD, [1, "Xã Bình An", 10, 8]]},
        {("30808", "TTXH_XR"): 10, ("30808", "TTXH_KP"): 8},
        folder="902-kien-luong",
    ),
    "an unknown column": one(
        [*HEAD, "Số vụ mất trộm chó"],
        [1, "Vĩnh Lạc", 10, 8, 3],
        [2, "Rạch Sỏi", 5, 4, 2],
        codes=["D76"],
    ),
    "a word for what was cleared up": one(["TT", "Địa bàn", XR, "Làm rõ"], *ROWS),
    "cumulative beside the period's own": one(
        ["TT", "Địa bàn", XR, "", KP],
        ["", "", "Kỳ này", "Lũy kế", ""],
        [1, "Vĩnh Lạc", 10, 99, 8],
        [2, "Rạch Sỏi", 5, 88, 4],
        merges={"Biểu 1": ["C7:D7"]},
        codes=["D76"],
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_figures_are_those_of_the_form(name: str, plan: Plan) -> None:
    layout = LAYOUTS[name]
    reading = read(book(layout.sheets, layout.merges), plan, layout.folder)
    assert codes(reading) == list(layout.codes)
    assert not reading.refused
    assert values(reading) == layout.values
    assert values(reading, Basis.BASELINE) == layout.baseline


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_figure_has_its_true_cell(name: str, plan: Plan) -> None:
    layout = LAYOUTS[name]
    content = book(layout.sheets, layout.merges)
    made = openpyxl.load_workbook(BytesIO(content))
    reading = read(content, plan, layout.folder)
    assert reading.observations
    for entry in reading.observations:
        shown = made[entry.cell_ref.sheet][entry.cell_ref.cell].value
        assert (None if shown is None else Decimal(str(shown))) == entry.value


def test_what_was_read_as_what_is_told_once(plan: Plan) -> None:
    reading = read(book({"Biểu 1": [*TITLES, HEAD, [1, "P. Vĩnh Lạc", 10, 8]]}), plan)
    told = [
        (entry.cell_ref.cell, entry.before, entry.after.split(" ")[0]) for entry in reading.normalisations
    ]
    assert told == [("C7", XR, "TTXH_XR"), ("D7", KP, "TTXH_KP"), ("B8", "P. Vĩnh Lạc", "30745")]


def test_a_turned_grid_reads_as_the_upright_one(plan: Plan) -> None:
    upright = read(book({"Biểu 1": [*TITLES, HEAD, *ROWS]}), plan)
    turned = read(book({"Biểu 1": [*TITLES, *flip([HEAD, *ROWS])]}), plan)
    assert values(turned) == values(upright) == CRIME


def test_under_a_code_row_a_name_may_stand_alone(plan: Plan) -> None:
    head = ["MA_DIA_BAN", "TEN_DIA_BAN", "TTXH_XR", "TTXH_KP"]
    grid = [*TITLES, head, ["", "P. Vĩnh Lạc", 10, 8], ["30754", "", 5, 4]]
    reading = read(book({"Sheet1": grid}), plan)
    assert values(reading) == CRIME
    assert reading.observations[0].cell_ref.cell == "C8"
