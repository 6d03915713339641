"""Commands on plan data: what is wrong in it, the page on its criteria, what a change of it would do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from chuyenhoa import settings
from chuyenhoa.assessment import facts, figures
from chuyenhoa.cli import labels
from chuyenhoa.cli.output import UnusableError, print_json, print_table
from chuyenhoa.kit.vietnamese_text.formatting import format_date, format_number
from chuyenhoa.model import criteria
from chuyenhoa.model.baselines import prefix_of
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Verdict
from chuyenhoa.model.submissions import Severity
from chuyenhoa.pipeline import plan_check
from chuyenhoa.pipeline.assess import results
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.plan import PlanError, cases, load_copy, load_plan


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    plan = commands.add_parser("plan", help="plan check: what is wrong in plans/ and expectations/")
    plan_commands = plan.add_subparsers(required=True, metavar="check|criteria|compare")
    check = plan_commands.add_parser(
        "check",
        help="check all plan data",
        description="What is wrong in plans/ and expectations/, with file and line: wrong entries, entries "
        "without effect, and cases of which the engine makes something else. Warnings name what is seldom "
        "meant. Exit code 1 when something is wrong.",
    )
    check.add_argument("--strict", action="store_true", help="take warnings for errors")
    check.add_argument("--json", action="store_true", help="print for programs")
    check.set_defaults(run=check_plans)
    _add_criteria(plan_commands)
    _add_compare(plan_commands)


def check_plans(options: argparse.Namespace) -> int:
    """`chuyenhoa plan check`: every plan folder, its suites and its cases; 1 when something is wrong."""
    found = plan_check.check_plans(settings.load(), strictly=options.strict)
    if options.json:
        print_json({name: checked.problems for name, checked in found.items()})
    else:
        for name, checked in found.items():
            _print_checked(name, checked)
    every = [problem for checked in found.values() for problem in checked.problems]
    return 1 if any(problem.severity is Severity.ERROR for problem in every) else 0


def _print_checked(name: str, checked: plan_check.Checked) -> None:
    errors = [problem for problem in checked.problems if problem.severity is Severity.ERROR]
    if checked.plan and not errors:
        print(f"plan {name}: {_sizes(checked.plan)}, {checked.rules} rules: no problem")
    for problem in checked.problems:
        if problem.severity is Severity.ERROR:
            # To stderr, so that the counts of sound plans can be piped on without them.
            print(f"plan {name}: {problem}", file=sys.stderr)
        else:
            # Warnings leave the exit code at 0: what they name can be meant.
            print(f"plan {name}: warning: {problem}")


def _sizes(plan: Plan) -> str:
    sizes = {
        "units": plan.units,
        "submitters": plan.submitters,
        "localities": plan.localities,
        "periods": plan.periods,
        "indicators": plan.indicators,
        "criteria": plan.criteria,
        "tasks": plan.tasks,
    }
    return ", ".join(f"{len(entries)} {name}" for name, entries in sizes.items())


LACKING = "không có"


def _add_compare(commands: Any) -> None:
    compare = commands.add_parser(
        "compare",
        help="verdicts that would flip on stored data",
        description="The verdicts that a changed copy of the plan would flip on stored data, what it "
        "leaves open, and files that its rules would judge otherwise; stores nothing. Exit code 1 when "
        "there is one.",
        epilog="Example: chuyenhoa plan compare 2021 /tmp/plans/2021",
    )
    compare.add_argument("old", help="id of a plan, as in 2021, or a plan folder beside its units folder")
    compare.add_argument("new", help="the same plan as it would be, mostly a changed copy elsewhere")
    compare.add_argument("--expectations", type=Path, help="folder of changed suites; today's if left out")
    compare.add_argument("--json", action="store_true", help="print for programs")
    compare.set_defaults(run=print_flips)


def print_flips(options: argparse.Namespace) -> int:
    """`chuyenhoa plan compare OLD NEW`: 1 when a verdict would flip or a file be assessed otherwise.

    Raises:
        UnusableError: a plan cannot be used, or the two are not of one id.
    """
    ctx = open_context()
    old, new = (_read(ctx, text) for text in (options.old, options.new))
    # Reports belong to one plan: verdicts of two plans have no figures in common to be compared on.
    if old.id != new.id:
        raise UnusableError(
            f"plans {old.id} and {new.id}: reports belong to one plan; compare two wordings of it."
        )
    flips = results.compare_plans(ctx, old, new)
    files = results.compare_files(ctx, old, new, options.expectations)
    lacking = newly_insufficient(flips)
    if options.json:
        print_json(
            {
                "flips": flips,
                "newly_insufficient": [
                    {"milestone": milestone, "locality": locality, "criteria": criteria}
                    for (milestone, locality), criteria in lacking.items()
                ],
                "files": files,
            }
        )
    else:
        _print(old, flips, files, len(lacking))
    return 1 if flips or files else 0


def newly_insufficient(flips: Sequence[results.Flip]) -> dict[tuple[str, str], list[str]]:
    """By milestone and locality, the criteria that a change leaves without a verdict; [] for its own only."""
    found: dict[tuple[str, str], list[str]] = {}
    for flip in flips:
        if flip.after is Verdict.INSUFFICIENT:
            listed = found.setdefault((flip.milestone, flip.locality), [])
            listed += [flip.criterion] if flip.criterion else []
    return found


def _print(
    old: Plan, flips: Sequence[results.Flip], files: Sequence[results.FileChange], lacking: int
) -> None:
    rows = [
        [
            flip.milestone,
            flip.locality,
            old.locality_by_code[flip.locality].name if flip.locality in old.locality_by_code else "",
            flip.criterion or "địa bàn",
            labels.VERDICTS[flip.before] if flip.before else LACKING,
            labels.VERDICTS[flip.after] if flip.after else LACKING,
        ]
        for flip in flips
    ]
    print_table(("mốc", "mã", "địa bàn", "tiêu chí", "trước", "sau"), rows)
    for entry in files:
        come = ", ".join(dict.fromkeys(rule for rule, _, _, _ in entry.new)) or "không"
        gone = ", ".join(dict.fromkeys(rule for rule, _, _, _ in entry.gone)) or "không"
        held = "; có địa bàn bị giữ lại" if entry.is_held else ""
        print(f"{entry.submission} {entry.file_name}: phát sinh {come}; không còn {gone}{held}")
    print(f"Số tệp bị đánh giá khác: {len(files)}")
    print(f"Số địa bàn trở thành chưa đủ số liệu: {lacking}")
    print(f"Số kết quả thay đổi: {len(flips)}")


def _read(ctx: Context, text: str) -> Plan:
    """A plan by its id, or by the path of its folder."""
    folder = Path(text)
    try:
        return load_copy(folder) if folder.is_dir() else load_plan(ctx.settings.plans, text)
    except PlanError as error:
        raise UnusableError(str(error)) from error


TEMPLATE = "criteria.md.j2"


def _add_criteria(commands: Any) -> None:
    page = commands.add_parser(
        "criteria",
        help="the page on criteria and their cases, as Markdown",
        description="Prints docs/criteria.md: every criterion with its tested cases (`make docs` writes it).",
    )
    page.add_argument("--plan", default="2021", help="id of the plan, as in 2021")
    page.set_defaults(run=print_criteria)


def print_criteria(options: argparse.Namespace) -> int:
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
    in_force = plan.criteria_on(plan.milestones[-1].window.end)
    tables = cases.load_case_tables(plans, plan_id, in_force)
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates / "pages"),
        # A field that the template misspells fails here instead of leaving a gap in docs/criteria.md.
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
        samples=[_entry(table, plan) for table in cases.load_samples(plans)],
    )
    # One end of line: the page is compared byte for byte with the one in docs/.
    return text.rstrip() + "\n"


def _entry(table: cases.CaseTable, plan: Plan) -> dict[str, Any]:
    criterion = table.criterion
    return {
        "code": criterion.code,
        "short": criterion.short,
        "title": criterion.title,
        "legal_basis": criterion.legal_basis,
        "edition": criterion.edition,
        "status": criterion.status,
        "validity": _format_validity(criterion),
        "all_types": criterion.applies_to_types == cases.ALL_TYPES,
        "types": _format_types(criterion.applies_to_types),
        "kind": table.kind,
        "rules": [_rule(types, measure, criterion, plan) for types, measure in _rules_of(criterion)],
        "figures": _figures_of(criterion, plan),
        "absent": _absent(criterion),
        "cases": [_case(case) for case in table.cases],
    }


def _absent(criterion: criteria.Criterion) -> list[str]:
    """Why a kind of case cannot come about, by the template's word for it."""
    if isinstance(criterion.measure, criteria.AwaitedMeasure):
        return ["awaited"]
    asked = cases.kinds_asked(criterion)
    why = {"declared": "at" not in asked, "floor": "at" in asked and "below" not in asked}
    why["applies"] = "not_applicable" not in asked
    return [word for word, holds in why.items() if holds]


