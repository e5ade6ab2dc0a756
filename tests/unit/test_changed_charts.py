"""Charts change under people's feet (field.md, pitfall 19): every step and many answers of the real charts are removed
or renamed while people stand on it, just before it and just after it; then they walk on to an end.

The people are found by walking the real charts; what follows goes through the real `handle` on a store.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.card import Cards
from bot.content import DOORS
from bot.house import House
from bot.table import Laid, Person, Table, tapped
from db import conversations
from db.conversations import Conversation
from db.store import Store, open_store
from flows import check_arrows
from flows.arrows import NEXT, leads_to
from flows.chart import Charts, Crossroads, Outcome, Question
from flows.heard import Command, Contact, Heard, Tap, Text
from flows.memory import answers_of
from flows.place import TYPED, Given, Place
from flows.walk import MENU, WELCOME
from tests import seated
from tests.seated import HOUSE, NOW, WIJK
from tests.unit import reworked

CHARTS, STAFFED = HOUSE.charts, HOUSE.wijk.with_settings({}, frozenset(HOUSE.wijk.partners))
FIXED = {WELCOME, MENU, *DOORS, "handoff.done", "handoff.consent", "handoff.consent_second"}
"""Steps that the bot itself knows by name; `koppelkans check` does not let them go."""

STEPS = [name for name in CHARTS.steps if name not in FIXED and not name.startswith("danger.")]
CHANGED, ANEW, LOOK = (HOUSE.words.phrases[f"notices.{key}"] for key in ("changed", "begin_again", "look_again"))
LONGEST = 60
"""Acts after which somebody who is not at an end is stuck."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Somebody who was at a step: where they stood before, on, and after it."""

    before: Place | None
    on: Place
    after: Place | None


def acts(house: House, place: Place, card: Laid) -> list[tuple[Heard, int]]:
    """What leads on from this card: its own buttons, words or a number where they are asked."""
    step = house.charts.steps[place.step]
    found: list[tuple[Heard, int]] = []
    for row in card.buttons:
        for button in row:
            tap = tapped(button.data)
            back = getattr(answers_of(step).get(tap.answer), "back", None)
            if tap.step == place.step and back is None and (tap.answer == NEXT or tap.answer[:1] not in ("_", "-")):
                if tap.answer != NEXT or place.picked:
                    found.append((tap, card.id))
    if isinstance(step, Question) and step.write:
        found.append((Text("Iets in eigen woorden"), card.id))
    if isinstance(step, Question) and step.share:
        found.append((Contact("+31600000001", own=True), card.id))
    return found


def drawn(house: House, place: Place) -> Laid:
    """The card of this place as it lies before somebody."""
    card = Cards(house).of(place, STAFFED, name="Fatma", now=NOW)
    return Laid(1, card.text, card.buttons)


def walks(tries: int = 420) -> dict[str, Walked]:
    """For each step somebody who came by, found by wandering through the real charts."""
    dice, found = random.Random(19), dict[str, Walked]()
    starts = [Place(MENU, language="nl")] * 8 + [
        HOUSE.walk.aside(Place(MENU, language="nl"), door, 1) for door in DOORS
    ]
    for number in range(tries):
        place, past = starts[number % len(starts)], list[Place]()
        for _ in range(LONGEST):
            past.append(place)
            ways = acts(HOUSE, place, drawn(HOUSE, place))
            if not ways:
                break
            place = HOUSE.walk.step(place, dice.choice(ways)[0], STAFFED, "Fatma").place
        moves = [each for n, each in enumerate(past) if n + 1 == len(past) or past[n + 1].turn != each.turn]
        for n, each in enumerate(moves):
            after = moves[n + 1] if n + 1 < len(moves) else None
            if each.step not in found or (found[each.step].after is None and after):
                found[each.step] = Walked(moves[n - 1] if n else None, each, after)
    return found


@pytest.fixture(scope="module")
def people() -> dict[str, Walked]:
    return walks()


