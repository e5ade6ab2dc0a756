"""The taps of residents that the bot reads itself; those of the charts are in `flows`.

`buttons.py` knows how a button carries them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class HelpTap:
    """A tap that shows a resident the help that runs for them, from the lead at `offset` on."""

    offset: int = 0


@dataclass(frozen=True, slots=True)
class ReplyTap:
    """A tap with which a resident answers the member who helps them with this lead."""

    lead: str


@dataclass(frozen=True, slots=True)
class SendAnywayTap:
    """Send the words about this lead that rang the alarm; `revision` is that of the place it was drawn for."""

    lead: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class SendTap:
    """Send the words that this message is a reply to about this lead; an empty `lead` sends them to nobody.

    `revision` is that of the place it was drawn for.
    """

    lead: str
    revision: int = 0


PARTS = ("morning", "afternoon", "evening")
"""The parts of a day that a sentence may name; a button carries the first letter."""


@dataclass(frozen=True, slots=True)
class SayTap:
    """Say a sentence that is ready about this lead, to the other side of it.

    Without a `phrase` the sentences are listed: on this `page`, or with -1 in a new message. What the sentence asks for
    is a `day` and then a `part` of it. `sure` sends it; `revision` is that of the place it was drawn for.
    """

    lead: str
    phrase: str = ""
    day: date | None = None
    part: str = ""
    page: int = 0
    sure: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class ListenTap:
    """Listen to what was spoken: `token` is that of a message, or of a lead with own words that were spoken.

    Whoever helps has this button, too.
    """

    token: str


@dataclass(frozen=True, slots=True)
class OpenTap:
    """Show what stands behind the notice with this token."""

    token: str


@dataclass(frozen=True, slots=True)
class NoticesTap:
    """Let notices name who helps the resident (`named`), or not any more."""

    named: bool


@dataclass(frozen=True, slots=True)
class YesTap:
    """A resident's answer to the question with this token, whether their lead may go on: `yes`, `no` or `talk`."""

    token: str
    answer: str


@dataclass(frozen=True, slots=True)
class MineTap:
    """What a resident does with their own lead: `view` it, `ask` how it stands, …

    `version` is that of the lead for which the button was drawn.
    """

    lead: str
    act: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class ChangeTap:
    """A resident's yes to what was shown of their lead with a change in it; `mark` is the fingerprint of that card."""

    lead: str
    mark: str


NoticeTap = OpenTap | NoticesTap | YesTap | MineTap | ChangeTap
"""The taps about what the bot tells or asks a resident by itself, and about their own leads."""


@dataclass(frozen=True, slots=True)
class HideTap:
    """Hide the chat at once: it works from every message, however old."""


@dataclass(frozen=True, slots=True)
class ReturnTap:
    """Open the chat again: the only button on the neutral line."""


@dataclass(frozen=True, slots=True)
class NewsTap:
    """Show what came while the chat was hidden."""


DoorTap = HideTap | ReturnTap | NewsTap
"""The taps that hide the chat and open it again."""