def _format_validity(criterion: criteria.Criterion) -> str:
    begins = f"từ {format_date(criterion.valid_from)}" if criterion.valid_from else ""
    ends = f"đến {format_date(criterion.valid_to)}" if criterion.valid_to else ""
    return " ".join(part for part in (begins, ends) if part)


def _format_types(types: Iterable[int]) -> str:
    return ", ".join(str(one) for one in sorted(types))


def _rules_of(criterion: criteria.Criterion) -> list[tuple[frozenset[int], criteria.Measure]]:
    """The measures with the types that each is for; no types where it is for all that are left."""
    special = [(entry.types, entry.measure) for entry in criterion.by_type]
    named = frozenset(one for types, _ in special for one in types)
    rest = criterion.applies_to_types - named if named else frozenset()
    return [(rest, criterion.measure), *special]


def _rule(
    types: frozenset[int], measure: criteria.Measure, criterion: criteria.Criterion, plan: Plan
) -> dict[str, Any]:
    units = {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}
    # A combined measure may hold declarations among its parts.
    declared = [leaf for leaf in criteria.leaves_of(measure) if isinstance(leaf, criteria.DeclarationMeasure)]
    return {
        "types": _format_types(types),
        "formula": figures.describe_formula(measure, facts.Facts(criterion, LocalityEvidence(""), units)),
        "all_of": len(measure.parts)
        if isinstance(measure, criteria.CombinedMeasure) and measure.at_least is None
        else 0,
        "awaited": isinstance(measure, criteria.AwaitedMeasure),
        "declared": bool(declared),
        "throughout": any(leaf.throughout for leaf in declared),
        "needs_document": any(leaf.needs_document for leaf in declared),
        "when_nothing": [
            {"verdict": labels.VERDICTS[leaf.when_nothing.verdict], "text": leaf.when_nothing.text}
            for leaf in criteria.leaves_of(measure)
            if isinstance(leaf, criteria.RatioMeasure)
        ],
    }


def _figures_of(criterion: criteria.Criterion, plan: Plan) -> list[dict[str, str]]:
    """The indicators that a criterion names, each once, with label and unit."""
    named = dict.fromkeys((term.indicator, term.basis) for term in criterion.terms)
    found = []
    for code, basis in named:
        indicator = plan.indicator_by_code[code]
        window = "" if basis is Basis.CURRENT else prefix_of(basis)
        found.append({"code": code, "window": window, "label": indicator.label, "unit": indicator.unit})
    return found


def _case(case: cases.CaseEntry) -> dict[str, Any]:
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
        "verdict": labels.VERDICTS[case.verdict],
        "reason": labels.format_reason(case.reason) if case.reason else "",
        "figure": case.figure,
    }


def _given(text: str) -> Mapping[str, str]:
    """One figure of a case, as in `baseline.TTXH_XR=100`; no value for a blank cell."""
    name, _, value = text.partition("=")
    window, _, code = name.rpartition(".")
    return {"window": window, "code": code, "value": "" if value == "?" else format_number(Decimal(value))}
