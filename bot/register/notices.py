"""What organisations are told about koppelkansen, as cards with the buttons that answer. Dutch only."""

from __future__ import annotations

from bot.content.loaded import ZONE, Content
from bot.leads.recipients import inbox_name
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import RegisterTap
from bot.messages.turn import Turn
from bot.register.parties import pair_name, title
from db.records.register.opportunities import NO, YES, Opportunity
from db.records.register.support import SupportRequest

MOODS = ("good", "slow")
"""How a koppelkans can go, while it goes on."""


def phrase(content: Content, key: str, **fields: object) -> str:
    """Return a sentence of the register, in Dutch."""
    return content.words.phrase("nl", f"register.{key}", **fields)


def answers(content: Content, one: Opportunity, organisation: str) -> Rows:
    """Return the two answers of this organisation, which is asked to take part; its button speaks for no other one."""
    return tuple(
        (Choice(phrase(content, key), RegisterTap(key, one.token, organisation, one.version)),) for key in (YES, NO)
    )


def moods(content: Content, one: Opportunity) -> Rows:
    """Return the answers to how it goes: well, slowly, done, or stop."""
    good, slow = (Choice(phrase(content, each), RegisterTap("review", one.token, each, one.version)) for each in MOODS)
    done = Choice(phrase(content, "done"), RegisterTap("done", one.token, version=one.version))
    stop = Choice(phrase(content, "stop"), RegisterTap("stop", one.token, version=one.version))
    return (good, slow), (done, stop)


def view(content: Content, one: Opportunity) -> Rows:
    """Return the way to a koppelkans."""
    return ((Choice(phrase(content, "view"), RegisterTap("view", one.token)),),)


def invitation(content: Content, turn: Turn, one: Opportunity, organisation: str) -> Card:
    """Ask this organisation to take part."""
    owner = inbox_name(content, turn, one.owner)
    text = phrase(content, "invites", owner=owner, title=title(content, turn, one))
    return Card(text, (*answers(content, one, organisation), *view(content, one)))


def question(content: Content, turn: Turn, one: Opportunity, count: int, organisation: str) -> Card:
    """Ask one of the two organisations of what came together often whether they try something."""
    return Card(
        phrase(content, "often", count=count, pair=pair_name(content, turn, one.title, one.pair or "")),
        answers(content, one, organisation),
    )


def review(content: Content, turn: Turn, one: Opportunity) -> Card:
    """Ask the owner how it goes."""
    return Card(phrase(content, "how", title=title(content, turn, one)), moods(content, one))


def news(content: Content, turn: Turn, one: Opportunity, key: str, **fields: object) -> Card:
    """Tell something about a koppelkans, with the way to it."""
    return Card(phrase(content, key, title=title(content, turn, one), **fields), view(content, one))


def request(content: Content, turn: Turn, one: Opportunity, asked: SupportRequest) -> Card:
    """Ask everybody for something, with the answer."""
    text = phrase(
        content,
        "asks",
        asker=inbox_name(content, turn, asked.asker),
        what=phrase(content, f"what_{asked.what}"),
        title=title(content, turn, one),
    )
    return Card(text, ((Choice(phrase(content, "help"), RegisterTap("help", asked.token)),),))


def day(content: Content, one: Opportunity) -> str:
    """Return the day on which it is asked how it goes."""
    return content.words.day("nl", one.due_at.astimezone(ZONE).date())
