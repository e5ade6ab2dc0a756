"""Danger is answered in the language of the cry, whatever command carries it, and wherever somebody stands."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person, Simulator
from bot.screens.resident.overlays import Overlays
from db.store import Store
from flows.check.lengths import MOST
from flows.model.effects import Overlay
from flows.model.heard import Command, Contact, Heard, Media, Text
from flows.model.names import DANGER
from flows.model.place import Place
from flows.texts.fields import units
from tests import simulated
from tests.simulated import CONTENT, go

SPOKEN = CONTENT.wijk.languages


def message(danger: str, *languages: str) -> str:
    """The danger message in these languages, one below the other."""
    box = CONTENT.charts.steps[f"danger.{danger}"]
    said = getattr(box, "say", "") or getattr(box, "ask", "")
    return "\n\n".join(
        CONTENT.words.say(each, box.name, said, **CONTENT.places(CONTENT.wijk, each)) for each in languages
    )


def answers(sim: Simulator, person: Person, heard: str | Heard) -> list[str]:
    shown = sim.type(person, heard) if isinstance(heard, str) else sim.hear(person, heard)
    return [each.text for each in shown]


@pytest.mark.parametrize("chosen", SPOKEN)
def test_a_cry_is_answered_in_its_own_language_and_then_in_the_chosen_one(store: Store, chosen: str) -> None:
    sim = simulated.simulator(store)
    person = sim.person("telegram:1001", "Fatma")
    sim.type(person, "/start")
    go(sim, person, chosen)
    for cry, language in (("ik ruik gas", "nl"), ("I smell gas", "en"), ("أشم رائحة غاز", "ar")):
        both = (language,) if language == chosen else (language, chosen)
        assert answers(sim, person, cry) == [message("gas", *both)]
        assert answers(sim, person, Media("voice", cry)) == [message("gas", *both)]
    # In a language that this wijk does not speak, or in none: the chosen one.
    for cry, danger in (("czuję gaz", "gas"), ("112", "emergency"), ("пожар", "fire")):
        assert answers(sim, person, cry) == [message(danger, chosen)]
    # "gas" is Dutch, English and Spanish: the chosen one if it is one of them.
    assert answers(sim, person, "gas!") == [message("gas", *((chosen,) if chosen != "ar" else ("nl", "ar")))]


def test_before_a_language_is_chosen_a_cry_is_answered_in_its_own_only(store: Store) -> None:
    sim = simulated.simulator(store)
    person = sim.person("telegram:1001", "Fatma", "ar")
    assert answers(sim, person, "I smell gas") == [message("gas", "en")]
    assert answers(sim, person, "112") == [message("emergency", "ar")]
    assert answers(sim, person, "czuję gaz") == [message("gas", "ar")]


def test_the_doors_of_the_answer_are_in_the_language_of_the_cry(store: Store) -> None:
    sim = simulated.simulator(store)
    person = simulated.resident(sim)
    shown = sim.type(person, "there is no electricity")[-1]
    labels = [each.text for row in shown.buttons for each in row]
    assert labels == [
        CONTENT.words.say("en", "danger.outage.mine", "Het is alleen bij mij"),
        CONTENT.words.say("en", "danger.outage.cut_off", "Ik ben afgesloten"),
        CONTENT.words.phrase("en", "nav.go_on"),
        CONTENT.words.phrase("nl", "nav.hide"),
    ]


@pytest.mark.parametrize(
    "command", ["postvak", "coordinator", "start", "stop", "menu", "help", "verwijder", "nonsense"]
)
def test_no_command_goes_before_a_cry_in_its_argument(store: Store, command: str) -> None:
    sim = simulated.simulator(store)
    member = simulated.member(sim, "goos")
    place = member.card.text
    assert answers(sim, member, f"/{command} mijn huis staat in brand") == [message("fire", "nl")]
    assert member.chat[max(member.chat)].text == message("fire", "nl")
    assert place


def test_in_every_step_of_every_chart_every_kind_of_word_rings() -> None:
    """Also where a name, a street or a message is asked."""
    cry = "ik ruik gas"
    said = (Text(cry), Text("x", cry), Media("photo", cry), Media("album", cry), Media("edited", cry),
            Contact("+31612345678", own=True, words=cry), Command("start", cry), Command("gas"))  # fmt: skip
    for name in CONTENT.charts.steps:
        for heard in said:
            for language in (None, "nl"):
                place = Place(name, language=language)
                stepped = CONTENT.walk.hears(place, heard, CONTENT.wijk, "Fatma")
                assert stepped.place == place
                assert [each for each in stepped.effects if isinstance(each, Overlay) and each.kind == DANGER]
                assert len(stepped.effects) == 1


def test_every_danger_message_in_two_languages_fits_into_one_message() -> None:
    overlays = Overlays(CONTENT)
    for name in CONTENT.charts.steps:
        if name.startswith("danger."):
            for chosen in SPOKEN:
                for cried in SPOKEN:
                    card = overlays.danger(name, Place("referral.paying", language=chosen), chosen, (cried,))
                    assert units(card.text) <= MOST
                    assert card.text.startswith(message(name.removeprefix("danger."), cried))
