"""What is spoken over the Bot API: it comes back with the yes, reaches the helper at a tap, and is deleted again."""

from __future__ import annotations

import pytest

from bot.demo.phones.person import Person
from bot.demo.standin.world.world import World
from bot.messages.ticks import LookAtLeads
from db.store import Store
from db.types.held import SOUND
from tests import simulated
from tests.simulated import CONTENT, Clock
from tests.unit.bot.runtime.line import until
from tests.unit.bot.runtime.running import serving


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", key, **fields)


def says(person: Person, words: str) -> bool:
    return any(words in str(each.get("text")) for each in person.chat().shown if each["from"]["is_bot"])


def sounds(person: Person) -> list[str]:
    """What the sounds of the bot are called that stand in this chat."""
    return [each["voice"]["file_id"] for each in person.chat().shown if "voice" in each and each["from"]["is_bot"]]


def tap(person: Person, label: str) -> None:
    """Tap the newest button with this label."""
    shown = next(
        each["message_id"]
        for each in reversed(person.chat().shown)
        if any(label in row for row in person.chat().labels(each["message_id"]))
    )
    person.tap(shown, label)


@pytest.mark.both_stores
async def test_a_spoken_reply_is_heard_by_the_helper_and_deleted_within_a_day(store: Store) -> None:
    """Also when the first try to delete it fails."""
    sim = simulated.simulator(store)
    member, resident = simulated.member(sim, "balans"), simulated.resident(sim)
    lead = simulated.handed_over(sim, resident)
    simulated.go(sim, member, "view", "accept")
    world = World()
    account = world.bot()
    ans, fatma = world.person(2001, "Ans"), world.person(1001, "Fatma")
    clock = Clock()
    async with serving(store, world, clock) as bot:
        ans.say("/postvak")
        await until(lambda: says(ans, "1 open"))
        said = fatma.send("voice")
        await until(lambda: says(fatma, phrase("voice.warns").split("\n")[0]))
        card = fatma.chat().last
        assert card["reply_to_message"]["message_id"] == said
        fatma.tap(card["message_id"], phrase("voice.send", to=f"Ans ({lead.code})"))
        await until(lambda: says(ans, "🔊 0:04 · Nederlands"))
        assert sounds(ans) == []
        tap(ans, phrase("voice.listen"))
        await until(lambda: sounds(ans) == [fatma.chat().messages[said]["voice"]["file_id"]])
        assert ans.chat().last["has_protected_content"]
        await bot.deliverer.flush()
        account.faults.fail(code=502, methods=["deleteMessages"])
        clock.moment += SOUND
        while not (done := bot.parrot.tick(LookAtLeads())).all_done:
            bot.deliverer.accept(done.messages)
        await until(lambda: sounds(ans) == [])
    assert sounds(fatma) == []
