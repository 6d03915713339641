"""Assembles a milestone's window from what was accepted: one report, or finer ones that cover it exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import TypeVar

from chuyenhoa.model.calendars import DAY, Window
from chuyenhoa.model.criteria import DeclarationMeasure
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Indicator, IndicatorKind, Period, Plan
from chuyenhoa.model.results import InsufficiencyReason

Item = TypeVar("Item")


def order_of(window: Window) -> tuple[object, ...]:
    """Sorts windows by their start, the longest first."""
    # The longest first: of six months and their months the coarse report counts (decision 0011).
    return (window.start, -window.days)


def cover(window: Window, parts: Sequence[tuple[Window, Item]]) -> list[tuple[Window, Item]]:
    """The coarsest sequence of parts that covers a window day by day; empty when there is none.

    `parts` are sorted by `order_of`; of two with the same window the first one is taken.
    """
    for index, (span, part) in enumerate(parts):
        if span.start != window.start or span.end > window.end:
            continue
        if span.end == window.end:
            return [(span, part)]
        # The longest part may lead to a dead end: six months with nothing after them, while the eight months
        # of the year are all there. So the next one is tried; a plan has ten periods, the search is small.
        rest = cover(Window(span.end + DAY, window.end), parts[index + 1 :])
        if rest:
            return [(span, part), *rest]
    return []


def gaps_in(window: Window, covered: Sequence[Window]) -> tuple[Window, ...]:
    """The stretches of a window that none of the others covers."""
    gaps = []
    day = window.start
    for part in sorted(covered, key=lambda part: part.start):
        if part.start > day:
            gaps.append(Window(day, part.start - DAY))
        day = max(day, part.end + DAY)
    if day <= window.end:
        gaps.append(Window(day, window.end))
    return tuple(gaps)


def crossings(parts: Sequence[tuple[Window, Item]]) -> list[tuple[Item, Item, Window]]:
    """Pairs that share days although neither lies inside the other, with the days they share."""
    return [
        (one, other, Window(max(a.start, b.start), min(a.end, b.end)))
        for (a, one), (b, other) in combinations(parts, 2)
        if a.overlaps(b) and not a.contains(b) and not b.contains(a)
    ]


# Evidence by period id, then by locality code.
Reported = Mapping[str, Mapping[str, LocalityEvidence]]


@dataclass(frozen=True)
class Difference:
    """A figure for which finer reports say otherwise than the coarse one, which is the one that counts.

    A flow differs from the sum of the finer figures, a stock from that of the same day. `period` is the
    coarse report's.
    """

    locality: str
    indicator: str
    basis: Basis
    coarse: Decimal
    fine: Decimal
    period: str


@dataclass(frozen=True)
class Overlap:
    """Two accepted reports that both cover some days, so that their figures cannot be added."""

    first: str
    second: str
    shared: Window


@dataclass(frozen=True)
class Restated:
    """A figure of the year before that the submitter states, beside the sum over the former units."""

    locality: str
    indicator: str
    stated: Decimal
    summed: KnownFigure


@dataclass(frozen=True)
class Assembled:
    """A milestone's evidence with what was noticed while it was put together."""

    evidence: Mapping[str, LocalityEvidence]
    periods: tuple[str, ...]
    """The periods whose figures count for some locality, in the plan's order."""
    gaps: Mapping[str, tuple[Window, ...]]
    """By locality, the stretches of the window that nothing accepted covers."""
    differences: tuple[Difference, ...]
    overlaps: Mapping[str, tuple[Overlap, ...]] = field(default_factory=dict)
    """By locality, reports that stand in each other's way where none could be put together."""
    restated: tuple[Restated, ...] = ()
    """Figures of the year before that differ from the sum over the units that were merged."""


def finer_periods(plan: Plan, milestone: Period) -> tuple[Period, ...]:
    """The periods inside a milestone's window, the milestone itself left out, earliest and longest first."""
    inside = [p for p in plan.periods if p.id != milestone.id and milestone.window.contains(p.window)]
    return tuple(sorted(inside, key=lambda p: order_of(p.window)))


