"""Leads: a resident handed to a partner, with what they agreed to share, and the history of each.

Guards the rules that when two people move a lead at once only one succeeds, and that every move leaves an event.
`flows` decides which moves are allowed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, insert, select, text, update

from db.leads.codes import new_code, new_token
from db.records import row_ids
from db.store import Upsert
from db.tables import WITH_PACKET, lead_events, leads

KEEP: Final = "\0keep"
"""Stands for the assignee that the lead has already."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead. `resident`, `sender` and `packet` are None once it was erased. `token` names it in buttons, only there.

    `resident` is the person it is about, `sender` the person who tapped; they differ when a worker fills in.

    `inbox` is the one that really receives it: that of a partner, or `coordinator`. `together` is the code that the
    leads of a combined visit share. `consent` is the ledger entry that the lead rests on.
    """

    id: int
    token: str
    code: str
    resident: str | None
    sender: str | None
    partner: str
    inbox: str
    row: str
    topic: list[str]
    urgent: bool
    status: str
    version: int
    assignee: str | None
    packet: dict[str, Any] | None
    language: str
    created_at: datetime
    claim_by: datetime | None
    contact_by: datetime | None
    first_viewed_at: datetime | None
    together: str | None
    closed_at: datetime | None
    reason: str | None
    consent: int | None


@dataclass(frozen=True, slots=True)
class LeadEvent:
    """One move. `n` is the version that the lead got by it; `before` is None for the move that made the lead."""

    n: int
    before: str | None
    after: str
    actor: str
    reason: str | None
    at: datetime


_c = leads.c
_COLUMNS = [_c[field.name] for field in fields(Lead)]
_CREATE = Upsert(
    lambda insert: insert(leads).on_conflict_do_nothing(index_elements=["wijk", "code"]).returning(*_COLUMNS)
)
_EVENT = insert(lead_events)
_ALL = select(*_COLUMNS).where(_c.wijk == bindparam("wijk"))
_GET = _ALL.where(_c.id == bindparam("id"))
_BY_TOKEN = _ALL.where(_c.token == bindparam("token"))
_BY_CODE = _ALL.where(_c.code == bindparam("code"))
_OF_RESIDENT = _ALL.where(_c.resident == bindparam("person")).order_by(_c.id)
_TAKEN_BY = _ALL.where(_c.assignee == bindparam("assignee"), _c.closed_at.is_(None)).order_by(_c.id)
_OPEN_OF_INBOXES = (
    _ALL.where(_c.inbox.in_(bindparam("inboxes", expanding=True)), _c.closed_at.is_(None))
    .order_by(_c.urgent.desc(), _c.created_at, _c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)


def create(
    tx: Connection,
    wijk: str,
    *,
    resident: str,
    sender: str,
    partner: str,
    inbox: str,
    row: str,
    topic: Sequence[str],
    urgent: bool,
    packet: Mapping[str, Any],
    language: str,
    now: datetime,
    consent: int | None = None,
    claim_by: datetime | None = None,
    contact_by: datetime | None = None,
    together: str | None = None,
    status: str = "sent",
    closed: bool = False,
    reason: str | None = None,
    actor: str = "resident",
    choose: Callable[[str], str] = secrets.choice,
) -> Lead:
    """Make a lead with a code of its own, and its first event. `choose` picks one character of the code."""
    values = {
        "wijk": wijk,
        "id": row_ids.draw(tx, wijk),
        "token": new_token(),
        "resident": resident,
        "sender": sender,
        "partner": partner,
        "inbox": inbox,
        "row": row,
        "topic": list(topic),
        "urgent": urgent,
        "status": status,
        "version": 1,
        "packet": dict(packet),
        "language": language,
        "created_at": now,
        "claim_by": claim_by,
        "contact_by": contact_by,
        "together": together,
        "closed_at": now if closed else None,
        "reason": reason,
        "consent": consent,
    }
    attempt = 0
    while True:
        made = tx.execute(_CREATE.on(tx), {**values, "code": new_code(choose, attempt)}).first()
        if made is not None:
            break
        attempt += 1
    lead = Lead(*made)
    _note(tx, wijk, lead, None, actor, now)
    return lead


def get(tx: Connection, wijk: str, id: int) -> Lead | None:
    """Return this lead, or None."""
    return _one(tx, _GET, {"wijk": wijk, "id": id})


def by_token(tx: Connection, wijk: str, token: str) -> Lead | None:
    """Return the lead that a button names, or None for a token that no lead here has."""
    return _one(tx, _BY_TOKEN, {"wijk": wijk, "token": token})


def by_code(tx: Connection, wijk: str, code: str) -> Lead | None:
    """Return the lead with this code as a person typed it, or None; capitals and spaces around it do not matter."""
    return _one(tx, _BY_CODE, {"wijk": wijk, "code": code.strip().upper()})


def of_resident(tx: Connection, wijk: str, person: str) -> list[Lead]:
    """Return all leads of this resident that were not erased, the oldest first."""
    return [Lead(*row) for row in tx.execute(_OF_RESIDENT, {"wijk": wijk, "person": person})]


def taken_by(tx: Connection, wijk: str, assignee: str) -> list[Lead]:
    """Return the open leads that this member took, the oldest first."""
    return [Lead(*row) for row in tx.execute(_TAKEN_BY, {"wijk": wijk, "assignee": assignee})]


def open_of_inboxes(tx: Connection, wijk: str, inboxes: Sequence[str], limit: int = 50, offset: int = 0) -> list[Lead]:
    """Return the open leads of these inboxes together: urgent ones first, then the oldest."""
    page = {"wijk": wijk, "inboxes": list(inboxes), "limit": limit, "offset": offset}
    return [Lead(*row) for row in tx.execute(_OPEN_OF_INBOXES, page)]


def count_of_inbox(tx: Connection, wijk: str, inbox: str) -> int:
    """Count the open leads of this inbox."""
    open_ones = (
        select(func.count()).select_from(leads).where(_c.wijk == wijk, _c.inbox == inbox, _c.closed_at.is_(None))
    )
    return int(tx.execute(open_ones).scalar_one())


def count_open(tx: Connection, wijk: str) -> int:
    """Count the open leads of the whole wijk."""
    in_any = _c.inbox > ""  # always true; without it SQLite would not count in the index of open leads
    open_ones = select(func.count()).select_from(leads).where(_c.wijk == wijk, in_any, _c.closed_at.is_(None))
    return int(tx.execute(open_ones).scalar_one())


def move(
    tx: Connection,
    wijk: str,
    id: int,
    version: int,
    to_status: str,
    *,
    closed: bool,
    now: datetime,
    actor: str,
    assignee: str | None = KEEP,
    reason: str | None = None,
    inbox: str | None = None,
) -> Lead | None:
    """Move a lead that is still at this version; None when somebody else was first, or when there is none.

    `closed` says whether the new status ends the lead. The assignee stays unless one is given (None: nobody), and so
    does the inbox. `reason` is a word from a list, never a person's own words, because events are kept.
    """
    values: dict[str, Any] = {
        "status": to_status,
        "version": version + 1,
        "closed_at": now if closed else None,
        "reason": reason,
    }
    if assignee != KEEP:
        values["assignee"] = assignee
    if inbox is not None:
        values["inbox"] = inbox
    before = get(tx, wijk, id)
    if before is None or before.version != version:
        return None
    moved = tx.execute(
        update(leads).where(_c.wijk == wijk, _c.id == id, _c.version == version).values(values).returning(*_COLUMNS)
    ).first()
    if moved is None:
        return None
    lead = Lead(*moved)
    _note(tx, wijk, lead, before.status, actor, now)
    return lead


def viewed(tx: Connection, wijk: str, id: int, now: datetime) -> bool:
    """Note when a partner first looked at this lead; return True only that first time."""
    first = (
        update(leads)
        .where(_c.wijk == wijk, _c.id == id, _c.first_viewed_at.is_(None))
        .values(first_viewed_at=now)
        .returning(_c.id)
    )
    return tx.execute(first).first() is not None


def pair(tx: Connection, wijk: str, id: int, code: str) -> None:
    """Note the code that this lead shares with the other lead of a combined visit."""
    tx.execute(update(leads).where(_c.wijk == wijk, _c.id == id).values(together=code))


def blank(tx: Connection, wijk: str, id: int, *, and_who: bool = False) -> None:
    """Erase the packet of this lead, and with `and_who` also its resident and sender; the rest stays, to be counted."""
    erased: dict[str, Any] = {"packet": None} | ({"resident": None, "sender": None} if and_who else {})
    tx.execute(update(leads).where(_c.wijk == wijk, _c.id == id).values(erased))


def blank_closed_before(tx: Connection, wijk: str, moment: datetime, limit: int) -> int:
    """Erase packet, resident and sender of at most `limit` leads closed before this moment; return how many.

    Those closed first go first.
    """
    old = select(_c.id).where(_c.wijk == wijk, _c.closed_at < moment, text(WITH_PACKET)).order_by(_c.closed_at)
    found = tx.execute(old.limit(limit)).scalars().all()
    if found:
        tx.execute(
            update(leads).where(_c.wijk == wijk, _c.id.in_(found)).values(packet=None, resident=None, sender=None)
        )
    return len(found)


def events(tx: Connection, wijk: str, id: int) -> list[LeadEvent]:
    """Return the moves of this lead, in order."""
    e = lead_events.c
    history = select(*[e[field.name] for field in fields(LeadEvent)]).where(e.wijk == wijk, e.lead == id).order_by(e.n)
    return [LeadEvent(*row) for row in tx.execute(history)]


def _one(tx: Connection, statement: Select[Any], values: Mapping[str, Any]) -> Lead | None:
    row = tx.execute(statement, dict(values)).first()
    return None if row is None else Lead(*row)


def _note(tx: Connection, wijk: str, lead: Lead, before: str | None, actor: str, now: datetime) -> None:
    event = LeadEvent(lead.version, before, lead.status, actor, lead.reason, now)
    tx.execute(_EVENT, {"wijk": wijk, "lead": lead.id, **asdict(event)})
