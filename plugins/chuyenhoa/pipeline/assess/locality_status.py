"""What records say of localities: where each stands, what earlier plans left, the history of one."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from chuyenhoa.assessment.targets import list_kpis
from chuyenhoa.model.lifecycle import (
    Standing,
    Transition,
    carried_over,
    earlier_localities,
    recognitions_of,
    state_of,
)
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Assessment
from chuyenhoa.pipeline.assess.records import last_day_of, load_records, register_of, transitions_of, unit_of
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.store.lifecycle import Recorded


def find_standing(ctx: Context, session: Session, plan: Plan, assessment: Assessment) -> Standing:
    """What human records say around an assessment of a plan, with the province's targets over both."""
    records = transitions_of(load_records(ctx, session))
    recognitions = recognitions_of(records, plan.id)
    earlier = earlier_localities(records, plan.year)
    by_unit: dict[tuple[str, str], list[Transition]] = {}
    for entry in records:
        by_unit.setdefault((entry.locality, entry.unit), []).append(entry)
    units = {entry.code: unit_of(ctx, plan.id, plan.year, entry.code) for entry in plan.localities}
    states = {code: state_of(by_unit.get((code, unit), ())) for code, unit in units.items()}
    kpis = list_kpis(plan.targets, assessment.localities, recognitions, earlier)
    return Standing(recognitions, earlier, states, kpis)


def not_carried_over(ctx: Context, session: Session, plan: Plan) -> list[Transition]:
    """Decisions "chưa đạt" of earlier plans on localities that this one omits, with nothing decided since.

    A locality whose unit went into another one is carried over with that one.
    """
    day = last_day_of(ctx.plans, plan.id, plan.year)
    listed = {plan.register.key_of(code, day) for code in plan.locality_by_code}
    found = carried_over(transitions_of(load_records(ctx, session)), plan.year)
    return [entry for entry in found if listed.isdisjoint(_heirs(ctx, entry, day))]


def _heirs(ctx: Context, record: Transition, day: date) -> set[str]:
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
