"""The rows that one answered file fills in every table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from chuyenhoa.model.figures import Declaration, Justification, Normalisation, Observation
from chuyenhoa.model.submissions import Finding, Reading, SubmissionStatus
from chuyenhoa.store.tables import (
    Base,
    DeclarationRow,
    ExplanationRow,
    FindingRow,
    JustificationRow,
    NarrativeRow,
    NormalisationRow,
    ObservationRow,
    ReleaseRow,
    SubmissionLocalityRow,
)

TABLES = (
    SubmissionLocalityRow,
    ObservationRow,
    DeclarationRow,
    NarrativeRow,
    JustificationRow,
    FindingRow,
    NormalisationRow,
    ExplanationRow,
    ReleaseRow,
)
"""The tables that hold what a file says and what validation says of it."""


@dataclass(frozen=True)
class GivenReason:
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
    reasons: tuple[GivenReason, ...] = ()
    released: tuple[tuple[int, str], ...] = ()
    """Earlier versions and their localities whose figures are taken now that the reasons are there."""


Values = dict[str, object]


def content_rows(number: int, answer: Answer) -> Iterator[tuple[type[Base], list[Values]]]:
    """The rows of every table that a submission fills."""
    reading = answer.reading
    key: Values = {"submission": number}
    localities = [{**key, "locality": code, "taken": code in answer.taken} for code in reading.localities]
    yield SubmissionLocalityRow, localities
    yield ObservationRow, [{**key, **_observation_values(o)} for o in reading.observations]
    yield DeclarationRow, [{**key, **_declaration_values(d)} for d in reading.declarations]
    yield (
        NarrativeRow,
        [{**key, "item": n.item, "text": n.text, **asdict(n.place)} for n in reading.narratives],
    )
    yield JustificationRow, [{**key, **_justification_values(j)} for j in reading.justifications]
    yield FindingRow, [_finding_values(number, finding) for finding in answer.findings]
    given = [{**key, "version": g.version, **_justification_values(g.reason)} for g in answer.reasons]
    yield ExplanationRow, given
    yield ReleaseRow, [{**key, "version": version, "locality": code} for version, code in answer.released]
    yield NormalisationRow, [{**key, **_normalisation_values(n)} for n in reading.normalisations]


def _observation_values(entry: Observation) -> Values:
    return {
        "locality": entry.locality,
        "indicator": entry.indicator,
        "basis": entry.basis.value,
        "value": None if entry.value is None else format(entry.value, "f"),
        **asdict(entry.place),
    }


def _declaration_values(entry: Declaration) -> Values:
    return {
        "locality": entry.locality,
        "criterion": entry.criterion,
        "answer": entry.answer.value if entry.answer else None,
        "document_number": entry.document_number,
        "document_date": entry.document_date.isoformat() if entry.document_date else None,
        "note": entry.note,
        **asdict(entry.place),
    }


def _justification_values(entry: Justification) -> Values:
    return {
        "rule_id": entry.rule_id,
        "locality": entry.locality,
        "reason": entry.reason,
        **asdict(entry.place),
    }


def _normalisation_values(entry: Normalisation) -> Values:
    return {"before": entry.before, "after": entry.after, "why": entry.why, **asdict(entry.place)}


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
        "explanation": finding.explanation,
    }
