"""Counts, switches and the audit: what is noted beside people and leads."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Date, Index, Integer, String, Table

from db.types.columns import id, metadata, wijk
from db.types.held import AUDIT, COUNTS, GROUPS, MOST_FAULTS, Ground, Then, Until, kept, names, nothing, of_lead
from db.types.utc import UtcTime

keys_in_use = Table(
    "keys_in_use",
    metadata,
    Column("key", String, primary_key=True, info=nothing("the name of a key, not the key")),
    Column("since", UtcTime, nullable=False, info=nothing("since when")),
    info=kept("with which keys something may be encrypted", Ground.NOBODY, "it stays", "one for each key"),
)
"""The name of every key with which something in this store may be encrypted: of the whole store, not of a wijk."""

row_ids = Table(
    "row_ids",
    metadata,
    wijk(),
    Column("last", BigInteger, nullable=False, info=nothing("a number")),
    info=kept("the last number that was given to a row", Ground.NOBODY, "it stays", "one for each wijk"),
)
"""The last number given out; leads, consents, disclosures and audit entries draw from it."""

switches = Table(
    "switches",
    metadata,
    wijk(),
    Column("name", String, primary_key=True, info=nothing("which one")),
    Column("value", JSON, nullable=False, info=nothing("how it stands")),
    Column(
        "changed_by",
        String,
        info=names("who turned it last", Then.EMPTY, Until("a year after it was turned", AUDIT, since="changed_at")),
    ),
    Column("changed_at", UtcTime, nullable=False, info=nothing("when")),
    info=kept(
        "the switches of the coordinator and of partners, and the bot's own notes",
        Ground.ACCOUNT,
        "it stays",
        "one for each switch and partner",
    ),
)

link_counts = Table(
    "link_counts",
    metadata,
    wijk(),
    Column("code", String, primary_key=True, info=nothing("the code on a poster")),
    Column("day", Date, primary_key=True, info=nothing("the day")),
    Column("count", Integer, nullable=False, info=nothing("how often, never by whom")),
    Index(None, "wijk", "day"),
    info=kept(
        "how often a link was used on a day",
        Ground.NOBODY,
        Until("800 days, to compare two years", COUNTS, since="day"),
        "the newest 10,000",
        MOST_FAULTS,
    ),
)

group_answers = Table(
    "group_answers",
    metadata,
    wijk(),
    Column("hash", String, primary_key=True, info=nothing("a keyed fingerprint of a group's address")),
    Column("day", Date, nullable=False, info=nothing("the day")),
    Index(None, "wijk", "day"),
    info=kept(
        "on which day a group was answered; of nobody in it",
        Ground.NOBODY,
        Until("the day is over everywhere", GROUPS, since="day"),
        "the groups of a day",
    ),
)
"""On which day a group got its pointer; `hash` is the keyed fingerprint of its address. Nobody in it is noted."""

audit = Table(
    "audit",
    metadata,
    wijk(),
    id(),
    Column("at", UtcTime, nullable=False, info=nothing("when")),
    Column(
        "actor",
        String,
        nullable=False,
        info=names("the member who did it; of a resident only that it was one", Then.WRITTEN_OVER),
    ),
    Column("what", String, nullable=False, info=nothing("a word from a list, no content")),
    Column("lead", BigInteger, info=of_lead("which lead", Then.STAYS)),
    Index(None, "wijk", "at"),
    Index(None, "wijk", "actor"),
    info=kept(
        "who did or opened what, without content",
        Ground.ACCOUNT,
        Until("a year", AUDIT, since="at"),
        "what members do in a year",
    ),
)
