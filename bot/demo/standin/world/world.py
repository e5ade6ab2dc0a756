"""Telegram in one room: bots, people and groups, and a clock that tests may hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from bot.demo.phones.person import Person
from bot.demo.standin.world.account import Account
from bot.demo.standin.world.chat import Chat
from bot.demo.standin.world.files import Files
from bot.demo.standin.world.journal import Bell, Journal

TOKEN = "7000000001:koppelkans-demo-token-not-a-secret"
"""The token of the bot on this laptop; it opens nothing anywhere else."""


class World:
    """Everything the stand-in knows. `clock` gives seconds since 1970; nothing is written to disk.

    The first bot is the one that the page shows.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.files = Files()
        self.journal = Journal()
        self.hooks = Bell()
        self.bots: list[Account] = []
        self.people: dict[int, Person] = {}
        self.closed = False
        self._tokens: dict[str, Account] = {}
        self._next_person = 1001

    def bot(self, token: str = TOKEN, *, name: str = "Koppelkans", username: str = "koppelkans_bot") -> Account:
        """Return the bot with that token, made when it is new. Raises ValueError for a token without a first number."""
        account = self._tokens.get(token)
        if account is None:
            journal = None if self.bots else self.journal
            account = Account(token, name, username, self.clock, self.files, self.hooks, journal)
            self._tokens[token] = account
            self.bots.append(account)
        return account

    def holder(self, token: str) -> Account | None:
        """Return the bot with that token, or None."""
        return self._tokens.get(token)

    def person(self, id: int | None = None, first_name: str = "", language_code: str = "") -> Person:
        """Return the person with that id, made when it is new; without an id, a person whom nobody met before."""
        if id is None:
            while self._next_person in self.people:
                self._next_person += 1
            id = self._next_person
        person = self.people.get(id)
        if person is None:
            person = Person(id, first_name or f"Bewoner {id}", language_code, bots=self.bots)
            self.people[id] = person
            self.journal.note("person", id, person=shown_person(person))
        return person

    def group(
        self,
        id: int,
        title: str,
        members: Sequence[Person] = (),
        *,
        kind: Literal["group", "supergroup"] = "group",
        bot: Account | None = None,
    ) -> Chat:
        """Make a group with the bot in it; the bot sees all that is said there. Members speak with `where=id`."""
        account = bot or self.bots[0]
        chat = account.chats[id] = Chat(id, kind, title)
        for member in members:
            self.people.setdefault(member.id, member)
        return chat

    def upgrade(self, group: Chat, id: int, *, bot: Account | None = None) -> Chat:
        """Turn the group into a supergroup under another id; the old id is refused from now on."""
        account = bot or self.bots[0]
        group.moved_to = id
        chat = account.chats[id] = Chat(id, "supergroup", group.title)
        for old, new in ((group, {"migrate_to_chat_id": id}), (chat, {"migrate_from_chat_id": group.id})):
            body: dict[str, Any] = {"message_id": account.next_message_id(), "date": int(self.clock())}
            account.push("message", {**body, "chat": old.info, **new})
        return chat

    def close(self) -> None:
        """End every long poll and every listening page at once; everybody who waits is answered."""
        self.closed = True
        for bot in self.bots:
            bot.closed = True
            bot.bell.ring()
        self.journal.bell.ring()
        self.hooks.ring()


def shown_person(person: Person) -> dict[str, Any]:
    """Return what the page knows about a person."""
    return {
        "id": person.id, "first_name": person.first_name, "language_code": person.language_code,
        "phone": person.phone, "voice_forbidden": person.voice_forbidden,
    }  # fmt: skip
