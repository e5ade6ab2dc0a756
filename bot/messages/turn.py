"""One update, or one tick, while it is handled: who said it, where they stand, and the messages that it leads to."""

from __future__ import annotations

import secrets as dice
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.content.words import SOURCE, Words
from bot.messages.card import Card
from bot.messages.message import INTERACTIVE, NOTICE, Incoming, Outgoing
from bot.messages.ticks import LookAtLeads, OpenAgain, RemoveMember, Unreachable
from db.people.conversations import Conversation
from db.store import Tx
from flows.model.names import CALL_FOR, ON_REGISTER
from flows.model.place import Place
from flows.model.wijk import Wijk


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn leads to besides its messages and its place.

    `forgotten`: the person was forgotten, so nothing is kept. `withdrawn`: leads that were withdrawn; a message about
    them that was decided before may reach nobody but their resident. `wijk_changed`: a switch changed, or who reads
    which inbox. `answered`: the sender has read an answer already, and needs no card now. `departed`: pairs of a member
    and a lead that they may not see any more; no message that was decided before brings one to the other.
    """

    forgotten: bool = False
    withdrawn: tuple[int, ...] = ()
    wijk_changed: bool = False
    answered: bool = False
    departed: tuple[tuple[str, int], ...] = ()

    def __or__(self, other: Outcome) -> Outcome:
        """Return the outcome of both together."""
        if self is NOTHING:
            return other
        if other is NOTHING:
            return self
        return Outcome(
            self.forgotten or other.forgotten,
            (*self.withdrawn, *other.withdrawn),
            self.wijk_changed or other.wijk_changed,
            self.answered or other.answered,
            (*self.departed, *other.departed),
        )

    def lets_stand(self, message: Outgoing, person: str) -> bool:
        """Return whether a message that was decided earlier in this batch may go out after this person's turn."""
        if message.to == person:
            return not self.forgotten and (message.to, message.lead) not in self.departed
        return message.lead not in self.withdrawn and (message.to, message.lead) not in self.departed


MINE = (*ON_REGISTER, CALL_FOR)
"""Steps whose number is of no lead."""

NOTHING = Outcome()
"""The outcome of most turns: a place and messages, and nothing more."""


@dataclass(slots=True)
class Turn:
    """One update or tick while it is handled in a transaction; `out` holds the messages so far, in order.

    The messages get their ids when the turns of a batch are done. `alike` holds, per person and kind, the positions in
    `out` of notices that become one when there are many. `left` holds the leads that left an inbox in this turn: what
    was decided about them before, in this batch, reaches nobody who may not see them any more.

    `sender` is the id of the person who tapped or typed, `subject` the id of the person whom it is about: the same,
    unless a worker fills in for a resident. The sender is empty when nobody knows who tapped. `choose` picks a
    character at random.
    """

    tx: Tx
    cause: Incoming | Unreachable | RemoveMember | OpenAgain | LookAtLeads
    sender: str
    subject: str
    wijk: Wijk
    words: Words
    now: datetime
    conversation: Conversation
    place: Place | None
    out: list[Outgoing] = field(default_factory=list)
    alike: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    choose: Callable[[str], str] = dice.choice

    @property
    def incoming(self) -> Incoming:
        """The update in hand. Raises LookupError in a tick, in which nobody said anything."""
        if not isinstance(self.cause, Incoming):
            raise LookupError("nobody said anything")
        return self.cause

    @property
    def me(self) -> str:
        """The person whose chat it is, and who reads the answer."""
        return self.conversation.person

    @property
    def language(self) -> str:
        """The language that this person chose; before that the app's language if we speak it, else Dutch."""
        if self.place is not None and self.place.language:
            return self.place.language
        return self.wijk.language(self.cause.language if isinstance(self.cause, Incoming) else "")

    def say(
        self,
        to: str,
        card: Card,
        *,
        edit: int | None = None,
        priority: int = NOTICE,
        lead: int | None = None,
        view: bool = False,
        kind: str = "",
        language: str = "",
        reply_to: int | None = None,
    ) -> None:
        """Add a message to anybody.

        `priority` counts for new messages to others and to groups; messages to `me`, and all edits, go before those.
        `lead` is the lead that the message is about; with `view` it shows that lead to a member. `language` is what the
        reader reads; by default that of `me`, and Dutch for others: they are members then. `reply_to` is their message
        that this one is a reply to.
        """
        if (to == self.me and ":" not in to) or edit is not None:  # a group has no id, only an address
            priority = min(priority, INTERACTIVE)
        if kind and edit is None:
            self.alike.setdefault((to, kind), []).append(len(self.out))
        language = language or (self.language if to == self.me else SOURCE)
        self._add(
            card.message(
                to, self.words, language, edit=edit, priority=priority, lead=lead, view=view, reply_to=reply_to
            )
        )

    def show(self, card: Card, *, fresh: bool = False) -> None:
        """Show this as the person's card: edit the card that was tapped, or else send a new message below."""
        tapped = self.incoming.message
        own = tapped is not None and self.conversation.card in (None, tapped)
        edit = tapped if own and not fresh else None
        if own and fresh:
            self.retire()
        if self.conversation.card != edit:
            self.conversation = replace(self.conversation, card=edit)
        at = self.place
        charted = at is None or at.step in MINE or not at.step.startswith("relay.")  # those may name a resident
        lead = None if at is None or charted else at.about or None
        self._add(card.message(self.me, self.words, self.language, edit=edit, card=True, free=charted, lead=lead))

    def retire(self) -> None:
        """Take the buttons of the tapped message away, once; what it says stays."""
        tapped = self.incoming.message
        if tapped is not None and all(each.edit != tapped for each in self.out):
            self._add(Outgoing(0, self.me, "", edit=tapped))

    def ask_contact(self, text: str, button: str) -> None:
        """Add a message with the share-my-number button; it cannot stand on the card itself."""
        self._add(Outgoing(0, self.me, text, ask_contact=button, replaces="ask_contact"))

    def drop_keyboard(self, text: str) -> None:
        """Add a message that takes the share-my-number button away."""
        self._add(Outgoing(0, self.me, text, drop_keyboard=True))

    def set_menu(self, person: str, commands: tuple[tuple[str, str], ...]) -> None:
        """Give this person a command menu of their own, or with no commands the menu of everybody again."""
        self._add(Outgoing(0, person, "", menu=commands, priority=NOTICE, replaces="menu"))

    def _add(self, message: Outgoing) -> None:
        self.out.append(message)
