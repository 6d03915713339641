"""Results to look at: as stored, behind a figure in a document, and as another plan would give them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import reporting
from chuyenhoa.assessment import columns
from chuyenhoa.model import personal, results, submissions
from chuyenhoa.model.explanation import describe_rules
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.pipeline.assess import assessing
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive import read, validate
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.store import documents, ledger, tables
from chuyenhoa.store import results as stored


class UnknownResultError(ValueError):
    """No such assessment or snapshot; the text says which there are."""


@dataclass(frozen=True)
class StoredResults:
    """What one assessment or snapshot says."""

    milestone: str
    origin: Mapping[str, Any]
    """`assessment` or `snapshot` with its id, sha256 and time."""
    localities: tuple[Mapping[str, Any], ...]
    """Those that were asked for."""
    explanation: Mapping[str, Any]
    """Plan edition, rules and types, as `model/explanation.py` writes them."""
    justifications: tuple[Mapping[str, Any], ...] | None
    """Reasons for doubtful figures; None for an assessment, which does not hold them."""
    notes: Mapping[str, str]
    """Notes on how its figures were put together, by locality."""
    is_complete: bool
    """Whether the rules were stored with it; older ones are explained by today's plan."""


def read_assessment(
    ctx: Context, number: int, locality: str | None = None, criterion: str | None = None
) -> StoredResults:
    """The results of an assessment by its number: all, or those of one locality, of one of its criteria.

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
        localities = tuple(stored.load_results(session, number, locality, criterion))
    content = json.loads(row.content)
    origin = {"assessment": row.id, "sha256": row.sha256, "at": row.assessed_at}
    rules, is_complete = _rules(ctx, row.milestone, content)
    return StoredResults(
        row.milestone,
        origin,
        localities,
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
    **stored.WIDE,
}
"""What results of older snapshots do not hold."""


def _like_an_assessment(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A locality of a snapshot in the form in which an assessment keeps it."""
    code = entry["code"]
    return {
        "locality": code,
        "verdict": entry["verdict"],
        "possible": entry.get("possible", []),
        "is_wide": entry.get("is_wide", False),
        "groups": [
            {"locality": code, "group": group, "verdict": verdict}
            for group, verdict in entry["groups"].items()
        ],
        "criteria": [
            {
                **_LATER,
                **result,
                "inputs": [{**stored.BOUNDS, **given} for given in result["inputs"]],
                "locality": code,
            }
            for result in entry["criteria"]
        ],
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


@dataclass(frozen=True)
class Flip:
    """One verdict that differs: of a criterion, or of the locality where `criterion` is empty.

    None is a result that one of the two wordings does not have.
    """

    milestone: str
    locality: str
    criterion: str
    before: results.Verdict | None
    after: results.Verdict | None


def compare_plans(ctx: Context, old: Plan, new: Plan) -> list[Flip]:
    """The verdicts that differ between two wordings of a plan, at every milestone that both have.

    Nothing is stored. Both are of the same id, since reports belong to the plan that their form names.
    """
    flips = []
    shared = [entry.id for entry in old.milestones if entry.id in new.period_by_id]
    with ctx.store.reading() as session:
        for milestone in shared:
            before, after = (
                _verdicts(ctx, session, plan, plan.period_by_id[milestone]) for plan in (old, new)
            )
            flips += [
                Flip(milestone, *key, before.get(key), after.get(key))
                for key in dict.fromkeys([*before, *after])
                if before.get(key) is not after.get(key)
            ]
    return flips


def _verdicts(
    ctx: Context, session: Session, plan: Plan, milestone: Period
) -> Mapping[tuple[str, str], results.Verdict]:
    """Every verdict by locality and criterion; under "" that of the locality."""
    gathered = assessing.gather_evidence(ctx, session, milestone, plan)
    return columns.decide(plan, gathered.evidence, milestone.window.end).verdicts()


@dataclass(frozen=True)
class FileChange:
    """A stored file of which the new rules say something else: findings that come, and findings that go.

    Each is the rule's id, its severity, locality and indicator. `is_held` says that a locality which the file
    gives is held back by a new error.
    """

    submission: str
    file_name: str
    submitter: str
    period: str
    new: tuple[tuple[str, str, str, str], ...]
    gone: tuple[tuple[str, str, str, str], ...]
    is_held: bool


def compare_files(ctx: Context, old: Plan, new: Plan, expectations: Path | None = None) -> list[FileChange]:
    """Read every accepted file again by both wordings, and list those with other findings.

    Nothing is stored. Each file is validated against what was in force when it came.

    Args:
        ctx: Where the files lie.
        old: The plan as it is.
        new: The plan as it would be, with its suites.
        expectations: The folder of the new suites; today's when None.
    """
    with ctx.store.reading() as session:
        accepted = [status.value for status in submissions.ACCEPTING]
        query = select(tables.SubmissionRow).where(
            tables.SubmissionRow.plan == old.id, tables.SubmissionRow.status.in_(accepted)
        )
        rows = list(session.scalars(query.order_by(tables.SubmissionRow.number)))
    before = _findings_by(ctx, old, rows, None)
    after = _findings_by(ctx, new, rows, expectations)
    found = []
    for row in rows:
        come = tuple(key for key in after[row.number] if key not in before[row.number])
        gone = tuple(key for key in before[row.number] if key not in after[row.number])
        if come or gone:
            held = any(severity == submissions.Severity.ERROR for _, severity, _, _ in come)
            name = ledger.submission_id(row.number)
            found.append(
                FileChange(
                    name, personal.mask_personal(row.file_name), row.submitter, row.period, come, gone, held
                )
            )
    return found


FindingKeys = dict[tuple[str, str, str, str], None]


def _findings_by(
    ctx: Context, plan: Plan, rows: Sequence[tables.SubmissionRow], expectations: Path | None
) -> dict[int, FindingKeys]:
    """What reader and rules of a plan say of stored files, by number."""
    other = Context(ctx.settings)
    rules = load_rules(expectations or ctx.settings.expectations, plan)
    other.__dict__.update(plans={**ctx.plans, plan.id: plan}, plan_faults={}, plan=plan, store=ctx.store)
    other.__dict__["_rules"] = {plan.id: rules}
    readings = read.read_rows(other, rows)
    failed = [str(entry) for entry in readings.values() if isinstance(entry, Exception)]
    if failed:
        raise RuntimeError("; ".join(failed))
    files = validate.files_of(rows, {n: r for n, r in readings.items() if not isinstance(r, Exception)})
    # One batch for all, in the order of receipt: the rules over time see what was in force when each came.
    check = validate.BatchCheck(other, ctx.store, files)
    return {
        file.number: {
            (f.rule_id, f.severity.value, f.locality, f.indicator): None
            for f in check.findings_of(file.number)
        }
        for file in files
    }
