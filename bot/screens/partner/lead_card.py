"""One lead as its reader sees it: what was promised and who has it, what was agreed to, and what can be done now.

Dutch only. Guards the rule that a member sees the packet as the resident agreed to it, and that every look is noted.
"""

from __future__ import annotations

from bot.content.loaded import ZONE, Content
from bot.leads import notices, relay
from bot.leads.consent import bringing, together
from bot.leads.consent.passing import history, waits
from bot.leads.members.reachability import WAYS, away, hidden
from bot.leads.packet import packet_lines
from bot.leads.recipients import deadline, why_blank
from bot.leads.talk import watchword
from bot.leads.visits import agreeing
from bot.leads.visits.telling import status_line
from bot.messages.card import COPIED, Card, Choice, Rows, arranged
from bot.messages.taps.members import InboxTap, LeadTap
from bot.messages.taps.residents import ListenTap
from bot.messages.taps.visits import PlanTap, VisitTap
from bot.messages.turn import Turn
from bot.screens.partner import answers, calls
from bot.screens.partner.acts import hands, noted
from db.leads import counts, views
from db.leads.consent import consents, disclosures
from db.leads.lead import Lead
from db.leads.views import View
from db.people import members
from db.people.members import Member
from db.records import audit
from flows.model.desk import Move

TRIES = 3
"""After so many attempts without contact a member may call it not reached (field.md §1.3)."""

MORE = "more"
"""What the button to the moves that are seldom needed carries, in place of a move of the desk's table."""


CALLED = ("name", "reach", "when", "phone", "address", "language")
"""The fields of a packet that are shown to whoever must ring about a lead that ended."""

FEW = 4
"""So many moves all stand below the lead itself."""


