"""What the commands call things when officials read them; programs get the codes (`--json`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from chuyenhoa.assessment.labels import REASONS
from chuyenhoa.assessment.labels import VERDICTS as VERDICT_WORDS
from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.form import ANSWER_WORDS
from chuyenhoa.model.results import InsufficiencyReason, Verdict
from chuyenhoa.model.submissions import Severity, SubmissionStatus
from chuyenhoa.store.documents import DocumentState

NOT_SUBMITTED = InsufficiencyReason.NOT_SUBMITTED.value

VERDICTS: Mapping[str, str] = VERDICT_WORDS
SIGNS: Mapping[str, str] = {
    Verdict.MET: "Đ",
    Verdict.NOT_MET: "K",
    Verdict.NOT_APPLICABLE: "-",
    Verdict.INSUFFICIENT: "?",
}
STATUSES: Mapping[str, str] = {
    SubmissionStatus.CLAIMED: "đã nhận tệp, chưa trả lời",
    SubmissionStatus.ACCEPTED: "đã nhận",
    SubmissionStatus.ACCEPTED_WITH_WARNINGS: "đã nhận, có cảnh báo",
    SubmissionStatus.PARTLY_ACCEPTED: "nhận một phần",
    SubmissionStatus.RETURNED: "trả lại",
    SubmissionStatus.REFUSED: "từ chối",
    SubmissionStatus.DUPLICATE: "gửi trùng",
    NOT_SUBMITTED: "chưa gửi",
}
SEVERITIES: Mapping[str, str] = {
    Severity.ERROR: "lỗi",
    Severity.WARNING: "cảnh báo",
    Severity.NOTE: "lưu ý",
}
BASES: Mapping[str, str] = {Basis.CURRENT: "kỳ này", Basis.BASELINE: "cùng kỳ"}
DOCUMENT_STATES: Mapping[str, str] = {
    DocumentState.DRAFT: "dự thảo, chờ phê duyệt",
    DocumentState.APPROVED: "đã duyệt, chờ phát hành",
    DocumentState.ISSUED: "đã phát hành",
    DocumentState.RETURNED: "trả lại",
    DocumentState.SUPERSEDED: "đã có dự thảo mới hơn thay",
}


def say_with_code(words: Mapping[str, str], code: str) -> str:
    """A word with its code behind it, as in "đã nhận (accepted)"."""
    return f"{words[code]} ({code})"


def say_reason(code: str) -> str:
    """Why there is no verdict, as in "chưa có hướng dẫn (no_guidance)"."""
    return f"{REASONS[InsufficiencyReason(code)]} ({code})"


def say_statement(value: str) -> str:
    """A declaration as it was made: "yes; 12/KH-UBND; 2021-05-17" is "Có, số 12/KH-UBND, ngày 17/5/2021"."""
    answer, *document = value.split("; ")
    words = [ANSWER_WORDS[Answer(answer)]]
    day = _read_day(document[-1]) if document else None
    number = "; ".join(document if day is None else document[:-1])
    if number:
        words.append(f"số {number}")
    if day is not None:
        words.append(f"ngày {format_date(day)}")
    return ", ".join(words)


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def say_moment(iso: str) -> str:
    """An ISO time as people read it, "12/10/2021 09:00"; empty for none."""
    return f"{datetime.fromisoformat(iso):%d/%m/%Y %H:%M}" if iso else ""
