"""What in a valid plan may still be a slip: a warning for whoever checks it, and no reason to refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from chuyenhoa.model.plan import IndicatorKind, Plan
from chuyenhoa.plan.checks import DAYS_APART, YEAR


def list_warnings(plan: Plan) -> list[str]:
    """Sentences on entries that are allowed and seldom meant, most of them years left from a copied plan."""
    return [
        *_of_years(plan),
        *_of_localities(plan),
        *_of_codes(plan),
        *_of_criteria(plan),
        *_of_letters(plan),
        *warn_of_kinds(plan),
    ]


def _of_years(plan: Plan) -> Iterator[str]:
    for period in plan.periods:
        span = f"{period.window.start} to {period.window.end}"
        if not period.window.start.year <= plan.year <= period.window.end.year:
            yield f"the window of period {period.id}, {span}, is not in {plan.year}, the `year` of plan.yaml"
        # A plan of 2022 copied from 2021 keeps {from: 2020-04-15}, which is two years back.
        days = (period.window.start - period.baseline.start).days
        if abs(days - YEAR) > DAYS_APART:
            yield f"the baseline of period {period.id} begins {days} days before its window, and not a year"


def _of_localities(plan: Plan) -> Iterator[str]:
    if not plan.localities:
        yield "there is no locality below the header of localities.csv, so that nothing is assessed"


def _of_codes(plan: Plan) -> Iterator[str]:
    for criterion in plan.criteria:
        if not criterion.code.startswith(f"{criterion.group}."):
            yield f"criterion {criterion.code} is of group {criterion.group}, and its code says otherwise"


def _of_criteria(plan: Plan) -> Iterator[str]:
    days = [milestone.window.end for milestone in plan.milestones]
    used = {(c.code, c.valid_from) for day in days for c in plan.criteria_on(day)}
    waiting = {c.code for letter in plan.guidance for c in letter.criteria}
    for criterion in plan.criteria:
        if criterion.code not in waiting and (criterion.code, criterion.valid_from) not in used:
            dates = f"valid_from {criterion.valid_from or '…'}, valid_to {criterion.valid_to or '…'}"
            yield f"criterion {criterion.code} is in force at no milestone ({dates})"


def _of_letters(plan: Plan) -> Iterator[str]:
    last = max(milestone.window.end for milestone in plan.milestones)
    for letter in plan.guidance:
        if letter.issued_on > last:
            yield (
                f"guidance {letter.title} of {letter.issued_on} is later than every milestone, "
                "so that nothing is assessed by it"
            )


PEOPLE = frozenset({"bị can", "bị hại", "cháu", "đối tượng", "hộ", "khẩu", "nạn nhân", "người", "nhân khẩu"})
"""Units in which people and households are counted, of whom the same ones may come again next month."""


def warn_of_kinds(plan: Plan) -> Iterator[str]:
    """Flows of people or households that nobody said to be events: they are summed over months."""
    # Two months of 60 households reached are not 120 of 100; two months of 3 injured are 6.
    for entry in plan.indicators:
        counts_people = entry.unit.casefold() in PEOPLE
        if counts_people and entry.kind is IndicatorKind.FLOW and not entry.counts_events:
            yield (
                f"indicators.csv:{entry.line}: indicator {entry.code} is a flow of {entry.unit}, summed over "
                "months; is each counted once (kind distinct), or each time (events in the column counts)?"
            )
