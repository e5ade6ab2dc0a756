"""Note on a lead when its resident asked last how it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("leads", sa.Column("inquired_at", sa.DateTime(timezone=True)))
