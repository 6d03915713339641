"""Compares chain, journal, ledger, archive, outbox and figures; reports what is wrong and how to fix it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.keep.heads import NAME, Head, HeadError, load_head, save_head
from chuyenhoa.pipeline.keep.rebuilding import (
    RebuildError,
    facts_by_submission,
    find_base,
    rebuild_store,
    replay_since,
)
from chuyenhoa.settings import default_store
from chuyenhoa.store import documents, ledger, open_store, results, tables
from chuyenhoa.store.archive import INCOMING, ArchiveError, archived_path, check_archived, list_archived
from chuyenhoa.store.content import digest_content, in_chunks, read_contents
from chuyenhoa.store.journal import RECORDED, START, History, digest, iterate_archived, name_value, seal

RESTORE = "restore the store from a backup, or write it again: chuyenhoa rebuild --into NEW_URL"
FROM_BACKUP = "restore this file from a backup of the data folder"
SHOWN = 60


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was left."""

    part: str
    """chain, journal, ledger, archive, records, figures or outbox."""
    where: str
    what: str
    mend: str
    """What to do; `audit --json` has had this name for it from the start."""


@dataclass(frozen=True)
class Audited:
    """What an audit looked at, and what it found."""

    events: int
    submissions: int
    files: int
    head: str
    """The sha256 of the last event: whoever keeps it elsewhere can prove the whole past with it."""
    faults: tuple[Fault, ...]
    read_since: int = 0
    """The event after which every file was read again; before it, an earlier audit did that. 0: all were."""


def audit_store(ctx: Context, *, is_quick: bool = False, is_full: bool = False) -> Audited:
    """Verify everything that is stored against everything that proves it.

    Chain, journal, ledger, archive, records and documents are always verified as a whole. A quick audit reads
    no file again and trusts the sealed digests. Otherwise those files are read again, by their own plan and
    rules, that were judged since the last audit without a fault; a full audit reads all of them.
    """
    journal = ctx.store.journal
    history = History()
    # No intake meanwhile: a file between archive and ledger would be reported as a stray.
    with ctx.store.only_one("intake"):
        with ctx.store.writing() as session:  # no writer between the ledger and its journal
            if journal is not None:
                history = journal.read()
            events = list(session.scalars(select(tables.EventRow).order_by(tables.EventRow.position)))
        with ctx.store.reading() as session:
            rows = list(session.scalars(select(tables.SubmissionRow).order_by(tables.SubmissionRow.number)))
            faults = [
                *_check_chain(events),
                *_check_journal(history, events),
                *_check_ledger(session, history, events, rows),
                *_check_archive(ctx.settings.archive, history, rows),
                *_check_records(session, history),
                *_check_files(ctx.settings.data, session, rows),
            ]
        verified = 0
        if not is_full:
            verified, doubts = _find_verified(ctx, events)
            faults += doubts
        # Files that are damaged cannot be read again, and would hide their own fault behind hundreds of
        # others.
        is_sound = not any(fault.part in ("journal", "archive") for fault in faults)
        base = find_base(history, verified) if not faults else 0
        if events and is_sound and not is_quick:
            faults += _check_figures(ctx, history, len(events), base)
            if not faults:
                save_head(ctx, Head(len(events), events[-1].sha256, clock.now().isoformat()))
    files = len({row.sha256 for row in rows})
    head = events[-1].sha256 if events else START
    return Audited(len(events), len(rows), files, head, tuple(faults), len(events) if is_quick else base)


def _find_verified(ctx: Context, events: Sequence[tables.EventRow]) -> tuple[int, list[Fault]]:
    """The last event that an earlier audit has verified, 0 where there is none that proves anything."""
    try:
        head = load_head(ctx, events)
    except HeadError as error:
        return 0, [Fault("head", NAME, str(error), "find out why; chuyenhoa audit --full seals a new one")]
    return (head.position if head else 0), []


def _check_chain(events: list[tables.EventRow]) -> Iterator[Fault]:
    previous, position = START, 0
    for event in events:
        where = f"event {event.position} ({event.kind}, {_name(event)}, {event.at})"
        if event.position != position + 1:
            yield Fault(
                "chain", where, f"the {event.position - position - 1} events before it are gone", RESTORE
            )
        elif event.sha256 != seal(previous, event):
            yield Fault("chain", where, "it was changed, or the event before it was", RESTORE)
        previous, position = event.sha256, event.position


def _name(event: tables.EventRow) -> str:
    return ledger.submission_id(event.submission) if event.submission else event.subject


