"""Small numbers: a percentage that one case more or fewer would turn, or that rests on few cases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.assessment.numbers import number_text
from chuyenhoa.model.criteria import ChangeMeasure, Leaf, Measure, RatioMeasure, Term, leaves_of, terms_of
from chuyenhoa.model.evidence import KnownFigure
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.results import Guard

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


def _total_of(leaf: Leaf, facts: Facts) -> Fraction | None:
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
    """Whether one case more or fewer in any figure of the period gives another verdict."""
    as_it_is = possible_verdicts(leaf, facts)
    return any(
        possible_verdicts(leaf, moved) not in (as_it_is, frozenset())
        for term in dict.fromkeys(terms_of(leaf))
        if term.basis is Basis.CURRENT
        for change in (1, -1)
        if (moved := _move(facts, term, change)) is not None
    )


def _move(facts: Facts, term: Term, change: int) -> Facts | None:
    """The facts with one figure moved; None where it would fall below zero."""
    key = (term.indicator, Basis.CURRENT)
    known = facts.evidence.figures[key]
    value = (known.value or Decimal(0)) + change
    if value < 0:
        return None
    figures = {**facts.evidence.figures, key: KnownFigure(value, known.source)}
    return replace(facts, evidence=replace(facts.evidence, figures=figures))
