"""The messages that each person was sent, for 30 days: when a lead is withdrawn or erased, those about it are blanked.

Guards the rule that nothing is noted of a person who was erased: the bot's last words reach them after the erasure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, delete, select

from db.store import Upsert, one_or_many
from db.tables import conversations, sent_messages
from db.types.utc import UtcTime


class SentMessage(NamedTuple):
    """One message, by the channel's id of it, and the lead that it is about, if any."""

    person: str
    message: int
    lead: int | None = None


_c, _chat = sent_messages.c, conversations.c
_COLUMNS = (_c.person, _c.message, _c.lead)
# The lock waits for an erasure of this person that is going on, or the row would outlive them.
_OF_WHO_IS_KNOWN = (
    select(
        _chat.wijk,
        _chat.person,
        bindparam("number", type_=BigInteger),
        bindparam("about", type_=BigInteger),
        bindparam("now", type_=UtcTime),
    )
    .where(_chat.wijk == bindparam("in_wijk"), _chat.person == bindparam("to"))
    .with_for_update(read=True, key_share=True)
)
_ADD = Upsert(
    lambda insert: (
        into := insert(sent_messages).from_select([_c.wijk, *_COLUMNS, _c.at], _OF_WHO_IS_KNOWN)
    ).on_conflict_do_update(
        index_elements=["wijk", "person", "message"], set_={"lead": into.excluded.lead, "at": into.excluded.at}
    )
)
_OF_LEAD = (
    select(*_COLUMNS).where(_c.wijk == bindparam("wijk"), _c.lead == bindparam("lead")).order_by(_c.person, _c.message)
)
_OLD = (
    select(_c.person, _c.message)
    .where(_c.wijk == bindparam("wijk"), _c.at < bindparam("before"))
    .order_by(_c.at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)  # of a person who is erased at this moment
)
_FORGET = delete(sent_messages).where(
    _c.wijk == bindparam("in_wijk"), _c.person == bindparam("to"), _c.message == bindparam("number")
)


def add(tx: Connection, wijk: str, messages: Sequence[SentMessage], now: datetime) -> None:
    """Note these messages, all at once, but none of a person without a conversation: a group, or somebody erased."""
    rows = [
        {"in_wijk": wijk, "to": one.person, "number": one.message, "about": one.lead, "now": now}
        for one in sorted(messages, key=lambda one: one.person)  # in the order in which turns lock people
    ]
    if rows:
        tx.execute(_ADD.on(tx), one_or_many(rows))


def of_lead(tx: Connection, wijk: str, lead: int) -> list[SentMessage]:
    """Return the messages about this lead that anybody was sent."""
    return [SentMessage(*row) for row in tx.execute(_OF_LEAD, {"wijk": wijk, "lead": lead})]


def forget(tx: Connection, wijk: str, person: str) -> None:
    """Forget the messages that this person was sent."""
    tx.execute(delete(sent_messages).where(_c.wijk == wijk, _c.person == person))


def forget_before(tx: Connection, wijk: str, moment: datetime, limit: int) -> int:
    """Forget at most `limit` messages that were sent before this moment; return how many."""
    found = tx.execute(_OLD, {"wijk": wijk, "before": moment, "limit": limit}).all()
    if found:
        tx.execute(_FORGET, [{"in_wijk": wijk, "to": row.person, "number": row.message} for row in found])
    return len(found)
