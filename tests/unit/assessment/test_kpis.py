"""The province's targets with their localities named: from verdicts, from decisions, from what came after."""

from __future__ import annotations

from datetime import date

import pytest

from chuyenhoa.assessment.targets import assess_target, list_kpis
from chuyenhoa.model.criteria import ProvinceTarget
from chuyenhoa.model.lifecycle import Earlier, State, Transition
from chuyenhoa.model.results import LocalityResult, TargetResult, Verdict

P1 = ProvinceTarget("P1", "title", 60, "recognised", "basis", "unverified")
P2 = ProvinceTarget("P2", "title", 85, "not_relapsed", "basis", "unverified")


def _record(code: str, state: State) -> Transition:
    return Transition(1, code, "2021", 2021, state, "1", date(2022, 1, 1), "VP", "")


def _earlier(*states: State) -> list[Earlier]:
    return [Earlier(str(n), _record(str(n), State.RECOGNISED), state) for n, state in enumerate(states)]


def test_forecast_and_official_count_stand_side_by_side_with_their_localities() -> None:
    verdicts = [Verdict.MET, Verdict.MET, Verdict.NOT_MET, Verdict.INSUFFICIENT, Verdict.NOT_APPLICABLE]
    localities = [LocalityResult(str(n), verdict, (), ()) for n, verdict in enumerate(verdicts)]
    recognitions = {"0": _record("0", State.RECOGNISED), "1": _record("1", State.NOT_RECOGNISED)}
    computed, recorded = list_kpis([P1], localities, recognitions, [])
    assert (computed.origin, computed.total, computed.reached, computed.needed) == ("computed", 5, 2, 3)
    assert computed.verdict == Verdict.INSUFFICIENT
    assert computed.reached_localities == ("0", "1")
    assert computed.failed_localities == ("2", "4")
    assert computed.open_localities == ("3",)
    assert (recorded.origin, recorded.total, recorded.reached, recorded.needed) == ("recorded", 5, 1, 3)
    assert recorded.reached_localities == ("0",)
    assert recorded.failed_localities == ("1",)
    assert recorded.open_localities == ("2", "3", "4")


@pytest.mark.parametrize(
    ("followed", "relapsed", "silent", "verdict"),
    [
        (17, 3, 0, Verdict.MET),
        (16, 4, 0, Verdict.NOT_MET),
        (16, 3, 1, Verdict.INSUFFICIENT),
        (17, 0, 3, Verdict.MET),
        (0, 4, 16, Verdict.NOT_MET),
    ],
)
def test_85_of_a_hundred_of_earlier_ones_are_counted_exactly(
    followed: int, relapsed: int, silent: int, verdict: Verdict
) -> None:
    states = [State.MONITORED] * (followed - 1) + [State.RELEASED] if followed else []
    earlier = _earlier(*states, *[State.RELAPSED] * relapsed, *[State.RECOGNISED] * silent)
    result, note = assess_target(P2, [], earlier)
    assert result == TargetResult("P2", 20, followed, 17, verdict)
    assert note is None
    (kpi,) = list_kpis([P2], [], {}, earlier)
    assert (kpi.total, kpi.reached, kpi.needed, kpi.verdict) == (20, followed, 17, verdict)
    assert len(kpi.failed_localities) == relapsed
    assert len(kpi.open_localities) == silent


def test_without_earlier_localities_nothing_is_said() -> None:
    (kpi,) = list_kpis([P2], [], {}, [])
    assert (kpi.total, kpi.verdict) == (0, Verdict.INSUFFICIENT)
