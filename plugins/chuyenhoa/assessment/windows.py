"""Puts a milestone's window together: from its own report, finer ones, and what later ones tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from chuyenhoa.assessment.precedence import (
    Clash,
    History,
    ReportedWindow,
    are_disjoint,
    choose,
    cover,
    list_clashes,
    order_of,
    reported_in,
    stated_in,
    summed,
)
from chuyenhoa.model.calendars import DAY, Window
from chuyenhoa.model.criteria import DeclarationMeasure
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis, keeps_document
from chuyenhoa.model.plan import Indicator, IndicatorKind, Period, Plan
from chuyenhoa.model.results import InsufficiencyReason


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


def crossings(parts: Sequence[tuple[Window, str]]) -> list[tuple[str, str, Window]]:
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
    """Two sources of one figure that differ, each with its cells; `clash.counted` counts.

    `period` is the one whose window they are about: the milestone's, or one inside it.
    """

    locality: str
    indicator: str
    basis: Basis
    period: str
    clash: Clash


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
    stated: KnownFigure
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


Part = tuple[Period, LocalityEvidence]
Figures = dict[tuple[str, Basis], KnownFigure]


def assemble(plan: Plan, milestone: Period, reported: Reported, history: History | None = None) -> Assembled:
    """Put together what is known of every locality at a milestone.

    Each figure by itself is that of the milestone's own report, else of finer ones that cover the window,
    else what a later report tells of it. The window compared with is looked up in the same way: reports of
    that time, then the sheets "Cùng kỳ". Where reports leave days open these are named, the evidence says why
    (`absence`), and what is known bounds the figures. Sources that differ are noted.

    Args:
        plan: Localities, indicators, periods.
        milestone: The period assessed.
        reported: The evidence of the milestone and of its finer periods, by period id and locality.
        history: What reports on any period state, by the key of a unit.
    """
    evidence: dict[str, LocalityEvidence] = {}
    gaps: dict[str, tuple[Window, ...]] = {}
    overlaps: dict[str, tuple[Overlap, ...]] = {}
    differences: list[Difference] = []
    used: set[str] = set()
    periods = (milestone, *finer_periods(plan, milestone))
    throughout = _throughout(plan)
    for code in plan.locality_by_code:
        sent = [(p, found) for p in periods if (found := reported.get(p.id, {}).get(code))]
        parts = [part for part in sent if part[1].absence is None]
        key = plan.register.key_of(code, milestone.window.end)
        sources = _sources(milestone, periods, parts, (history or {}).get(key, ()))
        known = {basis: _figures_of(plan, sources[basis], basis) for basis in Basis}
        # Nothing was sent in the year, and the next one's "Cùng kỳ" tells of it: that is known as well.
        if not (parts or any(figure.is_known for figure in known[Basis.CURRENT].values())):
            evidence[code] = LocalityEvidence(code, absence=_absence(milestone, sent))
            continue
        used |= _used(known[Basis.CURRENT], parts)
        differences += _differences(plan, code, periods, sources)
        gaps[code] = _open_days(milestone, parts) if parts else ()
        absence = None
        if not cover(milestone.window, ((p.window, p) for p, _ in parts)):
            absence = _absence(milestone, sent)
            overlaps[code] = _overlaps(parts)
        declared = _declare(milestone, parts, gaps[code], throughout)
        evidence[code] = LocalityEvidence(
            code,
            known[Basis.CURRENT] | known[Basis.BASELINE],
            declared,
            absence,
            is_partial=absence is not None,
        )
    return Assembled(
        evidence,
        tuple(period.id for period in plan.periods if period.id in used),
        {code: found for code, found in gaps.items() if found},
        tuple(differences),
        {code: found for code, found in overlaps.items() if found},
    )


def _absence(milestone: Period, sent: Sequence[Part]) -> InsufficiencyReason:
    """Why the window is not covered.

    A report that was held back weighs more than a gap between finer ones, and so does a finer one that would
    have closed the last gap. Without any gap it is reports that overlap.
    """
    # A held report is there and has an error to correct: "gap" would ask the district for what it has sent.
    held = [p for p, found in sent if found.absence is InsufficiencyReason.HELD_BY_FINDINGS]
    accepted = [p for p, found in sent if found.absence is None]
    if not (held or accepted):
        return InsufficiencyReason.NOT_SUBMITTED
    if milestone in held or cover(milestone.window, ((p.window, p) for p in (*accepted, *held))):
        return InsufficiencyReason.HELD_BY_FINDINGS
    return (
        InsufficiencyReason.GAP_IN_WINDOW
        if gaps_in(milestone.window, [p.window for p in accepted])
        else InsufficiencyReason.CONFLICTING_SOURCES
    )


def _open_days(milestone: Period, parts: Sequence[Part]) -> tuple[Window, ...]:
    return gaps_in(milestone.window, [period.window for period, _ in parts])


def _overlaps(parts: Sequence[Part]) -> tuple[Overlap, ...]:
    spans = [(period.window, period.id) for period, _ in parts]
    return tuple(Overlap(one, other, shared) for one, other, shared in crossings(spans))


@dataclass(frozen=True)
class _Sources:
    """What all reports state of one locality for a window, the coarsest of each start first."""

    window: Window
    reports: Sequence[ReportedWindow]


def _sources(
    milestone: Period,
    periods: Sequence[Period],
    parts: Sequence[Part],
    history: Sequence[ReportedWindow],
) -> Mapping[Basis, _Sources]:
    """The milestone's and finer reports, and those of other periods on the same windows."""
    own, told = [], []
    for period, found in parts:
        now, before = reported_in(period.window, period.baseline, found, period.id)
        own.append(now)
        told.append(before)
    here = {period.id for period in periods}
    others = [entry for entry in history if entry.period not in here]
    reported = [entry for entry in others if not entry.is_told]
    later = [entry for entry in others if entry.is_told]

    def within(window: Window, found: Iterable[ReportedWindow]) -> _Sources:
        return _Sources(window, [entry for entry in found if window.contains(entry.window)])

    # A period of another plan on days of this window is another programme's: only what is told counts.
    return {
        Basis.CURRENT: within(milestone.window, [*own, *later]),
        Basis.BASELINE: within(milestone.baseline, [*reported, *told, *later]),
    }


