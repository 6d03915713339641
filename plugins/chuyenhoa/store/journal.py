"""The chain of events, in the store and a second time in the journal beside the archive.

Each event seals the one before it, so that no past can be changed unseen. The journal has every event with
its facts, written before the store commits them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import delete, insert, inspect, select, update
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.store import results
from chuyenhoa.store.archive import archive_bytes, archive_pieces, archived_path, read_archived
from chuyenhoa.store.disk import make_folder, sync_folders, write_all
from chuyenhoa.store.tables import CONTENT, AssessmentRow, Base, EventRow, SubmissionRow

REPLAYING = "replaying"
"""Set in the info of a session that writes what the journal says: its doings are no new events."""
LAST = "last event"
"""In the info of a session that writes: the end of the chain, which no other writer moves meanwhile."""
Facts = Mapping[str, Any]
"""Names with JSON values: what an event settles for good."""

# Byte for byte what `json` writes with sorted keys and no spaces, eight times as fast; a file has 500 rows.
_ENCODER = msgspec.json.Encoder(order="deterministic")
START = ""
"""The previous seal of the first event, which has none before it."""


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted names, no spaces, letters as they are."""
    return _ENCODER.encode(value).decode()


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


NAME = "journal.jsonl"
KEPT_FILES: Mapping[str | None, tuple[str, ...]] = {
    "register": ("template_sha256",),
    "approval_forms": ("answer_sha256",),
}
"""By table, the columns that name a file of the archive."""
# A snapshot is some 350 kB of JSON; in every event of its row the journal would grow by that much.
LONG_TEXT = 2000
"""Characters from which a text of the facts becomes a file of the archive, which the journal only names."""
_FIELDS = ("id", "position", "submission", "subject", "at", "kind", "detail", "facts_sha256", "sha256")


@dataclass(frozen=True)
class Line:
    """One event as the journal holds it."""

    event: EventRow
    facts: Mapping[str, Any] | None


@dataclass
class History:
    """What a journal says: the chain it holds, how much of it was committed, and what is odd in it."""

    lines: list[Line] = field(default_factory=list)
    committed: int = 0
    """Position of the last event known to have been committed."""
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Journal:
    """A file of JSON lines that is only ever appended to, in the archive's folder.

    An event's line is flushed to disk before the store commits it; after the commit a line
    `{"committed": position, "sha256": ...}` follows. A transaction that was cut short leaves lines without
    such a mark; the next writer's lines take their positions.
    """

    archive: Path

    @property
    def path(self) -> Path:
        """The file of the journal."""
        return self.archive / NAME

    def write(self, session: Session) -> None:
        """Append the events of a session that is about to commit, and flush them to disk."""
        found = appended(session)
        if not found:
            return
        lines = []
        for event, facts in found:
            entry = {name: getattr(event, name) for name in _FIELDS}
            lines.append(canonical({**entry, "facts": facts}))
        self._append(lines, last=True)

    def mark(self, session: Session) -> None:
        """Note that a session has committed; its loss costs nothing but certainty about the end."""
        found = appended(session)
        if found:
            last = found[-1][0]
            self._append([canonical({"committed": last.position, "sha256": last.sha256})], last=False)

    def _append(self, lines: Sequence[str], *, last: bool) -> None:
        is_new = not self.path.exists()
        if is_new:
            make_folder(self.archive)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            # A write that was cut short left half a line; ours must not be glued to it.
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            text = ("\n" if torn else "") + "".join(f"{line}\n" for line in lines)
            write_all(descriptor, text.encode())
            if last:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            sync_folders([self.archive])

    def keep(self, value: Any) -> Any:
        """A value as facts hold it; a long text is kept as a file of the archive."""
        named = name_value(value)
        if named is not value:
            archive_bytes(self.archive, value.encode())
        return named

    def keep_record(self, session: Session, row: Base) -> dict[str, Any]:
        """All that a record holds, as facts have it."""
        values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
        if isinstance(row, AssessmentRow):
            values["content"] = self._keep_results(session, row)
        return {name: self.keep(value) for name, value in values.items()}

    def _keep_results(self, session: Session, row: AssessmentRow) -> Mapping[str, str]:
        """The whole of an assessment as one file: so the journal had it before its results were rows."""
        if not archived_path(self.archive, row.sha256).exists():
            pieces = results.iterate_content(session, row.id, row.content)
            kept = archive_pieces(self.archive, (piece.encode() for piece in pieces))
            if kept != row.sha256:
                raise RuntimeError(f"assessment {row.id}: what is stored of it is not what was computed")
        return {"archived": row.sha256}

    def fetch(self, value: Any) -> Any:
        """What `keep` was given."""
        if isinstance(value, dict) and set(value) == {"archived"}:
            return read_archived(self.archive, value["archived"]).decode()
        return value

    def read(self) -> History:
        """All that the journal says; a missing journal says nothing."""
        history = History()
        if not self.path.exists():
            return history
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                self._take(history, number, raw)
        return history

    def _take(self, history: History, number: int, raw: bytes) -> None:
        where = f"{self.path}, line {number}"
        try:
            entry = json.loads(raw)
            if "committed" in entry:
                _take_mark(history, entry, where)
            else:
                _take_event(history, entry, where)
        except (ValueError, TypeError, KeyError, AttributeError):
            if not _is_cut_short(raw):
                history.faults.append(f"{where}: is no event")


