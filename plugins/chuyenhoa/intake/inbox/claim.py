"""Takes files out of the inbox so that a crash between any two steps loses nothing and doubles nothing."""

from __future__ import annotations

import itertools
import logging
import unicodedata
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from chuyenhoa.intake.inbox.scan import Drop, OpenDrop, SkippedFile, SkipReason, logged, open_drop, readable
from chuyenhoa.store import Store, claims, ledger
from chuyenhoa.store.archive import Incoming

logger = logging.getLogger(__name__)

AT_ONCE = 64
"""Files that are archived, then entered in one transaction, then removed: bounds open files and memory."""


@dataclass
class Claimed:
    """What became of the drops of one pass."""

    numbers: list[int] = field(default_factory=list)
    left: list[SkippedFile] = field(default_factory=list)


@dataclass(frozen=True)
class _Safe:
    """A drop whose bytes are safe in the archive."""

    file: OpenDrop
    sha256: str
    size: int


def claim_drops(store: Store, inbox: Path, archive: Path, drops: Sequence[Drop], at: datetime) -> Claimed:
    """Archive files, enter them in the ledger and only then remove them, a number of files at a time.

    A file that changes or vanishes meanwhile is left for the next pass; one that cannot be read, archived or
    removed is left too, and reported.
    """
    # Archive, ledger, remove: a crash may cut between any two. In this order a file is always in at least one
    # place and counted at most once.
    claimed = Claimed()
    waiting = iter(drops)
    while part := list(itertools.islice(waiting, AT_ONCE)):
        with ExitStack() as opened:
            safe = _archive(opened, inbox, archive, part, claimed)
            if safe:
                _enter_and_remove(store, safe, claimed, at)
    return claimed


def _archive(
    opened: ExitStack, inbox: Path, archive: Path, drops: Sequence[Drop], claimed: Claimed
) -> list[_Safe]:
    """Copy files into the archive; they stay open, so that no other file can be taken for one of them."""
    copied = []
    with Incoming(archive) as incoming:
        for drop in drops:
            file = _open(opened, inbox, drop, claimed)
            if file is not None and (safe := _copy(incoming, file, claimed)) is not None:
                copied.append(safe)
        # One flush to disk for all files of a part: a full disk shows here, and then none of them is entered.
        try:
            incoming.keep()
        except OSError as error:
            for safe in copied:
                _leave_unarchived(safe.file.drop, error, claimed)
            return []
    return copied


def _open(opened: ExitStack, inbox: Path, drop: Drop, claimed: Claimed) -> OpenDrop | None:
    try:
        file = opened.enter_context(open_drop(inbox, drop))
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.warning("%r cannot be read (%s); it stays in the inbox", logged(drop.path), error.strerror)
        claimed.left.append(SkippedFile(drop.path, SkipReason.UNREADABLE, error.strerror or ""))
        return None
    if file.is_being_written():
        logger.info("%r is still open for writing; left for the next pass", logged(drop.path))
        claimed.left.append(SkippedFile(drop.path, SkipReason.GROWING))
        return None
    return file


def _copy(incoming: Incoming, file: OpenDrop, claimed: Claimed) -> _Safe | None:
    try:
        sha256, size = incoming.copy(file.descriptor)
    except OSError as error:
        _leave_unarchived(file.drop, error, claimed)
        return None
    if size != file.drop.size or not file.is_unchanged():
        logger.info("%r changed while it was read; left for the next pass", logged(file.drop.path))
        claimed.left.append(SkippedFile(file.drop.path, SkipReason.GROWING))
        # Somebody still writes: half a report must not be archived under a name of its own.
        incoming.drop()
        return None
    return _Safe(file, sha256, size)


def _leave_unarchived(drop: Drop, error: OSError, claimed: Claimed) -> None:
    logger.error("%r cannot be archived (%s); it stays in the inbox", logged(drop.path), error.strerror)
    claimed.left.append(SkippedFile(drop.path, SkipReason.NOT_ARCHIVED, error.strerror or ""))


def _enter_and_remove(store: Store, safe: Sequence[_Safe], claimed: Claimed, at: datetime) -> None:
    with store.writing() as session:
        # One that is gone by now was entered and removed by another pass at the same time.
        present = [entry for entry in safe if entry.file.is_there()]
        # A pass claims 64 files at a time, and all of it is one pass.
        first = claimed.numbers[0] if claimed.numbers else None
        numbers = claims.enter_claims(session, [_claim(entry, at, first) for entry in present])
    gone = []
    for number, entry in zip(numbers, present, strict=True):
        claimed.numbers.append(number)
        if _remove(entry.file, claimed):
            gone.append(number)
    with store.writing() as session:
        for row in ledger.find_submissions(session, gone):
            row.removed_from_inbox = True


def _claim(entry: _Safe, at: datetime, first: int | None) -> claims.Claim:
    drop = entry.file.drop
    return claims.Claim(
        sha256=entry.sha256,
        size=entry.size,
        # macOS sends names decomposed; receipts and the folder of the plan are composed.
        folder=unicodedata.normalize("NFC", readable(drop.folder)),
        file_name=unicodedata.normalize("NFC", readable(drop.name)),
        claim_key=drop.claim_key,
        received_at=at,
        claimed_with=first,
    )


def _remove(file: OpenDrop, claimed: Claimed) -> bool:
    """Whether a file that is safe has left the inbox; another one that took its name is a drop of its own."""
    shown = logged(file.drop.path)
    try:
        if not file.remove():
            logger.info(
                "%r was replaced after it was archived; the new file is left for the next pass", shown
            )
    except OSError as error:
        logger.error("%r is archived and cannot be removed from the inbox (%s)", shown, error.strerror)
        claimed.left.append(SkippedFile(file.drop.path, SkipReason.NOT_REMOVED, error.strerror or ""))
        return False
    return True


def close_cut_claims(store: Store, drops: Sequence[Drop]) -> None:
    """Note as removed what an earlier pass removed before it was cut short; `drops` are all in the inbox now.

    Without this the same file, dropped again later with the same time stamp, would look like the old claim.
    """
    with store.reading() as session:
        if not claims.find_unremoved(session):
            return
    present = {drop.claim_key for drop in drops}
    with store.writing() as session:
        for row in claims.find_unremoved(session):
            if row.claim_key not in present:
                row.removed_from_inbox = True
