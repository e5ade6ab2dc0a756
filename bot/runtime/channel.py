"""What a channel can do and what comes of it, in words that no channel owns: intake and delivery know only these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from bot.messages.message import Incoming, Outgoing


@dataclass(frozen=True, slots=True)
class Sent:
    """Delivered. `message_id` is the id of the new message; None when a message was edited in place."""

    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not delivered, but it may still be. `seconds` is the wait that the channel named, None when it named none."""

    seconds: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """This person cannot be reached any more: they blocked the bot, or the chat does not exist."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel will never take this message. `reason` holds no content of the message."""

    reason: str


Outcome = Sent | TryLater | Gone | Refused


class ChannelDown(Exception):
    """No updates can be fetched at this moment; `seconds` is the wait that the channel named, if any."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class Garbled(ChannelDown):
    """An answer came that cannot be read; something between us and the channel may have sent it."""


class AnotherPoller(ChannelDown):
    """Another program fetches updates with the same token."""


class TokenRefused(Exception):
    """The channel does not know this token."""


class WebhookIsSet(Exception):
    """Updates are brought to a webhook: nobody may fetch them meanwhile."""


class Carrier(Protocol):
    """A way to carry a message to a person."""

    async def send(self, message: Outgoing) -> Outcome:
        """Send or edit once."""


class Channel(Carrier, Protocol):
    """A way in and out, such as Telegram. Addresses on it begin with its name: `telegram:1001`."""

    name: str

    def hear(self, update: Any, /) -> Incoming | None:
        """Return what an update says; None when there is nothing to hear in it. Raises when it cannot be read."""

    async def answer(self, query: str, text: str = "", *, alert: bool = False) -> bool:
        """End the waiting sign on a tapped button, with a window when it is an `alert`. Never raises.

        False when that did not work.
        """


class PolledChannel(Channel, Protocol):
    """A channel from which updates can be fetched."""

    async def updates(self, offset: int | None, seconds: int) -> list[Any]:
        """Fetch updates from `offset` on; asking confirms those before it.

        An update that cannot be read comes as bytes. Raises AnotherPoller, WebhookIsSet, TokenRefused or ChannelDown.
        """
