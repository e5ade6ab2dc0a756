"""Keep with a membership what its holder may be called for, in their own words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("memberships", sa.Column("call_for", sa.Text))
