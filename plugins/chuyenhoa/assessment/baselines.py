"""Figures to compare with that no "Cùng kỳ" sheet holds: of other windows or units, or stated by the plan.

For a day on which a unit was not there yet its figures are the sums over the units that went into it whole.
Only counts are summed; a ratio is computed afterwards from the summed counts, so none is ever averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from chuyenhoa.assessment.precedence import History, choose, stated_in
from chuyenhoa.assessment.windows import Restated
from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.calendars import Window
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind, Period, Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.model.units import Unit, UnitRegister


def figure_of(
    indicator: Indicator, span: Window, unit: Unit | None, key: str, register: UnitRegister, history: History
) -> KnownFigure | None:
    """What reports state of a unit, else of those that went into it; no value where a part is known only."""
    found = choose(indicator, span, stated_in(indicator.code, history.get(key, ())))
    if unit is None or (found is not None and found.value is not None):
        return found
    return _tightest(sum_over_parts(indicator, span, unit, register, history), found)


def _tightest(*figures: KnownFigure | None) -> KnownFigure | None:
    """The figure with a value, else the one of the greatest lower bound; of equals the first."""
    known = [figure for figure in figures if figure is not None]
    return max(known, key=lambda figure: (figure.value is not None, _least(figure)), default=None)


def sum_over_parts(
    indicator: Indicator, span: Window, unit: Unit, register: UnitRegister, history: History
) -> KnownFigure | None:
    """The sum over the units that went into one whole; without a value where one of them has no figure.

    None where nothing is known, where some went in part only, or where the unit was there on one of the days.
    """
    if unit.valid_from is None or unit.valid_from <= _last_day(indicator, span):
        return None
    # Xã A had 4 of 5 cases solved and xã B 10 of 50; the unit that both went into had 14 of 55 = 25,45 %,
    # while the mean of 80 % and 20 % would say 50 % (decision 0027).
    parts = register.parts_of(unit)
    found = [(part, figure_of(indicator, span, part, part.key, register, history)) for part in parts]
    named = [(part, known) for part, known in found if known is not None]
    leaves = [leaf for part, known in named for leaf in _leaves(part, known)]
    return join([known for _, known in found], leaves) if leaves else None


def join(
    figures: Sequence[KnownFigure | None], leaves: Sequence[KnownFigure], divisor: int = 1
) -> KnownFigure:
    """The sum of figures; where one is unknown, what the known ones say of it."""
    known = [figure for figure in figures if figure is not None]
    source, lows = leaves[-1].source, [_least(figure) for figure in known]
    if all(figure.value is not None for figure in known) and len(known) == len(figures):
        return KnownFigure(sum(lows, Decimal(0)), source, tuple(leaves), divisor)
    if any(low < 0 for low in lows):  # a balance bounds nothing
        return KnownFigure(None, source, tuple(leaves), divisor)
    highs = [_most(figure) for figure in known]
    ends = [high for high in highs if high is not None]
    high = sum(ends, Decimal(0)) if len(ends) == len(figures) else None
    return KnownFigure(None, source, tuple(leaves), divisor, low=sum(lows, Decimal(0)) or None, high=high)


def _least(figure: KnownFigure) -> Decimal:
    return figure.value if figure.value is not None else figure.low or Decimal(0)


def _most(figure: KnownFigure) -> Decimal | None:
    return figure.value if figure.value is not None else figure.high


def _last_day(indicator: Indicator, span: Window) -> date:
    """The last day that a figure is about: a stock is about one day alone."""
    of_start = indicator.kind is IndicatorKind.STOCK and indicator.at_start
    return span.start if of_start else span.end


def _leaves(part: Unit, known: KnownFigure) -> list[KnownFigure]:
    """The figures behind a former unit's, each with the name of the unit that it was counted in."""
    return [replace(leaf, unit=leaf.unit or f"{part.name} ({part.code})") for leaf in known.parts or (known,)]


def changed_localities(plan: Plan, milestone: Period) -> Mapping[str, Unit]:
    """The localities that were not yet the units they are now when the window compared with began."""
    found = {code: plan.register.on(code, milestone.window.end) for code in plan.locality_by_code}
    return {
        code: unit
        for code, unit in found.items()
        if unit is not None and not unit.is_valid_on(milestone.baseline.start)
    }


def restate_baselines(
    plan: Plan, milestone: Period, evidence: Mapping[str, LocalityEvidence], history: History
) -> tuple[Mapping[str, LocalityEvidence], tuple[Restated, ...]]:
    """The evidence with the year before restated for the units as they are now.

    What the submitter states of the year before counts, and where the former units' figures add up to
    another sum the two are returned side by side. Where it states nothing the sum counts. Where there
    is no sum either and the boundary moved, the figure cannot be compared: reason `unit_changed`, never a
    zero.
    """
    restated: list[Restated] = []
    found = dict(evidence)
    for code, unit in changed_localities(plan, milestone).items():
        known = evidence[code]
        if known.is_measurable:
            figures, differing = _restate(plan, milestone, unit, known, history)
            found[code] = replace(known, figures=figures)
            restated += differing
    return found, tuple(restated)


