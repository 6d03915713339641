"""Step 5 of 5, answer: receipt and workbook to correct into the outbox; then the file is closed.

A file that our own code failed on gets a receipt of that, once, where the real one will lie.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from chuyenhoa import clock, feedback
from chuyenhoa.feedback.marked import Marked
from chuyenhoa.kit import sandbox
from chuyenhoa.model import personal, submissions
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.context import Context, call_confined
from chuyenhoa.pipeline.receive.changes import ReportChanges, changes_of
from chuyenhoa.pipeline.receive.workbooks import fill_form
from chuyenhoa.plan.rules import BETWEEN, CELLWISE
from chuyenhoa.store import archive, deliveries, disk, justifications, ledger, tables

logger = logging.getLogger(__name__)

NO_FOLDER = "khong-ro-don-vi"
"""The outbox folder for files that lay in no submitter's folder."""
TOLD = "fault_told"
"""The event of the receipt of our fault; there is one per submission at most."""
OVERDUE = timedelta(minutes=20)
"""Longer than the 15 minutes between two sweeps: the process that claimed such a file has died on it."""
MARK = sandbox.Task("chuyenhoa.feedback.marked:try_mark")
"""Marking reads the file again, so it is done where a poison file harms nobody."""
Made = tuple[bytes, feedback.MarkedAs]


def answer_submissions(ctx: Context, numbers: Sequence[int]) -> None:
    """Put receipts, and workbooks to correct where there are any, into the outbox; then close the files.

    A disk flush takes longer than the rest of an answer, so all of them share two: one for the files that are
    written, and one for the commit of the ledger (docs/decisions/0023).
    """
    # Made from the store alone, so that an answer given again after a crash is the same, byte for byte.
    receipts = build_receipts(ctx, numbers)
    pages = _reserve_pages(ctx, numbers)
    workbooks = make_workbooks(ctx, receipts)
    contents: dict[Path, bytes] = {}
    marked: dict[int, str] = {}
    data = ctx.settings.data
    for number, receipt in receipts.items():
        named = receipt
        if number in workbooks:
            content, kind = workbooks[number]
            named = replace(receipt, marked_workbook=feedback.marked_name(receipt, kind))
            path = outbox_of(ctx, receipt) / named.marked_workbook
            contents[path] = content
            marked[number] = path.relative_to(data).as_posix()
        contents[data / pages[number]] = feedback.render_receipt(named, ctx.settings.templates).encode()
    # Files first: a file that the ledger calls answered has its receipt, also when a crash cuts in between.
    disk.write_files(contents)
    with ctx.store.writing() as session:
        rows = ledger.find_submissions(session, numbers)
        for row in rows:
            ledger.mark_answered(session, row, clock.now(), pages[row.number], marked.get(row.number, ""))
        _enqueue_letters(ctx, session, deliveries.ANSWER, rows)
    for row in rows:
        _log_answer(row, receipts[row.number])


def _log_answer(row: tables.SubmissionRow, receipt: submissions.Receipt) -> None:
    """One line a file, to be found when a submitter phones about it; seconds since its receipt."""
    taken = datetime.fromisoformat(row.answered_at or row.received_at)
    seconds = (taken - datetime.fromisoformat(row.received_at)).total_seconds()
    rules = Counter(finding.rule_id for finding in receipt.findings)
    logger.info(
        "%s %r of %s: %s; rules %s; %.1f s; receipt %s",
        ledger.submission_id(row.number),
        personal.mask_personal(row.member or row.file_name),
        personal.mask_personal(row.submitter or row.folder) or NO_FOLDER,
        row.status,
        ", ".join(f"{rule}×{n}" if n > 1 else rule for rule, n in sorted(rules.items())) or "none",
        seconds,
        personal.mask_personal(row.receipt),
    )


def make_workbooks(ctx: Context, receipts: Mapping[int, submissions.Receipt]) -> dict[int, Made]:
    """The workbooks to correct, by number; none where nothing is wrong, or the owner is not known.

    A file that cannot be marked (Word, CSV, an older Excel, one on which our marking fails) comes back as the
    form, with what was read: it costs nobody his answer.
    """
    jobs = {}
    made: dict[int, Made] = {}
    for number, receipt in receipts.items():
        to_mark = _select_marks(receipt)
        if any(finding.rule_id == Code.HEAD_NOT_UNDERSTOOD for finding in to_mark):
            # Marks on dozens of cells help nobody to mend a head: the form with what was read does.
            filled = fill_form(ctx, number, receipt, to_mark)
            made |= {} if filled is None else {number: (filled, feedback.MarkedAs.FORM)}
        elif to_mark:
            original = archive.read_archived(ctx.settings.archive, receipt.sha256)
            told = {finding.locality for finding in to_mark}
            names = {code: name for code, name in receipt.locality_names.items() if code in told}
            jobs[number] = (original, to_mark, names, feedback.list_changes(receipt))
    outcomes = call_confined(MARK, list(jobs.values())) if jobs else []
    for number, outcome in zip(jobs, outcomes, strict=True):
        workbook = _use_marked_or_fill(ctx, number, receipts[number], outcome)
        if workbook is not None:
            made[number] = workbook
    return made


