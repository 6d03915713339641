"""Gathers from the store all that the answer to one file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from chuyenhoa.feedback import part_follow_ons
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Receipt, ReceiptMember, SubmissionStatus
from chuyenhoa.pipeline.workplace import Workplace
from chuyenhoa.plan.messages import load_messages
from chuyenhoa.plan.rule_kinds import BETWEEN, CELLWISE
from chuyenhoa.store import ledger
from chuyenhoa.store.reasons import released_by
from chuyenhoa.store.tables import SubmissionRow

NO_FOLDER = "khong-ro-don-vi"
"""The outbox folder for files that lay in no submitter's folder."""


def outbox_of(place: Workplace, receipt: Receipt) -> Path:
    """The folder in which the owner of a file's inbox folder finds answers."""
    return place.settings.outbox / (receipt.folder or NO_FOLDER)


def build_receipt(place: Workplace, number: int, marked_workbook: str = "") -> Receipt:
    """Everything that the answer to a stored submission says; `marked_workbook` lies beside it."""
    with place.store.reading() as session:
        row = session.get_one(SubmissionRow, number)
        plan = place.plans.get(row.plan, place.plan)
        receipt = _with_earlier_files(session, row, plan, _describe_file(place, row, plan))
        listed = ledger.load_localities(session, number)
        members = _members_of(session, row)
        container = session.get(SubmissionRow, row.container) if row.container else None
        normalisations = ledger.load_normalisations(session, number)
        findings = ledger.load_findings(session, number)
    rules = place.rules_of(plan)
    alone = {rule.rule_id for rule in rules if rule.kind in CELLWISE or rule.kind == BETWEEN}
    shown, left = part_follow_ons(findings, alone)
    codes = load_messages(place.settings.templates / "messages" / "reading")
    names = receipt.locality_names
    return replace(
        receipt,
        taken=tuple(names[code] for code, taken in listed.items() if taken),
        held=tuple(names[code] for code, taken in listed.items() if not taken),
        findings=shown,
        left_out=left.findings,
        left_out_cells=left.cells,
        normalisations=normalisations,
        rule_titles={
            **{code: message.title for code, message in codes.items()},
            **{rule.rule_id: rule.title for rule in rules},
        },
        container=f"{container.file_name}: {row.member}" if container else "",
        members=members,
        marked_workbook=marked_workbook,
    )


def describe_file(place: Workplace, number: int) -> Receipt:
    """What is known of a file before anything is said of its content: that it came, when, and whose it is."""
    with place.store.reading() as session:
        row = session.get_one(SubmissionRow, number)
    plan = place.plans.get(row.plan, place.plan)
    bare = _describe_file(place, row, plan)
    return replace(bare, status=SubmissionStatus.CLAIMED, version=None, is_late=False)


def _describe_file(place: Workplace, row: SubmissionRow, plan: Plan) -> Receipt:
    period = plan.period_by_id.get(row.period)
    submitter = plan.submitter_by_code.get(row.submitter) or plan.submitter_by_folder.get(row.folder)
    return Receipt(
        file_name=row.file_name,
        folder=row.folder,
        sha256=row.sha256,
        size=row.size,
        received_at=datetime.fromisoformat(row.received_at),
        status=SubmissionStatus(row.status),
        version=row.version,
        submitter_name=submitter.name if submitter else "",
        period_id=row.period,
        period_label=period.label if period else "",
        deadline=period.deadline if period else None,
        is_late=row.is_late,
        taken=(),
        held=(),
        locality_names=locality_names(plan),
        indicator_labels={entry.code: entry.label for entry in plan.indicators},
        contact=plan.board.contact,
    )


def _with_earlier_files(session: Session, row: SubmissionRow, plan: Plan, receipt: Receipt) -> Receipt:
    """The receipt with what this file repeats, replaces, leaves in force or explains."""
    first = session.get(SubmissionRow, row.duplicate_of) if row.duplicate_of else None
    reading = Reading(row.sha256, row.file_name, row.plan, row.period, row.submitter)
    earlier = ledger.latest_version(session, reading, row.number)[0] if row.version else None
    kept = ledger.latest_accepted(session, reading, row.number) if row.version else None
    released = released_by(session, row.number)
    explained = session.get(SubmissionRow, max(released.values())) if released else None
    returned = row.status == SubmissionStatus.RETURNED
    return replace(
        receipt,
        duplicate_of=_describe(first),
        supersedes="" if returned else _describe(earlier),
        in_force=_describe(kept) if returned else "",
        released=tuple(receipt.locality_names[code] for code in released),
        explains=_describe(explained),
    )


def _members_of(session: Session, row: SubmissionRow) -> tuple[ReceiptMember, ...]:
    """The files that came inside an archive, each with the name of its own receipt."""
    return tuple(
        ReceiptMember(entry.member, SubmissionStatus(entry.status), entry.receipt.rpartition("/")[2])
        for entry in ledger.members_of(session, row.number)
    )


def locality_names(plan: Plan) -> Mapping[str, str]:
    """The name of every locality by its code."""
    return {locality.code: locality.name for locality in plan.localities}


def _describe(row: SubmissionRow | None) -> str:
    """A file as an officer would find it again: name and time of receipt."""
    if row is None:
        return ""
    received = datetime.fromisoformat(row.received_at)
    return f"{row.file_name} ({received:%H:%M, %d/%m/%Y})"
