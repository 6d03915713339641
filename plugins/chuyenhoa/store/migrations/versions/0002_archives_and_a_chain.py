"""Members of archives, the chain of events, and room for whatever length a submitter's text has."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WIDENED = {
    "declarations": {"sheet": 100, "cell": 12},
    "findings": {"rule_id": 10, "sheet": 100, "locality": 20, "indicator": 40},
    "justifications": {"rule_id": 10, "locality": 20, "sheet": 100, "cell": 12},
    "narratives": {"sheet": 100, "cell": 12},
    "normalisations": {"sheet": 100, "cell": 12},
    "observations": {"value": 60, "sheet": 100, "cell": 12},
    "submissions": {
        "folder": 200,
        "file_name": 1000,
        "claim_key": 1500,
        "receipt": 1500,
        "marked_workbook": 1500,
    },
}
"""Columns that become texts of any length, with their length until now: PostgreSQL refuses a longer value."""


def upgrade() -> None:
    """Change the tables."""
    for table, columns in WIDENED.items():
        with op.batch_alter_table(table) as batch_op:
            for column, length in columns.items():
                batch_op.alter_column(column, existing_type=sa.String(length), type_=sa.Text())
    with op.batch_alter_table("submissions") as batch_op:
        batch_op.alter_column("size", existing_type=sa.Integer(), type_=sa.BigInteger())
        batch_op.add_column(sa.Column("container", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("member", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_submissions_container"), ["container"], unique=False)
        batch_op.create_foreign_key("submissions_container_fkey", "submissions", ["container"], ["number"])
    with op.batch_alter_table("submissions") as batch_op:
        batch_op.alter_column("member", existing_type=sa.Text(), server_default=None)
    _chain_events()


def _chain_events() -> None:
    """Give every event its place in the chain, in the order in which they were noted."""
    with op.batch_alter_table("events") as batch_op:
        batch_op.alter_column("submission", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("subject", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("facts_sha256", sa.String(64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("sha256", sa.String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    events = sa.table(
        "events", *(sa.column(c) for c in ("id", "submission", "at", "kind", "detail", "position", "sha256"))
    )
    query = sa.select(events.c.id, events.c.submission, events.c.at, events.c.kind, events.c.detail)
    previous = ""
    for position, row in enumerate(connection.execute(query.order_by(events.c.id)).all(), start=1):
        sealed = [previous, position, row.submission, "", row.at, row.kind, row.detail, ""]
        text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        where = events.c.id == row.id
        connection.execute(sa.update(events).where(where).values(position=position, sha256=previous))
    with op.batch_alter_table("events") as batch_op:
        batch_op.alter_column("position", existing_type=sa.Integer(), nullable=False)
        for column, kind in (
            ("subject", sa.Text()),
            ("facts_sha256", sa.String(64)),
            ("sha256", sa.String(64)),
        ):
            batch_op.alter_column(column, existing_type=kind, server_default=None)
        batch_op.create_unique_constraint("events_position_key", ["position"])


def downgrade() -> None:
    """A sealed past cannot be unsealed.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "Restore the backup of before the upgrade: the chain of events cannot be undone."
    )
