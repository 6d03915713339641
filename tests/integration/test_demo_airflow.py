"""`make demo` on a real Airflow, in its quick form: the whole job at once, at the end of the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chuyenhoa.model.plan import Plan
from chuyenhoa.orchestration.demo_check import check_milestone, look_at
from chuyenhoa.orchestration.sample import load_scenario

pytestmark = [pytest.mark.last, pytest.mark.timeout(420)]


@pytest.fixture
def played(root: Path, tmp_path: Path) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """A finished quick demo in a folder of its own; no process of it is left afterwards."""
    folder = tmp_path / "demo"
    environment = {**os.environ, "CHUYENHOA_HOME": str(root)}
    for name in ("CHUYENHOA_DATA", "CHUYENHOA_STORE", "CHUYENHOA_NOW", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "chuyenhoa.orchestration.demo", "--quick", "--folder", str(folder)]
    with subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            output, _ = process.communicate(timeout=400)
        except subprocess.TimeoutExpired:
            # Its own handler stops Airflow; a kill would leave Airflow's processes behind.
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=60)
    yield folder, subprocess.CompletedProcess(command, process.returncode, output)
    for pid in left_over(folder):
        os.kill(pid, signal.SIGKILL)


def left_over(folder: Path) -> list[int]:
    """Processes of the demo's Airflow that still run; their ids are in its home, their command is checked."""
    pids = folder / "airflow" / "pids"
    found = [int(word) for word in pids.read_text(encoding="utf-8").split()] if pids.is_file() else []
    return [pid for pid in found if is_airflow(pid)]


def is_airflow(pid: int) -> bool:
    """Whether that process is one of Airflow's (the id may long belong to something else)."""
    try:
        return b"airflow" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_the_demo_ends_with_everything_that_was_expected(
    root: Path, plan: Plan, played: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    folder, done = played
    assert done.returncode == 0, done.stdout
    scenario = load_scenario(root / "demo" / "2021" / "2021-6t", quick=True)
    found = look_at(folder / "data", plan.id)
    assert check_milestone(plan, scenario, found) == []
    assert len(found.submissions) == len(scenario.drops)
    assert len(list((folder / "data" / "office" / "issued").rglob("*.docx"))) == 1
    assert "All that was expected is there" in done.stdout
    assert "failed" not in done.stdout
    assert left_over(folder) == []
