"""The taps about a lead that goes on to another organisation. `buttons.py` knows how a button carries them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PassTap:
    """What a member says to pass on the lead with this token: `to` which organisation, `why`, what it `asks` to do.

    Without `to` the organisations are listed, from `offset` on. `back` takes back what its resident was asked.
    `version` is that of the lead for which the button was drawn.
    """

    lead: str
    to: str = ""
    why: str = ""
    asks: str = ""
    version: int = 0
    offset: int = 0
    back: bool = False


@dataclass(frozen=True, slots=True)
class YesTap:
    """A resident's answer to the question with this token, whether their lead may go on: `yes`, `no` or `talk`."""

    token: str
    answer: str
