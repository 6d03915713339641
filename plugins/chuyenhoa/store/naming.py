"""Gives receipts their names: one for each submission, for good, and no two the same."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.store.ledger import find_submissions
from chuyenhoa.store.tables import SubmissionRow

NAMED_BY = 8
"""Characters of a file's hash in its receipt's name."""


def reserve_receipts(session: Session, wanted: Mapping[int, str]) -> dict[int, str]:
    """The paths of some submissions' receipts: those wanted, with a number where another has that name.

    Names that differ in case alone are the same name here, since the outbox may lie on a disk that holds
    them so. A path stays the submission's own, also when its answer is cut short and given again.
    """
    rows = find_submissions(session, wanted)
    unnamed = [row for row in rows if not row.receipt]
    given = _given(session, unnamed)
    counts: dict[str, int] = {}
    for row in unnamed:
        path = wanted[row.number]
        stem, dot, suffix = path.rpartition(".")
        count = counts.get(path.casefold(), 1)
        row.receipt = path if count == 1 else f"{stem}-{count}{dot}{suffix}"
        while row.receipt.casefold() in given:
            count += 1
            row.receipt = f"{stem}-{count}{dot}{suffix}"
        counts[path.casefold()] = count
        given.add(row.receipt.casefold())
    return {row.number: row.receipt for row in rows}


def reserve_receipt(session: Session, number: int, wanted: str) -> str:
    """`reserve_receipts` for one submission."""
    return reserve_receipts(session, {number: wanted})[number]


def _given(session: Session, rows: list[SubmissionRow]) -> set[str]:
    """Receipts that could have the name of another: of files with like hashes that came at the same time."""
    given: set[str] = set()
    likes = {(row.received_at, row.sha256[:NAMED_BY]) for row in rows}
    for received_at, head in likes:
        # "g" follows every digit of a hash.
        query = select(SubmissionRow.receipt).where(
            SubmissionRow.sha256 >= head,
            SubmissionRow.sha256 < head + "g",
            SubmissionRow.received_at == received_at,
            SubmissionRow.receipt != "",
        )
        given.update(receipt.casefold() for receipt in session.scalars(query))
    return given
