"""Private notes of those who read an inbox about a lead of theirs.

Guards the rule that nobody else who works here reads them: they go when the lead goes to another inbox, and with it.
"""

from __future__ import annotations

from datetime import datetime

from bot.content.loaded import ZONE, Content
from bot.leads.recipients import closing, role_at
from bot.messages.turn import Turn
from db.leads import leads, views
from db.leads.lead import Lead
from db.people import members
from flows.model.effects import Relay
from flows.model.names import NOT_SENT

ADD = "note"
"""What the button carries, in place of a move of the desk's table."""

KEPT = 3
"""So many notes are kept; of more the oldest go."""


def may_note(content: Content, lead: Lead, role: str) -> bool:
    """Return whether this role may note something on this lead: it is open, and somebody may still look at it."""
    return lead.closed_at is None and lead.packet is not None and content.desk.may(f"lead.{ADD}", role)


def keep(content: Content, turn: Turn, words: Relay) -> None:
    """Keep what a reader of its inbox typed about a lead, if they still may; else say that it changed."""
    lead = leads.get(turn.tx, turn.wijk.id, words.lead)
    here = members.of(turn.tx, turn.wijk.id, turn.sender)
    if lead is not None and any(may_note(content, lead, role_at(content, each, lead)) for each in here):
        views.note(turn.tx, turn.wijk.id, lead.id, words.text, turn.now, KEPT)
        return
    turn.say(turn.me, closing(content, content.words.phrase("nl", "desk.not_kept")))
    if turn.place is not None:
        turn.place = turn.place.moved(NOT_SENT, ())


def lines(content: Content, lead: Lead) -> list[str]:
    """Return the notes as readers see them, the newest last."""
    return [
        content.words.phrase("nl", "desk.noted", at=content.words.day_and_time("nl", moment(at)), text=text)
        for at, text in lead.notes or ()
    ]


def moment(at: str) -> datetime:
    """Return when something was noted, as the wijk's clocks say it."""
    return datetime.fromisoformat(at).astimezone(ZONE)
