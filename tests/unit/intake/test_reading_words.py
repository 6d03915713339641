"""Spellings of the same Vietnamese words, answers and dates."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

import pytest

from chuyenhoa.intake.values.answers_and_dates import read_answer, read_date
from chuyenhoa.kit.readers.book import CellValue
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, fold, is_foot, read_code
from chuyenhoa.model.figures import Answer


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("hoà bình", "hòa bình"),
        ("THUỶ", "thủy"),
        ("Đông  Hồ", "đông hồ"),
        ("Ðông Hồ", "Đông Hồ"),
        (unicodedata.normalize("NFD", "Phường Rạch Sỏi"), "Phường Rạch Sỏi"),
        ("Vĩnh\u200b Lạc", "VĨNH LẠC"),
        ("Mỹ Đức", "Mĩ  Đức"),
        ("Quý I", "Quí I"),
        ("Vĩnh\u202e Lạc", "Vĩnh Lạc"),
        ("Vĩnh\u00a0Lạc", "Vĩnh Lạc"),
        ("Ｖĩnh Lạc", "Vĩnh Lạc"),
        ("Vi\u200b\u0303nh Lạc", "Vĩnh Lạc"),
    ],
)
def test_spellings_of_one_name_are_equal(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_different_names_stay_different() -> None:
    assert fold("Vĩnh Lạc") != fold("Vĩnh Lắc")
    assert fold("má") != fold("mà")
    assert fold("Thái") != fold("Tháy")
    assert fold("Ý") != fold("Í")


def test_control_characters_are_dropped_and_line_breaks_kept() -> None:
    assert clean_text(" a\x00b\nc\ud800 ") == "ab\nc"
    assert clean_text("a\u202eb\r\nc\u2028d\u2066\u061c") == "ab\nc\nd"


@pytest.mark.parametrize(
    ("value", "code"), [(30745.0, "30745"), (" ttxh_xr ", "TTXH_XR"), ("３０７４５", "30745"), ("", "")]
)
def test_codes_are_read_as_the_plan_writes_them(value: CellValue, code: str) -> None:
    assert read_code(value) == code


def test_lines_below_a_table_are_known() -> None:
    assert is_foot("Tổng cộng")
    assert is_foot("NGƯỜI LẬP BIỂU")
    assert is_foot("KT. TRƯỞNG BAN")
    assert not is_foot("Phường Vĩnh Lạc")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Có", Answer.YES),
        ("CÓ", Answer.YES),
        ("co", Answer.YES),
        (unicodedata.normalize("NFD", "Có"), Answer.YES),
        ("không", Answer.NO),
        ("Khong ap dung", Answer.NOT_APPLICABLE),
        ("Không  áp dụng", Answer.NOT_APPLICABLE),
        ("", None),
        ("…", None),
    ],
)
def test_answers(typed: str, answer: Answer | None) -> None:
    reading = read_answer(typed)
    assert (reading.value, reading.problem) == (answer, "")


@pytest.mark.parametrize("typed", ["Đạt", "x", True, 1.0])
def test_what_is_no_answer_is_asked(typed: CellValue) -> None:
    assert read_answer(typed).problem == "D45"


def test_an_answer_rewritten_says_so() -> None:
    assert read_answer("co").why
    assert read_answer("co").shown == "Có"
    assert not read_answer("Có").why


@pytest.mark.parametrize(
    "typed",
    [
        "05/01/2021",
        "5/1/2021",
        "05-01-2021",
        "05.01.2021",
        "ngày 05 tháng 01 năm 2021",
        date(2021, 1, 5),
        datetime(2021, 1, 5, 8),  # noqa: DTZ001
        "05/01/21",
        "5.1.21",
        "2021-01-05",
        "2021-01-05 00:00:00",
        "05/01/2021 08:30",
        "05/01/2021.",
        "05-Jan-21",
        "5 January 2021",
        "05 tháng 01, năm 2021",
        "Rạch Giá, ngày 05 tháng 01 năm 2021",
        "０５/０１/２０２１",
    ],
)
def test_dates_are_day_month_year(typed: CellValue) -> None:
    assert read_date(typed).value == date(2021, 1, 5)


@pytest.mark.parametrize(
    "typed",
    ["31/02/2021", "13/13/2021", "tháng 5", 44321.0, "05/01/0201", "05/01/2201", "5/1", "05-Abc-21", True],
)
def test_what_is_no_date_is_asked(typed: CellValue) -> None:
    assert read_date(typed).problem == "D46"


def test_a_date_that_is_one_only_with_the_month_in_front_is_asked() -> None:
    reading = read_date("01/13/2021")
    assert (reading.value, reading.problem, reading.readings) == (None, "D93", "13/01/2021")


@pytest.mark.parametrize(
    ("day", "is_us", "latest", "warning"),
    [
        (date(2021, 5, 10), True, None, "D94"),
        (date(2021, 5, 13), True, None, ""),
        (date(2021, 5, 5), True, None, ""),
        (date(2021, 5, 10), False, None, ""),
        (date(2021, 12, 5), False, date(2021, 10, 17), "D94"),
        (date(2021, 12, 11), False, date(2021, 10, 17), "D102"),
        (date(2021, 5, 10), False, date(2021, 10, 17), ""),
    ],
)
def test_a_date_cell_whose_day_and_month_may_be_swapped_is_taken_and_doubted(
    day: date, is_us: bool, latest: date | None, warning: str
) -> None:
    reading = read_date(day, is_us, latest)
    assert (reading.value, reading.problem, reading.warning) == (day, "", warning)
    assert bool(reading.readings) == bool(warning)


def test_a_date_of_another_century_is_asked() -> None:
    assert read_date(date(1900, 1, 5)).problem == "D46"


def test_a_blank_date_is_missing() -> None:
    assert read_date("") == read_date("  ")
    assert (read_date("").value, read_date("").problem) == (None, "")
    assert read_date("05-01-2021").shown == "05/01/2021"
    assert read_date("05-01-2021").why
    assert read_date("").shown == ""


def test_a_sign_behind_a_word_does_not_hide_it() -> None:
    assert fold("kỳ báo cáo") in fold("Kỳ báo cáo: năm 2021")
    assert fold("(Hoà)") == fold("(hòa)")
