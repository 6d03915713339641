"""The tables of the store; `migrations/` changes them, these classes only describe the newest form."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables; times are ISO texts with an offset and numbers exact texts, alike on every database."""


class SubmissionRow(Base):
    """The ledger: one row per claimed file, whatever became of it."""

    __tablename__ = "submissions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    folder: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    claim_key: Mapped[str] = mapped_column(Text, index=True)
    """Path, size and modification time in the inbox: a claim cut short has the same, a new drop has not."""
    received_at: Mapped[str] = mapped_column(String(40))
    removed_from_inbox: Mapped[bool] = mapped_column(Boolean, default=False)
    answered_at: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(30))
    plan: Mapped[str] = mapped_column(String(20), default="")
    period: Mapped[str] = mapped_column(String(40), default="")
    submitter: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int | None] = mapped_column(Integer)
    is_late: Mapped[bool] = mapped_column(Boolean, default=False)
    numbers_present: Mapped[int | None] = mapped_column(Integer)
    """How many numbers stand in the file's tables; NULL where nobody counted them yet."""
    numbers_read: Mapped[int | None] = mapped_column(Integer)
    numbers_taken: Mapped[int | None] = mapped_column(Integer)
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("submissions.number"))
    receipt: Mapped[str] = mapped_column(Text, default="")
    marked_workbook: Mapped[str] = mapped_column(Text, default="")
    container: Mapped[int | None] = mapped_column(ForeignKey("submissions.number"), index=True)
    """The archive (.zip) in which the file came; NULL for a file that lay in the inbox itself."""
    member: Mapped[str] = mapped_column(Text, default="")
    """Its path inside that archive."""
    claimed_with: Mapped[int | None] = mapped_column(Integer)
    """The first file of the pass that claimed it: what a submitter sends for a period in one is one report.

    NULL for a file from before this column: it stands by itself.
    """

    __table_args__ = (Index("submissions_by_period", "plan", "period", "submitter"),)


class EventRow(Base):
    """What happened, in order; every event seals the one before it (see `journal.py`)."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    position: Mapped[int] = mapped_column(Integer, unique=True)
    """1, 2, 3 … without a gap; `id` may have gaps, from before the chain."""
    submission: Mapped[int | None] = mapped_column(ForeignKey("submissions.number"), index=True)
    subject: Mapped[str] = mapped_column(Text, default="")
    """What else it happened to (a snapshot, a document); empty for an event of a submission."""
    at: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text, default="")
    facts_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Over the facts that the event settles (what was claimed, decided, answered); empty when none."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Over the event before and all of this one."""


class SubmissionLocalityRow(Base):
    """Which localities a submission lists, and whether their figures were taken."""

    __tablename__ = "submission_localities"

    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), primary_key=True)
    locality: Mapped[str] = mapped_column(String(20), primary_key=True)
    taken: Mapped[bool] = mapped_column(Boolean)


class ObservationRow(Base):
    """One indicator value with its cell; a NULL value is a blank cell, or a value withdrawn."""

    __tablename__ = "observations"

    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), primary_key=True)
    locality: Mapped[str] = mapped_column(String(20), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(40), primary_key=True)
    basis: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str | None] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(Text)
    cell: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class DeclarationRow(Base):
    """One declared criterion with the document that proves it."""

    __tablename__ = "declarations"

    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), primary_key=True)
    locality: Mapped[str] = mapped_column(String(20), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(20), primary_key=True)
    answer: Mapped[str | None] = mapped_column(String(20))
    document_number: Mapped[str] = mapped_column(Text, default="")
    document_date: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    sheet: Mapped[str] = mapped_column(Text)
    cell: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class NarrativeRow(Base):
    """A text for the report."""

    __tablename__ = "narratives"

    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(Text)
    cell: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class JustificationRow(Base):
    """A reason for a warning."""

    __tablename__ = "justifications"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), index=True)
    rule_id: Mapped[str] = mapped_column(Text)
    locality: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(Text)
    cell: Mapped[str] = mapped_column(Text)


