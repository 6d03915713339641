"""The chain of events: each one seals the event before it, so that no past can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.store.tables import EventRow

REPLAYING = "replaying"
"""Set in the info of a session that writes what the journal says: its doings are no new events."""
LAST = "last event"
"""In the info of a session that writes: the end of the chain, which no other writer moves meanwhile."""
Facts = Mapping[str, Any]
"""Names with JSON values: what an event settles for good."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
START = ""
"""The previous seal of the first event, which has none before it."""


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted names, no spaces, letters as they are."""
    return _ENCODER.encode(value)


def digest(value: Any) -> str:
    """The sha256 of a value's canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def seal(previous: str, event: EventRow) -> str:
    """The sha256 that an event must have after the one whose sha256 is `previous`."""
    return digest(
        [
            previous,
            event.position,
            event.submission,
            event.subject,
            event.at,
            event.kind,
            event.detail,
            event.facts_sha256,
        ]
    )


def last_event(session: Session) -> EventRow | None:
    """The end of the chain."""
    return session.scalars(select(EventRow).order_by(EventRow.position.desc()).limit(1)).first()


def last_position(session: Session) -> int:
    """The length of the chain."""
    last = last_event(session)
    return last.position if last else 0


def append_event(
    session: Session,
    at: datetime,
    kind: str,
    detail: str = "",
    *,
    submission: int | None = None,
    subject: str = "",
    facts: Facts | None = None,
) -> EventRow:
    """Add an event at the end of the chain; only in a session of `Store.writing`, where writers queue."""
    # Looked up once a session: writers queue, so nobody else appends until this one has committed.
    if LAST not in session.info:
        session.info[LAST] = last_event(session)
    last = session.info[LAST]
    event = EventRow(
        # Numbered here and not by the database, whose sequences leave a gap at every rollback.
        id=last.id + 1 if last else 1,
        position=last.position + 1 if last else 1,
        submission=submission,
        subject=subject,
        at=at.isoformat(),
        kind=kind,
        detail=detail,
        facts_sha256=digest(facts) if facts is not None else "",
    )
    event.sha256 = seal(last.sha256 if last else START, event)
    if session.info.get(REPLAYING):  # the rebuild enters the journal's own event instead
        return event
    session.add(event)
    session.info[LAST] = event
    appended(session).append((event, facts))
    return event


def appended(session: Session) -> list[tuple[EventRow, Facts | None]]:
    """The events that a session added, in order, with their facts."""
    found: list[tuple[EventRow, Facts | None]] = session.info.setdefault("appended", [])
    return found