def _select_marks(receipt: submissions.Receipt) -> tuple[submissions.Finding, ...]:
    """The findings to mark; none for a file of which no corrected copy is wanted."""
    # A refused file is not ours or unreadable, a repetition has its answer, a .zip answers for its files.
    if (
        receipt.status in (submissions.SubmissionStatus.REFUSED, submissions.SubmissionStatus.DUPLICATE)
        or receipt.members
    ):
        return ()
    return tuple(
        f for f in receipt.findings if f.severity is not submissions.Severity.NOTE and not f.justification
    )


def _use_marked_or_fill(
    ctx: Context,
    number: int,
    receipt: submissions.Receipt,
    outcome: Marked | sandbox.Death | sandbox.FaultError,
) -> Made | None:
    if isinstance(outcome, Marked) and outcome.content:
        return outcome.content, feedback.MarkedAs.ORIGINAL
    # Nor are macro sheets, DDE or OLE links sent back: the form takes their place (docs/decisions/0014).
    why = outcome.reason if isinstance(outcome, Marked) else outcome
    level = logging.ERROR if isinstance(outcome, sandbox.FaultError) else logging.INFO
    logger.log(level, "%r cannot be marked: %s", personal.mask_personal(receipt.file_name), why)
    filled = fill_form(ctx, number, receipt, _select_marks(receipt))
    return (filled, feedback.MarkedAs.FORM) if filled is not None else None


def _reserve_pages(ctx: Context, numbers: Sequence[int]) -> dict[int, str]:
    """The paths of the receipts; mostly reserved already, when the files were stored."""
    with ctx.store.reading() as session:
        rows = ledger.find_submissions(session, numbers)
    if all(row.receipt for row in rows):
        return {row.number: row.receipt for row in rows}
    with ctx.store.writing() as session:
        return ledger.reserve_receipts(session, {row.number: page_of(ctx, row) for row in rows})


def _enqueue_letters(ctx: Context, session: Session, kind: str, rows: Sequence[tables.SubmissionRow]) -> None:
    letters = [(row, ctx.recipients_of(row.plan, row.folder)) for row in rows]
    deliveries.enqueue_notifications(session, kind, letters, clock.now())


def report_faults(ctx: Context, numbers: Iterable[int]) -> None:
    """Put the receipt of our own fault where the real one will lie; each submission gets it once.

    It never raises: what made us fail (a full disk, a store that is away) may hold it up as well, and the
    caller has the fault itself to report.
    """
    for number in numbers:
        try:
            _report_fault(ctx, number)
        except Exception:  # the next pass tries again
            logger.exception("reporting our fault on %s failed", ledger.submission_id(number))


def report_overdue(ctx: Context) -> None:
    """Report our fault on files that were claimed long ago and still wait: their pass was cut short."""
    now = clock.now()
    with ctx.store.reading() as session:
        waiting = ledger.pending(session)
    late = [row.number for row in waiting if now - datetime.fromisoformat(row.received_at) > OVERDUE]
    report_faults(ctx, late)


def _report_fault(ctx: Context, number: int) -> None:
    receipt = describe_file(ctx, number)
    data = ctx.settings.data
    wanted = (outbox_of(ctx, receipt) / feedback.receipt_name(receipt)).relative_to(data).as_posix()
    # The name is reserved first and the event is noted last: a crash in between repeats the receipt under the
    # same name, and never leaves a second one.
    with ctx.store.writing() as session:
        row = session.get_one(tables.SubmissionRow, number)
        if row.answered_at is not None or any(
            event.kind == TOLD for event in ledger.load_events(session, number)
        ):
            return
        path = ledger.reserve_receipt(session, number, wanted)
    disk.write_files({data / path: feedback.render_receipt(receipt, ctx.settings.templates).encode()})
    with ctx.store.writing() as session:
        row = session.get_one(tables.SubmissionRow, number)
        ledger.add_event(session, number, clock.now(), TOLD, path)
        _enqueue_letters(ctx, session, deliveries.FAULT, [row])


