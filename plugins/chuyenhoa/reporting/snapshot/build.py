"""The frozen data of one milestone: everything that its documents need, as canonical JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from chuyenhoa.model.evidence import MilestoneData, SubmissionRecord
from chuyenhoa.model.explanation import describe_rules
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import CriterionResult, LocalityResult
from chuyenhoa.model.submissions import ACCEPTING
from chuyenhoa.reporting.papers.kinds import load_kinds
from chuyenhoa.reporting.snapshot.admin_levels import freeze_place, words_for
from chuyenhoa.reporting.snapshot.canonical import to_plain
from chuyenhoa.reporting.snapshot.frozen_plan import (
    freeze_agency,
    freeze_board,
    freeze_catalogue,
    freeze_kind,
    freeze_period,
    freeze_plan,
)
from chuyenhoa.reporting.snapshot.locality_status import freeze_standing, outlook_of
from chuyenhoa.reporting.wording.phrases import load_phrases

SCHEMA = "chuyenhoa.snapshot/1"


def build_snapshot(data: MilestoneData, phrases: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Gather all that the documents of a milestone are made from, wording included.

    The sentence patterns are frozen with the data, so that the same snapshot and the same template give
    the same bytes even after the wording was changed for later documents.

    Args:
        data: Plan, results, evidence and submissions of the milestone.
        phrases: Sentence patterns; those of `templates/messages/report.yaml` when None.

    Returns:
        A mapping of strings, whole numbers, booleans, None, lists and mappings; figures are strings.
    """
    content = {
        "schema": SCHEMA,
        "frozen_at": data.frozen_at,
        "plan": freeze_plan(data.plan),
        "board": freeze_board(data.plan),
        "agency": freeze_agency(data.plan),
        "period": freeze_period(data),
        **freeze_catalogue(data),
        "documents": {kind.name: freeze_kind(kind) for kind in load_kinds().values()},
        "localities": [_locality(entry, data) for entry in data.assessment.localities],
        "figures": _figures(data),
        "declarations": _declarations(data),
        "totals": [_totals(entry.code, data) for entry in data.plan.indicators],
        "verdict_counts": {str(verdict): count for verdict, count in data.assessment.counts().items()},
        "notes": dict(data.assessment.notes),
        **_reporting(data),
        **freeze_standing(data.locality_status),
        "explanation": describe_rules(data.plan, data.period.window.end),
        "phrases": words_for(data.plan, load_phrases() if phrases is None else phrases),
    }
    frozen: dict[str, Any] = to_plain(content, "snapshot")
    return frozen


def _locality(result: LocalityResult, data: MilestoneData) -> dict[str, Any]:
    locality = data.plan.locality_by_code[result.locality]
    evidence = data.evidence.get(result.locality)
    return {
        "code": locality.code,
        "name": locality.name,
        "submitter": locality.submitter,
        "types": sorted(locality.types),
        "status": locality.status,
        "place": freeze_place(data, locality.code),
        "verdict": result.verdict,
        "reasons": result.reasons,
        "possible": result.possible,
        "absence": evidence.absence if evidence else None,
        "groups": {group.group: group.verdict for group in result.groups},
        "criteria": [_result(entry) for entry in result.criteria],
    }


def _result(result: CriterionResult) -> dict[str, Any]:
    return {
        "criterion": result.criterion,
        "verdict": result.verdict,
        "reason": result.reason,
        "actor": result.actor,
        "figure": result.figure,
        "formula": result.formula,
        "missing": result.missing,
        "inputs": [asdict(entry) for entry in result.inputs],
        **outlook_of(result),
    }


def _figures(data: MilestoneData) -> list[dict[str, Any]]:
    return [
        {
            "locality": code,
            "indicator": indicator,
            "basis": basis,
            "value": figure.value,
            "source": asdict(figure.source),
        }
        for code in sorted(data.evidence)
        for (indicator, basis), figure in sorted(data.evidence[code].figures.items())
    ]


def _declarations(data: MilestoneData) -> list[dict[str, Any]]:
    return [
        {
            "locality": code,
            "criterion": criterion,
            "answer": entry.answer,
            "document_number": entry.document_number,
            "document_date": entry.document_date,
            "note": entry.note,
            "source": asdict(entry.source),
        }
        for code in sorted(data.evidence)
        for criterion, entry in sorted(data.evidence[code].declarations.items())
    ]


def _value(data: MilestoneData, locality: str, indicator: str, basis: Basis) -> Decimal | None:
    evidence = data.evidence.get(locality)
    figure = evidence.figures.get((indicator, basis)) if evidence else None
    return figure.value if figure else None


def _totals(indicator: str, data: MilestoneData) -> dict[str, Any]:
    """Sums over the province, with how many localities are in them; a blank is never counted as zero.

    `comparable` sums both windows over the localities that have both figures.
    """
    pairs = [
        (_value(data, code, indicator, Basis.CURRENT), _value(data, code, indicator, Basis.BASELINE))
        for code in (locality.code for locality in data.plan.localities)
    ]
    current = [now for now, _ in pairs if now is not None]
    baseline = [then for _, then in pairs if then is not None]
    both = [(now, then) for now, then in pairs if now is not None and then is not None]
    return {
        "indicator": indicator,
        "current": _sum(current, len(pairs)),
        "baseline": _sum(baseline, len(pairs)),
        "comparable": {
            "counted": len(both),
            "current": sum((now for now, _ in both), Decimal(0)) if both else None,
            "baseline": sum((then for _, then in both), Decimal(0)) if both else None,
        },
    }


def _sum(values: list[Decimal], expected: int) -> dict[str, Any]:
    """A sum that knows how many localities it leaves out; None when it leaves out all."""
    return {
        "value": sum(values, Decimal(0)) if values else None,
        "counted": len(values),
        "missing": expected - len(values),
    }


def _reporting(data: MilestoneData) -> dict[str, Any]:
    """Who sent what, and who sent nothing that could be used."""
    answered = {entry.submitter for entry in data.submissions if entry.status in ACCEPTING}
    ordered = sorted(data.submissions, key=lambda entry: (entry.submitter, entry.received_at, entry.id))
    return {
        "submissions": [_submission(entry) for entry in ordered],
        "not_reported": [s.code for s in data.plan.submitters if s.code not in answered],
        "narratives": {code: dict(texts) for code, texts in data.narratives.items()},
        "justifications": [
            {
                "rule_id": entry.rule_id,
                "title": entry.title,
                "locality": entry.locality,
                "indicator": entry.indicator,
                "value": entry.value,
                "reason": entry.reason,
                "figure": asdict(entry.figure),
                "source": asdict(entry.source),
            }
            for entry in data.justifications
        ],
    }


def _submission(entry: SubmissionRecord) -> dict[str, Any]:
    return {
        "id": entry.id,
        "submitter": entry.submitter,
        "version": entry.version,
        "status": entry.status,
        "file_name": entry.file_name,
        "sha256": entry.sha256,
        "received_at": entry.received_at,
        "is_late": entry.is_late,
        "taken": entry.taken,
        "held": entry.held,
    }
