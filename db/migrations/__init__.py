"""The history of the tables: one for both engines, run by the store itself, so no file of settings is needed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def settings(tx: Connection) -> Config:
    """What alembic must know: where the history is, and in whose transaction it runs."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    return config


def upgrade(tx: Connection) -> None:
    """Bring the tables up to date within this transaction, which `Store.rebuilding` must have opened."""
    command.upgrade(settings(tx), "head")
