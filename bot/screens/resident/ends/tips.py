"""The tips of the self-check: a second card behind the end card, two at once."""

from __future__ import annotations

from bot.content.loaded import Content
from bot.messages.card import CARD, Card, Choice, arranged
from flows.model.heard import ChartTap
from flows.model.memory import Memory
from flows.model.place import Place
from flows.walk import facts
from flows.walk.tips import choose

PAGE = 2
"""Tips on one card."""


def tip_lines(content: Content, memory: Memory, language: str) -> list[str]:
    """Return the tips that fit; euros a year only where a sourced figure exists."""
    people = facts.persons(memory)

    def saving(name: str) -> float:
        return memory.wijk.amounts[f"saving.{name}"].for_household(people)

    chosen = choose(content.tips, memory.holds, saving, facts.monthly_bill(memory))
    return [content.words.say(language, f"tip.{tip.id}", tip.say, euros=euros) for tip, euros in chosen]


def tips_card(content: Content, memory: Memory, place: Place, page: int) -> Card:
    """Draw two of the tips, from page 1 on, with the way to the others and back to the end card."""
    language, phrase = place.language or "nl", content.words.phrase
    tips = tip_lines(content, memory, language)
    shown = tips[(page - 1) * PAGE : page * PAGE]
    doors = []
    if tips[page * PAGE :]:
        more = ChartTap(place.step, f"_tips_{page + 1}", place.revision)
        doors.append(Choice(phrase(language, "nav.more_tips"), more))
    doors.append(Choice(phrase(language, "nav.back"), ChartTap(place.step, "_stay", place.revision)))
    rows = arranged(doors, rtl=content.words.right_to_left(language))
    return Card("\n\n".join([phrase(language, "tips.intro"), *shown]), rows, replaces=CARD)
