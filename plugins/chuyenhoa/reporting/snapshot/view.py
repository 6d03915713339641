"""A snapshot seen through questions that sentences and tables ask of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from chuyenhoa.clock import ZONE
from chuyenhoa.reporting.snapshot import frozen
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.submission_counts import list_submitters
from chuyenhoa.reporting.wording.phrases import Phrases
from chuyenhoa.reporting.wording.provenance import Figure, count, unseal

_WINDOWS = {"current": "C", "baseline": "B"}
_FEW = 4
"""Fewer localities are named one by one."""


@dataclass(frozen=True)
class Sum:
    """A sum over the localities that have the figure; `missing` names those left out."""

    value: Decimal | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Both windows of a figure over the localities that have both; None when none has."""

    counted: Decimal
    current: Decimal
    baseline: Decimal


@dataclass(frozen=True)
class Ratio:
    """A part of a whole over the localities that have every figure of both; None when none has."""

    part: Decimal
    whole: Decimal
    missing: tuple[str, ...]


class SnapshotView:
    """Answers questions about one snapshot; it computes sums and never a verdict."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Keep the snapshot; nothing else is ever read."""
        self.snapshot = snapshot
        self.phrases = Phrases.of(snapshot.phrases)

    @property
    def localities(self) -> Sequence[frozen.FrozenLocality]:
        """Localities with their results, in the order of the plan's list."""
        return self.snapshot.localities

    @property
    def documents(self) -> Mapping[str, frozen.FrozenKind]:
        """The kinds of documents by name, as they were when the data were frozen."""
        return self.snapshot.documents

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of localities by code; two of one name carry their district as well."""
        # "Xã Bình An" lies in Châu Thành and in Kiên Lương: alone it would name neither.
        seen = Counter(entry.name for entry in self.localities)
        return {
            entry.code: entry.name
            if seen[entry.name] == 1
            else f"{entry.name} ({self.place(entry.submitter)})"
            for entry in self.localities
        }

    @cached_property
    def places(self) -> dict[str, str]:
        """Names of submitters by code, without the words that every board's name opens with."""
        # "Ban Chỉ đạo thành phố Rạch Giá" → "Thành phố Rạch Giá"
        prefix = self.phrases.text("submitter_prefix")
        found = {}
        for entry in self.snapshot.submitters:
            name = entry.name.removeprefix(prefix).strip()
            found[entry.code] = name[:1].upper() + name[1:]
        return found

    @cached_property
    def boards(self) -> tuple[str, ...]:
        """Codes of the submitters that answer for a place: boards, and no agency of the province."""
        return tuple(entry.code for entry in self.snapshot.submitters if entry.kind != "agency")

    @cached_property
    def indicators(self) -> dict[str, frozen.FrozenIndicator]:
        """Indicators by code."""
        return {entry.code: entry for entry in self.snapshot.indicators}

    @cached_property
    def criteria(self) -> dict[str, frozen.FrozenRule]:
        """Criteria by code, in the order of the plan."""
        return {entry.code: entry for entry in self.snapshot.criteria}

    @cached_property
    def _figures(self) -> dict[tuple[str, str, str], Decimal]:
        return {
            (entry.locality, entry.indicator, entry.basis): Decimal(entry.value)
            for entry in self.snapshot.figures
            if entry.value is not None
        }

    @cached_property
    def former_units(self) -> dict[str, tuple[str, ...]]:
        """By locality, the former units whose figures were added up for a window compared with."""
        named = [(f.locality, unit) for f in self.snapshot.figures if f.value for unit in f.of_units or ()]
        named += [
            (locality.code, entry.of_unit)
            for locality in self.localities
            for result in locality.criteria
            for entry in result.inputs
            if entry.of_unit
        ]
        found: dict[str, dict[str, None]] = {}
        for code, unit in named:
            found.setdefault(code, {})[unit] = None
        return {code: tuple(units) for code, units in found.items()}

    @property
    def window(self) -> tuple[date, date]:
        """First and last day of the milestone's window."""
        period = self.snapshot.period
        return date.fromisoformat(period.start), date.fromisoformat(period.end)

    @property
    def baseline_window(self) -> tuple[date, date]:
        """First and last day of the window it is compared with."""
        period = self.snapshot.period
        return date.fromisoformat(period.baseline_from), date.fromisoformat(period.baseline_to)

    @cached_property
    def silent(self) -> tuple[str, ...]:
        """Codes of the localities of which there is no figure of the window at all."""
        heard = {locality for locality, _, basis in self._figures if basis == "current"}
        return tuple(code for code in self.names if code not in heard)

    def figure(self, locality: str, indicator: str, basis: str = "current") -> Decimal | None:
        """One figure in force; None when it is missing."""
        value = self._figures.get((locality, indicator, basis))
        return None if value is None else Figure(value, f"{indicator}:{_WINDOWS[basis]}:{locality}")

    def add(self, localities: Sequence[str], terms: Sequence[str], basis: str = "current") -> Decimal | None:
        """Indicators over localities, `-CODE` taken away; None when a figure of any of them is missing."""
        total = Decimal(0)
        for locality in localities:
            for term in terms:
                value = self._figures.get((locality, term.removeprefix("-"), basis))
                # A blank is missing and never zero: a sum without it would speak of localities it leaves out.
                if value is None:
                    return None
                total += -value if term.startswith("-") else value
        # TGTB_TON, TGTB_MOI, -TGTB_CHUYEN → TGTB_TON+TGTB_MOI-TGTB_CHUYEN, as `figures` reads it again
        said = "+".join(terms).replace("+-", "-")
        return Figure(total, f"{said}:{_WINDOWS[basis]}:{self._span(localities)}")

    def _span(self, localities: Sequence[str]) -> str:
        """Codes of localities; all of the view's are `*`, or `*` with the only submitter that it shows."""
        # 300 codes in every expression would be megabytes of marks on the way through Jinja.
        if len(localities) < _FEW or tuple(localities) != self._codes:
            return ",".join(localities)
        submitters = self.snapshot.submitters
        return f"*{submitters[0].code}" if len(submitters) == 1 else "*"

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return tuple(self.names)

    def only(self, locality: str) -> SnapshotView:
        """The view of one locality alone."""
        # Every criterion of a locality asks for this view.
        if locality not in self._alone:
            own = replace(
                self.snapshot,
                localities=tuple(entry for entry in self.localities if entry.code == locality),
                figures=tuple(self._by_locality.get(locality, ())),
            )
            self._alone[locality] = SnapshotView(own)
        return self._alone[locality]

    @cached_property
    def _alone(self) -> dict[str, SnapshotView]:
        return {}

    @cached_property
    def _by_locality(self) -> dict[str, list[frozen.FrozenFigure]]:
        found: dict[str, list[frozen.FrozenFigure]] = {}
        for entry in self.snapshot.figures:
            found.setdefault(entry.locality, []).append(entry)
        return found

    def total(self, indicator: str) -> Sum:
        """The province's sum of an indicator in the window."""
        known = [code for code in self.names if (code, indicator, "current") in self._figures]
        missing = tuple(code for code in self.names if (code, indicator, "current") not in self._figures)
        return Sum(self.add(known, [indicator]) if known else None, missing)

    def pair(self, indicator: str) -> Pair | None:
        """Both windows of an indicator over the localities that have both figures."""
        both = [
            code
            for code in self.names
            if (code, indicator, "current") in self._figures
            and (code, indicator, "baseline") in self._figures
        ]
        now, then = self.add(both, [indicator]), self.add(both, [indicator], "baseline")
        return None if not both or now is None or then is None else Pair(self.count_named(both), now, then)

    def ratio(self, numerator: Sequence[str], denominator: Sequence[str]) -> Ratio | None:
        """A ratio of sums over the localities that have every figure it needs."""
        # Part and whole over the same localities, or a share could be more than all.
        needed = {term.removeprefix("-") for term in [*numerator, *denominator]}
        known = [
            code for code in self.names if all((code, term, "current") in self._figures for term in needed)
        ]
        part, whole = self.add(known, numerator), self.add(known, denominator)
        if not known or part is None or whole is None:
            return None
        return Ratio(part, whole, tuple(code for code in self.names if code not in set(known)))

    def with_verdict(self, verdict: str, criterion: str | None = None) -> list[frozen.FrozenLocality]:
        """Localities that carry a verdict: as a whole, or on one criterion."""
        if criterion is None:
            return [entry for entry in self.localities if entry.verdict == verdict]
        return [
            entry
            for entry in self.localities
            if any(r.criterion == criterion and r.verdict == verdict for r in entry.criteria)
        ]

    def count_verdicts(self, verdict: str, criterion: str = "", *, group: str = "") -> Figure:
        """How many localities carry a verdict: as a whole, on one criterion, or in one criteria group."""
        rule = "GROUP" if group else "VERDICT"
        found = (
            sum(entry.groups.get(group) == verdict for entry in self.localities)
            if group
            else len(self.with_verdict(verdict, criterion or None))
        )
        return count(rule, found, verdict, group or criterion, self._span(self._codes))

    def count_named(self, localities: Sequence[str]) -> Figure:
        """How many localities a sentence speaks of; its figure lists them."""
        return count("NAMED", len(localities), "all", "", ",".join(localities))

    def count_submitters(self, state: str, named: Sequence[str] = ()) -> Figure:
        """How many submitters are in a state that `submission_counts` knows, or how many a sentence names."""
        # A state that `submission_counts` cannot find again (returned, partly sent) is traced by its names.
        if named:
            return count("SUBMITTERS", len(named), "named", ",".join(named))
        return count("SUBMITTERS", len(list_submitters(self.snapshot, state)), state)

    @property
    def locality_count(self) -> Figure:
        """How many localities there are."""
        return count("LOCALITIES", len(self.localities), "all", "", self._span(self._codes))

    def place(self, submitter: str) -> str:
        """The name of a submitter's place; its code when the snapshot does not know it."""
        return self.places.get(submitter, submitter)

    def unit(self, indicator: str) -> str:
        """The unit of an indicator as prose writes it."""
        unit = self.indicators[indicator].unit
        return self.phrases.words("units").get(unit, unit)

    def name_list(self, codes: Sequence[str]) -> str:
        """Names of localities as a list in prose."""
        return self.phrases.enumerate([lower_first(self.names[code]) for code in codes])


def lower_first(text: str) -> str:
    """`Phường An Thới` inside a sentence: `phường An Thới`; an abbreviation like `TNGT` stays."""
    text = unseal(text)
    # TNGT, XHD: a second capital is an abbreviation.
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The opening of a sentence."""
    return text[:1].upper() + text[1:]


def read_moment(text: str) -> datetime:
    """An ISO time of the snapshot as the clock on the office's wall showed it."""
    moment = datetime.fromisoformat(text)
    # A store that was filled in UTC and one in Hà Nội time print the same minute.
    return moment.astimezone(ZONE) if moment.tzinfo else moment
