"""Checks a loaded plan across its files: what one entry names must exist in another and fit it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from chuyenhoa.model import criteria as measures
from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.calendars import is_cut_by
from chuyenhoa.model.plan import Indicator, IndicatorKind, Locality, Period, Plan, Unit, Window
from chuyenhoa.plan.names import label_key, plain_key, repeated
from chuyenhoa.plan.sources import Located, Path_, Problems

# A baseline may differ from its window by a leap day, and by nothing else.
DAYS_APART = 1
YEAR = 365


@dataclass(frozen=True)
class Check:
    """A plan, where its entries stand, and what was found wrong."""

    plan: Plan
    places: Mapping[tuple[str, str], Located]
    problems: Problems

    def blame(self, what: str, key: str, text: str, path: Path_ = ()) -> None:
        """Note a problem at an entry, or at a part of it."""
        at = self.places.get((what, key), Located("plan.yaml", 0, None, {}))
        self.problems.add(at, f"{what} {key}: {text}", path)

    def each_known(self, what: str, key: str, named: Iterable[str], known: Iterable[str], noun: str) -> None:
        """Note every name that is not among those known."""
        for name in sorted(set(named) - set(known)):
            if (noun, name) not in self.problems.refused:
                at = self.places.get((what, key))
                self.blame(what, key, f"unknown {noun} {name}", _path_to(name, at.data if at else None) or ())


def _path_to(name: str, data: object, path: Path_ = ()) -> Path_ | None:
    """Where in an entry a name stands, by itself or as the code of a term."""
    if isinstance(data, str):
        return path if name in (data, data.removeprefix("-").rpartition(".")[2]) else None
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = (_path_to(name, part, (*path, key)) for key, part in parts)
    return next((place for place in found if place is not None), None)


def check_plan(plan: Plan, places: Mapping[tuple[str, str], Located], problems: Problems) -> None:
    """Note everything in which the plan's files contradict each other."""
    check = Check(plan, places, problems)
    steps: tuple[Callable[[Check], None], ...] = (
        _check_submitters,
        _check_localities,
        _check_periods,
        _check_indicators,
        _check_criteria,
        _check_guidance,
        _check_fixed_figures,
        _check_tasks,
        _check_aliases,
    )
    for step in steps:
        step(check)


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
    # Throughout: a reform inside a window (1/7/2025 took the districts away) means two units, and so two
    # plans or periods that are cut at its day (decision 0027).
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
        # `2021-6t` lies in `2021-nam`, and both may be sent. Two months that share a day cannot be added.
        same = one.kind is other.kind and one.calendar is other.calendar
        if same and one.window.overlaps(other.window):
            check.blame(
                "period", other.id, f"its window overlaps that of {one.id}, which is of the same kind"
            )
    if not check.plan.milestones:
        check.problems.add(Located("periods.yaml", 1, None, {}), "no period is a milestone")


def _check_period(check: Check, period: Period) -> None:
    if not period.id.startswith(f"{check.plan.id}-"):
        check.blame("period", period.id, f"its id must begin with the plan's, {check.plan.id}-", ("id",))
    if period.deadline < period.window.end:
        check.blame("period", period.id, "the deadline is before the end of the window", ("deadline",))
    if period.baseline.end >= period.window.start:
        check.blame("period", period.id, "the baseline runs into the window", ("baseline",))
    # 15/4 to 14/12 against calendar 2020 is 244 days against 366, and nearly every figure would fall.
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
    """Years that were mistyped; `lint_warnings` reports those that may be meant."""
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


def _check_criteria(check: Check) -> None:
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


def _key_of(criterion: measures.Criterion) -> str:
    return " ".join(str(part) for part in (criterion.code, criterion.valid_from) if part is not None)


def _overlap(one: measures.Criterion, other: measures.Criterion) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)


def _check_criterion(
    check: Check, what: str, key: str, criterion: measures.Criterion, path: Path_ = ()
) -> None:
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


def _unit_problems(check: Check, leaf: measures.Leaf) -> list[str]:
    """A threshold whose unit is not that of what it is compared with."""
    # A share has no unit but percent: "80 vụ" says that something else was meant.
    if isinstance(leaf, measures.RatioMeasure) and not leaf.threshold.in_percent:
        return [f"a ratio is compared with percent, not with {leaf.threshold.unit!r}"]
    if not isinstance(leaf, measures.ValueMeasure | measures.ChangeMeasure):
        return []
    if isinstance(leaf, measures.ChangeMeasure) and leaf.threshold.in_percent:
        return []
    known = check.plan.indicator_by_code
    units = {known[term.indicator].unit for term in leaf.terms if term.indicator in known}
    if units and units != {leaf.threshold.unit}:
        return [f"the threshold is in {leaf.threshold.unit!r}, the figures are in {', '.join(sorted(units))}"]
    return []


