"""The tasks of the plan by the agency that leads: what was measured, and who reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chuyenhoa.reporting.papers.common import DIFFERENCES, name_input, quote_notes
from chuyenhoa.reporting.snapshot.frozen import FrozenJustification, FrozenName, FrozenSubmission, FrozenTask
from chuyenhoa.reporting.snapshot.submission_counts import list_used
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.fields import JustificationRow, SourceFields, SourceRow, TaskFields, TaskRow
from chuyenhoa.reporting.wording.numbers import format_count
from chuyenhoa.reporting.wording.outcomes import count_together
from chuyenhoa.reporting.wording.provenance import Figure, count, mark
from chuyenhoa.reporting.wording.review import count_reporting, split_lines
from chuyenhoa.reporting.wording.tables import format_received


def fill_tasks(view: SnapshotView) -> TaskFields:
    """The sentences on agencies, and the annex of tasks."""
    return TaskFields(
        agency_lines=_report_agencies(view), task_rows=[_task_row(task, view) for task in view.snapshot.tasks]
    )


def _task_row(task: FrozenTask, view: SnapshotView) -> TaskRow:
    agencies = {entry.code: entry.name for entry in view.snapshot.agencies}
    counts = count_together([code for code in task.criteria if code in view.criteria], view)
    words = view.phrases.words("tasks")
    return TaskRow(
        code=task.code,
        title=task.title,
        lead="; ".join(agencies.get(code, code) for code in task.lead),
        result=counts if counts and view.localities else words["unmeasured"],
        report=_report_states(task.lead, agencies, view),
    )


def _report_states(leads: Sequence[str], names: Mapping[str, str], view: SnapshotView) -> str:
    """Whether those who lead a task reported, each by name where there are several."""
    if len(leads) == 1:
        return _report_state(leads[0], view)
    return "; ".join(f"{names.get(code, code)}: {lower_first(_report_state(code, view))}" for code in leads)


def _report_state(agency: str, view: SnapshotView) -> str:
    """Whether an agency reported: the district boards are counted, others are submitters or are not."""
    words = view.phrases.words("tasks")
    # "BCDH" of the plan stands for all district boards at once.
    if agency == words["districts"]:
        reported, expected, _ = count_reporting(view)
        return view.phrases.say(
            "tasks.counted", reported=format_count(reported), expected=format_count(expected)
        )
    names = {entry.code: entry.name for entry in view.snapshot.agencies}
    if names.get(agency) == view.snapshot.board.standing_agency:
        return words["standing"]
    has_sent = _is_heard(agency, view)
    return words["sent"] if has_sent else words["silent"]


def _is_heard(agency: str, view: SnapshotView) -> bool:
    known = {entry.code for entry in view.snapshot.submitters}
    return agency in known and agency not in view.snapshot.not_reported


def _report_agencies(view: SnapshotView) -> list[str]:
    """Which agencies led what with which result, what they wrote themselves, and of which no report came."""
    led = {a.code: [t for t in view.snapshot.tasks if a.code in t.lead] for a in view.snapshot.agencies}
    lines = [
        line for agency in view.snapshot.agencies for line in _report_agency(agency, led[agency.code], view)
    ]
    # The boards stand in annex VI, and the standing agency writes this report: neither is asked for one.
    own = (view.phrases.text("tasks.districts"), view.snapshot.board.standing_agency)
    asked = [a for a in view.snapshot.agencies if led[a.code] and not {a.code, a.name} & set(own)]
    return lines + _report_silent([a for a in asked if not _is_heard(a.code, view)], len(asked), view)


def _report_agency(agency: FrozenName, led: Sequence[FrozenTask], view: SnapshotView) -> list[str]:
    """The lines of one agency; [] where nothing was measured and it wrote nothing."""
    measured = [task for task in led if any(code in view.criteria for code in task.criteria)]
    item = view.phrases.text("narratives.highlights")
    wrote = split_lines(str(view.snapshot.narratives.get(agency.code, {}).get(item) or ""))
    if not view.localities or not (measured or wrote):
        return []
    codes = {code for task in measured for code in task.criteria}
    counts = count_together([code for code in view.criteria if code in codes], view)
    form = "led" if not wrote else "led_and_wrote" if measured else "wrote"
    line = view.phrases.say(
        f"tasks.{form}",
        name=agency.name,
        tasks=view.phrases.enumerate([task.code for task in (measured or led)]),
        counts=counts,
        text=wrote[0] if wrote else "",
    )
    return [line, *wrote[1:]]


def _report_silent(silent: list[FrozenName], asked: int, view: SnapshotView) -> list[str]:
    """Of which agencies no report came; one sentence when it came of none."""
    if not silent:
        return []
    # None of 14 agencies wrote: a list of all is read by nobody, annex VII has them.
    if len(silent) == asked:
        return [view.phrases.text("tasks.unheard_all")]
    names = "; ".join(entry.name for entry in silent)
    return [view.phrases.say("tasks.unheard", count=format_count(len(silent)), names=names)]


_SHOWN = 12
"""Digits of a sha256 by which people tell files apart."""


def fill_sources(view: SnapshotView) -> SourceFields:
    """The annex of sources; without a file in use it says so."""
    used = list_used(view.snapshot)
    rows = [entry for entry in view.snapshot.submissions if entry.id in used]
    note = "sources.note" if rows else "sources.none"
    return SourceFields(
        source_rows=[
            _source_row(index, entry, used[entry.id], view) for index, entry in enumerate(rows, start=1)
        ],
        source_note=view.phrases.say(note, count=format_count(count("FILES", len(rows)))),
        difference_lines=[
            f"{view.names[locality.code]}: {note[:1].lower()}{note[1:]}"
            for locality in view.localities
            for note in quote_notes(locality.code, view, DIFFERENCES)
        ],
        justification_rows=[
            _justification_row(index, entry, view)
            for index, entry in enumerate(view.snapshot.justifications, start=1)
        ],
    )


def _source_row(index: int, entry: FrozenSubmission, codes: dict[str, None], view: SnapshotView) -> SourceRow:
    version = entry.version
    words = "annexes.submissions.version"
    return SourceRow(
        number=str(index),
        file=entry.file_name,
        submitter=view.place(entry.submitter),
        version="" if version is None else view.phrases.say(words, version=format_count(version)),
        received=format_received(entry.received_at, view),
        localities=", ".join(view.names.get(code, code) for code in codes),
        short=entry.sha256[:_SHOWN],
        sha256=entry.sha256,
    )


def _justification_row(index: int, entry: FrozenJustification, view: SnapshotView) -> JustificationRow:
    source = entry.source
    return JustificationRow(
        number=str(index),
        name=view.names.get(entry.locality, entry.locality),
        label=name_input(entry.indicator, view),
        value=_show_value(entry, view),
        rule=f"{entry.rule_id}. {entry.title}" if entry.title else entry.rule_id,
        reason=entry.reason,
        source=view.phrases.say("sources.cell", file=source.file_name, sheet=source.sheet, cell=source.cell),
    )


def _show_value(entry: FrozenJustification, view: SnapshotView) -> str:
    """The figure that a reason is about, traced where it is the one in force."""
    text = entry.value
    known = view.figure(entry.locality, entry.indicator)
    return mark("N", known, text) if isinstance(known, Figure) and format(known, "f") == text else text
