"""The province's targets with their localities named: forecast from verdicts, official from human records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chuyenhoa.assessment.targets import NOT_RELAPSED, decide, needed_of, standing_of
from chuyenhoa.model.criteria import ProvinceTarget
from chuyenhoa.model.lifecycle import Earlier, Kpi, State, Transition
from chuyenhoa.model.results import LocalityResult, Verdict

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
