"""The webhook of a bot: we tell Telegram where to bring updates, and it reads a call in the answer to each."""

from __future__ import annotations

from typing import Any

from bot.messages.message import Incoming
from bot.runtime.telegram.channel import Telegram
from bot.runtime.telegram.updates import HEARD_KINDS


async def hook(telegram: Telegram, url: str, secret: str, connections: int) -> None:
    """Let Telegram bring the updates to `url`, with the secret in a header; updates that wait are brought too.

    `connections` (1 to 100) is how many it brings at a time. Raises ChannelDown (with Telegram's reason when it refuses
    the address) or TokenRefused.
    """
    asked = {"url": url, "secret_token": secret, "allowed_updates": HEARD_KINDS, "max_connections": connections}
    await telegram.ask("setWebhook", asked)


async def unhook(telegram: Telegram) -> None:
    """Let the updates wait until they are fetched; none is dropped. Raises ChannelDown or TokenRefused."""
    await telegram.ask("deleteWebhook", {"drop_pending_updates": False})


def answer_to(heard: Incoming) -> dict[str, Any] | None:
    """Return the call that may go along in the answer to a webhook: it ends the waiting sign on a tapped button."""
    return {"method": "answerCallbackQuery", "callback_query_id": heard.query} if heard.query else None
