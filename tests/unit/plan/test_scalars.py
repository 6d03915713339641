"""What YAML reads is what a person reads: a number is its digits, a day is its day, true is true."""

from __future__ import annotations

import re
import shutil
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chuyenhoa.plan import PlanError, load_plan
from chuyenhoa.plan.loader import load_located
from chuyenhoa.plan.sources import Problems, read_yaml

SIGNS = "0123456789._:-+xobeE,"


def read(folder: Path, text: str) -> tuple[object, list[tuple[int, str]]]:
    path = folder / "one.yaml"
    path.write_text(f"# head\na:\n  value: {text}\n", encoding="utf-8")
    problems = Problems()
    data = read_yaml(path, problems).data
    value = data["a"]["value"] if isinstance(data, dict) else None
    return value, [(problem.line, problem.text) for problem in problems.told()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
@given(text=st.text(SIGNS, min_size=1, max_size=7))
def test_a_number_that_is_taken_has_the_value_of_its_digits(tmp_path: Path, text: str) -> None:
    value, problems = read(tmp_path, text)
    if isinstance(value, int | float) and not problems:
        try:
            assert Decimal(text) == Decimal(str(value))
        except InvalidOperation:
            pytest.fail(f"{text} was read as {value}")
        assert set(text) <= set("0123456789.-")
    assert {line for line, _ in problems} <= {2, 3}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(year=st.integers(1990, 2100), month=st.integers(0, 14), day=st.integers(0, 33))
def test_a_day_is_its_day_or_is_told_with_its_line(tmp_path: Path, year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    value, problems = read(tmp_path, text)
    try:
        assert (value, problems) == (date(year, month, day), [])
    except ValueError:
        assert problems == [(3, f"{text} is no day of the calendar")]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "On", "True", "FALSE"])
def test_words_that_become_true_or_false_are_told(tmp_path: Path, word: str) -> None:
    assert read(tmp_path, f'"{word}"') == (word, [])
    ((line, text),) = read(tmp_path, word)[1]
    assert line == 3
    assert text.startswith(
        f"`{word}` is read as {'true' if word.lower() in ('yes', 'on', 'true') else 'false'};"
    )


def test_every_misread_value_of_a_file_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("a: 010\nb: no\nc: 2021-02-30\nc: 5\n", encoding="utf-8")
    problems = Problems()
    assert read_yaml(path, problems).data == {"a": 8, "b": False, "c": 5}
    assert [(problem.line, problem.text.split(";")[0]) for problem in problems.told()] == [
        (1, "`010` is read as 8"),
        (2, "`no` is read as false"),
        (3, "2021-02-30 is no day of the calendar"),
        (4, "`c` is duplicated"),
    ]


def test_a_file_in_another_encoding_is_told_with_the_line_of_its_first_sign(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_bytes("a: 1\nb: được\n".encode("cp1258", "replace"))
    problems = Problems()
    read_yaml(path, problems)
    assert [(problem.line, problem.text[:40]) for problem in problems.found] == [
        (2, "not readable as YAML: the file is not in")
    ]


def test_a_plan_with_misread_values_runs_as_it_is_read_and_is_refused_by_the_check(
    root: Path, tmp_path: Path
) -> None:
    """An office that wrote `yes` since spring is not stopped by a new version, and is told by the check."""
    plans = Path(shutil.copytree(root / "plans", tmp_path / "plans"))
    path = plans / "2021" / "criteria.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("needs_document: true", "needs_document: yes"), encoding="utf-8")
    loaded = load_located(plans, "2021")
    assert loaded.plan == load_plan(root / "plans", "2021")
    assert [(fault.line, fault.text[:22]) for fault in loaded.faults()] == [
        (19, "`yes` is read as true;"),
        (28, "`yes` is read as true;"),
    ]


def test_of_a_line_with_a_misread_value_nothing_else_is_told(root: Path, tmp_path: Path) -> None:
    """Title `no` is read as false, which is no text; that it must be one would only puzzle."""
    plans = Path(shutil.copytree(root / "plans", tmp_path / "plans"))
    path = plans / "2021" / "plan.yaml"
    path.write_text(
        re.sub("title: Thực hiện.*", "title: no", path.read_text(encoding="utf-8")), encoding="utf-8"
    )
    with pytest.raises(PlanError) as refused:
        load_located(plans, "2021")
    assert [(p.line, p.text[:22]) for p in refused.value.problems] == [(3, "`no` is read as false;")]
