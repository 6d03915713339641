"""Checks criteria across a plan's files: what they measure, since when, by which letter, against what."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    Criterion,
    Leaf,
    RatioMeasure,
    Term,
    ValueMeasure,
)
from chuyenhoa.model.plan import IndicatorKind
from chuyenhoa.plan.checking import Check
from chuyenhoa.plan.sources import Path_

DAYS_APART = 1
"""A year may differ from another by a leap day."""


def check_criteria(check: Check) -> None:
    """Editions that overlap, names that nothing has, units that do not fit, groups without a criterion."""
    for criterion in check.plan.criteria:
        _check_criterion(check, "criterion", _key_of(criterion), criterion)
    for one, other in combinations(check.plan.criteria, 2):
        if one.code == other.code and _overlap(one, other):
            text = "is in force at the same time as another edition of it"
            check.blame("criterion", _key_of(other), text, ("valid_from",))
    for group in check.plan.groups:
        if not any(criterion.group == group.code for criterion in check.plan.criteria):
            check.blame("group", group.code, "no criterion belongs to it")


def _key_of(criterion: Criterion) -> str:
    return " ".join(str(part) for part in (criterion.code, criterion.valid_from) if part is not None)


def _overlap(one: Criterion, other: Criterion) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)


def _check_criterion(check: Check, what: str, key: str, criterion: Criterion, path: Path_ = ()) -> None:
    groups = {group.code for group in check.plan.groups}
    check.each_known(what, key, [criterion.group], groups, "group")
    named = (term.indicator for term in criterion.terms)
    check.each_known(what, key, named, check.plan.indicator_by_code, "indicator")
    for leaf in dict.fromkeys(criterion.leaves):
        for text in _unit_problems(check, leaf):
            check.blame(what, key, text, (*path, "threshold", "unit"))
    for text in _stock_problems(check, what, key):
        check.blame(what, key, text, (*path, "measure"))
    for term in dict.fromkeys(criterion.terms):
        for text in _baseline_problems(check, term):
            check.blame(what, key, text, (*path, "measure"))


def _unit_problems(check: Check, leaf: Leaf) -> list[str]:
    """A threshold whose unit is not that of what it is held against."""
    if isinstance(leaf, RatioMeasure) and not leaf.threshold.in_percent:
        return [f"a ratio is held against percent, not against {leaf.threshold.unit!r}"]
    if not isinstance(leaf, ValueMeasure | ChangeMeasure):
        return []
    if isinstance(leaf, ChangeMeasure) and leaf.threshold.in_percent:
        return []
    known = check.plan.indicator_by_code
    units = {known[term.indicator].unit for term in leaf.terms if term.indicator in known}
    if units and units != {leaf.threshold.unit}:
        return [f"the threshold is in {leaf.threshold.unit!r}, the figures are in {', '.join(sorted(units))}"]
    return []


def _stock_problems(check: Check, what: str, key: str) -> list[str]:
    """A comparison of stocks that names a flow."""
    at = check.places.get((what, key))
    named = [text for entry in _stock_comparisons(at.data if at else None) for text in entry]
    codes = {str(text).removeprefix("-").rpartition(".")[2] for text in named}
    known = check.plan.indicator_by_code
    return [
        f"{code} is counted inside the window, and no stock to compare"
        for code in sorted(codes)
        if code in known and known[code].kind is not IndicatorKind.STOCK
    ]


def _stock_comparisons(data: object) -> list[list[object]]:
    """The terms of every `stock_comparison` inside an entry, however deep."""
    if isinstance(data, list):
        return [found for part in data for found in _stock_comparisons(part)]
    if not isinstance(data, dict):
        return []
    own = [[*data["left"], *data["right"]]] if data.get("kind") == "stock_comparison" else []
    return own + _stock_comparisons(list(data.values()))


def _baseline_problems(check: Check, term: Term) -> list[str]:
    """A figure to compare with that can never be had."""
    against, plan = term.basis, check.plan
    if not isinstance(against, Baseline):
        return []
    if against.kind is BaselineKind.FIXED:
        stated = {
            f.locality for f in plan.fixed_figures if (f.name, f.indicator) == (against.name, term.indicator)
        }
        lacking = [entry.code for entry in plan.localities if entry.code not in stated]
        return [f"baselines.csv has no {against.name} of {term.indicator} for {', '.join(lacking)}"] * bool(
            lacking
        )
    known = plan.indicator_by_code.get(term.indicator)
    if against.kind is not BaselineKind.PREVIOUS_YEAR or known is None or known.kind is IndicatorKind.STOCK:
        return []
    return [
        f"previous_year compares {before.days} days of {term.indicator} with the {period.window.days}"
        f" of {period.id}"
        for period in plan.milestones
        for before in against.windows(period.window)
        if abs(before.days - period.window.days) > DAYS_APART
    ]


def check_guidance(check: Check) -> None:
    """A letter fills in criteria that wait for one, or adds to a group that has such a criterion."""
    awaited = [c for c in check.plan.criteria if any(isinstance(leaf, AwaitedMeasure) for leaf in c.leaves)]
    groups = {criterion.group for criterion in awaited}
    others = {criterion.code for criterion in check.plan.criteria} - {criterion.code for criterion in awaited}
    for letter in check.plan.guidance:
        codes = [criterion.code for criterion in letter.criteria]
        for number, criterion in enumerate(letter.criteria):
            path: Path_ = ("criteria", number)
            if criterion.code in others or criterion.group not in groups:
                text = f"criterion {criterion.code} does not wait for guidance (measure kind guidance)"
                check.blame("guidance", letter.title, text, (*path, "code"))
            if criterion.code in codes[:number]:
                check.blame("guidance", letter.title, f"criterion {criterion.code} stands twice", path)
            if any(isinstance(leaf, AwaitedMeasure) for leaf in criterion.leaves):
                text = f"criterion {criterion.code} still waits; a letter says how it is measured"
                check.blame("guidance", letter.title, text, (*path, "measure"))
            _check_criterion(check, "guidance", letter.title, criterion, path)


def check_fixed_figures(check: Check) -> None:
    """Figures to compare with are of localities and indicators that the plan has."""
    for figure in check.plan.fixed_figures:
        key = f"{figure.name} {figure.locality} {figure.indicator}"
        check.each_known("baseline", key, [figure.locality], check.plan.locality_by_code, "locality")
        check.each_known("baseline", key, [figure.indicator], check.plan.indicator_by_code, "indicator")