def _figures_of(plan: Plan, sources: _Sources, basis: Basis) -> Figures:
    window, reports = sources.window, sources.reports
    if len(reports) == 1 and reports[0].window == window:  # nearly always, and a country has millions of them
        return {(code, basis): figure for code, figure in reports[0].figures.items()}
    codes = dict.fromkeys(code for report in reports for code in report.figures)
    only = _only_tiles(window, reports)
    return {
        (code, basis): figure
        for code in codes
        if (figure := _figure(plan.indicator_by_code[code], window, reports, only)) is not None
    }


def _only_tiles(window: Window, reports: Sequence[ReportedWindow]) -> Sequence[ReportedWindow]:
    """All reports of one kind in the order of time, if they cover a window and none is beside another."""
    own = [report for report in reports if not report.is_told] or reports
    tiles = [report for _, report in cover(window, ((report.window, report) for report in own))]
    return tiles if len(tiles) == len(own) else ()


def _figure(
    indicator: Indicator,
    window: Window,
    reports: Sequence[ReportedWindow],
    only: Sequence[ReportedWindow],
) -> KnownFigure | None:
    """The figure that counts; else what bounds it, with the blank cells that leave it open."""
    if only and indicator.kind is IndicatorKind.FLOW:
        # Twelve months and nothing else: there is nothing to choose, and a country has millions of them.
        tiles = [report.figures.get(indicator.code) for report in only]
        stated = [figure for figure in tiles if figure is not None and figure.value is not None]
        if len(stated) == len(only):
            return summed(stated)
    found = choose(indicator, window, stated_in(indicator.code, reports))
    if found is not None and found.value is not None:
        return found
    cells = (report.figures.get(indicator.code) for report in reports)
    blank = [figure for figure in cells if figure is not None and figure.value is None]
    # 3 + withdrawn + 4 lacks because of the withdrawal, and says where that stands.
    shown = next((figure for figure in blank if figure.lacks is not None), None)
    if found is None:
        return shown or (blank[0] if blank else None)
    found = replace(found, parts=(*found.parts, *blank))
    return found if shown is None else replace(found, source=shown.source, lacks=shown.lacks)


