"""Every rule on rows that it must accept and rows that it must reject, all of them in one frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from chuyenhoa.model.figures import Basis, CellRef, Observation
from chuyenhoa.model.history import FileHistory, PastFigure, PastSource
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import BASELINE_PREFIX, HISTORY_PREFIXES, Rule, split_column
from chuyenhoa.model.submissions import Finding, Reading, Severity
from chuyenhoa.plan.rules import CELLWISE, PAIRWISE
from chuyenhoa.validation import ValidationReport, validate

TABLE: dict[str, dict[str, list[dict[str, float | int | None]]]] = yaml.safe_load(
    (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
)
SHEETS = {Basis.CURRENT: "Số liệu", Basis.BASELINE: "Cùng kỳ"}


@dataclass(frozen=True)
class Case:
    """One row of the table, sent as a file of its own; `name` stands for its sha256."""

    name: str
    rule_id: str
    rejected: bool
    figures: Mapping[str, float | int | None]
    basis: Basis = Basis.CURRENT


def listed_cases() -> Iterator[Case]:
    for rule_id, entry in TABLE.items():
        for outcome in ("accepted", "rejected"):
            for number, figures in enumerate(entry[outcome], start=1):
                yield Case(f"{rule_id}-{outcome}-{number}", rule_id, outcome == "rejected", figures)


def blanked_cases(rules: tuple[Rule, ...]) -> Iterator[Case]:
    """Every rejected row with one input blank: the rule must be silent."""
    by_id = {rule.rule_id: rule for rule in rules}
    for case in listed_cases():
        rule = by_id.get(case.rule_id)
        if case.rejected and rule and rule.kind not in CELLWISE:
            for column in case.figures if rule.kind in PAIRWISE else rule.columns:
                figures = {**case.figures, column: None}
                yield Case(f"{case.name}-blank-{column}", case.rule_id, False, figures)


def baseline_cases(rules: tuple[Rule, ...]) -> Iterator[Case]:
    """Every rejected row again on sheet "Cùng kỳ"."""
    alone = {rule.rule_id for rule in rules if not rule.needs_baseline}
    for case in listed_cases():
        if case.rejected and case.rule_id in alone:
            yield Case(f"{case.name}-baseline", case.rule_id, True, case.figures, Basis.BASELINE)


def as_reading(case: Case, plan: Plan) -> Reading:
    """The case as a file with one locality."""
    observations = []
    for column, value in case.figures.items():
        prefix, code = split_column(column)
        if prefix in HISTORY_PREFIXES:
            continue
        basis = Basis.BASELINE if prefix == BASELINE_PREFIX else case.basis
        place = CellRef(SHEETS[basis], f"{code}8")
        number = None if value is None else Decimal(str(value))
        observations.append(Observation(plan.localities[0].code, code, basis, number, place))
    return Reading(case.name, f"{case.name}.xlsx", observations=tuple(observations))


def history_of(case: Case, plan: Plan) -> FileHistory:
    """What the case says of other reports; a blank one says nothing."""
    columns = {}
    for column, value in case.figures.items():
        prefix, code = split_column(column)
        if prefix in HISTORY_PREFIXES and value is not None:
            number = Decimal(str(value))
            source = PastSource("kỳ kia", "bao-cao-kia.xlsx", CellRef("Số liệu", f"{code}99"), number)
            columns[column] = PastFigure(number, (source,))
    return {(plan.localities[0].code, case.basis): columns} if columns else {}


@pytest.fixture(scope="module")
def cases(rules: tuple[Rule, ...]) -> tuple[Case, ...]:
    return (*listed_cases(), *blanked_cases(rules), *baseline_cases(rules))


@pytest.fixture(scope="module")
def report(cases: tuple[Case, ...], plan: Plan, rules: tuple[Rule, ...]) -> ValidationReport:
    histories = {case.name: history for case in cases if (history := history_of(case, plan))}
    return validate([as_reading(case, plan) for case in cases], plan, rules, histories)


def found(report: ValidationReport, case: Case) -> list[Finding]:
    """What the case's rule says, also of a cell that an error finding speaks of already."""
    every = [entry.finding for entry in report.found.get(case.name, ())]
    return [finding for finding in every if finding.rule_id == case.rule_id]


def test_every_rule_has_accepted_and_rejected_rows_and_every_row_a_rule(rules: tuple[Rule, ...]) -> None:
    assert set(TABLE) == {rule.rule_id for rule in rules}
    assert [name for name, entry in TABLE.items() if not entry["accepted"] or not entry["rejected"]] == []


def test_every_case_ends_as_its_table_says(report: ValidationReport, cases: tuple[Case, ...]) -> None:
    wrong = [case for case in cases if bool(found(report, case)) != case.rejected]
    assert wrong == []
    assert sum(case.rejected for case in cases) > 100


def test_findings_say_where_what_and_how_to_mend(
    report: ValidationReport, cases: tuple[Case, ...], plan: Plan, rules: tuple[Rule, ...]
) -> None:
    by_id = {rule.rule_id: rule for rule in rules}
    for case in cases:
        for finding in found(report, case):
            rule = by_id[case.rule_id]
            assert finding.severity is rule.severity
            assert finding.sheet == SHEETS[case.basis]
            assert finding.locality == plan.localities[0].code
            assert finding.cell == f"{finding.indicator}8"
            assert finding.indicator in rule.columns
            assert finding.message.startswith(plan.localities[0].name)
            assert finding.cell in finding.message
            assert "{" not in finding.message
            assert (
                "bao-cao-kia.xlsx" in finding.message and "kỳ kia" in finding.message
            ) is rule.needs_history
            assert ("(sheet Cùng kỳ)" in finding.message) is (case.basis is Basis.BASELINE)
            if rule.severity is Severity.WARNING:
                assert f"sheet Giải trình với mã {rule.rule_id}" in finding.message


def test_cells_of_a_finding_stand_on_its_own_sheet(report: ValidationReport) -> None:
    (jump,) = [f for f in report.findings_of("W07-rejected-1") if f.rule_id == "W07"]
    assert jump.cells == ("TTXH_XR8",)
    assert "ô TTXH_XR8, sheet Cùng kỳ" in jump.message
    (sums,) = [f for f in report.findings_of("E08-rejected-1") if f.rule_id == "E08"]
    assert sums.cells == ("TGTB_CON8", "TGTB_TON8", "TGTB_MOI8", "TGTB_CHUYEN8", "TGTB_GQ8")


def test_every_indicator_is_checked_for_its_kind_of_number(plan: Plan, rules: tuple[Rule, ...]) -> None:
    columns = {rule.rule_id: set(rule.columns) for rule in rules}
    assert columns["E01"] == {entry.code for entry in plan.indicators if not entry.decimals}
    assert columns["E02"] == {entry.code for entry in plan.indicators if entry.decimals}
