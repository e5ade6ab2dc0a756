"""The coordinator's dashboard: what waits, and behind buttons the partners and the switches of the wijk. Dutch only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from bot.content.loaded import Content
from bot.leads.members.availability import WEEKS, last_day, set_state, today, turn_switches, within
from bot.leads.members.waiting import Waiting
from bot.leads.members.weekly import DAY, DAYS, day_of, open_lines
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap, RegisterTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.coordinator import verdicts
from bot.screens.coordinator.members import Members, invite
from bot.screens.coordinator.unknown import Unknown
from db.leads import counts
from db.people import members
from db.people.members import Member
from flows.model.wijk import CONNECTOR, COORDINATOR, STATES, VALUES, Partner, Switch

LINES = 4
"""Lines about what waits on the dashboard itself; the others stand behind a button."""

PAGE = 6
"""Partners and switches on one page."""


USUAL = timedelta(weeks=2)
"""For how long a partner is full or away when the coordinator says no more."""


class Dashboard:
    """Draws and carries out what only a coordinator may do; `opens` carries out a tap on a lead."""

    def __init__(self, content: Content, username: str, opens: Callable[[Turn, LeadTap], Outcome]) -> None:
        self.content, self.username, self.opens = content, username, opens
        self.members = Members(content)
        self.unknown, self.waiting = Unknown(content), Waiting(content)

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
                return self.set_state(turn, member, partner, value, today(turn) + USUAL)
            case "until" if partner and partner.state != "open" and value in WEEKS:
                return self.set_state(turn, member, partner, partner.state, today(turn) + timedelta(weeks=int(value)))
            case "partners":
                self.show(turn, self.partners(turn, int(subject) if subject.isdecimal() else 0))
            case "rest":
                self.show(turn, self.rest(turn))
            case "week":
                self.show(turn, self.week(turn, member, subject))
            case "verdicts":
                self.show(turn, verdicts.card(self.content, turn))
            case "waiting":
                self.show(turn, self.waiting.list(turn, int(subject) if subject.isdecimal() else 0))
            case "lead":
                self.show(turn, self.waiting.elsewhere(turn, subject) or self.home(turn, self.phrase("gone_already")))
            case "fetch":
                return self.fetch(turn, member, subject, value)
            case "gaps":
                self.show(turn, self.unknown.card(turn.wijk, today(turn)))
            case "invite" if partner:
                invite(self.content, turn, member, subject, "partner", self.username)
            case "invite_coordinator":
                invite(self.content, turn, member, COORDINATOR, members.COORDINATOR, self.username)
            case "invite_deputy":
                invite(self.content, turn, member, COORDINATOR, members.DEPUTY, self.username)
            case "invite_connector":
                invite(self.content, turn, member, CONNECTOR, members.CONNECTOR, self.username)
            case "switch" if subject in turn.wijk.switches and value in VALUES:
                turn_switches(self.content, turn, member, {f"switch.{subject}": value})
                self.show(turn, self.switch(turn.wijk.switches[subject]))
                return Outcome(wijk_changed=True)
            case "switch" if subject in turn.wijk.switches:
                self.show(turn, self.switch(turn.wijk.switches[subject]))
            case "members" | "member" | "remove" | "invitation" | "take_back":
                done = self.members.hears(turn, member, tap)
                if done is not None:
                    return done
                self.show(turn, self.home(turn, self.phrase("gone_already")))
            case _:
                self.show(turn, self.home(turn))
        return NOTHING

    def fetch(self, turn: Turn, member: Member, token: str, value: str) -> Outcome:
        """Bring a lead here and decide about it; the `value` is its version and the move, by default to take it."""
        version, _, name = value.partition("_")
        moves = self.waiting.decisions()
        move = next((each for each in moves if each.name == name), moves[0])
        lead = self.waiting.fetch(turn, member, token, version, move)
        if lead is not None:
            return self.opens(turn, LeadTap(lead.token, move.name, version=lead.version))
        self.show(turn, self.home(turn, self.phrase("gone_already")))
        return NOTHING

    def home(self, turn: Turn, note: str = "") -> Card:
        """Draw what waits for the coordinator, a line each, and the ways to everything else.

        A coordinator who is alone is asked for a deputy, every time.
        """
        found = self.waiting.found(turn)
        text = self.phrase(
            "title", wijk=turn.wijk.name, open=counts.count_open(turn.tx, turn.wijk.id), waiting=len(found)
        )
        alone = [self.phrase("only_one")] if self.alone(turn) else []
        rest = (
            Choice(self.phrase("partners"), DashboardTap("partners")),
            Choice(self.phrase("rest"), DashboardTap("rest")),
        )
        rows = (*self.waiting.rows(turn, found, 0, LINES), rest, (Choice(self.phrase("inbox"), InboxTap()),))
        return Card("\n\n".join([*([note] if note else []), text, *alone]), rows, replaces="dashboard")

    def partners(self, turn: Turn, offset: int) -> Card:
        """Draw what is open at which partner, and a button for each partner and each switch, a page at a time."""
        listed: list[Partner | Switch] = [*turn.wijk.partners.values(), *turn.wijk.switches.values()]
        offset = offset if offset < len(listed) else 0
        rows: Rows = tuple((self.listed(turn, each),) for each in listed[offset : offset + PAGE])
        if len(listed) > PAGE:
            further = offset + PAGE if offset + PAGE < len(listed) else 0
            more = DashboardTap("partners", str(further))
            rows = (*rows, (Choice(self.content.words.phrase("nl", "nav.next"), more),))
        lines = open_lines(self.content, turn) or [self.phrase("open_none")]
        return Card("\n".join([self.phrase("partners"), *lines]), (*rows, self.back()), replaces="dashboard")

    def rest(self, turn: Turn) -> Card:
        """Draw what is seldom needed: what nobody filled in, who coordinates, and the day of the list."""
        unknown = self.unknown.button(turn.wijk, today(turn))
        day = self.phrase(f"week_{day_of(turn.tx, turn.wijk.id)}")
        deputy = Choice(self.phrase("invite_deputy"), DashboardTap("invite_deputy"))
        choices = (
            *([unknown] if unknown else []),
            Choice(self.phrase("week_button", day=day), DashboardTap("week")),
            Choice(self.phrase("verdicts"), DashboardTap("verdicts")),
            Choice(self.content.words.phrase("nl", "register.button"), RegisterTap()),
            Choice(self.phrase("coordinators"), DashboardTap("members", COORDINATOR)),
            Choice(self.phrase("connectors"), DashboardTap("members", CONNECTOR)),
            *([deputy] if self.alone(turn) else []),
            Choice(self.phrase("invite_coordinator"), DashboardTap("invite_coordinator")),
        )
        return Card(self.phrase("rest"), (*((each,) for each in choices), self.back()), replaces="dashboard")

    def week(self, turn: Turn, member: Member, value: str) -> Card:
        """Ask on which day the list of the week comes, or note it."""
        days = [str(day) for day in range(DAYS)]
        if value in days:
            turn_switches(self.content, turn, member, {DAY: int(value)})
        now = self.phrase(f"week_{day_of(turn.tx, turn.wijk.id)}")
        rows: Rows = tuple((Choice(self.phrase(f"week_{each}"), DashboardTap("week", each)),) for each in days)
        return Card(self.phrase("week_ask", day=now), (*rows, self.back()), replaces="dashboard")

    def alone(self, turn: Turn) -> bool:
        """Return whether one person coordinates here alone."""
        return len(members.coordinators(turn.tx, turn.wijk.id)) < 2

    def back(self) -> tuple[Choice, ...]:
        """Return the row that leads back to what waits."""
        return (Choice(self.phrase("back"), DashboardTap()),)

    def listed(self, turn: Turn, each: Partner | Switch) -> Choice:
        """Return the button of one partner or one switch."""
        if isinstance(each, Partner):
            return Choice(self.line(turn, each), DashboardTap("partner", each.id))
        text = self.phrase("switch", name=self.phrase(each.name), state=self.phrase(f"switch_{each.value}"))
        return Choice(text, DashboardTap("switch", each.name))

    def line(self, turn: Turn, partner: Partner) -> str:
        """Return a partner in one line: its name, its state, and how many people read its inbox."""
        count = len(members.members_of(turn.tx, turn.wijk.id, partner.id))
        return self.phrase(
            "partner_line", partner=partner.name, state=self.phrase(partner.state), members=self.members.count(count)
        )

    def partner(self, turn: Turn, partner: Partner) -> Card:
        """Draw one partner, with its state, an invitation, and how old our knowledge is."""
        count = len(members.members_of(turn.tx, turn.wijk.id, partner.id))
        text = self.phrase(
            "partner",
            partner=partner.name,
            state=self.phrase(partner.state),
            until=last_day(self.content, partner),
            days=within(self.content, partner),
            agreed=self.phrase("agreed" if partner.agreed else "not_agreed"),
            members=self.members.count(count),
            checked=partner.known.checked,
        )
        states: Rows = tuple(
            (Choice(self.phrase(f"set_{state}"), DashboardTap("state", partner.id, state)),)
            for state in STATES
            if state != partner.state
        )
        weeks: Rows = tuple(
            (Choice(self.phrase("until_week" if each == "1" else "until_weeks", count=each), tap),)
            for each in (WEEKS if partner.state != "open" else ())
            if (tap := DashboardTap("until", partner.id, each))
        )
        invite = Choice(self.phrase("invite"), DashboardTap("invite", partner.id))
        people = Choice(self.phrase("members_of"), DashboardTap("members", partner.id))
        back = Choice(self.phrase("back"), DashboardTap())
        return Card(text, ((people,), (invite,), *states, *weeks, (back,)), replaces="dashboard")

    def switch(self, switch: Switch) -> Card:
        """Draw one switch, with what else it can say."""
        state = self.phrase(f"switch_{switch.value}")
        text = self.phrase("switch_card", name=self.phrase(switch.name), state=state, checked=switch.known.checked)
        values: Rows = tuple(
            (Choice(self.phrase(f"turn_{value}"), DashboardTap("switch", switch.name, value)),)
            for value in VALUES
            if value != switch.value
        )
        return Card(text, (*values, (Choice(self.phrase("back"), DashboardTap()),)), replaces="dashboard")

    def set_state(self, turn: Turn, member: Member, partner: Partner, state: str, until: date) -> Outcome:
        """Set how a partner stands and its last day, tell it so, and show how it stands now."""
        set_state(self.content, turn, member, partner, state, until)
        self.show(turn, self.partner(turn, turn.wijk.partners[partner.id]))
        return Outcome(wijk_changed=True)

    def show(self, turn: Turn, card: Card) -> None:
        """Answer the coordinator where they tapped, or with a new message."""
        turn.say(turn.me, card, edit=turn.incoming.message)
