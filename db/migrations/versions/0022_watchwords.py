"""Note on a lead the words by which its resident knows who rings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("leads", sa.Column("watchwords", sa.Text))
