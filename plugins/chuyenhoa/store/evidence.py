"""The figures in force: at a milestone for its assessment, and when a file came for the rules that compare.

For each locality those of the newest accepted version; a later one that was held back changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.model.evidence import (
    KnownDeclaration,
    KnownFigure,
    LocalityEvidence,
    Source,
    SubmissionRecord,
)
from chuyenhoa.model.figures import Answer, Basis, CellRef
from chuyenhoa.model.history import Accepted, Known
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Locality, Period, Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.model.shown import show_plainly
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.store import tables
from chuyenhoa.store.justifications import load_releases, status_after
from chuyenhoa.store.ledger import OURS, load_localities, submission_id


def versions(session: Session, plan: Plan, period: str) -> list[tables.SubmissionRow]:
    """Every version that any submitter sent for a period, oldest first."""
    query = select(tables.SubmissionRow).where(
        tables.SubmissionRow.plan == plan.id,
        tables.SubmissionRow.period == period,
        tables.SubmissionRow.answered_at.is_not(None),
        tables.SubmissionRow.status.in_([status.value for status in OURS]),
    )
    return list(session.scalars(query.order_by(tables.SubmissionRow.number)))


def load_evidence(session: Session, plan: Plan, period: str) -> Mapping[str, LocalityEvidence]:
    """What is known of every locality of a plan for one period."""
    rows = {row.number: row for row in versions(session, plan, period)}
    listed: dict[str, list[tuple[int, bool]]] = {}
    query = select(tables.SubmissionLocalityRow).where(tables.SubmissionLocalityRow.submission.in_(rows))
    released = load_releases(session, list(rows))
    for entry in session.scalars(query.order_by(tables.SubmissionLocalityRow.submission)):
        taken = entry.taken or (entry.submission, entry.locality) in released
        listed.setdefault(entry.locality, []).append((entry.submission, taken))
    return {
        locality.code: _evidence_of(session, locality, listed.get(locality.code, []), rows)
        for locality in plan.localities
    }


def _evidence_of(
    session: Session,
    locality: Locality,
    listed: list[tuple[int, bool]],
    rows: Mapping[int, tables.SubmissionRow],
) -> LocalityEvidence:
    """The last accepted version counts; a later one that was held back leaves it in force."""
    taken = [number for number, was_taken in listed if was_taken]
    if not taken:
        reason = InsufficiencyReason.HELD_BY_FINDINGS if listed else InsufficiencyReason.NOT_SUBMITTED
        return LocalityEvidence(locality.code, absence=reason)
    row = rows[taken[-1]]
    return LocalityEvidence(
        locality.code,
        figures=_figures(session, row, locality.code),
        declarations=_declarations(session, row, locality.code),
    )


def _shown_name(row: tables.SubmissionRow) -> str:
    """A file's name as documents and explanations may show it; the ledger holds it as it came."""
    return show_plainly(mask_personal(row.file_name))


def _source(row: tables.SubmissionRow, sheet: str, cell: str) -> Source:
    return Source(submission_id(row.number), row.sha256, _shown_name(row), sheet, cell)


def _figures(
    session: Session, row: tables.SubmissionRow, locality: str
) -> dict[tuple[str, Basis], KnownFigure]:
    found = session.scalars(
        select(tables.ObservationRow).where(
            tables.ObservationRow.submission == row.number, tables.ObservationRow.locality == locality
        )
    )
    return {
        (o.indicator, Basis(o.basis)): KnownFigure(
            None if o.value is None else Decimal(o.value), _source(row, o.sheet, o.cell)
        )
        for o in found
    }


def _declarations(session: Session, row: tables.SubmissionRow, locality: str) -> dict[str, KnownDeclaration]:
    found = session.scalars(
        select(tables.DeclarationRow).where(
            tables.DeclarationRow.submission == row.number, tables.DeclarationRow.locality == locality
        )
    )
    return {
        d.criterion: KnownDeclaration(
            answer=Answer(d.answer) if d.answer else None,
            document_number=d.document_number,
            document_date=date.fromisoformat(d.document_date) if d.document_date else None,
            note=d.note,
            source=_source(row, d.sheet, d.cell),
        )
        for d in found
    }


def load_records(session: Session, plan: Plan, period: str) -> tuple[SubmissionRecord, ...]:
    """Every version of a period as the annex on reporting lists it, oldest first."""
    rows = [row for row in versions(session, plan, period) if row.version is not None]
    released = load_releases(session, [row.number for row in rows])
    records = []
    for row in rows:
        listed = {
            code: taken or (row.number, code) in released
            for code, taken in load_localities(session, row.number).items()
        }
        records.append(
            SubmissionRecord(
                id=submission_id(row.number),
                submitter=row.submitter,
                version=row.version,
                status=status_after(session, row),
                file_name=_shown_name(row),
                sha256=row.sha256,
                received_at=datetime.fromisoformat(row.received_at),
                is_late=row.is_late,
                taken=tuple(sorted(code for code, taken in listed.items() if taken)),
                held=tuple(sorted(code for code, taken in listed.items() if not taken)),
            )
        )
    return tuple(records)


