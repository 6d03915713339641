"""Commands about the office's papers: approvals, register, handover."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from chuyenhoa import clock
from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.printing import print_json, print_table
from chuyenhoa.pipeline.context import open_context, write_file
from chuyenhoa.pipeline.publish.drafts import DraftError, office_texts
from chuyenhoa.pipeline.publish.issuing import find_entries
from chuyenhoa.release.register import write_register


def add_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
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
    for parser in (approvals, register, handover):
        parser.add_argument("--json", action="store_true", help="print for programs")


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
    return 0 if all(entry.is_recorded for entry in taken) else 1


def print_register(options: argparse.Namespace) -> int:
    """`chuyenhoa register`."""
    ctx = open_context()
    if options.milestone:
        ctx.milestone(options.milestone)
    with ctx.store.reading() as session:
        entries = find_entries(ctx, session, options.milestone)
    if options.xlsx:
        write_file(options.xlsx, write_register(entries, office_texts(ctx), clock.now()))
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
    from chuyenhoa.pipeline.publish.handover import write_handover

    ctx = open_context()
    try:
        path = write_handover(options.milestone)
    except DraftError as error:
        raise UnusableError(str(error)) from error
    if options.json:
        print_json({"milestone": options.milestone, "path": str(ctx.settings.data / path)})
    else:
        print(ctx.settings.data / path)
    return 0
