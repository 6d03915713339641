"""Criteria results of every locality, from stored figures alone; a hash names all that they rest on."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import chuyenhoa
from chuyenhoa import clock
from chuyenhoa.assessment import baselines, verdicts, windows
from chuyenhoa.model import calendars, explanation
from chuyenhoa.model.lifecycle import Earlier, earlier_localities
from chuyenhoa.model.plan import IndicatorKind, Period, Plan
from chuyenhoa.model.results import Assessment, InsufficiencyReason
from chuyenhoa.pipeline.assess import locality_status
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.store import documents, ledger, lifecycle, results, tables
from chuyenhoa.store.evidence import load_absences, load_evidence

logger = logging.getLogger(__name__)

DATA_FILES = frozenset({".yaml", ".csv", ".json"})
"""What the loaders read; an editor's own files beside them (`.plan.yaml.swp`) are nobody's input."""


def milestones_to_assess() -> list[str]:
    """Ids of the milestones for which files were answered since their last assessment."""
    ctx = open_context()
    stale = []
    with ctx.store.reading() as session:
        for milestone in ctx.milestones:
            newest = ledger.last_answer_event(session, _reported_periods(ctx, milestone))
            last = documents.latest_assessment(session, milestone.id)
            # By the ledger, not by an event of Airflow, which can be lost or doubled (docs/decisions/0002).
            if newest and (last is None or newest > last.through_event):
                stale.append(milestone.id)
    return stale


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


def current_assessment(milestone_id: str) -> int:
    """The number of the assessment that holds today: the stored one where its inputs are as they were."""
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    with ctx.store.reading() as session:
        last = _find_current(ctx, session, milestone)
    return last.id if last else int(assess_milestone(milestone_id))


def stored_assessment(
    ctx: Context, session: Session, milestone: Period, gathered: windows.Assembled
) -> Assessment:
    """The stored assessment of a milestone; where its inputs changed since, a new one, which is stored.

    Only in a session of `Store.writing`. `gathered` is what was accepted as it stands now.
    """
    last = _find_current(ctx, session, milestone)
    return results.load_assessment(session, last) if last else _assess(ctx, session, milestone, gathered)[1]


def _find_current(ctx: Context, session: Session, milestone: Period) -> tables.AssessmentRow | None:
    """The newest assessment of a milestone, if all that it was computed from is as it was."""
    last = documents.latest_assessment(session, milestone.id)
    if last is None or last.inputs_sha256 != hash_assessment_inputs(ctx, session, milestone):
        return None
    return last


def _assess(
    ctx: Context, session: Session, milestone: Period, gathered: windows.Assembled
) -> tuple[tables.AssessmentRow, Assessment]:
    """Compute an assessment and store it; an outcome equal to the last one keeps that one's row."""
    plan = ctx.plan_of(milestone.id)
    outcome = compute_assessment(plan, milestone, gathered, find_earlier(ctx, session, plan))
    head = results.encode_head(outcome, explanation.describe_rules(plan, milestone.window.end))
    # Encoded twice, for the hash and for the table: the text of a whole country is held by nobody.
    sha256 = results.digest(results.join(head, results.encode_rows(outcome.localities)))
    inputs = hash_assessment_inputs(ctx, session, milestone)
    newest = ledger.last_answer_event(session, _reported_periods(ctx, milestone))
    row = documents.latest_assessment(session, milestone.id)
    # A remark in a plan's file gives other inputs and the same outcome: what rests on this row stays valid.
    if row is not None and row.sha256 == sha256:
        row.through_event, row.inputs_sha256 = newest, inputs
        return row, outcome
    row = tables.AssessmentRow(
        plan=plan.id,
        milestone=milestone.id,
        assessed_at=clock.now().isoformat(),
        through_event=newest,
        sha256=sha256,
        content=head,
        inputs_sha256=inputs,
    )
    session.add(row)
    session.flush()
    results.store_rows(session, row.id, results.encode_rows(outcome.localities))
    logger.info("assessed %s: %s", milestone.id, sha256)
    return row, outcome


