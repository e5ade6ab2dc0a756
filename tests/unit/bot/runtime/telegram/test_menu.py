"""The command menu of one chat against the stand-in: set, replaced, taken away; a refusal harms nobody."""

from __future__ import annotations

from bot.demo.standin.api.profile import commands_for
from bot.demo.standin.world.world import World
from bot.messages.message import Outgoing
from bot.runtime.channel import Gone, Refused, Sent, TryLater
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.telegram.channel import Profile
from bot.runtime.writer import Writer
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock
from tests.unit.bot.runtime.line import UNLIMITED, at_once, connected
from tests.unit.bot.runtime.telegram.test_channel import CLIENTS

MENU = (("postvak", "Postvak"), ("gevaar", "Bij gevaar"))


def to(person: int, commands: tuple[tuple[str, str], ...]) -> Outgoing:
    return Outgoing(1, f"telegram:{person}", "", menu=commands)


@CLIENTS
async def test_a_menu_is_that_of_one_chat_until_it_is_taken_away(client: str) -> None:
    world = World()
    bot, ans, fatma = world.bot(), world.person(), world.person()
    ans.start()
    fatma.start()

    def seen(person: int) -> list[str]:
        return [each["command"] for each in commands_for(bot, person, "nl")]

    async with connected(world, client) as channel:
        await channel.publish([Profile("", "Naam", "Kort", "Lang", (("start", "Begin"),))])
        assert await channel.send(to(ans.id, MENU)) == Sent()
        assert (seen(ans.id), seen(fatma.id)) == (["postvak", "gevaar"], ["start"])
        assert await channel.send(to(ans.id, MENU[:1])) == Sent()
        assert seen(ans.id) == ["postvak"]
        for _ in range(2):
            assert await channel.send(to(ans.id, ())) == Sent()
            assert seen(ans.id) == ["start"]


async def test_what_telegram_does_not_take_is_refused_or_tried_again(store: Store) -> None:
    world = World()
    account, ans = world.bot(), world.person()
    ans.start()
    async with connected(world) as channel:
        assert isinstance(await channel.send(to(ans.id, (("Niet zo", "x"),))), Refused | Gone)
        account.faults.fail(code=502, methods=["setMyCommands"])
        assert isinstance(await channel.send(to(ans.id, MENU)), TryLater)
        assert await channel.send(to(ans.id, MENU)) == Sent()


async def test_whoever_joins_gets_the_menu_by_the_outbox_and_loses_it_the_same_way(store: Store) -> None:
    world, writer = World(), Writer()
    bot, ans = world.bot(), world.person()
    ans.start()
    sim = simulated.simulator(store)
    address = f"telegram:{ans.id}"
    simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    async with connected(world) as channel:
        deliverer = Deliverer(store, WIJK, channel, writer, sim.handle.tick, UNLIMITED, backoff=at_once, now=Clock())
        sim.deliver = deliverer.accept  # type: ignore[method-assign]
        person = sim.person(address, "Ans")
        sim.type(person, f"/start i_{simulated.invitation(sim, 'balans')}")
        await deliverer.flush()
        own = [each["command"] for each in commands_for(bot, ans.id, "nl")]
        sim.type(person, "/verwijder")
        revision = simulated.place(sim, person).revision
        sim.press(person, None, f"erase:yes:{revision}")
        await deliverer.flush()
        await deliverer.close()
        writer.close()
    assert own[:1] == ["postvak"]
    assert commands_for(bot, ans.id, "nl") == []
    assert ans.chat().last["text"] == CONTENT.words.phrase("nl", "notices.erased")
