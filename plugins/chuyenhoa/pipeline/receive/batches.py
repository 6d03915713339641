"""Intake: from files in the inbox to stored figures and an answer for every file.

`claim_drops` takes files out of the inbox: the bytes go to the archive, then a line into the ledger, and only
then the file is removed. A crash between any two leaves it in at least one place and counts it at most once.
`process_batch` takes claimed files through five steps, a module each:

1. `read`: bytes become typed values with their cells, in confined processes;
2. `validate`: the rules, one run of Great Expectations for the whole batch;
3. `decide`: what the findings mean: the status of each file, and which localities are taken;
4. `store`: values, findings and decision go into the ledger;
5. `answer`: receipt and workbook to correct go to the outbox, and the file is closed.

What stays in the inbox is logged once, and shown by `chuyenhoa status` until it is gone.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from chuyenhoa import clock
from chuyenhoa.intake.inbox import claim, scan
from chuyenhoa.kit.readers.package import MAX_FILE_BYTES
from chuyenhoa.model import personal
from chuyenhoa.model.submissions import Finding, SubmissionStatus
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.receive import answer, decide, failures, read, store, validate
from chuyenhoa.store import archive, ledger, set_aside, tables
from chuyenhoa.validation import publish

logger = logging.getLogger(__name__)

BATCH_SIZE = 16
MAX_BATCHES = 4
"""Many files make larger batches before they make more: the rules cost about the same for 16 as for 256."""
MAX_FILES = 256
MAX_BYTES = 64_000_000
"""Bytes of files read at once, however many files a batch has: bounds the memory of one task."""
GROUP_SIZE = 64
"""Files that are stored in one transaction and answered with one wait for the disk (docs/decisions/0023)."""
LEFTOVERS = "inbox-left.json"
GROWING_TIMEOUT = timedelta(hours=1)
"""How long a file may keep growing before it is reported."""
OUR_FAULT = frozenset({scan.SkipReason.NOT_ARCHIVED, scan.SkipReason.NOT_REMOVED})


class IntakeError(RuntimeError):
    """We failed on files that stay in the ledger for another try; the text names them."""

    def __init__(self, message: str, answered: Sequence[str] = (), *, is_final: bool = True) -> None:
        super().__init__(message)
        self.answered = tuple(answered)
        """The ids that got their answer all the same."""
        self.is_final = is_final
        """Whether trying again at once is of no use: the fault may lie in a file, and is no full disk."""


def claim_drops(seen_still: Mapping[str, tuple[int, int]] | None = None) -> list[str]:
    """Take every complete file out of the inbox into archive and ledger.

    Args:
        seen_still: size and time of files that the trigger saw stand still (`scan.look_for_stable`).

    Returns:
        Ids of all submissions that await an answer: those just claimed and those of a pass cut short.
    """
    ctx = open_context()
    # First what an earlier pass left behind when it was killed: unanswered files, half copies, and files that
    # are in the ledger and still in the inbox.
    answer.report_overdue(ctx)
    archive.sweep_incoming(ctx.settings.archive)
    claim.close_cut_claims(ctx.store, scan.scan_inbox(ctx.settings.inbox))
    look = scan.look_for_stable(ctx.settings.inbox, ctx.settings.settle_seconds, seen_still)
    claimed = claim.claim_drops(ctx.store, ctx.settings.inbox, ctx.settings.archive, look.drops, clock.now())
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

    Versions of one submitter are then decided on in the order of receipt. Without a size a batch has 16
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
    """Take a batch of submissions through the five steps; one process at a time does so.

    Older submissions of the same folders that still wait come first: versions follow the order of receipt.
    Files inside archives (.zip) become submissions of their own and are answered before their archive.

    Returns:
        The ids that have an answer now, those of files from archives included.

    Raises:
        IntakeError: after all others were answered, when we failed on some; those stay for another try.
    """
    ctx = open_context()
    numbers = [ledger.submission_number(name) for name in ids]
    failed: dict[int, failures.Failure] = {}
    with ctx.store.only_one("intake"):
        with ctx.store.reading() as session:
            rows = ledger.pending_until(session, numbers)
        expansion = read.expand(ctx, rows)
        failed |= expansion.failed
        numbers += [row.number for row in expansion.files if row.container is not None]
        for part in _parts(expansion.files):
            failed |= _process(ctx, part)
        # After its files: what is said of a .zip is what became of them.
        for row, findings in expansion.archives:
            with _noting_failure(row, failed):
                _answer_archive(ctx, row, findings)
    with ctx.store.reading() as session:
        done = [row for row in ledger.find_submissions(session, numbers) if row.answered_at is not None]
    answered = [ledger.submission_id(row.number) for row in done]
    if failed:
        waiting = failures.count_failures(ctx, failed)
        answer.report_faults(ctx, failed)
        raise IntakeError(
            "The pipeline failed on these files, which are archived: "
            + "; ".join(f"{ledger.submission_id(number)}: {why}" for number, why in waiting.items()),
            answered,
            is_final=any(failure.is_files for failure in failed.values()),
        )
    return answered


def _parts(rows: Sequence[tables.SubmissionRow]) -> Iterator[list[tables.SubmissionRow]]:
    """Rows in groups of bounded number and size."""
    part: list[tables.SubmissionRow] = []
    size = 0
    for row in rows:
        if part and (len(part) == MAX_FILES or size + row.size > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        # A file above the limit is refused by its size alone: its bytes are never loaded.
        size += row.size if row.size <= MAX_FILE_BYTES else 0
    if part:
        yield part


def _process(ctx: Context, rows: list[tables.SubmissionRow]) -> dict[int, failures.Failure]:
    """Take some submissions through the five steps; what failed, by number."""
    try:
        part = read.read_part(ctx, rows)
        check = validate.BatchCheck(ctx, ctx.store, validate.files_of(part.rows, part.readings))
    except Exception as error:
        # A poison file costs its own answer and nobody else's: what fails together is tried one by one.
        logger.exception("processing %d files together failed", len(rows))
        if len(rows) == 1:
            return {rows[0].number: failures.Failure.of(rows[0], error)}
        return {number: why for row in rows for number, why in _process(ctx, [row]).items()}
    together = [row for row in _by_report(rows, part, check) if row.number not in part.failed]
    for group in _transaction_groups(together, part, check):
        for row in group:
            if row.number in part.readings:
                with _noting_failure(row, part.failed):
                    check.settle(part, row.number)
        _run_isolated(_decide_and_store, ctx, part, group)
        _run_isolated(_answer, ctx, part, group)
    _publish(ctx, part, check)
    return part.failed


def _by_report(
    rows: Sequence[tables.SubmissionRow], part: read.Part, check: validate.BatchCheck
) -> list[tables.SubmissionRow]:
    """Rows in the order of receipt, but all files of one report where its first one stands.

    They are decided on and stored together: a crash must not leave half a report behind.
    """

    def place(row: tables.SubmissionRow) -> tuple[int, int]:
        known = row.number in part.readings
        return (check.parts_of(row.number)[0].number if known else row.number, row.number)

    return sorted(rows, key=place)


def _transaction_groups(
    rows: Sequence[tables.SubmissionRow], part: read.Part, check: validate.BatchCheck
) -> Iterator[list[tables.SubmissionRow]]:
    """Rows that are stored and answered together.

    A file whose rules are postponed begins a new group: the files before it must be answered first. The
    files of one report are never parted.
    """
    group: list[tables.SubmissionRow] = []
    for row in rows:
        begins = row.number not in part.readings or check.parts_of(row.number)[0].number == row.number
        if group and begins and (len(group) >= GROUP_SIZE or check.is_postponed(row.number)):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


Step = Callable[[Context, read.Part, Sequence[tables.SubmissionRow]], None]


def _run_isolated(step: Step, ctx: Context, part: read.Part, rows: Sequence[tables.SubmissionRow]) -> None:
    """Take a step for the rows that did not fail yet: together, and when that fails, each by itself."""
    rows = [row for row in rows if row.number not in part.failed]
    if len(rows) > 1:
        try:
            step(ctx, part, rows)
        except Exception:
            logger.exception("%s failed for %d files together", step.__name__, len(rows))
        else:
            return
    for row in rows:
        with _noting_failure(row, part.failed):
            step(ctx, part, [row])


@contextmanager
def _noting_failure(row: tables.SubmissionRow, failed: dict[int, failures.Failure]) -> Iterator[None]:
    """Keep a failure on one submission from the others, and note it."""
    try:
        yield
    except Exception as error:
        logger.exception("answering %r (%s) failed", personal.mask_personal(row.file_name), row.sha256)
        failed[row.number] = failures.Failure.of(row, error)


def _decide_and_store(ctx: Context, part: read.Part, rows: Sequence[tables.SubmissionRow]) -> None:
    """Steps 3 and 4, in one transaction, which also settles the names of the receipts."""
    with ctx.store.writing() as session:
        stored = ledger.find_submissions(session, [row.number for row in rows])
        # One after the other in the order of receipt: a version may be justified by the file just before it.
        for row in stored:
            answered = decide.decide_file(ctx, session, part, row)
            store.store_answer(session, row, answered, clock.now(), part.seen)
        ledger.reserve_receipts(session, {row.number: answer.page_of(ctx, row) for row in stored})


def _answer(ctx: Context, part: read.Part, rows: Sequence[tables.SubmissionRow]) -> None:
    """Step 5."""
    answer.answer_submissions(ctx, [row.number for row in rows])


def _answer_archive(ctx: Context, row: tables.SubmissionRow, findings: tuple[Finding, ...]) -> None:
    """Store and answer a .zip once all its files are answered; while we try one of them again, it waits."""
    with ctx.store.reading() as session:
        members = ledger.members_of(session, row.number)
    if all(
        member.answered_at is not None or member.status == SubmissionStatus.SET_ASIDE for member in members
    ):
        store.store_archive(ctx, row, members, findings, clock.now())
        answer.answer_submissions(ctx, [row.number])


def _publish(ctx: Context, part: read.Part, check: validate.BatchCheck) -> None:
    """Write the page of what the rules found, one per plan."""
    for index, report in enumerate(check.reports.values()):
        first, last = (ledger.submission_id(number) for number in (min(part.readings), max(part.readings)))
        name = f"{first}-{last}" + (f"-{index + 1}" if index else "")
        publish(report, ctx.settings.data_docs, name, clock.now())


def summarise_intake(ids: Sequence[str]) -> dict[str, int]:
    """How many submissions ended with each status.

    Raises:
        IntakeError: files lie in the inbox that we could not take.
    """
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = ledger.find_submissions(session, map(ledger.submission_number, ids))
        waiting = set_aside.find_set_aside(session)
    if waiting:
        named = ", ".join(ledger.submission_id(entry.row.number) for entry in waiting)
        logger.warning("set aside, waiting for an engineer (chuyenhoa retry): %s", named)
    counts = Counter(row.status for row in rows)
    logger.info("answered: %s", ", ".join(f"{status} {count}" for status, count in sorted(counts.items())))
    faults = [entry for entry in load_left(ctx) if entry.why in OUR_FAULT]
    if faults:
        listed = "; ".join(f"{entry.path!r}: {entry.why.value} ({entry.detail})" for entry in faults)
        raise IntakeError(f"These files stay in the inbox until the disk or its rights are fixed: {listed}")
    return dict(counts)


@dataclass(frozen=True)
class Leftover:
    """Something in the inbox that is not taken, and since when it was seen so."""

    path: str
    why: scan.SkipReason
    detail: str
    since: datetime


def note_left(ctx: Context, left: Sequence[scan.SkippedFile]) -> None:
    """Store what a pass left in the inbox; log what is new in it."""
    known = {(entry.path, entry.why): entry for entry in load_left(ctx)}
    now = clock.now()
    entries = {}
    for item in left:
        path = scan.readable(item.path)
        before = known.get((path, item.why))
        entries[path, item.why] = Leftover(path, item.why, item.detail, before.since if before else now)
        if before is None and item.why is not scan.SkipReason.GROWING:
            logger.warning(
                "%r stays in the inbox: %s %s", scan.logged(item.path), item.why.value, item.detail
            )
    # A sweep every 15 minutes: an unchanged inbox writes nothing and logs nothing.
    if entries == known:
        return
    listed = [
        {"path": e.path, "why": e.why.value, "detail": e.detail, "since": e.since.isoformat()}
        for e in entries.values()
    ]
    write_file(ctx.settings.data / LEFTOVERS, json.dumps(listed, ensure_ascii=False, indent=1).encode())


def load_left(ctx: Context) -> list[Leftover]:
    """What the last pass left in the inbox."""
    path = ctx.settings.data / LEFTOVERS
    if not path.exists():
        return []
    return [
        Leftover(e["path"], scan.SkipReason(e["why"]), e["detail"], datetime.fromisoformat(e["since"]))
        for e in json.loads(path.read_bytes())
    ]


@dataclass(frozen=True)
class InboxState:
    """What lies in the inbox at this moment."""

    files: int = 0
    oldest: str = ""
    """The path of the file that lies there longest, without personal numbers; empty when there is none."""
    since: datetime | None = None
    is_overdue: bool = False
    """Whether a sweep should have taken it by now."""
    error: str = ""
    """Why the inbox cannot be read; empty when it can."""
    left: tuple[Leftover, ...] = ()
    """What a data engineer must look at: all that is not taken, but files that are just being written."""


def look_at_inbox(ctx: Context) -> InboxState:
    """The state of the inbox, by a look into its folders.

    Of what an earlier pass noted only that counts which still lies there: on a full disk no pass can note
    anything, and one that hangs does not.
    """
    noted = load_left(ctx)
    try:
        look = scan.look_into(ctx.settings.inbox)
    except OSError as error:
        return InboxState(error=error.strerror or str(error), left=tuple(noted))
    now = clock.now()
    paths = [*(drop.path for drop in look.drops), *(item.path for item in look.left)]
    lying = set(map(scan.readable, paths))
    known = {(entry.path, entry.why) for entry in noted}
    left = [
        entry
        for entry in noted
        if entry.path in lying
        and (entry.why is not scan.SkipReason.GROWING or now - entry.since >= GROWING_TIMEOUT)
    ]
    for item in look.left:
        if (path := scan.readable(item.path), item.why) not in known:
            left.append(Leftover(path, item.why, item.detail, now))
    if not look.drops:
        return InboxState(left=tuple(left))
    oldest = min(look.drops, key=lambda drop: drop.ctime_ns)
    since = datetime.fromtimestamp(oldest.ctime_ns / 1e9, clock.ZONE)
    is_overdue = now - since > answer.OVERDUE
    return InboxState(
        len(look.drops), scan.logged(oldest.path), since, is_overdue=is_overdue, left=tuple(left)
    )
