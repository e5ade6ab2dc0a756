"""The people who work here: members of partners, and coordinators. One person has one place in a wijk.

Guards the rule that whoever blocked the bot reads nothing, so they do not count among those who read an inbox.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, false, func, select

from db.store import Upsert
from db.tables import conversations, members

PARTNER: Final = "partner"
COORDINATOR: Final = "coordinator"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works here. `role` is `partner` or `coordinator`; `name` is what residents may read."""

    address: str
    partner: str
    role: str
    name: str
    joined_at: datetime


_c = members.c
_COLUMNS = [_c[field.name] for field in fields(Member)]
_JOIN = Upsert(
    lambda insert: (into := insert(members)).on_conflict_do_update(
        index_elements=["wijk", "address"],
        set_={name: into.excluded[name] for name in ("partner", "role", "name", "joined_at")},
    )
)
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk")).order_by(_c.joined_at, _c.address)
_MEMBER = _ALL.where(_c.address == bindparam("address"))
_chat = conversations.c
_BLOCKED = select(_chat.blocked).where(_chat.wijk == _c.wijk, _chat.key == _c.address).scalar_subquery()
_READS = func.coalesce(_BLOCKED, false()).is_(false())
"""Looked up per member, which a join is not always: most conversations are of residents."""
_MEMBERS_OF = _ALL.where(_c.partner == bindparam("partner"), _READS)
_COORDINATORS = _ALL.where(_c.role == COORDINATOR, _READS)
_STAFFED = select(_c.partner).where(_c.wijk == bindparam("wijk"), _READS).distinct()


def join(tx: Connection, wijk: str, address: str, partner: str, role: str, name: str, now: datetime) -> Member:
    """Make this person a member; joining another organisation replaces the first. ValueError for an unknown role."""
    if role not in (PARTNER, COORDINATOR):
        raise ValueError(f"no such role: {role}")
    row = {"wijk": wijk, "address": address, "partner": partner, "role": role, "name": name, "joined_at": now}
    tx.execute(_JOIN.on(tx), row)
    return Member(address, partner, role, name, now)


def member(tx: Connection, wijk: str, address: str) -> Member | None:
    """Who this is, or None for somebody who does not work here."""
    found = _members(tx, _MEMBER, {"wijk": wijk, "address": address})
    return found[0] if found else None


def members_of(tx: Connection, wijk: str, partner: str) -> list[Member]:
    """Everybody of this organisation who can be reached, in the order in which they joined."""
    return _members(tx, _MEMBERS_OF, {"wijk": wijk, "partner": partner})


def coordinators(tx: Connection, wijk: str) -> list[Member]:
    """Everybody who keeps the whole and can be reached, in the order in which they joined."""
    return _members(tx, _COORDINATORS, {"wijk": wijk})


def staffed(tx: Connection, wijk: str) -> frozenset[str]:
    """The organisations of which somebody reads the inbox."""
    return frozenset(tx.execute(_STAFFED, {"wijk": wijk}).scalars())


def leave(tx: Connection, wijk: str, address: str) -> Member | None:
    """This person no longer works here; gives who it was."""
    gone = tx.execute(delete(members).where(_c.wijk == wijk, _c.address == address).returning(*_COLUMNS)).first()
    return None if gone is None else Member(*gone)


def _members(tx: Connection, statement: Select[Any], values: dict[str, str]) -> list[Member]:
    return [Member(*row) for row in tx.execute(statement, values)]
