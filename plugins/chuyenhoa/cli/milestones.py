"""Commands about milestones: assess, report; `explain` has a module of its own."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from chuyenhoa.cli import explain
from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.labels import SIGNS, VERDICTS, format_note, list_open, list_steps
from chuyenhoa.cli.printing import print_json, print_table
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.publish.drafts import DraftError, list_draft_errors
from chuyenhoa.store.tables import AssessmentRow, DocumentRow


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    assess = commands.add_parser(
        "assess",
        help="criterion results and verdicts of a milestone",
        description="Assesses a milestone and prints a table of localities and criteria (Đ: ĐẠT, K: KHÔNG "
        "ĐẠT, -: KHÔNG ÁP DỤNG, ?: CHƯA ĐỦ SỐ LIỆU), what lacks, and what cannot be decided yet.",
    )
    assess.set_defaults(run=print_assessment)
    explain.add_command(commands)
    report = commands.add_parser(
        "report",
        help="freeze a snapshot and render drafts into office/drafts",
        description="Freezes the data of a milestone and renders drafts, each with its approval form. With "
        "--verify it renders what is issued again from its snapshot and template instead, and compares "
        "sha256: exit code 1 when a byte differs.",
    )
    report.add_argument(
        "--verify",
        nargs="?",
        const="",
        metavar="DOCUMENT",
        help="render what is issued again, compare sha256",
    )
    report.set_defaults(run=render_report)
    for parser in (assess, report):
        needed = parser is not report
        parser.add_argument("--milestone", required=needed, help="as in 2021-6t")
        parser.add_argument("--json", action="store_true", help="print for programs")


def _assess(ctx: Context, milestone: str) -> dict[str, Any]:
    """Assess a milestone and return the outcome.

    Raises:
        UnknownPeriodError: there is no such milestone.
    """
    from chuyenhoa.pipeline.assess.assessing import assess_milestone

    number = int(assess_milestone(milestone))
    with ctx.store.reading() as session:
        found: dict[str, Any] = json.loads(session.get_one(AssessmentRow, number).content)
    return found


def print_assessment(options: argparse.Namespace) -> int:
    """`chuyenhoa assess`."""
    ctx = open_context()
    found = _assess(ctx, options.milestone)
    counts = dict.fromkeys(VERDICTS, 0)
    for locality in found["localities"]:
        for result in locality["criteria"]:
            counts[result["verdict"]] += 1
    if options.json:
        print_json({**found, "counts": counts})
        return 0
    plan = ctx.plan_of(options.milestone)
    _print_matrix(plan, ctx.period(options.milestone), found["localities"])
    print("Ký hiệu: " + ", ".join(f"{SIGNS[verdict]} {word}" for verdict, word in VERDICTS.items()))
    print("Số kết quả: " + ", ".join(f"{word} {counts[verdict]}" for verdict, word in VERDICTS.items()))
    if options.milestone != plan.milestones[-1].id:
        print(f"Chỉ tiêu của tỉnh, tạm tính (kết luận ở mốc {plan.milestones[-1].id}):")
    _print_targets(plan, found["targets"])
    notes = [format_note(plan, key, text) for key, text in found["notes"].items()]
    _print_list("Còn thiếu để đạt:", list_steps(plan, found["localities"]))
    _print_list("Chưa kết luận được:", list_open(plan, found["localities"]))
    _print_list("Ghi chú:", notes)
    return 0


def _print_list(head: str, lines: Sequence[str]) -> None:
    """A head and what belongs to it; nothing where there is nothing."""
    for line in [head, *(f"  {line}" for line in lines)] if lines else ():
        print(line)


def _print_matrix(plan: Plan, period: Period, localities: Sequence[Mapping[str, Any]]) -> None:
    codes = [criterion.code for criterion in plan.criteria_on(period.window.end)]
    rows = []
    for locality in localities:
        signs = {result["criterion"]: SIGNS[result["verdict"]] for result in locality["criteria"]}
        name = plan.locality_by_code[locality["locality"]].name
        outcome = VERDICTS[locality["verdict"]]
        rows.append([locality["locality"], name, *[signs[code] for code in codes], outcome])
    print_table(("mã", "địa bàn", *codes, "kết quả"), rows)


def _print_targets(plan: Plan, targets: Sequence[Mapping[str, Any]]) -> None:
    titles = {target.code: target.title for target in plan.targets}
    for target in targets:
        reached = f"{target['reached']}/{target['total']} địa bàn, cần {target['needed']}"
        print(f"{target['code']}  {titles[target['code']]}: {reached}: {VERDICTS[target['verdict']]}")


def render_report(options: argparse.Namespace) -> int:
    """`chuyenhoa report`.

    Raises:
        UnusableError: a template of the office's that cannot be rendered or breaks the layout.
    """
    from chuyenhoa.pipeline.publish.approval_forms import ask_office
    from chuyenhoa.pipeline.publish.drafts import list_for_office
    from chuyenhoa.pipeline.publish.rendering import check_drafts, freeze_snapshot, render_drafts
    from chuyenhoa.reporting import RenderError

    if options.verify is not None:
        return _verify(options)
    if not options.milestone:
        raise UnusableError("Which milestone? Name it with --milestone, as in --milestone 2021-6t.")
    ctx = open_context()
    snapshot = freeze_snapshot(options.milestone)
    try:
        names = check_drafts(render_drafts(snapshot))
    except (RenderError, DraftError) as error:
        raise UnusableError(f"{error}\nMend the template; 'chuyenhoa templates check' helps.") from error
    for asked in list_for_office(names):
        ask_office(asked)
    with ctx.store.reading() as session:
        rows = [session.get_one(DocumentRow, name) for name in names]
    entries = [
        {"id": row.id, "path": str(ctx.settings.data / row.draft_path), "sha256": row.draft_sha256}
        for row in rows
    ]
    if options.json:
        print_json({"milestone": options.milestone, "snapshot": snapshot, "documents": entries})
    else:
        for entry in entries:
            print(entry["path"])
    faults = list_draft_errors(options.milestone)
    if faults:
        told = "\n".join(faults)
        raise UnusableError(f"{told}\nMend the template; 'chuyenhoa templates check' helps.")
    return 0


def _verify(options: argparse.Namespace) -> int:
    """`chuyenhoa report --verify`: 0 when every issued document comes out again byte for byte, else 1.

    Raises:
        UnusableError: no such document is issued.
    """
    from chuyenhoa.pipeline.publish.issuing import verify_documents

    names = [options.verify] if options.verify else []
    if options.milestone:
        open_context().milestone(options.milestone)
    found = verify_documents(options.milestone or "", names)
    if not found:
        raise UnusableError("No such document is issued; 'chuyenhoa register' lists those that are.")
    if options.json:
        print_json({"documents": [{**asdict(entry), "is_same": not entry.fault} for entry in found]})
    else:
        for entry in found:
            print(f"{entry.document}  {entry.sha256}  {entry.fault or 'same bytes'}")
    return 1 if any(entry.fault for entry in found) else 0
