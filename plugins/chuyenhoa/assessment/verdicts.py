"""All verdicts of a milestone, from the plan and the evidence alone: criteria, groups and localities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from chuyenhoa.assessment.cases import known_verdicts, possible_verdicts
from chuyenhoa.assessment.facts import Facts, name_of
from chuyenhoa.assessment.figures import describe_figure, describe_formula
from chuyenhoa.assessment.labels import CONTRADICTORY, NOT_APPLICABLE, REASONS
from chuyenhoa.assessment.numbers import Number, number_text
from chuyenhoa.assessment.outlook import (
    Outcomes,
    Way,
    inputs_that_matter,
    possible_outcomes,
    roll_up,
    way_to_met,
)
from chuyenhoa.assessment.remembered import Explain, Remembered
from chuyenhoa.assessment.targets import assess_target
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.baselines import Baseline
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.lifecycle import Earlier
from chuyenhoa.model.plan import Locality, Period, Plan
from chuyenhoa.model.results import (
    ACTORS,
    Actor,
    Assessment,
    CriterionResult,
    GroupResult,
    Guard,
    InsufficiencyReason,
    LocalityResult,
    TargetResult,
    Verdict,
)


class AssessmentError(Exception):
    """The assessment was asked for something that the plan does not hold: our fault, never a submitter's."""


def assess(
    plan: Plan,
    milestone: Period,
    evidence: Mapping[str, LocalityEvidence],
    as_of: date,
    earlier: Sequence[Earlier] = (),
) -> Assessment:
    """Assess every locality of a plan by every criterion in force.

    The same arguments always give the same result: no clock, no input or output.

    Args:
        plan: The year's programme.
        milestone: The period that is assessed; the evidence is of its window.
        evidence: What was accepted, by locality code. A locality without an entry has sent nothing.
        as_of: The day whose guidance is in force; the end of the milestone's window.
        earlier: Localities that earlier plans recognised, with what was recorded of them since.

    Returns:
        One result per locality and criterion, always, with groups, localities and the province's targets.

    Raises:
        AssessmentError: Evidence of a locality, a criterion's indicator or group, or a target's count that
            the plan does not know.
    """
    localities = tuple(assess_each(plan, evidence, as_of))
    targets, notes = _assess_targets(plan, localities, earlier)
    return Assessment(plan.id, milestone.id, localities, targets, notes)


def assess_each(
    plan: Plan, evidence: Mapping[str, LocalityEvidence], as_of: date
) -> Iterator[LocalityResult]:
    """The results of every locality of a plan, one after the other, so that none need be kept.

    Raises:
        AssessmentError: As `assess` does.
    """
    criteria = criteria_for(plan, evidence, as_of)
    units = {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}
    decimals = decimals_of(plan)
    explain = Remembered(assess_criterion)
    for entry in plan.localities:
        known = evidence_in(evidence, entry.code)
        yield assess_locality(entry, known, criteria, plan.groups, units, decimals, explain)


def decimals_of(plan: Plan) -> frozenset[str]:
    """The indicators that are no whole numbers: money."""
    return frozenset(code for code, indicator in plan.indicator_by_code.items() if indicator.decimals)


def criteria_for(
    plan: Plan, evidence: Mapping[str, LocalityEvidence], as_of: date
) -> tuple[measures.Criterion, ...]:
    """The criteria in force on a day, after a look at whether plan and evidence belong together.

    Raises:
        AssessmentError: They do not.
    """
    # The letter on VI.1 is of 1/11/2021: at the six months' cut-off (14/10) it is not in force, at the year's
    # (14/12) it is. Taking today's letters would change a verdict that was issued already.
    criteria = tuple(plan.criteria_on(as_of))
    _refuse_strangers(plan, criteria, evidence)
    return criteria


def evidence_in(evidence: Mapping[str, LocalityEvidence], code: str) -> LocalityEvidence:
    """What was accepted for a locality; one without an entry has sent nothing."""
    return evidence.get(code) or LocalityEvidence(code, absence=InsufficiencyReason.NOT_SUBMITTED)


def _assess_targets(
    plan: Plan, localities: Sequence[LocalityResult], earlier: Sequence[Earlier]
) -> tuple[tuple[TargetResult, ...], dict[str, str]]:
    """The province's targets, and by target code a note where there was nothing to count."""
    try:
        found = [(target.code, *assess_target(target, localities, earlier)) for target in plan.targets]
    except ValueError as error:
        raise AssessmentError(str(error)) from error
    notes = {code: note for code, _, note in found if note is not None}
    return tuple(result for _, result, _ in found), notes


