"""The standing agency's submission to the board's head: whom to recognise, whom not, and why."""

from __future__ import annotations

from datetime import date

from chuyenhoa.reporting.papers.common import (
    AddressFields,
    LocalityEntry,
    PaperFields,
    address,
    cite_bases,
    count_localities,
    fill_paper,
    list_entries,
    name_parties,
)
from chuyenhoa.reporting.papers.letterhead import write_window
from chuyenhoa.reporting.papers.request import Request
from chuyenhoa.reporting.snapshot.frozen import FrozenLocality
from chuyenhoa.reporting.snapshot.submission_counts import ABSENT
from chuyenhoa.reporting.snapshot.view import SnapshotView, read_moment, upper_first
from chuyenhoa.reporting.wording.fields import GroupRow
from chuyenhoa.reporting.wording.numbers import format_count, format_date
from chuyenhoa.reporting.wording.outcomes import list_groups, list_reasons, write_targets
from chuyenhoa.reporting.wording.patterns import Merit
from chuyenhoa.reporting.wording.result_phrases import tell_result
from chuyenhoa.reporting.wording.review import count_reporting


class SubmissionContext(PaperFields, AddressFields):
    """The submission for recognition (tờ trình)."""

    notice: str
    opening: str
    process: list[str]
    group_rows: list[GroupRow]
    target_lines: list[str]
    proposal_intro: str
    proposed: list[LocalityEntry]
    left_out: list[str]
    enclosures: list[str]


def build_submission(request: Request) -> SubmissionContext:
    """Fill the submission."""
    view = request.view
    met, names = view.with_verdict("met"), name_parties(view)
    say = view.phrases.say
    return SubmissionContext(
        **fill_paper(request),
        **address([say("submission.addressee", **names)], view),
        notice=str(view.snapshot.plan.notice),
        opening=say(
            "submission.opening",
            bases="; ".join(cite_bases(view)),
            window=write_window(view.window, view),
            **names,
        ),
        process=_tell_process(view),
        group_rows=list_groups(view),
        target_lines=write_targets(view),
        proposal_intro=say("submission.proposed", **count_localities(view, met), **names)
        if met
        else say("submission.proposed_none", **names),
        proposed=list_entries(met, view, lambda entry: _merits(entry, view)),
        left_out=_leave_out(view),
        enclosures=view.phrases.say_all(
            "submission.enclosures", count=format_count(view.locality_count), **names
        ),
    )


def _tell_process(view: SnapshotView) -> list[str]:
    """How the figures came together, and by which criteria they were judged."""
    reported, expected, late = count_reporting(view)
    moment, say, names = read_moment(view.snapshot.frozen_at), view.phrases.say, name_parties(view)
    absent = view.count_submitters(ABSENT)
    received = say(
        "submission.received",
        reported=format_count(reported),
        expected=format_count(expected),
        late=say("submission.late", count=format_count(late)) if late else "",
        absent=say("submission.absent", count=format_count(absent)) if absent else "",
        **names,
    )
    frozen = say(
        "submission.frozen",
        hour=f"{moment.hour:02d}",
        minute=f"{moment.minute:02d}",
        date=format_date(moment.date()),
    )
    judged = say(
        "submission.judged",
        groups=format_count(len(view.snapshot.groups)),
        criteria=format_count(len(view.criteria)),
        letters=_cite_letters(view),
    )
    return [received, frozen, judged]


def _cite_letters(view: SnapshotView) -> str:
    """The letters on "tiêu chí khác" that were in force; empty when there is none."""
    cited = [
        view.phrases.say(
            "submission.letter" if letter.status == "verified" else "submission.letter_sample",
            number=letter.number,
            title=letter.title,
            issued_on=format_date(date.fromisoformat(letter.issued_on)),
            issuer=letter.issuer,
        )
        for letter in view.snapshot.guidance
    ]
    return view.phrases.say("submission.letters", letters=view.phrases.enumerate(cited)) if cited else ""


def _merits(locality: FrozenLocality, view: SnapshotView) -> str:
    """The figures that speak for a locality, of the criteria that the wording names."""
    results = {result.criterion: result for result in locality.criteria}
    said = []
    for entry in view.phrases.patterns("submission.merits", Merit):
        result = results.get(entry.criterion)
        if result is not None and result.figure and result.verdict == "met":
            told = tell_result(locality, result, view)
            said.append(view.phrases.say("submission.merit", title=entry.title, told=told))
    return upper_first("; ".join(text.strip() for text in said))


def _leave_out(view: SnapshotView) -> list[str]:
    """Localities that are not proposed, each with its reasons; a sentence when there is none."""
    lines: list[str] = []
    for verdict in ("not_met", "insufficient", "not_applicable"):
        found = view.with_verdict(verdict)
        if not found:
            continue
        lines.append(view.phrases.say(f"submission.{verdict}", **count_localities(view, found)))
        lines += list_reasons(found, view, otherwise="submission.no_criterion")
    return lines or [view.phrases.text("submission.left_out_none")]
