"""Snapshot → everything that a template places: ready strings and lists, nothing left to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chuyenhoa.reporting.docx import charts
from chuyenhoa.reporting.papers import (
    annexes,
    changes,
    common,
    district,
    ministry,
    recognition,
    reminder,
    sheet,
)
from chuyenhoa.reporting.papers.kinds import KindError
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.wording import fields, numbers, outcomes, prose, review, tables
from chuyenhoa.reporting.wording.provenance import seal


def build_context(
    kind: str,
    snapshot: Snapshot,
    issue: common.Issue | None = None,
    about: str = "",
    previous: common.Previous | None = None,
) -> Mapping[str, Any]:
    """All that the template of a kind may print.

    Args:
        kind: a name of `templates/documents/documents.yaml`.
        snapshot: As `build_snapshot` made it.
        issue: `number`, `date` (ISO or date) and `signer` once the document is issued, and `capacity` and
            `office` when somebody signs for the head; None for a draft, which leaves them blank.
        about: the locality's or submitter's code for a kind that is about one of them.
        previous: the last issued version, which the list of changes needs.
    """
    view = SnapshotView(snapshot)
    context = view.documents[kind].context
    sealed: Mapping[str, Any] = seal(
        BUILDERS[context].build(common.Request(kind, about, view, issue, previous))
    )
    return sealed


def _build_progress(request: common.Request) -> fields.ProgressContext:
    shared = _build_common(request.kind, request.view, request.issue)
    lines, risks = outcomes.write_progress(request.view)
    shared["verdict_lines"] = lines
    return fields.ProgressContext(**shared, risk_lines=risks)


def _build_annual(request: common.Request) -> fields.AnnualContext:
    view = request.view
    shared = _build_common(request.kind, view, request.issue)
    proposals = outcomes.write_annual_proposals(view)
    shared["verdict_lines"] = outcomes.write_verdicts(view)
    return fields.AnnualContext(
        **shared,
        target_lines=outcomes.write_targets(view),
        proposal_lines=proposals["proposal_lines"],
        continue_lines=proposals["continue_lines"],
        commendations=proposals["commendations"],
        lessons=view.phrases.texts("annual.lessons"),
    )


BUILDERS: Mapping[str, common.Builder] = {
    "progress_report": common.Builder(fields.ProgressContext, _build_progress),
    "annual_report": common.Builder(fields.AnnualContext, _build_annual),
    "changes": common.Builder(fields.ChangesContext, changes.build_changes),
    "ministry_report": common.Builder(ministry.MinistryContext, ministry.build_ministry),
    "submission": common.Builder(recognition.SubmissionContext, recognition.build_submission),
    "decision": common.Builder(recognition.DecisionContext, recognition.build_decision),
    "sheet": common.Builder(sheet.SheetContext, sheet.build_sheet),
    "district_report": common.Builder(district.DistrictContext, district.build_district),
    "reminder": common.Builder(reminder.ReminderContext, reminder.build_reminder),
}
"""The contexts by the name under which `documents.yaml` asks for them."""


def contract_of(context: str) -> type:
    """The fields of a context, as a TypedDict.

    Raises:
        KindError: there is no such context.
    """
    if context not in BUILDERS:
        raise KindError(f"documents.yaml: there is no context {context!r}; there are {', '.join(BUILDERS)}.")
    return BUILDERS[context].contract


def _build_common(kind: str, view: SnapshotView, issue: common.Issue | None) -> fields.ReportContext:
    return fields.ReportContext(
        **_build_front(kind, view, issue), **_build_body(view), **_build_annexes(view), **_build_charts(view)
    )


def _build_front(kind: str, view: SnapshotView, issue: common.Issue | None) -> fields.FrontFields:
    reported, expected, _ = review.count_reporting(view)
    return fields.FrontFields(
        board=common.describe_issuer(kind, view, issue),
        is_draft=issue is None,
        number_line=common.write_number(kind, view, issue),
        date_line=common.write_date(kind, view, issue),
        recipients=common.list_recipients(kind, view),
        subject=common.format_kind("subject", kind, view),
        notice=str(view.snapshot.plan.notice),
        list_notice=common.write_list_notice(view),
        opening=common.write_opening(view),
        data_note=common.write_data_note(view, reported, expected),
        closing=common.format_kind("closing", kind, view),
        attachment_line=common.write_attachment(kind, view, issue),
        current_window=common.write_window(view.window, view),
        baseline_window=common.write_window(view.baseline_window, view),
    )


def _build_body(view: SnapshotView) -> fields.BodyFields:
    intro, lines = prose.list_by_place(view)
    return fields.BodyFields(
        locality_intro=intro,
        locality_lines=lines,
        situation=prose.write_chapter("situation", view),
        ranking=prose.rank_localities(view),
        leadership=prose.write_chapter("leadership", view) + _quote("leadership", view),
        propaganda=prose.write_chapter("propaganda", view),
        movement=prose.write_chapter("movement", view),
        management=prose.write_chapter("management", view),
        rehabilitation=prose.write_chapter("rehabilitation", view),
        investigation=prose.write_chapter("investigation", view),
        forces=prose.write_chapter("forces", view),
        highlights=_quote("highlights", view) or [view.phrases.text("highlights_none")],
        group_rows=outcomes.list_groups(view),
        verdict_lines=[],
        task_lines=outcomes.write_tasks(view),
        strengths=review.write_strengths(view),
        shortcomings=review.write_shortcomings(view),
        shortcoming_quotes=_quote("shortcomings", view),
        causes=_quote("causes", view) or [view.phrases.text("causes_none")],
        directions=review.write_directions(view),
        proposals=_quote("proposals", view) or [view.phrases.text("proposals_none")],
    )


def _build_charts(view: SnapshotView) -> fields.ChartFields:
    return fields.ChartFields(
        chart_comparison=charts.place_chart("comparison", view),
        chart_comparison_note=charts.note_chart("comparison", view),
        chart_groups=charts.place_chart("groups", view),
    )


def _build_annexes(view: SnapshotView) -> fields.AnnexFields:
    return fields.AnnexFields(
        locality_rows=tables.list_localities(view),
        locality_count=numbers.format_number(view.locality_count),
        locality_total=tables.count_verdicts(view),
        comparison_rows=tables.compare_indicators(view),
        comparison_note=common.write_silence(view),
        comparison_localities=tables.build_table("comparison_localities", view),
        investigation_table=tables.build_table("investigation", view),
        matrix=tables.build_matrix(view),
        movement_table=tables.build_table("movement", view),
        submission_rows=tables.list_submissions(view),
        submission_total=_count_submissions(view),
        **annexes.fill_tasks(view),
        **annexes.fill_sources(view),
    )


def _count_submissions(view: SnapshotView) -> str:
    reported, expected, late = review.count_reporting(view)
    return view.phrases.say(
        f"annexes.submissions.total{'' if late else '_on_time'}",
        reported=numbers.format_count(reported),
        expected=numbers.format_count(expected),
        late=numbers.format_count(late),
        deadline=numbers.format_date(date.fromisoformat(view.snapshot.period.deadline)),
    )


def _quote(chapter: str, view: SnapshotView) -> list[str]:
    return review.quote_narratives(chapter, view)


def list_strings(value: object) -> Sequence[str]:
    """Every string of a context, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for entry in value.values() for text in list_strings(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in list_strings(entry)]
    return []
