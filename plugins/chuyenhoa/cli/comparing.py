"""`chuyenhoa plan compare`: which verdicts a change of the plan would flip on the data that is stored."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chuyenhoa.cli.errors import UnusableError
from chuyenhoa.cli.labels import VERDICTS
from chuyenhoa.cli.printing import print_json, print_table
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Verdict
from chuyenhoa.pipeline.assess.what_if import FileChange, Flip, compare_files, compare_plans
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.plan import PlanError, load_copy, load_plan

LACKING = "không có"


def add_command(commands: Any) -> None:
    """Add `plan compare` to the parser."""
    compare = commands.add_parser("compare", help="verdicts that would flip on stored data")
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
                "flips": [dataclasses.asdict(flip) for flip in flips],
                "newly_insufficient": [
                    {"milestone": milestone, "locality": locality, "criteria": criteria}
                    for (milestone, locality), criteria in lacking.items()
                ],
                "files": [dataclasses.asdict(entry) for entry in files],
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
