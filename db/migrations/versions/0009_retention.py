"""Find what is too old by an index, where the clock takes something; say what a withdrawal takes back.

The triggers that keep the ledger are made anew: one of the people in an entry may go before the other.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    for table, column in (
        ("conversations", "updated_at"),
        ("failures", "at"),
        ("invitations", "expires_at"),
        ("leads", "consent"),
        ("link_counts", "day"),
        ("undelivered", "at"),
    ):
        op.create_index(f"ix_{table}_wijk_{column}", table, ["wijk", column])
    _index("ix_consents_said_at", "consents", "at", "resident IS NOT NULL")
    _index("ix_disclosures_opened", "disclosures", "at", "member IS NOT NULL")
    _index("ix_lead_events_signed", "lead_events", "at", "actor NOT IN ('resident', 'system', 'erased')")
    _index("ix_leads_taken", "leads", "closed_at", "assignee IS NOT NULL")
    op.add_column("consents", sa.Column("withdraws", sa.BigInteger))
    _index("ix_consents_withdraws", "consents", "withdraws", "withdraws IS NOT NULL")
    _keep_the_ledger()


def _keep_the_ledger() -> None:
    """Refuse every change of an entry but that people and what they read become empty, each by itself."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = "BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END" if on_sqlite else "EXECUTE FUNCTION refuse()"
    each, of_table = ("", "") if on_sqlite else ("FOR EACH ROW", " ON consents")
    for name in ("consents_fixed", "consents_emptied"):
        op.execute(f"DROP TRIGGER {name}{of_table}")
    fixed = "wijk, id, purpose, recipient, fields, text_version, language, given, at, withdraws"
    op.execute(f"CREATE TRIGGER consents_fixed BEFORE UPDATE OF {fixed} ON consents {each} {refuse}")
    differs = "IS NOT" if on_sqlite else "IS DISTINCT FROM"
    filled = " OR ".join(
        f"(NEW.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})" for name in ("resident", "sender", "shown")
    )
    op.execute(
        "CREATE TRIGGER consents_emptied BEFORE UPDATE OF resident, sender, shown ON consents "
        f"{each} WHEN ({filled}) {refuse}"
    )


def _index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, ["wijk", column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
