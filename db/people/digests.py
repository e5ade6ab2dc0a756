"""Digests: at which hour a member reads once a day what waits, instead of a notice each time.

Guards the rule that nothing is sent twice: the next moment is noted in the statement that asks for the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from db.store import Upsert
from db.tables import digests


@dataclass(frozen=True, slots=True)
class Digest:
    """At which hour this person reads it, when the next one is due, and since when there may be news in it."""

    person: str
    hour: int
    due_at: datetime
    since: datetime


_c = digests.c
_COLUMNS = [_c[field.name] for field in fields(Digest)]
_PUT = Upsert(
    lambda insert: (into := insert(digests)).on_conflict_do_update(
        index_elements=["wijk", "person"], set_={name: into.excluded[name] for name in ("hour", "due_at", "since")}
    )
)
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_OF = _ALL.where(_c.person == bindparam("person"))
_DUE = _ALL.where(_c.due_at <= bindparam("now")).order_by(_c.due_at).limit(bindparam("limit"))


def put(tx: Connection, wijk: str, digest: Digest) -> None:
    """Note at which hour this person reads a digest from now on."""
    tx.execute(_PUT.on(tx), {"wijk": wijk} | {field.name: getattr(digest, field.name) for field in fields(Digest)})


def of(tx: Connection, wijk: str, person: str) -> Digest | None:
    """Return the digest of this person; None for who reads each notice at once."""
    row = tx.execute(_OF, {"wijk": wijk, "person": person}).first()
    return Digest(*row) if row is not None else None


def due(tx: Connection, wijk: str, now: datetime, limit: int) -> list[Digest]:
    """Return at most `limit` digests of which the hour has come, those that wait longest first."""
    return [Digest(*row) for row in tx.execute(_DUE, {"wijk": wijk, "now": now, "limit": limit})]


def note(tx: Connection, wijk: str, digest: Digest, due_at: datetime, since: datetime) -> bool:
    """Note when the next one is due, and since when there may be news in it; False when it changed since."""
    same = _c.person == digest.person, _c.due_at == digest.due_at
    values = {"due_at": due_at, "since": since}
    return tx.execute(update(digests).where(_c.wijk == wijk, *same).values(values)).rowcount == 1


def forget(tx: Connection, wijk: str, person: str) -> None:
    """Let this person read each notice at once again."""
    tx.execute(delete(digests).where(_c.wijk == wijk, _c.person == person))
