"""A membership ends or is suspended: one verb for leaving, moving, being removed, erasing oneself, blocking the bot.

Guards three rules: no lead stays with a person who does not work on it, whoever counted on that person is told, and
nothing that they may not see any more stays readable in their chat
(`docs/decisions/0020-one-verb-for-every-departure.md`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from bot.content.loaded import Content
from bot.leads import relay
from bot.leads.clocks import moves
from bot.leads.members.menus import show_menu
from bot.leads.packet import topic_line
from bot.leads.recipients import (
    inbox_name,
    leave_inbox,
    readers,
    reads,
    role_at,
    tell_coordinators,
    tell_inbox,
)
from bot.leads.talk import watchword
from bot.messages.card import Card, Choice
from bot.messages.taps.members import DashboardTap, LeadTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.register import moves as register
from bot.register import support
from db.leads import counts, leads, views
from db.leads.lead import Lead
from db.people import conversations, digests, invitations, members
from db.people.members import Member
from db.queue import outbox, sent_messages
from db.queue.sent_messages import SentMessage
from db.records import audit
from flows.model.names import ON_LEAD, TO_RESIDENT
from flows.model.wijk import COORDINATOR

LEFT, REMOVED, ERASED, SUSPENDED, CLOSED = "left", "removed", "erased", "suspended", "closed"
"""Why a member departs. A membership that is suspended stays: its member blocked the bot, and may return. When it was
closed, the organisation is no longer part of the wijk."""

SYSTEM = "system"
"""Stands for whoever runs the bot, and for what happens by itself."""


class Departed(NamedTuple):
    """What a departure did: the news of it for a coordinator, and the outcome of the turn."""

    report: str
    outcome: Outcome


def depart(content: Content, turn: Turn, member: Member, why: str, by: str = "") -> Departed:
    """End or suspend this membership: leads go back, and the resident, the colleagues and the coordinators are told.

    `by` is the person who does it, if it is another one; they get no notice: the caller shows them the report. Nothing
    is asked here: the caller has refused what `last_coordinator` forbids.
    """
    knew: list[Lead] = []
    if why != SUSPENDED:
        members.end(turn.tx, turn.wijk.id, member.handle)
        audit.add(turn.tx, turn.wijk.id, by or member.person, f"member.{why}", turn.now)
    back = [given for lead in _taken(turn, member) if (given := _give_back(content, turn, lead, why, by))]
    alone = member.organisation != COORDINATOR and not readers(turn, member.organisation)
    handed = counts.count_of_inbox(turn.tx, turn.wijk.id, member.organisation) if alone else 0
    if alone:
        register.leave(content, turn, member.organisation)
        support.leave(content, turn, member.organisation)
        leave_inbox(content, turn, member.organisation)
    else:
        _tell_colleagues(content, turn, member, back, why)
        knew = watchword.ends_with(content, turn, member) if why != SUSPENDED else []
    _tell_residents(content, turn, member, back, why)
    for lead in knew:
        if lead.resident not in (None, member.person) and reads(turn, lead.resident or ""):
            relay.tell_resident(
                content, turn, leads.get(turn.tx, turn.wijk.id, lead.id) or lead, "leads.new_word", partner=lead.partner
            )
    shut = blank(content, turn, member.person)
    report = "\n".join(
        [*_report(content, turn, member, back, handed, why), *_invitations(content, turn, member, why, by)]
    )
    tell_coordinators(turn, Card(report), but=(by, member.person))
    if why == REMOVED:
        gone = content.words.phrase("nl", "desk.removed", partner=inbox_name(content, turn, member.organisation))
        turn.say(member.person, Card(gone))
    if why == CLOSED:
        turn.say(member.person, Card(content.words.phrase("nl", "desk.partner_gone", wijk=turn.wijk.name)))
    if why != SUSPENDED and not members.of(turn.tx, turn.wijk.id, member.person):
        digests.forget(turn.tx, turn.wijk.id, member.person)
    if why != SUSPENDED:
        show_menu(content, turn, member.person)
    return Departed(report, Outcome(wijk_changed=True, departed=tuple((member.person, lead) for lead in shut)))


def removed(content: Content, turn: Turn, handle: str) -> Outcome:
    """Remove the person of this tick, as whoever runs the bot asks; nothing happens to the last coordinator."""
    member = members.by_handle(turn.tx, turn.wijk.id, handle)
    if member is None or (member.organisation == COORDINATOR and last_coordinator(turn, member.person)):
        return NOTHING
    return depart(content, turn, member, REMOVED, SYSTEM).outcome


def last_coordinator(turn: Turn, person: str) -> bool:
    """Return whether this person is a coordinator or a deputy, and no other one can be reached."""
    here = any(each.organisation == COORDINATOR for each in members.of(turn.tx, turn.wijk.id, person))
    return here and all(each == person for each in readers(turn, COORDINATOR))


def only_one(content: Content) -> Card:
    """Return what the only coordinator is told who wants to go, with the button that helps."""
    deputy = Choice(content.words.phrase("nl", "coordinator.invite_deputy"), DashboardTap("invite_deputy"))
    return Card(content.words.phrase("nl", "desk.last_coordinator"), ((deputy,),))


def blank(content: Content, turn: Turn, person: str, *, everything: bool = False) -> set[int]:
    """Blank the messages of this person about leads that are not theirs to see any more; return those leads.

    What waits for them about such a lead is dropped. Leads of their own, as a resident, stay. With `everything` also
    those are blanked that they may still see: they were away, and what happened meanwhile is not known there.
    """
    tx, wijk = turn.tx, turn.wijk.id
    here = [] if everything else members.of(tx, wijk, person)
    told = sent_messages.about_leads(tx, wijk, person)
    about = {one.message: one.lead for one in told if one.lead is not None}
    about |= {view.message: view.lead for view in views.of_member(tx, wijk, person)}
    chat = conversations.look(tx, wijk, [person]).get(person)
    if chat is not None and chat.card is not None and chat.place and chat.step.startswith("relay."):
        about[chat.card] = chat.place.get("about", 0)  # the card on which they write may name the resident
    waiting = outbox.leads_for(tx, wijk, person)
    known = {id: leads.get(tx, wijk, id) for id in sorted({*about.values(), *waiting})}
    shut = {
        id: lead
        for id, lead in known.items()
        if lead is not None and lead.resident != person and not any(role_at(content, one, lead) for one in here)
    }
    outbox.drop_to(tx, wijk, person, [*shut])
    place = turn.place
    if person == turn.me and place is not None and place.step in (TO_RESIDENT, *ON_LEAD) and place.about in shut:
        turn.place = replace(content.walk.to_menu(place), about=0)
    goes = {one.message: one.goes_at for one in told}
    for message, lead in sorted(about.items()):
        if lead in shut:
            gone = Card(content.words.phrase("nl", "desk.shut", code=shut[lead].code))
            turn.out.append(gone.instead_of(SentMessage(person, message, goes_at=goes.get(message)), turn.words))
    if reads(turn, person):
        views.forget_those(tx, wijk, person, [*shut])
    return {*shut}


def _taken(turn: Turn, member: Member) -> list[Lead]:
    taken = leads.taken_by(turn.tx, turn.wijk.id, member.person)
    return [lead for lead in taken if lead.inbox == member.organisation]


def _give_back(content: Content, turn: Turn, lead: Lead, why: str, by: str) -> Lead | None:
    """Put a lead back into its inbox; what the resident was promised, and when, stays as it was.

    Who has to take it now gets a new day, if the first one has passed.
    """
    move = content.desk.move("give_back", lead.status, "system")
    if move is None:
        return None
    actor = by or (lead.assignee or SYSTEM if why == LEFT else SYSTEM)
    return moves.move(content, turn, lead, move.to, actor=actor, assignee=None, reason=why, tells=False)


def tell_given_back(content: Content, turn: Turn, lead: Lead, name: str, *, but: str) -> None:
    """Tell the readers of its inbox that a lead lies there again, and who does not have it any more."""
    phrase = content.words.phrase
    text = phrase(
        "nl",
        "desk.given_back",
        code=lead.code,
        topics=topic_line(content, lead.topic, "nl"),
        member=name,
        partner=inbox_name(content, turn, lead.inbox),
    )
    view = Choice(phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version))
    tell_inbox(turn, lead, Card(text, ((view,),)), but=but, kind="given_back")


def _tell_colleagues(content: Content, turn: Turn, member: Member, back: list[Lead], why: str) -> None:
    for lead in back:
        tell_given_back(content, turn, lead, _name(content, member, why), but=member.person)


def _tell_residents(content: Content, turn: Turn, member: Member, back: list[Lead], why: str) -> None:
    """Tell each resident, in their own language, where their question is now; a person who is erased is not named."""
    for lead in back:
        now = leads.get(turn.tx, turn.wijk.id, lead.id) or lead
        move = content.desk.moves_by_name["give_back"]
        if why == ERASED:
            move = replace(move, tell=f"{move.tell}_someone")
        if now.resident != member.person:
            relay.tell(content, turn, member, now, move)


def _report(content: Content, turn: Turn, member: Member, back: list[Lead], handed: int, why: str) -> list[str]:
    phrase, partner = content.words.phrase, inbox_name(content, turn, member.organisation)
    key = "member_away" if why == SUSPENDED else "member_gone"
    lines = [phrase("nl", f"desk.{key}", member=_name(content, member, why), partner=partner)]
    if back:
        codes = content.words.in_row([lead.code for lead in back], "nl")
        lines.append(phrase("nl", "desk.member_gave_back", codes=codes))
    if handed:
        lines.append(phrase("nl", "desk.inbox_handed", partner=partner, count=handed))
    return lines


def _invitations(content: Content, turn: Turn, member: Member, why: str, by: str) -> list[str]:
    """Name the open invitations that a departing coordinator made; of a coordinator who is removed they end too."""
    if member.organisation != COORDINATOR or why == SUSPENDED:
        return []
    made = invitations.open_ones(turn.tx, turn.wijk.id, turn.now, made_by=member.person)
    if not made:
        return []
    if why == REMOVED:
        for one in made:
            invitations.take_back(turn.tx, turn.wijk.id, one.handle, turn.now)
            audit.add(turn.tx, turn.wijk.id, by or SYSTEM, "invitation.taken_back", turn.now)
    names = content.words.listed([inbox_name(content, turn, one.partner) for one in made], "nl")
    key = "invitations_ended" if why == REMOVED else "invitations_left"
    return [content.words.phrase("nl", f"desk.{key}", partners=names)]


def _name(content: Content, member: Member, why: str) -> str:
    return content.words.phrase("nl", "desk.someone") if why == ERASED else member.name
