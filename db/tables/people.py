"""Who somebody is, how they are reached, where they stand in the conversation, and where they work."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from db.types.columns import metadata, those, wijk
from db.types.encrypted import EncryptedJson, EncryptedText
from db.types.held import ANSWERS, INVITED, MOST_FAULTS, Ground, Then, Until, kept, names, nothing, tells
from db.types.utc import UtcTime

WITH_ANSWERS = "place IS NOT NULL"
"""Say so in a query about conversations with answers: it uses their index then."""

_IDLE = Until("7 days after their last answer", ANSWERS, since="updated_at")
_GONE = Until(
    "7 days after their last answer, when no lead and no membership is theirs",
    ANSWERS,
    since="updated_at",
    where="""updated_at < :before
    AND NOT EXISTS (SELECT 1 FROM leads WHERE leads.wijk = conversations.wijk AND leads.resident = conversations.person)
    AND NOT EXISTS (SELECT 1 FROM memberships
    WHERE memberships.wijk = conversations.wijk AND memberships.person = conversations.person)""",
)

conversations = Table(
    "conversations",
    metadata,
    wijk(),
    Column("person", String, primary_key=True, info=names("who it is", Then.ROW)),
    Column("language", String, nullable=False, info=tells("which language they chose", "person")),
    Column("place", EncryptedJson, info=tells("where they stand, and their answers", "person", until=_IDLE)),
    Column("card", BigInteger, info=tells("the message that is edited", "person")),
    Column("revision", BigInteger, nullable=False, info=tells("how many changes there were", "person")),
    Column("step", String, nullable=False, info=tells("at which question they stand", "person")),
    Column("blocked", Boolean, nullable=False, info=tells("whether they blocked the bot", "person")),
    Column("updated_at", UtcTime, nullable=False, info=tells("when they answered last", "person")),
    Column("hidden_at", UtcTime, info=tells("since when they keep the chat hidden", "person")),
    those(WITH_ANSWERS, "ix_conversations_answers", "wijk", "updated_at"),
    Index(None, "wijk", "updated_at"),
    info=kept("somebody who talks with the bot", Ground.ASKED, _GONE, "one for each person"),
)

addresses = Table(
    "addresses",
    metadata,
    wijk(),
    Column("hash", String, primary_key=True, info=tells("a keyed fingerprint, to find the address by", "person")),
    Column("person", String, nullable=False, info=names("who is reached there", Then.ROW)),
    Column("address", EncryptedText, nullable=False, info=tells("where they are reached", "person")),
    Column("since", UtcTime, nullable=False, info=tells("since when", "person")),
    Index(None, "wijk", "person"),
    info=kept("where somebody is reached", Ground.ASKED, "their conversation goes", "a few for each person"),
)
"""The addresses at which a person is reached: none, one or several; `hash` is the keyed fingerprint to find one by."""

memberships = Table(
    "memberships",
    metadata,
    wijk(),
    Column("person", String, primary_key=True, info=names("who works there", Then.ROW)),
    Column("organisation", String, primary_key=True, info=tells("where", "person")),
    Column("role", String, primary_key=True, info=tells("as what", "person")),
    Column("name", EncryptedText, nullable=False, info=tells("what residents call them", "person")),
    Column("joined_at", UtcTime, nullable=False, info=tells("since when", "person")),
    Column("handle", String, info=tells("random letters that name it in buttons", "person")),
    Column("call_for", EncryptedText, info=tells("what colleagues may call them for, in their own words", "person")),
    Index(None, "wijk", "organisation"),
    Index("uq_memberships_wijk_handle", "wijk", "handle", unique=True),
    info=kept("who works where", Ground.WORK, "they leave or are removed", "one for each person and role"),
)
"""Who works where: a person may have several memberships. `organisation` is a partner's id, or `coordinator`; `handle`
names this one membership in buttons and commands, and never comes back when it has ended."""

invitations = Table(
    "invitations",
    metadata,
    wijk(),
    Column("code", String, primary_key=True, info=nothing("a keyed fingerprint of the code")),
    Column("partner", String, nullable=False, info=nothing("which organisation")),
    Column("role", String, nullable=False, info=nothing("as what")),
    Column("made_by", String, info=names("who invited", Then.EMPTY)),
    Column("made_at", UtcTime, nullable=False, info=nothing("when")),
    Column("expires_at", UtcTime, nullable=False, info=nothing("until when it can be used")),
    Column("used_at", UtcTime, info=nothing("when it was used")),
    Column("used_by", String, info=names("who used it", Then.EMPTY)),
    Column("handle", String, info=nothing("random letters that name it in buttons")),
    Index(None, "wijk", "expires_at"),
    Index("uq_invitations_wijk_handle", "wijk", "handle", unique=True),
    info=kept(
        "invitations to work for an organisation",
        Ground.WORK,
        Until("30 days after it can no longer be used", INVITED, since="expires_at"),
        "the newest 10,000",
        MOST_FAULTS,
    ),
)
"""`code` is the keyed fingerprint of the code; the code itself is only in the link that was sent. `handle` names the
invitation to whoever takes it back, and opens nothing."""

digests = Table(
    "digests",
    metadata,
    wijk(),
    Column("person", String, primary_key=True, info=names("who reads it", Then.ROW)),
    Column("hour", Integer, nullable=False, info=tells("at which hour", "person")),
    Column("due_at", UtcTime, nullable=False, info=nothing("when the next one is sent")),
    Column("since", UtcTime, nullable=False, info=nothing("since when there may be news in it")),
    Index(None, "wijk", "due_at"),
    info=kept(
        "members who read once a day what waits for them",
        Ground.WORK,
        "they choose to hear at once, or work nowhere any more",
        "one for each member",
    ),
)