def _is_cut_short(raw: bytes) -> bool:
    """Whether a line that is no event may be a write that was cut short, or what a power cut left of one.

    Such a line is harmless, unless something that was committed stood there; its gap then shows.
    """
    text = raw.strip(b"\0 \r\n")
    return not text or (text.startswith(b"{") and not (raw.endswith(b"\n") and text.endswith(b"}")))


def name_value(value: Any) -> Any:
    """A value as facts hold it: itself, or the name of the archived file that holds a long text."""
    if isinstance(value, str) and len(value) > LONG_TEXT:
        return {"archived": hashlib.sha256(value.encode()).hexdigest()}
    return value


def _take_mark(history: History, entry: Mapping[str, Any], where: str) -> None:
    position = entry["committed"]
    known = {line.event.position: line.event.sha256 for line in history.lines[position - 1 : position]}
    if known.get(position) != entry["sha256"]:
        history.faults.append(f"{where}: event {position} was committed, and the journal holds another one")
    history.committed = max(history.committed, position)


def _take_event(history: History, entry: dict[str, Any], where: str) -> None:
    facts = entry.pop("facts")
    event = EventRow(**{name: entry[name] for name in _FIELDS})
    if event.position <= history.committed:
        history.faults.append(
            f"{where}: event {event.position} was committed before; the ledger was put back and went on"
        )
        history.committed = event.position - 1
    if event.position > len(history.lines) + 1:
        history.faults.append(f"{where}: events before event {event.position} are missing")
        return
    # Lines of a transaction that was cut short: whoever wrote next took their positions.
    del history.lines[event.position - 1 :]
    previous = history.lines[-1].event.sha256 if history.lines else START
    if event.sha256 != seal(previous, event):
        history.faults.append(f"{where}: event {event.position} was changed")
    if event.facts_sha256 != ("" if facts is None else digest(facts)):
        history.faults.append(f"{where}: the facts of event {event.position} were changed")
        facts = None  # they prove nothing any more
    history.lines.append(Line(event, facts))


def iterate_archived(history: History) -> Iterator[str]:
    """The hashes of texts of the facts, and of files that records name, that are kept in the archive."""
    for line in history.lines:
        row = (line.facts or {}).get("row") or {}
        yield from (
            str(row[name]) for name in KEPT_FILES.get((line.facts or {}).get("table"), ()) if row.get(name)
        )
        for value in row.values():
            if isinstance(value, dict) and "archived" in value:
                yield str(value["archived"])


FROM_FILES = frozenset({SubmissionRow, EventRow, *CONTENT})
"""Tables that are rebuilt from the archived files and the events themselves."""
RECORDED = "recorded"
"""Kind of the event of a row that no file gives back (assessment, snapshot, document, letter …)."""


def watch_records(session: Session) -> list[Base]:
    """A list that will hold every record which the session adds, changes or deletes."""
    found: list[Base] = []

    def collect(session: Session, *_: object) -> None:
        for row in (*session.new, *session.dirty, *session.deleted):
            changed = row in session.deleted or session.is_modified(row)
            if type(row) not in FROM_FILES and changed and row not in found:
                found.append(row)

    listen(session, "before_flush", collect)
    return found


def note_records(session: Session, records: list[Base], journal: Journal) -> None:
    """An event for every record that was changed, with all that it holds now."""
    for row in records:
        table = row.__tablename__
        state = inspect(row)
        key = "/".join(str(getattr(row, column.name)) for column in row.__table__.primary_key)
        facts: dict[str, Any] = {"table": table, "key": key}
        if not (state.deleted or state.was_deleted):
            facts["row"] = journal.keep_record(session, row)
        detail = str(getattr(row, "state", ""))
        append_event(session, clock.now(), RECORDED, detail, subject=f"{table}/{key}", facts=facts)
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
    content = values.pop("content", "") if table is AssessmentRow.__table__ else None
    # Every change of a row is an event with all that it held then: the first inserts it, later ones
    # overwrite.
    if session.execute(update(table).where(*same).values(values)).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(insert(table).values({**values, **({} if content is None else {"content": ""})}))
        if content is not None:  # the results of an assessment never change
            head = results.store_content(session, values["id"], content)
            session.execute(update(table).where(*same).values(content=head))
