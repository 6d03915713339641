"""Figures to compare with that no "Cùng kỳ" sheet holds: from other windows' reports, or from the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chuyenhoa.assessment.tiling import cover, order_of
from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.calendars import Window
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind, Plan

BASELINES_FILE = "baselines.csv"
DAYS_APART = 1
"""Windows of the same length may differ by a leap day."""


@dataclass(frozen=True)
class Told:
    """The figures that one accepted report gives of one locality for one window."""

    window: Window
    figures: Mapping[str, KnownFigure]


History = Mapping[str, Sequence[Told]]
"""By locality, all that accepted reports of any plan tell, each of its own window first."""


def told_in(window: Window, baseline: Window, evidence: LocalityEvidence) -> tuple[Told, Told]:
    """What one report tells: of its own window, and of the one that it is compared with."""

    def figures(basis: Basis) -> dict[str, KnownFigure]:
        return {code: known for (code, of), known in evidence.figures.items() if of is basis}

    return Told(window, figures(Basis.CURRENT)), Told(baseline, figures(Basis.BASELINE))


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
        code: replace(known, baselines=_baselines_of(plan, window, code, wanted, history.get(code, ())))
        if known.absence is None
        else known
        for code, known in evidence.items()
    }


def _baselines_of(
    plan: Plan, window: Window, locality: str, wanted: Sequence[tuple[str, Baseline]], told: Sequence[Told]
) -> dict[tuple[str, Baseline], KnownFigure]:
    found = {}
    for code, against in wanted:
        if against.kind is BaselineKind.FIXED:
            figure = _stated(plan, against.name, locality, code)
        else:
            figure = _reported(plan.indicator_by_code[code], against, window, told)
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
    indicator: Indicator, against: Baseline, window: Window, told: Sequence[Told]
) -> KnownFigure | None:
    spans = against.windows(window)
    compares_years = against.kind is BaselineKind.PREVIOUS_YEAR and indicator.kind is IndicatorKind.FLOW
    if compares_years and abs(spans[0].days - window.days) > DAYS_APART:
        return None
    figures = [_figure_in(indicator, span, told) for span in spans]
    known = tuple(figure for figure in figures if figure is not None)
    if len(known) < len(figures):
        return None
    if len(known) == 1:
        return known[0]
    return KnownFigure(_sum(known), known[-1].source, known, divisor=len(known))


def _sum(figures: Sequence[KnownFigure]) -> Decimal:
    """The sum of figures that all have a value."""
    return sum((figure.value for figure in figures if figure.value is not None), Decimal(0))


def _figure_in(indicator: Indicator, span: Window, told: Sequence[Told]) -> KnownFigure | None:
    """A flow summed over reports that cover a window; a stock as some report tells it for that day."""
    having = [
        (entry.window, figure)
        for entry in told
        if (figure := entry.figures.get(indicator.code)) is not None and figure.value is not None
    ]
    if indicator.kind is IndicatorKind.STOCK:
        return next(
            (
                figure
                for window, figure in having
                if (window.start == span.start if indicator.at_start else window.end == span.end)
            ),
            None,
        )
    tiles = [figure for _, figure in cover(span, sorted(having, key=lambda entry: order_of(entry[0])))]
    if len(tiles) < 2:
        return tiles[0] if tiles else None
    return KnownFigure(_sum(tiles), tiles[-1].source, tuple(tiles))
