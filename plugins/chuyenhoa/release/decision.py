"""A decision of the office as it was filled in, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

NUMBER = re.compile(r"(\d{1,5}[a-z]?)\s*(/.*)?")
"""A number, with or without the symbol behind it, as in `152` or `152/BC-BCĐ`."""
APPROVE = "approve"
RETURN = "return"


class DecisionError(ValueError):
    """A decision that cannot be recorded as it is; the text (Vietnamese) says what to fill in."""


@dataclass(frozen=True)
class Decision:
    """What the office decided: approval with number, date and signer, or return with a reason."""

    chosen: str
    number: str
    date: date | None
    signer: str
    comment: str
    by: str


def read_decision(raw: Mapping[str, object]) -> Decision:
    """The decision with every field checked; all that is wrong is said at once."""
    text = {key: str(raw.get(key) or "").strip() for key in ("chosen", "number", "signer", "comment", "by")}
    faults = []
    day = _read_date(str(raw.get("date") or ""))
    if text["chosen"] not in (APPROVE, RETURN):
        faults.append(f"lựa chọn {text['chosen']!r} không hợp lệ (phê duyệt hoặc trả lại)")
    if text["chosen"] == APPROVE:
        number = NUMBER.fullmatch(text["number"])
        if number:
            # Decree 30/2020: a number below 10 is written with a 0 in front.
            text["number"] = number[1].zfill(2)
        else:
            faults.append("chưa có số văn bản hợp lệ (ghi phần số, ví dụ 152)")
        if day is None:
            faults.append("chưa có ngày ban hành hợp lệ (dd/mm/yyyy, ví dụ 20/10/2021)")
        if not text["signer"]:
            faults.append("chưa có họ tên người ký")
    if text["chosen"] == RETURN and not text["comment"]:
        faults.append("chưa ghi lý do trả lại")
    if not text["by"]:
        faults.append("không rõ ai quyết định")
    if faults:
        raise DecisionError("Chưa ghi nhận được quyết định: " + "; ".join(faults) + ".")
    return Decision(date=day, **text)


def _read_date(text: str) -> date | None:
    """A date written dd/mm/yyyy or in ISO form; None when it is none."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a plain date has no zone
        except ValueError:
            continue
    return None
