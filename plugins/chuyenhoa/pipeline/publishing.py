"""From a milestone's data to Word documents: freeze, render, check."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Period
from chuyenhoa.pipeline.assessing import compute_assessment, find_earlier, gather_evidence
from chuyenhoa.pipeline.drafts import DraftError, read_draft
from chuyenhoa.pipeline.explaining import gather_explanations
from chuyenhoa.pipeline.lifecycle import find_standing
from chuyenhoa.pipeline.revising import write_revision
from chuyenhoa.pipeline.workplace import Workplace, open_workplace, write_file
from chuyenhoa.reporting import (
    build_snapshot,
    canonical_bytes,
    check_layout,
    list_subjects,
    load_kinds,
    render_document,
)
from chuyenhoa.reporting.kinds import Destination, DocumentKind
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


def _collect(place: Workplace, session: Session, milestone: Period) -> MilestoneData:
    plan = place.plan_of(milestone.id)
    gathered = gather_evidence(place, session, milestone)
    periods = dict.fromkeys((milestone.id, *gathered.periods))
    assessment = compute_assessment(plan, milestone, gathered, find_earlier(session, plan))
    return MilestoneData(
        plan=plan,
        period=milestone,
        assessment=assessment,
        evidence=gathered.evidence,
        submissions=tuple(r for period in periods for r in figures.load_records(session, plan, period)),
        narratives=figures.load_narratives(session, plan, [*gathered.periods, milestone.id]),
        explanations=gather_explanations(place, session, plan, periods),
        frozen_at=clock.now(),
        standing=find_standing(session, plan, assessment),
    )


def freeze_snapshot(milestone_id: str) -> str:
    """Freeze a milestone's data.

    Returns:
        The snapshot's id, its sha256; that of the snapshot before when nothing but the time changed.
    """
    place = open_workplace()
    milestone = place.milestone(milestone_id)
    with place.store.writing() as session:
        snapshot = build_snapshot(_collect(place, session, milestone))
        content = canonical_bytes(snapshot)
        data_sha256 = hashlib.sha256(canonical_bytes({**snapshot, "frozen_at": ""})).hexdigest()
        last = latest_snapshot(session, milestone.id)
        if last is not None and last.data_sha256 == data_sha256:
            return last.id
        row = SnapshotRow(
            id=hashlib.sha256(content).hexdigest(),
            plan=place.plan_of(milestone.id).id,
            milestone=milestone.id,
            frozen_at=clock.now().isoformat(),
            data_sha256=data_sha256,
            content=content.decode(),
        )
        session.add(row)
        return row.id


def _template(place: Workplace, kind: str) -> bytes:
    return (place.settings.templates / "documents" / f"{kind}.docx").read_bytes()


def render_drafts(snapshot_id: str) -> list[str]:
    """Render the documents of a snapshot's milestone into the office's drafts.

    Returns:
        The ids of the documents; those that exist already for this snapshot and template keep theirs.
    """
    place = open_workplace()
    with place.store.writing() as session:
        snapshot = session.get_one(SnapshotRow, snapshot_id)
        milestone = place.milestone(snapshot.milestone)
        content = json.loads(snapshot.content)
        names = []
        for kind in load_kinds(place.settings.templates).values():
            if milestone.kind not in kind.milestones or kind.name not in content["documents"]:
                continue
            subjects = list_subjects(kind, content)
            if not subjects:
                logger.info("%s: no %s (condition: %s)", milestone.id, kind.name, kind.when or "no subject")
            for about in subjects:
                subject = Subject(milestone.id, kind.name, about)
                names.append(_render_draft(place, session, snapshot, content, subject, kind))
        return names


def _render_draft(
    place: Workplace,
    session: Session,
    snapshot: SnapshotRow,
    frozen: dict[str, Any],
    subject: Subject,
    kind: DocumentKind,
) -> str:
    template = _template(place, subject.kind)
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
            draft_path=_draft_path(place, subject, kind, version),
            state=DocumentState.DRAFT.value,
            rendered_at=clock.now().isoformat(),
        )
        session.add(row)
    path = place.settings.data / row.draft_path
    if (
        kind.goes_to is not Destination.SUBMITTER or not path.exists()
    ):  # a submitter may be writing in its own
        write_file(path, content)
    write_revision(place, session, row, content)
    return row.id


def _draft_path(place: Workplace, subject: Subject, kind: DocumentKind, version: int) -> str:
    """Where a draft goes: to the office, to the dossier beside its drafts, or to the submitter's outbox."""
    name = "-".join(part for part in (subject.kind, subject.about, f"v{version}") if part) + ".docx"
    if kind.goes_to is Destination.SUBMITTER:
        folder = place.plan_of(subject.milestone).submitter_by_code[subject.about].folder
        return f"outbox/{folder}/DU-THAO-BAO-CAO-{subject.milestone}-{folder}-v{version}.docx"
    dossier = "ho-so/" if kind.goes_to is Destination.DOSSIER else ""
    return f"office/drafts/{subject.milestone}/{dossier}{name}"


def check_drafts(document_ids: Sequence[str]) -> list[str]:
    """Check that every draft is what was rendered and is laid out as Decree 30/2020 asks.

    Raises:
        DraftError: with every fault of every draft.
    """
    place = open_workplace()
    faults = []
    with place.store.reading() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            kind = load_kinds(place.settings.templates).get(row.kind)
            if kind is not None and kind.goes_to is Destination.SUBMITTER:
                continue  # theirs from now on
            content = read_draft(place.settings.data, row)
            faults += [f"{name}: {problem}" for problem in check_layout(content)]
    if faults:
        raise DraftError("\n".join(faults))
    return list(document_ids)
