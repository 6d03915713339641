"""Rehearses a change of the plan's criteria: which verdicts would flip on the data that is stored."""

from __future__ import annotations

from dataclasses import dataclass

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import Assessment, Verdict
from chuyenhoa.pipeline.assessing import compute_assessment, gather_evidence
from chuyenhoa.pipeline.workplace import Workplace


@dataclass(frozen=True)
class Flip:
    """One verdict that differs: of a criterion, or of the locality where `criterion` is empty.

    None is a result that one of the two wordings does not have.
    """

    milestone: str
    locality: str
    criterion: str
    before: Verdict | None
    after: Verdict | None


def compare_plans(place: Workplace, old: Plan, new: Plan) -> list[Flip]:
    """The verdicts that differ between two wordings of a plan, at every milestone that both have.

    Nothing is stored. Both are of the same id, since reports belong to the plan that their form names.
    """
    flips = []
    shared = [entry.id for entry in old.milestones if entry.id in new.period_by_id]
    with place.store.reading() as session:
        for milestone in shared:
            before, after = (
                _verdicts(
                    compute_assessment(
                        plan,
                        plan.period_by_id[milestone],
                        gather_evidence(place, session, plan.period_by_id[milestone], plan),
                    )
                )
                for plan in (old, new)
            )
            flips += [
                Flip(milestone, *key, before.get(key), after.get(key))
                for key in dict.fromkeys([*before, *after])
                if before.get(key) is not after.get(key)
            ]
    return flips


def _verdicts(found: Assessment) -> dict[tuple[str, str], Verdict]:
    """Every verdict by locality and criterion; under "" that of the locality."""
    verdicts = {}
    for locality in found.localities:
        verdicts[locality.locality, ""] = locality.verdict
        verdicts |= {(locality.locality, result.criterion): result.verdict for result in locality.criteria}
    return verdicts
