"""Units and scales, by one grammar wherever they stand: converted exactly, or asked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.intake.values.units import (
    OWN,
    Unit,
    find_labelled,
    find_stated,
    is_same,
    is_statement,
    read_unit,
    read_units,
    stated_for,
)
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan import load_plan
from tests.unit.intake.drafts import Draft
from tests.unit.intake.handmade import TITLES, book, codes, read, values
from tests.unit.intake.test_reading_catalogue import B, S

PLAN = load_plan(Path(__file__).resolve().parents[3] / "plans", "2021")
NUMBERS = {"": 0, "1 ": 0, "10 ": 1, "100 ": 2, "1.000 ": 3, "1000": 3, "1,000 ": 3, "1 000 ": 3, "x1000 ": 3}
NUMBERS |= {"1.000.000 ": 6, "10³ ": 3, "10^6 ": 6}
SCALES = {
    "": 0,
    "nghìn ": 3,
    "ngàn ": 3,
    "Nghìn ": 3,
    "triệu ": 6,
    "Tr.": 6,
    "tr ": 6,
    "tr": 6,
    "tỷ ": 9,
    "Tỉ ": 9,
}
SCALES |= {"trăm triệu ": 8, "nghin ": 3, "trieu ": 6, "ty ": 9, "TRIỆU ": 6, "nghìn tỷ ": 12}
CURRENCIES = ("đồng", "đ", "VNĐ", "vnd", "Đồng", "đồng Việt Nam", "dong", "₫", "(đồng)")
XR, DAMAGE = "Số vụ phạm tội về trật tự xã hội xảy ra", "Thiệt hại tài sản do tội phạm gây ra"
HEAD = ["TT", "Địa bàn", XR, DAMAGE]
LAC, SOI = [1, "Phường Vĩnh Lạc", 10, 30500], [2, "Phường Rạch Sỏi", 5, 53100]
CONVERTED = {("30745", "TTXH_TS"): Decimal("30.5"), ("30754", "TTXH_TS"): Decimal("53.1")}


@settings(max_examples=150)
@given(st.sampled_from(sorted(NUMBERS)), st.sampled_from(sorted(SCALES)), st.sampled_from(CURRENCIES))
def test_a_scale_and_a_currency_mean_the_same_however_they_are_written(
    number: str, scale: str, currency: str
) -> None:
    power = NUMBERS[number] + SCALES[scale]
    assert read_unit(number + scale + currency) == Unit("dong", Decimal(10) ** power)


@settings(max_examples=100)
@given(st.decimals(0, 10**9, places=4), st.integers(0, 12), st.integers(0, 12))
def test_a_figure_comes_back_from_another_scale_unchanged(value: Decimal, power: int, other: int) -> None:
    one, two = Unit("dong", Decimal(10) ** power), Unit("dong", Decimal(10) ** other)
    there, back = one.ratio(two), two.ratio(one)
    assert there is not None
    assert back is not None
    assert value.scaleb(there.adjusted()).scaleb(back.adjusted()) == value


@pytest.mark.parametrize(
    "text", ["USD", "đồng/vụ", "500 đồng", "1.500 đồng", "15", "", "Triệu Phong", "đô la", "lần", "x" * 90]
)
def test_what_is_no_unit_is_not_read_as_one(text: str) -> None:
    assert read_unit(text) is None


def test_several_units_are_a_list_of_which_all_must_be_understood() -> None:
    listed = (Unit("vu"), Unit("nguoi"), Unit("dong", Decimal(10**6)))
    assert read_units("vụ, người và triệu đồng") == listed
    assert read_units("vụ; riêng thiệt hại: triệu đồng") == (listed[0], listed[2])
    assert read_units("vụ, USD") == ()
    assert read_units("băng, nhóm", frozenset({"bang nhom"})) == (Unit("bang nhom"),)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Đơn vị tính: 1.000 đồng", "1.000 đồng"),
        ("(ĐVT: vụ)", "vụ"),
        ("DVT - trđ", "trđ"),
        ("Đơn vị tính là nghìn đồng.", "nghìn đồng"),
        ("Đơn vị tính: USD", "USD"),
        ("Đơn vị: nghìn đồng", "nghìn đồng"),
        ("Thiệt hại tính bằng nghìn đồng", "nghìn đồng"),
        ("(Triệu đồng)", "Triệu đồng"),
        ("Thiệt hại do cháy (1.000đ)", "1.000đ"),
        ("Đơn vị: Công an thành phố Rạch Giá", ""),
        ("Đơn vị báo cáo: BCĐ huyện An Minh", ""),
        ("Xã Đồng Tâm", ""),
        ("Số vụ (người)", ""),
        ("(nghìn vụ)", "nghìn vụ"),
        ("(trăm người)", "trăm người"),
        ("Nghìn người", "Nghìn người"),
        ("(nghìn USD)", "nghìn USD"),
        ("1.000 đô la Mỹ", "1.000 đô la Mỹ"),
        ("(triệu kíp)", "triệu kíp"),
        ("Thiệt hại tính bằng đồng Yên", "đồng Yên"),
        ("USD", "USD"),
        ("Triệu tập đối tượng", ""),
        ("(Tỷ lệ phần trăm)", ""),
        ("(10 xã, phường)", ""),
        ("(Kèm theo Công văn số 1000)", ""),
        ("Thống kê tính theo tháng", ""),
    ],
)
def test_a_unit_is_found_behind_its_label(text: str, stated: str) -> None:
    assert find_stated(text) == stated


def test_a_statement_of_a_unit_says_nothing_else() -> None:
    assert is_statement("ĐVT: vụ")
    assert not is_statement("Thiệt hại (ĐVT: vụ)")
    assert find_labelled("(Triệu đồng)") == ""


def test_the_unit_of_a_column_goes_before_that_of_its_table() -> None:
    known = frozenset({"vu", "trieu dong"})
    assert stated_for("triệu đồng", "", "", known) is OWN
    assert stated_for("triệu đồng", "Tr.đ", "nghìn đồng", known) is OWN
    thousands = stated_for("triệu đồng", "", "vụ, nghìn đồng", known)
    assert thousands is not None
    assert thousands.ratio == Decimal("0.001")
    assert stated_for("vụ", "", "đồng", known) is OWN
    assert stated_for("vụ", "người", "", known) is None
    assert stated_for("triệu đồng", "", "nghìn đồng, đồng", known) is None
    assert stated_for("quyển", "nghìn đồng", "", known) is None


def test_a_unit_beside_a_number_is_its_own_however_short() -> None:
    assert is_same("trđ", "triệu đồng")
    assert is_same("tr", "triệu đồng")
    assert is_same("đ/t", "đối tượng")
    assert not is_same("nghìn đồng", "triệu đồng")
    assert not is_same("người", "đối tượng")
    assert not is_same("gì đó", "vụ")


@pytest.mark.parametrize(
    "grid",
    [
        [*TITLES, ["", "", "", "Đơn vị tính: 1.000 đồng"], HEAD, LAC, SOI],
        [*TITLES, ["", "", "", "(nghìn đ)"], HEAD, LAC, SOI],
        [*TITLES, [*HEAD[:3], f"{DAMAGE} (1.000đ)"], LAC, SOI],
        [*TITLES, [*HEAD[:3], f"{DAMAGE} (ĐVT: ngàn VNĐ)"], LAC, SOI],
        [*TITLES, HEAD, ["", "", "vụ", "nghìn đồng"], LAC, SOI],
        [*TITLES, HEAD, LAC, SOI, [], ["Đơn vị tính: vụ, nghìn đồng"]],
        [*TITLES, [*HEAD, "Đơn vị tính: 1.000 đồng"], LAC, SOI],
    ],
    ids=["above", "in brackets", "in the heading", "labelled", "a row of units", "below", "beside"],
)
def test_figures_in_another_scale_are_converted_exactly_wherever_it_is_stated(
    grid: list[list[object]], plan: Plan
) -> None:
    reading = read(book({"Biểu 1": grid}), plan)
    found = values(reading)
    assert {key: value for key, value in found.items() if key[1] == "TTXH_TS"} == CONVERTED
    assert found["30745", "TTXH_XR"] == 10
    changed = [entry for entry in reading.normalisations if entry.before == "30500"]
    assert [(entry.after, entry.why[:6]) for entry in changed] == [("30.5", "đổi từ")]


@pytest.mark.parametrize(
    ("title", "code"), [("(nghìn USD)", "D120"), ("Tính bằng đồng Yên", "D120"), ("(nghìn vụ)", "")]
)
def test_a_unit_without_a_label_over_the_table_is_applied_or_asked(title: str, code: str) -> None:
    head = [
        "TT",
        "Địa bàn",
        "Số vụ phạm tội về trật tự xã hội xảy ra",
        "Thiệt hại tài sản do tội phạm gây ra",
    ]
    reading = read(book({"Biểu 1": [*TITLES, [title], head, [1, "Phường Vĩnh Lạc", 2, 30]]}), PLAN)
    assert codes(reading) == ([code] if code else [])
    if not code:
        assert values(reading) == {("30745", "TTXH_XR"): 2000, ("30745", "TTXH_TS"): 30}


def test_the_row_of_units_of_the_form_is_read(plan: Plan) -> None:
    draft = Draft(plan)
    for sheet in (S, B):
        draft.put(sheet, 1, "TTXH_TS", 30500)
    draft.cell(S, -2, "TTXH_TS").value = "ĐVT: nghìn đồng"
    draft.cell(B, -2, "TTXH_TS").value = "ĐVT: người"
    reading = read(draft.save(), plan)
    assert values(reading) == {("30745", "TTXH_TS"): Decimal("30.5")}
    assert [(f.rule_id, f.sheet) for f in reading.findings if f.severity is Severity.ERROR] == [("D87", B)]


def test_a_count_in_thousands_must_come_out_whole(plan: Plan) -> None:
    grid = [
        *TITLES,
        ["TT", "Địa bàn", "Số lượt người dự (nghìn lượt)"],
        [1, "Vĩnh Lạc", 1.5],
        [2, "Rạch Sỏi", 0.0001],
    ]
    reading = read(book({"Biểu 1": grid}), plan)
    assert values(reading) == {("30745", "TT_LUOT"): 1500}
    assert "D34" in codes(reading)


@settings(max_examples=12)
@given(st.text("abceghiklmnopqrsuvxyzôăêáàảã ", min_size=3, max_size=12).filter(lambda text: text.strip()))
def test_an_unknown_unit_is_always_asked(words: str) -> None:
    grid = [*TITLES, [f"Đơn vị tính: {words}"], HEAD, LAC, SOI]
    reading = read(book({"Biểu 1": grid}), PLAN)
    known = frozenset({"khau", "diem", "cuoc", "mo hinh", "tin"})
    assert ("D120" in codes(reading)) is not bool(read_units(words, known))
