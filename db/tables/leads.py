"""Leads, what happened to them, and what people agreed to share."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, String, Table

from db.types.columns import id, metadata, those, wijk
from db.types.encrypted import EncryptedJson, EncryptedText
from db.types.held import AUDIT, LEADS, NOTICES, Ground, Then, Until, kept, names, nothing, of_lead, tells
from db.types.utc import UtcTime

WITH_PACKET = "packet IS NOT NULL"
"""Say so in a query about leads that are not blanked: it uses their index then."""

COMPLETED = "status = 'completed'"
"""Say so in a query about leads that were completed: it uses their index then."""

SIGNED = "actor NOT IN ('resident', 'system', 'erased')"
"""Say so in a query about events of which it is known who did them: it uses their index then."""

_BLANKED = Until(
    "the resident stops, or 30 days after the lead closed; a yes or no without a lead: 30 days",
    LEADS,
    since="at",
    where="""at < :before AND NOT EXISTS (SELECT 1 FROM leads WHERE leads.wijk = consents.wijk
    AND leads.consent = consents.id AND leads.packet IS NOT NULL)""",
)
_CLOSED = Until("the resident stops, or 30 days after the lead closed", LEADS, since="closed_at")

consents = Table(
    "consents",
    metadata,
    wijk(),
    id(),
    Column("resident", String, info=names("who said yes or no", Then.EMPTY, _BLANKED)),
    Column("sender", String, info=names("who tapped for them", Then.EMPTY, _BLANKED)),
    Column("purpose", String, nullable=False, info=nothing("what it is a yes or no to")),
    Column("recipient", String, nullable=False, info=nothing("the inbox that was agreed to")),
    Column("fields", JSON, nullable=False, info=nothing("the names of the fields, not what is in them")),
    Column("text_version", String, nullable=False, info=nothing("the fingerprint of the question")),
    Column("shown", EncryptedText, info=tells("what they read that would be shared", "resident", Then.EMPTY, _BLANKED)),
    Column("language", String, nullable=False, info=tells("in which language they read", "resident", Then.STAYS)),
    Column("given", Boolean, nullable=False, info=tells("yes or no", "resident", Then.STAYS)),
    Column("at", UtcTime, nullable=False, info=tells("when", "resident", Then.STAYS)),
    Column("withdraws", BigInteger, info=nothing("the entry that this one takes back")),
    Index(None, "wijk", "resident", "id"),
    Index(None, "wijk", "sender"),
    those("resident IS NOT NULL", "ix_consents_said_at", "wijk", "at"),
    those("withdraws IS NOT NULL", "ix_consents_withdraws", "wijk", "withdraws"),
    info=kept(
        "the ledger of what residents said yes and no to",
        Ground.ACCOUNT,
        "it stays, to show what the bot did; of nobody, once the columns below are empty",
        "one for each question that was answered, when help is asked for",
    ),
)
"""Append-only: triggers refuse every change but the blanking of `resident`, `sender` and `shown`."""

leads = Table(
    "leads",
    metadata,
    wijk(),
    id(),
    Column("token", String, info=nothing("64 random bits that name the lead in buttons")),
    Column("code", String, nullable=False, info=tells("how residents and members call it", "resident", Then.STAYS)),
    Column("resident", String, info=names("whom it is about", Then.EMPTY, _CLOSED)),
    Column("sender", String, info=names("who asked for it", Then.EMPTY, _CLOSED)),
    Column("partner", String, nullable=False, info=tells("who helps", "resident", Then.STAYS)),
    Column("inbox", String, nullable=False, info=tells("who received it", "resident", Then.STAYS)),
    Column("row", String, nullable=False, info=tells("by which rule it was offered", "resident", Then.STAYS)),
    Column("topic", JSON, nullable=False, info=tells("what about, as words from a list", "resident", Then.STAYS)),
    Column("needs", JSON, info=tells("what about, as pairs of service and topic", "resident", Then.STAYS)),
    Column("urgent", Boolean, nullable=False, info=tells("whether it must be soon", "resident", Then.STAYS)),
    Column("status", String, nullable=False, info=tells("how it stands, or how it ended", "resident", Then.STAYS)),
    Column("version", Integer, nullable=False, info=nothing("how many moves were made")),
    Column(
        "assignee",
        String,
        info=names("the member who took it", Then.EMPTY, Until("30 days after it closed", LEADS, since="closed_at")),
    ),
    Column("volunteer", EncryptedText, info=tells("who helps, by first name", "resident", Then.EMPTY, _CLOSED)),
    Column("notes", EncryptedJson, info=tells("the last three notes of its readers", "resident", Then.EMPTY, _CLOSED)),
    Column(
        "watchwords",
        EncryptedJson,
        info=tells("the words that who helps says at the door", "resident", Then.EMPTY, _CLOSED),
    ),
    Column("packet", EncryptedJson, info=tells("exactly what they agreed to share", "resident", Then.EMPTY, _CLOSED)),
    Column("language", String, nullable=False, info=tells("which language they read", "resident", Then.STAYS)),
    Column("created_at", UtcTime, nullable=False, info=tells("when they agreed", "resident", Then.STAYS)),
    Column("claim_by", UtcTime, info=nothing("before when somebody takes it")),
    Column("contact_by", UtcTime, info=nothing("before when they hear something")),
    Column("first_viewed_at", UtcTime, info=nothing("when it was first opened")),
    Column("together", String, info=nothing("the code of the lead with which it shares a visit")),
    Column("closed_at", UtcTime, info=tells("when it ended", "resident", Then.STAYS)),
    Column("reason", String, info=tells("why, as a word from a list", "resident", Then.STAYS)),
    Column("consent", BigInteger, info=nothing("the entry of the ledger on which it rests")),
    Column("open_notices", Boolean, info=tells("whether notices may name the helper", "resident", Then.STAYS)),
    Column("owner", String, info=nothing("who must do what comes now, as a word from a list")),
    Column("due_at", UtcTime, info=nothing("before when")),
    Column("rung", Integer, info=nothing("how far its ladder was climbed since it moved")),
    Column("look_at", UtcTime, info=nothing("when the clock looks at it again")),
    Column("postponed", Integer, info=nothing("how often whoever took it named another day")),
    Column("done", JSON, info=tells("what was done, as words from a list", "resident", Then.STAYS)),
    Column("continues", BigInteger, info=of_lead("which lead it goes on from", Then.STAYS)),
    Column("asked", String, info=nothing("what it was passed on for, as a word from a list")),
    Column("inquired_at", UtcTime, info=tells("when they asked last how it stands", "resident", Then.EMPTY, _CLOSED)),
    ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"]),
    Index("uq_leads_wijk_code", "wijk", "code", unique=True),
    Index("uq_leads_wijk_token", "wijk", "token", unique=True),
    Index(None, "wijk", "resident", "id"),
    Index(None, "wijk", "sender"),
    Index(None, "wijk", "assignee"),
    Index(None, "wijk", "consent"),
    those("assignee IS NOT NULL", "ix_leads_taken", "wijk", "closed_at"),
    those(WITH_PACKET, "ix_leads_packet", "wijk", "closed_at"),
    info=kept(
        "a resident who is handed to an organisation",
        Ground.YES,
        "it stays, to be counted; of nobody, once it is blanked",
        "one for each yes of a resident",
    ),
)
"""A lead is open for as long as `closed_at` is empty. Triggers see to it that one has an owner and a due moment for
exactly so long."""

OWNERS = ("inbox", "assignee", "coordinator", "resident", "system")
"""Who may own the next step of an open lead."""

_c = leads.c
those("closed_at IS NULL", "ix_leads_look", _c.wijk, _c.look_at)
those(COMPLETED, "ix_leads_completed", _c.wijk, _c.closed_at)
those("closed_at IS NULL", "ix_leads_open", *(_c.wijk, _c.inbox, _c.urgent.desc(), _c.created_at, _c.id))

lead_events = Table(
    "lead_events",
    metadata,
    wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False, info=of_lead("which one", Then.STAYS)),
    Column("n", Integer, primary_key=True, autoincrement=False, info=nothing("the how manyeth move")),
    Column("before", String, info=nothing("how the lead stood")),
    Column("after", String, nullable=False, info=nothing("how it stood afterwards")),
    Column(
        "actor",
        String,
        nullable=False,
        info=names(
            "the member who made the move; of a resident only that it was one",
            Then.WRITTEN_OVER,
            Until("a year after the move", AUDIT, since="at", where=f"at < :before AND {SIGNED}"),
        ),
    ),
    Column("reason", String, info=nothing("a word from a list")),
    Column("at", UtcTime, nullable=False, info=nothing("when")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index(None, "wijk", "actor"),
    those(SIGNED, "ix_lead_events_signed", "wijk", "at"),
    info=kept(
        "the moves of a lead",
        Ground.ACCOUNT,
        "it stays with its lead, to be counted",
        "what the table of moves allows for each lead",
    ),
)
"""Append-only; `n` is the version that the lead got by this event. Only `actor` may be blanked."""

lead_views = Table(
    "lead_views",
    metadata,
    wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False, info=of_lead("which is open", Then.ROW)),
    Column("member", String, primary_key=True, info=names("who has it open", Then.ROW)),
    Column("message", BigInteger, primary_key=True, autoincrement=False, info=tells("in which message", "member")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index(None, "wijk", "member", "lead", "message"),
    info=kept(
        "the messages in which members have a lead open, so that they can be blanked",
        Ground.WORK,
        "the lead is blanked",
        "the messages in which members opened leads that are not blanked",
    ),
)
"""`message` is the channel's id of a message in which this member has the lead open."""

