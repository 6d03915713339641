"""Validates one file without storing it (`chuyenhoa check`), through the same steps as intake."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chuyenhoa.intake.inbox.archives import Unpacked
from chuyenhoa.kit import sandbox
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive import decide
from chuyenhoa.pipeline.receive.read import FileToRead, read_files
from chuyenhoa.pipeline.receive.validate import BatchCheck
from chuyenhoa.store import MissingStoreError
from chuyenhoa.validation.justifications import justify


@dataclass(frozen=True)
class FileCheck:
    """One file that was only checked, or one inside a .zip; `path` is empty for a file of its own."""

    path: str
    reading: Reading
    findings: tuple[Finding, ...]
    status: SubmissionStatus


def validate_file(ctx: Context, file: FileToRead) -> FileCheck:
    """Validate one file, storing nothing.

    Raises:
        sandbox.FaultError: our reader failed on it.
    """
    (member,) = _check_all(ctx, [("", file)])
    return member


def validate_archive(ctx: Context, file: FileToRead, unpacked: Unpacked) -> tuple[FileCheck, list[FileCheck]]:
    """Validate every file of a .zip, storing nothing.

    Returns:
        What would become of the .zip, with everything that its files say, and of each file. Findings of
        the .zip name the file that they are about.

    Raises:
        sandbox.FaultError: our reader failed on one of them.
    """
    members = _check_all(
        ctx,
        [(m.path, FileToRead(m.content, m.path.rsplit("/", 1)[-1], file.folder)) for m in unpacked.members],
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
        kind="zip",
    )
    return FileCheck("", whole, (*unpacked.findings, *named), status), members


def _check_all(ctx: Context, files: Sequence[tuple[str, FileToRead]]) -> list[FileCheck]:
    """Files with their paths, each validated as if it came alone."""
    found = []
    for (path, _), outcome in zip(files, read_files(ctx, [file for _, file in files]), strict=True):
        if isinstance(outcome, sandbox.FaultError):
            raise outcome
        findings = _findings_of(ctx, outcome)
        found.append(FileCheck(path, outcome, findings, decide.decide_status(outcome, findings)[0]))
    return found


def _findings_of(ctx: Context, reading: Reading) -> tuple[Finding, ...]:
    """All findings of a file; a store that exists is read, for the reports that it is compared with.

    Its own reasons answer its warnings; a file of reasons alone is not matched with what waits for it.
    """
    try:
        store = ctx.store
    except MissingStoreError:
        store = None
    findings = BatchCheck(ctx, store, [(None, reading)]).findings_of(None)
    plan = ctx.plans.get(reading.plan)
    if plan is None or not any(finding.needs_reason for finding in findings):
        return findings
    outcome = justify(findings, reading.justifications, decide.justification_check_of(ctx, plan))
    return (*outcome.findings, *outcome.remarks)
