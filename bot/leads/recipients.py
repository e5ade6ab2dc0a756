"""Who reads an inbox, and how they hear that something came or changed.

Guards two rules: a first notice bears no name, and a lead that nobody reads goes to the coordinator.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.content.loaded import Content
from bot.leads.clocks import moves
from bot.leads.packet import topic_line
from bot.messages.card import Card, Choice
from bot.messages.message import NOTICE, Incoming, Outgoing
from bot.messages.taps.members import InboxTap, LeadTap
from bot.messages.turn import Turn
from db.leads import counts, leads, views
from db.leads.lead import Lead
from db.leads.views import View
from db.people import conversations, digests, members
from db.people.members import Member
from db.queue import outbox, sent_messages
from db.queue.sent_messages import SentMessage
from db.store import Tx
from flows.model.wijk import CONNECTOR, COORDINATOR

MANY = 3
"""More notices of one kind to one person in one turn than this become one."""

LISTED = {"asks", "in_danger", "no_answer", "waits", "free", "returned", "calls", "call_waits", "for_deputy"}
"""The kinds of notices that ask for something: the one that they become says which codes, and where they are."""

DAILY = {"new", "given_back", "support"}
"""The kinds of notices that a member does not get who reads a digest, unless the lead cannot wait."""

NAMED, OPENED = 40, 8
"""So many codes are named on such a notice, and so many of them have a button."""

_log = structlog.get_logger("inbox")


def partner_name(content: Content, turn: Turn, lead: Lead, language: str = "nl") -> str:
    """Return the partner's name for that reader; the coordinator, when the wijk no longer has that partner."""
    partner = turn.wijk.partners.get(lead.partner)
    return content.words.partner(language, partner) if partner else content.words.phrase(language, "packet.coordinator")


def inbox_name(content: Content, turn: Turn, inbox: str) -> str:
    """Return the name of an inbox, as partners read it."""
    partner = turn.wijk.partners.get(inbox)
    if inbox == CONNECTOR:
        return content.words.phrase("nl", "register.connectors")
    if partner is None and inbox != COORDINATOR:
        return inbox  # the wijk no longer has it, nor its name
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
        if one.person != lead.resident and (one.person, one.message) not in done:
            turn.out.append(card.instead_of(one, turn.words, lead=lead.id))


def blanked(content: Content, tx: Tx, wijk: str, arrived: Sequence[SentMessage]) -> list[Outgoing]:
    """Return edits that blank what arrived about a lead after it was blanked, or after its reader left.

    Its resident keeps theirs.
    """
    out = []
    for one in arrived:
        card = gone_for(content, tx, wijk, one.person, one.lead)
        if card is not None:
            out.append(card.instead_of(one, content.words, lead=one.lead))
    return out


def gone_for(content: Content, tx: Tx, wijk: str, person: str, about: int | None) -> Card | None:
    """Return what stands in place of a message about this lead when this person may not read it any more; else None."""
    lead = leads.get(tx, wijk, about) if about is not None else None
    if lead is None or lead.resident == person:
        return None
    if lead.packet is None:
        return closing(content, content.words.phrase("nl", why_blank(lead), code=lead.code))
    if any(role_at(content, each, lead) for each in members.of(tx, wijk, person)):
        return None
    return Card(content.words.phrase("nl", "desk.shut", code=lead.code))


def why_blank(lead: Lead) -> str:
    """Return the key of what members read about a lead that was blanked: it was withdrawn, or it ended long ago."""
    return "desk.gone" if lead.status == "withdrawn" else "desk.forgotten"


def gathered(content: Content, turn: Turn) -> list[Outgoing]:
    """Return the messages of a turn: the answers to `me` first, and many notices of one kind to one person as one."""
    out: dict[int, Outgoing] = dict(enumerate(turn.out))
    for (person, kind), alike in turn.alike.items():
        if kind in DAILY and person != turn.me and digests.of(turn.tx, turn.wijk.id, person):
            alike = _cannot_wait(turn, out, alike)
        if len(alike) > MANY:
            card = closing(content, content.words.phrase("nl", f"desk.many_{kind}", count=len(alike)))
            if kind in LISTED:
                card = _listed(content, turn, person, card, [out[number].lead for number in alike])
            priority = min(out.pop(number).priority for number in alike)
            out[alike[0]] = card.message(person, content.words, "nl", priority=priority)
    return [out[number] for number in sorted(out, key=lambda number: (out[number].to != turn.me, number))]


def _cannot_wait(turn: Turn, out: dict[int, Outgoing], alike: Sequence[int]) -> list[int]:
    """Take what can wait for the digest of its reader out of these messages; return which stay."""
    about = {number: leads.get(turn.tx, turn.wijk.id, out[number].lead or 0) for number in alike}
    stay = [number for number, lead in about.items() if lead is not None and lead.urgent]
    for number in set(about) - set(stay):
        del out[number]
    return stay


def _listed(content: Content, turn: Turn, person: str, card: Card, about: Sequence[int | None]) -> Card:
    """Return this card with the codes of these leads, by inbox, and a button to those that this person may open.

    No more than the codes: nothing takes it back when one of their residents stops.
    """
    found = [leads.get(turn.tx, turn.wijk.id, id) for id in about[:NAMED] if id is not None]
    known = [lead for lead in found if lead is not None]
    codes: dict[str, list[str]] = {}
    for lead in known:
        codes.setdefault(inbox_name(content, turn, lead.inbox), []).append(lead.code)
    lines = [card.text, *(f"{name}: {', '.join(each)}" for name, each in codes.items())]
    if len(about) > len(known):
        lines.append(content.words.phrase("nl", "desk.and_more", count=len(about) - len(known)))
    here = members.of(turn.tx, turn.wijk.id, person)
    theirs = [lead for lead in known if any(role_at(content, each, lead) for each in here)]
    rows = ((Choice(lead.code, LeadTap(lead.token, "view", version=lead.version)),) for lead in theirs[:OPENED])
    return replace(card, text="\n".join(lines), choices=(*rows, *card.choices))


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


