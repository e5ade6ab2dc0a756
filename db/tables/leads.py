"""Leads, what happened to them, and what people agreed to share."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, String, Table

from db.types.columns import id, metadata, those, wijk
from db.types.encrypted import EncryptedJson, EncryptedText
from db.types.utc import UtcTime

WITH_PACKET = "packet IS NOT NULL"
"""Say so in a query about leads that are not blanked: it uses their index then."""

consents = Table(
    "consents",
    metadata,
    wijk(),
    id(),
    Column("resident", String),
    Column("sender", String),
    Column("purpose", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("text_version", String, nullable=False),
    Column("shown", EncryptedText),
    Column("language", String, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "wijk", "resident", "id"),
    Index(None, "wijk", "sender"),
)
"""Append-only: triggers refuse every change but the blanking of `resident`, `sender` and `shown`."""

leads = Table(
    "leads",
    metadata,
    wijk(),
    id(),
    Column("token", String),
    Column("code", String, nullable=False),
    Column("resident", String),
    Column("sender", String),
    Column("partner", String, nullable=False),
    Column("inbox", String, nullable=False),
    Column("row", String, nullable=False),
    Column("topic", JSON, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("status", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("assignee", String),
    Column("packet", EncryptedJson),
    Column("language", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("claim_by", UtcTime),
    Column("contact_by", UtcTime),
    Column("first_viewed_at", UtcTime),
    Column("together", String),
    Column("closed_at", UtcTime),
    Column("reason", String),
    Column("consent", BigInteger),
    ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"]),
    Index("uq_leads_wijk_code", "wijk", "code", unique=True),
    Index("uq_leads_wijk_token", "wijk", "token", unique=True),
    Index(None, "wijk", "resident", "id"),
    Index(None, "wijk", "sender"),
    Index(None, "wijk", "assignee"),
    those(WITH_PACKET, "ix_leads_packet", "wijk", "closed_at"),
)
"""A lead is open for as long as `closed_at` is empty, until a move closes it."""

_c = leads.c
those("closed_at IS NULL", "ix_leads_open", *(_c.wijk, _c.inbox, _c.urgent.desc(), _c.created_at, _c.id))

lead_events = Table(
    "lead_events",
    metadata,
    wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("before", String),
    Column("after", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("reason", String),
    Column("at", UtcTime, nullable=False),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index(None, "wijk", "actor"),
)
"""Append-only; `n` is the version that the lead got by this event. Only `actor` may be blanked."""

lead_views = Table(
    "lead_views",
    metadata,
    wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False),
    Column("member", String, primary_key=True),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index(None, "wijk", "member", "lead", "message"),
)
"""`message` is the channel's id of a message in which this member has the lead open."""

disclosures = Table(
    "disclosures",
    metadata,
    wijk(),
    id(),
    Column("lead", BigInteger, nullable=False),
    Column("consent", BigInteger),
    Column("recipient", String, nullable=False),
    Column("member", String),
    Column("fields", JSON, nullable=False),
    Column("packet", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"]),
    Index(None, "wijk", "lead", "id"),
    Index(None, "wijk", "member", "lead"),
)
"""Append-only; `packet` is the keyed fingerprint of what was handed over. Only `member` may be blanked."""
