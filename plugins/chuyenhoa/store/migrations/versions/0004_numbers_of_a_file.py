"""How many numbers stand in a file, how many were read, how many were taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = ("numbers_present", "numbers_read", "numbers_taken")


def upgrade() -> None:
    """Add the counts, unknown for what was answered before."""
    with op.batch_alter_table("submissions") as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("submissions") as batch_op:
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
