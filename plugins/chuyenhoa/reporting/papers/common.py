"""What the papers share: head and signature, whom they go to, what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from chuyenhoa.reporting.snapshot import frozen
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first, read_moment
from chuyenhoa.reporting.wording import numbers
from chuyenhoa.reporting.wording.fields import BoardFields
from chuyenhoa.reporting.wording.phrases import fill
from chuyenhoa.reporting.wording.provenance import unseal


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
        subject=format_kind("subject", kind, view, **names),
        closing=format_kind("closing", kind, view, **names),
    )


def name_parties(view: SnapshotView) -> dict[str, str]:
    """The names that papers use in running text: plan, board, agency, province, windows."""
    plan, board, agency = view.snapshot.plan, view.snapshot.board, view.snapshot.agency
    return {
        "number": plan.number,
        "issued_on": numbers.format_date(date.fromisoformat(plan.issued_on)),
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
    localities: Sequence[frozen.FrozenLocality],
    view: SnapshotView,
    remark: Callable[[frozen.FrozenLocality], str] | None = None,
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


def count_localities(view: SnapshotView, found: Sequence[frozen.FrozenLocality]) -> dict[str, str]:
    """`count`, `total` and `names` for a sentence on some of the localities."""
    return {
        "count": numbers.format_count(view.count_named([entry.code for entry in found])),
        "total": numbers.format_count(view.locality_count),
        "names": view.name_list([entry.code for entry in found]),
    }


@dataclass(frozen=True)
class Previous:
    """The last issued version of a document, for the list of what changed since."""

    kind: str
    snapshot: frozen.Snapshot
    number: str
    date: str
    """ISO date of issue."""
    version: int
    next_version: int
    next_number: str = ""
    """Of the new version; empty while it is a draft."""
    next_date: str = ""


@dataclass(frozen=True)
class Request:
    """One document to be filled: its kind, what it is about, the frozen data, and how it is issued."""

    kind: str
    about: str
    """The locality's or submitter's code; empty for a document of the whole province."""
    view: SnapshotView
    issue: Issue | None
    previous: Previous | None = None


@dataclass(frozen=True)
class Builder:
    """How a context is built, and the contract that says which fields it has."""

    contract: type
    build: Callable[[Request], Mapping[str, Any]]


Issue = Mapping[str, Any]


def write_window(window: tuple[date, date], view: SnapshotView) -> str:
    """`từ ngày 15/4/2021 đến ngày 14/12/2021`."""
    start, end = (numbers.format_date(day) for day in window)
    return view.phrases.say("period.window", start=start, end=end)


def format_kind(name: str, kind: str, view: SnapshotView, **values: str) -> str:
    """A phrase that depends on the kind of document (`subject`, `closing`)."""
    known = {
        "length": view.phrases.words(f"kinds.{kind}").get("length", ""),
        "year": str(view.snapshot.plan.year),
        "board": view.snapshot.board.short_name,
    }
    return view.phrases.say(f"kinds.{kind}.{name}", **{**known, **values})


def describe_issuer(kind: str, view: SnapshotView, issue: Issue | None, about: str = "") -> BoardFields:
    """Whoever issues, with whoever signs; a capacity of two lines ("KT. …") comes as two entries."""
    board, signed = find_issuer(kind, view, about), issue or {}
    capacity = str(signed.get("capacity") or board.capacity)
    return BoardFields(
        parent=board.parent,
        name=board.name,
        short_name=board.short_name,
        place=board.place,
        office=str(signed.get("office", board.office)),
        signer=str(signed.get("signer") or board.signer),
        capacity=[line.strip() for line in capacity.splitlines() if line.strip()],
    )


@dataclass(frozen=True)
class SubmitterIssuer:
    """A submitter that issues a document of its own, named as the board's fields are."""

    parent: str
    name: str
    short_name: str
    place: str
    symbol: str
    capacity: str
    office: str
    signer: str


def find_issuer(
    kind: str, view: SnapshotView, about: str = ""
) -> frozen.FrozenBoard | frozen.FrozenAgency | SubmitterIssuer:
    """The board, the standing agency, or the submitter that a document is about."""
    issuer = view.documents[kind].issuer or "board"
    if issuer != "submitter":
        return view.snapshot.agency if issuer == "agency" else view.snapshot.board
    place = lower_first(view.place(about))
    kinds = view.phrases.texts("submitter_issuer.kinds")
    # "thành phố Rạch Giá" → "Rạch Giá": the place of the date line has no kind of unit.
    bare = next((place.removeprefix(f"{entry} ") for entry in kinds if place.startswith(f"{entry} ")), place)
    words = {"place": place, "bare": bare, "upper": place.upper()}
    return SubmitterIssuer(
        **{
            entry.name: view.phrases.say(f"submitter_issuer.{entry.name}", **words)
            for entry in fields(SubmitterIssuer)
        }
    )