class FindingRow(Base):
    """What validation said of a submission."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), index=True)
    rule_id: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(Text)
    cells: Mapped[str] = mapped_column(Text)
    """Addresses joined with commas, the one to look at first in front."""
    locality: Mapped[str] = mapped_column(Text)
    indicator: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text, default="")


# The table keeps the name that it had before giải trình was called a justification here.
class AcceptedJustificationRow(Base):
    """A reason that a later file gave for the warnings of one rule on one locality of an earlier version."""

    __tablename__ = "explanations"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), index=True)
    """The file with the reason."""
    version: Mapped[int] = mapped_column(ForeignKey("submissions.number"), index=True)
    """The file with the figures."""
    rule_id: Mapped[str] = mapped_column(Text)
    locality: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(Text)
    cell: Mapped[str] = mapped_column(Text)


class ReleaseRow(Base):
    """A locality of an earlier version whose figures are taken since a later file gave all the reasons."""

    __tablename__ = "releases"

    version: Mapped[int] = mapped_column(ForeignKey("submissions.number"), primary_key=True)
    locality: Mapped[str] = mapped_column(String(20), primary_key=True)
    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), index=True)
    """The file with the reasons."""


class NormalisationRow(Base):
    """A cell that was read otherwise than it was typed."""

    __tablename__ = "normalisations"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    submission: Mapped[int] = mapped_column(ForeignKey("submissions.number"), index=True)
    sheet: Mapped[str] = mapped_column(Text)
    cell: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)


class AssessmentRow(Base):
    """One assessment of a milestone; a new row only when its outcome or its inputs changed."""

    __tablename__ = "assessments"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    plan: Mapped[str] = mapped_column(String(20))
    milestone: Mapped[str] = mapped_column(String(40), index=True)
    assessed_at: Mapped[str] = mapped_column(String(40))
    through_event: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the canonical JSON of all of it: of this row's content and its results, put together."""
    content: Mapped[str] = mapped_column(Text)
    """What is of no single locality, as JSON; the localities are rows of `results`."""
    inputs_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Over all that it was computed from; empty for one from before this column."""


class ResultRow(Base):
    """What an assessment says of one locality and criterion, or of the locality itself (see `results.py`)."""

    __tablename__ = "results"

    assessment: Mapped[int] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """0, 1, 2 … as the canonical JSON lists them: each locality, then its criteria."""
    locality: Mapped[str] = mapped_column(String(20))
    criterion: Mapped[str] = mapped_column(String(20))
    """Empty for the locality itself."""
    verdict: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    """Its part of the canonical JSON."""

    __table_args__ = (Index("results_by_locality", "assessment", "locality"),)


class SnapshotRow(Base):
    """The frozen data of a milestone; `data_sha256` leaves the time of freezing out, to find an equal one."""

    __tablename__ = "snapshots"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan: Mapped[str] = mapped_column(String(20))
    milestone: Mapped[str] = mapped_column(String(40), index=True)
    frozen_at: Mapped[str] = mapped_column(String(40))
    data_sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[str] = mapped_column(Text)
    inputs_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Over all that it was built from, as for an assessment: equal inputs give equal data."""


class DocumentRow(Base):
    """One version of one document, from draft to issued."""

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    milestone: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """The locality's or submitter's code; empty for a document of the whole province."""
    version: Mapped[int] = mapped_column(Integer)
    snapshot: Mapped[str] = mapped_column(ForeignKey("snapshots.id"))
    template_sha256: Mapped[str] = mapped_column(String(64))
    draft_sha256: Mapped[str] = mapped_column(String(64))
    draft_path: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(20))
    rendered_at: Mapped[str] = mapped_column(String(40))
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[str] = mapped_column(String(40), default="")
    approved_data: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """sha256 of the milestone's data at the approval: other data at the issue block it."""
    comment: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[str] = mapped_column(String(40), default="")
    date: Mapped[str] = mapped_column(String(10), default="")
    signer: Mapped[str] = mapped_column(String(200), default="")
    issued_at: Mapped[str] = mapped_column(String(40), default="")
    issued_sha256: Mapped[str] = mapped_column(String(64), default="")
    issued_path: Mapped[str] = mapped_column(String(1000), default="")

    __table_args__ = (UniqueConstraint("milestone", "kind", "about", "version", name="documents_version"),)


