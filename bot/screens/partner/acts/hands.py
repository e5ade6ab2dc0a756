"""Who has a lead within its inbox: it is given to a colleague or to a volunteer without a chat, or it is taken over.

Guards two rules: no clock moves by it, and the resident reads so once, when somebody else helps than they read before.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads import relay
from bot.leads.clocks import moves
from bot.leads.packet import topic_line
from bot.leads.recipients import closing, deadline, readers, reads, role_at, tell_inbox
from bot.messages.card import Card, Choice
from bot.messages.taps.members import LeadTap
from bot.messages.turn import Turn
from db.leads import leads, views
from db.leads.lead import HANDED, KEEP, Lead
from db.people import members
from db.people.members import Member
from flows.model.effects import Relay
from flows.model.names import NOT_SENT
from flows.model.wijk import COORDINATOR

GIVE, TAKE_OVER = HANDED
"""What the buttons carry, in place of a move of the desk's table; and the reasons of the events."""

TAKEN = "accept"
"""The move by which a lead that nobody has gets somebody."""


def may_give(content: Content, lead: Lead, member: Member, role: str) -> bool:
    """Return whether this member may give this lead to somebody: nobody has it yet, or they have it themselves."""
    return _open_at(content, lead, role, GIVE) and lead.assignee in (None, member.person)


def may_take_over(content: Content, lead: Lead, member: Member, role: str) -> bool:
    """Return whether this member may take over what a colleague of the same inbox has."""
    return _open_at(content, lead, role, TAKE_OVER) and lead.assignee not in (None, member.person)


def colleagues(turn: Turn, lead: Lead) -> list[Member]:
    """Return who else reads this inbox and can have the lead: not its resident."""
    found = members.members_of(turn.tx, turn.wijk.id, lead.inbox)
    return [each for each in found if each.person not in (turn.sender, lead.assignee, lead.resident)]


def volunteers(turn: Turn, lead: Lead) -> list[str]:
    """Return the first names of the volunteers who help now for this inbox, but not of the one who has this lead."""
    running = leads.open_of_inboxes(turn.tx, turn.wijk.id, [lead.inbox])
    return sorted({each.volunteer for each in running if each.volunteer} - {lead.volunteer})


def name_typed(content: Content, turn: Turn, words: Relay) -> None:
    """Give the lead to the volunteer whose first name a member typed, if they still may; else say that it changed."""
    lead = leads.get(turn.tx, turn.wijk.id, words.lead)
    here = members.of(turn.tx, turn.wijk.id, turn.sender) if lead is not None and lead.packet is not None else []
    may = [each for each in here if lead and may_give(content, lead, each, role_at(content, each, lead))]
    if lead is not None and may and hand(content, turn, lead, may[0], may[0], GIVE, words.text) is not None:
        return
    turn.say(turn.me, closing(content, content.words.phrase("nl", "desk.not_kept")))
    if turn.place is not None:
        turn.place = turn.place.moved(NOT_SENT, ())


def hand(
    content: Content, turn: Turn, lead: Lead, by: Member, to: Member, how: str, volunteer: str | None = None
) -> Lead | None:
    """Let this member have the lead, or a volunteer for whom they report; tell whoever counts on it.

    None when another member was first.
    """
    taken = content.desk.move(TAKEN, lead.status, "partner")
    if taken is not None:
        moved = moves.move(
            content, turn, lead, taken.to, actor=by.person, assignee=to.person, volunteer=volunteer, reason=how
        )
    else:
        anew = KEEP if to.person == lead.assignee else to.person
        moved = moves.attempt(content, turn, lead, by.person, how, assignee=anew, volunteer=volunteer)
    if moved is None:
        return None
    _tell_members(content, turn, lead, moved, by, to)
    if volunteer is None or lead.volunteer is None:
        _tell_resident(content, turn, moved, to, fresh=taken is not None)
    return moved


def given_by(turn: Turn, lead: Lead) -> str:
    """Return the first name of the member who gave this lead to the one who has it; empty when nobody did."""
    if lead.reason != GIVE:
        return ""
    actor = leads.events(turn.tx, turn.wijk.id, lead.id)[-1].actor
    found = members.of(turn.tx, turn.wijk.id, actor) if actor != lead.assignee else []
    return found[0].name if found else ""


def _open_at(content: Content, lead: Lead, role: str, act: str) -> bool:
    works = lead.status in content.desk.moves_by_name["return"].sources
    return works and lead.packet is not None and content.desk.may(f"lead.{act}", role)


def _tell_members(content: Content, turn: Turn, before: Lead, lead: Lead, by: Member, to: Member) -> None:
    """Tell whoever has it now, whoever had it, and those who have it open."""
    phrase, topics = content.words.phrase, topic_line(content, lead.topic, "nl")
    status = content.desk.statuses[lead.status].label
    allowed = readers(turn, lead.inbox)
    seen = [view for view in views.of_lead(turn.tx, turn.wijk.id, lead.id) if view.member in allowed]
    news = closing(content, phrase("nl", "desk.moved", code=lead.code, status=status))
    tell_inbox(turn, lead, news, but=to.person, open_in=[view for view in seen if view.member != by.person])
    view = Choice(phrase("nl", "desk.view"), LeadTap(lead.token, "view", version=lead.version))
    if to.person != by.person:
        due = phrase("nl", "desk.due", deadline=deadline(content, lead.due_at))
        text = phrase("nl", "desk.given", code=lead.code, topics=topics, member=by.name, due=due)
        turn.say(to.person, Card(text, ((view,),)), lead=lead.id)
    if before.assignee not in (None, by.person, to.person) and reads(turn, before.assignee or ""):
        text = phrase("nl", "desk.taken_over", code=lead.code, topics=topics, member=to.name)
        turn.say(before.assignee or "", Card(text, ((view,),)), lead=lead.id)


def _tell_resident(content: Content, turn: Turn, lead: Lead, to: Member, *, fresh: bool) -> None:
    """Tell the resident who helps now; of a volunteer never the name. A day that passed is not told again."""
    partner = turn.wijk.partners.get(lead.inbox)
    if lead.volunteer is None and fresh:
        relay.tell(content, turn, to, lead, content.desk.moves_by_name[TAKEN])
        return
    key = "handed" if lead.volunteer is None else "matched" if partner and partner.matches else "volunteer"
    waits = moves.promises(content, lead.status) and lead.contact_by is not None and lead.contact_by > turn.now
    told = f"leads.{key}" if waits else f"leads.{key}_going"
    at = COORDINATOR if lead.inbox == COORDINATOR else lead.partner
    relay.tell_resident(content, turn, lead, told, partner=at, member=to.name)