def assemble(plan: Plan, milestone: Period, reported: Reported) -> Assembled:
    """Put together what is known of every locality at a milestone.

    The milestone's own report counts where it was accepted. Otherwise finer reports count when they cover the
    window exactly, without gap or overlap: flows are summed, stocks taken at the cut-off (or at the start,
    where the indicator says so). Where neither is the case nothing counts, and what is open is named. Where
    coarse and fine reports cover the same days the coarse one counts, and a difference is noted.
    """
    evidence: dict[str, LocalityEvidence] = {}
    gaps: dict[str, tuple[Window, ...]] = {}
    overlaps: dict[str, tuple[Overlap, ...]] = {}
    differences: list[Difference] = []
    used: set[str] = set()
    finer = finer_periods(plan, milestone)
    for code in plan.locality_by_code:
        whole = reported.get(milestone.id, {}).get(code)
        sent = [(p.window, (p, found)) for p in finer if (found := reported.get(p.id, {}).get(code))]
        parts = [entry for entry in sent if entry[1][1].absence is None]
        tiles = [part for _, part in cover(milestone.window, parts)]
        # The milestone's own report goes before any sum of finer ones (decision 0011): 30 in the year's
        # report and 28 in its months is 30, with the difference noted.
        if whole is not None and whole.absence is None:
            evidence[code] = whole
            used.add(milestone.id)
            differences += _reconcile(plan, (milestone, whole), parts)
        elif tiles:
            evidence[code] = _join(plan, code, tiles)
            used.update(period.id for period, _ in tiles)
            for tile in tiles:
                differences += _reconcile(plan, tile, parts)
        else:
            evidence[code] = LocalityEvidence(code, absence=_absence(milestone.window, whole, sent))
            if parts:
                gaps[code] = gaps_in(milestone.window, [window for window, _ in parts])
                overlaps[code] = _overlaps(parts)
    order = tuple(period.id for period in plan.periods if period.id in used)
    return Assembled(
        evidence,
        order,
        {code: found for code, found in gaps.items() if found},
        tuple(differences),
        {code: found for code, found in overlaps.items() if found},
    )


Part = tuple[Period, LocalityEvidence]
Spanned = Sequence[tuple[Window, Part]]


def _absence(window: Window, whole: LocalityEvidence | None, sent: Spanned) -> InsufficiencyReason:
    """Why nothing counts.

    A report that was held back weighs more than a gap between finer ones, and so does a finer one that would
    have closed the last gap. Without any gap it is reports that overlap.
    """
    # A held report is there and has an error to correct: "gap" would ask the district for what it has sent.
    if whole is not None and whole.absence is InsufficiencyReason.HELD_BY_FINDINGS:
        return InsufficiencyReason.HELD_BY_FINDINGS
    known = [entry for entry in sent if entry[1][1].absence in (None, InsufficiencyReason.HELD_BY_FINDINGS)]
    if not known:
        return InsufficiencyReason.NOT_SUBMITTED
    if cover(window, known):
        return InsufficiencyReason.HELD_BY_FINDINGS
    accepted = [span for span, (_, found) in known if found.absence is None]
    return (
        InsufficiencyReason.GAP_IN_WINDOW
        if gaps_in(window, accepted)
        else InsufficiencyReason.CONFLICTING_SOURCES
    )


def _overlaps(parts: Spanned) -> tuple[Overlap, ...]:
    return tuple(Overlap(one.id, other.id, shared) for (one, _), (other, _), shared in crossings(parts))


