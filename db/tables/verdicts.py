"""What residents say of help that ended: whether they were helped."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, String, Table

from db.types.columns import metadata, those, wijk
from db.types.held import Ground, Then, kept, nothing, of_lead
from db.types.utc import UtcTime

verdicts = Table(
    "verdicts",
    metadata,
    wijk(),
    Column("lead", BigInteger, primary_key=True, autoincrement=False, info=of_lead("which one", Then.STAYS)),
    Column("n", Integer, primary_key=True, autoincrement=False, info=nothing("the move that ended it")),
    Column("ask_at", UtcTime, info=nothing("when its resident is asked")),
    Column("asked_at", UtcTime, info=nothing("when they were asked")),
    Column("said", String, info=nothing("what they said, as a word from a list")),
    Column("said_at", UtcTime, info=nothing("when they said it")),
    Column("thanked_at", UtcTime, info=nothing("when they thanked whoever helped")),
    ForeignKeyConstraint(["wijk", "lead"], ["leads.wijk", "leads.id"]),
    those("ask_at IS NOT NULL", "ix_verdicts_ask", "wijk", "ask_at"),
    info=kept(
        "what residents say of help that ended: whether they were helped",
        Ground.ACCOUNT,
        "it stays with its lead, to be counted; of nobody, once that is blanked",
        "one for each time that a lead ended",
    ),
)
"""`n` is that of the event by which the lead ended, so that both words stand side by side: who helped, and the
resident."""
