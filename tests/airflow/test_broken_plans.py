"""Airflow never depends on plan data: every DAG imports whatever lies there, no milestone vanishes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

from chuyenhoa.model.plan import Plan
from chuyenhoa.orchestration.timetable import LAST_GOOD, MilestoneTimetable, read_milestones
from chuyenhoa.plan import LoadedPlans, load_plan
from tests.broken_plans import BROKEN, LACKING
from tests.homes import add_next_year

GOOD = ["2021-6t", "2021-nam", "2022-6t", "2022-nam"]
DAGS = {"assessment", "intake", "milestone_report", "period_opening"}


@pytest.fixture(scope="module")
def pristine(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the plans of two years."""
    home = tmp_path_factory.mktemp("pristine")
    shutil.copytree(root / "plans", home / "plans")
    add_next_year(home / "plans")
    return home


@pytest.fixture(scope="module")
def last_good(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that a parse of both plans leaves in the data folder."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUYENHOA_HOME", str(pristine))
        patch.setenv("CHUYENHOA_DATA", str(data))
        assert [milestone.id for milestone in read_milestones()] == GOOD
    return data / LAST_GOOD


@pytest.fixture
def home(pristine: Path, last_good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the home, with a data folder that remembers both plans."""
    home = tmp_path / "home"
    shutil.copytree(pristine, home)
    (tmp_path / "data").mkdir()
    shutil.copy(last_good, tmp_path / "data")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    monkeypatch.setenv("CHUYENHOA_DATA", str(tmp_path / "data"))
    return home


def summary_of(bag: DagBag) -> str:
    timetable = bag.dags["milestone_report"].timetable
    assert isinstance(timetable, MilestoneTimetable)
    return timetable.summary


def milestones() -> list[str]:
    return [milestone.id for milestone in read_milestones()]


@pytest.mark.parametrize("name", [*BROKEN, *LACKING])
def test_every_dag_imports_and_no_milestone_vanishes(name: str, root: Path, home: Path) -> None:
    (BROKEN | LACKING)[name](home / "plans" / "2022")
    bag = DagBag(dag_folder=str(root / "dags"))
    assert bag.import_errors == {}
    assert set(bag.dags) == DAGS
    assert summary_of(bag) == ", ".join(GOOD)


@pytest.mark.parametrize("name", [*BROKEN, *LACKING])
def test_nothing_known_of_before_is_no_reason_to_fail(name: str, home: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "data")
    (BROKEN | LACKING)[name](home / "plans" / "2022")
    assert set(milestones()) <= set(GOOD)
    assert not (tmp_path / "data").exists()


def test_a_home_that_is_not_there(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("CHUYENHOA_DATA", str(tmp_path / "data"))
    bag = DagBag(dag_folder=str(root / "dags"))
    assert bag.import_errors == {}
    assert summary_of(bag) == "no milestone"


def test_a_mended_plan_counts_as_it_is_now(home: Path) -> None:
    path = home / "plans" / "2022" / "periods.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("[", encoding="utf-8")
    before = read_milestones()
    assert "deadline: 2022-10-17" in text
    path.write_text(text.replace("deadline: 2022-10-17", "deadline: 2022-10-19"), encoding="utf-8")
    after = read_milestones()
    assert [entry.id for entry in before if entry not in after] == ["2022-6t"]
    # And what it is now is what is kept when it breaks again.
    load_plan.cache_clear()
    path.write_text("[", encoding="utf-8")
    assert read_milestones() == after


def test_a_milestone_without_a_day_after_it_costs_no_other_plan(
    home: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = replace(plan, periods=tuple(replace(period, deadline=date.max) for period in plan.periods))
    found = LoadedPlans({"2021": plan, "2022": endless}, {})
    monkeypatch.setattr("chuyenhoa.plan.load_plans", lambda plans: found)
    assert milestones() == GOOD


def test_a_plan_that_was_taken_away_has_no_milestones(home: Path) -> None:
    shutil.rmtree(home / "plans" / "2022")
    assert milestones() == GOOD[:2]
    add_next_year(home / "plans")
    (home / "plans" / "2022" / "plan.yaml").unlink()
    assert milestones() == GOOD[:2]


@pytest.mark.parametrize(
    "content",
    [b"", b"[", b"[]", b"7", b"\xff\x00", b'{"2022": [["a", "b"]]}', b'{"2022": [["a", "b", "c"]]}'],
)
def test_a_damaged_memory_is_made_again(content: bytes, home: Path, tmp_path: Path, last_good: Path) -> None:
    (tmp_path / "data" / LAST_GOOD).write_bytes(content)
    assert milestones() == GOOD
    assert (tmp_path / "data" / LAST_GOOD).read_bytes() == last_good.read_bytes()
    assert [path.name for path in (tmp_path / "data").iterdir()] == [LAST_GOOD]


def test_an_unchanged_memory_is_not_written_again(home: Path, tmp_path: Path) -> None:
    before = (tmp_path / "data" / LAST_GOOD).stat()
    milestones()
    assert (tmp_path / "data" / LAST_GOOD).stat().st_ino == before.st_ino
