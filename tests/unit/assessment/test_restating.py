"""Baselines through mergers: over random forests of units against brute force, and every way to have none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.assessment.baselines import add_baselines, figure_of, restate_baselines
from chuyenhoa.assessment.precedence import ReportedWindow
from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.calendars import Window
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind, Locality, Period, Plan, Status
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.model.units import Succession, SuccessionKind, Unit, UnitRegister

DAYS = [date(2020, 1, 1), date(2025, 1, 1), date(2025, 7, 1)]
SPAN = Window(date(2024, 7, 15), date(2024, 12, 14))
NOW = Window(date(2025, 7, 15), date(2025, 12, 14))
FLOW = Indicator("VU", "Số vụ", "vụ", IndicatorKind.FLOW, "A")
AT_START = replace(FLOW, code="DAU", kind=IndicatorKind.STOCK, at_start=True)


def unit(code: str, level: int) -> Unit:
    """A unit that began at one of the days, and ended the day before the next."""
    last = None if level == 2 else DAYS[level + 1] - timedelta(days=1)
    return Unit(code, f"Xã {code}", "xã", "", "", DAYS[level], last)


def edge(source: Unit, target: Unit, is_whole: bool = True) -> Succession:
    return Succession(source.identity, target.identity, SuccessionKind.MERGE, is_whole)


def figure(value: int | None, name: str = "t.xlsx") -> KnownFigure:
    return KnownFigure(None if value is None else Decimal(value), Source("s", "h", name, "Số liệu", "C9"))


def told(value: int, code: str = "VU", window: Window = SPAN) -> list[ReportedWindow]:
    return [ReportedWindow(window, {code: figure(value)})]


OLD_A, OLD_B = unit("A", 0), unit("B", 0)
MID_A, MID_B = unit("A", 1), unit("B", 1)
NEW_A = unit("A", 2)
REGISTER = UnitRegister(
    (OLD_A, OLD_B, MID_A, MID_B, NEW_A),
    (edge(OLD_A, MID_A), edge(OLD_B, MID_B), edge(MID_A, NEW_A), edge(MID_B, NEW_A)),
)
HISTORY = {OLD_A.key: told(3), OLD_B.key: told(4)}


@st.composite
def forests(draw: st.DrawFn) -> tuple[UnitRegister, dict[str, int | None], dict[str, list[str]]]:
    """Units of three days, merged at random, codes issued again; the old figures, and old units by new."""
    olds = [unit(f"{n:05}", 0) for n in range(draw(st.integers(1, 8)))]
    mids = [unit(f"{n:05}", 1) for n in range(draw(st.integers(1, 4)))]
    news = [unit(f"{n:05}", 2) for n in range(draw(st.integers(1, 3)))]
    to_mid = {old.key: draw(st.sampled_from(mids)) for old in olds}
    to_new = {mid.key: draw(st.sampled_from(news)) for mid in mids}
    edges = [edge(old, to_mid[old.key]) for old in olds] + [edge(mid, to_new[mid.key]) for mid in mids]
    figures = {old.key: draw(st.one_of(st.none(), st.integers(0, 50))) for old in olds}
    made = {new.key: [old.key for old in olds if to_new[to_mid[old.key].key] == new] for new in news}
    # A unit of the second map that came from nothing makes the sum of what came of it unknown.
    empty = {mid.key for mid in mids} - {mid.key for mid in to_mid.values()}
    for key in empty:
        figures[key] = None
        made[to_new[key].key].append(key)
    return UnitRegister((*olds, *mids, *news), tuple(edges)), figures, made


@given(forests())
def test_a_sum_over_mergers_is_the_sum_of_the_old_map(
    forest: tuple[UnitRegister, dict[str, int | None], dict[str, list[str]]],
) -> None:
    register, figures, made = forest
    history = {key: told(value) for key, value in figures.items() if value is not None}
    sums = []
    for new in (entry for entry in register.units if entry.valid_from == DAYS[2]):
        found = figure_of(FLOW, SPAN, new, new.key, register, history)
        parts = [figures[key] for key in made[new.key]]
        known = [part for part in parts if part is not None]
        if parts and len(known) == len(parts):
            assert found is not None
            assert found.value == sum(known)
            assert len(found.parts) == len(parts)
            assert all(part.unit for part in found.parts)
            sums.append(found.value)
        else:
            assert (found.value if found else None) is None
            assert ((found.low if found else None) or 0) == sum(known)
            assert found is None or len(found.parts) == len(known)
    if None not in figures.values() and all(made.values()):
        assert sum(sums, Decimal(0)) == sum(value for value in figures.values() if value is not None)


@pytest.mark.parametrize(
    ("register", "history", "span"),
    [
        (
            replace(REGISTER, successions=(*REGISTER.successions[:3], edge(MID_B, NEW_A, False))),
            HISTORY,
            SPAN,
        ),
        (REGISTER, HISTORY, Window(date(2024, 12, 15), date(2025, 1, 14))),
        (REGISTER, HISTORY, Window(date(2025, 7, 15), date(2025, 12, 14))),
    ],
    ids=[
        "a part",
        "a merger inside the window",
        "the unit itself was there",
    ],
)
def test_there_is_no_sum(
    register: UnitRegister, history: dict[str, list[ReportedWindow]], span: Window
) -> None:
    of_span = {key: [replace(entry, window=span) for entry in entries] for key, entries in history.items()}
    assert figure_of(FLOW, span, NEW_A, NEW_A.key, register, of_span) is None


def test_former_units_of_which_one_has_no_figure_bound_the_sum() -> None:
    found = figure_of(FLOW, SPAN, NEW_A, NEW_A.key, REGISTER, {OLD_A.key: told(3)})
    assert found is not None
    assert (found.value, found.low, found.high) == (None, Decimal(3), None)
    below = figure_of(FLOW, SPAN, NEW_A, NEW_A.key, REGISTER, {OLD_A.key: told(-3)})
    assert below is not None
    assert (below.value, below.low, below.high) == (None, None, None)


def test_a_unit_is_never_taken_for_another_of_its_code() -> None:
    found = figure_of(FLOW, SPAN, NEW_A, NEW_A.key, REGISTER, HISTORY)
    assert found is not None
    assert found.value == 7
    assert figure_of(FLOW, SPAN, OLD_A, OLD_A.key, REGISTER, HISTORY) == figure(3)
    assert figure_of(FLOW, SPAN, None, "A", REGISTER, HISTORY) is None


def test_a_stock_at_the_start_looks_at_the_first_day_alone() -> None:
    """The window runs into 2025, when the units had changed once; its first day lies before that."""
    span = Window(date(2024, 12, 15), date(2025, 1, 14))
    history = {key: told(value, "DAU", span) for key, value in ((OLD_A.key, 5), (OLD_B.key, 6))}
    found = figure_of(AT_START, span, NEW_A, NEW_A.key, REGISTER, history)
    assert found is not None
    assert found.value == 11


def plan_of(plan: Plan, register: UnitRegister) -> tuple[Plan, Period]:
    period = replace(plan.periods[0], window=NOW, baseline=SPAN)
    place = Locality("A", "Xã A", "899", frozenset({1}), Status.VERIFIED)
    changed = replace(plan, localities=(place,), indicators=(FLOW,), periods=(period,), register=register)
    return changed, period


def evidence(
    value: int | None = None, stated: bool = True, absence: InsufficiencyReason | None = None
) -> LocalityEvidence:
    figures = {("VU", Basis.BASELINE): figure(value)} if stated else {}
    return LocalityEvidence("A", figures, absence=absence)


@pytest.mark.parametrize("stated", [True, False], ids=["a blank cell", "no cell"])
def test_what_is_not_stated_is_summed_or_cannot_be_compared(plan: Plan, stated: bool) -> None:
    changed, period = plan_of(plan, REGISTER)
    found, differing = restate_baselines(changed, period, {"A": evidence(None, stated)}, HISTORY)
    assert found["A"].figures["VU", Basis.BASELINE].value == 7
    assert differing == ()
    found, _ = restate_baselines(changed, period, {"A": evidence(None, stated)}, {})
    assert found["A"].figures["VU", Basis.BASELINE].value is None
    assert found["A"].figures["VU", Basis.BASELINE].lacks is InsufficiencyReason.UNIT_CHANGED


def test_what_is_stated_counts_and_a_difference_is_told(plan: Plan) -> None:
    changed, period = plan_of(plan, REGISTER)
    for value, told_apart in ((7, 0), (8, 1)):
        found, differing = restate_baselines(changed, period, {"A": evidence(value)}, HISTORY)
        assert found["A"] == evidence(value)
        assert len(differing) == told_apart
    assert differing[0].stated.value == 8
    assert differing[0].summed.value == 7
    assert restate_baselines(changed, period, {"A": evidence(8)}, {})[1] == ()


def test_a_new_name_is_no_new_unit(plan: Plan) -> None:
    """Its boundary stayed: a blank is a blank, and an unsent report stays unsent."""
    register = UnitRegister((OLD_A, MID_A, NEW_A), (edge(OLD_A, MID_A), edge(MID_A, NEW_A)))
    changed, period = plan_of(plan, register)
    blank = {"A": evidence(None)}
    assert restate_baselines(changed, period, blank, {}) == (blank, ())
    absent = {"A": LocalityEvidence("A", absence=InsufficiencyReason.NOT_SUBMITTED)}
    assert restate_baselines(changed, period, absent, HISTORY) == (absent, ())


@pytest.mark.parametrize("is_partial", [True, False])
def test_a_window_known_in_part_is_held_against_the_former_units_as_well(
    plan: Plan, is_partial: bool
) -> None:
    changed, period = plan_of(plan, REGISTER)
    absence = InsufficiencyReason.GAP_IN_WINDOW if is_partial else None
    known = replace(evidence(None), absence=absence, is_partial=is_partial)
    found, _ = restate_baselines(changed, period, {"A": known}, HISTORY)
    assert found["A"].figures["VU", Basis.BASELINE].value == 7


@pytest.mark.parametrize("stated", [None, 2, 9])
def test_what_is_known_in_part_of_former_units_bounds_whatever_became_of_them(
    plan: Plan, stated: int | None
) -> None:
    """A new name alone, or a merger: 3 at least were counted before; “Cùng kỳ” tells 2 or 9 of a month."""
    renamed = UnitRegister((OLD_A, MID_A, NEW_A), (edge(OLD_A, MID_A), edge(MID_A, NEW_A)))
    month = Window(SPAN.start, date(2024, 8, 14))
    for register, lacks in ((renamed, None), (REGISTER, InsufficiencyReason.UNIT_CHANGED)):
        changed, period = plan_of(plan, register)
        bounded = replace(figure(None), low=Decimal(stated)) if stated else figure(None)
        known = LocalityEvidence("A", {("VU", Basis.BASELINE): bounded})
        found, _ = restate_baselines(changed, period, {"A": known}, {OLD_A.key: told(3, window=month)})
        baseline = found["A"].figures["VU", Basis.BASELINE]
        assert (baseline.value, baseline.low, baseline.lacks) == (None, Decimal(max(3, stated or 0)), lacks)


def test_other_windows_are_restated_too(plan: Plan) -> None:
    changed, _ = plan_of(plan, REGISTER)
    against = Baseline(BaselineKind.AVERAGE, years=2)
    before = Window(date(2023, 7, 15), date(2023, 12, 14))
    both = {key: [*told(3), *told(5, window=before)] for key in (OLD_A.key, OLD_B.key)}
    found = add_baselines(changed, NOW, {"A": evidence()}, [("VU", against)], both)
    mean = found["A"].baselines["VU", against]
    assert mean.value == 16
    assert mean.divisor == 2
    found = add_baselines(changed, NOW, {"A": evidence()}, [("VU", against)], HISTORY)
    assert found["A"].baselines["VU", against].lacks is InsufficiencyReason.UNIT_CHANGED
