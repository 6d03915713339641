"""Assessments, snapshots and documents: saved once, found again when nothing changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.store.ledger import MAX_NAMED
from chuyenhoa.store.tables import AssessmentRow, DocumentRow, RegisterRow, ResultRow, SnapshotRow


class DocumentState(StrEnum):
    """The state of a document, from draft to issued."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    """A draft that a newer draft replaced before it was issued."""


UNDECIDED = (DocumentState.DRAFT, DocumentState.RETURNED)
"""A returned draft may be put to the office again; an approved one is decided."""


def latest_assessment(session: Session, milestone: str) -> AssessmentRow | None:
    """The newest assessment of a milestone."""
    query = select(AssessmentRow).where(AssessmentRow.milestone == milestone)
    return session.scalars(query.order_by(AssessmentRow.id.desc())).first()


def latest_snapshot(session: Session, milestone: str) -> SnapshotRow | None:
    """The newest snapshot of a milestone."""
    query = select(SnapshotRow).where(SnapshotRow.milestone == milestone)
    return session.scalars(query.order_by(SnapshotRow.frozen_at.desc(), SnapshotRow.id)).first()


@dataclass(frozen=True)
class Subject:
    """What the versions of one document have in common: milestone, kind, and whom it is about."""

    milestone: str
    kind: str
    about: str = ""
    """The locality's or submitter's code; empty for a document of the whole province."""

    @property
    def name(self) -> str:
        """The name without a version, as in `2021-nam.phieu_danh_gia.30745`."""
        return ".".join(part for part in (self.milestone, self.kind, self.about) if part)


def find_document(
    session: Session, subject: Subject, snapshot: str, template_sha256: str
) -> DocumentRow | None:
    """The version that was rendered from exactly this snapshot and template."""
    return next(
        (
            row
            for row in list_versions(session, subject)
            if row.snapshot == snapshot and row.template_sha256 == template_sha256
        ),
        None,
    )


def load_documents(session: Session, names: Sequence[str]) -> list[DocumentRow]:
    """Documents by their ids, in that order.

    Raises:
        KeyError: there is none of an id.
    """
    found: dict[str, DocumentRow] = {}
    for some in _in_parts(names):
        query = select(DocumentRow).where(DocumentRow.id.in_(some))
        found.update((row.id, row) for row in session.scalars(query))
    return [found[name] for name in names]


def load_registers(session: Session, names: Sequence[str]) -> dict[str, RegisterRow]:
    """The lines of the register on some documents, by their ids."""
    found: dict[str, RegisterRow] = {}
    for some in _in_parts(names):
        query = select(RegisterRow).where(RegisterRow.document.in_(some))
        found.update((row.document, row) for row in session.scalars(query))
    return found


def _in_parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids, as many at once as one query may name."""
    for start in range(0, len(names), MAX_NAMED):
        yield names[start : start + MAX_NAMED]


def list_versions(session: Session, subject: Subject) -> list[DocumentRow]:
    """Every version of one document, oldest first."""
    query = select(DocumentRow).where(
        DocumentRow.milestone == subject.milestone,
        DocumentRow.kind == subject.kind,
        DocumentRow.about == subject.about,
    )
    return list(session.scalars(query.order_by(DocumentRow.version)))


def list_documents(session: Session, milestone: str = "") -> list[DocumentRow]:
    """All documents, or those of one milestone, in order of milestone, kind, subject and version."""
    query = select(DocumentRow)
    if milestone:
        query = query.where(DocumentRow.milestone == milestone)
    order = (DocumentRow.milestone, DocumentRow.kind, DocumentRow.about, DocumentRow.version)
    return list(session.scalars(query.order_by(*order)))


def next_version(session: Session, subject: Subject) -> int:
    """The number of the next version of a document."""
    return max((row.version for row in list_versions(session, subject)), default=0) + 1


def supersede_drafts(session: Session, subject: Subject, comment: str, at: datetime) -> None:
    """Close drafts that nobody decided on or that were not issued yet: a newer one takes their place."""
    for row in list_versions(session, subject):
        if row.state in (DocumentState.DRAFT, DocumentState.APPROVED):
            row.state, row.comment, row.decided_at = DocumentState.SUPERSEDED.value, comment, at.isoformat()


def list_users(session: Session, submission: str) -> list[str]:
    """The assessments, snapshots and documents that rest on figures of a submission (`S000012`)."""
    # In the JSON of assessments and snapshots every figure names its submission: "submission":"S000012".
    quoted = f'"{submission}"'
    resting = select(ResultRow.assessment).where(ResultRow.content.contains(quoted))
    assessments = select(AssessmentRow.id, AssessmentRow.milestone).where(AssessmentRow.id.in_(resting))
    found = [
        f"assessment {number} ({milestone})"
        for number, milestone in session.execute(assessments.order_by(AssessmentRow.id))
    ]
    frozen = select(SnapshotRow.id, SnapshotRow.milestone).where(SnapshotRow.content.contains(quoted))
    snapshots = session.execute(frozen.order_by(SnapshotRow.frozen_at, SnapshotRow.id)).all()
    rendered: dict[str, list[str]] = {}
    documents = select(DocumentRow).where(DocumentRow.snapshot.in_([name for name, _ in snapshots]))
    for row in session.scalars(documents.order_by(DocumentRow.rendered_at, DocumentRow.id)):
        rendered.setdefault(row.snapshot, []).append(f"document {row.id} ({row.state})")
    for name, milestone in snapshots:
        found += [f"snapshot {name[:12]} ({milestone})", *rendered.get(name, ())]
    return found