def _reconcile(plan: Plan, coarse: Part, parts: Spanned) -> list[Difference]:
    """Compare a report with the finer ones that cover its window, and these with finer ones still."""
    period, whole = coarse
    inside = [entry for entry in parts if entry[1][0].id != period.id and period.window.contains(entry[0])]
    tiles = [part for _, part in cover(period.window, inside)]
    found = _compare(period, whole, _join(plan, whole.locality, tiles)) if tiles else []
    for tile in tiles:
        found += _reconcile(plan, tile, [entry for entry in inside if entry[0] != period.window])
    return found


def _join(plan: Plan, code: str, tiles: Sequence[Part]) -> LocalityEvidence:
    """One locality's figures over consecutive windows."""
    keys = dict.fromkeys(key for _, found in tiles for key in found.figures)
    figures = {
        key: figure
        for key in keys
        if (figure := _join_figure(plan.indicator_by_code[key[0]], key, tiles)) is not None
    }
    return LocalityEvidence(code, figures, _join_declarations(plan, tiles))


def _join_declarations(plan: Plan, tiles: Sequence[Part]) -> dict[str, KnownDeclaration]:
    """What was declared last, a blank aside; over all reports where it speaks of all that happened."""
    throughout = {
        criterion.code
        for criterion in (*plan.criteria, *(entry for letter in plan.guidance for entry in letter.criteria))
        if any(isinstance(leaf, DeclarationMeasure) and leaf.throughout for leaf in criterion.leaves)
    }
    codes = dict.fromkeys(code for _, found in tiles for code in found.declarations)
    joined = {}
    for code in codes:
        made = [found.declarations.get(code) for _, found in tiles]
        declared = _join_throughout(made) if code in throughout else _join_last(made)
        if declared is not None:
            joined[code] = declared
    return joined


def _join_last(made: Sequence[KnownDeclaration | None]) -> KnownDeclaration | None:
    known = [entry for entry in made if entry is not None]
    return next((entry for entry in reversed(known) if entry.answer is not None), known[0] if known else None)


def _join_throughout(made: Sequence[KnownDeclaration | None]) -> KnownDeclaration | None:
    """A "Không" anywhere decides; else a blank or a row that lacks leaves it open; else the last "Có"."""
    # II.5 is "100 % tố giác, tin báo" of the whole window: Có, Có, Không is Không. A plan that was issued
    # (I.1) stays issued, so there the last word counts.
    known = [entry for entry in made if entry is not None]
    for answer in (Answer.NO, None):
        found = next((entry for entry in reversed(known) if entry.answer is answer), None)
        if found is not None:
            return found
    if len(known) < len(made):
        return None
    said = [entry for entry in known if entry.answer is Answer.YES]
    return said[-1] if said else known[-1]


def _join_figure(indicator: Indicator, key: tuple[str, Basis], tiles: Sequence[Part]) -> KnownFigure | None:
    """A flow is the sum of its parts and missing when one is; a stock is that of its moment."""
    if indicator.kind is IndicatorKind.STOCK:
        _, found = tiles[0] if indicator.at_start else tiles[-1]
        return found.figures.get(key)
    parts = [found.figures.get(key) for _, found in tiles]
    known = tuple(part for part in parts if part is not None)
    values = [part.value for part in known if part.value is not None]
    # 3 + blank + 4 is not 7: a blank month is missing and never zero (decision 0005).
    total = sum(values, Decimal(0)) if len(values) == len(parts) else None
    # 3 + withdrawn + 4 lacks because of the withdrawal, and says where that stands.
    shown = next((part for part in known if part.lacks is not None), known[-1])
    return KnownFigure(total, shown.source, known if len(tiles) > 1 else (), lacks=shown.lacks)


def _compare(period: Period, coarse: LocalityEvidence, fine: LocalityEvidence) -> list[Difference]:
    """The figures in which a report differs from what finer ones come to; a blank differs from nothing."""
    return [
        Difference(coarse.locality, code, basis, figure.value, other.value, period.id)
        for (code, basis), figure in coarse.figures.items()
        if (other := fine.figures.get((code, basis)))
        and figure.value is not None
        and other.value is not None
        and figure.value != other.value
    ]
