"""Join and leave: an invitation makes a person a member of a partner, or a coordinator; a member ends it themselves.

Dutch only, except for a refusal: whoever has a broken link may be anybody.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.loaded import Content
from bot.leads.members import digest
from bot.leads.members.departure import LEFT, depart, last_coordinator, only_one
from bot.leads.members.menus import show_menu
from bot.leads.recipients import inbox_name
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import DashboardTap, InboxTap, JoinTap, LeaveTap, RegisterTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.partner.days import AgreedDays
from db.people import invitations, members
from db.people.invitations import Invitation
from db.people.members import Member
from db.records import audit
from flows.model.wijk import CONNECTOR, COORDINATOR

ANSWERED = Outcome(answered=True)


def join(content: Content, turn: Turn, code: str, choice: str = "") -> Outcome:
    """Use an invitation: once, by one person, within its days, and only into a role that the desk's table lets join.

    A member of another organisation is asked first; `choice` is what they said: both, move or no. The coordinator who
    made the link and a person who belongs there already are told so, and the link stays as good as it was.
    """
    wijk, phrase = turn.wijk, content.words.phrase
    invitation = invitations.find(turn.tx, wijk.id, code)
    if invitation is None or not content.desk.may("join", invitation.role) or _is_gone(turn, invitation):
        return _refused(content, turn)
    if invitation.used_by == turn.me and _is_there(turn, invitation):
        return _welcome(content, turn, invitation)
    if invitation.used_at is not None or invitation.expires_at <= turn.now:
        return _refused(content, turn)
    if invitation.made_by == turn.me:
        return _say(turn, Card(phrase("nl", "desk.own_link"), replaces="own_link"))
    if _is_there(turn, invitation):
        there = place_name(content, turn, invitation.partner)
        return _say(turn, Card(phrase("nl", "desk.joined_already", partner=there), replaces="joined_already"))
    elsewhere = [each for each in members.of(turn.tx, wijk.id, turn.me) if each.organisation != invitation.partner]
    if choice == "no":
        return _say(turn, Card(phrase("nl", "desk.join_not"), replaces="join"))
    if elsewhere and not choice:
        return _say(turn, _asks(content, turn, elsewhere, invitation, code))
    moves = elsewhere[0] if choice == "move" and len(elsewhere) == 1 else None
    if moves is not None and moves.organisation == COORDINATOR and last_coordinator(turn, turn.me):
        return _say(turn, only_one(content))
    if invitations.use(turn.tx, wijk.id, code, turn.me, turn.now) is None:
        return _refused(content, turn)
    name = turn.incoming.name.strip() or phrase("nl", "desk.someone")
    member = members.join(turn.tx, wijk.id, turn.me, invitation.partner, invitation.role, name, turn.now)
    audit.add(turn.tx, wijk.id, turn.me, "member.joined", turn.now)
    if turn.place is not None and turn.place.language is None:
        turn.place = replace(turn.place, language="nl")
    outcome = _welcome(content, turn, invitation)
    AgreedDays(content).ask_first(turn, member)
    if digest.begin(turn, member):
        other = Choice(phrase("nl", "desk.digest_other"), InboxTap(digest="ask"))
        text = phrase("nl", "desk.digest_begins", hour=wijk.digest_hour)
        turn.say(turn.me, Card(text, ((other,),), replaces="digest_begins"))
    if moves is not None:
        outcome |= _left(content, turn, moves, None)
    show_menu(content, turn, turn.me)
    return outcome


def answer(content: Content, turn: Turn, tap: JoinTap) -> Outcome:
    """Carry out what a member said to an invitation."""
    return join(content, turn, tap.code, tap.choice)


def leave(content: Content, turn: Turn, member: Member) -> Outcome:
    """End this membership of the sender, unless nobody would be left to coordinate: then they are told what to do."""
    if member.organisation == COORDINATOR and last_coordinator(turn, member.person):
        return _say(turn, only_one(content))
    return _left(content, turn, member, _message(turn))


def ask_to_leave(content: Content, turn: Turn, member: Member) -> None:
    """Ask whether a member is sure."""
    phrase, partner = content.words.phrase, place_name(content, turn, member.organisation)
    rows: Rows = (
        (Choice(phrase("nl", "desk.leave_yes", partner=partner), LeaveTap(member.handle, sure=True)),),
        (Choice(phrase("nl", "desk.leave_no"), InboxTap()),),
    )
    turn.say(turn.me, Card(phrase("nl", "desk.leave_sure", partner=partner), rows), edit=_message(turn))


def place_name(content: Content, turn: Turn, organisation: str) -> str:
    """Return the name of an organisation as a place where somebody works."""
    if organisation == COORDINATOR:
        return content.words.phrase("nl", "desk.coordination", wijk=turn.wijk.name)
    return inbox_name(content, turn, organisation)


def _left(content: Content, turn: Turn, member: Member, edit: int | None) -> Outcome:
    departed = depart(content, turn, member, LEFT)
    partner = place_name(content, turn, member.organisation)
    turn.say(turn.me, Card(content.words.phrase("nl", "desk.left", partner=partner)), edit=edit)
    return departed.outcome


def _is_there(turn: Turn, invitation: Invitation) -> bool:
    """Return whether the sender has the membership that this invitation gives; a deputy may become coordinator."""
    found = [each for each in members.of(turn.tx, turn.wijk.id, turn.me) if each.organisation == invitation.partner]
    return any(each.role == invitation.role or invitation.role == members.DEPUTY for each in found)


def _is_gone(turn: Turn, invitation: Invitation) -> bool:
    """Return whether the organisation of this invitation is no longer part of the wijk."""
    return invitation.partner not in (COORDINATOR, CONNECTOR) and invitation.partner not in turn.wijk.partners


def _asks(content: Content, turn: Turn, elsewhere: list[Member], invitation: Invitation, code: str) -> Card:
    phrase, code = content.words.phrase, code.strip().upper()
    here = [place_name(content, turn, each.organisation) for each in elsewhere]
    both = Choice(phrase("nl", "desk.join_both"), JoinTap(code, "both"))
    rows: Rows = ((both,),)
    if len(here) == 1:
        rows = (*rows, (Choice(phrase("nl", "desk.join_move", here=here[0]), JoinTap(code, "move")),))
    rows = (*rows, (Choice(phrase("nl", "desk.join_no"), JoinTap(code, "no")),))
    there = place_name(content, turn, invitation.partner)
    names = content.words.listed(here, "nl")
    return Card(phrase("nl", "desk.join_asks", here=names, there=there), rows, replaces="join")


def _welcome(content: Content, turn: Turn, invitation: Invitation) -> Outcome:
    phrase, wijk = content.words.phrase, turn.wijk
    rows: Rows = ((Choice(phrase("nl", "coordinator.inbox"), InboxTap()),),)
    text = phrase("nl", "desk.joined", partner=inbox_name(content, turn, invitation.partner))
    if invitation.role == members.CONNECTOR:
        text = phrase("nl", "desk.joined_connector", wijk=wijk.name)
        rows = ((Choice(phrase("nl", "register.button"), RegisterTap()),),)
    if content.desk.may("dashboard.home", invitation.role):
        text = phrase("nl", f"desk.joined_{invitation.role}", wijk=wijk.name)
        rows = ((Choice(phrase("nl", "coordinator.partners"), DashboardTap()),), *rows)
    turn.say(turn.me, Card(text, rows), edit=_message(turn))
    return Outcome(wijk_changed=True, answered=True)


def _refused(content: Content, turn: Turn) -> Outcome:
    text = content.words.phrase(turn.language, "notices.invitation_used")
    turn.say(turn.me, Card(text, replaces="invitation_used"), edit=_message(turn))
    return NOTHING


def _say(turn: Turn, card: Card) -> Outcome:
    turn.say(turn.me, card, edit=_message(turn))
    return ANSWERED


def _message(turn: Turn) -> int | None:
    """Return the message in which the sender tapped; None when they opened a link."""
    return turn.incoming.message
