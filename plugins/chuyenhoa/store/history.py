"""The figures in force when a file came, for the rules that hold one report against others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.history import Accepted, Known
from chuyenhoa.model.plan import Period
from chuyenhoa.store.ledger import OURS
from chuyenhoa.store.tables import ObservationRow, ReleaseRow, SubmissionLocalityRow, SubmissionRow


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
    worked out again. `periods` are those of all plans, by id.
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
        select(SubmissionLocalityRow, SubmissionRow, ReleaseRow.submission)
        .join(SubmissionRow, SubmissionRow.number == SubmissionLocalityRow.submission)
        .outerjoin(
            ReleaseRow,
            (ReleaseRow.version == SubmissionLocalityRow.submission)
            & (ReleaseRow.locality == SubmissionLocalityRow.locality),
        )
        .where(
            SubmissionRow.period.in_(list(periods)),
            SubmissionRow.answered_at.is_not(None),
            SubmissionRow.status.in_([status.value for status in OURS]),
            SubmissionLocalityRow.locality.in_(list(localities)),
        )
        .order_by(SubmissionLocalityRow.submission)
    )
    return [
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
    query = select(ObservationRow).where(
        ObservationRow.submission.in_({pick.number for pick in picks}),
        ObservationRow.locality.in_({pick.locality for pick in picks}),
        ObservationRow.value.is_not(None),
    )
    known: dict[tuple[int, str], dict[tuple[str, Basis], Known]] = {}
    for o in session.scalars(query):
        figure = Known(Decimal(o.value or 0), CellRef(o.sheet, o.cell))
        known.setdefault((o.submission, o.locality), {})[o.indicator, Basis(o.basis)] = figure
    return known
