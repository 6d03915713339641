"""Assessments, snapshots and documents: saved once, found again when nothing changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.store.tables import AssessmentRow, DocumentRow, SnapshotRow


class DocumentState(StrEnum):
    """Where a document stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    """A draft that a newer draft replaced before anyone decided on it."""


UNDECIDED = (DocumentState.DRAFT, DocumentState.RETURNED)
"""A returned draft may be put to the office again; an approved one is decided for good."""


def latest_assessment(session: Session, milestone: str) -> AssessmentRow | None:
    """The newest assessment of a milestone."""
    query = select(AssessmentRow).where(AssessmentRow.milestone == milestone)
    return session.scalars(query.order_by(AssessmentRow.id.desc())).first()


def latest_snapshot(session: Session, milestone: str) -> SnapshotRow | None:
    """The newest snapshot of a milestone."""
    query = select(SnapshotRow).where(SnapshotRow.milestone == milestone)
    return session.scalars(query.order_by(SnapshotRow.frozen_at.desc(), SnapshotRow.id)).first()


def find_document(
    session: Session, milestone: str, kind: str, snapshot: str, template_sha256: str
) -> DocumentRow | None:
    """The version that was rendered from exactly this snapshot and template."""
    return session.scalars(
        select(DocumentRow).where(
            DocumentRow.milestone == milestone,
            DocumentRow.kind == kind,
            DocumentRow.snapshot == snapshot,
            DocumentRow.template_sha256 == template_sha256,
        )
    ).first()


def list_documents(session: Session, milestone: str = "") -> list[DocumentRow]:
    """All documents, or those of one milestone, in order of milestone, kind and version."""
    query = select(DocumentRow)
    if milestone:
        query = query.where(DocumentRow.milestone == milestone)
    return list(session.scalars(query.order_by(DocumentRow.milestone, DocumentRow.kind, DocumentRow.version)))


def next_version(session: Session, milestone: str, kind: str) -> int:
    """The number of the next version of a document."""
    rows = [row for row in list_documents(session, milestone) if row.kind == kind]
    return max((row.version for row in rows), default=0) + 1


def supersede_drafts(session: Session, milestone: str, kind: str, comment: str, at: datetime) -> None:
    """Close drafts that nobody decided on, since a newer one takes their place."""
    for row in list_documents(session, milestone):
        if row.kind == kind and row.state == DocumentState.DRAFT:
            row.state, row.comment, row.decided_at = DocumentState.SUPERSEDED.value, comment, at.isoformat()
