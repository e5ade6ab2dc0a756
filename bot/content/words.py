"""Says a text in the reader's language. A text without a translation is read in Dutch.

Guards the rule that one changed Dutch word turns no text Dutch for readers of another language: the old translation is
read until it is renewed (`docs/decisions/0027`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from pathlib import Path
from unicodedata import bidirectional

from babel import Locale, localedata

from bot.content.po import Translation, translations_of
from flows.model.wijk import Line, Partner
from flows.texts.fields import fields_in, fields_of, without_unknown

SOURCE = "nl"
FIRST_STRONG_ISOLATE, POP_ISOLATE, RIGHT_TO_LEFT_MARK = "\u2068", "\u2069", "\u200f"
INVISIBLE = FIRST_STRONG_ISOLATE + POP_ISOLATE + RIGHT_TO_LEFT_MARK
"""Invisible characters that keep letters of two directions in order, around a value that is filled in or before a
line."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """The part that we use of what Babel knows about a language. Weekdays count from 0 (Monday), months from 1."""

    mirrored: bool
    names: Mapping[str, str]
    weekdays: Mapping[int, str]
    short: Mapping[int, str]
    months: Mapping[int, str]
    brief: Mapping[int, str]


class Catalog:
    """The translations into one language: of each Dutch text, and the latest of each context.

    A translation is read only when it holds the same `{fields}` as the Dutch, also that of an earlier Dutch text.
    """

    def __init__(self, translations: Sequence[Translation], *, rtl: bool) -> None:
        self.exact: dict[tuple[str, str], str] = {}
        self.latest: dict[str, tuple[str, frozenset[str] | None]] = {}
        for each in translations:
            text = _turned(each.text) if rtl else each.text
            fields = _fields(text)
            if not each.doubtful and fields == _fields(each.dutch):
                self.exact[each.context, each.dutch] = text
            self.latest[each.context] = text, fields

    def of(self, context: str, dutch: str) -> str | None:
        """Return the translation to read, which may be the one of an earlier Dutch text; None when there is none."""
        if found := self.exact.get((context, dutch)):
            return found
        text, fields = self.latest.get(context, ("", None))
        return text if fields is not None and fields == frozenset(fields_in(dutch)) else None


def _fields(text: str) -> frozenset[str] | None:
    """Return the fields of a text; None when a brace is not closed, so that it cannot be filled in."""
    try:
        return fields_of(text)
    except ValueError:
        return None


class Words:
    """All catalogs, read and compiled in memory at the start (about 10 ms a language).

    `phrases` are the bot's own sentences by key; every other text is given in Dutch together with its context.
    """

    def __init__(self, folder: Path, phrases: Mapping[str, str]) -> None:
        self.phrases = phrases
        files = {path.parent.parent.name: path for path in sorted(folder.glob("*/LC_MESSAGES/bot.po"))}
        self.tongues: dict[str, Tongue] = {}
        self.catalogs: dict[str, Catalog] = {}
        self.own: dict[str, Catalog] = {}
        for code in (SOURCE, *files):
            self.tongues[code] = _tongue(code, (SOURCE, *files))
            if code in files:
                self.catalogs[code] = Catalog(translations_of(files[code], code), rtl=self.right_to_left(code))
            # Babel keeps a megabyte of each language that it ever read; we have what we need of it.
            getattr(localedata, "_cache", {}).clear()
        self.read = self._in_order()

    def with_own(self, folder: Path) -> Words:
        """Return the same words together with those that a wijk has in its own folder, as `en.po`."""
        own = copy(self)
        files = {path.stem: path for path in folder.glob("*.po") if path.stem in self.tongues}
        own.own = {
            code: Catalog(translations_of(path, code), rtl=self.right_to_left(code)) for code, path in files.items()
        }
        own.read = own._in_order()
        return own

    def _in_order(self) -> dict[str, tuple[Catalog, ...]]:
        """Return the catalogs that are read for each language, one after another."""
        both = (self.catalogs, self.own)
        return {code: tuple(each[code] for each in both if code in each) for code in self.tongues}

    def say(self, language: str, context: str, dutch: str, /, **fields: object) -> str:
        """Return the text in that language, with its `{fields}` filled in; in Dutch where a translation is missing."""
        return self.fill(language, context, dutch, fields)

    def fill(self, language: str, context: str, dutch: str, fields: Mapping[str, object]) -> str:
        """Return the same as `say`, with the fields as one mapping.

        In a right-to-left language each value is wrapped in Unicode isolates, so that numbers and Latin names stay in
        order; elsewhere only values that hold right-to-left letters are. A line with a field that is None is left out:
        the wijk has no such thing.
        """
        text = self.translation(language, context, dutch) or dutch
        if not fields or "{" not in text:
            return text
        return _filled(text, fields, self.right_to_left(language))

    def translation(self, language: str, context: str, dutch: str) -> str | None:
        """Return the translation that is read, its fields not filled in; None when the reader gets Dutch."""
        for catalog in self.read.get(language, ()):
            if found := catalog.of(context, dutch):
                return found
        return None

    def outdated(self, language: str, context: str, dutch: str) -> bool:
        """Return whether there are only translations of an earlier Dutch text; they are read as far as they fit."""
        found = self.read.get(language, ())
        now = any((context, dutch) in each.exact for each in found)
        return not now and any(context in each.latest for each in found)

    def phrase(self, language: str, key: str, /, **fields: object) -> str:
        """Return one of the bot's own sentences."""
        return self.say(language, key, self.phrases[key], **fields)

    def partner(self, language: str, partner: Partner) -> str:
        """Return an organisation's name, as residents read it in that language."""
        return self.say(language, f"partner.{partner.id}.name", partner.name)

    def line(self, language: str, line: Line) -> str:
        """Return the name of a number to call, as residents read it in that language."""
        return self.say(language, f"line.{line.id}", line.name)

    def right_to_left(self, language: str) -> bool:
        """Return whether the language is written from right to left."""
        return language in self.tongues and self.tongues[language].mirrored

    def name(self, language: str) -> str:
        """Return the language's own name in its own script: Nederlands, العربية."""
        return self.name_in(language, language)

    def name_in(self, language: str, reader: str) -> str:
        """Return the language's name for a reader of another one: Arabisch."""
        return self._tongue(reader).names.get(language, language)

    def day(self, language: str, when: date) -> str:
        """Return weekday, day and month: woensdag 2 december."""
        return f"{self.weekday(language, when.weekday())} {when.day} {self._tongue(language).months[when.month]}"

    def short_day(self, language: str, when: date) -> str:
        """Return the same with the weekday shortened: wo 2 december."""
        tongue = self._tongue(language)
        return f"{tongue.short[when.weekday()]} {when.day} {tongue.months[when.month]}"

    def short_date(self, language: str, when: date) -> str:
        """Return day and month, shortened: 2 dec."""
        return f"{when.day} {self._tongue(language).brief[when.month].rstrip('.')}"

    def weekday(self, language: str, day: int) -> str:
        """Return the name of a weekday; 0 is Monday."""
        return self._tongue(language).weekdays[day]

    def day_and_time(self, language: str, when: datetime) -> str:
        """Return day and time: woensdag 2 december 14:02. The caller gives `when` in the wijk's own time zone."""
        return f"{self.day(language, when)} {when:%H:%M}"

    def listed(self, items: Sequence[str], language: str) -> str:
        """Join the items as in a sentence: A, B en C."""
        if len(items) < 2:
            return "".join(items)
        return self.phrase(language, "words.and", first=self.in_row(items[:-1], language), last=items[-1])

    def in_row(self, items: Sequence[str], language: str) -> str:
        """Join the items with the comma of the language: A, B, C."""
        return reduce(lambda row, item: self.phrase(language, "words.comma", first=row, last=item), items)

    def _tongue(self, language: str) -> Tongue:
        return self.tongues.get(language) or self.tongues[SOURCE]


