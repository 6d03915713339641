"""What one answered file fills in every table: its rows, their digest, and how they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from chuyenhoa.model.figures import Declaration, Justification, Normalisation, Observation
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.store import ledger, tables
from chuyenhoa.store.journal import Facts, append_event, canonical, digest

KEYS = ("id", "submission")
"""Columns of `tables.CONTENT` that say nothing of the file: a rebuilt store may number its rows otherwise."""
COUNTS = ("numbers_present", "numbers_read", "numbers_taken")
"""Columns of the ledger that no event settles: a file judged before they were there has none."""
JUDGED = ("status", "plan", "period", "submitter", "version", "is_late", "duplicate_of")
"""Columns of the ledger that a judgement settles."""


@dataclass(frozen=True)
class VersionJustification:
    """A reason in this file for the warnings of an earlier version (its number)."""

    version: int
    reason: Justification


@dataclass(frozen=True)
class Answer:
    """What became of a submission, with everything that is stored of it."""

    reading: Reading
    status: SubmissionStatus
    findings: tuple[Finding, ...]
    taken: frozenset[str]
    version: int | None
    is_late: bool
    duplicate_of: int | None = None
    reasons: tuple[VersionJustification, ...] = ()
    released: tuple[tuple[int, str], ...] = ()
    """Earlier versions and their localities whose figures are taken now that the reasons are there."""


MAX_READ = 200
"""Submissions whose content is held at once: at 1,400 figures each, some 150 MB."""
Values = dict[str, object]
Content = dict[str, list[Values]]
"""What is stored of a submission: the rows of each table, without their keys."""


def save_answer(
    session: Session, row: tables.SubmissionRow, answer: Answer, at: datetime, seen: int = 0
) -> None:
    """Store all that a file says and what validation says of it; an earlier attempt is replaced.

    `seen` is the position of the last event when the rules checked the file: what they knew of other
    reports then.
    """
    if row.status != SubmissionStatus.CLAIMED:  # else nothing is stored of it yet
        for stale in tables.CONTENT:
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
            session.execute(insert(tables.Base.metadata.tables[table.__tablename__]), values)
    facts = {**judged_facts(row, digest_content(content)), "seen": seen}
    append_event(session, at, "judged", answer.status.value, submission=row.number, facts=facts)


def note_releases(session: Session, number: int, released: Sequence[tuple[int, str]], at: datetime) -> None:
    """Note in the ledger, on both files, which localities of which versions a file of reasons released."""
    for version in dict.fromkeys(version for version, _ in released):
        codes = ", ".join(code for other, code in released if other == version)
        ledger.add_event(session, version, at, "released", f"{ledger.submission_id(number)}: {codes}")
        ledger.add_event(session, number, at, "explained", f"{ledger.submission_id(version)}: {codes}")


def judged_facts(row: tables.SubmissionRow, content: str) -> Facts:
    """What a judgement settles; `content` is the digest of all that is stored of the file."""
    return {**{name: getattr(row, name) for name in JUDGED}, "content": content}


def content_rows(number: int, answer: Answer) -> Iterator[tuple[type[tables.Base], list[Values]]]:
    """The rows of every table that a submission fills, in texts that every database can hold."""
    for table, rows in _content_rows(number, answer):
        yield table, rows if _are_storable(rows) else [_make_storable(row) for row in rows]


def _are_storable(rows: Sequence[Values]) -> bool:
    """Whether all texts of some rows can be stored as they are, as nearly all can."""
    # All texts at once: a file has hundreds of them, and nearly none needs a second look.
    texts = "".join([value for row in rows for value in row.values() if isinstance(value, str)])
    if "\0" in texts:
        return False
    try:
        return texts.isascii() or bool(texts.encode())
    except UnicodeEncodeError:
        return False


def _make_storable(row: Values) -> Values:
    """A row without what PostgreSQL or UTF-8 cannot hold: NUL and halves of characters."""
    return {
        name: value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        if isinstance(value, str)
        else value
        for name, value in row.items()
    }


def digest_content(content: Content) -> str:
    """The sha256 over all that is stored of a submission, whatever order its rows have.

    Empty values are left out, so that a column which a later edition adds changes no digest.
    """
    return digest(
        {
            table: sorted(
                canonical({k: v for k, v in row.items() if v not in (None, "", False)}) for row in rows
            )
            for table, rows in content.items()
            if rows
        }
    )


def in_chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Submissions, as many at once as may be held."""
    for start in range(0, len(numbers), MAX_READ):
        yield numbers[start : start + MAX_READ]


