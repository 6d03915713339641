"""Results as they were stored, of any assessment or snapshot however old, with the rules they rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from chuyenhoa import reporting
from chuyenhoa.model.explanation import describe_rules
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store import documents, tables


class UnknownResultError(ValueError):
    """No such assessment or snapshot; the text says which there are."""


@dataclass(frozen=True)
class StoredResults:
    """What one assessment or snapshot says."""

    milestone: str
    origin: Mapping[str, Any]
    """`assessment` or `snapshot` with its id, sha256 and time."""
    localities: tuple[Mapping[str, Any], ...]
    explanation: Mapping[str, Any]
    """Plan edition, rules and types, as `model/explanation.py` writes them."""
    justifications: tuple[Mapping[str, Any], ...] | None
    """Reasons for doubtful figures; None for an assessment, which does not hold them."""
    notes: Mapping[str, str]
    """Notes on how its figures were put together, by locality."""
    is_complete: bool
    """Whether the rules were stored with it; older ones are explained by today's plan."""


def read_assessment(ctx: Context, number: int) -> StoredResults:
    """The results of an assessment by its number.

    Raises:
        UnknownResultError: there is none of this number.
    """
    with ctx.store.reading() as session:
        row = session.get(tables.AssessmentRow, number)
        if row is None:
            known = ", ".join(
                map(str, session.scalars(select(tables.AssessmentRow.id).order_by(tables.AssessmentRow.id)))
            )
            raise UnknownResultError(f"no assessment {number}; there are: {known or 'none'}.")
    content = json.loads(row.content)
    origin = {"assessment": row.id, "sha256": row.sha256, "at": row.assessed_at}
    rules, is_complete = _rules(ctx, row.milestone, content)
    return StoredResults(
        row.milestone,
        origin,
        tuple(content["localities"]),
        rules,
        None,
        content.get("notes", {}),
        is_complete=is_complete,
    )


def read_snapshot(ctx: Context, name: str) -> StoredResults:
    """The results of a snapshot by its id, or by the first characters of it.

    Raises:
        UnknownResultError: there is none, or several begin so.
    """
    with ctx.store.reading() as session:
        ids = list(session.scalars(select(tables.SnapshotRow.id).order_by(tables.SnapshotRow.frozen_at)))
        found = [entry for entry in ids if name and entry.startswith(name)]
        if len(found) != 1:
            known = ", ".join(entry[:12] for entry in ids) or "none"
            raise UnknownResultError(f"{len(found)} snapshots begin with {name!r}; there are: {known}.")
        row = session.get_one(tables.SnapshotRow, found[0])
    content = json.loads(row.content)
    localities = tuple(_like_an_assessment(entry) for entry in content["localities"])
    origin = {"snapshot": row.id, "sha256": row.id, "at": row.frozen_at}
    rules, is_complete = _rules(ctx, row.milestone, content)
    listed = tuple(content["justifications"])
    notes = content.get("notes", {})
    return StoredResults(row.milestone, origin, localities, rules, listed, notes, is_complete=is_complete)


def _rules(ctx: Context, milestone: str, content: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    if "explanation" in content:
        return content["explanation"], True
    plan = ctx.plan_of(milestone)
    return describe_rules(plan, plan.period_by_id[milestone].window.end), False


_LATER: Mapping[str, Any] = {
    "edition": "",
    "actor": None,
    "possible": [],
    "matters": [],
    "steps": [],
    "guard": None,
    "needs": [],
}
"""What results of older snapshots do not hold."""


def _like_an_assessment(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A locality of a snapshot in the form in which an assessment keeps it."""
    code = entry["code"]
    return {
        "locality": code,
        "verdict": entry["verdict"],
        "possible": entry.get("possible", []),
        "groups": [
            {"locality": code, "group": group, "verdict": verdict}
            for group, verdict in entry["groups"].items()
        ],
        "criteria": [{**_LATER, **result, "locality": code} for result in entry["criteria"]],
    }


class UnknownFigureError(ValueError):
    """No such document, or no document holds such a tag; the text says what was looked through."""


@dataclass(frozen=True)
class FoundFigure:
    """A figure with where it stands."""

    document: str
    snapshot: str
    edition: str
    """Of the plan by whose rules the snapshot was assessed."""
    figure: reporting.TracedFigure


def find_figure(ctx: Context, tag: str, document: str = "") -> FoundFigure:
    """The figure behind a tag: of one document, or of the newest that holds it.

    Raises:
        UnknownFigureError: there is no such document, or none holds such a tag.
    """
    rows = _list_documents(ctx, document)
    contents: dict[str, reporting.Snapshot] = {}
    for row in rows:
        if row.snapshot not in contents:
            contents[row.snapshot] = _read(ctx, row.snapshot)
        frozen = contents[row.snapshot]
        found = reporting.index_figures(row.kind, frozen, about=row.about).get(tag.lower())
        if found is not None:
            edition = frozen.plan.edition
            return FoundFigure(row.id, row.snapshot, edition, reporting.trace_figure(found[0], frozen))
    looked = document or f"{len(rows)} documents"
    raise UnknownFigureError(f"no figure {tag!r} in {looked}; the tag is in the properties of its control.")


def _list_documents(ctx: Context, document: str) -> list[tables.DocumentRow]:
    """The document asked for, or all: the newest first, superseded drafts last."""
    with ctx.store.reading() as session:
        if document:
            row = session.get(tables.DocumentRow, document)
            if row is None:
                raise UnknownFigureError(f"there is no document {document!r}.")
            return [row]
        rows = session.scalars(
            select(tables.DocumentRow).order_by(tables.DocumentRow.rendered_at.desc(), tables.DocumentRow.id)
        )
        return sorted(rows, key=lambda row: row.state == documents.DocumentState.SUPERSEDED)


def _read(ctx: Context, snapshot: str) -> reporting.Snapshot:
    with ctx.store.reading() as session:
        return reporting.decode_snapshot(session.get_one(tables.SnapshotRow, snapshot).content)
