"""Covers a window day by day with reports of shorter windows, and names what is left open or told twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeVar

from chuyenhoa.model.calendars import DAY, Window

Part = TypeVar("Part")


def order_of(window: Window) -> tuple[object, ...]:
    """Sorts windows by their start, the longest first."""
    return (window.start, -window.days)


def cover(window: Window, parts: Sequence[tuple[Window, Part]]) -> list[tuple[Window, Part]]:
    """The coarsest sequence of parts that covers a window day by day; empty when there is none.

    `parts` are sorted by `order_of`; of two with the same window the first one is taken.
    """
    for index, (span, part) in enumerate(parts):
        if span.start != window.start or span.end > window.end:
            continue
        if span.end == window.end:
            return [(span, part)]
        rest = cover(Window(span.end + DAY, window.end), parts[index + 1 :])
        if rest:
            return [(span, part), *rest]
    return []


def gaps_in(window: Window, covered: Sequence[Window]) -> tuple[Window, ...]:
    """The stretches of a window that none of the others covers."""
    gaps = []
    day = window.start
    for part in sorted(covered, key=lambda part: part.start):
        if part.start > day:
            gaps.append(Window(day, part.start - DAY))
        day = max(day, part.end + DAY)
    if day <= window.end:
        gaps.append(Window(day, window.end))
    return tuple(gaps)


def crossings(parts: Sequence[tuple[Window, Part]]) -> list[tuple[Part, Part, Window]]:
    """Pairs that share days although neither lies inside the other, with the days they share."""
    return [
        (one, other, Window(max(a.start, b.start), min(a.end, b.end)))
        for (a, one), (b, other) in combinations(parts, 2)
        if a.overlaps(b) and not a.contains(b) and not b.contains(a)
    ]
