"""What a resident hears of their lead, and messages between them and the member who took it: nobody needs a number.

The words are in the outbox until they are delivered, and nowhere afterwards. Guards two rules: words go to the person
whom the card names, and to nobody once their writer opened something else; and nothing is sent to a person who does not
read the chat, of which the writer hears at once.
"""

from __future__ import annotations

from datetime import datetime

from bot.content.loaded import Content
from bot.content.words import SOURCE
from bot.leads.clocks import calls
from bot.leads.clocks.word import Word
from bot.leads.members import call_for
from bot.leads.members.reachability import away_card
from bot.leads.notices import language_of
from bot.leads.packet import spoken
from bot.leads.recipients import partner_name, reads
from bot.leads.talk import watchword
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import LeadTap, MemberTap
from bot.messages.taps.residents import ChangeTap, HelpTap, ListenTap, MineTap, OpenTap, ReplyTap, SayTap, YesTap
from bot.messages.taps.visits import PlanTap, VisitTap
from bot.messages.turn import Turn
from bot.register import words
from db.leads import leads
from db.leads.lead import Lead
from db.people import members
from db.people.members import Member
from db.queue import spoken_messages
from db.records import audit
from flows.model.chart import Outcome
from flows.model.desk import Move
from flows.model.effects import Relay
from flows.model.heard import ChartTap, Command, Voice
from flows.model.names import (
    CALL_FOR,
    COMMANDS,
    DANGER,
    FREE,
    MENU,
    NOT_SENT,
    ON_LEAD,
    ON_REGISTER,
    TO_PARTNER,
    TO_RESIDENT,
    WELCOME,
    WRITING,
)
from flows.model.place import Place
from flows.model.wijk import COORDINATOR

TO_MEMBER = "message.to_partner"
"""The word of the audit for a message of a resident."""

_ASKS = {
    TO_RESIDENT: "resident",
    TO_PARTNER: "partner",
    **dict.fromkeys(ON_LEAD, "lead"),
    **dict.fromkeys(ON_REGISTER, "register"),
    CALL_FOR: "call_for",
}


def may_write(lead: Lead, member: Member) -> bool:
    """Return whether this member took the lead and it is open: then they may write to its resident."""
    return lead.assignee == member.person and lead.closed_at is None and lead.resident is not None


def begin(content: Content, turn: Turn, lead: Lead, step: str = TO_RESIDENT) -> None:
    """Let the member's next words go to the resident of this lead, or let them stay on it."""
    turn.place = content.walk.begin_at(turn.place or Place(WELCOME, language="nl"), step, lead.id)


def reply(content: Content, turn: Turn, tap: ReplyTap) -> None:
    """Let the next words of a resident who tapped *Antwoord* under a message go to the member who helps them."""
    lead = leads.by_token(turn.tx, turn.wijk.id, tap.lead)
    if lead is None or lead.resident != turn.me or lead.closed_at is not None or turn.place is None:
        turn.say(turn.me, Card(content.words.phrase(turn.language, "relay.closed"), replaces="closed"))
    else:
        turn.place = content.walk.begin_at(turn.place, TO_PARTNER, lead.id)


def stop(content: Content, turn: Turn) -> None:
    """Let the next words of a person who was writing go to nobody, and say so where the card was."""
    if turn.place is None or turn.place.step not in (*WRITING, *ON_LEAD):
        return
    if turn.conversation.card not in (None, turn.incoming.message):
        text = content.words.phrase(turn.language, "relay.stopped", to=addressee(content, turn, turn.place))
        turn.say(turn.me, Card(text), edit=turn.conversation.card)
    turn.place = turn.place.moved(NOT_SENT, ())


def opens_something(heard: object) -> bool:
    """Return whether a person who is writing turns to something else by this; danger and language do not count."""
    match heard:
        case ChartTap(answer=answer):
            return FREE.get(answer) in ("help", "person", "doors")
        case ReplyTap() | OpenTap() | HelpTap() | YesTap() | MineTap() | ChangeTap() | SayTap():
            return True
        case _ if isinstance(heard, MemberTap):
            return True
        case PlanTap() | VisitTap():
            return True
        case Command(name=name):
            return COMMANDS.get(name) not in (DANGER, "language")
        case _:
            return False


