"""A simulator: the real `handle` and a real store, without a network. For the terminal and for the transcripts.

It knows people by address, shows them their messages at once (edits in place), and taps by label.
"""

from __future__ import annotations

import secrets as dice
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.content.loaded import Content
from bot.handle import Handle, clock
from bot.messages.attachment import Attachment
from bot.messages.card import TO_DANGER
from bot.messages.message import Button, Incoming, Outgoing, Quoted
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.residents import HideTap
from bot.messages.ticks import Cleared, Unreachable
from bot.runtime.delivery.results import note_sent
from db.people import addresses
from db.queue import outbox
from db.store import Store
from flows.model.heard import Command, Contact, Heard, Text, Voice

CHANNEL = "telegram"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a person sees it now. `reply_to` is the message of theirs to which it is a reply."""

    id: int
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    ask_contact: str = ""
    reply_to: int | None = None
    file: Attachment | None = None

    @property
    def sound(self) -> str:
        """What the channel calls the sound in it; empty when there is none."""
        return self.file.file_id if self.file is not None else ""


@dataclass(slots=True)
class Person:
    """A person in the simulator. `chat` holds their messages in order, `news` those that came since the last act.

    `typed` holds what they typed, and `spoken` what they spoke, by the ids of those messages; `menu` is their own
    command menu. `find` asks the store for the person at an address.
    """

    address: str
    name: str
    language: str = "nl"
    chat: dict[int, Shown] = field(default_factory=dict)
    news: list[Shown] = field(default_factory=list)
    find: Callable[[str], str | None] = lambda address: None
    known: str = ""
    typed: dict[int, str] = field(default_factory=dict)
    spoken: dict[int, Voice] = field(default_factory=dict)
    menu: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """The id by which the store knows them, or knew them before they were forgotten; empty for a stranger."""
        self.recognise()
        return self.known

    def recognise(self) -> None:
        """Ask the store who they are; a person who was forgotten keeps the id that they had."""
        self.known = self.find(self.address) or self.known

    @property
    def card(self) -> Shown:
        """The last message that has more buttons than 🆘 and 🚪. Raises LookupError when there is none."""
        found = [
            each
            for each in self.chat.values()
            if any(decode(b.data) not in (TO_DANGER, HideTap()) for r in each.buttons for b in r)
        ]
        if not found:
            raise LookupError("no message with buttons is shown")
        return found[-1]

    def button(self, label: str) -> tuple[Shown, Button]:
        """Return the button with that label, on the newest message that has it. LookupError names what there is."""
        for shown in reversed(self.chat.values()):
            for row in shown.buttons:
                for each in row:
                    if each.text == label:
                        return shown, each
        seen = [each.text for shown in self.chat.values() for row in shown.buttons for each in row]
        raise LookupError(f"no button [{label}]; there is {seen[-16:]}")


class Simulator:
    """Plays updates through `handle`, one after another. `now` and `choose` are those of `Handle`."""

    def __init__(
        self,
        content: Content,
        store: Store,
        now: Callable[[], datetime] = clock,
        username: str = "",
        choose: Callable[[str], str] = dice.choice,
    ) -> None:
        self.handle = Handle(content, store, username=username, now=now, choose=choose)
        self.content, self.store = content, store
        self.people: dict[str, Person] = {}
        self._updates = self._messages = 0

    def person(self, address: str, name: str, language: str = "nl") -> Person:
        """Return the person at this address, who is new if nobody knows them yet."""
        return self.people.setdefault(address, Person(address, name, language, find=self._find))

    def _find(self, address: str) -> str | None:
        with self.store.read() as tx:
            return addresses.find(tx, self.content.wijk.id, address)

    def tap(self, person: Person, label: str) -> list[Shown]:
        """Tap a button by its label."""
        shown, button = person.button(label)
        return self.press(person, shown.id, button.data)

    def press(self, person: Person, message: int | None, data: str) -> list[Shown]:
        """Send what a button carries, even when it is no longer shown."""
        return self.hear(person, decode(data), message)

    def type(self, person: Person, text: str, *, answers: int | None = None) -> list[Shown]:
        """Type words, or a command; with `answers` as a reply to that message of the bot."""
        if text.startswith("/"):
            name, _, argument = text[1:].partition(" ")
            return self.hear(person, Command(name.lower(), argument.strip()))
        return self.hear(person, Text(text), answers)

    def speak(self, person: Person, seconds: int, *, answers: int | None = None) -> list[Shown]:
        """Send a voice message; with `answers` as a reply to that message of the bot."""
        return self.hear(person, sound_of(person, seconds), answers)

    def share(self, person: Person, phone: str, *, own: bool = True) -> list[Shown]:
        """Share a phone number."""
        return self.hear(person, Contact(phone, own))

    def hear(self, person: Person, heard: Heard | Tap, message: int | None = None) -> list[Shown]:
        """Handle one update; return what this person then sees anew. Others find theirs in their `news`."""
        self.hear_all([(person, heard, message)])
        return list(person.news)

    def hear_all(self, said: Sequence[tuple[Person, Heard | Tap, int | None]]) -> None:
        """Handle updates that came in together, in one transaction: (who, what, the message that was tapped).

        With typed words it is the message that they are a reply to.
        """
        batch = []
        for person, heard, message in said:
            self._updates += 1
            batch.append(
                Incoming(
                    CHANNEL,
                    self._updates,
                    person.address,
                    person.address,
                    heard,
                    None if isinstance(heard, Text | Voice) else message,
                    None,
                    person.language,
                    person.name,
                    said_in=self._written(person, heard),
                    quoted=self._quoted(person, message),
                    answers=self._answered(person, heard, message),
                )
            )
            person.news.clear()
        self.deliver(self.handle(batch))
        for person, _, _ in said:
            person.recognise()

    def _written(self, person: Person, heard: Heard | Tap) -> int | None:
        """Keep what this person typed or spoke as a message of theirs; return its id."""
        if not isinstance(heard, Text | Voice):
            return None
        self._messages += 1
        if isinstance(heard, Voice):
            person.spoken[self._messages] = heard
        else:
            person.typed[self._messages] = heard.text
        return self._messages

    def _quoted(self, person: Person, message: int | None) -> Quoted | None:
        """Return the words of this person to which that message is a reply, as a channel gives them back."""
        tapped = person.chat.get(message or 0)
        said = tapped.reply_to if tapped is not None else None
        if said in person.spoken:
            return Quoted(said, "", person.spoken[said])
        return Quoted(said, person.typed[said]) if said in person.typed else None

    def _answered(self, person: Person, heard: Heard | Tap, message: int | None) -> Quoted | None:
        """Return the message of the bot that these words are a reply to, as it is shown now."""
        shown = person.chat.get(message or 0) if isinstance(heard, Text | Voice) else None
        return Quoted(shown.id, shown.text) if shown is not None else None

    def lose(self, person: Person) -> None:
        """Take the tick that a message to this person could not arrive, now or ever, as delivery finds out."""
        for each in self.people.values():
            each.news.clear()
        self.deliver(list(self.handle.tick(Unreachable(person.id)).messages))

    def deliver(self, messages: list[Outgoing]) -> None:
        """Do what delivery does: show the messages, and note which is a person's card."""
        sent: list[tuple[Outgoing, int]] = []
        for message in messages:
            person = self.person(message.reached_at, "")
            if message.menu is not None:
                person.menu = message.menu
                continue
            if message.delete:
                for gone in message.delete:
                    person.chat.pop(gone, None)
                    person.typed.pop(gone, None)
                    person.spoken.pop(gone, None)
                continue
            if message.edit is not None and message.neutral and message.edit not in person.chat:
                continue  # nothing is left there to take away
            if message.edit in person.chat and not person.chat[message.edit].sound:
                before = person.chat[message.edit]
                shown = replace(before, text=message.text or before.text, buttons=message.buttons)
            else:
                self._messages += 1
                reply_to = message.reply_to if message.reply_to in (*person.typed, *person.spoken) else None
                shown = Shown(self._messages, message.text, message.buttons, message.ask_contact, reply_to)
                shown = replace(shown, file=message.attachment)
                sent.append((message, shown.id))
            person.chat[shown.id] = shown
            if message.text:  # a message that only lost its buttons is no news
                person.news.append(shown)
        with self.store.write() as tx:
            note_sent(tx, self.content.wijk.id, sent, self.handle.now())
            outbox.done(tx, self.content.wijk.id, [message.id for message in messages])
        for message, made in sent:
            if message.clears:
                self.deliver(list(self.handle.tick(Cleared(message.to, made)).messages))


def sound_of(person: Person, seconds: int) -> Voice:
    """Return what this person says in so many seconds, under a name that the channel would give it."""
    return Voice(f"sound-{person.address.rpartition(':')[2]}-{seconds}", seconds, size=seconds * 4000)
