"""What comes in and goes out, in order."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Table

from db.types.columns import id, metadata, those, wijk
from db.types.encrypted import EncryptedJson
from db.types.utc import UtcTime

OF_A_LEAD, REPLACEABLE, BEHIND = "lead IS NOT NULL", "replaces IS NOT NULL", "behind = 1"
"""Messages about a lead, answers of which the newest is enough, and what is not in its person's first helping: a query
that says so uses an index."""

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
    Column("lead", BigInteger),
    Column("replaces", String),
    Column("behind", SmallInteger, nullable=False, server_default="0"),
    Index(None, "wijk", "priority", "behind", "id"),
    Index(None, "wijk", "to", "priority", "id"),
    Index(None, "wijk", "to", "due"),
    those(REPLACEABLE, "ix_outbox_replaces", "wijk", "to", "replaces"),
    those(BEHIND, "ix_outbox_behind", "wijk", "priority", "to"),
    those(OF_A_LEAD, "ix_outbox_lead", "wijk", "lead"),
)
"""Messages that wait. The lowest `priority` goes first; `lead` is the lead that a message is about; of what `replaces`
the same, the newest is enough; `behind` is 1 when many waited for the same person."""

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
