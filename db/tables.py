"""Every table on one page. The first column of every key is the wijk, so that one store can serve several.

Guards the rules that personal fields are encrypted, and that an address (`telegram:1001`) stands only where
`db.people.personal_data` knows of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    text,
)

from db.types.encrypted import SecretJson, SecretText
from db.types.utc import Moment

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

WITH_ANSWERS, WITH_PACKET, OF_A_LEAD = "place IS NOT NULL", "packet IS NOT NULL", "lead IS NOT NULL"
"""Conversations with answers in them, leads that are not blanked, messages about a lead: a query that says so uses the
index.
"""


def _wijk() -> Column[str]:
    return Column("wijk", String, primary_key=True)


def _id() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


def _those(where: str, name: str, *columns: Any) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


numbers = Table("numbers", metadata, _wijk(), Column("last", BigInteger, nullable=False))
"""The last number given out; leads, consents, disclosures and audit entries draw from it."""

stamps = Table("stamps", metadata, _wijk(), Column("last", BigInteger, nullable=False))
"""The stamp of the last update whose turn was taken."""

leases = Table(
    "leases",
    metadata,
    _wijk(),
    Column("holder", String, nullable=False),
    Column("until", Moment, nullable=False),
)
"""Which process sends this wijk's messages, and until when."""

updates = Table(
    "updates",
    metadata,
    _wijk(),
    Column("channel", String, primary_key=True),
    _id(),
    Column("seen_at", Moment, nullable=False),
    Index(None, "wijk", "seen_at"),
    sqlite_with_rowid=False,
)

failures = Table(
    "failures",
    metadata,
    _wijk(),
    Column("channel", String, primary_key=True),
    _id(),
    Column("reason", String, nullable=False),
    Column("at", Moment, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    _wijk(),
    Column("key", String, primary_key=True),
    Column("language", String, nullable=False),
    Column("place", SecretJson),
    Column("card", BigInteger),
    Column("turn", BigInteger, nullable=False),
    Column("step", String, nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("updated_at", Moment, nullable=False),
    _those(WITH_ANSWERS, "ix_conversations_answers", "wijk", "updated_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _wijk(),
    _id(),
    Column("to", String, nullable=False),
    Column("payload", SecretJson, nullable=False),
    Column("due", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("rank", SmallInteger, nullable=False, server_default="0"),
    Index(None, "wijk", "rank", "id"),
    Column("lead", BigInteger),
    Index(None, "wijk", "to", "due"),
    _those(OF_A_LEAD, "ix_outbox_lead", "wijk", "lead"),
)
"""The lowest `rank` goes first; it is 0 for what a process of an older version puts in beside us."""

undelivered = Table(
    "undelivered",
    metadata,
    _wijk(),
    _id(),
    Column("reason", String, nullable=False),
    Column("at", Moment, nullable=False),
)
"""Messages that were given up: when and why, never to whom or what."""

consents = Table(
    "consents",
    metadata,
    _wijk(),
    _id(),
    Column("resident", String),
    Column("purpose", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("text_version", String, nullable=False),
    Column("shown", SecretText),
    Column("language", String, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "wijk", "resident", "id"),
)
"""Append-only: triggers refuse every change but the blanking of `resident` and `shown`."""

leads = Table(
    "leads",
    metadata,
    _wijk(),
    _id(),
    Column("token", String),
    Column("code", String, nullable=False),
    Column("resident", String),
    Column("partner", String, nullable=False),
    Column("inbox", String, nullable=False),
    Column("row", String, nullable=False),
    Column("topic", JSON, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("status", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("assignee", String),
    Column("packet", SecretJson),
    Column("language", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("claim_by", Moment),
    Column("contact_by", Moment),
    Column("first_viewed_at", Moment),
    Column("together", String),
    Column("closed_at", Moment),
    Column("reason", String),
    Column("consent", BigInteger),
    ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"]),
    Index("uq_leads_wijk_code", "wijk", "code", unique=True),
    Index("uq_leads_wijk_token", "wijk", "token", unique=True),
    Index(None, "wijk", "resident", "id"),
    Index(None, "wijk", "assignee"),
    _those(WITH_PACKET, "ix_leads_packet", "wijk", "closed_at"),
)
"""A lead is open for as long as `closed_at` is empty, which is when its status is not final."""

_c = leads.c
_those("closed_at IS NULL", "ix_leads_open", *(_c.wijk, _c.inbox, _c.urgent.desc(), _c.created_at, _c.id))

lead_events = Table(
    "lead_events",
    metadata,
    _wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("before", String),
    Column("after", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("reason", String),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index(None, "wijk", "actor"),
)
"""Append-only; `n` is the version that the lead got by this event. Only `actor` may be blanked."""

lead_views = Table(
    "lead_views",
    metadata,
    _wijk(),
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
    _wijk(),
    _id(),
    Column("lead", BigInteger, nullable=False),
    Column("consent", BigInteger),
    Column("recipient", String, nullable=False),
    Column("member", String),
    Column("fields", JSON, nullable=False),
    Column("packet", String, nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"]),
    Index(None, "wijk", "lead", "id"),
    Index(None, "wijk", "member", "lead"),
)
"""Append-only; `packet` is the keyed fingerprint of what was handed over. Only `member` may be blanked."""

members = Table(
    "members",
    metadata,
    _wijk(),
    Column("address", String, primary_key=True),
    Column("partner", String, nullable=False),
    Column("role", String, nullable=False),
    Column("name", SecretText, nullable=False),
    Column("joined_at", Moment, nullable=False),
    Index(None, "wijk", "partner"),
)

invitations = Table(
    "invitations",
    metadata,
    _wijk(),
    Column("code", String, primary_key=True),
    Column("partner", String, nullable=False),
    Column("role", String, nullable=False),
    Column("made_by", String),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", String),
)
"""`code` is the keyed fingerprint of the code; the code itself is only in the link that was sent."""

switches = Table(
    "switches",
    metadata,
    _wijk(),
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("changed_by", String),
    Column("changed_at", Moment, nullable=False),
)

touches = Table(
    "touches",
    metadata,
    _wijk(),
    Column("code", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _wijk(),
    _id(),
    Column("at", Moment, nullable=False),
    Column("actor", String, nullable=False),
    Column("what", String, nullable=False),
    Column("lead", BigInteger),
    Index(None, "wijk", "at"),
    Index(None, "wijk", "actor"),
)