def outbox_of(ctx: Context, receipt: submissions.Receipt) -> Path:
    """The folder in which the owner of a file's inbox folder finds answers."""
    return ctx.settings.outbox / (receipt.folder or NO_FOLDER)


def build_receipt(ctx: Context, number: int, marked_workbook: str = "") -> submissions.Receipt:
    """Everything that the answer to a stored submission says; `marked_workbook` lies beside it."""
    return replace(build_receipts(ctx, [number])[number], marked_workbook=marked_workbook)


def build_receipts(ctx: Context, numbers: Sequence[int]) -> dict[int, submissions.Receipt]:
    """What the answers to some stored submissions say, by number; a few queries for all of them."""
    with ctx.store.reading() as session:
        rows = ledger.find_submissions(session, numbers)
        known = _Known(session, rows, ctx.plans)
        return {row.number: _build(ctx, session, row, known) for row in rows}


class _Known:
    """What the store holds of some submissions, loaded together."""

    def __init__(
        self, session: Session, rows: Sequence[tables.SubmissionRow], plans: Mapping[str, Plan]
    ) -> None:
        numbers = [row.number for row in rows]
        self.findings = ledger.load_findings_of(session, numbers)
        self.normalisations = ledger.load_normalisations_of(session, numbers)
        self.localities = ledger.load_localities_of(session, numbers)
        self.released = justifications.released_by(session, numbers)
        self.changes = changes_of(session, rows, plans, with_first=False)
        self.members = ledger.members_of_all(session, numbers)
        others = {row.container for row in rows} | {row.duplicate_of for row in rows}
        found = ledger.find_submissions(session, [other for other in others if other is not None])
        self.others = {row.number: row for row in found}


def _build(ctx: Context, session: Session, row: tables.SubmissionRow, known: _Known) -> submissions.Receipt:
    plan = ctx.plan_or_todays(row.plan)
    receipt = _with_earlier_files(session, row, known, _describe_file(row, plan))
    listed = known.localities.get(row.number, {})
    rules = ctx.rules_of(plan)
    # Only a cell that is wrong by itself hides the findings that follow from it. Rules between sound cells
    # are all shown: leaving one out would cost the submitter a second round (docs/decisions/0021).
    alone = {rule.rule_id for rule in rules if rule.kind in CELLWISE or rule.kind == BETWEEN}
    shown, left = feedback.part_follow_ons(known.findings.get(row.number, ()), alone)
    names = receipt.locality_names
    container = known.others[row.container] if row.container else None
    changed = known.changes.get(row.number, ReportChanges())
    return replace(
        receipt,
        changes=changed.changes,
        kept=changed.kept,
        owed=changed.owed,
        taken=tuple(names[code] for code, taken in listed.items() if taken),
        held=tuple(names[code] for code, taken in listed.items() if not taken),
        findings=shown,
        left_out=left.findings,
        left_out_cells=left.cells,
        normalisations=known.normalisations.get(row.number, ()),
        numbers=submissions.ReadCount(row.numbers_present or 0, row.numbers_read or 0),
        rule_titles=ctx.titles_of(plan),
        container=f"{container.file_name}: {row.member}" if container else "",
        members=tuple(map(_describe_member, known.members.get(row.number, ()))),
        waiting=_still_waiting(session, row, names) if _is_words_alone(row, plan, listed) else (),
    )


def _is_words_alone(row: tables.SubmissionRow, plan: Plan, listed: Mapping[str, bool]) -> bool:
    """Whether a file brings reasons or texts only, from a submitter that reports figures."""
    is_ours = row.status in {status.value for status in ledger.OURS}
    return is_ours and row.version is None and not listed and bool(plan.localities_of(row.submitter))


def _still_waiting(
    session: Session, row: tables.SubmissionRow, names: Mapping[str, str]
) -> tuple[submissions.Waiting, ...]:
    """The localities of the same report that are held back after a file of reasons, and by which rules."""
    reading = submissions.Reading(row.sha256, row.file_name, row.plan, row.period, row.submitter)
    # As things stood after this file, also when its receipt is made again after later ones.
    held = justifications.held_localities(session, reading, row.number + 1)
    findings = {
        number: justifications.justified_findings(session, number, row.number)
        for number in {version for _, version in held}
    }
    files = {other.number: other.file_name for other in ledger.find_submissions(session, findings)}
    place = {code: index for index, code in enumerate(names)}
    return tuple(
        submissions.Waiting(
            names[code],
            _holding(findings[version], code, submissions.Severity.WARNING),
            _holding(findings[version], code, submissions.Severity.ERROR),
            files[version],
        )
        for code, version in sorted(held, key=lambda entry: (place.get(entry[0], len(place)), entry[1]))
        if code in names
    )