def load_narratives(session: Session, plan: Plan, periods: Sequence[str]) -> dict[str, dict[str, str]]:
    """The texts of every submitter's newest version that has any; later periods come last in `periods`."""
    texts: dict[str, dict[str, str]] = {}
    for row in (row for period in periods for row in versions(session, plan, period)):
        if status_after(session, row) == SubmissionStatus.RETURNED:
            continue
        found = session.scalars(
            select(tables.NarrativeRow).where(tables.NarrativeRow.submission == row.number)
        )
        items = {entry.item: entry.text for entry in found if entry.text.strip()}
        if items:
            texts[row.submitter] = items
    return texts


@dataclass(frozen=True)
class Wanted:
    """Whose figures are looked for: those in force before a submission; without a number, today's."""

    number: int | None
    periods: Collection[str]
    localities: Collection[str]


@dataclass(frozen=True)
class _Taken:
    """A locality that was taken with a file, and since which submission."""

    number: int
    since: int
    file_name: str
    period: str
    locality: str


def load_in_force(
    session: Session, wanted: Sequence[Wanted], periods: Mapping[str, Period]
) -> list[tuple[Accepted, ...]]:
    """For each entry, the newest accepted figures of every period and locality that it names.

    Only what came before counts, in the order of receipt: the answer to a file is the same whenever it is
    recomputed. `periods` are those of all plans, by id.
    """
    taken = _load_taken(
        session,
        {period for entry in wanted for period in entry.periods},
        {locality for entry in wanted for locality in entry.localities},
    )
    chosen = [_newest(entry, taken) for entry in wanted]
    known = _load_figures(session, {pick for picks in chosen for pick in picks})
    return [
        tuple(
            Accepted(
                pick.number,
                pick.file_name,
                periods[pick.period],
                pick.locality,
                known.get((pick.number, pick.locality), {}),
            )
            for pick in picks
        )
        for picks in chosen
    ]


def _load_taken(session: Session, periods: Collection[str], localities: Collection[str]) -> list[_Taken]:
    """Everything that was ever taken of some localities for some periods, oldest first."""
    if not periods or not localities:
        return []
    query = (
        select(tables.SubmissionLocalityRow, tables.SubmissionRow, tables.ReleaseRow.submission)
        .join(tables.SubmissionRow, tables.SubmissionRow.number == tables.SubmissionLocalityRow.submission)
        .outerjoin(
            tables.ReleaseRow,
            (tables.ReleaseRow.version == tables.SubmissionLocalityRow.submission)
            & (tables.ReleaseRow.locality == tables.SubmissionLocalityRow.locality),
        )
        .where(
            tables.SubmissionRow.period.in_(list(periods)),
            tables.SubmissionRow.answered_at.is_not(None),
            tables.SubmissionRow.status.in_([status.value for status in OURS]),
            tables.SubmissionLocalityRow.locality.in_(list(localities)),
        )
        .order_by(tables.SubmissionLocalityRow.submission)
    )
    return [
        # Held back and released later by a file of reasons: in force since that file, not since its own.
        _Taken(row.number, row.number if entry.taken else since, row.file_name, row.period, entry.locality)
        for entry, row, since in session.execute(query)
        if entry.taken or since is not None
    ]


def _newest(entry: Wanted, taken: Sequence[_Taken]) -> tuple[_Taken, ...]:
    """Of each period and locality the newest file that was taken before."""
    newest: dict[tuple[str, str], _Taken] = {}
    for found in taken:
        is_earlier = entry.number is None or found.since < entry.number
        if is_earlier and found.period in entry.periods and found.locality in entry.localities:
            newest[found.period, found.locality] = found
    return tuple(newest.values())


def _load_figures(
    session: Session, picks: Collection[_Taken]
) -> dict[tuple[int, str], dict[tuple[str, Basis], Known]]:
    """The figures of those files and localities, blank ones left out."""
    if not picks:
        return {}
    query = select(tables.ObservationRow).where(
        tables.ObservationRow.submission.in_({pick.number for pick in picks}),
        tables.ObservationRow.locality.in_({pick.locality for pick in picks}),
        tables.ObservationRow.value.is_not(None),
    )
    known: dict[tuple[int, str], dict[tuple[str, Basis], Known]] = {}
    for o in session.scalars(query):
        figure = Known(Decimal(o.value or 0), CellRef(o.sheet, o.cell))
        known.setdefault((o.submission, o.locality), {})[o.indicator, Basis(o.basis)] = figure
    return known
