"""The names that a report's template may use: the contract between context and template."""

from __future__ import annotations

from typing import TypedDict


class BoardFields(TypedDict):
    """The board that issues the document."""

    parent: str
    name: str
    short_name: str
    place: str
    office: str
    signer: str
    capacity: list[str]


class GroupRow(TypedDict):
    """One criteria group: how many localities carry each verdict."""

    title: str
    met: str
    not_met: str
    not_applicable: str
    insufficient: str


class LocalityRow(TypedDict):
    """A locality with its outcome."""

    number: str
    name: str
    submitter: str
    types: str
    verdict: str
    remark: str


class ComparisonRow(TypedDict):
    """A figure against the window it is compared with; a section's heading has only a label."""

    is_heading: bool
    number: str
    label: str
    unit: str
    current: str
    baseline: str
    difference: str
    share: str
    remark: str


class TableRow(TypedDict):
    """A row of a table whose columns come from data."""

    number: str
    name: str
    cells: list[str]


class Table(TypedDict):
    """A table whose columns come from data; `notes` explain its signs and gaps."""

    heads: list[str]
    table_rows: list[TableRow]
    totals: list[str]
    notes: list[str]


class SubmissionRow(TypedDict):
    """One file of a submitter, or the line that says that none came."""

    number: str
    submitter: str
    version: str
    received: str
    status: str
    held: str
    remark: str


class FrontFields(TypedDict):
    """The front and the closing of a report."""

    board: BoardFields
    is_draft: bool
    number_line: str
    date_line: str
    recipients: list[str]
    subject: str
    notice: str
    list_notice: str
    opening: str
    data_note: str
    closing: str
    attachment_line: str
    current_window: str
    baseline_window: str


class BodyFields(TypedDict):
    """The chapters of a report."""

    locality_intro: str
    locality_lines: list[str]
    situation: list[str]
    ranking: list[str]
    leadership: list[str]
    propaganda: list[str]
    movement: list[str]
    management: list[str]
    rehabilitation: list[str]
    investigation: list[str]
    forces: list[str]
    highlights: list[str]
    group_rows: list[GroupRow]
    verdict_lines: list[str]
    task_lines: list[str]
    strengths: list[str]
    shortcomings: list[str]
    shortcoming_quotes: list[str]
    causes: list[str]
    directions: list[str]
    proposals: list[str]


class TaskRow(TypedDict):
    """A task with those who lead it, what its criteria say, and whether a report on it came."""

    code: str
    title: str
    lead: str
    result: str
    report: str


class TaskFields(TypedDict):
    """Tasks and agencies in a report."""

    agency_lines: list[str]
    task_rows: list[TaskRow]


class SourceRow(TypedDict):
    """A file whose figures were used."""

    number: str
    file: str
    submitter: str
    version: str
    received: str
    localities: str
    short: str
    sha256: str


class JustificationRow(TypedDict):
    """An unusual figure and the reason that its submitter gave."""

    number: str
    name: str
    label: str
    value: str
    rule: str
    reason: str
    source: str


class SourceFields(TypedDict):
    """The annex "Nguồn số liệu"."""

    source_rows: list[SourceRow]
    source_note: str
    difference_lines: list[str]
    justification_rows: list[JustificationRow]


class ChartFields(TypedDict):
    """Where the charts stand, and what they leave out; empty when there is nothing to draw."""

    chart_comparison: str
    chart_comparison_note: str
    chart_groups: str


class AnnexFields(TaskFields, SourceFields):
    """The annexes of a report."""

    locality_rows: list[LocalityRow]
    locality_count: str
    locality_total: str
    comparison_rows: list[ComparisonRow]
    comparison_note: str
    comparison_localities: Table
    investigation_table: Table
    matrix: Table
    movement_table: Table
    submission_rows: list[SubmissionRow]
    submission_total: str


class ReportContext(FrontFields, BodyFields, AnnexFields, ChartFields):
    """What both reports of a milestone can print."""


class ProgressContext(ReportContext):
    """The six-month report (báo cáo sơ kết): progress and risk."""

    risk_lines: list[str]


class AnnualContext(ReportContext):
    """The annual report (báo cáo tổng kết): who is proposed, who goes on, and what was learned."""

    target_lines: list[str]
    proposal_lines: list[str]
    continue_lines: list[str]
    commendations: list[str]
    lessons: list[str]


class ChangedVerdict(TypedDict):
    """A locality with another verdict than in the version before, as a whole or on some criterion."""

    number: str
    name: str
    submitter: str
    before: str
    after: str
    is_flip: bool
    criteria: list[str]


class ChangedFigure(TypedDict):
    """A figure or declaration that reads otherwise, with the file, sheet and cell of the new one."""

    number: str
    name: str
    label: str
    before: str
    after: str
    source: str


class ChangedFile(TypedDict):
    """A file that came after the version before."""

    number: str
    file: str
    submitter: str
    received: str
    sha256: str
    localities: str


class ChangesContext(TypedDict):
    """What changed since the last issued version, and why."""

    subject: str
    document: str
    previous: str
    summary: list[str]
    verdict_rows: list[ChangedVerdict]
    figure_rows: list[ChangedFigure]
    file_rows: list[ChangedFile]
