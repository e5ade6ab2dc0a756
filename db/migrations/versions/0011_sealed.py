"""Note whether a resident lets notices name their helper, and keep what stands behind a notice that does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.add_column("leads", sa.Column("open_notices", sa.Boolean))
    op.create_table(
        "sealed",
        sa.Column("wijk", sa.String, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("lead", sa.BigInteger, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("message", sa.BigInteger),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("wijk", "token", name="pk_sealed"),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_sealed_leads"),
    )
    for columns in (["wijk", "lead", "made_at"], ["wijk", "person"], ["wijk", "made_at"]):
        op.create_index("_".join(["ix_sealed", *columns]), "sealed", columns)
