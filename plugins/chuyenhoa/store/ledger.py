"""The ledger of files: what was claimed, read and answered, and the names of receipts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chuyenhoa.kit.vietnamese_text.normal_form import search_key
from chuyenhoa.model.figures import Answer, Basis, CellRef, Declaration, Normalisation, Observation
from chuyenhoa.model.personal import MASK, mask_personal
from chuyenhoa.model.submissions import ACCEPTING, Finding, Reading, Severity, SubmissionStatus
from chuyenhoa.store import tables
from chuyenhoa.store.journal import Facts, append_event

OURS = frozenset({*ACCEPTING, SubmissionStatus.RETURNED})
"""Statuses of files that count as a version of a submitter's figures."""
MAX_NAMED = 5000
"""Values in one query: SQLite fails beyond 32,766, and ten thousand files may come at once."""
CLAIMED = (
    *("number", "sha256", "size", "folder", "file_name", "claim_key", "received_at"),
    *("container", "member"),
)
ANSWERED = ("answered_at", "receipt", "marked_workbook")
"""Columns of the ledger, by the event that settles them; what a judgement settles: `content.JUDGED`."""


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


def claim_facts(row: tables.SubmissionRow) -> Facts:
    """What a claim settles, so that the ledger's line can be rebuilt from it."""
    facts = {name: getattr(row, name) for name in CLAIMED}
    # Left out where there is none, as in the facts of files that came before there were passes.
    return facts if row.claimed_with is None else {**facts, "claimed_with": row.claimed_with}


def answer_facts(row: tables.SubmissionRow) -> Facts:
    """What an answer settles."""
    return {name: getattr(row, name) for name in ANSWERED}


def pending(session: Session) -> list[tables.SubmissionRow]:
    """Submissions that are archived, not answered and not set aside, oldest first."""
    query = select(tables.SubmissionRow).where(
        tables.SubmissionRow.answered_at.is_(None),
        tables.SubmissionRow.status != SubmissionStatus.SET_ASIDE.value,
    )
    return list(session.scalars(query.order_by(tables.SubmissionRow.number)))


def find_unsettled(session: Session) -> list[tables.SubmissionRow]:
    """Files without an answer, and refused ones after which their folder sent nothing else, oldest first."""
    refused, repeated = SubmissionStatus.REFUSED.value, SubmissionStatus.DUPLICATE.value
    settled: set[str] = set()
    found = []
    # Newest first: a refused file is settled when its folder sent anything else, or its bytes came again,
    # later.
    for row in session.scalars(select(tables.SubmissionRow).order_by(tables.SubmissionRow.number.desc())):
        if row.answered_at is None or (row.status == refused and not settled & {row.folder, row.sha256}):
            found.append(row)
        elif row.status not in (refused, repeated):
            settled |= {row.folder, row.sha256}
    return found[::-1]


def pending_until(session: Session, numbers: Sequence[int]) -> list[tables.SubmissionRow]:
    """What awaits an answer among some submissions, and what came before them to the same folders."""
    wanted = set(numbers)
    waiting = [row for row in pending(session) if row.number <= max(wanted, default=0)]
    # Of one folder always in the order of receipt: a later version must find the earlier one already
    # answered.
    folders = {row.folder for row in waiting if row.number in wanted}
    return [row for row in waiting if row.folder in folders]


def in_parts(numbers: Iterable[int]) -> Iterator[Sequence[int]]:
    """Numbers in their order, as many at once as one query may name."""
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), MAX_NAMED):
        yield wanted[start : start + MAX_NAMED]


def find_submissions(session: Session, numbers: Iterable[int]) -> list[tables.SubmissionRow]:
    """Submissions by number, oldest first."""
    found: list[tables.SubmissionRow] = []
    for some in in_parts(numbers):
        query = select(tables.SubmissionRow).where(tables.SubmissionRow.number.in_(some))
        found += session.scalars(query.order_by(tables.SubmissionRow.number))
    return found


def find_by_hash(session: Session, prefix: str) -> list[tables.SubmissionRow]:
    """Submissions whose hash begins with `prefix`, oldest first."""
    query = select(tables.SubmissionRow).where(tables.SubmissionRow.sha256.startswith(prefix))
    return list(session.scalars(query.order_by(tables.SubmissionRow.number)))


