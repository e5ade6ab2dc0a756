"""One chat between a bot and a person or a group: what stands in it now, after every edit and deletion."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.demo.standin.api.keyboard import Markup
from bot.demo.standin.api.refusal import CHAT_NOT_FOUND, bad, forbidden, migrated

Message = dict[str, Any]

MESSAGES = 300
TOASTS = 50


@dataclass(eq=False)
class Profile:
    """A person as Telegram knows them. `language_code` is the language of the app, `phone` is in E.164.

    `voice_forbidden`: refuses voice messages. `deactivated`: the account is gone.
    """

    id: int
    first_name: str
    language_code: str = ""
    phone: str = "+31612345678"
    username: str = ""
    voice_forbidden: bool = False
    deactivated: bool = False

    def user(self) -> dict[str, Any]:
        """Return the `User` that a bot gets to see."""
        shown: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            shown["username"] = self.username
        if self.language_code:
            shown["language_code"] = self.language_code
        return shown


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap: a line that floats by, or (`alert`) a window that must be closed."""

    query: str
    text: str
    alert: bool
    message: int


@dataclass(frozen=True, slots=True)
class ReplyKeyboard:
    """The keyboard at the bottom of the phone."""

    rows: list[list[dict[str, Any]]]
    options: dict[str, Any]
    message: int


@dataclass(eq=False)
class Chat:
    """What a person sees. Messages are never changed but replaced, so that a caller that kept one keeps what it was.

    At most 300 messages are kept; an older one is "not found" for the bot.
    """

    id: int
    kind: Literal["private", "group", "supergroup"]
    title: str
    person: Profile | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    frozen: set[int] = field(default_factory=set)
    keyboard: ReplyKeyboard | None = None
    toasts: deque[Toast] = field(default_factory=lambda: deque(maxlen=TOASTS))
    waiting: dict[str, int] = field(default_factory=dict)
    left: str = ""
    moved_to: int | None = None
    action: str = ""
    read_to: int = 0

    @property
    def info(self) -> dict[str, Any]:
        """The `Chat` inside every message."""
        if self.person is None:
            return {"id": self.id, "type": self.kind, "title": self.title}
        shown: dict[str, Any] = {"id": self.id, "type": "private", "first_name": self.person.first_name}
        if self.person.username:
            shown["username"] = self.person.username
        return shown

    @property
    def known(self) -> bool:
        """Whether a bot may write here: somebody wrote to it first, or it is in the group."""
        return self.person is None or bool(self.messages) or bool(self.left)

    @property
    def blocked(self) -> bool:
        """Whether the person blocked the bot, or the group threw it out."""
        return self.left == "blocked"

    @property
    def shown(self) -> list[Message]:
        """All messages, oldest first."""
        return list(self.messages.values())

    @property
    def last(self) -> Message:
        """The newest message. Raises LookupError when there is none."""
        for message in reversed(self.messages.values()):
            return message
        raise LookupError("nothing was said in this chat yet")

    def last_with_buttons(self) -> Message | None:
        """Return the newest message that has buttons under it."""
        return next((message for message in reversed(self.messages.values()) if "reply_markup" in message), None)

    def labels(self, message_id: int | None = None) -> list[list[str]]:
        """Return the words on the buttons of that message, or of the newest one that has buttons."""
        message = self.last_with_buttons() if message_id is None else self.messages.get(message_id)
        if message is None:
            return []
        return [[button["text"] for button in row] for row in buttons_of(message)]

    def button(self, message_id: int, words: str) -> dict[str, Any]:
        """Return the button with that data or label. Raises LookupError with the labels that there are."""
        rows = buttons_of(self.messages.get(message_id, {}))
        for name in ("callback_data", "text"):
            for row in rows:
                for button in row:
                    if button.get(name) == words:
                        return button
        raise LookupError(f"no button {words!r} under message {message_id}: {self.labels(message_id)}")

    def check_open(self) -> None:
        """Raise the refusal of a chat that does not take anything from the bot."""
        if self.moved_to is not None:
            raise migrated(self.moved_to)
        if self.person is not None and self.person.deactivated:
            raise forbidden("user is deactivated")
        if self.left:
            private = self.person is not None
            raise forbidden("bot was blocked by the user" if private else f"bot was kicked from the {self.kind} chat")
        if not self.known:
            raise bad(CHAT_NOT_FOUND)

    def keep(self, message: Message) -> None:
        """Add a message, or put its new form in the place of the old one."""
        self.messages[message["message_id"]] = message
        while len(self.messages) > MESSAGES:
            oldest = next(iter(self.messages))
            del self.messages[oldest]
            self.frozen.discard(oldest)

    def with_reply(self, message: Message) -> Message:
        """Return the message with the one it replies to as that is now; without, when it was deleted."""
        if "reply_to_message" not in message:
            return message
        now = self.messages.get(message["reply_to_message"]["message_id"])
        bare = without_reply(message)
        return bare if now is None else {**bare, "reply_to_message": without_reply(now)}

    def drop(self, message_id: int) -> bool:
        """Take a message away, and the keyboard that came with it; return whether there was one."""
        self.messages.pop(message_id, None)
        self.frozen.discard(message_id)
        brought = self.keyboard is not None and self.keyboard.message == message_id
        self.keyboard = None if brought else self.keyboard
        return brought

    def take_markup(self, message: Message, markup: Markup | None) -> bool:
        """Hang a keyboard where it belongs; return whether the one at the bottom changed."""
        if markup is None:
            return False
        if markup.kind == "inline":
            message["reply_markup"] = {"inline_keyboard": markup.rows}
            return False
        # Telegram never edits a message that came with a keyboard for the bottom of the phone.
        self.frozen.add(message["message_id"])
        had = self.keyboard is not None
        if markup.kind == "reply":
            self.keyboard = ReplyKeyboard(markup.rows, markup.options, message["message_id"])
            return True
        if markup.kind == "remove":
            self.keyboard = None
            return had
        return False


def without_reply(message: Message) -> Message:
    """Return a message as it stands inside a reply to it: Telegram does not go further back."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def buttons_of(message: Message) -> list[list[dict[str, Any]]]:
    """Return the inline buttons of a message, row by row."""
    rows: list[list[dict[str, Any]]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows
