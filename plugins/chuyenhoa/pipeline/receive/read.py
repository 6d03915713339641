"""Step 1 of 5, read: archived files become typed readings, in confined processes.

Before that, every file inside an archive (.zip) of reports becomes a submission of its own; the .zip itself
is answered after its files, by what became of them.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header.document_header import PERIOD_CODES
from chuyenhoa.intake.inbox.archives import Unpacked, may_be_archive
from chuyenhoa.intake.plan_choice import NOT_OF_THIS_PLAN
from chuyenhoa.kit import sandbox
from chuyenhoa.kit.readers.package import MAX_FILE_BYTES
from chuyenhoa.model import finding_codes, personal
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.context import Context, call_confined
from chuyenhoa.pipeline.receive.failures import Failure
from chuyenhoa.plan import PlanError
from chuyenhoa.store import archive, claims, journal, tables

logger = logging.getLogger(__name__)

HEAD = 100
"""First bytes of a file, by which a .zip is recognised without loading it."""
UNPACK = sandbox.Task("chuyenhoa.intake.inbox.archives:unpack")
WITHOUT_PLAN = (
    NOT_OF_THIS_PLAN
    | PERIOD_CODES
    | {finding_codes.Code.FOREIGN_DISTRICT, finding_codes.Code.NO_FORM_IDENTITY}
)
"""What is said of files that name no plan and are read by today's."""
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


@dataclass
class Expansion:
    """Submissions with the files of their archives."""

    files: list[tables.SubmissionRow] = field(default_factory=list)
    """All files to read, those of archives included, in the order of the ledger."""
    archives: list[tuple[tables.SubmissionRow, tuple[Finding, ...]]] = field(default_factory=list)
    """The archives with the findings on them; they are answered after their files."""
    failed: dict[int, Failure] = field(default_factory=dict)


def unpack_file(file: FileToRead) -> Unpacked | None:
    """The files inside an archive; None when it is no archive of reports.

    Raises:
        sandbox.FaultError: we failed on it.
    """
    if len(file.content) > MAX_FILE_BYTES or not may_be_archive(file.content[:HEAD]):
        return None
    (outcome,) = call_confined(UNPACK, [(file.content, file.name)])
    if isinstance(outcome, sandbox.FaultError):
        raise outcome
    if isinstance(outcome, sandbox.Death):
        return Unpacked((), describe_death(file.name, outcome))
    found: Unpacked | None = outcome
    return found


def expand(ctx: Context, rows: Sequence[tables.SubmissionRow]) -> Expansion:
    """Enter the files of every .zip among some submissions into our archive and the ledger.

    Killed at any step and called again it ends the same: bytes are kept under their own hash, and all files
    of one .zip are entered in one transaction.
    """
    found = Expansion()
    for row in rows:
        try:
            unpacked = unpack_row(ctx, row)
        except Exception as error:  # what we fail on costs nobody else's answer
            logger.exception("unpacking %r (%s) failed", personal.mask_personal(row.file_name), row.sha256)
            found.failed[row.number] = Failure.of(row, error)
            continue
        if unpacked is None:
            found.files.append(row)
        else:
            found.archives.append((row, unpacked.findings))
            found.files.extend(member for member in _enter(ctx, row, unpacked) if not member.answered_at)
    # A pass cut short left files of a .zip in the ledger: they wait by themselves, and come once more here.
    found.files = sorted({row.number: row for row in found.files}.values(), key=lambda row: row.number)
    return found


def unpack_row(ctx: Context, row: tables.SubmissionRow) -> Unpacked | None:
    """The files of a submission; None when it is no .zip, came in one, or repeats one of its folder."""
    if row.container is not None or row.size > MAX_FILE_BYTES:
        return None
    path = archive.archived_path(ctx.settings.archive, row.sha256)
    if not path.is_file():
        return None  # `read_rows` reports what is wrong with it
    with path.open("rb") as file:
        if not may_be_archive(file.read(HEAD)):
            return None
    with ctx.store.reading() as session:
        if claims.find_likes(session, [row]).first_here(row) is not None:
            return None
    content = archive.read_archived(ctx.settings.archive, row.sha256)
    return unpack_file(FileToRead(content, row.file_name, row.folder))


def _enter(ctx: Context, row: tables.SubmissionRow, unpacked: Unpacked) -> list[tables.SubmissionRow]:
    """The files of a .zip as submissions; their bytes are safe before the ledger names them."""
    kept = archive.archive_all(ctx.settings.archive, [member.content for member in unpacked.members])
    members = [(*known, member.path) for known, member in zip(kept, unpacked.members, strict=True)]
    with ctx.store.writing() as session:
        return claims.add_members(session, session.get_one(tables.SubmissionRow, row.number), members)