def addressee(content: Content, turn: Turn, place: Place) -> str | None:
    """Return who reads what is written at this place, with the code of the lead; None where nothing is written.

    Of words that stay on the lead it is the code alone, of those in the register the name of the koppelkans.
    """
    step = content.charts.steps.get(place.step)
    to = step.relay if isinstance(step, Outcome) else _ASKS.get(place.step)
    if not to:
        return None
    if to == "call_for":
        return call_for.named(content, turn, place.about)
    if to == "register":
        return words.named(content, turn, place.step, place.about)
    lead, language = leads.get(turn.tx, turn.wijk.id, place.about), turn.language
    if to not in _ASKS.values() or to == "lead":
        return lead.code if lead is not None else ""
    name = content.words.phrase(language, "desk.resident" if to == "resident" else "relay.helper")
    if lead is None:
        return name
    if to == "partner" and lead.resident == turn.me:
        name = helper_name(turn, lead) or name
    elif to == "resident" and lead.packet and lead.assignee == turn.sender:
        name = str(lead.packet.get("name") or name)
    return content.words.phrase(language, "relay.to", name=name, code=lead.code)


def helper_name(turn: Turn, lead: Lead) -> str:
    """Return the first name of the member who took this lead, as the organisation knows it; empty without one."""
    found = members.of(turn.tx, turn.wijk.id, lead.assignee) if lead.assignee else []
    return next((each.name for each in found if each.organisation == lead.inbox), found[0].name if found else "")


def writes_at(turn: Turn, lead: Lead) -> str:
    """Return the step at which this person writes about the lead; an empty text when they may not."""
    if lead.closed_at is not None:
        return ""
    if lead.resident == turn.me:
        return TO_PARTNER if lead.assignee else ""
    own = members.of(turn.tx, turn.wijk.id, turn.sender)
    return TO_RESIDENT if any(may_write(lead, each) for each in own) else ""


def send(content: Content, turn: Turn, message: Relay) -> bool:
    """Send the words on, if both may still speak about this lead and the other reads the chat; else say why not.

    Return whether they were sent.
    """
    lead = leads.get(turn.tx, turn.wijk.id, message.lead)
    member = next(
        (each for each in members.of(turn.tx, turn.wijk.id, turn.sender) if lead and may_write(lead, each)), None
    )
    refused = Card(content.words.phrase(turn.language, "relay.closed"))
    if lead is None or lead.closed_at is not None or not lead.resident:
        pass
    elif not lead.assignee:
        if lead.resident == turn.me:
            refused = Card(content.words.phrase(turn.language, "relay.nobody"))
    elif message.to == "resident" and member is not None:
        if reads(turn, lead.resident):
            _to_resident(content, turn, lead, member, message)
            return True
        refused = away_card(content, turn, lead)
    elif message.to == "partner" and lead.resident == turn.me:
        if reads(turn, lead.assignee):
            _to_partner(content, turn, lead, lead.assignee, message)
            return True
        refused = Card(content.words.phrase(turn.language, "relay.away"))
    turn.say(turn.me, refused)
    if turn.place is not None:
        turn.place = turn.place.moved(NOT_SENT, ())
    return False


def tell(
    content: Content, turn: Turn, member: Member, lead: Lead, move: Move, deadline: datetime | None = None
) -> None:
    """Tell the resident about a move of this member, in the resident's own language.

    A text of which there is one without a day names a day only while it is to come.
    """
    told = move.tell
    if f"{told}_late" in content.words.phrases and (lead.contact_by is None or lead.contact_by <= turn.now):
        told = f"{told}_late"
    if lead.inbox == COORDINATOR and f"{told}_coordinator" in content.words.phrases:
        told = f"{told}_coordinator"
    partner = COORDINATOR if lead.inbox == COORDINATOR else lead.partner
    tell_resident(content, turn, lead, told, partner=partner, member=member.name, deadline=deadline)


