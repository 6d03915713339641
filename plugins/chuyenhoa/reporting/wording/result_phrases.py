"""What a criterion's result says of one locality, in the words of the report instead of a formula's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from chuyenhoa.reporting.snapshot.frozen import FrozenCriterion, FrozenLocality, FrozenThreshold
from chuyenhoa.reporting.snapshot.view import SnapshotView
from chuyenhoa.reporting.wording.patterns import Fact, ToldResult
from chuyenhoa.reporting.wording.prose import state_facts
from chuyenhoa.reporting.wording.provenance import quote_result

_CENT = Decimal("0.01")


def tell_result(locality: FrozenLocality, result: FrozenCriterion, view: SnapshotView) -> str:
    """`khám phá 19/25 vụ (76,00%)`; the assessment's own words where the wording knows no sentence.

    A sentence belongs to a set of inputs (`results` of the wording) and not to a criterion's code, so that it
    stays true of the figures whatever limit a plan sets for them.
    """
    names = {entry.name for entry in result.inputs}
    told = view.phrases.patterns("results.told", ToldResult)
    pattern = next((entry for entry in told if set(entry.inputs) == names), None)
    alone = view.only(locality.code)
    if pattern and _looks_met(pattern.facts, view.criteria[result.criterion].threshold, alone):
        pattern = None
    said = view.phrases.text("results.between").join(state_facts(pattern.facts, alone)) if pattern else ""
    if said or not result.figure:
        return said
    if view.criteria[result.criterion].declared and result.verdict == "not_met":
        return view.phrases.text("results.declared_not")
    return quote_result(locality.code, result.criterion, result.figure)


def _looks_met(facts: Sequence[Fact], threshold: FrozenThreshold | None, alone: SnapshotView) -> bool:
    """Whether a share would print as the limit that it misses, as 79,996 % of 80 % does."""
    if threshold is None or threshold.unit != "percent":
        return False
    limit = Decimal(threshold.value)
    for fact in facts:
        ratio = alone.ratio(fact.ratio.part, fact.ratio.whole) if fact.ratio else None
        if ratio is not None and ratio.whole > 0:
            share = Decimal(ratio.part) * 100 / Decimal(ratio.whole)
            if share != limit and share.quantize(_CENT, rounding=ROUND_HALF_UP) == limit:
                return True
    return False
