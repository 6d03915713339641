"""Targets of the province over its localities, in exact integers."""

from __future__ import annotations

from collections.abc import Sequence

from chuyenhoa.assessment.words import NO_EARLIER_YEARS, NO_LOCALITIES
from chuyenhoa.model.criteria import ProvinceTarget
from chuyenhoa.model.results import LocalityResult, TargetResult, Verdict

RECOGNISED = "recognised"
NOT_RELAPSED = "not_relapsed"


def assess_target(
    target: ProvinceTarget, localities: Sequence[LocalityResult]
) -> tuple[TargetResult, str | None]:
    """The result of one target, and a note where there is nothing to count.

    `recognised` counts this year's localities that are met; it is decided as soon as those still open can no
    longer change it. `not_relapsed` needs the localities recognised in earlier years, which no plan holds
    yet: it is insufficient over a total of zero.

    Args:
        target: The target; its `of` is one of the two words above.
        localities: All localities of this year's plan.

    Raises:
        ValueError: The target counts something that is not known here.
    """
    if target.of == NOT_RELAPSED:
        return TargetResult(target.code, 0, 0, 0, Verdict.INSUFFICIENT), NO_EARLIER_YEARS
    if target.of != RECOGNISED:
        raise ValueError(
            f"target {target.code} counts '{target.of}'; known are {RECOGNISED} and {NOT_RELAPSED}"
        )
    if not localities:
        return TargetResult(target.code, 0, 0, 0, Verdict.INSUFFICIENT), NO_LOCALITIES
    total = len(localities)
    needed = -(-target.percent * total // 100)
    reached = sum(locality.verdict is Verdict.MET for locality in localities)
    still_open = sum(locality.verdict is Verdict.INSUFFICIENT for locality in localities)
    return TargetResult(target.code, total, reached, needed, _decide(reached, still_open, needed)), None


def _decide(reached: int, still_open: int, needed: int) -> Verdict:
    if reached >= needed:
        return Verdict.MET
    return Verdict.INSUFFICIENT if reached + still_open >= needed else Verdict.NOT_MET
