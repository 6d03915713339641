"""Which reasons answer which warnings, and which remark each other text gets: one row a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chuyenhoa.model.figures import CellRef, Justification
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.plan import load_plan
from chuyenhoa.validation.justifications import JustificationCheck, justify, remark_unused

HOME = Path(__file__).resolve().parents[3]
PLAN: Plan = load_plan(HOME / "plans", "2021")
CHECK = JustificationCheck.load(HOME / "templates" / "messages", {})
A, B = (locality.code for locality in PLAN.localities[:2])
GOOD, OTHER = "Án cũ từ 2019 được làm rõ", "Do sáp nhập 02 ấp từ xã bên"
NONE = "đã kiểm tra lại"
W1 = Finding("W01", Severity.WARNING, "bất thường", locality=A)
W1_B, W2, W3 = replace(W1, locality=B), replace(W1, rule_id="W02"), replace(W1, rule_id="W03")
E1 = Finding("E01", Severity.ERROR, "sai", locality=A)


def said(rule: str, locality: str = A, text: str = GOOD, cell: str = "C2") -> Justification:
    return Justification(rule, locality, text, CellRef("Giải trình", cell))


JUSTIFIED: list[tuple[str, Sequence[Finding], Sequence[Justification], list[str], list[str]]] = [
    ("a reason", [W1], [said("W01")], [GOOD], []),
    ("none given", [W1], [], [""], []),
    ("for another rule", [W1], [said("W02")], [""], []),
    ("for another locality", [W1], [said("W01", B)], [""], []),
    ("for the whole file", [W1, W1_B], [said("W01", "")], [GOOD, GOOD], []),
    ("the locality's own goes first", [W1], [said("W01", "", OTHER), said("W01")], [GOOD], []),
    ("the first of two", [W1], [said("W01"), said("W01", A, OTHER, "C3")], [GOOD], []),
    ("no reason, then a reason", [W1], [said("W01", A, NONE), said("W01", A, GOOD, "C3")], [GOOD], []),
    ("an error has no reason", [E1], [said("E01")], [""], []),
    ("a text that is no reason", [W1], [said("W01", A, NONE)], [""], ["G01"]),
    ("no reason for many, reported once", [W1, W1_B], [said("W01", "", NONE)], ["", ""], ["G01"]),
    (
        "no reason in two cells",
        [W1],
        [said("W01", A, NONE), said("W01", A, "ok", "C3")],
        [""],
        ["G01", "G01"],
    ),
    ("one text for two rules", [W1, W2], [said("W01"), said("W02")], [GOOD] * 2, []),
    ("one text for three rules", [W1, W2, W3], [said(f"W0{n}") for n in (1, 2, 3)], [GOOD] * 3, ["G04"]),
]


@pytest.mark.parametrize(
    ("findings", "given", "reasons", "remarks"), [c[1:] for c in JUSTIFIED], ids=[c[0] for c in JUSTIFIED]
)
def test_which_reason_answers_a_warning(
    findings: Sequence[Finding], given: Sequence[Justification], reasons: list[str], remarks: list[str]
) -> None:
    outcome = justify(findings, given, CHECK)
    assert [finding.justification for finding in outcome.findings] == reasons
    assert [remark.rule_id for remark in outcome.remarks] == remarks
    assert {entry.reason for entry in outcome.used} == {reason for reason in reasons if reason}


UNUSED: list[tuple[str, Sequence[Finding], Sequence[Justification], list[str]]] = [
    ("asked for", [W1], [said("W01")], []),
    ("asked for by any locality", [W1], [said("W01", "")], []),
    ("asked for elsewhere", [W1], [said("W01", B)], ["G02"]),
    ("nothing was found", [], [said("W01")], ["G02"]),
    ("an error", [E1], [said("E01")], ["G03"]),
    ("an error somewhere", [E1], [said("E01", "")], ["G03"]),
    ("an error and nothing, in one cell", [E1], [said("E01"), said("W09")], ["G03", "G02"]),
    ("two of nothing, in one cell", [], [said("W01"), said("W02")], ["G02"]),
    ("two of nothing, in two cells", [], [said("W01"), said("W02", cell="C3")], ["G02", "G02"]),
]


@pytest.mark.parametrize(
    ("findings", "given", "remarks"), [c[1:] for c in UNUSED], ids=[c[0] for c in UNUSED]
)
def test_a_reason_that_nothing_asks_for_is_reported(
    findings: Sequence[Finding], given: Sequence[Justification], remarks: list[str]
) -> None:
    assert [remark.rule_id for remark in remark_unused(given, findings, PLAN, CHECK)] == remarks


def test_a_remark_names_cell_locality_and_the_start_of_the_text() -> None:
    (remark,) = justify([W1], [said("W01", A, "ok " * 40)], CHECK).remarks
    assert (remark.sheet, remark.cells, remark.locality) == ("Giải trình", ("C2",), A)
    assert len(remark.value) == 60
    assert remark.value.endswith("…")
    assert remark.value in remark.message
    (unused,) = remark_unused([said("W01")], [], PLAN, CHECK)
    assert PLAN.locality_by_code[A].name in unused.message
