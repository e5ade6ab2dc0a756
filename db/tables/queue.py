"""What comes in and goes out, in order."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table

from db.types.columns import id, metadata, those, wijk
from db.types.encrypted import EncryptedJson, EncryptedText
from db.types.held import (
    FAULTS,
    HIDDEN,
    MOST_FAULTS,
    SAID,
    SEEN,
    SENT,
    SPOKEN,
    Ground,
    Then,
    Until,
    kept,
    names,
    nothing,
    of_lead,
    tells,
)
from db.types.utc import UtcTime

OF_A_LEAD, REPLACEABLE, BEHIND = "lead IS NOT NULL", "replaces IS NOT NULL", "behind = 1"
"""Messages about a lead, answers of which the newest is enough, and what is not in its person's first helping: a query
that says so uses an index."""

SOUNDS = "goes_at IS NOT NULL"
"""Say so in a query about sounds that stand in a chat: it uses their index then."""

sequence = Table(
    "sequence",
    metadata,
    wijk(),
    Column("last", BigInteger, nullable=False, info=nothing("a number")),
    info=kept("the last id of a message", Ground.NOBODY, "it stays", "one for each wijk"),
)
"""The last id that was given to a message, or reserved for one."""

leases = Table(
    "leases",
    metadata,
    wijk(),
    Column("holder", String, nullable=False, info=nothing("a process")),
    Column("until", UtcTime, nullable=False, info=nothing("until when")),
    info=kept("which process sends", Ground.NOBODY, "it stays", "one for each wijk"),
)
"""Which process sends this wijk's messages, and until when."""

updates = Table(
    "updates",
    metadata,
    wijk(),
    Column("channel", String, primary_key=True, info=nothing("such as telegram")),
    id(),
    Column("seen_at", UtcTime, nullable=False, info=nothing("when")),
    Index(None, "wijk", "seen_at"),
    sqlite_with_rowid=False,
    info=kept(
        "which updates came before, not from whom or what they said",
        Ground.NOBODY,
        Until("48 hours after it came", SEEN, since="seen_at"),
        "what comes in 48 hours",
    ),
)

failures = Table(
    "failures",
    metadata,
    wijk(),
    Column("channel", String, primary_key=True, info=nothing("such as telegram")),
    id(),
    Column("reason", String, nullable=False, info=nothing("the kind of error")),
    Column("at", UtcTime, nullable=False, info=nothing("when")),
    Index(None, "wijk", "at"),
    info=kept(
        "updates that could not be handled: when and why, never from whom or what they said",
        Ground.NOBODY,
        Until("90 days", FAULTS, since="at"),
        "the newest 10,000",
        MOST_FAULTS,
    ),
)

outbox = Table(
    "outbox",
    metadata,
    wijk(),
    id(),
    Column("to", String, nullable=False, info=names("who gets it", Then.ROW)),
    Column("payload", EncryptedJson, nullable=False, info=tells("what it says", "to")),
    Column("due", UtcTime, nullable=False, info=nothing("when to send it")),
    Column("tries", Integer, nullable=False, info=nothing("how often it was tried")),
    Column("made_at", UtcTime, nullable=False, info=nothing("when it was decided")),
    Column("priority", SmallInteger, nullable=False, server_default="0", info=nothing("which goes first")),
    Column("lead", BigInteger, info=of_lead("what it is about; not when it is to the resident", Then.ROW)),
    Column("replaces", String, info=nothing("of which kind only the newest is sent")),
    Column("behind", SmallInteger, nullable=False, server_default="0", info=nothing("whether many wait")),
    Index(None, "wijk", "priority", "behind", "id"),
    Index(None, "wijk", "to", "priority", "id"),
    Index(None, "wijk", "to", "due"),
    those(REPLACEABLE, "ix_outbox_replaces", "wijk", "to", "replaces"),
    those(BEHIND, "ix_outbox_behind", "wijk", "priority", "to"),
    those(OF_A_LEAD, "ix_outbox_lead", "wijk", "lead"),
    info=kept("messages that wait to be sent", Ground.ASKED, "it is sent or given up", "a bound for each person"),
)
"""Messages that wait. The lowest `priority` goes first; `lead` is the lead that a message is about; of what `replaces`
the same, the newest is enough; `behind` is 1 when many waited for the same person."""

