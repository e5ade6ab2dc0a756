"""A card: a text with rows of choices, laid out as buttons in the direction in which its reader reads.

A card is the only way to a message that a person reads. Guards the rule that 🆘 is under every one of them
(`docs/decisions/0021-danger-under-every-message.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.content.words import SOURCE, Words
from bot.messages.message import INTERACTIVE, Button, Outgoing, deletions
from bot.messages.taps.buttons import Tap, encode
from bot.messages.taps.residents import HelpTap, HideTap
from db.queue.sent_messages import SentMessage
from flows.model.heard import ChartTap, NoTap

CARD = "card"
"""What a question replaces: the card of the place where its person stood before."""

WIDE = 14
"""Two buttons stand side by side when neither has more characters than this."""

THIRD = 11
"""And three when none has more than this."""

COPIED = 256
"""The most characters that a button can copy."""

TO_DANGER = ChartTap("danger", "_danger")
"""What 🆘 carries: no step and no revision, so that it works from every message, however old."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button on a card: the words on it, and the tap that is heard when a person taps it.

    With `copy` nothing is heard: the reader takes these characters along, at most 256.
    """

    text: str
    tap: Tap = field(default_factory=NoTap)
    copy: str = ""


Rows = tuple[tuple[Choice, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A text with the choices under it.

    `danger` says whether its message gets 🆘. It is false for danger messages, whose text has the numbers, and for
    what is said in a group, where everybody would read the answer. `door` says whether it gets 🚪; what is `neutral`
    tells nothing of us, and has neither. `replaces` is the kind of answer of which the newest is enough, and `free`
    means that whoever works here may pass it on, as `Outgoing` says.
    """

    text: str
    choices: Rows = ()
    danger: bool = True
    replaces: str = ""
    free: bool = False
    door: bool = True
    neutral: bool = False

    def message(
        self,
        to: str,
        words: Words,
        language: str,
        *,
        edit: int | None = None,
        card: bool = False,
        priority: int = INTERACTIVE,
        lead: int | None = None,
        view: bool = False,
        address: str = "",
        reply_to: int | None = None,
        free: bool = False,
    ) -> Outgoing:
        """Make the message for this person, who reads that language; the rest is as `Outgoing` says."""
        rows = with_danger(self.choices, words, language) if self.danger and not self.neutral else self.choices
        rows = with_door(rows, words, language) if self.door and not self.neutral else rows
        buttons = tuple(tuple(_button(each) for each in row) for row in rows)
        return Outgoing(
            0,
            to,
            self.text,
            buttons,
            edit=edit,
            card=card,
            priority=priority,
            lead=lead,
            view=view,
            address=address,
            reply_to=reply_to,
            replaces=self.replaces if edit is None else "",
            free=free or self.free,
            neutral=self.neutral,
        )

    def instead_of(
        self, one: SentMessage, words: Words, *, lead: int | None = None, priority: int = INTERACTIVE
    ) -> Outgoing:
        """Put this card in the place of what a member was sent; a sound cannot be emptied, and is deleted."""
        if one.goes_at is not None:
            return deletions(one.person, [one.message])[0]
        return self.message(one.person, words, SOURCE, edit=one.message, priority=priority, lead=lead)


def arranged(choices: Sequence[Choice], *, rtl: bool, wide: int = WIDE, waits: bool = False) -> Rows:
    """Arrange the choices in rows of one or two.

    Telegram does not mirror rows, so rows of two are turned round for right-to-left readers. With `waits` a short
    choice above a long one waits for the next short one, which saves a row.
    """
    rows: list[tuple[Choice, ...]] = []
    waiting: Choice | None = None
    for choice in choices:
        if len(choice.text) > wide:
            if waiting and not waits:
                rows.append((waiting,))
                waiting = None
            rows.append((choice,))
        elif waiting:
            rows.append((waiting, choice))
            waiting = None
        else:
            waiting = choice
    rows += [(waiting,)] if waiting else []
    return tuple(row[::-1] for row in rows) if rtl else tuple(rows)


def with_danger(rows: Rows, words: Words, language: str) -> Rows:
    """Add 🆘 below these rows: beside a last button that only moves, if both are short, else in a row of its own.

    Never beside an answer or an act: a person who aims at 🆘 must not do anything else, nor the other way round. Below
    what members read it stands alone.
    """
    danger = Choice(words.phrase(language, "nav.danger"), TO_DANGER)
    last = rows[-1] if rows else ()
    if len(last) != 1 or max(len(last[0].text), len(danger.text)) > WIDE or not _moves(last[0].tap):
        return (*rows, (danger,))
    pair = (*last, danger)
    return (*rows[:-1], pair[::-1] if words.right_to_left(language) else pair)


def with_door(rows: Rows, words: Words, language: str) -> Rows:
    """Add 🚪 where it costs no line: in the last row, with 🌐 between it and 🆘. Else it stands below everything.

    It empties the chat at one tap, so it is never beside 🆘, an answer, or what its reader came for.
    """
    door, rtl = Choice(words.phrase(language, "nav.hide"), HideTap()), words.right_to_left(language)
    last = rows[-1] if rows else ()
    others = [each.tap for each in last if each.tap != TO_DANGER] if len(last) < 3 else []
    beside = len(others) == 1 and isinstance(others[0], ChartTap) and others[0].answer == "_language"
    if beside and max(len(each.text) for each in last) <= (WIDE, THIRD)[len(last) - 1]:
        return (*rows[:-1], (*last, door) if rtl else (door, *last))
    return (*rows, (door,))


def _button(choice: Choice) -> Button:
    return Button(choice.text, copy=choice.copy) if choice.copy else Button(choice.text, encode(choice.tap))


def _moves(tap: Tap) -> bool:
    """Whether this is a way to move: a person who hits it by mistake has done nothing, and nobody came for it."""
    match tap:
        case ChartTap(answer=answer):
            return answer.startswith("_")
        case HelpTap():
            return True
        case _:
            return False
