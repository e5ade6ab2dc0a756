"""*Meer hulp*: what can be asked later, with a button for each of it, the door to walk to, and a person to talk to."""

from __future__ import annotations

from datetime import datetime

from bot.content.doors import door_lines
from bot.content.loaded import Content
from bot.leads.packet import topic_line
from bot.messages.card import CARD, Card, Choice, arranged
from bot.screens.resident.ends.offers import sign, warnings
from flows.model.chart import Outcome
from flows.model.heard import ChartTap
from flows.model.place import Place
from flows.model.wijk import Wijk
from flows.walk.advice import MOST, destinations
from flows.walk.arrows import asking
from flows.walk.help import Advice, Help

MANY = 2
"""With so many helpers their buttons fill the end card, and an outcome's own answers stand on the card behind it."""


def more_card(
    content: Content, step: Outcome, found: Advice, place: Place, wijk: Wijk, now: datetime, page: int
) -> Card:
    """Draw the card behind *meer hulp*: two helps that can be asked later, from page 1 on, and where to walk in."""
    language, phrase = place.language or "nl", content.words.phrase
    later = found.later[(page - 1) * MOST : page * MOST]
    parts = []
    if later:
        parts.append(
            "\n".join([phrase(language, "more.later"), *(_line(content, each, wijk, language) for each in later)])
        )
    parts.append("\n".join(door_lines(content, wijk, language, now, *(key for each in found.now for key in each.to))))
    rows = [(Choice(_topic(content, each, language), _ask(each, place)),) for each in later]
    rows.append((Choice(phrase(language, "nav.person"), ChartTap(place.step, "_person", place.revision)),))
    doors = own_answers(content, step, place) if len(destinations(found)) >= MANY else []
    if found.later[page * MOST :]:
        further = ChartTap(place.step, f"_more_{page + 1}", place.revision)
        doors.append(Choice(phrase(language, "nav.further"), further))
    doors.append(Choice(phrase(language, "nav.back"), ChartTap(place.step, "_stay", place.revision)))
    return Card("\n\n".join(parts), (*rows, *arranged(doors, rtl=content.words.right_to_left(language))), replaces=CARD)


def own_answers(content: Content, step: Outcome, place: Place) -> list[Choice]:
    """Return the buttons of an outcome's own answers, such as *toch een coach*."""
    say, language = content.words.say, place.language or "nl"
    return [
        Choice(say(language, f"{step.name}.{each.id}", each.text), ChartTap(step.name, each.id, place.revision))
        for each in step.answers.values()
    ]


def _line(content: Content, each: Help, wijk: Wijk, language: str) -> str:
    names = [content.words.partner(language, wijk.partners[key]) for key in each.to if key in wijk.partners]
    who = content.words.listed(names, language) or content.words.phrase(language, "packet.coordinator")
    line = content.words.phrase(language, "more.one", topic=_topic(content, each, language), partner=who)
    return "\n".join([line, *warnings(content, each.offers, wijk, language)])


def _topic(content: Content, each: Help, language: str) -> str:
    """Return what this help is about, with its emoji."""
    about = topic_line(content, [each.offers[0].topic], language)
    return f"{sign(content, each.offers[0].topic)} {about[:1].upper()}{about[1:]}"


def _ask(each: Help, place: Place) -> ChartTap:
    return ChartTap(place.step, asking(each.offers[0]), place.revision)
