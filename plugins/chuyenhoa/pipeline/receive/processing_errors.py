"""Tells a submitter that a file arrived and that we, not they, failed on it; once, until the real answer."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from chuyenhoa import clock
from chuyenhoa.feedback import receipt_name, render_receipt
from chuyenhoa.pipeline.context import Context, write_file
from chuyenhoa.pipeline.notify.mailing import FAULT, enqueue_notifications
from chuyenhoa.pipeline.receive.receipts import describe_file, outbox_of
from chuyenhoa.store import ledger
from chuyenhoa.store.ledger import reserve_receipt
from chuyenhoa.store.tables import SubmissionRow

logger = logging.getLogger(__name__)

TOLD = "fault_told"
"""The event by which it is known that a submitter was told."""
OVERDUE = timedelta(minutes=20)
"""A file that waits longer than a sweep takes was dropped by a process that died on it."""


def tell_faults(ctx: Context, numbers: Iterable[int]) -> None:
    """Put the receipt of our own fault where the real one will stand; each submission gets it once.

    It never raises: what made us fail (a full disk, a store that is away) may hold it up as well, and the
    caller has the fault itself to report.
    """
    for number in numbers:
        try:
            _tell(ctx, number)
        except Exception:  # the next pass tries again
            logger.exception("telling of our fault on %s failed", ledger.submission_id(number))


def tell_overdue(ctx: Context) -> None:
    """Tell the submitters of files that were claimed long ago and still wait: their pass was cut short."""
    now = clock.now()
    with ctx.store.reading() as session:
        waiting = ledger.pending(session)
    late = [row.number for row in waiting if now - datetime.fromisoformat(row.received_at) > OVERDUE]
    tell_faults(ctx, late)


def _tell(ctx: Context, number: int) -> None:
    receipt = describe_file(ctx, number)
    data = ctx.settings.data
    wanted = (outbox_of(ctx, receipt) / receipt_name(receipt)).relative_to(data).as_posix()
    with ctx.store.writing() as session:
        row = session.get_one(SubmissionRow, number)
        if row.answered_at is not None or any(
            event.kind == TOLD for event in ledger.load_events(session, number)
        ):
            return
        path = reserve_receipt(session, number, wanted)
    write_file(data / path, render_receipt(receipt, ctx.settings.templates).encode())
    with ctx.store.writing() as session:
        row = session.get_one(SubmissionRow, number)
        ledger.add_event(session, number, clock.now(), TOLD, path)
        enqueue_notifications(ctx, session, [row], FAULT)
