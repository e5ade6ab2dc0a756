"""What can come in from a resident, once the channel is forgotten. Plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChartTap:
    """A button of a card: the step that drew it, the answer, and the revision of the place it was drawn for.

    Answers that begin with `_` are not answers of a chart but ways to move: `_back`, `_menu`, `_next`, `_stay`, …
    In a question with several answers `+id` picks and `-id` drops, so that a doubled tap changes nothing.
    `mark` is the fingerprint of what a consent card showed; a yes with another one does not count.
    """

    step: str
    answer: str
    revision: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class StopHelpTap:
    """The resident wants to stop the help of the lead with this token; `sure` once they said yes to that."""

    lead: str
    revision: int
    sure: bool = False


@dataclass(frozen=True, slots=True)
class NoTap:
    """A button that means nothing here: made up, damaged, or of a version that nobody remembers."""


@dataclass(frozen=True, slots=True)
class Text:
    """Typed words, as they came, at most 4,096 characters.

    `quoted` are the sender's own earlier words that they answer to; these are searched for danger, and nothing else.
    """

    text: str
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """`/name argument`; the name in lower case without the slash and without @bot. `quoted` as with typed words."""

    name: str
    argument: str = ""
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared phone number in E.164; `own` only when the channel says that it is the sender's own.

    `words` is what came along with it, a name mostly: it is searched for danger, and nothing else.
    """

    phone: str
    own: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """Something that the bot cannot read: photo, voice, sticker, document, location, video, poll, … or `other`.

    The kind `album` is one of several that were sent together, after the first: that one got the answer. `words` stand
    under it or in it (the question of a poll, the name of a place), or are what an edited message says now (kind
    `edited`): they are searched for danger and not used for anything else.
    """

    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """Something spoken, which the bot does not listen to: `file` is what the channel calls the sound, of this `kind`.

    It lasts so many `seconds` and has so many bytes (`size`). `words` stand under it: they are searched for danger, and
    nothing else.
    """

    file: str
    seconds: int
    size: int = 0
    kind: str = "voice"
    words: str = ""

    @property
    def kept(self) -> str:
        """What is kept of it in place of typed words; `of` reads it."""
        return f"{self.kind} {self.seconds} {self.file}"

    @staticmethod
    def of(kept: str) -> Voice:
        """Return what was spoken, as it was kept."""
        kind, seconds, file = kept.split(" ")
        return Voice(file, int(seconds), kind=kind)


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked (True) or unblocked (False) the bot."""

    blocked: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something said in a group or a channel: only a pointer to the private chat is given there, and not every time.

    `command_for` is the bot that a command was addressed to by name, in lower case; empty when it was to nobody.
    """

    command_for: str = ""


Heard = ChartTap | StopHelpTap | NoTap | Text | Command | Contact | Media | Voice | Blocked | Elsewhere
