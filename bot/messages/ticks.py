"""Turns without an update: the clock or delivery asks for them. They go through the same door as updates."""

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
class RemoveMember:
    """Whoever runs the bot removes this person from the organisation of the membership with this handle."""

    person: str
    handle: str


@dataclass(frozen=True, slots=True)
class ForgetWhatIsDue:
    """The clock says that some of the stored data may be too old. A slice of it is forgotten."""


@dataclass(frozen=True, slots=True)
class OpenAgain:
    """The clock asks which partners are open again since the last look, because their last day away is over."""


@dataclass(frozen=True, slots=True)
class LookAtLeads:
    """The clock asks at which open leads it is time to look: to ask, to tell, or to give them to the coordinator."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """These messages arrived, but an erasure or a withdrawal took them out of the outbox while they were under way."""

    messages: Sequence[SentMessage]


@dataclass(frozen=True, slots=True)
class Cleared:
    """The neutral line reached this person, as `message`: what stands above it is to be deleted."""

    person: str
    message: int


Tick = Unreachable | RemoveMember | ForgetWhatIsDue | OpenAgain | LookAtLeads | TakenBack | Cleared


@dataclass(frozen=True, slots=True)
class Ticked:
    """The result of a tick: the messages that it put into the outbox, and how much was done of each kind."""

    messages: Sequence[Outgoing] = ()
    done: Mapping[str, int] = field(default_factory=dict)

    @property
    def all_done(self) -> bool:
        """Whether nothing more is due at this moment."""
        return not any(self.done.values())
