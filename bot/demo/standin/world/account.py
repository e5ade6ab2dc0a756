"""A bot as Telegram knows it: its token, its chats, and the updates that wait for it."""

from __future__ import annotations

import itertools
import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.demo.standin.api.keyboard import Markup
from bot.demo.standin.api.refusal import CHAT_NOT_FOUND, QUERY_TOO_OLD, bad, conflict
from bot.demo.standin.faults import Faults
from bot.demo.standin.world.chat import Chat, Message, Profile, Toast
from bot.demo.standin.world.files import Files
from bot.demo.standin.world.journal import Bell, Journal

Update = dict[str, Any]

UPDATES = 100_000
QUERIES = 10_000
QUERY_SECONDS = 60.0
"""How long a tap may wait for its answer. Telegram names no figure; phones stop waiting after about a minute."""

OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

_OPT_IN = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_BIRTHDAY = 1_735_689_600  # the first second of 2025


def first_number(now: float) -> int:
    """Return where ids begin: later after every start, so that a bot that remembers never meets an old id again."""
    return max(1, int(now) - _BIRTHDAY)


@dataclass(frozen=True, slots=True)
class Query:
    """A tap that waits for its answer."""

    chat: Chat
    message: int
    at: float


@dataclass(slots=True)
class Hook:
    """The webhook of a bot: updates are brought there instead of being fetched."""

    url: str
    secret: str
    connections: int
    last_error: str = ""
    last_error_at: int = 0


