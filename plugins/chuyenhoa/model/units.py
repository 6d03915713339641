"""Administrative units between two dates, and which of them came from which: two maps, one history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from chuyenhoa.model.calendars import Window

# A unit's code with the day from which it was valid: codes are issued again, so neither is enough alone.
Identity = tuple[str, date | None]


@dataclass(frozen=True)
class Unit:
    """An administrative unit of commune level, as it was named between two dates.

    Where there is no district level any more (from 1 July 2025) the district's code and name are "".
    """

    code: str
    name: str
    kind: str
    district_code: str
    district_name: str
    valid_from: date | None
    valid_to: date | None = None
    legal_basis: str = ""
    province_code: str = ""
    province_name: str = ""
    status: str = "verified"

    @property
    def identity(self) -> Identity:
        """What distinguishes it from others that bore its code."""
        return self.code, self.valid_from

    @property
    def key(self) -> str:
        """Its identity as one word, as in `30742@2025-07-01`; the code alone where it has no first day."""
        return self.code if self.valid_from is None else f"{self.code}@{self.valid_from}"

    def is_valid_on(self, day: date) -> bool:
        """Whether it was in force on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class SuccessionKind(StrEnum):
    """What happened to a unit on the day on which another took its place."""

    MERGE = "merge"
    RENAME = "rename"
    """Name, kind or district changed, and the boundary stayed."""
    SPLIT = "split"


@dataclass(frozen=True)
class Succession:
    """One unit went, whole or in part, into another one."""

    source: Identity
    target: Identity
    kind: SuccessionKind
    is_whole: bool
    legal_basis: str = ""
    status: str = "verified"


@dataclass(frozen=True)
class UnitRegister:
    """Every unit with its dates, and what became of each."""

    units: tuple[Unit, ...] = ()
    successions: tuple[Succession, ...] = ()

    @cached_property
    def by_identity(self) -> Mapping[Identity, Unit]:
        """Units by code and first day."""
        return {unit.identity: unit for unit in self.units}

    @cached_property
    def _by_code(self) -> Mapping[str, tuple[Unit, ...]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.code, []).append(unit)
        return {code: tuple(units) for code, units in found.items()}

    @cached_property
    def _into(self) -> Mapping[Identity, tuple[Succession, ...]]:
        return _grouped((entry.target, entry) for entry in self.successions)

    @cached_property
    def _out_of(self) -> Mapping[Identity, tuple[Succession, ...]]:
        return _grouped((entry.source, entry) for entry in self.successions)

    def on(self, code: str, day: date) -> Unit | None:
        """The unit that bore a code on a day; None where none did."""
        return next((unit for unit in self._by_code.get(code, ()) if unit.is_valid_on(day)), None)

    def key_of(self, code: str, day: date) -> str:
        """What to file the figures of a code under, so that two units of one code are never mixed."""
        unit = self.on(code, day)
        return code if unit is None else unit.key

    def territory_of(self, code: str, day: date) -> str:
        """The key of the first unit with the boundary of the one that bears a code on a day.

        A new name is no new unit; the code alone where no unit bears it.
        """
        unit = self.on(code, day)
        if unit is None:
            return code
        while len(parts := self.parts_of(unit)) == 1:
            (unit,) = parts
        return unit.key

    def predecessors(self, unit: Unit) -> tuple[Unit, ...]:
        """The units that went into one, wholly or in part, in the order of the table."""
        return tuple(self.by_identity[entry.source] for entry in self._into.get(unit.identity, ()))

    def parts_of(self, unit: Unit) -> tuple[Unit, ...]:
        """The units whose figures add up to those of one; none where it took a part of any of them."""
        into = self._into.get(unit.identity, ())
        # One that came in part leaves no sum at all: how much of its figures came along nobody stated.
        return self.predecessors(unit) if all(entry.is_whole for entry in into) else ()

    def heirs(self, unit: Unit, day: date) -> tuple[Unit, ...]:
        """The units in force on a day to which a unit's territory belongs; itself while it lasts."""
        found: dict[Identity, Unit] = {}
        # 30730 → 30742 (1/2025) → 30742 (7/2025): one code, three units, so the walk is by identity. A unit
        # that was split has several heirs, and two of its parts may meet again in one.
        open_ones = [unit]
        while open_ones:
            entry = open_ones.pop(0)
            if entry.valid_to is None or day <= entry.valid_to:
                found[entry.identity] = entry
            else:
                open_ones += [self.by_identity[s.target] for s in self._out_of.get(entry.identity, ())]
        return tuple(found.values())

    def earlier_names(self, unit: Unit) -> tuple[str, ...]:
        """The names that the same territory bore before, newest first."""
        names = []
        while len(parts := self.parts_of(unit)) == 1:
            (unit,) = parts
            names.append(unit.name)
        return tuple(dict.fromkeys(names))

    def former(self, unit: Unit, day: date) -> tuple[Unit, ...]:
        """The units that held a unit's territory on an earlier day; itself where it was in force already."""
        found: dict[Identity, Unit] = {}
        open_ones = [unit]
        while open_ones:
            entry = open_ones.pop(0)
            if entry.is_valid_on(day):
                found[entry.identity] = entry
            else:
                open_ones += self.predecessors(entry)
        return tuple(found.values())

    def ancestors(self, unit: Unit) -> frozenset[str]:
        """The keys of every unit that one came from, however long ago."""
        found: set[str] = set()
        open_ones = list(self.predecessors(unit))
        while open_ones:
            entry = open_ones.pop()
            found.add(entry.key)
            open_ones += self.predecessors(entry)
        return frozenset(found)

    def has_moved(self, unit: Unit, since: date) -> bool:
        """Whether a unit's boundary is another than that of the unit it was on an earlier day."""
        while not unit.is_valid_on(since):
            parts = self.parts_of(unit)
            if len(parts) != 1:
                return True
            (unit,) = parts
        return False

    def in_span(self, span: Window) -> tuple[Unit, ...]:
        """The units of the last day of a span, and those of other codes that ended within it."""
        found: dict[str, Unit] = {}
        for unit in self.units:
            starts = unit.valid_from is None or unit.valid_from <= span.end
            if starts and (unit.valid_to is None or span.start <= unit.valid_to):
                known = found.get(unit.code)
                if known is None or not known.is_valid_on(span.end):
                    found[unit.code] = unit
        return tuple(found.values())


def _grouped(pairs: Iterable[tuple[Identity, Succession]]) -> Mapping[Identity, tuple[Succession, ...]]:
    found: dict[Identity, tuple[Succession, ...]] = {}
    for key, entry in pairs:
        found[key] = (*found.get(key, ()), entry)
    return found
