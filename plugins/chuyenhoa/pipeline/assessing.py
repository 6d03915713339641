"""Assessment: criteria results of every locality, recomputed from stored figures alone."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.assessment import Assembled, assemble, assess, finer_periods
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.results import Assessment
from chuyenhoa.pipeline.workplace import Workplace, open_workplace
from chuyenhoa.store import ledger
from chuyenhoa.store.documents import latest_assessment
from chuyenhoa.store.evidence import load_evidence
from chuyenhoa.store.tables import AssessmentRow

logger = logging.getLogger(__name__)


def milestones_to_assess() -> list[str]:
    """Ids of the milestones for which files were answered since their last assessment."""
    place = open_workplace()
    stale = []
    with place.store.reading() as session:
        for milestone in place.milestones:
            newest = _newest_answer(place, session, milestone)
            last = latest_assessment(session, milestone.id)
            if newest and (last is None or newest > last.through_event):
                stale.append(milestone.id)
    return stale


def _newest_answer(place: Workplace, session: Session, milestone: Period) -> int:
    """The newest event by which the milestone's figures may have changed."""
    finer = finer_periods(place.plan_of(milestone.id), milestone)
    return ledger.last_answer_event(session, [milestone.id, *(period.id for period in finer)])


def gather_evidence(place: Workplace, session: Session, milestone: Period) -> Assembled:
    """What was accepted for a milestone's window, from its own reports or finer ones that cover it."""
    plan = place.plan_of(milestone.id)
    periods = [milestone, *finer_periods(plan, milestone)]
    reported = {period.id: load_evidence(session, plan, period.id) for period in periods}
    return assemble(plan, milestone, reported)


def compute_assessment(plan: Plan, milestone: Period, gathered: Assembled) -> Assessment:
    """All verdicts of a milestone; criteria are those in force at its cut-off.

    The notes name, by locality, the gaps in its window and figures that do not add up.
    """
    found = assess(plan, milestone, gathered.evidence, milestone.window.end)
    notes = dict(found.notes)
    for code, gaps in gathered.gaps.items():
        spans = "; ".join(f"{gap.start:%d/%m/%Y} - {gap.end:%d/%m/%Y}" for gap in gaps)
        notes[f"gap.{code}"] = f"Chưa có số liệu: {spans}"
    for entry in gathered.differences:
        notes[f"difference.{entry.locality}.{entry.basis.value}.{entry.indicator}"] = (
            f"Số liệu cả kỳ là {entry.coarse}, cộng các kỳ ngắn hơn là {entry.fine}; tính theo số liệu cả kỳ"
        )
    return replace(found, notes=notes)


def assess_milestone(milestone_id: str) -> str:
    """Assess a milestone and keep the outcome.

    Returns:
        The id of the assessment; the same as before when neither figures nor plan changed.
    """
    place = open_workplace()
    milestone = place.milestone(milestone_id)
    plan = place.plan_of(milestone_id)
    with place.store.writing() as session:
        outcome = compute_assessment(plan, milestone, gather_evidence(place, session, milestone))
        content = json.dumps(asdict(outcome), ensure_ascii=False, sort_keys=True)
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        newest = _newest_answer(place, session, milestone)
        last = latest_assessment(session, milestone.id)
        if last is not None and last.sha256 == sha256:
            last.through_event = newest
            return str(last.id)
        row = AssessmentRow(
            plan=plan.id,
            milestone=milestone.id,
            assessed_at=clock.now().isoformat(),
            through_event=newest,
            sha256=sha256,
            content=content,
        )
        session.add(row)
        session.flush()
        logger.info("assessed %s: %s", milestone.id, sha256)
        return str(row.id)
