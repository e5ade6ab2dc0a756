"""The page that says what is kept of a person, until when, and what an erasure does: `docs/retention.md`.

It is made from what is said beside each column (`db/types/held.py`), so it cannot say anything else than the code does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Table

from db.tables import metadata
from db.types.held import Kept, said_of

_TOP = """\
# What is kept, and until when

Made by `make charts` from what is said beside each column in `db/tables/`; do not edit it by hand. The erasure
(/verwijder), what people are shown (/mijngegevens) and the clock that forgets are made from the same lines. A column
without a line fails `make check`.

A *person* is a random number; addresses and names are encrypted. *As its row* means: until the row goes. "A lead is
blanked" means: its resident stopped or erased everything, or it closed 30 days ago. What is encrypted is marked 🔒.
"""


def retention_page() -> str:
    """Return the page: first the tables that can hold anything of a person, then the others."""
    tables = sorted(metadata.tables.values(), key=lambda table: (not _of_anybody(table), table.name))
    return "\n".join([_TOP, *(_told(table) for table in tables)])


def _of_anybody(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if said_of(column).of]


def _told(table: Table) -> str:
    said: Kept = table.info["kept"]
    lines = [
        f"## {table.name}: {said.what}",
        "",
        f"Ground: {said.ground}. A row stays until: {said.until.words}. At most: {said.bound}.",
        "",
    ]
    held = _of_anybody(table)
    if held:
        lines += ["| column | what it holds | of whom | until | at an erasure |", "|---|---|---|---|---|"]
        lines += [_line(column) for column in held]
        lines.append("")
    rest = [column for column in table.columns if not said_of(column).of]
    lines += [f"Nothing of anybody: {_listed(rest)}.", ""]
    return "\n".join(lines)


def _line(column: Column[Any]) -> str:
    said = said_of(column)
    secret = " 🔒" if type(column.type).__name__.startswith("Encrypted") else ""
    whose = "names the person" if said.of == "itself" else f"`{said.of}`"
    until = said.until.words if said.until else "as its row"
    return f"| `{column.name}`{secret} | {said.what} | {whose} | {until} | {said.then} |"


def _listed(columns: Sequence[Column[Any]]) -> str:
    parts = []
    for column in columns:
        said = said_of(column)
        more = f"; when the lead is blanked: {said.blanked}" if said.blanked else ""
        parts.append(f"`{column.name}` ({said.what}{more})")
    return ", ".join(parts)
