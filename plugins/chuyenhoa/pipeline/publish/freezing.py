"""Freezes a milestone's data into a snapshot, and names them by a hash that approval and issue compare."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Period
from chuyenhoa.pipeline.assess import assessing
from chuyenhoa.pipeline.assess.locality_status import find_locality_status
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.reporting import Snapshot, build_snapshot, canonical_bytes
from chuyenhoa.store import evidence
from chuyenhoa.store.documents import latest_snapshot
from chuyenhoa.store.justifications import gather_justifications
from chuyenhoa.store.tables import SnapshotRow


def freeze_snapshot(milestone_id: str) -> str:
    """Freeze a milestone's data: figures, results, plan and wording, as its documents will show them.

    Returns:
        The snapshot's id, its sha256; that of the snapshot before when nothing but the time changed.
    """
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    now = clock.now()
    with ctx.store.writing() as session:
        inputs = hash_snapshot_inputs(ctx, session, milestone, now.date())
        last = latest_snapshot(session, milestone.id)
        if last is not None and last.inputs_sha256 == inputs:
            return last.id  # nothing can have changed: nothing is built
        snapshot = build_snapshot(_collect(ctx, session, milestone, now))
        data_sha256 = _hash(snapshot)
        if last is not None and last.data_sha256 == data_sha256:
            # As after a remark in a plan's file; from now on these inputs are known to give these data.
            last.inputs_sha256 = inputs
            return last.id
        content = canonical_bytes(snapshot)
        row = SnapshotRow(
            id=hashlib.sha256(content).hexdigest(),
            plan=ctx.plan_of(milestone.id).id,
            milestone=milestone.id,
            frozen_at=now.isoformat(),
            data_sha256=data_sha256,
            content=content.decode(),
            inputs_sha256=inputs,
        )
        session.add(row)
        return row.id


def hash_data(ctx: Context, session: Session, milestone_id: str) -> str:
    """The sha256 of a milestone's data as they stand now, whenever they were frozen.

    That of a snapshot of the same inputs; where there is none (something was edited or came in since), the
    data are put together from the stored assessment. Only in a session of `Store.writing`.
    """
    milestone, now = ctx.milestone(milestone_id), clock.now()
    inputs = hash_snapshot_inputs(ctx, session, milestone, now.date())
    query = select(SnapshotRow.data_sha256).where(
        SnapshotRow.milestone == milestone.id, SnapshotRow.inputs_sha256 == inputs
    )
    known = session.scalars(query.limit(1)).first()
    return known or _hash(build_snapshot(_collect(ctx, session, milestone, now)))


def _hash(snapshot: Snapshot) -> str:
    return hashlib.sha256(canonical_bytes(replace(snapshot, frozen_at=""))).hexdigest()


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
        assessing.hash_assessment_inputs(ctx, session, milestone),
        *assessing.hash_files(settings.templates / "messages"),
        # The .docx are none of the data: a document names the sha256 of its own template.
        *assessing.hash_files(settings.templates / "documents"),
        *assessing.hash_files(settings.expectations),
        str(day > milestone.deadline),
        str(gone),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _collect(ctx: Context, session: Session, milestone: Period, now: datetime) -> MilestoneData:
    plan = ctx.plan_of(milestone.id)
    gathered = assessing.gather_evidence(ctx, session, milestone)
    assessment = assessing.stored_assessment(ctx, session, milestone, gathered)
    periods = dict.fromkeys((milestone.id, *gathered.periods))
    return MilestoneData(
        plan=plan,
        period=milestone,
        assessment=assessment,
        evidence=gathered.evidence,
        submissions=tuple(r for period in periods for r in evidence.load_records(session, plan, period)),
        # The milestone's own texts come last: they replace those of the finer reports.
        narratives=evidence.load_narratives(session, plan, [*gathered.periods, milestone.id]),
        justifications=gather_justifications(session, plan, periods, ctx.titles_of(plan)),
        frozen_at=now,
        locality_status=find_locality_status(ctx, session, plan, assessment),
    )
