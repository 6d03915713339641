"""The workbook to mend that lies beside a receipt: the submitter's own, marked, where that can be."""

from __future__ import annotations

import logging

from chuyenhoa import confined
from chuyenhoa.feedback import MarkedAs
from chuyenhoa.feedback.marking import Marked
from chuyenhoa.model.submissions import Receipt, Severity, SubmissionStatus
from chuyenhoa.pipeline.workplace import Workplace
from chuyenhoa.store.archive import read_archived

logger = logging.getLogger(__name__)

MARK = confined.Task("chuyenhoa.feedback.marking:try_mark")
"""Marking reads the file again, so it is done where a poison file harms nobody."""


def make_workbook(place: Workplace, receipt: Receipt) -> tuple[bytes, MarkedAs] | None:
    """The workbook to mend; None when nothing in the file is to be mended.

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
    return None
