"""Claims in the ledger: files as they were taken from the inbox, and what they repeat."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.store.ledger import MAX_NAMED, add_event, claim_facts, members_of, submission_id
from chuyenhoa.store.tables import SubmissionRow


@dataclass(frozen=True)
class Claim:
    """A file as it was taken from the inbox."""

    sha256: str
    size: int
    folder: str
    file_name: str
    claim_key: str
    received_at: datetime
    container: int | None = None
    """The number of the archive (.zip) in which it came."""
    member: str = ""
    """Its path inside that archive."""
    claimed_with: int | None = None
    """The first file of the same pass; None for the first one itself."""


def find_unremoved(session: Session) -> list[SubmissionRow]:
    """Claims of which it is not noted that their file left the inbox."""
    return list(session.scalars(select(SubmissionRow).where(SubmissionRow.removed_from_inbox.is_(False))))


def enter_claims(session: Session, claims: Sequence[Claim]) -> list[int]:
    """The numbers of files that are safe in the archive and still lie in the inbox, in the same order.

    A file that an earlier pass entered and was cut short before it removed keeps its number.
    """
    # Archive, ledger, remove: after a crash behind the commit the file still lies in the inbox, with a row
    # that says it was not removed. The same path, size, time and bytes are that file; anything else is a
    # new drop.
    keys = [claim.claim_key for claim in claims]
    open_ones: dict[tuple[str, str], int] = {}
    for start in range(0, len(keys), MAX_NAMED):
        query = select(SubmissionRow.claim_key, SubmissionRow.sha256, SubmissionRow.number).where(
            SubmissionRow.claim_key.in_(keys[start : start + MAX_NAMED]),
            SubmissionRow.removed_from_inbox.is_(False),
        )
        open_ones.update({(key, sha256): number for key, sha256, number in session.execute(query)})
    new = [claim for claim in claims if (claim.claim_key, claim.sha256) not in open_ones]
    for claim, row in zip(new, add_claims(session, new), strict=True):
        open_ones[claim.claim_key, claim.sha256] = row.number
    return [open_ones[claim.claim_key, claim.sha256] for claim in claims]


def add_claims(session: Session, claims: Sequence[Claim]) -> list[SubmissionRow]:
    """Enter files that are safe in the archive."""
    # Numbers without gaps, which a sequence leaves at every rollback (decision 0019).
    last = session.scalar(select(func.max(SubmissionRow.number))) or 0
    rows = [_row(number, claim, last + 1) for number, claim in enumerate(claims, last + 1)]
    session.add_all(rows)
    session.flush()
    for row, claim in zip(rows, claims, strict=True):
        where = f"{submission_id(claim.container)}!{claim.member}" if claim.container else claim.file_name
        detail = f"{claim.folder}/{where}"
        add_event(session, row.number, claim.received_at, "claimed", detail, claim_facts(row))
    return rows


def _row(number: int, claim: Claim, first: int) -> SubmissionRow:
    return SubmissionRow(
        number=number,
        sha256=claim.sha256,
        size=claim.size,
        folder=claim.folder,
        file_name=claim.file_name,
        claim_key=claim.claim_key,
        received_at=claim.received_at.isoformat(),
        status=SubmissionStatus.CLAIMED.value,
        container=claim.container,
        member=claim.member,
        claimed_with=claim.claimed_with or first,
        removed_from_inbox=claim.container is not None,  # a member of a .zip never lay in the inbox itself
    )


def add_members(
    session: Session, container: SubmissionRow, members: Sequence[tuple[str, int, str]]
) -> list[SubmissionRow]:
    """Enter the files of an archive (.zip), whose bytes are safe in ours; once, however often it is called.

    `members` are sha256, size in bytes and path inside the archive, in the order of the archive.
    """
    known = members_of(session, container.number)
    if known:  # All of them were entered in one transaction.
        return known
    received_at = datetime.fromisoformat(container.received_at)
    return add_claims(
        session,
        [
            Claim(
                sha256=sha256,
                size=size,
                folder=container.folder,
                file_name=path.rsplit("/", 1)[-1],
                claim_key=f"{submission_id(container.number)}|{index}",
                received_at=received_at,
                container=container.number,
                member=path,
                # What lay in the inbox beside the .zip is a part of the same report as its files.
                claimed_with=container.claimed_with or container.number,
            )
            for index, (sha256, size, path) in enumerate(members, start=1)
        ],
    )


@dataclass(frozen=True)
class _Known:
    number: int
    folder: str
    status: str
    duplicate_of: int | None


@dataclass(frozen=True)
class Likes:
    """The submissions that have the same bytes as some others, looked up together."""

    _by_hash: dict[str, list[_Known]] = field(default_factory=dict)
    _folders: dict[int, str] = field(default_factory=dict)

    def first(self, row: SubmissionRow, refused: Container[int] = ()) -> int | None:
        """The submission that `row` repeats: the same bytes, unless they came to the wrong place before.

        `refused` holds submissions of the batch at hand that will be refused, though no row says so yet.
        """
        for other in self._by_hash.get(row.sha256, ()):
            if other.number >= row.number:  # the first in the order of receipt is the original
                break
            # Refused in a wrong folder, the same bytes are new in the right one.
            was_refused = other.status == SubmissionStatus.REFUSED or other.number in refused
            if other.folder == row.folder or not was_refused:
                return other.duplicate_of or other.number
        return None

    def first_here(self, row: SubmissionRow) -> int | None:
        """What `first` says, when that is a file of the same folder."""
        first = self.first(row)
        return first if first is not None and self._folders[first] == row.folder else None


def find_likes(session: Session, rows: Iterable[SubmissionRow]) -> Likes:
    """All submissions with the bytes of some, oldest first."""
    hashes = sorted({row.sha256 for row in rows})
    found: dict[str, list[_Known]] = {}
    for start in range(0, len(hashes), MAX_NAMED):
        query = select(
            SubmissionRow.sha256,
            SubmissionRow.number,
            SubmissionRow.folder,
            SubmissionRow.status,
            SubmissionRow.duplicate_of,
        ).where(SubmissionRow.sha256.in_(hashes[start : start + MAX_NAMED]))
        for sha256, number, folder, status, first in session.execute(query.order_by(SubmissionRow.number)):
            found.setdefault(sha256, []).append(_Known(number, folder, status, first))
    return Likes(found, {known.number: known.folder for entries in found.values() for known in entries})
