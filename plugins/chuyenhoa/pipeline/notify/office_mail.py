"""Letters of the office: issued documents to their recipients, and what it asks back of a submitter."""

from __future__ import annotations

import logging
from pathlib import PurePosixPath

from chuyenhoa.kit.mail import MAX_ATTACHMENT_BYTES, Attachment, Letter
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.publish.drafts import office_texts
from chuyenhoa.pipeline.publish.issuing import find_entries
from chuyenhoa.pipeline.publish.office_queries import describe_queries, list_queries
from chuyenhoa.store.tables import DeliveryRow, DocumentRow

logger = logging.getLogger(__name__)


def issued_letter(ctx: Context, row: DeliveryRow, message_id: str) -> Letter:
    """The letter that brings an issued document, with its sha256 to check it by."""
    texts = office_texts(ctx)
    with ctx.store.reading() as session:
        document = session.get_one(DocumentRow, row.reference)
        (entry,) = (e for e in find_entries(ctx, session, document.milestone) if e.document == document.id)
    plan, path = ctx.plan_of(document.milestone), ctx.settings.data / document.issued_path
    content = path.read_bytes()
    name = PurePosixPath(document.issued_path).name
    text = texts["handover_letter"].format(
        board=plan.board.short_name,
        period=ctx.period(document.milestone).label,
        documents=f"- {entry.title}, số {entry.number or texts['no_number']}",
        checksums=f"{document.issued_sha256}  {name}",
    )
    if len(content) > MAX_ATTACHMENT_BYTES:
        logger.warning("%s is too large for a letter", document.issued_path)
        text += texts["handover_large"].format(names=name) + "\n"
    fits = len(content) <= MAX_ATTACHMENT_BYTES
    subject = texts["issued_subject"].format(title=entry.title, number=entry.number or texts["no_number"])
    return Letter(message_id, row.recipient, subject, text, (Attachment(name, content),) if fits else ())


def query_letter(ctx: Context, row: DeliveryRow, message_id: str) -> Letter:
    """The letter that asks a submitter about localities and criteria."""
    document = row.reference.rpartition(".r")[0]
    with ctx.store.reading() as session:
        found = list_queries(session, document)
    first = next(entry for entry in found if entry.id == row.reference)
    lines = describe_queries(ctx, [entry for entry in found if entry.notice == first.notice])
    period = ctx.period(first.milestone).label
    subject = office_texts(ctx)["remark_subject"].format(period=period)
    return Letter(message_id, row.recipient, subject, "\n\n".join(lines) + "\n")