def search_submissions(session: Session, words: str) -> list[tables.SubmissionRow]:
    """Submissions by what people remember of them, newest first; none where there is nothing to look for.

    `words` are any part of a file's name or of its path in an archive, of its inbox folder, the whole name of
    its receipt, its number, or the first `NAMED_BY` characters or more of its hash. Case, marks, blanks and
    signs count for nothing: "bao cao kien luong" is "Báo_cáo Kiên Lương.xlsx". A path is its last name.
    """
    name = words.replace("\\", "/").rstrip("/").rpartition("/")[2]
    wanted = _Wanted(search_key(name), _SHORT_ID.fullmatch(words.strip()), words.strip().lower())
    # One pass over a few short columns: neither database folds "Đ" and "ế" to plain letters.
    columns = [tables.SubmissionRow.__table__.c[name] for name in _LOOKED_THROUGH]
    numbers = [row.number for row in session.execute(select(*columns)) if wanted.is_met_by(row)]
    return find_submissions(session, numbers)[::-1]


_LOOKED_THROUGH = ("number", "sha256", "folder", "file_name", "member", "receipt")
_SHORT_ID = re.compile(r"[Ss]?(\d{1,7})")


@dataclass(frozen=True)
class _Wanted:
    """What `search_submissions` looks for: a key of letters and digits, a number, a beginning of a hash."""

    key: str
    number: re.Match[str] | None
    prefix: str

    def is_met_by(self, row: Any) -> bool:
        """Whether a submission is meant."""
        if len(self.prefix) >= NAMED_BY and row.sha256.startswith(self.prefix):
            return True
        if self.number and int(self.number[1]) == row.number:
            return True
        if not self.key:
            return False
        receipt = search_key(row.receipt.rpartition("/")[2])
        return receipt in (self.key, f"{self.key}html") or any(
            # Names are searched as they are shown: nobody finds out whose number stands in one.
            self.key in search_key(mask_personal(text).replace(MASK, ""))
            for text in (row.file_name, row.member, row.folder)
        )


def members_of(session: Session, container: int) -> list[tables.SubmissionRow]:
    """The files that came inside an archive, in its order."""
    return members_of_all(session, [container]).get(container, [])


def members_of_all(session: Session, containers: Sequence[int]) -> dict[int, list[tables.SubmissionRow]]:
    """The files that came inside some archives, each in the order of its archive."""
    found: dict[int, list[tables.SubmissionRow]] = {}
    for some in in_parts(containers):
        query = select(tables.SubmissionRow).where(tables.SubmissionRow.container.in_(some))
        for row in session.scalars(query.order_by(tables.SubmissionRow.number)):
            found.setdefault(row.container or 0, []).append(row)
    return found


def _versions(session: Session, reading: Reading, before: int) -> list[tables.SubmissionRow]:
    """What a submitter sent for a period before a number, as versions of its figures, oldest first."""
    query = select(tables.SubmissionRow).where(
        tables.SubmissionRow.plan == reading.plan,
        tables.SubmissionRow.period == reading.period,
        tables.SubmissionRow.submitter == reading.submitter,
        tables.SubmissionRow.number < before,
        tables.SubmissionRow.version.is_not(None),
    )
    return list(session.scalars(query.order_by(tables.SubmissionRow.number)))


def latest_version(
    session: Session, reading: Reading, before: int
) -> tuple[tables.SubmissionRow | None, int]:
    """The newest version that a submitter sent for a period before a number, and how many there were."""
    rows = _versions(session, reading, before)
    return (rows[-1] if rows else None), len(rows)


def latest_accepted(session: Session, reading: Reading, before: int) -> tables.SubmissionRow | None:
    """The newest version before a number of which something was taken, at once or by later reasons."""
    accepting = {status.value for status in ACCEPTING}
    versions = _versions(session, reading, before)
    released = set(
        session.scalars(
            select(tables.ReleaseRow.version).where(
                tables.ReleaseRow.version.in_([row.number for row in versions]),
                tables.ReleaseRow.submission < before,
            )
        )
    )
    rows = [row for row in versions if row.status in accepting or row.number in released]
    return rows[-1] if rows else None


def mark_answered(
    session: Session, row: tables.SubmissionRow, at: datetime, receipt: str, marked: str
) -> None:
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
    return frozenset(
        session.scalars(select(tables.FindingRow.submission).where(tables.FindingRow.rule_id.in_(rule_ids)))
    )


def load_findings_of(session: Session, numbers: Sequence[int]) -> dict[int, tuple[Finding, ...]]:
    """The findings of some submissions that have any, each in the order in which they were found."""
    found: dict[int, list[Finding]] = {}
    columns = tables.FindingRow.__table__.c
    for r in _rows_of(session, columns, numbers):
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


def _rows_of(session: Session, columns: Any, numbers: Iterable[int]) -> Iterator[Any]:
    """Rows of a table that numbers them, those of some submissions in their order."""
    for some in in_parts(numbers):
        yield from session.execute(select(*columns).where(columns.submission.in_(some)).order_by(columns.id))


