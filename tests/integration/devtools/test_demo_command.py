"""What the demo does when it cannot play: it says why and leaves another demo alone."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from devtools import demo
from devtools.airflow_api import AirflowApi, Run
from devtools.demo_check import check_runs


class RecordedRuns(AirflowApi):
    """The API with runs that were noted down."""

    def __init__(self, *found: Run) -> None:
        super().__init__("http://127.0.0.1:1", "engineer", "")
        self.found = found

    def runs(self, dag_id: str) -> tuple[Run, ...]:
        return tuple(run for run in self.found if run.dag_id == dag_id)


def _run(dag_id: str, state: str = "success", key: str | None = None, kind: str = "scheduled") -> Run:
    return Run(dag_id, f"{kind}__{dag_id}", state, key, kind)


GREEN = (_run("intake", kind="asset_triggered"), _run("milestone_report", key="2021-6t"))
DAGS = ("intake", "milestone_report")


def test_a_green_history_has_no_problem() -> None:
    assert check_runs(RecordedRuns(*GREEN), ["2021-6t"], DAGS) == []


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ((*GREEN, _run("intake", "failed")), "intake: run scheduled__intake is failed"),
        ((*GREEN, _run("intake", "running")), "intake: run scheduled__intake is running"),
        (GREEN[1:], "intake: no run at all"),
        ((GREEN[0], _run("milestone_report", key="2021-6t", kind="manual")), "no scheduled run for 2021-6t"),
        ((GREEN[0], _run("milestone_report", key="2021-nam")), "no scheduled run for 2021-6t"),
    ],
)
def test_a_run_that_is_missing_or_not_green_is_named(runs: tuple[Run, ...], told: str) -> None:
    problems = check_runs(RecordedRuns(*runs), ["2021-6t"], DAGS)
    assert any(told in problem for problem in problems), problems


def test_a_demo_that_runs_is_left_alone(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHUYENHOA_HOME", str(root))
    (tmp_path / "airflow").mkdir()
    with (tmp_path / "airflow" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert demo.main(["--quick", "--folder", str(tmp_path)]) == 3
    assert "another demo runs here" in capsys.readouterr().err
    assert (tmp_path / "airflow" / "lock").exists()


def test_what_an_earlier_demo_left_is_removed(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHUYENHOA_HOME", str(root))
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "lock").touch()
    (tmp_path / "data" / "inbox").mkdir(parents=True)
    prepared = demo.prepare_demo(tmp_path, quick=False)
    assert not (tmp_path / "data" / "inbox").exists()
    assert [scenario.period for scenario in prepared.scenarios] == ["2021-6t", "2021-nam"]
    assert (tmp_path / "clock").read_text(encoding="utf-8") == "2021-10-01T08:00:00+07:00"
