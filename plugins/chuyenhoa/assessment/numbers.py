"""Exact numbers as Vietnamese official texts print them: comma decimals, dots between thousands, halves up.

Nothing is ever rounded but what is printed.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_PERCENT_DECIMALS = 2

# An exact number; whole ones are integers, since arithmetic on fractions costs many times as much.
Number = int | Fraction


def exact(value: Decimal) -> Number:
    """A stored figure or limit as an exact number."""
    whole = int(value)
    return whole if whole == value else Fraction(value)


def number_text(value: Number) -> str:
    """An exact figure: 1234 is "1.234", 5/2 is "2,5", and a third, which has no end, is "(1/3)"."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    decimals = _decimals_of(value.denominator)
    return f"({value.numerator}/{value.denominator})" if decimals is None else _fixed_text(value, decimals)


def _decimals_of(denominator: int) -> int | None:
    """How many decimals a fraction with this denominator has; None when they never end."""
    decimals = 0
    while denominator > 1:
        shared = math.gcd(denominator, 10)
        if shared == 1:
            return None
        denominator //= shared
        decimals += 1
    return decimals


def percent_text(share: Fraction, limit: Number) -> str:
    """A share as a percentage with two decimals, rounded half up: 2313/2742 is "84,35%".

    More decimals are shown where two would put it on the other side of the limit (in percent), or onto it:
    79,996 % against 80 must not read "80,00%". For show only: nothing is compared with what is printed.
    """
    # 19999/25000 = 79,996 %: at two decimals "80,00%" stands beside "không đạt". So a third decimal is shown.
    percent = share * 100
    decimals = _PERCENT_DECIMALS
    while _side(_round_half_up(percent, decimals), limit) != _side(percent, limit):
        decimals += 1
    return f"{_fixed_text(percent, decimals)}%"


@lru_cache(maxsize=10_000)
def canonical_text(value: Decimal) -> str:
    """The one way to write a figure for machines: 12.0 is "12", 12.50 is "12.5"; never an exponent."""
    whole = int(value)
    if whole == value:
        return str(whole)
    return format(value, "f").rstrip("0")


def _side(value: Fraction, limit: Number) -> int:
    return (value > limit) - (value < limit)


def _round_half_up(value: Fraction, decimals: int) -> Fraction:
    """Rounded to so many decimals, halves away from zero."""
    scale = 10**decimals
    # 40/649 in percent is 6,1633…: (2·|n|·100 + d) // 2d rounds it in whole numbers. Decimal and float would
    # round halves to even or up by an error in the last bit: 0,125 is to be 0,13.
    size = (2 * abs(value.numerator) * scale + value.denominator) // (2 * value.denominator)
    return Fraction(size if value >= 0 else -size, scale)


def _fixed_text(value: Fraction, decimals: int) -> str:
    rounded = _round_half_up(value, decimals)
    whole, rest = divmod(abs(rounded.numerator * 10**decimals // rounded.denominator), 10**decimals)
    sign = "-" if rounded < 0 else ""
    thousands = f"{whole:,}".replace(",", ".")
    return f"{sign}{thousands}" + (f",{rest:0{decimals}d}" if decimals else "")
