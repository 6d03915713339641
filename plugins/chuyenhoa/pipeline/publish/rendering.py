"""Renders a snapshot's documents into Word drafts, and checks each before anybody is asked to read it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.publish.drafts import (
    DraftError,
    format_render_error,
    read_draft,
    write_errors_note,
)
from chuyenhoa.pipeline.publish.revising import LISTING, write_revision
from chuyenhoa.reporting import (
    PhraseError,
    RenderError,
    Snapshot,
    check_layout,
    decode_snapshot,
    list_subjects,
    load_kinds,
    render_document,
)
from chuyenhoa.reporting.papers.kinds import Destination, DocumentKind
from chuyenhoa.store.documents import DocumentState, Subject, find_document, next_version, supersede_drafts
from chuyenhoa.store.tables import DocumentRow, SnapshotRow

logger = logging.getLogger(__name__)


def render_drafts(snapshot_id: str) -> list[str]:
    """Render the documents of a snapshot's milestone into the office's drafts.

    A document whose template or wording is broken is named in a note beside the drafts; the others go on.

    Returns:
        The ids of the documents; those that exist already for this snapshot and template keep theirs.

    Raises:
        DraftError: not one document could be rendered.
    """
    ctx = open_context()
    errors: dict[Subject, str] = {}
    with ctx.store.writing() as session:
        snapshot = session.get_one(SnapshotRow, snapshot_id)
        milestone = ctx.milestone(snapshot.milestone)
        content = decode_snapshot(snapshot.content)
        names = []
        for kind in load_kinds(ctx.settings.templates).values():
            # A kind that was added after the freeze is not in the snapshot and waits for the next one.
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
                    errors[subject] = format_render_error(ctx, kind.name, error)
                    continue
                names.append(row.id)
                try:
                    write_revision(ctx, session, row, written)
                except (RenderError, PhraseError, FileNotFoundError) as error:
                    errors[Subject(milestone.id, LISTING, about)] = format_render_error(ctx, LISTING, error)
    write_errors_note(ctx, milestone.id, errors, keep=False)
    if errors and not names:
        raise DraftError("\n".join(errors.values()))
    return names


def _render_draft(
    ctx: Context,
    session: Session,
    snapshot: SnapshotRow,
    frozen: Snapshot,
    subject: Subject,
    kind: DocumentKind,
) -> tuple[DocumentRow, bytes]:
    template = (ctx.settings.templates / "documents" / f"{subject.kind}.docx").read_bytes()
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
    # Decision 0025: a district may be writing in its own draft, so that one is never overwritten.
    if kind.goes_to is not Destination.SUBMITTER or not path.exists():
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

    A draft that is not is named in the note beside the drafts, and does not go to the office.

    Returns:
        The ids of the drafts that are sound.

    Raises:
        DraftError: with every fault, when not one draft is sound.
    """
    ctx = open_context()
    errors: dict[Subject, str] = {}
    sound = []
    with ctx.store.reading() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            found = _find_faults(ctx, row)
            if found:
                errors[Subject(row.milestone, row.kind, row.about)] = f"{name}: {found}"
            else:
                sound.append(name)
    for milestone in {subject.milestone for subject in errors}:
        own = {subject: found for subject, found in errors.items() if subject.milestone == milestone}
        write_errors_note(ctx, milestone, own, keep=True)
    if errors and not sound:
        raise DraftError("\n".join(errors.values()))
    return sound


def _find_faults(ctx: Context, row: DocumentRow) -> str:
    """What is wrong with a draft; empty when nothing is."""
    kind = load_kinds(ctx.settings.templates).get(row.kind)
    if kind is not None and kind.goes_to is Destination.SUBMITTER:
        return ""  # the district's own from now on, whatever it does with the layout
    try:
        content = read_draft(ctx.settings.data, row)
    except DraftError as error:
        return str(error)
    return "; ".join(str(problem) for problem in check_layout(content))
