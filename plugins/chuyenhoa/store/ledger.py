"""The ledger of files: what was claimed, what was read from it, and how it was answered."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from chuyenhoa.model.figures import Basis, Normalisation, Observation, Place
from chuyenhoa.model.submissions import ACCEPTING, Finding, Reading, Severity, SubmissionStatus
from chuyenhoa.store.chain import Facts, append_event
from chuyenhoa.store.content import KEYS, TABLES, Answer, Content, content_rows, digest_content
from chuyenhoa.store.tables import (
    EventRow,
    FindingRow,
    NormalisationRow,
    ObservationRow,
    ReleaseRow,
    SubmissionLocalityRow,
    SubmissionRow,
)

OURS = frozenset({*ACCEPTING, SubmissionStatus.RETURNED})
"""Statuses of files that count as a version of a submitter's figures."""


MOST_NAMED = 5000
"""Values in one query: SQLite takes 32,766 at most."""
CLAIMED = (
    *("number", "sha256", "size", "folder", "file_name", "claim_key", "received_at"),
    *("container", "member"),
)
JUDGED = ("status", "plan", "period", "submitter", "version", "is_late", "duplicate_of")
ANSWERED = ("answered_at", "receipt", "marked_workbook")
"""Columns of the ledger, by the event that settles them."""


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


def submission_id(number: int) -> str:
    """The name under which people and tasks speak of a submission, as in `S000012`."""
    return f"S{number:06d}"


def submission_number(name: str) -> int:
    """The number behind a submission's name."""
    return int(name.removeprefix("S"))


def add_event(
    session: Session, number: int, at: datetime, kind: str, detail: str = "", facts: Facts | None = None
) -> None:
    """Note what happened to a submission, at the end of the chain; `facts` are what it settles for good."""
    append_event(session, at, kind, detail, submission=number, facts=facts)


def claim_facts(row: SubmissionRow) -> Facts:
    """What a claim settles, so that the ledger's line can be written anew from it."""
    return {name: getattr(row, name) for name in CLAIMED}


def judged_facts(row: SubmissionRow, content: str) -> Facts:
    """What a judgement settles; `content` is the digest of all that is stored of the file."""
    return {**{name: getattr(row, name) for name in JUDGED}, "content": content}


def answer_facts(row: SubmissionRow) -> Facts:
    """What an answer settles."""
    return {name: getattr(row, name) for name in ANSWERED}


def find_open_claim(session: Session, claim_key: str, sha256: str) -> SubmissionRow | None:
    """The claim that was committed while its file still lay in the inbox, if it was cut short there."""
    return session.scalars(
        select(SubmissionRow).where(
            SubmissionRow.claim_key == claim_key,
            SubmissionRow.sha256 == sha256,
            SubmissionRow.removed_from_inbox.is_(False),
        )
    ).first()


def find_unremoved(session: Session) -> list[SubmissionRow]:
    """Claims of which it is not noted that their file left the inbox."""
    return list(session.scalars(select(SubmissionRow).where(SubmissionRow.removed_from_inbox.is_(False))))


def add_claim(session: Session, claim: Claim) -> SubmissionRow:
    """Enter a file that is safe in the archive."""
    row = SubmissionRow(
        number=(session.scalar(select(func.max(SubmissionRow.number))) or 0) + 1,
        sha256=claim.sha256,
        size=claim.size,
        folder=claim.folder,
        file_name=claim.file_name,
        claim_key=claim.claim_key,
        received_at=claim.received_at.isoformat(),
        status=SubmissionStatus.CLAIMED.value,
        container=claim.container,
        member=claim.member,
        removed_from_inbox=claim.container is not None,
    )
    session.add(row)
    session.flush()
    where = f"{submission_id(claim.container)}!{claim.member}" if claim.container else claim.file_name
    detail = f"{claim.folder}/{where}"
    add_event(session, row.number, claim.received_at, "claimed", detail, claim_facts(row))
    return row


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
    return [
        add_claim(
            session,
            Claim(
                sha256=sha256,
                size=size,
                folder=container.folder,
                file_name=path.rsplit("/", 1)[-1],
                claim_key=f"{submission_id(container.number)}|{index}",
                received_at=received_at,
                container=container.number,
                member=path,
            ),
        )
        for index, (sha256, size, path) in enumerate(members, start=1)
    ]


