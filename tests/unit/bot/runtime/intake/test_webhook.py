"""Webhooks: who does not know the secret is refused, 200 means committed, and what fails is told apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from bot.messages.message import Incoming, Outgoing
from bot.runtime.intake import arrivals as arrivals_module
from bot.runtime.intake.arrivals import Arrivals
from bot.runtime.intake.batches import GIVE_BACK, Batches
from bot.runtime.intake.door import SECRET
from bot.runtime.intake.health import Health
from bot.runtime.intake.webhook import hook_app
from bot.runtime.telegram.channel import Telegram
from bot.runtime.telegram.webhook import answer_to
from bot.runtime.writer import Writer
from db.store import Store, Tx
from flows.model.heard import Text
from tests.e2e.feeder import update_of
from tests.unit.bot.runtime.line import OPEN, WIJK, Parrot, outage, until, waiting

pytestmark = pytest.mark.both_stores

WORD = "a-secret-of-the-tests"


@dataclass
class Door:
    """An intake with the parrot behind it, and somebody who knocks."""

    web: httpx.AsyncClient
    parrot: Parrot
    store: Store
    app: Starlette
    notified: list[str] = field(default_factory=list)

    async def knock(self, update: Any, secret: str = WORD, wijk: str = WIJK) -> httpx.Response:
        return await self.web.post(f"/hook/{wijk}", json=update, headers={SECRET: secret})

    async def say(self, number: int, words: str = "dag", person: int = 1001) -> int:
        return (await self.knock(update_of(number, person, Text(words)))).status_code

    def failed(self) -> list[Any]:
        with self.store.read() as tx:
            return list(tx.execute(text("SELECT id, reason FROM failures ORDER BY id")).all())


def sorry(_tx: Tx, incoming: Incoming) -> list[Outgoing]:
    return [Outgoing(incoming.id * 64, incoming.conversation, "Sorry, dat ging mis.", OPEN)]


@asynccontextmanager
async def door(store: Store) -> AsyncIterator[Door]:
    writer, parrot = Writer(), Parrot(store)
    notified: list[str] = []
    channel = Telegram("123:abc")
    batches = Batches(
        store, WIJK, channel, writer, parrot, sorry, outage(channel), GIVE_BACK, lambda _: notified.append(WIJK)
    )

    app = hook_app({WIJK: Arrivals(batches)}, WORD, Health(store.try_to_write), answer_to)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as web:
        yield Door(web, parrot, store, app, notified)
    writer.close()


async def test_200_means_committed_and_delivery_is_notified(store: Store) -> None:
    async with door(store) as at:
        assert await at.say(1) == 200
        assert waiting(store) == 1
        assert at.notified == [WIJK]
        assert (await at.web.get("/healthz")).text == "ok\n"


@pytest.mark.parametrize("secret", ["", "a-secret-of-the-test", "a-secret-of-the-testS", "Ж" * 4])
async def test_who_does_not_know_the_secret_is_refused(store: Store, secret: str) -> None:
    async with door(store) as at:
        headers = {SECRET.encode(): secret.encode()}
        for wijk in (WIJK, "nergens"):
            answer = await at.web.post(f"/hook/{wijk}", json=update_of(1, 1001, Text("dag")), headers=headers)
            assert answer.status_code == 403
        assert (await at.web.post(f"/hook/{WIJK}", json={})).status_code == 403
        assert waiting(store) == 0


async def test_another_wijk_or_another_method_is_refused(store: Store) -> None:
    async with door(store) as at:
        assert (await at.knock({"update_id": 1}, wijk="nergens")).status_code == 404
        assert (await at.web.get(f"/hook/{WIJK}")).status_code == 405
        assert at.parrot.groups == []


async def test_what_says_nothing_is_taken_and_an_unreadable_one_is_recorded(store: Store) -> None:
    async with door(store) as at:
        assert (await at.knock({"update_id": 1, "poll": {}})).status_code == 200
        assert (await at.knock({"update_id": 2, "message": {"no": "chat"}})).status_code == 200
        assert [id for id, _ in at.failed()] == [2]


async def test_a_tap_is_answered_in_the_answer(store: Store) -> None:
    tap = {
        "id": "q7", "from": {"id": 1001}, "data": "toy.tap:yes:1",
        "message": {"message_id": 1, "date": 0, "chat": {"id": 1001, "type": "private"}},
    }  # fmt: skip
    async with door(store) as at:
        answers = [await at.knock({"update_id": 5, "callback_query": tap}) for _ in range(2)]
        assert [answer.json() for answer in answers] == [
            {"method": "answerCallbackQuery", "callback_query_id": "q7"}
        ] * 2
        assert waiting(store) == 1


async def test_what_arrives_during_a_commit_shares_the_next_one_in_order(store: Store) -> None:
    async with door(store) as at:
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def hold(_batch: Sequence[Incoming]) -> None:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(10)

        at.parrot.trouble = hold
        first = asyncio.create_task(at.say(1))
        await until(lambda: waiting_group(first))
        rest = [asyncio.create_task(at.say(number, person=1000 + number)) for number in (9, 3, 5, 3)]
        for _ in range(50):
            await asyncio.sleep(0)
        gate.set()
        assert await asyncio.gather(first, *rest) == [200] * 5
        assert [[one.id for one in group] for group in at.parrot.groups] == [[1], [3, 5, 9, 3]]
        assert waiting(store) == 4


def waiting_group(task: asyncio.Task[int]) -> bool:
    """True when the intake has begun: its writer was given something."""
    return any(one.get_name() == "intake" for one in asyncio.all_tasks()) and not task.done()


async def test_one_that_fails_in_a_group_is_recorded_and_the_others_are_handled(store: Store) -> None:
    async with door(store) as at:

        def trouble(batch: Sequence[Incoming]) -> None:
            if any(one.heard == Text("gif") for one in batch):
                raise LookupError("gif")

        at.parrot.trouble = trouble
        words = {1: "dag", 2: "voor", 3: "gif", 4: "na"}
        said = [at.say(number, what, person=1000 + number) for number, what in words.items()]
        assert await asyncio.gather(*said) == [200] * 4
        ((id, reason),) = at.failed()
        assert id == 3
        assert reason.startswith("LookupError at test_webhook.py")
        assert waiting(store) == 4  # three that were repeated, and one apology
        assert await at.say(3, "gif", person=1003) == 200
        assert waiting(store) == 4


async def test_a_store_that_is_away_gives_503_and_the_update_comes_again(store: Store) -> None:
    async with door(store) as at:
        tries: list[int] = []

        def away(batch: Sequence[Incoming]) -> None:
            tries.append(len(batch))
            raise OperationalError("x", {}, Exception())

        at.parrot.trouble = away
        answer = await at.knock(update_of(1, 1001, Text("dag")))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert tries == [1, 1]
        assert waiting(store) == 0
        at.parrot.trouble = lambda _: None
        assert await at.say(1) == 200
        assert waiting(store) == 1
        assert at.failed() == []


async def test_a_store_that_goes_away_amid_a_group_gives_503_to_those_alone_who_were_not_handled(store: Store) -> None:
    async with door(store) as at:

        def trouble(batch: Sequence[Incoming]) -> None:
            if len(batch) > 1:
                raise LookupError
            if batch[0].id == 2:
                raise OperationalError("x", {}, Exception())

        at.parrot.trouble = trouble
        codes = await asyncio.gather(*(at.say(number, person=1000 + number) for number in (1, 2, 3)))
        assert codes == [200, 503, 200]
        assert (waiting(store), at.failed()) == (2, [])
        at.parrot.trouble = lambda _: None
        assert await at.say(2, person=1002) == 200
        assert waiting(store) == 3


async def test_a_store_that_fails_once_is_asked_again_at_once(store: Store) -> None:
    async with door(store) as at:
        troubles = [OperationalError("x", {}, Exception())]

        def once(_batch: Sequence[Incoming]) -> None:
            if troubles:
                raise troubles.pop()

        at.parrot.trouble = once
        assert await at.say(1) == 200
        assert waiting(store) == 1


async def test_too_much_at_once_is_refused_and_comes_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals_module, "WAITING", 3)
    async with door(store) as at:
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wait_at_the_gate(_batch: Sequence[Incoming]) -> None:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(10)

        at.parrot.trouble = wait_at_the_gate
        first = asyncio.create_task(at.say(1))
        await until(lambda: waiting_group(first))
        rest = [asyncio.create_task(at.say(number)) for number in range(2, 8)]
        await until(lambda: sum(one.done() for one in rest) == 3)
        gate.set()
        codes = await asyncio.gather(first, *rest)
        assert sorted(codes) == [200] * 4 + [503] * 3
        assert waiting(store) == 4
        assert [await at.say(number) for number in range(2, 8)] == [200] * 6
        assert waiting(store) == 7
