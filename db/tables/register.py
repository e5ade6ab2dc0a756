"""The register of koppelkansen: joint actions of organisations, what they ask of one another, and how often what comes
together. Nothing here is of anybody: organisations act, and what is counted is counted when it happens.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Date, Index, Integer, String, Table

from db.types.columns import id, metadata, those, wijk
from db.types.encrypted import EncryptedText
from db.types.held import AUDIT, COUNTS, MOST_FAULTS, Ground, Until, kept, nothing
from db.types.utc import UtcTime

OPEN = "closed_at IS NULL"
"""Say so in a query about koppelkansen that are open: it uses their index then."""

opportunities = Table(
    "opportunities",
    metadata,
    wijk(),
    id(),
    Column("token", String, nullable=False, info=nothing("random letters that name it in buttons")),
    Column("version", BigInteger, nullable=False, info=nothing("how many changes there were")),
    Column("title", String, nullable=False, info=nothing("its name, as a word from a list")),
    Column("words", EncryptedText, info=nothing("its name in own words, of nobody")),
    Column("pair", String, info=nothing("what came together often, when it reported itself")),
    Column("status", String, nullable=False, info=nothing("how it stands")),
    Column("owner", String, nullable=False, info=nothing("the organisation that keeps it going")),
    Column("parties", JSON, nullable=False, info=nothing("which organisations, and what they said")),
    Column("named_in", String, info=nothing("where it was named, as a word from a list")),
    Column("made_at", UtcTime, nullable=False, info=nothing("when it was named")),
    Column("due_at", UtcTime, nullable=False, info=nothing("when its owner is asked how it goes")),
    Column("asked_at", UtcTime, info=nothing("when its owner was asked")),
    Column("mood", String, info=nothing("how it went, as a word from a list")),
    Column("result", String, info=nothing("what came of it, as a word from a list")),
    Column("line", EncryptedText, info=nothing("what came of it in one own line, of nobody")),
    Column("closed_at", UtcTime, info=nothing("when it ended")),
    those(OPEN, "ix_opportunities_open", "wijk", "due_at"),
    Index("uq_opportunities_wijk_token", "wijk", "token", unique=True),
    Index(None, "wijk", "closed_at"),
    info=kept(
        "koppelkansen: what organisations try together",
        Ground.NOBODY,
        Until("800 days after it ended, to compare two years", COUNTS, since="closed_at"),
        "what organisations name",
    ),
)
"""`parties` holds a row for each organisation: its id, what it said (`yes`, `no` or nothing yet), and when."""

support_requests = Table(
    "support_requests",
    metadata,
    wijk(),
    Column("token", String, primary_key=True, info=nothing("random letters that name it in buttons")),
    Column("opportunity", BigInteger, nullable=False, info=nothing("for which koppelkans")),
    Column("what", String, nullable=False, info=nothing("what is asked, as a word from a list")),
    Column("asker", String, nullable=False, info=nothing("which organisation asks")),
    Column("made_at", UtcTime, nullable=False, info=nothing("when")),
    Column("due_at", UtcTime, nullable=False, info=nothing("until when an answer is awaited")),
    Column("helper", String, info=nothing("which organisation helps")),
    Column("ended_at", UtcTime, info=nothing("when it was answered, or nobody did")),
    those("ended_at IS NULL", "ix_support_requests_due", "wijk", "due_at"),
    Index(None, "wijk", "opportunity"),
    Index(None, "wijk", "made_at"),
    info=kept(
        "what one koppelkans asks all others for",
        Ground.NOBODY,
        Until("a year", AUDIT, since="made_at"),
        "what organisations ask",
    ),
)

pair_counts = Table(
    "pair_counts",
    metadata,
    wijk(),
    Column("week", Date, primary_key=True, info=nothing("the Monday of the week")),
    Column("kind", String, primary_key=True, info=nothing("worries or services")),
    Column("pair", String, primary_key=True, info=nothing("which two")),
    Column("services", String, primary_key=True, info=nothing("which services do the two")),
    Column("count", Integer, nullable=False, info=nothing("how often, never by whom")),
    info=kept(
        "how often two worries or two services came together in a week",
        Ground.NOBODY,
        Until("a year", AUDIT, since="week"),
        "the newest 10,000",
        MOST_FAULTS,
    ),
)
"""Counted when it happens and of nobody: an erasure changes nothing here."""