def _restate(
    plan: Plan, milestone: Period, unit: Unit, known: LocalityEvidence, history: History
) -> tuple[dict[tuple[str, Basis], KnownFigure], list[Restated]]:
    figures = dict(known.figures)
    differing = []
    # The submitter's own "Cùng kỳ" goes first: it states the unit as it is now (decision 0027). Stated 12 and
    # former units 5 + 8 = 13: 12 counts, and the office reads of the difference. Neither is ever averaged.
    moved = plan.register.has_moved(unit, milestone.baseline.start)
    for indicator in plan.indicators:
        key = (indicator.code, Basis.BASELINE)
        stated = figures.get(key)
        summed = sum_over_parts(indicator, milestone.baseline, unit, plan.register, history)
        if stated is not None and stated.value is not None:
            if summed is not None and summed.value not in (None, stated.value):
                differing.append(Restated(known.locality, indicator.code, stated, summed))
            continue
        found = _tightest(summed, stated)
        if moved and (found is None or found.value is None):
            found = _unit_changed(found)
        # A unit that changed its name alone: of the year before, what is known of the old name bounds it.
        figures |= {} if found is None else {key: found}
    return figures, differing


def _unit_changed(found: KnownFigure | None) -> KnownFigure:
    """A figure that no sum restates, with what bounds it even so."""
    # Part of xã X went to Y, the rest to Z: no sum is right, and a decision must not rest on an estimate by
    # population (decision 0027). A zero would let every figure rise.
    known = found or KnownFigure(None, NOWHERE)
    return replace(known, value=None, lacks=InsufficiencyReason.UNIT_CHANGED)


NOWHERE = Source("", "", "", "", "")
BASELINES_FILE = "baselines.csv"
# Windows of the same length may differ by a leap day.
DAYS_APART = 1


def wanted_baselines(criteria: Iterable[Criterion]) -> tuple[tuple[str, Baseline], ...]:
    """The figures of other windows that criteria name, each once."""
    named = (term for criterion in criteria for term in criterion.terms)
    return tuple(
        dict.fromkeys((term.indicator, term.basis) for term in named if isinstance(term.basis, Baseline))
    )


def add_baselines(
    plan: Plan,
    window: Window,
    evidence: Mapping[str, LocalityEvidence],
    wanted: Sequence[tuple[str, Baseline]],
    history: History,
) -> Mapping[str, LocalityEvidence]:
    """The evidence with every figure that is wanted and can be had; what cannot be had is left out.

    A flow over another window must be covered exactly by reports. A whole year is compared with a whole year
    only: where the window is shorter the figure is left out rather than compared with more months.
    """
    return {
        code: replace(known, baselines=_baselines_of(plan, window, code, wanted, history))
        if known.is_measurable
        else known
        for code, known in evidence.items()
    }


def _baselines_of(
    plan: Plan, window: Window, locality: str, wanted: Sequence[tuple[str, Baseline]], history: History
) -> dict[tuple[str, Baseline], KnownFigure]:
    found = {}
    for code, against in wanted:
        if against.kind is BaselineKind.FIXED:
            figure = _stated(plan, against.name, locality, code)
        else:
            figure = _reported(plan, plan.indicator_by_code[code], against, window, locality, history)
        if figure is not None:
            found[code, against] = figure
    return found


def _stated(plan: Plan, name: str, locality: str, indicator: str) -> KnownFigure | None:
    """The figure that the plan states, with the line of its file as the place."""
    for entry in plan.fixed_figures:
        if (entry.name, entry.locality, entry.indicator) == (name, locality, indicator):
            return KnownFigure(entry.value, Source("", "", f"{BASELINES_FILE}:{entry.line}", "", ""))
    return None


def _reported(
    plan: Plan, indicator: Indicator, against: Baseline, window: Window, locality: str, history: History
) -> KnownFigure | None:
    """The figure of the unit that the locality is at the window's end, restated where it came from others.

    Where the boundary moved since and it cannot be restated, the figure lacks for that reason.
    """
    register = plan.register
    unit, key = register.on(locality, window.end), register.key_of(locality, window.end)
    spans = against.windows(window)
    # 15/4 to 14/12/2021 against calendar 2020 is 8 months against 12 and would nearly always show a fall: the
    # slip that districts are expected to make. The engine refuses it as `plan check` does (decision 0017).
    compares_years = against.kind is BaselineKind.PREVIOUS_YEAR and indicator.kind is not IndicatorKind.STOCK
    if compares_years and abs(spans[0].days - window.days) > DAYS_APART:
        return None
    figures = [figure_of(indicator, span, unit, key, register, history) for span in spans]
    leaves = [leaf for figure in figures if figure is not None for leaf in _span_parts(figure)]
    # The mean stays a fraction: 10, 10 and 11 are 31/3, compared as such and never as 10,33 (decision 0017).
    found = figures[0] if len(spans) == 1 else join(figures, leaves, len(spans)) if leaves else None
    if found is not None and found.value is not None:
        return found
    moved = unit is not None and any(register.has_moved(unit, span.start) for span in spans)
    return _unit_changed(found) if moved else found


def _span_parts(figure: KnownFigure) -> Sequence[KnownFigure]:
    """What an average shows of one of its windows: its figure, or what is known of it."""
    return (figure,) if figure.value is not None or not figure.parts else figure.parts