def _stock_problems(check: Check, what: str, key: str) -> list[str]:
    """A comparison of stocks that names a flow."""
    # Read from the file's own words: in the model a stock comparison is a comparison like any other, and only
    # the writer of the plan knew that NGHIEN_CUOI and NGHIEN_DAU are one number on two days.
    at = check.places.get((what, key))
    named = [text for entry in _stock_comparisons(at.data if at else None) for text in entry]
    codes = {str(text).removeprefix("-").rpartition(".")[2] for text in named}
    known = check.plan.indicator_by_code
    return [
        f"{code} is counted inside the window, so it is not a stock to compare"
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


def _baseline_problems(check: Check, term: measures.Term) -> list[str]:
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


def _check_guidance(check: Check) -> None:
    """A letter fills in criteria that wait for one, or adds to a group that has such a criterion."""
    awaited = [
        c for c in check.plan.criteria if any(isinstance(leaf, measures.AwaitedMeasure) for leaf in c.leaves)
    ]
    groups = {criterion.group for criterion in awaited}
    others = {criterion.code for criterion in check.plan.criteria} - {criterion.code for criterion in awaited}
    for letter in check.plan.guidance:
        codes = [criterion.code for criterion in letter.criteria]
        for number, criterion in enumerate(letter.criteria):
            path: Path_ = ("criteria", number)
            # A letter guides "tiêu chí khác" (plan 121/KH-BCĐ, II.3). It cannot change 80 % of a criterion
            # that the plan itself measures: that takes an edition in criteria.yaml.
            if criterion.code in others or criterion.group not in groups:
                text = f"criterion {criterion.code} does not wait for guidance (measure kind guidance)"
                check.blame("guidance", letter.title, text, (*path, "code"))
            if criterion.code in codes[:number]:
                check.blame("guidance", letter.title, f"criterion {criterion.code} is duplicated", path)
            if any(isinstance(leaf, measures.AwaitedMeasure) for leaf in criterion.leaves):
                text = f"criterion {criterion.code} still waits; a letter says how it is measured"
                check.blame("guidance", letter.title, text, (*path, "measure"))
            _check_criterion(check, "guidance", letter.title, criterion, path)


def _check_fixed_figures(check: Check) -> None:
    """Figures to compare with are of localities and indicators that the plan has."""
    for figure in check.plan.fixed_figures:
        key = f"{figure.name} {figure.locality} {figure.indicator}"
        check.each_known("baseline", key, [figure.locality], check.plan.locality_by_code, "locality")
        check.each_known("baseline", key, [figure.indicator], check.plan.indicator_by_code, "indicator")


def _check_aliases(check: Check) -> None:
    """Note every alias that cannot be distinguished from another label within its reach.

    An indicator's aliases reach as far as its section, a section's as far as the plan, a locality's as far as
    its submitter's list and all units of the province.
    """
    _check_indicator_labels(check)
    sections = {entry.code: (entry.title, *entry.aliases) for entry in check.plan.sections}
    _check_each(check, "section", sections)
    _check_shared(check, "section", sections, plain_key)
    names = {entry.code: (entry.name, *entry.aliases) for entry in check.plan.localities}
    _check_each(check, "locality", names)
    _check_locality_aliases(check)


def _labels(indicator: Indicator) -> tuple[str, ...]:
    return (indicator.label, *indicator.aliases, *indicator.loose_aliases)


def _check_indicator_labels(check: Check) -> None:
    plan = check.plan
    labels = {entry.code: _labels(entry) for entry in plan.indicators}
    _check_each(check, "indicator", labels)
    for section in plan.sections:
        # Several sections have a column "Khám phá", and the heading above it says which is meant.
        own = {entry.code: labels[entry.code] for entry in plan.indicators if entry.section == section.code}
        _check_shared(check, "indicator", own, label_key)
    for entry in plan.indicators:
        if bool(entry.loose_aliases) != bool(entry.within):
            check.blame("indicator", entry.code, "loose_aliases and within belong together")
        elif entry.within and entry.within not in plan.indicator_by_code:
            check.blame("indicator", entry.code, f"unknown indicator {entry.within} in within")


def _check_each(check: Check, what: str, labels: Mapping[str, Iterable[str]]) -> None:
    """Aliases that say nothing, or what the same entry says already."""
    for code, texts in labels.items():
        keys = [plain_key(text) for text in texts]
        if "" in keys:
            check.blame(what, code, "an alias is empty")
        for key in repeated(filter(None, keys)):
            check.blame(what, code, f"alias {key!r} repeats its label or another alias")


def _check_shared(
    check: Check, what: str, labels: Mapping[str, Iterable[str]], key_of: Callable[[str], str]
) -> None:
    """The same label at two entries within one reach."""
    owners: dict[str, str] = {}
    for code, texts in labels.items():
        for key in dict.fromkeys(filter(None, map(key_of, texts))):
            if key in owners:
                check.blame(what, code, f"alias {key!r} belongs to {owners[key]} already")
            owners.setdefault(key, code)


def _check_locality_aliases(check: Check) -> None:
    """An alias of a locality that is the name of another unit."""
    names: dict[str, str] = {}
    for unit in check.plan.units:
        names.setdefault(plain_key(unit.name), unit.code)
    for entry in check.plan.localities:
        for key in map(plain_key, entry.aliases):
            if key and names.get(key, entry.code) != entry.code:
                check.blame("locality", entry.code, f"alias {key!r} is the name of unit {names[key]}")
            names.setdefault(key, entry.code)
