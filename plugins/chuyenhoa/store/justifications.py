"""Justifications: reasons that came in files of their own, what waits for them, and what they released."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from chuyenhoa.model.evidence import JustifiedWarning, Source
from chuyenhoa.model.figures import CellRef, Justification
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import ACCEPTING, Finding, Reading, SubmissionStatus
from chuyenhoa.store import in_force, tables
from chuyenhoa.store.ledger import (
    OURS,
    in_parts,
    load_findings,
    load_findings_of,
    load_localities,
    submission_id,
)


def load_releases(session: Session, numbers: Sequence[int]) -> dict[tuple[int, str], int]:
    """By version and locality, the later file whose reasons released it."""
    found = {}
    for some in in_parts(numbers):
        query = select(tables.ReleaseRow).where(tables.ReleaseRow.version.in_(some))
        found.update({(row.version, row.locality): row.submission for row in session.scalars(query)})
    return found


def released_by(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    """By file of reasons, the localities that it released, each with the version whose figures are taken."""
    found: dict[int, dict[str, int]] = {}
    query = (
        select(tables.ReleaseRow)
        .where(tables.ReleaseRow.submission.in_(numbers))
        .order_by(tables.ReleaseRow.locality)
    )
    for row in session.scalars(query):
        found.setdefault(row.submission, {})[row.locality] = row.version
    return found


def justified_findings(session: Session, number: int, upto: int | None = None) -> tuple[Finding, ...]:
    """The findings of a version, with the reasons that later files gave for them, up to submission `upto`."""
    accepted = [row for row in _load_accepted(session, [number]) if upto is None or row.submission <= upto]
    return _with_reasons(number, load_findings(session, number), _reasons_by_key(accepted))


Reasons = Mapping[tuple[int, str, str], Sequence[tables.AcceptedJustificationRow]]
"""Reasons that later files gave, by version, rule and locality, the newest last."""


def _load_accepted(session: Session, versions: Iterable[int]) -> list[tables.AcceptedJustificationRow]:
    """The reasons that later files gave for some versions, in their order."""
    row = tables.AcceptedJustificationRow
    found: list[tables.AcceptedJustificationRow] = []
    for some in in_parts(versions):
        found += session.scalars(select(row).where(row.version.in_(some)).order_by(row.id))
    return found


def _reasons_by_key(accepted: Iterable[tables.AcceptedJustificationRow]) -> Reasons:
    found: dict[tuple[int, str, str], list[tables.AcceptedJustificationRow]] = {}
    for row in accepted:
        found.setdefault((row.version, row.rule_id, row.locality), []).append(row)
    return found


def _with_reasons(number: int, findings: Iterable[Finding], given: Reasons) -> tuple[Finding, ...]:
    """The findings of a version, each with the newest reason that a later file gave for it."""
    return tuple(
        replace(finding, justification=reasons[-1].reason)
        if finding.needs_reason and (reasons := given.get((number, finding.rule_id, finding.locality)))
        else finding
        for finding in findings
    )


def held_localities(session: Session, reading: Reading, before: int) -> list[tuple[str, int]]:
    """The localities held back, each with the version that waits, oldest first, as of submission `before`.

    A version waits no longer for a locality once later ones state everything anew that it states of it.
    """
    versions = session.execute(
        select(
            tables.SubmissionLocalityRow.locality,
            tables.SubmissionRow.number,
            tables.SubmissionLocalityRow.taken,
        )
        .join(tables.SubmissionRow, tables.SubmissionRow.number == tables.SubmissionLocalityRow.submission)
        .where(
            *_same_report(reading),
            tables.SubmissionRow.number < before,
            tables.SubmissionRow.status.in_([status.value for status in OURS]),
        )
        .order_by(tables.SubmissionRow.number)
    ).all()
    held = [(code, number) for code, number, taken in versions if not taken]
    released = load_releases(session, [number for _, number in held])
    held = [key for key in held if released.get((key[1], key[0]), before) >= before]
    if not held:
        return []
    stated = in_force.load_stated(session, {number for _, number, _ in versions}, {code for code, _ in held})
    return [
        (code, number)
        for code, number in held
        if not stated.get((number, code), {None})
        <= {
            key
            for other, later, _ in versions
            if other == code and later > number
            for key in stated.get((later, code), ())
        }
    ]


def waiting_justifications(session: Session, reading: Reading, before: int) -> tuple[Justification, ...]:
    """Reasons in files of their own that came before the figures they justify.

    A reason for a locality counts when no version has listed it since; one for all, when none came at all.
    """
    query = (
        select(tables.JustificationRow)
        .join(tables.SubmissionRow, tables.SubmissionRow.number == tables.JustificationRow.submission)
        .where(
            *_same_report(reading),
            tables.SubmissionRow.number < before,
            tables.SubmissionRow.version.is_(None),
            tables.SubmissionRow.status.in_([status.value for status in ACCEPTING]),
        )
        .order_by(tables.JustificationRow.id)
    )
    given = list(session.scalars(query))
    if not given:  # as for nearly every file
        return ()
    newest = (
        select(tables.SubmissionLocalityRow.locality, func.max(tables.SubmissionRow.number))
        .join(tables.SubmissionRow, tables.SubmissionRow.number == tables.SubmissionLocalityRow.submission)
        .where(*_same_report(reading), tables.SubmissionRow.number < before)
        .group_by(tables.SubmissionLocalityRow.locality)
    )
    listed: dict[str, int] = {code: number for code, number in session.execute(newest)}  # noqa: C416  (typed)
    last = max(listed.values(), default=0)
    return tuple(
        _justification(row)
        for row in given
        if row.submission > (listed.get(row.locality, 0) if row.locality else last)
    )


def load_status(session: Session, row: tables.SubmissionRow) -> SubmissionStatus:
    """`status_after` of one version."""
    return status_after(row, load_localities(session, row.number), load_releases(session, [row.number]))


def status_after(
    row: tables.SubmissionRow, listed: Mapping[str, bool], released: Collection[tuple[int, str]]
) -> SubmissionStatus:
    """The status of a version with what later reasons released; what its receipt said stays in the ledger.

    `listed` says of its localities whether they were taken with it, `released` which were later, of any
    version.
    """
    if not any(number == row.number for number, _ in released):
        return SubmissionStatus(row.status)
    open_ones = [code for code, taken in listed.items() if not taken and (row.number, code) not in released]
    return SubmissionStatus.PARTLY_ACCEPTED if open_ones else SubmissionStatus.ACCEPTED_WITH_WARNINGS


def gather_justifications(
    session: Session,
    plan: Plan,
    periods: Iterable[str],
    titles: Mapping[str, str],
    localities: Collection[str] | None = None,
) -> tuple[JustifiedWarning, ...]:
    """The justified warnings of some periods, each with the title of its rule (`titles`, by rule id).

    Of all localities, or of some.
    """
    return tuple(
        replace(entry, title=titles.get(entry.rule_id, ""))
        for period in periods
        for entry in load_justifications(session, plan, period, localities)
    )


def load_justifications(
    session: Session, plan: Plan, period: str, localities: Collection[str] | None = None
) -> tuple[JustifiedWarning, ...]:
    """Every warning on figures in force with the reason given for it, by locality, rule and cell."""
    rows = list(
        session.scalars(
            select(tables.SubmissionRow)
            .where(
                tables.SubmissionRow.plan == plan.id,
                tables.SubmissionRow.period == period,
                tables.SubmissionRow.answered_at.is_not(None),
                tables.SubmissionRow.status.in_([status.value for status in OURS]),
            )
            .order_by(tables.SubmissionRow.number)
        )
    )
    scope = in_force.Scope([period], localities, plan.id)
    stated = in_force.newest(in_force.load_figures(session, scope)).values()
    # A reason speaks for a figure: once another file states that figure anew, the reason is history.
    counting = {(s.number, s.figure.locality, s.figure.indicator) for s in stated}
    counting |= {(number, code, "") for number, code, _ in counting}
    by_number = {row.number: row for row in rows}
    named = sorted({number for number, _, _ in counting})
    findings = load_findings_of(session, named)
    given = _reasons_by_key(_load_accepted(session, named))
    own = _load_own_reasons(session, by_number)
    found = [
        JustifiedWarning(
            rule_id=finding.rule_id,
            locality=finding.locality,
            indicator=finding.indicator,
            value=finding.value,
            reason=finding.justification,
            figure=Source(submission_id(row.number), row.sha256, row.file_name, finding.sheet, finding.cell),
            source=_source_of_reason(by_number, own, given, row, finding),
        )
        for row in (by_number[number] for number in named)
        for finding in _with_reasons(row.number, findings.get(row.number, ()), given)
        if finding.justification and (row.number, finding.locality, finding.indicator) in counting
    ]
    return tuple(sorted(found, key=lambda entry: (entry.locality, entry.rule_id, entry.figure.cell)))


OwnReasons = Mapping[tuple[str, str], Sequence[tables.JustificationRow]]
"""Reasons on the sheets of files themselves, by rule and text, in the order of receipt."""


def _load_own_reasons(session: Session, numbers: Iterable[int]) -> OwnReasons:
    row = tables.JustificationRow
    found: dict[tuple[str, str], list[tables.JustificationRow]] = {}
    for some in in_parts(numbers):
        query = select(row).where(row.submission.in_(some)).order_by(row.submission, row.id)
        for entry in session.scalars(query):
            found.setdefault((entry.rule_id, entry.reason), []).append(entry)
    return found


def _source_of_reason(
    rows: Mapping[int, tables.SubmissionRow],
    own: OwnReasons,
    given: Reasons,
    version: tables.SubmissionRow,
    finding: Finding,
) -> Source:
    """The cell of a reason: in a later file, in the version itself, or in a file of reasons before it."""
    stated = [
        entry
        for entry in own.get((finding.rule_id, finding.justification), ())
        if entry.locality in (finding.locality, "")
        and rows[entry.submission].submitter == version.submitter
        and _comes_with(rows[entry.submission], version)
    ]
    later = given.get((version.number, finding.rule_id, finding.locality), ())
    entry = later[-1] if later else stated[-1]
    row = rows[entry.submission]
    return Source(submission_id(row.number), row.sha256, row.file_name, entry.sheet, entry.cell)


def _comes_with(row: tables.SubmissionRow, version: tables.SubmissionRow) -> bool:
    """Whether a file came before a version or as a part of the same report."""
    is_part = row.claimed_with is not None and row.claimed_with == version.claimed_with
    return row.number <= version.number or is_part


def _same_report(reading: Reading) -> tuple[ColumnElement[bool], ...]:
    return (
        tables.SubmissionRow.plan == reading.plan,
        tables.SubmissionRow.period == reading.period,
        tables.SubmissionRow.submitter == reading.submitter,
    )


def _justification(row: tables.JustificationRow) -> Justification:
    return Justification(row.rule_id, row.locality, row.reason, CellRef(row.sheet, row.cell))
