"""One update, or one tick, while it is handled: who said it, where they stand, and the messages that it leads to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.messages.card import Card
from bot.messages.message import INTERACTIVE, NOTICE, Incoming, Outgoing
from bot.messages.ticks import Unreachable
from db.people.conversations import Conversation
from db.store import Tx
from flows.model.place import Place
from flows.model.wijk import Wijk


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn comes to besides its messages and its place.

    `forgotten`: the person is forgotten, keep nothing. `withdrawn` are the leads about which nobody but their resident
    may read any more what was decided before. `wijk_changed`: a switch, or who reads which inbox.
    `answered`: who acted read an answer already, and needs no card now.
    """

    forgotten: bool = False
    withdrawn: tuple[int, ...] = ()
    wijk_changed: bool = False
    answered: bool = False

    def __or__(self, other: Outcome) -> Outcome:
        """What both come to."""
        if self is NOTHING:
            return other
        if other is NOTHING:
            return self
        return Outcome(
            self.forgotten or other.forgotten,
            (*self.withdrawn, *other.withdrawn),
            self.wijk_changed or other.wijk_changed,
            self.answered or other.answered,
        )

    def lets_stand(self, message: Outgoing, person: str) -> bool:
        """Whether a message decided before in this batch may still go out, now that this person's turn was taken."""
        if message.to == person:
            return not self.forgotten
        return message.lead not in self.withdrawn


NOTHING = Outcome()
"""Of most turns: a place and messages, and nothing more."""


@dataclass(slots=True)
class Turn:
    """Lives for one update or tick within one transaction; `out` are the messages so far, in order.

    The messages get their ids when the turns of a batch are done. `alike` holds, per person and kind, which of them are
    notices that become one when they are many.

    `sender` is the id of the person who tapped or typed, `subject` of the person whom it is about: the same, unless a
    worker fills in for a resident. The sender is empty when nobody knows who tapped.
    """

    tx: Tx
    cause: Incoming | Unreachable
    sender: str
    subject: str
    wijk: Wijk
    now: datetime
    conversation: Conversation
    place: Place | None
    out: list[Outgoing] = field(default_factory=list)
    alike: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    @property
    def incoming(self) -> Incoming:
        """The update in hand. LookupError in a tick, in which nobody said anything."""
        if not isinstance(self.cause, Incoming):
            raise LookupError("nobody said anything")
        return self.cause

    @property
    def me(self) -> str:
        """Who reads the answer: the person whose chat it is."""
        return self.conversation.person

    @property
    def language(self) -> str:
        """The language they chose; before that the app's if we speak it, else Dutch."""
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
    ) -> None:
        """Add a message to anybody.

        `priority` counts for new messages to others; what whoever said this gets, and every edit, goes before those.
        `lead` is the lead that it is about; `view`: it shows that lead to a member.
        """
        if to == self.me or edit is not None:
            priority = min(priority, INTERACTIVE)
        if kind and edit is None:
            self.alike.setdefault((to, kind), []).append(len(self.out))
        self._add(Outgoing(0, to, card.text, card.buttons, edit=edit, priority=priority, lead=lead, view=view))

    def show(self, card: Card, *, fresh: bool = False) -> None:
        """Show this as the person's card: an edit of the card that was tapped, else a new message below."""
        tapped = self.incoming.message
        own = tapped is not None and self.conversation.card in (None, tapped)
        edit = tapped if own and not fresh else None
        if own and fresh:
            self._add(Outgoing(0, self.me, "", edit=tapped))  # the outcome stays, its buttons go
        self.conversation = replace(self.conversation, card=edit)
        self._add(Outgoing(0, self.me, card.text, card.buttons, edit=edit, card=True))

    def ask_contact(self, text: str, button: str) -> None:
        """A message with the share-my-number button; it cannot stand on the card itself."""
        self._add(Outgoing(0, self.me, text, ask_contact=button))

    def drop_keyboard(self, text: str) -> None:
        """A message that takes the share-my-number button away."""
        self._add(Outgoing(0, self.me, text, drop_keyboard=True))

    def _add(self, message: Outgoing) -> None:
        self.out.append(message)
