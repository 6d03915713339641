"""Letters by e-mail: composes and sends what is queued.

A task of its own does this: a mail server that is slow or down never holds up intake.
"""

from __future__ import annotations

import logging
import os
import stat
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from chuyenhoa import clock, feedback
from chuyenhoa.kit import mail
from chuyenhoa.model.submissions import Receipt
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.publish.office_queries import QUERY_LETTER, describe_queries, list_queries
from chuyenhoa.pipeline.receive.answer import build_receipt, describe_file
from chuyenhoa.release.register import ISSUED_LETTER
from chuyenhoa.store import deliveries, ledger, tables

logger = logging.getLogger(__name__)

PASS_SECONDS = 240.0
"""How long one pass sends: well below the 10 minutes after which Airflow kills the task; the rest waits."""


class LetterError(RuntimeError):
    """We failed to compose letters; the text names them. They are tried again."""


def send_letters(server: mail.MailServer | None = None) -> dict[str, int]:
    """Send the letters that are due, one by one, to each recipient once.

    A server that is down, slow or refuses is no failure of ours: the letter is retried with growing pauses,
    for `deliveries.DELIVERY_TIMEOUT`.

    Args:
        server: the one of CHUYENHOA_SMTP if left out. Without either all letters wait, and the outbox has
            the answers in any case.

    Returns:
        How many letters were sent, postponed and given up.

    Raises:
        MailConfigError: the URL of the server is wrong.
        LetterError: some letters could not be composed; the others were sent.
    """
    ctx = open_context()
    url = ctx.settings.smtp_url
    server = server or (mail.read_server(url, "CHUYENHOA_SMTP") if url else None)
    if server is None:
        logger.info("no mail server is set up: answers lie in the outbox alone")
        return {}
    with ctx.store.writing() as session:
        deliveries.drop_old(session, clock.now(), (deliveries.ANSWER, deliveries.FAULT))
        due = deliveries.find_due(session, clock.now())
    counts: Counter[str] = Counter()
    broken = []
    began = clock.monotonic()
    with server.line() as line:
        for row in due:
            # The try is counted before the letter is handed in: a death in between sends it once more, with
            # the same Message-ID, and two passes at once never send one letter.
            if clock.monotonic() - began > PASS_SECONDS or not _take(ctx, row):
                continue
            try:
                outcome = _send(ctx, server, line, row)
            except mail.MailError as error:
                counts["failed" if error.is_final else "postponed"] += 1
                # The server itself is away: the other letters would each wait for the same timeout.
                if error.is_server:
                    break
            except Exception as error:  # a letter that we cannot compose holds up no other
                logger.exception("letter %s %s could not be composed", row.kind, row.reference)
                _note(ctx, row, f"{type(error).__name__}: {error}", is_final=False)
                broken.append(f"{row.kind} {row.reference}: {error}")
            else:
                counts[outcome] += 1
    logger.info("%d letters due; %s", len(due), dict(counts))
    if broken:
        raise LetterError("These letters could not be composed: " + "; ".join(broken))
    return dict(counts)


def _take(ctx: Context, row: tables.DeliveryRow) -> bool:
    with ctx.store.writing() as session:
        return deliveries.take(session, row, clock.now())


def _send(ctx: Context, server: mail.MailServer, line: mail.SmtpLine, row: tables.DeliveryRow) -> str:
    """Send one letter and note the outcome.

    Raises:
        mail.MailError: it was not taken; that is noted.
    """
    # An address of the plan that is none: no later try can succeed.
    if not mail.is_address(row.recipient):
        _note(ctx, row, f"{row.recipient!r} is no e-mail address", is_final=True)
        return "failed"
    letter = COMPOSERS[row.kind](ctx, row, f"<{row.token}@{server.sender.rpartition('@')[2]}>")
    message = mail.build_message(letter, server.sender, ctx.plan.board.short_name, clock.now())
    try:
        line.send(message, row.recipient)
    except mail.MailError as error:
        _note(ctx, row, str(error), is_final=error.is_final)
        raise
    with ctx.store.writing() as session:
        deliveries.mark_sent(session, row.id, clock.now())
    return "sent"


def _note(ctx: Context, row: tables.DeliveryRow, error: str, *, is_final: bool) -> None:
    logger.warning("letter %s %s was not sent: %s", row.kind, row.reference, error)
    with ctx.store.writing() as session:
        deliveries.mark_tried(session, row.id, clock.now(), error, is_final=is_final)


