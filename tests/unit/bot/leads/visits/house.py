"""A home to which two helpers come: Ans of Balans and Omar of Energie Actief Soest, who know of each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.content.loaded import ZONE
from bot.demo.simulator import Person
from bot.messages.taps.members import PassTap
from bot.messages.taps.visits import PlanTap, VisitTap
from bot.messages.ticks import LookAtLeads
from db.leads import leads
from db.leads.consent import visits
from db.leads.consent.visits import Visit
from db.leads.lead import Lead
from db.store import Store
from tests import simulated
from tests.simulated import WIJK, Clock, go
from tests.unit.bot.screens.partner.room import Room


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the wijk; from the first to the twentieth it is December 2026, else November."""
    return datetime(2026, 12 if day < 21 else 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


FIRST, SECOND, THIRD = at(30, 10, 30), at(1, 14, 30), at(2, 19)
"""Times that can be proposed: a Monday, a Tuesday and a Wednesday."""


class House(Room):
    """The people around one visit. `clock` is theirs; `lead` is that of Ans, `other` that of Omar."""

    def __init__(self, store: Store, *, together: bool = True) -> None:
        super().__init__(store)
        self.clock = Clock()
        self.sim.handle.now = self.clock
        lead = self.handed_over()
        self.do(self.ans, lead, "accept")
        self.lead = simulated.lead(self.sim, lead.id)
        if together:
            self.sim.hear(self.ans, PassTap(self.lead.token, "eas", "cold", "join", self.lead.version, keeps=True))
            go(self.sim, self.fatma, "pass_yes")
            self.do(self.omar, self.other, "accept")
        self.hush()

    @property
    def other(self) -> Lead:
        with self.sim.store.read() as tx:
            return leads.of_resident(tx, WIJK, self.fatma.id)[-1]

    @property
    def visit(self) -> Visit:
        with self.sim.store.read() as tx:
            found = visits.of_lead(tx, WIJK, self.lead.id) or visits.of_lead(tx, WIJK, self.other.id)
        assert found is not None
        return found

    def none(self) -> bool:
        with self.sim.store.read() as tx:
            return visits.of_lead(tx, WIJK, self.lead.id) is None

    def proposes(self, person: Person, lead: Lead, *slots: datetime, beside: str = "") -> str:
        """This member proposes these times, for the lead as it is now."""
        self.hush()
        now = simulated.lead(self.sim, lead.id)
        plan = PlanTap(lead.token, beside or self.other.token[:4], slots, None, sends=True, version=now.version)
        if self.other.id == lead.id:
            plan = replace(plan, beside=beside or self.lead.token[:4])
        return "\n".join(each.text for each in self.sim.hear(person, plan, person.card.id))

    def says(self, person: Person, act: str, value: int = 0, *, visit: Visit | None = None) -> str:
        """This person does that with the visit as it is now, or as it was."""
        self.hush()
        now = visit or self.visit
        tap = VisitTap(now.token, act, value, now.version)
        return "\n".join(each.text for each in self.sim.hear(person, tap, person.card.id))

    def agreed(self) -> Visit:
        """Ans proposes three times, Omar ticks two of them, Fatma chooses the first."""
        self.proposes(self.ans, self.lead, FIRST, SECOND, THIRD)
        self.says(self.omar, "fits", 0b101)
        self.says(self.fatma, "choose", 0)
        return self.visit

    def later(self, moment: datetime) -> None:
        """Let the time pass until then, while nobody looks; then let the clock look until nothing is due."""
        self.hush()
        self.clock.moment = moment
        self.ticks()

    def ticks(self) -> None:
        while not (done := self.sim.handle.tick(LookAtLeads())).all_done:
            self.sim.deliver(list(done.messages))

    def looked(self, moment: datetime) -> None:
        """Let the clock look every half hour until then."""
        self.hush()
        while self.clock.moment < moment:
            self.clock.moment = min(self.clock.moment + timedelta(minutes=30), moment)
            self.ticks()

    def read(self, person: Person) -> str:
        """What this person got since the last act."""
        return "\n".join(each.text for each in person.news)
