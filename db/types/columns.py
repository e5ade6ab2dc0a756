"""The parts that tables share: what they belong to, names of constraints, columns of keys, partial indexes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, String, text

from db.types.held import nothing

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""How constraints and indexes are named, so that a migration can name them too."""

metadata = MetaData(naming_convention=NAMES)
"""What all tables belong to."""


def wijk() -> Column[str]:
    """Make the first column of every key."""
    return Column("wijk", String, primary_key=True, info=nothing("the wijk of which the row is"))


def id() -> Column[int]:
    """Make the column of a number that we draw ourselves."""
    return Column("id", BigInteger, primary_key=True, autoincrement=False, info=nothing("a number that is drawn"))


def those(where: str, name: str, *columns: Any) -> Index:
    """Make an index of only those rows for which `where` is true."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
