"""Rules in are rules run: whatever Great Expectations leaves out or stumbles over is our fault, loudly."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace
from typing import Any

import pytest

from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Severity
from chuyenhoa.validation import ValidationFault, run
from chuyenhoa.validation.run import run_rules

AT_LEAST_ONE = Rule(
    rule_id="E01",
    severity=Severity.ERROR,
    kind="expect_column_values_to_be_between",
    columns=("A",),
    kwargs={"column": "A", "min_value": 1},
    title="",
    message="",
    basis="",
)
NO_MORE = dataclasses.replace(
    AT_LEAST_ONE,
    rule_id="E02",
    kind="expect_column_pair_values_a_to_be_greater_than_b",
    columns=("B", "A"),
    kwargs={"column_A": "A", "column_B": "B", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
)
COLUMNS = {"A": [0.0, 2.0, math.nan, 3.0], "B": [1.0, 2.0, 5.0, 9.0]}


def test_failing_rows_are_named_by_their_position() -> None:
    assert run_rules(COLUMNS, [AT_LEAST_ONE, NO_MORE]) == {"E01": (0,), "E02": (0, 3)}


def test_a_column_of_blanks_passes() -> None:
    assert run_rules({"A": [math.nan], "B": [1.0]}, [AT_LEAST_ONE, NO_MORE]) == {"E01": (), "E02": ()}


def test_an_expectation_unknown_to_great_expectations_is_a_fault() -> None:
    unknown = dataclasses.replace(AT_LEAST_ONE, rule_id="E03", kind="expect_the_unexpected")
    with pytest.raises(ValidationFault, match="2 rules in, 1 loaded; not loaded: E03"):
        run_rules(COLUMNS, [AT_LEAST_ONE, unknown])


def test_a_severity_unknown_to_great_expectations_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(run.GX_SEVERITY, Severity.ERROR, "fatal")
    with pytest.raises(ValidationFault, match="not loaded: E01"):
        run_rules(COLUMNS, [AT_LEAST_ONE])


def test_an_expectation_that_raises_is_a_fault() -> None:
    elsewhere = dataclasses.replace(AT_LEAST_ONE, rule_id="E04", kwargs={"column": "C", "min_value": 1})
    with pytest.raises(ValidationFault, match=r"E04 raised instead of checking: .*C"):
        run_rules(COLUMNS, [AT_LEAST_ONE, elsewhere])


def test_one_id_for_two_rules_is_a_fault() -> None:
    with pytest.raises(ValidationFault, match="a rule id is used twice"):
        run_rules(COLUMNS, [AT_LEAST_ONE, AT_LEAST_ONE])


def test_no_rules_and_no_rows_never_reach_great_expectations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_open_batch", lambda columns: pytest.fail("reached"))
    with pytest.raises(ValidationFault, match="No rules"):
        run_rules(COLUMNS, [])
    with pytest.raises(ValidationFault, match="No rows"):
        run_rules({"A": []}, [AT_LEAST_ONE])


@pytest.mark.parametrize(
    ("details", "success", "text"),
    [
        ({"element_count": 3, "unexpected_count": 0}, True, "saw 3 rows of 4"),
        ({"element_count": 4, "unexpected_count": 2, "unexpected_index_list": [1]}, False, "does not name"),
        ({"element_count": 4, "unexpected_count": 0}, False, "does not name"),
        ({"element_count": 4, "unexpected_count": 1, "unexpected_index_list": [1]}, True, "does not name"),
        ({}, False, "no reason given"),
    ],
)
def test_a_result_that_does_not_add_up_is_a_fault(details: dict[str, Any], success: bool, text: str) -> None:
    result = SimpleNamespace(result=details, success=success, exception_info={})
    with pytest.raises(ValidationFault, match=text):
        run._failed_positions("E09", result, 4)


def test_a_dropped_result_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    full = run._open_batch(COLUMNS)

    class Forgetful:
        def validate(self, suite: Any, **more: Any) -> Any:
            outcome = full.validate(suite, **more)
            return SimpleNamespace(results=outcome.results[:1])

    monkeypatch.setattr(run, "_open_batch", lambda columns: Forgetful())
    with pytest.raises(ValidationFault, match="2 rules in, 1 run; not run: E0"):
        run_rules(COLUMNS, [AT_LEAST_ONE, NO_MORE])
