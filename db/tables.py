"""Every table on one page. The first column of every key is the wijk, so that one store can serve several.

Guards the rules that personal fields are encrypted, and that an address (`telegram:1001`) stands only where
`db.people.personal_data` knows of it.
"""

from __future__ import annotations

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
)

from db.types.columns import NAMES, id, those, wijk
from db.types.encrypted import EncryptedJson, EncryptedText
from db.types.utc import UtcTime

metadata = MetaData(naming_convention=NAMES)

WITH_ANSWERS, WITH_PACKET, OF_A_LEAD = "place IS NOT NULL", "packet IS NOT NULL", "lead IS NOT NULL"
"""Conversations with answers, leads that are not blanked, messages about a lead: a query that says so uses an index."""


row_ids = Table("row_ids", metadata, wijk(), Column("last", BigInteger, nullable=False))
"""The last number given out; leads, consents, disclosures and audit entries draw from it."""

sequence = Table("sequence", metadata, wijk(), Column("last", BigInteger, nullable=False))
"""The last id that was given to a message, or reserved for one."""

leases = Table(
    "leases", metadata, wijk(), Column("holder", String, nullable=False), Column("until", UtcTime, nullable=False)
)
"""Which process sends this wijk's messages, and until when."""

updates = Table(
    "updates",
    metadata,
    wijk(),
    Column("channel", String, primary_key=True),
    id(),
    Column("seen_at", UtcTime, nullable=False),
    Index(None, "wijk", "seen_at"),
    sqlite_with_rowid=False,
)

failures = Table(
    "failures",
    metadata,
    wijk(),
    Column("channel", String, primary_key=True),
    id(),
    Column("reason", String, nullable=False),
    Column("at", UtcTime, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    wijk(),
    Column("person", String, primary_key=True),
    Column("language", String, nullable=False),
    Column("place", EncryptedJson),
    Column("card", BigInteger),
    Column("turn", BigInteger, nullable=False),
    Column("step", String, nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    those(WITH_ANSWERS, "ix_conversations_answers", "wijk", "updated_at"),
)

addresses = Table(
    "addresses",
    metadata,
    wijk(),
    Column("hash", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("address", EncryptedText, nullable=False),
    Column("since", UtcTime, nullable=False),
    Index(None, "wijk", "person"),
)
"""The addresses at which a person is reached: none, one or several; `hash` is the keyed fingerprint to find one by."""

outbox = Table(
    "outbox",
    metadata,
    wijk(),
    id(),
    Column("to", String, nullable=False),
    Column("payload", EncryptedJson, nullable=False),
    Column("due", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Index(None, "wijk", "priority", "id"),
    Column("lead", BigInteger),
    Index(None, "wijk", "to", "due"),
    those(OF_A_LEAD, "ix_outbox_lead", "wijk", "lead"),
)
"""Messages that wait. The lowest `priority` goes first; `lead` is the lead that a message is about."""

sent_messages = Table(
    "sent_messages",
    metadata,
    wijk(),
    Column("person", String, primary_key=True),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    Column("lead", BigInteger),
    Column("at", UtcTime, nullable=False),
    Index(None, "wijk", "at"),
    those(OF_A_LEAD, "ix_sent_messages_lead", "wijk", "lead", "person", "message"),
)
"""`message` is the channel's id of a message that this person got, `lead` the lead that it is about."""

undelivered = Table(
    "undelivered",
    metadata,
    wijk(),
    id(),
    Column("reason", String, nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""Messages that were given up: when and why, never to whom or what."""

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

memberships = Table(
    "memberships",
    metadata,
    wijk(),
    Column("person", String, primary_key=True),
    Column("organisation", String, primary_key=True),
    Column("role", String, primary_key=True),
    Column("name", EncryptedText, nullable=False),
    Column("joined_at", UtcTime, nullable=False),
    Index(None, "wijk", "organisation"),
)
"""Who works where: a person may have several memberships. `organisation` is a partner's id, or `coordinator`."""

invitations = Table(
    "invitations",
    metadata,
    wijk(),
    Column("code", String, primary_key=True),
    Column("partner", String, nullable=False),
    Column("role", String, nullable=False),
    Column("made_by", String),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("used_by", String),
)
"""`code` is the keyed fingerprint of the code; the code itself is only in the link that was sent."""

switches = Table(
    "switches",
    metadata,
    wijk(),
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("changed_by", String),
    Column("changed_at", UtcTime, nullable=False),
)

link_counts = Table(
    "link_counts",
    metadata,
    wijk(),
    Column("code", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    wijk(),
    id(),
    Column("at", UtcTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("what", String, nullable=False),
    Column("lead", BigInteger),
    Index(None, "wijk", "at"),
    Index(None, "wijk", "actor"),
)
