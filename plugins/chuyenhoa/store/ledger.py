"""The ledger of files: what was claimed, read and answered, and the names of receipts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from chuyenhoa.model.figures import Basis, CellRef, Normalisation, Observation
from chuyenhoa.model.submissions import ACCEPTING, Finding, Reading, Severity, SubmissionStatus
from chuyenhoa.store.chain import Facts, append_event
from chuyenhoa.store.content import KEYS, TABLES, Answer, Content, content_rows, digest_content
from chuyenhoa.store.tables import (
    Base,
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
MAX_NAMED = 5000
"""Values in one query: SQLite fails beyond 32,766, and ten thousand files may come at once."""
CLAIMED = (
    *("number", "sha256", "size", "folder", "file_name", "claim_key", "received_at"),
    *("container", "member"),
)
JUDGED = ("status", "plan", "period", "submitter", "version", "is_late", "duplicate_of")
ANSWERED = ("answered_at", "receipt", "marked_workbook")
"""Columns of the ledger, by the event that settles them."""


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
    """What a claim settles, so that the ledger's line can be rebuilt from it."""
    return {name: getattr(row, name) for name in CLAIMED}


def judged_facts(row: SubmissionRow, content: str) -> Facts:
    """What a judgement settles; `content` is the digest of all that is stored of the file."""
    return {**{name: getattr(row, name) for name in JUDGED}, "content": content}


def answer_facts(row: SubmissionRow) -> Facts:
    """What an answer settles."""
    return {name: getattr(row, name) for name in ANSWERED}


def pending(session: Session) -> list[SubmissionRow]:
    """Submissions that are archived and not answered, oldest first."""
    query = select(SubmissionRow).where(SubmissionRow.answered_at.is_(None)).order_by(SubmissionRow.number)
    return list(session.scalars(query))


def find_unsettled(session: Session) -> list[SubmissionRow]:
    """Files without an answer, and refused ones after which their folder sent nothing else, oldest first."""
    refused, repeated = SubmissionStatus.REFUSED.value, SubmissionStatus.DUPLICATE.value
    settled: set[str] = set()
    found = []
    # Newest first: a refused file is settled when its folder sent anything else, or its bytes came again,
    # later.
    for row in session.scalars(select(SubmissionRow).order_by(SubmissionRow.number.desc())):
        if row.answered_at is None or (row.status == refused and not settled & {row.folder, row.sha256}):
            found.append(row)
        elif row.status not in (refused, repeated):
            settled |= {row.folder, row.sha256}
    return found[::-1]


def pending_until(session: Session, numbers: Sequence[int]) -> list[SubmissionRow]:
    """What awaits an answer among some submissions, and what came before them to the same folders."""
    wanted = set(numbers)
    waiting = [row for row in pending(session) if row.number <= max(wanted, default=0)]
    # Of one folder always in the order of receipt: a later version must find the earlier one already
    # answered.
    folders = {row.folder for row in waiting if row.number in wanted}
    return [row for row in waiting if row.folder in folders]


def find_submissions(session: Session, numbers: Iterable[int]) -> list[SubmissionRow]:
    """Submissions by number, oldest first."""
    wanted = sorted(set(numbers))
    found: list[SubmissionRow] = []
    for start in range(0, len(wanted), MAX_NAMED):
        query = select(SubmissionRow).where(SubmissionRow.number.in_(wanted[start : start + MAX_NAMED]))
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
    versions = _versions(session, reading, before)
    released = set(
        session.scalars(
            select(ReleaseRow.version).where(
                ReleaseRow.version.in_([row.number for row in versions]), ReleaseRow.submission < before
            )
        )
    )
    rows = [row for row in versions if row.status in accepting or row.number in released]
    return rows[-1] if rows else None


def save_answer(session: Session, row: SubmissionRow, answer: Answer, at: datetime, seen: int = 0) -> None:
    """Store all that a file says and what validation says of it; an earlier attempt is replaced.

    `seen` is the position of the last event when the rules checked the file: what they knew of other
    reports then.
    """
    if row.status != SubmissionStatus.CLAIMED:  # else nothing is stored of it yet
        for stale in TABLES:
            session.execute(delete(stale).where(stale.submission == row.number))
    reading = answer.reading
    row.plan, row.period, row.submitter = reading.plan, reading.period, reading.submitter
    row.status = answer.status.value
    row.version, row.is_late, row.duplicate_of = answer.version, answer.is_late, answer.duplicate_of
    row.numbers_present, row.numbers_read = reading.numbers.present, reading.numbers.read
    row.numbers_taken = reading.numbers.taken(answer.taken)
    content: Content = {}
    for table, values in content_rows(row.number, answer):
        content[table.__tablename__] = [
            {name: value for name, value in entry.items() if name not in KEYS} for entry in values
        ]
        if values:
            session.execute(insert(Base.metadata.tables[table.__tablename__]), values)
    facts = {**judged_facts(row, digest_content(content)), "seen": seen}
    add_event(session, row.number, at, "judged", answer.status.value, facts)


