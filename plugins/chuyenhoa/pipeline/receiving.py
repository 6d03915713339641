"""Intake: from files in the inbox to stored figures and an answer for every file."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chuyenhoa import clock
from chuyenhoa.intake.archive import read_archived
from chuyenhoa.intake.claim import claim_drops as claim
from chuyenhoa.intake.claim import close_cut_claims
from chuyenhoa.intake.inbox import find_stable_drops
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.answering import answer_submission, store_answer
from chuyenhoa.pipeline.reading import check_readings, read_file
from chuyenhoa.pipeline.workplace import Workplace, open_workplace
from chuyenhoa.store import ledger
from chuyenhoa.store.tables import SubmissionRow
from chuyenhoa.validation import publish

logger = logging.getLogger(__name__)

BATCH_SIZE = 16


class IntakeError(RuntimeError):
    """We failed on files that stay in the ledger for another try; the text names them."""


@dataclass
class _Batch:
    """Submissions on their way through one run of process_batch."""

    rows: list[SubmissionRow]
    readings: dict[int, Reading] = field(default_factory=dict)
    duplicates: dict[int, SubmissionRow] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)


def claim_drops() -> list[str]:
    """Take every complete file out of the inbox.

    Returns:
        Ids of all submissions that await an answer: those just claimed and those of a pass cut short.
    """
    place = open_workplace()
    close_cut_claims(place.store, place.settings.inbox)
    drops = find_stable_drops(place.settings.inbox, place.settings.settle_seconds)
    claimed = claim(place.store, place.settings.inbox, place.settings.archive, drops, clock.now())
    with place.store.reading() as session:
        waiting = [ledger.submission_id(row.number) for row in ledger.pending(session)]
    logger.info(
        "%d files in the inbox, %d claimed, %d await an answer", len(drops), len(claimed), len(waiting)
    )
    return waiting


def batch(ids: Sequence[str], size: int = BATCH_SIZE) -> list[list[str]]:
    """Split submissions into batches of about `size`, all files of one folder in the same batch.

    Versions of one submitter are then judged in the order in which they came.
    """
    place = open_workplace()
    with place.store.reading() as session:
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
    """Judge a batch of submissions and answer each of them.

    Returns:
        The ids that have an answer now.

    Raises:
        IntakeError: after all others were answered, when we failed on some; those stay for another try.
    """
    place = open_workplace()
    numbers = [ledger.submission_number(name) for name in ids]
    with place.store.reading() as session:
        rows = [row for row in ledger.find_submissions(session, numbers) if row.answered_at is None]
    work = _Batch(rows)
    for row in rows:
        _read(place, work, row)
    findings = _validate(place, work)
    for row in rows:
        if row.number not in work.failed:
            _answer(place, work, row, findings)
    if work.failed:
        raise IntakeError(
            "The pipeline failed on these files; they are archived and will be tried again: "
            + "; ".join(f"{ledger.submission_id(number)}: {why}" for number, why in work.failed.items())
        )
    with place.store.reading() as session:
        done = [row for row in ledger.find_submissions(session, numbers) if row.answered_at is not None]
    return [ledger.submission_id(row.number) for row in done]


def _read(place: Workplace, work: _Batch, row: SubmissionRow) -> None:
    """Read one file, unless the same bytes came to the same folder before.

    Bytes that came to another folder before are read all the same: in a wrong folder they are refused, and
    only where they could count a second time they are a repetition.
    """
    refused = {number for number, reading in work.readings.items() if reading.refused}
    with place.store.reading() as session:
        first = ledger.find_first_like(session, row, refused)
    if first is not None and first.folder == row.folder:
        work.duplicates[row.number] = first
        return
    try:
        content = read_archived(place.settings.archive, row.sha256)
        reading = read_file(place, content, row.file_name, row.folder)
    except Exception as error:  # a poison file costs its own answer and nobody else's
        logger.exception("reading %s (%s) failed", row.file_name, row.sha256)
        work.failed[row.number] = f"{row.file_name} ({row.sha256[:12]}): {type(error).__name__}: {error}"
        return
    if first is not None and not reading.refused:
        work.duplicates[row.number] = first
    else:
        work.readings[row.number] = reading


def _validate(place: Workplace, work: _Batch) -> Mapping[int, tuple[Finding, ...]]:
    """All findings of every reading; the figures of the whole batch go through the rules at once."""
    found, reports = check_readings(place, list(work.readings.values()))
    for index, report in enumerate(reports):
        name = _run_name(work) + (f"-{index + 1}" if index else "")
        publish(report, place.settings.data_docs, name, clock.now())
    return dict(zip(work.readings, found, strict=True))


def _run_name(work: _Batch) -> str:
    numbers = [ledger.submission_id(number) for number in work.readings]
    return f"{numbers[0]}-{numbers[-1]}"


def _answer(
    place: Workplace, work: _Batch, row: SubmissionRow, findings: Mapping[int, tuple[Finding, ...]]
) -> None:
    """Store what one file says, then put the answer into the outbox, then close it."""
    first = work.duplicates.get(row.number)
    reading = work.readings.get(row.number) or Reading(row.sha256, row.file_name)
    store_answer(place, row, reading, findings.get(row.number, ()), first)
    answer_submission(place, row.number)


def summarise_intake(ids: Sequence[str]) -> dict[str, int]:
    """How many submissions ended with each status."""
    place = open_workplace()
    with place.store.reading() as session:
        rows = ledger.find_submissions(session, map(ledger.submission_number, ids))
    counts = Counter(row.status for row in rows)
    logger.info("answered: %s", ", ".join(f"{status} {count}" for status, count in sorted(counts.items())))
    return dict(counts)
