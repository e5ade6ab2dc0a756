"""While the store is away, people who wait for an answer hear so, once per outage, straight through the channel.

Guards the rule that nobody meets silence. Nothing is confirmed and nothing is written here: when the store is back, the
update itself gets its real answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import structlog

from bot.messages.message import DANGER, INTERACTIVE, Incoming, Outgoing
from bot.runtime.channel import Channel, TryLater
from bot.runtime.delivery.danger_cards import DangerCards
from bot.runtime.delivery.rate_limit import Timer
from bot.runtime.logs import where
from bot.screens.resident.outage_notice import Notice

PATIENCE = 3.0
"""How many seconds a person waits for the store before they hear that something is wrong."""

DANGER_PATIENCE = 1.0
"""How many seconds somebody who speaks of danger waits for a store that says nothing; one that fails is not waited
for."""

LOOK_SECONDS = 1.0
"""How often, during an outage, we look for more people who wait."""

MOST = 10_000
"""The most people who are told of one outage, more than a wijk has; of so many cries we know that they were answered.
"""

_log = structlog.get_logger("outage")

Look = Callable[[], Awaitable[Sequence[Incoming]]]


class Unavailable(Exception):
    """The update was not taken, because the store is away or there is too much at once: it must come again."""


class Outage:
    """Watches how long people wait for the store of one wijk, and tells them. Lives in one loop.

    `notice` words what a person hears, without the store, and `sorry` what they hear whose update could not be handled.
    In one outage a person hears of the outage once. Every update that speaks of danger is answered, once however often
    it comes, but the same card stands at the bottom of a chat once in ten seconds (decision 13). `clock` gives seconds,
    `call_later` calls something after so many of them (None: the loop's own).
    """

    def __init__(
        self,
        channel: Channel,
        notice: Callable[[Incoming], Notice | None],
        sorry: Callable[[Incoming], Notice | None] | None = None,
        *,
        patience: float = PATIENCE,
        danger_patience: float = DANGER_PATIENCE,
        look_seconds: float = LOOK_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        call_later: Callable[[float, Callable[[], None]], Timer] | None = None,
    ) -> None:
        self._channel, self._notice, self._sorry = channel, notice, sorry or notice
        self._patience, self._look_seconds = patience, look_seconds
        self._danger_patience = danger_patience
        self._clock, self._call_later = clock, call_later
        self._since: float | None = None
        self._told: set[str] = set()
        self._cried: dict[tuple[str, int], None] = {}
        self._cards = DangerCards(clock)
        self._waiting: list[Incoming] = []
        self._to_tell: list[tuple[Incoming, Notice]] = []
        self._saying: Notice | None = None
        self._look: Look | None = None
        self._everybody = self._logged = False
        self._telling: asyncio.Task[None] | None = None
        self._apologies: set[asyncio.Task[None]] = set()

    @contextmanager
    def watching(self, waiting: Sequence[Incoming], look: Look | None = None) -> Iterator[None]:
        """Tell these people when they wait long for the store; they wait as long as the block lasts.

        `look` gives all who wait now, and is asked again and again until the block ends. A block that ends well ends
        the outage; after one that ends with Unavailable it goes on.
        """
        later = self._call_later or asyncio.get_running_loop().call_later
        began = self._clock()
        timers = (
            later(min(self._danger_patience, self._patience), partial(self.alarm, waiting, look)),
            later(self._patience, partial(self._tell, began, waiting, look)),
        )
        try:
            yield
        except Unavailable:
            self._since = began if self._since is None else self._since
            if self._clock() >= self._since + self._patience:
                self._tell(began, waiting)
            raise
        except BaseException:
            self._hush()
            raise
        else:
            self._is_back()
        finally:
            for timer in timers:
                timer.cancel()

    def alarm(self, waiting: Sequence[Incoming], look: Look | None = None) -> None:
        """Answer those of these people who speak of danger at once, and those whom `look` finds.

        They wait for no store that failed, and hardly for one that says nothing.
        """
        in_danger = self._in_danger(waiting)
        if in_danger or look is not None:
            self._begin(self._clock(), in_danger, look)

    def apologise(self, incoming: Incoming) -> None:
        """Tell one person that their update could not be handled, or answer their danger, without the store."""
        if (notice := self._word(self._sorry, incoming)) is not None:
            task = asyncio.create_task(self._say(incoming, notice), name="apology")
            self._apologies.add(task)
            task.add_done_callback(self._apologies.discard)

    def _tell(self, began: float, waiting: Sequence[Incoming], look: Look | None = None) -> None:
        """Begin to tell these people, and everybody whom `look` finds."""
        self._everybody = True
        self._begin(began, waiting, look)

    def _begin(self, began: float, waiting: Sequence[Incoming], look: Look | None) -> None:
        """Begin to tell these people, one after another."""
        self._waiting.extend(waiting)
        self._look = look or self._look
        if waiting:
            if not self._logged:
                _log.error("people wait for the store and are told so", waiting=len(waiting))
            self._since, self._logged = began if self._since is None else self._since, True
        if self._telling is None:
            self._telling = asyncio.create_task(self._keep_telling(), name="outage")

    def _is_back(self) -> None:
        """End the outage: the store has taken what waited."""
        if self._since is not None:
            told = len(self._told) + len(self._cried)
            _log.info("the store is back", seconds=round(self._clock() - self._since, 1), told=told)
        if self._since is not None or self._telling is not None:
            self._calm()
        self._since = None
        self._told.clear()
        self._cried.clear()

    def _calm(self) -> None:
        """Tell nobody any more but those in danger: nobody knows yet when their real answer reaches them."""
        cries = [each for each in (*self._to_tell, *self._worded(self._waiting)) if each[1].danger]
        if self._saying is None or not self._saying.danger:
            self._hush()
        self._to_tell = cries
        self._waiting.clear()
        self._look, self._everybody, self._logged = None, False, False
        if cries and self._telling is None:
            self._telling = asyncio.create_task(self._keep_telling(), name="outage")

    def _hush(self) -> None:
        """Tell nobody any more."""
        self._to_tell, self._saying = [], None
        self._waiting.clear()
        self._look, self._everybody, self._logged = None, False, False
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    async def _keep_telling(self) -> None:
        while self._to_tell or self._waiting or self._look is not None:
            if self._waiting:
                waiting, self._waiting = self._waiting, []
                self._to_tell = sorted([*self._to_tell, *self._worded(waiting)], key=lambda each: not each[1].danger)
            if self._to_tell:  # one after another: that is about as fast as Telegram lets one bot write to many
                incoming, self._saying = self._to_tell.pop(0)
                await self._say(incoming, self._saying)
                self._saying = None
            elif self._look is not None:
                await asyncio.sleep(self._look_seconds)
                self._waiting.extend(await self._found())
        self._telling = None

    async def _found(self) -> Sequence[Incoming]:
        """Return who else waits, at first only those in danger; what goes wrong in looking stops nobody's notice."""
        try:
            found = await self._look() if self._look is not None else ()
        except Exception as error:
            _log.error("nobody else could be found", error=where(error))
            return ()
        return found if self._everybody else self._in_danger(found)

    def _in_danger(self, waiting: Sequence[Incoming]) -> list[Incoming]:
        return [each for each in waiting if (said := self._word(self._notice, each)) is not None and said.danger]

    def _word(self, words: Callable[[Incoming], Notice | None], incoming: Incoming) -> Notice | None:
        """Return the notice for this person; None when there is none, or none can be made."""
        try:
            return words(incoming)
        except Exception as error:
            _log.error("no notice could be made", id=incoming.id, error=where(error))
            return None

    def _worded(self, waiting: Sequence[Incoming]) -> list[tuple[Incoming, Notice]]:
        """Word the notice of each person who was not told yet, and of each cry that was not answered yet."""
        worded = []
        for incoming in waiting:
            notice = self._word(self._notice, incoming)
            if notice is None or not self._is_new(incoming, notice):
                continue
            worded.append((incoming, notice))
        return worded

    def _is_new(self, incoming: Incoming, notice: Notice) -> bool:
        """Return whether this is to be told, and note that it is."""
        if not notice.danger:
            if incoming.sender in self._told or len(self._told) >= MOST:
                return False
            self._told.add(incoming.sender)
            return True
        update = (incoming.channel, incoming.id)
        if update in self._cried:
            return False
        self._cried[update] = None
        if len(self._cried) > MOST:
            del self._cried[next(iter(self._cried))]
        return True

    async def _say(self, incoming: Incoming, notice: Notice) -> None:
        """Tell one person in a window over the tapped button, or else by a message.

        A person whom the message could not reach yet is told when they are seen again.
        """
        if incoming.query and notice.alert and await self._channel.answer(incoming.query, notice.alert, alert=True):
            return
        if not notice.text:
            return
        priority = DANGER if notice.danger else INTERACTIVE
        message = Outgoing(0, incoming.conversation, notice.text, notice.buttons, priority=priority)
        if self._cards.repeats(message):
            return
        try:
            outcome = await self._channel.send(message)
        except Exception as error:
            _log.error("a notice could not be sent", id=incoming.id, error=where(error))
            return
        if not isinstance(outcome, TryLater):
            self._cards.note(message)
        elif notice.danger:
            self._cried.pop((incoming.channel, incoming.id), None)
        else:
            self._told.discard(incoming.sender)
