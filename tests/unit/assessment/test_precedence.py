"""Which report a figure is taken from, and what bounds it, against a search through all combinations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.assessment.precedence import (
    ReportedWindow,
    Stated,
    Way,
    choose,
    list_clashes,
    stated_in,
)
from chuyenhoa.model.calendars import Window
from chuyenhoa.model.evidence import KnownFigure, Source
from chuyenhoa.model.plan import Indicator, IndicatorKind

DAYS = 6
FLOW = Indicator("VU", "Số vụ", "vụ", IndicatorKind.FLOW, "A")
STOCK = replace(FLOW, kind=IndicatorKind.STOCK)
AT_START = replace(STOCK, at_start=True)
DISTINCT = replace(FLOW, kind=IndicatorKind.DISTINCT)
INDICATORS = st.sampled_from([FLOW, STOCK, AT_START, DISTINCT])


def window(first: int, last: int) -> Window:
    start = date(2021, 1, 1)
    return Window(start + timedelta(days=first), start + timedelta(days=last))


WHOLE = window(0, DAYS - 1)
SPANS = [(first, last) for first in range(DAYS) for last in range(first, DAYS)]


def report(span: tuple[int, int], value: int | None, told: bool = False) -> ReportedWindow:
    name = f"{span[0]}-{span[1]}{'-told' if told else ''}"
    figure = KnownFigure(None if value is None else Decimal(value), Source(name, "h", name, "Số liệu", "C9"))
    return ReportedWindow(window(*span), {"VU": figure}, name, told)


@st.composite
def reports(draw: st.DrawFn, told: bool = True, true: bool = False) -> list[ReportedWindow]:
    """Reports on some stretches of six days, blank ones too; `true`: of one and the same course of events."""
    course = [draw(st.integers(0, 3)) for _ in range(DAYS)]
    found = []
    for span in draw(st.lists(st.sampled_from(SPANS), max_size=6, unique=not told)):
        value = sum(course[span[0] : span[1] + 1]) if true else draw(st.integers(0, 4))
        is_blank = draw(st.integers(0, 3)) == 0
        found.append(report(span, None if is_blank else value, told and draw(st.booleans())))
    return found


def chosen(indicator: Indicator, found: Sequence[ReportedWindow], span: Window = WHOLE) -> KnownFigure | None:
    return choose(indicator, span, stated_in("VU", found))


def subsets(stated: Sequence[Stated]) -> Iterator[tuple[Stated, ...]]:
    return chain.from_iterable(combinations(stated, size) for size in range(len(stated) + 1))


def days_of(span: Window) -> set[date]:
    return {span.start + timedelta(days=n) for n in range(span.days)}


def are_disjoint(parts: Sequence[Stated]) -> bool:
    days = [day for entry, _ in parts for day in days_of(entry.window)]
    return len(days) == len(set(days))


def total(parts: Sequence[Stated]) -> int:
    return sum(int(figure.value or 0) for _, figure in parts)


def tilings(span: Window, stated: Sequence[Stated]) -> list[tuple[Stated, ...]]:
    """All ways to cover a window without gap or overlap, the coarsest first."""
    found = [
        tuple(sorted(parts, key=lambda part: part[0].window.start))
        for parts in subsets(stated)
        if parts
        and are_disjoint(parts)
        and set().union(*(days_of(entry.window) for entry, _ in parts)) == days_of(span)
    ]
    return sorted(found, key=lambda parts: [-entry.window.days for entry, _ in parts])


def sum_by_search(span: Window, stated: Sequence[Stated]) -> int | None:
    """The rule as DESIGN.md puts it, by trying everything."""
    own = [entry for entry in stated if not entry[0].is_told]
    for group in (
        [entry for entry in own if entry[0].window == span],
        own,
        [entry for entry in stated if entry[0].is_told and entry[0].window == span],
        [*own, *(e for e in stated if e[0].is_told and not tilings(e[0].window, own))],
    ):
        ways = tilings(span, group)
        if ways:
            return total(ways[0])
    return None


def of_the_day(indicator: Indicator, span: Window, stated: Sequence[Stated]) -> list[Stated]:
    """The reports on the day, by rank: own before told, the very window, the coarsest."""
    day = span.start if indicator.at_start else span.end
    same = [e for e in stated if (e[0].window.start if indicator.at_start else e[0].window.end) == day]
    return sorted(same, key=lambda e: (e[0].is_told, e[0].window != span, -e[0].window.days))


@given(INDICATORS, reports())
def test_the_figure_that_counts_is_found_by_the_rule_of_precedence(
    indicator: Indicator, found: list[ReportedWindow]
) -> None:
    """A report on the very window, then finer ones, then what is told; a blank hides nothing."""
    stated = stated_in("VU", found)
    figure = chosen(indicator, found)
    if indicator is FLOW:
        assert (None if figure is None else figure.value) == sum_by_search(WHOLE, stated)
        return
    ranked = of_the_day(indicator, WHOLE, stated)
    assert (None if figure is None else figure.value) == (ranked[0][1].value if ranked else None)


@given(reports(told=False, true=True))
def test_what_is_known_in_part_bounds_the_sum_as_close_as_can_be(found: list[ReportedWindow]) -> None:
    """At least the most that disjoint reports come to, at most the least that covers every day."""
    stated = stated_in("VU", found)
    figure = chosen(FLOW, found)
    if figure is None or figure.value is not None:
        assert figure is not None or not stated
        return
    low = max(total(parts) for parts in subsets(stated) if are_disjoint(parts))
    covers = [
        total(parts)
        for parts in subsets(stated)
        if parts and set().union(*(days_of(entry.window) for entry, _ in parts)) == days_of(WHOLE)
    ]
    assert (figure.low or 0, figure.high) == (low, min(covers) if covers else None)
    assert total([(found[0], part) for part in figure.parts]) == low


# A year, its halves and its months: every plan's periods lie inside each other or apart.
NESTED = [(0, 5), (0, 2), (3, 5), *((day, day) for day in range(DAYS))]


@given(
    st.dictionaries(st.sampled_from(NESTED), st.one_of(st.none(), st.integers(0, 4)), max_size=8),
    st.lists(st.integers(0, 4), min_size=DAYS, max_size=DAYS),
)
def test_no_report_on_what_is_open_takes_a_bound_back(
    values: dict[tuple[int, int], int | None], rest: list[int]
) -> None:
    """Also where six months of 10 have months that come to 12: the six months count, so they bound."""
    before = chosen(FLOW, [report(span, value) for span, value in values.items()])
    filled = {span: value for span, value in values.items() if value is not None}
    filled = {(day, day): rest[day] for day in range(DAYS)} | filled
    after = chosen(FLOW, [report(span, value) for span, value in filled.items()])
    assert after is not None
    assert after.value is not None
    if before is not None and before.value is None:
        assert (before.low or 0) <= after.value


@given(reports(told=False))
def test_a_cumulative_count_is_never_less_than_the_newest_known(found: list[ReportedWindow]) -> None:
    stated = stated_in("VU", found)
    figure = chosen(DISTINCT, found)
    if figure is None or figure.value is not None:
        return
    last = max(entry.window.end for entry, _ in stated)
    assert figure.low in {known.value for entry, known in stated if entry.window.end == last}


def sources_by_search(indicator: Indicator, span: Window, stated: Sequence[Stated]) -> list[int]:
    """What every single source says of a window, the one that counts first."""
    if indicator is not FLOW:
        return [int(figure.value or 0) for _, figure in of_the_day(indicator, span, stated)]
    said = []
    for is_told in (False, True):
        group = [entry for entry in stated if entry[0].is_told is is_told]
        said += [total([entry]) for entry in group if entry[0].window == span]
        ways = tilings(span, [entry for entry in group if entry[0].window != span])
        said += [total(ways[0])] if ways else []
    return said


@given(INDICATORS, reports())
def test_two_sources_that_differ_are_always_told_with_the_one_that_counts(
    indicator: Indicator, found: list[ReportedWindow]
) -> None:
    stated = stated_in("VU", found)
    clashes = list(list_clashes(indicator, WHOLE, stated))
    spans = {WHOLE, *(entry.window for entry, _ in stated)}
    if indicator is not FLOW:
        by_day: dict[date, Window] = {}
        for span in sorted(spans, key=lambda span: span.days):
            by_day[span.start if indicator.at_start else span.end] = span
        spans = set(by_day.values())
    for span in spans:
        said = sources_by_search(indicator, span, stated)
        others = sorted(int(c.other.value or 0) for c in clashes if c.window == span)
        assert others == sorted(value for value in said[1:] if value != said[0])
        assert all(c.counted.value == said[0] for c in clashes if c.window == span)
        assert all(c.counted.source and c.other.source for c in clashes)
    counted = chosen(indicator, found)
    if counted is not None and counted.value is not None:
        assert all(c.counted.value == counted.value for c in clashes if c.window == WHOLE)


def test_six_months_that_count_bound_and_not_their_months() -> None:
    """The half year says 10 and its months 5 + 5 + 2: with what comes after it the year has 10 at least."""
    months = [report((day, day), value) for day, value in enumerate((5, 5, 2))]
    figure = chosen(FLOW, [report((0, 2), 10), *months])
    assert figure is not None
    assert (figure.value, figure.low, figure.high) == (None, Decimal(10), None)


@pytest.mark.parametrize("indicator", [STOCK, DISTINCT])
def test_of_two_reports_on_one_day_the_coarser_counts(indicator: Indicator) -> None:
    figure = chosen(indicator, [report((5, 5), 2), report((2, 5), 1)])
    assert figure is not None
    assert figure.value == 1


def test_a_balance_below_zero_bounds_nothing() -> None:
    assert chosen(FLOW, [report((0, 1), -3), report((2, 3), 5)]) is None


def test_reports_that_overlap_bound_from_both_sides() -> None:
    """15/4-14/10 has 9 and 15/9-14/12 has 4: at least 9, at most 13."""
    figure = chosen(FLOW, [report((0, 3), 9), report((3, 5), 4)])
    assert figure is not None
    assert (figure.value, figure.low, figure.high) == (None, Decimal(9), Decimal(13))


def test_reports_that_contradict_each_other_bound_nothing() -> None:
    figure = chosen(FLOW, [report((0, 3), 1), report((2, 5), 0), report((1, 4), 9)])
    assert figure is not None
    assert (figure.value, figure.low, figure.high) == (None, None, None)


def test_a_stock_is_the_same_in_any_report_of_its_day_and_a_count_of_households_is_not() -> None:
    """A longer report that ends on the day states the stock; households reached since January are more."""
    half, year = window(3, 5), [report((0, 5), 7)]
    found = chosen(STOCK, year, half)
    assert found is not None
    assert found.value == 7
    assert chosen(DISTINCT, year, half) is None


@pytest.mark.parametrize(
    ("own", "told", "value"),
    [
        ([(0, 5, 4)], [(0, 5, 9)], 4),
        ([(0, 2, 1), (3, 5, 2)], [(0, 5, 9)], 3),
        ([(0, 2, 1)], [(0, 5, 9)], 9),
        ([(0, 0, 1), (1, 2, 1)], [(0, 2, 9), (3, 5, 5)], 7),
    ],
)
def test_what_a_later_report_tells_comes_last(
    own: list[tuple[int, int, int]], told: list[tuple[int, int, int]], value: int
) -> None:
    found = [report((a, b), n) for a, b, n in own] + [report((a, b), n, told=True) for a, b, n in told]
    figure = chosen(FLOW, found)
    assert figure is not None
    assert figure.value == value


def test_the_ways_of_both_sources_are_named() -> None:
    found = [report((0, 2), 1), report((3, 5), 2), report((0, 5), 9, told=True)]
    (clash,) = list_clashes(FLOW, WHOLE, stated_in("VU", found))
    assert clash.ways == (Way.FINER, Way.TOLD)
    assert [clash.counted.value, clash.other.value] == [3, 9]
