"""Rows that no file gives back (assessments, snapshots, documents, letters): each change is an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, event, insert, inspect, update
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.store.chain import append_event
from chuyenhoa.store.content import TABLES
from chuyenhoa.store.journal import Journal
from chuyenhoa.store.tables import Base, EventRow, SubmissionRow

FROM_FILES = frozenset({SubmissionRow, EventRow, *TABLES})
"""Tables that are written anew from the archived files and the events themselves."""
KIND = "recorded"


def watch_records(session: Session) -> list[Base]:
    """A list that will hold every record which the session adds, changes or deletes."""
    found: list[Base] = []

    def collect(session: Session, *_: object) -> None:
        for row in (*session.new, *session.dirty, *session.deleted):
            changed = row in session.deleted or session.is_modified(row)
            if type(row) not in FROM_FILES and changed and row not in found:
                found.append(row)

    event.listen(session, "before_flush", collect)
    return found


def note_records(session: Session, records: list[Base], journal: Journal) -> None:
    """An event for every record that was changed, with all that it holds now."""
    for row in records:
        table = row.__tablename__
        state = inspect(row)
        key = "/".join(str(getattr(row, column.name)) for column in row.__table__.primary_key)
        facts: dict[str, Any] = {"table": table, "key": key}
        if not (state.deleted or state.was_deleted):
            facts["row"] = {
                column.name: journal.keep(getattr(row, column.name)) for column in row.__table__.columns
            }
        detail = str(getattr(row, "state", ""))
        append_event(session, clock.now(), KIND, detail, subject=f"{table}/{key}", facts=facts)
    session.flush()


def restore_record(session: Session, facts: Mapping[str, Any], journal: Journal) -> None:
    """Write a record as an event says it was."""
    table = Base.metadata.tables[facts["table"]]
    keys = list(table.primary_key)
    parts = str(facts["key"]).split("/", len(keys) - 1)
    same = [column == column.type.python_type(part) for column, part in zip(keys, parts, strict=True)]
    if "row" not in facts:
        session.execute(delete(table).where(*same))
        return
    values = {name: journal.fetch(value) for name, value in facts["row"].items()}
    if session.execute(update(table).where(*same).values(values)).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(insert(table).values(values))
