"""Everything that is stored about one person: shown on request, erased on request.

Guards the rule that "forget me" is one verb, in one transaction. What stays holds no person: that a lead or a
consent existed, when, and how it ended.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from db import tables
from db.leads import consents, leads, views
from db.leads.leads import Lead
from db.people import addresses, conversations, members
from db.queue import outbox, sent_messages

ERASED: Final = "erased"
"""Stands for a person who did something and was erased since."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did. `withdrawn` are the leads that were still open, as they are now: without packet or resident.

    The caller tells their inboxes and assignees. `leads` and `consents` count all that were blanked.
    """

    conversation: bool
    messages: int
    leads: int
    withdrawn: list[Lead]
    consents: int
    member: bool


def everything(tx: Connection, wijk: str, person: str, now: datetime) -> Erased:
    """Erase this person, as a resident and as a member; waiting messages about their leads go too."""
    own = _lock(tx, wijk, person)
    withdrawn = []
    for lead in own:
        if lead.closed_at is None:
            leads.move(tx, wijk, lead.id, lead.version, "withdrawn", closed=True, now=now, actor="resident")
        leads.blank(tx, wijk, lead.id, and_who=True)
        if lead.closed_at is None and (blanked := leads.get(tx, wijk, lead.id)):
            withdrawn.append(blanked)
    messages = outbox.drop_for(tx, wijk, person) + outbox.drop_about(tx, wijk, [lead.id for lead in own])
    for lead in own:
        views.forget_lead(tx, wijk, lead.id)
    sent_messages.forget(tx, wijk, person)
    forgotten = conversations.forget(tx, wijk, person)
    anonymised = consents.anonymise(tx, wijk, person)
    member = bool(members.leave(tx, wijk, person))
    views.forget_member(tx, wijk, person)
    _unsign(tx, wijk, person)
    return Erased(forgotten, messages, len(own), withdrawn, anonymised, member)


def show(tx: Connection, wijk: str, person: str) -> dict[str, Any]:
    """Return what is stored about this person, as plain data; what is not stored is left out."""
    c = tables.conversations.c
    conversation = tx.execute(
        select(c.language, c.place, c.card, c.revision, c.step, c.blocked, c.updated_at).where(
            c.wijk == wijk, c.person == person
        )
    ).first()
    o = tables.outbox.c
    waiting = tx.execute(select(o.payload, o.due).where(o.wijk == wijk, o.to == person).order_by(o.id))
    found: dict[str, Any] = {
        "conversation": conversation and dict(conversation._mapping),
        "messages": [dict(row._mapping) for row in waiting],
        "leads": [asdict(lead) for lead in leads.of_resident(tx, wijk, person)],
        "consents": [asdict(consent) for consent in consents.of(tx, wijk, person)],
        "memberships": [asdict(member) for member in members.of(tx, wijk, person)],
        "addresses": addresses.of(tx, wijk, [person]).get(person),
    }
    return {name: data for name, data in found.items() if data}


def _lock(tx: Connection, wijk: str, person: str) -> list[Lead]:
    c = tables.leads.c
    rows = tx.execute(select(c.id).where(c.wijk == wijk, c.resident == person).order_by(c.id).with_for_update()).all()
    return leads.of_resident(tx, wijk, person) if rows else []


def _unsign(tx: Connection, wijk: str, person: str) -> None:
    """Remove this person from every column that says who did something."""
    for table, column, instead in (
        (tables.leads, "assignee", None),
        (tables.leads, "sender", None),
        (tables.consents, "sender", None),
        (tables.lead_events, "actor", ERASED),
        (tables.disclosures, "member", None),
        (tables.invitations, "made_by", None),
        (tables.invitations, "used_by", None),
        (tables.switches, "changed_by", None),
        (tables.audit, "actor", ERASED),
    ):
        tx.execute(update(table).where(table.c.wijk == wijk, table.c[column] == person).values({column: instead}))
