"""Marks figures that one merged cell gives for several places or indicators: whose are they?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from chuyenhoa.kit.readers.book import Flaw, Mark, Sheet

Spot = tuple[int, int]


def mark_shared(sheet: Sheet, spots: Collection[Spot]) -> Sheet:
    """The sheet with every figure marked that stands in a merged area over several figures.

    Args:
        sheet: the sheet.
        spots: the cells of figures as row and column, counted from 0.

    Returns:
        The sheet itself when there is none; a blank area is no figure.
    """
    found: dict[Spot, Mark] = {}
    first, last = min(spots, default=(0, 0))[0], max(spots, default=(0, 0))[0]
    for top, left, bottom, right in sheet.merges:
        # Nearly all merged areas are headings.
        if bottom < first or top > last or sheet.is_blank(top, left):
            continue
        inside = [(row, column) for row, column in spots if top <= row <= bottom and left <= column <= right]
        if len(inside) > 1:
            found |= dict.fromkeys(inside, Mark(Flaw.SHARED, shown(sheet, top, left)))
    return replace(sheet, marks={**found, **sheet.marks}) if found else sheet


def shown(sheet: Sheet, row: int, column: int) -> str:
    """What a merged cell shows, for a message."""
    value = sheet.value(row, column)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
