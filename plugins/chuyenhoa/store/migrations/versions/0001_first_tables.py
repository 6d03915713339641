"""All tables of the first release.

Its revision is 0008 and not 0001: eight migrations became this one before anything was released, and a store
that they made is already at this version.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = None
branch_labels = None
depends_on = None

INT, TEXT, BOOL = sa.Integer(), sa.Text(), sa.Boolean()
"""Whatever a submitter wrote is TEXT: PostgreSQL refuses a value that is longer than a String's length."""


def upgrade() -> None:
    """Create the tables, in the order in which they refer to each other."""
    op.create_table(
        "assessments",
        sa.Column("id", INT, primary_key=True),
        sa.Column("plan", sa.String(20), nullable=False),
        sa.Column("milestone", sa.String(40), nullable=False, index=True),
        sa.Column("assessed_at", sa.String(40), nullable=False),
        sa.Column("through_event", INT, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", TEXT, nullable=False),
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("plan", sa.String(20), nullable=False),
        sa.Column("milestone", sa.String(40), nullable=False, index=True),
        sa.Column("frozen_at", sa.String(40), nullable=False),
        sa.Column("data_sha256", sa.String(64), nullable=False, index=True),
        sa.Column("content", TEXT, nullable=False),
    )
    op.create_table(
        "submissions",
        sa.Column("number", INT, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("claim_key", TEXT, nullable=False, index=True),
        sa.Column("received_at", sa.String(40), nullable=False),
        sa.Column("removed_from_inbox", BOOL, nullable=False),
        sa.Column("answered_at", sa.String(40), nullable=True),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("plan", sa.String(20), nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("submitter", sa.String(40), nullable=False),
        sa.Column("version", INT, nullable=True),
        sa.Column("is_late", BOOL, nullable=False),
        sa.Column("duplicate_of", INT, sa.ForeignKey("submissions.number"), nullable=True),
        sa.Column("receipt", TEXT, nullable=False),
        sa.Column("marked_workbook", TEXT, nullable=False),
        sa.Column(
            "container",
            INT,
            sa.ForeignKey("submissions.number", name="submissions_container_fkey"),
            nullable=True,
            index=True,
        ),
        sa.Column("member", TEXT, nullable=False),
        sa.Index("submissions_by_period", "plan", "period", "submitter"),
    )
    op.create_table(
        "events",
        sa.Column("id", INT, primary_key=True),
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), nullable=True, index=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("facts_sha256", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("position", name="events_position_key"),
    )
    op.create_table(
        "submission_localities",
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), primary_key=True),
        sa.Column("locality", sa.String(20), primary_key=True),
        sa.Column("taken", BOOL, nullable=False),
    )
    op.create_table(
        "observations",
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), primary_key=True),
        sa.Column("locality", sa.String(20), primary_key=True),
        sa.Column("indicator", sa.String(40), primary_key=True),
        sa.Column("basis", sa.String(10), primary_key=True),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("cell", TEXT, nullable=False),
    )
    op.create_table(
        "declarations",
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), primary_key=True),
        sa.Column("locality", sa.String(20), primary_key=True),
        sa.Column("criterion", sa.String(20), primary_key=True),
        sa.Column("answer", sa.String(20), nullable=True),
        sa.Column("document_number", TEXT, nullable=False),
        sa.Column("document_date", sa.String(10), nullable=True),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("cell", TEXT, nullable=False),
    )
    op.create_table(
        "narratives",
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("cell", TEXT, nullable=False),
    )
    op.create_table(
        "justifications",
        sa.Column("id", INT, primary_key=True),
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), nullable=False, index=True),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("locality", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("cell", TEXT, nullable=False),
    )
    op.create_table(
        "findings",
        sa.Column("id", INT, primary_key=True),
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), nullable=False, index=True),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("cells", TEXT, nullable=False),
        sa.Column("locality", TEXT, nullable=False),
        sa.Column("indicator", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("explanation", TEXT, nullable=False),
    )
    op.create_table(
        "explanations",
        sa.Column("id", INT, primary_key=True),
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), nullable=False, index=True),
        sa.Column("version", INT, sa.ForeignKey("submissions.number"), nullable=False, index=True),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("locality", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("cell", TEXT, nullable=False),
    )
    op.create_table(
        "releases",
        sa.Column("version", INT, sa.ForeignKey("submissions.number"), primary_key=True),
        sa.Column("locality", sa.String(20), primary_key=True),
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), nullable=False, index=True),
    )
    op.create_table(
        "normalisations",
        sa.Column("id", INT, primary_key=True),
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), nullable=False, index=True),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("cell", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("milestone", sa.String(40), nullable=False, index=True),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("snapshot", sa.String(64), sa.ForeignKey("snapshots.id"), nullable=False),
        sa.Column("template_sha256", sa.String(64), nullable=False),
        sa.Column("draft_sha256", sa.String(64), nullable=False),
        sa.Column("draft_path", sa.String(1000), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("rendered_at", sa.String(40), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.String(40), nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("signer", sa.String(200), nullable=False),
        sa.Column("issued_at", sa.String(40), nullable=False),
        sa.Column("issued_sha256", sa.String(64), nullable=False),
        sa.Column("issued_path", sa.String(1000), nullable=False),
        sa.Column("about", sa.String(40), nullable=False, server_default=""),
        sa.Column("approved_data", sa.String(64), nullable=False, server_default=""),
        sa.UniqueConstraint("milestone", "kind", "about", "version", name="documents_version"),
    )
    op.create_table(
        "transitions",
        sa.Column("number", INT, primary_key=True, autoincrement=False),
        sa.Column("locality", sa.String(20), nullable=False, index=True),
        sa.Column("name", TEXT, nullable=False, server_default=""),
        sa.Column("plan", sa.String(20), nullable=False, index=True),
        sa.Column("year", INT, nullable=False),
        sa.Column("milestone", sa.String(40), nullable=False, server_default=""),
        sa.Column("state", sa.String(20), nullable=False, server_default=""),
        sa.Column("decision_number", TEXT, nullable=False),
        sa.Column("decision_date", sa.String(10), nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.Column("recorded_at", sa.String(40), nullable=False),
        sa.Column("computed", sa.String(20), nullable=False, server_default=""),
        sa.Column("assessment", INT, sa.ForeignKey("assessments.id"), nullable=True),
        sa.Column("reason", TEXT, nullable=False, server_default=""),
        sa.Column("document", sa.String(100), nullable=False, server_default=""),
        sa.Column("withdraws", INT, sa.ForeignKey("transitions.number"), nullable=True),
    )
    op.create_table(
        "approval_forms",
        sa.Column("code_sha256", sa.String(64), primary_key=True),
        sa.Column("milestone", sa.String(40), nullable=False, index=True),
        sa.Column("documents", TEXT, nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("closed_at", sa.String(40), nullable=False),
        sa.Column("answer_sha256", sa.String(64), nullable=False),
    )
    op.create_table(
        "remarks",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("document", sa.String(100), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("milestone", sa.String(40), nullable=False, index=True),
        sa.Column("submitter", sa.String(40), nullable=False),
        sa.Column("locality", sa.String(40), nullable=False),
        sa.Column("criterion", sa.String(40), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_at", sa.String(40), nullable=False),
        sa.Column("notice", sa.String(1000), nullable=False),
    )
    op.create_table(
        "register",
        sa.Column("document", sa.String(100), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("series", sa.String(100), nullable=False),
        sa.Column("year", INT, nullable=False),
        sa.Column("number", sa.String(40), nullable=True),
        sa.Column("supersedes", sa.String(100), nullable=False),
        sa.Column("recipients", TEXT, nullable=False),
        sa.Column("template_sha256", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.String(40), nullable=False),
        sa.Column("issue", TEXT, nullable=False, server_default=""),
        sa.UniqueConstraint("series", "year", "number", name="register_number"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", INT, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("submission", INT, sa.ForeignKey("submissions.number"), nullable=True, index=True),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("attempts", INT, nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("next_try_at", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.String(40), nullable=True),
        sa.Column("last_error", TEXT, nullable=False),
        sa.UniqueConstraint("kind", "reference", "recipient"),
    )
