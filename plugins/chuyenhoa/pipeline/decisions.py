"""Records what the office decided on a draft, bound to the bytes that it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.pipeline.publishing import read_draft
from chuyenhoa.pipeline.workplace import Workplace, open_workplace
from chuyenhoa.release import APPROVE, Decision, DecisionError, check_number, read_decision
from chuyenhoa.store.documents import DocumentState
from chuyenhoa.store.tables import DocumentRow

UNDECIDED = (DocumentState.DRAFT, DocumentState.RETURNED)
"""A returned draft may be put to the office again; an approved one is decided for good."""


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
            if row.state in UNDECIDED:
                _decide(place, session, row, read)
            elif row.state == DocumentState.SUPERSEDED:
                raise DecisionError(f"Dự thảo {name} đã được thay bằng bản mới hơn; hãy duyệt bản mới nhất.")
            if row.state in (DocumentState.APPROVED, DocumentState.ISSUED):
                approved.append(row.id)
    return approved


def _decide(place: Workplace, session: Session, row: DocumentRow, decision: Decision) -> None:
    read_draft(place.settings.data, row)
    if decision.chosen == APPROVE and decision.date is not None:
        check_number(session, row, decision.number, decision.date)
        row.number, row.date, row.signer = decision.number, decision.date.isoformat(), decision.signer
        row.state = DocumentState.APPROVED.value
    else:
        row.state = DocumentState.RETURNED.value
    row.comment, row.decided_by = decision.comment, decision.by
    row.decided_at = clock.now().isoformat()
