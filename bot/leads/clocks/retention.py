"""What is forgotten, and when. Rows in SQL, never timers in memory: a restart loses nothing that was promised.

Guards what `/privacy` tells residents. How long each thing is kept is said beside its column (`db/types/held.py`), and
`docs/retention.md` lists it. Whoever has a lead open that is blanked finds a neutral line in its place.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.loaded import Content
from bot.leads import notices
from bot.leads.clocks.doubt import believes
from bot.leads.recipients import closing
from bot.messages.message import REPORT, Outgoing
from db import tables
from db.leads import blanking, views
from db.leads.lead import Lead
from db.people import conversations, personal_data
from db.queue import sent_messages
from db.records import expiry
from db.store import Tx
from db.types.held import ANSWERS, LEADS

CLOCK = "forgetting.clock"
"""The name under which the moment of the last look is kept among the switches."""

PROOF = timedelta(days=1)
"""A clock that may have jumped is believed when so much has passed since the first doubt."""

SLICE = 100
"""The most of each kind that is forgotten in one transaction: people who tap wait for it."""


def forget_what_is_due(
    content: Content, tx: Tx, wijk: str, now: datetime, limit: int = SLICE
) -> tuple[dict[str, int], list[Outgoing]]:
    """Forget what is due, at most `limit` of each kind; return how many of each, and edits that blank open cards.

    It may run at any time, any number of times; nothing is left when it returns only zeros. Nothing is forgotten by a
    clock that seems to have jumped: what is gone would be gone for good.
    """
    if not believes(tx, wijk, CLOCK, now, PROOF):
        return {}, []
    closed = blanking.closed_before(tx, wijk, now - LEADS, limit)
    out = [each for lead in closed for each in _blanked_cards(content, tx, wijk, lead)]
    blanking.blank(tx, wijk, [lead.id for lead in closed])
    taken = _unsign_leads(tx, wijk, now, limit)
    left = conversations.left_before(tx, wijk, now, limit)
    personal_data.forget(tx, wijk, left)
    idle = conversations.idle_before(tx, wijk, now - ANSWERS, limit - len(left))
    conversations.empty(tx, wijk, idle)
    not_opened, old = notices.expire(content, tx, now, limit)
    out += not_opened
    done = expiry.forget(tx, wijk, now, limit, but=(tables.leads, tables.conversations, tables.sealed))
    return {
        "notices": old,
        "leads": len(closed),
        "taken": taken,
        "answers": len(idle),
        "people": len(left),
        **done,
    }, out


def _blanked_cards(content: Content, tx: Tx, wijk: str, lead: Lead) -> list[Outgoing]:
    """Return edits that blank every message in which a member can still read of this lead, not its resident."""
    card = closing(content, content.words.phrase("nl", "desk.forgotten", code=lead.code))
    shown = {(view.member, view.message) for view in views.of_lead(tx, wijk, lead.id)}
    shown |= {(one.person, one.message) for one in sent_messages.of_lead(tx, wijk, lead.id)}
    theirs = sorted(each for each in shown if each[0] != lead.resident)
    return [card.message(person, content.words, "nl", edit=message, priority=REPORT) for person, message in theirs]


def _unsign_leads(tx: Tx, wijk: str, now: datetime, limit: int) -> int:
    """Forget who took the leads that were closed long ago."""
    for until, columns in expiry.timed(tables.leads):
        if columns == [tables.leads.c.assignee]:
            return expiry.empty(tx, wijk, tables.leads, until, columns, now, limit)
    return 0
