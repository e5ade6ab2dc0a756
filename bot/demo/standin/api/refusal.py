"""What Telegram refuses, in its own words.

Without refusals a stand-in proves nothing: every text here is what the Bot API (its public server and TDLib) answers.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

TEXT_EMPTY = "message text is empty"
TEXT_TOO_LONG = "message is too long"
EDIT_TOO_LONG = "MESSAGE_TOO_LONG"
CAPTION_TOO_LONG = "message caption is too long"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
EDIT_NOT_FOUND = "message to edit not found"
EDIT_NOT_ALLOWED = "message can't be edited"
EDIT_NO_TEXT = "there is no text in the message to edit"
EDIT_NO_CAPTION = "there is no caption in the message to edit"
DELETE_NOT_FOUND = "message to delete not found"
DELETE_NONE = "message identifiers are not specified"
DELETE_TOO_MANY = "too many message identifiers specified"
DELETE_TOO_LATE = "message can't be deleted for everyone"
REPLY_NOT_FOUND = "message to be replied not found"
CHAT_NOT_FOUND = "chat not found"
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
VOICE_FORBIDDEN = "VOICE_MESSAGES_FORBIDDEN"
MARKUP_NOT_JSON = "can't parse reply keyboard markup JSON object"
BUTTON_DATA_INVALID = "BUTTON_DATA_INVALID"
COPY_TEXT_INVALID = "BUTTON_COPY_TEXT_INVALID"


class Refusal(Exception):
    """An answer with `ok: false`: the HTTP code, Telegram's description and its parameters."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = dict(parameters or {})

    def answer(self) -> dict[str, object]:
        """Return the body that Telegram would send."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body

    def written(self) -> tuple[bytes, bytes]:
        """Return the body as it goes over the line, and its content type."""
        return orjson.dumps(self.answer()), b"application/json"


class ErrorPage(Refusal):
    """A refusal of something between a bot and Telegram: a page for people instead of JSON."""

    def written(self) -> tuple[bytes, bytes]:
        """Return a page as nginx writes it."""
        name = f"{self.code} {self.description}"
        page = f"<html><head><title>{name}</title></head><body><h1>{name}</h1><hr>nginx</body></html>"
        return page.encode(), b"text/html"


def bad(text: str) -> Refusal:
    """Return 400: the call itself is wrong."""
    return Refusal(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refusal:
    """Return 403: the person or the group does not want the bot."""
    return Refusal(403, f"Forbidden: {text}")


def conflict(text: str) -> Refusal:
    """Return 409: two callers want the same updates."""
    return Refusal(409, f"Conflict: {text}")


def unauthorized() -> Refusal:
    """Return 401: a token that nobody gave out."""
    return Refusal(401, "Unauthorized")


def unknown_method() -> Refusal:
    """Return 404: no such method, or a token that is not shaped like one."""
    return Refusal(404, "Not Found")


def too_many(seconds: int) -> Refusal:
    """Return 429: come back after `seconds`."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def migrated(chat: int) -> Refusal:
    """Return 400: the group became a supergroup and lives under another id."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, text, {"migrate_to_chat_id": chat})
