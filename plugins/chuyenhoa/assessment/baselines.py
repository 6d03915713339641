"""Figures to compare with that no "Cùng kỳ" sheet holds: from other windows' reports, or from the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chuyenhoa.assessment.restating import History, ReportedWindow, add_up, figure_of
from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.calendars import Window
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind, Plan
from chuyenhoa.model.results import InsufficiencyReason

BASELINES_FILE = "baselines.csv"
DAYS_APART = 1
"""Windows of the same length may differ by a leap day."""


def reported_in(
    window: Window, baseline: Window, evidence: LocalityEvidence
) -> tuple[ReportedWindow, ReportedWindow]:
    """What one report tells: of its own window, and of the one that it is compared with."""

    def figures(basis: Basis) -> dict[str, KnownFigure]:
        return {code: known for (code, of), known in evidence.figures.items() if of is basis}

    return ReportedWindow(window, figures(Basis.CURRENT)), ReportedWindow(baseline, figures(Basis.BASELINE))


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
    only: where the window is shorter the figure is left out rather than held against more months.
    """
    return {
        code: replace(known, baselines=_baselines_of(plan, window, code, wanted, history))
        if known.absence is None
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
    compares_years = against.kind is BaselineKind.PREVIOUS_YEAR and indicator.kind is IndicatorKind.FLOW
    if compares_years and abs(spans[0].days - window.days) > DAYS_APART:
        return None
    figures = [figure_of(indicator, span, unit, key, register, history) for span in spans]
    known = tuple(figure for figure in figures if figure is not None)
    if len(known) < len(figures):
        moved = unit is not None and any(register.has_moved(unit, span.start) for span in spans)
        nowhere = Source("", "", "", "", "")
        return KnownFigure(None, nowhere, lacks=InsufficiencyReason.UNIT_CHANGED) if moved else None
    if len(known) == 1:
        return known[0]
    return KnownFigure(add_up(known), known[-1].source, known, divisor=len(known))
