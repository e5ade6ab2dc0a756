"""Plays a quarter of a wijk on the real bot, from one seed: the same seed gives the same quarter, on any machine."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.content.chores.figures import figures_command
from bot.content.chores.printed import in_language
from bot.content.loaded import ZONE, Content, load_content
from bot.demo.quarter.coordinator import Coordinator
from bot.demo.quarter.habits import HABITS, Habit
from bot.demo.quarter.members import Member
from bot.demo.quarter.report import koppelkansen, report, told
from bot.demo.quarter.residents import Resident, arrivals
from bot.demo.quarter.street import HOUR, Street
from bot.demo.quarter.watch import Watch
from bot.leads.deadlines import works
from bot.messages.links import INVITATION
from bot.messages.taps.buttons import Tap
from bot.messages.taps.members import DashboardTap
from db.leads import counts
from db.people import invitations
from db.store import Store, open_store
from db.types import encrypted
from flows.model.wijk import COORDINATOR

WEEKS = 13
START = datetime(2026, 10, 5, 6, tzinfo=ZONE).astimezone(UTC)
"""A Monday: the heating is on, the clock goes back, and Christmas comes."""

NAMES = ("Ans", "Bep", "Omar", "Wil", "Nadia", "Kees", "Tineke", "Hassan", "Lies", "Bram", "Gerda", "Ali")
MORNINGS = (0, 3)
"""The coordinator works on Monday and Thursday."""


MEMORY = Path("/dev/shm")
"""Where the store lies, if there is such a place: nothing of it has to outlive the quarter, and a disk is slow."""

AWAY_ON = 2
"""On this weekday a partner says that it is away: all of them work then."""


class Quarter:
    """The people of one quarter, and the bot between them."""

    def __init__(self, content: Content, store: Store, seed: int, residents: int, weeks: int = WEEKS) -> None:
        self.content, self.weeks = content, weeks
        self.watch = Watch(content)
        self.watch.store = store
        self.street = Street(content, store, seed, START, self.watch)
        self.seen: Counter[str] = Counter()
        self.coordinator = Coordinator(self.street, "telegram:3000", "Dewi", COORDINATOR)
        self.habits = self._habits()
        self.members: list[Member] = []
        self.residents = residents

    def _habits(self) -> dict[str, Habit]:
        """Say which partner has which habit, by the seed. The last ones have no members."""
        dice, partners = self.street.dice("habits"), list(self.content.wijk.partners)
        habits = list(HABITS)
        dice.shuffle(habits)
        return dict(zip(partners, habits, strict=False))

    def begin_anew(self, store: Store) -> None:
        """Let the bot end and begin on this store."""
        self.watch.store = store
        self.street.begin_anew(store)

    def play(self, tell: Callable[[str], None] = lambda line: None) -> None:
        """Play all weeks; tell a line after each."""
        self.gather()
        come = arrivals(self.residents, self.weeks, self.street.dice("arrivals"))
        for number, hours in enumerate(come):
            resident = Resident(self.street, number, self.seen)
            self.street.later(hours, resident.person, resident.come)
        before = (0, 0, 0)
        for week in range(1, self.weeks + 1):
            monday = self.street.local.date()
            for _ in range(7 * 24):
                self.an_hour()
            now = (self.seen["started"], len(self.watch.known), self.decided)
            came, leads, decisions = (each - earlier for each, earlier in zip(now, before, strict=True))
            with self.street.store.read() as tx:
                waiting = counts.count_open(tx, self.content.wijk.id)
            tell(
                f"week {week} ({monday:%d-%m}): {came} residents came, {leads} leads, {decisions} decisions, "
                f"{waiting} leads open"
            )
            before = now

    @property
    def decided(self) -> int:
        """How many decisions the coordinator made so far."""
        return sum(self.coordinator.decisions.values())

    def gather(self) -> None:
        """Let the coordinator join, and invite the members of the partners, within an hour."""
        with self.street.store.write() as tx:
            code = invitations.make(tx, self.content.wijk.id, COORDINATOR, COORDINATOR, None, self.street.moment)
        self.coordinator.joins(f"/start {INVITATION}{code}")
        for number, (partner, habit) in enumerate(self.habits.items()):
            for extra in range(1 + (number % 3 == 0)):
                name = NAMES[(2 * number + extra) % len(NAMES)]
                member = Member(self.street, f"telegram:{2000 + 10 * number + extra}", name, partner, habit)
                member.joins(self.invitation(partner))
                self.members.append(member)
                self.street.moment += timedelta(minutes=1)  # whoever joined first is always first
        self.street.moment = START + HOUR

    def invitation(self, partner: str) -> str:
        """Let the coordinator make an invitation; return what whoever gets it types."""
        chief, seen = self.coordinator, set[DashboardTap]()

        def further(tap: Tap) -> bool:
            """Return whether this leads to more partners, for the first time."""
            new = isinstance(tap, DashboardTap) and tap.act in ("partners", "home") and tap not in seen
            if new and isinstance(tap, DashboardTap):
                seen.add(tap)
            return new

        self.street.type(chief.person, "/coordinator")
        while not chief.press(lambda tap: tap == DashboardTap("partner", partner)):
            if not chief.press(further):
                raise LookupError(f"the coordinator has no button for {partner}")
        chief.press(lambda tap: tap == DashboardTap("invite", partner))
        return next(line for line in chief.person.news[-1].text.split("\n") if INVITATION in line)

    def an_hour(self) -> None:
        """One hour of the quarter: the clock, the residents, and whoever works at that hour."""
        self.street.go_ahead()
        local = self.street.local
        if local.hour == 0:
            self.watch.looks(self.street.moment)
        if local.hour == 9 and local.weekday() in MORNINGS and works(local.date()):
            self.coordinator.looks()
        if local.hour in (10, 14) and works(local.date()):
            for number, member in enumerate(self.members):
                if number % 2 == (local.hour == 14):
                    self.a_member(member)

    def a_member(self, member: Member) -> None:
        """One working day of a member: say that the partner is away, look, or be away."""
        partner, local = self.content.wijk.partners[member.organisation], self.street.local
        if not works(local.date(), partner):
            return
        habit = member.habit
        first = next(each for each in self.members if each.organisation == member.organisation) is member
        if habit.says and first and self.street.week == habit.away_from and local.weekday() == AWAY_ON:
            member.says(habit.says, habit.away_weeks)
        member.works_today()

    def report(self) -> list[str]:
        """Return what came of it, without the verdict."""
        watch = self.watch
        found = told(self.street.store, self.content.wijk.id, {id for id, _ in watch.known.values() if id})
        decisions = [self.coordinator.decisions.get(week, 0) for week in range(1, self.weeks + 1)]
        habits = {key: each.name for key, each in self.habits.items()}
        return [
            *report(self.content, self.seen, found, habits, decisions),
            f"days that residents were promised: {watch.promised}, {watch.moved} of them moved with a word",
            koppelkansen(self.street.store, self.content.wijk.id, START),
        ]


def simulate(wijk: str, seed: int, residents: int, language: str) -> int:
    """Play a quarter and print what came of it; 1 when a lead had no owner or a promise passed in silence."""

    def tell(line: str) -> None:
        print(in_language(line, language), flush=True)

    content = load_content(wijk)
    encrypted.use([encrypted.new_key()])
    with (
        tempfile.TemporaryDirectory(prefix="koppelkans-", dir=MEMORY if MEMORY.is_dir() else None) as folder,
        closing(open_store(f"sqlite:///{Path(folder) / 'quarter.db'}")) as store,
    ):
        store.migrate()
        quarter = Quarter(content, store, seed, residents)
        quarter.street.handle.warm_up()
        quarter.play(tell)
        tell("\n".join(["", *quarter.report(), ""]))
        figures_command(store, [content], START.date(), quarter.street.local.date())
        print("\n".join(["", *quarter.watch.verdict()]))
        return 0 if quarter.watch.kept else 1
