"""Indexes for what would else walk through all that was ever stored: forgetting what is due, one person, an inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ANSWERS = sa.text("place IS NOT NULL AND key NOT LIKE 'lead:%'")
_OPEN = sa.text("closed_at IS NULL")
_PACKET = sa.text("packet IS NOT NULL")


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.drop_index("ix_conversations_wijk_updated_at", "conversations")
    _index("ix_conversations_answers", "conversations", ["updated_at"], _ANSWERS)
    op.drop_index("ix_leads_open", "leads")
    _index("ix_leads_open", "leads", ["inbox", sa.text("urgent DESC"), "created_at", "id"], _OPEN)
    _index("ix_leads_packet", "leads", ["closed_at"], _PACKET)
    _index("ix_leads_wijk_assignee", "leads", ["assignee"])
    _index("ix_lead_events_wijk_actor", "lead_events", ["actor"])
    _index("ix_disclosures_wijk_member_lead", "disclosures", ["member", "lead"])
    _index("ix_audit_wijk_actor", "audit", ["actor"])


def _index(name: str, table: str, columns: list[str | sa.TextClause], where: sa.TextClause | None = None) -> None:
    op.create_index(name, table, ["wijk", *columns], sqlite_where=where, postgresql_where=where)