def members_of(session: Session, container: int) -> list[SubmissionRow]:
    """The files that came inside an archive, in its order."""
    query = select(SubmissionRow).where(SubmissionRow.container == container)
    return list(session.scalars(query.order_by(SubmissionRow.number)))


def pending(session: Session) -> list[SubmissionRow]:
    """Submissions that are archived and not answered, oldest first."""
    query = select(SubmissionRow).where(SubmissionRow.answered_at.is_(None)).order_by(SubmissionRow.number)
    return list(session.scalars(query))


def pending_until(session: Session, numbers: Sequence[int]) -> list[SubmissionRow]:
    """What awaits an answer among some submissions, and what came before them to the same folders."""
    wanted = set(numbers)
    waiting = [row for row in pending(session) if row.number <= max(wanted, default=0)]
    folders = {row.folder for row in waiting if row.number in wanted}
    return [row for row in waiting if row.folder in folders]


def find_submissions(session: Session, numbers: Iterable[int]) -> list[SubmissionRow]:
    """Submissions by number, oldest first."""
    wanted = sorted(set(numbers))
    found: list[SubmissionRow] = []
    for start in range(0, len(wanted), MOST_NAMED):
        query = select(SubmissionRow).where(SubmissionRow.number.in_(wanted[start : start + MOST_NAMED]))
        found += session.scalars(query.order_by(SubmissionRow.number))
    return found


def find_by_hash(session: Session, prefix: str) -> list[SubmissionRow]:
    """Submissions whose hash begins with `prefix`, oldest first."""
    query = select(SubmissionRow).where(SubmissionRow.sha256.startswith(prefix))
    return list(session.scalars(query.order_by(SubmissionRow.number)))


def find_by_receipt(session: Session, name: str) -> list[SubmissionRow]:
    """Submissions whose receipt has a file name."""
    query = select(SubmissionRow).where(SubmissionRow.receipt.endswith(f"/{name}", autoescape=True))
    return list(session.scalars(query.order_by(SubmissionRow.number)))


def find_first_like(
    session: Session, row: SubmissionRow, refused: Container[int] = ()
) -> SubmissionRow | None:
    """The submission that `row` repeats: the same bytes, unless they came to the wrong place before.

    `refused` holds submissions of the batch at hand that will be refused, though no row says so yet.
    """
    earlier = session.scalars(
        select(SubmissionRow)
        .where(SubmissionRow.sha256 == row.sha256, SubmissionRow.number < row.number)
        .order_by(SubmissionRow.number)
    )
    for other in earlier:
        was_refused = other.status == SubmissionStatus.REFUSED or other.number in refused
        if other.folder == row.folder or not was_refused:
            return other if other.duplicate_of is None else session.get(SubmissionRow, other.duplicate_of)
    return None


def _versions(session: Session, reading: Reading, before: int) -> list[SubmissionRow]:
    """What a submitter sent for a period before a number, as versions of its figures, oldest first."""
    query = select(SubmissionRow).where(
        SubmissionRow.plan == reading.plan,
        SubmissionRow.period == reading.period,
        SubmissionRow.submitter == reading.submitter,
        SubmissionRow.number < before,
        SubmissionRow.version.is_not(None),
    )
    return list(session.scalars(query.order_by(SubmissionRow.number)))


def latest_version(session: Session, reading: Reading, before: int) -> tuple[SubmissionRow | None, int]:
    """The newest version that a submitter sent for a period before a number, and how many there were."""
    rows = _versions(session, reading, before)
    return (rows[-1] if rows else None), len(rows)


def latest_accepted(session: Session, reading: Reading, before: int) -> SubmissionRow | None:
    """The newest version before a number of which something was taken, at once or by later reasons."""
    accepting = {status.value for status in ACCEPTING}
    released = set(session.scalars(select(ReleaseRow.version)))
    versions = _versions(session, reading, before)
    rows = [row for row in versions if row.status in accepting or row.number in released]
    return rows[-1] if rows else None


def save_answer(session: Session, row: SubmissionRow, answer: Answer, at: datetime, seen: int = 0) -> None:
    """Store all that a file says and what validation says of it; an earlier attempt is replaced.

    `seen` is the position of the last event when the file was held against the rules: what they knew of
    other reports then.
    """
    for stale in TABLES:
        session.execute(delete(stale).where(stale.submission == row.number))
    reading = answer.reading
    row.plan, row.period, row.submitter = reading.plan, reading.period, reading.submitter
    row.status = answer.status.value
    row.version, row.is_late, row.duplicate_of = answer.version, answer.is_late, answer.duplicate_of
    content: Content = {}
    for table, values in content_rows(row.number, answer):
        content[table.__tablename__] = [
            {name: value for name, value in entry.items() if name not in KEYS} for entry in values
        ]
        if values:
            session.execute(insert(table), values)
    facts = {**judged_facts(row, digest_content(content)), "seen": seen}
    add_event(session, row.number, at, "judged", answer.status.value, facts)