def gather_evidence(
    ctx: Context, session: Session, milestone: Period, wording: Plan | None = None
) -> windows.Assembled:
    """What was accepted for a milestone's window, from its own reports or finer ones that cover it.

    Where a criterion compares with another window than the same one of the previous year, the reports of all
    plans are looked through for it. `wording` is the plan as it would be, where a change is rehearsed.
    """
    plan = wording or ctx.plan_of(milestone.id)
    periods = [milestone, *windows.finer_periods(plan, milestone)]
    reported = {period.id: load_evidence(session, plan, period.id) for period in periods}
    gathered = windows.assemble(plan, milestone, reported)
    wanted = baselines.wanted_baselines(plan.criteria_on(milestone.window.end))
    if not wanted and not baselines.changed_localities(plan, milestone):
        return gathered
    history = _load_history(ctx, session) if _needs_history(ctx, plan, milestone) else {}
    found, differing = baselines.restate_baselines(plan, milestone, gathered.evidence, history)
    found = baselines.add_baselines(plan, milestone.window, found, wanted, history)
    return replace(gathered, evidence=found, restated=differing)


def find_absences(ctx: Context, session: Session, milestone: Period) -> dict[str, InsufficiencyReason | None]:
    """By locality, why nothing is known of it at a milestone, as `gather_evidence` says; None if it is."""
    plan = ctx.plan_of(milestone.id)
    periods = [milestone, *windows.finer_periods(plan, milestone)]
    reported = {period.id: load_absences(session, plan, period.id) for period in periods}
    gathered = windows.assemble(plan, milestone, reported)
    return {code: known.absence for code, known in gathered.evidence.items()}


def _needs_history(ctx: Context, plan: Plan, milestone: Period) -> bool:
    """Whether a milestone's figures may rest on other reports than those of its own window.

    They do where a criterion compares with another window, and where a locality came from units that
    some plan has reports on.
    """
    if baselines.wanted_baselines(plan.criteria_on(milestone.window.end)):
        return True
    changed = baselines.changed_localities(plan, milestone).values()
    sought = {key for unit in changed for key in plan.register.ancestors(unit)}
    return bool(sought) and any(
        other.register.key_of(code, period.window.end) in sought
        for other in ctx.plans.values()
        for code in other.locality_by_code
        for period in other.periods
    )


def _load_history(ctx: Context, session: Session) -> Mapping[str, list[baselines.ReportedWindow]]:
    """What accepted reports of all plans say of every unit, each of its own window first.

    A report speaks of the unit that bore the locality's code at the end of its window, for the window
    compared with as well: its sheet "Cùng kỳ" is counted for the unit as it is now.
    """
    own: dict[str, list[baselines.ReportedWindow]] = {}
    stated: dict[str, list[baselines.ReportedWindow]] = {}
    for plan in ctx.plans.values():
        for period in plan.periods:
            for code, evidence in load_evidence(session, plan, period.id).items():
                key = plan.register.key_of(code, period.window.end)
                now, before = baselines.reported_in(period.window, period.baseline, evidence)
                own.setdefault(key, []).append(now)
                stated.setdefault(key, []).append(before)
    return {key: [*reported, *stated[key]] for key, reported in own.items()}


def find_earlier(ctx: Context, session: Session, plan: Plan) -> tuple[Earlier, ...]:
    """The localities that plans before this one recognised, with what was recorded of them since."""
    records = locality_status.load_records(ctx, session)
    return earlier_localities(locality_status.transitions_of(records), plan.year)


