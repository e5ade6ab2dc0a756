"""Turns without an update: what the clock or delivery says. They go through the same door as what people say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.messages.message import Outgoing
from db.queue.sent_messages import SentMessage


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A message to this person could not arrive, now or ever: they blocked the bot, or their account is gone."""

    person: str


@dataclass(frozen=True, slots=True)
class ForgetWhatIsDue:
    """The clock says that some of what is kept may be too old. A slice of it is forgotten."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """These messages arrived, and while they were under way an erasure or a withdrawal took them out of the outbox."""

    messages: Sequence[SentMessage]


Tick = Unreachable | ForgetWhatIsDue | TakenBack


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick led to: the messages that stand in the outbox now, and how much was done of each kind."""

    messages: Sequence[Outgoing] = ()
    done: Mapping[str, int] = field(default_factory=dict)

    @property
    def all_done(self) -> bool:
        """Whether nothing more is due at this moment."""
        return not any(self.done.values())
