"""From a milestone's figures to drafts: freezes a snapshot, renders its documents, checks each draft.

A snapshot is named by a hash that approval and issue compare. A new version of an issued document gets the
list of its changes and a copy with tracked changes beside it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import clock, reporting
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Period
from chuyenhoa.pipeline.assess import assessing, locality_status
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.publish import drafts
from chuyenhoa.reporting.papers.kinds import Destination, DocumentKind
from chuyenhoa.store import documents, evidence, justifications, tables

logger = logging.getLogger(__name__)

LISTING = "bang_ke_thay_doi"
"""The kind of the list of changes."""


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
        last = documents.latest_snapshot(session, milestone.id)
        if last is not None and last.inputs_sha256 == inputs:
            return last.id  # nothing can have changed: nothing is built
        snapshot = reporting.build_snapshot(_collect(ctx, session, milestone, now))
        data_sha256 = _hash(snapshot)
        if last is not None and last.data_sha256 == data_sha256:
            # As after a remark in a plan's file; from now on these inputs are known to give these data.
            last.inputs_sha256 = inputs
            return last.id
        content = reporting.canonical_bytes(snapshot)
        row = tables.SnapshotRow(
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
    query = select(tables.SnapshotRow.data_sha256).where(
        tables.SnapshotRow.milestone == milestone.id, tables.SnapshotRow.inputs_sha256 == inputs
    )
    known = session.scalars(query.limit(1)).first()
    return known or _hash(reporting.build_snapshot(_collect(ctx, session, milestone, now)))


def _hash(snapshot: reporting.Snapshot) -> str:
    return hashlib.sha256(reporting.canonical_bytes(replace(snapshot, frozen_at=""))).hexdigest()


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
        justifications=justifications.gather_justifications(session, plan, periods, ctx.titles_of(plan)),
        frozen_at=now,
        locality_status=locality_status.find_locality_status(ctx, session, plan, assessment),
    )


def render_drafts(snapshot_id: str) -> list[str]:
    """Render the documents of a snapshot's milestone into the office's drafts.

    A document whose template or wording is broken is named in a note beside the drafts; the others go on.

    Returns:
        The ids of the documents; those that exist already for this snapshot and template keep theirs.

    Raises:
        DraftError: not one document could be rendered.
    """
    ctx = open_context()
    errors: dict[documents.Subject, str] = {}
    with ctx.store.writing() as session:
        snapshot = session.get_one(tables.SnapshotRow, snapshot_id)
        milestone = ctx.milestone(snapshot.milestone)
        content = reporting.decode_snapshot(snapshot.content)
        names = []
        for kind, subject in _expected(ctx, milestone, content):
            try:
                row, written = _render_draft(ctx, session, snapshot, content, subject, kind)
            except (reporting.RenderError, reporting.PhraseError, FileNotFoundError) as error:
                errors[subject] = drafts.format_render_error(ctx, kind.name, error)
                continue
            names.append(row.id)
            try:
                write_revision(ctx, session, row, written)
            except (reporting.RenderError, reporting.PhraseError, FileNotFoundError) as error:
                errors[documents.Subject(milestone.id, LISTING, subject.about)] = drafts.format_render_error(
                    ctx, LISTING, error
                )
    drafts.write_errors_note(ctx, milestone.id, errors, keep=False)
    if errors and not names:
        raise drafts.DraftError("\n".join(errors.values()))
    return names


def _expected(
    ctx: Context, milestone: Period, content: reporting.Snapshot
) -> Iterator[tuple[DocumentKind, documents.Subject]]:
    """The documents that a milestone must have, by the list of documents and the frozen data."""
    for kind in reporting.load_kinds(ctx.settings.templates).values():
        # A kind that was added after the freeze is not in the snapshot and waits for the next one.
        if milestone.kind not in kind.milestones or kind.name not in content.documents:
            continue
        subjects = reporting.list_subjects(kind, content)
        # A decision that recognises nobody is no document; the annual report says it (decision 0025).
        if not subjects:
            logger.info("%s: no %s (condition: %s)", milestone.id, kind.name, kind.when or "no subject")
        for about in subjects:
            yield kind, documents.Subject(milestone.id, kind.name, about)


def check_completeness(snapshot_id: str, document_ids: Sequence[str]) -> int:
    """Hold the sound drafts against the documents that the milestone must have; how many they are.

    Raises:
        DraftError: with the name of each document, or list of changes, that is missing.
    """
    ctx = open_context()
    with ctx.store.reading() as session:
        snapshot = session.get_one(tables.SnapshotRow, snapshot_id)
        milestone = ctx.milestone(snapshot.milestone)
        content = reporting.decode_snapshot(snapshot.content)
        expected = {subject for _, subject in _expected(ctx, milestone, content)}
        rows = documents.load_documents(session, document_ids)
        found = {documents.Subject(row.milestone, row.kind, row.about): row for row in rows}
        missing = [subject.name for subject in expected - found.keys()]
        for subject, row in found.items():
            listing = drafts.paper_path(row.draft_path, drafts.LISTING_SUFFIX)
            if find_issued(session, subject, row.version) and not (ctx.settings.data / listing).exists():
                missing.append(f"{row.id} ({LISTING})")
    if missing:
        raise drafts.DraftError(
            f"{milestone.id}: {len(missing)} documents that should exist are missing: "
            + ", ".join(sorted(missing))
            + "".join(f"\n{line}" for line in drafts.list_draft_errors(milestone.id))
        )
    return len(expected)


def _render_draft(
    ctx: Context,
    session: Session,
    snapshot: tables.SnapshotRow,
    frozen: reporting.Snapshot,
    subject: documents.Subject,
    kind: DocumentKind,
) -> tuple[tables.DocumentRow, bytes]:
    template = (ctx.settings.templates / "documents" / f"{subject.kind}.docx").read_bytes()
    template_sha256 = hashlib.sha256(template).hexdigest()
    content = reporting.render_document(subject.kind, template, frozen, about=subject.about)
    row = documents.find_document(session, subject, snapshot.id, template_sha256)
    # Same snapshot, same template: a cleared task finds its row, and an approval given meanwhile still holds.
    if row is None:
        version = documents.next_version(session, subject)
        identity = f"{subject.name}.v{version}"
        documents.supersede_drafts(session, subject, f"Thay bằng bản dự thảo {identity}", clock.now())
        row = tables.DocumentRow(
            id=identity,
            milestone=subject.milestone,
            kind=subject.kind,
            about=subject.about,
            version=version,
            snapshot=snapshot.id,
            template_sha256=template_sha256,
            draft_sha256=hashlib.sha256(content).hexdigest(),
            draft_path=_draft_path(ctx, subject, kind, version),
            state=documents.DocumentState.DRAFT.value,
            rendered_at=clock.now().isoformat(),
        )
        session.add(row)
    path = ctx.settings.data / row.draft_path
    # Decision 0025: a district may be writing in its own draft, so that one is never overwritten.
    if kind.goes_to is not Destination.SUBMITTER or not path.exists():
        write_file(path, content)
    return row, content


def _draft_path(ctx: Context, subject: documents.Subject, kind: DocumentKind, version: int) -> str:
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
    errors: dict[documents.Subject, str] = {}
    sound = []
    with ctx.store.reading() as session:
        for row in documents.load_documents(session, document_ids):
            found = _find_faults(ctx, row)
            if found:
                errors[documents.Subject(row.milestone, row.kind, row.about)] = f"{row.id}: {found}"
            else:
                sound.append(row.id)
    for milestone in {subject.milestone for subject in errors}:
        own = {subject: found for subject, found in errors.items() if subject.milestone == milestone}
        drafts.write_errors_note(ctx, milestone, own, keep=True)
    if errors and not sound:
        raise drafts.DraftError("\n".join(errors.values()))
    return sound


def _find_faults(ctx: Context, row: tables.DocumentRow) -> str:
    """What is wrong with a draft; empty when nothing is."""
    kind = reporting.load_kinds(ctx.settings.templates).get(row.kind)
    if kind is not None and kind.goes_to is Destination.SUBMITTER:
        return ""  # the district's own from now on, whatever it does with the layout
    try:
        content = drafts.read_draft(ctx.settings.data, row)
    except drafts.DraftError as error:
        return str(error)
    return "; ".join(str(problem) for problem in reporting.check_layout(content))


def find_issued(session: Session, subject: documents.Subject, before: int) -> tables.DocumentRow | None:
    """The newest issued version of a document before a version."""
    issued = [
        row
        for row in documents.list_versions(session, subject)
        if row.version < before and row.state == documents.DocumentState.ISSUED
    ]
    return issued[-1] if issued else None


def write_revision(
    ctx: Context, session: Session, row: tables.DocumentRow, content: bytes, path: str = ""
) -> list[str]:
    """Put the list of changes and the copy with tracked changes beside a draft or an issued document.

    Args:
        ctx: where the data lie.
        session: in which the document's row is.
        row: the document.
        content: its bytes.
        path: where it lies, relative to the data folder; where its draft does when empty.

    Returns:
        The paths that were written, relative to the data folder; none for a document never issued before.
    """
    last = find_issued(session, documents.Subject(row.milestone, row.kind, row.about), row.version)
    if last is None:
        return []
    beside = path or row.draft_path
    papers = {drafts.paper_path(beside, drafts.LISTING_SUFFIX): _write_listing(ctx, session, row, last)}
    tracked = _write_tracked(ctx, row, last, content)
    if tracked:
        papers[drafts.paper_path(beside, drafts.TRACKED_SUFFIX)] = tracked
    for name, paper in papers.items():
        write_file(ctx.settings.data / name, paper)
    return list(papers)


def _write_listing(
    ctx: Context, session: Session, row: tables.DocumentRow, last: tables.DocumentRow
) -> bytes:
    template = (ctx.settings.templates / "documents" / f"{LISTING}.docx").read_bytes()
    snapshot = reporting.decode_snapshot(session.get_one(tables.SnapshotRow, row.snapshot).content)
    previous = reporting.Previous(
        kind=row.kind,
        snapshot=reporting.decode_snapshot(session.get_one(tables.SnapshotRow, last.snapshot).content),
        number=last.number,
        date=last.date,
        version=last.version,
        next_version=row.version,
        next_number=row.number if row.state == documents.DocumentState.ISSUED else "",
        next_date=row.date if row.state == documents.DocumentState.ISSUED else "",
    )
    return reporting.render_document(LISTING, template, snapshot, previous=previous)


def _write_tracked(ctx: Context, row: tables.DocumentRow, last: tables.DocumentRow, content: bytes) -> bytes:
    """The copy with tracked changes; empty, with a line in the log, where Word cannot express the changes."""
    author = ctx.plan_of(row.milestone).board.short_name
    try:
        issued = (ctx.settings.data / last.issued_path).read_bytes()
        return reporting.redline_document(issued, content, author, clock.now())
    except (reporting.RedlineError, OSError) as error:
        logger.warning("%s: no copy with tracked changes: %s", row.id, error)
        return b""
