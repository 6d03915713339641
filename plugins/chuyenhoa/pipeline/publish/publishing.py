"""From a milestone's data to Word documents: freeze, render, check."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Period
from chuyenhoa.pipeline.assess.assessing import compute_assessment, find_earlier, gather_evidence
from chuyenhoa.pipeline.assess.locality_status import find_standing
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.publish.draft_errors import note_faults, tell_fault
from chuyenhoa.pipeline.publish.drafts import DraftError, read_draft
from chuyenhoa.pipeline.publish.revising import LISTING, write_revision
from chuyenhoa.pipeline.receive.justifications import gather_justifications
from chuyenhoa.reporting import (
    PhraseError,
    RenderError,
    Snapshot,
    build_snapshot,
    canonical_bytes,
    check_layout,
    decode_snapshot,
    list_subjects,
    load_kinds,
    render_document,
)
from chuyenhoa.reporting.papers.kinds import Destination, DocumentKind
from chuyenhoa.store import evidence as figures
from chuyenhoa.store.documents import (
    DocumentState,
    Subject,
    find_document,
    latest_snapshot,
    next_version,
    supersede_drafts,
)
from chuyenhoa.store.tables import DocumentRow, SnapshotRow

logger = logging.getLogger(__name__)


def _collect(ctx: Context, session: Session, milestone: Period) -> MilestoneData:
    plan = ctx.plan_of(milestone.id)
    gathered = gather_evidence(ctx, session, milestone)
    periods = dict.fromkeys((milestone.id, *gathered.periods))
    assessment = compute_assessment(plan, milestone, gathered, find_earlier(ctx, session, plan))
    return MilestoneData(
        plan=plan,
        period=milestone,
        assessment=assessment,
        evidence=gathered.evidence,
        submissions=tuple(r for period in periods for r in figures.load_records(session, plan, period)),
        narratives=figures.load_narratives(session, plan, [*gathered.periods, milestone.id]),
        justifications=gather_justifications(ctx, session, plan, periods),
        frozen_at=clock.now(),
        standing=find_standing(ctx, session, plan, assessment),
    )


def freeze_snapshot(milestone_id: str) -> str:
    """Freeze a milestone's data.

    Returns:
        The snapshot's id, its sha256; that of the snapshot before when nothing but the time changed.
    """
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    with ctx.store.writing() as session:
        snapshot = build_snapshot(_collect(ctx, session, milestone))
        content = canonical_bytes(snapshot)
        data_sha256 = _hash(snapshot)
        last = latest_snapshot(session, milestone.id)
        if last is not None and last.data_sha256 == data_sha256:
            return last.id
        row = SnapshotRow(
            id=hashlib.sha256(content).hexdigest(),
            plan=ctx.plan_of(milestone.id).id,
            milestone=milestone.id,
            frozen_at=clock.now().isoformat(),
            data_sha256=data_sha256,
            content=content.decode(),
        )
        session.add(row)
        return row.id


def _hash(snapshot: Snapshot) -> str:
    """The sha256 of a snapshot's data, whenever it was frozen."""
    return hashlib.sha256(canonical_bytes(replace(snapshot, frozen_at=""))).hexdigest()


def hash_data(ctx: Context, session: Session, milestone_id: str) -> str:
    """The sha256 of a milestone's data as they stand now."""
    return _hash(build_snapshot(_collect(ctx, session, ctx.milestone(milestone_id))))


def _template(ctx: Context, kind: str) -> bytes:
    return (ctx.settings.templates / "documents" / f"{kind}.docx").read_bytes()


