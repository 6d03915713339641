"""Records what the office decided on a draft, bound to the bytes that it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.pipeline.publishing import REFUSAL_NOTE, read_draft
from chuyenhoa.pipeline.workplace import Workplace, open_workplace, write_file
from chuyenhoa.release import APPROVE, Decision, DecisionError, check_number, read_decision
from chuyenhoa.store.documents import UNDECIDED, DocumentState
from chuyenhoa.store.tables import DocumentRow


def record_decision(document_ids: Sequence[str], decision: Mapping[str, object]) -> list[str]:
    """Record one decision on drafts.

    Args:
        document_ids: the drafts decided on.
        decision: `chosen` (approve or return), `number`, `date` (dd/mm/yyyy or ISO), `signer`, `comment`,
            `by`.

    Returns:
        The ids of the approved documents; empty when they were returned.

    Raises:
        DecisionError: when something is missing or wrong, saying what to fill in.
        DraftError: when a draft is no longer what was rendered.
    """
    place = open_workplace()
    read = read_decision(decision)
    approved = []
    with place.store.writing() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            _refuse_impossible(session, row, read)
            if row.state in UNDECIDED:
                _decide(place, row, read)
            if row.state in (DocumentState.APPROVED, DocumentState.ISSUED):
                approved.append(row.id)
    return approved


def check_decision(document_ids: Sequence[str], decision: Mapping[str, object]) -> None:
    """Refuse a decision that could not be recorded, and put the reason beside the drafts.

    Airflow shows the same form again without a word, so the office finds the reason in `REFUSAL_NOTE`.

    Raises:
        DecisionError: as `record_decision` would.
    """
    place = open_workplace()
    with place.store.reading() as session:
        rows = [session.get_one(DocumentRow, name) for name in document_ids]
        notes = {(place.settings.data / row.draft_path).parent / REFUSAL_NOTE for row in rows}
        try:
            read = read_decision(decision)
            for row in rows:
                _refuse_impossible(session, row, read)
        except DecisionError as error:
            for note in notes:
                write_file(note, f"{error}\nHãy trả lời lại trên Airflow (Required Actions).\n".encode())
            raise
    for note in notes:
        note.unlink(missing_ok=True)


def _refuse_impossible(session: Session, row: DocumentRow, decision: Decision) -> None:
    """What the fields alone cannot show: a newer draft, or a number that is taken."""
    if row.state == DocumentState.SUPERSEDED:
        raise DecisionError(f"Dự thảo {row.id} đã được thay bằng bản mới hơn; hãy duyệt bản mới nhất.")
    if row.state in UNDECIDED and decision.chosen == APPROVE and decision.date is not None:
        check_number(session, row, decision.number, decision.date)


def _decide(place: Workplace, row: DocumentRow, decision: Decision) -> None:
    read_draft(place.settings.data, row)
    if decision.chosen == APPROVE and decision.date is not None:
        row.number, row.date, row.signer = decision.number, decision.date.isoformat(), decision.signer
        row.state = DocumentState.APPROVED.value
    else:
        row.state = DocumentState.RETURNED.value
    row.comment, row.decided_by = decision.comment, decision.by
    row.decided_at = clock.now().isoformat()
