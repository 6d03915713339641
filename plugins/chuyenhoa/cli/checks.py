"""Commands that check what people edit: plan data, what a change of it would do, Word templates, layout."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chuyenhoa import settings
from chuyenhoa.cli import criteria_page
from chuyenhoa.cli.errors import UnusableError, read_given_file
from chuyenhoa.cli.labels import VERDICTS
from chuyenhoa.cli.printing import print_json, print_table
from chuyenhoa.cli.templates.commands import add_commands as add_template_commands
from chuyenhoa.cli.templates.commands import kind_of, shipped_templates
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Verdict
from chuyenhoa.pipeline.assess.results import FileChange, Flip, compare_files, compare_plans
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.plan import PlanError, Problem, load_copy, load_plan
from chuyenhoa.plan.cases import load_case_tables, load_samples
from chuyenhoa.plan.lint_warnings import list_warnings
from chuyenhoa.plan.loader import load_recipients
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store import MissingStoreError

if TYPE_CHECKING:
    from chuyenhoa.reporting import LayoutProblem, TemplateProblem


NO_PLANS = frozenset({"units", "samples"})
"""Folders below plans/ that hold no plan."""


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    plan = commands.add_parser("plan", help="plan check: what is wrong in plans/ and expectations/")
    plan_commands = plan.add_subparsers(required=True, metavar="check|criteria|compare")
    check = plan_commands.add_parser(
        "check",
        help="check all plan data",
        description="What is wrong in plans/ and expectations/, with file and line. Exit code 1 when "
        "something is.",
    )
    check.set_defaults(run=check_plans)
    criteria_page.add_command(plan_commands)
    _add_compare(plan_commands)
    templates = commands.add_parser("templates", help="the Word templates: check, preview, fields")
    template_commands = templates.add_subparsers(required=True, metavar="check|preview|fields")
    template_check = template_commands.add_parser(
        "check",
        help="check one template, or all",
        description="Tags and fields of the Word templates, and the layout of what comes out of them; a "
        "file of another name needs its kind. Exit code 1 when something is wrong.",
    )
    add_template_commands(template_commands, _read_document)
    template_check.add_argument(
        "file", nargs="?", type=Path, help="a .docx; all shipped templates if left out"
    )
    template_check.add_argument("--kind", help="kind of document; the file's name without .docx if left out")
    template_check.set_defaults(run=check_templates)
    layout = commands.add_parser("layout", help="layout check: a document's layout against Decree 30/2020")
    layout_check = layout.add_subparsers(required=True, metavar="check").add_parser(
        "check",
        help="check one document",
        description="The layout of any Word file against Decree 30/2020/NĐ-CP, element by element. Exit "
        "code 1 when something is not as it asks.",
    )
    layout_check.add_argument("file", type=Path, help="a .docx")
    layout_check.set_defaults(run=check_layout)
    for parser in (check, template_check, layout_check):
        parser.add_argument("--json", action="store_true", help="print for programs")


def check_plans(options: argparse.Namespace) -> int:
    """`chuyenhoa plan check`: every plan folder and its suites; 1 when something is wrong."""
    where = settings.load()
    folders = sorted(
        p.name
        for p in where.plans.iterdir()
        if p.is_dir() and p.name not in NO_PLANS and p.name[0] not in "._"
    )
    problems: dict[str, list[Problem]] = {}
    for name in folders:
        problems[name] = []
        try:
            plan, count = _check_plan(where, name)
        except PlanError as error:
            problems[name] = list(error.problems)
            continue
        if not options.json:
            print(f"plan {name}: {_sizes(plan)}, {count} rules: no problem")
            for doubt in list_warnings(plan):
                print(f"plan {name}: warning: {doubt}")
            _warn_of_omissions(plan)
    if (where.plans / "samples").is_dir():
        try:
            load_samples(where.plans)
        except PlanError as error:
            problems["samples"] = list(error.problems)
    if options.json:
        print_json(problems)
    else:
        for name, found in problems.items():
            for problem in found:
                print(f"plan {name}: {problem}", file=sys.stderr)
    return 1 if any(problems.values()) else 0


def _check_plan(where: settings.Settings, name: str) -> tuple[Plan, int]:
    """A sound plan and the number of its rules.

    Raises:
        PlanError: something in its folder, its suites or its recipients is wrong.
    """
    if not (where.plans / name / "plan.yaml").exists():
        text = "there is no such file, so that the folder is no plan; write it, or move the folder away"
        raise PlanError([Problem("plan.yaml", 0, text)])
    plan = load_plan(where.plans, name)
    rules = load_rules(where.expectations, plan)
    load_case_tables(where.plans, name, plan.criteria_on(plan.milestones[-1].window.end))
    load_recipients(where.plans / name)
    return plan, len(rules)


def _warn_of_omissions(plan: Plan) -> None:
    """Name localities that an earlier plan left "chưa đạt" and this one omits, with nothing decided since.

    Only where there is a store: plan data can be checked before there is one.
    """
    from chuyenhoa.pipeline.assess.locality_status import not_carried_over
    from chuyenhoa.pipeline.context import open_context

    ctx = open_context()
    try:
        store = ctx.store
    except MissingStoreError:
        return
    with store.reading() as session:
        for entry in not_carried_over(ctx, session, plan):
            print(
                f"plan {plan.id}: warning: locality {entry.locality} was chưa đạt in plan {entry.plan} "
                f"({entry.decision_number}) and is not on this list; list it, or record what was decided: "
                f"chuyenhoa transition --plan {plan.id} --state released --locality {entry.locality} …"
            )


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
    """`chuyenhoa templates check`: one template, or all of them; 1 when something is wrong.

    Raises:
        UnusableError: no such file, no .docx, or no such kind of document.
    """
    from chuyenhoa.cli.templates.previewing import diagnose, make_samples

    if options.kind and not options.file:
        raise UnusableError("--kind says what one file is: name the file too.")
    samples = make_samples()
    found = {
        str(path): diagnose(_read_document(path), kind_of(path, options.kind), samples)
        for path in ([options.file] if options.file else shipped_templates())
    }
    return _print_problems(found, as_json=options.json)


def check_layout(options: argparse.Namespace) -> int:
    """`chuyenhoa layout check`: 1 when something is not as Decree 30/2020 asks.

    Raises:
        UnusableError: no such file, or no .docx.
    """
    from chuyenhoa.reporting import check_layout as check

    found = {str(options.file): check(_read_document(options.file))}
    return _print_problems(found, as_json=options.json)


def _read_document(path: Path) -> bytes:
    """The bytes of a Word file, all of whose parts can be read.

    Raises:
        UnusableError: it cannot.
    """
    from lxml import etree

    from chuyenhoa.kit.ooxml.docx_package import PackageError, read_parts
    from chuyenhoa.kit.ooxml.markup import parse_xml
    from chuyenhoa.kit.ooxml.wordml import W

    content = read_given_file(path)
    try:
        parts = read_parts(content)
        trees = {name: parse_xml(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    except PackageError as error:
        raise UnusableError(f"{path}: {error}") from error
    except etree.XMLSyntaxError as error:
        raise UnusableError(f"{path}: The file is damaged ({error}); save it again in Word.") from error
    if "[Content_Types].xml" not in trees or trees["word/document.xml"].find(f"{W}body") is None:
        raise UnusableError(f"{path}: The file is damaged (parts are missing); save it again in Word.")
    return content


def _print_problems(found: Mapping[str, Sequence[LayoutProblem | TemplateProblem]], *, as_json: bool) -> int:
    """Problems by path; 1 when there is one."""
    if as_json:
        print_json({path: [_problem_json(problem) for problem in listed] for path, listed in found.items()})
    for path, problems in found.items():
        if not as_json:
            print(f"{path}:" if problems else f"{path}: no problem")
            for problem in problems:
                print(f"  {problem}")
    return 1 if any(found.values()) else 0


def _problem_json(problem: LayoutProblem | TemplateProblem) -> dict[str, str]:
    return {**dataclasses.asdict(problem), "text": str(problem)}


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
    """`chuyenhoa plan compare OLD NEW`: 1 when a verdict would flip or a file be judged otherwise.

    Raises:
        UnusableError: a plan cannot be used, or the two are not of one id.
    """
    ctx = open_context()
    old, new = (_read(ctx, text) for text in (options.old, options.new))
    if old.id != new.id:
        raise UnusableError(
            f"plans {old.id} and {new.id}: reports belong to one plan; compare two wordings of it."
        )
    flips = compare_plans(ctx, old, new)
    files = compare_files(ctx, old, new, options.expectations)
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


def newly_insufficient(flips: Sequence[Flip]) -> dict[tuple[str, str], list[str]]:
    """By milestone and locality, the criteria that a change leaves without a verdict; [] for its own only."""
    found: dict[tuple[str, str], list[str]] = {}
    for flip in flips:
        if flip.after is Verdict.INSUFFICIENT:
            listed = found.setdefault((flip.milestone, flip.locality), [])
            listed += [flip.criterion] if flip.criterion else []
    return found


def _print(old: Plan, flips: Sequence[Flip], files: Sequence[FileChange], lacking: int) -> None:
    rows = [
        [
            flip.milestone,
            flip.locality,
            old.locality_by_code[flip.locality].name if flip.locality in old.locality_by_code else "",
            flip.criterion or "địa bàn",
            VERDICTS[flip.before] if flip.before else LACKING,
            VERDICTS[flip.after] if flip.after else LACKING,
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
