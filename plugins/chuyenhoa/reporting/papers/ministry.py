"""The board's report to the ministry: the year in brief."""

from __future__ import annotations

from collections.abc import Mapping

from chuyenhoa.reporting.papers import common
from chuyenhoa.reporting.snapshot.submission_counts import INVOLVED
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording import review
from chuyenhoa.reporting.wording.fields import GroupRow, LocalityRow
from chuyenhoa.reporting.wording.numbers import format_count, format_number
from chuyenhoa.reporting.wording.outcomes import list_groups, write_targets, write_verdicts
from chuyenhoa.reporting.wording.patterns import ChapterLine
from chuyenhoa.reporting.wording.prose import rank_localities, write_chapter
from chuyenhoa.reporting.wording.provenance import unseal
from chuyenhoa.reporting.wording.tables import count_verdicts, list_localities


class MinistryContext(common.PaperFields, common.AddressFields):
    """The annual report to the ministry."""

    opening: str
    data_note: str
    notice: str
    locality_intro: str
    situation: list[str]
    ranking: list[str]
    results: list[str]
    group_rows: list[GroupRow]
    verdict_lines: list[str]
    target_lines: list[str]
    strengths: list[str]
    shortcomings: list[str]
    causes: list[str]
    directions: list[str]
    requests: list[str]
    attachment_line: str
    locality_rows: list[LocalityRow]
    locality_count: str
    locality_total: str


def build_ministry(request: common.Request) -> MinistryContext:
    """Fill the report to the ministry."""
    view = request.view
    reported, expected, _ = review.count_reporting(view)
    names = common.name_parties(view)
    say = view.phrases.say
    return MinistryContext(
        **common.fill_paper(request),
        **common.address([names["ministry"]], view),
        opening=say(
            "ministry.opening",
            **names,
            window=common.write_window(view.window, view),
            baseline=common.write_window(view.baseline_window, view),
        ),
        data_note=common.write_data_note(view, reported, expected),
        notice=str(view.snapshot.plan.notice),
        locality_intro=_introduce(view, names),
        situation=write_chapter("situation", view),
        ranking=rank_localities(view),
        results=_sum_up(view),
        group_rows=list_groups(view),
        verdict_lines=write_verdicts(view),
        target_lines=write_targets(view),
        strengths=review.write_strengths(view),
        shortcomings=review.write_shortcomings(view),
        causes=review.quote_narratives("causes", view) or [view.phrases.text("causes_none")],
        directions=_direct(view, names),
        requests=_ask(view) or [view.phrases.text("ministry.requests_none")],
        attachment_line=common.write_attachment(request.kind, view, request.issue),
        locality_rows=list_localities(view),
        locality_count=format_number(view.locality_count),
        locality_total=count_verdicts(view),
    )


def _introduce(view: SnapshotView, names: Mapping[str, str]) -> str:
    districts = view.count_submitters(INVOLVED)
    if not districts:
        return view.phrases.say("localities.intro_none", year=names["year"])
    counts = {"count": format_count(view.locality_count), "districts": format_count(districts)}
    return view.phrases.say("ministry.localities", **counts, **names)


def _sum_up(view: SnapshotView) -> list[str]:
    """A line for each chapter of the results that has something to say."""
    lines = []
    for entry in view.phrases.patterns("ministry.results", ChapterLine):
        said = write_chapter(entry.chapter, view)
        if said:
            text = " ".join([lower_first(said[0]), *map(unseal, said[1:])])
            lines.append(view.phrases.say("ministry.result", title=entry.title, text=text))
    return lines


def _direct(view: SnapshotView, names: Mapping[str, str]) -> list[str]:
    """What comes next; localities that fell short are spoken of only where there are any."""
    say = view.phrases.say
    some = "some" if view.with_verdict("not_met") else "none"
    listed = say(f"ministry.next_list.{some}", **names)
    first, *rest = view.phrases.say_all("ministry.directions", **names)
    return [first, listed, *rest]


def _ask(view: SnapshotView) -> list[str]:
    """The proposals that are for the ministry or another central authority to answer."""
    addressees = view.phrases.texts("ministry.requests_to")
    return review.quote_narratives("proposals", view, addressees)
