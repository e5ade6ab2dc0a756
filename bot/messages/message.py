"""Plain frozen values that travel between the modules of `bot`: updates coming in and messages going out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.messages.attachment import Attachment
from bot.messages.taps.buttons import Tap
from db.queue.outbox import Message
from flows.hear.clean import clean_name
from flows.model.heard import Heard, Voice


@dataclass(frozen=True, slots=True)
class Quoted:
    """An earlier message, as it is now: the channel gives it back with a reply to it. `message` is its id.

    `voice` is what was spoken in it, if that is what it is.
    """

    message: int
    text: str
    voice: Voice | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update from a channel.

    `id` is the channel's update id (unique per wijk and channel). `sender` and `conversation` are addresses such as
    `telegram:1001`; they are the same in a private chat. After the intake people are known by their ids. `message` is
    the id of the message whose button was tapped, `query` the channel's token to answer a tap, `language` the app's
    language (a hint, nothing more), `name` the first name that the channel shows: clean, and empty when nothing of it
    can be seen or kept. Messages that were sent together, as one album, have the same `album`. `said_in` is the id of
    the message that the sender wrote; `quoted` is the sender's own message to which the tapped one is a reply;
    `answers` is the bot's message to which the sender wrote a reply.
    """

    channel: str
    id: int
    sender: str
    conversation: str
    heard: Heard | Tap
    message: int | None = None
    query: str | None = None
    language: str = ""
    name: str = ""
    album: str = ""
    said_in: int | None = None
    quoted: Quoted | None = None
    answers: Quoted | None = None

    def __post_init__(self) -> None:
        """Clean the name, whatever channel it comes from: nobody else shows or keeps it as it came."""
        if self.name:
            object.__setattr__(self, "name", clean_name(self.name))


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a message: `data` (at most 64 bytes) comes back when it is tapped.

    `url` opens a page instead, and `copy` (at most 256 characters) is put where the reader can paste it.
    """

    text: str
    data: str = ""
    url: str = ""
    copy: str = ""


DANGER, INTERACTIVE, NOTICE, REPORT = PRIORITIES = range(-1, 3)
"""Which message goes first: the lowest number before all others. DANGER holds numbers to call for a person in danger,
or the line that hides a chat, and takes the next place in the limit; INTERACTIVE is the answer to the person who just
acted; NOTICE is what others are told about it; REPORT is what a coordinator looks into in the next working days."""


DELETED, NOTHING_LEFT = 100, "👋"
"""The most messages that one call deletes; and all that is left in one of the bot's that is too old to be deleted."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that was decided in a transaction and is delivered afterwards.

    `id` is drawn from the sequence of the wijk when its turn is done; ids only rise. `to` is a person's id, and
    `address` is where they are reached, such as `telegram:1001`; it is filled in when the turn is done. A group has no
    id, so `to` is its address.

    `edit` is the message to edit in place; when that fails a new message is sent. With an empty `text` an edit only
    takes the buttons away. `card`: this message is the person's card from now on. `ask_contact` is the text of a
    share-my-number button (a reply keyboard); `drop_keyboard` takes such a keyboard away again. `attachment` is a file
    with `text` below it. Without `buttons` no keyboard is shown. `reply_to` is the reader's message that this one is a
    reply to; when that is gone it is sent without.

    `menu` makes it no message at all: the reader's command menu becomes these pairs of a command and what it does, or,
    when there are none, that of everybody.

    `priority` is one of `PRIORITIES`; edits are `INTERACTIVE`, because they cost nothing and must stay in order. `lead`
    is the lead that the message is about; with `view` a member has that lead open in it, so that it can be blanked
    later.

    `protected`: it cannot be forwarded, saved or copied from. So are all messages to somebody who works here
    (`bot/messages/posting.py`), but not those that are `free`: the charts that everybody reads, and what is there to be
    passed on, such as an invitation.

    `sealed` is the token of the notice that this message is, when what it is about is kept apart until it is opened,
    or of the notice that it shows the content of.
    `neutral`: it tells nothing of us, and goes out while its reader keeps the chat hidden. `clears`: once it arrived,
    everything above it that can be deleted is. `delete` holds messages to delete, at most 100; then nothing is said.

    `fleeting`: it is a sound, which cannot be emptied. It is protected, and deleted again within a day.

    `replaces` is the kind of an answer of which the newest is enough: while several of one kind wait for a person, only
    the newest is sent. What must arrive has none: receipts, consent cards, words of another person, notices, danger.
    """

    id: int
    to: str
    text: str
    buttons: tuple[tuple[Button, ...], ...] = field(default=())
    edit: int | None = None
    card: bool = False
    ask_contact: str = ""
    drop_keyboard: bool = False
    attachment: Attachment | None = None
    priority: int = INTERACTIVE
    lead: int | None = None
    view: bool = False
    address: str = ""
    reply_to: int | None = None
    replaces: str = ""
    sealed: str = ""
    free: bool = False
    protected: bool = False
    menu: tuple[tuple[str, str], ...] | None = None
    neutral: bool = False
    clears: bool = False
    delete: tuple[int, ...] = ()
    fleeting: bool = False

    @property
    def reached_at(self) -> str:
        """The address that the channel sends to."""
        return self.address or self.to

    @property
    def can_be_held(self) -> bool:
        """Whether this may not go out while its reader keeps the chat hidden: every new message, but never danger.

        What stood behind a notice is one, too: it came as an edit, and is stored nowhere else any more.
        """
        new = self.edit is None or bool(self.sealed)
        return new and self.priority != DANGER and not self.neutral and not self.delete and self.menu is None

    @property
    def is_news(self) -> bool:
        """Whether this must be held for when the chat is opened: no card that is drawn again then, and no answer.

        Of answers the newest is enough; news from others is held, even where that is so.
        """
        answer = bool(self.replaces) and self.priority <= INTERACTIVE
        return self.can_be_held and not self.card and not answer and not self.drop_keyboard

    @property
    def held(self) -> Outgoing:
        """This message as it is held: a new one, since what it was to edit is deleted."""
        return replace(self, edit=None)


def to_row(message: Outgoing) -> Message:
    """Return the row of the outbox that holds this message until it is delivered."""
    return Message(
        message.id,
        message.to,
        to_dict(message),
        priority=message.priority,
        lead=message.lead,
        replaces=message.replaces or None,
    )


def from_row(row: Message) -> Outgoing:
    """Return the message in this row of the outbox."""
    return replace(from_dict(row.id, row.to, row.payload, row.priority, row.lead), replaces=row.replaces or "")


def to_dict(message: Outgoing) -> dict[str, Any]:
    """Return what the outbox keeps of a message besides what has a column of its own; only what is not empty."""
    kept: dict[str, Any] = {"text": message.text}
    if message.address:
        kept["at"] = message.address
    if message.buttons:
        kept["buttons"] = [[_written(b) for b in row] for row in message.buttons]
    if message.edit is not None:
        kept["edit"] = message.edit
    if message.card:
        kept["card"] = True
    if message.ask_contact:
        kept["ask_contact"] = message.ask_contact
    if message.drop_keyboard:
        kept["drop_keyboard"] = True
    if message.attachment is not None:
        kept["attachment"] = message.attachment.to_dict()
    if message.view:
        kept["view"] = True
    if message.reply_to is not None:
        kept["reply_to"] = message.reply_to
    if message.sealed:
        kept["sealed"] = message.sealed
    if message.protected:
        kept["protected"] = True
    if message.menu is not None:
        kept["menu"] = [list(each) for each in message.menu]
    if message.neutral:
        kept["neutral"] = True
    if message.clears:
        kept["clears"] = True
    if message.delete:
        kept["delete"] = list(message.delete)
    if message.fleeting:
        kept["fleeting"] = True
    return kept


def from_dict(
    id: int, to: str, kept: Mapping[str, Any], priority: int = INTERACTIVE, lead: int | None = None
) -> Outgoing:
    """Return the message that `to_dict` wrote down. Raises KeyError when it has no text."""
    return Outgoing(
        id=id,
        to=to,
        text=kept["text"],
        buttons=tuple(tuple(Button(*button) for button in row) for row in kept.get("buttons", ())),
        edit=kept.get("edit"),
        card=kept.get("card", False),
        ask_contact=kept.get("ask_contact", ""),
        drop_keyboard=kept.get("drop_keyboard", False),
        attachment=Attachment.from_dict(kept["attachment"]) if "attachment" in kept else None,
        priority=priority,
        lead=lead,
        view=kept.get("view", False),
        address=kept.get("at", ""),
        reply_to=kept.get("reply_to"),
        sealed=kept.get("sealed", ""),
        protected=kept.get("protected", False),
        menu=tuple((command, does) for command, does in kept["menu"]) if "menu" in kept else None,
        neutral=kept.get("neutral", False),
        clears=kept.get("clears", False),
        delete=tuple(kept.get("delete", ())),
        fleeting=kept.get("fleeting", False),
    )


def deletions(person: str, messages: Iterable[int]) -> list[Outgoing]:
    """Return what deletes these messages from this person's chat, the newest first."""
    ids = sorted(set(messages), reverse=True)
    return [
        Outgoing(0, person, "", delete=tuple(ids[first : first + DELETED])) for first in range(0, len(ids), DELETED)
    ]


def _written(button: Button) -> list[str]:
    return [button.text, button.data, button.url, *([button.copy] if button.copy else [])]
