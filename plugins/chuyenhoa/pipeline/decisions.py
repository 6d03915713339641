"""Records what the office decided on a draft, bound to the bytes that it read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.pipeline.publishing import read_draft
from chuyenhoa.pipeline.workplace import Workplace, open_workplace
from chuyenhoa.store.documents import DocumentState, list_documents
from chuyenhoa.store.tables import DocumentRow

NUMBER = re.compile(r"\d{1,5}[a-z]?")
APPROVE = "approve"
RETURN = "return"
UNDECIDED = (DocumentState.DRAFT, DocumentState.RETURNED)
"""A returned draft may be put to the office again; an approved one is decided for good."""


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


def record_decision(document_ids: Sequence[str], decision: Mapping[str, object]) -> list[str]:
    """Record one decision on drafts.

    Args:
        document_ids: the drafts decided on.
        decision: `chosen` (approve or return), `number`, `date` (dd/mm/yyyy or ISO), `signer`, `comment`,
            `by`.

    Returns:
        The ids of the approved documents; empty when they were returned.

    Raises:
        DecisionError: when something is missing or wrong, saying what to fill in.
        DraftError: when a draft is no longer what was rendered.
    """
    place = open_workplace()
    read = _read_decision(decision)
    approved = []
    with place.store.writing() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            if row.state in UNDECIDED:
                _decide(place, session, row, read)
            elif row.state == DocumentState.SUPERSEDED:
                raise DecisionError(f"Dự thảo {name} đã được thay bằng bản mới hơn; hãy duyệt bản mới nhất.")
            if row.state in (DocumentState.APPROVED, DocumentState.ISSUED):
                approved.append(row.id)
    return approved


def _decide(place: Workplace, session: Session, row: DocumentRow, decision: Decision) -> None:
    read_draft(place.settings.data, row)
    if decision.chosen == APPROVE and decision.date is not None:
        _check_free(session, row, decision.number, decision.date)
        row.number, row.date, row.signer = decision.number, decision.date.isoformat(), decision.signer
        row.state = DocumentState.APPROVED.value
    else:
        row.state = DocumentState.RETURNED.value
    row.comment, row.decided_by = decision.comment, decision.by
    row.decided_at = clock.now().isoformat()


def _check_free(session: Session, row: DocumentRow, number: str, day: date) -> None:
    """A number is given once a year; another version of the same document gets a number of its own."""
    for other in list_documents(session):
        if other.id != row.id and other.number == number and other.date[:4] == str(day.year):
            raise DecisionError(
                f"Số {number} năm {day.year} đã dùng cho văn bản {other.id}; hãy cấp số khác."
            )


def _read_decision(raw: Mapping[str, object]) -> Decision:
    """The decision with every field checked; all that is wrong is said at once."""
    text = {key: str(raw.get(key) or "").strip() for key in ("chosen", "number", "signer", "comment", "by")}
    faults = []
    day = _read_date(str(raw.get("date") or ""))
    if text["chosen"] not in (APPROVE, RETURN):
        faults.append(f"lựa chọn {text['chosen']!r} không hợp lệ (phê duyệt hoặc trả lại)")
    if text["chosen"] == APPROVE:
        if not NUMBER.fullmatch(text["number"]):
            faults.append("chưa có số văn bản hợp lệ (chỉ ghi phần số, ví dụ 152)")
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
    # Decree 30/2020: a number below 10 is written with a 0 in front.
    return Decision(date=day, **{**text, "number": text["number"].zfill(2)})


def _read_date(text: str) -> date | None:
    """A date written dd/mm/yyyy or in ISO form; None when it is none."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a plain date has no zone
        except ValueError:
            continue
    return None
