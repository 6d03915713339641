"""What a snapshot keeps of the plan: who issues, which period, and what the codes mean."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chuyenhoa.model.criteria import Criterion, Threshold
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Plan, Status
from chuyenhoa.reporting.papers.kinds import DocumentKind


def freeze_plan(plan: Plan) -> dict[str, Any]:
    """The plan's identity and the texts that documents quote."""
    unverified = plan.criteria_status is not Status.VERIFIED
    return {
        "id": plan.id,
        "title": plan.title,
        "number": plan.number,
        "issued_on": plan.issued_on,
        "year": plan.year,
        "edition": plan.edition,
        "criteria_status": plan.criteria_status,
        "notice": plan.unverified_notice if unverified else "",
        "bases": [{"number": b.number, "issued_on": b.issued_on, "title": b.title} for b in plan.bases],
        "texts": dict(plan.texts),
    }


def freeze_board(plan: Plan) -> dict[str, Any]:
    """The steering committee with whoever signs for it."""
    board = plan.board
    return {
        "parent": board.parent,
        "name": board.name,
        "short_name": board.short_name,
        "standing_agency": board.standing_agency,
        "province": board.province,
        "place": board.place,
        "symbol": board.symbol,
        "capacity": board.signatory.capacity,
        "office": board.signatory.office,
        "signer": board.signatory.name,
        "recipients": list(board.recipients),
        "contact": board.contact,
    }


def freeze_agency(plan: Plan) -> dict[str, Any]:
    """The standing agency, which signs documents of its own; its fields are named as the board's."""
    agency = plan.board.agency
    return {
        "parent": agency.parent,
        "name": agency.name,
        "short_name": agency.short_name,
        "place": plan.board.place,
        "symbol": agency.symbol,
        "head": agency.head,
        "capacity": agency.signatory.capacity,
        "office": agency.signatory.office,
        "signer": agency.signatory.name,
        "deputy": asdict(agency.deputy),
        "recipients": list(agency.recipients),
        "is_sample": agency.is_sample,
    }


def freeze_period(data: MilestoneData) -> dict[str, Any]:
    """The milestone's windows and its last day on time.

    That this day has passed is data of its own: from then on there are submitters to remind.
    """
    period = data.period
    return {
        "id": period.id,
        "label": period.label,
        "kind": period.kind,
        "from": period.window.start,
        "to": period.window.end,
        "deadline": period.deadline,
        "past_deadline": data.frozen_at.date() > period.deadline,
        "baseline_from": period.baseline.start,
        "baseline_to": period.baseline.end,
        "assumption": period.assumption,
    }


def freeze_catalogue(data: MilestoneData) -> dict[str, Any]:
    """What the codes in the rest of the snapshot mean."""
    plan = data.plan
    return {
        "sections": [{"code": s.code, "title": s.title} for s in plan.sections],
        "indicators": [
            {"code": i.code, "label": i.label, "unit": i.unit, "kind": i.kind, "section": i.section}
            for i in plan.indicators
        ],
        "groups": [{"code": g.code, "title": g.title} for g in plan.groups],
        "criteria": [_criterion(entry) for entry in plan.criteria_on(data.period.window.end)],
        "guidance": [
            {
                "number": g.number,
                "issued_on": g.issued_on,
                "issuer": g.issuer,
                "title": g.title,
                "status": g.status,
            }
            for g in plan.guidance
            if g.issued_on <= data.period.window.end
        ],
        "narrative_items": [{"code": n.code, "title": n.title} for n in plan.narrative_items],
        "submitters": [{"code": s.code, "name": s.name, "kind": s.kind} for s in plan.submitters],
        "agencies": [{"code": a.code, "name": a.name} for a in plan.agencies],
        "tasks": [
            {"code": t.code, "part": t.part, "title": t.title, "lead": t.lead, "criteria": t.criteria}
            for t in plan.tasks
        ],
        "targets": _targets(data),
    }


def freeze_kind(kind: DocumentKind) -> dict[str, Any]:
    """What the list of documents says of one kind."""
    return {
        "title": kind.title,
        "about": kind.about,
        "goes_to": kind.goes_to,
        "symbol": kind.symbol,
        "issuer": kind.issuer,
        "when": kind.when,
        "recipients": list(kind.recipients),
        "context": kind.context,
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "code": criterion.code,
        "group": criterion.group,
        "title": criterion.title,
        "short": criterion.short or criterion.title,
        "legal_basis": criterion.legal_basis,
        "status": criterion.status,
        "declared": criterion.is_declared,
        "threshold": _threshold(criterion),
    }


def _threshold(criterion: Criterion) -> dict[str, Any] | None:
    """The limit of a measure that has one of its own."""
    threshold = getattr(criterion.measure, "threshold", None)
    if not isinstance(threshold, Threshold):
        return None
    return {"value": threshold.value, "unit": threshold.unit, "direction": threshold.direction}


def _targets(data: MilestoneData) -> list[dict[str, Any]]:
    titles = {target.code: target for target in data.plan.targets}
    return [
        {
            "code": result.code,
            "title": titles[result.code].title if result.code in titles else result.code,
            "percent": titles[result.code].percent if result.code in titles else None,
            "of": titles[result.code].of if result.code in titles else "",
            "total": result.total,
            "reached": result.reached,
            "needed": result.needed,
            "verdict": result.verdict,
        }
        for result in data.assessment.targets
    ]