def _holding(
    findings: Sequence[submissions.Finding], code: str, severity: submissions.Severity
) -> tuple[str, ...]:
    """The rules that hold a locality back, each once; those on the whole file included."""
    found = (f for f in findings if f.holds and f.severity is severity and f.locality in (code, ""))
    return tuple(dict.fromkeys(finding.rule_id for finding in found))


def page_of(ctx: Context, row: tables.SubmissionRow) -> str:
    """The path, relative to the data folder, that the receipt of a submission should have."""
    receipt = _describe_file(row, ctx.plan_or_todays(row.plan))
    return (
        (outbox_of(ctx, receipt) / feedback.receipt_name(receipt)).relative_to(ctx.settings.data).as_posix()
    )


def describe_file(ctx: Context, number: int) -> submissions.Receipt:
    """The receipt of a file before its content is known: that it came, when, and whose it is."""
    with ctx.store.reading() as session:
        row = session.get_one(tables.SubmissionRow, number)
    plan = ctx.plan_or_todays(row.plan)
    bare = _describe_file(row, plan)
    # It may have a status already, when writing its answer failed: nothing is promised before it is closed.
    return replace(bare, status=submissions.SubmissionStatus.CLAIMED, version=None, is_late=False)


def _describe_file(row: tables.SubmissionRow, plan: Plan) -> submissions.Receipt:
    period = plan.period_by_id.get(row.period)
    # A refused file states no submitter: then the folder in which it lay tells whose it is.
    submitter = plan.submitter_by_code.get(row.submitter) or plan.submitter_by_folder.get(row.folder)
    return submissions.Receipt(
        file_name=row.file_name,
        folder=row.folder,
        sha256=row.sha256,
        size=row.size,
        received_at=datetime.fromisoformat(row.received_at),
        status=submissions.SubmissionStatus(row.status),
        version=row.version,
        submitter_name=submitter.name if submitter else "",
        period_id=row.period,
        period_label=period.label if period else "",
        deadline=period.deadline if period else None,
        is_late=row.is_late,
        taken=(),
        held=(),
        locality_names=plan.locality_names,
        indicator_labels=plan.indicator_labels,
        contact=plan.board.contact,
    )


def _with_earlier_files(
    session: Session, row: tables.SubmissionRow, known: _Known, receipt: submissions.Receipt
) -> submissions.Receipt:
    """The receipt with what this file repeats, replaces, leaves in force or justifies."""
    first = known.others[row.duplicate_of] if row.duplicate_of else None
    earlier = kept = None
    if row.version is not None and row.version > 1:
        reading = submissions.Reading(row.sha256, row.file_name, row.plan, row.period, row.submitter)
        earlier = ledger.latest_version(session, reading, row.number)[0]
        kept = ledger.latest_accepted(session, reading, row.number)
    released = known.released.get(row.number, {})
    # Reasons may release localities of several versions; the receipt names the newest of them.
    explained = session.get(tables.SubmissionRow, max(released.values())) if released else None
    returned = row.status == submissions.SubmissionStatus.RETURNED
    return replace(
        receipt,
        duplicate_of=_describe(first),
        duplicate_status=justifications.load_status(session, first) if first else None,
        duplicate_receipt=first.receipt.rpartition("/")[2] if first else "",
        supersedes="" if returned else _describe(earlier),
        in_force=_describe(kept),
        released=tuple(receipt.locality_names[code] for code in released),
        explains=_describe(explained),
    )


def _describe_member(row: tables.SubmissionRow) -> submissions.ReceiptMember:
    """A file of a .zip, with the name of its own receipt."""
    return submissions.ReceiptMember(
        row.member, submissions.SubmissionStatus(row.status), row.receipt.rpartition("/")[2]
    )


def _describe(row: tables.SubmissionRow | None) -> str:
    """A file as an officer would find it again: name and time of receipt."""
    if row is None:
        return ""
    received = datetime.fromisoformat(row.received_at)
    return f"{row.file_name} ({received:%H:%M, %d/%m/%Y})"
