"""The numbers of official documents, one row a rule: what is printed, and what stays traced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chuyenhoa.reporting.wording import numbers
from chuyenhoa.reporting.wording.provenance import MARK, Figure, Marked

FIVE, TEN = Figure(5, "A:C:1"), Figure(10, "B:C:1")


@pytest.mark.parametrize(
    ("value", "text", "rule"),
    [
        (3, "+3", "a rise has its sign"),
        (1234, "+1.234", "thousands have dots behind the sign as well"),
        (Decimal("0.5"), "+0,5", "a rise of less than one has its sign"),
        (0, "0", "no change has no sign"),
        (Decimal("0.00"), "0", "no change has no sign, however it was computed"),
        (-849, "-849", "a fall has its sign"),
        (Decimal("-0.5"), "-0,5", "a fall of less than one has its sign"),
    ],
)
def test_format_signed(value: Decimal | int, text: str, rule: str) -> None:
    assert numbers.format_signed(value) == text, rule


@pytest.mark.parametrize(
    ("value", "text", "rule"),
    [
        (0, "0", "nothing is not padded"),
        (1, "01", "below ten it is padded"),
        (9, "09", "below ten it is padded"),
        (10, "10", "from ten on it is not"),
        (-3, "-3", "what is taken away is not padded"),
        (Decimal("2.5"), "2,5", "what has decimals is not padded"),
        (Decimal("7.0"), "07", "decimals that say nothing do not count"),
        (1234, "1.234", "thousands have dots"),
    ],
)
def test_format_count(value: Decimal | int, text: str, rule: str) -> None:
    assert numbers.format_count(value) == text, rule


@pytest.mark.parametrize(
    ("part", "whole", "text", "rule"),
    [
        (1, 1, "100%", "all is said without decimals"),
        (0, 7, "0%", "nothing is said without decimals"),
        (1, 8, "12,50%", "two decimals otherwise"),
        (1, 800, "0,13%", "half is rounded up"),
        (1, 30_000, "dưới 0,01%", "too little to show is not nothing"),
        (29_999, 30_000, "trên 99,99%", "nearly all is not all"),
        (30_001, 30_000, "trên 100%", "a little more than all is not all either"),
        (99, 10, "990,00%", "a rise may be more than all"),
        (123_456, 10, "1.234.560,00%", "thousands have dots"),
    ],
)
def test_format_share(part: int, whole: int, text: str, rule: str) -> None:
    assert numbers.format_share(part, whole) == text, rule


def test_a_share_of_nothing_has_no_percentage() -> None:
    with pytest.raises(ZeroDivisionError, match="A share of nothing"):
        numbers.format_share(0, 0)


@pytest.mark.parametrize(
    ("printed", "expression", "rule"),
    [
        (numbers.format_number(FIVE), "N=A:C:1", "a figure keeps its expression"),
        (numbers.format_count(FIVE), "C=A:C:1", "a count says how it is printed"),
        (numbers.format_signed(FIVE), "S=A:C:1", "so does a difference"),
        (numbers.format_share(FIVE, TEN), "P=SHARE(A:C:1;B:C:1)", "a share keeps those of both"),
        (numbers.format_share(FIVE, 10), "P=SHARE(A:C:1;10)", "one figure is enough: the part"),
        (numbers.format_share(5, TEN), "P=SHARE(5;B:C:1)", "one figure is enough: the whole"),
    ],
)
def test_a_figure_is_traced_however_it_is_printed(printed: str, expression: str, rule: str) -> None:
    (found,) = MARK.findall(printed)
    assert found == (expression, str(Marked(printed))), rule


@pytest.mark.parametrize(
    "printed",
    [
        numbers.format_number(5),
        numbers.format_count(5),
        numbers.format_signed(5),
        numbers.format_share(5, 10),
    ],
)
def test_any_other_number_is_plain_text(printed: str) -> None:
    assert MARK.findall(printed) == []


@pytest.mark.parametrize(
    ("number", "text", "rule"),
    [
        ("7", "07", "below ten it is padded (Decree 30/2020, annex I, II.3)"),
        (" 12 ", "12", "blanks around it are not part of it"),
        ("152/BC-BCĐ", "152/BC-BCĐ", "one with a symbol stays as it is"),
    ],
)
def test_format_document_number(number: str, text: str, rule: str) -> None:
    assert numbers.format_document_number(number) == text, rule


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2021, 1, 5), "ngày 05 tháng 01 năm 2021"),
        (date(2021, 2, 5), "ngày 05 tháng 02 năm 2021"),
        (date(2021, 3, 25), "ngày 25 tháng 3 năm 2021"),
    ],
)
def test_format_long_date(day: date, text: str) -> None:
    assert numbers.format_long_date(day) == text
