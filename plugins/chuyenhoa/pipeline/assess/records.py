"""The records of localities, each with the unit that it is of: a code names several over the years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from chuyenhoa.model.lifecycle import Transition
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.units import UnitRegister
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store.lifecycle import Recorded, load_transitions

LAST_MONTH, LAST_DAY = 12, 31


def register_of(ctx: Context) -> UnitRegister:
    """Every unit of every time, which all plans share."""
    return next((plan.register for plan in ctx.plans.values()), UnitRegister())


def last_day_of(plans: Mapping[str, Plan], plan_id: str, year: int) -> date:
    """The day on which a plan's codes are read: its windows' last, or the year's before this system."""
    plan = plans.get(plan_id)
    if plan is None:
        return date(year, LAST_MONTH, LAST_DAY)
    return max(period.window.end for period in plan.periods)


def unit_of(ctx: Context, plan_id: str, year: int, code: str) -> str:
    """The unit that bore a code in a plan's windows, by the key of its territory."""
    return register_of(ctx).territory_of(code, last_day_of(ctx.plans, plan_id, year))


def name_in(ctx: Context, plan_id: str, year: int, code: str) -> str:
    """The name that the unit of a code had in a plan's windows; empty where no unit bore it."""
    unit = register_of(ctx).on(code, last_day_of(ctx.plans, plan_id, year))
    return unit.name if unit else ""


def names_of(ctx: Context) -> dict[str, str]:
    """The name of every unit and locality of all plans by its code; the newest plan's where they differ."""
    names: dict[str, str] = {}
    for plan in ctx.plans.values():
        names.update((unit.code, unit.name) for unit in plan.units)
        names.update((locality.code, locality.name) for locality in plan.localities)
    return names


def load_records(ctx: Context, session: Session) -> list[Recorded]:
    """All records in the order in which they were made, each with its unit."""
    found = []
    for entry in load_transitions(session):
        record = entry.transition
        unit = unit_of(ctx, record.plan, record.year, record.locality)
        found.append(replace(entry, transition=replace(record, unit=unit)))
    return found


def transitions_of(entries: Iterable[Recorded]) -> list[Transition]:
    """The records without the names that their localities had."""
    return [entry.transition for entry in entries]
