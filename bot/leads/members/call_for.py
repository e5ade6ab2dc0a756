"""What a member may be called for: at most two lines of their own, on each membership.

Guards two rules: nothing in them reaches or finds anybody (no number, no mail, no link), and they belong to the
membership, so they go with it at once.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads.recipients import inbox_name
from bot.messages.card import Card
from bot.messages.turn import Turn
from db.people import members
from db.people.members import Member
from flows.hear.contact import holds_contact
from flows.model.effects import Relay
from flows.model.names import CALL_FOR, NOT_SENT, WELCOME
from flows.model.place import Place

MOST = 2
"""Lines that a member may have."""


def lines(member: Member) -> list[str]:
    """Return what this member may be called for."""
    return member.call_for.split("\n") if member.call_for else []


def begin(content: Content, turn: Turn, member: Member, line: int) -> None:
    """Let the member's next words be this line of theirs, counted from 0."""
    about = int(member.handle, 36) * MOST + line
    turn.place = content.walk.begin_at(turn.place or Place(WELCOME, language="nl"), CALL_FOR, about)


def of(turn: Turn, about: int) -> Member | None:
    """Return the membership of the sender that this number names; None when it has ended, or is somebody else's."""
    here = members.of(turn.tx, turn.wijk.id, turn.sender)
    return next((each for each in here if int(each.handle, 36) == about // MOST), None)


def named(content: Content, turn: Turn, about: int) -> str:
    """Return for which organisation the words at this place are, for the card that asks for them."""
    member = of(turn, about)
    return inbox_name(content, turn, member.organisation) if member else ""


def keep(content: Content, turn: Turn, words: Relay) -> Member | None:
    """Keep what a member typed as a line of theirs, if they still work there; else say why not."""
    member, text = of(turn, words.lead), " ".join(words.text.split())
    if member is None or holds_contact(text):
        key = "who.gone" if member is None else "register.no_contact"
        turn.say(turn.me, Card(content.words.phrase("nl", key)))
        if turn.place is not None:
            turn.place = turn.place.moved(NOT_SENT, ())
        return member
    said, line = lines(member), words.lead % MOST
    said[line : line + 1] = [text]
    members.say_call_for(turn.tx, turn.wijk.id, member.handle, "\n".join(said[:MOST]))
    return of(turn, words.lead)


def erase(turn: Turn, member: Member) -> None:
    """Keep nothing any more of what this member may be called for."""
    members.say_call_for(turn.tx, turn.wijk.id, member.handle, None)
