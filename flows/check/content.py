"""Finds what is wrong with the content before a resident does, in words that a coordinator understands. Pure.

The readers check the form of each file; this module checks what shows only when all files are seen together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flows.check import alarm as cries
from flows.check import arrows, conditions, lengths, lines, roads, texts, watchwords
from flows.check.arrows import fault, shown
from flows.hear.alarm import Alarm, shape_fault
from flows.model.alarm import Cry
from flows.model.chart import Charts, Outcome, Question
from flows.model.desk import Desk
from flows.model.faults import Fault, meant
from flows.model.memory import answers_of
from flows.model.names import MENU, WELCOME
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.texts.extract import Say
from flows.walk.advice import FALLBACK
from flows.walk.facts import FACTUAL

DANGERS = {
    "U1": "danger.gas",
    "U2": "danger.smoke",
    "U3": "danger.life",
    "U4": "danger.afraid",
    "U5": "danger.outage",
}
"""The rows of the decision table that no wijk may be without (domain.md §2.4), each with its danger message."""

DONE = "handoff.done"
"""The one step that hands over."""

BY_NAME = (WELCOME, MENU, DONE, "handoff.reach", "handoff.when", *FACTUAL)
"""Steps that the code looks up by name."""


def check(
    charts: Charts,
    wijk: Wijk,
    tips: Sequence[Tip],
    phrases: Mapping[str, str],
    alarm: Sequence[Cry],
    desk: Desk,
    say: Say = lambda _language, _context, dutch: dutch,
    languages: Sequence[str] = ("nl",),
    doors: Sequence[str] = (),
) -> list[Fault]:
    """Return every mistake once, in the order of the files. `say` gives a text in a language, its fields not filled in.

    `doors` are steps that the bot itself opens, besides the welcome, the menu and the dangers of `alarm`.
    While an arrow leads nowhere, unreachable steps are not reported: all of them would follow from that arrow.
    """
    rings = Alarm(cry for cry in alarm if not shape_fault(cry))
    found = [
        *arrows.faults(charts, wijk, doors, tuple(dict.fromkeys(f"danger.{cry.danger}" for cry in alarm))),
        *conditions.faults(charts, wijk, tips, phrases),
        *_whole(charts),
        *_services(charts, wijk),
        *_earlier(charts),
        *_packet(charts, phrases),
        *_short(charts, phrases),
        *texts.faults(charts, wijk, tips, phrases, desk),
        *lines.unfinished(charts, wijk, say, languages),
        *lengths.faults(charts, wijk, tips, phrases, say, languages),
        *cries.faults(charts, alarm, rings),
        *watchwords.faults(phrases, rings, say, languages),
        *_links(wijk, rings),
        *_desk(desk, charts, phrases),
    ]
    return list(dict.fromkeys(found or roads.faults(charts, wijk)))  # nobody can walk charts that are broken


def _whole(charts: Charts) -> Iterator[Fault]:
    """Check what must be there exactly once, or at least once, in all charts together."""
    for row, step_name in DANGERS.items():
        if step_name not in charts.steps:
            yield fault(step_name, f"row {row} of the decision table is missing: this step must exist")
    cards = [s for s in charts.steps.values() if isinstance(s, Question) and s.consent]
    if len(cards) != 1:
        named = ", ".join(card.name for card in cards) or "none"
        yield Fault("charts", "", f"exactly one question has consent = true; now: {named}")
    for step in charts.steps.values():
        if isinstance(step, Question) and step.consent and not {"yes", "no"} <= set(step.answers):
            yield fault(step.name, 'a consent card has the answers "yes" and "no"')
    refer = [step.name for step in charts.steps.values() if isinstance(step, Outcome) and step.refer]
    if refer != [DONE]:
        yield Fault(
            "charts", "", f"exactly one end hands over (refer = true): {DONE}; now: {', '.join(refer) or 'none'}"
        )


def _services(charts: Charts, wijk: Wijk) -> Iterator[Fault]:
    """Find services that no chart offers, and services that a wijk names but that do not exist."""
    offered = {each for s in charts.steps.values() if isinstance(s, Outcome) for offer in s.offers for each in offer.to}
    for service in charts.services:
        if service not in {*offered, FALLBACK}:
            yield Fault("services.toml", service, "no chart offers this; leave it out")
    for service in wijk.services:
        if service not in charts.services:
            yield Fault(
                "wijk.toml", f"services.{service}", f"this is not in services.toml.{meant(service, charts.services)}"
            )


def _earlier(charts: Charts) -> Iterator[Fault]:
    """Find earlier names (`was`) that are in use or stand twice, so that nobody could say which one is meant."""
    owners: dict[str, str] = {}
    for name, step in charts.steps.items():
        chart = name.partition(".")[0]
        for old in step.was:
            if old in BY_NAME:
                yield fault(name, f'"{old}" is looked for by that name: it cannot have another one')
            if old in charts.steps:
                yield fault(name, f'was = "{shown(old, chart)}" is the name of a step that is there; leave it out')
            elif owners.setdefault(old, name) != name:
                yield fault(name, f'was = "{shown(old, chart)}" stands at [{shown(owners[old], chart)}] as well')
        answers = answers_of(step)
        mine: dict[str, str] = {}
        for answer in answers.values():
            for old in answer.was:
                if old in answers:
                    yield fault(name, f'answer "{answer.id}": was = "{old}" is an answer that is there; leave it out')
                elif mine.setdefault(old, answer.id) != answer.id:
                    yield fault(name, f'answer "{answer.id}": was = "{old}" stands at answer "{mine[old]}" as well')


def _packet(charts: Charts, phrases: Mapping[str, str]) -> Iterator[Fault]:
    """Check that the bot has words of its own for every answer about how and when to reach a resident."""
    words = [key.removeprefix("packet.") for key in phrases if key.startswith("packet.")]
    for name in ("handoff.reach", "handoff.when"):
        for id in answers_of(charts.steps.get(name)):
            if id not in words:
                yield fault(name, f'answer "{id}" has no words in phrases.toml [packet].{meant(id, words)}')


def _short(charts: Charts, phrases: Mapping[str, str]) -> Iterator[Fault]:
    """Find short words for a question ([labels]) or an answer ([said]) that no chart has any more."""
    asked: dict[str, set[str]] = {}
    for step in charts.steps.values():
        if isinstance(step, Question):
            for name in (step.name, *step.was):
                asked.setdefault(name.rpartition(".")[2], set()).update(step.answers)
    for key in phrases:
        section, _, name = key.partition(".")
        question, _, answer = name.partition(".")
        if section in ("labels", "said") and question not in asked:
            yield Fault(
                "phrases.toml", key, f'no question is called "{question}"; leave it out.{meant(question, asked)}'
            )
        elif section == "said" and answer not in asked[question]:
            near = meant(answer, asked[question])
            yield Fault("phrases.toml", key, f'"{question}" has no answer "{answer}"; leave it out.{near}')


def _links(wijk: Wijk, rings: Alarm) -> Iterator[Fault]:
    """Entry links that would show everybody who opens them a danger message."""
    for code in wijk.links:
        if rung := rings.rung(code):
            yield Fault("wijk.toml", f"links.{code}", f"this code rings the alarm ({rung.danger}); choose another one")


def _desk(desk: Desk, charts: Charts, phrases: Mapping[str, str]) -> Iterator[Fault]:
    for group in desk.done:
        for service in group.services:
            if charts.services and service not in charts.services:
                why = f'"{service}" is not in services.toml.{meant(service, charts.services)}'
                yield Fault("desk.toml", "done", why)
    for move in desk.moves:
        if move.tell and move.tell not in phrases:
            yield Fault("desk.toml", move.name, f'tell = "{move.tell}" is no phrase.{meant(move.tell, phrases)}')
