"""The messages in which members have a lead open. Guards the rule that each is known, so that it can be blanked.

An edited message is known when the turn ends, a new one when it was delivered. By then its member may be erased:
nothing is noted of a member without a conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, delete, select

from db.store import Upsert, one_or_many
from db.tables import conversations, lead_views


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