@dataclass
class Part:
    """Submissions that are processed together, with what each step found; everything is by number."""

    rows: list[tables.SubmissionRow]
    seen: int
    """The position of the last event before they were read: which other reports their rules could know of."""
    readings: dict[int, Reading] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    """Repetitions, each with the submission whose bytes it repeats."""
    findings: dict[int, tuple[Finding, ...]] = field(default_factory=dict)
    reports: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Of each file all files of the same report that came with it, itself among them."""
    failed: dict[int, Failure] = field(default_factory=dict)
    """What our own code failed on, and how."""


def read_part(ctx: Context, rows: list[tables.SubmissionRow], seen: int | None = None) -> Part:
    """Read submissions; `seen` is the position of the last event, today's when left out.

    Bytes that came to the same folder before are not read again. Bytes that came to another folder are: in a
    wrong folder they are refused, and they are a repetition only where they could count a second time.
    """
    with ctx.store.reading() as session:
        part = Part(rows, journal.last_position(session) if seen is None else seen)
        likes = claims.find_likes(session, rows)
    to_read = []
    for row in rows:
        first = likes.first_here(row)
        if first is not None:
            part.duplicates[row.number] = first
        else:
            to_read.append(row)
    outcomes = read_rows(ctx, to_read)
    refused: set[int] = set()
    # In the order of receipt: whether a file repeats another depends on what became of the ones before it.
    for row in to_read:
        outcome = outcomes[row.number]
        if isinstance(outcome, Exception):
            part.failed[row.number] = Failure.of(row, outcome)
            continue
        first = likes.first(row, refused)
        if first is not None and not outcome.refused:
            part.duplicates[row.number] = first
            continue
        part.readings[row.number] = outcome
        if outcome.refused:
            refused.add(row.number)
    return part


def read_rows(ctx: Context, rows: Sequence[tables.SubmissionRow]) -> dict[int, Reading | Exception]:
    """The readings of archived files, by number; an exception where we failed on one.

    A file above the size limit is refused without loading its bytes.
    """
    outcomes: dict[int, Reading | Exception] = {}
    files: dict[int, FileToRead] = {}
    for row in rows:
        if row.size > MAX_FILE_BYTES:
            findings = FindingList(row.file_name)
            findings.add(
                finding_codes.Code.FILE_TOO_LARGE, detail=f"tệp lớn hơn {MAX_FILE_BYTES // 1_000_000} MB"
            )
            outcomes[row.number] = Reading(
                row.sha256, row.file_name, refused=True, findings=tuple(findings.found)
            )
            continue
        try:
            content = archive.read_archived(ctx.settings.archive, row.sha256)
        except Exception as error:  # a poison file costs its own answer and nobody else's
            logger.exception("reading %r (%s) failed", personal.mask_personal(row.file_name), row.sha256)
            outcomes[row.number] = error
        else:
            files[row.number] = FileToRead(content, row.file_name, row.folder)
    return outcomes | dict(zip(files, read_files(ctx, list(files.values())), strict=True))


def read_files(ctx: Context, files: Sequence[FileToRead]) -> list[Reading | sandbox.FaultError | PlanError]:
    """Read files by today's plan, or by another one where a file belongs to that, side by side.

    A file that ends its reader, or takes too much time or memory, is a refused reading with the finding D60;
    a fault of our reader is returned in its place, and so is what is wrong with a plan to which the file may
    belong and which cannot be run. None of them touches another file.
    """
    # Two plans are in work at the turn of the year (docs/decisions/0010): today's first, then the newest.
    others = [plan for plan in reversed(list(ctx.plans.values())) if plan.id != ctx.plan.id]
    task = sandbox.Task("chuyenhoa.intake.plan_choice:read_by_plans", ((ctx.plan, *others),))
    outcomes = call_confined(task, [(file.content, file.name, file.folder) for file in files])
    read = [
        _refuse(file, outcome) if isinstance(outcome, sandbox.Death) else outcome
        for file, outcome in zip(files, outcomes, strict=True)
    ]
    return [_find_broken_plan(ctx, entry) or entry if isinstance(entry, Reading) else entry for entry in read]


def _find_broken_plan(ctx: Context, reading: Reading) -> PlanError | None:
    """What is wrong with the plan to which a file may belong, where that cannot be run.

    The sound plans do not know the file, or might have read "Tháng 5" as May of their own year: nothing is
    refused or taken by the wrong plan because the right one is being edited.
    """
    for folder, fault in ctx.plan_faults.items():
        doubtful = WITHOUT_PLAN if ctx.may_be_todays(folder) else NOT_OF_THIS_PLAN
        for finding in reading.findings:
            is_named = finding.rule_id != finding_codes.Code.OTHER_PLAN or finding.value == folder
            if finding.rule_id in doubtful and is_named:
                return fault
    return None


def describe_death(file_name: str, death: sandbox.Death) -> tuple[Finding, ...]:
    """The finding on a file that its reader did not survive."""
    findings = FindingList(file_name)
    findings.add(finding_codes.Code.READER_FAILED, detail=DEATHS[death.kind])
    return tuple(findings.found)


def _refuse(file: FileToRead, death: sandbox.Death) -> Reading:
    sha256 = hashlib.sha256(file.content).hexdigest()
    return Reading(sha256, file.name, refused=True, findings=describe_death(file.name, death))
