"""Keep what was spoken about a lead, and when a sound must be deleted from a chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "spoken_messages",
        *(sa.Column(name, sa.String, nullable=False) for name in ("wijk", "token")),
        sa.Column("lead", sa.BigInteger, nullable=False),
        sa.Column("speaker", sa.String, nullable=False),
        sa.Column("to_resident", sa.Boolean, nullable=False),
        sa.Column("sound", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("wijk", "token", name="pk_spoken_messages"),
    )
    for name in ("lead", "speaker", "made_at"):
        op.create_index(f"ix_spoken_messages_wijk_{name}", "spoken_messages", ["wijk", name])
    op.add_column("sent_messages", sa.Column("goes_at", moment))
    where = sa.text("goes_at IS NOT NULL")
    names = ["wijk", "goes_at"]
    op.create_index("ix_sent_messages_sounds", "sent_messages", names, sqlite_where=where, postgresql_where=where)