def tell_resident(
    content: Content,
    turn: Turn,
    lead: Lead,
    key: str,
    *,
    partner: str = COORDINATOR,
    member: str = "",
    deadline: datetime | None = None,
    door: bool = False,
) -> None:
    """Tell the resident this about their lead, in their own language; `deadline` is by default the day they were told.

    The text can name the partner, the member, the day and the place. With `door` the place stands below it, with
    address and hours. To a resident who does not read the chat somebody says it.
    """
    if lead.resident is None:
        return
    word = Word(key, partner, member, calls.day_of(deadline or lead.contact_by or turn.now), door)
    if reads(turn, lead.resident):
        say(content, turn, lead, word)
    else:
        calls.ask(content, turn, lead, word)


def say(content: Content, turn: Turn, lead: Lead, word: Word) -> None:
    """Say this to the resident of a lead in the chat, with the way to their help; and the word at the door, if new."""
    language = language_of(turn.tx, turn.wijk.id, lead)
    rows = tuple(
        (Choice(content.words.phrase(language, f"nav.{key}"), ChartTap(MENU, answer, 0)),)
        for key, answer in (("my_help", "_help"), ("where", "_stay"))
    )
    text = word.text(content, turn, lead, language)
    if lead.closed_at is None and not watchword.now(content, lead):
        text = f"{text}\n\n{watchword.told(content, turn, lead, language)}\n{watchword.asks(content, language)}"
    card = Card(text, rows)
    turn.say(lead.resident or "", card, lead=lead.id, language=language)


def _to_resident(content: Content, turn: Turn, lead: Lead, member: Member, message: Relay) -> None:
    phrase, resident = content.words.phrase, lead.resident or ""
    language = language_of(turn.tx, turn.wijk.id, lead)
    said, heard = _told(content, turn, lead, message, SOURCE, language)
    text = phrase(
        language,
        "relay.message_coordinator" if lead.inbox == COORDINATOR else "relay.message",
        member=member.name,
        partner=partner_name(content, turn, lead, language),
        code=lead.code,
        text=said,
    )
    rows = (
        *heard,
        (Choice(phrase(language, "relay.say"), SayTap(lead.token, page=-1)),),
        (Choice(phrase(language, "relay.reply"), ReplyTap(lead.token)),),
        (Choice(phrase(language, "nav.my_help"), ChartTap(WELCOME, "_help", 0)),),
    )
    turn.say(resident, Card(text, rows), lead=lead.id, language=language)
    audit.add(turn.tx, turn.wijk.id, turn.me, "message.to_resident", turn.now, lead.id)


def _to_partner(content: Content, turn: Turn, lead: Lead, assignee: str, message: Relay) -> None:
    phrase, language = content.words.phrase, language_of(turn.tx, turn.wijk.id, lead)
    said, heard = _told(content, turn, lead, message, language, SOURCE)
    text = phrase(SOURCE, "desk.message", code=lead.code, text=said)
    rows = (
        *heard,
        (Choice(phrase(SOURCE, "desk.say"), SayTap(lead.token, page=-1)),),
        (Choice(phrase(SOURCE, "desk.write"), LeadTap(lead.token, "write", version=lead.version)),),
        (Choice(phrase(SOURCE, "desk.view"), LeadTap(lead.token, "view", version=lead.version)),),
    )
    turn.say(assignee, Card(text, rows), lead=lead.id)
    audit.add(turn.tx, turn.wijk.id, "resident", TO_MEMBER, turn.now, lead.id)


def _told(content: Content, turn: Turn, lead: Lead, message: Relay, written: str, reader: str) -> tuple[str, Rows]:
    """Return what stands in the message, and the button to listen to what was spoken."""
    if not message.spoken:
        return _marked(content, message, written, reader), ()
    token = spoken_messages.add(
        turn.tx,
        turn.wijk.id,
        lead=lead.id,
        speaker=turn.me,
        to_resident=message.to == "resident",
        sound=message.text,
        language=written,
        now=turn.now,
    )
    listen = Choice(content.words.phrase(reader, "voice.listen"), ListenTap(token))
    return spoken(content, Voice.of(message.text), written, reader), ((listen,),)


def _marked(content: Content, message: Relay, written: str, reader: str) -> str:
    """Return somebody's own words as they are, marked with the language of their writer if its reader has another."""
    if message.translated or written == reader:
        return message.text
    name = content.words.name_in(written, reader)
    return f"{message.text}\n\n{content.words.phrase(reader, 'relay.language', language=name)}"
