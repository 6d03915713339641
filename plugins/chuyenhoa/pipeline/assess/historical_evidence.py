"""What reports of any plan tell of earlier windows, filed by the unit that they were counted in."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from chuyenhoa.assessment.baselines import ReportedWindow, changed_localities, reported_in, wanted_baselines
from chuyenhoa.assessment.windows import Restated
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store.evidence import load_evidence


def needs_history(ctx: Context, plan: Plan, milestone: Period) -> bool:
    """Whether a milestone's figures may rest on other reports than those of its own window.

    They do where a criterion compares with another window, and where a locality came from units that
    some plan has reports on.
    """
    if wanted_baselines(plan.criteria_on(milestone.window.end)):
        return True
    changed = changed_localities(plan, milestone).values()
    sought = {key for unit in changed for key in plan.register.ancestors(unit)}
    return bool(sought) and any(
        other.register.key_of(code, period.window.end) in sought
        for other in ctx.plans.values()
        for code in other.locality_by_code
        for period in other.periods
    )


def load_history(ctx: Context, session: Session) -> Mapping[str, list[ReportedWindow]]:
    """What accepted reports of all plans tell of every unit, each of its own window first.

    A report tells of the unit that bore the locality's code at the end of its window, for the window compared
    with as well: its sheet "Cùng kỳ" is counted for the unit as it is now.
    """
    own: dict[str, list[ReportedWindow]] = {}
    stated: dict[str, list[ReportedWindow]] = {}
    for plan in ctx.plans.values():
        for period in plan.periods:
            for code, evidence in load_evidence(session, plan, period.id).items():
                key = plan.register.key_of(code, period.window.end)
                now, before = reported_in(period.window, period.baseline, evidence)
                own.setdefault(key, []).append(now)
                stated.setdefault(key, []).append(before)
    return {key: [*told, *stated[key]] for key, told in own.items()}


def say_restated(entry: Restated) -> str:
    """The note on a stated figure of the year before that is not the sum over the former units."""
    parts = ", ".join(f"{part.unit}: {part.value}" for part in entry.summed.parts)
    return (
        f"Cùng kỳ theo biểu là {entry.stated}, cộng từ các đơn vị trước khi sắp xếp là "
        f"{entry.summed.value} ({parts}); tính theo số liệu trong biểu"
    )
