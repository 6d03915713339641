"""The results of an assessment as rows, one per locality and criterion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# Not frozen here like the tables: the text that is taken apart is what `sha256` and journal name for ever.
from chuyenhoa.store.results import iterate_content, store_content

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ASSESSMENTS = sa.table("assessments", sa.column("id", sa.Integer), sa.column("content", sa.Text))


def upgrade() -> None:
    """Add the table, and take what is stored apart: one assessment at a time, of a country it is 120 MB."""
    op.create_table(
        "results",
        sa.Column("assessment", sa.Integer(), sa.ForeignKey("assessments.id"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("locality", sa.String(20), nullable=False),
        sa.Column("criterion", sa.String(20), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("assessment", "position"),
    )
    op.create_index("results_by_locality", "results", ["assessment", "locality"])
    connection = op.get_bind()
    for number in connection.scalars(sa.select(ASSESSMENTS.c.id)).all():
        mine = ASSESSMENTS.c.id == number
        content = connection.scalar(sa.select(ASSESSMENTS.c.content).where(mine))
        head = store_content(connection, number, content or "")
        connection.execute(sa.update(ASSESSMENTS).where(mine).values(content=head))


def downgrade() -> None:
    """Put the texts together again, and take the table away."""
    connection = op.get_bind()
    for number, head in connection.execute(sa.select(ASSESSMENTS)).all():
        content = "".join(iterate_content(connection, number, head))
        connection.execute(sa.update(ASSESSMENTS).where(ASSESSMENTS.c.id == number).values(content=content))
    op.drop_index("results_by_locality", "results")
    op.drop_table("results")
