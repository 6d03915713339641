"""The Excel checks against the rules: LibreOffice calculates rows that break and rows that keep each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import cast

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from chuyenhoa.model.form import BASELINE_SHEET, FIGURES_SHEET, LOCALITY_CODE
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import BASELINE_PREFIX, Rule
from chuyenhoa.plan import rules as kinds
from chuyenhoa.workbooks import write_workbook
from chuyenhoa.workbooks.checks import CheckError, build_check, condition_of
from tests.office import convert

Row = Mapping[str, float]


def listed(rule: Rule) -> list[str]:
    return cast("list[str]", rule.kwargs.get("column_list", []))


def break_sum(rule: Rule) -> Row:
    """A sum below its lower limit; every sum of the suites has one."""
    weights = cast("list[int]", rule.kwargs["weights"])
    return {code: 0 if weight > 0 else 3 for code, weight in zip(listed(rule), weights, strict=True)}


def breaking(rule: Rule) -> Row:
    """Figures that break the rule, by the meaning of its kind."""
    if rule.kind == kinds.PAIR:
        return {str(rule.kwargs["column_A"]): 4, str(rule.kwargs["column_B"]): 5}
    if rule.kind == kinds.BETWEEN:
        least = rule.kwargs.get("min_value")
        beyond = cast("int", rule.kwargs["max_value"]) + 1 if least is None else cast("int", least) - 1
        return {str(rule.kwargs["column"]): beyond}
    if rule.kind == kinds.SIGNED_SUM:
        return break_sum(rule)
    if rule.kind == kinds.REST_ZERO:
        return {code: number for number, code in enumerate(listed(rule))}
    if rule.kind == kinds.REST_POSITIVE:
        return {code: 0 if number else 2 for number, code in enumerate(listed(rule))}
    if rule.kind == kinds.CHANGE:
        return dict(zip(listed(rule), (1000, 10), strict=True))
    if rule.kind == kinds.PAIRS_CHANGE:
        # The last pair alone, at the end of the last stretch of columns.
        half = len(listed(rule)) // 2
        return {listed(rule)[half - 1]: 10000, listed(rule)[-1]: 10}
    return {listed(rule)[-1]: 1.5 if rule.kind == kinds.WHOLE else -1}


def holding(rule: Rule) -> Row:
    """Figures at the very edge of the rule that do not break it."""
    if rule.kind == kinds.BETWEEN:
        edge = rule.kwargs.get("min_value", rule.kwargs.get("max_value"))
        return {str(rule.kwargs["column"]): cast("int", edge)}
    if rule.kind == kinds.CHANGE:
        return dict(zip(listed(rule), (30, 10), strict=True))
    if rule.kind in (kinds.WHOLE, kinds.NOT_NEGATIVE):
        return {listed(rule)[-1]: 0}
    if rule.kind in (kinds.REST_ZERO, kinds.REST_POSITIVE):
        return dict.fromkeys(listed(rule), 1)
    return dict.fromkeys(rule.columns, 0 if rule.kind == kinds.SIGNED_SUM else 5)


def calculate(plan: Plan, rules: tuple[Rule, ...], rows: list[Row], folder: Path) -> list[str]:
    """The check column after LibreOffice has calculated it, one text a row."""
    template = plan.localities[0]
    places = tuple(replace(template, code=f"{number:05}") for number in range(len(rows)))
    wide = replace(plan, localities=places)
    submitter = plan.submitter_by_code[template.submitter]
    blank = write_workbook(
        wide, plan.period_by_id["2021-6t"], submitter, rules, datetime(2021, 10, 1, tzinfo=UTC)
    )
    book = openpyxl.load_workbook(BytesIO(blank))
    top = next(r for r in range(1, 30) if book[FIGURES_SHEET].cell(r, 1).value == LOCALITY_CODE)
    columns = {cell.value: number for number, cell in enumerate(book[FIGURES_SHEET][top], start=1)}
    for number, figures in enumerate(rows, start=1):
        for code, value in figures.items():
            sheet = BASELINE_SHEET if code.startswith(BASELINE_PREFIX) else FIGURES_SHEET
            book[sheet].cell(top + number, columns[code.removeprefix(BASELINE_PREFIX)]).value = value
    source = folder / "bang.xlsx"
    book.save(source)
    (calculated,) = convert([source], "xlsx", folder / "out")
    workbook = CalamineWorkbook.from_path(str(calculated))
    table = workbook.get_sheet_by_name(FIGURES_SHEET).to_python(skip_empty_area=False)
    return [str(table[top + number][2 + len(plan.indicators)]) for number in range(len(rows))]


@pytest.mark.integration
def test_the_form_finds_what_the_suites_find(plan: Plan, rules: tuple[Rule, ...], tmp_path: Path) -> None:
    rules = tuple(rule for rule in rules if not rule.needs_history)  # the form knows no other report
    bad, good = [breaking(rule) for rule in rules], [holding(rule) for rule in rules]
    texts: list[Row] = [cast("Row", dict.fromkeys(plan.indicator_by_code, "không")), {}]
    shown = calculate(plan, rules, [*bad, *good, *texts], tmp_path)
    missed = [
        rule.rule_id for rule, text in zip(rules, shown, strict=False) if rule.rule_id not in text.split()
    ]
    assert missed == []
    invented = [
        rule.rule_id
        for rule, text in zip(rules, shown[len(rules) :], strict=False)
        if rule.rule_id in text.split()
    ]
    assert invented == []
    assert shown[-2:] == ["", ""]


def test_a_rule_without_a_formula_is_our_fault(plan: Plan, rules: tuple[Rule, ...]) -> None:
    columns = {code: number for number, code in enumerate(plan.indicator_by_code)}
    pair = next(rule for rule in rules if rule.kind == kinds.PAIR)
    with pytest.raises(CheckError, match="no Excel check for expect_magic"):
        condition_of(replace(pair, kind="expect_magic"), columns, 11)
    with pytest.raises(CheckError, match="do not fit"):
        build_check([pair] * 400, columns, 11, on_baseline=False)


def test_nothing_is_held_against_a_baseline_on_the_baseline_sheet(
    plan: Plan, rules: tuple[Rule, ...]
) -> None:
    columns = {code: number for number, code in enumerate(plan.indicator_by_code)}
    assert BASELINE_SHEET in build_check(rules, columns, 11, on_baseline=False)
    assert BASELINE_SHEET not in build_check(rules, columns, 11, on_baseline=True)


@pytest.mark.parametrize(
    ("low", "high", "words"), [(1, None, "$A11<1"), (None, 9, "$A11>9"), (1, 9, "OR($A11<1,$A11>9)")]
)
def test_limits_on_one_or_both_sides(
    rules: tuple[Rule, ...], low: int | None, high: int | None, words: str
) -> None:
    between = next(rule for rule in rules if rule.kind == kinds.BETWEEN)
    limits = {key: value for key, value in (("min_value", low), ("max_value", high)) if value is not None}
    rule = replace(between, kwargs={"column": between.columns[0], **limits})
    assert words in condition_of(rule, {between.columns[0]: 0}, 11)
