"""Figures that look copied: one warning for each kind, and none for what may well be so."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from chuyenhoa.intake.copied_figures import MIN_FIGURES, report_copies
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.model.figures import Basis, CellRef, Observation
from chuyenhoa.model.history import Accepted, Known
from chuyenhoa.model.plan import Plan
from chuyenhoa.validation.history import find_repeated

Row = Mapping[str, int | None]
FULL: Row = {f"I{n}": n + 1 for n in range(MIN_FIGURES)}
OTHER: Row = {**FULL, "I0": 99}
QUIET: Row = {**dict.fromkeys(FULL, 0), "I0": 4}


def codes(current: Mapping[str, Row], baseline: Mapping[str, Row]) -> list[str]:
    findings = FindingList("a.xlsx")
    sheets = {Basis.CURRENT: ("Số liệu", current), Basis.BASELINE: ("Cùng kỳ", baseline)}
    report_copies(
        findings,
        [
            Observation(
                locality, code, basis, None if value is None else Decimal(value), CellRef(sheet, f"{code}1")
            )
            for basis, (sheet, rows) in sheets.items()
            for locality, row in rows.items()
            for code, value in row.items()
        ],
    )
    return [finding.rule_id for finding in findings.found]


@pytest.mark.parametrize(
    ("current", "baseline", "found"),
    [
        ({"1": FULL, "2": OTHER}, {"1": FULL, "2": OTHER}, ["D145"]),
        ({"1": FULL, "2": OTHER}, {"1": FULL, "2": FULL}, []),
        ({"1": FULL, "2": FULL}, {"1": OTHER, "2": OTHER}, ["D146"]),
        ({"1": FULL, "2": FULL}, {"1": FULL, "2": FULL}, ["D145", "D146"]),
        ({"1": FULL}, {}, []),
        ({"1": QUIET, "2": QUIET}, {"1": QUIET, "2": QUIET}, []),
        ({"1": {**FULL, "X": None}, "2": OTHER}, {"1": FULL, "2": OTHER}, ["D145"]),
        ({"1": FULL, "2": {**FULL, "X": 1}}, {}, []),
        ({"1": {**FULL, "Y": 1}, "2": {**FULL, "X": 1}}, {}, []),
        ({}, {"1": FULL}, []),
    ],
)
def test_a_copy_is_one_warning_a_kind(
    current: Mapping[str, Row], baseline: Mapping[str, Row], found: list[str]
) -> None:
    assert codes(current, baseline) == found


def earlier(plan: Plan, period: str, row: Row, number: int = 1) -> Accepted:
    figures = {
        (code, Basis.CURRENT): Known(Decimal(value), CellRef("Số liệu", "C1"), number, f"{period}.xlsx")
        for code, value in row.items()
        if value is not None
    }
    return Accepted(plan.period_by_id[period], "1", figures)


@pytest.mark.parametrize(
    ("period", "row", "is_found"),
    [
        ("2021-t06", FULL, True),
        ("2021-t06", OTHER, False),
        ("2021-t06", QUIET, False),
        ("2021-t05", FULL, False),
        ("2021-t07", FULL, False),
    ],
)
def test_a_report_that_is_the_one_before_it(plan: Plan, period: str, row: Row, is_found: bool) -> None:
    figures = {("1", code): Decimal(value or 0) for code, value in row.items()}
    known = [earlier(plan, period, FULL if period != "2021-t06" or row is not QUIET else QUIET)]
    found = find_repeated(plan.period_by_id["2021-t07"], figures, known)
    assert (found is not None) == is_found


def test_a_longer_report_that_ends_as_the_last_month_does_is_no_copy(plan: Plan) -> None:
    figures = {("1", code): Decimal(value or 0) for code, value in FULL.items()}
    known = [earlier(plan, "2021-6t", FULL)]
    assert find_repeated(plan.period_by_id["2021-t11"], figures, known) is None