def _check_journal(history: History, events: list[tables.EventRow]) -> Iterator[Fault]:
    for fault in history.faults:
        yield Fault("journal", fault, "the journal is not as it was written", FROM_BACKUP)
    # A line `committed` follows each commit: a ledger behind one was cut, or put back (docs/decisions/0019).
    if len(events) < history.committed:
        lost = f"{history.committed - len(events)} events at the end are gone from the ledger"
        yield Fault("journal", f"event {len(events) + 1}", lost, RESTORE)
    if len(history.lines) < len(events):
        lost = f"{len(events) - len(history.lines)} events at the end are gone from the journal"
        yield Fault("journal", f"event {len(history.lines) + 1}", lost, FROM_BACKUP)
    for line, event in zip(history.lines, events, strict=False):
        if line.event.sha256 != event.sha256:
            there = line.event
            what = f"the ledger says {event.kind} {event.detail!r}, the journal {there.kind} {there.detail!r}"
            yield Fault("journal", f"event {event.position} ({_name(event)})", what, RESTORE)


def _check_ledger(
    session: Session, history: History, events: list[tables.EventRow], rows: list[tables.SubmissionRow]
) -> Iterator[Fault]:
    """Every line of the ledger, and all that is stored of its file, against what was settled.

    A journal alone that is lost is reported by `_check_journal`; here it would be repeated for every line.
    """
    known = facts_by_submission(history.lines)
    present = {row.number for row in rows}
    for number in sorted(set(known) - present):
        facts = known[number]
        name = mask_personal(f"{facts.get('folder')}/{facts.get('file_name')}")
        what = f"{name} is gone from the ledger"
        yield Fault("ledger", ledger.submission_id(number), what, RESTORE)
    digests = _digests(session, [row.number for row in rows if "content" in known.get(row.number, {})])
    for row in rows:
        where = f"{ledger.submission_id(row.number)} {mask_personal(f'{row.folder}/{row.file_name}')}"
        facts = known.get(row.number, {})
        if not facts and (history.lines or not events):
            yield Fault("ledger", where, "no event tells how it came", RESTORE)
        for name in (n for n in facts if hasattr(row, n)):
            if getattr(row, name) != facts[name]:
                what = f"{name} is {getattr(row, name)!r}, and was settled as {facts[name]!r}"
                yield Fault("ledger", where, what, RESTORE)
        if "content" in facts and digests[row.number] != facts["content"]:
            what = "what is stored of it (figures, findings, texts) was changed after it was judged"
            yield Fault("ledger", where, what, RESTORE)


