"""What a plan can be run with and nobody can mean: entries without effect, limits out of range.

`load_plan` takes such a plan, so that one which has run for months is not stopped by a new version; `plan
check` refuses it (decision 0040).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pydantic

from chuyenhoa.model.criteria import Direction, Threshold
from chuyenhoa.model.plan import IndicatorKind, Plan
from chuyenhoa.plan.checks import Check
from chuyenhoa.plan.criterion_entries import (
    ChangeEntry,
    CombinedEntry,
    CompareEntry,
    DeclarationEntry,
    GuidanceEntry,
    Limit,
    LimitedEntry,
    MeasureEntry,
    RatioEntry,
    TypeEntry,
    ValueEntry,
)
from chuyenhoa.plan.names import plain_key
from chuyenhoa.plan.sources import Located, Path_

HUNDRED = 100
SIDES = (("numerator", "denominator"), ("left", "right"))
SUMS = ("of", *SIDES[0], *SIDES[1])
LeafEntry = DeclarationEntry | ValueEntry | RatioEntry | ChangeEntry | CompareEntry | GuidanceEntry
# Where in an entry something is wrong, and what.
Fault = tuple[Path_, str]


class _Entry(pydantic.BaseModel):
    """The parts of a criterion's entry that say how it is measured; what they hold was read before."""

    measure: MeasureEntry
    threshold: Limit | None = None
    by_type: tuple[TypeEntry, ...] = ()
    applies_to_types: tuple[int, ...]

    @property
    def is_all_special(self) -> bool:
        """Whether every type to which the criterion applies is measured by an entry of its own."""
        named = {one for special in self.by_type for one in special.types}
        return set(self.applies_to_types) <= named


@dataclass(frozen=True)
class _Leaf:
    """One measure without parts, where it stands, and the limit that counts for it."""

    entry: LeafEntry
    path: Path_
    limit: Threshold | None
    limit_path: Path_

    @property
    def has_own(self) -> bool:
        return getattr(self.entry, "threshold", None) is not None

    @property
    def is_limited(self) -> bool:
        """Whether a number decides; "không để xảy ra" is 0, whatever a threshold says."""
        return isinstance(self.entry, LimitedEntry) and self.entry.kind != "zero_event"


def check_effects(check: Check) -> None:
    """Note every entry that has no effect or cannot be meant, at its line."""
    for (what, key), at in check.places.items():
        if what == "criterion":
            _check_criterion(check, at, f"criterion {key}")
        elif what == "guidance":
            for entry in at.part("criteria").items():
                _check_criterion(check, entry, f"guidance {key}: criterion {entry.part('code').data}")
        elif what == "indicator" and at.part("moment").data and at.part("kind").data == IndicatorKind.FLOW:
            check.blame(what, key, "a flow is counted inside the window, so that `moment` has no effect")
    _check_decimal_units(check)
    _check_periods(check)
    _check_submitters(check)


def _check_decimal_units(check: Check) -> None:
    at, used = check.places["plan", ""], {indicator.unit for indicator in check.plan.indicators}
    for unit in at.part("decimal_units").items():
        if unit.data not in used:
            text = (
                f"plan: no indicator is counted in {unit.data!r}, so that `decimal_units` has no effect on it"
            )
            check.problems.add(unit, text)


def _check_periods(check: Check) -> None:
    """Labels that two periods share: the head of a file names its period by them."""
    by_label: dict[str, str] = {}
    for period in check.plan.periods:
        first = by_label.setdefault(plain_key(period.label), period.id)
        if first != period.id:
            check.blame("period", period.id, f"its label is that of {first}", ("label",))


def _check_submitters(check: Check) -> None:
    """Boards of districts and communes that were none in the plan's windows."""
    units = check.plan.units
    known = {
        "district_board": {unit.district_code for unit in units},
        "commune_board": {unit.code for unit in units},
    }
    for submitter in check.plan.submitters:
        if submitter.code not in known.get(submitter.kind, {submitter.code}):
            noun = submitter.kind.removesuffix("_board")
            check.blame("submitter", submitter.code, f"units.csv has no {noun} {submitter.code}")


def _check_criterion(check: Check, at: Located, name: str) -> None:
    entry = _Entry.model_validate(at.data)
    for path, text in dict.fromkeys(_faults(entry, check.plan)):
        check.problems.add(at, f"{name}: {text}", path)


