"""Keep the visits that residents and who helps them agree on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.create_table(
        "visits",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("lead", sa.BigInteger, nullable=False),
        sa.Column("other", sa.BigInteger),
        sa.Column("resident", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("times", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("gone", sa.String),
        sa.Column("look_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("wijk", "token", name="pk_visits"),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_visits_lead"),
        sa.ForeignKeyConstraint(["wijk", "other"], ["leads.wijk", "leads.id"], name="fk_visits_other"),
    )
    for name in ("lead", "other"):
        op.create_index(f"uq_visits_wijk_{name}", "visits", ["wijk", name], unique=True)
    op.create_index("ix_visits_wijk_resident", "visits", ["wijk", "resident"])
    where = sa.text("look_at IS NOT NULL")
    op.create_index("ix_visits_look", "visits", ["wijk", "look_at"], sqlite_where=where, postgresql_where=where)
