"""Run every wijk by long polling: store, content, channel, intake and delivery put together, until told to stop.

Guards the rule that wijken are strictly apart: each has its own bot, content and outbox, over one store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import structlog

from bot.content.loaded import Content
from bot.handle import Handle
from bot.runtime.backoff import doubling
from bot.runtime.channel import TokenRefused, WebhookIsSet
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.delivery.rate_limit import RateLimit
from bot.runtime.delivery.routing import Routing
from bot.runtime.intake.batches import INSIST, Batches
from bot.runtime.intake.outage import Outage
from bot.runtime.intake.polling import Poller
from bot.runtime.jobs.clocks import keep_time
from bot.runtime.jobs.time import Time
from bot.runtime.logs import where
from bot.runtime.processes.open import Opened, introduced, rates_of, telegram_of
from bot.runtime.signals import stop_on_signals
from bot.runtime.writer import Writer
from bot.screens.resident.outage_notice import OutageNotices
from bot.settings import Settings
from db.store import Store

RAN_WELL = 600.0
"""A bot that ran so many seconds before it fell gets up as quickly as after its first fall."""

_log = structlog.get_logger("run")


class _Bot:
    """One wijk's bot on long polling. It shares the store and the writer with the others, and nothing else."""

    def __init__(
        self,
        settings: Settings,
        content: Content,
        store: Store,
        writer: Writer,
        ready: Callable[[Poller], None],
        time: Time,
    ) -> None:
        self.settings, self.content, self.store, self.writer, self.ready = settings, content, store, writer, ready
        self.time = time
        self.poller: Poller | None = None
        self.failed: Exception | None = None
        self.task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Finish what is in hand and stop, or stop a start that is under way."""
        if self.poller is not None:
            self.poller.stop()
        elif self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """Run until it is stopped. Raises TokenRefused, WebhookIsSet, and errors that are mistakes of ours."""
        wijk = self.content.wijk.id
        telegram = telegram_of(self.settings)
        await telegram.open()
        try:
            me = await introduced(telegram)
            handle = Handle(self.content, self.store, username=str(me.get("username", "")), now=self.time)
            handle.warm_up()
            rate_limit = partial(RateLimit, rates=rates_of(self.settings))
            deliverer = Deliverer(
                self.store,
                wijk,
                Routing({telegram.name: telegram}),
                self.writer,
                handle.tick,
                rate_limit,
                now=self.time,
            )
            notices = OutageNotices(self.content)
            outage = Outage(telegram, notices, notices.sorry)
            batches = Batches(
                self.store, wijk, telegram, self.writer, handle, handle.apology, outage, INSIST, deliverer.accept,
                extra=deliverer.in_batch, now=self.time,
            )  # fmt: skip
            poller = Poller(telegram, batches)
            _log.info("the bot is up", username=me.get("username"), wijk=wijk)
            self.poller = poller
            self.ready(poller)
            kept = keep_time(handle.tick, self.writer, self.time, deliverer.look_again)
            clocks = asyncio.create_task(kept, name="clocks")
            try:
                await receive_and_deliver(poller, deliverer)
            finally:
                clocks.cancel()
                await asyncio.gather(clocks, return_exceptions=True)
        finally:
            self.poller = None
            await telegram.close()

    async def run_beside_others(self) -> None:
        """Do as `run`, without stopping other bots: log that this one cannot run, or restart it after an error."""
        structlog.contextvars.bind_contextvars(wijk=self.content.wijk.id)
        backoff, tries, clock = doubling(1.0, 60.0), 0, asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                return await self.run()
            except (TokenRefused, WebhookIsSet) as error:
                self.failed = error
                _log.error("this bot cannot run; the others go on", reason=str(error))
                return None
            except Exception as error:
                tries = tries + 1 if clock() - began < RAN_WELL else 1
                wait = backoff(tries)
                _log.error("this bot fell and gets up again", error=where(error), tries=tries, seconds=round(wait, 1))
                await asyncio.sleep(wait)


async def receive_and_deliver(poller: Poller, deliverer: Deliverer) -> None:
    """Deliver what waits and receive, until `poller.stop()`; then finish what is in hand. The channel must be open.

    The callers who made the channel, the writer and the store close them, in that order.
    """
    try:
        await deliverer.start()
        await poller.run()
    finally:
        await deliverer.close()


async def run_bot(
    settings: Settings, opened: Opened, ready: Callable[[Poller], None] = lambda _: None, time: Time | None = None
) -> None:
    """Receive and deliver for every wijk until SIGTERM, SIGINT or a stop of all pollers; `ready` gets each of them.

    A stop that comes during the start stops it too. Raises TokenRefused or WebhookIsSet when no bot can run; when there
    are several, a bot that cannot run is named in the log and the others go on.
    """
    writer = Writer()
    bots = [
        _Bot(own, opened.contents[own.wijk], opened.store, writer, ready, time or Time()) for own in settings.each()
    ]
    loop = asyncio.get_running_loop()
    for bot in bots:
        bot.task = loop.create_task(bot.run() if len(bots) == 1 else bot.run_beside_others(), name="bot")
    tasks = [bot.task for bot in bots if bot.task is not None]

    def stop() -> None:
        for bot in bots:
            bot.stop()

    try:
        with stop_on_signals(stop):
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        writer.close()
        _log.info("the bot has stopped")
    failed = [bot.failed for bot in bots if bot.failed is not None]
    if len(failed) == len(bots):
        raise failed[0]
    for error in ended:
        if isinstance(error, Exception):
            raise error
