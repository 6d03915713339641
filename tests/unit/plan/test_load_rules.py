"""The suite loader refuses what Great Expectations would drop in silence, and names file, line and entry."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import rules_in_force
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.plan.sources import PlanError, Problem

PAIR: dict[str, Any] = {
    "type": "expect_column_pair_values_a_to_be_greater_than_b",
    "kwargs": {
        "column_A": "TTXH_XR",
        "column_B": "TTXH_KP",
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    },
    "severity": "critical",
    "meta": {
        "rule_id": "E01",
        "title": "Khám phá",
        "message": "{dia_ban}: {TTXH_KP} > {TTXH_XR}",
        "basis": "domain 2.3",
        "cells": ["TTXH_KP", "TTXH_XR"],
    },
}
SUM: dict[str, Any] = {
    "type": "expect_signed_sum_to_be_between",
    "kwargs": {"column_list": ["TTXH_XR", "TTXH_KP"], "weights": [1, -1], "min_value": 0},
    "severity": "warning",
    "meta": {
        "rule_id": "W01",
        "title": "Hiệu",
        "message": "{dia_ban}: {arg:min_value}",
        "basis": "domain 2.3",
    },
}

PAIRS: dict[str, Any] = {
    "type": "expect_pairs_to_be_equal",
    "kwargs": {"column_list": ["NGHIEN_DAU", "before__NGHIEN_CUOI"]},
    "severity": "critical",
    "meta": {
        "rule_id": "E02",
        "title": "Đầu kỳ",
        "message": "{dia_ban}: {gia_tri} khác {gia_tri_kia} ({o_kia}, {tep_kia}, {ky_kia})",
        "basis": "domain 2.3",
    },
}

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """The plan of 2021 with one suite."""
    return dataclasses.replace(plan, suites=("so_lieu.2021",))


def write_suite(folder: Path, entries: list[Any], **more: object) -> Path:
    suite = {"name": "so_lieu.2021", "expectations": entries, **more}
    path = folder / "so_lieu.2021.json"
    path.write_text(json.dumps(suite, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def problems_of(folder: Path, plan: Plan) -> list[Problem]:
    with pytest.raises(PlanError) as caught:
        load_rules(folder, plan)
    return list(caught.value.problems)


def test_a_suite_becomes_rules_in_its_order(tmp_path: Path, plan: Plan) -> None:
    write_suite(tmp_path, [PAIR, SUM])
    first, second = load_rules(tmp_path, plan)
    assert (first.rule_id, first.severity, first.columns) == ("E01", Severity.ERROR, ("TTXH_KP", "TTXH_XR"))
    assert (second.kind, second.severity) == ("expect_signed_sum_to_be_between", Severity.WARNING)
    assert second.columns == ("TTXH_XR", "TTXH_KP")
    assert second.suite == "so_lieu.2021"
    assert not first.needs_baseline


WRONG: list[tuple[dict[str, Any], Change, str]] = [
    (PAIR, lambda e: e.update(type="expect_nothing"), "unknown type 'expect_nothing'"),
    (PAIR, lambda e: e.pop("type"), "unknown type None"),
    (PAIR, lambda e: e.update(severity="high"), "severity 'high' is none of critical, warning, info"),
    (PAIR, lambda e: e.pop("severity"), "severity None is none of"),
    (PAIR, lambda e: e.update(severity="warning"), "a rule id of severity warning begins with W"),
    (PAIR, lambda e: e.update(mostly=0.9), "unknown key `mostly`"),
    (PAIR, lambda e: e.pop("kwargs"), "`kwargs` is missing or not an object"),
    (PAIR, lambda e: e.pop("meta"), "`meta` is missing or not an object"),
    (PAIR, lambda e: e["meta"].pop("rule_id"), "`meta.rule_id` is missing or not a text"),
    (PAIR, lambda e: e["meta"].update(rule_id="E1"), "rule id 'E1' is not of the form"),
    (PAIR, lambda e: e["meta"].update(message=" "), "`meta.message` is missing or not a text"),
    (PAIR, lambda e: e["meta"].update(message="sai"), "does not say where"),
    (PAIR, lambda e: e["meta"].update(message="{dia_ban} {THT}"), "the message names {THT}"),
    (PAIR, lambda e: e["meta"].update(message="{dia_ban} {cell:THT}"), "the message names {cell:THT}"),
    (PAIR, lambda e: e["meta"].update(owner="x"), "unknown key `meta.owner`"),
    (PAIR, lambda e: e["meta"].update(cells=["TTXH_KP"]), "`meta.cells` must hold exactly"),
    (PAIR, lambda e: e["kwargs"].update(column_A="TTXH_XX"), "unknown indicator 'TTXH_XX'"),
    (PAIR, lambda e: e["kwargs"].pop("or_equal"), "argument `or_equal` is missing"),
    (PAIR, lambda e: e["kwargs"].update(mostly=1), "unknown argument `mostly`"),
    (PAIR, lambda e: e["kwargs"].pop("ignore_row_if"), "so that a blank skips the row"),
    (PAIR, lambda e: e["kwargs"].update(ignore_row_if="never"), "so that a blank skips the row"),
    (SUM, lambda e: e["kwargs"].pop("min_value"), "one of max_value, min_value is needed"),
    (SUM, lambda e: e["kwargs"].update(min_value=2, max_value=1), "`min_value` is above `max_value`"),
    (SUM, lambda e: e["kwargs"].update(min_value=True), "`min_value` must be a whole number"),
    (SUM, lambda e: e["kwargs"].update(weights=[1]), "`weights` must hold"),
    (SUM, lambda e: e["kwargs"].update(weights=[1, 0]), "`weights` must hold"),
    (SUM, lambda e: e["kwargs"].update(weights="1"), "`weights` must hold"),
    (SUM, lambda e: e["kwargs"].update(column_list="TTXH_XR"), "`column_list` must be a list"),
    (SUM, lambda e: e["kwargs"].update(column_list=["TTXH_XR"], weights=[1]), "must name 2 to"),
    (SUM, lambda e: e["kwargs"].update(column_list=["THT", "THT"]), "names a column twice"),
    (SUM, lambda e: e["kwargs"].update(column_list=["THT", "prev__XX"]), "unknown indicator 'prev__XX'"),
    (
        PAIR,
        lambda e: e["meta"].update(valid_from="1/7/2021"),
        "`meta.valid_from` is not a date like 2021-07-01",
    ),
    (
        PAIR,
        lambda e: e["meta"].update(valid_from="2021-07-01", valid_to="2021-06-30"),
        "`meta.valid_to` lies before",
    ),
    (PAIR, lambda e: e["meta"].update(message="{dia_ban} {gia_tri_kia}"), "the message names {gia_tri_kia}"),
    (PAIRS, lambda e: e["kwargs"]["column_list"].append("before__THT"), "as many columns in its second half"),
    (PAIRS, lambda e: e["kwargs"]["column_list"].append("after__THT"), "unknown indicator 'after__THT'"),
]


@pytest.mark.parametrize(("entry", "change", "text"), WRONG, ids=[text for _, _, text in WRONG])
def test_a_wrong_entry_is_refused_by_name_and_line(
    tmp_path: Path, plan: Plan, entry: dict[str, Any], change: Change, text: str
) -> None:
    other = SUM if entry is PAIR else PAIR
    wrong = copy.deepcopy(entry)
    change(wrong)
    path = write_suite(tmp_path, [other, wrong])
    problems = problems_of(tmp_path, plan)
    assert any(text in problem.text for problem in problems)
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = [number for number, line in enumerate(lines, start=1) if line == "  {"][1]
    assert {(problem.file, problem.line) for problem in problems} == {(str(path), begin)}
    assert all(problem.text.startswith("expectation 2") for problem in problems)


def test_a_rule_id_used_twice_is_refused_also_across_suites(tmp_path: Path, plan: Plan) -> None:
    write_suite(tmp_path, [PAIR, PAIR])
    assert [problem.text for problem in problems_of(tmp_path, plan)] == [
        "expectation 2 (E01): rule id E01 is used twice for the same days"
    ]
    path = write_suite(tmp_path, [PAIR])
    second = {"name": "second", "expectations": [PAIR]}
    (tmp_path / "second.json").write_text(json.dumps(second), encoding="utf-8")
    assert path.exists()
    both = dataclasses.replace(plan, suites=("so_lieu.2021", "second"))
    assert [Path(problem.file).name for problem in problems_of(tmp_path, both)] == ["second.json"]


def test_wordings_that_follow_one_another_may_share_an_id(tmp_path: Path, plan: Plan) -> None:
    """A rule that changes in mid-year keeps its id; an old window is checked by the old wording."""
    old, new = copy.deepcopy(PAIR), copy.deepcopy(PAIR)
    old["meta"]["valid_to"] = "2021-10-31"
    new["meta"]["valid_from"] = "2021-11-01"
    write_suite(tmp_path, [old, new])
    first, second = load_rules(tmp_path, plan)
    assert (first.key, second.key) == ("E01", "E01@2021-11-01")
    assert rules_in_force((first, second), date(2021, 10, 31)) == (first,)
    assert rules_in_force((first, second), date(2021, 11, 1)) == (second,)
    assert not first.is_in_force(None)
    new["meta"]["valid_from"] = "2021-10-31"
    write_suite(tmp_path, [old, new])
    assert "used twice for the same days" in problems_of(tmp_path, plan)[0].text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("{", "not readable as JSON"),
        ("[]", "a suite is an object"),
        ('{"name": "so_lieu.2021"}', "a suite is an object"),
        ('{"name": "so_lieu.2021", "expectations": []}', "an empty suite passes everything"),
        ('{"name": "so_lieu.2021", "expectations": [1]}', "expectation 1 is not an object"),
        ('{"name": "other", "expectations": [1]}', "must be 'so_lieu.2021'"),
        ('{"name": "so_lieu.2021", "expectations": [1], "rules": 1}', "unknown key `rules`"),
    ],
)
def test_a_file_that_is_no_suite_is_refused(tmp_path: Path, plan: Plan, content: str, text: str) -> None:
    (tmp_path / "so_lieu.2021.json").write_text(content, encoding="utf-8")
    assert any(text in problem.text for problem in problems_of(tmp_path, plan))


def test_a_missing_suite_and_a_plan_without_suites_are_refused(tmp_path: Path, plan: Plan) -> None:
    assert "there is no such file" in problems_of(tmp_path, plan)[0].text
    assert "names no suite" in problems_of(tmp_path, dataclasses.replace(plan, suites=()))[0].text


def test_an_error_lists_every_problem_with_its_place(tmp_path: Path, plan: Plan) -> None:
    write_suite(tmp_path, [{**PAIR, "severity": "high"}, {**SUM, "type": "nothing"}])
    with pytest.raises(PlanError) as caught:
        load_rules(tmp_path, plan)
    lines = str(caught.value).splitlines()
    assert lines[0] == "2 problems in the plan's data:"
    assert lines[1].startswith(f"  {tmp_path / 'so_lieu.2021.json'}:4: expectation 1 (E01): severity 'high'")
