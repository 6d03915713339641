"""Figures in force and verdicts of a milestone for other systems: CSV with a CSVW description."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from chuyenhoa.assessment.windows import finer_periods
from chuyenhoa.kit import csvw
from chuyenhoa.model.evidence import LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.results import InsufficiencyReason, Verdict
from chuyenhoa.model.shown import show_plainly
from chuyenhoa.pipeline.assess import assessing
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.publish import drafts
from chuyenhoa.store import disk, tables
from chuyenhoa.store.evidence import load_evidence
from chuyenhoa.store.results import load_results

LANGUAGE = "vi"
_SOURCE = ("submission", "file_name", "sheet", "cell")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "localities": ("locality", "locality_name", "submitter", "submitter_name"),
    "figures": (
        *("milestone", "locality", "locality_name", "indicator", "indicator_label", "unit"),
        *("window", "from", "to", "value", *_SOURCE),
    ),
    "declarations": (
        *("milestone", "locality", "locality_name", "criterion", "criterion_title", "from", "to"),
        *("answer", "document_number", "document_date", "note", *_SOURCE),
    ),
    "verdicts": (
        *("milestone", "locality", "group", "criterion", "verdict", "reason"),
        *("as_of", "assessment", "assessment_sha256"),
    ),
}
# With the submission, since two periods of different kinds may be of one window.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "localities": ("locality",),
    "figures": ("milestone", "locality", "indicator", "window", "from", "to", "submission"),
    "declarations": ("milestone", "locality", "criterion", "from", "to", "submission"),
    "verdicts": ("milestone", "locality", "group", "criterion"),
}
_DATATYPES: Mapping[str, str] = {
    "value": "decimal",
    "from": "date",
    "to": "date",
    "document_date": "date",
    "as_of": "dateTime",
    "assessment": "integer",
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "window": tuple(Basis),
    "answer": tuple(Answer),
    "verdict": tuple(Verdict),
    "reason": tuple(InsufficiencyReason),
}
_MAY_LACK = {
    *("indicator_label", "unit", "criterion_title", "sheet", "cell", "reason"),
    *("document_number", "document_date", "note"),
}
"""Columns that may be empty; a table of a text or letter has no sheet or cell."""


Rows = list[tuple[csvw.Value, ...]]


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export; `rows` are those below the header, and of the description its tables."""

    path: Path
    rows: int
    sha256: str


@dataclass(frozen=True)
class Export:
    """What was written of a milestone, and the assessment that its verdicts are of."""

    milestone: str
    assessment: int
    assessment_sha256: str
    files: tuple[ExportedFile, ...]


def export_milestone(milestone_id: str, folder: Path | None = None) -> Export:
    """Write what is in force for a milestone, and its verdicts, into a folder of their own.

    Equal figures, plan and verdicts give equal bytes. Each file is seen whole or as it was before, and the
    description, renamed last, names the sha256 of the tables that it is of.

    Args:
        milestone_id: as in `2021-6t`.
        folder: `office/export/<milestone>` of the data folder when None.

    Raises:
        UnknownPeriodError: there is no such milestone.
    """
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    assessment, rows = _read(ctx, milestone)
    texts = drafts.office_texts(ctx)
    contents = {table: csvw.write_table(table, rows[name]) for name, table in _describe(texts).items()}
    title = texts["export_title"].format(period=milestone.label)
    files = {table.file_name: content for table, content in contents.items()}
    # Last, as it is the one by which the others are found.
    files[csvw.METADATA] = csvw.describe_tables(title, LANGUAGE, contents)
    into = folder or ctx.settings.data / "office" / "export" / milestone.id
    disk.write_files({into / name: content for name, content in files.items()})
    counts = [*map(len, rows.values()), len(contents)]
    written = tuple(
        ExportedFile(into / name, count, hashlib.sha256(content).hexdigest())
        for (name, content), count in zip(files.items(), counts, strict=True)
    )
    return Export(milestone.id, assessment.id, assessment.sha256, written)


def _read(ctx: Context, milestone: Period) -> tuple[tables.AssessmentRow, dict[str, Rows]]:
    """The assessment that holds today, and all rows: verdicts and figures of one state of the store."""
    with ctx.store.reading() as session:
        known = assessing.find_current(ctx, session, milestone)
        if known is not None:
            return known, _collect(ctx, session, milestone, known)
    # In the session that assesses: else a file answered in between would be in the figures alone.
    with ctx.store.writing() as session:
        new = assessing.assess_anew(ctx, session, milestone)
        return new, _collect(ctx, session, milestone, new)


