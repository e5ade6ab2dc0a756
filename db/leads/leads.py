"""Leads: a resident handed to a partner, with what they agreed to share, and the history of each.

Guards the rules that when two people move a lead at once only one succeeds, and that every move leaves an event.
`flows` decides which moves are allowed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from db.leads.consent import visits
from db.leads.due import Moments, Next
from db.leads.lead import KEEP, Lead, LeadEvent
from db.leads.needs import refuse_twice
from db.records import row_ids
from db.records.codes import new_code, new_token
from db.store import Upsert
from db.tables import lead_events, leads

_c = leads.c
COLUMNS = [_c[field.name] for field in fields(Lead)]
"""The columns of a lead, in the order of its fields."""

_CREATE = Upsert(
    lambda insert: insert(leads).on_conflict_do_nothing(index_elements=["wijk", "code"]).returning(*COLUMNS)
)
_EVENT = insert(lead_events)
_ALL = select(*COLUMNS).where(_c.wijk == bindparam("wijk"))
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
    needs: Sequence[tuple[str, str]] = (),
    most: int | None = None,
    urgent: bool,
    packet: Mapping[str, Any],
    language: str,
    now: datetime,
    next: Next | None,
    consent: int | None = None,
    open_notices: bool | None = None,
    claim_by: datetime | None = None,
    contact_by: datetime | None = None,
    together: str | None = None,
    status: str = "sent",
    reason: str | None = None,
    actor: str = "resident",
    continues: int | None = None,
    asked: str | None = None,
    choose: Callable[[str], str] = secrets.choice,
) -> Lead:
    """Make a lead with a code of its own, and its first event; RunsAlready when `refuse_twice` refuses it.

    `next` is who must do what comes now; None closes it at once. `choose` picks one character of the code. One that
    `continues` another, which is closed, is never refused.
    """
    if continues is None:
        refuse_twice(tx, wijk, resident, needs, urgent, most)
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
        "needs": [list(each) for each in needs] or None,
        "urgent": urgent,
        "status": status,
        "version": 1,
        "packet": dict(packet),
        "language": language,
        "created_at": now,
        "claim_by": claim_by,
        "contact_by": contact_by,
        "together": together,
        "closed_at": None if next else now,
        "reason": reason,
        "consent": consent,
        "open_notices": open_notices,
        "postponed": 0,
        "continues": continues,
        "asked": asked,
        **_waits(next),
    }
    attempt = 0
    while (made := tx.execute(_CREATE.on(tx), {**values, "code": new_code(choose, attempt)}).first()) is None:
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


def move(
    tx: Connection,
    wijk: str,
    id: int,
    version: int,
    to_status: str,
    *,
    next: Next | None,
    now: datetime,
    actor: str,
    assignee: str | None = KEEP,
    volunteer: str | None = KEEP,
    reason: str | None = None,
    inbox: str | None = None,
    moments: Moments | None = None,
    postponed: int | None = None,
) -> Lead | None:
    """Move a lead that is still at this version; None when somebody else was first, or when there is none.

    `next` is who must do what comes now, and before when; None ends it. What is not given stays, but a volunteer goes
    with the assignee (None: nobody), notes with the inbox, and when a lead ends with nobody. Whoever loses it knows its
    watchword: it has none until the resident is told another one, and they come to no visit. `reason` is a word from a
    list, because events are kept.
    """
    values: dict[str, Any] = {
        "status": to_status,
        "version": version + 1,
        "closed_at": None if next else now,
        "reason": reason,
        **_waits(next),
        **(moments._asdict() if moments else {}),
    }
    values |= {name: value for name, value in {"inbox": inbox, "postponed": postponed}.items() if value is not None}
    if assignee != KEEP:
        values |= {"assignee": assignee, "volunteer": None}
    if volunteer != KEEP:
        values["volunteer"] = volunteer
    before = get(tx, wijk, id)
    if before is None or before.version != version:
        return None
    if inbox not in (None, before.inbox) or (next is None and assignee is None):
        values["notes"] = None  # they were for its readers alone, and those see it no more
    had = before.assignee is not None or before.closed_at is not None  # of who was erased since only the end is left
    lost = inbox not in (None, before.inbox) or (assignee is None and had)
    if lost and before.watchwords and before.watchwords[-1]:
        values["watchwords"] = [*before.watchwords, ""]
    moved = tx.execute(
        update(leads).where(_c.wijk == wijk, _c.id == id, _c.version == version).values(values).returning(*COLUMNS)
    ).first()
    if moved is None:
        return None
    _note(tx, wijk, lead := Lead(*moved), before.status, actor, now)
    if next is None or lost:
        visits.leave(tx, wijk, id, now)
    elif before.assignee is not None and (before.assignee, before.volunteer) != (lead.assignee, lead.volunteer):
        visits.hand_over(tx, wijk, id, now)
    return lead


def pair(tx: Connection, wijk: str, id: int, code: str) -> None:
    """Note the code that this lead shares with the other lead of a combined visit."""
    tx.execute(update(leads).where(_c.wijk == wijk, _c.id == id).values(together=code))


def set_notices(tx: Connection, wijk: str, resident: str, named: bool) -> None:
    """Note for all leads of this resident whether notices may name who helps them."""
    tx.execute(update(leads).where(_c.wijk == wijk, _c.resident == resident).values(open_notices=named))


def set_watchword(tx: Connection, wijk: str, id: int, words: Sequence[str]) -> None:
    """Note all the watchwords that this lead had, the one that is said now last."""
    tx.execute(update(leads).where(_c.wijk == wijk, _c.id == id).values(watchwords=list(words)))


def events(tx: Connection, wijk: str, id: int) -> list[LeadEvent]:
    """Return the moves of this lead, in order."""
    e = lead_events.c
    history = select(*[e[field.name] for field in fields(LeadEvent)]).where(e.wijk == wijk, e.lead == id).order_by(e.n)
    return [LeadEvent(*row) for row in tx.execute(history)]


def _waits(next: Next | None) -> dict[str, Any]:
    """Return what is noted of who must do what comes next; its ladder begins at the bottom."""
    if next is None:
        return {"owner": None, "due_at": None, "rung": 0, "look_at": None}
    return {"owner": next.owner, "due_at": next.due_at, "rung": 0, "look_at": next.look_at or next.due_at}


def _one(tx: Connection, statement: Select[Any], values: Mapping[str, Any]) -> Lead | None:
    row = tx.execute(statement, dict(values)).first()
    return None if row is None else Lead(*row)


def _note(tx: Connection, wijk: str, lead: Lead, before: str | None, actor: str, now: datetime) -> None:
    event = LeadEvent(lead.version, before, lead.status, actor, lead.reason, now)
    tx.execute(_EVENT, {"wijk": wijk, "lead": lead.id, **asdict(event)})
