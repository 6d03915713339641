"""What goes with a new version of an issued document: its changes as a list and as tracked changes."""

from __future__ import annotations

import logging
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.pipeline.context import Context, write_file
from chuyenhoa.reporting import Previous, RedlineError, decode_snapshot, redline_document, render_document
from chuyenhoa.store.documents import DocumentState, Subject, list_versions
from chuyenhoa.store.tables import DocumentRow, SnapshotRow

logger = logging.getLogger(__name__)

LISTING = "bang_ke_thay_doi"
"""The kind of the list of changes."""
TRACKED_SUFFIX = "theo-doi-thay-doi"
LISTING_SUFFIX = "noi-dung-thay-doi"


def find_issued(session: Session, subject: Subject, before: int) -> DocumentRow | None:
    """The newest issued version of a document before a version."""
    issued = [
        row
        for row in list_versions(session, subject)
        if row.version < before and row.state == DocumentState.ISSUED
    ]
    return issued[-1] if issued else None


def paper_path(draft_path: str, suffix: str) -> str:
    """Where a paper that goes with a draft lies: beside it, named after it."""
    path = PurePosixPath(draft_path)
    return str(path.with_name(f"{path.stem}-{suffix}.docx"))


def write_revision(
    ctx: Context, session: Session, row: DocumentRow, content: bytes, path: str = ""
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
    last = find_issued(session, Subject(row.milestone, row.kind, row.about), row.version)
    if last is None:
        return []
    beside = path or row.draft_path
    papers = {paper_path(beside, LISTING_SUFFIX): _write_listing(ctx, session, row, last)}
    tracked = _write_tracked(ctx, row, last, content)
    if tracked:
        papers[paper_path(beside, TRACKED_SUFFIX)] = tracked
    for name, paper in papers.items():
        write_file(ctx.settings.data / name, paper)
    return list(papers)


def _write_listing(ctx: Context, session: Session, row: DocumentRow, last: DocumentRow) -> bytes:
    template = (ctx.settings.templates / "documents" / f"{LISTING}.docx").read_bytes()
    snapshot = decode_snapshot(session.get_one(SnapshotRow, row.snapshot).content)
    previous = Previous(
        kind=row.kind,
        snapshot=decode_snapshot(session.get_one(SnapshotRow, last.snapshot).content),
        number=last.number,
        date=last.date,
        version=last.version,
        next_version=row.version,
        next_number=row.number if row.state == DocumentState.ISSUED else "",
        next_date=row.date if row.state == DocumentState.ISSUED else "",
    )
    return render_document(LISTING, template, snapshot, previous=previous)


def _write_tracked(ctx: Context, row: DocumentRow, last: DocumentRow, content: bytes) -> bytes:
    """The copy with tracked changes; empty, with a line in the log, where Word cannot express the changes."""
    author = ctx.plan_of(row.milestone).board.short_name
    try:
        issued = (ctx.settings.data / last.issued_path).read_bytes()
        return redline_document(issued, content, author, clock.now())
    except (RedlineError, OSError) as error:
        logger.warning("%s: no copy with tracked changes: %s", row.id, error)
        return b""
