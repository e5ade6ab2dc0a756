"""Which channel carries a message: the one whose name begins the address, such as `telegram:` or, later, `mail:`."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages.message import Outgoing
from bot.runtime.channel import Carrier, Outcome, Refused


class Routing:
    """Sends each message through the channel of its address. `channels` are the carriers by name."""

    def __init__(self, channels: Mapping[str, Carrier]) -> None:
        self._channels = channels

    async def send(self, message: Outgoing) -> Outcome:
        """Send or edit once. An address of no channel here is refused: no later try would find one either."""
        name, colon, _ = message.reached_at.partition(":")
        channel = self._channels.get(name) if colon else None
        if channel is not None:
            return await channel.send(message)
        if colon and name.isalpha() and name.islower():
            return Refused(f"no channel carries addresses of {name[:20]}:")
        return Refused("the address names no channel")  # and may hold anything: it is told nowhere
