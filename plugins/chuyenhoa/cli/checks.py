"""Commands that check what people edit: plan data, Word templates, the layout of documents."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from chuyenhoa import settings
from chuyenhoa.cli.printing import print_json
from chuyenhoa.model.plan import Plan
from chuyenhoa.plan import PlanError, Problem, load_plan
from chuyenhoa.plan.rules import load_rules


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    plan = commands.add_parser("plan", help="check plan data").add_subparsers(required=True, metavar="check")
    check = plan.add_parser("check", help="find what is wrong in plans/ and expectations/")
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=check_plans)
    templates = commands.add_parser("templates", help="check Word templates")
    template_check = templates.add_subparsers(required=True, metavar="check").add_parser("check")
    template_check.add_argument("file", nargs="?", type=Path)
    template_check.add_argument("--json", action="store_true")
    template_check.set_defaults(run=check_templates)
    layout = commands.add_parser("layout", help="check a document's layout against Decree 30/2020")
    layout_check = layout.add_subparsers(required=True, metavar="check").add_parser("check")
    layout_check.add_argument("file", type=Path)
    layout_check.add_argument("--json", action="store_true")
    layout_check.set_defaults(run=check_layout)


def check_plans(options: argparse.Namespace) -> int:
    """`chuyenhoa plan check`: every plan folder and its suites; 1 when something is wrong."""
    where = settings.load()
    folders = sorted(path.name for path in where.plans.iterdir() if (path / "plan.yaml").exists())
    problems: dict[str, list[Problem]] = {}
    for name in folders:
        problems[name] = []
        try:
            plan = load_plan(where.plans, name)
            rules = load_rules(where.expectations, plan)
        except PlanError as error:
            problems[name] = list(error.problems)
            continue
        if not options.json:
            print(f"plan {name}: {_sizes(plan)}, {len(rules)} rules: no problem")
    if options.json:
        print_json(
            {
                name: [{"file": p.file, "line": p.line, "text": p.text} for p in found]
                for name, found in problems.items()
            }
        )
    else:
        for name, found in problems.items():
            for problem in found:
                print(f"plan {name}: {problem}", file=sys.stderr)
    return 1 if any(problems.values()) else 0


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


def check_templates(options: argparse.Namespace) -> int:
    """`chuyenhoa templates check`: one template, or all of them; 1 when something is wrong."""
    from chuyenhoa.reporting import check_template

    folder = settings.load().templates / "documents"
    paths = [options.file] if options.file else sorted(folder.glob("*.docx"))
    found = {
        str(path): [str(problem) for problem in check_template(path.read_bytes(), path.stem)]
        for path in paths
    }
    return _print_problems(found, as_json=options.json)


def check_layout(options: argparse.Namespace) -> int:
    """`chuyenhoa layout check`: 1 when something is not as Decree 30/2020 asks."""
    from chuyenhoa.reporting import check_layout as check

    found = {str(options.file): [str(problem) for problem in check(options.file.read_bytes())]}
    return _print_problems(found, as_json=options.json)


def _print_problems(found: dict[str, list[str]], *, as_json: bool) -> int:
    if as_json:
        print_json(found)
    for path, problems in found.items():
        if not as_json:
            print(f"{path}: {'no problem' if not problems else ''}".rstrip())
            for problem in problems:
                print(f"  {problem}")
    return 1 if any(found.values()) else 0