sent_messages = Table(
    "sent_messages",
    metadata,
    wijk(),
    Column("person", String, primary_key=True, info=names("who got it", Then.ROW)),
    Column("message", BigInteger, primary_key=True, autoincrement=False, info=tells("which", "person")),
    Column("lead", BigInteger, info=of_lead("what it is about", Then.EMPTY)),
    Column("at", UtcTime, nullable=False, info=tells("when", "person")),
    Column("goes_at", UtcTime, info=nothing("when it is deleted, if it is a sound")),
    Index(None, "wijk", "at"),
    those(SOUNDS, "ix_sent_messages_sounds", "wijk", "goes_at"),
    those(OF_A_LEAD, "ix_sent_messages_lead", "wijk", "lead", "person", "message"),
    info=kept(
        "which message was sent to whom, not what it said, so that it can be blanked",
        Ground.ASKED,
        Until("30 days", SENT, since="at"),
        "what is sent in 30 days",
    ),
)
"""`message` is the channel's id of a message that this person got, `lead` the lead that it is about."""

said_messages = Table(
    "said_messages",
    metadata,
    wijk(),
    Column("person", String, primary_key=True, info=names("who wrote it", Then.ROW)),
    Column("message", BigInteger, primary_key=True, autoincrement=False, info=tells("which", "person")),
    Column("at", UtcTime, nullable=False, info=tells("when", "person")),
    Index(None, "wijk", "at"),
    info=kept(
        "which messages somebody wrote, not what they said, so that they can be deleted when the chat is hidden",
        Ground.ASKED,
        Until("48 hours", SAID, since="at"),
        "what is written in 48 hours",
    ),
)
"""`message` is the channel's id of a message that this person wrote, for 48 hours: only so long can it be deleted."""

held_messages = Table(
    "held_messages",
    metadata,
    wijk(),
    id(),
    Column("to", String, nullable=False, info=names("who gets it", Then.ROW)),
    Column("payload", EncryptedJson, nullable=False, info=tells("what it says", "to")),
    Column("lead", BigInteger, info=of_lead("what it is about; not when it is to the resident", Then.ROW)),
    Column("made_at", UtcTime, nullable=False, info=nothing("since when it is held")),
    Index(None, "wijk", "to", "id"),
    Index(None, "wijk", "made_at"),
    those(OF_A_LEAD, "ix_held_messages_lead", "wijk", "lead"),
    info=kept(
        "messages for people who hid the chat",
        Ground.ASKED,
        Until("they ask for it, or 14 days", HIDDEN, since="made_at"),
        "what others write in 14 days",
    ),
)
"""Messages for people who hid the chat, until they open it again and ask for them."""

spoken_messages = Table(
    "spoken_messages",
    metadata,
    wijk(),
    Column("token", String, primary_key=True, info=nothing("64 random bits that name it in its button")),
    Column("lead", BigInteger, nullable=False, info=of_lead("what it is about", Then.ROW)),
    Column("speaker", String, nullable=False, info=names("who spoke", Then.ROW)),
    Column("to_resident", Boolean, nullable=False, info=nothing("whether it is for the resident, or for who helps")),
    Column("sound", EncryptedText, nullable=False, info=tells("what the channel calls the sound", "speaker")),
    Column("language", String, nullable=False, info=tells("in which language", "speaker")),
    Column("made_at", UtcTime, nullable=False, info=tells("when", "speaker")),
    Index(None, "wijk", "lead"),
    Index(None, "wijk", "speaker"),
    Index(None, "wijk", "made_at"),
    info=kept(
        "messages that were spoken: not the sound, but what Telegram calls it, so that it can be listened to",
        Ground.YES,
        Until("30 days, or until the lead is blanked", SPOKEN, since="made_at"),
        "what is spoken in 30 days",
    ),
)
"""The sounds themselves are with the channel. `speaker` is the resident of the lead, or who helps."""

undelivered = Table(
    "undelivered",
    metadata,
    wijk(),
    id(),
    Column("reason", String, nullable=False, info=nothing("the kind of refusal")),
    Column("at", UtcTime, nullable=False, info=nothing("when")),
    Index(None, "wijk", "at"),
    info=kept(
        "messages that were given up: when and why, never to whom or what",
        Ground.NOBODY,
        Until("90 days", FAULTS, since="at"),
        "the newest 10,000",
        MOST_FAULTS,
    ),
)
"""Messages that were given up: when and why, never to whom or what."""
