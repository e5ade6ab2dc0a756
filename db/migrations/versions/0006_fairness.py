"""What keeps one chat from silencing others: which answers replace each other, whose messages come later, and groups.

The first messages of each person can be read without a look at what stands behind them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_HELPING = 20
"""So many messages of one person and priority are not behind."""


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("outbox", sa.Column("replaces", sa.String))
    op.add_column("outbox", sa.Column("behind", sa.SmallInteger, nullable=False, server_default="0"))
    op.execute(f"""
        UPDATE outbox SET behind = 1 WHERE (wijk, id) IN (
            SELECT wijk, id FROM (
                SELECT wijk, id, row_number() OVER (PARTITION BY wijk, "to", priority ORDER BY id) AS place FROM outbox
            ) AS placed WHERE place > {_HELPING})
    """)
    op.drop_index("ix_outbox_wijk_priority_id", "outbox")
    op.create_index("ix_outbox_wijk_priority_behind_id", "outbox", ["wijk", "priority", "behind", "id"])
    op.create_index("ix_outbox_wijk_to_priority_id", "outbox", ["wijk", "to", "priority", "id"])
    _index("ix_outbox_replaces", ["wijk", "to", "replaces"], "replaces IS NOT NULL")
    _index("ix_outbox_behind", ["wijk", "priority", "to"], "behind = 1")
    op.create_table(
        "group_answers",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("wijk", "hash", name="pk_group_answers"),
    )
    op.create_index("ix_group_answers_wijk_day", "group_answers", ["wijk", "day"])


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "outbox", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
