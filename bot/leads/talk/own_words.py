"""What a resident types for a handover and rings the alarm, or speaks: what they hear, and *Toch meegeven*.

Guards two rules: such words go into no packet unless their writer says so once more, and nothing of them is stored. The
card is a reply to them, so that the channel gives them back when the button is tapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.loaded import Content
from bot.messages.card import Card, Choice
from bot.messages.turn import Turn
from flows.model.chart import Question
from flows.model.effects import Effect, Show
from flows.model.heard import ChartTap, Text
from flows.model.names import ON_LEAD, WRITING
from flows.model.place import Place
from flows.walk.replay import takes_voice

ADD = "_add"
"""The answer of *Toch meegeven*: the words are in the message that the danger card answers, not in the button."""


def held_back(content: Content, turn: Turn, place: Place) -> bool:
    """Return whether a chart asked for words, and those that were just typed were not taken."""
    return isinstance(turn.incoming.heard, Text) and _asks_words(content, place)


def told(content: Content, place: Place, danger: Card, languages: Sequence[str]) -> Card:
    """Return the danger card that says so too, below the numbers, with the button to tell it anyway.

    `languages` are those of the card; its buttons are in the first one.
    """
    phrase = content.words.phrase
    key = "own_words.unsaid_on_lead" if place.step in ON_LEAD else "own_words.unsaid"
    text = "\n\n".join((danger.text, *(phrase(each, key) for each in languages)))
    button = Choice(phrase(languages[0], "own_words.add_anyway"), ChartTap(place.step, ADD))
    return replace(danger, text=text, choices=(*danger.choices[:-1], (button,), *danger.choices[-1:]))


def offered(content: Content, place: Place, language: str, said_in: int) -> Card | None:
    """Return the question whether what was just spoken goes along; None where a chart asks for nothing of the kind.

    It stands for that message (`said_in`) alone.
    """
    if not takes_voice(content.charts.steps.get(place.step)):
        return None
    phrase = content.words.phrase
    rows = (
        (Choice(phrase(language, "voice.add"), ChartTap(place.step, ADD)),),
        (Choice(phrase(language, "voice.leave"), ChartTap(place.step, "_stay")),),
    )
    text = f"{phrase(language, 'voice.warns')}\n\n{phrase(language, 'voice.asks')}"
    return Card(text, rows, replaces=f"voice.{said_in}")


def add(content: Content, turn: Turn, tap: ChartTap) -> tuple[Effect, ...]:
    """Let the resident's words count as if they had not rung the alarm, while the same question is asked.

    Every other rule for typed words holds. When the channel does not give them back, they can be typed again.
    """
    place, quoted = turn.place, turn.incoming.quoted
    if place is None or place.step != content.walk.renames.step(tap.step) or not _asks_words(content, place):
        return (Show("notices.old_button"),)
    if quoted is None:
        return (Show("own_words.type_again", fresh=True),)
    if quoted.voice is not None:
        stepped = content.walk.spoken(place, quoted.voice, turn.wijk)
    else:
        stepped = content.walk.typed(place, quoted.text, turn.wijk)
    if stepped.place.step != place.step:
        turn.retire()
    turn.place = stepped.place
    return tuple(replace(each, fresh=True) if isinstance(each, Show) else each for each in stepped.effects)


def _asks_words(content: Content, place: Place) -> bool:
    step = content.charts.steps.get(place.step)
    return isinstance(step, Question) and bool(step.write) and place.step not in WRITING
