"""The tasks of the plan by the agency that leads: what was measured, and who reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chuyenhoa.reporting.snapshot.frozen import FrozenName, FrozenTask
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.fields import TaskFields, TaskRow
from chuyenhoa.reporting.wording.numbers import format_count
from chuyenhoa.reporting.wording.outcomes import count_together
from chuyenhoa.reporting.wording.review import count_reporting, split_lines


def fill_tasks(view: SnapshotView) -> TaskFields:
    """The sentences on agencies, and the annex of tasks."""
    return TaskFields(
        agency_lines=_tell_agencies(view), task_rows=[_row(task, view) for task in view.snapshot.tasks]
    )


def _row(task: FrozenTask, view: SnapshotView) -> TaskRow:
    agencies = {entry.code: entry.name for entry in view.snapshot.agencies}
    counts = count_together([code for code in task.criteria if code in view.criteria], view)
    words = view.phrases.words("tasks")
    return TaskRow(
        code=task.code,
        title=task.title,
        lead="; ".join(agencies.get(code, code) for code in task.lead),
        result=counts if counts and view.localities else words["unmeasured"],
        report=_say_reports(task.lead, agencies, view),
    )


def _say_reports(leads: Sequence[str], names: Mapping[str, str], view: SnapshotView) -> str:
    """Whether those who lead a task reported, each by name where there are several."""
    if len(leads) == 1:
        return _say_report(leads[0], view)
    return "; ".join(f"{names.get(code, code)}: {lower_first(_say_report(code, view))}" for code in leads)


def _say_report(agency: str, view: SnapshotView) -> str:
    """Whether an agency reported: the district boards are counted, others are submitters or are not."""
    words = view.phrases.words("tasks")
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


def _tell_agencies(view: SnapshotView) -> list[str]:
    """Which agencies led what with which result, what they wrote themselves, and of which no report came."""
    led = {a.code: [t for t in view.snapshot.tasks if a.code in t.lead] for a in view.snapshot.agencies}
    lines = [
        line for agency in view.snapshot.agencies for line in _tell_agency(agency, led[agency.code], view)
    ]
    own = (view.phrases.text("tasks.districts"), view.snapshot.board.standing_agency)
    asked = [a for a in view.snapshot.agencies if led[a.code] and not {a.code, a.name} & set(own)]
    return lines + _tell_silent([a for a in asked if not _is_heard(a.code, view)], len(asked), view)


def _tell_agency(agency: FrozenName, led: Sequence[FrozenTask], view: SnapshotView) -> list[str]:
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


def _tell_silent(silent: list[FrozenName], asked: int, view: SnapshotView) -> list[str]:
    """Of which agencies no report came; one sentence when it came of none."""
    if not silent:
        return []
    if len(silent) == asked:
        return [view.phrases.text("tasks.unheard_all")]
    names = "; ".join(entry.name for entry in silent)
    return [view.phrases.say("tasks.unheard", count=format_count(len(silent)), names=names)]
