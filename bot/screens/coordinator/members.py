"""What a coordinator does about members: who works where, which invitations are open, removing and taking back.

Dutch only. Guards the rule that a button names a membership or an invitation by its random handle: an old button, or
one that somebody made up, finds nothing or what it says, and never another person.
"""

from __future__ import annotations

from datetime import datetime

from bot.content.loaded import ZONE, Content
from bot.leads.members.departure import LEFT, REMOVED, depart, last_coordinator, only_one
from bot.leads.recipients import inbox_name, reads
from bot.messages.card import Card, Choice, Rows
from bot.messages.links import INVITATION, link
from bot.messages.taps.members import DashboardTap
from bot.messages.turn import NOTHING, Outcome, Turn
from db.leads import leads
from db.people import invitations, members
from db.people.invitations import Invitation
from db.people.members import Member
from db.records import audit
from flows.model.wijk import CONNECTOR, COORDINATOR

PAGE = 8
"""Members and invitations on one page."""


def invite(content: Content, turn: Turn, maker: Member, organisation: str, role: str, username: str) -> None:
    """Make a link to the bot `username` for one person; it is shown once and can never be read back."""
    code = invitations.make(turn.tx, turn.wijk.id, organisation, role, maker.person, turn.now)
    audit.add(turn.tx, turn.wijk.id, maker.person, "invitation.made", turn.now)
    name = inbox_name(content, turn, organisation)
    if role in (members.DEPUTY, members.CONNECTOR):
        name = content.words.phrase("nl", f"coordinator.as_{role}")
    address = link(username, f"{INVITATION}{code}")
    text = content.words.phrase("nl", "coordinator.invitation", partner=name, link=address)
    turn.say(turn.me, Card(text, free=True))  # it is there to be passed on


