"""Own words in the register: the name of a koppelkans, or one line about what came of it.

Guards the rule that nobody can be reached or found by them: no number to call, no address of mail, no link.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.loaded import Content
from bot.messages.card import Card, Choice
from bot.messages.taps.members import RegisterTap
from bot.messages.turn import Turn
from bot.register import moves, notices
from bot.register.parties import keeps, own, title
from db.people import members
from db.records.register import opportunities
from db.records.register.opportunities import Opportunity
from flows.hear.contact import holds_contact
from flows.model.effects import Relay
from flows.model.names import NAME_OPPORTUNITY, NOT_SENT, WELCOME
from flows.model.place import Place

OWN = "own"
"""The title of a koppelkans that somebody named in own words."""


def begin(content: Content, turn: Turn, step: str, about: int = 0) -> None:
    """Let a member's next words name a new koppelkans, or say what came of the one with this number."""
    turn.place = content.walk.begin_at(turn.place or Place(WELCOME, language="nl"), step, about)


def keep(content: Content, turn: Turn, words: Relay) -> Opportunity | None:
    """Keep what a member typed, if they still may; else say why not."""
    organisations = own(content, members.of(turn.tx, turn.wijk.id, turn.sender))
    text = " ".join(words.text.split())
    one = opportunities.get(turn.tx, turn.wijk.id, words.lead) if words.lead else None
    again = RegisterTap("line", one.token) if one else RegisterTap("own")
    if not organisations:
        return _refuse(content, turn, "gone", RegisterTap())
    if holds_contact(text):
        return _refuse(content, turn, "no_contact", again)
    if not words.lead:
        one = moves.name(turn, organisations[0], OWN, text)
        if turn.place is not None:
            turn.place = replace(turn.place, about=one.id)
        return one
    if one is None or one.closed_at is None or not keeps(one, organisations):
        return _refuse(content, turn, "changed", RegisterTap())
    return opportunities.change(turn.tx, turn.wijk.id, one, line=text)


def _refuse(content: Content, turn: Turn, key: str, tap: RegisterTap) -> Opportunity | None:
    label = "own" if tap.act == "own" else "line" if tap.act == "line" else "back"
    turn.say(turn.me, Card(notices.phrase(content, key), ((Choice(notices.phrase(content, label), tap),),)))
    if turn.place is not None:
        turn.place = turn.place.moved(NOT_SENT, ())
    return None


def named(content: Content, turn: Turn, step: str, about: int) -> str:
    """Return what the words at this step are about, for the card that asks for them."""
    one = opportunities.get(turn.tx, turn.wijk.id, about) if about and step != NAME_OPPORTUNITY else None
    return title(content, turn, one) if one else notices.phrase(content, "new_name")
