"""Checks the Dutch texts themselves: fields, words that hurt, numbers to call, buttons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from flows.check.arrows import fault
from flows.model.chart import UNKNOWN, Charts, Outcome, Question, Step
from flows.model.desk import Desk
from flows.model.faults import Fault, meant
from flows.model.memory import answers_of
from flows.model.tip import Tip
from flows.model.wijk import Wijk
from flows.texts import fields
from flows.texts.extract import BUTTON, BUTTONS, DUTCH_ONLY
from flows.texts.fields import CALLED, fields_of
from flows.texts.offers import bare

HURTFUL = re.compile(r"\b(schulden|armoede|(?<!geen )aanvra(?:ag|gen)|doelgroep|indicatie|minima)\w*", re.IGNORECASE)
"""Words that no resident may get to read (voice.md). That this is no "aanvraag" must be said."""


def faults(charts: Charts, wijk: Wijk, tips: Sequence[Tip], phrases: Mapping[str, str], desk: Desk) -> Iterator[Fault]:
    """Yield all faults, file by file."""
    phones = {line.phone: line.id for line in wijk.lines.values() if line.phone}
    values = fields.of_wijk(wijk)
    for name, step in charts.steps.items():
        anywhere = charts.flows[name.partition(".")[0]].anywhere
        for what, text, known, needed in _texts(step, wijk, anywhere):
            for wrong in _wrong(text, known, needed, phones):
                yield fault(name, f"{what}{wrong}")
            if anywhere:
                for missing in sorted(
                    each for each in _named(text) if each[:5] == "line_" and not values.get(each, "")
                ):
                    yield fault(name, f"{what}the number {{{missing}}} is not known, and danger cannot wait for it")
            if not what and not anywhere and not fields.without_unknown(text, values):
                yield fault(name, "nothing is left of this text in this wijk: every line names something that it lacks")
        yield from _answers(name, step, values)
    for tip in tips:
        needed = fields.TIP if tip.saving else fields.NONE
        for wrong in _wrong(tip.say, needed, needed, phones):
            yield Fault("tips.toml", tip.id, wrong)
    for key, text in phrases.items():
        if key.partition(".")[0] not in DUTCH_ONLY:
            for wrong in _wrong(text, None, fields.NONE, phones):
                yield Fault("phrases.toml", key, wrong)
            for number in sorted(each for each in _named(text) if each[:5] == "line_" and not values.get(each)):
                yield Fault("phrases.toml", key, f"the number {{{number}}} is not known.{meant(number, values)}")
        if key in BUTTONS and len(text) > BUTTON:
            yield Fault("phrases.toml", key, f"{len(text)} characters on a button, at most {BUTTON}")
    for status in desk.statuses.values():
        for wrong in _wrong(status.resident, fields.NONE, fields.NONE, phones):
            yield Fault("desk.toml", f"status.{status.id}", wrong)
    known = fields.allowed(Outcome("", ""), wijk.lines)
    for service in wijk.services.values():
        for wrong in _wrong(service.say, known, fields.NONE, phones):
            yield Fault("wijk.toml", f"services.{service.id}", wrong)
    for partner in wijk.partners.values():
        for text in (partner.what, partner.person, partner.does):
            for wrong in _wrong(text, fields.NONE, fields.NONE, phones):
                yield Fault("partners.toml", partner.id, wrong)


def _texts(step: Step, wijk: Wijk, anywhere: bool) -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    """Yield each text of a step: what it is, the text, the fields it may hold, the fields it must hold."""
    known, needed = fields.allowed(step, wijk.lines, anywhere=anywhere), fields.required(step)
    match step:
        case Question():
            yield "", step.ask, known, needed
        case Outcome():
            yield "", step.say, known, needed
            for offer in step.offers:
                yield f"{bare(offer)}: ", offer.say, known - {"receipts"}, fields.NONE
                if offer.warn:
                    yield f"{bare(offer)}, warn: ", offer.warn, known - {"receipts"}, fields.NONE
    for answer in answers_of(step).values():
        on_button = known if isinstance(step, Question) and not anywhere else fields.NONE
        yield f'answer "{answer.id}": ', answer.text, on_button, fields.NONE


def _wrong(text: str, known: frozenset[str] | None, needed: frozenset[str], phones: Mapping[str, str]) -> Iterator[str]:
    try:
        found = fields_of(text)
    except ValueError:
        yield "a brace { or } is not closed, or a field has no plain name"
        return
    for name in sorted(found - known if known is not None else ()):
        yield f"the field {{{name}}} is not filled in here.{meant(name, known or ())}"
    for name in sorted(needed - found):
        yield f"the field {{{name}}} is missing"
    for word in HURTFUL.finditer(text):
        yield f'the word "{word.group()}" hurts or is hard; say it more simply'
    for number in CALLED.findall(text):
        if number in phones:
            yield f"the number {number} is written out; write {{line_{phones[number]}}}, so that it stands in one place"
        else:
            yield f"the number {number} is not in lines.toml or wijk.toml.{meant(number, phones)}"


def _named(text: str) -> frozenset[str]:
    try:
        return fields_of(text)
    except ValueError:
        return frozenset()


def _answers(name: str, step: Step, values: Mapping[str, str | None]) -> Iterator[Fault]:
    answers = answers_of(step)
    if isinstance(step, Question) and not step.sure and UNKNOWN not in answers:
        yield fault(name, 'there is no way to say "weet ik niet": add answers.unknown, or write sure = true')
    for text, count in Counter(answer.text for answer in answers.values()).items():
        if count > 1:
            yield fault(name, f'{count} answers read the same: "{text}"')
    for answer in answers.values():
        text = answer.text
        for field in _named(text) & set(values):
            text = text.replace(f"{{{field}}}", values[field] or "")
        if len(text) > BUTTON:
            yield fault(name, f'answer "{answer.id}": {len(text)} characters on a button, at most {BUTTON}')
