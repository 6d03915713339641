"""Vietnamese number conventions, on the vectors that published reports print (domain notes 2.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chuyenhoa.reporting.wording.numbers import (
    format_count,
    format_document_number,
    format_long_date,
    format_number,
    format_share,
    format_signed,
)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (2313, 2742, "84,35%"),
        (171, 2913, "5,87%"),
        (265, 2578, "10,28%"),
        (1381, 6355, "21,73%"),
        (69, 94, "73,40%"),
        (403, 649, "62,10%"),
        (151, 177, "85,31%"),
        (654, 1774, "36,87%"),
        (126, 507, "24,85%"),
        (46, 173, "26,59%"),
        (849, 6327, "13,42%"),
        (543, 742, "73,18%"),
        (1, 800, "0,13%"),
        (4, 5, "80,00%"),
        (5, 5, "100%"),
        (0, 5, "0%"),
        (1, 100_000, "dưới 0,01%"),
        (99_999, 100_000, "trên 99,99%"),
        (100_001, 100_000, "trên 100%"),
        (30, 2, "1.500,00%"),
    ],
)
def test_shares_are_rounded_half_up_to_two_decimals(part: int, whole: int, text: str) -> None:
    assert format_share(part, whole) == text


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        format_share(0, 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "01"), (8, "08"), (9, "09"), (10, "10"), (2742, "2.742"), (53277, "53.277")],
)
def test_counts_below_ten_are_padded(value: int, text: str) -> None:
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("8.5", "8,5"),
        ("1234567.50", "1.234.567,5"),
        ("-1234", "-1.234"),
        ("8.00", "8"),
        ("1E+3", "1.000"),
    ],
)
def test_numbers_carry_dots_and_a_comma(value: str, text: str) -> None:
    assert format_number(Decimal(value)) == text


def test_money_below_ten_is_not_padded() -> None:
    assert format_count(Decimal("2.5")) == "2,5"


@pytest.mark.parametrize(("value", "text"), [(3, "+3"), (-849, "-849"), (0, "0"), (1200, "+1.200")])
def test_differences_carry_their_sign(value: int, text: str) -> None:
    assert format_signed(value) == text


def test_long_dates() -> None:
    assert format_long_date(date(2021, 1, 5)) == "ngày 05 tháng 01 năm 2021"
    assert format_long_date(date(2021, 12, 20)) == "ngày 20 tháng 12 năm 2021"


@pytest.mark.parametrize(
    ("number", "text"), [("9", "09"), ("152", "152"), (" 7 ", "07"), ("12/BC-BCĐ", "12/BC-BCĐ")]
)
def test_document_numbers(number: str, text: str) -> None:
    assert format_document_number(number) == text
