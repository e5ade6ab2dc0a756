"""The coordinator's dashboard: which partner is open, full or away, and the switches of the wijk. Dutch only."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.messages.buttons import DashboardTap, InboxTap
from bot.messages.card import Card, Choice, Rows
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.coordinator.members import invite
from db.leads import leads
from db.people import members
from db.people.members import Member
from db.records import audit, switches
from flows.model.wijk import COORDINATOR, STATES, Partner


class Dashboard:
    """Draws and carries out what only a coordinator may do."""

    def __init__(self, content: Content, username: str) -> None:
        self.content, self.username = content, username

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the dashboard, in Dutch."""
        return self.content.words.phrase("nl", f"coordinator.{key}", **fields)

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: DashboardTap) -> Outcome:
        """Carry out one tap or command of a sender, by the membership that the desk's table lets do it."""
        act = tap.act if f"dashboard.{tap.act}" in self.content.desk.acts else "home"
        member = next((each for each in memberships if self.content.desk.may(f"dashboard.{act}", each.role)), None)
        if member is None:
            turn.say(turn.me, Card(self.phrase("not_coordinator"), replaces="not_coordinator"))
            return NOTHING
        subject, value = tap.subject, tap.value
        partner = turn.wijk.partners.get(subject)
        match act:
            case "partner" if partner:
                self.show(turn, self.partner(turn, partner))
            case "state" if partner and value in STATES:
                return self.switch(turn, member, f"partner.{subject}.state", value)
            case "invite" if partner:
                invite(self.content, turn, member, subject, "partner", self.username)
            case "invite_coordinator":
                invite(self.content, turn, member, COORDINATOR, "coordinator", self.username)
            case "switch" if subject in turn.wijk.switches and value in ("on", "off"):
                return self.switch(turn, member, f"switch.{subject}", value == "on")
            case _:
                self.show(turn, self.home(turn))
        return NOTHING

    def home(self, turn: Turn) -> Card:
        """Draw how the wijk stands, with a button for each partner and each switch."""
        wijk = turn.wijk
        waiting = leads.count_of_inbox(turn.tx, wijk.id, COORDINATOR)
        text = self.phrase("title", wijk=wijk.name, open=leads.count_open(turn.tx, wijk.id), waiting=waiting)
        rows: Rows = tuple(
            (Choice(self.line(turn, partner), DashboardTap("partner", partner.id)),)
            for partner in wijk.partners.values()
        )
        switches: Rows = tuple(
            (
                Choice(
                    self.phrase("switch", name=self.phrase(key), state=self.phrase("on" if switch.on else "off")),
                    DashboardTap("switch", key, "off" if switch.on else "on"),
                ),
            )
            for key, switch in wijk.switches.items()
        )
        more: Rows = (
            (Choice(self.phrase("inbox"), InboxTap()),),
            (Choice(self.phrase("invite_coordinator"), DashboardTap("invite_coordinator")),),
        )
        return Card(text, (*rows, *switches, *more), replaces="dashboard")

    def line(self, turn: Turn, partner: Partner) -> str:
        """Return a partner in one line: its name, its state, and how many people read its inbox."""
        count = len(members.members_of(turn.tx, turn.wijk.id, partner.id))
        return self.phrase(
            "partner_line", partner=partner.name, state=self.phrase(partner.state), members=self.members(count)
        )

    def members(self, count: int) -> str:
        """Say in words how many people read an inbox."""
        return self.phrase("no_members" if not count else "one_member" if count == 1 else "members", count=count)

    def partner(self, turn: Turn, partner: Partner) -> Card:
        """Draw one partner, with its state, an invitation, and how old our knowledge is."""
        count = len(members.members_of(turn.tx, turn.wijk.id, partner.id))
        text = self.phrase(
            "partner",
            partner=partner.name,
            state=self.phrase(partner.state),
            members=self.members(count),
            checked=partner.known.checked,
        )
        states: Rows = tuple(
            (Choice(self.phrase(f"set_{state}"), DashboardTap("state", partner.id, state)),)
            for state in STATES
            if state != partner.state
        )
        invite = Choice(self.phrase("invite"), DashboardTap("invite", partner.id))
        back = Choice(self.phrase("back"), DashboardTap())
        return Card(text, ((invite,), *states, (back,)), replaces="dashboard")

    def switch(self, turn: Turn, member: Member, name: str, value: object) -> Outcome:
        """Set one switch or the state of one partner, and show how it stands now."""
        switches.put(turn.tx, turn.wijk.id, name, value, member.person, turn.now)
        audit.add(turn.tx, turn.wijk.id, member.person, f"set.{name}", turn.now)
        wijk = turn.wijk
        turn.wijk = self.content.wijk.with_switches(switches.all(turn.tx, wijk.id), members.staffed(turn.tx, wijk.id))
        kind, subject, *_ = name.split(".")
        self.show(turn, self.partner(turn, turn.wijk.partners[subject]) if kind == "partner" else self.home(turn))
        return Outcome(wijk_changed=True)

    def show(self, turn: Turn, card: Card) -> None:
        """Answer the coordinator where they tapped, or with a new message."""
        turn.say(turn.me, card, edit=turn.incoming.message)
