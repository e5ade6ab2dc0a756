"""Note at which hour a member reads once a day what waits. Members of before read each notice at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.create_table(
        "digests",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wijk", "person", name="pk_digests"),
    )
    op.create_index("ix_digests_wijk_due_at", "digests", ["wijk", "due_at"])
