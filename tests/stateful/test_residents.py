"""Residents who tap, type and come back as people do: nobody is ever stuck, and nothing leaves without a yes.

Three at once on one store. The walks are the same each time, unless `KOPPELKANS_SEEDS=new` asks for new ones.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.demo.simulator import Person, Shown, Simulator
from bot.leads.consent.card import consent_fields
from bot.messages.message import Button
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.residents import HideTap, ReturnTap
from db.leads.consent import consents
from db.leads.lead import Lead
from db.people import conversations
from db.store import Store
from flows.model.chart import Outcome, Question
from flows.model.heard import ChartTap, Command, Contact, Heard, Media, NoTap
from flows.model.place import Place
from flows.walk.given import was_given
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK

NONSENSE = (
    *("hallo", "ja", "ik snap er niks van", "111222333", "NL91ABNA0417164300", "/zomaar", "<b>&_*", "😀", "مرحبا", " "),
    *("x" * 4096, "Fatma", "Voorbeeldstraat 1", "rent", "toy.cold:often:1", "/start ev12", "/start i_KAPOT", "/"),
)
COMMANDS = (
    *("/start", "/menu", "/stop", "/taal", "/hulp", "/help", "/privacy", "/mijngegevens", "/verwijder", "/gevaar"),
    *("/postvak", "/coordinator"),
)
DANGER = {
    "ik ruik gas": ("gas", "nl"),
    "ik wil niet meer leven": ("life", "nl"),
    "my husband hits me": ("afraid", "en"),
    "gaslek!!": ("gas", "nl"),
}
"""Cries, with the danger that they speak of and their language."""
STANDING = ("_danger", "_language")
KEYS = re.compile(rf"\b(?:{'|'.join(sorted({key.partition('.')[0] for key in CONTENT.words.phrases}))})\.[a-z_]{{3,}}")
STEPS = re.compile(rf"\b(?:{'|'.join(CONTENT.charts.flows)})\.(?:[a-z_]{{3,}})\b")

who, pick = st.integers(0, 2), st.integers(0, 199)


def buttons(shown: Shown) -> list[Button]:
    return [each for row in shown.buttons for each in row]


def answer_of(button: Button) -> str:
    return button.data.split(":")[1]


class Residents(RuleBasedStateMachine):
    """Three residents in one simulator. `news` is what the last act brought to whom it was that acted."""

    sim: Simulator
    count = 0

    def __init__(self) -> None:
        super().__init__()
        Residents.count += 3
        self.people = [
            self.sim.person(f"telegram:{10_000 + Residents.count + n}", name, language)
            for n, (name, language) in enumerate([("Fatma", "ar"), ("<b>&_*", "nl"), ("", "xx")])
        ]
        self.seen: dict[str, list[tuple[int | None, Button]]] = {each.address: [] for each in self.people}
        self.actor = self.people[0]
        self.news: list[Shown] = []
        for person in self.people:
            self.sim.type(person, "/start")
            self.remember(person)

    @initialize(who=who)
    def one_of_them_hands_something_over(self, who: int) -> None:
        """Before the dice decide: what can only happen after a lead happens in every walk."""
        person = self.people[who]
        self.tap_all(person, *simulated.BEGIN, *simulated.ALONE, "first", *simulated.ABOUT)
        if simulated.place(self.sim, person).step != "handoff.name":  # who shows no name is asked for one
            self.tap_all(person, *simulated.changing("name"))
        self.tap_all(person, "none", *simulated.ABOUT_ME[len(simulated.ABOUT) :], "handoff.consent:yes")
        assert len(self.leads(person)) == 1

    def tap_all(self, person: Person, *answers: str) -> None:
        for answer in answers:
            shown, found = simulated.button(person, answer)
            self.act(person, decode(found.data), shown.id)

    def teardown(self) -> None:
        for person in self.people:
            self.sim.people.pop(person.address)

    def remember(self, person: Person) -> None:
        for shown in person.news:
            self.seen[person.address] += [(shown.id, button) for button in buttons(shown)]

    def act(self, person: Person, heard: Heard | Tap, message: int | None = None) -> None:
        """One update, and what must be true right after it."""
        before = {one.id for one in self.leads(person)}
        self.actor, self.news = person, self.sim.hear(person, heard, message)
        self.remember(person)
        assert self.news, "every update gets an answer"
        for lead in self.leads(person):
            if lead.id not in before:
                assert isinstance(heard, ChartTap)
                assert heard.step.startswith("handoff.consent")
                self.rests_on_a_yes(lead)
        if isinstance(heard, HideTap):  # what a hidden chat hears has tests of its own
            self.news = self.sim.hear(person, ReturnTap())
            self.remember(person)
            assert self.news

    def rests_on_a_yes(self, lead: Lead) -> None:
        assert lead.consent is not None
        assert lead.packet is not None
        with self.sim.store.read() as tx:
            entry = consents.get(tx, WIJK, lead.consent)
        assert entry is not None
        assert (entry.given, entry.resident, entry.language) == (True, lead.resident, lead.language)
        question = CONTENT.charts.question("handoff.consent")
        assert entry.shown == consent_fields(CONTENT, question, lead.packet, CONTENT.wijk, lead.language)["packet"]

    def leads(self, person: Person) -> list[Lead]:
        return simulated.leads_of(self.sim, person)

    def language(self, person: Person) -> str:
        with self.sim.store.read() as tx:
            found = conversations.look(tx, WIJK, [person.id]).get(person.id)
        return (found.language if found else "") or (
            person.language if person.language in CONTENT.wijk.languages else "nl"
        )

    @rule(who=who, picks=st.lists(pick, min_size=1, max_size=12))
    def goes_on_for_a_while(self, who: int, picks: list[int]) -> None:
        """Answers of the card as it lies there now, one after another; after a tick or two *verder*."""
        person = self.people[who]
        for pick in picks:
            there = buttons(person.card)
            ahead = [each for each in there if answer_of(each)[:1] not in ("_", "-")]
            onward = [each for each in there if answer_of(each) == "_next"]
            ticked = any(answer_of(each)[:1] == "-" for each in there)
            choice = (onward if ticked and pick % 2 else ahead) or there
            self.act(person, decode(choice[pick % len(choice)].data), person.card.id)
            self.nobody_is_stuck()
            self.everything_can_be_sent_and_read()

    @rule(who=who)
    def says_yes_once_more(self, who: int) -> None:
        """The same way to the same help: what runs is not offered, the rest is."""
        person = self.people[who]
        self.act(person, Command("start"))
        if self.place(person).language is None:
            self.act(person, ChartTap("language", "nl", 0))
        self.act(person, Command("menu"))
        about_me = (*simulated.ABOUT_ME, *simulated.changing("name"), "none")
        for answer in (*simulated.ALONE, "all", *about_me, "handoff.consent:yes", "handoff.consent:yes"):
            there = [each for each in buttons(person.card) if answer in simulated.names(each.data)]
            if not there:
                break
            self.act(person, decode(there[0].data), person.card.id)

    @rule(who=who, pick=pick)
    def taps_anything_that_lies_there(self, who: int, pick: int) -> None:
        person = self.people[who]
        there = [(shown.id, each) for shown in person.chat.values() for each in buttons(shown)][-40:]
        message, button = there[pick % len(there)]
        self.act(person, decode(button.data), message)

    @rule(who=who, pick=pick)
    def taps_something_old(self, who: int, pick: int) -> None:
        person = self.people[who]
        message, button = self.seen[person.address][pick % len(self.seen[person.address])]
        self.act(person, decode(button.data), message if pick % 3 else None)

    @rule(who=who, pick=pick)
    def taps_a_button_of_somebody_else(self, who: int, pick: int) -> None:
        """Also one of another person's lead, of a desk and of the office."""
        person, other = self.people[who], self.people[(who + 1) % 3]
        theirs = [button.data for _, button in self.seen[other.address]]
        theirs += [simulated.under(lead, "accept", 1) for lead in self.leads(other)] + [
            "desk:inbox:0",
            "dashboard:home:0",
        ]
        theirs += [f"withdraw:{lead.token}:{pick % 36}" for lead in self.leads(other)]
        before = self.leads(other)
        self.act(person, decode(theirs[-1 - pick % len(theirs)]))
        assert self.leads(other) == before

    @rule(who=who, pick=pick)
    def taps_twice(self, who: int, pick: int) -> None:
        """Two different updates with the same tap: the second books nothing."""
        person = self.people[who]
        there = buttons(person.card)
        button, message = there[pick % len(there)], person.card.id
        self.act(person, decode(button.data), message)
        once = self.place(person)
        self.act(person, decode(button.data), message)
        again = self.place(person)
        if button.data.startswith(
            "danger."
        ):  # a door out of a danger message is good at any age, and leads to one place
            again = replace(again, revision=once.revision)
        assert again == once

    @rule(who=who, words=st.sampled_from(NONSENSE))
    def types_nonsense(self, who: int, words: str) -> None:
        self.types(self.people[who], words)

    @rule(who=who, words=st.sampled_from(COMMANDS))
    def gives_a_command(self, who: int, words: str) -> None:
        self.types(self.people[who], words)
        if words == "/gevaar":
            self.danger_is_told("all")

    @rule(who=who, words=st.sampled_from(sorted(DANGER)))
    def cries_for_help(self, who: int, words: str) -> None:
        person = self.people[who]
        before = self.place(person)
        self.types(person, words)
        self.danger_is_told(*DANGER[words])
        assert self.place(person) == before

    @rule(who=who)
    def taps_danger(self, who: int) -> None:
        person = self.people[who]
        self.act(person, decode("menu.worries:_danger:0"))
        self.danger_is_told("all")

    @rule(who=who, kind=st.sampled_from(["photo", "voice", "sticker", "document"]))
    def sends_what_nobody_can_read(self, who: int, kind: str) -> None:
        before = self.place(self.people[who])
        self.act(self.people[who], Media(kind))
        assert self.place(self.people[who]) == before

    @rule(who=who, own=st.booleans())
    def shares_a_number(self, who: int, own: bool) -> None:
        self.act(self.people[who], Contact("+31600000001", own))

    @rule(who=who)
    def goes_back(self, who: int) -> None:
        """*Terug* is the inverse of the last answer that was asked for; who came to change one keeps it."""
        person = self.people[who]
        before = self.place(person)
        if not before.trail or before.language is None:
            return
        self.act(person, ChartTap(before.step, "_back", before.revision), person.card.id)
        after = self.place(person)
        if any(each.step == before.step for each in before.kept):  # they came here to change it
            assert any(each.step == before.step for each in after.trail)
            return
        *trail, last = before.trail
        while was_given(CONTENT.charts, last, tuple(trail)):  # nobody was asked: one tap gave it too
            last = trail.pop()
        assert after.step == last.step
        assert set(after.trail) <= set(trail)

    @rule(who=who, language=st.sampled_from(CONTENT.wijk.languages))
    def changes_the_language(self, who: int, language: str) -> None:
        """At any step, and no answer is lost."""
        person = self.people[who]
        before = self.place(person)
        self.act(person, ChartTap("language", language, 0))
        after = self.place(person)
        assert after.language == language
        assert (after.step, after.trail, after.picked) == (before.step, before.trail, before.picked)

    def types(self, person: Person, words: str) -> None:
        before = {one.id for one in self.leads(person)}
        self.actor, self.news = person, self.sim.type(person, words)
        self.remember(person)
        assert self.news
        assert {one.id for one in self.leads(person)} <= before, "words never hand anything over"

    def danger_is_told(self, danger: str, spoken: str = "") -> None:
        """The numbers come first, at once, in the language of the cry; a tap tells none, and gets the resident's."""
        box = CONTENT.charts.steps[f"danger.{danger}"]
        text = box.say if isinstance(box, Outcome) else box.ask if isinstance(box, Question) else ""
        language = spoken or self.language(self.actor)
        fields = CONTENT.places(CONTENT.wijk, language)
        assert self.news[0].text.startswith(CONTENT.words.say(language, f"danger.{danger}", text, **fields))

    def place(self, person: Person) -> Place:
        """Where they stand; at the very beginning when nothing is known of them (any more)."""
        with self.sim.store.read() as tx:
            found = conversations.look(tx, WIJK, [person.id]).get(person.id)
        return Place.from_dict(found.place) if found and found.place else Place("menu.welcome")

    @invariant()
    def nobody_is_stuck(self) -> None:
        person = self.actor
        if person.chat and not any(
            each.text == self.gone(language) for each in self.news for language in ("nl", "ar", "en")
        ):
            assert [each for each in buttons(person.card) if answer_of(each) not in STANDING]
        place = self.place(person)
        assert place.step in CONTENT.walk.moves.machine.states
        assert all(given.step in CONTENT.walk.moves.machine.states for given in place.trail)
        assert place.language in (None, *CONTENT.wijk.languages)

    def gone(self, language: str) -> str:
        """The last message to somebody who is forgotten."""
        return CONTENT.words.phrase(language, "notices.erased")

    @invariant()
    def nothing_runs_twice(self) -> None:
        """One open lead per resident, service and topic; what cannot wait may stand beside what can."""
        for person in self.people:
            open_ones = [each for each in self.leads(person) if each.closed_at is None]
            needs = [(*need, each.urgent) for each in open_ones for need in each.needs or ()]
            assert len(needs) == len(set(needs))
            assert len(open_ones) <= CONTENT.wijk.most_help

    @invariant()
    def everything_can_be_sent_and_read(self) -> None:
        for shown in self.news:
            assert 0 < len(shown.text) <= 4096
            assert "{" not in shown.text
            assert "Traceback" not in shown.text
            assert not KEYS.search(shown.text)
            assert not STEPS.search(shown.text)
            for button in buttons(shown):
                assert button.text.strip()
                assert "{" not in button.text
                assert 0 < len(button.data.encode()) <= 64
                assert decode(button.data) != NoTap()


def walk(store: Store, examples: int, steps: int) -> None:
    """So many walks of so many acts."""

    class Here(Residents):
        sim = Simulator(CONTENT, store, now=lambda: NOW, choose=random.Random(1).choice)

    run_state_machine_as_test(
        Here,
        settings=settings(max_examples=examples, stateful_step_count=steps, phases=[Phase.explicit, Phase.generate]),
    )


@pytest.mark.slow
def test_nobody_is_ever_stuck(store: Store) -> None:
    walk(store, examples=8, steps=30)


@pytest.mark.soak
@pytest.mark.both_stores
def test_nobody_is_ever_stuck_on_a_long_walk(store: Store, engine: str) -> None:
    """10,000 acts on SQLite, a thousand on PostgreSQL."""
    walk(store, *((100, 100) if engine == "sqlite" else (20, 50)))
