"""The office's decision: the form that Airflow shows, and its answer in the pipeline's words."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput
from airflow.sdk.execution_time.hitl import HITLUser

from chuyenhoa import settings

APPROVE = "Phê duyệt"
RETURN = "Trả lại"
_CHOICES = {APPROVE: "approve", RETURN: "return"}
_FIELDS = {
    "number": ("Số văn bản", "Phần số của số, ký hiệu, ví dụ 152. Bắt buộc khi phê duyệt."),
    "date": ("Ngày ban hành", "Ví dụ: 20/10/2021. Bắt buộc khi phê duyệt."),
    "signer": ("Người ký", "Họ và tên người ký văn bản. Bắt buộc khi phê duyệt."),
    "comment": ("Ý kiến", "Lý do, nội dung cần sửa khi trả lại."),
    "returns": (
        "Trả lại riêng từng địa bàn, tiêu chí",
        "Mỗi dòng một nội dung, ví dụ: 30745 II.2: đối chiếu lại số vụ. Chỉ ghi khi trả lại.",
    ),
}


ASK_AGAIN = 50
"""How often the office may answer with something missing before the run fails."""
LOOK_AGAIN_S = 900.0
"""After how long a waiting question looks whether a form has answered it."""


class OfficeApproval(HITLOperator):
    """Asks the office about drafts, records its answer, and asks once more when it cannot be recorded.

    Airflow does not check what is typed into the form; a retry of the task asks the same question again, and
    the pipeline leaves the reason beside the drafts. From time to time the question looks whether a form in
    `office/inbox/` has answered it, and then ends as skipped: the first valid decision counts.
    """

    template_fields = (*HITLOperator.template_fields, "documents")

    def __init__(self, *, documents: Any, **arguments: Any) -> None:
        super().__init__(
            retries=ASK_AGAIN,
            retry_delay=timedelta(seconds=1),
            response_timeout=timedelta(seconds=look_again_seconds()),
            **arguments,
        )
        self.documents = documents

    def execute(self, context: Context) -> Any:
        """Put the question with what the office must know; skipped when all is decided."""
        from chuyenhoa.pipeline.publish.approval_forms import ask_office
        from chuyenhoa.pipeline.publish.drafts import describe_drafts, propose_signer

        require_any(ask_office(self.documents), "These documents are approved already.")
        self.body = describe_drafts(self.documents)
        self.params["signer"] = propose_signer(self.documents)
        self.subject = f"Duyệt văn bản {', '.join(self.documents)}"
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Record the answer if it can be; without one, end if a form gave it, else wait on."""
        from chuyenhoa.pipeline.publish.drafts import drafts_open
        from chuyenhoa.pipeline.publish.issuing import check_decision, record_decision

        if event.get("error_type") == "timeout":
            require_any(drafts_open(self.documents), "The office decided by a form.")
            # Parks again with the same question: an answer given at this moment is found when the task parks.
            raise TaskAwaitingInput(method_name="execute_complete", timeout=self.response_timeout)
        answer = super().execute_complete(context, event)
        require_any(drafts_open(self.documents), "The office had decided by a form.")
        decision = decision_of(answer)
        check_decision(self.documents, decision)
        return record_decision(self.documents, decision)


class AnswerError(ValueError):
    """The answer to the approval form is none that the form offers."""


def look_again_seconds() -> float:
    """CHUYENHOA_LOOK_AGAIN_SECONDS: how long a waiting question waits before it looks for a form's answer."""
    return float(os.environ.get("CHUYENHOA_LOOK_AGAIN_SECONDS") or LOOK_AGAIN_S)


def approval_form() -> dict[str, Any]:
    """What a HITLOperator needs to ask the office; subject and body are written when it asks.

    The fields are optional texts, because Airflow does not check what is typed into them; the pipeline does.
    """
    return {
        "owner": "office",
        "map_index_template": "{{ task.documents | join(', ') }}",
        "subject": "Duyệt văn bản",
        "options": [APPROVE, RETURN],
        "params": {
            name: Param("", type=["null", "string"], title=title, description=hint)
            for name, (title, hint) in _FIELDS.items()
        },
        "assigned_users": office_users(),
        "doc_md": "The office approves a draft with number, date and signer, or returns it.",
    }


def office_users() -> list[HITLUser]:
    """Who may answer: CHUYENHOA_OFFICE_USERS, ids with commas between them (default `office`).

    The id is the user's name with Airflow's simple auth manager, and the number of the user with FAB.
    """
    return [HITLUser(id=name, name=name) for name in settings.office_users()]


def decision_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """The answer of Airflow's form as a decision: chosen, number, date, signer, comment, returns, by, user.

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
    by = str(user.get("name") or user.get("id") or "")
    return {"chosen": chosen[0], **decision, "by": by, "user": str(user.get("id") or "")}


def require_any(document_ids: list[str], otherwise: str) -> list[str]:
    """The same ids; without any the task is skipped, and `otherwise` says why.

    Raises:
        AirflowSkipException: there are no ids.
    """
    if not document_ids:
        raise AirflowSkipException(otherwise)
    return document_ids
