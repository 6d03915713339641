"""The reasons that submitters gave for doubtful figures, as `chuyenhoa explain` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chuyenhoa.model.evidence import Explanation
from chuyenhoa.pipeline.assessing import gather_evidence
from chuyenhoa.pipeline.explaining import gather_explanations
from chuyenhoa.pipeline.workplace import Workplace


def find_reasons(
    place: Workplace, milestone: str, locality: str, indicators: Sequence[str] | None = None
) -> list[Explanation]:
    """The reasons behind a locality's figures at a milestone; only of the indicators, if any are named."""
    plan, period = place.plan_of(milestone), place.period(milestone)
    with place.store.reading() as session:
        periods = dict.fromkeys((milestone, *gather_evidence(place, session, period).periods))
        found = gather_explanations(place, session, plan, periods)
    return [
        entry
        for entry in found
        if entry.locality == locality and (indicators is None or entry.indicator in indicators)
    ]


def reason_json(entry: Explanation) -> dict[str, Any]:
    """A reason as a program reads it."""
    return asdict(entry)


def say_reasons(found: Sequence[Explanation]) -> list[str]:
    """Lines: rule and figure with its cell, then the reason with its own."""
    lines = []
    for entry in found:
        figure, source = entry.figure, entry.source
        where = f"{figure.sheet}!{figure.cell}, {figure.file_name}, {figure.sha256[:12]}"
        lines.append(f"{entry.rule_id}  {entry.title}: {entry.indicator} = {entry.value}  {where}")
        place = f"{source.sheet}!{source.cell}, {source.file_name}, {source.sha256[:12]}"
        lines.append(f"    lý do: “{entry.reason}”  {place}")
    return lines
