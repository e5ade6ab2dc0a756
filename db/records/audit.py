"""The audit: who did or opened what, and when, never its content."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, insert, select

from db.records import row_ids
from db.tables import audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `what` is a word such as `lead.opened`; `actor` is a person, or `resident` or `erased`."""

    at: datetime
    actor: str
    what: str
    lead: int | None


_c = audit.c


def add(tx: Connection, wijk: str, actor: str, what: str, now: datetime, lead: int | None = None) -> None:
    """Note an act; `what` holds no content."""
    row = {"wijk": wijk, "id": row_ids.draw(tx, wijk), "at": now, "actor": actor, "what": what, "lead": lead}
    tx.execute(insert(audit), row)


def since(tx: Connection, wijk: str, moment: datetime) -> list[Entry]:
    """Return the acts from this moment on, in order."""
    columns = [_c[field.name] for field in fields(Entry)]
    rows = tx.execute(select(*columns).where(_c.wijk == wijk, _c.at >= moment).order_by(_c.at, _c.id))
    return [Entry(*row) for row in rows]
