"""Counts, switches and the audit: what is noted beside people and leads."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Date, Index, Integer, String, Table

from db.types.columns import id, metadata, wijk
from db.types.utc import UtcTime

row_ids = Table("row_ids", metadata, wijk(), Column("last", BigInteger, nullable=False))
"""The last number given out; leads, consents, disclosures and audit entries draw from it."""

switches = Table(
    "switches",
    metadata,
    wijk(),
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("changed_by", String),
    Column("changed_at", UtcTime, nullable=False),
)

link_counts = Table(
    "link_counts",
    metadata,
    wijk(),
    Column("code", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)

group_answers = Table(
    "group_answers",
    metadata,
    wijk(),
    Column("hash", String, primary_key=True),
    Column("day", Date, nullable=False),
    Index(None, "wijk", "day"),
)
"""On which day a group got its pointer; `hash` is the keyed fingerprint of its address. Nobody in it is noted."""

audit = Table(
    "audit",
    metadata,
    wijk(),
    id(),
    Column("at", UtcTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("what", String, nullable=False),
    Column("lead", BigInteger),
    Index(None, "wijk", "at"),
    Index(None, "wijk", "actor"),
)
