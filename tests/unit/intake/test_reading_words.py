"""Spellings of the same Vietnamese words, answers and dates."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

import pytest

from chuyenhoa.intake.answers import read_answer, read_date
from chuyenhoa.intake.book import CellValue
from chuyenhoa.intake.words import clean_text, fold, is_foot, read_code
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
    ],
)
def test_spellings_of_one_name_are_equal(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_different_names_stay_different() -> None:
    assert fold("Vĩnh Lạc") != fold("Vĩnh Lắc")
    assert fold("má") != fold("mà")


def test_control_characters_are_dropped_and_line_breaks_kept() -> None:
    assert clean_text(" a\x00b\nc\ud800 ") == "ab\nc"


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
    ],
)
def test_dates_are_day_month_year(typed: CellValue) -> None:
    assert read_date(typed).value == date(2021, 1, 5)


@pytest.mark.parametrize("typed", ["05/01/21", "31/02/2021", "01/13/2021", "tháng 5", 44321.0])
def test_what_is_no_date_is_asked(typed: CellValue) -> None:
    assert read_date(typed).problem == "D46"


def test_a_blank_date_is_missing() -> None:
    assert read_date("") == read_date("  ")
    assert (read_date("").value, read_date("").problem) == (None, "")
    assert read_date("05-01-2021").shown == "05/01/2021"
    assert read_date("05-01-2021").why
    assert read_date("").shown == ""


def test_a_sign_behind_a_word_does_not_hide_it() -> None:
    assert fold("kỳ báo cáo") in fold("Kỳ báo cáo: năm 2021")
    assert fold("(Hoà)") == fold("(hòa)")
