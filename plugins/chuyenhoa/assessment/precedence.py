"""One figure of one window, out of all reports that state it: which of them counts, and what a part tells.

One rule for every window, current or compared with (DESIGN 3.6, docs/decisions/0037): the report on that very
window; then finer reports of the same unit that cover it; then what a later report tells of it ("Cùng kỳ"). A
report whose cell is blank hides nothing. Where no report is enough, what is known in part bounds the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from chuyenhoa.model.calendars import DAY, Window
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind

Item = TypeVar("Item")


@dataclass(frozen=True)
class ReportedWindow:
    """The figures that one accepted report gives of one unit for one window."""

    window: Window
    figures: Mapping[str, KnownFigure]
    period: str = ""
    """The id of the period that the report is on."""
    is_told: bool = False
    """It stands on the sheet "Cùng kỳ" of a later report, and is no report on this window."""


def reported_in(
    window: Window, baseline: Window, evidence: LocalityEvidence, period: str = ""
) -> tuple[ReportedWindow, ReportedWindow]:
    """What one report states: of its own window, and of the one that it is compared with."""
    figures: dict[Basis, dict[str, KnownFigure]] = {basis: {} for basis in Basis}
    for (code, basis), known in evidence.figures.items():
        figures[basis][code] = known
    return (
        ReportedWindow(window, figures[Basis.CURRENT], period),
        ReportedWindow(baseline, figures[Basis.BASELINE], period, is_told=True),
    )


# By the key of a unit, all that accepted reports of any plan state.
History = Mapping[str, Sequence[ReportedWindow]]

# A report that states the figure asked for, with the figure.
Stated = tuple[ReportedWindow, KnownFigure]


class Way(StrEnum):
    """How a figure was come by."""

    OWN = "own"
    """A report on the very window (of a stock: on a window with the very day)."""
    FINER = "finer"
    TOLD = "told"
    """The sheet "Cùng kỳ" of a later report on the window."""
    TOLD_FINER = "told_finer"


@dataclass(frozen=True)
class Clash:
    """Two sources of one figure that differ; the first one counts."""

    window: Window
    counted: KnownFigure
    other: KnownFigure
    ways: tuple[Way, Way]


def order_of(window: Window) -> tuple[object, ...]:
    """Sorts windows by their start, the longest first."""
    # The longest first: of six months and their months the coarse report counts.
    return (window.start, -window.days)


def cover(window: Window, parts: Iterable[tuple[Window, Item]]) -> list[tuple[Window, Item]]:
    """The coarsest sequence of parts that covers a window day by day; empty when there is none.

    Of two parts with the same window the first one is taken.
    """
    listed = list(parts)
    return [listed[place] for place in _cover_places(window, tuple([span for span, _ in listed]))]


@lru_cache(maxsize=65536)  # a country's localities send the same months
def _cover_places(window: Window, spans: tuple[Window, ...]) -> tuple[int, ...]:
    """The places of the spans that cover a window, in the order of time."""
    ordered = sorted(range(len(spans)), key=lambda place: order_of(spans[place]))
    return tuple(ordered[index] for index in _tile(window, tuple(spans[place] for place in ordered)))


def _tile(window: Window, spans: tuple[Window, ...]) -> tuple[int, ...]:
    """The places of the spans that cover a window, or none; spans are sorted by `order_of`."""
    for index, span in enumerate(spans):
        if span.start != window.start or span.end > window.end:
            continue
        if span.end == window.end:
            return (index,)
        # The longest part may lead to a dead end: six months with nothing after them, while the eight months
        # of the year are all there. So the next one is tried.
        first = index + 1
        rest = _tile(Window(span.end + DAY, window.end), spans[first:])
        if rest:
            return (index, *(first + place for place in rest))
    return ()


def stated_in(code: str, reports: Iterable[ReportedWindow]) -> list[Stated]:
    """The reports that state a figure of an indicator; a blank cell states nothing."""
    return [
        (report, figure)
        for report in reports
        if (figure := report.figures.get(code)) is not None and figure.value is not None
    ]


def choose(indicator: Indicator, window: Window, stated: Sequence[Stated]) -> KnownFigure | None:
    """The figure that counts, or its bounds where only a part of it is known; None where nothing is."""
    if indicator.kind is not IndicatorKind.FLOW:
        return _of_the_day(indicator, window, stated)
    tiles = _flow_tiles(window, stated)
    return summed(tiles) if tiles else _bounded_sum(window, stated)


def summed(figures: Sequence[KnownFigure]) -> KnownFigure:
    """The sum of figures that all have a value; a single one is itself."""
    if len(figures) == 1:
        return figures[0]
    return KnownFigure(add_up(figures), figures[-1].source, tuple(figures))


def add_up(figures: Iterable[KnownFigure]) -> Decimal:
    """The sum of figures that all have a value."""
    return sum((figure.value for figure in figures if figure.value is not None), Decimal(0))


def _flow_tiles(window: Window, stated: Sequence[Stated]) -> list[KnownFigure]:
    own = [entry for entry in stated if not entry[0].is_told]
    return _covering(window, own) or (
        _covering(window, _ranked(own, stated)) if len(own) < len(stated) else []
    )


def _covering(window: Window, stated: Iterable[Stated]) -> list[KnownFigure]:
    return [figure for _, figure in cover(window, ((report.window, figure) for report, figure in stated))]


def _ranked(own: Sequence[Stated], stated: Sequence[Stated]) -> list[Stated]:
    """The own reports, and behind them what is told of windows that they do not cover."""
    if not own:
        return list(stated)
    # A later report tells 9 of a half year whose months were reported as 5 + 5: there the months count.
    return [*own, *(s for s in stated if s[0].is_told and not _covering(s[0].window, own))]


def _day_of(indicator: Indicator, window: Window) -> object:
    """The day that a stock or a cumulative count is about."""
    return window.start if indicator.at_start else window.end


def _same_day(indicator: Indicator, window: Window, stated: Iterable[Stated]) -> list[Stated]:
    """The reports that state a count for the day that a window's is about, the one that counts first.

    The very window goes first, then the coarsest inside it, and what later reports tell behind all of these.
    """
    day = _day_of(indicator, window)
    found = [s for s in stated if _day_of(indicator, s[0].window) == day]
    if indicator.kind is IndicatorKind.DISTINCT:
        # Households reached in a year are no figure of its half; people on a list on one day are.
        found = [s for s in found if window.contains(s[0].window)]
    return sorted(found, key=lambda s: (s[0].is_told, s[0].window != window, _distance(window, s[0].window)))


def _distance(window: Window, other: Window) -> tuple[bool, int]:
    return (not window.contains(other), abs(window.days - other.days))


def _of_the_day(indicator: Indicator, window: Window, stated: Sequence[Stated]) -> KnownFigure | None:
    found = _same_day(indicator, window, stated)
    if found:
        return found[0][1]
    if indicator.kind is IndicatorKind.STOCK:
        return None
    # 60 households were reached by October and the last report is blank: 60 at least, since a cumulative
    # count never falls. It is not 60 either: the last report may bring the rest.
    inside = [s for s in stated if window.contains(s[0].window)]
    if not inside:
        return None
    last = max(s[0].window.end for s in inside)
    newest = min((s for s in inside if s[0].window.end == last), key=lambda s: s[0].is_told)[1]
    return KnownFigure(None, newest.source, (newest,), low=newest.value)


def _bounded_sum(window: Window, stated: Sequence[Stated]) -> KnownFigure | None:
    """What reports inside a window say of its sum: at least what disjoint ones come to, at most a cover.

    Figures below zero bound nothing: no count is, and a balance could hide as much as it shows.
    """
    inside = [s for s in stated if window.contains(s[0].window)]
    if not inside or any(figure.value < 0 for _, figure in inside if figure.value is not None):
        return None
    own = [entry for entry in inside if not entry[0].is_told]
    parts = _credible([(report.window, figure) for report, figure in _ranked(own, inside)])
    heaviest = _heaviest(parts)
    low, high = add_up(heaviest), _cheapest(window, parts)
    if high is not None and low > high:  # reports that contradict each other bound nothing
        low, high = Decimal(0), None
    return KnownFigure(None, heaviest[-1].source, tuple(heaviest), low=low or None, high=high)


Parts = Sequence[tuple[Window, KnownFigure]]


def _credible(parts: Parts) -> list[tuple[Window, KnownFigure]]:
    """The parts without those that a coarser one contradicts: it counts, as it does in a sum.

    Six months of 10 whose months come to 12 stay 10: were the bound 12, the next report would undo a verdict.
    """
    kept: list[tuple[Window, KnownFigure]] = []
    for window, figure in parts:
        if all(window != other for other, _ in kept):
            kept.append((window, figure))
    for window, figure in sorted(kept, key=lambda part: -part[0].days):
        finer = [part for part in kept if window.contains(part[0]) and part[0] != window]
        if (window, figure) in kept and add_up(_heaviest(finer)) > add_up([figure]):
            kept = [part for part in kept if part not in finer]
    return kept


def _heaviest(parts: Parts) -> list[KnownFigure]:
    """The disjoint parts of the greatest sum, in the order of time."""
    # By their end, as in any scheduling of weighted intervals: the best up to a day ends with this part or
    # is the best without it. Zeros are taken as well: they show what was reported.
    best: list[tuple[Window | None, Decimal, list[KnownFigure]]] = [(None, Decimal(0), [])]
    for window, figure in sorted(parts, key=lambda part: (part[0].end, part[0].start)):
        before = max(
            (entry for entry in best if entry[0] is None or entry[0].end < window.start),
            key=lambda entry: (entry[1], len(entry[2])),
        )
        best.append((window, before[1] + add_up([figure]), [*before[2], figure]))
    return max(best, key=lambda entry: (entry[1], len(entry[2])))[2]


def _cheapest(window: Window, parts: Parts) -> Decimal | None:
    """The least sum of parts that together hold every day of a window; None where some day is in none."""
    # 15/4-14/10 and 15/9-14/12 share a month: their sum counts it twice, so the whole is no more.
    cost = {window.start: Decimal(0)}
    for span, figure in sorted(parts, key=lambda part: part[0].end):
        reach = [paid for day, paid in cost.items() if span.start <= day <= span.end]
        if reach:
            after, paid = span.end + DAY, min(reach) + add_up([figure])
            cost[after] = min(paid, cost.get(after, paid))
    return cost.get(window.end + DAY)


def list_clashes(indicator: Indicator, window: Window, stated: Sequence[Stated]) -> Iterator[Clash]:
    """Every two sources that differ, of the window itself and of every one inside it that was reported."""
    inside = [s for s in stated if window.contains(s[0].window)]
    if are_disjoint(tuple(report.window for report, _ in inside)):
        return
    spans = dict.fromkeys([window, *(report.window for report, _ in inside)])
    if indicator.kind is not IndicatorKind.FLOW:
        # Reports of a half year and of its last month speak of one day, which is looked at once.
        by_length = sorted(spans, key=lambda span: span.days)
        spans = dict.fromkeys({_day_of(indicator, span): span for span in by_length}.values())
    for span in spans:
        sources = list(_sources(indicator, span, inside))
        for way, figure in sources[1:]:
            first, counted = sources[0]
            if figure.value != counted.value:
                yield Clash(span, counted, figure, (first, way))


@lru_cache(maxsize=65536)
def are_disjoint(spans: tuple[Window, ...]) -> bool:
    """Whether no two of them have a day in common."""
    ordered = sorted(spans, key=order_of)
    return all(one.end < other.start for one, other in pairwise(ordered))


def _sources(
    indicator: Indicator, window: Window, stated: Sequence[Stated]
) -> Iterator[tuple[Way, KnownFigure]]:
    """What every single source says of a window, in the order of precedence."""
    if indicator.kind is not IndicatorKind.FLOW:
        for report, figure in _same_day(indicator, window, stated):
            yield _way(report.is_told, is_finer=report.window != window), figure
        return
    for is_told in (False, True):
        group = [s for s in stated if s[0].is_told is is_told]
        for report, figure in group:
            if report.window == window:
                yield _way(is_told, is_finer=False), figure
        tiles = _covering(window, (s for s in group if s[0].window != window))
        if tiles:
            yield _way(is_told, is_finer=True), summed(tiles)


def _way(is_told: bool, *, is_finer: bool) -> Way:
    if is_told:
        return Way.TOLD_FINER if is_finer else Way.TOLD
    return Way.FINER if is_finer else Way.OWN
