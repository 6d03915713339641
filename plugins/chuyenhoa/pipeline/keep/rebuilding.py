"""Recreates a store from the archive alone: journal and originals in, the same rows out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

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


class _Replay:
    """One rebuild: the journal's lines, and the store that grows from them."""

    def __init__(self, ctx: Context, history: journal.History, url: str) -> None:
        self._ctx = replace(ctx, settings=replace(ctx.settings, store_url=url))
        self._journal = journal.Journal(ctx.settings.archive)
        self._history = history
        self._store = open_store(url).for_replay()
        self._plans = ctx.plans
        self._judged = _group(history.lines)
        self._parts: dict[int, tuple[read.Part, validate.BatchCheck]] = {}
        self._outcome = Rebuilt()

    def run(self) -> Rebuilt:
        self._begin(0)
        # With the clock of then: lateness, today's plan and rules in force all depend on the day of receipt.
        for line in self._history.lines:
            with _clock_at(line.event.at):
                self._apply(line)
            self._outcome.events += 1
            self._begin(line.event.position)
        return self._outcome

    def _context(self) -> Context:
        """A context of its own for every moment: which plan is today's depends on the clock."""
        ctx = replace(self._ctx)
        ctx.__dict__.update(plans=self._plans, store=self._store)
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

    def _apply(self, line: journal.Line) -> None:
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
            elif event.kind == journal.RECORDED:
                journal.restore_record(session, facts, self._journal)
            # The journal's own event, seal included: the new store ends in the same head of the chain.
            session.add(
                tables.EventRow(**{c.name: getattr(event, c.name) for c in tables.EventRow.__table__.columns})
            )

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
    return tables.SubmissionRow(**facts, status=SubmissionStatus.CLAIMED.value, removed_from_inbox=True)


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
