"""The people who work here: members of partners, and coordinators. One person may have several memberships.

Guards the rule that a member who blocked the bot does not count as a reader of an inbox.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, false, func, select

from db.store import Upsert
from db.tables import conversations, memberships

PARTNER: Final = "partner"
COORDINATOR: Final = "coordinator"


@dataclass(frozen=True, slots=True)
class Member:
    """One membership of a person. `role` is `partner` or `coordinator`; `name` is what residents may read.

    `organisation` is a partner's id, or `coordinator`.
    """

    person: str
    organisation: str
    role: str
    name: str
    joined_at: datetime


_c = memberships.c
_COLUMNS = [_c[field.name] for field in fields(Member)]
_JOIN = Upsert(
    lambda insert: (into := insert(memberships)).on_conflict_do_update(
        index_elements=["wijk", "person", "organisation", "role"], set_={"name": into.excluded.name}
    )
)
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk")).order_by(_c.joined_at, _c.person, _c.organisation)
_OF = _ALL.where(_c.person == bindparam("person"))
_chat = conversations.c
_BLOCKED = select(_chat.blocked).where(_chat.wijk == _c.wijk, _chat.person == _c.person).scalar_subquery()
_READS = func.coalesce(_BLOCKED, false()).is_(false())
"""True for a member who did not block the bot. It is looked up per member: a join may go through all conversations,
most of which are residents'.
"""
_MEMBERS_OF = _ALL.where(_c.organisation == bindparam("organisation"), _READS)
_COORDINATORS = _ALL.where(_c.role == COORDINATOR, _READS)
_STAFFED = select(_c.organisation).where(_c.wijk == bindparam("wijk"), _READS).distinct()


def join(tx: Connection, wijk: str, person: str, organisation: str, role: str, name: str, now: datetime) -> Member:
    """Give this person a membership beside those they have; ValueError for an unknown role.

    Joining the same organisation in the same role again changes the name only.
    """
    if role not in (PARTNER, COORDINATOR):
        raise ValueError(f"no such role: {role}")
    member = Member(person, organisation, role, name, now)
    tx.execute(_JOIN.on(tx), {"wijk": wijk, **{field.name: getattr(member, field.name) for field in fields(Member)}})
    return member


def of(tx: Connection, wijk: str, person: str) -> list[Member]:
    """Return the memberships of this person, the oldest first; none for a person who does not work here."""
    return _members(tx, _OF, {"wijk": wijk, "person": person})


def members_of(tx: Connection, wijk: str, organisation: str) -> list[Member]:
    """Return the members of this organisation who can be reached, in the order in which they joined."""
    return _members(tx, _MEMBERS_OF, {"wijk": wijk, "organisation": organisation})


def coordinators(tx: Connection, wijk: str) -> list[Member]:
    """Return the coordinators who can be reached, in the order in which they joined."""
    return _members(tx, _COORDINATORS, {"wijk": wijk})


def staffed(tx: Connection, wijk: str) -> frozenset[str]:
    """Return the organisations whose inbox has a reader."""
    return frozenset(tx.execute(_STAFFED, {"wijk": wijk}).scalars())


def leave(tx: Connection, wijk: str, person: str) -> list[Member]:
    """End every membership of this person and return those that ended."""
    gone = tx.execute(delete(memberships).where(_c.wijk == wijk, _c.person == person).returning(*_COLUMNS))
    return [Member(*row) for row in gone]


def _members(tx: Connection, statement: Select[Any], values: dict[str, str]) -> list[Member]:
    return [Member(*row) for row in tx.execute(statement, values)]
