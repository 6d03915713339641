"""What in a valid plan may still be a slip: a warning for whoever checks it, and no reason to refuse it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from chuyenhoa.model.calendars import DAY, same_window
from chuyenhoa.model.criteria import Criterion, RatioMeasure, ValueMeasure, leaves_of
from chuyenhoa.model.plan import IndicatorKind, Period, PeriodKind, Plan
from chuyenhoa.plan.checks import Check
from chuyenhoa.plan.copy_warnings import list_leftovers, names_year
from chuyenhoa.plan.names import plain_key
from chuyenhoa.plan.sources import Located, Path_

DAYS_TO_REPORT = 31
# What labels say of how a figure is counted, in plain letters.
START_WORDS = re.compile(r"\bdau ky\b|\bky truoc\b")
STOCK_WORDS = re.compile(r"\b(dau|cuoi) ky\b|\bhien co")
FLOW_WORDS = re.compile(r"\btrong ky\b|\bxay ra\b|\bphat hien\b|\bphat sinh\b")
# The kind and key of the entry that is doubted, the part of it, and a sentence.
Doubt = tuple[str, str, Path_, str]


def list_warnings(check: Check, others: Mapping[str, Plan]) -> None:
    """Note what is allowed and seldom meant; `others` are the plans from which this one may be a copy."""
    steps: tuple[Callable[[Plan], Iterator[Doubt]], ...] = (
        _of_periods,
        _of_months,
        _of_submitters,
        _of_indicators,
        warn_of_kinds,
        _of_criteria,
        _of_letters,
    )
    for step in steps:
        for what, key, path, text in step(check.plan):
            check.problems.add(check.places[what, key], text, path)
    list_leftovers(check, others)
    if not check.plan.localities:
        text = "there is no locality below the header of localities.csv, so that nothing is assessed"
        check.problems.add(Located("localities.csv", 1, None, {}), text)


def _of_periods(plan: Plan) -> Iterator[Doubt]:
    off = [p for p in plan.periods if not p.window.start.year <= plan.year <= p.window.end.year]
    # All of them: the `year` is wrong, and one sentence says it.
    for period in off[: 1 if len(off) == len(plan.periods) else None]:
        text = f"the window of period {period.id}, {period.window.start} to {period.window.end}, is not in"
        yield "period", period.id, ("from",), f"{text} {plan.year}, the `year` of plan.yaml"
    for period in plan.periods:
        for part, text in (*_of_label(period), *_of_baseline(period), *_of_days(period)):
            yield "period", period.id, (part,), text


def _of_label(period: Period) -> Iterator[tuple[str, str]]:
    window, label = period.window, period.label
    if not (names_year(label, window.start.year) or names_year(label, window.end.year)):
        yield "label", f"the label of period {period.id} is {label!r}, its window ends on {window.end}"
    month = re.search(r"-t(\d\d)$", period.id)
    if month and int(month.group(1)) not in {int(number) for number in re.findall(r"\d+", label)}:
        yield "label", f"the label of period {period.id} is {label!r}, another month's"


def _of_baseline(period: Period) -> Iterator[tuple[str, str]]:
    baseline, meant = period.baseline, same_window(period.window)
    # A plan of 2022 copied from 2021 keeps {from: 2020-04-15}, which is two years back.
    if baseline.start != meant.start:
        days = (period.window.start - baseline.start).days
        text = f"the baseline of period {period.id} begins {days} days before its window, and not a year"
        yield "baseline", text
    elif baseline.end != meant.end:
        yield "baseline", f"the baseline of period {period.id} ends on {baseline.end}, and not on {meant.end}"


def _of_days(period: Period) -> Iterator[tuple[str, str]]:
    late = (period.deadline - period.window.end).days
    if late > DAYS_TO_REPORT:
        yield "deadline", f"the deadline of period {period.id} is {late} days after its window"
    if period.opens and period.opens < period.window.start:
        yield "opens", f"period {period.id} opens on {period.opens}, before its window begins"
    if period.kind is not PeriodKind.MONTH and not period.is_milestone:
        yield "milestone", f"period {period.id} is no milestone, so that nothing is assessed at its end"


def _of_months(plan: Plan) -> Iterator[Doubt]:
    """Months that leave days of a milestone out: whoever reports by month would lack them."""
    months = sorted(
        (period.window for period in plan.periods if period.kind is PeriodKind.MONTH),
        key=lambda window: window.start,
    )
    for milestone in plan.milestones:
        inside = [window for window in months if milestone.window.contains(window)]
        next_day = milestone.window.start
        for window in inside:
            if window.start > next_day:
                break
            next_day = window.end + DAY
        if inside and next_day <= milestone.window.end:
            text = f"the months of milestone {milestone.id} lack the days from {next_day} on"
            yield "period", milestone.id, ("to",), f"{text}; a report by month would not cover it"


def _of_submitters(plan: Plan) -> Iterator[Doubt]:
    names = {unit.code: unit.name for unit in plan.units}
    names |= {unit.district_code: unit.district_name for unit in plan.units if unit.district_code}
    emails: dict[str, str] = {}
    for submitter in plan.submitters:
        code, name = submitter.code, names.get(submitter.code, "")
        if submitter.kind != "agency" and plain_key(name) not in plain_key(submitter.name):
            text = f"submitter {code} is named {submitter.name!r}, and units.csv names {name!r}"
            yield "submitter", code, ("name",), text
        number = re.match(r"\d+", submitter.folder)
        if number and number.group() != code:
            yield "submitter", code, ("folder",), f"submitter {code} has the folder {submitter.folder}"
        first = emails.setdefault(submitter.email, code)
        if submitter.email and first != code:
            yield "submitter", code, ("email",), f"submitter {code} has the e-mail address of {first}"
        # A district without a locality this year stays a board of the programme; a commune is its locality.
        if submitter.kind == "commune_board" and not plan.localities_of(code):
            yield "submitter", code, (), f"submitter {code} reports no locality of localities.csv"


def _of_indicators(plan: Plan) -> Iterator[Doubt]:
    spelt: dict[str, str] = {}
    for indicator in plan.indicators:
        what, code, key = "indicator", indicator.code, plain_key(indicator.label)
        # "triêu đồng" would be none of `decimal_units`.
        usual = spelt.setdefault(plain_key(indicator.unit), indicator.unit)
        if usual != indicator.unit:
            text = f"indicator {code} is counted in {indicator.unit!r}, others in {usual!r}"
            yield what, code, ("unit",), text
        words = {IndicatorKind.FLOW: STOCK_WORDS, IndicatorKind.STOCK: FLOW_WORDS}.get(indicator.kind)
        if words and words.search(key):
            text = (
                f"indicator {code} is a {indicator.kind}, and its label says otherwise: {indicator.label!r}"
            )
            yield what, code, ("kind",), text
        elif words is FLOW_WORDS and not indicator.at_start and START_WORDS.search(key):
            text = f"indicator {code}, {indicator.label!r}, is counted at the end; is `moment` start lacking?"
            yield what, code, ("moment",), text


PEOPLE = frozenset({"bị can", "bị hại", "cháu", "đối tượng", "hộ", "khẩu", "nạn nhân", "người", "nhân khẩu"})
"""Units in which people and households are counted, of whom the same ones may come again next month."""


def warn_of_kinds(plan: Plan) -> Iterator[Doubt]:
    """Flows of people or households that nobody said to be events: they are summed over months."""
    # Two months of 60 households reached are not 120 of 100; two months of 3 injured are 6.
    for entry in plan.indicators:
        if entry.unit.casefold() in PEOPLE and entry.kind is IndicatorKind.FLOW and not entry.counts_events:
            text = (
                f"indicator {entry.code} is a flow of {entry.unit}, summed over months; is each counted once "
                "(kind distinct), or each time (events in the column counts)?"
            )
            yield "indicator", entry.code, ("kind",), text


def _of_criteria(plan: Plan) -> Iterator[Doubt]:
    days = [milestone.window.end for milestone in plan.milestones]
    used = {(c.code, c.valid_from) for day in days for c in plan.criteria_on(day)}
    waiting = {c.code for letter in plan.guidance for c in letter.criteria}
    for criterion in plan.criteria:
        key = " ".join(str(part) for part in (criterion.code, criterion.valid_from) if part is not None)
        for path, text in _of_criterion(criterion, plan):
            yield "criterion", key, path, f"criterion {criterion.code} {text}"
        if criterion.code not in waiting and (criterion.code, criterion.valid_from) not in used:
            dates = f"valid_from {criterion.valid_from or '…'}, valid_to {criterion.valid_to or '…'}"
            text = f"criterion {criterion.code} is in force at no milestone ({dates})"
            yield "criterion", key, ("valid_from",), text


def _of_criterion(criterion: Criterion, plan: Plan) -> Iterator[tuple[Path_, str]]:
    if not criterion.code.startswith(f"{criterion.group}."):
        yield ("group",), f"is of group {criterion.group}, and its code says otherwise"
    for leaf in criterion.leaves:
        if isinstance(leaf, RatioMeasure):
            units = {
                plan.indicator_by_code[term.indicator].unit for term in leaf.numerator + leaf.denominator
            }
            if len(units) > 1:
                yield ("measure",), f"takes a share of {' and '.join(sorted(units))}"
    for measure in criterion.measures:
        limits = [
            leaf.threshold for leaf in leaves_of(measure) if isinstance(leaf, RatioMeasure | ValueMeasure)
        ]
        for limit in limits:
            shown = f"{limit.value} {limit.unit}"
            if limit.in_percent and 0 < limit.value < 1:
                yield ("threshold",), f"has the limit {shown}; is {limit.value * 100} meant?"
            # "từ 80% trở lên", "ít nhất 01 mô hình": the title is what documents print.
            told = re.findall(rf"(\d+(?:,\d+)?)\s*{'%' if limit.in_percent else limit.unit}", criterion.title)
            if told and limit.value not in {_number(text) for text in told}:
                yield ("threshold",), f"has the limit {shown}, and its title says {' and '.join(told)}"


def _of_letters(plan: Plan) -> Iterator[Doubt]:
    last = max(milestone.window.end for milestone in plan.milestones)
    for letter in plan.guidance:
        what = f"guidance {letter.title} of {letter.issued_on}"
        if letter.issued_on > last:
            text = f"{what} is later than every milestone, so that nothing is assessed by it"
            yield "guidance", letter.title, ("issued_on",), text
        if letter.issued_on < plan.issued_on:
            text = f"{what} is earlier than the plan, which is of {plan.issued_on}"
            yield "guidance", letter.title, ("issued_on",), text


def _number(text: str) -> Decimal:
    """The number of a Vietnamese text: 79,5 is 79.5."""
    return Decimal(text.replace(",", "."))
