"""The danger card at the bottom of a chat: a second cry within ten seconds does not send it once more.

Guards the rule that nothing about danger is stored: this is the memory of the one process that sends to these chats,
and it lasts ten seconds. A process that takes over does not have it, and at worst shows a card once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.messages.message import DANGER, Button, Outgoing

SECONDS = 10.0
"""How long the same card is not sent again, as long as nothing else came below it."""


class DangerCards:
    """Remembers the last danger card of each chat. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last: dict[str, tuple[float, Outgoing]] = {}

    def repeats(self, message: Outgoing) -> bool:
        """Return whether the last thing that this chat got is the same danger card, less than ten seconds ago."""
        at, card = self._last.get(message.to, (0.0, None))
        said = message.priority == DANGER and not message.clears  # that is sent for what comes of it
        return said and self._clock() < at + SECONDS and card == _as_seen(message)

    def note(self, message: Outgoing) -> None:
        """Note that this chat got this message or edit: a danger card, or something that comes after the last one."""
        self._last.pop(message.to, None)
        now = self._clock()
        if message.priority == DANGER:
            self._last[message.to] = (now, _as_seen(message))  # the latest stand last
        while self._last and (first := next(iter(self._last.values())))[0] + SECONDS <= now:
            del self._last[first[1].to]


def _as_seen(message: Outgoing) -> Outgoing:
    """Return the message as its reader sees it: without its id, and without the data of its buttons."""
    rows = tuple(tuple(Button(button.text, url=button.url) for button in row) for row in message.buttons)
    return replace(message, id=0, buttons=rows)
