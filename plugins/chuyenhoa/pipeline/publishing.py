"""From a milestone's data to Word documents: freeze, render, check, and issue what the office approved."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.model.evidence import MilestoneData
from chuyenhoa.model.plan import Period
from chuyenhoa.pipeline.assessing import compute_assessment, find_earlier, gather_evidence
from chuyenhoa.pipeline.explaining import gather_explanations
from chuyenhoa.pipeline.lifecycle import find_standing
from chuyenhoa.pipeline.revising import LISTING_SUFFIX, TRACKED_SUFFIX, paper_path, write_revision
from chuyenhoa.pipeline.workplace import Workplace, open_workplace, write_file
from chuyenhoa.reporting import (
    build_snapshot,
    canonical_bytes,
    check_layout,
    list_subjects,
    load_kinds,
    render_document,
)
from chuyenhoa.store import evidence as figures
from chuyenhoa.store.documents import (
    UNDECIDED,
    DocumentState,
    Subject,
    find_document,
    latest_snapshot,
    next_version,
    supersede_drafts,
)
from chuyenhoa.store.tables import DocumentRow, SnapshotRow

logger = logging.getLogger(__name__)

REFUSAL_NOTE = "CHUA-GHI-NHAN-QUYET-DINH.txt"
"""Stands beside the drafts while the office's last answer could not be recorded."""


class DraftError(RuntimeError):
    """A draft that must not go to the office; the text names the document and what is wrong with it."""


def _collect(place: Workplace, session: Session, milestone: Period) -> MilestoneData:
    plan = place.plan_of(milestone.id)
    gathered = gather_evidence(place, session, milestone)
    periods = dict.fromkeys((milestone.id, *gathered.periods))
    assessment = compute_assessment(plan, milestone, gathered, find_earlier(session, plan))
    return MilestoneData(
        plan=plan,
        period=milestone,
        assessment=assessment,
        evidence=gathered.evidence,
        submissions=tuple(r for period in periods for r in figures.load_records(session, plan, period)),
        narratives=figures.load_narratives(session, plan, [*gathered.periods, milestone.id]),
        explanations=gather_explanations(place, session, plan, periods),
        frozen_at=clock.now(),
        standing=find_standing(session, plan, assessment),
    )


def freeze_snapshot(milestone_id: str) -> str:
    """Freeze a milestone's data.

    Returns:
        The snapshot's id, its sha256; that of the snapshot before when nothing but the time changed.
    """
    place = open_workplace()
    milestone = place.milestone(milestone_id)
    with place.store.writing() as session:
        snapshot = build_snapshot(_collect(place, session, milestone))
        content = canonical_bytes(snapshot)
        data_sha256 = hashlib.sha256(canonical_bytes({**snapshot, "frozen_at": ""})).hexdigest()
        last = latest_snapshot(session, milestone.id)
        if last is not None and last.data_sha256 == data_sha256:
            return last.id
        row = SnapshotRow(
            id=hashlib.sha256(content).hexdigest(),
            plan=place.plan_of(milestone.id).id,
            milestone=milestone.id,
            frozen_at=clock.now().isoformat(),
            data_sha256=data_sha256,
            content=content.decode(),
        )
        session.add(row)
        return row.id


def _template(place: Workplace, kind: str) -> bytes:
    return (place.settings.templates / "documents" / f"{kind}.docx").read_bytes()


def render_drafts(snapshot_id: str) -> list[str]:
    """Render the documents of a snapshot's milestone into the office's drafts.

    Returns:
        The ids of the documents; those that exist already for this snapshot and template keep theirs.
    """
    place = open_workplace()
    with place.store.writing() as session:
        snapshot = session.get_one(SnapshotRow, snapshot_id)
        milestone = place.milestone(snapshot.milestone)
        content = json.loads(snapshot.content)
        return [
            _render_draft(place, session, snapshot, content, Subject(milestone.id, kind.name, about))
            for kind in load_kinds().values()
            if milestone.kind in kind.milestones and kind.name in content["documents"]
            for about in list_subjects(kind, content)
        ]


def _render_draft(
    place: Workplace, session: Session, snapshot: SnapshotRow, frozen: dict[str, Any], subject: Subject
) -> str:
    template = _template(place, subject.kind)
    template_sha256 = hashlib.sha256(template).hexdigest()
    content = render_document(subject.kind, template, frozen, about=subject.about)
    row = find_document(session, subject, snapshot.id, template_sha256)
    if row is None:
        version = next_version(session, subject)
        identity = f"{subject.name}.v{version}"
        supersede_drafts(session, subject, f"Thay bằng bản dự thảo {identity}", clock.now())
        file_name = f"{identity.removeprefix(subject.milestone + '.').replace('.', '-')}.docx"
        row = DocumentRow(
            id=identity,
            milestone=subject.milestone,
            kind=subject.kind,
            about=subject.about,
            version=version,
            snapshot=snapshot.id,
            template_sha256=template_sha256,
            draft_sha256=hashlib.sha256(content).hexdigest(),
            draft_path=f"office/drafts/{subject.milestone}/{file_name}",
            state=DocumentState.DRAFT.value,
            rendered_at=clock.now().isoformat(),
        )
        session.add(row)
    write_file(place.settings.data / row.draft_path, content)
    write_revision(place, session, row, content)
    return row.id


