"""Commands on a milestone: assess, report, approvals, register, handover, export."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chuyenhoa import clock
from chuyenhoa.cli import explain, labels
from chuyenhoa.cli.output import UnusableError, print_json, print_long_json, print_table
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.pipeline.assess import assessing
from chuyenhoa.pipeline.context import open_context, write_file
from chuyenhoa.pipeline.publish import drafts, issuing
from chuyenhoa.release.register import write_register
from chuyenhoa.reporting import RenderError
from chuyenhoa.store.documents import load_documents
from chuyenhoa.store.results import load_results
from chuyenhoa.store.tables import AssessmentRow


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
        # `report --verify` alone means every milestone, so `report` asks for its milestone itself.
        needed = parser is not report
        parser.add_argument("--milestone", required=needed, help="as in 2021-6t")
        parser.add_argument("--json", action="store_true", help="print for programs")
    _add_office(commands)


def _add_office(commands: Any) -> None:
    approvals = commands.add_parser(
        "approvals",
        help="take the forms that the office filled in, and issue",
        description="Records the approval forms that lie in office/inbox/, and issues what they approve. "
        "Exit code 1 when one was refused.",
    )
    approvals.set_defaults(run=take_approvals)
    register = commands.add_parser("register", help="the register of issued documents")
    register.add_argument("--milestone", default="", help="only its documents, as in 2021-6t")
    register.add_argument("--xlsx", type=Path, metavar="FILE", help="write it as a workbook")
    register.set_defaults(run=print_register)
    handover = commands.add_parser(
        "handover",
        help="pack issued documents with all that proves them",
        description="Packs issued documents with PDF, annex, evidence and checksums into office/handover/.",
    )
    handover.add_argument("--milestone", required=True, help="as in 2021-6t")
    handover.set_defaults(run=write_handover)
    export = commands.add_parser(
        "export",
        help="figures in force and verdicts as CSV for other systems",
        description="Writes what is in force for a milestone and its verdicts: localities.csv, figures.csv, "
        "declarations.csv and verdicts.csv (UTF-8, comma, RFC 4180), described by metadata.json (CSV on the "
        "Web). A text that a spreadsheet would take for a formula has one ' in front.",
    )
    export.add_argument("--milestone", required=True, help="as in 2021-6t")
    export.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="office/export/MILESTONE if left out"
    )
    export.set_defaults(run=export_milestone)
    for parser in (approvals, register, handover, export):
        parser.add_argument("--json", action="store_true", help="print for programs")


_SHOWN = ("criterion", "verdict", "reason", "actor", "steps", "guard", "needs")
"""What the table and the lists below it show of a result: a country's formulas and inputs fill 100 MB."""


def _count(localities: Iterable[Mapping[str, Any]], counts: dict[str, int]) -> Iterator[Mapping[str, Any]]:
    """The localities, and in `counts` how many results of theirs carry each verdict."""
    for locality in localities:
        for result in locality["criteria"]:
            counts[result["verdict"]] += 1
        yield locality


def print_assessment(options: argparse.Namespace) -> int:
    """`chuyenhoa assess`.

    Raises:
        UnknownPeriodError: there is no such milestone.
    """
    ctx = open_context()
    number = int(assessing.assess_milestone(options.milestone))
    counts = dict.fromkeys(labels.VERDICTS, 0)
    with ctx.store.reading() as session:
        found = json.loads(session.get_one(AssessmentRow, number).content)
        stored = _count(load_results(session, number), counts)
        if options.json:
            # `counts` is full when the localities are through.
            print_long_json("localities", stored, {**found, "counts": counts})
            return 0
        localities = [
            {**entry, "criteria": [{name: r[name] for name in _SHOWN} for r in entry["criteria"]]}
            for entry in stored
        ]
    plan = ctx.plan_of(options.milestone)
    _print_matrix(plan, ctx.period(options.milestone), localities)
    print(
        "Ký hiệu: "
        + ", ".join(f"{labels.SIGNS[verdict]} {word}" for verdict, word in labels.VERDICTS.items())
    )
    print(
        "Số kết quả: " + ", ".join(f"{word} {counts[verdict]}" for verdict, word in labels.VERDICTS.items())
    )
    # The province's targets are concluded at the last milestone of a plan; before it they are provisional.
    if options.milestone != plan.milestones[-1].id:
        print(f"Chỉ tiêu của tỉnh, tạm tính (kết luận ở mốc {plan.milestones[-1].id}):")
    _print_targets(plan, found["targets"])
    notes = [labels.format_note(plan, key, text) for key, text in found["notes"].items()]
    _print_list("Còn thiếu để đạt:", labels.list_steps(plan, localities))
    _print_list("Chưa kết luận được:", labels.list_open(plan, localities))
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
        signs = {result["criterion"]: labels.SIGNS[result["verdict"]] for result in locality["criteria"]}
        name = plan.locality_by_code[locality["locality"]].name
        outcome = labels.VERDICTS[locality["verdict"]]
        rows.append([locality["locality"], name, *[signs[code] for code in codes], outcome])
    print_table(("mã", "địa bàn", *codes, "kết quả"), rows)


def _print_targets(plan: Plan, targets: Sequence[Mapping[str, Any]]) -> None:
    titles = {target.code: target.title for target in plan.targets}
    for target in targets:
        reached = f"{target['reached']}/{target['total']} địa bàn, cần {target['needed']}"
        print(f"{target['code']}  {titles[target['code']]}: {reached}: {labels.VERDICTS[target['verdict']]}")


