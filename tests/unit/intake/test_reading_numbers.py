"""What a submitter types into a number cell, and what is read."""
# ruff: noqa: DTZ001

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.intake.values.cell_values import read_number
from chuyenhoa.kit.readers.book import CellValue
from chuyenhoa.kit.vietnamese_text.numerals import read_numeral

COUNTS: list[tuple[CellValue, int | None]] = [
    (12.0, 12),
    (0.0, 0),
    (7, 7),
    (-3.0, -3),
    ("", None),
    ("   ", None),
    ("\u200b", None),
    ("08", 8),
    (" 15 ", 15),
    ("１２", 12),
    ("1.234", 1234),
    ("1,234", 1234),
    ("1.234.567", 1234567),
    ("1 234", 1234),
    ("1\u00a0234", 1234),
    ("12\u202f345", 12345),
    ("12,0", 12),
    ("12.0", 12),
    ("12.", 12),
    ("+3", 3),
    ("'08", 8),
    ("12 (mười hai)", 12),
    ("12 (mười hai vụ)", 12),
    ("1.234 vụ", 1234),
    ("1\u2009234", 1234),
    ("1,234,567", 1234567),
    ("１．２３４", 1234),
    (1e3, 1000),
    (11.999999999999998, 12),
    (12.000000000000002, 12),
    (10**12, 10**12),
    ("1.234,0", 1234),
    ("02 vụ", 2),
    ("12 vụ án", 12),
    ("02 vụ (hai vụ)", 2),
    ("12\u00a0", 12),
    ("1\u200b2", 12),
    ("không có.", 0),
    ("3 VỤ", 3),
    ("-", 0),
    ("–", 0),
    ("không", 0),
    ("Không có", 0),
    ("KHÔNG", 0),
    ("kho\u0302ng", 0),
    ("khong", 0),
    ("ko", 0),
    ("không xảy ra", 0),
    ("−", 0),
    ("KPS", 0),
    ("không phát sinh", 0),
    ("…", None),
    ("...", None),
    ("....", None),
    ("……", None),
    ("… …", None),
    ("chưa có số liệu", None),
    ("CHƯA CÓ SỐ LIỆU", None),
]
BAD_COUNTS: list[tuple[CellValue, str]] = [
    (12.5, "D34"),
    ("12,5", "D34"),
    ("1.5", "D34"),
    ("1.234,5", "D34"),
    ("-5", "D35"),
    ("−5", "D35"),
    ("- 5", "D35"),
    ("12%", "D36"),
    ("12,5 %", "D36"),
    (date(2021, 1, 3), "D37"),
    (datetime(2021, 1, 3, 5), "D37"),
    (time(5), "D37"),
    (timedelta(hours=3), "D37"),
    (True, "D38"),
    (False, "D38"),
    ("x", "D41"),
    ("X", "D41"),
    ("/", "D41"),
    ("?", "D41"),
    ("0.123", "D34"),
    ("0,123", "D34"),
    (1.5, "D34"),
    ("1e3", "D90"),
    ("12 vụ/15 đt", "D90"),
    ("12 vụ, 15 đối tượng", "D90"),
    ("597/726", "D90"),
    ("3-1-2", "D90"),
    ("3 – 1 – 2", "D90"),
    ("12-15", "D90"),
    ("từ 12 đến 15", "D90"),
    ("1O", "D90"),
    ("l2", "D90"),
    ("mười", "D90"),
    ("mười hai", "D90"),
    ("MƯỜI HAI VỤ", "D90"),
    ("12 (mười ba)", "D90"),
    ("12 (tăng 2)", "D90"),
    ("12 (cả án cũ)", "D90"),
    ("1 2", "D90"),
    ("(5)", "D90"),
    (1.234, "D90"),
    ("khoảng 12", "D91"),
    (">5", "D91"),
    ("~ 10", "D91"),
    ("trên 10 vụ", "D91"),
    ("12 người", "D92"),
    ("1,5 tỷ", "D92"),
    ("nhiều", "D33"),
    ("1.23.456", "D33"),
    ("1,234.567", "D34"),
    ("012.345", "D34"),
    ("12¹", "D33"),
    ("12²", "D33"),
    ("½", "D33"),
    ("①", "D33"),
    ("..5", "D33"),
    ("#REF!", "D39"),
    ("#DIV/0!", "D39"),
    ("#N/A", "D39"),
    ("Err:502", "D39"),
    ("--", "D41"),
    ("1000.000", "D90"),
    ("12 người (mười hai)", "D92"),
    ("12\u0336", "D97"),
    ("12\u03365", "D97"),
    ("N/A", "D41"),
    ("✓", "D41"),
    ("03/01/2021", "D37"),
    ("2021-01-03", "D37"),
    (2**53 + 1, "D43"),
    (10**30, "D43"),
    ("9" * 6000, "D43"),
    (float("nan"), "D33"),
    (float("inf"), "D33"),
    ("٣", "D33"),
    (1e15, "D43"),
    ("9999999999999", "D43"),
]
MONEY: list[tuple[CellValue, str]] = [
    (1250.5, "1250.5"),
    (0.1, "0.1"),
    (0.1 + 0.2, "0.3"),
    (1234567.89, "1234567.89"),
    (1e-3, "0.001"),
    (123456789012.345, "123456789012.345"),
    ("12 trđ", "12"),
    (12.0, "12"),
    ("1,5", "1.5"),
    ("1.5", "1.5"),
    ("1.234,56", "1234.56"),
    ("1,234.56", "1234.56"),
    ("1.234.567", "1234567"),
    ("1 234,5", "1234.5"),
    ("1 234", "1234"),
    ("0,25", "0.25"),
    ("12 triệu đồng", "12"),
]


