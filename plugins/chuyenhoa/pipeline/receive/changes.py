"""What a file changed of what was in force in its report, what stays, and what the report still lacks.

Worked out from the store alone, so a receipt made again after later files says the same.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chuyenhoa.model.figures import Basis, CellRef, Declaration
from chuyenhoa.model.form import ANSWER_WORDS
from chuyenhoa.model.history import Change, Owed
from chuyenhoa.model.plan import Plan
from chuyenhoa.store import evidence, in_force, ledger, tables


@dataclass(frozen=True)
class ReportChanges:
    """What one file did to its report."""

    changes: tuple[Change, ...] = ()
    """In the order of localities and the form; those that only add are among them."""
    kept: int = 0
    """Values that were in force and are as they were."""
    owed: tuple[Owed, ...] = ()
    """What the report lacks after the file, by locality; nothing for a locality that lacks nothing."""


def changes_of(
    session: Session,
    rows: Sequence[tables.SubmissionRow],
    plans: Mapping[str, Plan],
    *,
    with_first: bool = True,
) -> dict[int, ReportChanges]:
    """What each of some stored files did to its report; nothing for files that are no report.

    Args:
        session: reads the store.
        rows: the files; a few queries for all of them.
        plans: plans by id.
        with_first: whether to list what the first file of a report adds, which is all that it says; its
            receipt does not.
    """
    ours = [row for row in rows if row.status in _OURS and row.plan in plans]
    found: dict[int, ReportChanges] = {}
    for plan_id in dict.fromkeys(row.plan for row in ours):
        plan = plans[plan_id]
        members = [row for row in ours if row.plan == plan_id]
        if not with_first:
            first = _first_of_reports(session, plan, members)
            found |= _owed_after_first(session, plan, first)
            members = [row for row in members if row not in first]
        if not members:
            continue
        stated = _load(session, plan, members)
        names = {number: row.file_name for number, row in stated.files.items()}
        for row in members:
            own = [
                entry
                for code in _codes(plan, row.submitter)
                for entry in stated.by_locality.get((row.period, code), ())
            ]
            texts = [t for t in stated.texts if (t.period, t.submitter) == (row.period, row.submitter)]
            found[row.number] = _compare(plan, row, [*own, *texts], names)
    return found


def _first_of_reports(
    session: Session, plan: Plan, rows: Sequence[tables.SubmissionRow]
) -> list[tables.SubmissionRow]:
    """The files before which nobody said anything in their report, nor on their localities."""
    found, listed = tables.SubmissionRow, tables.SubmissionLocalityRow
    of_periods = (found.plan == plan.id, found.period.in_({row.period for row in rows}))
    by_submitter = select(found.period, found.submitter, func.min(found.number)).where(
        *of_periods, found.status.in_(_OURS)
    )
    by_locality = (
        select(found.period, listed.locality, func.min(found.number))
        .join(found, found.number == listed.submission)
        .where(*of_periods, listed.locality.in_({c for row in rows for c in _codes(plan, row.submitter)}))
    )
    earliest = {
        (period, whose): number
        for query in (
            by_submitter.group_by(found.period, found.submitter),
            by_locality.group_by(found.period, listed.locality),
        )
        for period, whose, number in session.execute(query)
    }
    return [
        row
        for row in rows
        if all(
            earliest.get((row.period, whose), row.number) >= row.number
            for whose in (row.submitter, *_codes(plan, row.submitter))
        )
    ]


def _owed_after_first(
    session: Session, plan: Plan, rows: Sequence[tables.SubmissionRow]
) -> dict[int, ReportChanges]:
    """What a report lacks after its first file, which alone counts: what it states of accepted localities."""
    numbers = [row.number for row in rows]
    known: dict[int, dict[str, set[tuple[str, Basis | None]]]] = {row.number: {} for row in rows}
    seen, told = tables.ObservationRow, tables.DeclarationRow
    figures = _of_taken(select(seen.submission, seen.locality, seen.indicator, seen.basis), seen)
    declared = _of_taken(select(told.submission, told.locality, told.criterion), told)
    for number, code, name, basis in session.execute(
        figures.where(seen.submission.in_(numbers), seen.value.is_not(None))
    ):
        known[number].setdefault(code, set()).add((name, in_force.BASES[basis]))
    for number, code, name in session.execute(
        declared.where(told.submission.in_(numbers), told.answer.is_not(None))
    ):
        known[number].setdefault(code, set()).add((name, None))
    return {row.number: ReportChanges(owed=_owed(plan, row.submitter, known[row.number])) for row in rows}


def _of_taken(
    query: Select[*tuple[Any, ...]], table: type[tables.ObservationRow] | type[tables.DeclarationRow]
) -> Select[*tuple[Any, ...]]:
    """The query, for the statements on localities that were taken with their file."""
    listed = tables.SubmissionLocalityRow
    return query.join(
        listed, (listed.submission == table.submission) & (listed.locality == table.locality)
    ).where(listed.taken)


_OURS = frozenset(status.value for status in ledger.OURS)


def _codes(plan: Plan, submitter: str) -> list[str]:
    return [locality.code for locality in plan.localities_of(submitter)]


@dataclass(frozen=True)
class _Stated:
    """All that was stated in the reports of some files, in the order of receipt."""

    by_locality: Mapping[tuple[str, str], list[in_force.Stated]]
    """By period and locality."""
    texts: Sequence[in_force.StatedText]
    files: Mapping[int, tables.SubmissionRow]


def _load(session: Session, plan: Plan, rows: Sequence[tables.SubmissionRow]) -> _Stated:
    numbers = [row.number for row in rows]
    periods = list(dict.fromkeys(row.period for row in rows))
    codes = {code for row in rows for code in _codes(plan, row.submitter)}
    scope = in_force.Scope(periods, codes, plan.id, numbers)
    by_locality: dict[tuple[str, str], list[in_force.Stated]] = {}
    figures = in_force.load_figures(session, scope)
    declared = in_force.load_declarations(session, scope)
    for entry in figures:
        by_locality.setdefault((entry.period, entry.figure.locality), []).append(entry)
    for told in declared:
        by_locality.setdefault((told.period, told.declaration.locality), []).append(told)
    texts = in_force.load_texts(session, plan.id, periods, numbers)
    stated: list[in_force.Stated] = [*figures, *declared, *texts]
    files = in_force.load_files(session, {entry.number for entry in stated})
    return _Stated(by_locality, texts, files)


def _compare(
    plan: Plan, row: tables.SubmissionRow, stated: Iterable[in_force.Stated], names: Mapping[int, str]
) -> ReportChanges:
    """The report before a file and after it."""
    stated = list(stated)
    before = in_force.newest(stated, row.number)
    after = in_force.newest(stated, row.number + 1)
    texts = {key: _text_of(entry) for key, entry in after.items()}
    changes, kept = [], 0
    for key, new in after.items():
        old = before.get(key)
        was, now = _text_of(old) if old is not None else None, texts[key]
        if was is not None and was == now:
            kept += 1
        elif was != now:
            changes.append(_change(new, now, old, was, names))
    place = {code: index for index, code in enumerate(_codes(plan, row.submitter))}
    subjects = {
        code: index
        for index, code in enumerate((*plan.indicator_by_code, *(c.code for c in plan.declared_criteria)))
    }
    # As the form is read: by locality, "Số liệu" before "Cùng kỳ", and the columns from left to right.
    order = {Basis.CURRENT: 0, Basis.BASELINE: 1, None: 2}
    changes.sort(
        key=lambda c: (
            place.get(c.locality, len(place)),
            order[c.window],
            subjects.get(c.subject, len(subjects)),
        )
    )
    known = _known(entry for key, entry in after.items() if texts[key] is not None)
    return ReportChanges(tuple(changes), kept, _owed(plan, row.submitter, known))


def _text_of(entry: in_force.Stated) -> str | None:
    """A statement as a text that can be compared and shown; None for a blank or a withdrawal."""
    if isinstance(entry, in_force.StatedFigure):
        return None if entry.figure.value is None else format(entry.figure.value, "f")
    if isinstance(entry, in_force.StatedDeclaration):
        return format_declaration(entry.declaration)
    return entry.text.text.strip() or None if isinstance(entry, in_force.StatedText) else None


def format_declaration(said: Declaration) -> str | None:
    """A declaration in the words of the form: "Có, 12/KH-UBND, 20/04/2021"; None without an answer."""
    if said.answer is None:
        return None
    day = f"{said.document_date:%d/%m/%Y}" if said.document_date else ""
    return ", ".join(part for part in (ANSWER_WORDS[said.answer], said.document_number, day) if part)


def _change(
    new: in_force.Stated,
    now: str | None,
    old: in_force.Stated | None,
    was: str | None,
    names: Mapping[int, str],
) -> Change:
    locality, subject, window, cell_ref = _place_of(new)
    is_known = old is not None and was is not None
    return Change(
        locality,
        subject,
        window,
        was,
        now,
        cell_ref,
        _place_of(old)[3] if is_known and old is not None else None,
        names[old.number] if is_known and old is not None else "",
    )


def _place_of(entry: in_force.Stated) -> tuple[str, str, Basis | None, CellRef]:
    """Locality, subject, window and cell of a statement."""
    if isinstance(entry, in_force.StatedFigure):
        seen = entry.figure
        return seen.locality, seen.indicator, seen.basis, seen.cell_ref
    if isinstance(entry, in_force.StatedDeclaration):
        said = entry.declaration
        return said.locality, said.criterion, None, said.cell_ref
    if isinstance(entry, in_force.StatedText):
        return "", entry.text.item, None, entry.text.cell_ref
    raise TypeError(type(entry).__name__)


def owed_of(session: Session, plan: Plan, period: str) -> dict[str, tuple[Owed, ...]]:
    """What the report of every submitter on a period lacks today; no entry for one that lacks nothing."""
    known: dict[str, Subjects] = {}
    for codes in evidence.in_chunks(plan):
        scope = in_force.Scope([period], codes, plan.id)
        stated: list[in_force.Stated] = [*in_force.load_figures(session, scope)]
        after = in_force.newest([*stated, *in_force.load_declarations(session, scope)]).values()
        known |= _known(entry for entry in after if _text_of(entry) is not None)
    lacking = {entry.code: _owed(plan, entry.code, known) for entry in plan.submitters}
    return {code: found for code, found in lacking.items() if found}


Subjects = Collection[tuple[str, Basis | None]]
"""Indicators with the window, and declared criteria."""


def _known(stated: Iterable[in_force.Stated]) -> dict[str, set[tuple[str, Basis | None]]]:
    """By locality, what statements of one period are of; none of them is a blank."""
    found: dict[str, set[tuple[str, Basis | None]]] = {}
    for entry in stated:
        locality, subject, window, _ = _place_of(entry)
        found.setdefault(locality, set()).add((sys.intern(subject), window))
    return found


def _owed(plan: Plan, submitter: str, known: Mapping[str, Subjects]) -> tuple[Owed, ...]:
    """What the form asks of a submitter's localities and nobody has stated."""
    found = []
    for code in _codes(plan, submitter):
        stated = known.get(code, ())
        lacks = {
            basis: sum((name, basis) not in stated for name in plan.indicator_by_code) for basis in Basis
        }
        declared = tuple(c.code for c in plan.declared_criteria if (c.code, None) not in stated)
        if any(lacks.values()) or declared:
            found.append(Owed(code, lacks[Basis.CURRENT], lacks[Basis.BASELINE], declared))
    return tuple(found)
