"""The queue of letters: queued with what they are about, sent later, each to each recipient once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.store import ledger
from chuyenhoa.store.tables import DeliveryRow, SubmissionRow

ANSWER, FAULT = "answer", "fault"
"""Kinds of letters to submitters: the answer to a file, and the news that our own code failed on one."""
DELIVERY_TIMEOUT = timedelta(days=5)
"""How long a letter is tried before it is given up."""
_PAUSES = (5, 15, 60)
_LONGEST_PAUSE = 240
"""Minutes to the next try after the first, second, third and every later one."""


class DeliveryState(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    """Not sent yet; it will be tried (again)."""
    SENT = "sent"
    """A mail server has taken responsibility for it."""
    FAILED = "failed"
    """Given up: the address is refused, or nobody took it for as long as `DELIVERY_TIMEOUT`."""
    NO_ADDRESS = "no_address"
    """Whom it is for has no address in the plan."""
    CANCELLED = "cancelled"
    """Overtaken before it was sent."""


@dataclass(frozen=True)
class Subject:
    """What a letter is about: its kind, the id of a submission or document, and a seed of its token."""

    kind: str
    reference: str
    seed: str
    """The same for the same letter in every store, as in a file's hash and time of receipt."""
    submission: int | None = None


def enqueue_notifications(
    session: Session, kind: str, letters: Sequence[tuple[SubmissionRow, Sequence[str]]], at: datetime
) -> None:
    """Queue a letter on each submission to its recipients; an answer cancels waiting news of a fault.

    Call it in the transaction that closes the answer, so that an answer and its letter exist both or neither.
    """
    if kind == ANSWER:
        cancel(session, FAULT, [ledger.submission_id(row.number) for row, _ in letters])
    enqueue_all(session, [(_subject_of(kind, row), recipients) for row, recipients in letters], at)


def _subject_of(kind: str, row: SubmissionRow) -> Subject:
    seed = f"{row.sha256} {row.received_at} {row.member}"
    return Subject(kind, ledger.submission_id(row.number), seed, row.number)


def enqueue(session: Session, subject: Subject, recipients: Sequence[str], at: datetime) -> None:
    """Queue a letter to each recipient, once, however often it is called; without one, note that."""
    enqueue_all(session, [(subject, recipients)], at)


def enqueue_all(session: Session, letters: Sequence[tuple[Subject, Sequence[str]]], at: datetime) -> None:
    """Queue several letters, each with its recipients, as `enqueue` does."""
    known = {
        (row.kind, row.reference, row.recipient)
        for row in _find_about(session, [subject.reference for subject, _ in letters])
    }
    for subject, recipients in letters:
        for recipient in recipients or ("",):
            key = (subject.kind, subject.reference, recipient)
            if key not in known:
                known.add(key)
                session.add(_new(subject, recipient, at))


def _new(subject: Subject, recipient: str, at: datetime) -> DeliveryRow:
    text = "|".join((subject.kind, subject.reference, subject.seed, recipient))
    state = DeliveryState.WAITING if recipient else DeliveryState.NO_ADDRESS
    return DeliveryRow(
        kind=subject.kind,
        reference=subject.reference,
        submission=subject.submission,
        recipient=recipient,
        token=hashlib.sha256(text.encode()).hexdigest()[:32],
        state=state.value,
        created_at=at.isoformat(),
        next_try_at=at.isoformat(),
    )


def _find_about(session: Session, references: Sequence[str]) -> list[DeliveryRow]:
    return list(session.scalars(select(DeliveryRow).where(DeliveryRow.reference.in_(references))))


def cancel(session: Session, kind: str, references: Sequence[str]) -> None:
    """Cancel waiting letters that something newer replaces."""
    for row in _find_about(session, references):
        if row.kind == kind and row.state == DeliveryState.WAITING:
            row.state = DeliveryState.CANCELLED.value


def drop_old(session: Session, at: datetime, kinds: Sequence[str]) -> int:
    """Leave letters of some kinds unsent that nobody tried for `DELIVERY_TIMEOUT` (there was no mail server).

    Returns:
        How many.
    """
    rows = session.scalars(
        select(DeliveryRow).where(
            DeliveryRow.state == DeliveryState.WAITING,
            DeliveryRow.attempts == 0,
            DeliveryRow.kind.in_(kinds),
        )
    )
    old = [row for row in rows if at - datetime.fromisoformat(row.created_at) >= DELIVERY_TIMEOUT]
    for row in old:
        row.state = DeliveryState.CANCELLED.value
    return len(old)


def try_again(session: Session, kind: str, reference: str, at: datetime) -> None:
    """Give letters that were given up another `DELIVERY_TIMEOUT`; those that went out stay as they are."""
    for row in _find_about(session, [reference]):
        if row.kind == kind and row.state in (DeliveryState.FAILED, DeliveryState.CANCELLED):
            row.state, row.attempts = DeliveryState.WAITING.value, 0
            row.created_at = row.next_try_at = at.isoformat()


def find_due(session: Session, at: datetime) -> list[DeliveryRow]:
    """The letters whose time has come, those that waited longest first."""
    rows = session.scalars(select(DeliveryRow).where(DeliveryRow.state == DeliveryState.WAITING))
    due = [row for row in rows if datetime.fromisoformat(row.next_try_at) <= at]
    return sorted(due, key=lambda row: (row.next_try_at, row.id))


def take(session: Session, row: DeliveryRow, at: datetime) -> bool:
    """Count a try before it is made; False when another process was faster (writers queue, see `Store`).

    The next try is set at the same time: when this process dies between the server's answer and
    `mark_sent`, the letter goes out once more with the same Message-ID, and is never lost.
    """
    minutes = _PAUSES[row.attempts] if row.attempts < len(_PAUSES) else _LONGEST_PAUSE
    current = session.get_one(DeliveryRow, row.id)
    if current.attempts != row.attempts or current.state != DeliveryState.WAITING:
        return False
    current.attempts += 1
    current.next_try_at = (at + timedelta(minutes=minutes)).isoformat()
    return True


def mark_sent(session: Session, number: int, at: datetime) -> None:
    """A mail server has taken the letter."""
    row = session.get_one(DeliveryRow, number)
    row.state, row.sent_at, row.last_error = DeliveryState.SENT.value, at.isoformat(), ""
    if row.submission is not None:
        ledger.add_event(session, row.submission, at, "mailed", f"{row.kind} {row.recipient}")


def mark_tried(session: Session, number: int, at: datetime, error: str, *, is_final: bool) -> None:
    """A try failed; the letter is given up when another would end the same, or after `DELIVERY_TIMEOUT`."""
    row = session.get_one(DeliveryRow, number)
    row.last_error = error
    if is_final or at - datetime.fromisoformat(row.created_at) >= DELIVERY_TIMEOUT:
        row.state = DeliveryState.FAILED.value
        if row.submission is not None:
            ledger.add_event(
                session, row.submission, at, "mail_failed", f"{row.kind} {row.recipient}: {error}"
            )


def find_undelivered(session: Session) -> list[DeliveryRow]:
    """Every letter that nobody got and that nothing overtook, oldest first."""
    open_states = (DeliveryState.WAITING, DeliveryState.FAILED, DeliveryState.NO_ADDRESS)
    query = select(DeliveryRow).where(DeliveryRow.state.in_([state.value for state in open_states]))
    return list(session.scalars(query.order_by(DeliveryRow.id)))
