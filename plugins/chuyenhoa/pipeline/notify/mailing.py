"""Letters by e-mail: owed with every answer, sent apart from intake, which a mail server never holds up."""

from __future__ import annotations

import logging
import os
import stat
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.feedback import receipt_name, render_letter, render_receipt
from chuyenhoa.kit.mail import (
    MAX_ATTACHMENT_BYTES,
    Attachment,
    Letter,
    MailError,
    MailServer,
    SmtpLine,
    build_message,
    is_address,
    read_server,
    split_addresses,
)
from chuyenhoa.model.submissions import Receipt
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.publish.office_queries import REMARK_LETTER
from chuyenhoa.pipeline.receive.receipts import build_receipt, describe_file
from chuyenhoa.release.register import ISSUED_LETTER
from chuyenhoa.store import deliveries, ledger
from chuyenhoa.store.tables import DeliveryRow, SubmissionRow

logger = logging.getLogger(__name__)

ANSWER, FAULT = "answer", "fault"
"""Kinds of letters: the answer to a file, and the news that we failed on one."""
PASS_SECONDS = 240.0
"""How long one pass sends; the rest waits for the next one."""


class LetterError(RuntimeError):
    """We failed to write letters; the text names them. They are tried again."""


def enqueue_notifications(ctx: Context, session: Session, rows: Sequence[SubmissionRow], kind: str) -> None:
    """Note that the owner of each file's inbox folder gets a letter; an answer overtakes news of a fault.

    The folder decides, not what the file says of itself: nobody can have letters sent to somebody else.
    """
    if kind == ANSWER:
        deliveries.cancel(session, FAULT, [ledger.submission_id(row.number) for row in rows])
    deliveries.enqueue_all(session, [_describe(ctx, row, kind) for row in rows], clock.now())


def _describe(ctx: Context, row: SubmissionRow, kind: str) -> tuple[deliveries.Subject, Sequence[str]]:
    """What a letter is about, and to whom it goes."""
    plan = ctx.plans.get(row.plan, ctx.plan)
    owner = plan.submitter_by_folder.get(row.folder)
    reference = ledger.submission_id(row.number)
    subject = deliveries.Subject(kind, reference, f"{row.sha256} {row.received_at} {row.member}", row.number)
    return subject, split_addresses(owner.email) if owner else ()


def send_letters(server: MailServer | None = None) -> dict[str, int]:
    """Send the letters whose time has come, one by one, to each recipient once.

    A server that is down, slow or refuses is no failure of ours: the letter waits and is tried again with
    growing pauses, for `deliveries.DELIVERY_TIMEOUT`.

    Args:
        server: where to hand letters in; the one of CHUYENHOA_SMTP if left out. Without either all letters
            wait, and the outbox has the answers in any case.

    Returns:
        How many letters were sent, postponed and given up.

    Raises:
        MailConfigError: the server is described wrongly.
        LetterError: some letters could not be written; the others were sent.
    """
    ctx = open_context()
    url = ctx.settings.smtp_url
    server = server or (read_server(url, "CHUYENHOA_SMTP") if url else None)
    if server is None:
        logger.info("no mail server is set up: answers lie in the outbox alone")
        return {}
    with ctx.store.writing() as session:
        deliveries.drop_old(session, clock.now(), (ANSWER, FAULT))
        due = deliveries.find_due(session, clock.now())
    counts: Counter[str] = Counter()
    broken = []
    began = clock.monotonic()
    with server.line() as line:
        for row in due:
            if clock.monotonic() - began > PASS_SECONDS or not _is_taken(ctx, row):
                continue
            try:
                outcome = _send(ctx, server, line, row)
            except MailError as error:
                counts["failed" if error.is_final else "postponed"] += 1
                if error.is_server:
                    break
            except Exception as error:  # a letter that we cannot write holds up no other
                logger.exception("letter %s %s could not be written", row.kind, row.reference)
                _note(ctx, row, f"{type(error).__name__}: {error}", is_final=False)
                broken.append(f"{row.kind} {row.reference}: {error}")
            else:
                counts[outcome] += 1
    logger.info("%d letters due; %s", len(due), dict(counts))
    if broken:
        raise LetterError("These letters could not be written: " + "; ".join(broken))
    return dict(counts)


