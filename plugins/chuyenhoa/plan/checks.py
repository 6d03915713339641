"""Checks a loaded plan across its files: what one entry names must exist in another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    CombinedMeasure,
    Criterion,
    Measure,
    RatioMeasure,
    ValueMeasure,
    terms_of,
)
from chuyenhoa.model.plan import Locality, Period, Plan, Unit, Window
from chuyenhoa.plan.alias_checks import check_aliases
from chuyenhoa.plan.sources import Located, Path_, Problems

DAYS_APART = 1
"""A baseline may differ from its window by a leap day, and by nothing else."""


@dataclass(frozen=True)
class _Check:
    """A plan, where its entries stand, and what was found wrong."""

    plan: Plan
    places: Mapping[tuple[str, str], Located]
    problems: Problems

    def blame(self, what: str, key: str, text: str, path: Path_ = ()) -> None:
        at = self.places.get((what, key), Located("plan.yaml", 0, None, {}))
        self.problems.add(at, f"{what} {key}: {text}", path)

    def each_known(self, what: str, key: str, named: Iterable[str], known: Iterable[str], noun: str) -> None:
        for name in sorted(set(named) - set(known)):
            self.blame(what, key, f"unknown {noun} {name}")


def check_plan(plan: Plan, places: Mapping[tuple[str, str], Located], problems: Problems) -> None:
    """Note everything in which the plan's files contradict each other."""
    check = _Check(plan, places, problems)
    steps: tuple[Callable[[_Check], None], ...] = (
        _check_submitters,
        _check_localities,
        _check_periods,
        _check_indicators,
        _check_criteria,
        _check_guidance,
        _check_tasks,
    )
    for step in steps:
        step(check)
    check_aliases(plan, check.blame)


def _check_submitters(check: _Check) -> None:
    folders: dict[str, str] = {}
    for submitter in check.plan.submitters:
        if submitter.folder in folders:
            check.blame(
                "submitter",
                submitter.code,
                f"folder {submitter.folder} belongs to {folders[submitter.folder]} already",
            )
        folders[submitter.folder] = submitter.code


def _check_localities(check: _Check) -> None:
    by_code: dict[str, list[Unit]] = {}
    for unit in check.plan.units:
        by_code.setdefault(unit.code, []).append(unit)
    for locality in check.plan.localities:
        check.each_known(
            "locality", locality.code, [locality.submitter], check.plan.submitter_by_code, "submitter"
        )
        _check_unit(check, locality, by_code.get(locality.code, []))


def _check_unit(check: _Check, locality: Locality, units: list[Unit]) -> None:
    """A locality is a unit, under its own name, valid in the plan's windows, in its submitter's district."""
    spans = [period.window for period in check.plan.periods]
    valid = [unit for unit in units if all(_is_valid(unit, span) for span in spans)]
    if not valid:
        check.blame("locality", locality.code, "no unit of this code was valid throughout the plan's periods")
        return
    if locality.name != valid[0].name:
        check.blame(
            "locality", locality.code, f"is named {locality.name!r} here and {valid[0].name!r} in units.csv"
        )
    submitter = check.plan.submitter_by_code.get(locality.submitter)
    if submitter and submitter.kind == "district_board" and valid[0].district_code != submitter.code:
        check.blame(
            "locality",
            locality.code,
            f"lies in district {valid[0].district_code}, not in that of {submitter.code}",
        )


def _is_valid(unit: Unit, span: Window) -> bool:
    return (unit.valid_from is None or unit.valid_from <= span.start) and (
        unit.valid_to is None or span.end <= unit.valid_to
    )


def _check_periods(check: _Check) -> None:
    for period in check.plan.periods:
        _check_period(check, period)
    for one, other in combinations(check.plan.periods, 2):
        overlap = one.window.start <= other.window.end and other.window.start <= one.window.end
        if one.kind is other.kind and overlap:
            check.blame(
                "period", other.id, f"its window overlaps that of {one.id}, which is of the same kind"
            )
    if not check.plan.milestones:
        check.problems.add(Located("periods.yaml", 0, None, {}), "no period is a milestone")


def _check_period(check: _Check, period: Period) -> None:
    if not period.id.startswith(f"{check.plan.id}-"):
        check.blame("period", period.id, f"its id must begin with the plan's, {check.plan.id}-", ("id",))
    if period.deadline < period.window.end:
        check.blame("period", period.id, "the deadline is before the end of the window", ("deadline",))
    if period.baseline.end >= period.window.start:
        check.blame("period", period.id, "the baseline runs into the window", ("baseline",))
    if abs(period.baseline.days - period.window.days) > DAYS_APART:
        text = f"the baseline has {period.baseline.days} days and the window {period.window.days}"
        check.blame("period", period.id, text, ("baseline",))
    if period.opens and period.opens > period.deadline:
        check.blame("period", period.id, "opens after its deadline", ("opens",))


def _check_indicators(check: _Check) -> None:
    sections = {section.code for section in check.plan.sections}
    for indicator in check.plan.indicators:
        check.each_known("indicator", indicator.code, [indicator.section], sections, "section")


def _check_criteria(check: _Check) -> None:
    for criterion in check.plan.criteria:
        _check_criterion(check, "criterion", criterion.code, criterion)
    for group in check.plan.groups:
        if not any(criterion.group == group.code for criterion in check.plan.criteria):
            check.blame("group", group.code, "no criterion belongs to it")


def _check_criterion(check: _Check, what: str, key: str, criterion: Criterion) -> None:
    groups = {group.code for group in check.plan.groups}
    indicators = check.plan.indicator_by_code
    check.each_known(what, key, [criterion.group], groups, "group")
    check.each_known(
        what, key, (term.indicator for term in terms_of(criterion.measure)), indicators, "indicator"
    )
    for text in _unit_problems(check, criterion.measure):
        check.blame(what, key, text, ("threshold", "unit"))


def _unit_problems(check: _Check, measure: Measure) -> list[str]:
    """Thresholds whose unit is not that of what they are held against."""
    match measure:
        case CombinedMeasure():
            return [text for part in measure.parts for text in _unit_problems(check, part)]
        case RatioMeasure() if measure.threshold.unit != "percent":
            return [f"a ratio is held against percent, not against {measure.threshold.unit!r}"]
        case ValueMeasure():
            known = check.plan.indicator_by_code
            units = {known[term.indicator].unit for term in measure.terms if term.indicator in known}
            if units and units != {measure.threshold.unit}:
                found = ", ".join(sorted(units))
                return [f"the threshold is in {measure.threshold.unit!r}, the figures are in {found}"]
    return []


def _check_guidance(check: _Check) -> None:
    for guidance in check.plan.guidance:
        awaited = check.plan.criterion_by_code.get(guidance.criterion.code)
        if awaited is None or not isinstance(awaited.measure, AwaitedMeasure):
            text = f"criterion {guidance.criterion.code} does not wait for guidance (measure kind guidance)"
            check.blame("guidance", guidance.title, text, ("criterion", "code"))
        _check_criterion(check, "guidance", guidance.title, guidance.criterion)


def _check_tasks(check: _Check) -> None:
    agencies = {agency.code for agency in check.plan.agencies}
    for task in check.plan.tasks:
        check.each_known("task", task.code, task.lead, agencies, "agency")
        check.each_known("task", task.code, task.criteria, check.plan.criterion_by_code, "criterion")
