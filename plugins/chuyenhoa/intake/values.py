"""Turns what a cell holds into an exact number, or says why it is none."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from chuyenhoa.intake.book import CellValue
from chuyenhoa.intake.words import ASKED_KEYS, MISSING_KEYS, ZERO_KEYS, clean_text, fold

LARGEST = Decimal(10) ** 12
"""Above it no count and no sum of money is possible; below it Excel's numbers are exact."""

DIGITS = re.compile(r"[0-9]+")
THOUSANDS = re.compile(r"[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*")
MIXED = re.compile(r"[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*([.,])[0-9]+")
FRACTION = re.compile(r"[0-9]+[.,][0-9]+")
NUMBER = re.compile(r"[0-9][0-9., ]*")
WITH_UNIT = re.compile(r"([0-9][0-9., ]*?) ?([^0-9., ].*)")


@dataclass(frozen=True)
class NumberReading:
    """A number as read; `problem` is a D-code, and then there is no value.

    `why` says why it was read otherwise than typed, and is empty when it was not.
    """

    value: Decimal | None = None
    problem: str = ""
    why: str = ""
    readings: str = ""


def read_number(value: CellValue, unit: str, decimals: bool) -> NumberReading:
    """Read the cell of an indicator.

    Args:
        value: what the cell holds; "" is blank.
        unit: the indicator's unit; behind a number it may be typed ("02 vụ").
        decimals: whether the indicator is money and may have decimals.

    Returns:
        The exact value, None for missing, or a problem. A negative number in a number cell is returned as it
        is: judging it is the rules' part.
    """
    if isinstance(value, bool):
        return NumberReading(problem="D38")
    if isinstance(value, date | datetime | time | timedelta):
        return NumberReading(problem="D37")
    if isinstance(value, int | float):
        return _read_typed(value, decimals)
    return _read_text(clean_text(value), unit, decimals)


def _read_typed(value: float, decimals: bool) -> NumberReading:
    """A number cell; its shortest decimal form is what Excel shows and stores."""
    if not math.isfinite(value):
        return NumberReading(problem="D33")
    exact = Decimal(repr(value))
    return _bound(exact, decimals)


def _bound(exact: Decimal, decimals: bool, why: str = "") -> NumberReading:
    """The last checks that every number passes."""
    if abs(exact) > LARGEST:
        return NumberReading(problem="D43")
    if exact == exact.to_integral_value():
        return NumberReading(Decimal(int(exact)), why=why)
    if not decimals:
        return NumberReading(problem="D34")
    return NumberReading(exact, why=why)


def _read_text(text: str, unit: str, decimals: bool) -> NumberReading:
    """A text cell: a word for nothing, for missing, or digits in one of the ways people type them."""
    key = fold(text)
    if not key:
        return NumberReading()
    if key in ZERO_KEYS:
        return NumberReading(Decimal(0), why="không phát sinh, ghi là 0")
    if key in MISSING_KEYS or text in MISSING_KEYS:
        return NumberReading(why="chưa có số liệu, để trống")
    if key in ASKED_KEYS:
        return NumberReading(problem="D41")
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if "%" in plain and NUMBER.fullmatch(plain.replace("%", "").strip()):
        return NumberReading(problem="D36")
    if re.fullmatch(r"[-−–] ?[0-9][0-9., ]*", plain):
        return NumberReading(problem="D35")
    with_unit = WITH_UNIT.fullmatch(plain)
    if with_unit and fold(with_unit[2]) == fold(unit):
        plain = with_unit[1]
    return _read_digits(plain, decimals)


def _read_digits(plain: str, decimals: bool) -> NumberReading:
    """Digits with or without separators; Vietnamese style groups with a point and has a decimal comma."""
    if DIGITS.fullmatch(plain):
        return _bound(Decimal(plain), decimals, "số ghi dạng chữ")
    if THOUSANDS.fullmatch(plain):
        whole = Decimal(re.sub(r"[., ]", "", plain))
        if decimals and len(re.findall(r"[.,]", plain)) == 1:
            fraction = Decimal(plain.replace(",", "."))
            shown = f"{whole} hoặc {str(fraction).replace('.', ',')}"
            return NumberReading(problem="D42", readings=shown)
        return _bound(whole, decimals, "dấu phân cách hàng nghìn")
    mixed = MIXED.fullmatch(plain)
    if mixed and mixed[1] != mixed[2]:
        head, _, tail = plain.rpartition(mixed[2])
        return _bound(Decimal(re.sub(r"[., ]", "", head) + "." + tail), decimals, "dấu phân cách trong số")
    if FRACTION.fullmatch(plain):
        return _bound(Decimal(plain.replace(",", ".")), decimals, "dấu thập phân trong số ghi dạng chữ")
    return NumberReading(problem="D33")
