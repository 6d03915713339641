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
from chuyenhoa.assessment.precedence import ReportedWindow, Way, reported_in
from chuyenhoa.model import calendars, explanation
from chuyenhoa.model.evidence import KnownFigure, Source
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
        return str(assess_anew(ctx, session, milestone).id)


def assess_anew(ctx: Context, session: Session, milestone: Period) -> tables.AssessmentRow:
    """The assessment of what is accepted now, stored; only in a session of `Store.writing`."""
    return _assess(ctx, session, milestone, gather_evidence(ctx, session, milestone))[0]


def current_assessment(milestone_id: str) -> int:
    """The number of the assessment that holds today: the stored one where its inputs are as they were."""
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    with ctx.store.reading() as session:
        last = find_current(ctx, session, milestone)
    return last.id if last else int(assess_milestone(milestone_id))


def stored_assessment(
    ctx: Context, session: Session, milestone: Period, gathered: windows.Assembled
) -> Assessment:
    """The stored assessment of a milestone; where its inputs changed since, a new one, which is stored.

    Only in a session of `Store.writing`. `gathered` is what was accepted as it stands now.
    """
    last = find_current(ctx, session, milestone)
    return results.load_assessment(session, last) if last else _assess(ctx, session, milestone, gathered)[1]


def find_current(ctx: Context, session: Session, milestone: Period) -> tables.AssessmentRow | None:
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

    Reports of other periods and plans are looked through for the windows compared with, and for what later
    ones tell of this one. `wording` is the plan as it would be, where a change is rehearsed.

    Raises:
        PlanError: of another plan there are reports and it cannot be run.
    """
    plan = wording or ctx.plan_of(milestone.id)
    # Its reports may tell of this window or of the one compared with: verdicts without them would differ.
    for folder, fault in ctx.plan_faults.items():
        if ledger.has_files(session, folder):
            raise fault
    periods = [milestone, *windows.finer_periods(plan, milestone)]
    reported = {period.id: load_evidence(session, plan, period.id) for period in periods}
    history = _load_history(session, _other_periods(ctx, plan, milestone))
    gathered = windows.assemble(plan, milestone, reported, history)
    found, differing = baselines.restate_baselines(plan, milestone, gathered.evidence, history)
    wanted = baselines.wanted_baselines(plan.criteria_on(milestone.window.end))
    found = baselines.add_baselines(plan, milestone.window, found, wanted, history)
    return replace(gathered, evidence=found, restated=differing)


def find_absences(ctx: Context, session: Session, milestone: Period) -> dict[str, InsufficiencyReason | None]:
    """By locality, why nothing is known of it at a milestone, as `gather_evidence` says; None if it is."""
    plan = ctx.plan_of(milestone.id)
    periods = [milestone, *windows.finer_periods(plan, milestone)]
    reported = {period.id: load_absences(session, plan, period.id) for period in periods}
    gathered = windows.assemble(plan, milestone, reported)
    return {code: known.absence for code, known in gathered.evidence.items()}


def _other_periods(ctx: Context, plan: Plan, milestone: Period) -> list[tuple[Plan, Period]]:
    """The periods of all plans besides the milestone's own whose reports tell of a window that it needs.

    Those are its window and the one compared with, and what criteria compare with besides; the reports are on
    its localities or on units that these came from.
    """
    wanted = baselines.wanted_baselines(plan.criteria_on(milestone.window.end))
    spans = [span for _, against in wanted for span in against.windows(milestone.window)]
    inside = {milestone.id, *(period.id for period in windows.finer_periods(plan, milestone))}
    units = _units_of(plan, milestone)
    found = []
    for other in ctx.plans.values():
        for period in other.periods:
            is_spanned = any(w.overlaps(span) for span in spans for w in (period.window, period.baseline))
            is_told = any(w.contains(period.baseline) for w in (milestone.window, milestone.baseline))
            is_near = is_told or period.window.overlaps(milestone.baseline)
            day = period.window.end
            if (is_spanned or (is_near and period.id not in inside)) and any(
                other.register.key_of(code, day) in units for code in other.locality_by_code
            ):
                found.append((other, period))
    return found


def _units_of(plan: Plan, milestone: Period) -> set[str]:
    """The keys of a plan's localities at a milestone, and of the units that these came from."""
    day = milestone.window.end
    units = [unit for code in plan.locality_by_code if (unit := plan.register.on(code, day))]
    keys = {plan.register.key_of(code, day) for code in plan.locality_by_code}
    return keys | {key for unit in units for key in plan.register.ancestors(unit)}


