"""The draft decision that recognises localities, with the list annexed to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from chuyenhoa.reporting.papers.common import (
    LocalityEntry,
    PaperFields,
    cite_bases,
    fill_paper,
    list_entries,
    name_parties,
)
from chuyenhoa.reporting.papers.letterhead import write_attachment
from chuyenhoa.reporting.papers.request import Request
from chuyenhoa.reporting.snapshot.frozen import FrozenLocality
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.numbers import format_count, format_document_number, format_long_date
from chuyenhoa.reporting.wording.phrases import fill


class Article(TypedDict):
    """An article: `Điều 1.` and what it says."""

    head: str
    text: str


class DecisionContext(PaperFields):
    """The decision of recognition (quyết định)."""

    notice: str
    authority: str
    basis_lines: list[str]
    articles: list[Article]
    list_title: str
    attachment_line: str
    recognised: list[LocalityEntry]
    recognised_total: str


def build_decision(request: Request) -> DecisionContext:
    """Fill the decision; without a locality that is met it recognises nobody and says so."""
    view = request.view
    met, board = view.with_verdict("met"), view.snapshot.board
    return DecisionContext(
        **fill_paper(request),
        notice=str(view.snapshot.plan.notice),
        authority=view.phrases.say("decision.authority", name=board.name, place=board.place.upper()),
        basis_lines=_list_bases(request),
        articles=_write_articles(view, met),
        list_title=view.phrases.say("decision.list_title", **name_parties(view)),
        attachment_line=write_attachment(request.kind, view, request.issue),
        recognised=list_entries(met, view),
        recognised_total=view.phrases.say("decision.total", count=format_count(view.count_verdicts("met"))),
    )


def _list_bases(request: Request) -> list[str]:
    """What the decision rests on: each line ends in `;` and the last in `.`."""
    view = request.view
    lines = [view.phrases.say("decision.basis", text=text) for text in cite_bases(view)]
    lines.append(
        view.phrases.say("decision.proposal", letter=_cite_submission(request), **name_parties(view))
    )
    return [f"{line}{'.' if line is lines[-1] else ';'}" for line in lines]


def _cite_submission(request: Request) -> str:
    """The submission's number and date: blank in a draft, left out where an issued decision has none."""
    view, kind = request.view, request.view.phrases.text("decision.rests_on")
    symbols = {"board": view.snapshot.board.symbol, "agency": view.snapshot.agency.symbol}
    symbol = fill(view.documents[kind].symbol, kind, symbols)
    references: Mapping[str, Any] = (request.issue or {}).get("references", {})
    known = references.get(kind)
    if known is None and request.issue is not None:
        return view.phrases.say("decision.submission_untold", year=str(view.snapshot.plan.year))
    if known is None:
        return view.phrases.say("decision.submission_blank", symbol=symbol, year=str(view.snapshot.plan.year))
    number = format_document_number(str(known["number"]))
    day = format_long_date(date.fromisoformat(str(known["date"])))
    return view.phrases.say("decision.submission", number=number, symbol=symbol, date=day)


def _write_articles(view: SnapshotView, met: Sequence[FrozenLocality]) -> list[Article]:
    say, names = view.phrases.say, name_parties(view)
    if not met:
        first = say("decision.recognise_none", **names)
    elif len(met) == 1:
        where = lower_first(view.place(met[0].submitter))
        first = say("decision.recognise_one", name=lower_first(met[0].name), place=where, **names)
    else:
        first = say("decision.recognise", count=format_count(view.count_verdicts("met")), **names)
    places = dict.fromkeys(lower_first(view.place(entry.submitter)) for entry in met)
    heads = say("decision.heads", places=view.phrases.enumerate(list(places))) if places else ""
    rest = view.phrases.say_all("decision.articles", heads=heads, **names)
    return [
        Article(head=say("decision.article", number=str(number)), text=text)
        for number, text in enumerate([first, *rest], start=1)
    ]
