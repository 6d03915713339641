"""Targets of the province, in exact integers: forecast from verdicts, official from human records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chuyenhoa.assessment.labels import NO_EARLIER_YEARS, NO_LOCALITIES
from chuyenhoa.model.criteria import ProvinceTarget
from chuyenhoa.model.lifecycle import Earlier, Kpi, State, Transition
from chuyenhoa.model.results import LocalityResult, TargetResult, Verdict

RECOGNISED = "recognised"
NOT_RELAPSED = "not_relapsed"
# Silence is no proof (decision 0026): an earlier locality of which nothing was recorded since is open.
_AFTER = {State.MONITORED: Verdict.MET, State.RELEASED: Verdict.MET, State.RELAPSED: Verdict.NOT_MET}


def assess_target(
    target: ProvinceTarget, localities: Sequence[LocalityResult], earlier: Sequence[Earlier] = ()
) -> tuple[TargetResult, str | None]:
    """The result of one target, and a note where there is nothing to count.

    `recognised` counts this year's localities that are met; it is decided as soon as those still open can no
    longer change it. `not_relapsed` needs the localities recognised in earlier years, which no plan holds
    yet: it is insufficient over a total of zero.

    Args:
        target: The target; its `of` is one of the two words above.
        localities: All localities of this year's plan.
        earlier: Localities that earlier plans recognised.

    Raises:
        ValueError: The target counts something that is not known here.
    """
    if target.of == NOT_RELAPSED:
        if not earlier:
            return TargetResult(target.code, 0, 0, 0, Verdict.INSUFFICIENT), NO_EARLIER_YEARS
        return _count(target, [standing_of(entry) for entry in earlier]), None
    if target.of != RECOGNISED:
        raise ValueError(
            f"target {target.code} counts '{target.of}'; known are {RECOGNISED} and {NOT_RELAPSED}"
        )
    if not localities:
        return TargetResult(target.code, 0, 0, 0, Verdict.INSUFFICIENT), NO_LOCALITIES
    said = [None if e.verdict is Verdict.INSUFFICIENT else e.verdict for e in localities]
    return _count(target, said), None


def _count(target: ProvinceTarget, said: Sequence[Verdict | None]) -> TargetResult:
    reached, needed = said.count(Verdict.MET), needed_of(target, len(said))
    return TargetResult(target.code, len(said), reached, needed, decide(reached, said.count(None), needed))


def standing_of(entry: Earlier) -> Verdict | None:
    """What later records say of an earlier recognition; None where nothing was recorded since.

    One that is followed up (`theo dõi`) or was released has held; one that relapsed has not.
    """
    return _AFTER.get(entry.state)


def needed_of(target: ProvinceTarget, total: int) -> int:
    """The least number of localities that is the target's share of all: never rounded down."""
    # 60 % of 16 localities is 9,6, so 10 are needed; 85 % of 20 is 17 exactly, and 17 are.
    return -(-target.percent * total // 100)


def decide(reached: int, still_open: int, needed: int) -> Verdict:
    """Met or not, as soon as those still open can no longer change it."""
    # 10 needed of 16: 10 met decide it with 6 still open, and so do 7 failed, since 9 at most are left.
    if reached >= needed:
        return Verdict.MET
    return Verdict.INSUFFICIENT if reached + still_open >= needed else Verdict.NOT_MET


COMPUTED, RECORDED = "computed", "recorded"


def list_kpis(
    targets: Sequence[ProvinceTarget],
    localities: Sequence[LocalityResult],
    recognitions: Mapping[str, Transition],
    earlier: Sequence[Earlier],
) -> tuple[Kpi, ...]:
    """Every target: over computed verdicts where they count, and over records.

    A locality of this year's plan without a decision is open, whatever was computed for it. One of an earlier
    plan is reached while it is followed up (`theo dõi`) or released, failed once it relapsed, and open when
    nothing was recorded after its recognition.

    Args:
        targets: The plan's targets, which count `recognised` or `not_relapsed`.
        localities: The computed results of all localities of the plan.
        recognitions: By locality, what was decided for this plan.
        earlier: The localities that earlier plans recognised.
    """
    found = []
    for target in targets:
        if target.of == NOT_RELAPSED:
            since = [(entry.locality, standing_of(entry)) for entry in earlier]
            found.append(_kpi(target, RECORDED, since))
            continue
        computed = {e.locality: None if e.verdict is Verdict.INSUFFICIENT else e.verdict for e in localities}
        decided = [(code, _decided(recognitions.get(code))) for code in computed]
        found.append(_kpi(target, COMPUTED, list(computed.items())))
        found.append(_kpi(target, RECORDED, decided))
    return tuple(found)


def _decided(record: Transition | None) -> Verdict | None:
    if record is None:
        return None
    return Verdict.MET if record.state is State.RECOGNISED else Verdict.NOT_MET


def _kpi(target: ProvinceTarget, origin: str, said: Sequence[tuple[str, Verdict | None]]) -> Kpi:
    reached = tuple(code for code, verdict in said if verdict is Verdict.MET)
    still_open = tuple(code for code, verdict in said if verdict is None)
    failed = tuple(code for code, verdict in said if verdict not in (None, Verdict.MET))
    needed = needed_of(target, len(said))
    verdict = decide(len(reached), len(still_open), needed) if said else Verdict.INSUFFICIENT
    return Kpi(
        target.code, origin, len(said), len(reached), needed, verdict.value, reached, failed, still_open
    )
