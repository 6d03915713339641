"""A small client of Airflow's REST API: what the launcher, the demo and the tests need of it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import sleep
from typing import Any, TypeVar

from chuyenhoa import clock

ENDED = frozenset({"success", "failed"})
TASK_ENDED = frozenset({*ENDED, "skipped", "upstream_failed", "removed"})
POLL_S = 0.5
PARKING_S = 3.0
"""How long the scheduler may take to see that a task parked."""

T = TypeVar("T")


class AirflowApiError(RuntimeError):
    """Airflow answered with an error, or what was waited for did not come."""


@dataclass(frozen=True)
class Run:
    """One run of a DAG."""

    dag_id: str
    run_id: str
    state: str
    partition_key: str | None
    run_type: str

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Run:
        """The run as the API shows it."""
        return cls(
            dag_id=entry["dag_id"],
            run_id=entry["dag_run_id"],
            state=entry["state"],
            partition_key=entry.get("partition_key"),
            run_type=entry["run_type"],
        )


@dataclass(frozen=True)
class Question:
    """A human-in-the-loop task that waits for an answer."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    subject: str
    body: str
    options: tuple[str, ...]
    fields: Mapping[str, str]
    """What stands in the form before it is filled in."""

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Question:
        """The question as the API shows it."""
        task = entry["task_instance"]
        return cls(
            dag_id=task["dag_id"],
            run_id=task["dag_run_id"],
            task_id=task["task_id"],
            map_index=task["map_index"],
            subject=entry["subject"],
            body=entry.get("body") or "",
            options=tuple(entry["options"]),
            fields={name: str(param.get("value") or "") for name, param in (entry["params"] or {}).items()},
        )


@dataclass(frozen=True)
class TaskLog:
    """The log of one task instance."""

    task_id: str
    map_index: int
    state: str
    text: str


