"""A locality's life across plans: its states, the human records that lead from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a locality stands; every one is reached by a decision that people took."""

    SELECTED = "selected"
    TRANSFORMING = "transforming"
    PROPOSED = "proposed"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"
    """Carried into the next plan."""
    MONITORED = "monitored"
    RELEASED = "released"
    RELAPSED = "relapsed"


# đề nghị may be skipped, since the decision itself cites the proposal; công nhận and chưa đạt are of one
# plan, and what follows them may be years later (decision 0026).
_FOLLOWING: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.SELECTED}),
    State.SELECTED: frozenset({State.TRANSFORMING}),
    State.TRANSFORMING: frozenset({State.PROPOSED, State.RECOGNISED, State.NOT_RECOGNISED}),
    State.PROPOSED: frozenset({State.RECOGNISED, State.NOT_RECOGNISED}),
    State.RECOGNISED: frozenset({State.MONITORED, State.RELEASED, State.RELAPSED}),
    State.NOT_RECOGNISED: frozenset({State.SELECTED, State.RELEASED}),
    State.MONITORED: frozenset({State.RELEASED, State.RELAPSED}),
    State.RELEASED: frozenset({State.RELAPSED}),
    State.RELAPSED: frozenset({State.SELECTED}),
}
# Where the history of a locality may begin that was on the list of a plan from before this system.
_FROM_BEFORE = frozenset({State.RECOGNISED, State.NOT_RECOGNISED, State.MONITORED})
# States that lead on within one plan: what follows them belongs to the plan of the selection.
_SAME_PLAN = frozenset({State.TRANSFORMING, State.PROPOSED})


@dataclass(frozen=True)
class Transition:
    """One human record: a locality reached a state by a decision with number and date.

    `computed` is the verdict as it was computed when the decision was recorded ("" where none was), and
    `reason` says why the decision differs from it. `document` is the issued document that the record rests
    on, where this system issued it. A record with `withdraws` takes an earlier one back and reaches no state.
    """

    number: int
    locality: str
    plan: str
    year: int
    """The plan's year: which plan is earlier."""
    state: State | None
    decision_number: str
    decision_date: date
    by: str
    recorded_at: str
    milestone: str = ""
    computed: str = ""
    assessment: int | None = None
    reason: str = ""
    document: str = ""
    withdraws: int | None = None
    unit: str = ""
    """The unit that it is of, by its territory: a code is issued again. Found when records are read."""


class TransitionError(ValueError):
    """A record that cannot follow; the text (Vietnamese) says why and what is allowed."""


STATE_WORDS: Mapping[State | None, str] = {
    None: "chưa có quyết định",
    State.SELECTED: "được chọn",
    State.TRANSFORMING: "đang chuyển hóa",
    State.PROPOSED: "đề nghị",
    State.RECOGNISED: "công nhận",
    State.NOT_RECOGNISED: "chưa đạt",
    State.MONITORED: "theo dõi",
    State.RELEASED: "ra khỏi diện",
    State.RELAPSED: "tái phức tạp",
}


def allowed_after(state: State | None, *, is_past: bool = False) -> tuple[State, ...]:
    """The states that may follow; `is_past` is for plans from before this system, whose rest is on paper."""
    found = _FOLLOWING[state] | (_FROM_BEFORE if state is None and is_past else frozenset())
    return tuple(entry for entry in State if entry in found)


def in_force(records: Iterable[Transition]) -> tuple[Transition, ...]:
    """One locality's records without those that were taken back, in the order in which they were made."""
    # By number and not by date: a decision of 24/01/2025 may be entered after one of February.
    listed = sorted(records, key=lambda entry: entry.number)
    withdrawn = {entry.withdraws for entry in listed}
    return tuple(e for e in listed if e.withdraws is None and e.number not in withdrawn)


def state_of(records: Iterable[Transition]) -> State | None:
    """Where a locality stands, from its records alone; None where there is none."""
    found = in_force(records)
    return found[-1].state if found else None


def check_transition(records: Sequence[Transition], new: Transition, *, is_past: bool = False) -> None:
    """Refuse a record that cannot follow those of its locality.

    Args:
        records: All records of the locality.
        new: The record to be made; one that withdraws another needs that one to be the last in force.
        is_past: Whether its plan is from before this system.

    Raises:
        TransitionError: what stands in the way, and what is allowed instead.
    """
    known = in_force(records)
    last = known[-1] if known else None
    if new.withdraws is not None:
        if last is None or last.number != new.withdraws:
            allowed = "không có bản ghi nào" if last is None else f"chỉ bản ghi cuối cùng (số {last.number})"
            raise TransitionError(f"không hủy được bản ghi số {new.withdraws}: {allowed}")
        return
    now = last.state if last else None
    allowed_states = allowed_after(now, is_past=is_past)
    if new.state not in allowed_states:
        words = ", ".join(f"{STATE_WORDS[entry]} ({entry.value})" for entry in allowed_states)
        raise TransitionError(
            f"đang ở trạng thái “{STATE_WORDS[now]}”, không chuyển sang “{STATE_WORDS[new.state]}” được; "
            f"được phép: {words}"
        )
    if last is not None:
        _check_order(known, last, new)


