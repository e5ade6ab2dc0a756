"""What was hidden gets a column or a table: one function below for each of them.

Guards the rule that no table is rebuilt: columns, tables and indexes are only added, in slices where rows are filled.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_SLICE = 1000
"""So many rows are filled with one statement."""


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    _give_leads_a_token()


def _give_leads_a_token() -> None:
    """Draw 64 random bits for every lead, by which its buttons name it from now on."""
    op.add_column("leads", sa.Column("token", sa.String))
    tx, leads = op.get_bind(), sa.table("leads", sa.column("wijk"), sa.column("id"), sa.column("token"))
    fill = (
        sa.update(leads)
        .where(leads.c.wijk == sa.bindparam("in_wijk"), leads.c.id == sa.bindparam("of"))
        .values(token=sa.bindparam("drawn"))
    )
    rows = tx.execute(sa.select(leads.c.wijk, leads.c.id)).all()
    for start in range(0, len(rows), _SLICE):
        some = rows[start : start + _SLICE]
        tx.execute(fill, [{"in_wijk": wijk, "of": id, "drawn": secrets.token_hex(8)} for wijk, id in some])
    op.create_index("uq_leads_wijk_token", "leads", ["wijk", "token"], unique=True)
