"""The questions whether a lead may go on to another organisation, which wait for the yes of its resident."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, String, Table

from db.types.columns import metadata, those, wijk
from db.types.held import Ground, Then, kept, names, nothing, of_lead
from db.types.utc import UtcTime

passings = Table(
    "passings",
    metadata,
    wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False, info=of_lead("which one", Then.ROW)),
    Column("token", String, nullable=False, info=nothing("64 random bits that name the question in its buttons")),
    Column("to", String, nullable=False, info=nothing("to which organisation")),
    Column("why", String, nullable=False, info=nothing("why, as a word from a list")),
    Column("asks", String, nullable=False, info=nothing("what is asked of it, as a word from a list")),
    Column("by", String, info=names("the member who asked", Then.EMPTY)),
    Column("language", String, nullable=False, info=nothing("in which language it was asked")),
    Column("asked_at", UtcTime, nullable=False, info=nothing("when")),
    Column("keeps", Boolean, info=nothing("that its member keeps the lead: the other one comes in beside them")),
    Column("said", String, info=nothing("that the resident wants to talk first, as a word from a list")),
    Column("rung", Integer, nullable=False, info=nothing("who heard that no answer came")),
    Column("look_at", UtcTime, info=nothing("when the clock looks at it again")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    Index("uq_passings_wijk_token", "wijk", "token", unique=True),
    Index(None, "wijk", "by"),
    those("look_at IS NOT NULL", "ix_passings_look", "wijk", "look_at"),
    info=kept(
        "what a resident was asked: whether their question may go on to another organisation",
        Ground.YES,
        "they answer, it is taken back, or the lead leaves the inbox, ends or is blanked",
        "one for each open lead",
    ),
)
"""At most one open question for each lead. What would be shared is the packet of the lead itself."""
