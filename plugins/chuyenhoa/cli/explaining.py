"""A result in the words of officials: what lacks, who must act, what can still change, what is near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chuyenhoa.cli.labels import VERDICTS
from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Actor, Verdict

Result = Mapping[str, Any]


def say_actor(plan: Plan, locality: str, actor: str) -> str:
    """Who must act: the submitter of a locality, the committee's office, or the agency that guides."""
    if actor == Actor.SUBMITTER:
        return plan.submitter_by_code[plan.locality_by_code[locality].submitter].name
    return (
        plan.board.standing_agency if actor == Actor.GUIDING_AGENCY else f"Văn phòng {plan.board.short_name}"
    )


def say_steps(plan: Plan, steps: Sequence[Mapping[str, Any]]) -> str:
    """What lacks for a result to be met: "thiếu 2 vụ (khám phá)"."""
    return "; ".join(_say_step(plan, step) for step in steps)


def say_way(plan: Plan, result: Result) -> str:
    """The steps of a result, and which missing figures must come in besides for them to be enough."""
    needs = result.get("needs")
    besides = f"; ngoài ra còn phải có số liệu {', '.join(needs)}" if needs else ""
    return say_steps(plan, result["steps"]) + besides


def _say_step(plan: Plan, step: Mapping[str, Any]) -> str:
    word = "thiếu" if step["change"] > 0 else "vượt"
    labels = [plan.indicator_by_code[code].label.split(" (")[0] for code in step["terms"]]
    about = ", ".join(label[:1].lower() + label[1:] for label in labels)
    return f"{word} {format_number(abs(step['change']))} {step['unit']} ({about})"


def say_guard(guard: Mapping[str, Any]) -> str:
    """Why a percentage is to be read with care: "sát ngưỡng, mẫu nhỏ (n = 4)"."""
    words = ["sát ngưỡng"] * guard["on_the_edge"] + ["mẫu nhỏ"] * guard["few"]
    return f"{', '.join(words)} (n = {guard['total']})"


def say_possible(possible: Sequence[str]) -> str:
    """The verdicts that are left: "ĐẠT hoặc KHÔNG ĐẠT"."""
    return " hoặc ".join(VERDICTS[verdict] for verdict in possible)


def explain_outlook(plan: Plan, result: Result) -> list[str]:
    """Lines on a criterion's result: by which edition, what lacks, who must act, what no longer matters."""
    lines = [f"ấn bản: {result['edition']}"]
    missing, matters = result["missing"], result["matters"]
    if result["steps"]:
        lines.append(f"để đạt: {say_way(plan, result)}")
    if result["guard"]:
        lines.append(say_guard(result["guard"]))
    if result["actor"]:
        lines.append(f"bên phải làm: {say_actor(plan, result['locality'], result['actor'])}")
        on = f", tùy theo {', '.join(matters)}" if matters else ""
        lines.append(f"còn có thể: {say_possible(result['possible'])}{on}" if result["possible"] else "")
    settled = [name for name in missing if name not in matters]
    if settled and result["verdict"] != Verdict.INSUFFICIENT:
        lines.append(f"{VERDICTS[result['verdict']]} dù {', '.join(settled)} thế nào")
    elif settled:
        lines.append(f"không tùy theo {', '.join(settled)}")
    return [line for line in lines if line]


def explain_locality(locality: Mapping[str, Any]) -> str:
    """What a locality without a verdict can still become, and on which criteria that depends; else empty."""
    if locality["verdict"] != Verdict.INSUFFICIENT:
        return ""
    open_ones = [r["criterion"] for r in locality["criteria"] if r["verdict"] == Verdict.INSUFFICIENT]
    if len(locality["possible"]) == 1:
        return f"{say_possible(locality['possible'])} dù {', '.join(open_ones)} thế nào"
    return f"còn có thể: {say_possible(locality['possible'])}, tùy theo {', '.join(open_ones)}"


def list_steps(plan: Plan, localities: Sequence[Mapping[str, Any]]) -> list[str]:
    """For every locality with a failed criterion what it lacks, and marks on percentages, one line each."""
    lines = []
    for locality in localities:
        name = plan.locality_by_code[locality["locality"]].name
        said = [
            f"{r['criterion']} {say_way(plan, r)}" + (f" [{say_guard(r['guard'])}]" if r["guard"] else "")
            for r in locality["criteria"]
            if r["steps"]
        ]
        if said:
            lines.append(f"{name}: {'; '.join(said)}")
    return lines
