"""Which report another is held against, worked out a second time from days; and pairs by arithmetic."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.history import Accepted, Known
from chuyenhoa.model.plan import Period, PeriodKind, Plan, Window
from chuyenhoa.model.rules import HISTORY_PREFIXES, Rule
from chuyenhoa.plan.rules import PAIRS_EQUAL, PAIRS_NOT_ABOVE, PAIRS_NOT_BELOW
from chuyenhoa.validation import build_history, is_related
from chuyenhoa.validation.run import run_rules

FIRST = date(2021, 1, 1)
YEAR = timedelta(days=100)
"""How far the baseline lies back here."""


def period(name: str, start: int, days: int) -> Period:
    begin = FIRST + timedelta(days=start)
    window = Window(begin, begin + timedelta(days=days - 1))
    baseline = Window(window.start - YEAR, window.end - YEAR)
    return Period(
        name, f"kỳ {name}", PeriodKind.MONTH, window, window.end, baseline, is_milestone=False, opens=None
    )


def accepted(number: int, of: Period, now: int, then: int) -> Accepted:
    place = CellRef("Số liệu", f"C{number}")
    figures = {
        ("X", Basis.CURRENT): Known(Decimal(now), place, number, f"{of.id}.xlsx"),
        ("X", Basis.BASELINE): Known(Decimal(then), place, number, f"{of.id}.xlsx"),
    }
    return Accepted(of, "1", figures)


spans = st.tuples(st.integers(0, 6), st.integers(1, 6), st.integers(0, 9), st.integers(0, 9))


Days = set[date]
FITS: Mapping[str, Callable[[Days, Days], bool]] = {
    "before": lambda days, mine: max(days) == min(mine) - timedelta(days=1),
    "inside": lambda days, mine: min(days) == min(mine) and days < mine,
    "around": lambda days, mine: days > mine,
    "end": lambda days, mine: max(days) == max(mine) and days != mine,
}
BAD: Mapping[str, Callable[[float, float], bool]] = {
    "E": lambda a, b: a != b,
    "B": lambda a, b: a < b,
    "A": lambda a, b: a > b,
}


def days_of(window: Window) -> set[date]:
    return {window.start + timedelta(days=n) for n in range(window.days)}


@given(
    st.tuples(st.integers(0, 6), st.integers(1, 6)), st.lists(spans, max_size=5, unique_by=lambda s: s[:2])
)
def test_every_column_is_what_the_days_say(
    own: tuple[int, int], others: list[tuple[int, int, int, int]]
) -> None:
    target = period("own", *own)
    known = [accepted(n, period(f"p{n}", *span[:2]), *span[2:]) for n, span in enumerate(others, start=1)]
    history = build_history(target, known)
    for basis in Basis:
        columns = history.get(("1", basis), {})
        found = {
            name.split("__")[0]: (past.value, {s.period for s in past.sources})
            for name, past in columns.items()
        }
        mine = days_of(target.window)
        spans_of = {entry.period.label: days_of(entry.period.window) for entry in known}
        value = {entry.period.label: entry.figures["X", basis].value for entry in known}
        for kind, fits in FITS.items():
            fitting = {label for label, days in spans_of.items() if fits(days, mine)}
            assert bool(fitting) is (kind in found), kind
            if fitting:
                number, (label,) = found[kind]
                assert label in fitting
                assert number == value[label]
        for kind in {"parts", "tiled"} & set(found):
            number, labels = found[kind]
            chosen = [spans_of[label] for label in labels]
            assert number == sum(value[label] for label in labels)
            assert sum(map(len, chosen)) == len(set().union(*chosen))  # no day twice
            assert set().union(*chosen) <= mine
            assert (set().union(*chosen) == mine) is (kind == "tiled")
    for entry in known:
        uses = any(
            entry.period.label in {s.period for past in columns.values() for s in past.sources}
            for columns in history.values()
        )
        assert not uses or is_related(target, entry.period)


def test_the_longest_shorter_and_the_shortest_longer_report_count() -> None:
    month, half, year, more = period("m", 0, 2), period("h", 0, 4), period("y", 0, 6), period("z", 0, 8)
    known = [accepted(1, month, 1, 0), accepted(2, half, 2, 0), accepted(3, more, 9, 0)]
    columns = build_history(year, known)["1", Basis.CURRENT]
    assert columns["inside__X"].value == 2
    assert columns["around__X"].value == 9
    assert "parts__X" not in columns  # the half year alone says no more than `inside`


def test_months_that_cover_the_window_are_summed_and_a_blank_leaves_a_lower_bound() -> None:
    known = [
        accepted(1, period("a", 0, 2), 1, 0),
        accepted(2, period("b", 2, 2), 2, 0),
        accepted(3, period("c", 4, 2), 4, 0),
    ]
    columns = build_history(period("y", 0, 6), known)["1", Basis.CURRENT]
    assert columns["tiled__X"].value == 7
    assert len(columns["tiled__X"].sources) == 3
    known[1] = replace(known[1], figures={})
    columns = build_history(period("y", 0, 6), known)["1", Basis.CURRENT]
    assert "tiled__X" not in columns
    assert columns["parts__X"].value == 5


def test_a_baseline_is_held_against_the_report_of_that_very_window() -> None:
    target = period("own", 3, 4)
    earlier = replace(period("old", 0, 1), window=target.baseline)
    history = build_history(target, [accepted(1, earlier, 6, 1)])
    assert history["1", Basis.BASELINE]["year__X"].value == 6
    assert is_related(target, earlier)


def test_a_later_version_of_the_same_period_is_no_history() -> None:
    target = period("own", 0, 4)
    assert build_history(target, [accepted(1, target, 1, 1)]) == {}
    assert not is_related(target, target)


def test_pairs_fail_exactly_where_arithmetic_says(plan: Plan, rules: tuple[Rule, ...]) -> None:
    chance = random.Random(20211014)
    codes = [indicator.code for indicator in plan.indicators[:6]]
    names = [*codes, *(f"inside__{code}" for code in codes)]
    rows = [{n: chance.choice([math.nan, 0.0, 0.3, 1.0, 2.0, 1e9]) for n in names} for _ in range(400)]
    frame = {name: [row[name] for row in rows] for name in names}
    pair = next(rule for rule in rules if rule.kind == PAIRS_EQUAL)
    kinds = {"E": PAIRS_EQUAL, "B": PAIRS_NOT_BELOW, "A": PAIRS_NOT_ABOVE}
    chosen = [
        replace(pair, rule_id=key, kind=kind, columns=tuple(names), kwargs={"column_list": names})
        for key, kind in kinds.items()
    ]
    failed = run_rules(frame, chosen)
    for key, bad in BAD.items():
        expected = tuple(
            number
            for number, row in enumerate(rows)
            if any(
                not math.isnan(row[c] + row[f"inside__{c}"]) and bad(row[c], row[f"inside__{c}"])
                for c in codes
            )
        )
        assert failed[key] == expected
        assert 0 < len(expected) < len(rows)


def test_every_kind_of_column_serves_a_rule(rules: tuple[Rule, ...]) -> None:
    used: Mapping[str, bool] = {
        prefix: any(column.startswith(prefix) for rule in rules for column in rule.columns)
        for prefix in HISTORY_PREFIXES
    }
    assert used == dict.fromkeys(HISTORY_PREFIXES, True)


def test_a_blank_in_a_newer_report_hides_no_older_figure() -> None:
    # October closes with 20, the six months that end with it leave the cell blank, November is compared.
    target, month, half = period("own", 10, 3), period("month", 7, 3), period("half", 1, 9)
    blank = replace(
        accepted(2, half, 0, 0),
        figures={("Y", Basis.CURRENT): Known(Decimal(7), CellRef("S", "D2"), 2, "half.xlsx")},
    )
    for basis in Basis:
        columns = build_history(target, [accepted(1, month, 20, 20), blank])[("1", basis)]
        assert columns["before__X"].value == 20
    assert (
        build_history(target, [accepted(1, month, 20, 20), blank])[("1", Basis.CURRENT)]["before__Y"].value
        == 7
    )


def test_of_two_that_have_the_figure_the_newer_counts() -> None:
    target, month, half = period("own", 10, 3), period("month", 7, 3), period("half", 1, 9)
    known = [accepted(3, half, 21, 0), accepted(1, month, 20, 0)]
    assert build_history(target, known)[("1", Basis.CURRENT)]["before__X"].value == 21
