"""A message to the other side of a lead that rang the alarm: what its writer hears, and *Toch versturen*.

Guards two rules: such words go to nobody unless their writer says so once more, and nothing of them is stored. The
danger card is a reply to the message, so that the channel gives the words back when the button is tapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.loaded import Content
from bot.leads.relay import may_write
from bot.messages.buttons import SendAnywayTap
from bot.messages.card import Card, Choice
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.leads import Lead
from db.people import members
from flows.model.effects import Effect, Show
from flows.model.heard import Text
from flows.model.names import TO_PARTNER, TO_RESIDENT
from flows.model.place import Place


def held_back(turn: Turn, place: Place) -> bool:
    """Return whether the words that were just typed are a message about a lead, which went to nobody."""
    return isinstance(turn.incoming.heard, Text) and place.step in (TO_PARTNER, TO_RESIDENT)


def told(content: Content, turn: Turn, place: Place, danger: Card, languages: Sequence[str]) -> Card:
    """Return the danger card that says so too, below the numbers, with the button to send the words anyway.

    `languages` are those of the card; its buttons are in the first one.
    """
    lead = leads.get(turn.tx, turn.wijk.id, place.about)
    key = "relay.unsent" if place.step == TO_PARTNER else "relay.unsent_resident"
    text = "\n\n".join((danger.text, *(content.words.phrase(each, key) for each in languages)))
    rows = danger.choices
    if lead is not None:
        rows = (*rows[:-1], (_button(content, languages[0], lead, place),), *rows[-1:])
    return replace(danger, text=text, choices=rows)


def insist(content: Content, turn: Turn, tap: SendAnywayTap) -> tuple[Effect, ...]:
    """Let the writer's words go on as if they had not rung the alarm; every other rule for a message holds.

    A writer who has moved since the button was drawn is asked once more, in a message with a button of its own: so a
    second tap on one button sends nothing. When the channel does not give the words back, they can be typed again.
    """
    lead, place = leads.by_token(turn.tx, turn.wijk.id, tap.lead), turn.place
    step = _writes_at(turn, lead) if lead is not None else ""
    if lead is None or not step or place is None:
        turn.say(turn.me, Card(content.words.phrase(turn.language, "relay.closed")))
        return ()
    quoted = turn.incoming.quoted
    if quoted is not None and place.revision != tap.revision:
        again = Card(
            content.words.phrase(turn.language, "relay.once_more"), ((_button(content, turn.language, lead, place),),)
        )
        turn.say(turn.me, again, reply_to=quoted.message)
        return ()
    place = turn.place = content.walk.begin_at(place, step, lead.id)
    if quoted is None:
        return (Show("relay.type_again", fresh=True),)
    stepped = content.walk.typed(place, quoted.text, turn.wijk)
    turn.place = stepped.place
    return tuple(replace(each, fresh=True) if isinstance(each, Show) else each for each in stepped.effects)


def _writes_at(turn: Turn, lead: Lead) -> str:
    """Return the step at which this person writes about the lead; an empty text when they may not."""
    if lead.closed_at is not None:
        return ""
    if lead.resident == turn.me:
        return TO_PARTNER
    return TO_RESIDENT if any(may_write(lead, each) for each in members.of(turn.tx, turn.wijk.id, turn.me)) else ""


def _button(content: Content, language: str, lead: Lead, place: Place) -> Choice:
    return Choice(content.words.phrase(language, "relay.send_anyway"), SendAnywayTap(lead.token, place.revision))
