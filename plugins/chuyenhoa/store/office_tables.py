"""Tables of the office's work: forms to fill in, what it asks back, the register of issued documents."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chuyenhoa.store.tables import Base


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
    """The register of issued documents, one row a version, written once."""

    __tablename__ = "register"

    document: Mapped[str] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(100))
    """What stands behind the number, as in `BC-BCĐ`: each has numbers of its own, anew every year."""
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
