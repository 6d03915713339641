"""Forms that decide drafts, what the office asks back, and the register of issued documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "approval_forms",
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.Column("closed_at", sa.String(length=40), nullable=False),
        sa.Column("answer_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("code_sha256"),
    )
    op.create_index("ix_approval_forms_milestone", "approval_forms", ["milestone"])
    op.create_table(
        "remarks",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=False),
        sa.Column("submitter", sa.String(length=40), nullable=False),
        sa.Column("locality", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.String(length=40), nullable=False),
        sa.Column("notice", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_remarks_milestone", "remarks", ["milestone"])
    op.create_table(
        "register",
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("series", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("supersedes", sa.String(length=100), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("template_sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"]),
        sa.PrimaryKeyConstraint("document"),
        sa.UniqueConstraint("series", "year", "number", name="register_number"),
    )


def downgrade() -> None:
    """Change them back."""
    op.drop_table("register")
    op.drop_index("ix_remarks_milestone", "remarks")
    op.drop_table("remarks")
    op.drop_index("ix_approval_forms_milestone", "approval_forms")
    op.drop_table("approval_forms")
