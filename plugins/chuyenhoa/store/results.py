"""The results of an assessment as rows, one per locality and criterion.

Put together they are the assessment's canonical JSON again, byte for byte, and its sha256 is the hash of that
text (docs/decisions/0039). The assessment's own row holds what is of no single locality: its head. One
locality is read without the others, and nobody holds the text of a whole country, some 120 MB, in memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.orm import Session

from chuyenhoa.model.results import Assessment, LocalityResult
from chuyenhoa.store.tables import AssessmentRow, Base, ResultRow

LOCALITIES, CRITERIA = "localities", "criteria"
"""The names under which the canonical JSON has what is kept in rows."""
ROWS_AT_ONCE = 5000
"""Rows of one statement."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_DECODER = json.JSONDecoder()
_TABLE = Base.metadata.tables[ResultRow.__tablename__]


@dataclass(frozen=True)
class Row:
    """A locality (`criterion` empty), or one of its criteria; `content` is its own part of the JSON."""

    locality: str
    criterion: str
    verdict: str
    content: str

    @property
    def key(self) -> tuple[str, str, str]:
        """All but the content, which says it too."""
        return self.locality, self.criterion, self.verdict


def encode_head(outcome: Assessment, rules: Mapping[str, Any]) -> str:
    """What an assessment says of no single locality, with the rules that it rests on as `explanation`."""
    return _ENCODER.encode(
        {
            "plan": outcome.plan,
            "milestone": outcome.milestone,
            "targets": msgspec.to_builtins(outcome.targets),
            "notes": dict(outcome.notes),
            "explanation": rules,
        }
    )


def encode_rows(localities: Iterable[LocalityResult]) -> Iterator[Row]:
    """The rows of some localities, each before its criteria.

    Figures are texts as they were computed, never JSON numbers: 79,96 % stays below 80 %.
    """
    for entry in localities:
        yield from _rows_of(_without_defaults(msgspec.to_builtins(entry)))


WIDE: Mapping[str, Any] = {"is_wide": False}
BOUNDS: Mapping[str, Any] = {"low": None, "high": None}
"""What came later than the first stored assessments is left out where it says nothing: the same outcome
keeps the same sha256, and a country's millions of inputs their size."""


def _without_defaults(locality: dict[str, Any]) -> dict[str, Any]:
    for result in locality[CRITERIA]:
        result["inputs"] = [_less(given, BOUNDS) for given in result["inputs"]]
    criteria = [_less(result, WIDE) for result in locality[CRITERIA]]
    return {**_less(locality, WIDE), CRITERIA: criteria}


