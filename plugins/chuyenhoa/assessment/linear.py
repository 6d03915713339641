"""Sums of known and unknown figures, and what is demanded of them.

A blank cell is an unknown number: a whole one, money aside, and one of zero or more when nothing else is
known of it. Everything that a measure asks (a comparison, a zero denominator) is a linear condition on such
numbers, and a verdict is a formula over conditions; `solutions` says whether a formula can still hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chuyenhoa.assessment.numbers import Number


class Unknown(NamedTuple):
    """What a figure may still be above the least that is known of it: from zero up to `room`.

    The same figure used twice is the same unknown. `room` None is without end; `whole` is false for money.
    """

    name: str
    window: str
    whole: bool = True
    room: Number | None = None


@dataclass(frozen=True)
class Linear:
    """A constant and a multiple of every unknown; an unknown with a multiple of zero is left out."""

    constant: Number = 0
    multiples: Mapping[Unknown, Number] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether no unknown is left in it."""
        return not self.multiples

    @property
    def least(self) -> Number | None:
        """The least that it can be; None without end."""
        return self._end(lowest=True)

    @property
    def most(self) -> Number | None:
        """The most that it can be; None without end."""
        return self._end(lowest=False)

    def _end(self, *, lowest: bool) -> Number | None:
        end = self.constant
        for unknown, multiple in self.multiples.items():
            if (multiple < 0) is lowest:
                if unknown.room is None:
                    return None
                end += multiple * unknown.room
        return end

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
        """Whether it holds with every unknown at its least; for a known sum, whether it holds."""
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


@dataclass(frozen=True)
class Some:
    """At least `count` of the parts hold: all of them, one of them, two of three."""

    count: int
    parts: tuple[Formula, ...] = ()


Formula = Condition | Some
ALWAYS, NEVER = Some(0), Some(1)


def some(count: int, parts: Iterable[Formula]) -> Formula:
    """At least `count` of the parts, without those that hold or fail whatever the unknowns are."""
    # Interval bounds first: most conditions are settled by the least and the most that their sums can be, and
    # what is settled costs nothing more.
    left: list[Formula] = []
    for part in parts:
        settled = _settle(part)
        if settled == ALWAYS:
            count -= 1
        elif settled != NEVER:
            left.append(settled)
    if count <= 0:
        return ALWAYS
    if count > len(left):
        return NEVER
    return left[0] if len(left) == 1 else Some(count, tuple(left))


def every(parts: Iterable[Formula]) -> Formula:
    """All of the parts."""
    listed = tuple(parts)
    return some(len(listed), listed)


def _settle(part: Formula) -> Formula:
    if isinstance(part, Some):
        return part
    least, most = part.sum.least, part.sum.most
    if least is not None and Condition(Linear(least), part.strict).holds():
        return ALWAYS
    if most is not None and not Condition(Linear(most), part.strict).holds():
        return NEVER
    return part


def unknowns_of(formula: Formula) -> set[Unknown]:
    """The unknowns on which a formula depends."""
    if isinstance(formula, Condition):
        return set(formula.sum.multiples)
    return {unknown for part in formula.parts for unknown in unknowns_of(part)}


def with_other(formula: Formula, unknown: Unknown) -> Formula:
    """The formula on a second value of an unknown, with all others the same."""
    if isinstance(formula, Some):
        return Some(formula.count, tuple(with_other(part, unknown) for part in formula.parts))
    if unknown not in formula.sum.multiples:
        return formula
    other = unknown._replace(window=f"other {unknown.window}")
    multiples = {other if key == unknown else key: value for key, value in formula.sum.multiples.items()}
    return Condition(Linear(formula.sum.constant, multiples), formula.strict)
