"""Reads files in a confined process, by the plan that they belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit import sandbox
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.context import Context, call_confined

DEATHS = {
    sandbox.DeathKind.MEMORY: "cần quá nhiều bộ nhớ",
    sandbox.DeathKind.TIME: "đọc quá lâu",
    sandbox.DeathKind.CRASH: "làm dừng chương trình đọc",
}
"""How a file that cannot be opened ended its reader, in the words of D60."""


@dataclass(frozen=True)
class FileToRead:
    """The bytes of one file, the name to call it by, and the inbox folder in which it lay, if any."""

    content: bytes
    name: str
    folder: str | None


def read_file(ctx: Context, content: bytes, file_name: str, folder: str | None) -> Reading:
    """Read a file by today's plan, or by another one where the file belongs to that.

    `folder` is the inbox folder in which it lay; None for a file that lies in none.

    Raises:
        confined.FaultError: our reader failed on it.
    """
    (outcome,) = read_files(ctx, [FileToRead(content, file_name, folder)])
    if isinstance(outcome, sandbox.FaultError):
        raise outcome
    return outcome


def read_files(ctx: Context, files: Sequence[FileToRead]) -> list[Reading | sandbox.FaultError]:
    """Read files, each as `read_file` does, in confined processes side by side.

    A file that ends its reader, or takes too much time or memory, is a refused reading with the finding D60;
    a fault of our reader is returned in its place. Neither touches another file.
    """
    others = [plan for plan in reversed(list(ctx.plans.values())) if plan.id != ctx.plan.id]
    task = sandbox.Task("chuyenhoa.intake.plan_choice:read_by_plans", ((ctx.plan, *others),))
    outcomes = call_confined(task, [(file.content, file.name, file.folder) for file in files])
    return [
        _refuse(file, outcome) if isinstance(outcome, sandbox.Death) else outcome
        for file, outcome in zip(files, outcomes, strict=True)
    ]


def describe_death(file_name: str, death: sandbox.Death) -> tuple[Finding, ...]:
    """What is said of a file that its reader did not survive."""
    findings = FindingList(file_name)
    findings.add("D60", detail=DEATHS[death.kind])
    return tuple(findings.found)


def _refuse(file: FileToRead, death: sandbox.Death) -> Reading:
    sha256 = hashlib.sha256(file.content).hexdigest()
    return Reading(sha256, file.name, refused=True, findings=describe_death(file.name, death))