def check_drafts(document_ids: Sequence[str]) -> list[str]:
    """Check that every draft is what was rendered and is laid out as Decree 30/2020 asks.

    Raises:
        DraftError: with every fault of every draft.
    """
    place = open_workplace()
    faults = []
    with place.store.reading() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            content = read_draft(place.settings.data, row)
            faults += [f"{name}: {problem}" for problem in check_layout(content)]
    if faults:
        raise DraftError("\n".join(faults))
    return list(document_ids)


def read_draft(data: Path, row: DocumentRow) -> bytes:
    """The bytes of a draft, which must be those that were rendered.

    Raises:
        DraftError: when the file is missing or was changed.
    """
    path = data / row.draft_path
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != row.draft_sha256:
        state = "was changed after it was rendered" if content else "is missing"
        raise DraftError(f"{row.draft_path} {state}; clear the task render_drafts to write it anew.")
    return content


def documents_awaiting(document_ids: Sequence[str]) -> list[str]:
    """The documents among these that the office has not approved; a returned one is put to it again."""
    place = open_workplace()
    with place.store.reading() as session:
        rows = [session.get_one(DocumentRow, name) for name in document_ids]
    return [row.id for row in rows if row.state in UNDECIDED]


def describe_drafts(document_ids: Sequence[str]) -> str:
    """What the office must know to decide, in Vietnamese markdown."""
    place = open_workplace()
    lines = []
    with place.store.reading() as session:
        for name in document_ids:
            lines.append(_describe(session.get_one(DocumentRow, name), place))
    return "\n\n".join(lines)


def _describe(row: DocumentRow, place: Workplace) -> str:
    period = place.period(row.milestone)
    return (
        f"**{row.kind}**, kỳ {period.label}, dự thảo lần {row.version}\n\n"
        f"- Tệp: `{row.draft_path}`\n{_name_papers(row, place)}"
        f"- sha256: `{row.draft_sha256}`\n- Số liệu chốt: `{row.snapshot}`\n\n"
        "Khi phê duyệt, điền **số văn bản**, **ngày ban hành** (dd/mm/yyyy) và **người ký**; "
        "khi trả lại, ghi rõ **lý do**. Phiếu này hiện lại sau khi đã trả lời là câu trả lời chưa ghi nhận "
        f"được: lý do ở tệp `{REFUSAL_NOTE}` cạnh dự thảo."
    )


def _name_papers(row: DocumentRow, place: Workplace) -> str:
    """The papers on what changed since the issued version, where there is one."""
    papers = (
        ("Nội dung thay đổi so với bản đã ban hành", LISTING_SUFFIX),
        ("Bản có theo dõi thay đổi (Track Changes)", TRACKED_SUFFIX),
    )
    paths = ((title, paper_path(row.draft_path, suffix)) for title, suffix in papers)
    return "".join(f"- {title}: `{path}`\n" for title, path in paths if (place.settings.data / path).exists())


def issue_documents(document_ids: Sequence[str]) -> list[str]:
    """Issue the approved documents among these into `office/issued/`.

    Returns:
        The paths of all issued documents among these, relative to the data folder.

    Raises:
        DraftError: when the approved draft is no longer what was approved.
    """
    place = open_workplace()
    paths = []
    with place.store.writing() as session:
        for name in document_ids:
            row = session.get_one(DocumentRow, name)
            if row.state == DocumentState.APPROVED:
                _issue(place, session, row)
            if row.state == DocumentState.ISSUED:
                paths.append(row.issued_path)
    return paths


def _issue(place: Workplace, session: Session, row: DocumentRow) -> None:
    """Render the approved snapshot and template once more, with number, date and signer."""
    read_draft(place.settings.data, row)
    template = _template(place, row.kind)
    if hashlib.sha256(template).hexdigest() != row.template_sha256:
        raise DraftError(f"{row.id}: the template changed after approval; render and approve a new draft.")
    snapshot = json.loads(session.get_one(SnapshotRow, row.snapshot).content)
    issue = {"number": row.number, "date": row.date, "signer": row.signer}
    board = place.plan_of(row.milestone).board
    if row.signer != board.signatory.name:
        issue |= {"capacity": board.deputy.capacity, "office": board.deputy.office}
    content = render_document(row.kind, template, snapshot, issue=issue, about=row.about)
    name = "-".join(part for part in (row.number, row.kind, row.about, row.milestone) if part)
    row.issued_path = f"office/issued/{row.milestone}/{name}-v{row.version}.docx"
    row.issued_sha256 = hashlib.sha256(content).hexdigest()
    row.issued_at = clock.now().isoformat()
    row.state = DocumentState.ISSUED.value
    write_file(place.settings.data / row.issued_path, content)
    logger.info("issued %s as %s", row.id, row.issued_path)