def _is_taken(ctx: Context, row: DeliveryRow) -> bool:
    with ctx.store.writing() as session:
        return deliveries.take(session, row, clock.now())


def _send(ctx: Context, server: MailServer, line: SmtpLine, row: DeliveryRow) -> str:
    """Send one letter and note the outcome.

    Raises:
        MailError: it was not taken; that is noted.
    """
    if not is_address(row.recipient):
        _note(ctx, row, f"{row.recipient!r} is no e-mail address", is_final=True)
        return "failed"
    letter = COMPOSERS[row.kind](ctx, row, f"<{row.token}@{server.sender.rpartition('@')[2]}>")
    message = build_message(letter, server.sender, ctx.plan.board.short_name, clock.now())
    try:
        line.send(message, row.recipient)
    except MailError as error:
        _note(ctx, row, str(error), is_final=error.is_final)
        raise
    with ctx.store.writing() as session:
        deliveries.mark_sent(session, row.id, clock.now())
    return "sent"


def _note(ctx: Context, row: DeliveryRow, error: str, *, is_final: bool) -> None:
    logger.warning("letter %s %s was not sent: %s", row.kind, row.reference, error)
    with ctx.store.writing() as session:
        deliveries.mark_tried(session, row.id, clock.now(), error, is_final=is_final)


def _answer_letter(ctx: Context, row: DeliveryRow, message_id: str) -> Letter:
    """The letter of an answer: what the receipt says, with the receipt and the workbook to mend."""
    number = ledger.submission_number(row.reference)
    with ctx.store.reading() as session:
        stored = session.get_one(SubmissionRow, number)
    workbook = ctx.settings.data / stored.marked_workbook if stored.marked_workbook else None
    receipt = build_receipt(ctx, number, workbook.name if workbook else "")
    return _letter(ctx, row, message_id, receipt, _attach(ctx, workbook) if workbook else ())


def _fault_letter(ctx: Context, row: DeliveryRow, message_id: str) -> Letter:
    """The letter that says that we failed on a file."""
    receipt = describe_file(ctx, ledger.submission_number(row.reference))
    return _letter(ctx, row, message_id, receipt, ())


def _letter(
    ctx: Context, row: DeliveryRow, message_id: str, receipt: Receipt, others: tuple[Attachment, ...]
) -> Letter:
    templates = ctx.settings.templates
    subject, text = render_letter(receipt, templates)
    page = Attachment(receipt_name(receipt), render_receipt(receipt, templates).encode())
    return Letter(message_id, row.recipient, subject, text, (page, *others))


def _attach(ctx: Context, path: Path) -> tuple[Attachment, ...]:
    """A file of the outbox, when it is still there and small enough to travel.

    Submitters may write to their outbox folder: a link put there is not followed to somebody else's file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        logger.warning("%s is not attached: %s", path, error)
        return ()
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        inside = path.parent.resolve().is_relative_to(ctx.settings.outbox.resolve())
        if not inside or not stat.S_ISREG(status.st_mode) or status.st_size > MAX_ATTACHMENT_BYTES:
            logger.warning("%s is not attached: no plain file of the outbox, or too large", path)
            return ()
        return (Attachment(path.name, file.read(MAX_ATTACHMENT_BYTES)),)


def _office_letter(ctx: Context, row: DeliveryRow, message_id: str) -> Letter:
    """A letter of the office; loaded when one is sent, since it brings all of reporting with it."""
    from chuyenhoa.pipeline.notify.office_mail import issued_letter, remark_letter

    compose = issued_letter if row.kind == ISSUED_LETTER else remark_letter
    return compose(ctx, row, message_id)


COMPOSERS: Mapping[str, Callable[[Context, DeliveryRow, str], Letter]] = {
    ANSWER: _answer_letter,
    FAULT: _fault_letter,
    ISSUED_LETTER: _office_letter,
    REMARK_LETTER: _office_letter,
}
"""Who writes a letter of a kind; a new kind of letter is an entry here."""
