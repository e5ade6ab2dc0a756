"""The visits that a resident and who helps them agree on: which times were proposed, and how each stands."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, String, Table

from db.types.columns import metadata, those, wijk
from db.types.encrypted import EncryptedJson
from db.types.held import Ground, Then, kept, names, nothing, of_lead, tells
from db.types.utc import UtcTime

visits = Table(
    "visits",
    metadata,
    wijk(),
    Column("token", String, primary_key=True, info=nothing("64 random bits that name it in its buttons")),
    Column("lead", BigInteger, nullable=False, info=of_lead("of which lead the times come", Then.ROW)),
    Column("other", BigInteger, info=of_lead("which lead's helper comes along", Then.EMPTY)),
    Column("resident", String, nullable=False, info=names("who is visited", Then.ROW)),
    Column("status", String, nullable=False, info=tells("how it stands, as a word from a list", "resident")),
    Column("times", EncryptedJson, nullable=False, info=tells("the times that were proposed and agreed", "resident")),
    Column("sequence", Integer, nullable=False, info=nothing("how often the appointment changed")),
    Column("version", Integer, nullable=False, info=nothing("how often anything about it changed")),
    Column("gone", String, info=nothing("which half comes no more, until that is told; a word from a list")),
    Column("look_at", UtcTime, info=nothing("when the clock looks at it")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"], name="fk_visits_lead"),
    ForeignKeyConstraint(["wijk", "other"], ["leads.wijk", "leads.id"], name="fk_visits_other"),
    Index("uq_visits_wijk_lead", "wijk", "lead", unique=True),
    Index("uq_visits_wijk_other", "wijk", "other", unique=True),
    Index(None, "wijk", "resident"),
    those("look_at IS NOT NULL", "ix_visits_look", "wijk", "look_at"),
    info=kept(
        "the visit to a resident: the times that were proposed, what was agreed",
        Ground.YES,
        "a newer visit takes its place, or the lead is blanked",
        "one for each lead",
    ),
)
"""At most one visit for each lead, and one for the two leads of which the helpers come together."""
