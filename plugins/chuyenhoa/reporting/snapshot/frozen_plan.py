"""What a snapshot keeps of the plan: who issues, which period, and what the codes mean."""

from __future__ import annotations

from chuyenhoa.model.criteria import Criterion, Threshold
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Plan, Status
from chuyenhoa.reporting.papers.kinds import DocumentKind
from chuyenhoa.reporting.snapshot import frozen
from chuyenhoa.reporting.snapshot.canonical import exact_text


def freeze_plan(plan: Plan) -> frozen.FrozenPlan:
    """The plan's identity and the texts that documents quote."""
    unverified = plan.criteria_status is not Status.VERIFIED
    return frozen.FrozenPlan(
        id=plan.id,
        title=plan.title,
        number=plan.number,
        issued_on=plan.issued_on.isoformat(),
        year=plan.year,
        edition=plan.edition,
        criteria_status=plan.criteria_status,
        notice=plan.unverified_notice if unverified else "",
        bases=tuple(frozen.FrozenBasis(b.number, b.issued_on.isoformat(), b.title) for b in plan.bases),
        texts=plan.texts,
    )


def freeze_board(plan: Plan) -> frozen.FrozenBoard:
    """The steering committee with whoever signs for it."""
    board = plan.board
    return frozen.FrozenBoard(
        parent=board.parent,
        name=board.name,
        short_name=board.short_name,
        standing_agency=board.standing_agency,
        province=board.province,
        place=board.place,
        symbol=board.symbol,
        capacity=board.signatory.capacity,
        office=board.signatory.office,
        signer=board.signatory.name,
        recipients=tuple(board.recipients),
        contact=board.contact,
    )


def freeze_agency(plan: Plan) -> frozen.FrozenAgency:
    """The standing agency, which signs documents of its own."""
    agency, deputy = plan.board.agency, plan.board.agency.deputy
    return frozen.FrozenAgency(
        parent=agency.parent,
        name=agency.name,
        short_name=agency.short_name,
        place=plan.board.place,
        symbol=agency.symbol,
        head=agency.head,
        capacity=agency.signatory.capacity,
        office=agency.signatory.office,
        signer=agency.signatory.name,
        deputy=frozen.FrozenSignatory(deputy.capacity, deputy.office, deputy.name),
        recipients=tuple(agency.recipients),
        is_sample=agency.is_sample,
    )


def freeze_period(data: MilestoneData) -> frozen.FrozenPeriod:
    """The milestone's windows and its last day on time.

    That this day has passed is data of its own: from then on there are submitters to remind.
    """
    period = data.period
    return frozen.FrozenPeriod(
        id=period.id,
        label=period.label,
        kind=period.kind,
        start=period.window.start.isoformat(),
        end=period.window.end.isoformat(),
        deadline=period.deadline.isoformat(),
        past_deadline=data.frozen_at.date() > period.deadline,
        baseline_from=period.baseline.start.isoformat(),
        baseline_to=period.baseline.end.isoformat(),
        assumption=period.assumption,
    )


def freeze_kind(kind: DocumentKind) -> frozen.FrozenKind:
    """What the list of documents says of one kind."""
    return frozen.FrozenKind(
        title=kind.title,
        about=kind.about,
        goes_to=kind.goes_to,
        symbol=kind.symbol,
        issuer=kind.issuer,
        when=kind.when,
        recipients=tuple(kind.recipients),
        context=kind.context,
    )


def freeze_letters(data: MilestoneData) -> tuple[frozen.FrozenLetter, ...]:
    """The guiding letters that were out at the end of the window; a later one changes no verdict of it."""
    return tuple(
        frozen.FrozenLetter(g.number, g.issued_on.isoformat(), g.issuer, g.title, g.status)
        for g in data.plan.guidance
        if g.issued_on <= data.period.window.end
    )


def freeze_criterion(criterion: Criterion) -> frozen.FrozenRule:
    """A criterion as it is in force; one without a short title is called by its title."""
    # Ratios and counts have a threshold, declarations and awaited letters have none.
    threshold = getattr(criterion.measure, "threshold", None)
    return frozen.FrozenRule(
        code=criterion.code,
        group=criterion.group,
        title=criterion.title,
        short=criterion.short or criterion.title,
        legal_basis=criterion.legal_basis,
        status=criterion.status,
        declared=criterion.is_declared,
        threshold=frozen.FrozenThreshold(exact_text(threshold.value), threshold.unit, threshold.direction)
        if isinstance(threshold, Threshold)
        else None,
    )


def freeze_targets(data: MilestoneData) -> tuple[frozen.FrozenTarget, ...]:
    """The province's targets with their outcome."""
    known = {target.code: target for target in data.plan.targets}
    return tuple(
        frozen.FrozenTarget(
            code=result.code,
            title=known[result.code].title if result.code in known else result.code,
            percent=known[result.code].percent if result.code in known else None,
            of=known[result.code].of if result.code in known else "",
            total=result.total,
            reached=result.reached,
            needed=result.needed,
            verdict=result.verdict,
        )
        for result in data.assessment.targets
    )
