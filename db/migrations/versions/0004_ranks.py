"""Who goes first: a rank for each message, and the indexes by which the outbox is read however much waits in it.

`ix_outbox_wijk_to_due` finds what of one person must still wait without a look at all that waits for that person.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("outbox", sa.Column("rank", sa.SmallInteger, nullable=False, server_default="0"))
    op.create_index("ix_outbox_wijk_rank_id", "outbox", ["wijk", "rank", "id"])
    op.create_index("ix_outbox_wijk_to_due", "outbox", ["wijk", "to", "due"])
    op.drop_index("ix_outbox_wijk_to_id", "outbox")
    op.drop_index("ix_outbox_wijk_due", "outbox")