def _check_order(known: Sequence[Transition], last: Transition, new: Transition) -> None:
    """Dates never run back, one plan's records stay together, and a new selection is a later plan's."""
    if new.decision_date < last.decision_date:
        raise TransitionError(
            f"ngày văn bản {new.decision_date:%d/%m/%Y} trước ngày của bản ghi trước "
            f"({last.decision_date:%d/%m/%Y}, số {last.decision_number})"
        )
    begun = last.state is State.SELECTED or last.state in _SAME_PLAN
    if begun and new.plan != last.plan:
        raise TransitionError(f"địa bàn đang thuộc kế hoạch {last.plan}, không thuộc kế hoạch {new.plan}")
    if new.year < last.year:
        raise TransitionError(f"kế hoạch {new.plan} trước kế hoạch {last.plan} của bản ghi trước")
    if new.state is State.SELECTED and any(entry.plan == new.plan for entry in known if _is_listing(entry)):
        raise TransitionError(f"đã có trong danh sách của kế hoạch {new.plan}; chỉ chọn lại ở kế hoạch sau")


def _is_listing(entry: Transition) -> bool:
    """Whether a record says that its plan had the locality on its list."""
    return entry.state in (State.SELECTED, State.RECOGNISED, State.NOT_RECOGNISED)


@dataclass(frozen=True)
class Earlier:
    """A locality that an earlier plan recognised, and what became of it since."""

    locality: str
    recognised: Transition
    state: State
    """RECOGNISED while nothing was recorded since; RELAPSED also where it was selected again after that."""


def earlier_localities(records: Iterable[Transition], year: int) -> tuple[Earlier, ...]:
    """The localities that plans before `year` recognised, with what plans up to `year` recorded of them.

    The latest such recognition of a locality counts; by code, in order.
    """
    found = []
    for (code, _), listed in sorted(_by_unit(records).items()):
        known = [entry for entry in in_force(listed) if entry.year <= year]
        behind = [n for n, e in enumerate(known) if e.state is State.RECOGNISED and e.year < year]
        if not behind:
            continue
        since = [entry.state for entry in known[behind[-1] :] if entry.state]
        state = State.RELAPSED if State.RELAPSED in since else since[-1]
        found.append(Earlier(code, known[behind[-1]], state))
    return tuple(found)


def recognitions_of(records: Iterable[Transition], plan: str) -> Mapping[str, Transition]:
    """By locality, the decision on recognition that one plan took: met or not."""
    return {
        code: entry
        for (code, _), listed in _by_unit(records).items()
        for entry in in_force(listed)
        if entry.plan == plan and entry.state in (State.RECOGNISED, State.NOT_RECOGNISED)
    }


def carried_over(records: Iterable[Transition], year: int) -> tuple[Transition, ...]:
    """The decisions "chưa đạt" of plans before `year` after which nothing was recorded, by locality."""
    found = []
    for _, listed in sorted(_by_unit(records).items()):
        known = in_force(listed)
        if known and known[-1].state is State.NOT_RECOGNISED and known[-1].year < year:
            found.append(known[-1])
    return tuple(found)


def _by_unit(records: Iterable[Transition]) -> dict[tuple[str, str], list[Transition]]:
    found: dict[tuple[str, str], list[Transition]] = {}
    for entry in records:
        found.setdefault((entry.locality, entry.unit), []).append(entry)
    return found


@dataclass(frozen=True)
class Kpi:
    """A target of the province with its localities named, from computed verdicts or from human records."""

    code: str
    origin: str
    """`computed` (a forecast from the verdicts) or `recorded` (official, from decisions)."""
    total: int
    reached: int
    needed: int
    verdict: str
    reached_localities: tuple[str, ...]
    failed_localities: tuple[str, ...]
    open_localities: tuple[str, ...]
    """Of which nothing is decided yet."""


@dataclass(frozen=True)
class LocalityStatus:
    """What human records say around one milestone: its plan's decisions, and localities of earlier plans."""

    recognitions: Mapping[str, Transition]
    earlier: tuple[Earlier, ...]
    states: Mapping[str, State | None]
    """Where every locality of the plan stands."""
    kpis: tuple[Kpi, ...]
