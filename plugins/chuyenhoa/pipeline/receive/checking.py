"""Takes one file, or the files of one .zip, through steps 1 to 3 and stores nothing (`chuyenhoa check`)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chuyenhoa.intake.inbox import archives
from chuyenhoa.model.submissions import Finding, ReadCount, Reading, SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive import decide, read, validate
from chuyenhoa.store import MissingStoreError
from chuyenhoa.validation import justifications


@dataclass(frozen=True)
class FileCheck:
    """One file that was only checked, or one inside a .zip; `path` is empty for a file of its own."""

    path: str
    reading: Reading
    findings: tuple[Finding, ...]
    status: SubmissionStatus
    numbers_taken: int = 0


def validate_file(ctx: Context, file: read.FileToRead) -> FileCheck:
    """Validate one file, storing nothing.

    Raises:
        sandbox.FaultError: our reader failed on it.
    """
    (member,) = _check_all(ctx, [("", file)])
    return member


def validate_archive(
    ctx: Context, file: read.FileToRead, unpacked: archives.Unpacked
) -> tuple[FileCheck, list[FileCheck]]:
    """Validate every file of a .zip, storing nothing.

    Returns:
        What would become of the .zip, with everything that its files say, and of each file. Findings of
        the .zip name the file that they are about.

    Raises:
        sandbox.FaultError: our reader failed on one of them.
    """
    members = _check_all(
        ctx,
        [
            (m.path, read.FileToRead(m.content, m.path.rsplit("/", 1)[-1], file.folder))
            for m in unpacked.members
        ],
    )
    status = decide.decide_archive_status([member.status for member in members], unpacked.findings)
    named = [replace(f, message=f"{m.path}: {f.message}") for m in members for f in m.findings]
    readings = [member.reading for member in members]
    whole = Reading(
        sha256=hashlib.sha256(file.content).hexdigest(),
        file_name=file.name,
        plan=decide.common_value(reading.plan for reading in readings),
        period=decide.common_value(reading.period for reading in readings),
        submitter=decide.common_value(reading.submitter for reading in readings),
        refused=status is SubmissionStatus.REFUSED,
        observations=tuple(entry for reading in readings for entry in reading.observations),
        normalisations=tuple(entry for reading in readings for entry in reading.normalisations),
        numbers=ReadCount(
            sum(reading.numbers.present for reading in readings),
            sum(reading.numbers.read for reading in readings),
        ),
        kind="zip",
    )
    taken = sum(member.numbers_taken for member in members)
    return FileCheck("", whole, (*unpacked.findings, *named), status, taken), members


def _check_all(ctx: Context, files: Sequence[tuple[str, read.FileToRead]]) -> list[FileCheck]:
    """Files with their paths, validated as if they came in one pass."""
    readings = []
    for outcome in read.read_files(ctx, [file for _, file in files]):
        if isinstance(outcome, Exception):
            raise outcome
        readings.append(outcome)
    try:
        known = ctx.store
    except MissingStoreError:
        known = None
    # Numbered downwards from 0: files that are only checked have no place in the order of receipt.
    numbered = [validate.FileToCheck(-index, reading, 0) for index, reading in enumerate(readings)]
    check = validate.BatchCheck(ctx, known, numbered)
    found = []
    for (path, _), file in zip(files, numbered, strict=True):
        parts = [part.reading for part in check.parts_of(file.number)]
        findings = _justified(ctx, file.reading, check.findings_of(file.number), parts)
        status, taken = decide.decide_status(file.reading, findings)
        found.append(FileCheck(path, file.reading, findings, status, file.reading.numbers.taken(taken)))
    return found


def _justified(
    ctx: Context, reading: Reading, findings: tuple[Finding, ...], parts: Sequence[Reading]
) -> tuple[Finding, ...]:
    """The findings of a file that is only checked, answered by the reasons that came with it.

    A file of reasons alone is not matched with what waits for it.
    """
    plan = ctx.plans.get(reading.plan)
    if plan is None or not any(finding.needs_reason for finding in findings):
        return findings
    reasons = [*reading.justifications, *(j for p in parts if p is not reading for j in p.justifications)]
    outcome = justifications.justify(findings, reasons, decide.justification_check_of(ctx, plan))
    return (*outcome.findings, *outcome.remarks)
