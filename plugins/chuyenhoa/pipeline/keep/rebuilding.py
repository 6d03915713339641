"""Recreates a store from the archive alone: journal and originals in, the same rows out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive.decide import decide_file
from chuyenhoa.pipeline.receive.read import Part, read_part, unpack_row
from chuyenhoa.pipeline.receive.store import store_answer, store_archive
from chuyenhoa.pipeline.receive.validate import BatchCheck
from chuyenhoa.store import claims, ledger, migrate_store, open_store
from chuyenhoa.store.chain import last_position
from chuyenhoa.store.content import digest_content, read_content
from chuyenhoa.store.journal import RECORDED, History, Journal, Line, restore_record
from chuyenhoa.store.tables import EventRow, SubmissionRow


class RebuildError(RuntimeError):
    """The store cannot be recreated; the text says why and what to do."""


@dataclass
class Rebuilt:
    """What came of a rebuild."""

    submissions: int = 0
    events: int = 0
    differences: list[str] = field(default_factory=list)
    """Files whose bytes say something else today than they did when they came."""


def rebuild_store(ctx: Context, url: str, history: History | None = None) -> Rebuilt:
    """Write the store again at another URL, from its archive alone; `history` is its whole journal.

    Every file is read again, in the order and with the clock of then, and every judgement is compared with
    what the journal says of it.

    Raises:
        RebuildError: the journal is missing or damaged, or the target holds something.
    """
    history = history or Journal(ctx.settings.archive).read()
    if history.faults:
        raise RebuildError("The journal is damaged; restore it from a backup:\n" + "\n".join(history.faults))
    if not history.lines:
        raise RebuildError(f"{Journal(ctx.settings.archive).path}: no event here; is this the archive?")
    migrate_store(url)
    target = open_store(url)
    with target.reading() as session:
        if last_position(session):
            raise RebuildError("The target is no empty store; name a new one.")
    return _Replay(ctx, history, url).run()


class _Replay:
    """One rebuild: the journal's lines, and the store that grows from them."""

    def __init__(self, ctx: Context, history: History, url: str) -> None:
        self._ctx = replace(ctx, settings=replace(ctx.settings, store_url=url))
        self._journal = Journal(ctx.settings.archive)
        self._history = history
        self._store = open_store(url).for_replay()
        self._plans = ctx.plans
        self._judged = _group(history.lines)
        self._parts: dict[int, tuple[Part, BatchCheck]] = {}
        self._outcome = Rebuilt()

    def run(self) -> Rebuilt:
        self._begin(0)
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
            part = read_part(ctx, rows, position)
            check = BatchCheck(ctx, ctx.store, list(part.readings.items()))
        if part.failed:
            raise RebuildError("These files could not be read: " + "; ".join(part.failed.values()))
        self._parts[position] = (part, check)

    def _apply(self, line: Line) -> None:
        event, facts = line.event, line.facts or {}
        if event.kind == "judged" and facts:
            self._judge(event, facts)
        with self._store.writing() as session:
            if event.kind == "claimed" and facts:
                self._outcome.submissions += 1
                session.add(_claimed_row(facts))
                session.flush()
            elif event.kind == "answered" and facts:
                row = session.get_one(SubmissionRow, event.submission)
                for name, value in facts.items():
                    setattr(row, name, value)
            elif event.kind == RECORDED:
                restore_record(session, facts, self._journal)
            # The journal's own event, seal included: the new store ends in the same head of the chain.
            session.add(EventRow(**{c.name: getattr(event, c.name) for c in EventRow.__table__.columns}))

    def _judge(self, event: EventRow, facts: Mapping[str, Any]) -> None:
        ctx = self._context()
        with self._store.reading() as session:
            row = session.get_one(SubmissionRow, event.submission)
        if facts["seen"]:
            part, check = self._parts[facts["seen"]]
            if row.number in part.readings:
                part.findings[row.number] = check.findings_of(row.number)
            with self._store.writing() as session:
                row = session.get_one(SubmissionRow, event.submission)
                store_answer(session, row, decide_file(ctx, session, part, row), part.seen)
        else:  # an archive: what became of its files decides
            unpacked = unpack_row(ctx, row)
            if unpacked is None:
                raise RebuildError(
                    f"{mask_personal(row.file_name)} ({row.sha256}) came as an archive and is none now."
                )
            with self._store.reading() as session:
                members = claims.members_of(session, row.number)
            store_archive(ctx, row, members, unpacked.findings)
        with self._store.reading() as session:
            self._compare(session, row.number, facts)

    def _compare(self, session: Session, number: int, facts: Mapping[str, Any]) -> None:
        stored = session.get_one(SubmissionRow, number)
        now = ledger.judged_facts(stored, digest_content(read_content(session, number)))
        differing = [name for name, value in now.items() if facts.get(name) != value]
        if differing:
            what = ", ".join(f"{name} {facts.get(name)!r} → {now[name]!r}" for name in differing)
            name = mask_personal(f"{stored.folder}/{stored.file_name}")
            self._outcome.differences.append(
                f"{ledger.submission_id(number)} {name}: read again it says "
                f"otherwise than when it came ({what}); plan data, rules or reader changed since"
            )


def _group(lines: Sequence[Line]) -> dict[int, list[Line]]:
    """Judgements by the position of the last event before they began."""
    groups: dict[int, list[Line]] = {}
    for line in lines:
        if line.event.kind == "judged" and line.facts and line.facts["seen"]:
            groups.setdefault(line.facts["seen"], []).append(line)
    return groups


def _claimed_row(facts: Mapping[str, Any]) -> SubmissionRow:
    return SubmissionRow(**facts, status=SubmissionStatus.CLAIMED.value, removed_from_inbox=True)


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
