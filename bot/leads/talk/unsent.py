"""Words that were not sent: what rang the alarm, what was typed beside the card or spoken, and replies to messages.

Guards two rules: such words go to nobody unless their writer says to whom, and nothing of them is stored. The bot's
answer is a reply to the message, so that the channel gives the words back when a button under it is tapped. A reply to
a message about a lead says itself whom it is for. Where somebody else may be meant than the card names, because
another took the lead or wrote in between, the writer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.content.loaded import Content
from bot.leads.relay import addressee, stop, writes_at
from bot.messages.card import Card, Choice
from bot.messages.taps.residents import SendAnywayTap, SendTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.lead import HANDED, Lead
from db.queue import sent_messages
from flows.model.effects import Effect, Overlay, Show
from flows.model.heard import Text, Voice
from flows.model.names import TO_PARTNER, WRITING
from flows.model.place import Place

_CODE = re.compile(r"KOP-[2-9A-Z]+")

MOST = 4
"""The most helpers that are named under words of which the bot does not know whom they are for."""


def held_back(turn: Turn, place: Place) -> bool:
    """Return whether the words that were just typed are a message about a lead, which went to nobody."""
    return isinstance(turn.incoming.heard, Text | SendTap) and place.step in WRITING


def where(turn: Turn) -> int | None:
    """Return the id of the message with the words in hand: what was typed just now, or what the tap brought along."""
    quoted = turn.incoming.quoted
    return quoted.message if quoted is not None else turn.incoming.said_in


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


def insist(content: Content, turn: Turn, tap: SendAnywayTap | SendTap) -> tuple[Effect, ...]:
    """Let the writer's words go on as if they had been typed where they belong; every rule for a message holds.

    *Toch versturen* passes the alarm, and nothing else does. A writer who has moved since the button was drawn is asked
    once more, in a message with a button of its own: so a second tap on one button sends nothing. When the channel does
    not give the words back, they can be typed again.
    """
    if not tap.lead:
        turn.retire()
        return (Overlay("unsent" if voice_in_hand(turn) else "typed"),)
    lead, place = leads.by_token(turn.tx, turn.wijk.id, tap.lead), turn.place
    step = writes_at(turn, lead) if lead is not None else ""
    if lead is None or not step or place is None:
        turn.say(turn.me, refused(content, turn, lead))
        return ()
    quoted = turn.incoming.quoted
    if quoted is not None and taken_since(content, turn, lead, turn.incoming.message):
        said = replace(tap, revision=place.revision)
        turn.say(turn.me, _offer(content, turn, place, [lead], said), reply_to=quoted.message)
        return ()
    if quoted is not None and place.revision != tap.revision:
        label = content.words.phrase(turn.language, "relay.send_anyway")
        again = Choice(label, replace(tap, revision=place.revision))
        turn.say(
            turn.me, Card(content.words.phrase(turn.language, "relay.once_more"), ((again,),)), reply_to=quoted.message
        )
        return ()
    place = turn.place = content.walk.begin_at(place, step, lead.id)
    if quoted is None:
        return (Show("relay.type_again", fresh=True),)
    if quoted.voice is not None:
        stepped = content.walk.spoken(place, quoted.voice, turn.wijk)
    elif isinstance(tap, SendTap):
        stepped = content.walk.hears(place, Text(quoted.text), turn.wijk, "")
    else:
        stepped = content.walk.typed(place, quoted.text, turn.wijk)
    turn.place = stepped.place
    return tuple(replace(each, fresh=True) if isinstance(each, Show) else each for each in stepped.effects)


def refused(content: Content, turn: Turn, lead: Lead | None) -> Card:
    """Return what a person reads who may not write about this lead: nobody took theirs yet, or it is over."""
    waits = lead is not None and lead.resident == turn.me and lead.closed_at is None
    return Card(_refusal(content, turn, lead) if waits else content.words.phrase(turn.language, "relay.closed"))


def offered(content: Content, turn: Turn, place: Place) -> Card | None:
    """Return the offer to send on what somebody typed beside the card, or spoke; None when nobody could be meant.

    Of several leads of theirs, or that they took, the one that was written about last comes first. The card must be a
    reply to the words.
    """
    if not isinstance(turn.incoming.heard, Text | Voice) or turn.incoming.said_in is None:
        return None
    found = talks(turn)
    if voice_in_hand(turn):
        found = _meant(turn, place, found)
    return _offer(content, turn, place, found, SendTap("", place.revision)) if found else None


def talks(turn: Turn) -> list[Lead]:
    """Return the leads about which the sender may write now, the one that was written about last first."""
    tx, wijk = turn.tx, turn.wijk.id
    theirs = [*leads.of_resident(tx, wijk, turn.me), *leads.taken_by(tx, wijk, turn.sender)]
    found = [lead for lead in theirs if writes_at(turn, lead)]
    return sorted(found, key=lambda lead: _last(turn, lead), reverse=True)[:MOST] if len(found) > 1 else found


def voice_in_hand(turn: Turn) -> Voice | None:
    """Return what was spoken just now, or in the message that the tap brought along."""
    heard, quoted = turn.incoming.heard, turn.incoming.quoted
    return heard if isinstance(heard, Voice) else quoted.voice if quoted is not None else None


def _meant(turn: Turn, place: Place, found: list[Lead]) -> list[Lead]:
    """Return the one lead that is meant by what was spoken: by what it replies to, or by the card; else all of them."""
    about = _answers_about(turn) or (place.about if place.step in WRITING else 0)
    return [each for each in found if each.id == about] or found


def answers_talk(turn: Turn) -> bool:
    """Return whether this is a reply to a message about a lead about which the sender may write."""
    about = _answers_about(turn)
    return about is not None and any(each.id == about for each in talks(turn))


def _answers_about(turn: Turn) -> int | None:
    """Return the id of the lead of the message that this is a reply to; None when it is no reply, or about none."""
    answered = turn.incoming.answers
    return sent_messages.about(turn.tx, turn.wijk.id, turn.me, answered.message) if answered is not None else None


def may_go_on(content: Content, turn: Turn, heard: Text) -> bool:
    """Return whether words go on to where their writer stands now; if not, they were answered here."""
    return _belongs_here(content, turn, heard) and not _asks_first(content, turn, heard)


def _asks_first(content: Content, turn: Turn, heard: Text) -> bool:
    """Ask a person who is writing whom these words are for, if the card does not tell; return whether it was asked.

    It does not when another member took the lead since, or when the other side of another lead wrote below it. The
    alarm goes first.
    """
    place, card, said_in = turn.place, turn.conversation.card, turn.incoming.said_in
    if place is None or place.step not in WRITING or said_in is None or content.walk.alarm.heard(heard):
        return False
    lead, answered = leads.get(turn.tx, turn.wijk.id, place.about), turn.incoming.answers
    if lead is None or not writes_at(turn, lead):
        return False
    between = [] if answered is not None or card is None else _between(turn, lead, card)
    if not between and not taken_since(content, turn, lead, card if answered is None else answered.message):
        return False
    stop(content, turn)
    place = turn.place or place
    turn.say(turn.me, _offer(content, turn, place, [*between, lead], SendTap("", place.revision)), reply_to=said_in)
    return True


def taken_since(content: Content, turn: Turn, lead: Lead, message: int | None) -> bool:
    """Return whether somebody took this lead of the sender after they were sent this message, which names another."""
    if message is None or lead.resident != turn.me:
        return False
    sent = sent_messages.sent_at(turn.tx, turn.wijk.id, turn.me, message)
    takes = {move.to for move in content.desk.moves if move.takes}
    history = leads.events(turn.tx, turn.wijk.id, lead.id)
    took = (each.at for each in history if each.after in takes or each.reason in HANDED)
    return sent is not None and any(at > sent for at in took)


def _belongs_here(content: Content, turn: Turn, heard: Text) -> bool:
    """Find whom a reply to one of the bot's messages is for, and let these words go there; return whether they may go.

    A reply about a lead goes to the other side of that lead or to nobody, whatever its writer was writing. The message
    must still show the lead: a card that was edited since may show another one.
    """
    answered = turn.incoming.answers
    if answered is None or turn.place is None:
        return True
    shown = set(_CODE.findall(answered.text))
    about = sent_messages.about(turn.tx, turn.wijk.id, turn.me, answered.message)
    lead = leads.get(turn.tx, turn.wijk.id, about) if about is not None else None
    if lead is not None and lead.code in shown:
        if step := writes_at(turn, lead):
            if (turn.place.step, turn.place.about) != (step, lead.id):
                stop(content, turn)
                turn.place = content.walk.begin_at(turn.place, step, lead.id)
            return True
    elif turn.place.step not in WRITING or not shown or _written_about(turn) in shown:
        return True
    stop(content, turn)
    if content.walk.alarm.heard(heard):
        return True
    turn.say(turn.me, Card(_refusal(content, turn, lead if lead is not None and lead.code in shown else None)))
    return False


def _between(turn: Turn, lead: Lead, card: int) -> list[Lead]:
    """Return the other leads about which the sender was sent something below this card, and may write; newest first."""
    sent = sent_messages.about_leads(turn.tx, turn.wijk.id, turn.me)
    below = dict.fromkeys(one.lead for one in reversed(sent) if one.message > card and one.lead not in (None, lead.id))
    found = [leads.get(turn.tx, turn.wijk.id, id) for id in below if id is not None]
    return [each for each in found if each is not None and writes_at(turn, each)][: MOST - 1]


def _offer(content: Content, turn: Turn, place: Place, found: Sequence[Lead], tap: SendAnywayTap | SendTap) -> Card:
    """Draw the question to whom words may go: to the other side of one of these leads, or to nobody.

    It stands for these words alone: what was said after them, in the same batch, gets a question of its own.
    """
    phrase, language = content.words.phrase, turn.language
    named = [replace(place, step=writes_at(turn, lead), about=lead.id) for lead in found]
    to = [addressee(content, turn, each) or "" for each in named]
    text = phrase(language, "relay.offer", to=to[0]) if len(to) == 1 else phrase(language, "relay.offer_who")
    labels, no = ([phrase(language, "relay.yes")] if len(to) == 1 else to), "words.no"
    if voice_in_hand(turn):
        text = f"{phrase(language, 'voice.warns')}\n\n{text}"
        labels, no = [phrase(language, "voice.send", to=each) for each in to], "voice.leave"
    rows = [(Choice(label, replace(tap, lead=lead.token)),) for label, lead in zip(labels, found, strict=True)]
    rows.append((Choice(phrase(language, no), SendTap("", place.revision)),))
    return Card(text, tuple(rows), replaces=f"typed.{where(turn)}")


def _written_about(turn: Turn) -> str:
    lead = leads.get(turn.tx, turn.wijk.id, turn.place.about) if turn.place is not None else None
    return lead.code if lead is not None else ""


def _refusal(content: Content, turn: Turn, lead: Lead | None) -> str:
    phrase, language = content.words.phrase, turn.language
    if lead is None:
        return phrase("nl", "desk.typed")
    if lead.closed_at is not None:
        return phrase(language, "relay.closed")
    if lead.resident == turn.me:
        return phrase(language, "relay.nobody_yet", code=lead.code)
    return phrase("nl", "desk.not_taken", code=lead.code)


def _last(turn: Turn, lead: Lead) -> int:
    """Return the newest message about this lead that this person was sent."""
    found = sent_messages.of_lead(turn.tx, turn.wijk.id, lead.id)
    return max((each.message for each in found if each.person == turn.me), default=0)


def _button(content: Content, language: str, lead: Lead, place: Place) -> Choice:
    return Choice(content.words.phrase(language, "relay.send_anyway"), SendAnywayTap(lead.token, place.revision))
