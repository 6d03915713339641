"""Takes files out of the inbox so that a crash between any two steps loses nothing and doubles nothing."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from chuyenhoa.intake.archive import archive_file
from chuyenhoa.intake.inbox import Drop
from chuyenhoa.store import Store, ledger
from chuyenhoa.store.tables import SubmissionRow

logger = logging.getLogger(__name__)


def claim_drops(store: Store, inbox: Path, archive: Path, drops: Sequence[Drop], at: datetime) -> list[int]:
    """Archive, enter in the ledger and only then remove each file; returns the submissions' numbers.

    A file that changes or vanishes meanwhile is left for the next pass.
    """
    claimed = []
    for drop in drops:
        number = _claim(store, inbox, archive, drop, at)
        if number is not None:
            claimed.append(number)
    return claimed


def _claim(store: Store, inbox: Path, archive: Path, drop: Drop, at: datetime) -> int | None:
    source = inbox / drop.path
    try:
        sha256, size = archive_file(archive, source)
        if not _is_unchanged(source, drop) or size != drop.size:
            logger.info("%s changed while it was read; left for the next pass", drop.path)
            return None
    except FileNotFoundError:
        return None
    number = _enter(store, drop, sha256, at)
    if not _is_unchanged(source, drop):
        # Another file took its name after it was archived: that one is a drop of its own.
        logger.info(
            "%s was replaced after it was archived; the new file is left for the next pass", drop.path
        )
    else:
        source.unlink(missing_ok=True)
    with store.writing() as session:
        session.get_one(SubmissionRow, number).removed_from_inbox = True
    return number


def _is_unchanged(source: Path, drop: Drop) -> bool:
    try:
        seen = source.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    return (seen.st_size, seen.st_mtime_ns) == (drop.size, drop.mtime_ns)


def _enter(store: Store, drop: Drop, sha256: str, at: datetime) -> int:
    """The ledger's number for a drop: a new one, or that of an earlier pass which was cut short."""
    with store.writing() as session:
        found = ledger.find_open_claim(session, drop.claim_key, sha256)
        if found is not None:
            return found.number
        claim = ledger.Claim(
            sha256=sha256,
            size=drop.size,
            folder=drop.folder,
            file_name=unicodedata.normalize("NFC", drop.name),
            claim_key=drop.claim_key,
            received_at=at,
        )
        return ledger.add_claim(session, claim).number


def close_cut_claims(store: Store, inbox: Path) -> None:
    """Note as removed what an earlier pass removed before it was cut short.

    Without this the same file, dropped again later with the same time stamp, would look like the old claim.
    """
    with store.writing() as session:
        for row in ledger.find_unremoved(session):
            path, size, mtime_ns = row.claim_key.rsplit("|", 2)
            folder = path.split("/", 1)[0] if "/" in path else ""
            if not _is_unchanged(inbox / path, Drop(path, folder, int(size), int(mtime_ns))):
                row.removed_from_inbox = True