def tell_coordinators(
    turn: Turn,
    card: Card,
    *,
    priority: int = NOTICE,
    lead: int | None = None,
    but: Collection[str] = (),
    kind: str = "",
) -> None:
    """Tell every coordinator but these, or the deputies while no coordinator can be reached.

    When nobody can, the log says so, without a word of the card.
    """
    found = first_readers(turn, COORDINATOR)
    if not found:
        _log.error("no coordinator can be reached", wijk=turn.wijk.id)
    for person in found:
        if person not in but:
            turn.say(person, card, priority=priority, lead=lead, kind=kind)


def close_views(content: Content, turn: Turn, lead: Lead) -> None:
    """Take a lead that ended from wherever members have it open: it was shown to ring once more, and that is over."""
    fields = {"code": lead.code, "status": content.desk.statuses[lead.status].label}
    card = closing(content, content.words.phrase("nl", "desk.closed", **fields))
    tapped = turn.incoming.message if isinstance(turn.cause, Incoming) else None
    for view in views.of_lead(turn.tx, turn.wijk.id, lead.id):
        if (view.member, view.message) != (turn.me, tapped):
            turn.say(view.member, card, edit=view.message, lead=lead.id)


def leave_inbox(content: Content, turn: Turn, inbox: str) -> None:
    """Move the open leads of an inbox without readers to the coordinator, as the consent card said.

    A lead that somebody had taken there waits for a coordinator to take it.
    """
    count = counts.count_of_inbox(turn.tx, turn.wijk.id, inbox)
    for lead in leads.open_of_inboxes(turn.tx, turn.wijk.id, [inbox], limit=count):
        leave_to_coordinator(content, turn, lead)


def leave_to_coordinator(content: Content, turn: Turn, lead: Lead) -> None:
    """Move one open lead, which nobody in its inbox may read, to the coordinator."""
    to = taken.to if (taken := content.desk.move("give_back", lead.status, "system")) else lead.status
    moved = moves.move(content, turn, lead, to, actor="system", assignee=None, inbox=COORDINATOR, tells=False)
    for person in first_readers(turn, COORDINATOR, but=lead.resident) if moved else ():
        turn.say(person, notice(content, turn, moved or lead), lead=lead.id, kind="new")


def role_at(content: Content, member: Member, lead: Lead) -> str:
    """Return what this member is to this lead: `partner` of its inbox, the `coordinator` who decides, or nothing.

    They decide about what fell to them, and what nobody took in their inbox. What was passed on is nobody's any more.
    """
    if lead.status == "redirected":
        return ""
    free = lead.inbox == COORDINATOR and lead.status == content.desk.start
    if member.organisation == COORDINATOR and (free or content.desk.falls(lead.status)):
        return "coordinator"
    return "partner" if lead.inbox == member.organisation else ""


def shut_out(content: Content, turn: Turn, lead: Lead, shown: Collection[View] = ()) -> None:
    """Blank all messages about a lead to members who may not see it any more, but those `shown`.

    Who never opened it may have read its resident's words. What waits for them about it is dropped. The message in
    which the sender tapped is the caller's.
    """
    tx, wijk = turn.tx, turn.wijk.id
    turn.left.append(lead.id)
    card = Card(content.words.phrase("nl", "desk.shut", code=lead.code))
    tapped = turn.incoming.message if isinstance(turn.cause, Incoming) else None
    done = {(view.member, view.message) for view in shown} | {(turn.me, tapped)}
    sent = {(each.member, each.message): SentMessage(*each[1:]) for each in views.of_lead(tx, wijk, lead.id)}
    sent |= {(one.person, one.message): one for one in sent_messages.of_lead(tx, wijk, lead.id)}
    out = {person for person, _ in sent if gone_for(content, tx, wijk, person, lead.id) is not None}
    for person in sorted(out):
        those = sorted(each for each in sent if each[0] == person and each not in done)
        turn.out += [card.instead_of(sent[each], turn.words) for each in those]
        outbox.drop_to(tx, wijk, person, [lead.id])
        if reads(turn, person):
            views.forget_those(tx, wijk, person, [lead.id])


def reads(turn: Turn, person: str) -> bool:
    """Return whether this person still reads the chat, so that a message arrives there."""
    known = conversations.look(turn.tx, turn.wijk.id, [person]).get(person)
    return known is None or not known.blocked


def holders(turn: Turn, lead: Lead) -> list[str]:
    """Return who has this lead before them: the member who took it, else the inbox's readers, else the coordinators."""
    if lead.assignee and reads(turn, lead.assignee):
        return [lead.assignee]
    here, above = (first_readers(turn, inbox, but=lead.resident) for inbox in (lead.inbox, COORDINATOR))
    return here or above


def first_readers(turn: Turn, inbox: str, *, but: str | None = None) -> list[str]:
    """Return who hears first of what comes into this inbox: its readers, but deputies only while no coordinator reads.

    What no coordinator decides by its moment, deputies hear of too (`bot/leads/clocks/ladder.py`). Left out is who is
    the resident of the lead in hand (`but`): nobody helps themselves.
    """
    found = [each for each in members.members_of(turn.tx, turn.wijk.id, inbox) if each.person != but]
    return [each.person for each in found if each.role != members.DEPUTY] or [each.person for each in found]


def readers(turn: Turn, inbox: str) -> list[str]:
    """Return everybody who reads this inbox and can be reached, in the order in which they joined."""
    return [each.person for each in members.members_of(turn.tx, turn.wijk.id, inbox)]
