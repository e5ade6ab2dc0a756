"""The people around one lead, for the tests of the desk: who sits where, and what they do."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.demo.simulator import Person, Simulator
from db import tables
from db.leads import leads
from db.leads.due import Next
from db.leads.lead import Lead
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK


class Room:
    """A table with Ans and Bep of Balans, Omar of another partner, Ria the coordinator, and Fatma."""

    def __init__(self, store: Store) -> None:
        self.sim = simulated.simulator(store)
        self.ans = simulated.member(self.sim, "balans", "telegram:2001", "Ans")
        self.bep = simulated.member(self.sim, "balans", "telegram:2002", "Bep")
        self.omar = simulated.member(self.sim, "eas", "telegram:2003", "Omar")
        self.ria = simulated.member(self.sim, "coordinator", "telegram:2004", "Ria")
        self.fatma = simulated.resident(self.sim)

    def handed_over(self) -> Lead:
        """A lead of Fatma in the inbox of Balans; nobody has unread news."""
        lead = simulated.handed_over(self.sim, self.fatma)
        self.hush()
        return lead

    def hush(self) -> None:
        for person in self.sim.people.values():
            person.news.clear()

    def do(self, person: Person, lead: Lead, answer: str) -> str:
        """Tap this under the lead as it is now; gives what the person then reads."""
        now = simulated.lead(self.sim, lead.id)
        news = self.sim.press(person, person.card.id, simulated.under(lead, answer, now.version))
        return "\n".join(each.text for each in news)


def put(sim: Simulator, resident: Person, status: str, inbox: str = "balans") -> Lead:
    """A lead of this resident at Balans, or with the coordinator, that stands at this status."""
    with sim.store.write() as tx:
        original = leads.get(tx, WIJK, tx.execute(select(func.min(tables.leads.c.id))).scalar_one())
        assert original is not None
        assert original.packet is not None
        return leads.create(
            tx,
            WIJK,
            resident=resident.id,
            sender=resident.id,
            partner="balans",
            inbox="coordinator" if CONTENT.desk.falls(status) else inbox,
            row=original.row,
            topic=original.topic,
            urgent=False,
            packet=original.packet,
            language="nl",
            now=NOW,
            status=status,
            next=None if CONTENT.desk.closes(status) else Next("inbox", NOW),
            consent=original.consent,
        )


def events(sim: Simulator, id: int) -> list[tuple[str | None, str]]:
    with sim.store.read() as tx:
        return [(each.before, each.after) for each in leads.events(tx, WIJK, id)]