def _tongue(code: str, languages: Sequence[str]) -> Tongue:
    locale = Locale.parse(code)
    names = {each: Locale.parse(each).get_display_name(code) or each for each in languages}
    return Tongue(
        mirrored=locale.text_direction == "rtl",
        names={each: name[0].upper() + name[1:] for each, name in names.items()},
        weekdays=dict(locale.days["format"]["wide"]),
        short=dict(locale.days["format"]["abbreviated"]),
        months=dict(locale.months["format"]["wide"]),
        brief=dict(locale.months["format"]["abbreviated"]),
    )


def _turned(text: str) -> str:
    """Put a mark in front of each line that would otherwise run the wrong way (🆘 counts as a Latin letter)."""
    return "\n".join(
        line if not line.strip() or _side(line) in ("R", "AL") else RIGHT_TO_LEFT_MARK + line
        for line in text.split("\n")
    )


def _side(line: str) -> str:
    """Return the direction of the first letter that decides; fields and isolated text do not decide."""
    bare = re.sub(r"\{\w+\}|\u2068.*?\u2069", "", line)
    return next((side for letter in bare if (side := bidirectional(letter)) in ("L", "R", "AL")), "")


def _filled(text: str, fields: Mapping[str, object], rtl: bool) -> str:
    values: dict[str, str] = {}
    for name in fields_in(text):
        value = fields[name]
        if value is None:
            return _filled(without_unknown(text, fields), fields, rtl)
        values[name] = _isolated(str(value), rtl)
    return text.format_map(values)


def _isolated(value: str, rtl: bool) -> str:
    if not value or "\n" in value:
        return value
    if rtl or any(bidirectional(c) in ("R", "AL") for c in value):
        return f"{FIRST_STRONG_ISOLATE}{value}{POP_ISOLATE}"
    return value
