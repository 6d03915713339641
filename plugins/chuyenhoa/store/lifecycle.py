"""Human records of localities' states: added one by one, read as a whole, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chuyenhoa.model.lifecycle import State, Transition
from chuyenhoa.store.tables import TransitionRow


@dataclass(frozen=True)
class Recorded:
    """A record with the name that its locality had then."""

    transition: Transition
    name: str


def add_transition(session: Session, entry: Transition, name: str = "") -> Transition:
    """Keep a record under the next number; only in a session of `Store.writing`, where writers queue."""
    # Counted here, so that a rebuilt store gives each record the number by which people take it back.
    number = (session.scalar(select(func.max(TransitionRow.number))) or 0) + 1
    session.add(
        TransitionRow(
            number=number,
            locality=entry.locality,
            name=name,
            plan=entry.plan,
            year=entry.year,
            milestone=entry.milestone,
            state=entry.state.value if entry.state else "",
            decision_number=entry.decision_number,
            decision_date=entry.decision_date.isoformat(),
            recorded_by=entry.by,
            recorded_at=entry.recorded_at,
            computed=entry.computed,
            assessment=entry.assessment,
            reason=entry.reason,
            document=entry.document,
            withdraws=entry.withdraws,
        )
    )
    session.flush()
    return replace(entry, number=number)


def load_transitions(session: Session, localities: Sequence[str] | None = None) -> list[Recorded]:
    """All records, or those of some localities, in the order in which they were made."""
    rows = session.scalars(select(TransitionRow).order_by(TransitionRow.number))
    return [
        Recorded(_read(row), row.name) for row in rows if localities is None or row.locality in localities
    ]


def _read(row: TransitionRow) -> Transition:
    return Transition(
        number=row.number,
        locality=row.locality,
        plan=row.plan,
        year=row.year,
        state=State(row.state) if row.state else None,
        decision_number=row.decision_number,
        decision_date=date.fromisoformat(row.decision_date),
        by=row.recorded_by,
        recorded_at=row.recorded_at,
        milestone=row.milestone,
        computed=row.computed,
        assessment=row.assessment,
        reason=row.reason,
        document=row.document,
        withdraws=row.withdraws,
    )
