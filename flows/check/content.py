"""Finds what is wrong with the content before a resident does, in words that a coordinator understands. Pure.

The readers check the form of each file; this module checks what shows only when all files are seen together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from flows.check import arrows, conditions, lengths, texts
from flows.check.arrows import fault, shown
from flows.check.rows import DANGERS, OFFERS
from flows.hear.alarm import Alarm, shape_fault, typed
from flows.model.alarm import BUT, WITHIN, Cry
from flows.model.chart import Charts, Outcome, Question
from flows.model.desk import Desk
from flows.model.faults import Fault, meant
from flows.model.memory import answers_of
from flows.model.names import MENU, WELCOME
from flows.model.tip import Tip
from flows.model.wijk import Source, Wijk
from flows.texts.extract import Say
from flows.texts.fields import FIELD, of_wijk
from flows.walk.advice import FALLBACK
from flows.walk.facts import FACTUAL

DONE = "handoff.done"
"""The one step that hands over."""

BY_NAME = (WELCOME, MENU, DONE, "handoff.reach", "handoff.when", *FACTUAL)
"""Steps that the code looks up by name."""

FRESH = timedelta(days=60)
"""How long a fact counts as known after somebody checked it."""


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
    found = [
        *arrows.faults(charts, wijk, doors, tuple(dict.fromkeys(f"danger.{cry.danger}" for cry in alarm))),
        *conditions.faults(charts, wijk, tips, phrases),
        *_whole(charts),
        *_services(charts, wijk),
        *_earlier(charts),
        *_packet(charts, phrases),
        *texts.faults(charts, wijk, tips, phrases, desk),
        *lengths.faults(charts, wijk, tips, phrases, say, languages),
        *_alarm(charts, alarm),
        *_desk(desk, phrases),
    ]
    return list(dict.fromkeys(found))


def stale(wijk: Wijk, today: date) -> list[Fault]:
    """List the partners, places, numbers and switches that nobody checked lately: for the coordinator, not mistakes.

    A bare year says that a fact was known then, not that somebody asked on a day: it is always on the list.
    """
    entries: list[tuple[str, str, Source]] = [
        *(("partners.toml", each.id, each.known) for each in wijk.partners.values()),
        *(("wijk.toml", f"places.{each.id}", each.known) for each in wijk.places.values()),
        *(
            ("lines.toml", each.id, each.known) if each.shared else ("wijk.toml", f"lines.{each.id}", each.known)
            for each in wijk.lines.values()
        ),
        *(("wijk.toml", f"switches.{each.name}", each.known) for each in wijk.switches.values()),
    ]
    return [
        Fault(file, entry, _since(known))
        for file, entry, known in entries
        if not isinstance(known.checked, date) or today - known.checked > FRESH
    ]


def _since(known: Source) -> str:
    if not known.checked:
        return "never checked; ask, and write the day: checked = 2026-11-22"
    return f"last known {known.checked} ({known.source}); ask again, and write the day: checked = 2026-11-22"


def _whole(charts: Charts) -> Iterator[Fault]:
    """Check what must be there exactly once, or at least once, in all charts together."""
    rows = {offer.row for step in charts.steps.values() if isinstance(step, Outcome) for offer in step.offers}
    for row, step_name in DANGERS.items():
        if step_name not in charts.steps:
            yield fault(step_name, f"row {row} of the decision table is missing: this step must exist")
    for row in OFFERS:
        if row not in rows:
            yield Fault("charts", "", f'row {row} of the decision table is missing: no offer has row = "{row}"')
    for number in (1, 2):
        cards = [s for s in charts.steps.values() if isinstance(s, Question) and s.consent == number]
        if len(cards) != 1:
            named = ", ".join(card.name for card in cards) or "none"
            yield Fault("charts", "", f"exactly one question has consent = {number}; now: {named}")
    for step in charts.steps.values():
        if isinstance(step, Question) and step.consent and not {"yes", "no"} <= set(step.answers):
            yield fault(step.name, 'a consent card has the answers "yes" and "no"')
        if isinstance(step, Question) and step.consent not in (0, 1, 2):
            yield fault(step.name, "consent is 1 or 2")
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


def unserved(charts: Charts, wijk: Wijk) -> list[Fault]:
    """List the services that no partner does in this wijk, so that they go to the coordinator: no mistakes."""
    return [
        Fault("wijk.toml", f"services.{service}", f"nobody does this here: {words}")
        for service, words in charts.services.items()
        if service not in wijk.services
    ]


def unsaid(charts: Charts, wijk: Wijk) -> list[Fault]:
    """List the steps that hide a line or a button here, because the wijk lacks what it names: no mistakes."""
    values = of_wijk(wijk)
    found = []
    for name, step in charts.steps.items():
        texts = [step.ask if isinstance(step, Question) else step.say if isinstance(step, Outcome) else ""]
        texts += [offer.say for offer in getattr(step, "offers", ())]
        texts += [answer.text for answer in answers_of(step).values()]
        lacking = {each for text in texts for each in FIELD.findall(text) if values.get(each, "") is None}
        found += [fault(name, f"{{{each}}} is not known here: what names it is not shown") for each in sorted(lacking)]
    return found


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


def _alarm(charts: Charts, cries: Sequence[Cry]) -> Iterator[Fault]:
    """Phrases of a danger that is not there, that ring at anything, or that never ring."""
    dangers = [name.partition(".")[2] for name in charts.steps if name.startswith("danger.")]
    for danger in dict.fromkeys(cry.danger for cry in cries):
        if danger not in dangers:
            yield Fault("alarm.toml", danger, f"there is no such step in danger.toml.{meant(danger, dangers)}")
    wrong = [(cry, message) for cry in cries if (message := shape_fault(cry))]
    yield from (Fault("alarm.toml", _entry(cry), message) for cry, message in wrong)
    if wrong:
        return
    alarm = Alarm(cries)
    for cry in cries:
        rung = alarm.rung(typed(cry))
        if cry.how != BUT and (rung is None or rung.danger != cry.danger):
            instead = f"[{rung.danger}] comes first" if rung else "an exception takes it"
            yield Fault("alarm.toml", _entry(cry), f'"{cry.words}" never rings: {instead}')


def _entry(cry: Cry) -> str:
    return cry.danger if cry.how == WITHIN else f"{cry.danger}.{cry.how}"


def _desk(desk: Desk, phrases: Mapping[str, str]) -> Iterator[Fault]:
    for move in desk.moves:
        if move.tell and move.tell not in phrases:
            yield Fault("desk.toml", move.name, f'tell = "{move.tell}" is no phrase.{meant(move.tell, phrases)}')
