"""The DAGs on a real Airflow: what wakes them, what the office's answers do, what a rerun leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import TypeVar

import pytest

from chuyenhoa import clock
from chuyenhoa.orchestration.approval import APPROVE, RETURN
from chuyenhoa.pipeline.publish.drafts import refusal_note
from devtools.airflow_api import ENDED, AirflowApiError, Question
from devtools.launcher import DAG_IDS, Airflow, AirflowError
from tests.integration.test_office_forms import ANSWERS, fill_form

pytestmark = [pytest.mark.last, pytest.mark.timeout(400)]
TIMEOUT_S = 120.0
FIELDS = {"number": "152", "date": "20/10/2021", "signer": "Nguyễn Văn A", "comment": "", "returns": ""}
COMMENT = {**dict.fromkeys(FIELDS, ""), "comment": "Bổ sung nguyên nhân."}
T = TypeVar("T")


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """An Airflow of its own, on the first day on which forms are handed out."""
    folder = tmp_path_factory.mktemp("local-airflow")
    now = folder / "now"
    now.write_text("2021-10-01T08:00:00+07:00", encoding="utf-8")
    environment = {
        "CHUYENHOA_NOW": f"@{now}",
        "CHUYENHOA_STORE": f"sqlite:///{folder / 'data' / 'chuyenhoa.db'}",
        "CHUYENHOA_LOOK_AGAIN_SECONDS": "40",
    }
    with Airflow(folder / "airflow", folder / "data", environment) as started:
        yield started


def _until(look: Callable[[], T | None], what: str) -> T:
    end = clock.monotonic() + TIMEOUT_S
    while clock.monotonic() < end:
        if found := look():
            return found
        sleep(0.3)
    raise AssertionError(f"Waited for {what}, in vain.")


def _explain(airflow: Airflow, dag_id: str, run_id: str) -> str:
    logs = airflow.api().failed_logs(dag_id, run_id)
    return "\n".join(f"{log.task_id}: {log.text[-1500:]}" for log in logs)


def _question(airflow: Airflow, run_id: str | None = None) -> Question:
    """The office's open question, of one run where it is named; a failed run ends the wait."""

    def look() -> Question | None:
        for run in airflow.api().runs("milestone_report"):
            assert run.state != "failed", _explain(airflow, run.dag_id, run.run_id)
        found = [q for q in airflow.api().questions("milestone_report") if run_id in (None, q.run_id)]
        return found[0] if found else None

    return _until(look, "the office to be asked")


def _answer_all(airflow: Airflow, run_id: str, option: str, fields: dict[str, str]) -> int:
    """Answer every open question of a run until it has ended, each with its own number; how many there were.

    An answer at the very moment at which a question looks for a form may be asked for once more.
    """
    api, answered = airflow.api(), set()
    end = clock.monotonic() + 2 * TIMEOUT_S
    while api.run("milestone_report", run_id).state not in ENDED and clock.monotonic() < end:
        for question in api.questions("milestone_report"):
            if question.run_id == run_id:
                answered.add(question.map_index)
                number = fields["number"] and str(int(fields["number"]) + question.map_index)
                airflow.api("office").answer(question, option, {**fields, "number": number})
        sleep(0.5)
    run = api.run("milestone_report", run_id)
    assert run.state == "success", (
        api.task_states(run.dag_id, run_id),
        _explain(airflow, run.dag_id, run_id),
    )
    return len(answered)


def _names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.rglob(pattern))


def test_a_period_opens_on_its_day_with_a_form_for_every_submitter(airflow: Airflow) -> None:
    api = airflow.api()
    assert set(DAG_IDS) == set(api.dag_ids())
    run = api.trigger("period_opening", {"period": "2021-6t"})
    ended = api.wait_for_run("period_opening", run.run_id, TIMEOUT_S)
    assert ended.state == "success", _explain(airflow, run.dag_id, run.run_id)
    assert api.xcom("period_opening", run.run_id, "find_periods") == ["2021-6t"]
    assert len(_names(airflow.folders.data / "outbox", "*.xlsx")) == 15


def test_a_dropped_file_wakes_intake_and_intake_wakes_assessment(airflow: Airflow) -> None:
    api, data = airflow.api(), airflow.folders.data
    form = next((data / "outbox").rglob("*.xlsx"))
    inbox = data / "inbox" / form.parent.name
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "bao-cao.xlsx").write_bytes(form.read_bytes())
    woken = _until(
        lambda: [run for run in api.runs("assessment") if run.run_type == "asset_triggered"],
        "an event to wake intake, and intake's to wake assessment",
    )
    api.wait_for_idle(("intake", "assessment"), TIMEOUT_S)
    assert any(run.run_type == "asset_triggered" for run in api.runs("intake"))
    assert {run.state for dag_id in ("intake", "assessment") for run in api.runs(dag_id)} == {"success"}
    assert "assess_milestone[0]" in api.task_states("assessment", woken[0].run_id)
    assert len(_names(form.parent, "PHIEU-TIEP-NHAN*.html")) == 1


