"""From the cases of a measure to the result of a criterion, and from criteria to groups and localities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.assessment.figures import describe_figure
from chuyenhoa.assessment.formulas import describe_formula
from chuyenhoa.assessment.words import CONTRADICTORY, NOT_APPLICABLE, REASONS
from chuyenhoa.model.criteria import AwaitedMeasure, CriteriaGroup, Criterion
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Locality
from chuyenhoa.model.results import CriterionResult, GroupResult, LocalityResult, Reason, Verdict


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
    return LocalityResult(
        locality.code, roll_up(group.verdict for group in group_results), group_results, results
    )


def roll_up(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict over several: one failure fails, else one gap leaves it open; not applicable is neutral."""
    found = set(verdicts)
    for decisive in (Verdict.NOT_MET, Verdict.INSUFFICIENT, Verdict.MET):
        if decisive in found:
            return decisive
    return Verdict.NOT_APPLICABLE


def assess_criterion(
    criterion: Criterion, locality: Locality, evidence: LocalityEvidence, units: Mapping[str, str]
) -> CriterionResult:
    """The result of one criterion for one locality.

    In this order: a criterion for other types of locality does not apply; one that waits for guidance is
    insufficient for want of it; with nothing accepted the reason is the evidence's own; else the measure
    decides.
    """
    if not criterion.applies_to_types & locality.types:
        return CriterionResult(locality.code, criterion.code, Verdict.NOT_APPLICABLE, figure=NOT_APPLICABLE)
    if isinstance(criterion.measure, AwaitedMeasure):
        return _insufficient(locality, criterion, Reason.NO_GUIDANCE)
    if evidence.absence is not None:
        nothing = Facts(criterion, LocalityEvidence(locality.code), units)
        return _insufficient(locality, criterion, evidence.absence, nothing)
    return _measure(locality, Facts(criterion, evidence, units))


def _insufficient(
    locality: Locality, criterion: Criterion, reason: Reason, facts: Facts | None = None
) -> CriterionResult:
    return CriterionResult(
        locality.code,
        criterion.code,
        Verdict.INSUFFICIENT,
        reason,
        REASONS[reason],
        inputs=facts.inputs if facts else (),
        missing=facts.missing if facts else (),
    )


def _measure(locality: Locality, facts: Facts) -> CriterionResult:
    criterion = facts.criterion
    possible = possible_verdicts(criterion.measure, facts)
    decided = len(possible) == 1
    figure = describe_figure(criterion.measure, facts) if possible else CONTRADICTORY
    return CriterionResult(
        locality.code,
        criterion.code,
        next(iter(possible)) if decided else Verdict.INSUFFICIENT,
        None if decided else _reason(facts, contradictory=not possible),
        figure,
        describe_formula(criterion.measure, facts),
        facts.inputs,
        facts.missing,
    )


def _reason(facts: Facts, *, contradictory: bool) -> Reason:
    """Why nothing can be said: the first that holds of these.

    Figures that contradict each other whatever the blanks are; a blank of the period itself (figure or
    declaration), since its submitter can mend it in the same file; a blank of the baseline window; guidance
    that a part waits for. What is left is a contradiction inside one part of a combined measure.
    """
    if contradictory:
        return Reason.CONFLICTING_SOURCES
    if facts.missing_statements or any(term.basis is Basis.CURRENT for term in facts.missing_terms):
        return Reason.BLANK
    if facts.missing_terms:
        return Reason.NO_BASELINE
    return Reason.NO_GUIDANCE if facts.is_awaited else Reason.CONFLICTING_SOURCES
