"""Note which lead another one continues and what was asked of it, and the questions that wait for a resident's yes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("leads", sa.Column("continues", sa.BigInteger))
    op.add_column("leads", sa.Column("asked", sa.String))
    op.create_table(
        "passings",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("lead", sa.BigInteger, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("token", "to", "why", "asks")),
        sa.Column("by", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.String),
        sa.Column("rung", sa.Integer, nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("wijk", "lead", name="pk_passings"),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_passings_leads"),
    )
    op.create_index("uq_passings_wijk_token", "passings", ["wijk", "token"], unique=True)
    op.create_index("ix_passings_wijk_by", "passings", ["wijk", "by"])
    where = sa.text("look_at IS NOT NULL")
    op.create_index("ix_passings_look", "passings", ["wijk", "look_at"], sqlite_where=where, postgresql_where=where)
