"""What people decided on localities across plans: chosen, recognised, followed up, released, relapsed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "transitions",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("locality", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        sa.Column("plan", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("state", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("decision_number", sa.Text(), nullable=False),
        sa.Column("decision_date", sa.String(length=10), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("computed", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("assessment", sa.Integer(), sa.ForeignKey("assessments.id"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("document", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("withdraws", sa.Integer(), sa.ForeignKey("transitions.number"), nullable=True),
    )
    op.create_index("ix_transitions_locality", "transitions", ["locality"])
    op.create_index("ix_transitions_plan", "transitions", ["plan"])


def downgrade() -> None:
    """Change them back."""
    op.drop_table("transitions")
