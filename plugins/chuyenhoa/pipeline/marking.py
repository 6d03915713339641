"""The workbook to mend that lies beside a receipt: the submitter's own, marked, or the form, filled."""

from __future__ import annotations

import logging

from chuyenhoa import confined
from chuyenhoa.feedback import MarkedAs
from chuyenhoa.feedback.marking import Marked
from chuyenhoa.model.submissions import Receipt, Severity, SubmissionStatus
from chuyenhoa.pipeline.filling import fill_form
from chuyenhoa.pipeline.workplace import Workplace
from chuyenhoa.store.archive import read_archived

logger = logging.getLogger(__name__)

MARK = confined.Task("chuyenhoa.feedback.marking:try_mark")
"""Marking reads the file again, so it is done where a poison file harms nobody."""


def make_workbook(place: Workplace, number: int, receipt: Receipt) -> tuple[bytes, MarkedAs] | None:
    """The workbook to mend; None when nothing in the file is to be mended, or it is not known whose it is.

    A file that cannot be marked (Word, CSV, an older Excel) comes back as the form, with what was read.

    Raises:
        confined.FaultError: we failed on marking it.
    """
    to_mark = tuple(f for f in receipt.findings if f.severity is not Severity.NOTE and not f.explanation)
    if receipt.status in (SubmissionStatus.REFUSED, SubmissionStatus.DUPLICATE) or not to_mark:
        return None
    if receipt.members:
        return None
    original = read_archived(place.settings.archive, receipt.sha256)
    (outcome,) = confined.call_all(MARK, [(original, to_mark, receipt.locality_names)])
    if isinstance(outcome, confined.FaultError):
        raise outcome
    if isinstance(outcome, Marked) and outcome.content:
        return outcome.content, MarkedAs.ORIGINAL
    why = outcome.reason if isinstance(outcome, Marked) else outcome
    logger.info("%r cannot be marked: %s", receipt.file_name, why)
    filled = fill_form(place, number, receipt, to_mark)
    return (filled, MarkedAs.FORM) if filled is not None else None
