"""Plans side by side: a broken one is told with its own problems and takes no other along."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from chuyenhoa.model.plan import Plan
from chuyenhoa.plan import load_plans, loader
from tests.broken_plans import BROKEN
from tests.homes import add_next_year


@pytest.fixture
def plans(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "plans", tmp_path / "plans")
    add_next_year(tmp_path / "plans")
    return tmp_path / "plans"


def test_sound_plans_are_all_there(plans: Path) -> None:
    found = load_plans(plans)
    assert (list(found.sound), found.faults) == (["2021", "2022"], {})


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plan_is_told_and_stops_itself_alone(name: str, plans: Path) -> None:
    BROKEN[name](plans / "2022")
    found = load_plans(plans)
    assert list(found.sound) == ["2021"]
    assert list(found.faults) == ["2022"]
    problems = found.faults["2022"].problems
    assert problems
    assert [entry.file for entry in problems if not entry.file.startswith("2022")] == []


def test_without_units_no_plan_can_be_run(plans: Path) -> None:
    (plans / "units" / "units.csv").unlink()
    assert list(load_plans(plans).faults) == ["2021", "2022"]


@pytest.mark.parametrize("is_file", [True, False])
def test_no_folder_of_plans(is_file: bool, tmp_path: Path) -> None:
    if is_file:
        (tmp_path / "plans").touch()
    found = load_plans(tmp_path / "plans")
    assert found.sound == {}
    (problem,) = found.faults["plans"].problems
    assert str(problem).startswith("plans: cannot be read: ")


def test_of_two_plans_with_one_period_the_first_counts(
    plan: Plan, plans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "load_plan", lambda folder, name: replace(plan, id=name))
    found = load_plans(plans)
    assert list(found.sound) == ["2021"]
    first = plan.periods[0].id
    assert str(found.faults["2022"].problems[0]) == (
        f"2022/periods.yaml:1: period {first} is in plan 2021 too; rename one"
    )