disclosures = Table(
    "disclosures",
    metadata,
    wijk(),
    id(),
    Column("lead", BigInteger, nullable=False, info=of_lead("of which lead", Then.STAYS)),
    Column("consent", BigInteger, info=nothing("the entry of the ledger on which it rests")),
    Column("recipient", String, nullable=False, info=nothing("which inbox")),
    Column(
        "member",
        String,
        info=names("who opened it", Then.EMPTY, Until("a year after it was opened", AUDIT, since="at")),
    ),
    Column("fields", JSON, nullable=False, info=nothing("the names of the fields, not what is in them")),
    Column("packet", String, nullable=False, info=nothing("a keyed fingerprint, from which nothing can be read")),
    Column("at", UtcTime, nullable=False, info=nothing("when")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    ForeignKeyConstraint(["wijk", "consent"], ["consents.wijk", "consents.id"]),
    Index(None, "wijk", "lead", "id"),
    Index(None, "wijk", "member", "lead"),
    those("member IS NOT NULL", "ix_disclosures_opened", "wijk", "at"),
    info=kept(
        "what was handed over, to whom",
        Ground.ACCOUNT,
        "it stays with its lead, to be counted",
        "one for each lead, and one for each member who opened it",
    ),
)
"""Append-only; `packet` is the keyed fingerprint of what was handed over. Only `member` may be blanked."""

sealed = Table(
    "sealed",
    metadata,
    wijk(),
    Column("token", String, primary_key=True, info=nothing("64 random bits that name the notice in its button")),
    Column("lead", BigInteger, nullable=False, info=of_lead("what it is about", Then.ROW)),
    Column("person", String, nullable=False, info=names("who may open it", Then.ROW)),
    Column(
        "payload",
        EncryptedJson,
        info=tells(
            "what it says; it may name a member who helps, also one who was erased since",
            "person",
            until=Until("it is opened, or the lead ends"),
        ),
    ),
    Column("message", BigInteger, info=tells("in which message", "person")),
    Column("made_at", UtcTime, nullable=False, info=tells("since when it waits", "person")),
    Column("opened_at", UtcTime, info=tells("when it was opened", "person")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index(None, "wijk", "lead", "made_at"),
    Index(None, "wijk", "person"),
    Index(None, "wijk", "made_at"),
    info=kept(
        "what stands behind a notice that names no helper, until it is opened",
        Ground.YES,
        Until("14 days", NOTICES, since="made_at"),
        "what was told about the leads of residents in 14 days",
    ),
)
"""What stands behind a notice that says only that there is news; `payload` is empty once it was opened."""

calls = Table(
    "calls",
    metadata,
    wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False, info=of_lead("what it is about", Then.ROW)),
    Column("token", String, nullable=False, info=nothing("64 random bits that name it in buttons")),
    Column("person", String, nullable=False, info=names("who must hear it", Then.ROW)),
    Column(
        "word",
        EncryptedJson,
        nullable=False,
        info=tells("what they must hear; it may name a member who helps, also one who was erased since", "person"),
    ),
    Column("made_at", UtcTime, nullable=False, info=tells("since when it waits to be said", "person")),
    Column("due_at", UtcTime, nullable=False, info=nothing("when the clock looks at it")),
    Column("rung", Integer, nullable=False, info=nothing("how often the clock asked for it")),
    Column("tries", Integer, nullable=False, info=tells("how often they were not reached", "person")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index("uq_calls_wijk_token", "wijk", "token", unique=True),
    Index(None, "wijk", "person"),
    Index(None, "wijk", "due_at"),
    info=kept(
        "what a resident who does not read the chat must be told in another way",
        Ground.YES,
        "it was said, they read the chat again, or the lead ends",
        "one for each open lead of a resident who does not read the chat",
    ),
)
"""Of a lead only the newest word waits to be said."""
