"""The frozen data of one milestone: everything that its documents need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import UNSET

from chuyenhoa.model import lifecycle
from chuyenhoa.model.evidence import MilestoneData, Source, SubmissionRecord
from chuyenhoa.model.explanation import describe_rules
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import CriterionResult, InsufficiencyReason, LocalityResult
from chuyenhoa.model.submissions import ACCEPTING
from chuyenhoa.model.units import Unit
from chuyenhoa.reporting.papers.kinds import load_kinds
from chuyenhoa.reporting.snapshot import frozen, frozen_plan
from chuyenhoa.reporting.snapshot.canonical import exact_text, normalise
from chuyenhoa.reporting.wording.phrases import load_phrases

DISTRICT_BOARD = "district_board"
SWAPS = "two_tiers"


def build_snapshot(data: MilestoneData, phrases: Mapping[str, object] | None = None) -> frozen.Snapshot:
    """Gather all that the documents of a milestone are made from, wording included.

    The sentence patterns are frozen with the data, so that the same snapshot and the same template give
    the same bytes even after the wording was changed for later documents.

    Args:
        data: Plan, results, evidence and submissions of the milestone.
        phrases: Sentence patterns; those of `templates/messages/report.yaml` when None.
    """
    plan, standing = data.plan, data.locality_status or lifecycle.LocalityStatus({}, (), {}, ())
    answered = {entry.submitter for entry in data.submissions if entry.status in ACCEPTING}
    return normalise(
        frozen.Snapshot(
            schema=frozen.SCHEMA,
            frozen_at=data.frozen_at.isoformat(),
            plan=frozen_plan.freeze_plan(plan),
            board=frozen_plan.freeze_board(plan),
            agency=frozen_plan.freeze_agency(plan),
            period=frozen_plan.freeze_period(data),
            sections=tuple(frozen.FrozenTitle(s.code, s.title) for s in plan.sections),
            indicators=tuple(
                frozen.FrozenIndicator(i.code, i.label, i.unit, i.kind, i.section) for i in plan.indicators
            ),
            groups=tuple(frozen.FrozenTitle(g.code, g.title) for g in plan.groups),
            criteria=tuple(
                frozen_plan.freeze_criterion(entry) for entry in plan.criteria_on(data.period.window.end)
            ),
            guidance=frozen_plan.freeze_letters(data),
            narrative_items=tuple(frozen.FrozenTitle(n.code, n.title) for n in plan.narrative_items),
            submitters=tuple(frozen.FrozenSubmitter(s.code, s.name, s.kind) for s in plan.submitters),
            agencies=tuple(frozen.FrozenName(a.code, a.name) for a in plan.agencies),
            tasks=tuple(
                frozen.FrozenTask(t.code, t.part, t.title, tuple(t.lead), tuple(t.criteria))
                for t in plan.tasks
            ),
            targets=frozen_plan.freeze_targets(data),
            documents={kind.name: frozen_plan.freeze_kind(kind) for kind in load_kinds().values()},
            localities=tuple(_freeze_locality(entry, data) for entry in data.assessment.localities),
            figures=tuple(_freeze_figures(data)),
            declarations=tuple(_freeze_declarations(data)),
            totals=tuple(_add_up(entry.code, data) for entry in plan.indicators),
            verdict_counts={str(verdict): count for verdict, count in data.assessment.counts().items()},
            notes=data.assessment.notes,
            submissions=_freeze_submissions(data.submissions),
            not_reported=tuple(s.code for s in plan.submitters if s.code not in answered),
            narratives=data.narratives,
            justifications=_freeze_justifications(data),
            phrases=choose_words(plan, load_phrases() if phrases is None else phrases),
            recognitions={code: _freeze_record(entry) for code, entry in standing.recognitions.items()},
            earlier=tuple(
                frozen.FrozenEarlier(e.locality, e.state, _freeze_record(e.recognised))
                for e in standing.earlier
            ),
            states=standing.states,
            kpis=tuple(_freeze_kpi(entry) for entry in standing.kpis),
            explanation=describe_rules(plan, data.period.window.end),
        )
    )


def choose_words(plan: Plan, phrases: Mapping[str, object]) -> Mapping[str, object]:
    """The sentence patterns of a plan: where no district board reports, none speaks of districts.

    Since 1 July 2025 there is no district level. `two_tiers` (`report/hai_cap.yaml`) lists what is put in
    place of what, in this order:

        cấp huyện, cấp xã → cấp xã
        cấp huyện → cấp xã          (first, it would leave "cấp xã, cấp xã" of the line above)
    """
    if any(entry.kind == DISTRICT_BOARD for entry in plan.submitters):
        return phrases
    found = phrases.get(SWAPS, ())
    swaps = [(str(e["from"]), str(e["to"])) for e in found] if isinstance(found, list) else []
    return {key: entry if key == SWAPS else _swap(entry, swaps) for key, entry in phrases.items()}


def _swap(entry: object, swaps: Sequence[tuple[str, str]]) -> object:
    if isinstance(entry, str):
        for before, after in swaps:
            entry = entry.replace(before, after)
        return entry
    if isinstance(entry, Mapping):
        return {key: _swap(value, swaps) for key, value in entry.items()}
    return [_swap(value, swaps) for value in entry] if isinstance(entry, list) else entry


def _freeze_locality(result: LocalityResult, data: MilestoneData) -> frozen.FrozenLocality:
    locality = data.plan.locality_by_code[result.locality]
    evidence = data.evidence.get(result.locality)
    return frozen.FrozenLocality(
        code=locality.code,
        name=locality.name,
        submitter=locality.submitter,
        types=tuple(sorted(locality.types)),
        status=locality.status,
        place=freeze_place(data, locality.code),
        verdict=result.verdict,
        reasons=result.reasons,
        possible=result.possible,
        is_wide=result.is_wide or UNSET,
        absence=evidence.absence if evidence else None,
        groups={group.group: group.verdict for group in result.groups},
        criteria=tuple(_freeze_result(entry) for entry in result.criteria),
    )


def freeze_place(data: MilestoneData, code: str) -> frozen.FrozenPlace:
    """Where a locality lies, what it was made from, and to what it belongs now.

    A decision may say "xã X, huyện Y (nay thuộc Z)" from these.
    """
    register, window = data.plan.register, data.period.window
    unit = register.on(code, window.end)
    if unit is None:
        return frozen.FrozenPlace("", "", (), ())
    return frozen.FrozenPlace(
        unit.district_name,
        unit.province_name,
        former=_list_others(unit, register.former(unit, data.period.baseline.start), None),
        now=_list_others(unit, register.heirs(unit, data.frozen_at.date()), unit.valid_to),
    )


def _list_others(unit: Unit, found: Sequence[Unit], until: date | None) -> tuple[frozen.FrozenUnit, ...]:
    return tuple(
        frozen.FrozenUnit(
            code=entry.code,
            name=entry.name,
            district=entry.district_name,
            until=last.isoformat() if (last := until or entry.valid_to) else None,
            legal_basis=entry.legal_basis,
        )
        for entry in found
        if entry.identity != unit.identity
    )


def _freeze_result(result: CriterionResult) -> frozen.FrozenCriterion:
    guard = result.guard
    return frozen.FrozenCriterion(
        criterion=result.criterion,
        verdict=result.verdict,
        reason=result.reason,
        actor=result.actor,
        figure=result.figure,
        formula=result.formula,
        missing=result.missing,
        inputs=tuple(
            frozen.FrozenInput(
                name=entry.name,
                value=entry.value,
                unit=entry.unit,
                submission=entry.submission,
                sha256=entry.sha256,
                file_name=entry.file_name,
                sheet=entry.sheet,
                cell=entry.cell,
                reason=entry.reason,
                of_unit=entry.of_unit,
                low=entry.low or UNSET,
                high=entry.high or UNSET,
            )
            for entry in result.inputs
        ),
        edition=result.edition,
        possible=result.possible,
        matters=result.matters,
        steps=tuple(frozen.FrozenStep(step.terms, step.change, step.unit) for step in result.steps),
        guard=frozen.FrozenGuard(guard.total, guard.on_the_edge, guard.few) if guard else None,
        # These keys came last: left out while empty, most snapshots kept the bytes that they had before them.
        needs=result.needs or UNSET,
        is_wide=result.is_wide or UNSET,
    )


def _freeze_source(source: Source) -> frozen.FrozenSource:
    return frozen.FrozenSource(source.submission, source.sha256, source.file_name, source.sheet, source.cell)


def _freeze_figures(data: MilestoneData) -> Iterable[frozen.FrozenFigure]:
    for code in sorted(data.evidence):
        for (indicator, basis), figure in sorted(data.evidence[code].figures.items()):
            value = None if figure.value is None else exact_text(figure.value)
            of_units = tuple(dict.fromkeys(part.unit for part in figure.parts if part.unit))
            yield frozen.FrozenFigure(
                code,
                indicator,
                basis,
                value,
                _freeze_source(figure.source),
                of_units or UNSET,
                figure.lacks is InsufficiencyReason.WITHDRAWN or UNSET,
            )


def _freeze_declarations(data: MilestoneData) -> Iterable[frozen.FrozenDeclaration]:
    for code in sorted(data.evidence):
        for criterion, entry in sorted(data.evidence[code].declarations.items()):
            yield frozen.FrozenDeclaration(
                locality=code,
                criterion=criterion,
                answer=entry.answer,
                document_number=entry.document_number,
                document_date=entry.document_date.isoformat() if entry.document_date else None,
                note=entry.note,
                source=_freeze_source(entry.source),
                withdrawn=entry.withdrawn or UNSET,
            )


def _find_value(data: MilestoneData, locality: str, indicator: str, basis: Basis) -> Decimal | None:
    evidence = data.evidence.get(locality)
    figure = evidence.figures.get((indicator, basis)) if evidence else None
    return figure.value if figure else None


def _add_up(indicator: str, data: MilestoneData) -> frozen.FrozenTotal:
    """Sums over the province, with how many localities are in them; a blank is never counted as zero.

    `comparable` sums both windows over the localities that have both figures.
    """
    pairs = [
        (
            _find_value(data, locality.code, indicator, Basis.CURRENT),
            _find_value(data, locality.code, indicator, Basis.BASELINE),
        )
        for locality in data.plan.localities
    ]
    both = [(now, then) for now, then in pairs if now is not None and then is not None]
    return frozen.FrozenTotal(
        indicator=indicator,
        current=_sum([now for now, _ in pairs]),
        baseline=_sum([then for _, then in pairs]),
        comparable=frozen.FrozenPair(
            counted=len(both),
            current=_sum([now for now, _ in both]).value,
            baseline=_sum([then for _, then in both]).value,
        ),
    )


def _sum(values: Sequence[Decimal | None]) -> frozen.FrozenSum:
    """A sum that knows how many localities it leaves out; None when it leaves out all."""
    # sum() of nothing is 0, and a province that reported nothing has no cases known, not 0 cases.
    known = [value for value in values if value is not None]
    total = exact_text(sum(known, Decimal(0))) if known else None
    return frozen.FrozenSum(total, len(known), len(values) - len(known))


def _freeze_submissions(records: Iterable[SubmissionRecord]) -> tuple[frozen.FrozenSubmission, ...]:
    """By submitter in the order of receipt; files of one minute by their numbers."""
    ordered = sorted(records, key=lambda entry: (entry.submitter, entry.received_at, entry.id))
    return tuple(
        frozen.FrozenSubmission(
            id=entry.id,
            submitter=entry.submitter,
            version=entry.version,
            status=entry.status,
            file_name=entry.file_name,
            sha256=entry.sha256,
            received_at=entry.received_at.isoformat(),
            is_late=entry.is_late,
            taken=entry.taken,
            held=entry.held,
        )
        for entry in ordered
    )


def _freeze_justifications(data: MilestoneData) -> tuple[frozen.FrozenJustification, ...]:
    return tuple(
        frozen.FrozenJustification(
            rule_id=entry.rule_id,
            title=entry.title,
            locality=entry.locality,
            indicator=entry.indicator,
            value=entry.value,
            reason=entry.reason,
            figure=_freeze_source(entry.figure),
            source=_freeze_source(entry.source),
        )
        for entry in data.justifications
    )


def _freeze_record(entry: lifecycle.Transition) -> frozen.FrozenRecord:
    return frozen.FrozenRecord(
        state=entry.state,
        plan=entry.plan,
        milestone=entry.milestone,
        decision_number=entry.decision_number,
        decision_date=entry.decision_date.isoformat(),
        by=entry.by,
        recorded_at=entry.recorded_at,
        computed=entry.computed,
        reason=entry.reason,
        document=entry.document,
    )


def _freeze_kpi(entry: lifecycle.Kpi) -> frozen.FrozenKpi:
    return frozen.FrozenKpi(
        code=entry.code,
        origin=entry.origin,
        total=entry.total,
        reached=entry.reached,
        needed=entry.needed,
        verdict=entry.verdict,
        reached_localities=entry.reached_localities,
        failed_localities=entry.failed_localities,
        open_localities=entry.open_localities,
    )
