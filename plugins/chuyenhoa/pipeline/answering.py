"""The answer to one file: stored judgement, receipt, and the marked workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.feedback import marked_name, receipt_name, render_receipt
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.pipeline.explaining import Arrival, apply_reasons, note_releases
from chuyenhoa.pipeline.judging import judge
from chuyenhoa.pipeline.mailing import ANSWER, owe_letter
from chuyenhoa.pipeline.marking import make_workbook
from chuyenhoa.pipeline.receipts import build_receipt, outbox_of
from chuyenhoa.pipeline.workplace import Workplace, write_file
from chuyenhoa.store import ledger
from chuyenhoa.store.content import Answer
from chuyenhoa.store.tables import SubmissionRow

UNTOUCHED = "D54"
"""The reader's finding on a form in which nothing was filled in."""


def store_answer(
    place: Workplace,
    row: SubmissionRow,
    reading: Reading,
    findings: Sequence[Finding],
    first: SubmissionRow | None,
    seen: int = 0,
) -> None:
    """Store the judgement on one file; a repetition of earlier bytes changes nothing.

    `seen` is the position of the last event when the findings were made.
    """
    with place.store.writing() as session:
        current = session.get_one(SubmissionRow, row.number)
        if first is not None:
            same = replace(reading, plan=first.plan, period=first.period, submitter=first.submitter)
            answer = Answer(same, SubmissionStatus.DUPLICATE, (), frozenset(), None, False, first.number)
        else:
            answer = _judged(place, session, row, reading, findings)
        ledger.save_answer(session, current, answer, clock.now(), seen)
        note_releases(session, row.number, answer.released, clock.now())


def _judged(
    place: Workplace, session: Session, row: SubmissionRow, reading: Reading, findings: Sequence[Finding]
) -> Answer:
    """What is stored of a file that is no repetition."""
    is_untouched = any(finding.rule_id == UNTOUCHED for finding in findings)
    if is_untouched and ledger.latest_accepted(session, reading, row.number):
        # Blank cells do not replace what was sent before.
        reading = replace(reading, localities=(), observations=(), declarations=())
    plan = place.plans.get(reading.plan, place.plan)
    arrival = Arrival(row.number, plan, reading, is_supplement(plan, reading))
    findings, settled = apply_reasons(session, place, arrival, findings)
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


def answer_submission(place: Workplace, number: int) -> None:
    """Put the receipt, and the workbook to mend where there is one, into the outbox; then close the file."""
    receipt = build_receipt(place, number)
    folder = outbox_of(place, receipt)
    made = make_workbook(place, number, receipt)
    if made is not None:
        receipt = replace(receipt, marked_workbook=marked_name(receipt, made[1]))
        write_file(folder / receipt.marked_workbook, made[0])
    data = place.settings.data
    wanted = (folder / receipt_name(receipt)).relative_to(data).as_posix()
    with place.store.writing() as session:
        page = ledger.reserve_receipt(session, number, wanted)
    write_file(data / page, render_receipt(receipt, place.settings.templates).encode())
    marked = (folder / receipt.marked_workbook).relative_to(data).as_posix() if made is not None else ""
    with place.store.writing() as session:
        ledger.mark_answered(session, number, clock.now(), page, marked)
        owe_letter(place, session, session.get_one(SubmissionRow, number), ANSWER)
