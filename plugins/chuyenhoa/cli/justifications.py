"""The justifications of doubtful figures, as `chuyenhoa explain` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chuyenhoa.model.evidence import JustifiedWarning
from chuyenhoa.pipeline.assess.assessing import gather_evidence
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store.justifications import gather_justifications


def find_justifications(
    ctx: Context, milestone: str, locality: str, indicators: Sequence[str] | None = None
) -> list[JustifiedWarning]:
    """The justifications of a locality's figures at a milestone; only of the indicators, if any are named."""
    plan, period = ctx.plan_of(milestone), ctx.period(milestone)
    with ctx.store.reading() as session:
        periods = dict.fromkeys((milestone, *gather_evidence(ctx, session, period).periods))
        found = gather_justifications(session, plan, periods, ctx.titles_of(plan))
    return [
        entry
        for entry in found
        if entry.locality == locality and (indicators is None or entry.indicator in indicators)
    ]


def justification_json(entry: JustifiedWarning) -> dict[str, Any]:
    """The entry of `explain --json`."""
    return asdict(entry)


def format_justifications(found: Sequence[JustifiedWarning]) -> list[str]:
    """Two lines each: rule and figure with its cell, then the reason with its own cell."""
    lines = []
    for entry in found:
        figure, source = entry.figure, entry.source
        where = f"{figure.sheet}!{figure.cell}, {figure.file_name}, {figure.sha256[:12]}"
        lines.append(f"{entry.rule_id}  {entry.title}: {entry.indicator} = {entry.value}  {where}")
        place = f"{source.sheet}!{source.cell}, {source.file_name}, {source.sha256[:12]}"
        lines.append(f"    lý do: “{entry.reason}”  {place}")
    return lines
