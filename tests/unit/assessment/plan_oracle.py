"""Criteria judged straight from the entries of a plan's YAML in plain arithmetic, apart from the engine.

It knows nothing of the engine's classes: an entry is what `criteria.yaml` holds, a figure is found by its
term's text. `said` and `letter` stand for what an open declaration or an awaited letter turns out to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Entry = Mapping[str, Any]
MET, NOT_MET, NOT_APPLICABLE = "met", "not_met", "not_applicable"


@dataclass(frozen=True)
class World:
    """Everything known of one locality: figures by term (`A`, `baseline.A`, `average3.A`), what is said."""

    figures: Mapping[str, Fraction]
    answer: str | None = None
    """yes, no, not_applicable, or None for a blank."""
    has_document: bool = False
    said: str = MET
    letter: str = MET


def passes(value: Fraction, limit: Entry | Fraction, direction: str = "") -> bool:
    bound = limit if isinstance(limit, Fraction) else Fraction(limit["value"])
    word = direction if isinstance(limit, Fraction) else limit["direction"]
    return {
        "at_least": value >= bound,
        "at_most": value <= bound,
        "less_than": value < bound,
        "more_than": value > bound,
        "equal": value == bound,
    }[str(word)]


def add(terms: Iterable[str], world: World, window: str = "") -> Fraction:
    total = Fraction(0)
    for term in terms:
        sign = -1 if term.startswith("-") else 1
        total += sign * world.figures[window + term.removeprefix("-")]
    return total


def judge(entry: Entry, threshold: Entry, world: World) -> str:
    """The verdict of one measure entry; its own threshold goes before the criterion's."""
    kind, limit = entry["kind"], entry.get("threshold") or threshold
    if kind in ("all_of", "any_of", "at_least"):
        return _combine(entry, [judge(part, threshold, world) for part in entry["parts"]])
    if kind == "guidance":
        return world.letter
    if kind == "declaration":
        return _declared(entry, world)
    if kind == "ratio":
        part, base = add(entry["numerator"], world), add(entry["denominator"], world)
        if base == 0:
            return str(entry["when_nothing"]["verdict"])
        return _word(passes(part / base * 100, limit))
    if kind in ("decrease", "increase"):
        return _word(_changed(entry, limit, world))
    if kind in ("compare", "stock_comparison"):
        word = entry.get("direction") or threshold["direction"]
        return _word(passes(add(entry["left"], world), add(entry["right"], world), word))
    if kind == "zero_event":
        return _word(add(entry["of"], world) == 0)
    return _word(passes(add(entry["of"], world), limit))


def _window_of(entry: Entry) -> str:
    """What stands in front of a figure of the window that a change is held against."""
    return "baseline." if entry["against"] == "same_window" else f"{entry['against']}."


def _changed(entry: Entry, limit: Entry, world: World) -> bool:
    window = _window_of(entry)
    now, before = add(entry["of"], world), add(entry["of"], world, window)
    in_percent = limit["unit"] == "percent"
    if before == 0 and (in_percent or entry["kind"] == "decrease"):
        return now == 0 if entry["kind"] == "decrease" else now > 0
    change = before - now if entry["kind"] == "decrease" else now - before
    return change > 0 and passes(change / before * 100 if in_percent else change, limit)


def _declared(entry: Entry, world: World) -> str:
    if world.answer is None or (world.answer == "yes" and entry["needs_document"] and not world.has_document):
        return world.said
    return {"yes": MET, "no": NOT_MET, "not_applicable": NOT_APPLICABLE}[world.answer]


def _combine(entry: Entry, verdicts: list[str]) -> str:
    if set(verdicts) == {NOT_APPLICABLE}:
        return NOT_APPLICABLE
    if entry["kind"] == "all_of":
        return _word(NOT_MET not in verdicts)
    return _word(verdicts.count(MET) >= entry.get("k", 1))


def judge_criterion(entry: Entry, types: Iterable[int], world: World) -> str:
    """The verdict of a criterion in a locality of these types: it passes what is asked of each of them."""
    asked = []
    for one in sorted(set(types) & set(entry["applies_to_types"])):
        special: Entry = next((s for s in entry["by_type"] if one in s["types"]), {})
        asked.append(
            (special.get("measure") or entry["measure"], special.get("threshold") or entry["threshold"])
        )
    if not asked:
        return NOT_APPLICABLE
    return _combine({"kind": "all_of"}, [judge(measure, limit, world) for measure, limit in asked])


def terms_of(entry: Entry) -> list[str]:
    """The figures that a measure names, without their signs, each once."""
    named = [*entry.get("numerator", ()), *entry.get("denominator", ()), *entry.get("left", ())]
    named += [*entry.get("right", ()), *entry.get("of", ())]
    if "against" in entry:
        named += [_window_of(entry) + term for term in entry["of"]]
    named += [term for part in entry.get("parts", ()) for term in terms_of(part)]
    return list(dict.fromkeys(term.removeprefix("-") for term in named))


def quantities(entry: Entry, threshold: Entry, world: World) -> list[Fraction]:
    """What a measure depends on by sign alone; each is linear in every figure."""
    kind, limit = entry["kind"], entry.get("threshold") or threshold
    bound = Fraction(limit["value"])
    if "parts" in entry:
        return [found for part in entry["parts"] for found in quantities(part, threshold, world)]
    if kind == "ratio":
        part, base = add(entry["numerator"], world), add(entry["denominator"], world)
        return [base, 100 * part - bound * base]
    if kind in ("decrease", "increase"):
        window = _window_of(entry)
        now, before = add(entry["of"], world), add(entry["of"], world, window)
        change = before - now
        return [
            now,
            before,
            change,
            *(100 * s * change - bound * before for s in (1, -1)),
            change - bound,
            -change - bound,
        ]
    if kind in ("compare", "stock_comparison"):
        return [add(entry["left"], world) - add(entry["right"], world)]
    if "of" in entry:
        return [add(entry["of"], world), add(entry["of"], world) - bound]
    return []


def _word(passed: bool) -> str:
    return MET if passed else NOT_MET
