"""The standing agency's submission to the board's head: whom to recognise, whom not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from chuyenhoa.reporting.papers import common
from chuyenhoa.reporting.snapshot.frozen import FrozenLocality
from chuyenhoa.reporting.snapshot.submission_counts import ABSENT
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first, read_moment, upper_first
from chuyenhoa.reporting.wording import numbers
from chuyenhoa.reporting.wording.fields import GroupRow
from chuyenhoa.reporting.wording.outcomes import list_groups, list_reasons, report_result, write_targets
from chuyenhoa.reporting.wording.patterns import Merit
from chuyenhoa.reporting.wording.phrases import fill
from chuyenhoa.reporting.wording.review import count_reporting


class SubmissionContext(common.PaperFields, common.AddressFields):
    """The submission for recognition (tờ trình)."""

    notice: str
    opening: str
    process: list[str]
    group_rows: list[GroupRow]
    target_lines: list[str]
    proposal_intro: str
    proposed: list[common.LocalityEntry]
    left_out: list[str]
    enclosures: list[str]


def build_submission(request: common.Request) -> SubmissionContext:
    """Fill the submission."""
    view = request.view
    met, names = view.with_verdict("met"), common.name_parties(view)
    say = view.phrases.say
    return SubmissionContext(
        **common.fill_paper(request),
        **common.address([say("submission.addressee", **names)], view),
        notice=str(view.snapshot.plan.notice),
        opening=say(
            "submission.opening",
            bases="; ".join(common.cite_bases(view)),
            window=common.write_window(view.window, view),
            **names,
        ),
        process=_report_process(view),
        group_rows=list_groups(view),
        target_lines=write_targets(view),
        proposal_intro=say("submission.proposed", **common.count_localities(view, met), **names)
        if met
        else say("submission.proposed_none", **names),
        proposed=common.list_entries(met, view, lambda entry: _merits(entry, view)),
        left_out=_leave_out(view),
        enclosures=view.phrases.say_all(
            "submission.enclosures", count=numbers.format_count(view.locality_count), **names
        ),
    )


def _report_process(view: SnapshotView) -> list[str]:
    """How the figures came together, and by which criteria they were assessed."""
    reported, expected, late = count_reporting(view)
    moment, say, names = read_moment(view.snapshot.frozen_at), view.phrases.say, common.name_parties(view)
    absent = view.count_submitters(ABSENT)
    received = say(
        "submission.received",
        reported=numbers.format_count(reported),
        expected=numbers.format_count(expected),
        late=say("submission.late", count=numbers.format_count(late)) if late else "",
        absent=say("submission.absent", count=numbers.format_count(absent)) if absent else "",
        **names,
    )
    frozen = say(
        "submission.frozen",
        hour=f"{moment.hour:02d}",
        minute=f"{moment.minute:02d}",
        date=numbers.format_date(moment.date()),
    )
    judged = say(
        "submission.judged",
        groups=numbers.format_count(len(view.snapshot.groups)),
        criteria=numbers.format_count(len(view.criteria)),
        letters=_cite_letters(view),
    )
    return [received, frozen, *common.list_restated(view), judged]


def _cite_letters(view: SnapshotView) -> str:
    """The letters on "tiêu chí khác" that were in force; empty when there is none."""
    cited = [
        view.phrases.say(
            "submission.letter" if letter.status == "verified" else "submission.letter_sample",
            number=letter.number,
            title=letter.title,
            issued_on=numbers.format_date(date.fromisoformat(letter.issued_on)),
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
            told = report_result(locality, result, view)
            said.append(view.phrases.say("submission.merit", title=entry.title, told=told))
    return upper_first("; ".join(text.strip() for text in said))


def _leave_out(view: SnapshotView) -> list[str]:
    """Localities that are not proposed, each with its reasons; a sentence when there is none."""
    lines: list[str] = []
    for verdict in ("not_met", "insufficient", "not_applicable"):
        found = view.with_verdict(verdict)
        if not found:
            continue
        lines.append(view.phrases.say(f"submission.{verdict}", **common.count_localities(view, found)))
        lines += list_reasons(found, view, otherwise="submission.no_criterion")
    return lines or [view.phrases.text("submission.left_out_none")]


class Article(TypedDict):
    """An article: `Điều 1.` and what it says."""

    head: str
    text: str


class DecisionContext(common.PaperFields):
    """The decision of recognition (quyết định)."""

    notice: str
    authority: str
    basis_lines: list[str]
    articles: list[Article]
    list_title: str
    attachment_line: str
    recognised: list[common.LocalityEntry]
    recognised_total: str


def build_decision(request: common.Request) -> DecisionContext:
    """Fill the decision; without a locality that is met it recognises nobody and says so."""
    view = request.view
    met, board, say = view.with_verdict("met"), view.snapshot.board, view.phrases.say
    return DecisionContext(
        **common.fill_paper(request),
        notice=str(view.snapshot.plan.notice),
        authority=say("decision.authority", name=board.name, place=board.place.upper()),
        basis_lines=_list_bases(request),
        articles=_write_articles(view, met),
        list_title=say("decision.list_title", **common.name_parties(view)),
        attachment_line=common.write_attachment(request.kind, view, request.issue),
        recognised=common.list_entries(met, view),
        recognised_total=view.phrases.say(
            "decision.total", count=numbers.format_count(view.count_verdicts("met"))
        ),
    )


def _list_bases(request: common.Request) -> list[str]:
    """What the decision rests on: each line ends in `;` and the last in `.`."""
    view = request.view
    lines = [view.phrases.say("decision.basis", text=text) for text in common.cite_bases(view)]
    lines.append(
        view.phrases.say("decision.proposal", letter=_cite_submission(request), **common.name_parties(view))
    )
    return [f"{line}{'.' if line is lines[-1] else ';'}" for line in lines]


def _cite_submission(request: common.Request) -> str:
    """The submission's number and date: blank in a draft, left out where an issued decision has none."""
    view, kind = request.view, request.view.phrases.text("decision.rests_on")
    symbols = {"board": view.snapshot.board.symbol, "agency": view.snapshot.agency.symbol}
    symbol = fill(view.documents[kind].symbol, kind, symbols)
    references: Mapping[str, Any] = (request.issue or {}).get("references", {})
    known = references.get(kind)
    # Issued without a submission of ours: it may have gone on paper. A draft leaves a blank to fill in.
    if known is None and request.issue is not None:
        return view.phrases.say("decision.submission_untold", year=str(view.snapshot.plan.year))
    if known is None:
        return view.phrases.say("decision.submission_blank", symbol=symbol, year=str(view.snapshot.plan.year))
    number = numbers.format_document_number(str(known["number"]))
    day = numbers.format_long_date(date.fromisoformat(str(known["date"])))
    return view.phrases.say("decision.submission", number=number, symbol=symbol, date=day)


def _write_articles(view: SnapshotView, met: Sequence[FrozenLocality]) -> list[Article]:
    say, names = view.phrases.say, common.name_parties(view)
    if not met:
        first = say("decision.recognise_none", **names)
    elif len(met) == 1:
        where = lower_first(view.place(met[0].submitter))
        first = say("decision.recognise_one", name=lower_first(met[0].name), place=where, **names)
    else:
        first = say("decision.recognise", count=numbers.format_count(view.count_verdicts("met")), **names)
    # dict.fromkeys: each district once, in the order of the list.
    places = dict.fromkeys(lower_first(view.place(entry.submitter)) for entry in met)
    heads = say("decision.heads", places=view.phrases.enumerate(list(places))) if places else ""
    rest = view.phrases.say_all("decision.articles", heads=heads, **names)
    return [
        Article(head=say("decision.article", number=str(number)), text=text)
        for number, text in enumerate([first, *rest], start=1)
    ]
