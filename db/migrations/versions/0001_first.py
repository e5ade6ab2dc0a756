"""All tables of the first version, and the triggers that keep the ledgers append-only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)

_REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_KEPT = {
    "consents": ("wijk id purpose recipient fields text_version language given at", "resident shown"),
    "disclosures": ("wijk id lead consent recipient fields packet at", "member"),
    "lead_events": ("wijk lead n before after reason at", ""),
}
"""By ledger: the columns that never change, and those that may only become empty."""


def _must(name: str, type_: Any, **how: Any) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False, **how)


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    op.create_table(
        "audit",
        _must("wijk", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        _must("at", _MOMENT),
        _must("actor", sa.String),
        _must("what", sa.String),
        sa.Column("lead", sa.BigInteger),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_audit"),
    )
    op.create_index("ix_audit_wijk_at", "audit", ["wijk", "at"])
    op.create_table(
        "consents",
        _must("wijk", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        sa.Column("resident", sa.String),
        _must("purpose", sa.String),
        _must("recipient", sa.String),
        _must("fields", sa.JSON),
        _must("text_version", sa.String),
        sa.Column("shown", sa.Text),
        _must("language", sa.String),
        _must("given", sa.Boolean),
        _must("at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_consents"),
    )
    op.create_index("ix_consents_wijk_resident_id", "consents", ["wijk", "resident", "id"])
    op.create_table(
        "conversations",
        _must("wijk", sa.String),
        _must("key", sa.String),
        _must("language", sa.String),
        sa.Column("place", sa.Text),
        sa.Column("card", sa.BigInteger),
        _must("turn", sa.BigInteger),
        _must("step", sa.String),
        _must("blocked", sa.Boolean),
        _must("updated_at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "key", name="pk_conversations"),
    )
    op.create_index("ix_conversations_wijk_updated_at", "conversations", ["wijk", "updated_at"])
    op.create_table(
        "failures",
        _must("wijk", sa.String),
        _must("channel", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        _must("reason", sa.String),
        _must("at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "channel", "id", name="pk_failures"),
    )
    op.create_table(
        "invitations",
        _must("wijk", sa.String),
        _must("code", sa.String),
        _must("partner", sa.String),
        _must("role", sa.String),
        sa.Column("made_by", sa.String),
        _must("made_at", _MOMENT),
        _must("expires_at", _MOMENT),
        sa.Column("used_at", _MOMENT),
        sa.Column("used_by", sa.String),
        sa.PrimaryKeyConstraint("wijk", "code", name="pk_invitations"),
    )
    op.create_table(
        "members",
        _must("wijk", sa.String),
        _must("address", sa.String),
        _must("partner", sa.String),
        _must("role", sa.String),
        _must("name", sa.Text),
        _must("joined_at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "address", name="pk_members"),
    )
    op.create_index("ix_members_wijk_partner", "members", ["wijk", "partner"])
    op.create_table(
        "numbers",
        _must("wijk", sa.String),
        _must("last", sa.BigInteger),
        sa.PrimaryKeyConstraint("wijk", name="pk_numbers"),
    )
    op.create_table(
        "outbox",
        _must("wijk", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        _must("to", sa.String),
        _must("payload", sa.Text),
        _must("due", _MOMENT),
        _must("tries", sa.Integer),
        _must("made_at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_wijk_due", "outbox", ["wijk", "due"])
    op.create_index("ix_outbox_wijk_to_id", "outbox", ["wijk", "to", "id"])
    op.create_table(
        "switches",
        _must("wijk", sa.String),
        _must("name", sa.String),
        _must("value", sa.JSON),
        sa.Column("changed_by", sa.String),
        _must("changed_at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "name", name="pk_switches"),
    )
    op.create_table(
        "touches",
        _must("wijk", sa.String),
        _must("code", sa.String),
        _must("day", sa.Date),
        _must("count", sa.Integer),
        sa.PrimaryKeyConstraint("wijk", "code", "day", name="pk_touches"),
    )
    op.create_table(
        "undelivered",
        _must("wijk", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        _must("reason", sa.String),
        _must("at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_undelivered"),
    )
    op.create_table(
        "updates",
        _must("wijk", sa.String),
        _must("channel", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        _must("seen_at", _MOMENT),
        sa.PrimaryKeyConstraint("wijk", "channel", "id", name="pk_updates"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_updates_wijk_seen_at", "updates", ["wijk", "seen_at"])
    op.create_table(
        "leads",
        _must("wijk", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        _must("code", sa.String),
        sa.Column("resident", sa.String),
        _must("partner", sa.String),
        _must("inbox", sa.String),
        _must("row", sa.String),
        _must("topic", sa.JSON),
        _must("urgent", sa.Boolean),
        _must("status", sa.String),
        _must("version", sa.Integer),
        sa.Column("assignee", sa.String),
        sa.Column("packet", sa.Text),
        _must("language", sa.String),
        _must("created_at", _MOMENT),
        sa.Column("claim_by", _MOMENT),
        sa.Column("contact_by", _MOMENT),
        sa.Column("first_viewed_at", _MOMENT),
        sa.Column("together", sa.String),
        sa.Column("closed_at", _MOMENT),
        sa.Column("reason", sa.String),
        sa.Column("consent", sa.BigInteger),
        sa.ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"], name="fk_leads_consents"),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_leads"),
    )
    op.create_index(
        "ix_leads_open",
        "leads",
        ["wijk", "inbox"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_leads_wijk_resident_id", "leads", ["wijk", "resident", "id"])
    op.create_index("uq_leads_wijk_code", "leads", ["wijk", "code"], unique=True)
    op.create_table(
        "disclosures",
        _must("wijk", sa.String),
        _must("id", sa.BigInteger, autoincrement=False),
        _must("lead", sa.BigInteger),
        sa.Column("consent", sa.BigInteger),
        _must("recipient", sa.String),
        sa.Column("member", sa.String),
        _must("fields", sa.JSON),
        _must("packet", sa.String),
        _must("at", _MOMENT),
        sa.ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"], name="fk_disclosures_consents"),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_disclosures_leads"),
        sa.PrimaryKeyConstraint("wijk", "id", name="pk_disclosures"),
    )
    op.create_index("ix_disclosures_wijk_lead_id", "disclosures", ["wijk", "lead", "id"])
    op.create_table(
        "lead_events",
        _must("wijk", sa.String),
        _must("lead", sa.BigInteger, autoincrement=False),
        _must("n", sa.Integer, autoincrement=False),
        sa.Column("before", sa.String),
        _must("after", sa.String),
        _must("actor", sa.String),
        sa.Column("reason", sa.String),
        _must("at", _MOMENT),
        sa.ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_lead_events_leads"),
        sa.PrimaryKeyConstraint("wijk", "lead", "n", name="pk_lead_events"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE)
    for table, (fixed, emptied) in _KEPT.items():
        _keep(table, fixed.split(), emptied.split())


def _keep(table: str, fixed: list[str], emptied: list[str]) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" if on_sqlite else "EXECUTE FUNCTION refuse()"
    each = "" if on_sqlite else "FOR EACH ROW"
    columns = ", ".join(f'"{name}"' for name in fixed)
    op.execute(f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} {each} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {columns} ON {table} {each} {refuse}")
    if emptied:
        filled = " OR ".join(f'NEW."{name}" IS NOT NULL' for name in emptied)
        named = ", ".join(f'"{name}"' for name in emptied)
        op.execute(
            f"CREATE TRIGGER {table}_emptied BEFORE UPDATE OF {named} ON {table} {each} WHEN ({filled}) {refuse}"
        )
