"""Every state that the inputs of a criterion can be in, what must be said of it, and who must mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

from chuyenhoa.assessment.verdicts import assess_criterion, assess_locality
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    CombinedMeasure,
    CompareMeasure,
    CriteriaGroup,
    DeclarationMeasure,
    Direction,
    Measure,
)
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.results import ACTORS, Actor, CriterionResult, InsufficiencyReason, Verdict
from tests.unit.assessment.building import PLACE, SOURCE, UNITS, criterion_of, declared, terms, value

R = InsufficiencyReason
NOT_RISEN = CompareMeasure(terms("A"), terms("baseline.A"), Direction.AT_MOST)
LACKING = [R.UNIT_CHANGED, R.CONFLICTING_SOURCES, R.HELD_BY_FINDINGS, R.GAP_IN_WINDOW, R.WITHDRAWN]
CURRENT: dict[str, KnownFigure | None] = {
    "3": KnownFigure(Decimal(3), SOURCE),
    "7": KnownFigure(Decimal(7), SOURCE),
    "blank cell": KnownFigure(None, SOURCE),
    "no column": None,
    **{reason.value: KnownFigure(None, SOURCE, lacks=reason) for reason in LACKING},
}
BASELINE = {"5": KnownFigure(Decimal(5), SOURCE)} | {k: v for k, v in CURRENT.items() if k not in "37"}
WHY_CURRENT = {"blank cell": R.BLANK, "no column": R.BLANK} | {reason.value: reason for reason in LACKING}
WHY_BASELINE = WHY_CURRENT | {"blank cell": R.NO_BASELINE, "no column": R.NO_BASELINE}
FIRST_TOLD = [
    R.CONFLICTING_SOURCES,
    R.HELD_BY_FINDINGS,
    R.GAP_IN_WINDOW,
    R.WITHDRAWN,
    R.BLANK,
    R.NO_BASELINE,
    R.UNIT_CHANGED,
]
MUST_ACT = {
    R.NOT_SUBMITTED: "submitter",
    R.BLANK: "submitter",
    R.HELD_BY_FINDINGS: "submitter",
    R.GAP_IN_WINDOW: "submitter",
    R.NO_BASELINE: "submitter",
    R.NO_GUIDANCE: "guiding_agency",
    R.UNIT_CHANGED: "office",
    R.CONFLICTING_SOURCES: "submitter",
    R.WITHDRAWN: "submitter",
}
ABSENCES = [None, R.NOT_SUBMITTED, R.HELD_BY_FINDINGS, R.GAP_IN_WINDOW, R.UNIT_CHANGED, R.CONFLICTING_SOURCES]
DAY = date(2021, 5, 5)
STATEMENTS: dict[str, KnownDeclaration | None] = {
    "no row": None,
    "blank": declared(None),
    "withdrawn": replace(declared(None), withdrawn=True),
    "blank with document": declared(None, "1/KH", DAY),
    "yes": declared(Answer.YES, "1/KH", DAY),
    "yes without number": declared(Answer.YES, "", DAY),
    "yes without date": declared(Answer.YES, "1/KH"),
    "yes without document": declared(Answer.YES),
    "no": declared(Answer.NO),
    "not applicable": declared(Answer.NOT_APPLICABLE),
}


def evidence(
    current: str, baseline: str, statement: str = "no row", absence: InsufficiencyReason | None = None
) -> LocalityEvidence:
    figures = {("A", Basis.CURRENT): CURRENT[current], ("A", Basis.BASELINE): BASELINE[baseline]}
    known = {key: figure for key, figure in figures.items() if figure is not None}
    said = STATEMENTS[statement]
    return LocalityEvidence(PLACE.code, known, {} if said is None else {"X.1": said}, absence)


def judge(measure: Measure, known: LocalityEvidence) -> CriterionResult:
    return assess_criterion(criterion_of(measure), PLACE, known, UNITS)


def expect(result: CriterionResult, verdict: Verdict, reason: InsufficiencyReason | None) -> None:
    assert (result.verdict, result.reason) == (verdict, reason)
    assert result.actor == (None if reason is None else Actor(MUST_ACT[reason]))
    assert (len(result.possible) == 1) is (verdict is not Verdict.INSUFFICIENT)
    assert verdict is Verdict.INSUFFICIENT or result.possible == (verdict,)
    assert verdict is Verdict.INSUFFICIENT or result.matters == ()


def test_every_reason_has_someone_who_must_act() -> None:
    assert {reason.value: actor.value for reason, actor in ACTORS.items()} == {
        reason.value: actor for reason, actor in MUST_ACT.items()
    }
    assert set(MUST_ACT) == set(InsufficiencyReason)


def test_figures_in_every_state_with_every_absence() -> None:
    seen = 0
    for absence, current, baseline in product(ABSENCES, CURRENT, BASELINE):
        result = judge(NOT_RISEN, evidence(current, baseline, absence=absence))
        missing = [WHY_CURRENT[current]] if current in WHY_CURRENT else []
        missing += [WHY_BASELINE[baseline]] if baseline in WHY_BASELINE else []
        seen += 1
        if absence is not None:
            expect(result, Verdict.INSUFFICIENT, absence)
            assert {entry.reason for entry in result.inputs} == {absence}
            assert {entry.value for entry in result.inputs} == {None}
        elif missing:
            expect(result, Verdict.INSUFFICIENT, next(reason for reason in FIRST_TOLD if reason in missing))
            assert [entry.reason for entry in result.inputs if entry.value is None] == missing
            assert result.matters == result.missing
        else:
            expect(result, Verdict.MET if current == "3" else Verdict.NOT_MET, None)
            assert [entry.reason for entry in result.inputs] == [None, None]
    assert seen == 6 * 9 * 8


def test_declarations_in_every_state_with_every_absence() -> None:
    decided = {"yes": Verdict.MET, "no": Verdict.NOT_MET, "not applicable": Verdict.NOT_APPLICABLE}
    for absence, needs_document, statement in product(ABSENCES, (True, False), STATEMENTS):
        result = judge(DeclarationMeasure(needs_document), evidence("3", "5", statement, absence))
        verdict = decided.get(statement)
        if statement.startswith("yes") and not needs_document:
            verdict = Verdict.MET
        if absence is not None:
            expect(result, Verdict.INSUFFICIENT, absence)
        elif verdict is None:
            expect(result, Verdict.INSUFFICIENT, R.WITHDRAWN if statement == "withdrawn" else R.BLANK)
            assert result.matters == result.missing != ()
        else:
            expect(result, verdict, None)


def test_guidance_that_is_awaited_outweighs_every_state() -> None:
    for absence, current, baseline in product(ABSENCES, CURRENT, BASELINE):
        expect(
            judge(AwaitedMeasure(), evidence(current, baseline, absence=absence)),
            Verdict.INSUFFICIENT,
            R.NO_GUIDANCE,
        )


def test_parts_in_every_state_together() -> None:
    """A figure that must be there, a declaration and a letter, under "all of" and under "any of"."""
    for at_least, current, statement, awaits in product((None, 1), CURRENT, STATEMENTS, (True, False)):
        parts: tuple[Measure, ...] = (value("A", 5), DeclarationMeasure(needs_document=False))
        measure = CombinedMeasure(parts + (AwaitedMeasure(),) * awaits, at_least)
        result = judge(measure, evidence(current, "5", statement))
        figure = {"3": Verdict.NOT_MET, "7": Verdict.MET}.get(current)
        said = {"no": Verdict.NOT_MET, "not applicable": Verdict.NOT_APPLICABLE}.get(statement)
        if statement.startswith("yes"):
            said = Verdict.MET
        decisive = Verdict.MET if at_least else Verdict.NOT_MET
        if decisive in (figure, said):
            expect(result, decisive, None)
        elif figure and said and not awaits:
            expect(result, Verdict.NOT_MET if at_least else Verdict.MET, None)
        else:
            reasons = [WHY_CURRENT[current]] if current in WHY_CURRENT else []
            reasons += [R.WITHDRAWN if statement == "withdrawn" else R.BLANK] if said is None else []
            first = next((reason for reason in FIRST_TOLD if reason in reasons), R.NO_GUIDANCE)
            expect(result, Verdict.INSUFFICIENT, first)


def test_what_does_not_apply_does_not_in_any_state() -> None:
    measures: list[Measure] = [NOT_RISEN, AwaitedMeasure(), DeclarationMeasure()]
    for absence, current, baseline, measure in product(ABSENCES, CURRENT, BASELINE, measures):
        elsewhere = replace(criterion_of(measure), applies_to_types=frozenset({2, 3}))
        result = assess_criterion(elsewhere, PLACE, evidence(current, baseline, absence=absence), UNITS)
        expect(result, Verdict.NOT_APPLICABLE, None)
        assert result.inputs == ()


def test_the_reason_is_that_of_an_input_that_matters() -> None:
    """The blank of A cannot change anything any more, so that the baseline is what is asked for."""
    part = CombinedMeasure((value("A B", 1), value("baseline.C", 2)))
    result = judge(
        part, LocalityEvidence(PLACE.code, {("B", Basis.CURRENT): KnownFigure(Decimal(4), SOURCE)})
    )
    assert (result.reason, result.missing) == (R.NO_BASELINE, ("A", "baseline.C"))
    assert result.matters == ("baseline.C",)


def test_a_locality_without_any_report_can_still_become_anything() -> None:
    group = CriteriaGroup("X", "x")
    for absence in ABSENCES[1:]:
        known = LocalityEvidence(PLACE.code, absence=absence)
        found = assess_locality(PLACE, known, [criterion_of(NOT_RISEN)], [group], UNITS)
        assert (found.verdict, found.reasons) == (Verdict.INSUFFICIENT, (absence,))
        assert found.possible == (Verdict.MET, Verdict.NOT_MET)


def test_a_contradiction_may_be_mended_to_anything() -> None:
    group = CriteriaGroup("X", "x")
    contradictory = evidence("conflicting_sources", "5")
    twice = [replace(criterion_of(m), code=c) for c, m in (("X.1", NOT_RISEN), ("X.2", value("B", 0)))]
    found = assess_locality(PLACE, contradictory, twice, [group], UNITS)
    assert found.possible == (Verdict.MET, Verdict.NOT_MET)
