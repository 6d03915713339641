"""What is in force: of every figure, declaration and text the newest accepted statement, with file and cell.

A file changes what it states and nothing else (docs/decisions/0035). What counts for one locality, indicator
and window is the newest value that somebody stated and that was accepted; a blank cell, a missing column, row
or sheet says nothing. A statement that was held back changes nothing; released later by a file of reasons, it
counts since that file, and in the order of its own:

    file 1  TTXH_XR = 5, KP = 4   accepted        file 3  KP = 3   accepted
    file 2  TTXH_XR = 9           held back       file 4  reasons for file 2
    after file 3: TTXH_XR = 5 (file 1), KP = 3 (file 3); after file 4: TTXH_XR = 9 (file 2)

Everything that asks "what is in force, and since which file" asks here.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, literal, or_, select
from sqlalchemy.orm import Session

from chuyenhoa.model.figures import (
    Basis,
    CellRef,
    Declaration,
    Narrative,
    Observation,
    StatementKey,
    keeps_document,
)
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import ACCEPTING
from chuyenhoa.store import tables
from chuyenhoa.store.ledger import OURS, declaration_of, find_submissions, load_localities


@dataclass(frozen=True)
class Scope:
    """Which statements are looked for; `localities` None means those of every locality."""

    periods: Collection[str]
    localities: Collection[str] | None = None
    plan: str = ""
    """Empty for those of all plans."""
    answering: Collection[int] = ()
    """Submissions that count though their answer is only being given."""


@dataclass(frozen=True)
class StatedFigure:
    """What one file states of one figure, blank cells included, and since which submission it counts."""

    number: int
    since: int
    """`number` itself, or the later file of reasons that released it."""
    period: str
    figure: Observation

    @property
    def key(self) -> tuple[str, str, str, Basis]:
        """Period, locality, indicator and window: what the figure is of."""
        return (self.period, self.figure.locality, self.figure.indicator, self.figure.basis)

    @property
    def is_statement(self) -> bool:
        """Whether the cell says anything."""
        return self.figure.is_statement


@dataclass(frozen=True)
class StatedDeclaration:
    """What one file states of one declared criterion, as `StatedFigure`."""

    number: int
    since: int
    period: str
    declaration: Declaration

    @property
    def key(self) -> tuple[str, str, str]:
        """Period, locality and criterion."""
        return (self.period, self.declaration.locality, self.declaration.criterion)

    @property
    def is_statement(self) -> bool:
        """Whether the row says anything."""
        return self.declaration.is_statement


@dataclass(frozen=True)
class StatedText:
    """What one file states under one heading of "Thuyết minh"."""

    number: int
    since: int
    period: str
    submitter: str
    text: Narrative

    @property
    def key(self) -> tuple[str, str]:
        """Submitter and item: of several periods the newest text counts."""
        return (self.submitter, self.text.item)

    @property
    def is_statement(self) -> bool:
        """Whether there is a text, or one is withdrawn."""
        return self.text.withdrawn or bool(self.text.text.strip())


class Stated(Protocol):
    """A statement of a file."""

    @property
    def number(self) -> int:
        """The submission that states it."""

    @property
    def since(self) -> int:
        """Since which submission it counts."""

    @property
    def key(self) -> Any:
        """What it is a statement of."""

    @property
    def is_statement(self) -> bool:
        """False for a blank, which says nothing."""


S = TypeVar("S", bound=Stated)


def newest(stated: Iterable[S], before: int | None = None) -> dict[Hashable, S]:
    """The statements in force, by key; of what nobody stated, the newest blank.

    Args:
        stated: in the order of receipt.
        before: only what counted before this submission; all of it when None.
    """
    found: dict[Hashable, S] = {}
    for entry in stated:
        if before is not None and entry.since >= before:
            continue
        earlier = found.get(entry.key)
        if earlier is None or entry.is_statement or not earlier.is_statement:
            found[entry.key] = _with_document(earlier, entry)
    return found


def _with_document(earlier: S | None, entry: S) -> S:
    """The earlier one of two declarations of which the later only repeats it, without the document.

    "Có, 12/KH-UBND, 20/4/2021" and a later "Có" with the number left out: the plan is issued still, and the
    blank takes nothing from it.
    """
    if not isinstance(entry, StatedDeclaration) or not isinstance(earlier, StatedDeclaration):
        return entry
    is_repeated = not entry.declaration.withdrawn and keeps_document(earlier.declaration, entry.declaration)
    return earlier if is_repeated else entry


def load_figures(session: Session, scope: Scope) -> list[StatedFigure]:
    """All accepted statements on figures, blank cells included, in the order of receipt."""
    return [
        StatedFigure(
            row.submission,
            since,
            period,
            Observation(
                row.locality,
                row.indicator,
                BASES[row.basis],
                None if row.value is None else Decimal(row.value),
                CellRef(row.sheet, row.cell),
                row.withdrawn,
            ),
        )
        for row, period, since in _taken(session, tables.ObservationRow, scope)
    ]


BASES = {basis.value: basis for basis in Basis}
"""A look-up costs a tenth of a call of the class, and a report has 500 figures."""


def load_declarations(session: Session, scope: Scope) -> list[StatedDeclaration]:
    """All accepted statements on declared criteria, blank ones included, in the order of receipt."""
    return [
        StatedDeclaration(row.submission, since, period, declaration_of(row))
        for row, period, since in _taken(session, tables.DeclarationRow, scope)
    ]


def load_texts(
    session: Session, plan: str, periods: Sequence[str], answering: Collection[int] = ()
) -> list[StatedText]:
    """All accepted texts, those of later periods last; `periods` are in the order of time."""
    # A returned file's texts stay out, until reasons release it: it was to be sent again as a whole.
    released = select(tables.ReleaseRow.version).where(
        tables.ReleaseRow.version == tables.SubmissionRow.number
    )
    columns = tables.NarrativeRow.__table__.c
    query = (
        select(*columns, tables.SubmissionRow.period, tables.SubmissionRow.submitter)
        .join(tables.SubmissionRow, tables.SubmissionRow.number == columns.submission)
        .where(
            tables.SubmissionRow.plan == plan,
            tables.SubmissionRow.period.in_(list(periods)),
            or_(
                tables.SubmissionRow.answered_at.is_not(None),
                tables.SubmissionRow.number.in_(list(answering)),
            ),
            or_(tables.SubmissionRow.status.in_([status.value for status in ACCEPTING]), released.exists()),
        )
        .order_by(columns.submission)
    )
    found = [
        StatedText(
            r.submission,
            r.submission,
            r.period,
            r.submitter,
            Narrative(r.item, r.text, CellRef(r.sheet, r.cell), r.withdrawn),
        )
        for r in session.execute(query)
    ]
    place = {period: index for index, period in enumerate(periods)}
    return sorted(found, key=lambda entry: (place[entry.period], entry.number))


def _taken(session: Session, table: type[tables.Base], scope: Scope) -> Iterator[tuple[Any, str, int]]:
    """The rows of accepted localities with their period, and since which submission they count."""
    if not scope.periods or (scope.localities is not None and not scope.localities):
        return
    columns = table.__table__.c
    query = (
        select(
            *columns,
            tables.SubmissionRow.period,
            tables.SubmissionLocalityRow.taken,
            tables.ReleaseRow.submission.label("reasons"),
        )
        .join(tables.SubmissionRow, tables.SubmissionRow.number == columns.submission)
        .where(*_conditions(scope))
        .order_by(columns.submission)
    )
    for row in session.execute(_with_releases(query, columns)):
        yield row, row.period, row.submission if row.taken else row.reasons


def _with_releases(query: Select[Any], columns: Any) -> Select[Any]:
    """The query, for localities that were taken with their file or released later."""
    return (
        query.join(
            tables.SubmissionLocalityRow,
            (tables.SubmissionLocalityRow.submission == columns.submission)
            & (tables.SubmissionLocalityRow.locality == columns.locality),
        )
        .outerjoin(
            tables.ReleaseRow,
            (tables.ReleaseRow.version == columns.submission)
            & (tables.ReleaseRow.locality == columns.locality),
        )
        .where(or_(tables.SubmissionLocalityRow.taken, tables.ReleaseRow.submission.is_not(None)))
    )


def _conditions(scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        tables.SubmissionRow.period.in_(list(scope.periods)),
        or_(
            tables.SubmissionRow.answered_at.is_not(None),
            tables.SubmissionRow.number.in_(list(scope.answering)),
        ),
        tables.SubmissionRow.status.in_([status.value for status in OURS]),
    ]
    if scope.plan:
        conditions.append(tables.SubmissionRow.plan == scope.plan)
    if scope.localities is not None:
        conditions.append(tables.SubmissionLocalityRow.locality.in_(list(scope.localities)))
    return conditions


def outdated_texts(session: Session, plan: Plan, periods: Sequence[str]) -> list[tuple[StatedText, int]]:
    """Texts in force that were written before figures of their submitter changed, and how many did.

    Only figures that the text could speak of count: in force when it came, and other ones now.
    """
    stated = load_figures(session, Scope(periods, plan=plan.id))
    now = newest(stated)
    found = []
    for text in newest(load_texts(session, plan.id, periods)).values():
        own = {locality.code for locality in plan.localities_of(text.submitter)}
        then = newest((s for s in stated if s.period == text.period), text.number + 1)
        changed = [
            key
            for key, before in then.items()
            if before.figure.locality in own
            and before.figure.value is not None
            and now[key].figure.value != before.figure.value
        ]
        if changed and text.text.text:
            found.append((text, len(changed)))
    return found


def statements_of(session: Session, row: tables.SubmissionRow) -> set[StatementKey]:
    """What a file states that is in force today: locality, indicator and window, or criterion and ""."""
    scope = Scope([row.period], load_localities(session, row.number), row.plan)
    figures = newest(load_figures(session, scope)).values()
    declared = newest(load_declarations(session, scope)).values()
    return {s.figure.key for s in figures if s.number == row.number and s.figure.value is not None} | {
        s.declaration.key for s in declared if s.number == row.number and s.declaration.answer is not None
    }


def load_stated(
    session: Session, numbers: Collection[int], localities: Collection[str]
) -> dict[tuple[int, str], set[StatementKey]]:
    """By file and locality, what it states, accepted or not: values, and that one no longer holds."""
    found: dict[tuple[int, str], set[StatementKey]] = {}
    for table, subject, basis, value in (
        (tables.ObservationRow, "indicator", "basis", "value"),
        (tables.DeclarationRow, "criterion", "", "answer"),
    ):
        columns = table.__table__.c
        window = columns[basis] if basis else literal("")
        query = select(columns.submission, columns.locality, columns[subject], window).where(
            columns.submission.in_(numbers),
            columns.locality.in_(localities),
            or_(columns[value].is_not(None), columns.withdrawn),
        )
        for number, code, about, span in session.execute(query):
            found.setdefault((number, code), set()).add((code, about, span))
    return found


def numbers_before(session: Session, scope: Scope, before: int) -> set[int]:
    """The versions of some reports that came before a submission, whatever became of them."""
    query = select(tables.SubmissionRow.number).where(
        tables.SubmissionRow.plan == scope.plan,
        tables.SubmissionRow.period.in_(list(scope.periods)),
        tables.SubmissionRow.number < before,
        tables.SubmissionRow.status.in_([status.value for status in OURS]),
    )
    return set(session.scalars(query))


def load_files(session: Session, numbers: Iterable[int]) -> Mapping[int, tables.SubmissionRow]:
    """The files that statements came in."""
    return {row.number: row for row in find_submissions(session, numbers)}
