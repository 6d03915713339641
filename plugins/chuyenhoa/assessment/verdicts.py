"""From the cases of a measure to the result of a criterion, and from criteria to groups and localities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts, name_of
from chuyenhoa.assessment.figures import describe_figure
from chuyenhoa.assessment.formulas import describe_formula
from chuyenhoa.assessment.guards import guard_of
from chuyenhoa.assessment.labels import CONTRADICTORY, NOT_APPLICABLE, REASONS
from chuyenhoa.assessment.outlook import inputs_that_matter, possible_outcomes, roll_up
from chuyenhoa.assessment.steps import Way, way_to_met
from chuyenhoa.model.baselines import Baseline
from chuyenhoa.model.criteria import AwaitedMeasure, CriteriaGroup, Criterion
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.plan import Locality
from chuyenhoa.model.results import (
    ACTORS,
    Actor,
    CriterionResult,
    GroupResult,
    InsufficiencyReason,
    LocalityResult,
    Verdict,
)


def assess_locality(
    locality: Locality,
    evidence: LocalityEvidence,
    criteria: Sequence[Criterion],
    groups: Sequence[CriteriaGroup],
    units: Mapping[str, str],
) -> LocalityResult:
    """All results of one locality: one per criterion, one per group, and its own.

    Args:
        locality: The commune with its types.
        evidence: What was accepted for it.
        criteria: The criteria in force, in the order of the plan.
        groups: The groups of the plan, in its order.
        units: The unit of every indicator by its code.
    """
    results = tuple(assess_criterion(entry, locality, evidence, units) for entry in criteria)
    by_code = {entry.code: entry.group for entry in criteria}
    group_results = tuple(
        GroupResult(
            locality.code,
            group.code,
            roll_up(result.verdict for result in results if by_code[result.criterion] == group.code),
        )
        for group in groups
    )
    verdict = roll_up(group.verdict for group in group_results)
    possible = {verdict}
    if verdict is Verdict.INSUFFICIENT:
        asked = [entry.for_types(locality.types) for entry in criteria if _applies(entry, locality)]
        possible = set(possible_outcomes(Facts(entry, evidence, units) for entry in asked))
    return LocalityResult(locality.code, verdict, group_results, results, _ordered(possible))


def _applies(criterion: Criterion, locality: Locality) -> bool:
    return bool(criterion.applies_to_types & locality.types)


def _ordered(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    found = set(verdicts)
    return tuple(verdict for verdict in Verdict if verdict in found)


def assess_criterion(
    criterion: Criterion, locality: Locality, evidence: LocalityEvidence, units: Mapping[str, str]
) -> CriterionResult:
    """The result of one criterion for one locality.

    In this order: a criterion for other types of locality does not apply; one that waits for guidance is
    insufficient for want of it; with nothing accepted the reason is the evidence's own; else the measure
    decides.
    """
    if not _applies(criterion, locality):
        return CriterionResult(
            locality.code,
            criterion.code,
            Verdict.NOT_APPLICABLE,
            figure=NOT_APPLICABLE,
            edition=criterion.edition,
            possible=(Verdict.NOT_APPLICABLE,),
        )
    asked = criterion.for_types(locality.types)
    if isinstance(asked.measure, AwaitedMeasure):
        return _insufficient(
            Facts(asked, LocalityEvidence(locality.code), units), InsufficiencyReason.NO_GUIDANCE
        )
    if evidence.absence is not None:
        nothing = LocalityEvidence(locality.code, absence=evidence.absence)
        return _insufficient(Facts(asked, nothing, units), evidence.absence)
    return _measure(Facts(asked, evidence, units))


def _insufficient(facts: Facts, reason: InsufficiencyReason) -> CriterionResult:
    """A result for which there is nothing at all to measure."""
    return CriterionResult(
        facts.evidence.locality,
        facts.criterion.code,
        Verdict.INSUFFICIENT,
        reason,
        REASONS[reason],
        inputs=facts.inputs,
        missing=facts.missing,
        edition=facts.criterion.edition,
        actor=ACTORS[reason],
        possible=_ordered(possible_verdicts(facts.criterion.measure, facts)),
        matters=facts.missing,
    )


def _measure(facts: Facts) -> CriterionResult:
    measure = facts.criterion.measure
    possible = possible_verdicts(measure, facts)
    verdict = next(iter(possible)) if len(possible) == 1 else Verdict.INSUFFICIENT
    matters = inputs_that_matter(facts) if verdict is Verdict.INSUFFICIENT else ()
    reason = None
    if verdict is Verdict.INSUFFICIENT:
        reason = _reason(facts, matters, contradictory=not possible)
    way = way_to_met(measure, facts) if verdict is Verdict.NOT_MET else Way()
    return CriterionResult(
        facts.evidence.locality,
        facts.criterion.code,
        verdict,
        reason,
        describe_figure(measure, facts) if possible else CONTRADICTORY,
        describe_formula(measure, facts),
        facts.inputs,
        facts.missing,
        facts.criterion.edition,
        None if reason is None else _actor(facts, reason, matters),
        _ordered(possible),
        matters,
        way.steps,
        guard_of(measure, facts),
        way.needs,
    )


_URGENCY = (
    InsufficiencyReason.CONFLICTING_SOURCES,
    InsufficiencyReason.HELD_BY_FINDINGS,
    InsufficiencyReason.GAP_IN_WINDOW,
    InsufficiencyReason.BLANK,
    InsufficiencyReason.NO_BASELINE,
    InsufficiencyReason.UNIT_CHANGED,
)
"""Of several reasons the first here is told: what its submitter can mend at once, then what is older."""


def _reason(facts: Facts, matters: Sequence[str], *, contradictory: bool) -> InsufficiencyReason:
    """Why nothing can be said, by the missing inputs on which the verdict depends.

    Figures that contradict each other whatever the blanks are come before all. With no such input it is the
    guidance that a part waits for, or a contradiction inside one part of a combined measure.
    """
    if contradictory:
        return InsufficiencyReason.CONFLICTING_SOURCES
    found = {facts.lacks(term) for term in facts.missing_terms if name_of(term) in matters}
    found |= {InsufficiencyReason.BLANK for name in facts.missing_statements if name in matters}
    urgent = next((reason for reason in _URGENCY if reason in found), None)
    return urgent or (
        InsufficiencyReason.NO_GUIDANCE if facts.is_awaited else InsufficiencyReason.CONFLICTING_SOURCES
    )


def _actor(facts: Facts, reason: InsufficiencyReason, matters: Sequence[str]) -> Actor:
    """Who must act; what the plan or the reports of other windows hold is not the submitter's to send."""
    lacking = [
        term for term in facts.missing_terms if name_of(term) in matters and facts.lacks(term) is reason
    ]
    if reason is InsufficiencyReason.NO_BASELINE and all(
        isinstance(term.basis, Baseline) for term in lacking
    ):
        return Actor.OFFICE
    return ACTORS[reason]
