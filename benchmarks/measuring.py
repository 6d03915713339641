"""What the plan's entries ask of figures, worked out from their YAML for the second opinion.

Blanks are tried, not reasoned about: a verdict is open where two values of the blanks lead to two verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.integration.independent import MET, NOT_APPLICABLE, NOT_MET

MUCH = Fraction(10**7)
"""A count greater than any in a scene, to try what a blank could still be."""

SINGLE = ("value", "count", "sum")
"""The plan's words for a measure of one sum of figures."""
CONTRADICTION = "contradiction"
"""No verdict: something that is counted would be below zero."""


def asked_of(entry: Mapping[str, Any], locality_type: int) -> Mapping[str, Any]:
    """The measure with its threshold, as it is asked of one type of locality."""
    special = [own for own in entry.get("by_type", ()) if locality_type in own["types"]]
    own: Mapping[str, Any] = special[0] if special else {}
    threshold = own.get("threshold", entry["threshold"])
    return _with_threshold(own.get("measure", entry["measure"]), threshold)


def _with_threshold(measure: Mapping[str, Any], threshold: Mapping[str, Any]) -> dict[str, Any]:
    own = measure.get("threshold", threshold)
    parts = [_with_threshold(part, threshold) for part in measure.get("parts", ())]
    return {**measure, "threshold": own, "parts": parts}


def terms_of(measure: Mapping[str, Any]) -> Iterator[str]:
    """The figures that a measure names, without sign."""
    for part in measure["parts"]:
        yield from terms_of(part)
    for key in ("of", "numerator", "denominator", "left", "right"):
        yield from (term.removeprefix("-") for term in measure.get(key, ()))
    if measure["kind"] in ("decrease", "increase"):
        yield from _compared(measure)


def _compared(measure: Mapping[str, Any]) -> list[str]:
    return [f"{measure.get('against', 'baseline')}.{term}" for term in measure["of"]]


Given = Mapping[str, Fraction]


def completions(
    measures: Sequence[Mapping[str, Any]], known: Given, blank: Given
) -> Iterator[dict[str, Fraction]]:
    """The known figures with values of the blanks: ends, and whole numbers about each turn of a verdict."""
    if not blank:
        yield dict(known)
        return
    term, *rest = blank
    low = blank[term]
    step = (
        Fraction(1, int(term.split(".")[0].removeprefix("average")))
        if term.startswith("average")
        else Fraction(1)
    )
    others = {**known, **{other: blank[other] for other in rest}}
    tried = [low, low + MUCH, low + step, low + 2 * step]
    for measure in measures:
        at_zero = _margins(measure, {**others, term: Fraction(0)})
        at_one = _margins(measure, {**others, term: Fraction(1)})
        for start, after in zip(at_zero, at_one, strict=True):
            if start != after:
                turn = math.floor(start / (start - after) / step)
                tried += [(turn + aside) * step for aside in (-1, 0, 1, 2)]
    for value in dict.fromkeys(tried):
        if value >= low:
            yield from completions(measures, {**known, term: value}, {other: blank[other] for other in rest})


def _sum(terms: Iterable[str], given: Given) -> Fraction:
    total = Fraction(0)
    for term in terms:
        total += -given[term[1:]] if term.startswith("-") else given[term]
    return total


def _margins(measure: Mapping[str, Any], given: Given) -> list[Fraction]:
    """Where one of these passes zero a verdict may turn; each is linear in every figure."""
    limit = Fraction(str(measure["threshold"]["value"]))
    kind = measure["kind"]
    if measure["parts"]:
        return [margin for part in measure["parts"] for margin in _margins(part, given)]
    if kind in SINGLE:
        return [_sum(measure["of"], given) - limit]
    if kind == "compare":
        return [_sum(measure["left"], given) - _sum(measure["right"], given)]
    if kind == "ratio":
        base = _sum(measure["denominator"], given)
        return [base, _sum(measure["numerator"], given) * 100 - limit * base]
    now, base = _sum(measure["of"], given), _sum(_compared(measure), given)
    change = now - base if kind == "increase" else base - now
    return [now, base, change, change * 100 - limit * base, change - limit]


def verdict_of(measure: Mapping[str, Any], given: Given) -> str:
    """The verdict with every figure known."""
    kind, threshold = measure["kind"], measure["threshold"]
    if measure["parts"]:
        return _joined(measure, [verdict_of(part, given) for part in measure["parts"]])
    margins = _margins(measure, given)
    if kind in (*SINGLE, "compare"):
        return _passes(margins[0], measure.get("direction", threshold["direction"]))
    if kind == "ratio":
        if margins[0] <= 0:
            return str(measure["when_nothing"]["verdict"]) if margins[0] == 0 else CONTRADICTION
        return _passes(margins[1], threshold["direction"])
    now, base, change, share, number = margins
    if base < 0:
        return CONTRADICTION
    in_percent = threshold["unit"] == "percent"
    if base == 0 and kind == "decrease":
        return MET if now == 0 else NOT_MET
    if base == 0 and in_percent:
        return MET if now > 0 else NOT_MET
    if change <= 0:
        return NOT_MET
    return _passes(share if in_percent else number, threshold["direction"])


def _joined(measure: Mapping[str, Any], verdicts: Sequence[str]) -> str:
    if CONTRADICTION in verdicts:
        return CONTRADICTION
    if set(verdicts) == {NOT_APPLICABLE}:
        return NOT_APPLICABLE
    if measure["kind"] == "all_of":
        return NOT_MET if NOT_MET in verdicts else MET
    return MET if verdicts.count(MET) >= measure.get("k", 1) else NOT_MET


def _passes(margin: Fraction, direction: str) -> str:
    passed = {
        "at_least": margin >= 0,
        "at_most": margin <= 0,
        "less_than": margin < 0,
        "more_than": margin > 0,
        "equal": margin == 0,
    }[direction]
    return MET if passed else NOT_MET
