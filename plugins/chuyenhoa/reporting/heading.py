"""The front of a document: board, number, date, opening sentence, recipients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chuyenhoa.reporting.fields import BoardFields
from chuyenhoa.reporting.numbers import (
    format_count,
    format_date,
    format_document_number,
    format_long_date,
)
from chuyenhoa.reporting.phrases import fill
from chuyenhoa.reporting.view import SnapshotView, read_moment

Issue = Mapping[str, Any]


def write_window(window: tuple[date, date], view: SnapshotView) -> str:
    """`từ ngày 15/4/2021 đến ngày 14/12/2021`."""
    start, end = (format_date(day) for day in window)
    return view.phrases.say("period.window", start=start, end=end)


def say_kind(name: str, kind: str, view: SnapshotView) -> str:
    """A phrase that depends on the kind of document (`subject`, `closing`)."""
    return view.phrases.say(
        f"kinds.{kind}.{name}",
        length=str(view.phrases.find(f"kinds.{kind}.length")),
        year=str(view.raw["plan"]["year"]),
        board=view.raw["board"]["short_name"],
    )


def describe_board(view: SnapshotView, issue: Issue | None) -> BoardFields:
    """The board, with whoever signs; a capacity of two lines ("KT. …") comes as two entries."""
    board, signed = view.raw["board"], issue or {}
    capacity = str(signed.get("capacity") or board["capacity"])
    return BoardFields(
        parent=board["parent"],
        name=board["name"],
        short_name=board["short_name"],
        place=board["place"],
        office=str(signed.get("office", board["office"])),
        signer=str(signed.get("signer") or board["signer"]),
        capacity=[line.strip() for line in capacity.splitlines() if line.strip()],
    )


def _issue_date(issue: Issue) -> date:
    day = issue["date"]
    return day if isinstance(day, date) else date.fromisoformat(str(day))


def _blanks(view: SnapshotView, kind: str = "") -> dict[str, str]:
    board = view.raw["board"]
    return {
        "symbol": fill(str(view.documents[kind]["symbol"]), kind, {"board": board["symbol"]}) if kind else "",
        "place": board["place"],
        "board": board["short_name"],
        "year": str(read_moment(view.raw["frozen_at"]).year),
    }


def write_number(kind: str, view: SnapshotView, issue: Issue | None) -> str:
    """`Số: 152/BC-BCĐ`; a number that carries its own symbol is printed as it is."""
    if issue is None:
        return view.phrases.say("document.number_blank", **_blanks(view, kind))
    number = format_document_number(str(issue["number"]))
    line = view.phrases.say("document.number", number=number, **_blanks(view, kind))
    return line.split("/")[0] + "/" + number.partition("/")[2] if "/" in number else line


def write_date(view: SnapshotView, issue: Issue | None) -> str:
    """`Kiên Giang, ngày 20 tháng 12 năm 2021`; blank for a draft."""
    if issue is None:
        return view.phrases.say("document.date_blank", **_blanks(view))
    return view.phrases.say("document.date", date=format_long_date(_issue_date(issue)), **_blanks(view))


def write_attachment(kind: str, view: SnapshotView, issue: Issue | None) -> str:
    """Which document an annex belongs to."""
    if issue is None:
        return view.phrases.say("document.attachment_blank", **_blanks(view, kind))
    number = write_number(kind, view, issue).partition(":")[2].strip()
    day = format_long_date(_issue_date(issue))
    return view.phrases.say("document.attachment", number=number, date=day, **_blanks(view, kind))


def list_recipients(view: SnapshotView) -> list[str]:
    """The list under "Nơi nhận:", each line ending in `;` and the last in `.`."""
    names = list(view.raw["board"]["recipients"])
    last = len(names) - 1
    return [
        view.phrases.say(f"document.{'last_recipient' if index == last else 'recipient'}", name=name)
        for index, name in enumerate(names)
    ]


def write_list_notice(view: SnapshotView) -> str:
    """That the list of localities is a sample, while any of them is unverified."""
    if all(entry["status"] == "verified" for entry in view.localities):
        return ""
    return str(view.raw["plan"]["texts"].get("list_status", ""))


def write_opening(view: SnapshotView) -> str:
    """The opening sentence: what the report rests on and which windows it covers."""
    plan, say = view.raw["plan"], view.phrases.say
    bases = [_cite(base, view) for base in plan["bases"]]
    return say(
        "document.opening",
        bases="; ".join(bases),
        number=plan["number"],
        issued_on=format_date(date.fromisoformat(plan["issued_on"])),
        board=view.raw["board"]["short_name"],
        year=str(plan["year"]),
        window=write_window(view.window, view),
        baseline=write_window(view.baseline_window, view),
    )


def _cite(base: Mapping[str, str], view: SnapshotView) -> str:
    """`Kế hoạch số 72/KH-BCĐ ngày 28/4/2021 của …`: the number follows the two words of the type."""
    words = base["title"].split(" ", 2)
    return view.phrases.say(
        "document.basis",
        type=" ".join(words[:2]),
        number=base["number"],
        issued_on=format_date(date.fromisoformat(base["issued_on"])),
        title=" ".join(words[2:]),
    )


def write_data_note(view: SnapshotView, reported: int, expected: int) -> str:
    """How many submitters the figures come from, and when they were frozen."""
    moment = read_moment(view.raw["frozen_at"])
    return view.phrases.say(
        "document.data_note",
        reported=format_count(reported),
        expected=format_count(expected),
        hour=f"{moment.hour:02d}",
        minute=f"{moment.minute:02d}",
        date=format_date(moment.date()),
        silent=write_silence(view),
    )


def write_silence(view: SnapshotView) -> str:
    """Which localities sent nothing at all; empty when all did send."""
    if not view.silent:
        return ""
    return view.phrases.say(
        "document.silence", count=format_count(len(view.silent)), names=view.name_list(view.silent)
    )
