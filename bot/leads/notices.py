"""Discreet notices: without a yes, what the bot sends a resident by itself says only that there is news, and a code.

A locked phone shows the first line to whoever sits beside it. Guards the rule that neither helper, partner, topic nor
text is in such a message; what it would have said rests encrypted behind *Bekijk* until it is opened, at most 14 days.
Answers to what somebody just did, receipts and danger are no notices
(`docs/decisions/0010-messages-through-the-bot.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.loaded import ZONE, Content
from bot.messages.card import Card, Choice
from bot.messages.message import INTERACTIVE, Outgoing, from_dict, to_dict
from bot.messages.taps.members import LeadTap
from bot.messages.taps.residents import OpenTap
from bot.messages.turn import Turn
from db.leads import leads, sealed
from db.leads.lead import Lead
from db.leads.sealed import Sealed
from db.people import conversations, members
from db.queue import held_messages
from db.store import Tx
from db.types.held import HIDDEN, NOTICES
from flows.model.wijk import COORDINATOR

WAYS = (("phone", "away_phone"), ("address", "away_address"))
"""The fields of a packet by which a resident can be reached without the chat, and how a member is told so."""


def discreet(content: Content, tx: Tx, out: Sequence[Outgoing], me: str, now: datetime) -> list[Outgoing]:
    """Seal what residents are told about their leads without having done anything, unless they said yes to more.

    This is the only way from a turn to the outbox, so that no message can forget it. `me` is whose turn it is: what
    they read is an answer.
    """
    about = {each.lead for each in out if each.lead is not None and each.to != me}
    wijk = content.wijk.id
    known = {id: lead for id in about if (lead := leads.get(tx, wijk, id)) is not None}
    told = []
    for each in out:
        lead = known.get(each.lead or 0)
        if lead is not None and each.to not in (me, "") and each.to == lead.resident and not lead.open_notices:
            each = seal(content, tx, lead, each, now)
        told.append(each)
    return told


def show(content: Content, turn: Turn, tap: OpenTap) -> None:
    """Show a resident what stands behind the notice that they tapped, in its place; from then on it is not kept."""
    found = sealed.get(turn.tx, turn.wijk.id, tap.token)
    if found is None or found.person != turn.me:
        turn.say(turn.me, Card(content.words.phrase(turn.language, "news.gone")), edit=turn.incoming.message)
    elif found.payload is not None:
        sealed.opened(turn.tx, turn.wijk.id, tap.token, turn.now)
        message = from_dict(0, turn.me, found.payload, INTERACTIVE, found.lead)
        day = found.made_at.astimezone(ZONE).date()
        if day != turn.now.astimezone(ZONE).date():  # a day in it may be over: its reader must see when it was written
            written = content.words.phrase(turn.language, "news.from", day=content.words.day(turn.language, day))
            message = replace(message, text=f"{written}\n\n{message.text}")
        turn.out.append(replace(message, edit=turn.incoming.message, sealed=tap.token))


def take_back(content: Content, turn: Turn, lead: Lead) -> None:
    """Erase what nobody opened about a lead that ended, and say so in the notices themselves."""
    for each in sealed.take_back(turn.tx, turn.wijk.id, lead.id):
        if each.message is not None:
            language = language_of(turn.tx, turn.wijk.id, lead)
            gone = Card(content.words.phrase(language, "news.gone"))
            turn.say(each.person, gone, edit=each.message, language=language)


def untold(content: Content, turn: Turn, under_way: Sequence[Outgoing]) -> list[Outgoing]:
    """Return again the notices whose messages were deleted before the sender opened them, but not those `under_way`."""
    tx, wijk, told = turn.tx, turn.wijk.id, {each.sealed for each in under_way}
    found = [each for each in sealed.untold(tx, wijk, turn.me) if each.token not in told]
    of = [(each, leads.get(tx, wijk, each.lead)) for each in found]
    return [_told(content, tx, lead, turn.me, each.token) for each, lead in of if lead and lead.resident == turn.me]


def choose(turn: Turn, *, named: bool) -> None:
    """Note that this resident lets notices about their help name who helps, or not any more."""
    leads.set_notices(turn.tx, turn.wijk.id, turn.me, named)


def chosen(tx: Tx, wijk: str, person: str) -> bool | None:
    """Return what this resident said about notices for help that runs now; None when they were not asked.

    One no counts for all of it.
    """
    own = [each.open_notices for each in leads.of_resident(tx, wijk, person) if each.closed_at is None]
    said = [each for each in own if each is not None]
    return all(said) if said else None


def unopened(content: Content, turn: Turn, lead: Lead) -> str:
    """Return since when a notice waits to be opened, and how the resident can be reached; empty when none waits."""
    found = sealed.waiting(turn.tx, turn.wijk.id, lead.id)
    if not found:
        return ""
    phrase = content.words.phrase
    way = next((key for field, key in WAYS if (lead.packet or {}).get(field)), "away_chat")
    since = content.words.day_and_time("nl", found[0].made_at.astimezone(ZONE))
    return "\n".join((phrase("nl", "desk.unopened", since=since), phrase("nl", f"desk.{way}")))


def expire(content: Content, tx: Tx, now: datetime, limit: int) -> tuple[list[Outgoing], int]:
    """Erase notices that are older than 14 days; return what is said about those that nobody opened, and how many.

    So goes what is held in a hidden chat. The resident reads it in the notice itself, whoever helps them once for each
    lead.
    """
    wijk, words = content.wijk.id, content.words
    old = sealed.forget_before(tx, wijk, now - NOTICES, limit)
    held = held_messages.forget_before(tx, wijk, now - HIDDEN, limit)
    unread = {(each.lead, each.person) for each in old if each.opened_at is None}
    unread |= {(each.lead, each.to) for each in held if each.lead is not None}
    about = {id: lead for id, to in sorted(unread) if (lead := leads.get(tx, wijk, id)) and lead.resident == to}
    out: list[Outgoing] = []
    for each in old:
        if each.opened_at is None and each.lead in about:
            out += _not_opened(content, tx, about[each.lead], each)
    for lead in [each for each in about.values() if each.closed_at is None]:
        text = words.phrase("nl", "desk.expired", code=lead.code)
        view = Choice(words.phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version))
        card = Card(text, ((view,),))
        out += [card.message(person, words, "nl", lead=lead.id) for person in _helpers(tx, wijk, lead)]
    return out, len(old) + len(held)


def language_of(tx: Tx, wijk: str, lead: Lead) -> str:
    """Return the language that the resident reads now, which may have changed since the lead was made."""
    resident = lead.resident or ""
    known = conversations.look(tx, wijk, [resident]).get(resident)
    return (known and known.language) or lead.language


def seal(content: Content, tx: Tx, lead: Lead, message: Outgoing, now: datetime) -> Outgoing:
    """Keep what this message says behind a notice; return the notice, which names nothing but the code."""
    token = sealed.add(tx, content.wijk.id, lead.id, message.to, to_dict(replace(message, edit=None)), now)
    told = _told(content, tx, lead, message.to, token)
    return replace(told, edit=message.edit, priority=message.priority)


def _told(content: Content, tx: Tx, lead: Lead, person: str, token: str) -> Outgoing:
    words, language = content.words, language_of(tx, content.wijk.id, lead)
    opens = Choice(words.phrase(language, "news.open"), OpenTap(token))
    card = Card(words.phrase(language, "news.text", code=lead.code), ((opens,),))
    return replace(card.message(person, words, language, lead=lead.id), sealed=token)


def _not_opened(content: Content, tx: Tx, lead: Lead, notice: Sealed) -> list[Outgoing]:
    if notice.message is None:
        return []
    language = language_of(tx, content.wijk.id, lead)
    card = Card(content.words.phrase(language, "news.not_opened", code=lead.code))
    return [card.message(notice.person, content.words, language, edit=notice.message)]


def _helpers(tx: Tx, wijk: str, lead: Lead) -> list[str]:
    if lead.assignee:
        return [lead.assignee]
    found = members.members_of(tx, wijk, lead.inbox) if lead.inbox != COORDINATOR else []
    return [each.person for each in found or members.coordinators(tx, wijk)]
