"""The office's decision: the form that Airflow shows, and its answer in the pipeline's words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.execution_time.hitl import HITLUser

APPROVE = "Phê duyệt"
RETURN = "Trả lại"
_CHOICES = {APPROVE: "approve", RETURN: "return"}
_FIELDS = {
    "number": ("Số văn bản", "Phần số của số, ký hiệu, ví dụ 152. Bắt buộc khi phê duyệt."),
    "date": ("Ngày ban hành", "Ví dụ: 20/10/2021. Bắt buộc khi phê duyệt."),
    "signer": ("Người ký", "Họ và tên người ký văn bản. Bắt buộc khi phê duyệt."),
    "comment": ("Ý kiến", "Lý do, nội dung cần sửa khi trả lại."),
}


ASK_AGAIN = 50
"""How often the office may answer with something missing before the run fails."""


class OfficeApproval(HITLOperator):
    """Asks the office about drafts, and asks once more when an answer cannot be recorded.

    Airflow does not check what is typed into the form; a retry of the task puts the same question anew, and
    the pipeline leaves the reason beside the drafts.
    """

    template_fields = (*HITLOperator.template_fields, "documents")

    def __init__(self, *, documents: Any, **arguments: Any) -> None:
        super().__init__(retries=ASK_AGAIN, retry_delay=timedelta(seconds=1), **arguments)
        self.documents = documents

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Take the answer if it can be recorded."""
        from chuyenhoa import pipeline

        answer = super().execute_complete(context, event)
        pipeline.check_decision(self.documents, decision_of(answer))
        return answer


class AnswerError(ValueError):
    """The answer to the approval form is none that the form offers."""


def approval_form(description: str) -> dict[str, Any]:
    """What a HITLOperator needs to ask the office; `description` is the task whose XCom says what is asked.

    The fields are optional texts, because Airflow does not check what is typed into them; the pipeline does.
    """
    return {
        "owner": "office",
        "subject": "Duyệt văn bản {{ ti.xcom_pull(task_ids='resolve_milestone') }}",
        "body": f"{{{{ ti.xcom_pull(task_ids='{description}') }}}}",
        "options": [APPROVE, RETURN],
        "params": {
            name: Param("", type=["null", "string"], title=title, description=hint)
            for name, (title, hint) in _FIELDS.items()
        },
        "assigned_users": office_users(),
        "doc_md": "The office approves the drafts with number, date and signer, or returns them.",
    }


def office_users() -> list[HITLUser]:
    """Who may answer: CHUYENHOA_OFFICE_USERS, ids with commas between them (default `office`).

    The id is the user's name with Airflow's simple auth manager, and the number of the user with FAB.
    """
    names = os.environ.get("CHUYENHOA_OFFICE_USERS", "office").split(",")
    return [HITLUser(id=name.strip(), name=name.strip()) for name in names if name.strip()]


def decision_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """The answer of Airflow's form as a decision: chosen, number, date, signer, comment, by.

    Raises:
        AnswerError: the answer chooses nothing that the form offers.
    """
    chosen = [_CHOICES[option] for option in answer.get("chosen_options") or () if option in _CHOICES]
    if len(chosen) != 1:
        raise AnswerError(
            f"Choose {APPROVE!r} or {RETURN!r}; the answer was {answer.get('chosen_options')!r}."
        )
    fields = answer.get("params_input") or {}
    user = answer.get("responded_by_user") or {}
    decision = {name: str(fields.get(name) or "").strip() for name in _FIELDS}
    return {"chosen": chosen[0], **decision, "by": str(user.get("name") or user.get("id") or "")}


def select_issuable(
    document_ids: Sequence[str], awaiting: Sequence[str], approved: Sequence[str] | None
) -> list[str]:
    """The documents that may be issued: approved just now, or approved before (they waited no more)."""
    allowed = (set(document_ids) - set(awaiting)) | set(approved or ())
    return [entry for entry in document_ids if entry in allowed]


def require_any(document_ids: list[str], otherwise: str) -> list[str]:
    """The same ids; without any the task is skipped, and `otherwise` says why.

    Raises:
        AirflowSkipException: there are no ids.
    """
    if not document_ids:
        raise AirflowSkipException(otherwise)
    return document_ids
