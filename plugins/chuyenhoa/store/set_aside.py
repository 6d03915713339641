"""Files on which we failed again and again: counted, set aside for engineers, tried anew when told to.

All of it is events of the chain, with what they settle, so that a rebuilt store sets the same files aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.store.ledger import add_event, load_events
from chuyenhoa.store.tables import SubmissionRow

TRIES = 3
"""A restart, a deployment or a full memory may cost one try or two; what fails three times fails for good."""
FAILED, SET_ASIDE, RETRIED = "failed", "set_aside", "retried"
SETTLING = frozenset({SET_ASIDE, RETRIED})
"""Kinds of events whose facts are columns of the ledger."""
MAX_DETAIL = 300
"""Characters of a failure that its event keeps; the whole trace stands in the log of the pass."""


@dataclass(frozen=True)
class SetAside:
    """A file that waits for the engineers."""

    row: SubmissionRow
    since: datetime
    why: str


def note_failure(session: Session, row: SubmissionRow, at: datetime, why: str) -> bool:
    """Count a failure that lies in the file; whether it was set aside by this one.

    A file that has its answer, or is set aside already, stays as it is.
    """
    if row.answered_at is not None or row.status == SubmissionStatus.SET_ASIDE:
        return False
    add_event(session, row.number, at, FAILED, " ".join(why.split())[:MAX_DETAIL])
    session.flush()
    kinds = [event.kind for event in load_events(session, row.number)]
    last_retry = len(kinds) - 1 - kinds[::-1].index(RETRIED) if RETRIED in kinds else -1
    if kinds[last_retry + 1 :].count(FAILED) < TRIES:
        return False
    # It may have been judged, when only its answer failed: a version that nobody was told of does not count.
    _settle(session, row, at, SET_ASIDE, SubmissionStatus.SET_ASIDE)
    return True


def retry(session: Session, row: SubmissionRow, at: datetime) -> None:
    """Let the next pass try a file that was set aside, three times again."""
    # Judged before, something is stored of it, which the next judgement must replace: it is no mere claim.
    judged = [event.detail for event in load_events(session, row.number) if event.kind == "judged"]
    _settle(session, row, at, RETRIED, SubmissionStatus(judged[-1] if judged else SubmissionStatus.CLAIMED))


def _settle(session: Session, row: SubmissionRow, at: datetime, kind: str, status: SubmissionStatus) -> None:
    row.status, row.version = status.value, None
    add_event(session, row.number, at, kind, facts={"status": row.status, "version": None})


def find_set_aside(session: Session) -> Sequence[SetAside]:
    """The files that wait for the engineers, oldest first, each with what failed last."""
    query = select(SubmissionRow).where(SubmissionRow.status == SubmissionStatus.SET_ASIDE.value)
    found = []
    for row in session.scalars(query.order_by(SubmissionRow.number)):
        events = {event.kind: event for event in load_events(session, row.number)}
        found.append(SetAside(row, datetime.fromisoformat(events[SET_ASIDE].at), events[FAILED].detail))
    return found
