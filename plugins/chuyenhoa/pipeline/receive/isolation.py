"""Takes steps for several submissions together, and keeps what fails on one of them from the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from chuyenhoa.model.personal import mask_personal
from chuyenhoa.pipeline.receive.validate import BatchCheck
from chuyenhoa.store.tables import SubmissionRow

logger = logging.getLogger(__name__)

TOGETHER = 64
"""Files that are stored in one transaction and answered with one wait for the disk."""


def groups(rows: Sequence[SubmissionRow], check: BatchCheck) -> Iterator[list[SubmissionRow]]:
    """Rows that are stored and answered together; one that rests on those before it begins a new group."""
    group: list[SubmissionRow] = []
    for row in rows:
        if group and (len(group) == TOGETHER or check.waits(row.number)):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def run_isolated(
    rows: Sequence[SubmissionRow], step: Callable[[Sequence[SubmissionRow]], None], failed: dict[int, str]
) -> None:
    """Take a step for some submissions together; when it fails, for each by itself, and note what failed."""
    if len(rows) > 1:
        try:
            step(rows)
        except Exception:
            logger.exception("a step for %d files together failed", len(rows))
        else:
            return
    for row in rows:
        with noting_failure(row, failed):
            step([row])


def say_failed(row: SubmissionRow, error: Exception) -> str:
    """What we failed on, for logs: these hold no personal number, not even of a file's name."""
    return f"{mask_personal(row.file_name)} ({row.sha256[:12]}): {error}"


@contextmanager
def noting_failure(row: SubmissionRow, failed: dict[int, str]) -> Iterator[None]:
    """Keep what goes wrong with one submission from the others, and note it."""
    try:
        yield
    except Exception as error:
        logger.exception("answering %r (%s) failed", mask_personal(row.file_name), row.sha256)
        failed[row.number] = say_failed(row, error)
