"""What is spoken between a resident and who helps them: the card before it goes, listening, and the clock of a sound.

Guards three rules: nothing that was spoken goes on before a yes, nobody hears what is not theirs to hear, and no sound
stays in a chat, since Telegram empties none and deletes none after 48 hours
(`docs/decisions/0046-what-is-spoken.md`).
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.loaded import Content
from bot.content.words import SOURCE
from bot.leads import relay
from bot.leads.packet import spoken
from bot.leads.recipients import closing, role_at
from bot.leads.talk import own_words, unsent
from bot.messages.attachment import MOST_BYTES, Attachment
from bot.messages.card import Card, Choice
from bot.messages.message import deletions
from bot.messages.taps.residents import ListenTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.lead import Lead
from db.people import members
from db.queue import sent_messages, spoken_messages
from db.records import audit
from flows.model.chart import Question
from flows.model.heard import ChartTap, Voice
from flows.model.names import WELCOME, WRITING
from flows.model.place import Place
from flows.walk.replay import takes_voice

MOST_SECONDS = 60
"""The longest that somebody may speak at a time: it must be listened to, and what is long is said in two."""

PLAYED = "voice.played"
"""The word of the audit for listening."""


def too_long(voice: Voice) -> bool:
    """Return whether this is longer, or larger, than what goes on."""
    return voice.seconds > MOST_SECONDS or voice.size > MOST_BYTES


def offered(content: Content, turn: Turn, place: Place) -> Card | None:
    """Return the card that asks for a yes to what was just spoken; None where it fits nowhere, or is too long.

    It must be a reply to what was spoken: so nothing of it is stored before the yes. What answers a message about a
    lead is for the other side of that lead, whatever its speaker was asked in the meantime.
    """
    heard = turn.incoming.heard
    if not isinstance(heard, Voice) or too_long(heard) or turn.incoming.said_in is None:
        return None
    if unsent.answers_talk(turn):
        return unsent.offered(content, turn, place)
    step = content.charts.steps.get(place.step)
    if isinstance(step, Question) and (step.write or step.share) and not takes_voice(step):
        return None  # a name, a note, …: it is for nobody in this talk
    here = None if place.step in WRITING else own_words.offered(content, place, turn.language, turn.incoming.said_in)
    return here or unsent.offered(content, turn, place)


def listen(content: Content, turn: Turn, tap: ListenTap) -> None:
    """Send the sound to who may hear it, protected, for a day at most; all others read that it is not here."""
    found = _of_message(turn, tap.token) or _of_lead(content, turn, tap.token)
    if found is None:
        turn.say(turn.me, _gone(content, turn))
        return
    lead, voice, speaks = found
    helps = lead.resident != turn.me
    language = SOURCE if helps else turn.language
    mark = spoken(content, voice, speaks, language)
    caption = content.words.phrase(language, "voice.caption", code=lead.code, mark=mark)
    card = Card(caption, replaces=f"hear.{tap.token}")
    sound = Attachment(voice.kind, "", file_id=voice.file)
    message = card.message(turn.me, content.words, language, lead=lead.id)
    turn.out.append(replace(message, attachment=sound, fleeting=True))
    audit.add(turn.tx, turn.wijk.id, turn.me if helps else "resident", PLAYED, turn.now, lead.id)


def take_away(turn: Turn, limit: int) -> int:
    """Delete at most `limit` sounds whose time is over, wherever they stand; return how many."""
    due = sent_messages.take_sounds(turn.tx, turn.wijk.id, turn.now, limit)
    for person in sorted({each.person for each in due}):
        turn.out += deletions(person, [each.message for each in due if each.person == person])
    return len(due)


def _of_message(turn: Turn, token: str) -> tuple[Lead, Voice, str] | None:
    """Return what was spoken in the message with this token, if the sender is whom it is for, now."""
    said = spoken_messages.get(turn.tx, turn.wijk.id, token)
    lead = leads.get(turn.tx, turn.wijk.id, said.lead) if said is not None else None
    if said is None or lead is None or lead.packet is None:
        return None
    if said.to_resident:
        may = lead.resident == turn.me
    else:
        own = members.of(turn.tx, turn.wijk.id, turn.sender)
        may = lead.resident != turn.me and any(relay.may_write(lead, each) for each in own)
    return (lead, Voice.of(said.sound), said.language) if may else None


def _of_lead(content: Content, turn: Turn, token: str) -> tuple[Lead, Voice, str] | None:
    """Return the own words that were spoken for the lead with this token, if the sender sees it as it runs."""
    lead = leads.by_token(turn.tx, turn.wijk.id, token)
    kept = (lead.packet or {}).get("voice") if lead is not None else None
    if lead is None or not kept or lead.resident == turn.me:
        return None
    over = content.desk.closes(lead.status) or content.desk.falls(lead.status)
    roles = {role_at(content, each, lead) for each in members.of(turn.tx, turn.wijk.id, turn.sender)}
    if "coordinator" in roles or ("partner" in roles and not over):
        return lead, Voice.of(str(kept)), str((lead.packet or {})["language"])
    return None


def _gone(content: Content, turn: Turn) -> Card:
    if members.of(turn.tx, turn.wijk.id, turn.sender):
        return closing(content, content.words.phrase(SOURCE, "voice.gone"))
    phrase, language = content.words.phrase, turn.language
    mine = Choice(phrase(language, "nav.my_help"), ChartTap(WELCOME, "_help"))
    return Card(phrase(language, "voice.gone"), ((mine,),))
