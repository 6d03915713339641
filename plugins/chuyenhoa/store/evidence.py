"""The figures in force as the rooms need them: at a milestone to assess, when a file came for the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chuyenhoa.model.evidence import (
    KnownDeclaration,
    KnownFigure,
    LocalityEvidence,
    Source,
    SubmissionRecord,
)
from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.history import Accepted, Known
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.results import InsufficiencyReason
from chuyenhoa.model.shown import show_plainly
from chuyenhoa.store import in_force, tables
from chuyenhoa.store.justifications import load_releases, status_after
from chuyenhoa.store.ledger import OURS, load_localities_of, submission_id


def versions(session: Session, plan: Plan, period: str) -> list[tables.SubmissionRow]:
    """Every version that any submitter sent for a period, oldest first."""
    query = select(tables.SubmissionRow).where(
        tables.SubmissionRow.plan == plan.id,
        tables.SubmissionRow.period == period,
        tables.SubmissionRow.answered_at.is_not(None),
        tables.SubmissionRow.status.in_([status.value for status in OURS]),
    )
    return list(session.scalars(query.order_by(tables.SubmissionRow.number)))


LOCALITIES_AT_ONCE = 2000
"""Localities whose statements are held at once: with 90 figures each, some 150 MB."""


def load_evidence(session: Session, plan: Plan, period: str) -> Mapping[str, LocalityEvidence]:
    """What is known of every locality of a plan for one period."""
    rows = {row.number: row for row in versions(session, plan, period)}
    absences = _find_absences(session, plan, list(rows))
    evidence: dict[str, LocalityEvidence] = {}
    texts: dict[str, str] = {}
    for codes in in_chunks(plan):
        evidence |= _load_some(session, in_force.Scope([period], codes, plan.id), rows, texts)
    return {
        code: replace(evidence.get(code) or LocalityEvidence(code), absence=absence)
        for code, absence in absences.items()
    }


def load_absences(session: Session, plan: Plan, period: str) -> Mapping[str, LocalityEvidence]:
    """As `load_evidence`, without what is stated: only whether anything is, and if not, why."""
    numbers = [row.number for row in versions(session, plan, period)]
    absences = _find_absences(session, plan, numbers)
    return {code: LocalityEvidence(code, absence=absence) for code, absence in absences.items()}


def in_chunks(plan: Plan) -> Iterator[Sequence[str]]:
    """The codes of a plan's localities, as many at once as may be held."""
    codes = list(plan.locality_by_code)
    for start in range(0, len(codes), LOCALITIES_AT_ONCE):
        yield codes[start : start + LOCALITIES_AT_ONCE]


def _find_absences(
    session: Session, plan: Plan, numbers: Sequence[int]
) -> dict[str, InsufficiencyReason | None]:
    """By locality, why nothing is known of it from some files; None where something was taken."""
    listed: dict[str, bool] = {}
    released = load_releases(session, numbers)
    for number, given in load_localities_of(session, numbers).items():
        for code, is_taken in given.items():
            listed[code] = is_taken or (number, code) in released or listed.get(code, False)
    return {code: _absence(listed.get(code)) for code in plan.locality_by_code}


def _load_some(
    session: Session, scope: in_force.Scope, rows: Mapping[int, tables.SubmissionRow], texts: dict[str, str]
) -> dict[str, LocalityEvidence]:
    """What is in force of some localities; `texts` holds every text once, of a country they are a million."""
    files = {number: (submission_id(number), row.sha256, _shown_name(row)) for number, row in rows.items()}
    figures: dict[str, dict[tuple[str, Basis], KnownFigure]] = {}
    for stated in in_force.newest(in_force.load_figures(session, scope)).values():
        seen, source = stated.figure, _source(files[stated.number], stated.figure.cell_ref, texts)
        key = texts.setdefault(seen.indicator, seen.indicator), seen.basis
        lacks = InsufficiencyReason.WITHDRAWN if seen.withdrawn else None
        figures.setdefault(seen.locality, {})[key] = KnownFigure(seen.value, source, lacks=lacks)
    declarations: dict[str, dict[str, KnownDeclaration]] = {}
    for told in in_force.newest(in_force.load_declarations(session, scope)).values():
        said = told.declaration
        declarations.setdefault(said.locality, {})[said.criterion] = KnownDeclaration(
            said.answer,
            said.document_number,
            said.document_date,
            said.note,
            _source(files[told.number], said.cell_ref, texts),
            said.withdrawn,
        )
    return {
        code: LocalityEvidence(code, figures.get(code, {}), declarations.get(code, {}))
        for code in (*figures, *declarations)
    }