def _faults(entry: _Entry, plan: Plan) -> Iterator[Fault]:
    """Every limit of a criterion can be missed and reached, and has an effect."""
    place: Path_ = ("threshold",)
    leaves = list(_leaves(entry.measure, ("measure",), entry.threshold, place))
    takers = [] if entry.is_all_special else [*leaves]
    for number, special in enumerate(entry.by_type):
        own = special.threshold
        limit_path = ("by_type", number, "threshold") if own else place
        path: Path_ = ("by_type", number, "measure") if special.measure else ("measure",)
        found = list(_leaves(special.measure or entry.measure, path, own or entry.threshold, limit_path))
        leaves += found
        takers += [] if own else found
        yield from _idle(own, limit_path, found)
        yield from _repeated_parts(special.measure or entry.measure, path)
        if special.measure in (None, entry.measure) and special.threshold in (None, entry.threshold):
            yield ("by_type", number), f"by_type: {special.types} says what counts for all; leave it out"
    if entry.is_all_special and all(special.measure for special in entry.by_type):
        yield ("by_type",), "by_type: names every type, so that the criterion's own measure has no effect"
    yield from _idle(entry.threshold, place, takers)
    yield from _repeated_parts(entry.measure, ("measure",))
    for leaf in leaves:
        yield from _leaf_faults(leaf)
    yield from _unit_faults(leaves, plan)
    yield from _whole_faults(leaves, plan)


def _leaves(
    measure: MeasureEntry, path: Path_, limit: Threshold | None, limit_path: Path_
) -> Iterator[_Leaf]:
    if isinstance(measure, CombinedEntry):
        for number, part in enumerate(measure.parts):
            yield from _leaves(part, (*path, "parts", number), limit, limit_path)
    elif (own := getattr(measure, "threshold", None)) is not None:
        yield _Leaf(measure, path, own, (*path, "threshold"))
    else:
        yield _Leaf(measure, path, limit, limit_path)


def _leaf_faults(leaf: _Leaf) -> Iterator[Fault]:
    """A limit that every figure or none passes, that turns the sense, and sums that say nothing."""
    entry = leaf.entry
    if leaf.limit and leaf.is_limited and (text := _wrong_limit(entry, leaf.limit)):
        yield leaf.limit_path, f"threshold: {text}"
    sums = {name: list(getattr(entry, name, ())) for name in SUMS}
    for name, terms in sums.items():
        if len(set(terms)) < len(terms):
            yield (*leaf.path, name), f"{name} names a figure twice"
        if terms and all(term.startswith("-") for term in terms):
            yield (*leaf.path, name), f"{name} takes away, and there is nothing to take from"
    if any(sums[one] and set(sums[one]) == set(sums[other]) for one, other in SIDES):
        yield leaf.path, "both sides are the same figures"


def _wrong_limit(entry: LeafEntry, limit: Threshold) -> str:
    """What is wrong with a number as the limit of a measure; empty where it can be meant."""
    if isinstance(entry, ChangeEntry):
        return _wrong_change(entry, limit)
    if isinstance(entry, ValueEntry) and any(term.startswith("-") for term in entry.of):
        return ""  # a difference may be below zero
    value, is_share = limit.value, isinstance(entry, RatioEntry)
    if is_share and not 0 <= value <= HUNDRED:
        return f"{value}: a share of a whole lies within 0 and 100 percent"
    if value < 0:
        return f"{value}: nothing is counted below zero"
    certain = {(0, Direction.AT_LEAST): "every", (0, Direction.LESS_THAN): "no"}
    if is_share:
        certain |= {(HUNDRED, Direction.AT_MOST): "every", (HUNDRED, Direction.MORE_THAN): "no"}
    word = "" if value % 1 else certain.get((int(value), limit.direction), "")
    return f"{word} figure is {limit.direction} {value}, so that it decides nothing" if word else ""


def _wrong_change(entry: ChangeEntry, limit: Threshold) -> str:
    value, direction = limit.value, limit.direction
    if value < 0:
        return f"{value}: a {entry.kind} is counted from 0 on; the other way round is its own kind"
    if direction not in (Direction.AT_LEAST, Direction.MORE_THAN):
        return f"direction {direction} turns the sense of {entry.kind}; write at_least or more_than"
    is_over = value > HUNDRED or (value == HUNDRED and direction is Direction.MORE_THAN)
    if entry.kind == "decrease" and limit.in_percent and is_over:
        return f"nothing falls by {value} percent"
    return ""