def test_a_milestone_waits_for_its_time_and_then_for_the_office(airflow: Airflow) -> None:
    assert airflow.api().runs("milestone_report") == ()
    airflow.set_time(datetime.fromisoformat("2021-10-18T08:00:00+07:00"))
    question = _question(airflow)
    assert question.options == (APPROVE, RETURN)
    assert "2021-6t" in question.subject
    (run,) = airflow.api().runs("milestone_report")
    assert (run.partition_key, run.run_type, run.state) == ("2021-6t", "scheduled", "running")
    with pytest.raises(AirflowApiError, match="403"):
        airflow.api("engineer").answer(question, APPROVE, FIELDS)


def test_an_answer_that_cannot_be_recorded_is_asked_again(airflow: Airflow) -> None:
    question = _question(airflow)
    airflow.api("office").answer(question, APPROVE, {**FIELDS, "number": "", "date": "32/10/2021"})
    (draft,) = re.findall(r"`(office/drafts/[^`]+-v\d+\.docx)`", question.body)
    note = airflow.folders.data / refusal_note(draft)
    assert _until(lambda: note.is_file(), "the reason beside the drafts")
    assert "số văn bản hợp lệ" in note.read_text(encoding="utf-8")
    assert note.name in question.body
    assert _question(airflow).run_id == question.run_id


def test_returned_drafts_are_not_issued_and_the_run_stays_green(airflow: Airflow) -> None:
    question = _question(airflow)
    assert _answer_all(airflow, question.run_id, RETURN, COMMENT) >= 1
    states = airflow.api().task_states(question.dag_id, question.run_id)
    assert {state for name, state in states.items() if name.startswith("issue_documents")} == {"skipped"}
    assert _names(airflow.folders.data / "office" / "issued", "*.docx") == []


def test_a_form_answers_a_waiting_question_and_approved_documents_are_issued(airflow: Airflow) -> None:
    api, office = airflow.api(), airflow.folders.data / "office"
    run = api.trigger("milestone_report", {"milestone": "2021-6t"})
    _question(airflow, run.run_id)
    form = next((office / "drafts").rglob("PHIEU-DUYET-bao_cao_so_ket-*.xlsx"))
    (office / "inbox").mkdir(exist_ok=True)
    (office / "inbox" / form.name).write_bytes(fill_form(form, ANSWERS))
    sweep = api.trigger("intake")
    assert api.wait_for_run("intake", sweep.run_id, TIMEOUT_S).state == "success"
    assert _names(office / "issued", "152-bao_cao_so_ket-*.docx")
    # Its question on Airflow ends by itself; those about other documents wait on.
    _until(
        lambda: api.task_states(run.dag_id, run.run_id)["await_approval[0]"] == "skipped",
        "the question to see that a form has answered it",
    )
    others = _answer_all(airflow, run.run_id, APPROVE, {**FIELDS, "number": "300"})
    states = api.task_states(run.dag_id, run.run_id)
    waited = [state for name, state in states.items() if name.startswith("await_approval")]
    assert sorted(waited) == sorted(["skipped", *["success"] * others])
    assert states["publish_handover"] == "success"
    assert _names(office / "handover", "HO-SO-2021-6t.zip")


def test_a_rerun_asks_nobody_and_leaves_what_is_issued(airflow: Airflow) -> None:
    api, issued = airflow.api(), airflow.folders.data / "office" / "issued"
    first = {path.name: path.read_bytes() for path in issued.rglob("*.docx")}
    assert first
    again = api.trigger("milestone_report", partition_key="2021-6t")
    assert api.wait_for_run(again.dag_id, again.run_id, TIMEOUT_S).state == "success"
    states = api.task_states(again.dag_id, again.run_id)
    assert {s for name, s in states.items() if name.startswith("await_approval")} == {"skipped"}
    assert {s for name, s in states.items() if name.startswith("issue_documents")} == {"success"}
    assert {path.name: path.read_bytes() for path in issued.rglob("*.docx")} == first


def test_a_run_without_a_milestone_says_what_to_do(airflow: Airflow) -> None:
    api = airflow.api()
    run = api.trigger("milestone_report")
    assert api.wait_for_run(run.dag_id, run.run_id, TIMEOUT_S).state == "failed"
    text = _explain(airflow, run.dag_id, run.run_id)
    assert "Trigger it with parameter milestone, one of: 2021-6t, 2021-nam" in text
    assert "Owner: engineer" in text
    with pytest.raises(AirflowApiError, match="400"):
        api.trigger("milestone_report", partition_key="2021-xx")


def test_a_second_airflow_on_the_same_home_is_refused_and_the_first_lives_on(airflow: Airflow) -> None:
    with pytest.raises(AirflowError, match="still runs here"):
        Airflow(airflow.folders.home, airflow.folders.data).start()
    airflow.check_alive()
    api = airflow.api()
    api.set_paused("period_opening", True)
    api.set_pool("intake", 1, "as before")
    assert api.is_healthy()


def _sessions() -> set[str]:
    """The sessions of all running processes (sixth field of /proc/PID/stat, after the name in brackets)."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found.add(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[3])
        except OSError:
            continue  # ended meanwhile
    return found


def test_stopping_leaves_no_process(airflow: Airflow) -> None:
    pids = set((airflow.folders.home / "pids").read_text(encoding="utf-8").split())
    assert len(pids) == 4
    assert pids <= _sessions()
    airflow.stop()
    assert not pids & _sessions()
    assert not airflow.api().is_healthy()
