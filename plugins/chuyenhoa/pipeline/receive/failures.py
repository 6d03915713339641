"""Failures of ours on single files: what is said of them, how often they may happen, and another try."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError

from chuyenhoa import clock
from chuyenhoa.feedback.receipt import ReceiptError
from chuyenhoa.model import personal
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.pipeline.context import Context
from chuyenhoa.plan import PlanError
from chuyenhoa.store import ledger, set_aside, tables

logger = logging.getLogger(__name__)

SURROUNDINGS = (OSError, MemoryError, OperationalError, InterfaceError, ReceiptError, PlanError)
"""Failures that say nothing of the file at hand: disk, memory, database, a template or plan being edited."""


@dataclass(frozen=True)
class Failure:
    """What we failed on and how, for logs and alerts."""

    text: str
    is_files: bool
    """Whether it may lie in this one file; a full disk or a store that is away costs no file its tries."""

    @classmethod
    def of(cls, row: tables.SubmissionRow, error: Exception) -> Failure:
        """The failure on one submission; it holds no personal number, not even that of a file's name."""
        text = f"{personal.mask_personal(row.file_name)} ({row.sha256[:12]}): {error}"
        return cls(text, not isinstance(error, SURROUNDINGS))

    def __str__(self) -> str:
        return self.text


def count_failures(ctx: Context, failed: Mapping[int, Failure]) -> dict[int, str]:
    """Count the failures that may lie in a file, and set files aside; what is said of each, by number."""
    counted = [number for number, failure in failed.items() if failure.is_files]
    ends = dict.fromkeys(failed, "will be tried again")
    try:
        with ctx.store.writing() as session:
            for row in ledger.find_submissions(session, counted):
                if set_aside.note_failure(session, row, clock.now(), failed[row.number].text):
                    ends[row.number] = f"set aside after {set_aside.TRIES} tries (chuyenhoa retry)"
    except Exception:  # what made us fail may hold this up too: the failure itself must still be raised
        logger.exception("counting our failures failed")
    return {number: f"{failure} [{ends[number]}]" for number, failure in failed.items()}


def retry(ctx: Context, numbers: Sequence[int]) -> list[str]:
    """Let the next pass try files that were set aside; the ids of those that were."""
    with ctx.store.writing() as session:
        rows = ledger.find_submissions(session, numbers)
        found = [row for row in rows if row.status == SubmissionStatus.SET_ASIDE]
        for row in found:
            set_aside.retry(session, row, clock.now())
        return [ledger.submission_id(row.number) for row in found]
