"""Step 4 of 5, store: the content of a file and the decision on it go into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from chuyenhoa.model.submissions import Finding
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive.decide import decide_archive
from chuyenhoa.store import content, tables


def store_answer(
    session: Session, row: tables.SubmissionRow, answer: content.Answer, at: datetime, seen: int = 0
) -> None:
    """Store what was decided on one file; what an earlier attempt stored of it is replaced.

    `row` belongs to the session; `at` is the time of the decision; `seen` is the
    position of the last event that its rules could know of.
    """
    content.save_answer(session, row, answer, at, seen)
    content.note_releases(session, row.number, answer.released, at)


def store_archive(
    ctx: Context,
    row: tables.SubmissionRow,
    members: Sequence[tables.SubmissionRow],
    findings: tuple[Finding, ...],
    at: datetime,
) -> None:
    """Store what became of a .zip, by what became of the files inside it."""
    with ctx.store.writing() as session:
        current = session.get_one(tables.SubmissionRow, row.number)
        store_answer(session, current, decide_archive(row, members, findings), at)
