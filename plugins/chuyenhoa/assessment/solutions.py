"""Whether a formula on unknown figures can hold: exact, whole numbers as such, and within a limit of work.

Conditions are solved by the Omega test (W. Pugh, 1991): one unknown after another is replaced by what its
bounds demand of the rest, as in Fourier-Motzkin elimination, with every condition on whole numbers tightened
to what whole numbers can meet, and a second look where that is not yet the whole truth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chuyenhoa.assessment.linear import Condition, Formula, Some, Unknown
from chuyenhoa.assessment.numbers import Number


class LimitReachedError(Exception):
    """An answer would take more work than it is allowed."""


@dataclass
class Work:
    """Counts elementary steps (one row of a system written once) up to a limit."""

    limit: int
    steps: int = 0
    is_exhausted: bool = False
    """Whether some question was left open for want of steps."""

    def spend(self, steps: int = 1) -> None:
        """Take steps.

        Raises:
            LimitReachedError: there are none left.
        """
        self.steps += steps
        if self.steps > self.limit:
            self.is_exhausted = True
            raise LimitReachedError


def may_hold(formula: Formula, work: Work) -> bool:
    """Whether unknowns exist with which a formula holds; true as well where the limit is reached first.

    So "no" is always proved, and "yes" is proved unless `work` is exhausted.
    """
    if work.is_exhausted:
        return True
    try:
        return _search([], [formula], work)
    except LimitReachedError:
        return True


def _search(given: Sequence[Condition], demanded: Sequence[Formula], work: Work) -> bool:
    """Whether all of `given` and `demanded` hold together for some unknowns."""
    conditions, choices = list(given), []
    pending = list(demanded)
    while pending:
        formula = pending.pop()
        work.spend()
        if isinstance(formula, Condition):
            conditions.append(formula)
        elif formula.count == len(formula.parts):
            pending += formula.parts
        elif formula.count > len(formula.parts):
            return False
        elif formula.count > 0:
            choices.append(formula)
    # Looked at before every choice: two conditions that exclude each other (x < 5, x > 7) rule out all that
    # later choices could add.
    if not have_solution(conditions, work):
        return False
    if not choices:
        return True
    choices.sort(key=lambda choice: len(choice.parts))
    choice, *others = choices
    first, *rest = choice.parts
    return _search(conditions, [first, Some(choice.count - 1, tuple(rest)), *others], work) or _search(
        conditions, [Some(choice.count, tuple(rest)), *others], work
    )


def have_solution(conditions: Sequence[Condition], work: Work) -> bool:
    """Whether unknowns exist that meet all conditions at once.

    Raises:
        LimitReachedError: that would take more work than is left.
    """
    # Where the least of every figure meets them all there is nothing to solve.
    if all(condition.holds() for condition in conditions):
        return True
    try:
        return _is_solvable(_system_of(conditions, work))
    except _ContradictionError:
        return False


class _ContradictionError(Exception):
    """Rows that no numbers meet."""


Key = tuple[tuple[int, int], ...]
"""Unknowns by number with their multiples, in order and without a common factor."""


@dataclass
class _System:
    """Rows "sum + constant >= 0" ("> 0" where strict): of all rows with the same sum the tightest one."""

    whole: list[bool]
    """By an unknown's number whether it is a whole number."""
    work: Work
    rows: dict[Key, tuple[Number, bool]]
    equality: Key | None = None
    """A sum that two opposite rows fix."""

    def fresh(self) -> _System:
        """An empty system on the same unknowns."""
        return _System(self.whole, self.work, {})

    def add(self, multiples: Mapping[int, int], constant: Number, *, strict: bool = False) -> None:
        self.work.spend()
        terms = sorted((unknown, multiple) for unknown, multiple in multiples.items() if multiple)
        if not terms:
            if constant < 0 or (strict and constant == 0):
                raise _ContradictionError
            return
        factor = math.gcd(*(multiple for _, multiple in terms))
        if all(self.whole[unknown] for unknown, _ in terms):
            # 2x - 1 >= 0 is x >= 1 for cases: no outcome may hang on half a case. And x > 3 is x >= 4.
            constant = (math.ceil(constant) - 1 if strict else math.floor(constant)) // factor
            strict = False
        elif factor > 1:
            constant = Fraction(constant) / factor
        key = tuple((unknown, multiple // factor) for unknown, multiple in terms)
        self._keep(key, constant, strict=strict)

    def _keep(self, key: Key, constant: Number, *, strict: bool) -> None:
        known = self.rows.get(key)
        if known is not None and (known[0], not known[1]) <= (constant, not strict):
            return
        self.rows[key] = (constant, strict)
        opposite = self.rows.get(tuple((unknown, -multiple) for unknown, multiple in key))
        if opposite is not None:
            between = constant + opposite[0]
            if between < 0 or (between == 0 and (strict or opposite[1])):
                raise _ContradictionError
            if between == 0:
                self.equality = key


def _system_of(conditions: Sequence[Condition], work: Work) -> _System:
    """The conditions as rows, with the bounds of every unknown.

    Unknowns that stand in all conditions alike are one: of A + B >= 3 only the sum is of interest.
    """
    columns: dict[Unknown, list[tuple[int, Number]]] = {}
    for index, condition in enumerate(conditions):
        for unknown, multiple in condition.sum.multiples.items():
            columns.setdefault(unknown, []).append((index, multiple))
    alike: dict[tuple[object, ...], list[Unknown]] = {}
    for unknown, column in columns.items():
        alike.setdefault((unknown.whole, *column), []).append(unknown)
    number_of = {group[0]: number for number, group in enumerate(alike.values())}
    system = _System([unknown.whole for unknown in number_of], work, {})
    for group, number in zip(alike.values(), number_of.values(), strict=True):
        system.add({number: 1}, 0)
        rooms = [unknown.room for unknown in group]
        known = [room for room in rooms if room is not None]
        if len(known) == len(rooms):
            system.add({number: -1}, sum(known))
    for condition in conditions:
        named = {number_of[u]: m for u, m in condition.sum.multiples.items() if u in number_of}
        scale = math.lcm(*(multiple.denominator for multiple in named.values()))
        multiples = {unknown: int(multiple * scale) for unknown, multiple in named.items()}
        system.add(multiples, condition.sum.constant * scale, strict=condition.strict)
    return system


def _is_solvable(system: _System) -> bool:
    """Whether some numbers meet all rows; unknowns go one by one."""
    while system.rows:
        system.work.spend(len(system.rows))
        if system.equality is not None:
            system = _use_equality(system, system.equality)
            continue
        unknown, lows, highs = _next_unknown(system)
        if not lows or not highs:
            # Without a bound on one side some number is always large enough.
            system = _without(system, unknown)
        elif not system.whole[unknown] or _is_exact(lows, highs, unknown):
            system = _shadow(system, unknown, lows, highs, dark=False)
        else:
            return _has_whole(system, unknown, lows, highs)
    return True


def _is_possible(system: _System, unknown: int, lows: list[Key], highs: list[Key], *, dark: bool) -> bool:
    try:
        return _is_solvable(_shadow(system, unknown, lows, highs, dark=dark))
    except _ContradictionError:
        return False


def _multiple(key: Key, unknown: int) -> int:
    return next((multiple for other, multiple in key if other == unknown), 0)


def _next_unknown(system: _System) -> tuple[int, list[Key], list[Key]]:
    """The unknown to replace next, with the rows that bound it from below and from above.

    Money first: only what is left of it after that is a matter of whole numbers. Then whatever is exact, and
    the fewest new rows.
    """
    bounds: dict[int, tuple[list[Key], list[Key]]] = {}
    for key in system.rows:
        for unknown, multiple in key:
            bounds.setdefault(unknown, ([], []))[multiple < 0].append(key)

    def effort(entry: tuple[int, tuple[list[Key], list[Key]]]) -> tuple[object, ...]:
        unknown, (lows, highs) = entry
        is_free = not lows or not highs
        is_whole = system.whole[unknown]
        inexact = not is_free and is_whole and not _is_exact(lows, highs, unknown)
        return not is_free, is_whole, inexact, len(lows) * len(highs), unknown

    unknown, (lows, highs) = min(bounds.items(), key=effort)
    return unknown, lows, highs


def _is_exact(lows: Iterable[Key], highs: Iterable[Key], unknown: int) -> bool:
    """Whether whole numbers lie wherever fractions do: one side has a multiple of one in all of its rows."""
    return all(_multiple(key, unknown) == 1 for key in lows) or all(
        _multiple(key, unknown) == -1 for key in highs
    )


def _without(system: _System, unknown: int) -> _System:
    """The rows that do not name an unknown."""
    left = system.fresh()
    left.rows = {key: row for key, row in system.rows.items() if not _multiple(key, unknown)}
    return left


def _shadow(system: _System, unknown: int, lows: list[Key], highs: list[Key], *, dark: bool) -> _System:
    """The rows on the others under which some value of an unknown meets all.

    `dark` leaves enough room between its bounds for a whole number.
    """
    left = _without(system, unknown)
    for low in lows:
        for high in highs:
            # 2x + a >= 0 and -3x + b >= 0 give 3·(2x + a) + 2·(-3x + b) = 3a + 2b >= 0: x is gone, nothing is
            # rounded, and the result is strict as soon as one of the two is.
            up, down = _multiple(low, unknown), -_multiple(high, unknown)
            joined = _joined(low, down, high, up)
            (below, is_low_strict), (above, is_high_strict) = system.rows[low], system.rows[high]
            slack = (up - 1) * (down - 1) if dark else 0
            left.add(joined, below * down + above * up - slack, strict=is_low_strict or is_high_strict)
    return left


def _joined(one: Key, factor: int, other: Key, other_factor: int) -> dict[int, int]:
    joined = {unknown: multiple * factor for unknown, multiple in one}
    for unknown, multiple in other:
        joined[unknown] = joined.get(unknown, 0) + multiple * other_factor
    return joined


def _has_whole(system: _System, unknown: int, lows: list[Key], highs: list[Key]) -> bool:
    """The second look: between 2x >= 3y and 3x <= 4y + 1 fractions lie for many y, whole numbers for few."""
    if not _is_possible(system, unknown, lows, highs, dark=False):
        return False
    if _is_possible(system, unknown, lows, highs, dark=True):
        return True
    # A whole number that is left lies close above one of its lower bounds.
    steepest = max(-_multiple(high, unknown) for high in highs)
    for low in lows:
        up = _multiple(low, unknown)
        for above in range((up * steepest - up - steepest) // steepest + 1):
            if _is_solvable_at(system, low, above):
                return True
    return False


def _is_solvable_at(system: _System, low: Key, above: int) -> bool:
    """Whether all rows can be met with one of them exactly so much above zero."""
    fixed = system.fresh()
    fixed.rows = dict(system.rows)
    constant = system.rows[low][0] - above
    try:
        fixed.add(dict(low), constant)
        fixed.add({unknown: -multiple for unknown, multiple in low}, -constant)
        return _is_solvable(fixed)
    except _ContradictionError:
        return False


def _use_equality(system: _System, key: Key) -> _System:
    """The system without an unknown that an equality gives in terms of the others."""
    constant = system.rows[key][0]
    for unknown, multiple in sorted(key, key=lambda term: system.whole[term[0]]):
        if abs(multiple) == 1 or not system.whole[unknown]:
            return _replaced(system, unknown, dict(key), constant)
    # 3x + 5y = 7 gives no x without a fraction. With m = 3 + 1 and a new whole z: -x + y + 1 = 4z, so
    # x = y + 1 - 4z, and what is left of the equality has smaller multiples.
    unknown, multiple = min(key, key=lambda term: (abs(term[1]), term[0]))
    modulus = abs(multiple) + 1
    unit = {other: _near(factor, modulus) for other, factor in key}
    unit[len(system.whole)] = -modulus
    system.whole.append(True)
    return _replaced(system, unknown, unit, _near(int(constant), modulus))


def _near(value: int, modulus: int) -> int:
    """The remainder that is nearest to zero."""
    return value - modulus * ((2 * value + modulus) // (2 * modulus))


def _replaced(system: _System, unknown: int, equality: Mapping[int, int], constant: Number) -> _System:
    """All rows with an unknown replaced by means of "equality + constant = 0"."""
    left = system.fresh()
    size, sign = abs(equality[unknown]), 1 if equality[unknown] > 0 else -1
    fixed = tuple(equality.items())
    for key, (bound, strict) in system.rows.items():
        multiple = _multiple(key, unknown)
        factor = -sign * multiple
        left.add(_joined(key, size, fixed, factor), bound * size + constant * factor, strict=strict)
    return left
