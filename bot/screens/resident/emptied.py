"""What is taken out of a chat: by 🚪, and when a person erases everything.

Guards the rule that nothing of us stays above the last word, as far as Telegram lets a bot: it deletes what is younger
than 48 hours, and edits its own messages at any age (`docs/decisions/0024-the-door.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.content.words import SOURCE, Words
from bot.messages.card import Card
from bot.messages.message import NOTHING_LEFT, Outgoing, deletions
from db.queue import said_messages, sent_messages
from db.store import Tx
from db.types.held import SAID

REACH = SAID - timedelta(minutes=5)
"""How old a message may be to be deleted: Telegram refuses a whole call for one message that is older than 48 hours."""

MOST = 100
"""Of what the bot sent before that, so many messages at most are emptied."""

NEWEST = 2**62
"""Above every id of a message."""


@dataclass(frozen=True, slots=True)
class Above:
    """The messages that stand above another one in a person's chat, by their ids.

    `sent` and `said` are young enough to be deleted: the bot's, and their own. `old` are the bot's older ones.
    """

    sent: Sequence[int]
    said: Sequence[int]
    old: Sequence[int]

    def gone(self, words: Words, person: str) -> list[Outgoing]:
        """Return what deletes or empties them.

        An old card may show what was answered a minute ago, since it is edited in place.
        """
        too_old = [emptied(words, person, message) for message in self.old]
        return [*deletions(person, [*self.sent, *self.said]), *too_old]


def take_above(tx: Tx, wijk: str, person: str, now: datetime, message: int = NEWEST) -> Above:
    """Return the messages above this one, and forget them."""
    since = now - REACH
    sent = sent_messages.take(tx, wijk, person, since, message)
    said = said_messages.take(tx, wijk, person, since, message)
    return Above(sent, said, sent_messages.take_old(tx, wijk, person, since, message, MOST))


def emptied(words: Words, person: str, message: int) -> Outgoing:
    """Return the edit that leaves nothing of us in a message; free, as it says nothing that may not wander."""
    return Card(NOTHING_LEFT, free=True, neutral=True).message(person, words, SOURCE, edit=message)
