"""What must happen after a step, as values. The core returns them; `bot` carries them out in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from flows.model.place import Place, Trail


@dataclass(frozen=True, slots=True)
class Show:
    """Draw the card of the place; `note` is a phrase that stands above it; `fresh` sends a new message."""

    note: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Overlay:
    """Say something without moving: the languages, danger, *waarom*, a kind answer to typed text, …

    `kind` is a key of `[overlays]` in the phrases, or one of `language`, `danger`, `why`, `data`, `help`. `languages`
    are those in which the sender cried for help, if the words tell.
    """

    kind: str
    argument: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refer:
    """Hand over what was agreed on this trail; the place itself keeps nothing of it."""

    trail: Trail


@dataclass(frozen=True, slots=True)
class Relay:
    """Send these words about this lead to the `resident` or to the `partner` who took it.

    Those that are `translated` are in the reader's language; what was `spoken` is kept as `Voice` says.
    With a change of what is shared, the `trail` holds what the resident said.
    """

    to: str
    lead: int
    text: str
    translated: bool = False
    spoken: bool = False
    trail: Trail = ()


@dataclass(frozen=True, slots=True)
class Erase:
    """Forget everything about this person."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The resident stops the help of the lead with this token."""

    lead: str


@dataclass(frozen=True, slots=True)
class Enter:
    """Somebody came in through a link or typed a code: an invitation or an event."""

    code: str


Effect = Show | Overlay | Refer | Relay | Erase | Withdraw | Enter


@dataclass(frozen=True, slots=True)
class Stepped:
    """The place after one update, and what must happen."""

    place: Place
    effects: tuple[Effect, ...] = ()