class TransitionRow(Base):
    """One human record in the life of a locality; never changed, only taken back by another one."""

    __tablename__ = "transitions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    locality: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The locality's name when it was recorded."""
    plan: Mapped[str] = mapped_column(String(20), index=True)
    year: Mapped[int] = mapped_column(Integer)
    milestone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    state: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """The state that was reached; empty for a record that takes another one back."""
    decision_number: Mapped[str] = mapped_column(Text)
    decision_date: Mapped[str] = mapped_column(String(10))
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[str] = mapped_column(String(40))
    computed: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """The verdict that was computed, kept beside the decision."""
    assessment: Mapped[int | None] = mapped_column(ForeignKey("assessments.id"))
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    document: Mapped[str] = mapped_column(String(100), default="", server_default="")
    withdraws: Mapped[int | None] = mapped_column(ForeignKey("transitions.number"))


class DeliveryRow(Base):
    """A queued letter, one row per recipient, kept when it was sent (see `deliveries.py`)."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(100))
    """What the letter is about, as in `S000012`, or a document's id."""
    submission: Mapped[int | None] = mapped_column(ForeignKey("submissions.number"), index=True)
    recipient: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(String(64))
    """The letter's own part of its Message-ID, the same at every try."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[str] = mapped_column(String(40))
    next_try_at: Mapped[str] = mapped_column(String(40))
    sent_at: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("kind", "reference", "recipient"),)


class ApprovalFormRow(Base):
    """A form by which drafts can be decided once; the code on it is not stored, only its hash."""

    __tablename__ = "approval_forms"

    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    milestone: Mapped[str] = mapped_column(String(40), index=True)
    documents: Mapped[str] = mapped_column(Text)
    """JSON: the drafts by id, each with the sha256 of the bytes to be decided on."""
    path: Mapped[str] = mapped_column(String(1000))
    file_sha256: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    """Over all of the form that is not to be filled in."""
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[str] = mapped_column(String(40))
    closed_at: Mapped[str] = mapped_column(String(40), default="")
    answer_sha256: Mapped[str] = mapped_column(String(64), default="")
    """The form as it came back, kept in the archive."""


class OfficeQueryRow(Base):
    """What the office asks back about one locality and criterion."""

    __tablename__ = "remarks"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    """As in `2021-6t.bao_cao_so_ket.v1.r1`."""
    document: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    milestone: Mapped[str] = mapped_column(String(40), index=True)
    submitter: Mapped[str] = mapped_column(String(40))
    locality: Mapped[str] = mapped_column(String(40))
    criterion: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[str] = mapped_column(String(40))
    notice: Mapped[str] = mapped_column(String(1000), default="")
    """The file in the submitter's outbox that asks."""


class RegisterRow(Base):
    """The register of issued documents, one row per version, written once."""

    __tablename__ = "register"

    document: Mapped[str] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(100))
    """What follows the number, as in `BC-BCĐ`: each has numbers of its own, from 1 every year."""
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str | None] = mapped_column(String(40))
    """NULL for a document that carries none."""
    supersedes: Mapped[str] = mapped_column(String(100), default="")
    """The version issued before, if any."""
    recipients: Mapped[str] = mapped_column(Text, default="[]")
    """JSON: the lines under "Nơi nhận"."""
    template_sha256: Mapped[str] = mapped_column(String(64))
    """The template of the issue, kept in the archive."""
    issued_at: Mapped[str] = mapped_column(String(40))
    issue: Mapped[str] = mapped_column(Text, default="", server_default="")
    """JSON: what entered the document at its issue (number, date, signer, capacity, references)."""

    __table_args__ = (UniqueConstraint("series", "year", "number", name="register_number"),)


CONTENT = (
    SubmissionLocalityRow,
    ObservationRow,
    DeclarationRow,
    NarrativeRow,
    JustificationRow,
    FindingRow,
    NormalisationRow,
    AcceptedJustificationRow,
    ReleaseRow,
)
"""The tables that hold what a file says and what validation says of it."""
