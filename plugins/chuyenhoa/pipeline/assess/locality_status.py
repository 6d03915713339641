"""The records of localities: of which unit each is, where a locality stands, what earlier plans left.

A code names several units over the years, so every record is read with the unit that bore its code in the
windows of its plan: 30733 was Phường Vĩnh Thanh until 30/06/2025.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from chuyenhoa.assessment.targets import list_kpis
from chuyenhoa.model import lifecycle, results
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.units import UnitRegister
from chuyenhoa.pipeline.context import Context, open_context
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


def transitions_of(entries: Iterable[Recorded]) -> list[lifecycle.Transition]:
    """The records without the names that their localities had."""
    return [entry.transition for entry in entries]


def find_locality_status(
    ctx: Context, session: Session, plan: Plan, assessment: results.Assessment
) -> lifecycle.LocalityStatus:
    """What human records say around an assessment of a plan, with the province's targets over both."""
    records = transitions_of(load_records(ctx, session))
    recognitions = lifecycle.recognitions_of(records, plan.id)
    earlier = lifecycle.earlier_localities(records, plan.year)
    by_unit: dict[tuple[str, str], list[lifecycle.Transition]] = {}
    for entry in records:
        # A code may be another unit's by now; its records are not this one's (docs/decisions/0027).
        by_unit.setdefault((entry.locality, entry.unit), []).append(entry)
    units = {entry.code: unit_of(ctx, plan.id, plan.year, entry.code) for entry in plan.localities}
    states = {code: lifecycle.state_of(by_unit.get((code, unit), ())) for code, unit in units.items()}
    kpis = list_kpis(plan.targets, assessment.localities, recognitions, earlier)
    return lifecycle.LocalityStatus(recognitions, earlier, states, kpis)


def not_carried_over(ctx: Context, session: Session, plan: Plan) -> list[lifecycle.Transition]:
    """Decisions "chưa đạt" of earlier plans on localities that this one omits, with nothing decided since.

    A locality whose unit went into another one is carried over with that one.
    """
    day = last_day_of(ctx.plans, plan.id, plan.year)
    listed = {plan.register.key_of(code, day) for code in plan.locality_by_code}
    found = lifecycle.carried_over(transitions_of(load_records(ctx, session)), plan.year)
    return [entry for entry in found if listed.isdisjoint(_heirs(ctx, entry, day))]


def _heirs(ctx: Context, record: lifecycle.Transition, day: date) -> set[str]:
    """The units to which the territory of a record belongs on a day."""
    register = register_of(ctx)
    unit = register.on(record.locality, last_day_of(ctx.plans, record.plan, record.year))
    return {record.locality} if unit is None else {heir.key for heir in register.heirs(unit, day)}


def list_history(plan_id: str = "", locality: str = "") -> list[Recorded]:
    """Records by plan and locality, in the order in which they were made; all where neither is named."""
    ctx = open_context()
    with ctx.store.reading() as session:
        return [
            entry
            for entry in load_records(ctx, session)
            if plan_id in ("", entry.transition.plan) and locality in ("", entry.transition.locality)
        ]
