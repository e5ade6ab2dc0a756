"""Where can I go? A resident reads it from the menu, and stays where they are."""

from __future__ import annotations

import pytest

from bot.messages.taps.buttons import decode
from db.store import Store
from flows.model.heard import ChartTap
from flows.model.names import MENU
from tests import simulated
from tests.simulated import CONTENT, go


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_the_menu_leads_to_every_door_of_the_wijk(store: Store, language: str) -> None:
    sim = simulated.simulator(store)
    fatma = sim.person("telegram:1001", "Fatma")
    sim.type(fatma, "/start")
    go(sim, fatma, f"language:{language}", "begin")
    before = simulated.place(sim, fatma)
    assert before.step == MENU
    read = go(sim, fatma, "_doors")[-1]
    assert all(each.name in read.text for each in CONTENT.wijk.places.values())
    assert CONTENT.words.phrase(language, "doors.title") in read.text
    assert simulated.place(sim, fatma) == before
    answers = {tap.answer for row in read.buttons for each in row if isinstance(tap := decode(each.data), ChartTap)}
    assert {"_stay", "_person", "_menu", "_danger"} <= answers


def test_the_same_card_stands_behind_a_person_to_talk_to(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, "_doors", "_person", "_doors")
    assert fatma.news[-1].text.startswith("Hier kun je binnenlopen:")
