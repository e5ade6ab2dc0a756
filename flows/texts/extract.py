"""Everything that a resident reads, as messages for translators, each under the context by which it is looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.model.chart import Answer, Charts, Flow, Offer, Outcome, Question, Step
from flows.model.desk import Desk
from flows.model.memory import answers_of
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.texts.fields import fields_of
from flows.texts.offers import warn_words

Say = Callable[[str, str, str], str]
"""From (language, context, Dutch text) to the text in that language, its fields not filled in."""

BUTTON = 40
"""Characters that a button may have; a longer one is cut off on a small phone."""

SAYINGS, SAYING = ("to_resident", "to_partner"), 56
"""Sections of sentences that are ready, and how many characters one may have: it stands on a button, too."""

DUTCH_ONLY = ("desk", "coordinator", "moves", "matrix", "roles", "signs", "register", "who")
"""Sections that only partners and the coordinator read, and the emoji, which are the same in every language."""

BUTTONS = {
    *(f"nav.{key}" for key in (
        "back", "menu", "language", "danger", "next", "why", "go_on", "resume", "where", "data", "erase", "person",
        "my_help", "share_phone", "more", "doors", "further", "tips", "more_tips", "points")),
    *(f"offer.{key}" for key in ("all", "both", "first", "no")),
    *(f"overlays.{key}" for key in ("stop_button", "write_button", "stop_help_yes", "erase_yes", "erase_no")),
}  # fmt: skip
"""Phrases that stand on buttons."""

LIMITS = {"profile.name": 64, "profile.short": 120, "profile.description": 512, "outage.alert": 200}
"""Characters that Telegram allows in the profile of a bot and in a window on a tap; a command may have 256."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text to translate. `comment` is for the translator; `limit` is in characters, 0 when only the card counts.

    `was` are the contexts that it had before its step or answer was renamed.
    """

    context: str
    text: str
    comment: str = ""
    fields: frozenset[str] = frozenset()
    limit: int = 0
    was: tuple[str, ...] = ()


def messages(
    charts: Charts, wijken: Sequence[Wijk], tips: Sequence[Tip], phrases: Mapping[str, str], desk: Desk
) -> Iterator[Message]:
    """Yield all messages, in the order of the files; each context once, also when several wijken share it."""
    seen: set[tuple[str, str]] = set()
    for message in _all(charts, wijken, tips, phrases, desk):
        if (message.context, message.text) not in seen:
            seen.add((message.context, message.text))
            yield message


def _all(
    charts: Charts, wijken: Sequence[Wijk], tips: Sequence[Tip], phrases: Mapping[str, str], desk: Desk
) -> Iterator[Message]:
    for flow in charts.flows.values():
        yield from _flow(flow)
    for tip in tips:
        yield _message(f"tip.{tip.id}", tip.say, "A tip. Short sentences.")
    for key, text in phrases.items():
        if key.partition(".")[0] not in DUTCH_ONLY:
            yield _phrase(key, text)
    for status in desk.statuses.values():
        yield _message(f"status.{status.id}", status.resident, "How the help stands, in a few words. No capital.")
    for wijk in wijken:
        yield _message("wijk.person", wijk.person, "Who to ask for at the door; stands inside a sentence.")
        for service in wijk.services.values():
            if service.say:
                yield _message(f"service.{service.id}", service.say, "What can be done, in this wijk's own words.")
        for line in wijk.lines.values():
            yield _message(f"line.{line.id}", line.name, "The name of a number to call. A real name stays as it is.")
        for partner in wijk.partners.values():
            key, name = f"partner.{partner.id}", partner.name
            yield _message(f"{key}.name", name, "The name of an organisation. It stays as it is, unless it is a word.")
            yield _message(f"{key}.person", partner.person, f"Somebody of {name}; stands inside a sentence.")
            yield _message(f"{key}.what", partner.what, f"What {name} is, in a word or two.")


def _flow(flow: Flow) -> Iterator[Message]:
    if flow.title:
        yield _message(f"{flow.name}.title", flow.title, "The name of a chart; stands above its drawing only.")
    for step in flow.steps.values():
        match step:
            case Question():
                comment = "A question. Several answers may be picked." if step.many else "A question."
                yield _message(step.name, step.ask, comment, was=step.was)
            case Outcome():
                yield _message(step.name, step.say, "What is said at the end of a chart.", was=step.was)
        for answer in answers_of(step).values():
            yield _answer(step, answer)
    for offer in flow.offers.values():
        yield from _offer(offer)


def _offer(offer: Offer) -> Iterator[Message]:
    yield _message(offer.words or offer.id, offer.say, f"What can be done ({offer.row}, by {' and '.join(offer.to)}).")
    if offer.warn:
        yield _message(*warn_words(offer), "What a resident must read before anything else happens.")


def _answer(step: Step, answer: Answer) -> Message:
    asked = step.ask.split("\n") if isinstance(step, Question) else ()
    question = next((line for line in asked if "?" in line), "")
    comment = f"A button, at most {BUTTON} characters." + (f" Under: {question}" if question else "")
    now, *before = [f"{name}.{id}" for name in (step.name, *step.was) for id in (answer.id, *answer.was)]
    return _message(now, answer.text, comment, BUTTON, tuple(before))


def _phrase(key: str, text: str) -> Message:
    if key in BUTTONS:
        return _message(key, text, f"A button, at most {BUTTON} characters.", BUTTON)
    section = key.partition(".")[0]
    if section == "commands":
        return _message(key, text, "The description of a command in Telegram's list, at most 256 characters.", 256)
    if key in LIMITS:
        most = LIMITS[key]
        return _message(key, text, f"Telegram has room for {most} characters here, and no more.", most)
    if section in SAYINGS:
        who = "who helps says to a resident" if section == "to_resident" else "a resident says to who helps"
        return _message(key, text, f"What {who}; also on a button, at most {SAYING} characters.", SAYING)
    if section == "watchwords":
        return _message(key, text, "A word that somebody says at the door. Keep the picture before it.")
    if section in ("draw", "facts"):
        return _message(key, text, "A word in the drawings for coordinators; residents do not see it.")
    return _message(key, text)


def _message(context: str, text: str, comment: str = "", limit: int = 0, was: tuple[str, ...] = ()) -> Message:
    try:
        fields = fields_of(text)
    except ValueError:
        fields = frozenset()
    if fields:
        named = ", ".join(f"{{{name}}}" for name in sorted(fields))
        comment = f"{comment} Keep {named} as it is written.".strip()
    return Message(context, text, comment, fields, limit, was)
