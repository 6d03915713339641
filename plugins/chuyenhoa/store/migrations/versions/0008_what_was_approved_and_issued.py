"""What an approval rested on, and what entered an issued document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("documents") as batch_op:
        batch_op.add_column(
            sa.Column("approved_data", sa.String(length=64), nullable=False, server_default="")
        )
    with op.batch_alter_table("register") as batch_op:
        batch_op.add_column(sa.Column("issue", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("register") as batch_op:
        batch_op.drop_column("issue")
    with op.batch_alter_table("documents") as batch_op:
        batch_op.drop_column("approved_data")
