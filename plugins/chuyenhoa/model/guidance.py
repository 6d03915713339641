"""Letters that fill in criteria, and which edition of every criterion is in force on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chuyenhoa.model.criteria import Criterion


@dataclass(frozen=True)
class Guidance:
    """A letter that fills in criteria which waited for one, and may add others to their group."""

    number: str
    issued_on: date
    issuer: str
    title: str
    status: str
    criteria: tuple[Criterion, ...]


def criteria_in_force(
    criteria: Iterable[Criterion], letters: Iterable[Guidance], day: date
) -> tuple[Criterion, ...]:
    """The edition of every criterion that is in force on `day`.

    A letter counts from its date on; a later one replaces what an earlier one said of the same criterion. A
    criterion that only a letter has comes last in its group.
    """
    guided = {
        entry.code: entry
        for letter in letters
        if letter.issued_on <= day
        for entry in letter.criteria
        if entry.is_valid_on(day)
    }
    found = [guided.pop(entry.code, entry) for entry in criteria if entry.is_valid_on(day)]
    for entry in guided.values():
        # VI.2 of a letter stands behind VI.1 and not behind the last criterion: papers number group by group.
        behind = [number for number, known in enumerate(found, 1) if known.group == entry.group]
        found.insert(behind[-1] if behind else len(found), entry)
    return tuple(found)
