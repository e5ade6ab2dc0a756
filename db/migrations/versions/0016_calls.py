"""Keep what a resident who does not read the chat must be told in another way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.create_table(
        "calls",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("lead", sa.BigInteger, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("wijk", "lead", name="pk_calls"),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_calls_leads"),
    )
    op.create_index("uq_calls_wijk_token", "calls", ["wijk", "token"], unique=True)
    for columns in (["wijk", "person"], ["wijk", "due_at"]):
        op.create_index("_".join(["ix_calls", *columns]), "calls", columns)