def _issue_date(issue: Issue) -> date:
    day = issue["date"]
    return day if isinstance(day, date) else date.fromisoformat(str(day))


def _blanks(view: SnapshotView, kind: str, about: str = "") -> dict[str, str]:
    issuer, board = find_issuer(kind, view, about), view.snapshot.board
    symbols = {"board": board.symbol, "agency": view.snapshot.agency.symbol}
    return {
        "symbol": fill(view.documents[kind].symbol, kind, symbols),
        "place": issuer.place,
        "board": issuer.short_name,
        "year": str(read_moment(view.snapshot.frozen_at).year),
    }


def write_number(kind: str, view: SnapshotView, issue: Issue | None, about: str = "") -> str:
    """`Số: 152/BC-BCĐ`; a number that carries its own symbol is printed as it is."""
    if issue is None:
        return view.phrases.say("document.number_blank", **_blanks(view, kind, about))
    number = numbers.format_document_number(str(issue["number"]))
    line = view.phrases.say("document.number", number=number, **_blanks(view, kind, about))
    # "152/BC-BCĐ" typed in full → "Số: 152/BC-BCĐ", not "Số: 152/BC-BCĐ/BC-BCĐ"
    return line.split("/")[0] + "/" + number.partition("/")[2] if "/" in number else line


def write_date(kind: str, view: SnapshotView, issue: Issue | None, about: str = "") -> str:
    """`Kiên Giang, ngày 20 tháng 12 năm 2021`; blank for a draft."""
    if issue is None:
        return view.phrases.say("document.date_blank", **_blanks(view, kind, about))
    day = numbers.format_long_date(_issue_date(issue))
    return view.phrases.say("document.date", date=day, **_blanks(view, kind, about))


def write_attachment(kind: str, view: SnapshotView, issue: Issue | None, about: str = "") -> str:
    """The line under an annex's title: which document it belongs to, blank where that has no number yet."""
    words = {**_blanks(view, kind, about), "type": _type(kind, view)}
    if issue is None:
        return view.phrases.say("document.attachment_blank", **words)
    # "Số: 152/BC-BCĐ" → "152/BC-BCĐ": the line reads "(Kèm theo Báo cáo số 152/BC-BCĐ …)".
    number = write_number(kind, view, issue, about).partition(":")[2].strip()
    day = numbers.format_long_date(_issue_date(issue))
    return view.phrases.say("document.attachment", number=number, date=day, **words)


def _type(kind: str, view: SnapshotView) -> str:
    return view.phrases.text(f"kinds.{kind}.type")


def list_recipients(kind: str, view: SnapshotView) -> list[str]:
    """The list under "Nơi nhận:", each line ending in `;` and the last in `.`."""
    listed, snapshot = view.documents[kind], view.snapshot
    issuer = snapshot.agency if listed.issuer == "agency" else snapshot.board
    return punctuate(listed.recipients or issuer.recipients, view)


def punctuate(names: Sequence[str], view: SnapshotView) -> list[str]:
    """Entries each on a line of its own: `- …;`, and the last `- ….`."""
    # Decree 30/2020: each recipient ends in ";", the last one ("Lưu: …") in ".".
    last = len(names) - 1
    return [
        view.phrases.say(f"document.{'last_recipient' if index == last else 'recipient'}", name=name)
        for index, name in enumerate(names)
    ]


def write_list_notice(view: SnapshotView) -> str:
    """That the list of localities is a sample, while any of them is unverified."""
    if all(entry.status == "verified" for entry in view.localities):
        return ""
    return view.snapshot.plan.texts.get("list_status", "")


def write_opening(view: SnapshotView) -> str:
    """The opening sentence: what the report rests on and which windows it covers."""
    plan, say = view.snapshot.plan, view.phrases.say
    bases = [cite_basis(base, view) for base in plan.bases]
    return say(
        "document.opening",
        bases="; ".join(bases),
        number=plan.number,
        issued_on=numbers.format_date(date.fromisoformat(plan.issued_on)),
        board=view.snapshot.board.short_name,
        year=str(plan.year),
        window=write_window(view.window, view),
        baseline=write_window(view.baseline_window, view),
    )


