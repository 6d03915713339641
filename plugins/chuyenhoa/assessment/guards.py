"""Small numbers: a percentage that one case more or fewer would turn, or that rests on few cases."""

from __future__ import annotations

from collections.abc import Mapping

from chuyenhoa.assessment.exactly import known_verdicts
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.assessment.numbers import Number, number_text
from chuyenhoa.model.criteria import ChangeMeasure, Leaf, Measure, RatioMeasure, leaves_of, terms_of
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Guard, Verdict

FEW = 4
"""Up to so many cases a percentage says little: with 4, one case is 25 of a hundred."""


def guard_of(measure: Measure, facts: Facts) -> Guard | None:
    """The mark of the first percentage in a measure that must be read with care; None where none must.

    Only shares and changes in percent are looked at, with every figure known and something to divide by:
    where nothing occurred no percentage was formed. The verdict itself stays as it was computed.
    """
    for leaf in leaves_of(measure):
        total = _total_of(leaf, facts)
        if total is not None and total > 0:
            guard = Guard(number_text(total), _turns(leaf, facts), total <= FEW)
            if guard.on_the_edge or guard.few:
                return guard
    return None


def _total_of(leaf: Leaf, facts: Facts) -> Number | None:
    """What a percentage is of; None for a measure without one, or where a figure is missing."""
    if isinstance(leaf, RatioMeasure):
        base = leaf.denominator
    elif isinstance(leaf, ChangeMeasure) and leaf.threshold.in_percent:
        base = leaf.before
    else:
        return None
    known = all(facts.value(term) is not None for term in terms_of(leaf))
    return facts.total(base).constant if known else None


def _turns(leaf: Leaf, facts: Facts) -> bool:
    """Whether one case more or fewer in any figure of the period gives another verdict.

    No figure falls below zero, and figures that would contradict each other decide nothing.
    """
    values = {term.name: facts.value(term) or 0 for term in terms_of(leaf)}
    undecided: tuple[frozenset[Verdict] | None, ...] = (_verdict(leaf, values), frozenset())
    current = dict.fromkeys(term.name for term in terms_of(leaf) if term.basis is Basis.CURRENT)
    return any(
        _verdict(leaf, {**values, name: values[name] + change}) not in undecided
        for name in current
        for change in (1, -1)
        if values[name] + change >= 0
    )


def _verdict(leaf: Leaf, values: Mapping[str, Number]) -> frozenset[Verdict] | None:
    return known_verdicts(leaf, lambda term: values[term.name])
