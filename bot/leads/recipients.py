"""Who reads an inbox, and how they hear that something came or changed.

Guards two rules: a first notice bears no name, and a lead that nobody reads goes to the coordinator.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from bot.content.loaded import Content
from bot.leads.packet import topic_line
from bot.messages.buttons import InboxTap, LeadTap
from bot.messages.card import Card, Choice
from bot.messages.message import NOTICE, Outgoing
from bot.messages.turn import Turn
from db.leads import leads, views
from db.leads.leads import Lead
from db.leads.views import View
from db.people import conversations, members
from db.queue import sent_messages
from db.queue.sent_messages import SentMessage
from db.store import Tx
from flows.model.wijk import COORDINATOR

MANY = 3
"""More notices of one kind to one person in one turn than this become one."""

_log = structlog.get_logger("inbox")


def partner_name(content: Content, turn: Turn, lead: Lead, language: str = "nl") -> str:
    """Return the partner's name for that reader, or its id when the wijk no longer has it."""
    partner = turn.wijk.partners.get(lead.partner)
    return content.words.partner(language, partner) if partner else lead.partner


def inbox_name(content: Content, turn: Turn, inbox: str) -> str:
    """Return the name of an inbox, as partners read it."""
    partner = turn.wijk.partners.get(inbox)
    return partner.name if partner else content.words.phrase("nl", "packet.coordinator")


def tell_inbox(
    turn: Turn, lead: Lead, card: Card, *, but: str = "", open_in: list[View] | None = None, kind: str = ""
) -> None:
    """Tell the holders of this lead: messages that show it are edited, people without one get a new one.

    `but` is the person who knows already. `open_in` says where the lead was open, when that cannot be read from the
    store any more. `kind` is the kind of notice, of which many become one.
    """
    found = views.of_lead(turn.tx, turn.wijk.id, lead.id) if open_in is None else open_in
    for view in found:
        if view.member != but:
            turn.say(view.member, card, edit=view.message, lead=lead.id)
    looking = {view.member for view in found}
    for person in holders(turn, lead):
        if person not in looking and person not in (but, turn.me):
            turn.say(person, card, lead=lead.id, kind=kind)


def blank_what_was_said(turn: Turn, lead: Lead, card: Card, views: Sequence[View]) -> None:
    """Replace all messages to others about a lead with this card, except those that show it: `views`.

    What was sent may hold the resident's own words.
    """
    done = {(view.member, view.message) for view in views}
    for one in sent_messages.of_lead(turn.tx, turn.wijk.id, lead.id):
        if one.person not in (turn.me, lead.resident) and (one.person, one.message) not in done:
            turn.say(one.person, card, edit=one.message, lead=lead.id)


def blanked(content: Content, tx: Tx, wijk: str, arrived: Sequence[SentMessage]) -> list[Outgoing]:
    """Return edits that blank what arrived about a lead after it was withdrawn or erased; its resident keeps theirs."""
    out = []
    for one in arrived:
        lead = leads.get(tx, wijk, one.lead) if one.lead is not None else None
        if lead is not None and lead.packet is None and lead.resident != one.person:
            card = closing(content, content.words.phrase("nl", "desk.gone", code=lead.code))
            out.append(card.message(one.person, content.words, "nl", edit=one.message, lead=lead.id))
    return out


def gathered(content: Content, turn: Turn) -> list[Outgoing]:
    """Return the messages of a turn: the answers to `me` first, and many notices of one kind to one person as one."""
    out: dict[int, Outgoing] = dict(enumerate(turn.out))
    for (person, kind), alike in turn.alike.items():
        if len(alike) > MANY:
            card = closing(content, content.words.phrase("nl", f"desk.many_{kind}", count=len(alike)))
            priority = min(out.pop(number).priority for number in alike)
            out[alike[0]] = card.message(person, content.words, "nl", priority=priority)
    return [out[number] for number in sorted(out, key=lambda number: (out[number].to != turn.me, number))]


def notice(content: Content, turn: Turn, lead: Lead) -> Card:
    """Return the first notice that an inbox gets about a lead: topics, urgency and code; no name."""
    phrase = content.words.phrase
    text = phrase(
        "nl",
        "desk.new",
        topics=topic_line(content, lead.topic, "nl"),
        urgency=phrase("nl", "desk.urgent" if lead.urgent else "desk.normal"),
        code=lead.code,
        deadline=deadline(content, lead.claim_by),
    )
    if lead.inbox == COORDINATOR and lead.partner != COORDINATOR:
        text += "\n" + phrase("nl", "desk.for_coordinator", partner=partner_name(content, turn, lead))
    return Card(text, ((Choice(phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version)),),))


def closing(content: Content, text: str) -> Card:
    """Return the card that replaces an open lead: the news, and the way back to the inbox."""
    return Card(text, ((Choice(content.words.phrase("nl", "desk.back"), InboxTap()),),))


def deadline(content: Content, moment: datetime | None) -> str:
    """Return a day as partners read it."""
    return content.words.day("nl", moment.date()) if moment else "-"


def tell_coordinators(turn: Turn, card: Card, *, priority: int = NOTICE, lead: int | None = None) -> None:
    """Tell every coordinator. When none can be reached, the log says so, without a word of the message."""
    found = readers(turn, COORDINATOR)
    if not found:
        _log.error("no coordinator can be reached", wijk=turn.wijk.id)
    for person in found:
        turn.say(person, card, priority=priority, lead=lead)


def leave_inbox(content: Content, turn: Turn, inbox: str) -> None:
    """Move the open leads of an inbox without readers to the coordinator, as the consent card said.

    A lead that a member had taken is taken by the first coordinator, so that its resident can still be written to.
    """
    found = readers(turn, COORDINATOR)
    count = leads.count_of_inbox(turn.tx, turn.wijk.id, inbox)
    for lead in leads.open_of_inboxes(turn.tx, turn.wijk.id, [inbox], limit=count):
        taken = content.desk.statuses[lead.status].next == "assignee"
        moved = leads.move(
            turn.tx,
            turn.wijk.id,
            lead.id,
            lead.version,
            lead.status,
            closed=content.desk.closes(lead.status),
            now=turn.now,
            actor="system",
            assignee=found[0] if taken and found else None,
            inbox=COORDINATOR,
        )
        for person in found if moved else ():
            turn.say(person, notice(content, turn, moved or lead), lead=lead.id, kind="new")


def reads(turn: Turn, person: str) -> bool:
    """Return whether this person still reads the chat, so that a message arrives there."""
    known = conversations.look(turn.tx, turn.wijk.id, [person]).get(person)
    return known is None or not known.blocked


def holders(turn: Turn, lead: Lead) -> list[str]:
    """Return who has this lead before them: the member who took it, else the inbox's readers, else the coordinators."""
    if lead.assignee and reads(turn, lead.assignee):
        return [lead.assignee]
    return readers(turn, lead.inbox) or readers(turn, COORDINATOR)


def readers(turn: Turn, inbox: str) -> list[str]:
    """Return everybody who reads this inbox and can be reached."""
    if inbox == COORDINATOR:
        return [each.person for each in members.coordinators(turn.tx, turn.wijk.id)]
    return [each.person for each in members.members_of(turn.tx, turn.wijk.id, inbox)]
