"""How numbers and dates are written in Vietnamese official texts; every stage writes them alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal


def format_number(value: Decimal | int) -> str:
    """Write a number with dots for thousands and a comma for decimals, as in `1.234,5`."""
    number = Decimal(value)
    whole, _, fraction = f"{abs(number):f}".partition(".")
    fraction = fraction.rstrip("0")
    sign = "-" if number < 0 else ""
    return sign + f"{int(whole):,}".replace(",", ".") + (f",{fraction}" if fraction else "")


def pad_day(day: date) -> str:
    """The day of the month in two digits."""
    return f"{day.day:02d}"


def pad_month(day: date) -> str:
    """Months 1 and 2 are padded so that they cannot be turned into 11 and 12 (Decree 30/2020, annex I)."""
    return f"{day.month:02d}" if day.month <= 2 else str(day.month)


def format_date(day: date) -> str:
    """Write a date as in `14/5/2021` and `22/02/2021`."""
    return f"{pad_day(day)}/{pad_month(day)}/{day.year}"
