"""Targets of the province in exact integers."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from chuyenhoa.assessment.targets import assess_target
from chuyenhoa.model.criteria import ProvinceTarget
from chuyenhoa.model.results import LocalityResult, TargetResult, Verdict


def _target(percent: int = 60, of: str = "recognised") -> ProvinceTarget:
    return ProvinceTarget("P1", "title", percent, of, "basis", "unverified")


def _localities(met: int, insufficient: int, not_met: int) -> list[LocalityResult]:
    verdicts = [Verdict.MET] * met + [Verdict.INSUFFICIENT] * insufficient + [Verdict.NOT_MET] * not_met
    return [LocalityResult(str(number), verdict, (), ()) for number, verdict in enumerate(verdicts)]


@pytest.mark.parametrize(
    ("met", "insufficient", "not_met", "verdict"),
    [
        (10, 0, 6, Verdict.MET),
        (10, 6, 0, Verdict.MET),
        (9, 0, 7, Verdict.NOT_MET),
        (9, 1, 6, Verdict.INSUFFICIENT),
        (0, 10, 6, Verdict.INSUFFICIENT),
        (0, 9, 7, Verdict.NOT_MET),
        (16, 0, 0, Verdict.MET),
    ],
)
def test_ten_of_sixteen_are_needed_and_open_localities_may_still_reach_it(
    met: int, insufficient: int, not_met: int, verdict: Verdict
) -> None:
    result, note = assess_target(_target(), _localities(met, insufficient, not_met))
    assert result == TargetResult("P1", 16, met, 10, verdict)
    assert note is None


def test_needed_is_never_rounded_down() -> None:
    for total in range(1, 120):
        for percent in (1, 33, 60, 85, 100):
            result, _ = assess_target(_target(percent), _localities(0, total, 0))
            assert result.needed == math.ceil(Fraction(percent * total, 100))


def test_a_locality_to_which_nothing_applies_counts_in_the_total_and_is_not_reached() -> None:
    localities = [LocalityResult("1", Verdict.NOT_APPLICABLE, (), ()), *_localities(1, 0, 0)]
    result, _ = assess_target(_target(60), localities)
    assert result == TargetResult("P1", 2, 1, 2, Verdict.NOT_MET)


@pytest.mark.parametrize(("of", "localities"), [("not_relapsed", 16), ("recognised", 0)])
def test_with_nothing_to_count_it_is_insufficient_and_says_so(of: str, localities: int) -> None:
    result, note = assess_target(_target(85, of), _localities(localities, 0, 0))
    assert result == TargetResult("P1", 0, 0, 0, Verdict.INSUFFICIENT)
    assert note is not None
    assert note.endswith("để đánh giá chỉ tiêu này.")


def test_an_unknown_count_is_refused() -> None:
    with pytest.raises(ValueError, match="P1 counts 'praised'"):
        assess_target(_target(of="praised"), [])
