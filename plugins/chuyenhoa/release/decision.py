"""A decision of the office as it was filled in, checked field by field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

NUMBER = re.compile(r"0*([1-9][0-9]{0,4}[a-z]?)\s*(?:/\s*(.*))?")
"""A number, with or without the symbol behind it, as in `152` or `152/BC-BCĐ`."""
APPROVE = "approve"
RETURN = "return"
_QUERY_LINE = re.compile(r"(\S+)\s+([^\s:]+)\s*:\s*(.*)")
"""One line of what is returned by itself: locality, criterion, reason, as in `30745 II.2: thiếu 3 vụ`."""
_DAY_FIRST = re.compile(
    r"(?:ngày\s*)?([0-9]{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*([0-9]{1,2})\s*(?:[/.-]|\s+năm\s+)\s*([0-9]{4})\.?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00(?::00)?)?")
_MAX_AHEAD = timedelta(days=60)
"""How far ahead of today a document may be dated."""
_MAX_LENGTH = 2000
"""Characters of a reason or comment."""


class DecisionError(ValueError):
    """A decision that cannot be recorded as it is; the text (Vietnamese) says what to fill in."""


@dataclass(frozen=True)
class OfficeQuery:
    """What is returned by itself: one locality by one criterion, with the reason."""

    locality: str
    criterion: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """What the office decided: approval with number, date and signer, or return with a reason."""

    chosen: str
    number: str
    date: date | None
    signer: str
    comment: str
    by: str
    user: str = ""
    """Who answered by Airflow's account; empty for a form."""
    queries: tuple[OfficeQuery, ...] = ()


def read_decision(
    raw: Mapping[str, object], *, numbered: bool = True, series: Collection[str] = ()
) -> Decision:
    """The decision with every field checked; all that is wrong is said at once.

    Args:
        raw: `chosen`, `number`, `date`, `signer`, `comment`, `by`, `user`, and `returns`: a line for each
            locality and criterion that is returned by itself, or a sequence of `OfficeQuery`.
        numbered: whether the documents carry a number.
        series: what may stand behind the number; anything when empty.

    Raises:
        DecisionError: something is missing or wrong.
    """
    # All faults at once: Airflow would show the same form again for each of them.
    names = ("chosen", "number", "signer", "comment", "by", "user")
    text = {key: str(raw.get(key) or "").strip() for key in names}
    queries, faults = _read_queries(raw.get("returns"))
    day = _read_date(str(raw.get("date") or ""))
    if not text["chosen"]:
        faults.append("chưa chọn quyết định (phê duyệt hoặc trả lại)")
    elif text["chosen"] not in (APPROVE, RETURN):
        faults.append(f"lựa chọn “{text['chosen']}” không hợp lệ (phê duyệt hoặc trả lại)")
    if text["chosen"] == APPROVE:
        faults += _check_approval(text, day, numbered=numbered, series=series)
        if queries:
            faults.append("đã ghi nội dung trả lại từng địa bàn thì phải chọn trả lại")
    if text["chosen"] == RETURN:
        text["comment"] = text["comment"] or "; ".join(
            f"{entry.locality} {entry.criterion}: {entry.reason}" for entry in queries
        )
        if not text["comment"]:
            faults.append("chưa ghi lý do trả lại")
    if not text["by"]:
        faults.append("không rõ ai quyết định")
    if max(map(len, text.values())) > _MAX_LENGTH:
        faults.append(f"có ô dài quá {_MAX_LENGTH} ký tự")
    if faults:
        raise DecisionError("Câu trả lời chưa đủ hoặc chưa đúng: " + "; ".join(faults) + ".")
    return Decision(date=day, queries=queries, **text)


def _check_approval(
    text: dict[str, str], day: date | None, *, numbered: bool, series: Collection[str]
) -> list[str]:
    """What an approval lacks; the number comes out in the form of Decree 30/2020."""
    faults = []
    number = NUMBER.fullmatch(text["number"])
    if not numbered:
        if text["number"]:
            faults.append("văn bản này không ghi số, hãy để trống ô số văn bản")
    elif number:
        # Decree 30/2020: a number below 10 is written with a 0 in front.
        text["number"] = number[1].zfill(2 + number[1][-1].isalpha())
        if number[2] and series and number[2].strip().casefold() not in {s.casefold() for s in series}:
            faults.append(
                f"ký hiệu “{number[2].strip()}” không đúng (văn bản này là {', '.join(sorted(series))})"
            )
    else:
        faults.append("chưa có số văn bản hợp lệ (ghi phần số, ví dụ 152)")
    if day is None:
        faults.append("chưa có ngày ban hành hợp lệ (dd/mm/yyyy, ví dụ 20/10/2021)")
    if not text["signer"]:
        faults.append("chưa có họ tên người ký")
    return faults


def _read_queries(raw: object) -> tuple[tuple[OfficeQuery, ...], list[str]]:
    """What is returned by itself, and what cannot be read of it."""
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        found = [entry for entry in raw if isinstance(entry, OfficeQuery)]
    else:
        found = []
        for line in filter(None, map(str.strip, str(raw or "").splitlines())):
            match = _QUERY_LINE.fullmatch(line)
            found.append(
                OfficeQuery(match[1], match[2], match[3].strip()) if match else OfficeQuery(line, "", "")
            )
    faults = [
        f"dòng trả lại {entry.locality!r} chưa đủ mã địa bàn, mã tiêu chí và lý do (30745 II.2: lý do)"
        for entry in found
        if not (entry.locality and entry.criterion and entry.reason)
    ]
    return tuple(replace(entry, reason=entry.reason[:_MAX_LENGTH]) for entry in found), faults


def check_date(day: date, cut_off: date, today: date) -> None:
    """Refuse a date of issue that cannot be: before the figures were complete, or far ahead.

    Raises:
        DecisionError: saying which.
    """
    if day <= cut_off:
        raise DecisionError(
            f"Ngày ban hành {day:%d/%m/%Y} không sau ngày cuối kỳ số liệu ({cut_off:%d/%m/%Y}); kiểm tra lại."
        )
    if day > today + _MAX_AHEAD:
        raise DecisionError(f"Ngày ban hành {day:%d/%m/%Y} quá xa so với hôm nay; kiểm tra lại.")


def _read_date(text: str) -> date | None:
    """A date as clerks write it: 20/10/2021, 20.10.2021, ngày 20 tháng 10 năm 2021, 2021-10-20; else None."""
    # A decomposed "tháng" looks the same and matches no pattern.
    plain = unicodedata.normalize("NFC", text.strip())
    day_first, year_first = _DAY_FIRST.fullmatch(plain), _YEAR_FIRST.fullmatch(plain)
    try:
        if day_first:
            return date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        return date(*map(int, year_first.groups())) if year_first else None
    except ValueError:
        return None
