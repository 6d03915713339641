"""The page on criteria for officials: every criterion with the cases that the tests run, in Vietnamese."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from chuyenhoa import settings
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.assessment.figures import describe_formula
from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.labels import VERDICTS, format_reason
from chuyenhoa.kit.vietnamese_text.formatting import format_date, format_number
from chuyenhoa.model.baselines import prefix_of
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    CombinedMeasure,
    Criterion,
    DeclarationMeasure,
    Measure,
    RatioMeasure,
    leaves_of,
)
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.plan import PlanError, load_plan
from chuyenhoa.plan.cases import ALL_TYPES, CaseEntry, CaseTable, kinds_asked, load_case_tables, load_samples

TEMPLATE = "criteria.md.j2"


def add_command(commands: Any) -> None:
    """Add `plan criteria` to the parser."""
    page = commands.add_parser(
        "criteria",
        help="the page on criteria and their cases, as Markdown",
        description="Prints docs/criteria.md: every criterion with its tested cases (`make docs` writes it).",
    )
    page.add_argument("--plan", default="2021", help="id of the plan, as in 2021")
    page.set_defaults(run=print_page)


def print_page(options: argparse.Namespace) -> int:
    """`chuyenhoa plan criteria`: print docs/criteria.md.

    Raises:
        UnusableError: the plan or its cases cannot be used.
    """
    where = settings.load()
    try:
        text = write_page(where.plans, where.templates, options.plan)
    except PlanError as error:
        raise UnusableError(str(error)) from error
    print(text, end="")
    return 0


def write_page(plans: Path, templates: Path, plan_id: str) -> str:
    """The page as Markdown, with the criteria in force at the plan's last milestone.

    Raises:
        PlanError: the plan or its cases cannot be used.
    """
    plan = load_plan(plans, plan_id)
    criteria = plan.criteria_on(plan.milestones[-1].window.end)
    tables = load_case_tables(plans, plan_id, criteria)
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates / "pages"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown from our own data, no HTML from anybody else
    )
    text = environment.get_template(TEMPLATE).render(
        plan={"id": plan.id, "number": plan.number, "notice": plan.unverified_notice},
        groups=[
            {
                "code": group.code,
                "title": group.title,
                "criteria": [_entry(table, plan) for table in tables if table.criterion.group == group.code],
            }
            for group in plan.groups
        ],
        samples=[_entry(table, plan) for table in load_samples(plans)],
    )
    return text.rstrip() + "\n"


def _entry(table: CaseTable, plan: Plan) -> dict[str, Any]:
    criterion = table.criterion
    return {
        "code": criterion.code,
        "short": criterion.short,
        "title": criterion.title,
        "legal_basis": criterion.legal_basis,
        "edition": criterion.edition,
        "status": criterion.status,
        "validity": _format_validity(criterion),
        "all_types": criterion.applies_to_types == ALL_TYPES,
        "types": _format_types(criterion.applies_to_types),
        "kind": table.kind,
        "rules": [_rule(types, measure, criterion, plan) for types, measure in _rules_of(criterion)],
        "figures": _figures_of(criterion, plan),
        "absent": _absent(criterion),
        "cases": [_case(case) for case in table.cases],
    }


def _absent(criterion: Criterion) -> list[str]:
    """Why a kind of case cannot come about, by the template's word for it."""
    if isinstance(criterion.measure, AwaitedMeasure):
        return ["awaited"]
    asked = kinds_asked(criterion)
    why = {"declared": "at" not in asked, "floor": "at" in asked and "below" not in asked}
    why["applies"] = "not_applicable" not in asked
    return [word for word, holds in why.items() if holds]


def _format_validity(criterion: Criterion) -> str:
    begins = f"từ {format_date(criterion.valid_from)}" if criterion.valid_from else ""
    ends = f"đến {format_date(criterion.valid_to)}" if criterion.valid_to else ""
    return " ".join(part for part in (begins, ends) if part)


def _format_types(types: Iterable[int]) -> str:
    return ", ".join(str(one) for one in sorted(types))


def _rules_of(criterion: Criterion) -> list[tuple[frozenset[int], Measure]]:
    """The measures with the types that each is for; no types where it is for all that are left."""
    special = [(entry.types, entry.measure) for entry in criterion.by_type]
    named = frozenset(one for types, _ in special for one in types)
    rest = criterion.applies_to_types - named if named else frozenset()
    return [(rest, criterion.measure), *special]


def _rule(types: frozenset[int], measure: Measure, criterion: Criterion, plan: Plan) -> dict[str, Any]:
    units = {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}
    declared = [leaf for leaf in leaves_of(measure) if isinstance(leaf, DeclarationMeasure)]
    return {
        "types": _format_types(types),
        "formula": describe_formula(measure, Facts(criterion, LocalityEvidence(""), units)),
        "all_of": len(measure.parts)
        if isinstance(measure, CombinedMeasure) and measure.at_least is None
        else 0,
        "awaited": isinstance(measure, AwaitedMeasure),
        "declared": bool(declared),
        "throughout": any(leaf.throughout for leaf in declared),
        "needs_document": any(leaf.needs_document for leaf in declared),
        "when_nothing": [
            {"verdict": VERDICTS[leaf.when_nothing.verdict], "text": leaf.when_nothing.text}
            for leaf in leaves_of(measure)
            if isinstance(leaf, RatioMeasure)
        ],
    }


def _figures_of(criterion: Criterion, plan: Plan) -> list[dict[str, str]]:
    """The indicators that a criterion names, each once, with label and unit."""
    named = dict.fromkeys((term.indicator, term.basis) for term in criterion.terms)
    found = []
    for code, basis in named:
        indicator = plan.indicator_by_code[code]
        window = "" if basis is Basis.CURRENT else prefix_of(basis)
        found.append({"code": code, "window": window, "label": indicator.label, "unit": indicator.unit})
    return found


def _case(case: CaseEntry) -> dict[str, Any]:
    declared = case.declared
    return {
        "kind": case.kind,
        "given": [_given(text) for text in case.given.split()],
        "declared": declared
        and {
            "answer": declared.answer,
            "number": declared.number,
            "day": format_date(declared.date_) if declared.date_ else "",
        },
        "types": "" if case.types == (1,) else _format_types(case.types),
        "verdict": VERDICTS[case.verdict],
        "reason": format_reason(case.reason) if case.reason else "",
        "figure": case.figure,
    }


def _given(text: str) -> Mapping[str, str]:
    """One figure of a case, as in `baseline.TTXH_XR=100`; no value for a blank cell."""
    name, _, value = text.partition("=")
    window, _, code = name.rpartition(".")
    return {"window": window, "code": code, "value": "" if value == "?" else format_number(Decimal(value))}
