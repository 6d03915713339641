"""Snapshot → everything that a template places: ready strings and lists, nothing left to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chuyenhoa.reporting.docx.charts import note_chart, place_chart
from chuyenhoa.reporting.papers.changes import (
    list_changed_figures,
    list_changed_verdicts,
    list_new_files,
    say_moment,
    summarise_changes,
)
from chuyenhoa.reporting.papers.decision import DecisionContext, build_decision
from chuyenhoa.reporting.papers.district import DistrictContext, build_district
from chuyenhoa.reporting.papers.kinds import KindError
from chuyenhoa.reporting.papers.letterhead import (
    Issue,
    describe_issuer,
    list_recipients,
    say_kind,
    write_attachment,
    write_data_note,
    write_date,
    write_list_notice,
    write_number,
    write_opening,
    write_silence,
    write_window,
)
from chuyenhoa.reporting.papers.ministry import MinistryContext, build_ministry
from chuyenhoa.reporting.papers.reminder import ReminderContext, build_reminder
from chuyenhoa.reporting.papers.request import Builder, Previous, Request
from chuyenhoa.reporting.papers.sheet import SheetContext, build_sheet
from chuyenhoa.reporting.papers.sources import fill_sources
from chuyenhoa.reporting.papers.submission import SubmissionContext, build_submission
from chuyenhoa.reporting.papers.tasks import fill_tasks
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.wording.fields import (
    AnnexFields,
    AnnualContext,
    BodyFields,
    ChangesContext,
    ChartFields,
    FrontFields,
    ProgressContext,
    ReportContext,
)
from chuyenhoa.reporting.wording.numbers import format_count, format_date, format_long_date, format_number
from chuyenhoa.reporting.wording.outcomes import (
    list_groups,
    write_annual_proposals,
    write_progress,
    write_targets,
    write_tasks,
    write_verdicts,
)
from chuyenhoa.reporting.wording.prose import write_chapter
from chuyenhoa.reporting.wording.provenance import seal
from chuyenhoa.reporting.wording.ranking import list_by_place, rank_localities
from chuyenhoa.reporting.wording.review import (
    count_reporting,
    quote_narratives,
    write_directions,
    write_shortcomings,
    write_strengths,
)
from chuyenhoa.reporting.wording.tables import (
    build_matrix,
    build_table,
    compare_indicators,
    count_verdicts,
    list_localities,
    list_submissions,
)


def build_context(
    kind: str,
    snapshot: Snapshot,
    issue: Issue | None = None,
    about: str = "",
    previous: Previous | None = None,
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
    sealed: Mapping[str, Any] = seal(BUILDERS[context].build(Request(kind, about, view, issue, previous)))
    return sealed


def _build_progress(request: Request) -> ProgressContext:
    common = _build_common(request.kind, request.view, request.issue)
    lines, risks = write_progress(request.view)
    common["verdict_lines"] = lines
    return ProgressContext(**common, risk_lines=risks)


def _build_annual(request: Request) -> AnnualContext:
    view = request.view
    common = _build_common(request.kind, view, request.issue)
    proposals = write_annual_proposals(view)
    common["verdict_lines"] = write_verdicts(view)
    return AnnualContext(
        **common,
        target_lines=write_targets(view),
        proposal_lines=proposals["proposal_lines"],
        continue_lines=proposals["continue_lines"],
        commendations=proposals["commendations"],
        lessons=view.phrases.texts("annual.lessons"),
    )


def _build_changes(request: Request) -> ChangesContext:
    """What changed since the last issued version.

    Raises:
        ValueError: there is none.
    """
    last, view = request.previous, request.view
    if last is None:
        raise ValueError("A list of changes needs the version before.")
    before = SnapshotView(last.snapshot)
    verdicts, figures = list_changed_verdicts(before, view), list_changed_figures(before, view)
    files = list_new_files(before, view)
    say = view.phrases.say
    return ChangesContext(
        subject=view.phrases.text("changes.subject"),
        document=say(
            "changes.document",
            title=str(view.documents[last.kind].title),
            period=str(view.snapshot.period.label),
            version=str(last.next_version),
        ),
        previous=_name_versions(last, view),
        summary=summarise_changes(verdicts, figures, files, view),
        verdict_rows=verdicts,
        figure_rows=figures,
        file_rows=files,
    )


def _name_versions(last: Previous, view: SnapshotView) -> str:
    """Number, date and time of the data of both versions; a draft has no number yet."""
    is_issued = bool(last.next_date) and view.phrases.has("changes.previous_issued")
    return view.phrases.say(
        "changes.previous_issued" if is_issued else "changes.previous",
        number=last.number,
        date=format_long_date(date.fromisoformat(last.date)),
        version=str(last.version),
        then=say_moment(last.snapshot.frozen_at),
        now=say_moment(view.snapshot.frozen_at),
        next_number=last.next_number,
        next_date=format_long_date(date.fromisoformat(last.next_date)) if is_issued else "",
    )


BUILDERS: Mapping[str, Builder] = {
    "progress_report": Builder(ProgressContext, _build_progress),
    "annual_report": Builder(AnnualContext, _build_annual),
    "changes": Builder(ChangesContext, _build_changes),
    "ministry_report": Builder(MinistryContext, build_ministry),
    "submission": Builder(SubmissionContext, build_submission),
    "decision": Builder(DecisionContext, build_decision),
    "sheet": Builder(SheetContext, build_sheet),
    "district_report": Builder(DistrictContext, build_district),
    "reminder": Builder(ReminderContext, build_reminder),
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


def _build_common(kind: str, view: SnapshotView, issue: Issue | None) -> ReportContext:
    return ReportContext(
        **_build_front(kind, view, issue), **_build_body(view), **_build_annexes(view), **_build_charts(view)
    )


def _build_front(kind: str, view: SnapshotView, issue: Issue | None) -> FrontFields:
    reported, expected, _ = count_reporting(view)
    return FrontFields(
        board=describe_issuer(kind, view, issue),
        is_draft=issue is None,
        number_line=write_number(kind, view, issue),
        date_line=write_date(kind, view, issue),
        recipients=list_recipients(kind, view),
        subject=say_kind("subject", kind, view),
        notice=str(view.snapshot.plan.notice),
        list_notice=write_list_notice(view),
        opening=write_opening(view),
        data_note=write_data_note(view, reported, expected),
        closing=say_kind("closing", kind, view),
        attachment_line=write_attachment(kind, view, issue),
        current_window=write_window(view.window, view),
        baseline_window=write_window(view.baseline_window, view),
    )


def _build_body(view: SnapshotView) -> BodyFields:
    intro, lines = list_by_place(view)
    return BodyFields(
        locality_intro=intro,
        locality_lines=lines,
        situation=write_chapter("situation", view),
        ranking=rank_localities(view),
        leadership=write_chapter("leadership", view) + _quote("leadership", view),
        propaganda=write_chapter("propaganda", view),
        movement=write_chapter("movement", view),
        management=write_chapter("management", view),
        rehabilitation=write_chapter("rehabilitation", view),
        investigation=write_chapter("investigation", view),
        forces=write_chapter("forces", view),
        highlights=_quote("highlights", view) or [view.phrases.text("highlights_none")],
        group_rows=list_groups(view),
        verdict_lines=[],
        task_lines=write_tasks(view),
        strengths=write_strengths(view),
        shortcomings=write_shortcomings(view),
        shortcoming_quotes=_quote("shortcomings", view),
        causes=_quote("causes", view) or [view.phrases.text("causes_none")],
        directions=write_directions(view),
        proposals=_quote("proposals", view) or [view.phrases.text("proposals_none")],
    )


def _build_charts(view: SnapshotView) -> ChartFields:
    return ChartFields(
        chart_comparison=place_chart("comparison", view),
        chart_comparison_note=note_chart("comparison", view),
        chart_groups=place_chart("groups", view),
    )


def _build_annexes(view: SnapshotView) -> AnnexFields:
    return AnnexFields(
        locality_rows=list_localities(view),
        locality_count=format_number(view.locality_count),
        locality_total=count_verdicts(view),
        comparison_rows=compare_indicators(view),
        comparison_note=write_silence(view),
        comparison_localities=build_table("comparison_localities", view),
        investigation_table=build_table("investigation", view),
        matrix=build_matrix(view),
        movement_table=build_table("movement", view),
        submission_rows=list_submissions(view),
        submission_total=_count_submissions(view),
        **fill_tasks(view),
        **fill_sources(view),
    )


def _count_submissions(view: SnapshotView) -> str:
    reported, expected, late = count_reporting(view)
    return view.phrases.say(
        f"annexes.submissions.total{'' if late else '_on_time'}",
        reported=format_count(reported),
        expected=format_count(expected),
        late=format_count(late),
        deadline=format_date(date.fromisoformat(view.snapshot.period.deadline)),
    )


def _quote(chapter: str, view: SnapshotView) -> list[str]:
    return quote_narratives(chapter, view)


def list_strings(value: object) -> Sequence[str]:
    """Every string of a context, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for entry in value.values() for text in list_strings(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in list_strings(entry)]
    return []
