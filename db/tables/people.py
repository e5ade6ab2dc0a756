"""Who somebody is, how they are reached, where they stand in the conversation, and where they work."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table

from db.types.columns import metadata, those, wijk
from db.types.encrypted import EncryptedJson, EncryptedText
from db.types.utc import UtcTime

WITH_ANSWERS = "place IS NOT NULL"
"""Say so in a query about conversations with answers: it uses their index then."""

conversations = Table(
    "conversations",
    metadata,
    wijk(),
    Column("person", String, primary_key=True),
    Column("language", String, nullable=False),
    Column("place", EncryptedJson),
    Column("card", BigInteger),
    Column("revision", BigInteger, nullable=False),
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
