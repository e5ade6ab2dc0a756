"""What a member notes of a call in which they ask a resident whether they were helped. Dutch only.

Guards the rule that only the resident can say it: what anybody else says at the telephone counts as nothing.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads.afterwards import again
from bot.leads.afterwards.asking import stands
from bot.leads.clocks.calls import TRIES, next_moment, reached
from bot.leads.clocks.word import ASKS
from bot.leads.recipients import close_views, closing
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import CallTap
from bot.messages.turn import Turn
from db.leads import calls
from db.leads.calls import Call
from db.leads.consent import verdicts
from db.leads.consent.verdicts import SAID
from db.leads.lead import Lead
from db.people.members import Member
from db.records import audit


def asks(call: Call) -> bool:
    """Return whether this call asks a resident whether they were helped."""
    return bool(call.word["key"] == ASKS)


def hears(content: Content, turn: Turn, lead: Lead, call: Call, member: Member, said: str) -> Card:
    """Note what a member says of this call, and return what they see."""
    phrase, (who, _, answer) = content.words.phrase, said.partition("_")
    if who == "none":
        return _not_reached(content, turn, lead, call, member)
    if who != "self":
        return Card(f"{lead.code}\n{phrase('nl', 'desk.call_who')}", reached(content, call))
    if answer not in SAID:
        rows: Rows = tuple(
            (Choice(phrase("nl", f"verdict.{each}"), CallTap(call.token, f"self_{each}")),) for each in SAID
        )
        return Card(f"{lead.code}\n{phrase('nl', 'desk.call_what')}", rows)
    found = next(
        (each for each in verdicts.of_lead(turn.tx, turn.wijk.id, lead.id) if stands(content, lead, each)), None
    )
    if found is None or not calls.done(turn.tx, turn.wijk.id, call.token):
        return closing(content, phrase("nl", "desk.call_gone"))
    close_views(content, turn, lead)
    verdicts.say(turn.tx, turn.wijk.id, lead.id, found.n, answer, turn.now)
    audit.add(turn.tx, turn.wijk.id, member.person, f"verdict.{answer}", turn.now, lead.id)
    if answer == again.NOT_YET:
        again.go_on(content, turn, lead, by=member.person, tells=False)
    return closing(content, phrase("nl", "desk.call_noted", code=lead.code))


def _not_reached(content: Content, turn: Turn, lead: Lead, call: Call, member: Member) -> Card:
    """Count an attempt in vain; after the third nobody has to try again, and what the resident would say is unknown."""
    tries = call.tries + 1
    if tries >= TRIES:
        done = calls.done(turn.tx, turn.wijk.id, call.token)
    else:
        done = calls.note(turn.tx, turn.wijk.id, call, next_moment(turn, lead), rung=0, tries=tries)
    if not done:
        return closing(content, content.words.phrase("nl", "desk.call_gone"))
    if tries >= TRIES:
        close_views(content, turn, lead)
    audit.add(turn.tx, turn.wijk.id, member.person, "call.none", turn.now, lead.id)
    key = "call_tried" if tries < TRIES else "call_noted"
    return closing(content, content.words.phrase("nl", f"desk.{key}", code=lead.code, count=tries))
