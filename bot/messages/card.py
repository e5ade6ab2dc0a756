"""A card: a text with rows of choices, laid out as buttons in the direction in which its reader reads.

A card is the only way to a message that a person reads. Guards the rule that 🆘 is under every one of them
(`docs/decisions/0021-danger-under-every-message.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.words import Words
from bot.messages.buttons import DashboardTap, InboxTap, LeadTap, ReplyTap, Tap, encode
from bot.messages.message import INTERACTIVE, Button, Outgoing
from flows.model.heard import ChartTap

CARD = "card"
"""What a question replaces: the card of the place where its person stood before."""

WIDE = 14
"""Two buttons stand side by side when neither has more characters than this."""

TO_DANGER = ChartTap("danger", "_danger")
"""What 🆘 carries: no step and no revision, so that it works from every message, however old."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button on a card: the words on it, and the tap that is heard when a person taps it."""

    text: str
    tap: Tap


Rows = tuple[tuple[Choice, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A text with the choices under it.

    `danger` says whether its message gets 🆘. It is false for danger messages, whose text has the numbers, and for
    what is said in a group, where everybody would read the answer. `replaces` is the kind of answer of which the newest
    is enough, as `Outgoing` says.
    """

    text: str
    choices: Rows = ()
    danger: bool = True
    replaces: str = ""

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
    ) -> Outgoing:
        """Make the message for this person, who reads that language; the rest is as `Outgoing` says."""
        rows = with_danger(self.choices, words, language) if self.danger else self.choices
        buttons = tuple(tuple(Button(each.text, encode(each.tap)) for each in row) for row in rows)
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
        )


def arranged(choices: Sequence[Choice], *, rtl: bool, wide: int = WIDE) -> Rows:
    """Arrange the choices in rows of one or two.

    Telegram does not mirror rows, so rows of two are turned round for right-to-left readers.
    """
    rows: list[tuple[Choice, ...]] = []
    waiting: Choice | None = None
    for choice in choices:
        if len(choice.text) > wide:
            rows += [(waiting,)] if waiting else []
            rows.append((choice,))
            waiting = None
        elif waiting:
            rows.append((waiting, choice))
            waiting = None
        else:
            waiting = choice
    rows += [(waiting,)] if waiting else []
    return tuple(row[::-1] for row in rows) if rtl else tuple(rows)


def with_danger(rows: Rows, words: Words, language: str) -> Rows:
    """Add 🆘 below these rows: beside the last button if both are short, to save a line, else in a row of its own.

    Never beside an answer or an act: a person who aims at 🆘 must not do anything else, nor the other way round.
    """
    danger = Choice(words.phrase(language, "nav.danger"), TO_DANGER)
    last = rows[-1] if rows else ()
    if len(last) != 1 or max(len(last[0].text), len(danger.text)) > WIDE or not _shows(last[0].tap):
        return (*rows, (danger,))
    pair = (*last, danger)
    return (*rows[:-1], pair[::-1] if words.right_to_left(language) else pair)


def _shows(tap: Tap) -> bool:
    """Whether this tap only moves or shows something: a person who hits it by mistake has done nothing."""
    match tap:
        case ChartTap(answer=answer):
            return answer.startswith("_")
        case InboxTap() | ReplyTap() | LeadTap(move="view") | DashboardTap(act="home"):
            return True
        case _:
            return False
