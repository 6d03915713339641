"""Assessment: criteria results of every locality, recomputed from stored figures alone."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.assessment import assess
from chuyenhoa.model.plan import Period
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
        for milestone in place.plan.milestones:
            newest = ledger.last_answer_event(session, place.plan.id, milestone.id)
            last = latest_assessment(session, place.plan.id, milestone.id)
            if newest and (last is None or newest > last.through_event):
                stale.append(milestone.id)
    return stale


def compute_assessment(place: Workplace, session: Session, milestone: Period) -> Assessment:
    """All verdicts of a milestone; criteria are those in force at its cut-off."""
    evidence = load_evidence(session, place.plan, milestone.id)
    return assess(place.plan, milestone, evidence, milestone.window.end)


def assess_milestone(milestone_id: str) -> str:
    """Assess a milestone and keep the outcome.

    Returns:
        The id of the assessment; the same as before when neither figures nor plan changed.
    """
    place = open_workplace()
    milestone = place.milestone(milestone_id)
    with place.store.writing() as session:
        content = json.dumps(
            asdict(compute_assessment(place, session, milestone)), ensure_ascii=False, sort_keys=True
        )
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        newest = ledger.last_answer_event(session, place.plan.id, milestone.id)
        last = latest_assessment(session, place.plan.id, milestone.id)
        if last is not None and last.sha256 == sha256:
            last.through_event = newest
            return str(last.id)
        row = AssessmentRow(
            plan=place.plan.id,
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
