"""Hide the chat: since when, what waits meanwhile, and which messages somebody wrote in the last 48 hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("conversations", sa.Column("hidden_at", sa.DateTime(timezone=True)))
    op.create_table(
        "said_messages",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("message", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wijk", "person", "message", name="pk_said_messages"),
    )
    op.create_index("ix_said_messages_wijk_at", "said_messages", ["wijk", "at"])
    op.create_table(
        "held_messages",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("to", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("lead", sa.BigInteger),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_held_messages"),
    )
    op.create_index("ix_held_messages_wijk_to_id", "held_messages", ["wijk", "to", "id"])
    op.create_index("ix_held_messages_wijk_made_at", "held_messages", ["wijk", "made_at"])
    where = sa.text("lead IS NOT NULL")
    op.create_index(
        "ix_held_messages_lead", "held_messages", ["wijk", "lead"], sqlite_where=where, postgresql_where=where
    )
