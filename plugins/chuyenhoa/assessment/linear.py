"""Sums of known and unknown figures, and whether numbers exist that satisfy conditions on them.

A blank cell is an unknown number of zero or more. Everything that a measure asks (a comparison, a zero
denominator) is a linear condition on such numbers, so "could this verdict still come out?" has an exact
answer: it can when the conditions have a solution. Exact numbers only; nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chuyenhoa.assessment.numbers import Number

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