def render_drafts(snapshot_id: str) -> list[str]:
    """Render the documents of a snapshot's milestone into the office's drafts.

    A document whose template or wording is broken is told in a note beside the drafts; the others go on.

    Returns:
        The ids of the documents; those that exist already for this snapshot and template keep theirs.

    Raises:
        DraftError: not one document could be rendered.
    """
    ctx = open_context()
    faults: dict[Subject, str] = {}
    with ctx.store.writing() as session:
        snapshot = session.get_one(SnapshotRow, snapshot_id)
        milestone = ctx.milestone(snapshot.milestone)
        content = decode_snapshot(snapshot.content)
        names = []
        for kind in load_kinds(ctx.settings.templates).values():
            if milestone.kind not in kind.milestones or kind.name not in content.documents:
                continue
            subjects = list_subjects(kind, content)
            if not subjects:
                logger.info("%s: no %s (condition: %s)", milestone.id, kind.name, kind.when or "no subject")
            for about in subjects:
                subject = Subject(milestone.id, kind.name, about)
                try:
                    row, written = _render_draft(ctx, session, snapshot, content, subject, kind)
                except (RenderError, PhraseError, FileNotFoundError) as error:
                    faults[subject] = tell_fault(ctx, kind.name, error)
                    continue
                names.append(row.id)
                try:
                    write_revision(ctx, session, row, written)
                except (RenderError, PhraseError, FileNotFoundError) as error:
                    faults[Subject(milestone.id, LISTING, about)] = tell_fault(ctx, LISTING, error)
    note_faults(ctx, milestone.id, faults, keep=False)
    if faults and not names:
        raise DraftError("\n".join(faults.values()))
    return names


def _render_draft(
    ctx: Context,
    session: Session,
    snapshot: SnapshotRow,
    frozen: Snapshot,
    subject: Subject,
    kind: DocumentKind,
) -> tuple[DocumentRow, bytes]:
    template = _template(ctx, subject.kind)
    template_sha256 = hashlib.sha256(template).hexdigest()
    content = render_document(subject.kind, template, frozen, about=subject.about)
    row = find_document(session, subject, snapshot.id, template_sha256)
    if row is None:
        version = next_version(session, subject)
        identity = f"{subject.name}.v{version}"
        supersede_drafts(session, subject, f"Thay bằng bản dự thảo {identity}", clock.now())
        row = DocumentRow(
            id=identity,
            milestone=subject.milestone,
            kind=subject.kind,
            about=subject.about,
            version=version,
            snapshot=snapshot.id,
            template_sha256=template_sha256,
            draft_sha256=hashlib.sha256(content).hexdigest(),
            draft_path=_draft_path(ctx, subject, kind, version),
            state=DocumentState.DRAFT.value,
            rendered_at=clock.now().isoformat(),
        )
        session.add(row)
    path = ctx.settings.data / row.draft_path
    if (
        kind.goes_to is not Destination.SUBMITTER or not path.exists()
    ):  # a submitter may be writing in its own
        write_file(path, content)
    return row, content


def _draft_path(ctx: Context, subject: Subject, kind: DocumentKind, version: int) -> str:
    """Where a draft goes: to the office, to the dossier beside its drafts, or to the submitter's outbox."""
    name = "-".join(part for part in (subject.kind, subject.about, f"v{version}") if part) + ".docx"
    if kind.goes_to is Destination.SUBMITTER:
        folder = ctx.plan_of(subject.milestone).submitter_by_code[subject.about].folder
        return f"outbox/{folder}/DU-THAO-BAO-CAO-{subject.milestone}-{folder}-v{version}.docx"
    dossier = "ho-so/" if kind.goes_to is Destination.DOSSIER else ""
    return f"office/drafts/{subject.milestone}/{dossier}{name}"


def check_drafts(document_ids: Sequence[str]) -> list[str]:
    """Check that every draft is what was rendered and is laid out as Decree 30/2020 asks.

    A draft that is not is told in the note beside the drafts, and does not go to the office.

    Returns:
        The ids of the drafts that are sound.

    Raises:
        DraftError: with every fault, when not one draft is sound.
    """
    ctx = open_context()
    faults: dict[Subject, str] = {}
    sound = []
    with ctx.store.reading() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            found = _find_faults(ctx, row)
            if found:
                faults[Subject(row.milestone, row.kind, row.about)] = f"{name}: {found}"
            else:
                sound.append(name)
    for milestone in {subject.milestone for subject in faults}:
        own = {subject: fault for subject, fault in faults.items() if subject.milestone == milestone}
        note_faults(ctx, milestone, own, keep=True)
    if faults and not sound:
        raise DraftError("\n".join(faults.values()))
    return sound


def _find_faults(ctx: Context, row: DocumentRow) -> str:
    """What is wrong with a draft; empty when nothing is."""
    kind = load_kinds(ctx.settings.templates).get(row.kind)
    if kind is not None and kind.goes_to is Destination.SUBMITTER:
        return ""  # theirs from now on
    try:
        content = read_draft(ctx.settings.data, row)
    except DraftError as error:
        return str(error)
    return "; ".join(str(problem) for problem in check_layout(content))
