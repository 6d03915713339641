"""All verdicts of a milestone, from the plan and the evidence alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from chuyenhoa.assessment.targets import assess_target
from chuyenhoa.assessment.verdicts import assess_locality
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.lifecycle import Earlier
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.results import Assessment, InsufficiencyReason, LocalityResult, TargetResult


class AssessmentError(Exception):
    """The assessment was asked for something that the plan does not hold: our fault, never a submitter's."""


def assess(
    plan: Plan,
    milestone: Period,
    evidence: Mapping[str, LocalityEvidence],
    as_of: date,
    earlier: Sequence[Earlier] = (),
) -> Assessment:
    """Judge every locality of a plan by every criterion in force.

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
    criteria = plan.criteria_on(as_of)
    _refuse_strangers(plan, criteria, evidence)
    units = {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}
    localities = tuple(
        assess_locality(
            entry,
            evidence.get(entry.code)
            or LocalityEvidence(entry.code, absence=InsufficiencyReason.NOT_SUBMITTED),
            criteria,
            plan.groups,
            units,
        )
        for entry in plan.localities
    )
    targets, notes = _assess_targets(plan, localities, earlier)
    return Assessment(plan.id, milestone.id, localities, targets, notes)


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
    plan: Plan, criteria: Sequence[Criterion], evidence: Mapping[str, LocalityEvidence]
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
