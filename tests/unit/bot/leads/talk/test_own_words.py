"""Words of danger where a handover asks for words are not written down, until the resident says so."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person, Shown, Simulator
from bot.messages.message import DANGER, Incoming
from db.store import Store
from flows.model.heard import Media, Text
from tests import simulated
from tests.simulated import ABOUT, ALONE, CONTENT, changing, go

CRY = "mijn man slaat mij"
WAYS = {
    "name": (*ABOUT, *changing("name")),
    "address": (*ABOUT, *changing("reach"), "home"),
    "words": (*ABOUT, *changing("words")),
}
"""How a resident comes to each question of the handover that asks for words."""


def phrase(key: str, language: str = "nl", **fields: object) -> str:
    return CONTENT.words.phrase(language, key, **fields)


def labels(shown: Shown) -> list[str]:
    return [button.text for row in shown.buttons for button in row]


@pytest.fixture
def sim(store: Store) -> Simulator:
    return simulated.simulator(store)


def asked(sim: Simulator, step: str = "words", language: str = "nl") -> Person:
    """Fatma, who is asked this."""
    fatma = simulated.resident(sim)
    sim.press(fatma, None, f"language:{language}:0")
    go(sim, fatma, *ALONE, "first", *WAYS[step])
    assert simulated.place(sim, fatma).step == f"handoff.{step}"
    return fatma


def cries(sim: Simulator, fatma: Person, words: str = CRY) -> Shown:
    (card,) = sim.type(fatma, words)
    return card


@pytest.mark.parametrize("step", WAYS)
@pytest.mark.parametrize(
    ("language", "words", "number"),
    [("nl", CRY, "0800-2000"), ("en", "my husband hits me", "0800-2000"), ("ar", "زوجي يضربني", "0800-2000")],
)
def test_the_danger_card_comes_first_and_whole_and_says_below_that_nothing_was_written_down(
    sim: Simulator, step: str, language: str, words: str, number: str
) -> None:
    fatma = asked(sim, step, language)
    place = simulated.place(sim, fatma)
    beside = sim.hear(fatma, Media("photo", words))[0]
    card = cries(sim, fatma, words)
    assert number in beside.text
    assert card.text == f"{beside.text}\n\n{phrase('own_words.unsaid', language)}"
    assert labels(card) == [
        *(*labels(beside)[:-2], phrase("own_words.add_anyway", language)),
        *(phrase("nav.go_on", language), phrase("nav.hide", language)),
    ]
    assert (beside.reply_to, fatma.typed[card.reply_to or 0]) == (None, words)
    assert simulated.found(sim.store, words) == []
    assert simulated.place(sim, fatma) == place


def test_it_goes_before_all_other_messages(sim: Simulator) -> None:
    fatma = asked(sim)
    (card,) = sim.handle([Incoming("telegram", 9500, fatma.address, fatma.address, Text(CRY), said_in=77)])
    assert (card.priority, card.reply_to) == (DANGER, 77)


def test_who_taps_add_anyway_tells_it_and_sees_it_before_they_agree(sim: Simulator) -> None:
    fatma = asked(sim)
    card = cries(sim, fatma)
    told = go(sim, fatma, "_add")
    assert simulated.place(sim, fatma).step == "handoff.consent"
    assert CRY in told[-1].text
    assert fatma.chat[card.id].text == card.text, "the numbers stay"
    assert labels(fatma.chat[card.id]) == []
    go(sim, fatma, "handoff.consent:yes")
    (lead,) = simulated.leads_of(sim, fatma)
    assert lead.packet is not None
    assert lead.packet["words"] == CRY


def test_who_goes_on_stands_before_the_same_question_and_nothing_is_told(sim: Simulator) -> None:
    fatma = asked(sim)
    cries(sim, fatma)
    (again,) = go(sim, fatma, "_stay")
    assert again.text.splitlines()[-1] in CONTENT.charts.steps["handoff.words"].ask  # type: ignore[union-attr]
    go(sim, fatma, "skip", "handoff.consent:yes")
    (lead,) = simulated.leads_of(sim, fatma)
    assert lead.packet is not None
    assert "words" not in lead.packet


def test_a_second_tap_or_one_from_elsewhere_adds_nothing(sim: Simulator) -> None:
    fatma = asked(sim)
    card = cries(sim, fatma)
    data = next(button.data for row in card.buttons for button in row if ":_add:" in (button.data or ""))
    assert data is not None
    go(sim, fatma, "skip")
    (told,) = sim.press(fatma, card.id, data)
    assert told.text.startswith(phrase("notices.old_button"))
    assert simulated.found(sim.store, CRY) == []
    sim.type(fatma, "/menu")
    assert sim.press(fatma, card.id, data)[-1].text.startswith(phrase("notices.old_button"))


def test_words_that_the_channel_does_not_give_back_can_be_typed_again(sim: Simulator) -> None:
    fatma = asked(sim)
    cries(sim, fatma)
    fatma.typed.clear()
    told = go(sim, fatma, "_add")[-1]
    assert told.text.startswith(phrase("own_words.type_again"))
    assert simulated.place(sim, fatma).step == "handoff.words"
    sim.type(fatma, "liever een vrouw")
    assert simulated.place(sim, fatma).step == "handoff.consent"


def test_numbers_that_nobody_may_hold_and_words_that_are_too_long_are_refused_here_too(sim: Simulator) -> None:
    fatma = asked(sim)
    for words, notice in (
        (f"{CRY}, mijn bsn is 111222333", phrase("notices.no_numbers")),
        (f"{CRY} {'x' * 200}", phrase("notices.too_long", limit=200)),
    ):
        card = cries(sim, fatma, words)
        assert go(sim, fatma, "_add")[-1].text.startswith(notice)
        assert simulated.place(sim, fatma).step == "handoff.words"
        assert simulated.found(sim.store, words) == []
        assert phrase("own_words.add_anyway") in labels(fatma.chat[card.id])