def render_report(options: argparse.Namespace) -> int:
    """`chuyenhoa report`.

    Raises:
        UnusableError: a template of the office's that cannot be rendered or breaks the layout.
    """
    # Loaded here: writing approval forms needs openpyxl, which no other command should wait for.
    from chuyenhoa.pipeline.publish import approval_forms, rendering

    if options.verify is not None:
        return _verify(options)
    if not options.milestone:
        raise UnusableError("Which milestone? Name it with --milestone, as in --milestone 2021-6t.")
    ctx = open_context()
    snapshot = rendering.freeze_snapshot(options.milestone)
    try:
        names = rendering.check_drafts(rendering.render_drafts(snapshot))
    except (RenderError, drafts.DraftError) as error:
        raise UnusableError(f"{error}\nFix the template; 'chuyenhoa templates check' helps.") from error
    for asked in drafts.list_for_office(names):
        approval_forms.ask_office(asked)
    with ctx.store.reading() as session:
        rows = load_documents(session, names)
    entries = [
        {"id": row.id, "path": str(ctx.settings.data / row.draft_path), "sha256": row.draft_sha256}
        for row in rows
    ]
    if options.json:
        print_json({"milestone": options.milestone, "snapshot": snapshot, "documents": entries})
    else:
        for entry in entries:
            print(entry["path"])
    # After the sound drafts: one that fails stops alone (decision 0028), yet the call ends with 2.
    faults = drafts.list_draft_errors(options.milestone)
    if faults:
        named = "\n".join(faults)
        raise UnusableError(f"{named}\nFix the template; 'chuyenhoa templates check' helps.")
    return 0


def _verify(options: argparse.Namespace) -> int:
    """`chuyenhoa report --verify`: 0 when every issued document comes out again byte for byte, else 1.

    Raises:
        UnusableError: no such document is issued.
    """
    # `--verify` without a document is "", which stands for all of them.
    names = [options.verify] if options.verify else []
    if options.milestone:
        # Only for its error: an unknown milestone is a wrong call, not one of which nothing is issued.
        open_context().milestone(options.milestone)
    found = issuing.verify_documents(options.milestone or "", names)
    if not found:
        raise UnusableError("No such document is issued; 'chuyenhoa register' lists those that are.")
    if options.json:
        print_json({"documents": [{**asdict(entry), "is_same": not entry.fault} for entry in found]})
    else:
        for entry in found:
            print(f"{entry.document}  {entry.sha256}  {entry.fault or 'same bytes'}")
    # A finding and not our fault, so 1 and not 3: something that the document rests on was changed since.
    return 1 if any(entry.fault for entry in found) else 0


def take_approvals(options: argparse.Namespace) -> int:
    """`chuyenhoa approvals`: 0 when every form was recorded, 1 when one was refused."""
    from chuyenhoa.pipeline.publish.approval_forms import take_forms

    taken = take_forms()
    if options.json:
        print_json({"forms": taken})
    else:
        for entry in taken:
            print(f"{entry.file}: {entry.answer}")
        if not taken:
            print("no form in office/inbox")
    # A form that was refused costs no other its record; the exit code still says it.
    return 0 if all(entry.is_recorded for entry in taken) else 1


def print_register(options: argparse.Namespace) -> int:
    """`chuyenhoa register`."""
    ctx = open_context()
    if options.milestone:
        ctx.milestone(options.milestone)
    with ctx.store.reading() as session:
        entries = issuing.find_entries(ctx, session, options.milestone)
    if options.xlsx:
        write_file(options.xlsx, write_register(entries, drafts.office_texts(ctx), clock.now()))
    if options.json:
        print_json({"documents": entries})
        return 0
    if not entries:
        print("Chưa có văn bản nào được phát hành.")
    print_table(
        ("số, ký hiệu", "ngày", "văn bản", "lần", "thay cho", "người ký", "người duyệt", "sha256", "tệp"),
        [
            (
                entry.number or "-",
                entry.date,
                f"{entry.title} {entry.about}".strip(),
                str(entry.version),
                entry.supersedes or "-",
                entry.signer,
                entry.approver,
                # Twelve signs keep the table readable; `--json` has all of them.
                entry.sha256[:12],
                entry.path,
            )
            for entry in entries
        ],
    )
    return 0


def write_handover(options: argparse.Namespace) -> int:
    """`chuyenhoa handover`.

    Raises:
        UnusableError: nothing is issued, or an issued file was changed.
    """
    from chuyenhoa.pipeline.publish import handover

    ctx = open_context()
    try:
        path = handover.write_handover(options.milestone)
    except drafts.DraftError as error:
        raise UnusableError(str(error)) from error
    if options.json:
        print_json({"milestone": options.milestone, "path": str(ctx.settings.data / path)})
    else:
        print(ctx.settings.data / path)
    return 0


def export_milestone(options: argparse.Namespace) -> int:
    """`chuyenhoa export`: 2 for an unknown milestone or an output that is no folder."""
    from chuyenhoa.pipeline.publish import exporting

    # Refused before anything is assessed for it.
    if options.output and options.output.exists() and not options.output.is_dir():
        raise UnusableError(f"{options.output}: is no folder; name the folder to write into.")
    done = exporting.export_milestone(options.milestone, options.output)
    if options.json:
        print_json({**vars(done), "files": [{**vars(f), "path": str(f.path)} for f in done.files]})
        return 0
    print_table(("rows", "file"), [(str(file.rows), str(file.path)) for file in done.files])
    return 0
