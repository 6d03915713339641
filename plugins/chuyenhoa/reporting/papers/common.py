"""What the papers share: head and signature, whom they go to, what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypedDict

from chuyenhoa.reporting.papers.letterhead import (
    cite_basis,
    describe_issuer,
    find_issuer,
    list_recipients,
    punctuate,
    say_kind,
    write_date,
    write_number,
)
from chuyenhoa.reporting.papers.request import Request
from chuyenhoa.reporting.snapshot.frozen import FrozenLocality
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.wording.fields import BoardFields
from chuyenhoa.reporting.wording.numbers import format_count, format_date


class PaperFields(TypedDict):
    """The head and the foot of every paper."""

    board: BoardFields
    is_draft: bool
    number_line: str
    date_line: str
    recipients: list[str]
    subject: str
    closing: str


class AddressFields(TypedDict):
    """Whom a paper goes to: one on the line itself, several each on a line of its own."""

    address: str
    address_lines: list[str]


class LocalityEntry(TypedDict):
    """A locality in a list."""

    number: str
    name: str
    submitter: str
    types: str
    remark: str


def fill_paper(request: Request) -> PaperFields:
    """Head and foot of the paper asked for."""
    kind, view, issue, about = request.kind, request.view, request.issue, request.about
    names = {**name_parties(view), "issuer": find_issuer(kind, view, about).short_name}
    return PaperFields(
        board=describe_issuer(kind, view, issue, about),
        is_draft=issue is None,
        number_line=write_number(kind, view, issue, about),
        date_line=write_date(kind, view, issue, about),
        recipients=list_recipients(kind, view),
        subject=say_kind("subject", kind, view, **names),
        closing=say_kind("closing", kind, view, **names),
    )


def name_parties(view: SnapshotView) -> dict[str, str]:
    """The names that papers use in running text: plan, board, agency, province, windows."""
    plan, board, agency = view.snapshot.plan, view.snapshot.board, view.snapshot.agency
    return {
        "number": plan.number,
        "issued_on": format_date(date.fromisoformat(plan.issued_on)),
        "year": str(plan.year),
        "board": board.short_name,
        "province": board.province,
        "agency": agency.short_name,
        "head": agency.head,
        "ministry": plan.texts.get("ministry", ""),
    }


def address(names: Sequence[str], view: SnapshotView) -> AddressFields:
    """`Kính gửi: A` for one; `Kính gửi:` and a line for each of several."""
    if len(names) == 1:
        return AddressFields(address=view.phrases.say("papers.address", name=names[0]), address_lines=[])
    intro = view.phrases.text("papers.address_several")
    return AddressFields(address=intro, address_lines=punctuate(names, view))


def cite_bases(view: SnapshotView) -> list[str]:
    """The acts that the plan rests on and the plan itself, each as `Kế hoạch số … ngày … của …`."""
    cited = [cite_basis(entry, view) for entry in view.snapshot.plan.bases]
    return [*cited, view.phrases.say("papers.plan", **name_parties(view))]


def list_entries(
    localities: Sequence[FrozenLocality],
    view: SnapshotView,
    remark: Callable[[FrozenLocality], str] | None = None,
) -> list[LocalityEntry]:
    """Localities as rows; `remark` says what stands in the last column."""
    return [
        LocalityEntry(
            number=str(index),
            name=entry.name,
            submitter=view.place(entry.submitter),
            types=", ".join(str(kind) for kind in entry.types),
            remark=remark(entry) if remark else "",
        )
        for index, entry in enumerate(localities, start=1)
    ]


def count_localities(view: SnapshotView, found: Sequence[FrozenLocality]) -> dict[str, str]:
    """`count`, `total` and `names` for a sentence on some of the localities."""
    return {
        "count": format_count(view.count_named([entry.code for entry in found])),
        "total": format_count(view.locality_count),
        "names": view.name_list([entry.code for entry in found]),
    }