@pytest.fixture(scope="module")
def shared_store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for the whole matrix; everybody has an address of their own."""
    path = tmp_path_factory.mktemp("changed") / "store.db"
    shutil.copy(sqlite_template, path)
    with closing(open_store(f"sqlite:///{path}")) as store:
        yield store


@dataclass(slots=True)
class Case:
    """One conversation under changed charts."""

    person: Person
    old: Place
    yes: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    looked: bool = False


class Street:
    """Everybody of one change, side by side: they sit down with the card they had, and walk on."""

    def __init__(self, charts: Charts, store: Store, places: Sequence[Place], name: str) -> None:
        assert list(check_arrows.lost(charts)) == [], "the change itself must leave the charts whole"
        self.house = reworked.house_of(HOUSE, charts)
        self.table = Table(self.house, store, lambda: NOW)
        self.table._updates = abs(hash(name)) % 10**9 * 1000
        self.dice = random.Random(name)
        self.cases = [self.seat(place, f"telegram:{name}:{n}") for n, place in enumerate(places)]

    def seat(self, place: Place, address: str) -> Case:
        """Somebody with this place in the store, and the old card before them."""
        kept = Conversation(address, "nl", place.to_dict(), 1, place.turn, place.step)
        with self.table.store.write() as tx:
            conversations.save(tx, WIJK, [kept], NOW)
        person = self.table.sit(address, "Fatma")
        person.chat[1] = drawn(HOUSE, place)
        return Case(person, place, {n for g in place.trail if (n := consent(CHARTS, g))})

    def place(self, case: Case) -> Place:
        """Where they stand now."""
        return seated.place(self.table, case.person)

    def walk_on(self) -> None:
        """Everybody acts on the card before them, until nothing leads on."""
        self.table._messages = 1
        todo = [(case, self.first(case)) for case in self.cases]
        for _ in range(LONGEST):
            if not todo:
                return
            self.table.hear_all([(case.person, heard, card) for case, (heard, card) in todo])
            coming = []
            for case, (heard, _card) in todo:
                assert case.person.news, f"{case.old.step}: nothing was said to {heard}"
                case.said += [laid.text for laid in case.person.news]
                place = self.place(case)
                case.asked.append(place.step)
                case.looked |= LOOK in case.said[-1]
                ways = acts(self.house, place, case.person.card)
                if ways:
                    act = self.dice.choice(ways)
                    if isinstance(act[0], Tap) and act[0].answer == "yes":
                        case.yes |= {n for n in (consent(self.house.charts, Given(act[0].step, ("yes",))),) if n}
                    coming.append((case, act))
            todo = coming
        raise AssertionError(f"stuck: {[(case.old.step, case.asked[-3:]) for case, _ in todo]}")

    def first(self, case: Case) -> tuple[Heard, int]:
        """What they do with the old card; at an end they start again."""
        ways = acts(HOUSE, case.old, case.person.chat[1])
        return self.dice.choice(ways) if ways else (Command("start"), 1)


def consent(charts: Charts, given: Given) -> int:
    """The number of the consent card that got this yes, 0 for anything else."""
    step = charts.steps.get(given.step)
    return step.consent if isinstance(step, Question) and "yes" in given.answers else 0


def can_be_given(charts: Charts, given: Given) -> bool:
    """Whether this answer still exists, as it was given."""
    step = charts.steps.get(given.step)
    typed = isinstance(step, Question) and bool(step.write or step.share)
    return all(each in answers_of(step) or (each == TYPED and typed) for each in given.answers)


def judged(street: Street) -> None:
    """Nobody lost an answer that counts, was moved without a word, or was handed over without a yes."""
    charts, walk = street.house.charts, street.house.walk
    for case in street.cases:
        old = walk.renames.place(case.old)
        told = [text for text in case.said[:1] if CHANGED in text or ANEW in text]
        gone = [each for each in old.trail if not can_be_given(charts, each)]
        stands = old.step in charts.steps
        ended = not acts(HOUSE, case.old, drawn(HOUSE, case.old))
        if stands and not gone:
            assert not told, f"{case.old.step}: told of a change that does not touch them"
        if not stands and not (ended and not old.trail and told):
            assert told, f"{case.old.step}: moved without a word: {case.said[:1]}"
        if any(each.step in charts.steps and lacking(charts, each) for each in gone) and not told:
            assert all(each.step not in case.asked for each in gone), f"{case.old.step}: asked again without a word"
        if told:
            assert case.asked[0] not in {each.step for each in old.trail if can_be_given(charts, each)} or fateful(
                charts, case.asked[0]
            ), f"{case.old.step}: asked {case.asked[0]} though it was answered"
        if not case.looked:
            counted = {e.step for e in old.trail if can_be_given(charts, e) and asks(charts, e.step)}
            again = [step for step in case.asked if step in counted and not fateful(charts, step)]
            assert not again, f"{case.old.step}: asked again, though answered: {again}"
        assert len(seated.leads_of(street.table, case.person)) <= len(case.yes), f"{case.old.step}: a lead without yes"
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
    waiting = [*leads_to(charts, step)]
    while waiting:
        box = charts.steps[waiting.pop()]
        if isinstance(box, Crossroads):
            waiting += leads_to(charts, box.name)
        elif isinstance(box, Outcome) and (box.refer or box.relay or box.forget):
            return True
    return False


def around(people: dict[str, Walked], step: str) -> list[Place]:
    """Those who stand before, on and after a step; of a crossroads those before and after it."""
    if isinstance(CHARTS.steps[step], Crossroads):
        near = [name for name in people if step in leads_to(CHARTS, name)][:2]
        return [place for name in near for place in (people[name].on, people[name].after) if place]
    one = people[step]
    return [place for place in (one.before, one.on, one.after) if place]


def given_at(people: dict[str, Walked], step: str) -> str:
    """The answer that whoever came by gave there, an empty text when it was typed or an offer."""
    after = people[step].after if step in people else None
    answer = next((g.answers[0] for g in (after.trail if after else ()) if g.step == step), "")
    return answer if answer in answers_of(CHARTS.steps[step]) else ""


def batches(items: Sequence[str], count: int) -> list[list[str]]:
    """All items in so many batches, neighbours in different ones."""
    return [list(items[n::count]) for n in range(count)]


def play(charts: Charts, store: Store, places: Sequence[Place], name: str) -> Street:
    """Everybody walks on under these charts, and is judged."""
    street = Street(charts, store, places, name)
    street.walk_on()
    judged(street)
    return street


QUESTIONS = [name for name in STEPS if isinstance(CHARTS.steps[name], Question)]


def test_somebody_came_by_every_step(people: dict[str, Walked]) -> None:
    resting = {name for name, step in CHARTS.steps.items() if not isinstance(step, Crossroads)}
    assert {name for name in resting if not name.startswith("danger.")} - set(people) <= {WELCOME}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_removed(step: str, people: dict[str, Walked], shared_store: Store) -> None:
    play(reworked.without_step(CHARTS, step), shared_store, around(people, step), f"gone {step}")


@pytest.mark.parametrize("number", range(8))
def test_steps_get_another_name_that_nobody_told(number: int, people: dict[str, Walked], shared_store: Store) -> None:
    steps = batches([name for name in STEPS if name in people], 8)[number]
    places = [place for step in steps for place in around(people, step)]
    play(reworked.renamed_steps(CHARTS, steps, was=False), shared_store, places, f"renamed {number}")


def test_every_step_gets_another_name_and_says_what_it_was(people: dict[str, Walked], shared_store: Store) -> None:
    places = [place for step in STEPS if step in people for place in around(people, step)]
    street = play(reworked.renamed_steps(CHARTS, STEPS, was=True), shared_store, places, "was")
    for case in street.cases:
        assert CHANGED not in case.said[0], case.old.step
        assert ANEW not in case.said[0], case.old.step


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("kind", ["removed", "renamed"])
def test_answers_are_removed_or_get_another_name(
    kind: str, number: int, people: dict[str, Walked], shared_store: Store
) -> None:
    asked = [name for name in QUESTIONS if (own := given_at(people, name)) and reworked.removable(CHARTS, name, own)]
    steps = batches(asked, 6)[number]
    answers = [(step, given_at(people, step)) for step in steps]
    charts = (
        reworked.without_answers(CHARTS, answers)
        if kind == "removed"
        else reworked.renamed_answers(CHARTS, answers, was=False)
    )
    places = [place for step in steps for place in around(people, step)]
    play(charts, shared_store, places, f"answers {kind} {number}")


def test_every_answer_gets_another_name_and_says_what_it_was(people: dict[str, Walked], shared_store: Store) -> None:
    asked = [name for name in QUESTIONS if name in people]
    answers = [(name, key) for name in asked for key in answers_of(CHARTS.steps[name]) if key not in ("yes", "shown")]
    places = [place for step in asked for place in around(people, step)]
    street = play(reworked.renamed_answers(CHARTS, answers, was=True), shared_store, places, "answers was")
    for case in street.cases:
        assert CHANGED not in case.said[0], case.old.step
        assert ANEW not in case.said[0], case.old.step
