"""Results explained once: what is said of known figures is the same whoever sent them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from chuyenhoa.assessment.facts import Facts
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.evidence import LocalityEvidence
from chuyenhoa.model.plan import Locality
from chuyenhoa.model.results import CriterionResult

Explain = Callable[
    [Criterion, Locality, LocalityEvidence, Mapping[str, str], Collection[str]], CriterionResult
]

# A country's figures differ, and its memory must not grow with it: of so many results the rest is forgotten.
_MOST = 50_000


class Remembered:
    """Explains as another function does, and keeps what it said for the next locality of the same figures.

    Verdict, texts, steps and marks of a criterion follow from its figures; only its inputs, with their files
    and cells, are each locality's own. Where anything is missing nothing is kept: then reasons count too.
    """

    def __init__(self, explain: Explain) -> None:
        self._explain = explain
        self._said: dict[tuple[Any, ...], CriterionResult] = {}

    def __call__(
        self,
        criterion: Criterion,
        locality: Locality,
        evidence: LocalityEvidence,
        units: Mapping[str, str],
        decimals: Collection[str],
    ) -> CriterionResult:
        """The result of one criterion for one locality."""
        asked = criterion.for_types(locality.types)
        seen = _seen(asked, evidence)
        if seen is None:
            return self._explain(criterion, locality, evidence, units, decimals)
        key = (criterion.code, locality.types, *seen)
        like = self._said.get(key)
        if like is None:
            like = self._explain(criterion, locality, evidence, units, decimals)
            if len(self._said) >= _MOST:
                self._said.clear()
            self._said[key] = like
            return like
        inputs = Facts(asked, evidence, units, decimals).inputs if like.inputs else ()
        result = object.__new__(CriterionResult)  # one of millions: its own __init__ sets field by field
        result.__dict__.update(like.__dict__)
        result.__dict__.update(locality=locality.code, inputs=inputs)
        return result


def _seen(asked: Criterion, evidence: LocalityEvidence) -> list[Any] | None:
    """All that a result is told from, its sources aside; None where something is missing or is told of."""
    if evidence.absence is not None:
        return None
    seen: list[Any] = []
    for term in asked.distinct_terms:
        known = evidence.known(term.indicator, term.basis)
        # The former units behind a sum may be named beside it.
        if known is None or known.value is None or any(part.unit for part in known.parts[:1]):
            return None
        seen += known.value, known.divisor
    if asked.statements:
        said = evidence.declarations.get(asked.code)
        if said is None:
            return None
        seen += said.answer, said.document_number, said.document_date
    return seen
