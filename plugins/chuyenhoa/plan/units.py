"""Reads the dated units and their successions, and finds where the two tables contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from chuyenhoa.model.calendars import DAY
from chuyenhoa.model.plan import Window
from chuyenhoa.model.units import Identity, Succession, SuccessionKind, Unit, UnitRegister
from chuyenhoa.plan.entries import SUCCESSION, UNIT
from chuyenhoa.plan.sources import Located, Problems, parse, read_csv

UNITS_FILE = "units.csv"
SUCCESSIONS_FILE = "successions.csv"
UnitPlaces = Mapping[Identity, Located]
Edges = Sequence[tuple[Succession, Located]]


def read_register(folder: Path, problems: Problems) -> UnitRegister:
    """The register of `plans/units/`; what is wrong with it goes to `problems` with file and line."""
    units: dict[Identity, Unit] = {}
    places: dict[Identity, Located] = {}
    for at in read_csv(folder / UNITS_FILE, UNIT.columns, problems):
        unit = parse(at, UNIT.read, "unit", problems)
        if unit is None:
            continue
        if unit.identity in units:
            first = places[unit.identity].line
            problems.add(at, f"unit {_name(unit.identity)} is duplicated; first in line {first}")
            continue
        units[unit.identity], places[unit.identity] = unit, at
    if problems.has_unread_files:
        return UnitRegister((), ())
    rows = read_csv(folder / SUCCESSIONS_FILE, SUCCESSION.columns, problems)
    edges = [(edge, at) for at in rows if (edge := parse(at, SUCCESSION.read, "succession", problems))]
    # An edge with an unknown end stays out: the checks below look up both ends.
    known = [(edge, at) for edge, at in edges if _ends_known(edge, at, units, problems)]
    register = UnitRegister(tuple(units.values()), tuple(edge for edge, _ in known))
    _check_dates(register, places, problems)
    _check_successions(known, units, problems)
    _check_ends(register, places, problems)
    return register


def _name(identity: Identity) -> str:
    code, start = identity
    return f"{code} from {start}" if start else code


def _ends_known(edge: Succession, at: Located, units: Mapping[Identity, Unit], problems: Problems) -> bool:
    """Whether both ends are units, and the later one is later (else the register would run in a circle)."""
    unknown = [end for end in (edge.source, edge.target) if end not in units]
    for end in unknown:
        problems.add(at, f"succession: unknown unit {_name(end)}")
    if unknown:
        return False
    began, follows = edge.source[1], edge.target[1] or date.min
    # `register.heirs` walks from unit to unit until one is in force: in a circle it would never end.
    if follows <= (began or date.min):
        text = f"{_name(edge.source)} cannot go into {_name(edge.target)}, which is not later: a circle"
        problems.add(at, f"succession: {text}")
        return False
    return True


def _check_dates(register: UnitRegister, places: UnitPlaces, problems: Problems) -> None:
    """Units that end before they begin, and two units that bear one code on the same day."""
    by_code: dict[str, list[Unit]] = {}
    for unit in register.units:
        by_code.setdefault(unit.code, []).append(unit)
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            problems.add(places[unit.identity], f"unit {unit.code}: ends before it begins")
    for units in by_code.values():
        ordered = sorted(units, key=lambda unit: unit.valid_from or date.min)
        for one, other in pairwise(ordered):
            if other.valid_from and one.is_valid_on(other.valid_from):
                text = f"unit {_name(other.identity)} overlaps {_name(one.identity)}, which bears its code"
                problems.add(places[other.identity], text)


def _check_successions(edges: Edges, units: Mapping[Identity, Unit], problems: Problems) -> None:
    """Edges that do not meet in time, and kinds and extents that do not fit the edges beside them."""
    seen: set[tuple[Identity, Identity]] = set()
    for edge, at in edges:
        if (edge.source, edge.target) in seen:
            problems.add(at, f"succession of {_name(edge.source)} is duplicated")
        seen.add((edge.source, edge.target))
        ends, begins = units[edge.source].valid_to, edge.target[1]
        if begins and ends != begins - DAY:
            text = f"ends on {ends or 'no day'}, and {_name(edge.target)} follows it: a gap or an overlap"
            problems.add(at, f"succession: {_name(edge.source)} {text}")
        for text in _misfits(edge, [other for other, _ in edges]):
            problems.add(at, f"succession of {_name(edge.source)}: {text}")


def _misfits(edge: Succession, edges: Sequence[Succession]) -> list[str]:
    """What a succession says of itself and the others belie."""
    out_of = sum(other.source == edge.source for other in edges)
    into = sum(other.target == edge.target for other in edges)
    found = []
    if edge.is_whole and out_of > 1:
        found.append("is marked whole, but it went into several units")
    if not edge.is_whole and out_of == 1:
        found.append("is marked part, and where the rest went is not said")
    if (edge.kind is SuccessionKind.SPLIT) == edge.is_whole:
        found.append("a split goes in parts, a merger or a new name whole")
    elif edge.kind is SuccessionKind.MERGE and into == 1:
        found.append("a merger takes several units")
    elif edge.kind is SuccessionKind.RENAME and into > 1:
        found.append("a new name takes one unit, not several")
    return found


def _check_ends(register: UnitRegister, places: UnitPlaces, problems: Problems) -> None:
    """Units that end without an heir, and units that begin from nothing."""
    sources = {edge.source for edge in register.successions}
    targets = {edge.target for edge in register.successions}
    for unit in register.units:
        if unit.valid_to and unit.identity not in sources:
            text = f"unit {_name(unit.identity)} ends, and {SUCCESSIONS_FILE} does not say into what it went"
            problems.add(places[unit.identity], text)
        if unit.valid_from and unit.identity not in targets:
            text = (
                f"unit {_name(unit.identity)} begins, and {SUCCESSIONS_FILE} does not say what it came from"
            )
            problems.add(places[unit.identity], text)


def units_of(register: UnitRegister, windows: Sequence[Window]) -> tuple[Unit, ...]:
    """The units as they are named in a plan's windows; all, where it has none."""
    if not windows:
        return register.units
    return register.in_span(Window(min(w.start for w in windows), max(w.end for w in windows)))
