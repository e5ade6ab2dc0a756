"""A store knows with which keys something in it is encrypted; `db/opening.py` fills the table at the next start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.create_table(
        "keys_in_use",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_keys_in_use"),
    )
