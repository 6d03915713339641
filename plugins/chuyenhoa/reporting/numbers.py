"""Vietnamese conventions for counts, shares and dates in official documents."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chuyenhoa.model.vietnamese import format_date, format_number, pad_day, pad_month

__all__ = [
    "format_count",
    "format_date",
    "format_document_number",
    "format_long_date",
    "format_number",
    "format_share",
    "format_signed",
]

_CENT = Decimal("0.01")


def format_count(value: Decimal | int) -> str:
    """Write a count for prose: below ten it is padded, as in `08` (plan 121: "01 mô hình", "06 tháng")."""
    number = Decimal(value)
    if number == number.to_integral_value() and 0 < number < 10:
        return f"{int(number):02d}"
    return format_number(number)


def format_signed(value: Decimal | int) -> str:
    """Write a difference for a table: `+3`, `-849` or `0`."""
    number = Decimal(value)
    return f"+{format_number(number)}" if number > 0 else format_number(number)


def format_share(part: Decimal | int, whole: Decimal | int) -> str:
    """Write `part` of `whole` in percent: two decimals, rounded half up, as in `13,42%`.

    All is `100%` and nothing is `0%`; a part too small to show is `dưới 0,01%`, and one that is short of
    all by less `trên 99,99%`, so that rounding never says "all" or "nothing" of what is not.

    Raises:
        ZeroDivisionError: when `whole` is zero; the caller has to say "không xảy ra" instead.
    """
    top, bottom = Decimal(part), Decimal(whole)
    if bottom == 0:
        raise ZeroDivisionError("A share of nothing has no percentage.")
    if top in (0, bottom):
        return "100%" if top else "0%"
    rounded = (top * 100 / bottom).quantize(_CENT, rounding=ROUND_HALF_UP)
    if rounded == 0:
        return "dưới 0,01%"
    if rounded == 100:
        return "trên 99,99%" if top < bottom else "trên 100%"
    whole_part, _, fraction = f"{rounded:f}".partition(".")
    return f"{format_number(int(whole_part))},{fraction}%"


def format_long_date(day: date) -> str:
    """Write a date as in `ngày 05 tháng 01 năm 2021`."""
    return f"ngày {pad_day(day)} tháng {pad_month(day)} năm {day.year}"


def format_document_number(number: str) -> str:
    """Write the number of a document: below ten it is padded (Decree 30/2020, annex I, II.3)."""
    digits = number.strip()
    return f"{int(digits):02d}" if digits.isdecimal() else digits
