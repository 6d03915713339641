"""Why a decision on a locality, as a person entered it, cannot be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chuyenhoa import clock
from chuyenhoa.assessment.labels import VERDICTS
from chuyenhoa.model.lifecycle import STATE_WORDS, State, TransitionError
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.results import Verdict
from chuyenhoa.pipeline.context import Context
from chuyenhoa.validation.justifications import JustificationRules, load_justification_rules

MATCHING = {State.RECOGNISED: Verdict.MET, State.NOT_RECOGNISED: Verdict.NOT_MET}
"""The verdict that each decision on recognition agrees with."""
_LISTED = frozenset({State.SELECTED, State.TRANSFORMING, State.PROPOSED})
"""States in which a locality is on the list of the plan that a record names."""


@dataclass(frozen=True)
class Act:
    """One decision as a person entered it; `line` says where it stands in a file of them."""

    locality: str
    state: State
    number: str
    day: date | None
    reason: str = ""
    line: str = ""


def refuse_milestone(plan: Plan, milestone: Period) -> None:
    """Refuse a milestone that only shows progress: recognition rests on the plan's last one.

    Raises:
        TransitionError: which milestone it rests on.
    """
    last = plan.milestones[-1]
    if milestone.id != last.id:
        raise TransitionError(
            f"{milestone.id} là mốc sơ kết, chỉ cho biết tiến độ; công nhận theo kết quả của mốc {last.id}"
        )


def state_faults(act: Act, plan: Plan | None) -> list[str]:
    """What stands against a state in the plan that is named; None is a plan from before this system."""
    if plan is None:
        return []
    if act.state in MATCHING:
        return [
            f"“{STATE_WORDS[act.state]}” của kế hoạch {plan.id} ghi bằng lệnh chuyenhoa recognise, "
            "để lưu cùng kết quả tính toán"
        ]
    if act.state in _LISTED and act.locality not in plan.locality_by_code:
        return [f"không có trong danh sách của kế hoạch {plan.id}"]
    return []


def date_faults(number: str, day: date | None) -> list[str]:
    """Every record rests on a decision with a number and a date that has come."""
    faults = [] if number else ["chưa có số quyết định"]
    if day is None:
        faults.append("chưa có ngày quyết định hợp lệ (dd/mm/yyyy)")
    elif day > clock.today():
        faults.append(f"ngày quyết định {day:%d/%m/%Y} sau ngày hôm nay")
    return faults


@dataclass(frozen=True)
class DecisionReasons:
    """Asks for a reason where a decision differs from the computed verdict, and tells one from a filler."""

    rules: JustificationRules

    def faults(self, act: Act, computed: str) -> list[str]:
        """What is wrong with the reason of an act; nothing where none is needed."""
        matching = MATCHING.get(act.state)
        if not computed or matching is None or computed == matching:
            return []
        differs = f"quyết định khác kết quả tính toán ({VERDICTS[computed]})"
        if not act.reason.strip():
            return [f"{differs}: phải ghi lý do"]
        flaw = self.rules.flaw_of(act.reason)
        return [f"{differs}: lý do “{act.reason.strip()}” {self.rules.why[flaw]}"] if flaw else []


def load_decision_reasons(ctx: Context) -> DecisionReasons:
    """The office's reasons are held to the same rules as those of submitters."""
    return DecisionReasons(load_justification_rules(ctx.settings.templates / "messages" / "reasons.yaml"))


def say_issued(issued: Mapping[str, tuple[str, date]]) -> str:
    """Number and date of the decisions that this system issued."""
    known = ", ".join(f"{number} ngày {day:%d/%m/%Y}" for number, day in issued.values())
    return f"quyết định công nhận đã ban hành là số {known}"
