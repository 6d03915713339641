"""The answer to one file: stored judgement, receipt, and the marked workbook."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.feedback import MarkError, mark_workbook, marked_name, receipt_name, render_receipt
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Reading, Receipt, Severity, SubmissionStatus
from chuyenhoa.pipeline.explaining import Arrival, apply_reasons, note_releases
from chuyenhoa.pipeline.judging import judge
from chuyenhoa.pipeline.workplace import Workplace, write_file
from chuyenhoa.store import ledger
from chuyenhoa.store.archive import read_archived
from chuyenhoa.store.content import Answer
from chuyenhoa.store.reasons import released_by
from chuyenhoa.store.tables import SubmissionRow

logger = logging.getLogger(__name__)

UNTOUCHED = "D54"
"""The reader's finding on a form in which nothing was filled in."""
NO_FOLDER = "khong-ro-don-vi"
"""The outbox folder for files that lay in no submitter's folder."""


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
    received = datetime.fromisoformat(row.received_at).date()
    version = None
    if status in ledger.OURS and not arrival.is_supplement:
        version = ledger.latest_version(session, reading, row.number)[1] + 1
    is_late = period is not None and status in ledger.OURS and received > period.deadline
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
    """Put the receipt, and the marked workbook where there is something to mend, into the outbox."""
    receipt = build_receipt(place, number)
    folder = place.settings.outbox / (receipt.folder or NO_FOLDER)
    marked = _marked_workbook(place, receipt)
    name = marked_name(receipt) if marked is not None else ""
    if marked is not None:
        write_file(folder / name, marked)
        receipt = replace(receipt, marked_workbook=name)
    data = place.settings.data
    wanted = (folder / receipt_name(receipt)).relative_to(data).as_posix()
    with place.store.writing() as session:
        page = data / ledger.reserve_receipt(session, number, wanted)
    write_file(page, render_receipt(receipt, place.settings.templates).encode())
    with place.store.writing() as session:
        ledger.mark_answered(
            session,
            number,
            clock.now(),
            page.relative_to(data).as_posix(),
            (folder / name).relative_to(data).as_posix() if name else "",
        )


def _marked_workbook(place: Workplace, receipt: Receipt) -> bytes | None:
    """The submitter's own workbook with the offending cells marked; None when there is nothing to mark."""
    to_mark = [f for f in receipt.findings if f.severity is not Severity.NOTE and not f.explanation]
    if receipt.status in (SubmissionStatus.REFUSED, SubmissionStatus.DUPLICATE) or not to_mark:
        return None
    try:
        original = read_archived(place.settings.archive, receipt.sha256)
        return mark_workbook(original, to_mark, receipt.locality_names)
    except MarkError as error:
        logger.warning("%s cannot be marked: %s", receipt.file_name, error)
        return None


def build_receipt(place: Workplace, number: int) -> Receipt:
    """Everything that the answer to a stored submission says."""
    with place.store.reading() as session:
        row = session.get_one(SubmissionRow, number)
        listed = ledger.load_localities(session, number)
        findings = ledger.load_findings(session, number)
        normalisations = ledger.load_normalisations(session, number)
        first = session.get(SubmissionRow, row.duplicate_of) if row.duplicate_of else None
        plan = place.plans.get(row.plan, place.plan)
        reading = Reading(row.sha256, row.file_name, row.plan, row.period, row.submitter)
        earlier = ledger.latest_version(session, reading, number)[0] if row.version else None
        released = released_by(session, number)
        explained = session.get(SubmissionRow, max(released.values())) if released else None
        kept = ledger.latest_accepted(session, reading, number) if row.version else None
    returned = row.status == SubmissionStatus.RETURNED
    period = plan.period_by_id.get(row.period)
    submitter = plan.submitter_by_code.get(row.submitter) or plan.submitter_by_folder.get(row.folder)
    names = locality_names(plan)
    return Receipt(
        file_name=row.file_name,
        folder=row.folder,
        sha256=row.sha256,
        size=row.size,
        received_at=datetime.fromisoformat(row.received_at),
        status=SubmissionStatus(row.status),
        version=row.version,
        submitter_name=submitter.name if submitter else "",
        period_id=row.period,
        period_label=period.label if period else "",
        deadline=period.deadline if period else None,
        is_late=row.is_late,
        taken=tuple(names[code] for code, taken in listed.items() if taken),
        held=tuple(names[code] for code, taken in listed.items() if not taken),
        findings=findings,
        normalisations=normalisations,
        duplicate_of=_describe(first),
        supersedes="" if returned else _describe(earlier),
        in_force=_describe(kept) if returned else "",
        locality_names=names,
        released=tuple(names[code] for code in released),
        explains=_describe(explained),
    )


def locality_names(plan: Plan) -> Mapping[str, str]:
    """The name of every locality by its code."""
    return {locality.code: locality.name for locality in plan.localities}


def _describe(row: SubmissionRow | None) -> str:
    """A file as an officer would find it again: name and time of receipt."""
    if row is None:
        return ""
    received = datetime.fromisoformat(row.received_at)
    return f"{row.file_name} ({received:%H:%M, %d/%m/%Y})"
