"""Names by one hash all that an assessment or a snapshot is made from, so that equal inputs cost nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import chuyenhoa
from chuyenhoa.assessment import finer_periods
from chuyenhoa.model.plan import Period
from chuyenhoa.pipeline.assess.historical_evidence import needs_history
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store.lifecycle import load_transitions
from chuyenhoa.store.tables import EventRow, SubmissionRow

DATA_FILES = frozenset({".yaml", ".csv", ".json"})
"""What the loaders read; an editor's own files beside them (`.plan.yaml.swp`) are nobody's input."""


def hash_assessment_inputs(ctx: Context, session: Session, milestone: Period) -> str:
    """sha256 over what a milestone's assessment is computed from: equal hashes mean equal assessments.

    Another hash does not mean another outcome: a remark in a plan's file changes it as well.
    """
    parts = [
        _hash_program(),
        *_hash_files(ctx.settings.plans),
        _last_event(ctx, session, milestone),
        # Records carry no event of a submission; there are few, and none is ever changed.
        *(repr(entry) for entry in load_transitions(session)),
    ]
    return _hash(parts)


def hash_snapshot_inputs(ctx: Context, session: Session, milestone: Period, day: date) -> str:
    """sha256 over what a milestone's snapshot of a day holds, the time of freezing left out.

    Beside the assessment's inputs these are the wording, the list of documents, and the titles of the rules.
    Of the day only that counts which the data show: whether the last day on time has passed, and which units
    have gone into others by then ("xã X, nay thuộc Z").
    """
    settings = ctx.settings
    units = ctx.plan_of(milestone.id).register.units
    gone = sum(unit.valid_to is not None and unit.valid_to < day for unit in units)
    parts = [
        hash_assessment_inputs(ctx, session, milestone),
        *_hash_files(settings.templates / "messages"),
        *_hash_files(settings.templates / "documents"),
        *_hash_files(settings.expectations),
        str(day > milestone.deadline),
        str(gone),
    ]
    return _hash(parts)


def reported_periods(ctx: Context, milestone: Period) -> list[str]:
    """Ids of the periods whose reports a milestone's figures may rest on."""
    plan = ctx.plan_of(milestone.id)
    periods = {milestone.id, *(period.id for period in finer_periods(plan, milestone))}
    if needs_history(ctx, plan, milestone):
        periods |= {period.id for other in ctx.plans.values() for period in other.periods}
    return sorted(periods)


def _last_event(ctx: Context, session: Session, milestone: Period) -> str:
    """The seal of the newest event on files of the milestone's periods, which covers all events before it.

    The seal and not the position: after a restored backup other events get the same positions.
    """
    query = (
        select(EventRow.sha256)
        .join(SubmissionRow, SubmissionRow.number == EventRow.submission)
        .where(SubmissionRow.period.in_(reported_periods(ctx, milestone)))
        .order_by(EventRow.position.desc())
    )
    return session.scalars(query.limit(1)).first() or ""


def _hash_files(folder: Path) -> Iterator[str]:
    """Path and sha256 of every data file of a folder, in order."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in DATA_FILES and path.is_file():
            yield path.relative_to(folder).as_posix()
            yield hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _hash_program() -> str:
    """This package's own source: a new edition may compute otherwise from the same data."""
    root = Path(chuyenhoa.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
