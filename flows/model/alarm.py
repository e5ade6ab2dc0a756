"""What `flows/alarm.toml` says, as plain values: the phrases that show a danger message at once."""

from __future__ import annotations

from dataclasses import dataclass

WITHIN, ALONE, BUT = "within", "alone", "but"
"""How a phrase counts: anywhere in what was said, only where nothing else is said, or as an exception."""

ANY = "any"
"""Stands in the place of a language where a phrase tells nothing about it, such as 112."""


@dataclass(frozen=True, slots=True)
class Cry:
    """One phrase of the list: the danger that it speaks of, the language that it is in, and how it counts."""

    danger: str
    language: str
    words: str
    how: str = WITHIN


@dataclass(frozen=True, slots=True)
class Rung:
    """The danger that words spoke of, and the languages that the phrases which rang may be in; none for 112."""

    danger: str
    languages: tuple[str, ...] = ()
