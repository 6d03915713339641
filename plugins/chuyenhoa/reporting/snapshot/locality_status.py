"""What stands beside computed verdicts in a snapshot: what people decided, and what can still change."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chuyenhoa.model.lifecycle import Earlier, LocalityStatus, Transition
from chuyenhoa.model.results import CriterionResult


def freeze_standing(standing: LocalityStatus | None) -> dict[str, Any]:
    """The snapshot's keys `recognitions`, `earlier`, `states` and `kpis`; empty where nobody asked.

    `recognitions` holds this plan's decisions by locality, each with the verdict computed then and the reason
    for a difference; `earlier` the localities that earlier plans recognised, with what became of them;
    `states` where every locality of the plan stands (None: no record); `kpis` the province's targets,
    forecast (`computed`) and official (`recorded`), with their localities.
    """
    if standing is None:
        return {"recognitions": {}, "earlier": [], "states": {}, "kpis": []}
    found = sorted(standing.recognitions.items())
    return {
        "recognitions": {code: _record(entry) for code, entry in found},
        "earlier": [_earlier(entry) for entry in standing.earlier],
        "states": dict(standing.states),
        "kpis": [asdict(entry) for entry in standing.kpis],
    }


def _record(entry: Transition) -> dict[str, Any]:
    return {
        "state": entry.state,
        "plan": entry.plan,
        "milestone": entry.milestone,
        "decision_number": entry.decision_number,
        "decision_date": entry.decision_date,
        "by": entry.by,
        "recorded_at": entry.recorded_at,
        "computed": entry.computed,
        "reason": entry.reason,
        "document": entry.document,
    }


def _earlier(entry: Earlier) -> dict[str, Any]:
    return {"locality": entry.locality, "state": entry.state, "recognised": _record(entry.recognised)}


def outlook_of(result: CriterionResult) -> dict[str, Any]:
    """Of a criterion's result: by which edition, who must act, what is still possible, what lacks."""
    return {
        "edition": result.edition,
        "actor": result.actor,
        "possible": result.possible,
        "matters": result.matters,
        "steps": [asdict(step) for step in result.steps],
        "guard": asdict(result.guard) if result.guard else None,
        **({"needs": result.needs} if result.needs else {}),
    }
