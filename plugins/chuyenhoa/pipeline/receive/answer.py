"""The answer to one file: stored judgement, receipt, and the marked workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.feedback import marked_name, render_receipt
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.notify.mailing import ANSWER, enqueue_notifications
from chuyenhoa.pipeline.receive.decide import judge
from chuyenhoa.pipeline.receive.justifications import Arrival, apply_justifications, note_releases
from chuyenhoa.pipeline.receive.marking import make_workbooks
from chuyenhoa.pipeline.receive.receipts import build_receipts, outbox_of, page_of
from chuyenhoa.store import ledger
from chuyenhoa.store.content import Answer
from chuyenhoa.store.disk import write_files
from chuyenhoa.store.ledger import reserve_receipts
from chuyenhoa.store.tables import SubmissionRow


def store_answer(
    ctx: Context,
    session: Session,
    row: SubmissionRow,
    reading: Reading,
    findings: Sequence[Finding],
    first: int | None,
    seen: int = 0,
) -> None:
    """Store the judgement on one file; a repetition of earlier bytes changes nothing.

    `first` is the submission that it repeats; `seen` the position of the last event when the findings were
    made.
    """
    current = session.get_one(SubmissionRow, row.number)
    if first is not None:
        original = session.get_one(SubmissionRow, first)
        same = replace(reading, plan=original.plan, period=original.period, submitter=original.submitter)
        answer = Answer(
            same,
            SubmissionStatus.DUPLICATE,
            findings=(),
            taken=frozenset(),
            version=None,
            is_late=False,
            duplicate_of=first,
        )
    else:
        answer = _judged(ctx, session, row, reading, findings)
    ledger.save_answer(session, current, answer, clock.now(), seen)
    note_releases(session, row.number, answer.released, clock.now())


def _judged(
    ctx: Context, session: Session, row: SubmissionRow, reading: Reading, findings: Sequence[Finding]
) -> Answer:
    """What is stored of a file that is no repetition."""
    is_untouched = any(finding.rule_id == Code.BLANK_FORM for finding in findings)
    if is_untouched and ledger.latest_accepted(session, reading, row.number):
        # Blank cells do not replace what was sent before.
        reading = replace(reading, localities=(), observations=(), declarations=())
    plan = ctx.plans.get(reading.plan, ctx.plan)
    arrival = Arrival(row.number, plan, reading, is_supplement(plan, reading))
    findings, settled = apply_justifications(session, ctx, arrival, findings)
    status, taken = judge(reading, findings)
    period = plan.period_by_id.get(reading.period)
    received = datetime.fromisoformat(row.received_at)
    version = None
    if status in ledger.OURS and not arrival.is_supplement:
        version = ledger.latest_version(session, reading, row.number)[1] + 1
    is_late = period is not None and status in ledger.OURS and period.is_late(received)
    return Answer(
        reading,
        status,
        tuple(findings),
        taken,
        version,
        is_late,
        reasons=settled.reasons,
        released=settled.released,
    )


def is_supplement(plan: Plan, reading: Reading) -> bool:
    """Whether a file brings only reasons or texts: it is no version of its submitter's figures."""
    return not reading.localities and bool(plan.localities_of(reading.submitter))


def answer_submissions(ctx: Context, numbers: Sequence[int]) -> None:
    """Put receipts, and workbooks to mend where there are any, into the outbox; then close the files.

    All of it waits for the disk together: once for what is written, and once for the line in the ledger.
    """
    receipts = build_receipts(ctx, numbers)
    pages = _pages_of(ctx, numbers)
    made = make_workbooks(ctx, receipts)
    contents: dict[Path, bytes] = {}
    marked: dict[int, str] = {}
    data = ctx.settings.data
    for number, receipt in receipts.items():
        named = receipt
        if number in made:
            content, kind = made[number]
            named = replace(receipt, marked_workbook=marked_name(receipt, kind))
            path = outbox_of(ctx, receipt) / named.marked_workbook
            contents[path] = content
            marked[number] = path.relative_to(data).as_posix()
        contents[data / pages[number]] = render_receipt(named, ctx.settings.templates).encode()
    write_files(contents)
    with ctx.store.writing() as session:
        rows = ledger.find_submissions(session, numbers)
        for row in rows:
            ledger.mark_answered(session, row, clock.now(), pages[row.number], marked.get(row.number, ""))
        enqueue_notifications(ctx, session, rows, ANSWER)


def _pages_of(ctx: Context, numbers: Sequence[int]) -> dict[int, str]:
    """Where the receipts go: mostly settled when the files were judged."""
    with ctx.store.reading() as session:
        rows = ledger.find_submissions(session, numbers)
    if all(row.receipt for row in rows):
        return {row.number: row.receipt for row in rows}
    with ctx.store.writing() as session:
        return reserve_receipts(session, {row.number: page_of(ctx, row) for row in rows})
