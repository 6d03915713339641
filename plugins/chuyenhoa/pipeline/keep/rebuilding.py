"""Recreates a store from the archive alone: journal and originals in, the same rows out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from chuyenhoa.model import personal
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive import decide, read, store, validate
from chuyenhoa.store import content, journal, ledger, migrate_store, open_store, set_aside, tables

SETTLING = frozenset({"answered", *set_aside.SETTLING})
"""Kinds of events whose facts are columns of the ledger."""


class RebuildError(RuntimeError):
    """The store cannot be recreated; the text says why and what to do."""


@dataclass
class Rebuilt:
    """What came of a rebuild."""

    submissions: int = 0
    events: int = 0
    differences: list[str] = field(default_factory=list)
    """Files whose bytes say something else today than they did when they came."""


def rebuild_store(ctx: Context, url: str, history: journal.History | None = None) -> Rebuilt:
    """Write the store again at another URL, from its archive alone; `history` is its whole journal.

    Every file is read again, in the order and with the clock of then, and every judgement is compared with
    what the journal says of it.

    Raises:
        RebuildError: the journal is missing or damaged, or the target holds something.
    """
    history = history or journal.Journal(ctx.settings.archive).read()
    if history.faults:
        raise RebuildError("The journal is damaged; restore it from a backup:\n" + "\n".join(history.faults))
    if not history.lines:
        raise RebuildError(
            f"{journal.Journal(ctx.settings.archive).path}: no event here; is this the archive?"
        )
    migrate_store(url)
    target = open_store(url)
    with target.reading() as session:
        if journal.last_position(session):
            raise RebuildError("The target is no empty store; name a new one.")
    return _Replay(ctx, history, url).run()


def find_base(history: journal.History, verified: int) -> int:
    """The event after which a replay can begin, so that it reads again all that was judged after `verified`.

    A batch is judged by what was known before it, so that the way may lead back a little further. 0, for a
    replay of everything, where a file was judged on both sides: what it said at first is stored no more.
    """
    base = verified
    # An archive is judged by its members alone, and has seen nothing (0).
    while (seen := min(_group(history.lines[base:]), default=base)) < base:
        base = seen
    before, after = (
        {line.event.submission for line in lines if line.event.kind == "judged"}
        for lines in (history.lines[:base], history.lines[base:])
    )
    return 0 if before & after else base


def replay_since(ctx: Context, url: str, history: journal.History, base: int) -> Rebuilt:
    """Read the files again that were judged after an event, into a store that holds what they rest on.

    Of the files before it those are copied from the store of `ctx` that are about the same localities or from
    the same submitters: the rules look at no others. Assessments and documents are left out: no file rests on
    them.
    """
    migrate_store(url)
    with ctx.store.reading() as session, open_store(url).for_replay().writing() as target:
        _copy_ledger(session, target, history.lines[:base])
        for numbers in content.in_chunks(_find_related(session, base)):
            content.copy_contents(target, content.read_contents(session, numbers))
    return _Replay(ctx, history, url).run(base)


def facts_by_submission(lines: Sequence[journal.Line]) -> dict[int, dict[str, Any]]:
    """What was settled last of every submission, by column; the digest of its content as `content`."""
    known: dict[int, dict[str, Any]] = {}
    for line in lines:
        if line.event.submission is not None and line.facts:
            known.setdefault(line.event.submission, {}).update(line.facts)
    return known


def _copy_ledger(session: Session, target: Session, lines: Sequence[journal.Line]) -> None:
    """The chain so far, and every file of it as it stood then."""
    facts = facts_by_submission(lines)
    columns = set(tables.SubmissionRow.__table__.c.keys())
    for row in session.scalars(select(tables.SubmissionRow).order_by(tables.SubmissionRow.number)):
        if row.number in facts:
            settled = {name: value for name, value in facts[row.number].items() if name in columns}
            counts = {name: getattr(row, name) for name in content.COUNTS if "content" in facts[row.number]}
            target.add(_claimed_row({**settled, **counts}))
    target.flush()
    target.execute(insert(tables.EventRow), [_event_values(line.event) for line in lines])


def _event_values(event: tables.EventRow) -> dict[str, Any]:
    return {column.name: getattr(event, column.name) for column in tables.EventRow.__table__.columns}


def _find_related(session: Session, base: int) -> list[int]:
    """The files before an event that are about the localities, or from the submitters, of later ones."""
    row, listed, event = tables.SubmissionRow, tables.SubmissionLocalityRow, tables.EventRow
    later = select(event.submission).where(event.position > base, event.kind == "judged")
    codes = select(listed.locality).where(listed.submission.in_(later))
    query = select(row.number).where(
        row.number.not_in(later),
        or_(
            row.submitter.in_(select(row.submitter).where(row.number.in_(later))),
            row.number.in_(select(listed.submission).where(listed.locality.in_(codes))),
        ),
    )
    return list(session.scalars(query.order_by(row.number)))


class _Replay:
    """One rebuild: the journal's lines, and the store that grows from them."""

    def __init__(self, ctx: Context, history: journal.History, url: str) -> None:
        self._ctx = replace(ctx, settings=replace(ctx.settings, store_url=url))
        self._journal = journal.Journal(ctx.settings.archive)
        self._history = history
        self._store = open_store(url).for_replay()
        # What files of a plan said then cannot be told without it, nor what the rules held them against.
        for fault in ctx.plan_faults.values():
            raise fault
        self._plans = ctx.plans
        self._judged = _group(history.lines)
        self._parts: dict[int, tuple[read.Part, validate.BatchCheck]] = {}
        self._outcome = Rebuilt()

    def run(self, since: int = 0) -> Rebuilt:
        """Apply the lines after an event; where it is not 0, the store holds what files rest on before it."""
        self._begin(since)
        # With the clock of then: lateness, today's plan and rules in force all depend on the day of receipt.
        for line in self._history.lines[since:]:
            with _clock_at(line.event.at):
                self._apply(line, are_records_kept=not since)
            self._outcome.events += 1
            self._begin(line.event.position)
        return self._outcome

    def _context(self) -> Context:
        """A context of its own for every moment: which plan is today's depends on the clock."""
        ctx = replace(self._ctx)
        ctx.__dict__.update(plans=self._plans, plan_faults={}, store=self._store)
        return ctx

    def _begin(self, position: int) -> None:
        """Judge what was judged when the store was as it is now."""
        # `seen` in the journal says after which event a batch was read: the rules then knew exactly those
        # reports.
        group = self._judged.get(position)
        if not group:
            return
        with _clock_at(group[0].event.at), self._store.reading() as session:
            numbers = [line.event.submission for line in group if line.event.submission is not None]
            rows = ledger.find_submissions(session, numbers)
        with _clock_at(group[0].event.at):
            ctx = self._context()
            part = read.read_part(ctx, rows, position)
            check = validate.BatchCheck(ctx, ctx.store, validate.files_of(part.rows, part.readings))
        if part.failed:
            raise RebuildError("These files could not be read: " + "; ".join(map(str, part.failed.values())))
        self._parts[position] = (part, check)

    def _apply(self, line: journal.Line, *, are_records_kept: bool) -> None:
        event, facts = line.event, line.facts or {}
        if event.kind == "judged" and facts:
            self._judge(event, facts)
        with self._store.writing() as session:
            if event.kind == "claimed" and facts:
                self._outcome.submissions += 1
                session.add(_claimed_row(facts))
                session.flush()
            elif event.kind in SETTLING and facts:
                row = session.get_one(tables.SubmissionRow, event.submission)
                for name, value in facts.items():
                    setattr(row, name, value)
            elif event.kind == journal.RECORDED and are_records_kept:
                journal.restore_record(session, facts, self._journal)
            # The journal's own event, seal included: the new store ends in the same head of the chain.
            session.add(tables.EventRow(**_event_values(event)))

    def _judge(self, event: tables.EventRow, facts: Mapping[str, Any]) -> None:
        ctx, at = self._context(), datetime.fromisoformat(event.at)
        with self._store.reading() as session:
            row = session.get_one(tables.SubmissionRow, event.submission)
        if facts["seen"]:
            part, check = self._parts[facts["seen"]]
            if row.number in part.readings:
                check.settle(part, row.number)
            with self._store.writing() as session:
                row = session.get_one(tables.SubmissionRow, event.submission)
                answer = decide.decide_file(ctx, session, part, row)
                store.store_answer(session, row, answer, at, part.seen)
        else:  # an archive: what became of its files decides
            unpacked = read.unpack_row(ctx, row)
            if unpacked is None:
                raise RebuildError(
                    f"{personal.mask_personal(row.file_name)} ({row.sha256}) came as an archive and is "
                    "none now."
                )
            with self._store.reading() as session:
                members = ledger.members_of(session, row.number)
            store.store_archive(ctx, row, members, unpacked.findings, at)
        with self._store.reading() as session:
            self._compare(session, row.number, facts)

    def _compare(self, session: Session, number: int, facts: Mapping[str, Any]) -> None:
        stored = session.get_one(tables.SubmissionRow, number)
        now = content.judged_facts(stored, content.digest_content(content.read_content(session, number)))
        # Reported, not refused: the new store is complete, and the list says what rules have changed since.
        differing = [name for name, value in now.items() if facts.get(name) != value]
        if differing:
            what = ", ".join(f"{name} {facts.get(name)!r} → {now[name]!r}" for name in differing)
            name = personal.mask_personal(f"{stored.folder}/{stored.file_name}")
            self._outcome.differences.append(
                f"{ledger.submission_id(number)} {name}: read again it says "
                f"otherwise than when it came ({what}); plan data, rules or reader changed since"
            )


def _group(lines: Sequence[journal.Line]) -> dict[int, list[journal.Line]]:
    """Judgements by the position of the last event before they began."""
    groups: dict[int, list[journal.Line]] = {}
    for line in lines:
        if line.event.kind == "judged" and line.facts and line.facts["seen"]:
            groups.setdefault(line.facts["seen"], []).append(line)
    return groups


def _claimed_row(facts: Mapping[str, Any]) -> tables.SubmissionRow:
    return tables.SubmissionRow(
        **{"status": SubmissionStatus.CLAIMED.value, **facts}, removed_from_inbox=True
    )


@contextmanager
def _clock_at(moment: str) -> Iterator[None]:
    """The clock as it stood when an event was noted."""
    before = os.environ.get("CHUYENHOA_NOW")
    os.environ["CHUYENHOA_NOW"] = moment
    try:
        yield
    finally:
        if before is None:
            del os.environ["CHUYENHOA_NOW"]
        else:
            os.environ["CHUYENHOA_NOW"] = before
