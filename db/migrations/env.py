"""Runs the history inside the transaction that the store opened; alembic reads this file by its name.

Guards the rule that no table is rebuilt with SQLite's foreign keys on: that would delete the rows that refer to it.
A rebuild also drops the table's triggers: a revision that rebuilds an append-only table must make them again.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from db.tables import metadata

tx: Connection = context.config.attributes["connection"]
if tx.dialect.name == "sqlite" and tx.exec_driver_sql("PRAGMA foreign_keys").scalar():
    raise RuntimeError("a migration must run with foreign keys off: use Store.rebuilding")

context.configure(
    connection=tx,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
