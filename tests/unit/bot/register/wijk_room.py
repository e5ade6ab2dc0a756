"""The people around one koppelkans, for the tests of the register."""

from __future__ import annotations

from bot.demo.simulator import Person, Simulator
from bot.handle import Handle
from bot.messages.links import INVITATION
from bot.messages.taps.members import RegisterTap
from bot.messages.ticks import LookAtLeads
from db.records.register import opportunities
from db.records.register.opportunities import Opportunity
from db.store import Store
from tests import simulated
from tests.simulated import WIJK, Clock


class Around:
    """Ans of Balans, Omar of Energie Actief, Ria the coordinator, and Noor the wijkverbinder."""

    def __init__(self, store: Store) -> None:
        self.clock = Clock()
        self.sim: Simulator = simulated.simulator(store, self.clock)
        self.ans = simulated.member(self.sim, "balans", "telegram:2001", "Ans")
        self.omar = simulated.member(self.sim, "eas", "telegram:2003", "Omar")
        self.ria = simulated.member(self.sim, "coordinator", "telegram:2004", "Ria")
        self.noor = self.sim.person("telegram:2005", "Noor")
        code = simulated.invitation(self.sim, "connector", "connector")
        self.sim.type(self.noor, f"/start {INVITATION}{code}")
        self.hush()

    @property
    def handle(self) -> Handle:
        return self.sim.handle

    def hush(self) -> None:
        """Nobody has unread news."""
        for person in self.sim.people.values():
            person.news.clear()

    def taps(self, person: Person, act: str, one: Opportunity | None = None, value: str = "", behind: int = 0) -> str:
        """Tap this as the koppelkans stands now; gives what the person then reads."""
        now = self.now(one) if one else None
        tap = RegisterTap(act, now.token, value, now.version - behind) if now else RegisterTap(act, value=value)
        self.sim.hear(person, tap)
        return person.news[-1].text if person.news else ""

    def named(self, by: Person, title: str = "visit") -> Opportunity:
        """A koppelkans that this person names, as it stands."""
        before = {each.id for each in self.open()}
        self.taps(by, "make", value=title)
        return next(each for each in self.open() if each.id not in before)

    def running(self, by: Person, other: Person, party: str) -> Opportunity:
        """One that this person named, and in which another organisation takes part."""
        one = self.named(by)
        self.taps(by, "where", one, "street")
        self.taps(by, "party", one, party)
        self.taps(other, "yes", one)
        self.hush()
        return self.now(one)

    def open(self) -> list[Opportunity]:
        """All that are open."""
        with self.sim.store.read() as tx:
            return opportunities.open_ones(tx, WIJK)

    def now(self, one: Opportunity) -> Opportunity:
        """It, as it stands now."""
        with self.sim.store.write() as tx:
            found = opportunities.get(tx, WIJK, one.id)
        assert found is not None
        return found

    def ticks(self, **by: int) -> None:
        """Let so much time pass, and the clock look."""
        self.clock.forward(**by)
        self.sim.deliver(list(self.handle.tick(LookAtLeads()).messages))
        self.clock.forward(hours=1)  # a clock that may have jumped is believed then
        while not (done := self.handle.tick(LookAtLeads())).all_done:
            self.sim.deliver(list(done.messages))

    def read(self, person: Person) -> str:
        """All that this person read since they last had no news."""
        return "\n".join(each.text for each in person.news)