def _idle(limit: Threshold | None, path: Path_, leaves: list[_Leaf]) -> Iterator[Fault]:
    """A threshold that no measure takes may repeat what its measure does by itself, and nothing else."""
    if limit is None or any(leaf.is_limited and not leaf.has_own for leaf in leaves):
        return
    others = [leaf.entry for leaf in leaves if not leaf.has_own]
    if not others:
        yield path, "threshold: has no effect, since every part has its own; leave it out"
    elif not any(_repeats(entry, limit) for entry in others):
        yield path, f"threshold: has no effect: {_what_counts(others[0], limit)}, or leave it out"


def _repeats(entry: LeafEntry, limit: Threshold) -> bool:
    """Whether a threshold says what a measure without a limit does anyhow."""
    value, direction = limit.value, limit.direction
    if isinstance(entry, CompareEntry):
        return direction is (entry.direction or direction) and value == (HUNDRED if limit.in_percent else 0)
    if isinstance(entry, DeclarationEntry):
        return direction is Direction.AT_LEAST and value == (HUNDRED if limit.in_percent else 1)
    return value == 0 and (direction is Direction.EQUAL or not isinstance(entry, ValueEntry))


def _what_counts(entry: LeafEntry, limit: Threshold) -> str:
    if isinstance(entry, CompareEntry):
        direction = entry.direction or limit.direction
        return f"a comparison has no limit but its other side; write value 0, direction {direction}"
    if isinstance(entry, DeclarationEntry):
        return "a declaration is Có or not; write value 1, direction at_least"
    if isinstance(entry, ValueEntry):
        return "zero_event is equal to 0; write value 0, direction equal"
    return "the letter says the limit; write value 0"


def _repeated_parts(measure: MeasureEntry, path: Path_) -> Iterator[Fault]:
    for number, part in enumerate(measure.parts if isinstance(measure, CombinedEntry) else ()):
        place = (*path, "parts", number)
        if isinstance(measure, CombinedEntry) and part in measure.parts[:number]:
            yield place, "the part is there twice"
        yield from _repeated_parts(part, place)


def _unit_faults(leaves: Iterable[_Leaf], plan: Plan) -> Iterator[Fault]:
    """Figures of different units in one sum or comparison, and limits that such figures cannot have."""
    for leaf in leaves:
        units = {name: _units(leaf, name, plan) for name in SUMS}
        sums = (units["numerator"], units["denominator"], units["left"] | units["right"])
        if wrong := next((found for found in sums if len(found) > 1), None):
            yield leaf.path, f"figures in {' and '.join(sorted(wrong))} are added or compared"
        limit, compared = leaf.limit, _words(units["left"])
        if limit is None or limit.in_percent or leaf.has_own:
            continue
        # "vụ, người" of IV.2 is the unit of three comparisons; each of them has one of the two.
        if not compared <= _words({limit.unit}):
            yield leaf.limit_path, f"the threshold is in {limit.unit!r}, the figures are in {min(compared)}"


def _whole_faults(leaves: Iterable[_Leaf], plan: Plan) -> Iterator[Fault]:
    """Half a case as a limit: no figure is on it, and 1.5 is mostly 15 or 1500."""
    whole = {indicator.unit for indicator in plan.indicators if not indicator.decimals}
    for leaf in leaves:
        if leaf.is_limited and leaf.limit and leaf.limit.unit in whole and leaf.limit.value % 1:
            yield leaf.limit_path, f"threshold: {leaf.limit.value} {leaf.limit.unit} are counted whole"


def _words(units: Iterable[str]) -> set[str]:
    """Units one by one, also those that a comma joins."""
    return {part.strip() for unit in units for part in unit.split(",")}


def _units(leaf: _Leaf, name: str, plan: Plan) -> set[str]:
    codes = [term.removeprefix("-").rpartition(".")[2] for term in getattr(leaf.entry, name, ())]
    known = plan.indicator_by_code
    return {known[code].unit for code in codes if code in known}