def _answer_letter(ctx: Context, row: tables.DeliveryRow, message_id: str) -> mail.Letter:
    """What the receipt says, with the receipt and the workbook to correct attached."""
    number = ledger.submission_number(row.reference)
    with ctx.store.reading() as session:
        stored = session.get_one(tables.SubmissionRow, number)
    # Made from the store, as the receipt in the outbox: both say the same, whenever the letter leaves.
    workbook = ctx.settings.data / stored.marked_workbook if stored.marked_workbook else None
    receipt = build_receipt(ctx, number, workbook.name if workbook else "")
    return _letter(ctx, row, message_id, receipt, _attach(ctx, workbook) if workbook else ())


def _fault_letter(ctx: Context, row: tables.DeliveryRow, message_id: str) -> mail.Letter:
    """The news that our own code failed on a file."""
    receipt = describe_file(ctx, ledger.submission_number(row.reference))
    return _letter(ctx, row, message_id, receipt, ())


def _letter(
    ctx: Context,
    row: tables.DeliveryRow,
    message_id: str,
    receipt: Receipt,
    others: tuple[mail.Attachment, ...],
) -> mail.Letter:
    templates = ctx.settings.templates
    subject, text = feedback.render_letter(receipt, templates)
    page = mail.Attachment(
        feedback.receipt_name(receipt), feedback.render_receipt(receipt, templates).encode()
    )
    return mail.Letter(message_id, row.recipient, subject, text, (page, *others))


def _attach(ctx: Context, path: Path) -> tuple[mail.Attachment, ...]:
    """A file of the outbox, when it is still there and small enough for a letter.

    Submitters may write to their outbox folder: a link put there is not followed to somebody else's file, and
    O_NONBLOCK keeps a pipe put there from stopping the pass for ever.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        logger.warning("%s is not attached: %s", path, error)
        return ()
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        inside = path.parent.resolve().is_relative_to(ctx.settings.outbox.resolve())
        if not inside or not stat.S_ISREG(status.st_mode) or status.st_size > mail.MAX_ATTACHMENT_BYTES:
            logger.warning("%s is not attached: no plain file of the outbox, or too large", path)
            return ()
        return (mail.Attachment(path.name, file.read(mail.MAX_ATTACHMENT_BYTES)),)


def _issued_letter(ctx: Context, row: tables.DeliveryRow, message_id: str) -> mail.Letter:
    """The letter that brings an issued document, with its sha256 to check it by."""
    # Here and not above: most passes send answers only, and these bring all of reporting with them.
    from chuyenhoa.pipeline.publish import drafts, issuing

    texts = drafts.office_texts(ctx)
    with ctx.store.reading() as session:
        document = session.get_one(tables.DocumentRow, row.reference)
        (entry,) = (
            e for e in issuing.find_entries(ctx, session, document.milestone) if e.document == document.id
        )
    plan, path = ctx.plan_of(document.milestone), ctx.settings.data / document.issued_path
    content = path.read_bytes()
    name = PurePosixPath(document.issued_path).name
    text = texts["handover_letter"].format(
        board=plan.board.short_name,
        period=ctx.period(document.milestone).label,
        documents=f"- {entry.title}, số {entry.number or texts['no_number']}",
        checksums=f"{document.issued_sha256}  {name}",
    )
    if len(content) > mail.MAX_ATTACHMENT_BYTES:
        logger.warning("%s is too large for a letter", document.issued_path)
        text += texts["handover_large"].format(names=name) + "\n"
    fits = len(content) <= mail.MAX_ATTACHMENT_BYTES
    subject = texts["issued_subject"].format(title=entry.title, number=entry.number or texts["no_number"])
    return mail.Letter(
        message_id, row.recipient, subject, text, (mail.Attachment(name, content),) if fits else ()
    )


def _query_letter(ctx: Context, row: tables.DeliveryRow, message_id: str) -> mail.Letter:
    """The letter that asks a submitter about localities and criteria."""
    from chuyenhoa.pipeline.publish.drafts import office_texts

    document = row.reference.rpartition(".r")[0]
    with ctx.store.reading() as session:
        found = list_queries(session, document)
    first = next(entry for entry in found if entry.id == row.reference)
    lines = describe_queries(ctx, [entry for entry in found if entry.notice == first.notice])
    period = ctx.period(first.milestone).label
    subject = office_texts(ctx)["remark_subject"].format(period=period)
    return mail.Letter(message_id, row.recipient, subject, "\n\n".join(lines) + "\n")


COMPOSERS: Mapping[str, Callable[[Context, tables.DeliveryRow, str], mail.Letter]] = {
    deliveries.ANSWER: _answer_letter,
    deliveries.FAULT: _fault_letter,
    ISSUED_LETTER: _issued_letter,
    QUERY_LETTER: _query_letter,
}
"""Which function composes a letter of which kind; a new kind is an entry here."""