def cite_basis(base: frozen.FrozenBasis, view: SnapshotView) -> str:
    """`Kế hoạch số 72/KH-BCĐ ngày 28/4/2021 của …`: the number follows the two words of the type."""
    # "Kế hoạch của Ban Chỉ đạo …" → "Kế hoạch" + number and date + "của Ban Chỉ đạo …"
    words = base.title.split(" ", 2)
    return view.phrases.say(
        "document.basis",
        type=" ".join(words[:2]),
        number=base.number,
        issued_on=numbers.format_date(date.fromisoformat(base.issued_on)),
        title=" ".join(words[2:]),
    )


def write_data_note(view: SnapshotView, reported: Decimal, expected: Decimal) -> str:
    """How many submitters the figures come from, when they were frozen, and which are of former units."""
    moment = read_moment(view.snapshot.frozen_at)
    note = view.phrases.say(
        "document.data_note" if reported else "document.data_note_none",
        reported=numbers.format_count(reported),
        expected=numbers.format_count(expected),
        hour=f"{moment.hour:02d}",
        minute=f"{moment.minute:02d}",
        date=numbers.format_date(moment.date()),
        silent=write_silence(view, f"document.silence_note_{'one' if len(view.silent) == 1 else 'several'}"),
    ).strip()
    return " ".join([note, *map(unseal, list_restated(view))])


def list_restated(view: SnapshotView) -> list[str]:
    """Of every locality compared with what its former units had, a sentence that names them."""
    # A wording that was frozen before there was the sentence gives the document that it gave then.
    if not view.phrases.has("document.restated"):
        return []
    return [
        view.phrases.say(
            "document.restated",
            name=lower_first(view.names[entry.code]),
            units=view.phrases.enumerate(view.former_units[entry.code]),
        )
        for entry in view.localities
        if entry.code in view.former_units
    ]


def write_silence(view: SnapshotView, pattern: str = "document.silence") -> str:
    """Which localities sent nothing at all; empty when all did send."""
    if not view.silent:
        return ""
    return view.phrases.say(
        pattern,
        count=numbers.format_count(view.count_named(view.silent)),
        names=view.name_list(view.silent),
    )


DIFFERENCES = ("difference", "restated")
"""Kinds of notes on two sources of one figure that differ."""


def quote_notes(code: str, view: SnapshotView, kinds: Sequence[str] = ()) -> list[str]:
    """What the assessment remarked on a locality, with the figure that it is about; all kinds if none."""
    return [
        f"{_figure_of_note(key, view)}{text}."
        for key, text in view.snapshot.notes.items()
        if code in key.split(".") and (not kinds or key.split(".")[0] in kinds)
    ]


def _figure_of_note(key: str, view: SnapshotView) -> str:
    """The figure that a note is about, in front of it; empty for one on the whole window.

    As in `difference.30745.current.TTXH_XR` and, of the window compared with, `restated.30745.TTXH_XR`.
    """
    kind, _, *names = key.split(".")
    if kind not in DIFFERENCES:
        return ""
    basis, indicator = (names[0], names[1]) if kind == "difference" else ("baseline", names[0])
    name = name_input(indicator if basis == "current" else f"{basis}.{indicator}", view)
    return f"{name[:1].upper()}{name[1:]}: "


def name_input(name: str, view: SnapshotView) -> str:
    """`TTXH_XR` → its label; of another window with that window; a declared criterion by its short title."""
    basis, _, code = name.rpartition(".")
    if name in view.criteria:
        return view.phrases.say("papers.declaration", title=view.criteria[name].short)
    if code not in view.indicators:
        return name
    label = name_indicator(code, view)
    return view.phrases.say("papers.of_baseline", label=label) if basis else label


def name_indicator(code: str, view: SnapshotView) -> str:
    """The label as it stands alone: a part ("Trong đó: …") after its whole, a short one with its section.

    In the form the row above or the section's head says what a label leaves out.
    """
    labels = {entry.code: entry.label for entry in view.snapshot.indicators}
    prefix = view.phrases.text("papers.part_prefix")
    if labels[code].startswith(prefix):
        before = list(labels)[: list(labels).index(code)]
        # "Trong đó: làm chết" belongs to the nearest row above that is no part itself.
        whole = next((one for one in reversed(before) if not labels[one].startswith(prefix)), "")
        part = lower_first(labels[code].removeprefix(prefix).strip())
        return view.phrases.say("papers.part", whole=lower_first(labels[whole]), part=part) if whole else part
    label = lower_first(labels[code])
    titles = {entry.code: entry.title for entry in view.snapshot.sections}
    section = lower_first(titles.get(view.indicators[code].section, ""))
    # "Số vụ" alone could be of crime, fire or traffic: "số vụ (cháy, nổ)"; a long label says it itself.
    is_clear = section in label or len(label.split()) > view.phrases.number("papers.short_label")
    return label if is_clear else view.phrases.say("papers.of_section", label=label, section=section)