class Members:
    """Draws who works for an organisation, and ends memberships and invitations."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the dashboard, in Dutch."""
        return self.content.words.phrase("nl", f"coordinator.{key}", **fields)

    def hears(self, turn: Turn, by: Member, tap: DashboardTap) -> Outcome | None:
        """Carry out an act about members or invitations; None when the button means nothing any more."""
        tx, wijk, handle = turn.tx, turn.wijk.id, tap.subject
        member = members.by_handle(tx, wijk, handle)
        invitation = next((each for each in invitations.open_ones(tx, wijk, turn.now) if each.handle == handle), None)
        match tap.act:
            case "members" if handle in (COORDINATOR, CONNECTOR) or handle in turn.wijk.partners:
                self.show(turn, self.list(turn, handle, int(tap.value) if tap.value.isdecimal() else 0))
            case "member" if member:
                self.show(turn, self.one(turn, member))
            case "remove" if member:
                return self.remove(turn, by, member)
            case "invitation" if invitation:
                self.show(turn, self.invitation(turn, invitation))
            case "take_back" if invitation:
                invitations.take_back(tx, wijk, handle, turn.now)
                audit.add(tx, wijk, by.person, "invitation.taken_back", turn.now)
                self.show(turn, self.list(turn, invitation.partner, note=self.phrase("taken_back")))
            case _:
                return None
        return NOTHING

    def list(self, turn: Turn, organisation: str, offset: int = 0, note: str = "") -> Card:
        """Draw the members and then the open invitations of one organisation, a page at a time."""
        found = members.who_joined(turn.tx, turn.wijk.id, organisation)
        joined = sorted(found, key=lambda each: (each.joined_at, each.name))
        invited = invitations.open_ones(turn.tx, turn.wijk.id, turn.now, partner=organisation)
        choices = [
            *(Choice(self.line(turn, each), DashboardTap("member", each.handle)) for each in joined),
            *(Choice(self.invitation_line(each), DashboardTap("invitation", each.handle)) for each in invited),
        ]
        rows: Rows = tuple((choice,) for choice in choices[offset : offset + PAGE])
        if len(choices) > offset + PAGE:
            more = DashboardTap("members", organisation, str(offset + PAGE))
            rows = (*rows, (Choice(self.content.words.phrase("nl", "nav.next"), more),))
        text = self.phrase(
            "members_title",
            partner=inbox_name(self.content, turn, organisation),
            members=self.count(len(joined)),
            count=len(invited),
        )
        if organisation == CONNECTOR:
            rows = (*rows, (Choice(self.phrase("invite_connector"), DashboardTap("invite_connector")),))
        above = DashboardTap() if organisation in (COORDINATOR, CONNECTOR) else DashboardTap("partner", organisation)
        back = Choice(self.phrase("back"), above)
        return Card("\n\n".join([*([note] if note else []), text]), (*rows, (back,)), replaces="dashboard")

    def one(self, turn: Turn, member: Member) -> Card:
        """Draw one member, with the button that removes them: the second of the two taps."""
        taken = [
            lead for lead in leads.taken_by(turn.tx, turn.wijk.id, member.person) if lead.inbox == member.organisation
        ]
        partner = inbox_name(self.content, turn, member.organisation)
        lines = [
            self.phrase(
                "member", name=member.name, partner=partner, since=self.day(member.joined_at), count=len(taken)
            ),
            *([] if reads(turn, member.person) else [self.phrase("member_away")]),
            self.phrase("remove_sure", name=member.name),
        ]
        rows = (
            (Choice(self.phrase("remove", name=member.name), DashboardTap("remove", member.handle)),),
            (Choice(self.phrase("back"), DashboardTap("members", member.organisation)),),
        )
        return Card("\n\n".join(lines), rows, replaces="dashboard")

    def remove(self, turn: Turn, by: Member, member: Member) -> Outcome:
        """End this membership, unless nobody would be left to coordinate."""
        if member.organisation == COORDINATOR and last_coordinator(turn, member.person):
            self.show(turn, only_one(self.content))
            return NOTHING
        own = member.person == by.person
        departed = depart(self.content, turn, member, LEFT if own else REMOVED, "" if own else by.person)
        if own and member.handle == by.handle:
            self.show(turn, Card(departed.report))
        else:
            self.show(turn, self.list(turn, member.organisation, note=departed.report))
        return departed.outcome

    def invitation(self, turn: Turn, invitation: Invitation) -> Card:
        """Draw one open invitation, with the button that takes it back."""
        text = self.phrase(
            "invitation_of",
            partner=inbox_name(self.content, turn, invitation.partner),
            made=self.day(invitation.made_at),
            by=self.maker(turn, invitation),
            until=self.day(invitation.expires_at),
        )
        rows = (
            (Choice(self.phrase("take_back"), DashboardTap("take_back", invitation.handle)),),
            (Choice(self.phrase("back"), DashboardTap("members", invitation.partner)),),
        )
        return Card(text, rows, replaces="dashboard")

    def maker(self, turn: Turn, invitation: Invitation) -> str:
        """Return who made an invitation: a coordinator, one who has left, or the command line."""
        if invitation.made_by is None:
            return self.phrase("by_command")
        found = members.of(turn.tx, turn.wijk.id, invitation.made_by)
        return found[0].name if found else self.phrase("by_someone")

    def line(self, turn: Turn, member: Member) -> str:
        """Return a member in one line: first name and since when; marked when they do not read the chat."""
        key = "deputy_line" if member.role == members.DEPUTY else "member_line"
        line = self.phrase(key, name=member.name, since=self.day(member.joined_at))
        return line if reads(turn, member.person) else self.phrase("blocked_line", line=line)

    def invitation_line(self, invitation: Invitation) -> str:
        """Return an open invitation in one line."""
        role = self.phrase(f"role_{invitation.role}")
        return self.phrase("invitation_line", role=role, until=self.day(invitation.expires_at))

    def count(self, count: int) -> str:
        """Say in words how many people work there."""
        return self.phrase("no_members" if not count else "one_member" if count == 1 else "members", count=count)

    def day(self, moment: datetime) -> str:
        """Return a day as members read it."""
        return self.content.words.day("nl", moment.astimezone(ZONE).date())

    def show(self, turn: Turn, card: Card) -> None:
        """Answer the coordinator where they tapped, or with a new message."""
        turn.say(turn.me, card, edit=turn.incoming.message)