def _used(figures: Figures, parts: Sequence[Part]) -> set[str]:
    """The periods whose reports some figure is made of; one without figures has declarations."""
    if len(parts) == 1:
        return {parts[0][0].id}
    counted = {id(part) for figure in figures.values() for part in (figure, *figure.parts)}
    return {
        period.id
        for period, found in parts
        if not found.figures or any(id(figure) in counted for figure in found.figures.values())
    }


def _differences(
    plan: Plan, locality: str, periods: Sequence[Period], sources: Mapping[Basis, _Sources]
) -> Iterable[Difference]:
    """The sources that differ, of the milestone's windows and of all inside them."""
    for basis, found in sources.items():
        # Months alone, and that is nearly always, have no two sources of any figure.
        if are_disjoint(tuple(report.window for report in found.reports)):
            continue
        names = {(p.window if basis is Basis.CURRENT else p.baseline): p.id for p in reversed(periods)}
        for code in dict.fromkeys(code for report in found.reports for code in report.figures):
            indicator = plan.indicator_by_code[code]
            for clash in list_clashes(indicator, found.window, stated_in(code, found.reports)):
                period = names.get(clash.window) or f"{clash.window.start}/{clash.window.end}"
                yield Difference(locality, code, basis, period, clash)


def _throughout(plan: Plan) -> frozenset[str]:
    """The declared criteria that speak of all that happened in the window (`throughout`)."""
    return frozenset(
        criterion.code
        for criterion in plan.all_criteria
        if any(isinstance(leaf, DeclarationMeasure) and leaf.throughout for leaf in criterion.leaves)
    )


# A declaration with the period in whose report it was made.
Made = tuple[Period, KnownDeclaration]


def _declare(
    milestone: Period, parts: Sequence[Part], open_days: Sequence[Window], throughout: Collection[str]
) -> dict[str, KnownDeclaration]:
    """What is declared at a milestone, so far as reports that are still open cannot change it."""
    if len(parts) == 1 and parts[0][0].id == milestone.id:
        return dict(parts[0][1].declarations)
    # In the order in which they speak last; of one last day the coarse report has the last word.
    ordered = sorted(parts, key=lambda part: (part[0].window.end, part[0].window.days))
    codes = dict.fromkeys(code for _, found in ordered for code in found.declarations)
    joined = {}
    for code in codes:
        made = [(p, found.declarations[code]) for p, found in ordered if code in found.declarations]
        is_throughout = code in throughout
        declared = _join_throughout(milestone, made) if is_throughout else _join_last(made, open_days)
        if declared is not None:
            joined[code] = declared
    return joined


def _join_last(made: Sequence[Made], open_days: Sequence[Window]) -> KnownDeclaration | None:
    """The last word, a blank aside; None while a report that lacks could have a later one."""
    said = [entry for entry in made if entry[1].answer is not None]
    if not said:
        return made[0][1]
    last = said[-1][0].window.end
    return None if any(gap.end > last for gap in open_days) else _last_word([entry for _, entry in said])


def _last_word(said: Sequence[KnownDeclaration]) -> KnownDeclaration:
    """The last declaration; where it only repeats an earlier "Có", that one with its document."""
    kept = said[0]
    for entry in said[1:]:
        kept = kept if keeps_document(kept, entry) else entry
    return kept


def _join_throughout(milestone: Period, made: Sequence[Made]) -> KnownDeclaration | None:
    """A "Không" anywhere decides; else a blank or a row that lacks leaves it open; else the last "Có"."""
    # II.5 is "100 % tố giác, tin báo" of the whole window: Có, Có, Không is Không. A plan that was issued
    # (I.1) stays issued, so there the last word counts.
    said = [entry for entry in made if entry[1].answer is not None]
    coarse = [
        (period, entry)
        for period, entry in said
        if not any(p.window.contains(period.window) and p.id != period.id for p, _ in said)
    ]
    refused = [entry for _, entry in coarse if entry.answer is Answer.NO]
    if refused:
        return refused[-1]
    if not cover(milestone.window, ((period.window, entry) for period, entry in coarse)):
        return next((entry for _, entry in made if entry.answer is None), None)
    agreed = [entry for _, entry in said if entry.answer is Answer.YES]
    return _last_word(agreed) if agreed else coarse[-1][1]
