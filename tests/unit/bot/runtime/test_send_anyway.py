"""*Toch versturen* over the Bot API: the words come back with the tap, as Telegram gives them, and reach the helper."""

from __future__ import annotations

import pytest

from bot.demo.phones.person import Person
from bot.demo.standin.world.world import World
from bot.messages.taps.residents import ReplyTap
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT
from tests.unit.bot.runtime.line import until
from tests.unit.bot.runtime.running import serving, texts

CRY = "mijn man slaat mij"


def phrase(key: str) -> str:
    return CONTENT.words.phrase("nl", key)


def says(person: Person, words: str) -> bool:
    return any(words in text for text in texts(person))


@pytest.mark.both_stores
async def test_a_cry_to_a_helper_is_answered_in_reply_and_sent_only_after_send_anyway(store: Store) -> None:
    """Also when the first try to send the card failed; once her own message is deleted, she can type it again."""
    sim = simulated.simulator(store)
    member, resident = simulated.member(sim, "balans"), simulated.resident(sim)
    lead = simulated.handed_over(sim, resident)
    simulated.go(sim, member, "view", "accept")
    sim.hear(resident, ReplyTap(lead.token))
    world = World()
    account = world.bot()
    ans, fatma = world.person(2001, "Ans"), world.person(1001, "Fatma")
    async with serving(store, world):
        ans.say("/postvak")
        await until(lambda: says(ans, "1 open"))
        account.faults.fail(code=502, methods=["sendMessage"])
        said = fatma.say(CRY)
        await until(lambda: says(fatma, phrase("relay.unsent")))
        card = fatma.chat().last
        assert "0800-2000" in card["text"]
        assert card["reply_to_message"]["message_id"] == said
        assert not says(ans, CRY)
        fatma.tap(card["message_id"], phrase("relay.send_anyway"))
        await until(lambda: says(ans, CRY) and says(fatma, f"Verstuurd aan Ans ({lead.code})."))
        await until(lambda: "reply_markup" not in fatma.chat().messages[card["message_id"]])
        assert "0800-2000" in fatma.chat().messages[card["message_id"]]["text"]
        fatma.chat().drop(said)
        fatma.tap_stale(card["message_id"], f"send_anyway:{lead.token}:0")
        await until(lambda: says(fatma, phrase("relay.type_again")))
    assert sum(CRY in text for text in texts(ans)) == 1
    assert simulated.found(store, CRY) == []
