"""The street: the simulator with a clock that goes ahead by the hour, and what its people mean to do later.

Guards the rule that nothing depends on luck: all dice are thrown from one seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from bot.content.loaded import ZONE, Content
from bot.demo.quarter.watch import Watch
from bot.demo.simulator import Person, Simulator
from bot.handle import Handle
from bot.leads.deadlines import works
from bot.messages.message import Outgoing
from bot.messages.taps.buttons import Tap, decode
from bot.messages.ticks import ForgetWhatIsDue, LookAtLeads, OpenAgain, Tick
from db.store import Store
from flows.model.heard import Heard

HOUR = timedelta(hours=1)

AWAKE = range(8, 21)
"""The hours at which the clock looks at leads; at night nobody is told anything."""


class Street(Simulator):
    """The real bot with a clock that stands still until it is moved. `moment` is in UTC, as everywhere."""

    def __init__(self, content: Content, store: Store, seed: int, start: datetime, watch: Watch) -> None:
        self.seed, self.start, self.moment, self.watch = seed, start, start, watch
        self._codes = Random(f"{seed} codes")
        super().__init__(content, store, self.now, choose=self._codes.choice)
        self._plans: dict[datetime, list[tuple[str, Callable[[], None]]]] = {}
        self._told: dict[str, Callable[[], None]] = {}
        self._acting: frozenset[str] = frozenset()

    def now(self) -> datetime:
        """Return the time in the street."""
        return self.moment

    @property
    def local(self) -> datetime:
        """The time in the street, on the clock of the wall."""
        return self.moment.astimezone(ZONE)

    @property
    def week(self) -> int:
        """The week of the quarter, from 1 on."""
        return (self.moment - self.start).days // 7 + 1

    @property
    def working_hour(self) -> bool:
        """Whether people are at work."""
        return works(self.local.date()) and self.local.hour in range(9, 18)

    def person(self, address: str, name: str, language: str = "nl") -> Person:
        """Return the person at this address. Nobody asks the store who they are: that would cost a look at each tap."""
        return self.people.setdefault(address, Person(address, name, language))

    def dice(self, name: str) -> Random:
        """Return the dice of one person or thing: whoever throws more often changes nobody else's."""
        return Random(f"{self.seed} {name}")

    def begin_anew(self, store: Store) -> None:
        """Let the bot end and begin on this store: nothing that it had in mind is left."""
        self.store = store
        self.handle = Handle(self.content, store, now=self.now, choose=self._codes.choice)

    def later(self, hours: int, person: Person, act: Callable[[], None]) -> None:
        """Let this person do something so many hours from now."""
        self._plans.setdefault(self.moment + hours * HOUR, []).append((person.address, act))

    def when_told(self, address: str, act: Callable[[], None]) -> None:
        """Let something happen whenever this person reads what they did not ask for."""
        self._told[address] = act

    def go_ahead(self) -> None:
        """Move the clock an hour, let the bot do what is due, and then the people what they meant to do.

        They do it in an order of their own: that in which messages to several people come follows from random ids.
        """
        self.moment += HOUR
        if self.local.hour in AWAKE:
            self.tick(LookAtLeads())
        if self.local.hour == 9:
            self.tick(OpenAgain())
        if self.moment.hour == 3:  # a day apart, also when the clock of the wall changes
            self.tick(ForgetWhatIsDue())
        for _, act in sorted(self._plans.pop(self.moment, ()), key=lambda plan: plan[0]):
            act()

    def tick(self, tick: Tick) -> None:
        """Let the clock tick until nothing is due."""
        while True:
            done = self.handle.tick(tick)
            if done.messages:
                self.deliver(list(done.messages))
            if done.all_done:
                return

    def hear_all(self, said: Sequence[tuple[Person, Heard | Tap, int | None]]) -> None:
        """Handle these updates; what their senders read then is an answer."""
        self._acting = frozenset(person.address for person, _, _ in said)
        super().hear_all(said)
        self._acting = frozenset()

    def deliver(self, messages: list[Outgoing]) -> None:
        """Show the messages, and let whoever watches read along."""
        super().deliver(messages)
        for each in messages:
            if each.text and not each.delete:
                answer = each.reached_at in self._acting
                self.watch.reads(each.reached_at, each.text, self.moment, answer=answer)
                if not answer and each.reached_at in self._told:
                    self._told[each.reached_at]()


def taps(person: Person, message: int) -> list[tuple[Tap, str]]:
    """Return what the buttons under this message mean, with what they carry, in the order in which they stand."""
    shown = person.chat.get(message)
    rows = shown.buttons if shown else ()
    return [(decode(each.data), each.data) for row in rows for each in row if each.data]