def _refuse_strangers(
    plan: Plan, criteria: Sequence[measures.Criterion], evidence: Mapping[str, LocalityEvidence]
) -> None:
    """Refuse what would otherwise be dropped in silence and so change a verdict unseen."""
    problems = [
        f"evidence under '{code}' is of locality '{entry.locality}'"
        for code, entry in evidence.items()
        if code != entry.locality
    ]
    problems += [
        f"evidence of unknown locality '{code}'" for code in evidence if code not in plan.locality_by_code
    ]
    groups = {group.code for group in plan.groups}
    problems += [
        f"criterion {c.code} is of unknown group '{c.group}'" for c in criteria if c.group not in groups
    ]
    problems += [
        f"criterion {criterion.code} needs unknown indicator '{term.indicator}'"
        for criterion in criteria
        for term in criterion.terms
        if term.indicator not in plan.indicator_by_code
    ]
    if problems:
        raise AssessmentError("; ".join(dict.fromkeys(problems)))


def assess_locality(
    locality: Locality,
    evidence: LocalityEvidence,
    criteria: Sequence[measures.Criterion],
    groups: Sequence[measures.CriteriaGroup],
    units: Mapping[str, str],
    decimals: Collection[str] = (),
    explain: Explain | None = None,
) -> LocalityResult:
    """All results of one locality: one per criterion, one per group, and its own.

    Args:
        locality: The commune with its types.
        evidence: What was accepted for it.
        criteria: The criteria in force, in the order of the plan.
        groups: The groups of the plan, in its order.
        units: The unit of every indicator by its code.
        decimals: The indicators that are no whole numbers: money.
        explain: What gives the result of one criterion: `assess_criterion`, or what remembers its results.
    """
    explain = explain or assess_criterion
    results = tuple(explain(entry, locality, evidence, units, decimals) for entry in criteria)
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
    # Only an open locality is solved over all its criteria: for a decided one the answer is its verdict.
    outlook = Outcomes(frozenset({verdict}))
    if verdict is Verdict.INSUFFICIENT:
        asked = [entry.for_types(locality.types) for entry in criteria if _applies(entry, locality)]
        outlook = possible_outcomes(Facts(entry, evidence, units, decimals) for entry in asked)
    possible = _ordered(outlook.verdicts)
    return LocalityResult(locality.code, verdict, group_results, results, possible, outlook.is_wide)


def _applies(criterion: measures.Criterion, locality: Locality) -> bool:
    return bool(criterion.applies_to_types & locality.types)