def _describe(texts: Mapping[str, str]) -> dict[str, csvw.Table]:
    return {
        name: csvw.Table(
            f"{name}.csv",
            texts[f"export_table_{name}"],
            texts[f"export_about_{name}"],
            tuple(_column(name, column, texts[f"export_{column}"]) for column in columns),
            _KEYS[name],
            # Every locality of a milestone is one of its plan; verdicts and figures name no other row.
            () if name == "localities" else ((("locality",), "localities.csv"),),
        )
        for name, columns in _COLUMNS.items()
    }


def _column(table: str, name: str, title: str) -> csvw.Column:
    # A verdict on a group is of no criterion, and that on the locality of no group.
    may_lack = name in _MAY_LACK or (table == "verdicts" and name in ("group", "criterion"))
    datatype = _DATATYPES.get(name, "string")
    return csvw.Column(name, title, datatype, _CHOICES.get(name, ()), required=not may_lack)


def _collect(
    ctx: Context, session: Session, milestone: Period, assessment: tables.AssessmentRow
) -> dict[str, Rows]:
    """The rows of every table, in the order of `_COLUMNS`: localities as the plan lists them."""
    plan = ctx.plan_of(milestone.id)
    periods = [milestone, *finer_periods(plan, milestone)]
    known = [(period, load_evidence(session, plan, period.id)) for period in periods]
    found: dict[str, Rows] = {name: [] for name in _COLUMNS}
    for locality in plan.localities:
        submitter = plan.submitter_by_code[locality.submitter]
        found["localities"].append((locality.code, locality.name, submitter.code, submitter.name))
        for period, evidence in known:
            known_here = evidence[locality.code]
            head = (milestone.id, locality.code, locality.name)
            found["figures"] += [(*head, *row) for row in _figures(plan, period, known_here)]
            found["declarations"] += [(*head, *row) for row in _declarations(plan, period, known_here)]
    found["verdicts"] = list(_verdicts(plan, session, milestone, assessment))
    return found


def _figures(plan: Plan, period: Period, evidence: LocalityEvidence) -> Iterator[tuple[csvw.Value, ...]]:
    """What is in force of one locality in one period's own reports; a blank is no figure."""
    windows = {Basis.CURRENT: period.window, Basis.BASELINE: period.baseline}
    for (code, basis), figure in sorted(evidence.figures.items()):
        if figure.value is None:
            continue
        indicator, window = plan.indicator_by_code.get(code), windows[basis]
        named = (indicator.label, indicator.unit) if indicator else ("", "")
        yield code, *named, basis.value, window.start, window.end, figure.value, *_source(figure.source)


def _declarations(plan: Plan, period: Period, evidence: LocalityEvidence) -> Iterator[tuple[csvw.Value, ...]]:
    """What is in force of one locality's declarations in one period's own reports."""
    for code, told in sorted(evidence.declarations.items()):
        if told.answer is None:
            continue
        criterion = plan.criterion_by_code.get(code)
        yield (
            *(code, criterion.title if criterion else "", period.window.start, period.window.end),
            *(told.answer.value, _shown(told.document_number), told.document_date, _shown(told.note)),
            *_source(told.source),
        )


def _source(source: Source) -> tuple[str, ...]:
    return source.submission, _shown(source.file_name), _shown(source.sheet), source.cell


def _shown(text: str) -> str:
    """A submitter's text without personal data and signs that mislead."""
    # In this order: a sign that turns the direction may stand between the digits of a number.
    return mask_personal(show_plainly(text))


def _verdicts(
    plan: Plan, session: Session, milestone: Period, assessment: tables.AssessmentRow
) -> Iterator[tuple[csvw.Value, ...]]:
    """Of every locality its own verdict, those of its groups, and those of its criteria."""
    groups = {criterion.code: criterion.group for criterion in plan.criteria_on(milestone.window.end)}
    tail = (datetime.fromisoformat(assessment.assessed_at), assessment.id, assessment.sha256)
    for locality in load_results(session, assessment.id):
        head = (milestone.id, locality["locality"])
        yield *head, "", "", locality["verdict"], "", *tail
        for group in locality["groups"]:
            yield *head, group["group"], "", group["verdict"], "", *tail
        for result in locality["criteria"]:
            code = result["criterion"]
            yield *head, groups[code], code, result["verdict"], result["reason"] or "", *tail