@dataclass(eq=False)
class Account:
    """One bot. Its hot paths are plain dictionaries; everything that grows has a limit."""

    token: str
    name: str
    username: str
    clock: Callable[[], float]
    files: Files
    hooks: Bell
    journal: Journal | None = None
    chats: dict[int, Chat] = field(default_factory=dict)
    queue: dict[int, Update] = field(default_factory=dict)
    bell: Bell = field(default_factory=Bell)
    hook: Hook | None = None
    allowed: frozenset[str] | None = None
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = int(self.token.partition(":")[0])
        self.faults = Faults(self.clock)
        self.user: dict[str, Any] = {
            "id": self.id, "is_bot": True, "first_name": self.name, "username": self.username
        }  # fmt: skip
        self.queries: dict[str, Query] = {}
        self.confirmed: deque[Update] = deque(maxlen=1000)
        start = first_number(self.clock())
        self._update_ids = itertools.count(start)
        self._message_ids = itertools.count(start)
        self._query_ids = itertools.count(1)
        self._instance = secrets.randbelow(10**9) * 10**9
        self._poll = 0
        self.closed = False

    def next_message_id(self) -> int:
        """Return the next message id; ids grow over all chats of a bot."""
        return next(self._message_ids)

    def note(self, kind: str, chat: int, **facts: Any) -> None:
        """Tell the page, when this bot is the one it shows."""
        if self.journal is not None:
            self.journal.note(kind, chat, **facts)

    def chat_with(self, person: Profile) -> Chat:
        """Return the private chat with a person, made when it is new."""
        chat = self.chats.get(person.id)
        if chat is None:
            chat = self.chats[person.id] = Chat(person.id, "private", person.first_name, person)
        return chat

    def chat_for(self, chat_id: int | str) -> Chat:
        """Return the chat that a call names, open for the bot. Raises Refusal."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad(CHAT_NOT_FOUND)
        chat.check_open()
        return chat

    def push(self, kind: str, body: Mapping[str, Any]) -> int:
        """Add a new update for the bot; return its id."""
        number = next(self._update_ids)
        if kind in _OPT_IN if self.allowed is None else kind not in self.allowed:
            return number
        self.queue[number] = {"update_id": number, kind: body}
        if len(self.queue) > UPDATES:
            del self.queue[next(iter(self.queue))]
        self.bell.ring()
        return number

    def again(self, update_id: int) -> None:
        """Give an update that was confirmed once more, under the same id. Raises LookupError."""
        for update in self.confirmed:
            if update["update_id"] == update_id:
                self.queue = dict(sorted({**self.queue, update_id: update}.items()))
                self.bell.ring()
                return
        raise LookupError(f"update {update_id} was not confirmed lately")

    def waiting(self, limit: int) -> list[Update]:
        """Return the oldest updates that wait, as the faults on the line allow."""
        batch = list(itertools.islice(self.queue.values(), limit))
        if not batch:
            return batch
        faults = self.faults
        if faults.double:
            twice = batch[: faults.double]
            faults.double -= len(twice)
            batch = [update for one in batch for update in ((one, one) if one in twice else (one,))]
        if faults.reverse:
            batch.reverse()
        return batch

    def confirm(self, before: int) -> None:
        """Forget all updates with a smaller id; a negative number keeps that many of the newest."""
        if before < 0:
            self.drop(list(self.queue)[:before])
            return
        done: list[int] = []
        for number in self.queue:
            if number >= before:
                break
            done.append(number)
        self.drop(done)

    def drop(self, numbers: Sequence[int]) -> None:
        """Take out these updates, which arrived; the phones show their second tick."""
        for number in numbers:
            update = self.queue.pop(number, None)
            if update is None:
                continue
            self.confirmed.append(update)
            message = update.get("message")
            if isinstance(message, dict) and self.journal is not None:  # a test may send what is no message
                chat = self.chats.get(message["chat"]["id"])
                if chat is not None and chat.read_to < message["message_id"]:
                    chat.read_to = message["message_id"]
                    self.note("read", chat.id, message_id=chat.read_to)

    async def poll(self, offset: int, limit: int, seconds: float, now: Callable[[], float]) -> list[Update]:
        """Answer getUpdates once there is something. A newer poll ends an older one with 409, as Telegram does."""
        if self.hook is not None:
            raise conflict(WEBHOOK_ACTIVE)
        self._poll += 1
        mine = self._poll
        self.bell.ring()
        if offset:
            self.confirm(offset)
        end = now() + seconds
        while True:
            if self._poll != mine:
                raise conflict(OTHER_POLLER)
            batch = self.waiting(limit)
            left = end - now()
            if batch or left <= 0 or self.closed:
                return batch
            await self.bell.wait(left)
            if self.hook is not None:
                raise conflict("terminated by setWebhook request")

    def ask(self, chat: Chat, person: Profile, message: Message, data: str) -> str:
        """Tell the bot that a person tapped a button; return the id of the query that waits for its answer."""
        query = str(self._instance + next(self._query_ids))
        self.queries[query] = Query(chat, message["message_id"], self.clock())
        if len(self.queries) > QUERIES:
            del self.queries[next(iter(self.queries))]
        chat.waiting[query] = message["message_id"]
        while len(chat.waiting) > 100:
            del chat.waiting[next(iter(chat.waiting))]
        self.note("waiting", chat.id, query=query, message_id=message["message_id"], data=data)
        shown = chat.with_reply(message)
        body = {"id": query, "from": person.user(), "message": shown, "chat_instance": str(chat.id), "data": data}
        self.push("callback_query", body)
        return query

    def answer(self, query: str, text: str, alert: bool) -> None:
        """Give the one answer to a tap. Raises Refusal when it was answered before, is unknown or too old."""
        found = self.queries.pop(query, None)
        if found is None:
            raise bad(QUERY_TOO_OLD)
        chat = found.chat
        chat.waiting.pop(query, None)
        self.note("answered", chat.id, query=query, message_id=found.message, text=text, alert=alert)
        if self.clock() - found.at > QUERY_SECONDS:
            raise bad(QUERY_TOO_OLD)
        if text:
            chat.toasts.append(Toast(query, text, alert, found.message))

    def post(self, chat: Chat, content: Mapping[str, Any], markup: Markup | None) -> Message:
        """Let the bot say something; return the message as Telegram does. Raises Refusal at the wrong moment."""
        self.faults.pace(chat.id, new=True)
        message: Message = {
            "message_id": next(self._message_ids), "from": self.user, "chat": chat.info, "date": int(self.clock()),
            **content,
        }  # fmt: skip
        changed = chat.take_markup(message, markup)
        chat.keep(message)
        chat.action = ""
        self.note("message", chat.id, message=message)
        if changed:
            self.note("keyboard", chat.id, keyboard=chat.keyboard)
        return message

    def hear(self, chat: Chat, person: Profile, content: Mapping[str, Any]) -> Message:
        """Let a person say something; it stands in the chat and waits for the bot."""
        message: Message = {
            "message_id": next(self._message_ids), "from": person.user(), "chat": chat.info,
            "date": int(self.clock()), **content,
        }  # fmt: skip
        chat.keep(message)
        self.note("message", chat.id, message=message)
        self.push("message", message)
        return message
