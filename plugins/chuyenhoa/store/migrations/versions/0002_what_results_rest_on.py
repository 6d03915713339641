"""What assessments and snapshots were computed from, as a hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the hash, empty for what is stored already: such a row is recomputed when it is asked for."""
    for table in ("assessments", "snapshots"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column("inputs_sha256", sa.String(length=64), nullable=False, server_default="")
            )


def downgrade() -> None:
    """Change them back."""
    for table in ("snapshots", "assessments"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("inputs_sha256")
