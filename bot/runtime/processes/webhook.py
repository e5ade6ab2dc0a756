"""Many wijken behind one door, in one of any number of processes: webhooks come in, leases say which process sends.

Guards the rule that a stop loses nothing: what was accepted is answered, what was decided is in the outbox.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import structlog

from bot.handle import Handle
from bot.runtime.channel import TokenRefused
from bot.runtime.delivery.leases import Delivery, LeaseHolder
from bot.runtime.delivery.routing import Routing
from bot.runtime.intake.arrivals import Arrivals
from bot.runtime.intake.batches import GIVE_BACK, Batches
from bot.runtime.intake.door import Server
from bot.runtime.intake.health import Health
from bot.runtime.intake.outage import Outage
from bot.runtime.intake.webhook import hook_app
from bot.runtime.processes.open import Opened, introduced, rates_of, telegram_of
from bot.runtime.telegram.channel import Telegram
from bot.runtime.telegram.webhook import answer_to, hook, unhook
from bot.runtime.writer import Writer
from bot.screens.resident.outage_notice import OutageNotices
from bot.settings import Settings

WRITERS = 8
"""The most threads that write to a shared store: a wijk that must wait does not hold up the others."""

CONNECTIONS = 100
"""How many updates of one bot come at a time: the most that Telegram allows. Those that arrive together share a
commit."""

_log = structlog.get_logger("serve")


async def serve_hooks(
    settings: Settings, opened: Opened, line: socket.socket, ready: Callable[[Server], None] = lambda _: None
) -> None:
    """Serve on this listening socket until SIGTERM, SIGINT or `server.stop()`, then finish what is in hand.

    A bot whose token is refused is named in the log and the others go on; TokenRefused when that is true of all.
    """
    store = opened.store
    async with AsyncExitStack() as things:
        count = min(WRITERS, len(opened.contents)) if store.shared else 1
        writers = [Writer() for _ in range(count)]
        for writer in writers:
            things.callback(writer.close)
        channels = await _introductions(settings.each(), things)
        rates = rates_of(settings)
        handles = {wijk: Handle(opened.contents[wijk], store, username=username) for wijk, _, username in channels}
        deliveries = {
            wijk: Delivery(Routing({channel.name: channel}), writers[number % count], handles[wijk].tick, rates)
            for number, (wijk, channel, _) in enumerate(channels)
        }
        leases = LeaseHolder(store, deliveries)
        arrivals = {}
        for wijk, channel, _ in channels:
            handle = handles[wijk]
            handle.warm_up()
            notices = OutageNotices(opened.contents[wijk])
            batches = Batches(
                store, wijk, channel, deliveries[wijk].writer, handle, handle.apology,
                Outage(channel, notices, notices.sorry), GIVE_BACK,
                lambda _, wijk=wijk: leases.committed(wijk),  # type: ignore[misc]
            )  # fmt: skip
            arrivals[wijk] = Arrivals(batches)
        secret = settings.webhook_secret.get_secret_value()
        server = Server(hook_app(arrivals, secret, Health(store.try_to_write), answer_to), secret)
        await leases.start()
        things.push_async_callback(leases.close)
        _log.info("the door is open", wijken=len(arrivals), port=line.getsockname()[1])
        ready(server)
        await server.serve([line])
    _log.info("the door is closed")


async def _introductions(each: Sequence[Settings], things: AsyncExitStack) -> list[tuple[str, Telegram, str]]:
    """Return wijk, open channel and username of every bot that Telegram knows."""

    async def meet(own: Settings) -> tuple[str, Telegram, str] | TokenRefused:
        telegram = telegram_of(own)
        await telegram.open()
        things.push_async_callback(telegram.close)
        try:
            me = await introduced(telegram)
        except TokenRefused as refused:
            _log.error("this bot cannot run; the others go on", wijk=own.wijk, reason=str(refused))
            return refused
        return own.wijk, telegram, str(me.get("username", ""))

    met = await asyncio.gather(*(meet(own) for own in each))
    known = [one for one in met if not isinstance(one, TokenRefused)]
    if not known:
        raise next(one for one in met if isinstance(one, TokenRefused))
    return known


async def switch_hooks(settings: Settings, on: bool) -> None:
    """Let Telegram bring the updates of every wijk to WEBHOOK_URL, or keep them to be fetched; none is lost.

    Raises TokenRefused, or ChannelDown with Telegram's own reason.
    """
    for own in settings.each():
        telegram = telegram_of(own)
        await telegram.open()
        try:
            if on:
                address = f"{own.webhook_url}/hook/{own.wijk}"
                await hook(telegram, address, own.webhook_secret.get_secret_value(), CONNECTIONS)
            else:
                await unhook(telegram)
        finally:
            await telegram.close()
