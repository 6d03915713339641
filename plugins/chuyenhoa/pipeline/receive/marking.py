"""The workbook to mend that lies beside a receipt: the submitter's own, marked, or the form, filled."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from chuyenhoa.feedback import MarkedAs
from chuyenhoa.feedback.marked import Marked
from chuyenhoa.kit import sandbox
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.submissions import Finding, Receipt, Severity, SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive.filling import fill_form
from chuyenhoa.store.archive import read_archived

logger = logging.getLogger(__name__)

MARK = sandbox.Task("chuyenhoa.feedback.marked:try_mark")
"""Marking reads the file again, so it is done where a poison file harms nobody."""


Made = tuple[bytes, MarkedAs]


def make_workbooks(ctx: Context, receipts: Mapping[int, Receipt]) -> dict[int, Made]:
    """The workbooks to mend, by number; none where nothing is to be mended, or it is not known whose it is.

    A file that cannot be marked (Word, CSV, an older Excel) comes back as the form, with what was read.

    Raises:
        confined.FaultError: we failed on marking one.
    """
    jobs = {}
    for number, receipt in receipts.items():
        to_mark = _to_mark(receipt)
        if to_mark:
            original = read_archived(ctx.settings.archive, receipt.sha256)
            jobs[number] = (original, to_mark, receipt.locality_names)
    outcomes = sandbox.call_all(MARK, list(jobs.values())) if jobs else []
    made = {}
    for number, outcome in zip(jobs, outcomes, strict=True):
        if isinstance(outcome, sandbox.FaultError):
            raise outcome
        found = _take(ctx, number, receipts[number], outcome)
        if found is not None:
            made[number] = found
    return made


def _to_mark(receipt: Receipt) -> tuple[Finding, ...]:
    """What is marked in a file; nothing in one that is not to be mended."""
    if receipt.status in (SubmissionStatus.REFUSED, SubmissionStatus.DUPLICATE) or receipt.members:
        return ()
    return tuple(f for f in receipt.findings if f.severity is not Severity.NOTE and not f.justification)


def _take(ctx: Context, number: int, receipt: Receipt, outcome: Marked | sandbox.Death) -> Made | None:
    """The marked file, or else the form with what was read."""
    if isinstance(outcome, Marked) and outcome.content:
        return outcome.content, MarkedAs.ORIGINAL
    why = outcome.reason if isinstance(outcome, Marked) else outcome
    logger.info("%r cannot be marked: %s", mask_personal(receipt.file_name), why)
    filled = fill_form(ctx, number, receipt, _to_mark(receipt))
    return (filled, MarkedAs.FORM) if filled is not None else None
