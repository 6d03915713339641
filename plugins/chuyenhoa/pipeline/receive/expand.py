"""Archives (.zip) of reports: every file inside is a submission of its own, the archive answers for all."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from chuyenhoa import clock
from chuyenhoa.intake.inbox.archives import Unpacked, may_be_archive
from chuyenhoa.kit import sandbox
from chuyenhoa.kit.readers.package import MAX_FILE_BYTES
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.pipeline.context import Context, call_confined
from chuyenhoa.pipeline.receive.answer import answer_submissions
from chuyenhoa.pipeline.receive.decide import judge
from chuyenhoa.pipeline.receive.isolation import say_failed
from chuyenhoa.pipeline.receive.read import FileToRead, describe_death, read_file, read_files
from chuyenhoa.pipeline.receive.validate import look_at
from chuyenhoa.store import claims, ledger
from chuyenhoa.store.archive import archive_all, archived_path, read_archived
from chuyenhoa.store.content import Answer
from chuyenhoa.store.tables import SubmissionRow

logger = logging.getLogger(__name__)

HEAD = 100
UNPACK = sandbox.Task("chuyenhoa.intake.inbox.archives:unpack")
UNREADABLE = frozenset({SubmissionStatus.REFUSED, SubmissionStatus.CLAIMED})


@dataclass
class Expansion:
    """Submissions after their archives were unpacked."""

    files: list[SubmissionRow] = field(default_factory=list)
    """All that is to be read, files of archives included, in the order of the ledger."""
    archives: list[tuple[SubmissionRow, tuple[Finding, ...]]] = field(default_factory=list)
    """The archives with what is said of them; they are answered after their files."""
    failed: dict[int, str] = field(default_factory=dict)


def unpack_file(file: FileToRead) -> Unpacked | None:
    """The files inside an archive; None when it is no archive of reports.

    Raises:
        confined.FaultError: we failed on it.
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


def expand(ctx: Context, rows: Sequence[SubmissionRow]) -> Expansion:
    """Enter the files of every archive among some submissions into archive and ledger.

    Cut short at any step and called again it ends the same: bytes are kept under their own hash, and all
    files of one archive are entered in one transaction.
    """
    found = Expansion()
    for row in rows:
        try:
            unpacked = unpack_row(ctx, row)
        except Exception as error:  # what we fail on costs nobody else's answer
            logger.exception("unpacking %r (%s) failed", mask_personal(row.file_name), row.sha256)
            found.failed[row.number] = say_failed(row, error)
            continue
        if unpacked is None:
            found.files.append(row)
        else:
            found.archives.append((row, unpacked.findings))
            found.files.extend(member for member in _enter(ctx, row, unpacked) if not member.answered_at)
    found.files = sorted({row.number: row for row in found.files}.values(), key=lambda row: row.number)
    return found


def unpack_row(ctx: Context, row: SubmissionRow) -> Unpacked | None:
    """The files of a submission; None when it is no archive, came in one, or came here before."""
    if row.container is not None or row.size > MAX_FILE_BYTES:
        return None
    path = archived_path(ctx.settings.archive, row.sha256)
    if not path.is_file():
        return None  # reading it will say what is wrong
    with path.open("rb") as file:
        if not may_be_archive(file.read(HEAD)):
            return None
    with ctx.store.reading() as session:
        if claims.find_likes(session, [row]).first_here(row) is not None:
            return None
    content = read_archived(ctx.settings.archive, row.sha256)
    return unpack_file(FileToRead(content, row.file_name, row.folder))


def _enter(ctx: Context, row: SubmissionRow, unpacked: Unpacked) -> list[SubmissionRow]:
    """The files of an archive as submissions; their bytes are safe before the ledger names them."""
    kept = archive_all(ctx.settings.archive, [member.content for member in unpacked.members])
    members = [(*known, member.path) for known, member in zip(kept, unpacked.members, strict=True)]
    with ctx.store.writing() as session:
        return claims.add_members(session, session.get_one(SubmissionRow, row.number), members)


