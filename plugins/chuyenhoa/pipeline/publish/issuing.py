"""Records what the office decided on a draft, bound to the bytes that it read, and issues what it approved.

An issued document is entered in the register, and can be rendered again to prove its bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from chuyenhoa import clock, reporting
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.publish import drafts, office_queries, rendering
from chuyenhoa.release.decision import APPROVE, Decision, DecisionError, check_date, read_decision
from chuyenhoa.release.register import Entry, check_number, list_entries
from chuyenhoa.store import archive, tables
from chuyenhoa.store.documents import (
    UNDECIDED,
    DocumentState,
    Subject,
    latest_snapshot,
    list_documents,
    load_documents,
    load_registers,
)

logger = logging.getLogger(__name__)

BLOCKED_NOTE = "CHUA-PHAT-HANH-{draft}.txt"
"""Stands beside a draft that is approved and cannot be issued."""


def record_decision(document_ids: Sequence[str], decision: Mapping[str, object]) -> list[str]:
    """Record one decision on drafts that somebody with an account of the office gave.

    Args:
        document_ids: the drafts decided on.
        decision: `chosen` (approve or return), `number`, `date` (dd/mm/yyyy or ISO), `signer`, `comment`,
            `returns` (see `read_decision`), `by`, and `user`, the account (`by` when left out).

    Returns:
        The ids of the approved documents; empty when they were returned.

    Raises:
        DecisionError: when something is missing or wrong, saying what to fill in.
        DraftError: when a draft is no longer what was rendered.
    """
    ctx = open_context()
    with ctx.store.writing() as session:
        rows = load_documents(session, document_ids)
        read = _read_from_account(ctx, rows, decision)
        return decide(ctx, session, rows, read)


def check_decision(document_ids: Sequence[str], decision: Mapping[str, object]) -> None:
    """Refuse a decision that could not be recorded, and put the reason beside the drafts.

    Airflow shows the same form again without a word, so the office finds the reason in the draft's
    `drafts.refusal_note`.

    Raises:
        DecisionError: as `record_decision` would.
        DraftError: likewise.
    """
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = load_documents(session, document_ids)
        notes = [ctx.settings.data / drafts.refusal_note(row.draft_path) for row in rows]
        try:
            read = _read_from_account(ctx, rows, decision)
            for row in rows:
                _refuse_impossible(ctx, session, row, read)
                if row.state in UNDECIDED:
                    drafts.read_draft(ctx.settings.data, row)
        except (DecisionError, drafts.DraftError) as error:
            texts = drafts.office_texts(ctx)
            why = str(error) if isinstance(error, DecisionError) else drafts.format_block_reason(texts, error)
            said = texts["answer_again"].format(documents=", ".join(document_ids), reason=why)
            for note in notes:
                write_file(note, f"{said}\n".encode())
            raise
    for note in notes:
        note.unlink(missing_ok=True)


def read_for(ctx: Context, rows: Sequence[tables.DocumentRow], raw: Mapping[str, object]) -> Decision:
    """A decision on these drafts with every field checked.

    Raises:
        DecisionError: saying what to fill in.
    """
    return read_decision(
        raw,
        numbered=any(drafts.is_numbered(ctx, row) for row in rows),
        series={drafts.series_of(ctx, row) for row in rows},
    )


def _read_from_account(
    ctx: Context, rows: Sequence[tables.DocumentRow], raw: Mapping[str, object]
) -> Decision:
    """A decision by somebody who may decide: an account of the office, and no other one."""
    read = read_for(ctx, rows, raw)
    # By the account's id, and here and not in Airflow alone: no other way leads past this check.
    if (read.user or read.by) not in ctx.settings.office_users:
        raise DecisionError(
            f"Tài khoản {read.user or read.by!r} không thuộc văn phòng, không được quyết định."
        )
    return read


def decide(
    ctx: Context, session: Session, rows: Sequence[tables.DocumentRow], decision: Decision
) -> list[str]:
    """Record a decision whose author is known; what was approved before stays as it was.

    Returns:
        The ids of the approved documents among the rows.

    Raises:
        DecisionError: a newer draft is there, a number is taken, or a code is unknown.
        DraftError: a draft is no longer what was rendered.
    """
    for row in rows:
        _refuse_impossible(ctx, session, row, decision)
        # A repeated answer changes nothing: the first valid decision counts, from a form or from Airflow.
        if row.state in UNDECIDED:
            _decide(ctx, session, row, decision)
    return [row.id for row in rows if row.state in (DocumentState.APPROVED, DocumentState.ISSUED)]


def _refuse_impossible(ctx: Context, session: Session, row: tables.DocumentRow, decision: Decision) -> None:
    """What the fields alone cannot show: a newer draft, a number that is taken, an unknown code."""
    if row.state == DocumentState.SUPERSEDED:
        raise DecisionError(f"Dự thảo {row.id} đã được thay bằng bản mới hơn; hãy duyệt bản mới nhất.")
    office_queries.check_queries(ctx.plan_of(row.milestone), decision.queries)
    if row.state in UNDECIDED and decision.chosen == APPROVE and decision.date:
        check_date(decision.date, ctx.period(row.milestone).window.end, clock.today())
    if row.state in UNDECIDED and decision.chosen == APPROVE and decision.date and decision.number:
        # Once more by the database at the issue; one that was approved and never issued is free again.
        check_number(session, row, decision.number, decision.date, lambda other: drafts.series_of(ctx, other))


def _decide(ctx: Context, session: Session, row: tables.DocumentRow, decision: Decision) -> None:
    drafts.read_draft(ctx.settings.data, row)
    if decision.chosen == APPROVE and decision.date is not None:
        row.number, row.date, row.signer = decision.number, decision.date.isoformat(), decision.signer
        row.state = DocumentState.APPROVED.value
        # The issue compares it: figures that come in after the approval block it.
        row.approved_data = rendering.hash_data(ctx, session, row.milestone)
    else:
        row.state = DocumentState.RETURNED.value
        office_queries.record_queries(ctx, session, row, decision)
    row.comment, row.decided_by = decision.comment, decision.by
    row.decided_at = clock.now().isoformat()


@dataclass(frozen=True)
class Verified:
    """Whether a document comes out again as it was issued."""

    document: str
    path: str
    sha256: str
    fault: str = ""
    """What differs; empty when every byte is the same."""


def issue_documents(document_ids: Sequence[str]) -> list[str]:
    """Issue the approved documents among these into `office/issued/`.

    Returns:
        The paths of all issued documents among these, relative to the data folder.

    Raises:
        DraftError: when the approved draft is no longer what was approved.
    """
    ctx = open_context()
    paths = []
    with ctx.store.writing() as session:
        for row in load_documents(session, document_ids):
            if row.state == DocumentState.APPROVED:
                _issue_or_explain(ctx, session, row)
            if row.state == DocumentState.ISSUED:
                paths.append(row.issued_path)
    return paths


def _issue_or_explain(ctx: Context, session: Session, row: tables.DocumentRow) -> None:
    """Issue an approved document; what blocks it is written beside its draft until it no longer does."""
    draft = PurePosixPath(row.draft_path)
    note = ctx.settings.data / draft.with_name(BLOCKED_NOTE.format(draft=draft.stem))
    try:
        _issue(ctx, session, row)
    except (drafts.DraftError, reporting.RenderError) as error:
        texts = drafts.office_texts(ctx)
        said = texts["answer_blocked"].format(reason=drafts.format_block_reason(texts, error))
        write_file(note, f"{said}\n".encode())
        raise
    note.unlink(missing_ok=True)


def list_issued(milestone_id: str) -> list[str]:
    """The issued documents of a milestone, by id."""
    with open_context().store.reading() as session:
        rows = list_documents(session, milestone_id)
    return [row.id for row in rows if row.state == DocumentState.ISSUED]


def _issue(ctx: Context, session: Session, row: tables.DocumentRow) -> None:
    """Render the approved snapshot and template once more, with number, date and signer."""
    drafts.read_draft(ctx.settings.data, row)
    template = (ctx.settings.templates / "documents" / f"{row.kind}.docx").read_bytes()
    if hashlib.sha256(template).hexdigest() != row.template_sha256:
        raise drafts.DraftError(
            f"{row.id}: the template changed after approval; render and approve a new draft.",
            "blocked_template",
            row.id,
        )
    newest = latest_snapshot(session, row.milestone)
    is_older = (
        newest is not None and newest.frozen_at > session.get_one(tables.SnapshotRow, row.snapshot).frozen_at
    )
    if is_older or row.approved_data not in ("", rendering.hash_data(ctx, session, row.milestone)):
        raise drafts.DraftError(
            f"{row.id}: the figures changed after approval (snapshot {row.snapshot[:12]} is no longer the "
            "newest, or newer data came in); approve the draft of the newer figures.",
            "blocked_figures",
            row.id,
        )
    # Before rendering: the document cites what was issued before this moment, and must do so again later.
    row.issued_at = _next_moment(session, row)
    issue = _issue_fields(ctx, session, row)
    content = _render(session, row, template, issue)
    name = "-".join(part for part in (row.number, row.kind, row.about, row.milestone) if part)
    row.issued_path = f"office/issued/{row.milestone}/{name}-v{row.version}.docx"
    row.issued_sha256 = hashlib.sha256(content).hexdigest()
    row.state = DocumentState.ISSUED.value
    # The office edits templates in Word: `report --verify` needs the one of this issue for ever.
    archive.archive_bytes(ctx.settings.archive, template)
    _register(ctx, session, row, issue)
    # Before the commit: a crash in between leaves a file that the next try writes again, never a row alone.
    write_file(ctx.settings.data / row.issued_path, content)
    _write_papers(ctx, session, row, content)
    logger.info("issued %s as %s", row.id, row.issued_path)


def _render(session: Session, row: tables.DocumentRow, template: bytes, issue: Mapping[str, Any]) -> bytes:
    snapshot = reporting.decode_snapshot(session.get_one(tables.SnapshotRow, row.snapshot).content)
    return reporting.render_document(row.kind, template, snapshot, issue=issue, about=row.about)


def _issue_fields(ctx: Context, session: Session, row: tables.DocumentRow) -> dict[str, Any]:
    """What enters a document at its issue; the register keeps it, whatever becomes of the plan."""
    issue: dict[str, Any] = {"number": row.number, "date": row.date, "signer": row.signer}
    issue["references"] = _list_references(session, row)
    # Whoever signs in the head's place signs "KT. TRƯỞNG BAN" with the deputy's office (Decree 30/2020).
    if row.signer != (drafts.proposed_signer(ctx, row) or row.signer):
        deputy = drafts.issuer_of(ctx, row).deputy
        issue |= {"capacity": deputy.capacity, "office": deputy.office}
    return issue


def _next_moment(session: Session, row: tables.DocumentRow) -> str:
    """Now, and in any case after what was issued for the milestone: the decision cites the submission.

    In a rehearsal the clock stands still, and of two documents of one moment neither would be the earlier.
    """
    taken = [datetime.fromisoformat(other.issued_at) for other in _list_issued(session, row)]
    after = [moment + timedelta(microseconds=1) for moment in taken]
    return max([clock.now(), *after]).isoformat()


def _list_issued(session: Session, row: tables.DocumentRow) -> list[tables.DocumentRow]:
    """What else was issued for the milestone."""
    rows = list_documents(session, row.milestone)
    return [other for other in rows if other.state == DocumentState.ISSUED and other.id != row.id]


def _list_references(session: Session, row: tables.DocumentRow) -> dict[str, dict[str, str]]:
    """Number and date by kind of what was issued for the milestone before, for a document to cite.

    "Before" is by the time of issue, so that rendering it again later cites the same.
    """
    earlier = [
        other
        for other in _list_issued(session, row)
        # What is about one locality or submitter alone is cited by no other document.
        if not other.about and datetime.fromisoformat(other.issued_at) < datetime.fromisoformat(row.issued_at)
    ]
    ordered = sorted(earlier, key=lambda other: other.issued_at)
    return {other.kind: {"number": other.number, "date": other.date} for other in ordered}


def _write_papers(ctx: Context, session: Session, row: tables.DocumentRow, content: bytes) -> None:
    """The papers on what changed since the version before, now with number, date and signer."""
    try:
        rendering.write_revision(ctx, session, row, content, row.issued_path)
    except (reporting.RenderError, reporting.PhraseError, OSError) as error:
        logger.warning("%s: issued without the papers on its changes: %s", row.id, error)


def _register(ctx: Context, session: Session, row: tables.DocumentRow, issue: Mapping[str, Any]) -> None:
    """Enter an issued document in the register."""
    kind = drafts.kind_of(ctx, row)
    recipients = (kind.recipients if kind is not None else ()) or drafts.issuer_of(ctx, row).recipients
    before = rendering.find_issued(session, Subject(row.milestone, row.kind, row.about), row.version)
    session.add(
        tables.RegisterRow(
            document=row.id,
            series=drafts.series_of(ctx, row),
            year=int(row.date[:4]),
            number=row.number or None,
            supersedes=before.id if before is not None else "",
            recipients=json.dumps(list(recipients), ensure_ascii=False),
            template_sha256=row.template_sha256,
            issued_at=row.issued_at,
            issue=json.dumps(issue, ensure_ascii=False, sort_keys=True),
        )
    )


def find_entries(ctx: Context, session: Session, milestone: str = "") -> list[Entry]:
    """The lines of the register, of one milestone or of all."""
    titles = {name: kind.title for name, kind in reporting.load_kinds(ctx.settings.templates).items()}
    names: dict[str, str] = {}
    for plan in ctx.plans.values():
        names |= {entry.code: entry.name for entry in plan.submitters}
        names |= plan.locality_names
    return list_entries(session, titles, names, milestone)


def verify_documents(milestone: str = "", documents: Sequence[str] = ()) -> list[Verified]:
    """Render issued documents again from their snapshots and the templates of their issue.

    Args:
        milestone: only its documents; all when empty.
        documents: only these, by id; all when empty.
    """
    ctx = open_context()
    with ctx.store.reading() as session:
        rows = [row for row in list_documents(session, milestone) if row.state == DocumentState.ISSUED]
        registers = load_registers(session, [row.id for row in rows])
        return [
            Verified(
                row.id,
                row.issued_path,
                row.issued_sha256,
                _find_fault(ctx, session, row, registers.get(row.id)),
            )
            for row in rows
            if not documents or row.id in documents
        ]


def _find_fault(
    ctx: Context, session: Session, row: tables.DocumentRow, register: tables.RegisterRow | None
) -> str:
    path = ctx.settings.data / row.issued_path
    lying = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    if lying != row.issued_sha256:
        return "the issued file was changed" if lying else "the issued file is gone"
    try:
        template = archive.read_archived(ctx.settings.archive, row.template_sha256)
        # Documents from before the register kept these fields are filled from the plan as it is now.
        kept = register.issue if register is not None else ""
        issue = json.loads(kept) if kept else _issue_fields(ctx, session, row)
        again = hashlib.sha256(_render(session, row, template, issue)).hexdigest()
    except (archive.ArchiveError, reporting.RenderError) as error:
        return str(error)
    if again != row.issued_sha256:
        return f"rendered again it is {again}; the program changed since"
    return ""
