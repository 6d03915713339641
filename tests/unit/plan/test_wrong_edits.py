"""The table of wrong edits: each is refused or warned of at its line, or it says why it does no harm."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from chuyenhoa.model.submissions import Severity
from chuyenhoa.pipeline.plan_check import check_plans
from chuyenhoa.plan import Problem
from chuyenhoa.plan.loader import load_located
from chuyenhoa.settings import Settings
from tests.homes import add_next_year

TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("wrong_edits.yaml").read_text(encoding="utf-8")
)
LEAST, MOST_SAID = 60, 4


@dataclass(frozen=True)
class Home:
    """A copy of the plans of 2021 and 2022 that tests edit and put back."""

    where: Settings

    def check(self, edit: dict[str, Any]) -> tuple[list[Problem], int]:
        """What is said of the plan after an edit, and the line that was edited."""
        folder, _, file = str(edit["file"]).rpartition("/")
        path = self.where.plans / (folder or "2021") / file
        text = path.read_text(encoding="utf-8")
        assert edit["old"] in text, edit["edit"]
        edited = text.replace(edit["old"], edit["new"], 1)
        path.write_text(edited, encoding="utf-8")
        try:
            found = check_plans(self.where)[folder or "2021"].problems
            return list(found), _line(path.with_name(edit.get("in", file)), edit, text, edited)
        finally:
            path.write_text(text, encoding="utf-8")


def _line(path: Path, edit: dict[str, Any], text: str, edited: str) -> int:
    if "line" in edit:
        now = path.read_text(encoding="utf-8")
        return now[: now.index(edit["line"])].count("\n") + 1
    begin = next((i for i, (a, b) in enumerate(zip(text, edited, strict=False)) if a != b), 0)
    return edited[:begin].count("\n") + 1


@pytest.fixture(scope="module")
def homes(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """By the plan to be edited: that of 2021 alone, or with its copy of 2022."""
    found = {}
    for year in ("2021", "2022"):
        home = tmp_path_factory.mktemp(f"home-{year}")
        for name in ("plans", "expectations"):
            shutil.copytree(root / name, home / name, ignore=shutil.ignore_patterns("samples"))
        if year == "2022":
            add_next_year(home / "plans")
        found[year] = Home(Settings(home, home / "data", f"sqlite:///{home / 'none.db'}", 0, ""))
    return found


def home_of(homes: dict[str, Home], edit: dict[str, Any]) -> Home:
    return homes["2022" if edit["file"].startswith("2022/") else "2021"]


def test_the_plans_are_clean_before_they_are_edited(homes: dict[str, Home]) -> None:
    assert {name: one.problems for name, one in check_plans(homes["2022"].where).items()} == {
        "2021": (),
        "2022": (),
    }


def test_the_table_is_long_and_names_every_edit_once() -> None:
    names = [edit["edit"] for edits in TABLE.values() for edit in edits]
    assert len(names) == len(set(names))
    assert len(TABLE["refused"]) + len(TABLE["warned"]) >= LEAST
    files = {edit["file"].rpartition("/")[2] for edits in TABLE.values() for edit in edits}
    assert files >= {
        "plan.yaml",
        "periods.yaml",
        "criteria.yaml",
        "cases.yaml",
        "guidance.yaml",
        "tasks.yaml",
    }
    assert files >= {"indicators.csv", "localities.csv", "submitters.csv"}


@pytest.mark.parametrize(
    ("severity", "edit"),
    [
        pytest.param(severity, edit, id=edit["edit"])
        for kind, severity in (("refused", Severity.ERROR), ("warned", Severity.WARNING))
        for edit in TABLE[kind]
    ],
)
def test_a_wrong_edit_is_told_at_its_line(
    homes: dict[str, Home], severity: Severity, edit: dict[str, Any]
) -> None:
    found, line = home_of(homes, edit).check(edit)
    file = edit.get("in", edit["file"].rpartition("/")[2])
    told = [(entry.file, entry.line, entry.severity) for entry in found if edit["said"] in entry.text]
    assert (file, line, severity) in told, found
    # Warned of alone: an error beside it would mean that the edit belongs to the others.
    assert max(entry.severity is Severity.ERROR for entry in found) is (severity is Severity.ERROR)
    assert all(entry.line > 0 for entry in found)
    # One cause is a few sentences, and no page of what only follows from it.
    assert len(found) <= MOST_SAID


@pytest.mark.parametrize("edit", [pytest.param(edit, id=edit["edit"]) for edit in TABLE["harmless"]])
def test_what_does_no_harm_is_not_told(homes: dict[str, Home], edit: dict[str, Any]) -> None:
    home = home_of(homes, edit)
    before = load_located(home.where.plans, "2021").plan
    found, _ = home.check(edit)
    assert found == []
    assert edit["why"]
    if edit.get("same"):
        path = home.where.plans / "2021" / edit["file"]
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(edit["old"], edit["new"], 1), encoding="utf-8")
        try:
            assert load_located(home.where.plans, "2021").plan == before
        finally:
            path.write_text(text, encoding="utf-8")
