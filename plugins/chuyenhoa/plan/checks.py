"""Checks a loaded plan across its files: what one entry names must exist in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

from chuyenhoa.model.calendars import is_cut_by
from chuyenhoa.model.plan import Locality, Period, Plan, Unit, Window
from chuyenhoa.plan.alias_checks import check_aliases
from chuyenhoa.plan.checking import Check
from chuyenhoa.plan.criterion_checks import check_criteria, check_fixed_figures, check_guidance
from chuyenhoa.plan.sources import Located, Problems

DAYS_APART = 1
"""A baseline may differ from its window by a leap day, and by nothing else."""
YEAR = 365


def check_plan(plan: Plan, places: Mapping[tuple[str, str], Located], problems: Problems) -> None:
    """Note everything in which the plan's files contradict each other."""
    check = Check(plan, places, problems)
    steps: tuple[Callable[[Check], None], ...] = (
        _check_submitters,
        _check_localities,
        _check_periods,
        _check_indicators,
        check_criteria,
        check_guidance,
        check_fixed_figures,
        _check_tasks,
    )
    for step in steps:
        step(check)
    check_aliases(plan, check.blame)


def _check_submitters(check: Check) -> None:
    folders: dict[str, str] = {}
    for submitter in check.plan.submitters:
        if submitter.folder in folders:
            check.blame(
                "submitter",
                submitter.code,
                f"folder {submitter.folder} belongs to {folders[submitter.folder]} already",
            )
        folders[submitter.folder] = submitter.code


def _check_localities(check: Check) -> None:
    by_code: dict[str, list[Unit]] = {}
    for unit in check.plan.units:
        by_code.setdefault(unit.code, []).append(unit)
    for locality in check.plan.localities:
        check.each_known(
            "locality", locality.code, [locality.submitter], check.plan.submitter_by_code, "submitter"
        )
        _check_unit(check, locality, by_code.get(locality.code, []))


def _check_unit(check: Check, locality: Locality, units: list[Unit]) -> None:
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
    if submitter and submitter.kind == "commune_board" and locality.code != submitter.code:
        check.blame(
            "locality", locality.code, f"is reported by the board of another commune, {submitter.code}"
        )
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


def _check_periods(check: Check) -> None:
    for period in check.plan.periods:
        _check_period(check, period)
    for one, other in combinations(check.plan.periods, 2):
        same = one.kind is other.kind and one.calendar is other.calendar
        if same and one.window.overlaps(other.window):
            check.blame(
                "period", other.id, f"its window overlaps that of {one.id}, which is of the same kind"
            )
    if not check.plan.milestones:
        check.problems.add(Located("periods.yaml", 0, None, {}), "no period is a milestone")


def _check_period(check: Check, period: Period) -> None:
    if not period.id.startswith(f"{check.plan.id}-"):
        check.blame("period", period.id, f"its id must begin with the plan's, {check.plan.id}-", ("id",))
    if period.deadline < period.window.end:
        check.blame("period", period.id, "the deadline is before the end of the window", ("deadline",))
    if period.baseline.end >= period.window.start:
        check.blame("period", period.id, "the baseline runs into the window", ("baseline",))
    if abs(period.baseline.days - period.window.days) > DAYS_APART:
        text = f"the baseline has {period.baseline.days} days and the window {period.window.days}"
        check.blame("period", period.id, text, ("baseline",))
    if not is_cut_by(period.window, period.calendar):
        span = f"{period.window.start} to {period.window.end}"
        text = f"its window {span} is not of whole {period.calendar} months"
        check.blame("period", period.id, text, ("from",))
    if period.opens and period.opens > period.deadline:
        check.blame("period", period.id, "opens after its deadline", ("opens",))
    _check_years(check, period)


def _check_years(check: Check, period: Period) -> None:
    """Years that were mistyped; those that may be meant are told by `doubts`."""
    if (period.deadline - period.window.end).days > YEAR:
        check.blame("period", period.id, "the deadline is over a year after the window", ("deadline",))
    if period.opens and (period.window.end - period.opens).days > YEAR:
        check.blame("period", period.id, "opens over a year before the end of its window", ("opens",))


def _check_indicators(check: Check) -> None:
    sections = {section.code for section in check.plan.sections}
    for indicator in check.plan.indicators:
        check.each_known("indicator", indicator.code, [indicator.section], sections, "section")


def _check_tasks(check: Check) -> None:
    agencies = {agency.code for agency in check.plan.agencies}
    for task in check.plan.tasks:
        check.each_known("task", task.code, task.lead, agencies, "agency")
        check.each_known("task", task.code, task.criteria, check.plan.criterion_by_code, "criterion")
