"""Where a resident can walk in, when it is open, and what is said while nobody knows a number to call today."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from bot.content.loaded import Content
from flows.model.chart import Offer
from flows.model.wijk import Hours, Source, WalkIn, Wijk
from flows.texts.lines import SCREEN, lines

FRESH = timedelta(days=400)
"""Hours are shown only when a person checked them within this time; a closed door costs trust."""

OWN = "landlord"
"""The line whose number residents can find at home, on the letters of their landlord."""


def call_lines(
    content: Content, offers: Iterable[Offer], wijk: Wijk, language: str, today: date, *, brief: bool = False
) -> list[str]:
    """Return whom to call today; while the wijk knows no number, that it knows none, and where a person is.

    When it must be `brief`, where to find the number of a landlord is left out.
    """
    phrase, found, lacking = content.words.phrase, list[str](), False
    for line in [wijk.lines[key] for key in dict.fromkeys(each.line for each in offers) if key in wijk.lines]:
        if line.phone:
            found.append(phrase(language, "offer.call", line=content.words.line(language, line), phone=line.phone))
        elif line.id != OWN:
            lacking = True
        elif not brief:
            landlord = content.places(wijk, language)["landlord"]
            found.append(phrase(language, "tonight.landlord", landlord=landlord))
    if lacking:
        door = wijk.places[wijk.walk_in]
        found.append(phrase(language, "tonight.unknown", place=door.name))
        if door.hours and fresh(door.known, today):
            found.append(opening(content, door, language, today))
    return [line for line in found if line]


def door_lines(content: Content, wijk: Wijk, language: str, now: datetime, *partners: str) -> list[str]:
    """Return where to walk in for these partners, with address and hours, and whom to call.

    Hours that nobody checked lately are not told: then the resident reads to ask first.
    """
    phrase = content.words.phrase
    people = [wijk.partners[key] for key in partners if key in wijk.partners]
    doors = dict.fromkeys(each.place for each in people if each.place in wijk.places) or {wijk.walk_in: None}
    found = []
    for key in doors:
        door = wijk.places[key]
        found.append(phrase(language, "more.door", place=door.name, address=door.address or None))
        found.append(phrase(language, "more.door_of", place=door.name) if not door.address else "")
        found.append(opening(content, door, language, now.date()))
    calls = dict.fromkeys(each.line for each in people if each.line in wijk.lines)
    known = [wijk.lines[key] for key in calls if wijk.lines[key].phone]
    found += [
        phrase(language, "more.line", line=content.words.line(language, each), phone=each.phone) for each in known
    ]
    return [line for line in found if line]


def walk_ins(content: Content, wijk: Wijk, language: str, now: datetime, free_day: Callable[[date], bool]) -> str:
    """Return every door of the wijk on one screen, the one for everything first, and how it stands at `now`.

    `now` is in the wijk's own time zone. The hours of the week are left out where they do not fit on one screen.
    """
    doors = sorted(wijk.places.values(), key=lambda each: each.id != wijk.walk_in)

    def told(*, week: bool) -> str:
        parts = [content.words.phrase(language, "doors.title")]
        for door in doors:
            fields = {"place": door.name, "address": door.address or None}
            today = stands(content, door, language, now, free_day)
            known = opening(content, door, language, now.date()) if week or not today else ""
            said = [content.words.phrase(language, "doors.place", **fields), today, known]
            parts.append("\n".join(each for each in said if each))
        return "\n\n".join(parts)

    text = told(week=True)
    return text if lines(text) <= SCREEN else told(week=False)


def stands(content: Content, door: WalkIn, language: str, now: datetime, free_day: Callable[[date], bool]) -> str:
    """Return until when this door is open now, or when it opens; nothing while nobody knows, and on a holiday."""
    phrase = content.words.phrase
    if not door.hours or not fresh(door.known, now.date()) or free_day(now.date()):
        return ""
    for days in range(8):
        day = now.date() + timedelta(days)
        for each in sorted(door.hours, key=lambda hours: hours.opens):
            if day.weekday() not in each.days or free_day(day) or (not days and each.closes <= now.time()):
                continue
            opens, closes = f"{each.opens:%H.%M}", f"{each.closes:%H.%M}"
            if days:
                name = content.words.weekday(language, day.weekday())
                return phrase(language, "doors.again", day=name, opens=opens)
            key = "until" if each.opens <= now.time() else "later"
            return phrase(language, f"doors.{key}", opens=opens, closes=closes)
    return ""


def fresh(known: Source, today: date) -> bool:
    """Return whether a fact was checked on a day not long ago; a bare year says too little."""
    return isinstance(known.checked, date) and today - known.checked < FRESH


def opening(content: Content, door: WalkIn, language: str, today: date) -> str:
    """Return when this door is open, or that the resident asks first."""
    if not door.hours or not fresh(door.known, today):
        return content.words.phrase(language, "more.ask_first")

    def one(each: Hours) -> str:
        days = content.words.listed([content.words.weekday(language, day) for day in each.days], language)
        times = {"opens": f"{each.opens:%H.%M}", "closes": f"{each.closes:%H.%M}"}
        return content.words.phrase(language, "more.hours", days=days, **times)

    return content.words.phrase(
        language, "more.open", hours=content.words.in_row([one(each) for each in door.hours], language)
    )
