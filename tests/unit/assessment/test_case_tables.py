"""Every criterion and every kind of measure against its case table, and the page written from them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from chuyenhoa.cli import main
from chuyenhoa.cli.plans import write_page
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.plan import Plan
from chuyenhoa.pipeline.plan_check import run_case
from chuyenhoa.plan import PlanError, load_plan
from chuyenhoa.plan.cases import CaseEntry, CaseTable, kinds_asked, load_case_tables, load_samples
from chuyenhoa.plan.criterion_entries import MEASURE_KINDS
from tests.conftest import ROOT
from tests.homes import add_next_year

YEAR = date(2021, 12, 14)
PLANS = ROOT / "plans"


def _tables() -> list[tuple[str, CaseTable]]:
    plan = load_plan(PLANS, "2021")
    own = load_case_tables(PLANS, "2021", plan.criteria_on(YEAR))
    return [("plan", table) for table in own] + [("sample", table) for table in load_samples(PLANS)]


def _tables_of_other_years(plans: Path) -> list[tuple[str, CaseTable]]:
    """The tables of every plan but that of 2021, each with its plan's id: a new year's cases are run too."""
    years = sorted(path.parent.name for path in plans.glob("*/plan.yaml") if path.parent.name != "2021")
    found = [(year, load_plan(plans, year)) for year in years]
    return [
        (year, table)
        for year, plan in found
        for table in load_case_tables(plans, year, plan.criteria_on(plan.milestones[-1].window.end))
    ]


TABLES = _tables()
CASES = [
    pytest.param(
        where if where.isdecimal() else "2021",
        table.criterion,
        case,
        id=f"{where}-{table.criterion.code}-{case.kind}-{case.given or case.declared}-{case.types}",
    )
    for where, table in [*TABLES, *_tables_of_other_years(PLANS)]
    for case in table.cases
]


@pytest.mark.parametrize(("plan_id", "criterion", "case"), CASES)
def test_a_criterion_makes_of_figures_what_its_table_says(
    plan_id: str, criterion: Criterion, case: CaseEntry
) -> None:
    known = load_plan(PLANS, plan_id).indicator_by_code
    units = {code: indicator.unit for code, indicator in known.items()}
    result = run_case(criterion, case, units)
    found = (
        result.verdict.value,
        result.reason.value if result.reason else "",
        result.figure,
        result.missing,
    )
    assert found == (case.verdict, case.reason, case.figure, case.missing)
    assert result.edition == criterion.edition


def test_the_cases_of_a_new_year_are_run_too(tmp_path: Path) -> None:
    plans = Path(shutil.copytree(PLANS, tmp_path / "plans"))
    add_next_year(plans)
    assert {year for year, _ in _tables_of_other_years(plans)} == {"2022"}


@cache
def _entries(file: str) -> dict[str, dict[str, Any]]:
    """What a file of cases holds, by the code of its criterion."""
    found = yaml.load((PLANS / file).read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {e["criterion"]["code"] if "code" in e["criterion"] else e["criterion"]: e for e in found}


def _without(folder: Path, table: CaseTable, kind: str) -> Path:
    """Plans of one table alone, from which every case of a kind is taken away."""
    file = "samples/measures.yaml" if table.kind else "2021/cases.yaml"
    entry = dict(_entries(file)[table.criterion.code])
    verdict = kind if kind == "not_applicable" else None
    entry["cases"] = [c for c in entry["cases"] if c["kind"] != kind and c["verdict"] != verdict]
    entry["cases"] += [] if entry["cases"] else [{"kind": "decided", "verdict": "met", "figure": "x"}]
    path = folder / file
    path.parent.mkdir()
    # JSON is YAML, and written in no time.
    path.write_text(json.dumps([entry], ensure_ascii=False, default=str), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("where", "table", "kind"),
    [
        pytest.param(where, table, kind, id=f"{where}-{table.criterion.code}-{kind}")
        for where, table in TABLES
        for kind in sorted(kinds_asked(table.criterion))
    ],
)
def test_a_table_without_a_kind_of_case_is_refused(
    where: str, table: CaseTable, kind: str, tmp_path: Path, plan: Plan
) -> None:
    plans = _without(tmp_path, table, kind)
    with pytest.raises(PlanError, match=rf"{table.criterion.code} has no case of kind [a-z_, ]*{kind}"):
        load_samples(plans) if where == "sample" else load_case_tables(plans, "2021", plan.criteria_on(YEAR))


def test_what_a_table_must_show_follows_its_measure(plan: Plan) -> None:
    own = {table.criterion.code: kinds_asked(table.criterion) for where, table in TABLES if where == "plan"}
    figures = {"below", "at", "above", "zero", "missing"}
    assert own["II.2"] == own["II.1"] == own["IV.2"] == own["V.2"] == figures
    assert own["II.4"] == {"at", "above", "missing"}
    assert own["VI.1"] == figures | {"not_applicable"}
    assert own["I.1"] == {"declared", "not_applicable", "missing"}
    limited = replace(plan.criterion_by_code["II.2"], applies_to_types=frozenset({1, 4}))
    assert kinds_asked(limited) == figures | {"not_applicable"}


def test_every_kind_of_measure_has_a_sample() -> None:
    shown = {table.kind for where, table in TABLES if where == "sample"}
    assert shown | {"value"} == set(MEASURE_KINDS)  # value is count and sum in one


def test_the_page_on_criteria_is_that_of_the_cases_tested(root: Path) -> None:
    """`make docs` writes it anew."""
    assert (root / "docs" / "criteria.md").read_text(encoding="utf-8") == write_page(
        root / "plans", root / "templates", "2021"
    )


def test_the_page_names_every_criterion_its_basis_and_what_is_not_verified(plan: Plan, root: Path) -> None:
    text = (root / "docs" / "criteria.md").read_text(encoding="utf-8")
    for criterion in plan.criteria_on(YEAR):
        assert f"#### {criterion.code}. {criterion.short}" in text
        assert criterion.legal_basis in text
    assert text.count("**chưa đối chiếu**") == len(TABLES)
    assert text.count("| ĐẠT |") + text.count("| KHÔNG ĐẠT |") > 90
    assert not [word for word in ("None", "Undefined", "baseline.", "average3.") if word in text]


def test_the_command_prints_the_page(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "criteria"]) == 0
    assert capsys.readouterr().out == (root / "docs" / "criteria.md").read_text(encoding="utf-8")
    assert main(["plan", "criteria", "--plan", "1999"]) == 2
    assert "there is no such plan folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("- criterion: II.4\n", "- criterion: II.9\n", "II.9 is not a criterion in force"),
        ("- criterion: II.4\n", "- criterion: II.3\n", "II.3 is not a criterion in force, or is duplicated"),
        ("kind: contradictory", "kind: odd", "kind: Input should be"),
        ("XHD=0", "XHD=-", "given: String should match pattern"),
    ],
)
def test_a_wrong_case_is_named_with_its_line(
    root: Path, tmp_path: Path, plan: Plan, right: str, wrong: str, said: str
) -> None:
    plans = Path(shutil.copytree(root / "plans", tmp_path / "plans"))
    path = plans / "2021" / "cases.yaml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(PlanError) as refused:
        load_case_tables(plans, "2021", plan.criteria_on(YEAR))
    (problem,) = refused.value.problems
    assert said in problem.text
    assert problem.line == text[: text.index(right)].count("\n") + 1


def test_a_criterion_without_cases_and_a_sample_that_is_wrong_are_named(
    root: Path, tmp_path: Path, plan: Plan
) -> None:
    plans = Path(shutil.copytree(root / "plans", tmp_path / "plans"))
    path = plans / "2021" / "cases.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("- criterion: VI.1")], encoding="utf-8")
    with pytest.raises(PlanError, match=r"none for VI\.1"):
        load_case_tables(plans, "2021", plan.criteria_on(YEAR))
    sample = plans / "samples" / "measures.yaml"
    sample.write_text(
        sample.read_text(encoding="utf-8").replace("kind: count", "kind: tally", 1), encoding="utf-8"
    )
    with pytest.raises(PlanError, match=r"measures\.yaml:10: .*`kind` must be declaration"):
        load_samples(plans)
