"""A locality's life across plans: every pair of states, dates that never run back, records taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chuyenhoa.model.lifecycle import (
    State,
    Transition,
    TransitionError,
    allowed_after,
    carried_over,
    check_transition,
    earlier_localities,
    in_force,
    recognitions_of,
    state_of,
)

TABLE = """
                selected transforming proposed recognised not_recognised monitored released relapsed
(none)             x          .           .         .            .           .        .        .
selected           .          x           .         .            .           .        .        .
transforming       .          .           x         x            x           .        .        .
proposed           .          .           .         x            x           .        .        .
recognised         .          .           .         .            .           x        x        x
not_recognised     x          .           .         .            .           .        x        .
monitored          .          .           .         .            .           .        x        x
released           .          .           .         .            .           .        .        x
relapsed           x          .           .         .            .           .        .        .
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
PAIRS = [
    (row[0], state, sign == "x") for row in ROWS[1:] for state, sign in zip(ROWS[0], row[1:], strict=True)
]


def _record(
    state: State | None, number: int = 1, year: int = 2021, day: int = 1, **other: object
) -> Transition:
    entry = Transition(
        number, "30745", str(year), year, state, "12/QĐ-BCĐ", date(year + 1, 1, day), "VP", "2022-01-01"
    )
    return replace(entry, **other)  # type: ignore[arg-type]


def test_the_table_names_every_pair() -> None:
    assert len(PAIRS) == 72
    assert {pair[1] for pair in PAIRS} == set(State)


@pytest.mark.parametrize(("before", "after", "is_allowed"), PAIRS)
def test_every_pair_of_states(before: str, after: str, is_allowed: bool) -> None:
    known = [] if before == "(none)" else [_record(State(before))]
    year = 2022 if after == "selected" else 2021
    new = _record(State(after), 0, year)
    assert (State(after) in allowed_after(state_of(known))) is is_allowed
    if is_allowed:
        check_transition(known, new)
    else:
        with pytest.raises(TransitionError, match="được phép: "):
            check_transition(known, new)


def test_a_refusal_names_what_is_allowed() -> None:
    with pytest.raises(TransitionError) as refused:
        check_transition([_record(State.RECOGNISED)], _record(State.SELECTED, 0, 2022))
    assert str(refused.value) == (
        "đang ở trạng thái “công nhận”, không chuyển sang “được chọn” được; "
        "được phép: theo dõi (monitored), ra khỏi diện (released), tái phức tạp (relapsed)"
    )


@pytest.mark.parametrize("state", [State.RECOGNISED, State.NOT_RECOGNISED, State.MONITORED])
def test_history_from_before_this_system_may_begin_late(state: State) -> None:
    check_transition([], _record(state, 0), is_past=True)
    with pytest.raises(TransitionError):
        check_transition([], _record(state, 0))
    with pytest.raises(TransitionError):
        check_transition([_record(State.SELECTED)], _record(State.MONITORED, 0), is_past=True)


@pytest.mark.parametrize(
    ("known", "new", "why"),
    [
        (_record(State.SELECTED, day=5), _record(State.TRANSFORMING, 0, day=4), "ngày văn bản 04/01/2022"),
        (_record(State.SELECTED), _record(State.TRANSFORMING, 0, 2022), "đang thuộc kế hoạch 2021"),
        (_record(State.PROPOSED), _record(State.RECOGNISED, 0, 2022), "đang thuộc kế hoạch 2021"),
        (
            _record(State.RECOGNISED, year=2022),
            _record(State.MONITORED, 0, 2021, decision_date=date(2023, 1, 2)),
            "kế hoạch 2021 trước kế hoạch 2022",
        ),
        (_record(State.NOT_RECOGNISED), _record(State.SELECTED, 0, 2021), "chỉ chọn lại ở kế hoạch sau"),
    ],
)
def test_dates_and_plans_run_forward(known: Transition, new: Transition, why: str) -> None:
    with pytest.raises(TransitionError, match=why):
        check_transition([known], new)


def test_the_same_day_and_a_later_plan_are_fine() -> None:
    check_transition([_record(State.SELECTED)], _record(State.TRANSFORMING, 0))
    check_transition([_record(State.NOT_RECOGNISED)], _record(State.SELECTED, 0, 2022))
    check_transition([_record(State.RECOGNISED)], _record(State.MONITORED, 0, 2022))


def test_only_the_last_record_is_taken_back_and_the_state_before_it_returns() -> None:
    records = [_record(State.SELECTED, 1), _record(State.TRANSFORMING, 2)]
    back = _record(None, 3, withdraws=2)
    check_transition(records, back)
    assert state_of([*records, back]) is State.SELECTED
    assert [entry.number for entry in in_force([*records, back])] == [1]
    with pytest.raises(TransitionError, match=r"chỉ bản ghi cuối cùng \(số 2\)"):
        check_transition(records, _record(None, 3, withdraws=1))
    with pytest.raises(TransitionError, match="không có bản ghi nào"):
        check_transition([], _record(None, 3, withdraws=1))
    check_transition([*records, back], _record(State.TRANSFORMING, 4))


def test_the_state_is_that_of_the_last_record_whatever_their_order() -> None:
    records = [_record(State.TRANSFORMING, 2), _record(State.SELECTED, 1)]
    assert state_of(records) is State.TRANSFORMING
    assert state_of([]) is None


def _life(code: str, *steps: tuple[State, int]) -> list[Transition]:
    return [_record(state, n, year, locality=code) for n, (state, year) in enumerate(steps, 1)]


def test_earlier_localities_are_those_that_plans_before_recognised_with_what_became_of_them() -> None:
    again = (State.RELAPSED, 2019), (State.SELECTED, 2020), (State.RECOGNISED, 2020), (State.RELEASED, 2021)
    back = (State.MONITORED, 2020), (State.RELAPSED, 2021), (State.SELECTED, 2021)
    records = [
        *_life("a", (State.RECOGNISED, 2019)),
        *_life("b", (State.RECOGNISED, 2020), (State.MONITORED, 2021)),
        *_life("c", (State.RECOGNISED, 2020), *back),
        *_life("d", (State.RECOGNISED, 2020), (State.RELAPSED, 2022)),
        *_life("e", (State.SELECTED, 2021), (State.RECOGNISED, 2021)),
        *_life("f", (State.NOT_RECOGNISED, 2020)),
        *_life("g", (State.RECOGNISED, 2018), *again),
    ]
    found = {entry.locality: entry.state for entry in earlier_localities(records, 2021)}
    assert found == {
        "a": State.RECOGNISED,
        "b": State.MONITORED,
        "c": State.RELAPSED,
        "d": State.RECOGNISED,
        "g": State.RELEASED,
    }
    assert set(recognitions_of(records, "2021")) == {"e"}
    assert set(recognitions_of(records, "2020")) == {"b", "c", "d", "f", "g"}


def test_what_was_not_met_is_carried_over_until_something_is_decided() -> None:
    records = [
        *_life("a", (State.NOT_RECOGNISED, 2020)),
        *_life("b", (State.NOT_RECOGNISED, 2020), (State.SELECTED, 2021)),
        *_life("c", (State.NOT_RECOGNISED, 2020), (State.RELEASED, 2021)),
        *_life("d", (State.NOT_RECOGNISED, 2021)),
    ]
    assert [entry.locality for entry in carried_over(records, 2021)] == ["a"]
    assert [entry.locality for entry in carried_over(records, 2022)] == ["a", "d"]
