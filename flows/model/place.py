"""Where a conversation stands: its only memory. It is frozen: a step makes a new place and never changes an old one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TYPED = "_typed"
"""The answer id of words that were typed, or of a number that was shared."""

SPOKEN = "_spoken"
"""The answer id of what was spoken instead of typed: its text is `Voice.kept`, and it follows the same arrow."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer on the trail: the step, and the answers (several in a `many` question).

    `text` holds the words if they were typed, and under a yes to sharing the mark of what was shown.
    """

    step: str
    answers: tuple[str, ...]
    text: str = ""


Trail = tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Where a resident was before they went elsewhere, with the ticks and the answers that were kept.

    `refused` is None but after a handover: then it names the destinations that they said no to on a consent card.
    """

    step: str
    trail: Trail = ()
    picked: tuple[str, ...] = ()
    kept: Trail = ()
    refused: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A step and the trail that led to it.

    `revision` grows by one with every move. Every button carries the revision it was drawn for, which tells old and
    doubled buttons. `picked` are the answers ticked so far in a `many` question; a tick is no move.
    `language` is None until the resident chose one. `left` is where they were when they opened the menu, or
    what they can still ask after a handover. `about` is
    the lead that a message is being written about, or was (0: none). `kept` are answers that still count after the
    charts changed, to questions that come after the one that must be asked again; any move but an answer or *back*
    drops them.
    """

    step: str
    trail: Trail = ()
    picked: tuple[str, ...] = ()
    revision: int = 0
    language: str | None = None
    left: Left | None = None
    about: int = 0
    kept: Trail = ()

    def moved(self, step: str, trail: Trail, picked: tuple[str, ...] = (), kept: Trail = ()) -> Place:
        """Return the place after a move: language, `left` and `about` stay, the revision grows."""
        return Place(step, trail, picked, self.revision + 1, self.language, self.left, self.about, kept)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for the store, from which `from_dict` makes the same place."""
        data: dict[str, Any] = {"step": self.step, "revision": self.revision}
        if self.trail:
            data["trail"] = _plain(self.trail)
        if self.picked:
            data["picked"] = list(self.picked)
        if self.language:
            data["language"] = self.language
        if self.left:
            data["left"] = [
                self.left.step,
                _plain(self.left.trail),
                list(self.left.picked),
                _plain(self.left.kept),
                None if self.left.refused is None else list(self.left.refused),
            ]
        if self.about:
            data["about"] = self.about
        if self.kept:
            data["kept"] = _plain(self.kept)
        return data

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Place:
        """Read the place that `to_dict` wrote."""
        left = data.get("left")
        return Place(
            step=data["step"],
            trail=_trail(data.get("trail", ())),
            picked=tuple(data.get("picked", ())),
            revision=data.get("revision", data.get("turn", 0)),  # as version 0.1.0 called it
            language=data.get("language"),
            left=_left(*left) if left else None,
            about=data.get("about", 0),
            kept=_trail(data.get("kept", ())),
        )


def _left(step: str, trail: Any = (), picked: Any = (), kept: Any = (), refused: Any = None) -> Left:
    return Left(step, _trail(trail), tuple(picked), _trail(kept), None if refused is None else tuple(refused))


def _plain(trail: Trail) -> list[list[Any]]:
    return [[g.step, list(g.answers), g.text] if g.text else [g.step, list(g.answers)] for g in trail]


def _trail(rows: Any) -> Trail:
    return tuple(Given(row[0], tuple(row[1]), row[2] if len(row) > 2 else "") for row in rows)