def _digests(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """The digest of what is stored of each of some submissions."""
    return {
        number: digest_content(found)
        for some in in_chunks(numbers)
        for number, found in read_contents(session, some).items()
    }


def _check_archive(archive: Path, history: History, rows: list[tables.SubmissionRow]) -> Iterator[Fault]:
    """Every file is there with its own bytes, and nothing else is."""
    texts = set(iterate_archived(history))
    sizes = {row.sha256: row.size for row in rows}
    for sha256 in sorted({*sizes, *texts}):
        path = archived_path(archive, sha256)
        try:
            size = check_archived(archive, sha256)
        except ArchiveError as error:
            yield Fault("archive", str(path), str(error), FROM_BACKUP)
            continue
        if size != sizes.get(sha256, size):
            yield Fault("archive", str(path), f"{size} bytes, the ledger says {sizes[sha256]}", RESTORE)
    expected = {archived_path(archive, sha256) for sha256 in (*sizes, *texts)}
    for path in list_archived(archive):
        if path in expected:
            continue
        # A power cut during the copy leaves half of it here, never under the name of a hash.
        if path.parent.name == INCOMING:
            yield Fault(
                "archive", str(path), "a copy that was cut short", "run chuyenhoa intake; it is swept"
            )
        elif not path.is_symlink() and path == archived_path(archive, path.name):
            # Archived and cut short before the ledger: its file still lies in the inbox, or came otherwise.
            what = "no line of the ledger names it"
            yield Fault("archive", str(path), what, "run chuyenhoa intake; if it stays, move it away")
        else:
            yield Fault("archive", str(path), "does not belong here", "move it away")


def _check_records(session: Session, history: History) -> Iterator[Fault]:
    """Assessments, snapshots, documents and letters against what was recorded of them last."""
    last: dict[str, dict[str, Mapping[str, Any]]] = {}
    for line in history.lines:
        if line.event.kind == RECORDED and line.facts:
            last.setdefault(line.facts["table"], {})[line.facts["key"]] = line.facts
    for table, recorded in sorted(last.items()):
        columns = tables.Base.metadata.tables[table]
        stored = {}
        for found in session.execute(select(columns)):
            row = {name: name_value(value) for name, value in found._mapping.items()}
            if table == tables.AssessmentRow.__tablename__:
                row["content"] = _name_results(session, found.id, found.content)
                yield from _check_results(session, found.id)
            stored["/".join(str(row[column.name]) for column in columns.primary_key)] = row
        for key, facts in recorded.items():
            wanted = facts.get("row")
            if table == tables.AssessmentRow.__tablename__ and wanted and isinstance(wanted["content"], str):
                # A short one, of a small plan, stood in the event itself before results were rows.
                wanted = {**wanted, "content": {"archived": results.digest([wanted["content"]])}}
            yield from _check_record(f"{table} {key}", wanted, stored.pop(key, None))
        # What is left has no event: somebody wrote into the database past the program.
        for key in stored:
            yield Fault("records", f"{table} {key}", "no event tells how it came", RESTORE)


def _name_results(session: Session, number: int, head: str) -> Mapping[str, str]:
    """An assessment's whole content as the facts of its event name it."""
    return {"archived": results.digest(results.iterate_content(session, number, head))}


def _check_results(session: Session, number: int) -> Iterator[Fault]:
    """The columns by which results are found, against the JSON that their digest is of."""
    for row in results.load_rows(session, number):
        said = json.loads(row.content)
        if (said["locality"], said.get("criterion", ""), said["verdict"]) != row.key:
            where = f"results {number} {row.locality} {row.criterion}".rstrip()
            yield Fault("records", where, "its columns say otherwise than its content", RESTORE)


def _check_record(
    where: str, wanted: Mapping[str, Any] | None, stored: Mapping[str, Any] | None
) -> Iterator[Fault]:
    if wanted is None or stored is None:
        if wanted is not stored:
            what = "it is gone" if stored is None else "it was deleted, and is there again"
            yield Fault("records", where, what, RESTORE)
        return
    for name, value in wanted.items():
        if stored.get(name) != value:
            what = f"{name} is {_shorten(stored.get(name))}, and was recorded as {_shorten(value)}"
            yield Fault("records", where, what, RESTORE)


def _check_files(data: Path, session: Session, rows: list[tables.SubmissionRow]) -> Iterator[Fault]:
    """The answers and documents that people were given."""
    for row in rows:
        for path in (row.receipt, row.marked_workbook):
            if row.answered_at and path and not (data / path).is_file():
                mend = "it may have been tidied away; chuyenhoa trace tells what it said"
                yield Fault("outbox", path, f"the answer to {ledger.submission_id(row.number)} is gone", mend)
    for document in session.scalars(select(tables.DocumentRow)):
        # A draft may be edited or tidied away; what was issued must be there for ever, byte for byte.
        if document.state == documents.DocumentState.ISSUED:
            issued = data / document.issued_path
            content = issued.read_bytes() if issued.is_file() else None
            if content is None or hashlib.sha256(content).hexdigest() != document.issued_sha256:
                what = "is gone" if content is None else "was changed after it was issued"
                yield Fault("outbox", document.issued_path, what, FROM_BACKUP)


def _check_figures(ctx: Context, history: History, count: int, base: int) -> list[Fault]:
    """Read the files that were judged after an event again into a store of its own; compare row by row."""
    # Lines behind the ledger's end were never committed: a transaction that was cut short wrote them.
    whole = replace(history, lines=history.lines[:count])
    judged = {line.event.submission for line in whole.lines[base:] if line.event.kind == "judged"}
    if base and not judged:
        return []
    with tempfile.TemporaryDirectory(prefix="chuyenhoa-audit-") as folder:
        url = default_store(Path(folder))
        try:
            rebuilt = replay_since(ctx, url, whole, base) if base else rebuild_store(ctx, url, whole)
        except RebuildError as error:
            return [Fault("figures", "journal", str(error), FROM_BACKUP)]
        again = open_store(url)
        with ctx.store.reading() as session, again.reading() as other:
            names = {
                row.number: mask_personal(f"{row.folder}/{row.file_name}")
                for row in session.scalars(select(tables.SubmissionRow))
            }
            numbers = sorted(number for number in (judged if base else names) if number is not None)
            differences = list(_compare_stores(session, other, numbers, are_records_compared=not base))
        again.engine.dispose()
    stored = [
        _figure_fault(difference, names)
        for difference in differences
        if not (_is_reserved(difference) or _was_uncounted(difference))
    ]
    answered = [
        Fault("figures", text.partition(":")[0], text.partition(": ")[2], RESTORE)
        for text in rebuilt.differences
    ]
    # What the short way finds, the long way must find too: it alone says what is wrong.
    if base and (stored or answered):
        return _check_figures(ctx, history, count, 0)
    return [*stored, *answered]


def _compare_stores(
    session: Session, other: Session, numbers: Sequence[int], *, are_records_compared: bool
) -> Iterator[Difference]:
    """Every row of some submissions that differs; a country's are not held all at once."""
    content = [entry.__table__ for entry in tables.CONTENT]
    for table in tables.Base.metadata.sorted_tables:
        # An assessment's results were held against the sha256 of its event, which says all there is to say.
        if table in content:
            for some in in_chunks(numbers):
                mine = table.c.submission.in_(some)
                yield from compare(*({table.name: _dump_table(s, table, mine)} for s in (session, other)))
        elif table is tables.SubmissionRow.__table__ or (are_records_compared and table.name != "results"):
            yield from compare(*({table.name: _dump_table(s, table)} for s in (session, other)))


def _is_reserved(difference: Difference) -> bool:
    """Whether a file that still waits for its answer only has the name of its receipt already."""
    waits = difference.here is not None and difference.here.get("answered_at") is None
    return difference.table == "submissions" and waits and set(difference.columns) == {"receipt"}


def _was_uncounted(difference: Difference) -> bool:
    """Whether only the counts of a file's numbers are missing: it was answered before they were kept."""
    counts = {"numbers_present", "numbers_read", "numbers_taken"}
    here = difference.here or {}
    is_of_counts = bool(difference.columns) and counts.issuperset(difference.columns)
    return is_of_counts and all(here[name] is None for name in difference.columns)


def _figure_fault(difference: Difference, names: Mapping[int, str]) -> Fault:
    """A difference in the words of a file, sheet and cell, where it is about one."""
    row = difference.here or difference.there or {}
    number = row.get("submission", row.get("number"))
    where = f"{difference.table} {difference.key}"
    if isinstance(number, int) and number in names:
        where = f"{ledger.submission_id(number)} {names[number]}, {difference.table} {difference.key}"
    if row.get("cell"):
        where += f" ({row.get('sheet')}!{row['cell']})"
    if difference.here is None:
        what = "the files say this, and the store does not hold it"
    elif difference.there is None:
        what = "the store holds this, and no file says it"
    else:
        here, there = difference.here, difference.there
        what = "; ".join(
            f"{name}: the store holds {_shorten(here[name])}, the files say {_shorten(there.get(name))}"
            for name in difference.columns
        )
    return Fault("figures", where, what, RESTORE)


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({digest(value)[:12]})"


Row = Mapping[str, Any]
Dump = Mapping[str, Mapping[str, Row]]
"""By table and key; a row of a table that only counts its rows has the submission and its place as key."""

PASSING = {"submissions": ("removed_from_inbox",)}
"""Columns that say what is being done just now, and nothing about the past."""


@dataclass(frozen=True)
class Difference:
    """A row that two stores hold differently; None where one of them has none."""

    table: str
    key: str
    here: Row | None
    there: Row | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        if self.here is None or self.there is None:
            return ()
        return tuple(name for name, value in self.here.items() if self.there.get(name) != value)


def dump_store(session: Session) -> Dump:
    """All rows of all tables."""
    return {table.name: _dump_table(session, table) for table in tables.Base.metadata.sorted_tables}


def _dump_table(session: Session, table: Table, only: ColumnElement[bool] | None = None) -> Mapping[str, Row]:
    counted = table.name in {entry.__tablename__ for entry in tables.CONTENT} and "id" in table.columns
    rows: dict[str, Row] = {}
    places: dict[int, int] = {}
    query = select(table) if only is None else select(table).where(only)
    for found in session.execute(query.order_by(*table.primary_key)):
        row = {
            name: value for name, value in found._mapping.items() if name not in PASSING.get(table.name, ())
        }
        if counted:
            # A finding has no name of its own, and a rebuilt store numbers all of them again: the third of
            # S000012 here is compared with the third of S000012 there.
            del row["id"]
            places[row["submission"]] = place = places.get(row["submission"], 0) + 1
            key = f"{row['submission']}/{place}"
        else:
            key = "/".join(str(row[column.name]) for column in table.primary_key)
        rows[key] = row
    return rows


def compare(here: Dump, there: Dump) -> Iterator[Difference]:
    """Every row that differs, table by table."""
    for table in here:
        ours, theirs = here[table], there[table]
        for key in {**ours, **theirs}:
            if ours.get(key) != theirs.get(key):
                yield Difference(table, key, ours.get(key), theirs.get(key))