def _less(entry: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    for name, default in defaults.items():
        if entry[name] is default:
            del entry[name]
    return entry


def _with_defaults(result: dict[str, Any]) -> dict[str, Any]:
    return {**WIDE, **result, "inputs": [{**BOUNDS, **given} for given in result["inputs"]]}


def _rows_of(locality: dict[str, Any]) -> Iterator[Row]:
    criteria = locality.pop(CRITERIA)
    code = locality["locality"]
    yield Row(code, "", locality["verdict"], _ENCODER.encode(locality))
    for result in criteria:
        yield Row(code, result["criterion"], result["verdict"], _ENCODER.encode(result))


def join(head: str, rows: Iterable[Row]) -> Iterator[str]:
    """The canonical JSON in pieces: what `json.dumps` with sorted names writes of the whole."""
    members: dict[str, Any] = {**json.loads(head), LOCALITIES: None}
    separator = "{"
    for name in sorted(members):
        yield f'{separator}"{name}": '
        separator = ", "
        if name == LOCALITIES:
            yield from _join_localities(rows)
        else:
            yield _ENCODER.encode(members[name])
    yield "}"


def _join_localities(rows: Iterable[Row]) -> Iterator[str]:
    separator = "["
    for _, entries in groupby(rows, key=lambda row: row.locality):
        own, *criteria = entries
        listed = ", ".join(row.content for row in criteria)
        # "criteria" sorts before every other name that a locality has.
        yield f'{separator}{{"{CRITERIA}": [{listed}], {own.content[1:]}'
        separator = ", "
    yield "[]" if separator == "[" else "]"


def split(content: str) -> tuple[str, Iterator[Row]]:
    """Head and rows of a canonical JSON; the rows are read from it one locality at a time.

    Raises:
        ValueError: it is none.
    """
    start = _find_localities(content)
    opened = start + len(f'"{LOCALITIES}": ')
    end = max((end for _, end in _decode_localities(content, opened)), default=opened + 1)
    if content[end : end + 3] != "], ":
        raise ValueError("no canonical JSON of an assessment")
    head = content[:start] + content[end + 3 :]
    return head, (row for entry, _ in _decode_localities(content, opened) for row in _rows_of(entry))


def _find_localities(content: str) -> int:
    """Where the name of the localities begins: behind those that sort before it."""
    at = 1
    name, after = _DECODER.raw_decode(content, at)
    while name != LOCALITIES:
        _, end = _DECODER.raw_decode(content, after + 2)
        at = end + 2
        name, after = _DECODER.raw_decode(content, at)
    return at


def _decode_localities(content: str, opened: int) -> Iterator[tuple[dict[str, Any], int]]:
    """Each locality of the list that opens here, with where it ends."""
    at = opened + 1
    while content[at] == "{":
        entry, end = _DECODER.raw_decode(content, at)
        yield entry, end
        at = end + 2 if content[end] == "," else end


def digest(pieces: Iterable[str]) -> str:
    """The sha256 of a text that comes in pieces."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece.encode())
    return found.hexdigest()


def store_rows(session: Session | Connection, assessment: int, rows: Iterable[Row]) -> None:
    """Keep the rows of an assessment, in their order."""
    numbered = (
        {"assessment": assessment, "position": position, **vars(row)} for position, row in enumerate(rows)
    )
    while values := list(islice(numbered, ROWS_AT_ONCE)):
        session.execute(insert(_TABLE), values)


def store_content(session: Session | Connection, assessment: int, content: str) -> str:
    """Keep the canonical JSON of an assessment as rows; returns the head, which its own row holds.

    A text that would not come out again byte for byte has no rows: it stays as it is, for the audit to
    report.
    """
    try:
        head, rows = split(content)
        store_rows(session, assessment, rows)
        if digest(join(head, load_rows(session, assessment))) == digest([content]):
            return head
    except (ValueError, LookupError, TypeError, AttributeError):
        pass
    session.execute(delete(_TABLE).where(_TABLE.c.assessment == assessment))
    return content


def load_rows(
    session: Session | Connection,
    assessment: int,
    locality: str | None = None,
    criterion: str | None = None,
) -> Iterator[Row]:
    """Rows of an assessment in their order: all, those of one locality, or its own and one criterion's."""
    query = select(_TABLE.c.locality, _TABLE.c.criterion, _TABLE.c.verdict, _TABLE.c.content)
    query = query.where(_TABLE.c.assessment == assessment).order_by(_TABLE.c.position)
    if locality is not None:
        query = query.where(_TABLE.c.locality == locality)
    if criterion is not None:
        query = query.where(_TABLE.c.criterion.in_(["", criterion]))
    for found in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield Row(*found)


def load_verdicts(session: Session, assessment: int) -> dict[str, str]:
    """The verdict on every locality, in the order of the plan."""
    query = select(_TABLE.c.locality, _TABLE.c.verdict)
    query = query.where(_TABLE.c.assessment == assessment, _TABLE.c.criterion == "")
    return {code: verdict for code, verdict in session.execute(query.order_by(_TABLE.c.position))}  # noqa: C416  (typed)


def load_results(
    session: Session, assessment: int, locality: str | None = None, criterion: str | None = None
) -> Iterator[dict[str, Any]]:
    """The localities as the canonical JSON has them; as `load_rows` if not all are asked for."""
    rows = load_rows(session, assessment, locality, criterion)
    for _, entries in groupby(rows, key=lambda row: row.locality):
        own, *criteria = entries
        results = [_with_defaults(json.loads(row.content)) for row in criteria]
        yield {**WIDE, **json.loads(own.content), CRITERIA: results}


def load_assessment(session: Session, row: AssessmentRow) -> Assessment:
    """An assessment as it was computed.

    Raises:
        ValueError: what is stored is none; the text names the path, as in `$.verdict`.
    """
    localities = (msgspec.convert(entry, LocalityResult) for entry in load_results(session, row.id))
    head = msgspec.convert({**json.loads(row.content), LOCALITIES: ()}, Assessment)
    return replace(head, localities=tuple(localities))


def iterate_content(session: Session | Connection, assessment: int, head: str) -> Iterator[str]:
    """The canonical JSON of an assessment in pieces; `head` is the content of its own row."""
    if f'"{LOCALITIES}": [' in head:  # taken apart by nobody; in a string these quotes would be escaped
        return iter([head])
    return join(head, load_rows(session, assessment))
