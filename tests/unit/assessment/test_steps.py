"""The nearest missing step against trying every number of cases, and the guard on small numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment.cases import possible_verdicts
from chuyenhoa.assessment.facts import Facts
from chuyenhoa.assessment.outlook import way_to_met
from chuyenhoa.assessment.verdicts import FEW, assess_criterion
from chuyenhoa.model.baselines import Baseline, BaselineKind
from chuyenhoa.model.criteria import (
    AwaitedMeasure,
    ChangeMeasure,
    CombinedMeasure,
    CompareMeasure,
    DeclarationMeasure,
    Direction,
    Measure,
    RatioMeasure,
    Term,
    ValueMeasure,
    leaves_of,
    terms_of,
)
from chuyenhoa.model.evidence import KnownFigure, LocalityEvidence
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.results import Guard, Step, Verdict
from tests.unit.assessment.building import (
    PLACE,
    SOURCE,
    UNITS,
    criterion_of,
    declared,
    evidence_of,
    facts_of,
    limit,
    ratio,
    terms,
    value,
)

AT_MOST, LESS_THAN, MORE_THAN = Direction.AT_MOST, Direction.LESS_THAN, Direction.MORE_THAN
FALLS = ChangeMeasure(terms("A"), limit(0))
PRECEDING = Baseline(BaselineKind.PRECEDING)


@pytest.mark.parametrize(
    ("measure", "text", "steps"),
    [
        (ratio("A", "B", limit(80)), "A=7 B=10", [("A", 1)]),
        (ratio("A", "B", limit(80)), "A=79 B=100", [("A", 1)]),
        (ratio("A", "B", limit(80)), "A=7996 B=10000", [("A", 4)]),
        (ratio("A", "B", limit(15, LESS_THAN)), "A=15 B=100", [("A", -1)]),
        (ratio("A", "B", limit(15, AT_MOST)), "A=16 B=100", [("A", -1)]),
        (ratio("A", "B", limit(0, LESS_THAN)), "A=3 B=9", []),
        (value("A", 0, Direction.EQUAL), "A=3", [("A", -3)]),
        (value("A", 5, Direction.EQUAL), "A=3", [("A", 2)]),
        (value("A B", 4), "A=1 B=1", [("A B", 2)]),
        (value("A", 2, MORE_THAN), "A=2", [("A", 1)]),
        (value("-A", 0), "A=2", []),
        (value("baseline.A", 4), "baseline.A=2", []),
        (FALLS, "A=12 baseline.A=10", [("A", -3)]),
        (FALLS, "A=4 baseline.A=0", [("A", -4)]),
        (replace(FALLS, threshold=limit(20)), "A=9 baseline.A=10", [("A", -1)]),
        (replace(FALLS, threshold=limit(3, unit="vụ")), "A=9 baseline.A=10", [("A", -2)]),
        (replace(FALLS, threshold=limit(150)), "A=9 baseline.A=10", []),
        (replace(FALLS, rises=True), "A=9 baseline.A=10", [("A", 2)]),
        (replace(FALLS, rises=True, threshold=limit(2, unit="vụ")), "A=0 baseline.A=0", [("A", 2)]),
        (CompareMeasure(terms("A"), terms("baseline.A"), AT_MOST), "A=5 baseline.A=3", [("A", -2)]),
        (CompareMeasure(terms("A"), terms("B"), Direction.EQUAL), "A=5 B=9", [("A", 4)]),
        (CompareMeasure(terms("A"), terms("A B"), Direction.AT_LEAST), "A=5 B=2", []),
        (DeclarationMeasure(), "", []),
        (AwaitedMeasure(), "", []),
    ],
)
def test_the_nearest_step(measure: Measure, text: str, steps: list[tuple[str, int]]) -> None:
    found = way_to_met(measure, facts_of(measure, text)).steps
    assert found == tuple(Step(tuple(names.split()), change, "vụ") for names, change in steps)


def test_parts_each_have_their_step_and_some_are_enough_where_some_must_hold() -> None:
    parts: tuple[Measure, ...] = (value("A", 5), value("B", 2), value("A", 0))
    facts = facts_of(parts[0], "A=1 B=1")
    four, one = Step(("A",), 4, "vụ"), Step(("B",), 1, "vụ")
    assert way_to_met(CombinedMeasure(parts), facts).steps == (four, one)
    assert way_to_met(CombinedMeasure(parts[:2], 1), facts).steps == (one,)
    assert way_to_met(CombinedMeasure(parts[:2], 2), facts).steps == (one, four)
    assert way_to_met(CombinedMeasure(parts, 2), facts).steps == (one,)
    assert way_to_met(CombinedMeasure((*parts, value("-B", 0)), 4), facts).steps == ()
    assert way_to_met(CombinedMeasure((value("A", 5), value("-B", 0))), facts).steps == ()
    inner = CombinedMeasure((CombinedMeasure(parts[:2]), value("A", 7)), 1)
    assert way_to_met(inner, facts).steps == (four, one)


def test_a_result_that_is_not_met_tells_its_steps_and_others_tell_none() -> None:
    measure = ratio("A", "B", limit(80))
    for text, verdict, steps in (
        ("A=6 B=10", Verdict.NOT_MET, (Step(("A",), 2, "vụ"),)),
        ("A=8 B=10", Verdict.MET, ()),
        ("A=? B=10", Verdict.INSUFFICIENT, ()),
    ):
        result = assess_criterion(criterion_of(measure), PLACE, evidence_of(text), UNITS)
        assert (result.verdict, result.steps) == (verdict, steps)
    no = assess_criterion(
        criterion_of(DeclarationMeasure()), PLACE, evidence_of("", {"X.1": declared(Answer.NO)}), UNITS
    )
    assert (no.verdict, no.steps) == (Verdict.NOT_MET, ())


@pytest.mark.parametrize(
    ("parts", "at_least", "text", "needs"),
    [
        ((value("A", 3), value("B", 1)), None, "A=1", ("B",)),
        ((value("A", 3), value("B C", 1)), None, "A=1 B=1", ()),
        ((value("A", 3), value("B", 1), DeclarationMeasure()), None, "A=1 B=2", ("X.1",)),
        ((value("A", 3), CombinedMeasure((value("C", 2), value("B", 1)))), None, "A=1 C=1", ("B",)),
        ((CombinedMeasure((value("A", 3), value("B", 1))), value("C", 9)), 1, "A=1 C=0", ("B",)),
        ((CombinedMeasure((value("A", 3), value("B", 1))), value("C", 2)), 1, "A=1 C=0", ()),
    ],
)
def test_steps_name_the_blanks_without_which_they_are_not_enough(
    parts: tuple[Measure, ...], at_least: int | None, text: str, needs: tuple[str, ...]
) -> None:
    """Checked by plain filling in: with the steps taken the result is met once what is needed is there."""
    measure = CombinedMeasure(parts, at_least)
    result = assess_criterion(criterion_of(measure), PLACE, evidence_of(text), UNITS)
    assert (result.verdict, result.needs) == (Verdict.NOT_MET, needs)
    taken = dict(entry.split("=") for entry in text.split())
    for step in result.steps:
        taken[step.terms[0]] = str(int(taken[step.terms[0]]) + step.change)
    told = " ".join(f"{name}={number}" for name, number in taken.items())
    after = assess_criterion(criterion_of(measure), PLACE, evidence_of(told), UNITS)
    assert after.verdict is (Verdict.INSUFFICIENT if needs else Verdict.MET)
    assert after.matters == needs
    shares = value("A B", 1, AT_MOST)
    assert way_to_met(shares, facts_of(shares, "A=4")).steps == ()
    right = CompareMeasure(terms("A"), terms("B"), Direction.AT_LEAST)
    assert way_to_met(right, facts_of(right, "A=0")).steps == ()


_directions = st.sampled_from(list(Direction))
_percents = st.builds(limit, st.sampled_from([0, 15, 50, 80, 100]), _directions)
_counts = st.builds(limit, st.integers(0, 5), _directions, st.just("vụ"))
_lists = st.sampled_from(["A", "A B", "A -B", "A A", "A baseline.B", "B -C A", "-A", "baseline.A"]).map(terms)
_leaves: st.SearchStrategy[Measure] = st.one_of(
    st.builds(ValueMeasure, _lists, _counts),
    st.builds(CompareMeasure, _lists, _lists, _directions),
    st.builds(
        RatioMeasure,
        _lists,
        st.sampled_from(["B", "B C", "A B", "baseline.A"]).map(terms),
        _percents,
        st.just(ratio("A", "B", limit(1)).when_nothing),
    ),
    st.builds(
        ChangeMeasure,
        st.sampled_from(["A", "A B"]).map(terms),
        st.one_of(_percents, _counts),
        st.booleans(),
        st.sampled_from([Basis.BASELINE, PRECEDING]),
    ),
)


def _facts(measure: Measure, numbers: dict[tuple[str, Basis | Baseline], int]) -> Facts:
    known = {key: KnownFigure(Decimal(number), SOURCE) for key, number in numbers.items()}
    evidence = LocalityEvidence(
        PLACE.code,
        {(code, of): figure for (code, of), figure in known.items() if isinstance(of, Basis)},
        baselines={(code, of): figure for (code, of), figure in known.items() if isinstance(of, Baseline)},
    )
    return Facts(criterion_of(measure), evidence, UNITS)


@settings(max_examples=250)
@given(_leaves, st.lists(st.integers(0, 6), min_size=9, max_size=9))
def test_no_smaller_step_would_do_and_this_one_does(measure: Measure, given_numbers: list[int]) -> None:
    """Try 1, 2, 3 … cases more and fewer of the figure that is counted, and look what the engine says."""
    keys = [(code, of) for code in "ABC" for of in (Basis.CURRENT, Basis.BASELINE, PRECEDING)]
    numbers = dict(zip(keys, given_numbers, strict=True))
    facts = _facts(measure, numbers)
    if possible_verdicts(measure, facts) != {Verdict.NOT_MET}:
        return
    lead = {
        RatioMeasure: lambda m: m.numerator,
        CompareMeasure: lambda m: m.left,
    }.get(type(measure), lambda m: m.terms)(measure)
    counted = [term for term in lead if term.basis is Basis.CURRENT and term.sign > 0]
    steps = way_to_met(measure, facts).steps
    if not counted:
        assert steps == ()
        return
    key = (counted[0].indicator, Basis.CURRENT)
    room = sum(numbers[term.indicator, Basis.CURRENT] for term in counted)
    working = [
        change
        for size in range(1, 200)
        for change in (-size, size)
        if -change <= room
        and possible_verdicts(measure, _facts(measure, {**numbers, key: numbers[key] + change}))
        == {Verdict.MET}
    ]
    nearest = [change for change in working if abs(change) == abs(working[0])]
    assert [step.change for step in steps] == nearest[:1]


@pytest.mark.parametrize("percent", [15, 50, 70, 80, 90, 95, 100])
@pytest.mark.parametrize("direction", [Direction.AT_LEAST, AT_MOST, LESS_THAN, MORE_THAN])
def test_small_numbers_are_marked_where_one_case_decides(percent: int, direction: Direction) -> None:
    """Every share of up to 20 cases: the mark, the verdict and the fraction shown are of the same numbers."""
    measure = ratio("A", "B", limit(percent, direction))

    def passes(part: int, total: int) -> bool:
        left, right = 100 * part, percent * total
        return {
            Direction.AT_LEAST: left >= right,
            AT_MOST: left <= right,
            LESS_THAN: left < right,
            MORE_THAN: left > right,
        }[direction] or total == 0

    for total in range(21):
        for part in range(total + 1):
            result = assess_criterion(criterion_of(measure), PLACE, evidence_of(f"A={part} B={total}"), UNITS)
            assert (result.verdict is Verdict.MET) is passes(part, total)
            if total == 0:
                assert result.guard is None
                continue
            moved = [(part + 1, total), (part - 1, total), (part, total + 1), (part, total - 1)]
            turns = any(passes(*other) is not passes(part, total) for other in moved if min(other) >= 0)
            expected = Guard(str(total), turns, total <= FEW) if turns or total <= FEW else None
            assert result.guard == expected
            assert result.figure.startswith(f"{part}/{total} = ")


def test_changes_in_percent_are_guarded_and_counts_are_not() -> None:
    def guard(measure: Measure, text: str) -> Guard | None:
        return assess_criterion(criterion_of(measure), PLACE, evidence_of(text), UNITS).guard

    assert guard(FALLS, "A=9 baseline.A=10") == Guard("10", True, False)
    assert guard(FALLS, "A=5 baseline.A=10") is None
    assert guard(FALLS, "A=0 baseline.A=3") == Guard("3", False, True)
    assert guard(FALLS, "A=5 baseline.A=?") is None
    assert guard(replace(FALLS, threshold=limit(1, unit="vụ")), "A=0 baseline.A=1") is None
    assert guard(value("A", 1), "A=1") is None
    both = CombinedMeasure((value("A", 1), ratio("A", "B", limit(80)), ratio("A", "C", limit(80))))
    assert guard(both, "A=4 B=5 C=50") == Guard("5", True, False)
    assert guard(both, "A=40 B=40 C=3") == Guard("3", False, True)


def test_every_term_of_a_leaf_is_known_by_the_guard() -> None:
    measure = CombinedMeasure((ratio("A", "B -C", limit(80)),))
    (leaf,) = leaves_of(measure)
    assert terms_of(leaf) == (Term("A"), Term("B"), Term("C", sign=-1))
    result = assess_criterion(criterion_of(measure), PLACE, evidence_of("A=0 B=1 C=1"), UNITS)
    assert result.guard is None  # nothing was divided
