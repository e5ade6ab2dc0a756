"""Holds every text and card of the real charts, in every language, to rules for all of them, never arrow by arrow.

Sources: domain.md §2.4 (the rules under the table), §5.1 (plain language); the limits are Telegram's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from statistics import median

import pytest

from bot.content import checks
from bot.content.files import Files, read_files
from bot.content.loaded import Content
from bot.messages.card import THIRD, Card
from bot.messages.taps.buttons import decode
from bot.messages.taps.residents import HideTap
from bot.messages.taps.written import base36
from bot.screens.resident.cards import Cards
from bot.screens.resident.overlays import DOORS as OVERLAYS
from bot.screens.resident.overlays import Overlays
from flows.model.chart import UNKNOWN, Crossroads, Outcome, Question
from flows.model.effects import Overlay
from flows.model.heard import ChartTap
from flows.model.names import BEHIND
from flows.model.place import TYPED, Given, Place
from flows.texts.fields import CALLED
from flows.texts.lines import END_TWO, WORDS, lines, sentences
from tests import walks
from tests.script import NOW
from tests.simulated import CONTENT, laid
from tests.walks import PERSONAS, SITUATIONS

HOSTILE = ("<b>&_*{x}", "Zoë 👩‍👩‍👧 [x](y)", "عبد الرحمن بن محمد بن عبد الله الطويل جداً", "{0}{name}%s\\n")
"""Names that a channel may give for a person; the third is 40 characters from right to left."""

LAST_REVISION = 2**31 - 1
"""A turn that nobody ever reaches."""

FORBIDDEN = re.compile(
    r"\b(u|uw|schuld(en)?|armoede|energiearmoede|minima|doelgroep|indicatie|(?<!geen )aanvra\w+|GOOS|SHM|EAS|BBS|"
    r"m\.b\.t|i\.v\.m|bijv|o\.a|d\.w\.z|neem contact op met de gemeente)\b",
    re.IGNORECASE,
)
"""Words that are above a resident's head or heart (domain.md §5.1, voice.md)."""

MOST_ANSWERS = {"menu.worries": 9}
"""The first question shows eight pictures (domain.md §2.2) and 📞; any other has six answers, besides weet ik niet."""


@pytest.fixture(scope="module")
def content() -> Content:
    return CONTENT


@pytest.fixture(scope="module")
def files() -> Files:
    return read_files()


LANGUAGES = CONTENT.wijk.languages


def resting(content: Content) -> Iterator[str]:
    """Yield every step where a resident can stand."""
    for name, step in content.charts.steps.items():
        if not isinstance(step, Crossroads) and not content.charts.flows[name.partition(".")[0]].anywhere:
            yield name


@cache
def places(language: str) -> tuple[Place, ...]:
    """Return every step by itself, and every place of the people of `personas.toml`, up to the last consent card."""
    content = CONTENT
    wijk = walks.wijk_of(content, staffed=False)
    found = [Place(name, language=language) for name in resting(content)]
    for situation in SITUATIONS:
        if "worries" in situation:
            found += walks.visited(content, situation, walks.wijk_of(content, situation), language)
            if situation["to"]:
                found += walks.handed_over(content, wijk, found[-1])
    for persona in PERSONAS:
        found.append(walks.arrived(walks.checked(content, persona["answers"], wijk, language)))
        if walks.partners(walks.advised(content, found[-1], wijk)):
            found += walks.handed_over(content, wijk, found[-1])
    return tuple(dict.fromkeys(found))


def ends(content: Content) -> list[Place]:
    """Return the places of the people of `personas.toml` where something is offered."""
    steps = content.charts.steps
    return [each for each in places("nl") if each.trail and getattr(steps.get(each.step), "offers", ())]


