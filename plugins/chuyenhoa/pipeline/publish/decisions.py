"""Records what the office decided on a draft, bound to the bytes that it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.pipeline.context import Context, open_context, write_file
from chuyenhoa.pipeline.publish import drafts
from chuyenhoa.pipeline.publish.freezing import hash_data
from chuyenhoa.pipeline.publish.office_queries import check_queries, record_queries
from chuyenhoa.release.decision import APPROVE, Decision, DecisionError, check_date, read_decision
from chuyenhoa.release.register import check_number
from chuyenhoa.store.documents import UNDECIDED, DocumentState
from chuyenhoa.store.tables import DocumentRow


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
        rows = [session.get_one(DocumentRow, name) for name in document_ids]
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
        rows = [session.get_one(DocumentRow, name) for name in document_ids]
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


def read_for(ctx: Context, rows: Sequence[DocumentRow], raw: Mapping[str, object]) -> Decision:
    """A decision on these drafts with every field checked.

    Raises:
        DecisionError: saying what to fill in.
    """
    return read_decision(
        raw,
        numbered=any(drafts.is_numbered(ctx, row) for row in rows),
        series={drafts.series_of(ctx, row) for row in rows},
    )


def _read_from_account(ctx: Context, rows: Sequence[DocumentRow], raw: Mapping[str, object]) -> Decision:
    """A decision by somebody who may decide: an account of the office, and no other one."""
    read = read_for(ctx, rows, raw)
    # By the account's id, and here and not in Airflow alone: no other way leads past this check.
    if (read.user or read.by) not in ctx.settings.office_users:
        raise DecisionError(
            f"Tài khoản {read.user or read.by!r} không thuộc văn phòng, không được quyết định."
        )
    return read


def decide(ctx: Context, session: Session, rows: Sequence[DocumentRow], decision: Decision) -> list[str]:
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


def _refuse_impossible(ctx: Context, session: Session, row: DocumentRow, decision: Decision) -> None:
    """What the fields alone cannot show: a newer draft, a number that is taken, an unknown code."""
    if row.state == DocumentState.SUPERSEDED:
        raise DecisionError(f"Dự thảo {row.id} đã được thay bằng bản mới hơn; hãy duyệt bản mới nhất.")
    check_queries(ctx.plan_of(row.milestone), decision.queries)
    if row.state in UNDECIDED and decision.chosen == APPROVE and decision.date:
        check_date(decision.date, ctx.period(row.milestone).window.end, clock.today())
    if row.state in UNDECIDED and decision.chosen == APPROVE and decision.date and decision.number:
        check_number(session, row, decision.number, decision.date, lambda other: drafts.series_of(ctx, other))


def _decide(ctx: Context, session: Session, row: DocumentRow, decision: Decision) -> None:
    drafts.read_draft(ctx.settings.data, row)
    if decision.chosen == APPROVE and decision.date is not None:
        row.number, row.date, row.signer = decision.number, decision.date.isoformat(), decision.signer
        row.state = DocumentState.APPROVED.value
        # The issue compares it: figures that come in after the approval block it.
        row.approved_data = hash_data(ctx, session, row.milestone)
    else:
        row.state = DocumentState.RETURNED.value
        record_queries(ctx, session, row, decision)
    row.comment, row.decided_by = decision.comment, decision.by
    row.decided_at = clock.now().isoformat()