def answer_archive(ctx: Context, row: SubmissionRow, findings: tuple[Finding, ...]) -> None:
    """Store what became of an archive once all its files are answered, and put its receipt into the outbox.

    While one of its files waits for us, the archive waits as well.
    """
    with ctx.store.reading() as session:
        members = claims.members_of(session, row.number)
    if any(member.answered_at is None for member in members):
        return
    store_archive(ctx, row, findings)
    answer_submissions(ctx, [row.number])


def store_archive(ctx: Context, row: SubmissionRow, findings: tuple[Finding, ...]) -> None:
    """Store what became of an archive, by what became of its files."""
    with ctx.store.reading() as session:
        members = claims.members_of(session, row.number)
    status = judge_archive([SubmissionStatus(member.status) for member in members], findings)
    reading = Reading(
        sha256=row.sha256,
        file_name=row.file_name,
        plan=_shared(member.plan for member in members),
        period=_shared(member.period for member in members),
        submitter=_shared(member.submitter for member in members),
        refused=status is SubmissionStatus.REFUSED,
        findings=findings,
        kind="zip",
    )
    answer = Answer(reading, status, findings, taken=frozenset(), version=None, is_late=False)
    with ctx.store.writing() as session:
        ledger.save_answer(session, session.get_one(SubmissionRow, row.number), answer, clock.now())


def judge_archive(members: Sequence[SubmissionStatus], findings: Sequence[Finding]) -> SubmissionStatus:
    """Accepted when every file inside could be read as one of ours, refused when none could."""
    readable = [status for status in members if status not in UNREADABLE]
    if not readable:
        return SubmissionStatus.REFUSED
    if len(readable) < len(members) or any(finding.holds for finding in findings):
        return SubmissionStatus.PARTLY_ACCEPTED
    return SubmissionStatus.ACCEPTED


def _shared(values: Iterable[str]) -> str:
    """What all files of an archive have in common; empty when they differ."""
    found = set(values) - {""}
    return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True)
class LookedAt:
    """One file that was only looked at, or one inside an archive; `path` is empty for a file of its own."""

    path: str
    reading: Reading
    findings: tuple[Finding, ...]
    status: SubmissionStatus


def look_at_file(ctx: Context, file: FileToRead) -> LookedAt:
    """Hold one file against gates and rules, storing nothing.

    Raises:
        confined.FaultError: our reader failed on it.
    """
    reading = read_file(ctx, file.content, file.name, file.folder)
    findings = look_at(ctx, reading)
    return LookedAt("", reading, findings, judge(reading, findings)[0])


def look_inside(ctx: Context, file: FileToRead, unpacked: Unpacked) -> tuple[LookedAt, list[LookedAt]]:
    """Hold every file of an archive against gates and rules, storing nothing.

    Returns:
        What would become of the archive, with everything that its files say, and of each file. Findings of
        the archive name the file that they are about.

    Raises:
        confined.FaultError: our reader failed on one of them.
    """
    paths = [member.path for member in unpacked.members]
    files = [FileToRead(m.content, m.path.rsplit("/", 1)[-1], file.folder) for m in unpacked.members]
    members = []
    for path, outcome in zip(paths, read_files(ctx, files), strict=True):
        if isinstance(outcome, sandbox.FaultError):
            raise outcome
        findings = look_at(ctx, outcome)
        members.append(LookedAt(path, outcome, findings, judge(outcome, findings)[0]))
    status = judge_archive([member.status for member in members], unpacked.findings)
    named = [replace(f, message=f"{m.path}: {f.message}") for m in members for f in m.findings]
    readings = [member.reading for member in members]
    whole = Reading(
        sha256=hashlib.sha256(file.content).hexdigest(),
        file_name=file.name,
        plan=_shared(reading.plan for reading in readings),
        period=_shared(reading.period for reading in readings),
        submitter=_shared(reading.submitter for reading in readings),
        refused=status is SubmissionStatus.REFUSED,
        observations=tuple(entry for reading in readings for entry in reading.observations),
        normalisations=tuple(entry for reading in readings for entry in reading.normalisations),
        kind="zip",
    )
    return LookedAt("", whole, (*unpacked.findings, *named), status), members
