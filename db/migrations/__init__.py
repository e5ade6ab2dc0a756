"""The history of the tables: one for both engines, run by the store itself, so no settings file is needed.

alembic is imported only when there is something to do: it would cost a third of a second and ten MB at every start.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"

HEAD = max(each.name.partition("_")[0] for each in VERSIONS.glob("[0-9]*_*.py"))
"""The newest revision in `versions`: their names begin with four digits."""


def current(tx: Connection) -> bool:
    """Return whether the tables are those of the newest revision."""
    if not inspect(tx).has_table("alembic_version"):
        return False
    return list(tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()) == [HEAD]


def newer(tx: Connection) -> str:
    """Return the revision of tables that a newer version of the bot made, or an empty text."""
    if not inspect(tx).has_table("alembic_version"):
        return ""
    found = tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
    return max((each for each in found if each > HEAD), default="")


def settings(tx: Connection) -> Config:
    """Return the configuration that tells alembic where the history is, and in which transaction it runs."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    return config


def upgrade(tx: Connection) -> None:
    """Bring the tables up to date within this transaction, which `Store.rebuilding` must have opened."""
    from alembic import command

    command.upgrade(settings(tx), "head")
