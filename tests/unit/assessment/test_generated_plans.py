"""Generated plans and data: the engine, from YAML entry to verdict, against an oracle in plain arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment.verdicts import assess_criterion, assess_locality
from chuyenhoa.model.baselines import Baseline, read_against
from chuyenhoa.model.criteria import CriteriaGroup, Criterion
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.results import CriterionResult, Verdict
from chuyenhoa.plan.criterion_entries import CRITERION
from tests.unit.assessment import plan_oracle as oracle
from tests.unit.assessment.building import PLACE, SOURCE

Entry = dict[str, Any]
UNITS = dict.fromkeys("ABC", "vụ")
WINDOWS = ("same_window", "preceding", "previous_year", "average3", "fixed.khoi_diem")
VERDICTS = ("met", "not_met", "not_applicable")

_directions = st.sampled_from(["at_least", "at_most", "less_than", "more_than", "equal"])


def _threshold(unit: str) -> st.SearchStrategy[Entry]:
    values = [0, 5, 15, 50, 80, 100, 150] if unit == "percent" else [0, 1, 2, 3]
    return st.fixed_dictionaries(
        {"value": st.sampled_from(values), "unit": st.just(unit), "direction": _directions}
    )


_names = st.lists(st.sampled_from("ABC"), min_size=1, max_size=2, unique=True)
_prefixes = st.sampled_from(["", "", "-", "baseline.", "preceding.", "average3."])
_terms = st.lists(st.tuples(_prefixes, st.sampled_from("ABC")).map("".join), min_size=1, max_size=2)
_nothing = st.fixed_dictionaries({"verdict": st.sampled_from(VERDICTS), "text": st.just("không xảy ra")})
_kinds: dict[str, st.SearchStrategy[Entry]] = {
    "value": st.fixed_dictionaries(
        {"kind": st.sampled_from(["value", "sum"]), "of": _terms, "threshold": _threshold("vụ")}
    ),
    "count": st.fixed_dictionaries(
        {"kind": st.just("count"), "of": _terms.map(lambda t: t[:1]), "threshold": _threshold("vụ")}
    ),
    "zero_event": st.fixed_dictionaries({"kind": st.just("zero_event"), "of": _names}),
    "ratio": st.fixed_dictionaries(
        {
            "kind": st.just("ratio"),
            "numerator": _terms,
            "denominator": _names,
            "when_nothing": _nothing,
            "threshold": _threshold("percent"),
        }
    ),
    "change": st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["decrease", "increase"]),
            "of": _names,
            "against": st.sampled_from(WINDOWS),
            "threshold": st.one_of(_threshold("percent"), _threshold("vụ")),
        }
    ),
    "compare": st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["compare", "stock_comparison"]),
            "left": _terms,
            "right": _terms,
            "direction": _directions,
        }
    ),
    "declaration": st.fixed_dictionaries({"kind": st.just("declaration"), "needs_document": st.booleans()}),
    "guidance": st.just({"kind": "guidance"}),
}


def _combined(parts: st.SearchStrategy[Entry]) -> st.SearchStrategy[Entry]:
    listed = st.lists(parts, min_size=1, max_size=3)
    plain = st.fixed_dictionaries({"kind": st.sampled_from(["all_of", "any_of"]), "parts": listed})
    counted = listed.flatmap(
        lambda found: st.fixed_dictionaries(
            {"kind": st.just("at_least"), "k": st.integers(1, len(found)), "parts": st.just(found)}
        )
    )
    return st.one_of(plain, counted)


_leaves = st.one_of(*_kinds.values())
_measures = st.one_of(_leaves, _combined(st.one_of(_leaves, _leaves, _combined(_leaves))))
_types = st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)


@st.composite
def _criteria(draw: st.DrawFn) -> Entry:
    applies = draw(_types)
    special = draw(st.lists(st.sampled_from(applies), max_size=1))
    changes = st.fixed_dictionaries({"threshold": _threshold("vụ"), "measure": st.one_of(st.none(), _leaves)})
    return {
        "code": "I.1",
        "group": "I",
        "title": "t",
        "legal_basis": "b",
        "measure": draw(_measures),
        "threshold": draw(_threshold("vụ")),
        "applies_to_types": applies,
        "by_type": [{"types": [one], **draw(changes)} for one in special],
        "status": "unverified",
    }


_answers = st.sampled_from([None, "yes", "no", "not_applicable"])
_figures = st.lists(st.integers(0, 6), min_size=18, max_size=18)


def _build(entry: Entry) -> Criterion:
    return replace(CRITERION.read(entry), edition="2021.1")


def _terms_named(entry: Entry) -> list[str]:
    measures = [entry["measure"], *(s["measure"] for s in entry["by_type"] if s["measure"])]
    return list(dict.fromkeys(term for measure in measures for term in oracle.terms_of(measure)))


def _evidence(world: oracle.World, blanks: set[str], *, as_cells: bool) -> LocalityEvidence:
    """What the store would hold: a blank is an empty cell, or a column that is not there at all."""
    figures, baselines = {}, {}
    for name, value in world.figures.items():
        if name in blanks and not as_cells:
            continue
        window, _, code = name.rpartition(".")
        known = KnownFigure(None if name in blanks else Decimal(int(value)), SOURCE)
        against = read_against(window) if window else Basis.CURRENT
        if isinstance(against, Baseline):
            baselines[code, against] = known
        else:
            figures[code, against] = known
    answer = Answer(world.answer) if world.answer else None
    number, day = ("1/KH", date(2021, 5, 5)) if world.has_document else ("", None)
    declared = {"I.1": KnownDeclaration(answer, number, day, "", SOURCE)}
    return LocalityEvidence(PLACE.code, figures, declared, baselines=baselines)


def _quantities(entry: Entry, world: oracle.World) -> list[Fraction]:
    found = oracle.quantities(entry["measure"], entry["threshold"], world)
    for special in entry["by_type"]:
        measure = special["measure"] or entry["measure"]
        found += oracle.quantities(measure, special["threshold"], world)
    return found


def _telling(entry: Entry, world: oracle.World, blank: str) -> list[Fraction]:
    """Every whole number up to one beyond the last value of a blank at which a sign changes.

    A mean over three years is the third of one.
    """
    at_zero, at_one = (
        _quantities(entry, replace(world, figures={**world.figures, blank: Fraction(value)}))
        for value in (0, 1)
    )
    slopes = [(start, end - start) for start, end in zip(at_zero, at_one, strict=True)]
    last = math.ceil(max([Fraction(0), *(-a / b for a, b in slopes if b)])) + 1
    years = 3 if blank.startswith("average3") else 1
    return [Fraction(number, years) for number in range(last * years + 1)]


def _worlds(
    entry: Entry, world: oracle.World, fillings: Mapping[str, list[Fraction]]
) -> Iterator[tuple[tuple[object, ...], str]]:
    """Every way in which what is open may turn out, with the verdict it gives; last come what is said."""
    for chosen in product(*fillings.values(), VERDICTS, VERDICTS):
        *values, said, letter = chosen
        figures = {
            **world.figures,
            **{name: Fraction(str(v)) for name, v in zip(fillings, values, strict=True)},
        }
        filled = replace(world, figures=figures, said=str(said), letter=str(letter))
        yield chosen, oracle.judge_criterion(entry, PLACE.types, filled)


def _result(entry: Entry, evidence: LocalityEvidence) -> CriterionResult:
    return assess_criterion(_build(entry), PLACE, evidence, UNITS)


@settings(max_examples=200)
@given(_criteria(), _figures, _answers, st.booleans(), st.booleans(), st.data())
def test_verdict_and_what_matters_are_those_of_plain_arithmetic(
    entry: Entry, numbers: list[int], answer: str | None, document: bool, as_cells: bool, data: st.DataObject
) -> None:
    names = _terms_named(entry)
    world = oracle.World(
        {name: Fraction(numbers[index % 18]) for index, name in enumerate(names)}, answer, document
    )
    blanks = data.draw(st.lists(st.sampled_from(names), max_size=1)) if names else []
    fillings = {name: _telling(entry, world, name) for name in blanks}
    worlds = dict(_worlds(entry, world, fillings))
    result = _result(entry, _evidence(world, set(blanks), as_cells=as_cells))
    expected = set(worlds.values())
    assert {verdict.value for verdict in result.possible} == expected
    assert result.verdict.value == (next(iter(expected)) if len(expected) == 1 else "insufficient")
    assert (result.reason is None) == (result.actor is None) == (result.verdict is not Verdict.INSUFFICIENT)
    for name in blanks:
        matters = any(
            found != worlds[(other, *key[1:])] for key, found in worlds.items() for other in fillings[name]
        )
        assert (name in result.matters) is (matters and len(expected) > 1), result


@settings(max_examples=120)
@given(_criteria(), _figures, _answers, st.booleans(), st.data())
def test_several_blanks_never_turn_out_otherwise_than_said(
    entry: Entry, numbers: list[int], answer: str | None, document: bool, data: st.DataObject
) -> None:
    names = _terms_named(entry)
    world = oracle.World(
        {name: Fraction(numbers[index % 18]) for index, name in enumerate(names)}, answer, document
    )
    blanks = data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
    fillings = {name: [Fraction(value) for value in (0, 1, 2, 3, 7, 100)] for name in blanks}
    worlds = dict(_worlds(entry, world, fillings))
    result = _result(entry, _evidence(world, set(blanks), as_cells=True))
    assert set(worlds.values()) <= {verdict.value for verdict in result.possible}
    for index, name in enumerate(fillings):
        if name not in result.matters and len(result.possible) > 1:
            alike: dict[tuple[object, ...], set[str]] = {}
            for key, found in worlds.items():
                alike.setdefault((*key[:index], *key[index + 1 :]), set()).add(found)
            assert all(len(found) == 1 for found in alike.values()), (name, result)


@settings(max_examples=150)
@given(st.lists(_leaves, min_size=1, max_size=3), _figures, _answers, st.data())
def test_a_locality_can_become_what_some_value_of_the_blank_makes_it(
    measures: list[Entry], numbers: list[int], answer: str | None, data: st.DataObject
) -> None:
    """All criteria see one value of a blank; declarations and letters are each criterion's own."""
    base = {"group": "I", "title": "t", "legal_basis": "b", "status": "unverified", "by_type": []}
    limit = {"value": 1, "unit": "vụ", "direction": "at_least"}
    entries: list[Entry] = [
        {**base, "code": f"I.{n}", "measure": m, "threshold": limit, "applies_to_types": [1]}
        for n, m in enumerate(measures, 1)
    ]
    names = list(dict.fromkeys(name for entry in entries for name in _terms_named(entry)))
    world = oracle.World({name: Fraction(numbers[n % 18]) for n, name in enumerate(names)}, answer)
    blanks = data.draw(st.lists(st.sampled_from(names), max_size=1)) if names else []
    values = sorted({value for entry in entries for b in blanks for value in _telling(entry, world, b)})
    expected = set()
    for value in values or [Fraction(0)]:
        filled = replace(world, figures={**world.figures, **dict.fromkeys(blanks, value)})
        each = [{found for _, found in _worlds(entry, filled, {})} for entry in entries]
        expected |= {_roll_up(verdicts) for verdicts in product(*each)}
    evidence = _evidence(world, set(blanks), as_cells=True)
    statement = evidence.declarations["I.1"]
    evidence = replace(evidence, declarations={entry["code"]: statement for entry in entries})
    group = CriteriaGroup("I", "g")
    found = assess_locality(PLACE, evidence, [_build(entry) for entry in entries], [group], UNITS)
    if found.verdict is Verdict.INSUFFICIENT:
        assert {verdict.value for verdict in found.possible} == expected
    else:
        assert found.possible == (found.verdict,)
        assert expected == {found.verdict.value}


def _roll_up(verdicts: tuple[str, ...]) -> str:
    return next((word for word in ("not_met", "met") if word in verdicts), "not_applicable")
