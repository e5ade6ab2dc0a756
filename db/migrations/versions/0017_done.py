"""Note on a completed lead what was done, and find such leads by the day on which they ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("leads", sa.Column("done", sa.JSON))
    where = sa.text("status = 'completed'")
    op.create_index("ix_leads_completed", "leads", ["wijk", "closed_at"], sqlite_where=where, postgresql_where=where)
