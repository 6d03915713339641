"""Finds the figure that a tag in a document stands for, with the document that it was asked about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from chuyenhoa.pipeline.context import Context
from chuyenhoa.reporting import Snapshot, TracedFigure, decode_snapshot, index_figures, trace_figure
from chuyenhoa.store.documents import DocumentState
from chuyenhoa.store.tables import DocumentRow, SnapshotRow


class UnknownFigureError(ValueError):
    """No such document, or no document holds such a tag; the text says what was looked through."""


@dataclass(frozen=True)
class FoundFigure:
    """A figure with where it stands."""

    document: str
    snapshot: str
    edition: str
    """Of the plan by whose rules the snapshot was assessed."""
    figure: TracedFigure


def find_figure(ctx: Context, tag: str, document: str = "") -> FoundFigure:
    """The figure behind a tag: of one document, or of the newest that holds it.

    Raises:
        UnknownFigureError: there is no such document, or none holds such a tag.
    """
    rows = _list_documents(ctx, document)
    contents: dict[str, Snapshot] = {}
    for row in rows:
        if row.snapshot not in contents:
            contents[row.snapshot] = _read(ctx, row.snapshot)
        frozen = contents[row.snapshot]
        found = index_figures(row.kind, frozen, about=row.about).get(tag.lower())
        if found is not None:
            edition = frozen.plan.edition
            return FoundFigure(row.id, row.snapshot, edition, trace_figure(found[0], frozen))
    looked = document or f"{len(rows)} documents"
    raise UnknownFigureError(f"no figure {tag!r} in {looked}; the tag is in the properties of its control.")


def _list_documents(ctx: Context, document: str) -> list[DocumentRow]:
    """The document asked for, or all: the newest first, superseded drafts last."""
    with ctx.store.reading() as session:
        if document:
            row = session.get(DocumentRow, document)
            if row is None:
                raise UnknownFigureError(f"there is no document {document!r}.")
            return [row]
        rows = session.scalars(select(DocumentRow).order_by(DocumentRow.rendered_at.desc(), DocumentRow.id))
        return sorted(rows, key=lambda row: row.state == DocumentState.SUPERSEDED)


def _read(ctx: Context, snapshot: str) -> Snapshot:
    with ctx.store.reading() as session:
        return decode_snapshot(session.get_one(SnapshotRow, snapshot).content)