class LeadCard:
    """Draws one lead for its reader."""

    def __init__(self, content: Content) -> None:
        self.content, self.words = content, content.words

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.words.phrase("nl", f"desk.{key}", **fields)

    def show(self, turn: Turn, member: Member, lead: Lead, role: str, note: str = "", *, more: bool = False) -> None:
        """Show one lead to its member: the packet that was agreed to, word for word, and what can be done now.

        With `more` the moves stand below it that are seldom needed.
        """
        back = (Choice(self.phrase("back"), InboxTap()),)
        if lead.packet is None:
            self.answer(turn, Card(self.words.phrase("nl", why_blank(lead), code=lead.code), (back,)))
            return
        not_reading = away(self.content, turn, lead)
        if role == "partner" and (self.content.desk.closes(lead.status) or self.content.desk.falls(lead.status)):
            status = self.content.desk.statuses[lead.status].label
            call, to_call = calls.on_card(self.content, turn, lead, member)
            parts = [self.phrase("closed", code=lead.code, status=status)]
            if call:  # to ask whether it helped, they must know whom to ring
                self.opened(turn, member, lead)
                known = {key: each for key, each in lead.packet.items() if key in CALLED}
                parts += ["\n".join(packet_lines(self.content, known, turn.wijk, "nl")), call]
            elif not_reading:
                parts.append(self.phrase("away"))
            self.answer(turn, Card("\n\n".join(parts), (*to_call, back)), shows=lead.id if call else None)
            return
        self.opened(turn, member, lead)
        consent = consents.get(turn.tx, turn.wijk.id, lead.consent) if lead.consent else None
        parts = [
            *([note] if note else []),
            self.phrase(
                "lead",
                code=lead.code,
                status=self.content.desk.statuses[lead.status].label,
                promised="\n".join(self.promised(turn, lead)),
                packet="\n".join(packet_lines(self.content, lead.packet, turn.wijk, "nl")),
                consented=self.words.day_and_time("nl", (consent.at if consent else lead.created_at).astimezone(ZONE)),
            ),
        ]
        if notes := noted.lines(self.content, lead):
            parts.append("\n".join(notes))
        if tried := counts.tries(turn.tx, turn.wijk.id, lead.id):
            parts.append(self.phrase("tried" if tried < TRIES else "tried_enough", count=tried))
        waiting = "" if not_reading else notices.unopened(self.content, turn, lead)
        door = hidden(self.content, turn, lead, member.person)
        call, to_call = calls.on_card(self.content, turn, lead, member)
        asked = waits(self.content, turn, lead)
        parts += [each for each in (asked, not_reading, waiting, door, call) if each]
        often = (*to_call, *self.often(turn, lead, member, role, writes=not not_reading))
        rows = self.seldom(lead, member, role) if more else often
        self.answer(turn, Card("\n\n".join(parts), (*rows, back)), shows=lead.id)

    def often(self, turn: Turn, lead: Lead, member: Member, role: str, *, writes: bool) -> Rows:
        """Return what stands below the lead itself: the clock's question, and the moves that are needed most."""
        rows = [(self.tap(lead, move.name, move.label),) for move in self.moves(lead, role, more=False)]
        if writes and self.may_write(lead, member, role):
            rows.insert(0, (self.tap(lead, "write", self.phrase("write")),))
        ways = self.visit(turn, lead, member, role)
        if self.seldom(lead, member, role):
            ways += (self.tap(lead, MORE, self.phrase("more")),)
        return (
            *self.heard(lead),
            *self.copies(lead),
            *answers.asked(self.content, turn, lead, member, role),
            *rows,
            *filter(None, [ways]),
        )

    def visit(self, turn: Turn, lead: Lead, member: Member, role: str) -> tuple[Choice, ...]:
        """Return the button to the visit, or to the first times for one."""
        if lead.assignee != member.person or not self.content.desk.may("lead.visit", role):
            return ()
        visit = agreeing.current(turn, lead)
        plan = PlanTap(lead.token, version=lead.version)
        return (Choice(self.phrase("visit"), VisitTap(visit.token, "view", 0, visit.version) if visit else plan),)

    def seldom(self, lead: Lead, member: Member, role: str) -> Rows:
        """Return what stands behind *Meer*, and the way back to the lead."""
        found = [self.tap(lead, move.name, move.label) for move in self.moves(lead, role, more=True)]
        acts = (
            (bringing.BRING, bringing.may_bring),
            (hands.GIVE, hands.may_give),
            (hands.TAKE_OVER, hands.may_take_over),
        )
        if noted.may_note(self.content, lead, role):
            found.append(self.tap(lead, noted.ADD, self.phrase(noted.ADD)))
        found += [self.tap(lead, act, self.phrase(act)) for act, may in acts if may(self.content, lead, member, role)]
        back = self.tap(lead, "view", self.words.phrase("nl", "nav.back"))
        return (*arranged(found, rtl=False, waits=True), (back,)) if found else ()

    def moves(self, lead: Lead, role: str, *, more: bool) -> list[Move]:
        """Return the moves of this role that stand behind *Meer*, or those that do not; of few moves none does."""
        found = self.content.desk.buttons(lead.status, role)
        return [move for move in found if (move.more and len(found) > FEW) is more]

    def tap(self, lead: Lead, move: str, label: str) -> Choice:
        """Return a button of this lead as it is now."""
        return Choice(label, LeadTap(lead.token, move, version=lead.version))

    def promised(self, turn: Turn, lead: Lead) -> list[str]:
        """Return the day that counts now, who has it, from whom it came, who helps beside, and the word at the door:
        what must be known before anything else.

        The day is that before which somebody takes it, then the one on which the resident hears something. The
        coordinator who must find other help reads both their own day, and what the resident was told.
        """
        taken = [self.phrase("assigned", member=self.name_of(turn, lead))] if lead.assignee else []
        if by := hands.given_by(turn, lead):
            taken.append(self.phrase("given_by", member=by))
        if lead.volunteer:
            taken.append(self.phrase("volunteer", name=lead.volunteer))
        word = watchword.to_say(self.content, turn, lead)
        beside = together.helps_beside(self.content, turn, lead)
        visit = status_line(self.content, turn, agreeing.current(turn, lead), "nl", "desk.visit_")
        return [*self.days(lead), *taken, *history(self.content, turn, lead), *beside, *visit, *word]

    def days(self, lead: Lead) -> list[str]:
        """Return the days that count now, in words."""
        if self.content.desk.falls(lead.status):
            told = [self.phrase("contact_by", deadline=deadline(self.content, lead.contact_by))]
            decide = self.phrase("decide_by", deadline=deadline(self.content, lead.due_at))
            return [decide, *(told if lead.contact_by else [])]
        if lead.status == "on_hold":
            return [self.phrase("waits_until", deadline=deadline(self.content, lead.due_at))]
        if not lead.assignee:
            return [self.phrase("take_by", deadline=deadline(self.content, lead.due_at))]
        waits = lead.status == "accepted" and lead.contact_by
        return [self.phrase("contact_by", deadline=deadline(self.content, lead.contact_by))] if waits else []

    def heard(self, lead: Lead) -> Rows:
        """Return the row to listen to the resident's own words, if these were spoken."""
        listen = Choice(self.words.phrase("nl", "voice.listen"), ListenTap(lead.token))
        return ((listen,),) if (lead.packet or {}).get("voice") else ()

    def copies(self, lead: Lead) -> Rows:
        """Return the row that copies the number and the address: nothing else can be copied, and paper stays."""
        packet = lead.packet or {}
        found = [(key, str(packet[key])[:COPIED]) for key in WAYS if packet.get(key)]
        return (tuple(Choice(self.phrase(f"copy_{key}"), copy=value) for key, value in found),) if found else ()

    def may_write(self, lead: Lead, member: Member, role: str) -> bool:
        """Return whether this member has the button to write to the resident of this lead."""
        return self.content.desk.may("lead.write", role) and relay.may_write(lead, member)

    def name_of(self, turn: Turn, lead: Lead) -> str:
        """Return the name of the member who has taken this lead, as the organisation knows it."""
        found = members.of(turn.tx, turn.wijk.id, lead.assignee or "")
        here = [each for each in found if each.organisation == lead.inbox] or found
        return here[0].name if here else self.phrase("nobody")

    def opened(self, turn: Turn, member: Member, lead: Lead) -> None:
        """Note which member looked, and in which message the lead is open; a new message is noted when delivered."""
        wijk = turn.wijk.id
        if lead.first_viewed_at is None:
            views.viewed(turn.tx, wijk, lead.id, turn.now)
        if member.person not in {view.member for view in views.of_lead(turn.tx, wijk, lead.id)}:
            audit.add(turn.tx, wijk, member.person, "lead.opened", turn.now, lead.id)
            disclosures.add(
                turn.tx,
                wijk,
                lead=lead.id,
                consent=lead.consent,
                recipient=member.organisation,
                member=member.person,
                fields=sorted(lead.packet or {}),
                packet=lead.packet or {},
                now=turn.now,
            )
        if turn.incoming.message is not None:
            views.add(turn.tx, wijk, [View(lead.id, member.person, turn.incoming.message)])

    def answer(self, turn: Turn, card: Card, *, shows: int | None = None) -> None:
        """Answer a member where they tapped, or with a new message; `shows` is the lead that is open in it."""
        turn.say(turn.me, card, edit=turn.incoming.message, lead=shows, view=shows is not None)