def load_observations(session: Session, number: int) -> tuple[Observation, ...]:
    """Every figure that a submission holds, by locality, window and indicator."""
    rows = session.scalars(
        select(tables.ObservationRow)
        .where(tables.ObservationRow.submission == number)
        .order_by(
            tables.ObservationRow.locality,
            tables.ObservationRow.basis.desc(),
            tables.ObservationRow.indicator,
        )
    )
    return tuple(
        Observation(
            locality=r.locality,
            indicator=r.indicator,
            basis=Basis(r.basis),
            value=None if r.value is None else Decimal(r.value),
            cell_ref=CellRef(r.sheet, r.cell),
            withdrawn=r.withdrawn,
        )
        for r in rows
    )


def load_declarations(session: Session, number: int) -> tuple[Declaration, ...]:
    """Every declaration that a submission holds, by locality and criterion."""
    rows = session.scalars(
        select(tables.DeclarationRow)
        .where(tables.DeclarationRow.submission == number)
        .order_by(tables.DeclarationRow.locality, tables.DeclarationRow.criterion)
    )
    return tuple(declaration_of(row) for row in rows)


def declaration_of(row: Any) -> Declaration:
    """A stored declaration."""
    return Declaration(
        row.locality,
        row.criterion,
        Answer(row.answer) if row.answer else None,
        row.document_number,
        date.fromisoformat(row.document_date) if row.document_date else None,
        row.note,
        CellRef(row.sheet, row.cell),
        row.withdrawn,
    )


def load_normalisations(session: Session, number: int) -> tuple[Normalisation, ...]:
    """What was read otherwise than it was typed."""
    return load_normalisations_of(session, [number]).get(number, ())


def load_normalisations_of(session: Session, numbers: Sequence[int]) -> dict[int, tuple[Normalisation, ...]]:
    """What was read otherwise than it was typed in some submissions."""
    found: dict[int, list[Normalisation]] = {}
    columns = tables.NormalisationRow.__table__.c
    for r in _rows_of(session, columns, numbers):
        entry = Normalisation(CellRef(r.sheet, r.cell), r.before, r.after, r.why)
        found.setdefault(r.submission, []).append(entry)
    return {number: tuple(entries) for number, entries in found.items()}


def load_events(session: Session, number: int) -> Sequence[tables.EventRow]:
    """Everything that happened to a submission, in order."""
    return list(
        session.scalars(
            select(tables.EventRow).where(tables.EventRow.submission == number).order_by(tables.EventRow.id)
        )
    )


def load_localities(session: Session, number: int) -> dict[str, bool]:
    """The localities that a submission lists, and whether each was taken."""
    return load_localities_of(session, [number]).get(number, {})


def load_localities_of(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, bool]]:
    """The localities that some submissions list, and whether each was taken."""
    found: dict[int, dict[str, bool]] = {}
    columns = tables.SubmissionLocalityRow.__table__.c
    for some in in_parts(numbers):
        query = select(*columns).where(columns.submission.in_(some))
        for r in session.execute(query.order_by(columns.submission, columns.locality)):
            found.setdefault(r.submission, {})[r.locality] = r.taken
    return found


def has_files(session: Session, plan: str) -> bool:
    """Whether a file was ever taken for a plan, by its id."""
    query = select(tables.SubmissionRow.number).where(tables.SubmissionRow.plan == plan).limit(1)
    return session.scalar(query) is not None


def last_answer_event(session: Session, periods: Iterable[str]) -> int:
    """The newest event by which the figures of some periods may have changed; 0 when there is none."""
    query = (
        select(func.max(tables.EventRow.id))
        .join(tables.SubmissionRow, tables.SubmissionRow.number == tables.EventRow.submission)
        .where(
            tables.EventRow.kind == "answered",
            tables.SubmissionRow.period.in_(list(periods)),
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


def _given(session: Session, rows: list[tables.SubmissionRow]) -> set[str]:
    """Receipts that could have the name of another: of files with like hashes that came at the same time."""
    given: set[str] = set()
    likes = {(row.received_at, row.sha256[:NAMED_BY]) for row in rows}
    for received_at, head in likes:
        # Name and time make the rest of a receipt's name, so only such files can collide. A range instead
        # of LIKE, which SQLite answers without the index; "g" follows every digit of a hash.
        query = select(tables.SubmissionRow.receipt).where(
            tables.SubmissionRow.sha256 >= head,
            tables.SubmissionRow.sha256 < head + "g",
            tables.SubmissionRow.received_at == received_at,
            tables.SubmissionRow.receipt != "",
        )
        given.update(receipt.casefold() for receipt in session.scalars(query))
    return given
