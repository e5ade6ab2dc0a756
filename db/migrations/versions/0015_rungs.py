"""Note on every open lead how far its ladder was climbed, when to look at it again, and how often its day was moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("leads", sa.Column("rung", sa.Integer))
    op.add_column("leads", sa.Column("look_at", sa.DateTime(timezone=True)))
    op.add_column("leads", sa.Column("postponed", sa.Integer))
    op.execute("UPDATE leads SET rung = 0, postponed = 0")
    op.execute("UPDATE leads SET look_at = due_at WHERE closed_at IS NULL")
    where = sa.text("closed_at IS NULL")
    op.create_index("ix_leads_look", "leads", ["wijk", "look_at"], sqlite_where=where, postgresql_where=where)
