"""The messages that each person was sent, for 30 days: when a lead is withdrawn or erased, those about it are blanked.

Guards the rule that nothing is noted of a person who was erased: the bot's last words reach them after the erasure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, delete, select, text

from db.store import Upsert, one_or_many
from db.tables import SOUNDS, conversations, sent_messages
from db.types.utc import UtcTime


class SentMessage(NamedTuple):
    """One message, by the channel's id of it, and the lead that it is about, if any.

    A sound cannot be emptied: it is deleted, and no later than `goes_at`.
    """

    person: str
    message: int
    lead: int | None = None
    goes_at: datetime | None = None


_c, _chat = sent_messages.c, conversations.c
_COLUMNS = (_c.person, _c.message, _c.lead, _c.goes_at)
_NEWEST = ("lead", "goes_at", "at")
# The lock waits for an erasure of this person that is going on, or the row would outlive them.
_OF_WHO_IS_KNOWN = (
    select(
        _chat.wijk,
        _chat.person,
        bindparam("number", type_=BigInteger),
        bindparam("about", type_=BigInteger),
        bindparam("until", type_=UtcTime),
        bindparam("now", type_=UtcTime),
    )
    .where(_chat.wijk == bindparam("in_wijk"), _chat.person == bindparam("to"))
    .with_for_update(read=True, key_share=True)
)
_ADD = Upsert(
    lambda insert: (
        into := insert(sent_messages).from_select([_c.wijk, *_COLUMNS, _c.at], _OF_WHO_IS_KNOWN)
    ).on_conflict_do_update(
        index_elements=["wijk", "person", "message"],
        set_={each: into.excluded[each] for each in _NEWEST},
    )
)
_OF_LEAD = (
    select(*_COLUMNS).where(_c.wijk == bindparam("wijk"), _c.lead == bindparam("lead")).order_by(_c.person, _c.message)
)
_OF_PERSON = (
    select(*_COLUMNS)
    .where(_c.wijk == bindparam("wijk"), _c.person == bindparam("person"), _c.lead.is_not(None))
    .order_by(_c.message)
)
_ABOUT = select(_c.lead).where(
    _c.wijk == bindparam("wijk"), _c.person == bindparam("person"), _c.message == bindparam("message")
)

_AT = select(_c.at).where(
    _c.wijk == bindparam("wijk"), _c.person == bindparam("person"), _c.message == bindparam("message")
)


def add(tx: Connection, wijk: str, messages: Sequence[SentMessage], now: datetime) -> None:
    """Note these messages, all at once, but none of a person without a conversation: a group, or somebody erased."""
    rows = [
        {"in_wijk": wijk, "to": one.person, "number": one.message, "about": one.lead, "until": one.goes_at, "now": now}
        for one in sorted(messages, key=lambda one: one.person)  # in the order in which turns lock people
    ]
    if rows:
        tx.execute(_ADD.on(tx), one_or_many(rows))


def of_lead(tx: Connection, wijk: str, lead: int) -> list[SentMessage]:
    """Return the messages about this lead that anybody was sent."""
    return [SentMessage(*row) for row in tx.execute(_OF_LEAD, {"wijk": wijk, "lead": lead})]


def about_leads(tx: Connection, wijk: str, person: str) -> list[SentMessage]:
    """Return the messages about any lead that this person was sent."""
    return [SentMessage(*row) for row in tx.execute(_OF_PERSON, {"wijk": wijk, "person": person})]


def about(tx: Connection, wijk: str, person: str, message: int) -> int | None:
    """Return the lead that this message to this person is about; None when it is about none, or nobody knows."""
    return tx.execute(_ABOUT, {"wijk": wijk, "person": person, "message": message}).scalar()


def sent_at(tx: Connection, wijk: str, person: str, message: int) -> datetime | None:
    """Return when this message arrived at this person; None when nobody knows (any more)."""
    return tx.execute(_AT, {"wijk": wijk, "person": person, "message": message}).scalar()


def recent(tx: Connection, wijk: str, person: str, since: datetime) -> set[int]:
    """Return the ids of the messages that this person was sent since that moment."""
    found = select(_c.message).where(_c.wijk == wijk, _c.person == person, _c.at >= since)
    return set(tx.execute(found).scalars())


def take(tx: Connection, wijk: str, person: str, since: datetime, before: int) -> list[int]:
    """Return the ids of what this person was sent since that moment, below the id `before`, and forget them."""
    found = delete(sent_messages).where(_c.wijk == wijk, _c.person == person, _c.at >= since, _c.message < before)
    return list(tx.execute(found.returning(_c.message)).scalars())


def take_old(tx: Connection, wijk: str, person: str, until: datetime, before: int, limit: int) -> list[int]:
    """Return at most `limit` ids of what this person was sent until then, below the id `before`, and forget them.

    The newest come first.
    """
    theirs = (_c.wijk == wijk, _c.person == person, _c.message < before)
    newest = select(_c.message).where(*theirs, _c.at < until).order_by(_c.message.desc()).limit(limit)
    found = list(tx.execute(newest).scalars())
    if found:
        tx.execute(delete(sent_messages).where(*theirs, _c.message.in_(found)))
    return found


def take_sounds(tx: Connection, wijk: str, now: datetime, limit: int) -> list[SentMessage]:
    """Return at most `limit` sounds that must be deleted by now, the first first, and forget them."""
    found = select(*_COLUMNS).where(_c.wijk == wijk, _c.goes_at <= now, text(SOUNDS))
    due = [SentMessage(*row) for row in tx.execute(found.order_by(_c.goes_at).limit(limit))]
    this = (_c.wijk == wijk, _c.person == bindparam("whose"), _c.message == bindparam("which"))
    if due:
        tx.execute(delete(sent_messages).where(*this), [{"whose": one.person, "which": one.message} for one in due])
    return due


def forget(tx: Connection, wijk: str, person: str) -> None:
    """Forget the messages that this person was sent."""
    tx.execute(delete(sent_messages).where(_c.wijk == wijk, _c.person == person))
