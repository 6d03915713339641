"""Asks the office about drafts: a form beside each of them, with a code that decides once."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.kit import sandbox
from chuyenhoa.pipeline.context import Context, call_confined, open_context, write_file
from chuyenhoa.pipeline.publish.drafts import is_numbered, office_texts, proposed_signer
from chuyenhoa.pipeline.publish.office_queries import compare_with_queries
from chuyenhoa.release.forms import Asked, listed, write_form
from chuyenhoa.store.documents import UNDECIDED, DocumentState
from chuyenhoa.store.tables import ApprovalFormRow, DocumentRow

OPEN, USED, REPLACED = "open", "used", "replaced"
PREFIX = "PHIEU-DUYET-"
CODE_BYTES = 20
READ = sandbox.Task(
    "chuyenhoa.release.forms:read_form", limits=sandbox.Limits(cpu_seconds=10, wall_seconds=30)
)
PRIVATE = 0o640
"""A form carries a code that decides: it is for its owner and the group of the data folder alone."""


def ask_office(document_ids: Sequence[str]) -> list[str]:
    """Ask the office about drafts: a form beside each of them; a returned one is open again.

    Returns:
        The ids of those that await a decision.
    """
    ctx = open_context()
    awaiting = []
    with ctx.store.writing() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            if row.state not in UNDECIDED:
                continue
            row.state = DocumentState.DRAFT.value
            _hand_out(ctx, session, row)
            awaiting.append(row.id)
    return awaiting


def _hand_out(ctx: Context, session: Session, row: DocumentRow) -> None:
    """Write a form for a draft, unless an unused one lies beside it."""
    documents = listed([(row.id, row.draft_sha256)])
    query = select(ApprovalFormRow).where(ApprovalFormRow.milestone == row.milestone)
    for form in session.scalars(query.where(ApprovalFormRow.state == OPEN)):
        lying = ctx.settings.data / form.path
        if form.documents == documents and _hash_of(lying) == form.file_sha256:
            return  # the office may be filling it in
        is_older = session.get(DocumentRow, json.loads(form.documents)[0][0])
        if form.documents == documents or is_older is None or is_older.state == DocumentState.SUPERSEDED:
            form.state, form.closed_at = REPLACED, clock.now().isoformat()
            lying.unlink(missing_ok=True)
    # 160 random bits; the store keeps the hash alone, so who reads the store cannot fill in a form.
    code = secrets.token_hex(CODE_BYTES)
    asked = Asked(
        code=code,
        period=ctx.period(row.milestone).label,
        drafts=((row.id, row.draft_path, row.draft_sha256),),
        signer=proposed_signer(ctx, row),
        notes=tuple(compare_with_queries(ctx, session, row)),
        is_numbered=is_numbered(ctx, row),
    )
    content = write_form(asked, office_texts(ctx), clock.now())
    stem = PurePosixPath(row.draft_path)
    path = str(stem.with_name(f"{PREFIX}{stem.stem}.xlsx"))
    (answered,) = call_confined(READ, [(content,)])
    session.add(
        ApprovalFormRow(
            code_sha256=digest(code),
            milestone=row.milestone,
            documents=documents,
            path=path,
            file_sha256=hashlib.sha256(content).hexdigest(),
            seal=answered.seal,
            state=OPEN,
            created_at=clock.now().isoformat(),
        )
    )
    write_file(ctx.settings.data / path, content)
    (ctx.settings.data / path).chmod(PRIVATE)


def digest(code: str) -> str:
    """What the store keeps of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
