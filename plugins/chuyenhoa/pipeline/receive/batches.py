"""Intake: from files in the inbox to stored figures and an answer for every file."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.inbox.claim import claim_drops as claim
from chuyenhoa.intake.inbox.claim import close_cut_claims
from chuyenhoa.intake.inbox.scan import look_for_stable, scan_inbox
from chuyenhoa.kit.readers.package import MAX_FILE_BYTES
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.receive.answer import answer_submissions, store_answer
from chuyenhoa.pipeline.receive.expand import answer_archive, expand
from chuyenhoa.pipeline.receive.inbox_leftovers import OUR_FAULT, load_left, note_left
from chuyenhoa.pipeline.receive.isolation import groups, noting_failure, run_isolated, say_failed
from chuyenhoa.pipeline.receive.processing_errors import tell_faults, tell_overdue
from chuyenhoa.pipeline.receive.read import FileToRead, read_files
from chuyenhoa.pipeline.receive.receipts import page_of
from chuyenhoa.pipeline.receive.validate import BatchCheck, Numbered
from chuyenhoa.store import ledger
from chuyenhoa.store.archive import read_archived, sweep_incoming
from chuyenhoa.store.chain import last_position
from chuyenhoa.store.claims import find_likes
from chuyenhoa.store.ledger import reserve_receipts
from chuyenhoa.store.tables import SubmissionRow
from chuyenhoa.validation import publish

logger = logging.getLogger(__name__)

BATCH_SIZE = 16
MAX_BATCHES = 4
"""Many files make larger batches before they make more: the rules cost about the same for 16 as for 256."""
MAX_FILES = 256
MAX_BYTES = 64_000_000
"""What is judged at once, however many files a batch has: bounds the memory of one task."""


class IntakeError(RuntimeError):
    """We failed on files that stay in the ledger for another try; the text names them."""


@dataclass
class Part:
    """Submissions that are judged together."""

    rows: list[SubmissionRow]
    seen: int
    """The position of the last event when their judgement began."""
    readings: dict[int, Reading] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)


def claim_drops() -> list[str]:
    """Take every complete file out of the inbox.

    Returns:
        Ids of all submissions that await an answer: those just claimed and those of a pass cut short.
    """
    ctx = open_context()
    tell_overdue(ctx)
    sweep_incoming(ctx.settings.archive)
    close_cut_claims(ctx.store, scan_inbox(ctx.settings.inbox))
    look = look_for_stable(ctx.settings.inbox, ctx.settings.settle_seconds)
    claimed = claim(ctx.store, ctx.settings.inbox, ctx.settings.archive, look.drops, clock.now())
    note_left(ctx, [*look.left, *claimed.left])
    with ctx.store.reading() as session:
        waiting = [ledger.submission_id(row.number) for row in ledger.pending(session)]
    logger.info(
        "%d files in the inbox, %d claimed, %d left there, %d await an answer",
        len(look.drops),
        len(claimed.numbers),
        len(look.left) + len(claimed.left),
        len(waiting),
    )
    return waiting


def batch(ids: Sequence[str], size: int | None = None) -> list[list[str]]:
    """Split submissions into batches of about `size`, all files of one folder in the same batch.

    Versions of one submitter are then judged in the order in which they came. Without a size a batch has 16
    files, and up to 256 where more than four batches would be needed.
    """
    size = size or max(BATCH_SIZE, min(MAX_FILES, -(-len(ids) // MAX_BATCHES)))
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = ledger.find_submissions(session, map(ledger.submission_number, ids))
    by_folder: dict[str, list[str]] = {}
    for row in rows:
        by_folder.setdefault(row.folder, []).append(ledger.submission_id(row.number))
    batches: list[list[str]] = []
    for members in by_folder.values():
        if not batches or len(batches[-1]) + len(members) > size:
            batches.append([])
        batches[-1].extend(members)
    return batches


def process_batch(ids: Sequence[str]) -> list[str]:
    """Judge a batch of submissions and answer each of them; one process at a time does so.

    Older submissions of the same folders that still wait come first: versions follow the order of receipt.

    Files inside archives become submissions of their own and are answered before their archive.

    Returns:
        The ids that have an answer now, those of files from archives included.

    Raises:
        IntakeError: after all others were answered, when we failed on some; those stay for another try.
    """
    ctx = open_context()
    numbers = [ledger.submission_number(name) for name in ids]
    failed: dict[int, str] = {}
    with ctx.store.only_one("intake"):
        with ctx.store.reading() as session:
            rows = ledger.pending_until(session, numbers)
        expansion = expand(ctx, rows)
        failed |= expansion.failed
        numbers += [row.number for row in expansion.files if row.container is not None]
        for part in _parts(expansion.files):
            failed |= _process(ctx, part)
        for row, findings in expansion.archives:
            with noting_failure(row, failed):
                answer_archive(ctx, row, findings)
    if failed:
        tell_faults(ctx, failed)
        raise IntakeError(
            "The pipeline failed on these files; they are archived and will be tried again: "
            + "; ".join(f"{ledger.submission_id(number)}: {why}" for number, why in failed.items())
        )
    with ctx.store.reading() as session:
        done = [row for row in ledger.find_submissions(session, numbers) if row.answered_at is not None]
    return [ledger.submission_id(row.number) for row in done]


def _parts(rows: Sequence[SubmissionRow]) -> Iterator[list[SubmissionRow]]:
    """Rows in groups of bounded number and size."""
    part: list[SubmissionRow] = []
    size = 0
    for row in rows:
        if part and (len(part) == MAX_FILES or size + row.size > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += row.size if row.size <= MAX_FILE_BYTES else 0
    if part:
        yield part


def _process(ctx: Context, rows: list[SubmissionRow]) -> dict[int, str]:
    """Judge and answer submissions; what failed, by number.

    When judging them together fails, each is judged by itself: a poison file costs nobody else's answer.
    """
    with ctx.store.reading() as session:
        part = Part(rows, last_position(session))
    try:
        check = read_part(ctx, part)
    except Exception as error:
        logger.exception("judging %d files together failed", len(rows))
        if len(rows) == 1:
            return {rows[0].number: say_failed(rows[0], error)}
        return {number: why for row in rows for number, why in _process(ctx, [row]).items()}
    for group in groups([row for row in rows if row.number not in part.failed], check):
        run_isolated(group, lambda some: judge_rows(ctx, part, some, check), part.failed)
        judged = [row for row in group if row.number not in part.failed]
        run_isolated(judged, lambda some: answer_submissions(ctx, [row.number for row in some]), part.failed)
    _publish(ctx, part, check)
    return part.failed


def read_part(ctx: Context, part: Part) -> BatchCheck:
    """Read the files of a part; the rules over those that are no repetitions."""
    _read(ctx, part)
    return BatchCheck(ctx, ctx.store, [Numbered(*entry) for entry in part.readings.items()])


def _read(ctx: Context, part: Part) -> None:
    """Read the files, unless the same bytes came to the same folder before.

    Bytes that came to another folder before are read all the same: in a wrong folder they are refused, and
    only where they could count a second time they are a repetition.
    """
    to_read = []
    with ctx.store.reading() as session:
        likes = find_likes(session, part.rows)
    for row in part.rows:
        first = likes.first_here(row)
        if first is not None:
            part.duplicates[row.number] = first
        else:
            to_read.append(row)
    outcomes = read_rows(ctx, to_read)
    refused: set[int] = set()
    for row in to_read:
        outcome = outcomes[row.number]
        if isinstance(outcome, Exception):
            part.failed[row.number] = say_failed(row, outcome)
            continue
        first = likes.first(row, refused)
        if first is not None and not outcome.refused:
            part.duplicates[row.number] = first
            continue
        part.readings[row.number] = outcome
        if outcome.refused:
            refused.add(row.number)


def read_rows(ctx: Context, rows: Sequence[SubmissionRow]) -> dict[int, Reading | Exception]:
    """The readings of archived files, by number; an exception where we failed on one.

    A file beyond the limit is refused without its bytes.
    """
    outcomes: dict[int, Reading | Exception] = {}
    files: dict[int, FileToRead] = {}
    for row in rows:
        if row.size > MAX_FILE_BYTES:
            outcomes[row.number] = _refuse_size(row)
            continue
        try:
            content = read_archived(ctx.settings.archive, row.sha256)
        except Exception as error:  # a poison file costs its own answer and nobody else's
            logger.exception("reading %r (%s) failed", mask_personal(row.file_name), row.sha256)
            outcomes[row.number] = error
        else:
            files[row.number] = FileToRead(content, row.file_name, row.folder)
    return outcomes | dict(zip(files, read_files(ctx, list(files.values())), strict=True))


def _refuse_size(row: SubmissionRow) -> Reading:
    findings = FindingList(row.file_name)
    findings.add(Code.FILE_TOO_LARGE, detail=f"tệp lớn hơn {MAX_FILE_BYTES // 1_000_000} MB")
    return Reading(row.sha256, row.file_name, refused=True, findings=tuple(findings.found))


def _publish(ctx: Context, part: Part, check: BatchCheck) -> None:
    """The page of what the rules found, one a plan."""
    for index, report in enumerate(check.reports.values()):
        name = _run_name(part) + (f"-{index + 1}" if index else "")
        publish(report, ctx.settings.data_docs, name, clock.now())


def _run_name(part: Part) -> str:
    numbers = [ledger.submission_id(number) for number in part.readings]
    return f"{numbers[0]}-{numbers[-1]}"


def judge_rows(ctx: Context, part: Part, rows: Sequence[SubmissionRow], check: BatchCheck) -> None:
    """Store what some files say and what the rules say of them, and settle where their receipts will lie."""
    findings = [findings_of(part, row, check) for row in rows]
    with ctx.store.writing() as session:
        stored = ledger.find_submissions(session, [row.number for row in rows])
        for row, found in zip(rows, findings, strict=True):
            judge_row(ctx, part, row, found, session)
        reserve_receipts(session, {row.number: page_of(ctx, row) for row in stored})


def findings_of(part: Part, row: SubmissionRow, check: BatchCheck) -> tuple[Finding, ...]:
    """What reader and rules say of one file; nothing of a repetition."""
    return check.findings_of(row.number) if row.number in part.readings else ()


def judge_row(
    ctx: Context, part: Part, row: SubmissionRow, findings: Sequence[Finding], session: Session
) -> None:
    """Store what one file says and what the rules say of it."""
    reading = part.readings.get(row.number) or Reading(row.sha256, row.file_name)
    first = part.duplicates.get(row.number)
    store_answer(ctx, session, row, reading, findings, first, part.seen)


def summarise_intake(ids: Sequence[str]) -> dict[str, int]:
    """How many submissions ended with each status.

    Raises:
        IntakeError: files lie in the inbox that we could not take.
    """
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = ledger.find_submissions(session, map(ledger.submission_number, ids))
    counts = Counter(row.status for row in rows)
    logger.info("answered: %s", ", ".join(f"{status} {count}" for status, count in sorted(counts.items())))
    faults = [entry for entry in load_left(ctx) if entry.why in OUR_FAULT]
    if faults:
        listed = "; ".join(f"{entry.path!r}: {entry.why.value} ({entry.detail})" for entry in faults)
        raise IntakeError(f"These files stay in the inbox until the disk or its rights are mended: {listed}")
    return dict(counts)
