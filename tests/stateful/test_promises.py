"""People act or do nothing, and the clock ticks: no lead waits for nobody, and no promise passes in silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from bot.content.loaded import ZONE
from bot.leads.clocks.moves import promises
from bot.leads.clocks.times import awake
from bot.leads.deadlines import working_days
from bot.messages.ticks import LookAtLeads
from db.leads import calls
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import Blocked, StopHelpTap
from tests import simulated
from tests.simulated import CONTENT, Clock
from tests.unit.bot.screens.partner.room import Room

HOUR = timedelta(hours=1)
BALANS = CONTENT.wijk.partners["balans"]


class Weeks(Room):
    """Some weeks of a few residents, members with habits, and a coordinator; every choice comes from one seed."""

    def __init__(self, store: Store, seed: int) -> None:
        super().__init__(store)
        assert isinstance(self.sim.handle.now, Clock)
        self.clock, self.dice = self.sim.handle.now, Random(seed)
        self.residents = [self.fatma, *(simulated.resident(self.sim, f"telegram:11{n:02}", "Mo") for n in range(4))]
        self.known = [simulated.handed_over(self.sim, each).id for each in self.residents]
        self.promised: dict[int, datetime | None] = {}
        self.passed = 0
        self.away: set[str] = set()

    def leads(self) -> list[Lead]:
        return [simulated.lead(self.sim, id) for id in self.known]

    def somebody_acts(self) -> None:
        """Somebody taps something that may or may not be theirs to do."""
        lead, person = self.dice.choice(self.leads()), self.dice.choice([self.ans, self.bep, self.ria])
        moves = [move for role in ("partner", "coordinator") for move in CONTENT.desk.buttons(lead.status, role)]
        answers = [
            f"{move.name}.{self.dice.choice(sorted(move.reasons))}" if move.reasons else move.name for move in moves
        ]
        day = working_days(max(self.clock.moment, lead.due_at or self.clock.moment), self.dice.randint(1, 3), BALANS)
        answers += ["still", "return", f"later.{day:%Y%m%d}"]
        self.sim.press(person, None, simulated.under(lead, self.dice.choice(answers), lead.version))

    def somebody_goes_or_comes(self) -> None:
        self.sim.hear(self.dice.choice([self.ans, self.bep]), Blocked(self.dice.random() < 0.5))

    def a_resident_goes_or_comes(self) -> None:
        person = self.dice.choice(self.residents)
        away = person.id not in self.away
        (self.away.add if away else self.away.discard)(person.id)
        self.sim.hear(person, Blocked(away))

    def a_resident_stops(self) -> None:
        person = self.dice.choice([each for each in self.residents if each.id not in self.away] or self.residents)
        self.away.discard(person.id)
        for lead in simulated.leads_of(self.sim, person)[:1]:
            revision = simulated.place(self.sim, person).revision
            self.sim.hear(person, StopHelpTap(lead.token, revision, sure=True))

    def an_hour_passes(self) -> None:
        for person in self.sim.people.values():
            person.news.clear()
        before = {lead.id: lead for lead in self.leads()}
        self.clock.moment += HOUR
        told: dict[str, str] = {}
        while not (done := self.sim.handle.tick(LookAtLeads())).all_done:
            for each in done.messages:
                told[each.to] = told.get(each.to, "") + each.text
            self.sim.deliver(list(done.messages))
        if awake(self.clock.moment):
            for lead in self.leads():
                self.holds(before[lead.id], lead, told)

    def holds(self, before: Lead, lead: Lead, told: dict[str, str]) -> None:
        """What must be true of every lead whenever people are awake."""
        now = self.clock.moment
        assert (lead.closed_at is None) == (lead.owner is not None), "an open lead has an owner"
        if lead.closed_at is not None:
            assert before.closed_at is not None, "silence ends nothing"
            return
        assert lead.look_at is not None
        assert lead.look_at > now, "the clock looks again"
        waits = promises(CONTENT, before.status) and before.contact_by is not None
        assert not promises(CONTENT, lead.status) or lead.contact_by is None or lead.contact_by > now
        if waits and before.contact_by is not None and before.contact_by <= now:
            self.passed += 1
            with self.sim.store.read() as tx:
                call = calls.of_lead(tx, simulated.WIJK, lead.id)
            if call is not None:
                assert lead.resident in self.away, "only who does not read the chat is told by somebody"
                new_day = lead.contact_by and lead.contact_by.astimezone(ZONE).date().isoformat()
                assert call.word["door"] or call.word["day"] == new_day, "and only what is true now"
                return
            text = told.get(lead.resident or "", "")
            assert lead.code in text, "no promise passes in silence"
            new_day = lead.contact_by and CONTENT.words.day("nl", lead.contact_by.astimezone(ZONE).date())
            assert (new_day or CONTENT.wijk.places[CONTENT.wijk.walk_in].name) in text


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_promise_passes_in_silence_whoever_acts_or_does_not(store: Store, seed: int) -> None:
    weeks = Weeks(store, seed)
    for _ in range(24 * 35):
        if awake(weeks.clock.moment) and weeks.dice.random() < 0.03:
            weeks.somebody_acts()
        if weeks.dice.random() < 0.004:
            weeks.somebody_goes_or_comes()
        if weeks.dice.random() < 0.004:
            weeks.a_resident_goes_or_comes()
        if weeks.dice.random() < 0.001:
            weeks.a_resident_stops()
        weeks.an_hour_passes()
    assert weeks.passed > 2, "some promises were in danger"
