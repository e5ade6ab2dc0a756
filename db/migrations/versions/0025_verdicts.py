"""Keep what residents say of help that ended. Of what ended before nobody is asked: it has no row here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "verdicts",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("lead", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        *(sa.Column(name, moment) for name in ("ask_at", "asked_at")),
        sa.Column("said", sa.String),
        *(sa.Column(name, moment) for name in ("said_at", "thanked_at")),
        sa.PrimaryKeyConstraint("wijk", "lead", "n", name="pk_verdicts"),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_verdicts_leads"),
    )
    where = sa.text("ask_at IS NOT NULL")
    op.create_index("ix_verdicts_ask", "verdicts", ["wijk", "ask_at"], sqlite_where=where, postgresql_where=where)
