"""What readers of an inbox leave on a lead: the messages in which they have it open, their first look, their notes.

Guards the rule that each message in which a lead is open is known, so that it can be blanked.

An edited message is known when the turn ends, a new one when it was delivered. By then its member may be erased:
nothing is noted of a member without a conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, delete, select, update

from db.store import Upsert, one_or_many
from db.tables import conversations, lead_views, leads


class View(NamedTuple):
    """One message in which a member has a lead open."""

    lead: int
    member: str
    message: int


_c = lead_views.c
_COLUMNS = (_c.lead, _c.member, _c.message)
_OF_WHO_IS_KNOWN = (
    select(
        conversations.c.wijk,
        bindparam("of", type_=BigInteger),
        conversations.c.person,
        bindparam("in", type_=BigInteger),
    )
    .where(conversations.c.wijk == bindparam("in_wijk"), conversations.c.person == bindparam("to"))
    .with_for_update(read=True, key_share=True)
)
_ADD = Upsert(
    lambda insert: insert(lead_views).from_select([_c.wijk, *_COLUMNS], _OF_WHO_IS_KNOWN).on_conflict_do_nothing()
)
_OF_LEAD = (
    select(*_COLUMNS).where(_c.wijk == bindparam("wijk"), _c.lead == bindparam("lead")).order_by(_c.member, _c.message)
)
_OF_MEMBER = (
    select(*_COLUMNS)
    .where(_c.wijk == bindparam("wijk"), _c.member == bindparam("member"))
    .order_by(_c.lead, _c.message)
)


def add(tx: Connection, wijk: str, views: Sequence[View]) -> None:
    """Note these messages, all at once; known ones stay as they are."""
    rows = [
        {"in_wijk": wijk, "of": view.lead, "to": view.member, "in": view.message}
        for view in sorted(views, key=lambda view: view.member)  # in the order in which turns lock people
    ]
    if rows:
        tx.execute(_ADD.on(tx), one_or_many(rows))


def of_lead(tx: Connection, wijk: str, lead: int) -> list[View]:
    """Return every message in which a member has this lead open."""
    return [View(*row) for row in tx.execute(_OF_LEAD, {"wijk": wijk, "lead": lead})]


def of_member(tx: Connection, wijk: str, member: str) -> list[View]:
    """Return every message in which this member has a lead open."""
    return [View(*row) for row in tx.execute(_OF_MEMBER, {"wijk": wijk, "member": member})]


def forget_lead(tx: Connection, wijk: str, lead: int) -> None:
    """Forget who has this lead open; the caller blanks those messages."""
    tx.execute(delete(lead_views).where(_c.wijk == wijk, _c.lead == lead))


def forget_those(tx: Connection, wijk: str, member: str, leads: Sequence[int]) -> None:
    """Forget that this member has these leads open; the caller blanks those messages."""
    if leads:
        tx.execute(delete(lead_views).where(_c.wijk == wijk, _c.member == member, _c.lead.in_(leads)))


def forget_messages(tx: Connection, wijk: str, member: str, messages: Sequence[int]) -> None:
    """Forget that this member had leads open in these messages, which are deleted."""
    if messages:
        tx.execute(delete(lead_views).where(_c.wijk == wijk, _c.member == member, _c.message.in_(messages)))


def forget_member(tx: Connection, wijk: str, member: str) -> None:
    """Forget which leads this member has open; the caller blanks those messages."""
    tx.execute(delete(lead_views).where(_c.wijk == wijk, _c.member == member))


def viewed(tx: Connection, wijk: str, id: int, now: datetime) -> bool:
    """Note when a partner first looked at this lead; return True only that first time."""
    lead = leads.c
    first = (
        update(leads)
        .where(lead.wijk == wijk, lead.id == id, lead.first_viewed_at.is_(None))
        .values(first_viewed_at=now)
        .returning(lead.id)
    )
    return tx.execute(first).first() is not None


def note(tx: Connection, wijk: str, id: int, text: str, now: datetime, most: int) -> None:
    """Note these words on a lead, with the moment as ISO text; of more than `most` the oldest go."""
    here = (leads.c.wijk == wijk, leads.c.id == id)
    kept = tx.execute(select(leads.c.notes).where(*here).with_for_update()).scalar_one() or []
    tx.execute(update(leads).where(*here).values(notes=[*kept, [now.isoformat(), text]][-most:]))
