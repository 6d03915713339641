"""Reasons that come in a file of their own, and the localities that they release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "explanations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("locality", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submissions.number"]),
        sa.ForeignKeyConstraint(["version"], ["submissions.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "releases",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("locality", sa.String(length=20), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submissions.number"]),
        sa.ForeignKeyConstraint(["version"], ["submissions.number"]),
        sa.PrimaryKeyConstraint("version", "locality"),
    )
    with op.batch_alter_table("explanations") as batch_op:
        batch_op.create_index(batch_op.f("ix_explanations_submission"), ["submission"], unique=False)
        batch_op.create_index(batch_op.f("ix_explanations_version"), ["version"], unique=False)
    with op.batch_alter_table("releases") as batch_op:
        batch_op.create_index(batch_op.f("ix_releases_submission"), ["submission"], unique=False)


def downgrade() -> None:
    """Change them back."""
    op.drop_table("releases")
    op.drop_table("explanations")
