"""What came of a delivery or a poll, in words that no channel owns: `deliver` and `receive` know only these."""

from __future__ import annotations

from dataclasses import dataclass


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


class AnotherPoller(ChannelDown):
    """Another program fetches updates with the same token."""


class TokenRefused(Exception):
    """The channel does not know this token."""


class WebhookIsSet(Exception):
    """Updates are brought to a webhook: nobody may fetch them meanwhile."""
