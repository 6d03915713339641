"""The office's answer becomes a decision, and only what is approved may be issued."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from chuyenhoa.orchestration.approval import (
    APPROVE,
    RETURN,
    AnswerError,
    approval_form,
    decision_of,
    office_users,
    require_any,
)
from chuyenhoa.orchestration.failures import WHAT_TO_DO, explain_failure


def test_an_approval_carries_number_date_signer_and_who_gave_it() -> None:
    answer = {
        "chosen_options": [APPROVE],
        "params_input": {
            "number": " 152 ",
            "date": "20/10/2021",
            "signer": "Nguyễn Văn A",
            "comment": None,
            "returns": None,
        },
        "responded_at": "2021-10-20T02:00:00Z",
        "responded_by_user": {"id": "office", "name": "office"},
    }
    assert decision_of(answer) == {
        "chosen": "approve",
        "number": "152",
        "date": "20/10/2021",
        "signer": "Nguyễn Văn A",
        "comment": "",
        "returns": "",
        "by": "office",
        "user": "office",
    }


def test_a_return_needs_no_fields() -> None:
    decision = decision_of({"chosen_options": [RETURN], "params_input": None, "responded_by_user": None})
    assert decision["chosen"] == "return"
    assert decision["by"] == ""


@pytest.mark.parametrize("chosen", [[], None, ["OK"], [APPROVE, RETURN]])
def test_an_answer_that_chooses_nothing_clear_is_refused(chosen: list[str] | None) -> None:
    with pytest.raises(AnswerError, match="Choose"):
        decision_of({"chosen_options": chosen})


def test_the_users_of_the_office_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHUYENHOA_OFFICE_USERS", raising=False)
    assert [user["id"] for user in office_users()] == ["office"]
    monkeypatch.setenv("CHUYENHOA_OFFICE_USERS", "3, 7,")
    assert [user["id"] for user in office_users()] == ["3", "7"]


def test_the_form_asks_in_vietnamese_and_requires_nothing_of_airflow() -> None:
    form = approval_form()
    assert form["options"] == ["Phê duyệt", "Trả lại"]
    assert set(form["params"]) == {"number", "date", "signer", "comment", "returns"}
    for param in form["params"].values():
        param.resolve(None)
        param.resolve("")


def test_a_task_without_documents_is_skipped_with_the_reason() -> None:
    assert require_any(["a"], "unused") == ["a"]
    with pytest.raises(AirflowSkipException, match="all is approved"):
        require_any([], "all is approved")


def test_a_failure_names_owner_error_and_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    context = {
        "task": SimpleNamespace(task_id="claim_drops", owner="engineer"),
        "dag_run": SimpleNamespace(dag_id="intake", run_id="manual__1"),
        "exception": OSError("disk full"),
    }
    with caplog.at_level(logging.ERROR):
        explain_failure(context)
    text = caplog.messages[-1]
    for part in ("intake.claim_drops", "manual__1", "engineer", "disk full", WHAT_TO_DO["claim_drops"]):
        assert part in text
