"""Each address has one channel; an address that nobody carries is given up with a reason, and holds up nobody."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import text

from bot.messages.message import Outgoing
from bot.runtime.channel import Outcome, Refused, Sent
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.delivery.routing import Routing
from bot.runtime.writer import Writer
from db.store import Store
from tests.unit.bot.runtime.line import UNLIMITED, WIJK, nobody, put, waiting


class Postbag:
    """A channel that takes everything."""

    def __init__(self) -> None:
        self.to: list[str] = []

    async def send(self, message: Outgoing) -> Outcome:
        self.to.append(message.to)
        return Sent()


async def test_a_message_goes_through_the_channel_that_its_address_names() -> None:
    telegram, mail = Postbag(), Postbag()
    routing = Routing({"telegram": telegram, "mail": mail})
    for address in ("telegram:1001", "mail:ans@example.org", "telegram:1002"):
        assert await routing.send(Outgoing(1, address, "Dag")) == Sent()
    assert telegram.to == ["telegram:1001", "telegram:1002"]
    assert mail.to == ["mail:ans@example.org"]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("web:s3cr3t", "no channel carries addresses of web:"),
        ("Fatma Yilmaz:06", "the address names no channel"),
        ("fatma@example.org", "the address names no channel"),
        ("telegram", "the address names no channel"),
        ("", "the address names no channel"),
    ],
)
async def test_an_address_without_a_channel_is_refused_and_not_repeated(address: str, reason: str) -> None:
    assert await Routing({"telegram": Postbag()}).send(Outgoing(1, address, "Dag")) == Refused(reason)


async def test_a_message_that_nobody_carries_leaves_the_outbox_and_others_arrive(store: Store) -> None:
    telegram, writer = Postbag(), Writer()
    deliverer = Deliverer(store, WIJK, Routing({"telegram": telegram}), writer, nobody, UNLIMITED)
    put(store, [Outgoing(1, "mail:ans@example.org", "Dag"), Outgoing(2, "telegram:1001", "Dag")])
    with structlog.testing.capture_logs() as logs:
        await deliverer.start()
        await deliverer.flush()
    await deliverer.close()
    writer.close()
    assert telegram.to == ["telegram:1001"]
    assert waiting(store) == 0
    with store.read() as tx:
        dead = [tuple(row) for row in tx.execute(text("SELECT id, reason FROM undelivered"))]
    assert dead == [(1, "no channel carries addresses of mail:")]
    (said,) = (log for log in logs if log["log_level"] == "error")
    assert said["reason"] == "no channel carries addresses of mail:"
    assert "ans@example.org" not in repr(logs)
