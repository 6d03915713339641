"""Exact numbers: known ones as Vietnamese official texts print them, and sums of known and unknown ones.

A blank cell is an unknown number of zero or more. Everything that a measure asks (a comparison, a zero
denominator) is a linear condition on such numbers, so "could this verdict still come out?" has an exact
answer: it can when the conditions have a solution. Nothing is ever rounded but what is printed: with comma
decimals, dots between thousands, halves up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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


# A missing figure: indicator and window. The same figure used twice is the same unknown.
Unknown = tuple[str, ...]


@dataclass(frozen=True)
class Linear:
    """A constant and a multiple of every unknown; an unknown with a multiple of zero is left out."""

    constant: Number = 0
    multiples: Mapping[Unknown, Number] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether no unknown is left in it."""
        return not self.multiples

    def __add__(self, other: Linear) -> Linear:
        if not self.multiples and not other.multiples:
            return Linear(self.constant + other.constant)
        sums = {
            unknown: self.multiples.get(unknown, 0) + other.multiples.get(unknown, 0)
            for unknown in {**self.multiples, **other.multiples}
        }
        # x - x is no unknown any more: what cancels out is known, and so may decide.
        kept = {unknown: multiple for unknown, multiple in sums.items() if multiple}
        return Linear(self.constant + other.constant, kept)

    def __sub__(self, other: Linear) -> Linear:
        return self + other.times(-1)

    def times(self, factor: Number) -> Linear:
        """This sum multiplied by a number other than zero, or nothing at all for zero."""
        if not factor:
            return Linear()
        if not self.multiples:
            return Linear(self.constant * factor)
        multiples = {unknown: multiple * factor for unknown, multiple in self.multiples.items()}
        return Linear(self.constant * factor, multiples)


@dataclass(frozen=True)
class Condition:
    """A demand on a sum: zero or more, or more than zero when `strict`."""

    sum: Linear
    strict: bool = False

    def holds(self) -> bool:
        """Whether it holds; asked only when no unknown is left."""
        return self.sum.constant > 0 if self.strict else self.sum.constant >= 0


def is_positive(total: Linear) -> tuple[Condition, ...]:
    """The demand that a sum is more than zero."""
    return (Condition(total, strict=True),)


def is_zero(total: Linear) -> tuple[Condition, ...]:
    """The demand that a sum is exactly zero."""
    return (Condition(total), Condition(total.times(-1)))


def is_negative(total: Linear) -> tuple[Condition, ...]:
    """The demand that a sum is less than zero."""
    return (Condition(total.times(-1), strict=True),)


def is_possible(conditions: Iterable[Condition]) -> bool:
    """Whether unknowns of zero or more exist that meet all conditions at once.

    Fourier-Motzkin elimination: one unknown after another is replaced by what its bounds demand of the rest.
    """
    rows = []
    for condition in conditions:
        if not condition.sum.is_known:
            rows.append(condition)
        elif not condition.holds():
            return False
    # x + y < 5 and x > 7: without x, y < -2; with y >= 0, which is a row as well, there is no solution.
    # Rows may multiply at each step: this serves the handful of blanks of a criterion, not dozens.
    unknowns = dict.fromkeys(unknown for row in rows for unknown in row.sum.multiples)
    rows += [Condition(Linear(multiples={unknown: 1})) for unknown in unknowns]
    for unknown in unknowns:
        rows = _eliminate(unknown, rows)
    return all(row.holds() for row in rows)


def _eliminate(unknown: Unknown, rows: list[Condition]) -> list[Condition]:
    """The conditions on the other unknowns under which some value of this one meets all rows."""
    from_below = [row for row in rows if row.sum.multiples.get(unknown, 0) > 0]
    from_above = [row for row in rows if row.sum.multiples.get(unknown, 0) < 0]
    kept = [row for row in rows if unknown not in row.sum.multiples]
    for low in from_below:
        for high in from_above:
            # 2x + a >= 0 and -3x + b >= 0 give 3·(2x + a) + 2·(-3x + b) = 3a + 2b >= 0: x is gone, nothing is
            # rounded, and the result is strict as soon as one of the two is.
            joined = low.sum.times(-high.sum.multiples[unknown]) + high.sum.times(low.sum.multiples[unknown])
            kept.append(Condition(joined, low.strict or high.strict))
    return kept
