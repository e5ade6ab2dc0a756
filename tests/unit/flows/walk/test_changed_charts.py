"""Charts change under people's feet (field.md, pitfall 19): every step and many answers of the real charts are removed
or renamed while people stand on it, just before it and just after it; then they walk on to an end.

The people are found by walking the real charts; what follows goes through the real `handle` on a store.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.demo.simulator import Person, Simulator
from bot.handle import Handle
from bot.leads.packet import packet_lines
from db.leads import leads
from db.people import conversations
from db.people.conversations import Conversation
from db.store import open_store
from flows.check import arrows
from flows.model.chart import Charts, Crossroads, Outcome, Question
from flows.model.heard import ChartTap, Command, Heard
from flows.model.memory import answers_of
from flows.model.names import WELCOME
from flows.model.place import TYPED, Given, Place
from flows.walk.arrows import OFFERED, leads_to
from tests.simulated import CONTENT, NOW, WIJK
from tests.unit.flows import passers, reworked
from tests.unit.flows.passers import CHARTS, FIXED, LONGEST, PASSED, Walked, acts, chosen, drawn

pytestmark = pytest.mark.slow

STEPS = [name for name in CHARTS.steps if name not in FIXED | PASSED and not name.startswith("danger.")]
CHANGED, ANEW, LOOK = (CONTENT.words.phrases[f"notices.{key}"] for key in ("changed", "begin_again", "look_again"))
OLD = 9000
"""The number of the card that lay before them when the charts changed."""


@pytest.fixture(scope="module")
def people() -> dict[str, Walked]:
    return passers.walks()


@pytest.fixture(scope="module")
def table(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One store for all changes; everybody has an address of their own."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("changed") / "store.db")
    with closing(open_store(f"sqlite:///{path}")) as store:
        yield Simulator(CONTENT, store, lambda: NOW)


@dataclass(slots=True)
class Case:
    """One conversation under changed charts: what was said first, where they then stood, which cards got a yes.

    `looked`: they went back by choice, or were shown a card again because something else would be sent than they saw.
    """

    person: Person
    old: Place
    yes: int = 0
    asked: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    looked: bool = False


class Street:
    """Everybody of one change, side by side: they sit down with the card they had, and walk on."""

    def __init__(self, charts: Charts, table: Simulator, places: Sequence[Place], name: str) -> None:
        assert list(arrows.lost(charts)) == [], "the change itself must leave the charts whole"
        self.content = reworked.content_of(CONTENT, charts)
        self.table = table
        table.content, table.handle = self.content, Handle(self.content, table.store, now=lambda: NOW)
        self.dice = random.Random(name)
        self.cases = [self.seat(place, f"telegram:{name}:{n}") for n, place in enumerate(places)]

    def seat(self, place: Place, address: str) -> Case:
        """Somebody with this place in the store, and the old card before them."""
        with self.table.store.write() as tx:
            known = conversations.load(tx, WIJK, [address], NOW)[address].person
            kept = Conversation(known, "nl", place.to_dict(), OLD, place.revision, place.step)
            conversations.save(tx, WIJK, [kept], NOW)
        person = self.table.person(address, "Fatma")
        person.chat[OLD] = drawn(CONTENT, place)
        return Case(person, place, sum(consent(CHARTS, given) for given in place.trail))

    def places(self, people: Iterable[str]) -> dict[str, Place]:
        """Where they stand now."""
        with self.table.store.read() as tx:
            kept = conversations.look(tx, WIJK, people)
        return {key: Place.from_dict(each.place or {}) for key, each in kept.items()}

    def leads(self) -> Counter[str]:
        """How many leads each of them has."""
        with self.table.store.read() as tx:
            return Counter({c.person.id: len(leads.of_resident(tx, WIJK, c.person.id)) for c in self.cases})

    def walk_on(self) -> None:
        """Everybody acts on the card before them, until nothing leads on."""
        todo = [(case, self.first(case)) for case in self.cases]
        for _ in range(LONGEST):
            if not todo:
                return
            self.table.hear_all([(case.person, heard, card) for case, (heard, card) in todo])
            places = self.places(case.person.id for case, _ in todo)
            coming = []
            for case, (heard, _card) in todo:
                assert case.person.news, f"{case.old.step}: nothing was said to {heard}"
                said = [shown.text for shown in case.person.news]
                case.first = case.first or said
                place = places[case.person.id]
                case.asked.append(place.step)
                case.looked |= LOOK in said[-1]
                ways = acts(self.content, place, case.person.card)
                if not ways:
                    ways = acts(self.content, place, case.person.card, back=True)
                    case.looked |= bool(ways)
                if ways:
                    act = chosen(self.dice, ways)
                    if isinstance(act[0], ChartTap) and act[0].answer == "yes":
                        case.yes += consent(self.content.charts, Given(act[0].step, ("yes",)))
                    coming.append((case, act))
            todo = coming
        raise AssertionError(f"stuck: {[(case.old.step, case.asked[-3:]) for case, _ in todo]}")

    def first(self, case: Case) -> tuple[Heard, int]:
        """What they do with the old card; at an end they start again."""
        ways = acts(CONTENT, case.old, case.person.chat[OLD])
        if not ways:
            ways = acts(CONTENT, case.old, case.person.chat[OLD], back=True)
            case.looked = bool(ways)
        return chosen(self.dice, ways) if ways else (Command("start"), OLD)


def consent(charts: Charts, given: Given) -> bool:
    """Whether this is a yes on a consent card."""
    step = charts.steps.get(given.step)
    return isinstance(step, Question) and step.consent and "yes" in given.answers


def can_be_given(charts: Charts, given: Given) -> bool:
    """Whether this answer still exists, as it was given."""
    step = charts.steps.get(given.step)
    typed = isinstance(step, Question) and bool(step.write or step.share)
    offered = isinstance(step, Outcome) and bool(step.offers)
    return all(
        each in answers_of(step) or (each == TYPED and typed) or (each in OFFERED and offered) for each in given.answers
    )


def judged(street: Street) -> None:
    """Nobody lost an answer that counts, was moved without a word, or was handed over without a yes."""
    charts, walk, handed = street.content.charts, street.content.walk, street.leads()
    for case in street.cases:
        old = walk.renames.place(case.old)
        told = [text for text in case.first if CHANGED in text or ANEW in text]
        gone = [each for each in old.trail if not can_be_given(charts, each)]
        stands = old.step in charts.steps
        ended = not acts(CONTENT, case.old, drawn(CONTENT, case.old), back=True)
        if stands and not gone:
            assert not told, f"{case.old.step}: told of a change that does not touch them"
        if not stands and not (ended and not old.trail and told):
            assert told, f"{case.old.step}: moved without a word: {case.first}"
        if any(each.step in charts.steps and lacking(charts, each) for each in gone) and not told and not ended:
            assert all(each.step not in case.asked for each in gone), f"{case.old.step}: asked again without a word"
        if told:
            assert case.asked[0] not in {each.step for each in old.trail if can_be_given(charts, each)} or fateful(
                charts, case.asked[0]
            ), f"{case.old.step}: asked {case.asked[0]} though it was answered"
        if not case.looked and not ended:
            counted = {e.step for e in old.trail if can_be_given(charts, e) and asks(charts, e.step)}
            again = [step for step in case.asked if step in counted and not fateful(charts, step)]
            assert not again, f"{case.old.step}: asked again, though answered: {again}"
        assert handed[case.person.id] <= case.yes, f"{case.old.step}: a lead without yes"
        assert isinstance(charts.steps[case.asked[-1]], Outcome), f"{case.old.step}: no end, but {case.asked[-1]}"


def lacking(charts: Charts, given: Given) -> bool:
    """Whether nothing of these answers is left."""
    return not any(each in answers_of(charts.steps.get(given.step)) for each in given.answers)


def asks(charts: Charts, step: str) -> bool:
    """Whether an answer to this step is never asked twice: a question that is no yes to sharing."""
    box = charts.steps.get(step)
    return isinstance(box, Question) and not box.consent


def fateful(charts: Charts, step: str) -> bool:
    """Whether an answer here may lead to an end that hands over or forgets: only a tap of now may do that."""
    ends = (charts.steps[name] for name in following(charts, step))
    return any(isinstance(box, Outcome) and bool(box.refer or box.relay or box.forget) for box in ends)


def following(charts: Charts, step: str) -> list[str]:
    """What comes after a step, with the crossroads in between."""
    found = [*leads_to(charts, step)]
    for name in found:
        if isinstance(charts.steps[name], Crossroads):
            found += [each for each in leads_to(charts, name) if each not in found]
    return found


def around(people: dict[str, Walked], step: str) -> list[Place]:
    """Those who stand before, on and after a step; of a crossroads those before and after it."""
    if isinstance(CHARTS.steps[step], Crossroads):
        near = [name for name in people if step in following(CHARTS, name)][:2]
        return [place for name in near for place in (people[name].on, people[name].after) if place]
    one = people[step]
    return [place for place in (one.before, one.on, one.after) if place]


def at(people: dict[str, Walked], steps: Iterable[str]) -> list[Place]:
    """Those who stand on and after each of these steps."""
    return [place for step in steps for place in (people[step].on, people[step].after) if place]


def given_at(people: dict[str, Walked], step: str) -> str:
    """The answer that whoever came by gave there, an empty text when it was typed or an offer."""
    after = people[step].after if step in people else None
    answer = next((g.answers[0] for g in (after.trail if after else ()) if g.step == step), "")
    return answer if answer in answers_of(CHARTS.steps[step]) else ""


def batches(items: Sequence[str], count: int) -> list[list[str]]:
    """All items in so many batches, neighbours in different ones."""
    return [list(items[n::count]) for n in range(count)]


def play(charts: Charts, table: Simulator, places: Sequence[Place], name: str) -> Street:
    """Everybody walks on under these charts, and is judged."""
    assert places
    street = Street(charts, table, places, name)
    street.walk_on()
    judged(street)
    return street


REMOVABLE = [*STEPS, "handoff.reach", "handoff.when"]
BY_FLOW = [[step for step in REMOVABLE if step.startswith(f"{flow}.")] for flow in CHARTS.flows]
TOGETHER = [steps for own in BY_FLOW if own for steps in batches(own, -(-len(own) // 8))]
QUESTIONS = [name for name in STEPS if isinstance(CHARTS.steps[name], Question)]


def test_somebody_came_by_every_step(people: dict[str, Walked]) -> None:
    resting = {name for name, step in CHARTS.steps.items() if not isinstance(step, Crossroads)}
    assert {name for name in resting if not name.startswith("danger.")} - set(people) <= {WELCOME, *PASSED}


@pytest.mark.parametrize("steps", TOGETHER, ids=lambda steps: steps[0])
def test_steps_of_one_flow_are_removed(steps: list[str], people: dict[str, Walked], table: Simulator) -> None:
    """Each step, with others of its flow that are not its neighbours: one by one takes a minute."""
    charts = CHARTS
    for step in steps:
        charts = reworked.without_step(charts, step)
    places = [place for step in steps for place in around(people, step)]
    play(charts, table, places, f"gone {steps[0]}")


@pytest.mark.soak
@pytest.mark.parametrize("step", REMOVABLE)
def test_a_step_is_removed(step: str, people: dict[str, Walked], table: Simulator) -> None:
    play(reworked.without_step(CHARTS, step), table, around(people, step), f"only {step} gone")


@pytest.mark.parametrize("number", range(6))
def test_steps_get_another_name_that_nobody_told(number: int, people: dict[str, Walked], table: Simulator) -> None:
    steps = batches([name for name in STEPS if name in people], 6)[number]
    places = at(people, steps)
    play(reworked.renamed_steps(CHARTS, steps, was=False), table, places, f"renamed {number}")


def test_every_step_gets_another_name_and_says_what_it_was(people: dict[str, Walked], table: Simulator) -> None:
    places = at(people, [step for step in STEPS if step in people])
    street = play(reworked.renamed_steps(CHARTS, STEPS, was=True), table, places, "was")
    for case in street.cases:
        assert not [text for text in case.first if CHANGED in text or ANEW in text], case.old.step


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("kind", ["removed", "renamed"])
def test_answers_are_removed_or_get_another_name(
    kind: str, number: int, people: dict[str, Walked], table: Simulator
) -> None:
    asked = [name for name in QUESTIONS if (own := given_at(people, name)) and reworked.removable(CHARTS, name, own)]
    steps = batches(asked, 4)[number]
    answers = [(step, given_at(people, step)) for step in steps]
    charts = (
        reworked.without_answers(CHARTS, answers)
        if kind == "removed"
        else reworked.renamed_answers(CHARTS, answers, was=False)
    )
    places = at(people, steps)
    play(charts, table, places, f"answers {kind} {number}")


def test_every_answer_gets_another_name_and_says_what_it_was(people: dict[str, Walked], table: Simulator) -> None:
    asked = [name for name in QUESTIONS if name in people]
    answers = [(name, key) for name in asked for key in answers_of(CHARTS.steps[name]) if key not in ("yes", "shown")]
    places = at(people, asked)
    street = play(reworked.renamed_answers(CHARTS, answers, was=True), table, places, "answers was")
    for case in street.cases:
        assert not [text for text in case.first if CHANGED in text or ANEW in text], case.old.step


def test_what_a_partner_sees_of_a_lead_stays_the_same_under_other_names() -> None:
    packet = {
        "partner": "goos", "inbox": "goos", "reach": "chat", "when": "any", "language": "ar",
        "answers": [["referral.warm", ["often"]], ["referral.behind", ["rent", "water"]]],
    }  # fmt: skip
    charts = reworked.renamed_steps(CHARTS, ["referral.warm", "referral.behind"], was=True)
    charts = reworked.renamed_answers(charts, [("referral.warm_2", "often"), ("referral.behind_2", "rent")], was=True)
    lines = packet_lines(CONTENT, packet, CONTENT.wijk, "nl")
    assert "Vaak koud" in "".join(lines)
    assert packet_lines(reworked.content_of(CONTENT, charts), packet, CONTENT.wijk, "nl") == lines
