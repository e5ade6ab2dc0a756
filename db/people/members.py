"""The people who work here: members of partners, coordinators and their deputies. One person may have several
memberships.

Guards the rule that a member who blocked the bot does not count as a reader of an inbox.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, false, func, select, update

from db.records.codes import new_handle
from db.store import Upsert
from db.tables import conversations, memberships

PARTNER: Final = "partner"
COORDINATOR: Final = "coordinator"
DEPUTY: Final = "deputy"
"""Stands in for the coordinator: a membership of the same organisation, `coordinator`."""

CONNECTOR: Final = "connector"
"""A wijkverbinder: a membership of the organisation of the same name, which has no inbox."""


@dataclass(frozen=True, slots=True)
class Member:
    """One membership of a person. `role` is `partner`, `coordinator`, `deputy` or `connector`; `name` is what
    residents may read.

    `organisation` is a partner's id, `coordinator` or `connector`. `handle` names this membership, and no other one
    ever. `call_for` are at most two lines of their own: what others who work here may call them for.
    """

    person: str
    organisation: str
    role: str
    name: str
    joined_at: datetime
    handle: str
    call_for: str | None = None


_c = memberships.c
_COLUMNS = [_c[field.name] for field in fields(Member)]
_JOIN = Upsert(
    lambda insert: (
        (into := insert(memberships))
        .on_conflict_do_update(
            index_elements=["wijk", "person", "organisation", "role"], set_={"name": into.excluded.name}
        )
        .returning(*_COLUMNS)
    )
)
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk")).order_by(_c.joined_at, _c.person, _c.organisation)
_OF = _ALL.where(_c.person == bindparam("person"))
_BY_HANDLE = _ALL.where(_c.handle == bindparam("handle"))
_WHO_JOINED = _ALL.where(_c.organisation == bindparam("organisation"))
_chat = conversations.c
_BLOCKED = select(_chat.blocked).where(_chat.wijk == _c.wijk, _chat.person == _c.person).scalar_subquery()
_READS = func.coalesce(_BLOCKED, false()).is_(false())
"""True for a member who did not block the bot. It is looked up per member: a join may go through all conversations,
most of which are residents'.
"""
_MEMBERS_OF = _WHO_JOINED.where(_READS)
_AMONG = (
    select(_c.person).where(_c.wijk == bindparam("wijk"), _c.person.in_(bindparam("people", expanding=True))).distinct()
)
_STAFFED = select(_c.organisation).where(_c.wijk == bindparam("wijk"), _READS).distinct()


def join(tx: Connection, wijk: str, person: str, organisation: str, role: str, name: str, now: datetime) -> Member:
    """Give this person a membership beside those they have; ValueError for an unknown role.

    Joining the same organisation in the same role again changes the name only. In another role it replaces the first:
    a deputy becomes coordinator.
    """
    if role not in (PARTNER, COORDINATOR, DEPUTY, CONNECTOR):
        raise ValueError(f"no such role: {role}")
    here = (_c.wijk == wijk, _c.person == person, _c.organisation == organisation)
    tx.execute(delete(memberships).where(*here, _c.role != role))
    member = Member(person, organisation, role, name, now, new_handle())
    row = {"wijk": wijk, **{field.name: getattr(member, field.name) for field in fields(Member)}}
    return Member(*tx.execute(_JOIN.on(tx), row).one())


def of(tx: Connection, wijk: str, person: str) -> list[Member]:
    """Return the memberships of this person, the oldest first; none for a person who does not work here."""
    return _members(tx, _OF, {"wijk": wijk, "person": person})


def by_handle(tx: Connection, wijk: str, handle: str) -> Member | None:
    """Return the membership with this handle, or None when it has ended or never was."""
    return next(iter(_members(tx, _BY_HANDLE, {"wijk": wijk, "handle": handle})), None)


def members_of(tx: Connection, wijk: str, organisation: str) -> list[Member]:
    """Return the members of this organisation who can be reached, in the order in which they joined."""
    return _members(tx, _MEMBERS_OF, {"wijk": wijk, "organisation": organisation})


def who_joined(tx: Connection, wijk: str, organisation: str = "") -> list[Member]:
    """Return all members of this organisation, or of all, also those who cannot be reached; the oldest first."""
    if not organisation:
        return _members(tx, _ALL, {"wijk": wijk})
    return _members(tx, _WHO_JOINED, {"wijk": wijk, "organisation": organisation})


def coordinators(tx: Connection, wijk: str) -> list[Member]:
    """Return the coordinators and deputies who can be reached, in the order in which they joined."""
    return members_of(tx, wijk, COORDINATOR)


def among(tx: Connection, wijk: str, people: Collection[str]) -> set[str]:
    """Return those of these people who work here, whether they read the chat or not."""
    return set(tx.execute(_AMONG, {"wijk": wijk, "people": sorted(people)}).scalars()) if people else set()


def staffed(tx: Connection, wijk: str) -> frozenset[str]:
    """Return the organisations whose inbox has a reader."""
    return frozenset(tx.execute(_STAFFED, {"wijk": wijk}).scalars())


def say_call_for(tx: Connection, wijk: str, handle: str, words: str | None) -> bool:
    """Keep what the holder of this membership may be called for, or with None nothing; False when it has ended."""
    kept = update(memberships).where(_c.wijk == wijk, _c.handle == handle).values(call_for=words)
    return tx.execute(kept.returning(_c.handle)).first() is not None


def end(tx: Connection, wijk: str, handle: str) -> bool:
    """End the membership with this handle; False when it had ended before."""
    gone = delete(memberships).where(_c.wijk == wijk, _c.handle == handle).returning(_c.handle)
    return tx.execute(gone).first() is not None


def leave(tx: Connection, wijk: str, person: str) -> list[Member]:
    """End every membership of this person and return those that ended."""
    gone = tx.execute(delete(memberships).where(_c.wijk == wijk, _c.person == person).returning(*_COLUMNS))
    return [Member(*row) for row in gone]


def _members(tx: Connection, statement: Select[Any], values: dict[str, str]) -> list[Member]:
    return [Member(*row) for row in tx.execute(statement, values)]
