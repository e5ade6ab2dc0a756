"""Two senders over one PostgreSQL, one bot, and a strict Telegram: its limit also holds when they change over.

Everything is ten times as quick as Telegram, so that it takes seconds; the stand-in counts by the same clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from bot.demo.standin.world.world import World
from bot.messages.message import INTERACTIVE, NOTICE, REPORT, Outgoing
from bot.runtime.channel import Outcome, Sent, TryLater
from bot.runtime.delivery.leases import Delivery, LeaseHolder
from bot.runtime.delivery.rate_limit import Rates
from bot.runtime.telegram.channel import Telegram
from bot.runtime.writer import Writer
from db.store import Store
from tests.e2e.process import PATIENCE
from tests.unit.bot.runtime.line import WIJK, connected, nobody, put, until, waiting

pytestmark = pytest.mark.soak

RATES = Rates(overall=100, per_chat=10.0, burst=3)
FLOODED = 1007
PEOPLE, COORDINATORS = range(1001, 1151), range(2001, 2011)


class Diary:
    """Every call that was made, in the order in which they began, and the calls that had to come again."""

    def __init__(self) -> None:
        self.calls: list[Outgoing] = []
        self.held_off: set[int] = set()

    @property
    def taken(self) -> list[tuple[int, Outgoing]]:
        """The calls that were not held off, with their places."""
        return [(place, one) for place, one in enumerate(self.calls) if place not in self.held_off]

    def seen(self, priority: int) -> list[int]:
        """Return the places of the new messages of this priority, without the chat that Telegram holds off."""
        return [
            place
            for place, one in enumerate(self.calls)
            if one.priority == priority and one.edit is None and one.to != f"telegram:{FLOODED}"
        ]


class Line:
    """A channel that writes in the diary."""

    def __init__(self, channel: Telegram, diary: Diary) -> None:
        self._channel, self._diary = channel, diary

    async def send(self, message: Outgoing) -> Outcome:
        place = len(self._diary.calls)
        self._diary.calls.append(message)
        outcome = await self._channel.send(message)
        if isinstance(outcome, TryLater):
            self._diary.held_off.add(place)
        return outcome


@asynccontextmanager
async def sender(store: Store, world: World, diary: Diary) -> AsyncIterator[LeaseHolder]:
    """Run one process: its own store, line and writer."""
    writer = Writer()
    async with connected(world) as channel:
        leases = LeaseHolder(store, {WIJK: Delivery(Line(channel, diary), writer, nobody, RATES)})
        await leases.start()
        try:
            yield leases
        finally:
            await leases.close()
            writer.close()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_the_pace_is_kept_by_two_senders_that_change_over(
    store: Store, store_url: str, open_stores: Callable[[str], Store]
) -> None:
    world = World(clock=monotonic)
    diary = Diary()
    people = {id: world.person(id) for id in (*PEOPLE, *COORDINATORS)}
    async with connected(world) as channel:
        for person in people.values():
            person.start()
        cards = {id: await channel.send(Outgoing(0, f"telegram:{id}", "vraag")) for id in PEOPLE[:20]}
    faults = world.bot().faults
    faults.strict(per_chat=RATES.per_chat, overall=RATES.overall, burst=RATES.burst)
    last = [0]

    def says(priority: int, *persons: int, edits: bool = False) -> None:
        """Take a turn in which these people get a message each, or their card is edited."""
        said = []
        for person in persons:
            last[0] += 1
            text = f"{('antwoord', 'bericht', 'verslag')[priority]} {last[0]}"
            card = cards.get(person)
            edit = card.message_id if edits and isinstance(card, Sent) else None
            said.append(Outgoing(last[0], f"telegram:{person}", text, edit=edit, priority=priority))
        put(store, said)

    says(REPORT, *COORDINATORS, *COORDINATORS)
    says(NOTICE, *PEOPLE, *PEOPLE, *PEOPLE)
    async with sender(store, world, diary) as one, sender(open_stores(store_url), world, diary) as two:

        async def answers(number: int) -> None:
            """Let people for whom notices wait do something, as soon as so many calls were made."""
            await until(lambda: len(diary.calls) >= number)
            says(INTERACTIVE, *PEOPLE[100:110])
            says(INTERACTIVE, *PEOPLE[:20], edits=True)
            two.committed(WIJK)
            one.committed(WIJK)

        await answers(30)
        await answers(100)
        await one.close()
        faults.flood(FLOODED, retry_after=1, calls=1)
        await answers(150)
        await until(lambda: not waiting(store), PATIENCE)
        assert two._sending
    assert [diary.calls[place].to for place in diary.held_off] == [f"telegram:{FLOODED}"]
    answered, noticed, reported = (diary.seen(priority) for priority in (INTERACTIVE, NOTICE, REPORT))
    assert [len(answered), len(noticed), len(reported)] == [30, 3 * (len(PEOPLE) - 1), 20]
    edited = [place for place, one in diary.taken if one.edit is not None]
    assert max(answered) < noticed[-60]
    assert max(edited[:40]) < noticed[-60]
    assert noticed[-20] < min(reported)  # those that are let through at the same moment begin in any order
    got = [one["text"] for id in people for one in people[id].chat().shown if one["from"]["is_bot"]]
    wanted = [one.text for _, one in diary.taken if one.edit is None]
    assert sorted(got) == sorted(wanted + [f"antwoord {id}" for id in range(last[0] - 19, last[0] + 1)])
