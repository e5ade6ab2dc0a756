"""Give memberships and invitations a random handle each, by which a coordinator removes one or takes one back."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def upgrade() -> None:
    """Go forwards; there is no way back but a backup."""
    for table, key in (("memberships", ("person", "organisation", "role")), ("invitations", ("code",))):
        op.add_column(table, sa.Column("handle", sa.String))
        _fill(table, ("wijk", *key))
        op.create_index(f"uq_{table}_wijk_handle", table, ["wijk", "handle"], unique=True)


def _fill(name: str, key: tuple[str, ...]) -> None:
    tx = op.get_bind()
    table = sa.Table(name, sa.MetaData(), autoload_with=tx)
    this = [table.c[column] == sa.bindparam(f"of_{column}") for column in key]
    rows = [
        {**{f"of_{column}": value for column, value in zip(key, row, strict=True)}, "drawn": _drawn()}
        for row in tx.execute(sa.select(*(table.c[column] for column in key)))
    ]
    if rows:
        tx.execute(sa.update(table).where(*this).values(handle=sa.bindparam("drawn")), rows)


def _drawn() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(8))