def mark_answered(session: Session, row: SubmissionRow, at: datetime, receipt: str, marked: str) -> None:
    """Close a submission: its receipt lies in the outbox; one that is closed stays as it is."""
    if row.answered_at is not None:
        return
    row.answered_at, row.receipt, row.marked_workbook = at.isoformat(), receipt, marked
    add_event(session, row.number, at, "answered", f"{row.status} {receipt}".strip(), answer_facts(row))


def load_findings(session: Session, number: int) -> tuple[Finding, ...]:
    """The findings of a submission, in the order in which they were found."""
    return load_findings_of(session, [number]).get(number, ())


def numbers_with(session: Session, rule_ids: Collection[str]) -> frozenset[int]:
    """The submissions that have a finding by one of some rules."""
    return frozenset(session.scalars(select(FindingRow.submission).where(FindingRow.rule_id.in_(rule_ids))))


def load_findings_of(session: Session, numbers: Sequence[int]) -> dict[int, tuple[Finding, ...]]:
    """The findings of some submissions that have any, each in the order in which they were found."""
    found: dict[int, list[Finding]] = {}
    columns = FindingRow.__table__.c
    for r in session.execute(select(*columns).where(columns.submission.in_(numbers)).order_by(columns.id)):
        finding = Finding(
            rule_id=r.rule_id,
            severity=Severity(r.severity),
            message=r.message,
            sheet=r.sheet,
            cells=tuple(r.cells.split(",")) if r.cells else (),
            locality=r.locality,
            indicator=r.indicator,
            value=r.value,
            justification=r.explanation,
        )
        found.setdefault(r.submission, []).append(finding)
    return {number: tuple(findings) for number, findings in found.items()}


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
            cell_ref=CellRef(r.sheet, r.cell),
        )
        for r in rows
    )


def load_normalisations(session: Session, number: int) -> tuple[Normalisation, ...]:
    """What was read otherwise than it was typed."""
    return load_normalisations_of(session, [number]).get(number, ())


def load_normalisations_of(session: Session, numbers: Sequence[int]) -> dict[int, tuple[Normalisation, ...]]:
    """What was read otherwise than it was typed in some submissions."""
    found: dict[int, list[Normalisation]] = {}
    columns = NormalisationRow.__table__.c
    for r in session.execute(select(*columns).where(columns.submission.in_(numbers)).order_by(columns.id)):
        entry = Normalisation(CellRef(r.sheet, r.cell), r.before, r.after, r.why)
        found.setdefault(r.submission, []).append(entry)
    return {number: tuple(entries) for number, entries in found.items()}


def load_events(session: Session, number: int) -> Sequence[EventRow]:
    """Everything that happened to a submission, in order."""
    return list(session.scalars(select(EventRow).where(EventRow.submission == number).order_by(EventRow.id)))


def load_localities(session: Session, number: int) -> dict[str, bool]:
    """The localities that a submission lists, and whether each was taken."""
    return load_localities_of(session, [number]).get(number, {})


def load_localities_of(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, bool]]:
    """The localities that some submissions list, and whether each was taken."""
    found: dict[int, dict[str, bool]] = {}
    columns = SubmissionLocalityRow.__table__.c
    query = select(*columns).where(columns.submission.in_(numbers))
    for r in session.execute(query.order_by(columns.submission, columns.locality)):
        found.setdefault(r.submission, {})[r.locality] = r.taken
    return found


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


NAMED_BY = 8
"""Characters of a file's hash in its receipt's name: PHIEU-TIEP-NHAN-a-bd03d1b2-20211012-090000.html."""


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
        # Name and time make the rest of a receipt's name, so only such files can collide. A range instead
        # of LIKE, which SQLite answers without the index; "g" follows every digit of a hash.
        query = select(SubmissionRow.receipt).where(
            SubmissionRow.sha256 >= head,
            SubmissionRow.sha256 < head + "g",
            SubmissionRow.received_at == received_at,
            SubmissionRow.receipt != "",
        )
        given.update(receipt.casefold() for receipt in session.scalars(query))
    return given