def cards(content: Content, language: str, name: str = "Fatma") -> Iterator[tuple[Place, Card]]:
    """Yield the card of each of those places, with the hardest words in it, while no inbox has a reader."""
    drawn, wijk = Cards(content), walks.wijk_of(content, staffed=False)
    for place in places(language):
        trail = tuple(replace(each, text=name) if each.answers == (TYPED,) else each for each in place.trail)
        if trail and place.step.startswith("handoff.consent"):
            trail += (Given("handoff.words", (TYPED,), (name * 200)[:200]),)
        hard = replace(place, trail=trail, revision=LAST_REVISION)
        yield hard, drawn.of(hard, wijk, name=name, receipts="KOP-4F7", now=NOW)


def test_the_check_finds_nothing(content: Content, files: Files) -> None:
    for wijk in files.wijken:
        found = checks.faults(files, wijk, content.words.say, wijk.languages)
        assert not found, "\n".join(map(str, found))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_stays_within_what_telegram_takes(content: Content, language: str) -> None:
    for name in HOSTILE:
        for place, card in cards(content, language, name):
            assert 0 < len(card.text.encode("utf-16-le")) // 2 <= 4096, place.step
            assert card.choices, place.step
            for row in laid(card, language):
                taps = [decode(each.data) for each in row]
                moves = all(isinstance(tap, HideTap) or getattr(tap, "answer", "").startswith("_") for tap in taps)
                assert 1 <= len(row) <= (3 if moves else 2), place.step
                assert len(row) < 3 or all(len(each.text) <= THIRD for each in row), place.step
                for button in row:
                    assert button.text.strip(), place.step
                    assert len(button.text) <= 64, f"{place.step}: {button.text}"
                    assert len(button.data.encode()) <= 64, button.data


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_unfilled_is_ever_shown_and_a_name_stays_as_it_is(content: Content, language: str) -> None:
    for place, card in cards(content, language, "<b>&_*{x}"):
        shown = "\n".join([card.text, *(button.text for row in card.choices for button in row)])
        assert "{" not in shown.replace("<b>&_*{x}", ""), place.step
        assert not re.search(r"\b(nav|offer|overlays|packet|why|tips|notices)\.[a-z_]+", shown), place.step
        if place.trail and place.step in ("handoff.name", "handoff.consent"):
            assert "<b>&_*{x}" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_buttons_of_a_card_read_the_same(content: Content, language: str) -> None:
    for place, card in cards(content, language):
        texts = [button.text for row in laid(card, language) for button in row]
        assert len(set(texts)) == len(texts), f"{place.step}: {texts}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_is_one_tap_away_from_every_card_and_every_answer_beside_it(content: Content, language: str) -> None:
    wijk, overlays, place = walks.wijk_of(content), Overlays(content), Place("referral.paying", language=language)
    shown = [*cards(content, language), (Place("menu.welcome"), Cards(content).languages(Place("menu.welcome"), wijk))]
    shown += [(place, overlays.of(Overlay(kind), place, wijk, language, "")) for kind in (*OVERLAYS, "erase")]
    shown += [(each, overlays.behind(kind, each, wijk, NOW)) for each in ends(content) for kind in BEHIND]
    for place, card in shown:
        taps = [tap for row in laid(card, language) for each in row if isinstance(tap := decode(each.data), ChartTap)]
        taps = [tap for tap in taps if tap.answer == "_danger"]
        assert len(taps) == 1, place.step
        stepped = content.walk.step(place, taps[0], wijk)
        assert stepped.place == place
        assert [effect.kind for effect in stepped.effects if isinstance(effect, Overlay)] == ["danger"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_beside_the_card_fits_too(content: Content, language: str) -> None:
    overlays, wijk = Overlays(content), walks.wijk_of(content)
    dangers = [name for name in content.charts.steps if name.startswith("danger.")]
    for name in resting(content):
        place = Place(name, revision=LAST_REVISION, language=language)
        said = [overlays.of(Overlay(kind), place, wijk, language, HOSTILE[0]) for kind in OVERLAYS]
        said += [overlays.danger(danger, place, language) for danger in dangers]
        said.append(overlays.of(Overlay("erase"), place, wijk, language, ""))
        for card in said:
            assert 0 < len(card.text) <= 4096
            assert all(len(button.data.encode()) <= 64 for row in laid(card, language) for button in row)
            assert "{" not in card.text.replace(HOSTILE[0], "")


def test_the_largest_turn_still_fits_beside_the_longest_answer(content: Content) -> None:
    longest = max(
        (
            f"{name}:+{answer}"
            for name in resting(content)
            for answer in getattr(content.charts.steps[name], "answers", {})
        ),
        key=len,
    )
    assert len(f"{longest}:{base36(LAST_REVISION)}:01234567") <= 64


def test_every_end_names_somebody_and_a_place_or_a_number(content: Content) -> None:
    wijk = walks.wijk_of(content)
    known = [*(each.name for each in wijk.places.values()), *(each.name for each in wijk.partners.values())]
    for place, card in cards(content, "nl"):
        if isinstance(content.charts.steps[place.step], Outcome) and place.trail:
            assert any(name.casefold() in card.text.casefold() for name in known) or CALLED.search(card.text), (
                place.step
            )
    for name, step in content.charts.steps.items():
        if isinstance(step, Outcome) and name.startswith("danger."):
            assert CALLED.search(Overlays(content).danger(name, Place("referral.paying", language="nl"), "nl").text), (
                name
            )


def test_every_offer_names_who_comes_and_when(content: Content) -> None:
    wijk = walks.wijk_of(content)
    drawn = Cards(content)
    for situation in SITUATIONS:
        if "worries" not in situation or not situation["to"]:
            continue
        *_, place = walks.visited(content, situation, wijk)
        text = drawn.of(place, wijk, now=NOW).text
        for partner in walks.partners(walks.advised(content, place, wijk)):
            assert wijk.partners[partner].name.casefold() in text.casefold(), situation["who"]
            full = lines(text) >= END_TWO - 1  # there a helper is only named
            assert wijk.partners[partner].what in text or full, situation["who"]
        days = re.findall(r"op (?:ma|di|wo|do|vr) \d+ [a-z]+, of eerder\.", text)
        assert 1 <= len(days) <= len(walks.advised(content, place, wijk).now), situation["who"]


def test_weet_ik_niet_is_an_answer_to_every_question_that_can_have_it(content: Content) -> None:
    without = [
        name
        for name, step in content.charts.steps.items()
        if isinstance(step, Question) and not step.sure and UNKNOWN not in step.answers
    ]
    assert not without


def test_no_question_has_more_answers_than_somebody_can_hold(content: Content) -> None:
    for name, step in content.charts.steps.items():
        if isinstance(step, Question):
            answers = [each for each in step.answers if each != UNKNOWN]
            assert len(answers) <= MOST_ANSWERS.get(name, 6), name


def test_the_dutch_is_short_and_without_big_words(files: Files) -> None:
    for message in files.messages():
        if message.context.endswith(".title") or message.context.partition(".")[0] in ("draw", "facts", "profile"):
            continue
        assert not FORBIDDEN.search(message.text), f"{message.context}: {message.text}"
        lengths = [len(sentence.split()) for sentence in sentences(message.text)]
        if len(lengths) > 2:
            assert median(lengths) <= WORDS, f"{message.context}: {message.text}"
        if lengths:
            assert max(lengths) <= WORDS, f"{message.context}: {message.text}"


def test_an_emoji_always_stands_beside_a_word(files: Files) -> None:
    for message in files.messages():
        assert re.search(r"\w", re.sub(r"\{\w+\}", "x", message.text)), message.context


def test_a_voice_rule_that_is_broken_is_seen() -> None:
    assert FORBIDDEN.search("Heeft u schulden?")
    assert not FORBIDDEN.search("Dat is niet jouw schuldhulpmaatje.")
    assert sentences("Fijn. 👋\nKom je? Ja!") == ["Fijn.", "Kom je?", "Ja!"]
