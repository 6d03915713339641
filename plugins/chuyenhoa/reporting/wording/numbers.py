"""Vietnamese conventions for counts, shares and dates in official documents."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chuyenhoa.kit.vietnamese_text.formatting import format_date, pad_day, pad_month
from chuyenhoa.kit.vietnamese_text.formatting import format_number as _write
from chuyenhoa.reporting.wording.provenance import Figure, mark

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


def format_number(value: Decimal | int) -> str:
    """Write a number with dots for thousands and a comma for decimals, as in `1.234,5`."""
    return mark("N", value, _write(value))


def format_count(value: Decimal | int) -> str:
    """Write a count for prose: below ten it is padded, as in `08` (plan 121: "01 mô hình", "06 tháng")."""
    number = Decimal(value)
    if number == number.to_integral_value() and 0 < number < 10:
        return mark("C", value, f"{int(number):02d}")
    return mark("C", value, _write(number))


def format_signed(value: Decimal | int) -> str:
    """Write a difference for a table: `+3`, `-849` or `0`."""
    number = Decimal(value)
    return mark("S", value, f"+{_write(number)}" if number > 0 else _write(number))


def format_share(part: Decimal | int, whole: Decimal | int) -> str:
    """Write `part` of `whole` in percent: two decimals, rounded half up, as in `13,42%`.

    All is `100%` and nothing is `0%`; a part too small to show is `dưới 0,01%`, and one that is short of
    all by less `trên 99,99%`, so that rounding never says "all" or "nothing" of what is not.

    Raises:
        ZeroDivisionError: when `whole` is zero; the caller has to say "không xảy ra" instead.
    """
    share = f"SHARE({_expression(part)};{_expression(whole)})"
    # One of the two is enough: a share of a figure in a plain number is computed from that figure as well.
    is_figure = isinstance(part, Figure) or isinstance(whole, Figure)
    return mark("P", Figure(0, share) if is_figure else 0, _write_share(Decimal(part), Decimal(whole)))


def _expression(value: Decimal | int) -> str:
    return value.expression if isinstance(value, Figure) else str(value)


def _write_share(top: Decimal, bottom: Decimal) -> str:
    if bottom == 0:
        raise ZeroDivisionError("A share of nothing has no percentage.")
    if top in (0, bottom):
        return "100%" if top else "0%"
    rounded = (top * 100 / bottom).quantize(_CENT, rounding=ROUND_HALF_UP)
    # 1 of 30.000 would print as 0,00%, which says "none"; 29.999 of 30.000 as 100,00%, which says "all".
    if rounded == 0:
        return "dưới 0,01%"
    if rounded == 100:
        return "trên 99,99%" if top < bottom else "trên 100%"
    whole_part, _, fraction = f"{rounded:f}".partition(".")
    return f"{_write(int(whole_part))},{fraction}%"


def format_long_date(day: date) -> str:
    """Write a date as in `ngày 05 tháng 01 năm 2021`."""
    return f"ngày {pad_day(day)} tháng {pad_month(day)} năm {day.year}"


def format_document_number(number: str) -> str:
    """Write the number of a document: below ten it is padded (Decree 30/2020, annex I, II.3)."""
    digits = number.strip()
    return f"{int(digits):02d}" if digits.isdecimal() else digits
