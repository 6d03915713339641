"""The letter that reminds submitters of what they still have to send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypedDict

from chuyenhoa.reporting.papers import common
from chuyenhoa.reporting.snapshot import missing_data
from chuyenhoa.reporting.snapshot.frozen import FrozenLocality
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first, read_moment
from chuyenhoa.reporting.wording.numbers import format_count, format_date
from chuyenhoa.reporting.wording.review import count_reporting, list_late


class OwedRow(TypedDict):
    """What a submitter still has to send of one locality."""

    number: str
    submitter: str
    locality: str
    what: str


class ReminderContext(common.PaperFields, common.AddressFields):
    """The reminding letter (công văn đôn đốc)."""

    opening: str
    state: str
    owed_rows: list[OwedRow]
    late_note: str
    requests_intro: str
    requests: list[str]
    contact: str


def build_reminder(request: common.Request) -> ReminderContext:
    """Fill the letter to those who have something to send at the freeze."""
    view = request.view
    names, say = common.name_parties(view), view.phrases.say
    outstanding = missing_data.list_outstanding(view.snapshot)
    full_names = {entry.code: entry.name for entry in view.snapshot.submitters}
    # The letter says "trước ngày 16/12": the last day on time is the 15th.
    limit = date.fromisoformat(view.snapshot.period.deadline) + timedelta(days=1)
    # Late but complete: informed, and not addressed. Who still has to send something is addressed anyway.
    late = [code for code in list_late(view) if code not in outstanding]
    fields = common.fill_paper(request)
    fields["recipients"] = _inform(fields["recipients"], [full_names[code] for code in late], view)
    return ReminderContext(
        **fields,
        **common.address([full_names[code] for code in outstanding], view),
        opening=say(
            "reminder.opening",
            window=common.write_window(view.window, view),
            deadline=format_date(limit),
            **names,
        ),
        state=_report_progress(view, outstanding),
        owed_rows=_list_outstanding(view, outstanding),
        late_note=_report_late(view, late),
        requests_intro=view.phrases.text("reminder.requests_intro"),
        requests=view.phrases.say_all("reminder.requests", **names),
        contact=say(
            "reminder.contact",
            contact=view.snapshot.board.contact,
            warning=say("reminder.warning", **names),
        ),
    )


def _report_progress(view: SnapshotView, outstanding: Sequence[str]) -> str:
    reported, expected, _ = count_reporting(view)
    returned = missing_data.list_returned(view.snapshot)
    absent = [code for code in outstanding if code in view.snapshot.not_reported and code not in returned]
    partial = [code for code in outstanding if code not in view.snapshot.not_reported]
    moment = read_moment(view.snapshot.frozen_at)
    parts = [
        view.phrases.say(f"reminder.{name}", count=format_count(view.count_submitters("", found)))
        for name, found in (("absent", absent), ("returned", returned), ("partial", partial))
        if found
    ]
    form = "state" if reported else "state_none" if returned else "state_silent"
    return view.phrases.say(
        f"reminder.{form}",
        hour=f"{moment.hour:02d}",
        minute=f"{moment.minute:02d}",
        date=format_date(moment.date()),
        reported=format_count(reported),
        expected=format_count(expected),
        owing="; ".join(parts),
        **common.name_parties(view),
    )


def _list_outstanding(view: SnapshotView, outstanding: Sequence[str]) -> list[OwedRow]:
    """By submitter and locality; one that has no locality is asked for its report."""
    rows: list[OwedRow] = []
    for number, code in enumerate(outstanding, start=1):
        own = [entry for entry in view.localities if entry.submitter == code]
        if code not in view.snapshot.not_reported:
            own = [entry for entry in own if missing_data.lacks_figures(entry)]
        owed = [(entry.name, _describe_missing(entry, view)) for entry in own]
        owed = owed or [(view.phrases.text("reminder.no_locality"), _report_state(code, view))]
        # Number and name stand in the first row only, as if the cells were merged.
        for index, (locality, what) in enumerate(owed):
            first = index == 0
            rows.append(
                OwedRow(
                    number=str(number) if first else "",
                    submitter=view.place(code) if first else "",
                    locality=locality,
                    what=what,
                )
            )
    return rows


def _report_state(submitter: str, view: SnapshotView) -> str:
    """That the whole report is missing: it never came, or what came was returned."""
    form = "returned" if submitter in missing_data.list_returned(view.snapshot) else "owed"
    return view.phrases.text(f"reminder.report_{form}")


def _describe_missing(locality: FrozenLocality, view: SnapshotView) -> str:
    """Everything, or the figures that are blank; a long list is cut, with the count of the rest."""
    if locality.submitter in view.snapshot.not_reported:
        return _report_state(locality.submitter, view)
    if locality.absence == "held_by_findings":
        return view.phrases.text("reminder.held")
    if locality.absence:
        return view.phrases.text("reminder.locality_owed")
    missing = [common.name_input(name, view) for name in missing_data.list_missing(locality)]
    # A commune of which everything is blank would fill the page with labels.
    most = view.phrases.number("reminder.most")
    if len(missing) <= most:
        return view.phrases.say("reminder.figures", names="; ".join(missing))
    rest = format_count(len(missing) - most)
    return view.phrases.say("reminder.figures_more", names="; ".join(missing[:most]), count=rest)


def _report_late(view: SnapshotView, late: Sequence[str]) -> str:
    """Those who sent everything but late; empty when there is none."""
    if not late:
        return ""
    names = view.phrases.enumerate([lower_first(view.places[code]) for code in late])
    count = format_count(view.count_submitters("", late))
    return view.phrases.say("reminder.late", count=count, names=names)


def _inform(recipients: list[str], late: Sequence[str], view: SnapshotView) -> list[str]:
    """The recipients with those who were late, before the last line ("Lưu"); they are not addressed."""
    lines = [
        view.phrases.say("document.recipient", name=view.phrases.say("reminder.late_recipient", name=name))
        for name in late
    ]
    # "Lưu: …" stays the last line, with its full stop.
    return [*recipients[:-1], *lines, *recipients[-1:]]