def read_content(session: Session, number: int) -> Content:
    """What the store holds of a submission."""
    return read_contents(session, [number])[number]


def read_contents(session: Session, numbers: Sequence[int]) -> dict[int, Content]:
    """What the store holds of each of some submissions; a few hundred at once, since all of it is held."""
    found: dict[int, Content] = {
        number: {table.__tablename__: [] for table in tables.CONTENT} for number in numbers
    }
    for table in tables.CONTENT:
        columns = table.__table__.c
        query = select(*columns).where(columns.submission.in_(numbers))
        for row in session.execute(query.order_by(*table.__table__.primary_key)):
            values = {name: value for name, value in row._mapping.items() if name not in KEYS}
            found[row.submission][table.__tablename__].append(values)
    return found


def copy_contents(session: Session, contents: Mapping[int, Content]) -> None:
    """Keep what another store holds of some submissions, in the order in which that one read it."""
    for table in tables.CONTENT:
        rows = [
            {"submission": number, **values}
            for number, content in contents.items()
            for values in content[table.__tablename__]
        ]
        if rows:
            session.execute(insert(tables.Base.metadata.tables[table.__tablename__]), rows)


def _content_rows(number: int, answer: Answer) -> Iterator[tuple[type[tables.Base], list[Values]]]:
    reading = answer.reading
    key: Values = {"submission": number}
    localities = [{**key, "locality": code, "taken": code in answer.taken} for code in reading.localities]
    yield tables.SubmissionLocalityRow, localities
    yield tables.ObservationRow, [{**key, **_observation_values(o)} for o in reading.observations]
    yield tables.DeclarationRow, [{**key, **_declaration_values(d)} for d in reading.declarations]
    yield (
        tables.NarrativeRow,
        [
            {**key, "item": n.item, "text": n.text, "withdrawn": n.withdrawn, **vars(n.cell_ref)}
            for n in reading.narratives
        ],
    )
    yield tables.JustificationRow, [{**key, **_justification_values(j)} for j in reading.justifications]
    yield tables.FindingRow, [_finding_values(number, finding) for finding in answer.findings]
    given = [{**key, "version": g.version, **_justification_values(g.reason)} for g in answer.reasons]
    yield tables.AcceptedJustificationRow, given
    yield (
        tables.ReleaseRow,
        [{**key, "version": version, "locality": code} for version, code in answer.released],
    )
    yield tables.NormalisationRow, [{**key, **_normalisation_values(n)} for n in reading.normalisations]


def _observation_values(entry: Observation) -> Values:
    return {
        "locality": entry.locality,
        "indicator": entry.indicator,
        "basis": entry.basis.value,
        "value": None if entry.value is None else format(entry.value, "f"),
        "withdrawn": entry.withdrawn,
        **vars(entry.cell_ref),
    }


def _declaration_values(entry: Declaration) -> Values:
    return {
        "locality": entry.locality,
        "criterion": entry.criterion,
        "answer": entry.answer.value if entry.answer else None,
        "document_number": entry.document_number,
        "document_date": entry.document_date.isoformat() if entry.document_date else None,
        "note": entry.note,
        "withdrawn": entry.withdrawn,
        **vars(entry.cell_ref),
    }


def _justification_values(entry: Justification) -> Values:
    return {
        "rule_id": entry.rule_id,
        "locality": entry.locality,
        "reason": entry.reason,
        **vars(entry.cell_ref),
    }


def _normalisation_values(entry: Normalisation) -> Values:
    return {"before": entry.before, "after": entry.after, "why": entry.why, **vars(entry.cell_ref)}


def _finding_values(number: int, finding: Finding) -> dict[str, object]:
    return {
        "submission": number,
        "rule_id": finding.rule_id,
        "severity": finding.severity.value,
        "message": finding.message,
        "sheet": finding.sheet,
        "cells": ",".join(finding.cells),
        "locality": finding.locality,
        "indicator": finding.indicator,
        "value": finding.value,
        "explanation": finding.justification,
    }
