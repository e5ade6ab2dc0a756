"""Of all processes over one store, one per bot delivers its outbox, for as long as it holds the lease.

Guards the rule that no process sends without a lease: it looks at the time before every call, so that a process that
hung does not go on after another one has taken over. A process finds what is in the outbox by listening to the other
processes, or by looking.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import structlog

from bot.messages.message import Outgoing
from bot.runtime.channel import Carrier, Outcome
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.delivery.rate_limit import RateLimit, Rates
from bot.runtime.delivery.results import TakeTick
from bot.runtime.jobs.clocks import keep_time
from bot.runtime.jobs.time import Time
from bot.runtime.logs import where
from bot.runtime.writer import Writer
from db.queue import leases, notify
from db.store import Store

LEASE_SECONDS = 4.0
"""How long after its last renewal a lease runs out, so that another process may take it."""

RENEW_SECONDS = 1.0
"""How often leases are renewed, and free ones are looked for."""

LOOK_SECONDS = 5.0
"""How often an outbox is looked at although nobody notified us."""

SHARE = 4
"""A process takes one in so many free leases at a time, so that processes that start together divide them."""

_log = structlog.get_logger("leases")


@dataclass(slots=True)
class Delivery:
    """What delivery for one wijk needs: its channel, its writer, the function that takes ticks, and the rates."""

    channel: Carrier
    writer: Writer
    tick: TakeTick
    rates: Rates = field(default_factory=Rates)


class LeasedChannel:
    """The channel, for as long as the lease lasts; after `until` (monotonic seconds) calls wait to be cancelled."""

    def __init__(self, channel: Carrier, until: float) -> None:
        self._channel, self.until = channel, until

    async def send(self, message: Outgoing) -> Outcome:
        """Send or edit once; after the lease has run out, wait to be cancelled."""
        if monotonic() >= self.until:
            await asyncio.get_running_loop().create_future()
        return await self._channel.send(message)


class _Delivering:
    """One wijk, while we hold its lease."""

    def __init__(self, store: Store, wijk: str, parts: Delivery, until: float) -> None:
        self.channel = LeasedChannel(parts.channel, until)
        # The process that sent until now may have sent all that fits in a second.
        rate_limit = partial(RateLimit, rates=parts.rates, rested=False)
        self.deliverer = Deliverer(
            store, wijk, self.channel, parts.writer, parts.tick, rate_limit, look_seconds=LOOK_SECONDS
        )
        clocks = keep_time(parts.tick, parts.writer, Time(), self.deliverer.look_again)
        self.clocks = asyncio.create_task(clocks, name="clocks")

    async def close(self, grace: float) -> None:
        self.clocks.cancel()
        await asyncio.gather(self.clocks, return_exceptions=True)
        await self.deliverer.close(grace)


class LeaseHolder:
    """Delivers for each of these wijken whose lease this process holds. On a store that is not shared it holds all."""

    def __init__(self, store: Store, deliveries: Mapping[str, Delivery]) -> None:
        self._store, self._deliveries = store, deliveries
        self._holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._sending: dict[str, _Delivering] = {}
        self._wake = asyncio.Event()
        self._leaving = asyncio.Event()
        self._silent = threading.Event()
        self._to_notify: set[str] = set()
        self._notifying: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look for leases, listen to the other processes, and send, until `close`."""
        if not self._store.shared:
            for wijk in self._deliveries:
                await self._open(wijk, float("inf"))
            return
        self._keeping = asyncio.create_task(self._keep_leases(), name="leases")
        self._listening = asyncio.create_task(self._listen(), name="listen")

    def committed(self, wijk: str) -> None:
        """Tell the process that sends for this wijk that messages were put in its outbox. Never waits."""
        if wijk in self._sending:
            self._sending[wijk].deliverer.nudge()
        elif self._store.shared:
            self._to_notify.add(wijk)
            if self._notifying is None:
                self._notifying = asyncio.create_task(self._notify(), name="notify")

    async def close(self, grace: float = 5.0) -> None:
        """Send what we have and may send now, within `grace` seconds, and give the leases to others."""
        self._leaving.set()
        await asyncio.gather(*(delivering.close(grace) for delivering in self._sending.values()))
        self._sending.clear()
        if self._notifying is not None:
            await self._notifying
        self._silent.set()
        self._wake.set()
        if self._listening is not None:
            self._listening.cancel()  # its thread ends by itself
        await asyncio.gather(*filter(None, (self._keeping, self._listening)), return_exceptions=True)
        if self._store.shared:
            try:
                await asyncio.to_thread(self._give_up)
            except Exception as error:
                _log.warning("the leases could not be given up; they run out by themselves", error=where(error))

    def _give_up(self) -> None:
        with self._store.write() as tx:
            leases.release(tx, self._holder)
        notify.notify(self._store, [""])

    async def _keep_leases(self) -> None:
        """Keep the leases until all that we had is sent; what is begun here, such as closing, is finished."""
        while not self._silent.is_set():
            began = monotonic()
            await self._drop([wijk for wijk, one in self._sending.items() if began >= one.channel.until], "it ran out")
            try:
                kept, taken = await asyncio.to_thread(self._hold)
            except Exception as error:
                _log.error("the leases cannot be kept", error=where(error), sending=len(self._sending))
            else:
                until = began + LEASE_SECONDS
                await self._drop([wijk for wijk in self._sending if wijk not in kept], "another one has it")
                for wijk, delivering in self._sending.items():
                    if wijk in kept:
                        delivering.channel.until = until
                await asyncio.gather(*(self._open(wijk, until) for wijk in kept | taken if wijk not in self._sending))
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_SECONDS):  # `wait_for` loses a cancellation that comes with `_wake`
                    await self._wake.wait()
            self._wake.clear()

    def _hold(self) -> tuple[set[str], set[str]]:
        """Renew our leases and take some that are free; return both."""
        with self._store.write() as tx:
            kept = leases.renew(tx, self._holder, LEASE_SECONDS)
            if self._leaving.is_set():
                return kept, set()
            free = leases.free(tx, list(self._deliveries))
            some = sorted(random.sample(free, -(-len(free) // SHARE)))
            return kept, {wijk for wijk in some if leases.take(tx, wijk, self._holder, LEASE_SECONDS)}

    async def _open(self, wijk: str, until: float) -> None:
        if self._leaving.is_set():
            return
        delivering = self._sending[wijk] = _Delivering(self._store, wijk, self._deliveries[wijk], until)
        try:
            await delivering.deliverer.start()
        except Exception as error:
            _log.error("the outbox cannot be read", wijk=wijk, error=where(error))
            self._sending.pop(wijk, None)  # gone already when we are leaving
            await delivering.close(0.0)
            return
        _log.info("this process sends now", wijk=wijk)

    async def _drop(self, wijken: Iterable[str], reason: str) -> None:
        gone = {wijk: self._sending.pop(wijk) for wijk in list(wijken)}
        for wijk in gone:
            _log.warning("this process sends no more", wijk=wijk, reason=reason)
        await asyncio.gather(*(delivering.close(0.5) for delivering in gone.values()))

    def _notified(self, wijk: str) -> None:
        """Hear from another process about a wijk, or "": a lease came free, or notifications were missed."""
        if not wijk:
            self._wake.set()
        for name, delivering in self._sending.items():
            if wijk in ("", name):
                delivering.deliverer.nudge()

    async def _notify(self) -> None:
        while self._to_notify:
            wijken, self._to_notify = self._to_notify, set()
            try:
                await asyncio.to_thread(notify.notify, self._store, wijken)
            except Exception as error:
                _log.warning("the other processes could not be notified", error=where(error))
        self._notifying = None

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()

        def heard(wijk: str) -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._notified, wijk)

        while not self._silent.is_set():
            try:
                await asyncio.to_thread(notify.listen, self._store, heard, self._silent.is_set)
            except Exception as error:
                _log.warning("no notifications come in; the outbox is looked at now and then", error=where(error))
                await asyncio.sleep(RENEW_SECONDS)
