"""Note on a question to a resident that the other organisation comes in beside the one that has the lead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("passings", sa.Column("keeps", sa.Boolean))
