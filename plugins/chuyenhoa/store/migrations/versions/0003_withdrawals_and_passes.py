"""Withdrawn statements, and which files were claimed in one pass."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = ("observations", "declarations", "narratives")


def upgrade() -> None:
    """Add the columns: nothing stored before was withdrawn, and every file stood by itself."""
    for table in STATEMENTS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false())
            )
    with op.batch_alter_table("submissions") as batch_op:
        batch_op.add_column(sa.Column("claimed_with", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("submissions") as batch_op:
        batch_op.drop_column("claimed_with")
    for table in STATEMENTS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("withdrawn")
