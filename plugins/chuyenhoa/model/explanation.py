"""The rules of an assessment in plain JSON values, so that a stored result can be recomputed from it.

The form is described in docs/explanations.md; a test recomputes every verdict from nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from chuyenhoa.model import criteria
from chuyenhoa.model.plan import Plan

SCHEMA = "chuyenhoa.explanation/1"


def describe_rules(plan: Plan, day: date) -> dict[str, Any]:
    """By what a plan's localities are assessed on a day: its edition, and every criterion in force.

    Returns:
        `schema`, `plan` (id, number, date, edition, status of the criteria), `rules` by criterion code, and
        the `types` of every locality, which say what parts of a rule are asked of it.
    """
    return {
        "schema": SCHEMA,
        "plan": {
            "id": plan.id,
            "number": plan.number,
            "issued_on": plan.issued_on.isoformat(),
            "edition": plan.edition,
            "criteria_status": plan.criteria_status.value,
        },
        "groups": [group.code for group in plan.groups],
        "rules": {entry.code: _rule(entry) for entry in plan.criteria_on(day)},
        "types": {entry.code: sorted(entry.types) for entry in plan.localities},
    }


def _rule(criterion: criteria.Criterion) -> dict[str, Any]:
    return {
        "title": criterion.title,
        "group": criterion.group,
        "legal_basis": criterion.legal_basis,
        "status": criterion.status,
        "edition": criterion.edition,
        "applies_to_types": sorted(criterion.applies_to_types),
        "measure": describe_measure(criterion.measure),
        "by_type": [
            {"types": sorted(entry.types), "measure": describe_measure(entry.measure)}
            for entry in criterion.by_type
        ],
    }


def describe_measure(measure: criteria.Measure) -> dict[str, Any]:
    """A measure with its figures by the names of a result's inputs, and its threshold as exact text."""
    match measure:
        case criteria.DeclarationMeasure():
            kind = {"kind": "declaration", "needs_document": measure.needs_document}
            return {**kind, "throughout": True} if measure.throughout else kind
        case criteria.AwaitedMeasure():
            return {"kind": "guidance"}
        case criteria.ValueMeasure():
            return {"kind": "value", "of": _sum(measure.terms), "threshold": _threshold(measure.threshold)}
        case criteria.CompareMeasure():
            left, right = _sum(measure.left), _sum(measure.right)
            return {"kind": "compare", "left": left, "right": right, "direction": measure.direction.value}
        case criteria.RatioMeasure():
            return {
                "kind": "ratio",
                "numerator": _sum(measure.numerator),
                "denominator": _sum(measure.denominator),
                "threshold": _threshold(measure.threshold),
                "when_nothing": {
                    "verdict": measure.when_nothing.verdict.value,
                    "text": measure.when_nothing.text,
                },
            }
        case criteria.ChangeMeasure():
            return {
                "kind": "increase" if measure.rises else "decrease",
                "of": _sum(measure.terms),
                "before": _sum(measure.before),
                "threshold": _threshold(measure.threshold),
            }
        case _:  # typed: only a combined measure is left
            return _combined(measure)


def _combined(measure: criteria.CombinedMeasure) -> dict[str, Any]:
    parts = [describe_measure(part) for part in measure.parts]
    return {
        "kind": "all_of" if measure.at_least is None else "at_least",
        "k": measure.at_least,
        "parts": parts,
    }


def _sum(terms: Sequence[criteria.Term]) -> list[dict[str, Any]]:
    return [{"input": term.name, "sign": term.sign} for term in terms]


def _threshold(threshold: criteria.Threshold) -> dict[str, Any]:
    return {
        "value": format(threshold.value, "f"),
        "unit": threshold.unit,
        "direction": threshold.direction.value,
        "legal_basis": threshold.legal_basis,
    }
