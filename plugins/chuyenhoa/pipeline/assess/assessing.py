"""Assessment: criteria results of every locality, recomputed from stored figures alone."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.assessment import (
    Assembled,
    Difference,
    add_baselines,
    assemble,
    assess,
    changed_localities,
    finer_periods,
    restate_baselines,
    wanted_baselines,
)
from chuyenhoa.model.calendars import Window
from chuyenhoa.model.explanation import describe_rules
from chuyenhoa.model.lifecycle import Earlier, earlier_localities
from chuyenhoa.model.plan import IndicatorKind, Period, Plan
from chuyenhoa.model.results import Assessment
from chuyenhoa.pipeline.assess.historical_evidence import load_history, needs_history, say_restated
from chuyenhoa.pipeline.assess.inputs import hash_assessment_inputs, reported_periods
from chuyenhoa.pipeline.assess.records import load_records, transitions_of
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.store import ledger
from chuyenhoa.store.documents import latest_assessment
from chuyenhoa.store.evidence import load_evidence
from chuyenhoa.store.tables import AssessmentRow

logger = logging.getLogger(__name__)


def milestones_to_assess() -> list[str]:
    """Ids of the milestones for which files were answered since their last assessment."""
    ctx = open_context()
    stale = []
    with ctx.store.reading() as session:
        for milestone in ctx.milestones:
            newest = _newest_answer(ctx, session, milestone)
            last = latest_assessment(session, milestone.id)
            if newest and (last is None or newest > last.through_event):
                stale.append(milestone.id)
    return stale


def _newest_answer(ctx: Context, session: Session, milestone: Period) -> int:
    """The newest event by which the milestone's figures may have changed."""
    return ledger.last_answer_event(session, reported_periods(ctx, milestone))


def gather_evidence(
    ctx: Context, session: Session, milestone: Period, wording: Plan | None = None
) -> Assembled:
    """What was accepted for a milestone's window, from its own reports or finer ones that cover it.

    Where a criterion compares with another window than the same one of the previous year, the reports of all
    plans are looked through for it. `wording` is the plan as it would be, where a change is rehearsed.
    """
    plan = wording or ctx.plan_of(milestone.id)
    periods = [milestone, *finer_periods(plan, milestone)]
    reported = {period.id: load_evidence(session, plan, period.id) for period in periods}
    gathered = assemble(plan, milestone, reported)
    wanted = wanted_baselines(plan.criteria_on(milestone.window.end))
    if not wanted and not changed_localities(plan, milestone):
        return gathered
    history = load_history(ctx, session) if needs_history(ctx, plan, milestone) else {}
    found, differing = restate_baselines(plan, milestone, gathered.evidence, history)
    found = add_baselines(plan, milestone.window, found, wanted, history)
    return replace(gathered, evidence=found, restated=differing)


def find_earlier(ctx: Context, session: Session, plan: Plan) -> tuple[Earlier, ...]:
    """The localities that plans before this one recognised, with what was recorded of them since."""
    return earlier_localities(transitions_of(load_records(ctx, session)), plan.year)


def compute_assessment(
    plan: Plan, milestone: Period, gathered: Assembled, earlier: Sequence[Earlier] = ()
) -> Assessment:
    """All verdicts of a milestone; criteria are those in force at its cut-off.

    The notes name, by locality, the gaps in its window, reports that overlap, and figures that do not add up.
    """
    found = assess(plan, milestone, gathered.evidence, milestone.window.end, earlier)
    notes = dict(found.notes)
    for code, gaps in gathered.gaps.items():
        notes[f"gap.{code}"] = f"Chưa có số liệu: {'; '.join(map(_say_span, gaps))}"
    for code, overlaps in gathered.overlaps.items():
        said = (f"{entry.first} và {entry.second} ({_say_span(entry.shared)})" for entry in overlaps)
        notes[f"overlap.{code}"] = f"Báo cáo trùng thời gian, không cộng được: {'; '.join(said)}"
    for entry in gathered.differences:
        key = f"difference.{entry.locality}.{entry.basis.value}.{entry.indicator}"
        of = "" if entry.period == milestone.id else f".{entry.period}"
        notes[key + of] = _say_difference(plan, entry, of.replace(".", " "))
    for restated in gathered.restated:
        key = f"restated.{restated.locality}.{restated.indicator}"
        notes[key] = say_restated(restated)
    return replace(found, notes=notes)


def _say_difference(plan: Plan, entry: Difference, of: str) -> str:
    """A flow is told as the sum of the finer reports, a stock as the one of the same day."""
    is_flow = plan.indicator_by_code[entry.indicator].kind is IndicatorKind.FLOW
    finer = "cộng các kỳ ngắn hơn là" if is_flow else "kỳ ngắn hơn cùng ngày chốt ghi"
    return f"Số liệu cả kỳ{of} là {entry.coarse}, {finer} {entry.fine}; tính theo số liệu cả kỳ"


def _say_span(window: Window) -> str:
    return f"{window.start:%d/%m/%Y} - {window.end:%d/%m/%Y}"


def assess_milestone(milestone_id: str) -> str:
    """Assess a milestone and keep the outcome.

    Returns:
        The id of the assessment; the same as before when neither figures nor plan changed.
    """
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    with ctx.store.writing() as session:
        row, _ = _assess(ctx, session, milestone, gather_evidence(ctx, session, milestone))
        return str(row.id)


def stored_assessment(ctx: Context, session: Session, milestone: Period, gathered: Assembled) -> Assessment:
    """The stored assessment of a milestone; where its inputs changed since, a new one, which is stored.

    Only in a session of `Store.writing`. `gathered` is what was accepted as it stands now.
    """
    last = latest_assessment(session, milestone.id)
    if last is None or last.inputs_sha256 != hash_assessment_inputs(ctx, session, milestone):
        return _assess(ctx, session, milestone, gathered)[1]
    return decode_assessment(last.content)


def _assess(
    ctx: Context, session: Session, milestone: Period, gathered: Assembled
) -> tuple[AssessmentRow, Assessment]:
    """Compute an assessment and store it; an outcome equal to the last one keeps that one's row."""
    plan = ctx.plan_of(milestone.id)
    inputs = hash_assessment_inputs(ctx, session, milestone)
    outcome = compute_assessment(plan, milestone, gathered, find_earlier(ctx, session, plan))
    content = encode_assessment(outcome, describe_rules(plan, milestone.window.end))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    newest = _newest_answer(ctx, session, milestone)
    row = latest_assessment(session, milestone.id)
    if row is not None and row.sha256 == sha256:
        row.through_event, row.inputs_sha256 = newest, inputs
        return row, outcome
    row = AssessmentRow(
        plan=plan.id,
        milestone=milestone.id,
        assessed_at=clock.now().isoformat(),
        through_event=newest,
        sha256=sha256,
        content=content,
        inputs_sha256=inputs,
    )
    session.add(row)
    session.flush()
    logger.info("assessed %s: %s", milestone.id, sha256)
    return row, outcome


def encode_assessment(outcome: Assessment, rules: Mapping[str, Any]) -> str:
    """An assessment as it is stored: JSON with sorted keys, the rules that it rests on as `explanation`.

    Figures are texts as they were computed, never JSON numbers: 79,96 % stays below 80 %.
    """
    return json.dumps({**asdict(outcome), "explanation": rules}, ensure_ascii=False, sort_keys=True)


def decode_assessment(content: str) -> Assessment:
    """What `encode_assessment` was given, without the rules.

    Raises:
        ValueError: it is none; the text names the path, as in `$.localities[0].verdict`.
    """
    return msgspec.convert(json.loads(content), Assessment)
