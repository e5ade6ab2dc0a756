"""What several processes over one store need: the order of a wijk's turns, and who sends its messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.create_table(
        "stamps",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("wijk", name="pk_stamps"),
    )
    op.create_table(
        "leases",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wijk", name="pk_leases"),
    )
