"""Assembles a milestone's window from what was accepted: one report, or finer ones that cover it exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind, Period, Plan, Window
from chuyenhoa.model.results import Reason

Reported = Mapping[str, Mapping[str, LocalityEvidence]]
"""Evidence by period id, then by locality code."""


@dataclass(frozen=True)
class Difference:
    """A flow whose finer figures do not add up to the coarse one, which is the one that counts."""

    locality: str
    indicator: str
    basis: Basis
    coarse: Decimal
    fine: Decimal


@dataclass(frozen=True)
class Assembled:
    """A milestone's evidence with what was noticed while it was put together."""

    evidence: Mapping[str, LocalityEvidence]
    periods: tuple[str, ...]
    """The periods whose figures count for some locality, in the plan's order."""
    gaps: Mapping[str, tuple[Window, ...]]
    """By locality, the stretches of the window that nothing accepted covers."""
    differences: tuple[Difference, ...]


def finer_periods(plan: Plan, milestone: Period) -> tuple[Period, ...]:
    """The periods inside a milestone's window, the milestone itself left out, earliest and longest first."""
    inside = [p for p in plan.periods if p.id != milestone.id and milestone.window.contains(p.window)]
    return tuple(sorted(inside, key=lambda p: (p.window.start, -p.window.days)))


def assemble(plan: Plan, milestone: Period, reported: Reported) -> Assembled:
    """Put together what is known of every locality at a milestone.

    The milestone's own report counts where it was accepted. Otherwise finer reports count when they cover the
    window exactly, without gap or overlap: flows are summed, stocks taken at the cut-off (or at the start,
    where the indicator says so). Where neither is the case nothing counts and the gap is named.
    """
    evidence: dict[str, LocalityEvidence] = {}
    gaps: dict[str, tuple[Window, ...]] = {}
    differences: list[Difference] = []
    used: set[str] = set()
    finer = finer_periods(plan, milestone)
    for locality in plan.localities:
        whole = reported.get(milestone.id, {}).get(locality.code)
        parts = [
            (period, found)
            for period in finer
            if (found := reported.get(period.id, {}).get(locality.code)) and found.absence is None
        ]
        tiles = _cover(milestone.window, parts)
        if whole is not None and whole.absence is None:
            evidence[locality.code] = whole
            used.add(milestone.id)
            if tiles:
                differences += _compare(plan, whole, _join(plan, locality.code, tiles))
        elif tiles:
            evidence[locality.code] = _join(plan, locality.code, tiles)
            used.update(period.id for period, _ in tiles)
        else:
            evidence[locality.code] = _absent(locality.code, whole, parts)
            if parts:
                gaps[locality.code] = _gaps(milestone.window, [period.window for period, _ in parts])
    order = tuple(period.id for period in plan.periods if period.id in used)
    return Assembled(evidence, order, gaps, tuple(differences))


Part = tuple[Period, LocalityEvidence]


def _absent(code: str, whole: LocalityEvidence | None, parts: Sequence[Part]) -> LocalityEvidence:
    """Why nothing counts; a report that was held back weighs more than a gap between finer ones."""
    if whole is not None and whole.absence is Reason.HELD_BY_FINDINGS:
        return whole
    reason = Reason.GAP_IN_WINDOW if parts else Reason.NOT_SUBMITTED
    return LocalityEvidence(code, absence=reason)


def _cover(window: Window, parts: Sequence[Part]) -> list[Part]:
    """The coarsest sequence of parts that covers a window day by day; empty when there is none."""
    for index, (period, found) in enumerate(parts):
        if period.window.start != window.start or period.window.end > window.end:
            continue
        if period.window.end == window.end:
            return [(period, found)]
        rest = _cover(Window(period.window.end + timedelta(days=1), window.end), parts[index + 1 :])
        if rest:
            return [(period, found), *rest]
    return []


def _gaps(window: Window, covered: Sequence[Window]) -> tuple[Window, ...]:
    """The stretches of a window that no report covers."""
    gaps = []
    day = window.start
    for part in sorted(covered, key=lambda part: part.start):
        if part.start > day:
            gaps.append(Window(day, part.start - timedelta(days=1)))
        day = max(day, part.end + timedelta(days=1))
    if day <= window.end:
        gaps.append(Window(day, window.end))
    return tuple(gaps)


def _join(plan: Plan, code: str, tiles: Sequence[Part]) -> LocalityEvidence:
    """One locality's figures over consecutive windows."""
    keys = dict.fromkeys(key for _, found in tiles for key in found.figures)
    declarations: dict[str, KnownDeclaration] = {}
    for _, found in tiles:
        stated = {
            c: d for c, d in found.declarations.items() if d.answer is not None or c not in declarations
        }
        declarations.update(stated)
    figures = {
        key: figure
        for key in keys
        if (figure := _join_figure(plan.indicator_by_code[key[0]], key, tiles)) is not None
    }
    return LocalityEvidence(code, figures, declarations)


def _join_figure(indicator: Indicator, key: tuple[str, Basis], tiles: Sequence[Part]) -> KnownFigure | None:
    """A flow is the sum of its parts and missing when one is; a stock is that of its moment."""
    if indicator.kind is IndicatorKind.STOCK:
        _, found = tiles[0] if indicator.at_start else tiles[-1]
        return found.figures.get(key)
    parts = [found.figures.get(key) for _, found in tiles]
    known = tuple(part for part in parts if part is not None)
    values = [part.value for part in known if part.value is not None]
    total = sum(values, Decimal(0)) if len(values) == len(parts) else None
    return KnownFigure(total, known[-1].source, known if len(tiles) > 1 else ())


def _compare(plan: Plan, coarse: LocalityEvidence, fine: LocalityEvidence) -> list[Difference]:
    """The flows in which the milestone's own report differs from the sum of the finer ones."""
    found = []
    for (code, basis), figure in coarse.figures.items():
        other = fine.figures.get((code, basis))
        if plan.indicator_by_code[code].kind is IndicatorKind.STOCK or other is None:
            continue
        if figure.value is not None and other.value is not None and figure.value != other.value:
            found.append(Difference(coarse.locality, code, basis, figure.value, other.value))
    return found