@pytest.mark.parametrize(("typed", "expected"), COUNTS)
def test_counts_are_read_exactly(typed: CellValue, expected: int | None) -> None:
    reading = read_number(typed, "vụ", decimals=False)
    assert (reading.value, reading.problem) == (None if expected is None else Decimal(expected), "")


@pytest.mark.parametrize(("typed", "code"), BAD_COUNTS)
def test_what_is_no_count_is_named(typed: CellValue, code: str) -> None:
    reading = read_number(typed, "vụ", decimals=False)
    assert (reading.value, reading.problem) == (None, code)


@pytest.mark.parametrize(("typed", "expected"), MONEY)
def test_money_keeps_its_decimals(typed: CellValue, expected: str) -> None:
    assert read_number(typed, "triệu đồng", decimals=True).value == Decimal(expected)


@pytest.mark.parametrize("typed", ["1.234", "1,234"])
def test_money_that_reads_two_ways_is_asked(typed: str) -> None:
    reading = read_number(typed, "triệu đồng", decimals=True)
    assert (reading.problem, reading.readings) == ("D42", "1234 hoặc 1,234")


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("597/726", "597 trong tổng số 726, hoặc kỳ này 597 và kỳ trước 726"),
        ("206/113", "206 trong tổng số 113, hoặc kỳ này 206 và kỳ trước 113"),
        ("3-1-2", "3 vụ, 1 người chết, 2 người bị thương, hoặc một ngày tháng"),
        ("12 vụ/15 đt", "một trong các số 12; 15"),
        ("(5)", "5 hoặc -5"),
        ("1O", "10, nếu chữ cái lẫn trong số là chữ số"),
        ("1000.000", "1000 hoặc 1000000"),
        ("l2", "12, nếu chữ cái lẫn trong số là chữ số"),
        ("1e3", "1000"),
        ("1 2", "12 nếu bỏ dấu cách, hoặc nhiều số"),
        ("mười hai", "12, ghi bằng chữ"),
        ("12 (mười ba)", "12 hoặc 13"),
        (1.234, "1234 hoặc 1,234"),
    ],
)
def test_what_is_asked_names_how_it_could_be_meant(typed: CellValue, readings: str) -> None:
    assert read_number(typed, "vụ", decimals=False).readings == readings


@pytest.mark.parametrize(
    "typed",
    [
        "-",
        "KPS",
        "08",
        "1.234",
        "…",
        "02 vụ",
        "12.",
        "+3",
        "12 (mười hai)",
        "１２",
        11.999999999999998,
        "12\u00a0",
        "1\u200b2",
    ],
)
def test_what_was_read_otherwise_than_typed_says_why(typed: CellValue) -> None:
    assert read_number(typed, "vụ", decimals=False).why


@pytest.mark.parametrize("typed", [12.0, "", 0.0, "12", "0", 7])
def test_a_plain_number_and_a_blank_need_no_word(typed: CellValue) -> None:
    assert read_number(typed, "vụ", decimals=False).why == ""


@given(st.integers(min_value=0, max_value=10**11))
def test_every_way_of_grouping_reads_the_same(number: int) -> None:
    grouped = f"{number:,}"
    for text in (
        str(number),
        grouped,
        grouped.replace(",", "."),
        grouped.replace(",", "\u00a0"),
        f"0{number}",
    ):
        assert read_number(text, "vụ", decimals=False).value == number


@given(st.text(max_size=12))
def test_no_text_raises_or_becomes_a_fraction(text: str) -> None:
    reading = read_number(text, "vụ", decimals=False)
    assert reading.value is None or reading.value == int(reading.value)
    assert not (reading.value is not None and reading.problem)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("hai nghìn không trăm hai mươi mốt", 2021),
        ("một triệu hai trăm nghìn", 1_200_000),
        ("mười lăm", 15),
        ("hai mươi tư", 24),
        ("không", 0),
        ("hai nghìn ba triệu", None),
        ("hai nghìn ba nghìn", None),
        ("hai ba", None),
        ("mười mươi", None),
        ("trăm", None),
        ("nghìn", None),
        ("hai vụ", None),
        ("", None),
    ],
)
def test_numerals(words: str, number: int | None) -> None:
    assert read_numeral(words) == number