def _ordered(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    found = set(verdicts)
    return tuple(verdict for verdict in Verdict if verdict in found)


def assess_criterion(
    criterion: measures.Criterion,
    locality: Locality,
    evidence: LocalityEvidence,
    units: Mapping[str, str],
    decimals: Collection[str] = (),
) -> CriterionResult:
    """The result of one criterion for one locality.

    In this order: a criterion for other types of locality does not apply; one that waits for guidance is
    insufficient for want of it; else the measure decides. Where it cannot and the window is not covered,
    the reason is the evidence's own.
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
    # The order is that of the docstring: were absence looked at first, a group "tiêu chí khác" without its
    # letter (plan 121/KH-BCĐ, II.3) would send people after a report that could not decide it anyway.
    asked = criterion.for_types(locality.types)
    if isinstance(asked.measure, measures.AwaitedMeasure):
        return _insufficient(
            Facts(asked, LocalityEvidence(locality.code), units, decimals), InsufficiencyReason.NO_GUIDANCE
        )
    if evidence.absence is not None:
        # One month of eight came and states an offence: "no offence" is broken, whatever the others say.
        measured = _measure(Facts(asked, evidence, units, decimals)) if evidence.is_partial else None
        if measured is not None and measured.verdict is not Verdict.INSUFFICIENT:
            return measured
        nothing = LocalityEvidence(locality.code, absence=evidence.absence)
        return _insufficient(Facts(asked, nothing, units, decimals), evidence.absence)
    return _measure(Facts(asked, evidence, units, decimals))


def verdict_of(
    criterion: measures.Criterion,
    locality: Locality,
    evidence: LocalityEvidence,
    decimals: Collection[str] = (),
) -> Verdict:
    """The verdict of `assess_criterion`, without all that explains it."""
    if not _applies(criterion, locality):
        return Verdict.NOT_APPLICABLE
    asked = criterion.for_types(locality.types)
    if isinstance(asked.measure, measures.AwaitedMeasure) or not evidence.is_measurable:
        return Verdict.INSUFFICIENT
    return _decided(possible_verdicts(asked.measure, Facts(asked, evidence, {}, decimals)))


def _decided(possible: frozenset[Verdict]) -> Verdict:
    return next(iter(possible)) if len(possible) == 1 else Verdict.INSUFFICIENT


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
        is_wide=facts.work.is_exhausted,
    )


def _measure(facts: Facts) -> CriterionResult:
    measure = facts.criterion.measure
    possible = possible_verdicts(measure, facts)
    verdict = _decided(possible)
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
        facts.work.is_exhausted,
    )


# Of several reasons the first here is reported: what its submitter can correct at once, then what is older.
_URGENCY = (
    InsufficiencyReason.CONFLICTING_SOURCES,
    InsufficiencyReason.HELD_BY_FINDINGS,
    InsufficiencyReason.GAP_IN_WINDOW,
    InsufficiencyReason.WITHDRAWN,
    InsufficiencyReason.BLANK,
    InsufficiencyReason.NO_BASELINE,
    InsufficiencyReason.UNIT_CHANGED,
)


def _reason(facts: Facts, matters: Sequence[str], *, contradictory: bool) -> InsufficiencyReason:
    """Why nothing can be said, by the missing inputs on which the verdict depends.

    Figures that contradict each other whatever the blanks are come before all. With no such input it is the
    guidance that a part waits for, or a contradiction inside one part of a combined measure.
    """
    if contradictory:
        return InsufficiencyReason.CONFLICTING_SOURCES
    found = {facts.lacks(term) for term in facts.missing_terms if name_of(term) in matters}
    found |= {facts.lacks_statement for name in facts.missing_statements if name in matters}
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


# Up to so many cases a percentage says little: with 4, one case is 25 of a hundred, so 3 of 4 solved (75 %)
# fails the 80 % of II.2 and 4 of 4 passes. The mark changes no verdict (decision 0018).
FEW = 4


def guard_of(measure: measures.Measure, facts: Facts) -> Guard | None:
    """The mark of the first percentage in a measure that must be read with care; None where none must.

    Only shares and changes in percent are looked at, with every figure known and something to divide by:
    where nothing occurred no percentage was formed. The verdict itself stays as it was computed.
    """
    for leaf in measures.leaves_of(measure):
        total = _total_of(leaf, facts)
        if total is not None and total > 0:
            guard = Guard(number_text(total), _turns(leaf, facts), total <= FEW)
            if guard.on_the_edge or guard.few:
                return guard
    return None


def _total_of(leaf: measures.Leaf, facts: Facts) -> Number | None:
    """What a percentage is of; None for a measure without one, or where a figure is missing."""
    if isinstance(leaf, measures.RatioMeasure):
        base = leaf.denominator
    elif isinstance(leaf, measures.ChangeMeasure) and leaf.threshold.in_percent:
        base = leaf.before
    else:
        return None
    known = all(facts.value(term) is not None for term in measures.terms_of(leaf))
    return facts.total(base).constant if known else None


def _turns(leaf: measures.Leaf, facts: Facts) -> bool:
    """Whether one case more or fewer in any figure of the period gives another verdict.

    No figure falls below zero, and figures that would contradict each other decide nothing.
    """
    # II.2 with 8 of 10 solved: 7 of 10 fails, so one case decides. The baseline is history and stays.
    values = {term.name: facts.value(term) or 0 for term in measures.terms_of(leaf)}
    undecided: tuple[frozenset[Verdict] | None, ...] = (_verdict(leaf, values), frozenset())
    current = dict.fromkeys(term.name for term in measures.terms_of(leaf) if term.basis is Basis.CURRENT)
    return any(
        _verdict(leaf, {**values, name: values[name] + change}) not in undecided
        for name in current
        for change in (1, -1)
        if values[name] + change >= 0
    )


def _verdict(leaf: measures.Leaf, values: Mapping[str, Number]) -> frozenset[Verdict] | None:
    return known_verdicts(leaf, lambda term: values[term.name])