def _absence(taken: bool | None) -> InsufficiencyReason | None:
    """Why nothing is known of a locality: no file lists it (None), or all that do were held back."""
    if taken is None:
        return InsufficiencyReason.NOT_SUBMITTED
    return None if taken else InsufficiencyReason.HELD_BY_FINDINGS


def _shown_name(row: tables.SubmissionRow) -> str:
    """A file's name as documents and explanations may show it; the ledger holds it as it came."""
    return show_plainly(mask_personal(row.file_name))


def _source(file: tuple[str, str, str], cell_ref: CellRef, texts: dict[str, str]) -> Source:
    return Source(*file, *(texts.setdefault(text, text) for text in (cell_ref.sheet, cell_ref.cell)))


def load_records(session: Session, plan: Plan, period: str) -> tuple[SubmissionRecord, ...]:
    """Every version of a period as the annex on reporting lists it, oldest first."""
    rows = [row for row in versions(session, plan, period) if row.version is not None]
    numbers = [row.number for row in rows]
    released, listed_in = load_releases(session, numbers), load_localities_of(session, numbers)
    records = []
    for row in rows:
        given = listed_in.get(row.number, {})
        listed = {code: taken or (row.number, code) in released for code, taken in given.items()}
        records.append(
            SubmissionRecord(
                id=submission_id(row.number),
                submitter=row.submitter,
                version=row.version,
                status=status_after(row, given, released),
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
    """The texts in force of every submitter, by item; later periods come last in `periods`."""
    texts: dict[str, dict[str, str]] = {}
    for stated in in_force.newest(in_force.load_texts(session, plan.id, periods)).values():
        if stated.text.text.strip():
            texts.setdefault(stated.submitter, {})[stated.text.item] = stated.text.text
    return texts


@dataclass(frozen=True)
class Wanted:
    """Whose figures are looked for: those in force before a submission; without a number, today's."""

    number: int | None
    periods: Collection[str]
    localities: Collection[str]


def load_in_force(
    session: Session, wanted: Sequence[Wanted], periods: Mapping[str, Period]
) -> list[tuple[Accepted, ...]]:
    """For each entry, the figures in force of every period and locality that it names.

    Only what came before counts, in the order of receipt: the answer to a file is the same whenever it is
    recomputed. `periods` are those of all plans, by id.
    """
    scope = in_force.Scope(
        {period for entry in wanted for period in entry.periods},
        {locality for entry in wanted for locality in entry.localities},
    )
    stated = in_force.load_figures(session, scope)
    names = {n: row.file_name for n, row in in_force.load_files(session, (s.number for s in stated)).items()}
    return [_accepted(entry, stated, names, periods) for entry in wanted]


def _accepted(
    entry: Wanted,
    stated: Sequence[in_force.StatedFigure],
    names: Mapping[int, str],
    periods: Mapping[str, Period],
) -> tuple[Accepted, ...]:
    """What was in force before one file, blanks left out."""
    wanted = [s for s in stated if s.period in entry.periods and s.figure.locality in entry.localities]
    figures: dict[tuple[str, str], dict[tuple[str, Basis], Known]] = {}
    for found in in_force.newest(wanted, entry.number).values():
        seen = found.figure
        known = figures.setdefault((found.period, seen.locality), {})
        if seen.value is not None:
            known[seen.indicator, seen.basis] = Known(
                seen.value, seen.cell_ref, found.number, names[found.number]
            )
    return tuple(Accepted(periods[period], locality, known) for (period, locality), known in figures.items())
