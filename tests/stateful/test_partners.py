"""Partners take, decline and close leads while residents stop and colleagues do the same: every lead stays whole."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.demo.simulator import Person, Simulator, sound_of
from bot.messages.taps.buttons import Tap, decode, encode
from bot.messages.taps.members import PassTap
from bot.messages.taps.residents import ListenTap, MineTap, YesTap
from bot.messages.taps.visits import ALONE, PlanTap, VisitTap
from db.leads import leads
from db.leads.consent import consents, passings, visits
from db.leads.consent.passings import Passing
from db.leads.consent.visits import CHOSEN, OVER, TICKED, Visit
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import Heard, StopHelpTap
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, go, said_with

ANSWERS = [
    answer
    for move in CONTENT.desk.moves
    if move.name != "return"  # under the question of the clock: see `gives_back`
    if not move.asks  # its resident may be asked first: see `somebody_passes_it_on`
    for answer in (f"{move.name}.{said}".rstrip(".") for said in said_with(move))
]
pick = st.integers(0, 99)
SLOT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
"""A time that can be proposed: half past ten on a Monday."""


class Partners(RuleBasedStateMachine):
    """Ans and Bep of Balans, Omar of another partner and Ria the coordinator, with what two residents handed over.

    `known` is the model: the status and the version that each lead must have.
    """

    sim: Simulator
    count = 0

    @initialize()
    def everybody_sits_down(self) -> None:
        Partners.count += 10
        mark = chr(ord("A") + Partners.count // 10 // 26) + chr(ord("a") + Partners.count // 10 % 26)
        self.staff = [
            self.person(partner, number, name)
            for number, (partner, name) in enumerate(
                [("balans", "Ans"), ("balans", "Bep"), ("eas", "Omar"), ("coordinator", "Ria")]
            )
        ]
        self.residents = [
            simulated.resident(self.sim, f"telegram:{90_000 + Partners.count + number}", name)
            for number, name in enumerate([f"Fatma{mark}", f"Karim{mark}"])
        ]
        self.known: dict[int, tuple[str, int]] = {}
        self.forgotten: set[int] = set()
        self.spoken: list[tuple[str, int]] = []
        self.hands_over(0)
        self.taps_in_turn("accept", "contact")

    def taps_in_turn(self, *answers: str) -> None:
        """Before the dice decide: moves that happen in every walk."""
        for answer in answers:
            before = self.lead(0)
            self.taps([(self.staff[0], before, answer, before.version)])
            assert self.lead(0).status != before.status

    def person(self, partner: str, number: int, name: str) -> Person:
        """The same people in every walk: an inbox is never without somebody who reads it."""
        address = f"telegram:{200 + number}"
        if address in self.sim.people:
            return self.sim.people[address]
        return simulated.member(self.sim, partner, address, name)

    def teardown(self) -> None:
        for person in getattr(self, "residents", []):
            for lead in simulated.leads_of(self.sim, person):
                with self.sim.store.write() as tx:
                    leads.move(tx, WIJK, lead.id, lead.version, "void", next=None, now=NOW, actor="system")
            self.sim.people.pop(person.address)

    def lead(self, number: int) -> Lead:
        ids = sorted(self.known)
        return simulated.lead(self.sim, ids[number % len(ids)])

    def expected(self, person: Person, lead: Lead, answer: str, version: int) -> str:
        """The status that this tap leads to by the table, or the one that the lead has."""
        number = self.staff.index(person)
        fallen = lead.status in ("declined", "unsuccessful") or (lead.status, lead.inbox) == ("sent", "coordinator")
        own = lead.inbox == ("balans", "balans", "eas", "coordinator")[number]
        role = "coordinator" if number == 3 and fallen else "partner" if own else ""
        name, _, reason = answer.partition(".")
        move = CONTENT.desk.move(name, lead.status, role) if role else None
        fits = move and version == lead.version and lead.packet is not None
        if not move or not fits or reason not in said_with(move):
            return lead.status
        return move.to

    def taps(self, acts: list[tuple[Person, Lead, str, int]]) -> None:
        """These taps in one batch, and what must be true after it."""
        for person in self.sim.people.values():
            person.news.clear()
        told: dict[str, int] = {}
        now = {lead.id: lead for _, lead, _, _ in acts}
        said: list[tuple[Person, Heard | Tap, int | None]] = []
        for person, lead, answer, version in acts:
            said.append((person, decode(simulated.under(lead, answer, version)), None))
        for person, first, answer, version in acts:
            lead = self.as_known(now[first.id])
            status = self.expected(person, lead, answer, version)
            if status != lead.status:
                self.known[lead.id] = (status, lead.version + 1)
                move = CONTENT.desk.move(answer.partition(".")[0], lead.status, "partner") or CONTENT.desk.move(
                    answer.partition(".")[0], lead.status, "coordinator"
                )
                told[lead.code] = told.get(lead.code, 0) + bool(move and move.tell)
                inbox = "coordinator" if CONTENT.desk.falls(status) else lead.inbox
                now[lead.id] = self.as_known(now[lead.id], inbox)
        self.sim.hear_all(said)
        for code in {lead.code for _, lead, _, _ in acts}:
            heard = sum(code in each.text for person in self.residents for each in person.news)
            assert heard == told.get(code, 0), "the resident hears of each real change once"

    def as_known(self, lead: Lead, inbox: str = "") -> Lead:
        """The lead as the model has it."""
        status, version = self.known[lead.id]
        values = {name: getattr(lead, name) for name in Lead.__slots__}
        return Lead(**{**values, "status": status, "version": version, "inbox": inbox or lead.inbox})

    @rule(who=st.integers(0, 1))
    def hands_over(self, who: int) -> None:
        person = self.residents[who]
        running = sum(each.closed_at is None for each in simulated.leads_of(self.sim, person))
        if running == 2:  # both kinds of help that this way leads to: nothing is left to offer
            return
        self.sim.type(person, "/menu")
        go(self.sim, person, *(f"menu.worries:{each}" for each in ticked_off(person)))
        lead = simulated.handed_over(self.sim, person, choice="all" if running else "first")
        self.known[lead.id] = ("sent", 1)

    @rule(who=st.integers(0, 3), number=pick, answer=st.sampled_from(ANSWERS))
    def taps_as_it_stands(self, who: int, number: int, answer: str) -> None:
        lead = self.lead(number)
        self.taps([(self.staff[who], lead, answer, lead.version)])

    @rule(who=st.sampled_from([0, 1, 0, 1, 3]), number=pick, data=st.data())
    def does_what_the_buttons_say(self, who: int, number: int, data: st.DataObject) -> None:
        lead = self.lead(number)
        role = "coordinator" if who == 3 else "partner"
        offered = [move for move in CONTENT.desk.buttons(lead.status, role) if not move.asks]
        if offered:
            move = data.draw(st.sampled_from(offered))
            said = data.draw(st.sampled_from(sorted(said_with(move))))
            self.taps([(self.staff[who], lead, f"{move.name}.{said}".rstrip("."), lead.version)])

    @rule(who=st.integers(0, 3), number=pick, answer=st.sampled_from(ANSWERS), behind=st.integers(1, 3))
    def taps_an_old_card(self, who: int, number: int, answer: str, behind: int) -> None:
        lead = self.lead(number)
        self.taps([(self.staff[who], lead, answer, max(0, lead.version - behind))])

    @rule(number=pick, one=st.sampled_from(ANSWERS), two=st.sampled_from(ANSWERS))
    def two_act_at_once(self, number: int, one: str, two: str) -> None:
        """In one batch: the first wins, and the second is told."""
        lead = self.lead(number)
        self.taps([(self.staff[0], lead, one, lead.version), (self.staff[1], lead, two, lead.version)])

    @rule(who=st.integers(0, 3), number=pick)
    def gives_back(self, who: int, number: int) -> None:
        """Who has it gives it to the coordinator; nobody else can, and nobody while it waits until a day."""
        lead = self.lead(number)
        inbox = ("balans", "balans", "eas", "coordinator")[who]
        may = lead.inbox == inbox and lead.assignee in (None, self.staff[who].id) and lead.packet is not None
        self.sim.press(self.staff[who], None, simulated.under(lead, "return", lead.version))
        asked = lead.owner != "system" and lead.status in CONTENT.desk.moves_by_name["return"].sources
        if may and asked:
            self.known[lead.id] = ("sent", lead.version + 1)
            assert self.lead(number).inbox == "coordinator"

    @rule(number=pick)
    def a_resident_stops(self, number: int) -> None:
        lead = self.lead(number)
        owner = next((each for each in self.residents if each.id == lead.resident), None)
        if owner is None:  # she stopped it before, and nobody knows any more whose it was
            assert lead.packet is None
            return
        revision = simulated.place(self.sim, owner).revision
        self.sim.press(owner, None, encode(StopHelpTap(lead.token, revision, sure=True)))
        if CONTENT.desk.move("withdraw", lead.status, "resident"):
            self.known[lead.id] = ("withdrawn", lead.version + 1)
            with self.sim.store.read() as tx:
                self.forgotten |= {each.id for each in passings.chain(tx, WIJK, lead)}

    @rule(who=st.integers(0, 3), number=pick, to=st.sampled_from(["balans", "eas"]), behind=st.integers(0, 2))
    def somebody_passes_it_on(self, who: int, number: int, to: str, behind: int) -> None:
        """It goes at once where a yes covers it; else its resident is asked, and nothing moves."""
        lead, person = self.lead(number), self.staff[who]
        before = self.question(lead)
        drawn = self.theirs(who, lead) and lead.packet is not None
        moves = CONTENT.desk.buttons(lead.status, "coordinator" if self.is_free(lead) else "partner")
        may = drawn and behind == 0 and any(move.asks for move in moves) and to != lead.inbox and before is None
        why = "found" if lead.inbox == "coordinator" else "fits"
        self.sim.hear(person, PassTap(lead.token, to, why, "call", lead.version - behind))
        goes_on = self.goes_on(lead, to)
        assert may or goes_on is None
        assert goes_on is not None or (self.question(lead) is not None) == (may or before is not None)

    @rule(number=pick, answer=st.sampled_from(["yes", "yes", "no", "talk"]))
    def a_resident_answers(self, number: int, answer: str) -> None:
        """Only a yes moves anything; a question that was answered is none any more."""
        lead = self.lead(number)
        asked = self.question(lead)
        if asked is None:
            return
        owner = next(each for each in self.residents if each.id == lead.resident)
        self.sim.hear(owner, YesTap(asked.token, answer))
        assert (self.goes_on(lead, asked.to) is not None) == (answer == "yes")
        assert (self.question(lead) is not None) == (answer == "talk")
        self.sim.hear(owner, YesTap(asked.token, "yes" if answer != "talk" else "talk"))

    @rule(number=pick, act=st.sampled_from(["reach", "words"]), agrees=st.booleans())
    def a_resident_changes_it(self, number: int, act: str, agrees: bool) -> None:
        """Only a yes changes anything: then the lead has a new version, and nothing that was asked stands open."""
        lead = self.lead(number)
        owner = next((each for each in self.residents if each.id == lead.resident), None)
        if owner is None or lead.closed_at is not None:
            return
        self.sim.hear(owner, MineTap(lead.token, act, lead.version))
        if act == "reach":
            go(self.sim, owner, "relay.reach:chat")
        else:
            self.sim.type(owner, "Graag na vijf uur")
        assert self.lead(number) == lead
        go(self.sim, owner, "change_yes" if agrees else "mine.keep")
        if agrees:
            self.known[lead.id] = (lead.status, lead.version + 1)
            assert self.question(lead) is None

    @rule(number=pick)
    def a_resident_speaks(self, number: int) -> None:
        """To who has the lead, after a yes; that one gets a button to listen, and nobody else anything."""
        lead = self.lead(number)
        owner = next((each for each in self.residents if each.id == lead.resident), None)
        if owner is None or lead.closed_at is not None or lead.assignee is None:
            return
        for person in self.staff:
            person.news.clear()
        self.sim.speak(owner, 9)
        assert not any(person.news for person in self.staff)
        go(self.sim, owner, f"send:{lead.token}")
        for person in self.staff:
            taps = [decode(b.data) for each in person.news for row in each.buttons for b in row]
            tokens = [tap.token for tap in taps if isinstance(tap, ListenTap)]
            assert len(tokens) == (person.id == lead.assignee)
            self.spoken += [(token, lead.id) for token in tokens]

    @rule(who=st.integers(0, 3), number=pick)
    def somebody_listens(self, who: int, number: int) -> None:
        """Whoever has the button: only who has the lead now hears anything."""
        if not self.spoken:
            return
        token, id = self.spoken[number % len(self.spoken)]
        lead, person = simulated.lead(self.sim, id), self.staff[who]
        heard = any(each.sound for each in self.sim.hear(person, ListenTap(token)))
        has = lead.assignee == person.id and lead.closed_at is None and lead.packet is not None
        assert heard == has
        assert not heard or self.theirs(who, lead)

    @rule(who=st.integers(0, 9), number=pick, behind=st.sampled_from([0, 0, 0, 1]), then=pick)
    def somebody_proposes_a_visit(self, who: int, number: int, behind: int, then: int) -> None:
        """Only who has the lead can, as it stands now; what stands stays when anybody else tries."""
        lead = self.lead(number)
        held = [each for each in self.staff if each.id == lead.assignee]
        person = held[0] if held and who > 3 else self.staff[who % 4]
        before = self.visit(lead)
        self.sim.hear(person, PlanTap(lead.token, ALONE, (SLOT,), sends=True, version=lead.version - behind))
        has = lead.assignee == person.id and lead.closed_at is None and lead.packet is not None and behind == 0
        after = self.visit(lead)
        assert has or after == before
        assert not has or (after is not None and (after.status, after.fits) == (TICKED, (SLOT,)))
        if has and then % 3:
            self.answers_a_visit(lead, then, ("choose", "choose", "other", "no")[then % 4])

    @rule(number=pick, act=st.sampled_from(["choose", "other", "no", "cancel_yes"]), who=pick)
    def somebody_answers_about_a_visit(self, number: int, act: str, who: int) -> None:
        self.answers_a_visit(self.lead(number), who, act)

    def answers_a_visit(self, lead: Lead, who: int, act: str) -> None:
        """Its resident; an agreed visit is contact. What anybody else taps in their place does nothing."""
        visit = self.visit(lead)
        if visit is None:
            return
        owner = [each for each in self.residents if each.id == lead.resident]
        person = owner[0] if owner and who > 30 else [*self.staff, *self.residents][who % 6]
        may = person.id == lead.resident and not visit.gone
        self.sim.hear(person, VisitTap(visit.token, act, 0, visit.version))
        after = self.visit(lead)
        if may and act == "choose" and visit.status == TICKED:
            assert after is not None
            assert (after.status, after.slot) == (CHOSEN, SLOT)
            if lead.status == "accepted":
                self.known[lead.id] = ("in_progress", lead.version + 1)
        elif person.id != lead.resident and act != "cancel_yes" and not visit.gone:
            assert after == visit

    def visit(self, lead: Lead) -> Visit | None:
        """The visit of this lead."""
        with self.sim.store.read() as tx:
            return visits.of_lead(tx, WIJK, lead.id)

    def question(self, lead: Lead) -> Passing | None:
        """What the resident of this lead is asked."""
        with self.sim.store.read() as tx:
            return passings.of_lead(tx, WIJK, lead.id)

    def goes_on(self, lead: Lead, to: str) -> Lead | None:
        """The lead in which this one went on just now, which the model then knows; it rests on a yes to that inbox."""
        with self.sim.store.read() as tx:
            found = [each for each in leads.of_resident(tx, WIJK, lead.resident or "") if each.continues == lead.id]
            yes = [consents.live(tx, WIJK, each.consent or 0) for each in found]
        if not found or found[0].id in self.known:
            return None
        assert [each.recipient if each else "" for each in yes] == [to]
        assert (found[0].inbox, found[0].packet) == (to, {**(lead.packet or {}), "partner": to, "inbox": to})
        self.known[lead.id] = ("redirected", lead.version + 1)
        self.known[found[0].id] = ("sent", 1)
        return found[0]

    def is_free(self, lead: Lead) -> bool:
        """Whether a coordinator decides about it: it fell, or lies in their inbox and nobody took it."""
        return CONTENT.desk.falls(lead.status) or (lead.status, lead.inbox) == ("sent", "coordinator")

    def theirs(self, who: int, lead: Lead) -> bool:
        """Whether this person may see this lead."""
        inbox = ("balans", "balans", "eas", "coordinator")[who]
        return lead.status != "redirected" and lead.inbox == inbox

    @invariant()
    def every_lead_is_whole(self) -> None:
        for id, (status, version) in getattr(self, "known", {}).items():
            lead = simulated.lead(self.sim, id)
            assert (lead.status, lead.version) == (status, version)
            assert (lead.closed_at is None) == (status in CONTENT.desk.open)
            assert (lead.owner is None, lead.due_at is None) == (lead.closed_at is not None,) * 2
            assert lead.due_at is None or lead.due_at > NOW, "nothing is due before anybody could do it"
            if lead.owner is not None:
                meant = {"inbox": "inbox", "assignee": "assignee" if lead.assignee else "inbox"}
                named = CONTENT.desk.statuses[status].next
                owner = meant.get(named, named)
                assert lead.owner == ("coordinator" if (owner, lead.inbox) == ("inbox", "coordinator") else owner)
            assert (lead.packet is None) == (id in self.forgotten)
            with self.sim.store.read() as tx:
                history = leads.events(tx, WIJK, id)
            assert [each.n for each in history] == list(range(1, version + 1))
            assert [each.before for each in history] == [None, *(each.after for each in history[:-1])]
            assert history[-1].after == status
            assert all(each.actor for each in history)
            visit = self.visit(lead)
            if visit is not None and visit.status not in OVER and not visit.gone:
                assert (lead.assignee is None, lead.closed_at) == (False, None), "who has no lead comes to no visit"

    @invariant()
    def nobody_reads_what_is_not_theirs(self) -> None:
        for who, person in enumerate(getattr(self, "staff", [])):
            read = " ".join(each.text for each in person.chat.values())
            for resident in [each for each in self.residents if each.name in read]:
                assert any(self.theirs(who, each) for each in simulated.leads_of(self.sim, resident)), person.name
            for resident in self.residents:
                if any(each.sound == sound_of(resident, 9).file for each in person.chat.values()):
                    held = simulated.leads_of(self.sim, resident)
                    assert any(self.theirs(who, each) for each in held), f"{person.name} can still hear"


def ticked_off(person: Person) -> list[str]:
    """The answers that untick what is ticked on the list of worries."""
    return [b.data.split(":")[1] for row in person.card.buttons for b in row if b.data.split(":")[1][:1] == "-"]


def walk(store: Store, examples: int, steps: int) -> None:
    """So many walks of so many acts."""

    class Here(Partners):
        sim = Simulator(CONTENT, store, now=lambda: NOW, choose=random.Random(1).choice)

    run_state_machine_as_test(
        Here,
        settings=settings(max_examples=examples, stateful_step_count=steps, phases=[Phase.explicit, Phase.generate]),
    )


@pytest.mark.slow
def test_every_lead_stays_whole_whoever_acts(store: Store) -> None:
    walk(store, examples=6, steps=20)


@pytest.mark.soak
@pytest.mark.both_stores
def test_every_lead_stays_whole_on_a_long_walk(store: Store, engine: str) -> None:
    walk(store, *((40, 30) if engine == "sqlite" else (15, 30)))
