"""Keep the register of koppelkansen, what they ask of others, and how often what comes together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "opportunities",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("words", sa.Text),
        sa.Column("pair", sa.String),
        *(sa.Column(name, sa.String, nullable=False) for name in ("status", "owner")),
        sa.Column("parties", sa.JSON, nullable=False),
        sa.Column("named_in", sa.String),
        *(sa.Column(name, moment, nullable=False) for name in ("made_at", "due_at")),
        sa.Column("asked_at", moment),
        *(sa.Column(name, sa.String) for name in ("mood", "result")),
        sa.Column("line", sa.Text),
        sa.Column("closed_at", moment),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_opportunities"),
    )
    where = sa.text("closed_at IS NULL")
    columns = ["wijk", "due_at"]
    op.create_index("ix_opportunities_open", "opportunities", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("uq_opportunities_wijk_token", "opportunities", ["wijk", "token"], unique=True)
    op.create_index("ix_opportunities_wijk_closed_at", "opportunities", ["wijk", "closed_at"])
    op.create_table(
        "support_requests",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("opportunity", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("what", "asker")),
        *(sa.Column(name, moment, nullable=False) for name in ("made_at", "due_at")),
        sa.Column("helper", sa.String),
        sa.Column("ended_at", moment),
        sa.PrimaryKeyConstraint("wijk", "token", name="pk_support_requests"),
    )
    where = sa.text("ended_at IS NULL")
    op.create_index("ix_support_requests_due", "support_requests", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_support_requests_wijk_opportunity", "support_requests", ["wijk", "opportunity"])
    op.create_index("ix_support_requests_wijk_made_at", "support_requests", ["wijk", "made_at"])
    op.create_table(
        "pair_counts",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("kind", "pair", "services")),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("wijk", "week", "kind", "pair", "services", name="pk_pair_counts"),
    )
