"""What is missing can still change: which inputs of a criterion, and what verdicts of a locality."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from chuyenhoa.assessment.cases import STATEMENT, Case, possible_cases
from chuyenhoa.assessment.exactly import known_verdicts
from chuyenhoa.assessment.facts import Facts, name_of, unknown_of
from chuyenhoa.assessment.linear import Condition, Linear, Unknown, is_possible
from chuyenhoa.model.results import Verdict

PRECEDENCE = (Verdict.NOT_MET, Verdict.INSUFFICIENT, Verdict.MET)
"""One failure fails, else one gap leaves it open; what does not apply is neutral."""


def roll_up(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict over several: the first of `PRECEDENCE` among them; not applicable where none is."""
    found = set(verdicts)
    return next((verdict for verdict in PRECEDENCE if verdict in found), Verdict.NOT_APPLICABLE)


def inputs_that_matter(facts: Facts) -> tuple[str, ...]:
    """The missing inputs on which the verdict of a criterion depends, by name.

    An input matters when two values of it, with everything else the same, give different verdicts. What is
    left out may come in with any value at all: "đạt dù TNGT_CHET thế nào".
    """
    cases = possible_cases(facts.criterion.measure, facts)
    figures = [name_of(term) for term in facts.missing_terms if _can_differ(cases, unknown_of(term))]
    statements: tuple[str, ...] = ()
    if facts.missing_statements and _can_differ(cases, (facts.criterion.code, STATEMENT)):
        statements = facts.missing_statements
    return (*figures, *statements)


def _can_differ(cases: Sequence[Case], unknown: Unknown) -> bool:
    return any(
        one.verdict is not other.verdict
        and is_possible([*one.conditions, *(_rename(condition, unknown) for condition in other.conditions)])
        for one, other in combinations(cases, 2)
    )


def _rename(condition: Condition, unknown: Unknown) -> Condition:
    """The condition on a second value of an unknown, with all others the same."""
    multiples = {
        (("other", *key) if key == unknown else key): value for key, value in condition.sum.multiples.items()
    }
    return Condition(Linear(condition.sum.constant, multiples), condition.strict)


@dataclass(frozen=True)
class _Joint:
    """A verdict over several criteria, and the conditions under which all of theirs hold together."""

    verdict: Verdict
    conditions: tuple[Condition, ...]


def possible_outcomes(judged: Iterable[Facts]) -> frozenset[Verdict]:
    """The verdicts that a locality can still have once everything missing is there.

    A figure that several criteria name has one value in all of them. Figures that contradict each other may
    be corrected to anything.
    """
    outcome = frozenset({Verdict.NOT_APPLICABLE})
    for together in _by_shared_unknowns([_cases(facts) for facts in judged]):
        found = _outcomes_of(together)
        outcome = frozenset(roll_up((one, other)) for one in outcome for other in found)
    return outcome


_CORRECTED = tuple(Case(verdict) for verdict in (Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE))


def _cases(facts: Facts) -> tuple[Case, ...]:
    known = known_verdicts(facts.criterion.measure, facts.value)
    if known:
        return tuple(map(Case, known))
    return possible_cases(facts.criterion.measure, facts) or _CORRECTED


def _unknowns(cases: Iterable[Case]) -> set[Unknown]:
    return {key for case in cases for condition in case.conditions for key in condition.sum.multiples}


def _by_shared_unknowns(criteria: Sequence[tuple[Case, ...]]) -> list[list[tuple[Case, ...]]]:
    """Criteria put together that have an unknown in common, directly or through others."""
    groups: list[tuple[set[Unknown], list[tuple[Case, ...]]]] = []
    for cases in criteria:
        unknowns, together = _unknowns(cases), [cases]
        apart = []
        for group in groups:
            if group[0] & unknowns:
                unknowns |= group[0]
                together = group[1] + together
            else:
                apart.append(group)
        groups = [*apart, (unknowns, together)]
    return [together for _, together in groups]


def _outcomes_of(criteria: Sequence[tuple[Case, ...]]) -> frozenset[Verdict]:
    """The verdicts over criteria whose unknowns have one value in all."""
    joint = [_Joint(Verdict.NOT_APPLICABLE, ())]
    for cases in criteria:
        joined = [
            _Joint(roll_up((known.verdict, case.verdict)), known.conditions + case.conditions)
            for known in joint
            for case in cases
        ]
        joint = [entry for entry in joined if len(criteria) == 1 or is_possible(entry.conditions)]
    return frozenset(entry.verdict for entry in joint)
