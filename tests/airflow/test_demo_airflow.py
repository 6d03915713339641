"""`make demo` on a real Airflow, in its quick form: the whole job at once, at the end of the tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from chuyenhoa.model.plan import Plan
from devtools import demo
from devtools.demo_check import check_milestone, look_at
from devtools.sample import load_scenario

pytestmark = [pytest.mark.first, pytest.mark.timeout(420)]


@pytest.fixture
def folder(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the demo; no process that began there is left afterwards."""
    monkeypatch.setenv("CHUYENHOA_HOME", str(root))
    for name in ("CHUYENHOA_DATA", "CHUYENHOA_STORE", "CHUYENHOA_NOW", "CHUYENHOA_SETTLE_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "demo"
    for pid in left_over(tmp_path / "demo"):
        os.kill(pid, signal.SIGKILL)


def left_over(folder: Path) -> list[int]:
    """Processes of the demo's Airflow that still run: their environment names its home."""
    home = f"AIRFLOW_HOME={folder / 'airflow'}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and home in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_the_demo_ends_with_everything_that_was_expected(
    root: Path, plan: Plan, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = demo.run_demo(folder, quick=True)
    shown = capsys.readouterr()
    assert code == 0, shown.out + shown.err
    scenario = load_scenario(root / "demo" / "2021" / "2021-6t", quick=True)
    found = look_at(folder / "data", plan.id)
    assert check_milestone(plan, scenario, found) == []
    assert len(found.submissions) == len(scenario.drops)
    issued = [row for row in found.documents if row.state == "issued"]
    assert len(issued) == len({row.number for row in issued}) >= 1
    assert len(list((folder / "data" / "office" / "issued").rglob("*.docx"))) == len(issued)
    assert (folder / "data" / "office" / "handover" / "HO-SO-2021-6t.zip").is_file()
    assert "All that was expected is there" in shown.out
    assert left_over(folder) == []