def compute_assessment(
    plan: Plan, milestone: Period, gathered: windows.Assembled, earlier: Sequence[Earlier] = ()
) -> Assessment:
    """All verdicts of a milestone; criteria are those in force at its cut-off.

    The notes name, by locality, the gaps in its window, reports that overlap, and figures that do not add up.
    """
    found = verdicts.assess(plan, milestone, gathered.evidence, milestone.window.end, earlier)
    notes = dict(found.notes)
    for code, gaps in gathered.gaps.items():
        notes[f"gap.{code}"] = f"Chưa có số liệu: {'; '.join(map(_format_window, gaps))}"
    # Accepted reports that overlap in part are never added: cases would count twice (docs/decisions/0011).
    for code, overlaps in gathered.overlaps.items():
        said = (f"{entry.first} và {entry.second} ({_format_window(entry.shared)})" for entry in overlaps)
        notes[f"overlap.{code}"] = f"Báo cáo trùng thời gian, không cộng được: {'; '.join(said)}"
    for entry in gathered.differences:
        key = f"difference.{entry.locality}.{entry.basis.value}.{entry.indicator}"
        of = "" if entry.period == milestone.id else f".{entry.period}"
        notes[key + of] = _format_difference(plan, entry, of.replace(".", " "))
    # The stated figure counts even so: the submitter knows the unit as it is now (docs/decisions/0027).
    for restated in gathered.restated:
        key = f"restated.{restated.locality}.{restated.indicator}"
        notes[key] = _format_restated(restated)
    return replace(found, notes=notes)


def _format_difference(plan: Plan, entry: windows.Difference, of: str) -> str:
    """A flow is compared with the sum of the finer reports, a stock with the one of the same day."""
    is_flow = plan.indicator_by_code[entry.indicator].kind is IndicatorKind.FLOW
    finer = "cộng các kỳ ngắn hơn là" if is_flow else "kỳ ngắn hơn cùng ngày chốt ghi"
    return f"Số liệu cả kỳ{of} là {entry.coarse}, {finer} {entry.fine}; tính theo số liệu cả kỳ"


def _format_restated(entry: windows.Restated) -> str:
    """The note on a stated figure of the year before that is not the sum over the former units."""
    parts = ", ".join(f"{part.unit}: {part.value}" for part in entry.summed.parts)
    return (
        f"Cùng kỳ theo biểu là {entry.stated}, cộng từ các đơn vị trước khi sắp xếp là "
        f"{entry.summed.value} ({parts}); tính theo số liệu trong biểu"
    )


def _format_window(window: calendars.Window) -> str:
    return f"{window.start:%d/%m/%Y} - {window.end:%d/%m/%Y}"


def hash_assessment_inputs(ctx: Context, session: Session, milestone: Period) -> str:
    """sha256 over what a milestone's assessment is computed from: equal hashes mean equal assessments.

    Another hash does not mean another outcome: a remark in a plan's file changes it as well.
    """
    parts = [
        # An upgrade may compute otherwise from the same data, so every milestone is computed again after it.
        _hash_program(),
        *hash_files(ctx.settings.plans),
        _last_event(session, _reported_periods(ctx, milestone)),
        # A record of a locality is no event of a file. There are few, and none is ever changed.
        *(repr(entry) for entry in lifecycle.load_transitions(session)),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _reported_periods(ctx: Context, milestone: Period) -> list[str]:
    """Ids of the periods whose reports a milestone's figures may rest on."""
    plan = ctx.plan_of(milestone.id)
    periods = {milestone.id, *(period.id for period in windows.finer_periods(plan, milestone))}
    if _needs_history(ctx, plan, milestone):
        periods |= {period.id for other in ctx.plans.values() for period in other.periods}
    return sorted(periods)


def _last_event(session: Session, periods: Sequence[str]) -> str:
    """The seal of the newest event on files of some periods, which covers all events before it.

    The seal and not the position: after a backup is restored other events get the same positions.
    """
    query = (
        select(tables.EventRow.sha256)
        .join(tables.SubmissionRow, tables.SubmissionRow.number == tables.EventRow.submission)
        .where(tables.SubmissionRow.period.in_(periods))
        .order_by(tables.EventRow.position.desc())
    )
    return session.scalars(query.limit(1)).first() or ""


def hash_files(folder: Path) -> Iterator[str]:
    """Path and sha256 of every data file of a folder, in order."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in DATA_FILES and path.is_file():
            yield path.relative_to(folder).as_posix()
            yield hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _hash_program() -> str:
    """This package's own source: a new edition may compute otherwise from the same data."""
    root = Path(chuyenhoa.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
