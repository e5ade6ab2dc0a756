"""What an error of Telegram means: an outcome of a message, or an error that every channel has.

Guards the rule that nothing of the library's errors leaves this folder, and that no reason holds the token or a text.
"""

from __future__ import annotations

import datetime as dtm
from typing import Any

from telegram.error import BadRequest, Conflict, EndPointNotFound, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.runtime.channel import (
    AnotherPoller,
    ChannelDown,
    Garbled,
    Gone,
    Outcome,
    Refused,
    Sent,
    TokenRefused,
    TryLater,
    WebhookIsSet,
)
from bot.runtime.telegram.request import NotAnAnswer

_NOBODY = ("chat not found", "peer_id_invalid", "user not found", "chat_id_invalid", "input_user_deactivated")


def down(error: TelegramError, known: bool) -> Exception:
    """Return the error to raise when another call failed; `known`: the token has worked before, so it is a good one."""
    if isinstance(error, NotAnAnswer):
        return Garbled(_reason(error))
    if _by_another(error):
        return ChannelDown(_reason(error))
    if isinstance(error, Conflict) and "webhook" in error.message.lower():
        return WebhookIsSet("Telegram brings the updates to a webhook")
    if isinstance(error, Conflict):
        return AnotherPoller("another program polls with this token")
    if isinstance(error, InvalidToken | EndPointNotFound | Forbidden) and not known:
        return TokenRefused("Telegram does not know this token")
    return ChannelDown(_reason(error), _wait(error))


def outcome(error: TelegramError) -> Outcome:
    """Return what came of a message whose call failed with this error."""
    if _by_another(error):
        return TryLater(None, _reason(error))
    if isinstance(error, Forbidden):
        return Gone(_reason(error))
    if isinstance(error, BadRequest):
        said = error.message.lower()
        return Gone(_reason(error)) if any(known in said for known in _NOBODY) else Refused(_reason(error))
    return TryLater(_wait(error), _reason(error))


def sent(made: Any) -> Outcome:
    """Return what came of a message whose call succeeded; without a message in the answer, it was not Telegram's."""
    number = made.get("message_id") if isinstance(made, dict) else None
    return Sent(number) if isinstance(number, int) else TryLater(None, "the answer was no message")


def _by_another(error: TelegramError) -> bool:
    """Return whether this is not a refusal of Telegram, which speaks JSON, but a page of something in between."""
    cause = error.__cause__
    if isinstance(cause, InvalidToken):
        cause = cause.__cause__
    return isinstance(error, NotAnAnswer) or isinstance(cause, NotAnAnswer)


def _wait(error: TelegramError) -> float | None:
    if not isinstance(error, RetryAfter):
        return None
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dtm.timedelta) else float(wait)


def _reason(error: TelegramError) -> str:
    """Return Telegram's own words, cut short; never the token or the text of a message."""
    if _by_another(error):
        return f"{type(error).__name__}: the answer was not JSON"
    if isinstance(error, InvalidToken | EndPointNotFound):
        return "the token or the method was refused"
    return f"{type(error).__name__}: {error.message}"[:200]