def mark_answered(session: Session, number: int, at: datetime, receipt: str, marked: str) -> None:
    """Close a submission: its receipt lies in the outbox; one that is closed stays as it is."""
    row = session.get_one(SubmissionRow, number)
    if row.answered_at is not None:
        return
    row.answered_at, row.receipt, row.marked_workbook = at.isoformat(), receipt, marked
    add_event(session, number, at, "answered", f"{row.status} {receipt}".strip(), answer_facts(row))


def reserve_receipt(session: Session, number: int, wanted: str) -> str:
    """The path of a submission's receipt: `wanted`, with a number where another receipt has that name.

    Names that differ in case alone are the same name here, since the outbox may lie on a disk that holds
    them so. The path stays the submission's own, also when its answer is cut short and given again.
    """
    row = session.get_one(SubmissionRow, number)
    if not row.receipt:
        same_hash = (SubmissionRow.sha256 >= row.sha256[:8]) & (SubmissionRow.sha256 < row.sha256[:8] + "g")
        query = select(SubmissionRow.receipt).where(
            same_hash, SubmissionRow.received_at == row.received_at, SubmissionRow.number != number
        )
        given = {receipt.casefold() for receipt in session.scalars(query)}
        stem, dot, suffix = wanted.rpartition(".")
        row.receipt = wanted
        count = 1
        while row.receipt.casefold() in given:
            count += 1
            row.receipt = f"{stem}-{count}{dot}{suffix}"
    return row.receipt


def load_findings(session: Session, number: int) -> tuple[Finding, ...]:
    """The findings of a submission, in the order in which they were found."""
    rows = session.scalars(select(FindingRow).where(FindingRow.submission == number).order_by(FindingRow.id))
    return tuple(
        Finding(
            rule_id=r.rule_id,
            severity=Severity(r.severity),
            message=r.message,
            sheet=r.sheet,
            cells=tuple(r.cells.split(",")) if r.cells else (),
            locality=r.locality,
            indicator=r.indicator,
            value=r.value,
            explanation=r.explanation,
        )
        for r in rows
    )


def load_observations(session: Session, number: int) -> tuple[Observation, ...]:
    """Every figure that a submission holds, by locality, window and indicator."""
    rows = session.scalars(
        select(ObservationRow)
        .where(ObservationRow.submission == number)
        .order_by(ObservationRow.locality, ObservationRow.basis.desc(), ObservationRow.indicator)
    )
    return tuple(
        Observation(
            locality=r.locality,
            indicator=r.indicator,
            basis=Basis(r.basis),
            value=None if r.value is None else Decimal(r.value),
            place=Place(r.sheet, r.cell),
        )
        for r in rows
    )


def load_normalisations(session: Session, number: int) -> tuple[Normalisation, ...]:
    """What was read otherwise than it was typed."""
    rows = session.scalars(
        select(NormalisationRow).where(NormalisationRow.submission == number).order_by(NormalisationRow.id)
    )
    return tuple(Normalisation(Place(r.sheet, r.cell), r.before, r.after, r.why) for r in rows)


def load_events(session: Session, number: int) -> Sequence[EventRow]:
    """Everything that happened to a submission, in order."""
    return list(session.scalars(select(EventRow).where(EventRow.submission == number).order_by(EventRow.id)))


def load_localities(session: Session, number: int) -> dict[str, bool]:
    """The localities that a submission lists, and whether each was taken."""
    rows = session.scalars(select(SubmissionLocalityRow).where(SubmissionLocalityRow.submission == number))
    return {row.locality: row.taken for row in rows}


def last_answer_event(session: Session, periods: Iterable[str]) -> int:
    """The newest event by which the figures of some periods may have changed; 0 when there is none."""
    query = (
        select(func.max(EventRow.id))
        .join(SubmissionRow, SubmissionRow.number == EventRow.submission)
        .where(
            EventRow.kind == "answered",
            SubmissionRow.period.in_(list(periods)),
        )
    )
    return session.scalar(query) or 0