class AirflowApi:
    """Airflow's public API, as one user.

    Every method raises AirflowApiError with the address and the answer when Airflow refuses.
    """

    def __init__(self, base_url: str, user: str, password: str) -> None:
        self.base_url = base_url
        self._credentials = {"username": user, "password": password}
        self._token: str | None = None

    def is_healthy(self) -> bool:
        """Whether the API answers and its database does."""
        try:
            answer = self._send("GET", "/api/v2/monitor/health", None, {})
        except (AirflowApiError, OSError):
            return False
        return bool(answer["metadatabase"]["status"] == "healthy")

    def runs(self, dag_id: str) -> tuple[Run, ...]:
        """The newest 100 runs of a DAG, oldest first."""
        answer = self.call("GET", f"/dags/{dag_id}/dagRuns?limit=100&order_by=-id")
        return tuple(Run.read(entry) for entry in reversed(answer["dag_runs"]))

    def run(self, dag_id: str, run_id: str) -> Run:
        """One run as it stands."""
        return Run.read(self.call("GET", f"/dags/{dag_id}/dagRuns/{_quote(run_id)}"))

    def trigger(
        self, dag_id: str, conf: Mapping[str, Any] | None = None, partition_key: str | None = None
    ) -> Run:
        """Start a run manually; `conf` overrides the DAG's params."""
        body: dict[str, Any] = {"logical_date": None, "conf": dict(conf or {})}
        if partition_key:
            body["partition_key"] = partition_key
        return Run.read(self.call("POST", f"/dags/{dag_id}/dagRuns", body))

    def wait_for_run(self, dag_id: str, run_id: str, timeout_s: float = 300.0) -> Run:
        """The run once it has ended, well or badly."""
        return self._wait(
            lambda: found if (found := self.run(dag_id, run_id)).state in ENDED else None,
            f"{dag_id} {run_id} to end",
            timeout_s,
        )

    def wait_for_idle(self, dag_ids: Sequence[str], timeout_s: float = 300.0) -> None:
        """Return when no run of these DAGs is queued or running."""
        self._wait(
            lambda: all(run.state in ENDED for dag_id in dag_ids for run in self.runs(dag_id)) or None,
            f"{', '.join(dag_ids)} to be idle",
            timeout_s,
        )

    def questions(self, dag_id: str) -> tuple[Question, ...]:
        """The tasks of a DAG that wait for a person."""
        answer = self.call("GET", f"/dags/{dag_id}/dagRuns/~/hitlDetails?response_received=false&limit=100")
        # Airflow keeps the question of a task that ended without an answer, as when a form gave it.
        return tuple(
            Question.read(entry)
            for entry in answer["hitl_details"]
            if entry["task_instance"]["state"] not in TASK_ENDED
        )

    def answer(self, question: Question, option: str, fields: Mapping[str, str]) -> None:
        """Answer a question with one of its options and the fields of its form.

        Not at once: when a task is answered before the scheduler has seen that it parked (Airflow 3.3.2), the
        scheduler takes the old process's end for a failure of the new one.
        """
        name = question.task_id + (f"[{question.map_index}]" if question.map_index >= 0 else "")
        self._wait(
            lambda: self.task_states(question.dag_id, question.run_id).get(name) == "awaiting_input" or None,
            f"{name} to wait for its answer",
            30.0,
        )
        sleep(PARKING_S)
        path = (
            f"/dags/{question.dag_id}/dagRuns/{_quote(question.run_id)}"
            f"/taskInstances/{question.task_id}/{question.map_index}/hitlDetails"
        )
        self.call("PATCH", path, {"chosen_options": [option], "params_input": dict(fields)})

    def xcom(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> Any:
        """What a task returned."""
        path = (
            f"/dags/{dag_id}/dagRuns/{_quote(run_id)}/taskInstances/{task_id}"
            f"/xcomEntries/return_value?map_index={map_index}&deserialize=true"
        )
        return self.call("GET", path)["value"]

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """State of every task instance of a run, by task id (and `[index]` when mapped)."""
        return {
            entry["task_id"] + (f"[{entry['map_index']}]" if entry["map_index"] >= 0 else ""): entry["state"]
            for entry in self._task_instances(dag_id, run_id)
        }

    def failed_logs(self, dag_id: str, run_id: str) -> tuple[TaskLog, ...]:
        """The logs of the failed tasks of a run: what to read first when a run is red."""
        return tuple(
            TaskLog(entry["task_id"], entry["map_index"], entry["state"], self._log(dag_id, run_id, entry))
            for entry in self._task_instances(dag_id, run_id)
            if entry["state"] == "failed"
        )

    def set_paused(self, dag_id: str, paused: bool) -> None:
        """Pause or unpause a DAG."""
        self.call("PATCH", f"/dags/{dag_id}?update_mask=is_paused", {"is_paused": paused})

    def set_pool(self, name: str, slots: int, description: str) -> None:
        """Create a pool, or set the slots of the one that is there."""
        body = {"name": name, "slots": slots, "description": description, "include_deferred": False}
        if any(pool["name"] == name for pool in self.call("GET", "/pools?limit=100")["pools"]):
            self.call("PATCH", f"/pools/{name}", body)
        else:
            self.call("POST", "/pools", body)

    def dag_ids(self) -> tuple[str, ...]:
        """The DAGs that Airflow has read so far."""
        return tuple(sorted(entry["dag_id"] for entry in self.call("GET", "/dags?limit=100")["dags"]))

    def import_errors(self) -> dict[str, str]:
        """What Airflow could not read: file name to trace."""
        entries = self.call("GET", "/importErrors?limit=100")["import_errors"]
        return {entry["filename"]: entry["stack_trace"] for entry in entries}

    def request_parsing(self, dag_id: str) -> None:
        """Have a DAG's file read again now; that is when its timetable is asked for the next run.

        Raises:
            AirflowApiError: Airflow does not know the DAG or refuses.
        """
        token = self.call("GET", f"/dags/{dag_id}")["file_token"]
        try:
            self.call("PUT", f"/parseDagFile/{_quote(token)}")
        except AirflowApiError as error:
            if "409" not in str(error):  # 409: it is to be read already
                raise

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One call below /api/v2; the answer's JSON (None when it is empty)."""
        if self._token is None:
            self._token = self._send("POST", "/auth/token", self._credentials, {})["access_token"]
        return self._send(method, f"/api/v2{path}", body, {"Authorization": f"Bearer {self._token}"})

    def _task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        path = f"/dags/{dag_id}/dagRuns/{_quote(run_id)}/taskInstances?limit=1000"
        entries: list[dict[str, Any]] = self.call("GET", path)["task_instances"]
        return entries

    def _log(self, dag_id: str, run_id: str, entry: Mapping[str, Any]) -> str:
        path = (
            f"/dags/{dag_id}/dagRuns/{_quote(run_id)}/taskInstances/{entry['task_id']}"
            f"/logs/{entry['try_number']}?map_index={entry['map_index']}&full_content=true"
        )
        content = self.call("GET", path)["content"]
        return "\n".join(_log_line(line) for line in content)

    def _wait(self, look: Callable[[], T | None], what: str, timeout_s: float) -> T:
        end = clock.monotonic() + timeout_s
        while clock.monotonic() < end:
            if (found := look()) is not None:
                return found
            sleep(POLL_S)
        raise AirflowApiError(f"Waited {timeout_s:.0f} s for {what}, in vain.")

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Any:
        request = urllib.request.Request(  # noqa: S310 - base_url is our own server's
            self.base_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                content = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")[:2000]
            raise AirflowApiError(f"{method} {path}: {error.code} {text}") from error
        return json.loads(content) if content else None


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _log_line(line: Mapping[str, Any] | str) -> str:
    if isinstance(line, str):
        return line
    detail = [
        str(entry.get("exc_value")) for entry in line.get("error_detail") or () if isinstance(entry, dict)
    ]
    return " ".join([str(line.get("timestamp") or ""), str(line.get("event") or ""), *detail]).strip()
