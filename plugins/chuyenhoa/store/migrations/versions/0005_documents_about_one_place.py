"""Documents about one locality or one submitter beside those about the province."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAMES = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
"""How PostgreSQL named the constraint of the first tables; SQLite gave it no name."""


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("documents", naming_convention=NAMES) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=40), nullable=False, server_default=""))
        batch_op.drop_constraint("documents_milestone_kind_version_key", type_="unique")
        batch_op.create_unique_constraint("documents_version", ["milestone", "kind", "about", "version"])


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("documents", naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint("documents_version", type_="unique")
        batch_op.create_unique_constraint(
            "documents_milestone_kind_version_key", ["milestone", "kind", "version"]
        )
        batch_op.drop_column("about")
