"""Reasons, and the way from criteria to groups and localities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from chuyenhoa.assessment.outlook import roll_up
from chuyenhoa.assessment.verdicts import assess_criterion, assess_locality
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    CombinedMeasure,
    CriteriaGroup,
    DeclarationMeasure,
    Direction,
    Measure,
)
from chuyenhoa.model.evidence import KnownDeclaration, LocalityEvidence
from chuyenhoa.model.figures import Answer
from chuyenhoa.model.results import CriterionResult, GroupResult, Input, InsufficiencyReason, Verdict
from tests.unit.assessment.building import (
    PLACE,
    UNITS,
    criterion_of,
    declared,
    evidence_of,
    limit,
    ratio,
    value,
)

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
NOT_APPLICABLE, INSUFFICIENT = Verdict.NOT_APPLICABLE, Verdict.INSUFFICIENT
CONTRADICTORY = ratio("A", "B -C", limit(90))
"""Contradictory with B=1 C=2: fewer than none were left to handle."""


def _assess(
    measure: Measure,
    text: str = "",
    statement: KnownDeclaration | None = None,
    absence: InsufficiencyReason | None = None,
) -> CriterionResult:
    declarations = {} if statement is None else {"X.1": statement}
    evidence = replace(evidence_of(text, declarations), absence=absence)
    return assess_criterion(criterion_of(measure), PLACE, evidence, UNITS)


@pytest.mark.parametrize(
    ("measure", "text", "reason"),
    [
        (value("A", 1), "", InsufficiencyReason.BLANK),
        (value("A baseline.B", 9), "A=1", InsufficiencyReason.NO_BASELINE),
        (value("A baseline.B", 9), "A=? baseline.B=?", InsufficiencyReason.BLANK),
        (CONTRADICTORY, "A=0 B=1 C=2", InsufficiencyReason.CONFLICTING_SOURCES),
        (CONTRADICTORY, "B=1 C=2", InsufficiencyReason.CONFLICTING_SOURCES),
        (CombinedMeasure((value("A", 1), AwaitedMeasure())), "A=1", InsufficiencyReason.NO_GUIDANCE),
        (CombinedMeasure((value("A", 1), AwaitedMeasure())), "", InsufficiencyReason.BLANK),
        (CombinedMeasure((value("A", 1), DeclarationMeasure())), "A=1", InsufficiencyReason.BLANK),
        (CombinedMeasure((value("A", 1), value("baseline.B", 1))), "A=1", InsufficiencyReason.NO_BASELINE),
        (
            CombinedMeasure((value("A", 0), CONTRADICTORY)),
            "A=0 B=1 C=2",
            InsufficiencyReason.CONFLICTING_SOURCES,
        ),
    ],
)
def test_reason_is_the_first_that_holds(measure: Measure, text: str, reason: InsufficiencyReason) -> None:
    result = _assess(measure, text)
    assert (result.verdict, result.reason) == (INSUFFICIENT, reason)


def test_other_parts_decide_over_a_contradiction_and_over_guidance_that_is_awaited() -> None:
    open_parts: tuple[Measure, ...] = (CONTRADICTORY, AwaitedMeasure(), DeclarationMeasure())
    for open_part in open_parts:
        failed = _assess(CombinedMeasure((value("A", 1), open_part)), "A=0 B=1 C=2")
        any_of = _assess(CombinedMeasure((value("A", 0), open_part), at_least=1), "A=0 B=1 C=2")
        assert (failed.verdict, failed.reason) == (NOT_MET, None)
        assert (any_of.verdict, any_of.reason) == (MET, None)


@pytest.mark.parametrize(
    ("at_least", "answers", "expected"),
    [
        (None, "yes yes", MET),
        (None, "yes no", NOT_MET),
        (None, "yes none", MET),
        (None, "no none", NOT_MET),
        (None, "none none", NOT_APPLICABLE),
        (1, "no yes", MET),
        (1, "no no", NOT_MET),
        (1, "no none", NOT_MET),
        (1, "none none", NOT_APPLICABLE),
        (2, "yes no yes", MET),
        (2, "yes no no", NOT_MET),
        (2, "yes none none", NOT_MET),
    ],
)
def test_all_any_and_at_least_so_many_of(at_least: int | None, answers: str, expected: Verdict) -> None:
    """A part says yes (0 of 0 is fine), no, or that it does not apply."""
    parts: dict[str, Measure] = {
        "yes": value("A", 0),
        "no": value("A", 1),
        "none": ratio("A", "B", limit(1), NOT_APPLICABLE),
    }
    measure = CombinedMeasure(tuple(parts[word] for word in answers.split()), at_least)
    assert _assess(measure, "A=0 B=0").verdict is expected


def test_a_combined_measure_may_hold_another_and_a_declaration() -> None:
    inner = CombinedMeasure((value("A", 1), value("B", 1)), at_least=1)
    measure = CombinedMeasure((inner, DeclarationMeasure()))
    statement = declared(Answer.YES, "5/QĐ", date(2021, 2, 3))
    result = _assess(measure, "A=0 B=1", statement)
    assert result.verdict is MET
    assert result.figure == "0 vụ; 1 vụ; Có (5/QĐ, 03/02/2021)"
    assert [entry.name for entry in result.inputs] == ["A", "B", "X.1"]
    assert _assess(measure, "A=0 B=0", statement).verdict is NOT_MET
    assert _assess(measure, "B=1", declared(Answer.NO)).verdict is NOT_MET


@pytest.mark.parametrize("reason", [InsufficiencyReason.NOT_SUBMITTED, InsufficiencyReason.HELD_BY_FINDINGS])
def test_absence_gives_its_own_reason_and_nothing_else_counts(reason: InsufficiencyReason) -> None:
    result = _assess(value("A", 0), "A=0", absence=reason)
    assert (result.verdict, result.reason) == (INSUFFICIENT, reason)
    assert (result.missing, result.formula) == (("A",), "")
    assert result.inputs == (Input("A", None, "vụ", reason=reason),)
    assert result.figure in {"chưa có báo cáo", "số liệu có lỗi, chờ sửa"}
    assert _assess(DeclarationMeasure(), absence=reason).missing == ("X.1",)


def test_what_waits_for_guidance_waits_even_when_nothing_was_sent() -> None:
    result = _assess(AwaitedMeasure(), absence=InsufficiencyReason.NOT_SUBMITTED)
    assert (result.verdict, result.reason) == (INSUFFICIENT, InsufficiencyReason.NO_GUIDANCE)
    assert (result.inputs, result.missing) == ((), ())


def test_inputs_lead_down_to_the_cell() -> None:
    result = _assess(ratio("A", "B baseline.C", limit(80)), "A=12.50 B=? baseline.C=1000")
    place = ("s-1", "ab12", "bao-cao.xlsx", "Số liệu", "D7")
    assert result.inputs == (
        Input("A", "12.5", "vụ", *place),
        Input("B", None, "vụ", *place, InsufficiencyReason.BLANK),
        Input("baseline.C", "1000", "người", *place),
    )
    assert result.missing == ("B",)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (declared(Answer.YES, " 12/KH-UBND ", date(2021, 5, 5)), "yes; 12/KH-UBND; 2021-05-05"),
        (declared(Answer.NO), "no"),
        (declared(None, "12/KH-UBND"), None),
    ],
)
def test_input_of_a_declaration_is_its_answer_and_document(
    statement: KnownDeclaration, text: str | None
) -> None:
    (found,) = _assess(DeclarationMeasure(), statement=statement).inputs
    assert (found.name, found.value, found.cell) == ("X.1", text, "D7")


def test_a_figure_named_twice_is_one_input() -> None:
    result = _assess(ratio("A", "A B", limit(50)), "B=1")
    assert [entry.name for entry in result.inputs] == ["A", "B"]
    assert result.missing == ("A",)


def test_roll_up_over_every_set_of_verdicts() -> None:
    for verdicts in product(Verdict, repeat=3):
        if NOT_MET in verdicts:
            expected = NOT_MET
        elif INSUFFICIENT in verdicts:
            expected = INSUFFICIENT
        elif MET in verdicts:
            expected = MET
        else:
            expected = NOT_APPLICABLE
        assert roll_up(verdicts) is expected
    assert roll_up([]) is NOT_APPLICABLE


def test_locality_is_judged_over_its_groups() -> None:
    groups = tuple(CriteriaGroup(code, code) for code in ("P", "Q", "R", "S"))
    measures: dict[str, Measure] = {
        "P.1": value("A", 1),
        "P.2": value("B", 1),
        "Q.1": value("C", 1),
        "R.1": ratio("C", "B", limit(1), NOT_APPLICABLE),
    }
    criteria = [
        replace(criterion_of(measure), code=code, group=code[0]) for code, measure in measures.items()
    ]

    def judge(text: str) -> tuple[Verdict, list[GroupResult]]:
        result = assess_locality(PLACE, evidence_of(text), criteria, groups, UNITS)
        assert [entry.criterion for entry in result.criteria] == list(measures)
        return result.verdict, list(result.groups)

    def groups_of(*verdicts: Verdict) -> list[GroupResult]:
        return [
            GroupResult(PLACE.code, group.code, verdict)
            for group, verdict in zip(groups, verdicts, strict=True)
        ]

    assert judge("A=1 B=0 C=1") == (NOT_MET, groups_of(NOT_MET, MET, NOT_APPLICABLE, NOT_APPLICABLE))
    assert judge("A=1 C=1") == (INSUFFICIENT, groups_of(INSUFFICIENT, MET, INSUFFICIENT, NOT_APPLICABLE))
    assert judge("A=1 B=1 C=1") == (MET, groups_of(MET, MET, MET, NOT_APPLICABLE))


def test_direction_decides_what_happens_on_the_limit() -> None:
    passing = {
        Direction.AT_LEAST: "01",
        Direction.AT_MOST: "-0",
        Direction.LESS_THAN: "-",
        Direction.MORE_THAN: "1",
        Direction.EQUAL: "0",
    }
    for direction, sides in passing.items():
        for number, side in ((4, "-"), (5, "0"), (6, "1")):
            verdict = _assess(value("A", 5, direction), f"A={number}").verdict
            assert verdict is (MET if side in sides else NOT_MET), (direction, number)


def test_evidence_without_figures_is_blank_and_never_zero() -> None:
    bare = assess_criterion(
        criterion_of(value("A", 0, Direction.EQUAL)), PLACE, LocalityEvidence(PLACE.code), UNITS
    )
    assert (bare.verdict, bare.reason, bare.figure) == (
        INSUFFICIENT,
        InsufficiencyReason.BLANK,
        "chưa có số liệu",
    )