def _load_history(
    session: Session, others: Sequence[tuple[Plan, Period]]
) -> Mapping[str, list[ReportedWindow]]:
    """What accepted reports on some periods say of every unit, each of its own window first.

    A report speaks of the unit that bore the locality's code at the end of its window, for the window
    compared with as well: its sheet "Cùng kỳ" is counted for the unit as it is now.
    """
    own: dict[str, list[ReportedWindow]] = {}
    told: dict[str, list[ReportedWindow]] = {}
    for plan, period in others:
        for code, evidence in load_evidence(session, plan, period.id).items():
            key = plan.register.key_of(code, period.window.end)
            now, before = reported_in(period.window, period.baseline, evidence, period.id)
            own.setdefault(key, []).append(now)
            told.setdefault(key, []).append(before)
    return {key: [*reported, *told[key]] for key, reported in own.items()}


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
        text = _format_difference(plan, entry, of.replace(".", " "))
        notes[key + of] = f"{notes[key + of]}. {text}" if key + of in notes else text
    # The stated figure counts even so: the submitter knows the unit as it is now (docs/decisions/0027).
    for restated in gathered.restated:
        key = f"restated.{restated.locality}.{restated.indicator}"
        notes[key] = _format_restated(restated)
    return replace(found, notes=notes)


# How a figure was come by, in a note on two that differ. A stock of a finer report is that of the same day.
_WAYS = {
    Way.OWN: "số liệu cả kỳ{of}",
    Way.FINER: "{finer}",
    Way.TOLD: "biểu “Cùng kỳ”{of}",
    Way.TOLD_FINER: "{finer} theo biểu “Cùng kỳ”",
}


def _format_difference(plan: Plan, entry: windows.Difference, of: str) -> str:
    """Both figures with their cells, and which of them counts."""
    clash = entry.clash
    is_flow = plan.indicator_by_code[entry.indicator].kind is IndicatorKind.FLOW
    finer = "cộng các kỳ ngắn hơn" if is_flow else "kỳ ngắn hơn cùng ngày chốt"
    first, second = (_WAYS[way].format(of=of, finer=finer) for way in clash.ways)
    said = f"{first} là {clash.counted.value}, {second} là {clash.other.value}; tính theo {first}"
    return f"{said[:1].upper()}{said[1:]} ({_format_sources(clash.counted, clash.other)})"


def _format_sources(counted: KnownFigure, other: KnownFigure) -> str:
    """The cells of both figures, or those that they were summed from."""
    cells = [
        "; ".join(_format_cell(p.source) for p in figure.parts or (figure,)) for figure in (counted, other)
    ]
    return f"nguồn: {cells[0]} so với {cells[1]}"


def _format_cell(source: Source) -> str:
    return f"{source.file_name}, sheet “{source.sheet}”, ô {source.cell}"


def _format_restated(entry: windows.Restated) -> str:
    """The note on a stated figure of the year before that is not the sum over the former units."""
    parts = ", ".join(f"{part.unit}: {part.value}" for part in entry.summed.parts)
    return (
        f"Cùng kỳ theo biểu là {entry.stated.value}, cộng từ các đơn vị trước khi sắp xếp là "
        f"{entry.summed.value} ({parts}); tính theo số liệu trong biểu "
        f"({_format_sources(entry.stated, entry.summed)})"
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
    return sorted(periods | {period.id for _, period in _other_periods(ctx, plan, milestone)})


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
