"""The tasks of the plan by the agency that leads: what was measured, and who reported."""

from __future__ import annotations

from chuyenhoa.reporting.fields import TaskFields, TaskRow
from chuyenhoa.reporting.numbers import format_count
from chuyenhoa.reporting.outcomes import count_task
from chuyenhoa.reporting.review import count_reporting
from chuyenhoa.reporting.view import Snapshot, SnapshotView, lower_first


def fill_tasks(view: SnapshotView) -> TaskFields:
    """The sentences on agencies, and the annex of tasks."""
    return TaskFields(
        agency_lines=_tell_agencies(view), task_rows=[_row(task, view) for task in view.raw["tasks"]]
    )


def _row(task: Snapshot, view: SnapshotView) -> TaskRow:
    agencies = {entry["code"]: entry["name"] for entry in view.raw["agencies"]}
    counts = [count_task(code, view) for code in task["criteria"] if code in view.criteria]
    words = view.phrases.find("tasks")
    return TaskRow(
        code=task["code"],
        title=task["title"],
        lead="; ".join(agencies.get(code, code) for code in task["lead"]),
        result="; ".join(counts) if counts and view.localities else str(words["unmeasured"]),
        report="; ".join(dict.fromkeys(_say_report(code, view) for code in task["lead"])),
    )


def _say_report(agency: str, view: SnapshotView) -> str:
    """Whether an agency reported: the district boards are counted, others are submitters or are not."""
    words = view.phrases.find("tasks")
    if agency == words["districts"]:
        reported, expected, _ = count_reporting(view)
        return view.phrases.say(
            "tasks.counted", reported=format_count(reported), expected=format_count(expected)
        )
    has_sent = _is_heard(agency, view)
    return str(words["sent"] if has_sent else words["silent"])


def _is_heard(agency: str, view: SnapshotView) -> bool:
    known = {entry["code"] for entry in view.raw["submitters"]}
    return agency in known and agency not in view.raw["not_reported"]


def _tell_agencies(view: SnapshotView) -> list[str]:
    """Which agencies led what with which result, and of which no report came."""
    words, lines, silent = view.phrases.find("tasks"), [], []
    for agency in view.raw["agencies"]:
        own = [task for task in view.raw["tasks"] if agency["code"] in task["lead"]]
        measured = [t for t in own if any(code in view.criteria for code in t["criteria"])]
        if agency["code"] != words["districts"] and own and not _is_heard(agency["code"], view):
            silent.append(agency["name"])
        if measured and view.localities:
            codes = dict.fromkeys(c for t in measured for c in t["criteria"] if c in view.criteria)
            counts = "; ".join(count_task(code, view) for code in codes)
            tasks = view.phrases.enumerate([t["code"] for t in measured])
            lines.append(view.phrases.say("tasks.led", name=agency["name"], tasks=tasks, counts=counts))
    if silent:
        names = "; ".join(lower_first(name) if name.startswith("Các ") else name for name in silent)
        lines.append(view.phrases.say("tasks.unheard", count=format_count(len(silent)), names=names))
    return lines
