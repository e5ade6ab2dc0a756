"""Sentences that are ready, between a resident and who helps them: each writes and reads in their own language.

Guards three rules: nothing is sent before its writer saw it and said yes, nothing twice by one button, and who helps
begins no talk by a ready sentence at night. The rules for messages hold besides (`bot/leads/relay.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.content.loaded import ZONE, Content
from bot.content.words import SOURCE
from bot.leads import relay
from bot.leads.clocks.times import awake
from bot.leads.notices import language_of
from bot.leads.recipients import partner_name
from bot.leads.talk import unsent
from bot.messages.card import Card, Choice, Rows, arranged
from bot.messages.taps.members import LeadTap
from bot.messages.taps.residents import PARTS, ReplyTap, SayTap
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.lead import Lead
from db.people import members
from db.records import audit
from flows.model.effects import Effect, Relay, Show
from flows.model.heard import ChartTap
from flows.model.names import SENT, TO_RESIDENT, WELCOME, WRITING
from flows.model.place import Place
from flows.model.wijk import COORDINATOR
from flows.texts.extract import SAYINGS
from flows.texts.fields import fields_in

PAGE = 4
"""Sentences on one card."""

DAYS = 8
"""Days that can be chosen, from today on."""

DAY_WIDE = 18
"""Characters of a day on a button beside another one."""

LATELY = timedelta(hours=12)
"""So long after a message of the resident, what who helps says is an answer."""


def hears(content: Content, turn: Turn, tap: SayTap) -> tuple[Effect, ...]:
    """Answer a tap on the way to a sentence: which, of which day, of which part of it, and is it sure?"""
    lead, place = leads.by_token(turn.tx, turn.wijk.id, tap.lead), turn.place
    step = relay.writes_at(turn, lead) if lead is not None else ""
    if lead is None or not step or place is None:
        turn.say(turn.me, unsent.refused(content, turn, lead))
        return ()
    place = replace(place, step=step, about=lead.id)
    wants = fields_in(content.words.phrases.get(f"{_section(step)}.{tap.phrase}", ""))
    if tap.phrase not in sentences(content, lead, step):
        _answer(turn, lead, _list(content, turn, lead, place, max(tap.page, 0)), fresh=tap.page < 0)
    elif {"day", "when"} & set(wants) and tap.day not in _days(turn):
        _answer(turn, lead, _ask_day(content, turn, lead, step, tap))
    elif "when" in wants and tap.part not in PARTS:
        _answer(turn, lead, _ask_part(content, turn, lead, step, tap))
    elif not tap.sure or tap.revision != place.revision:
        _answer(turn, lead, _preview(content, turn, lead, place, tap))
    elif step == TO_RESIDENT and not (awake(turn.now) or _answers(turn, lead)):
        _answer(turn, lead, Card(content.words.phrase(SOURCE, "desk.say_night"), (_to_lead(content, lead),)))
    else:
        return _send(content, turn, lead, step, tap)
    return ()


def ways(content: Content, turn: Turn, place: Place) -> Rows:
    """Return what stands above the buttons of a card about a message: ready sentences, and for a member the lead."""
    lead = leads.get(turn.tx, turn.wijk.id, place.about) if place.step in (*WRITING, *SENT) else None
    if lead is None or not (step := relay.writes_at(turn, lead)):
        return ()
    sent = place.step in SENT
    rows: Rows = ((Choice(_label(content, turn, step), SayTap(lead.token, page=-1 if sent else 0)),),)
    return (*rows, _to_lead(content, lead)) if sent and step == TO_RESIDENT else rows


def instead(content: Content, turn: Turn, place: Place) -> Rows:
    """Return the ready sentences for who sent something that cannot be sent on; for each lead, if there are several."""
    found = unsent.talks(turn)
    steps = [replace(place, step=relay.writes_at(turn, lead), about=lead.id) for lead in found]
    labels = [f"💬 {relay.addressee(content, turn, each)}" for each in steps]
    if len(found) == 1:
        labels = [
            _dutch(content, "say") if steps[0].step == TO_RESIDENT else content.words.phrase(turn.language, "relay.say")
        ]
    return tuple((Choice(label, SayTap(lead.token, page=-1)),) for label, lead in zip(labels, found, strict=True))


def sentences(content: Content, lead: Lead, step: str) -> list[str]:
    """Return the keys of what can be said at this step; the coordinator has some of their own."""
    section, other = f"{_section(step)}.", f"_{COORDINATOR}"
    keys = [key.removeprefix(section) for key in content.words.phrases if key.startswith(section)]
    if lead.inbox != COORDINATOR:
        return [key for key in keys if not key.endswith(other)]
    return [key for key in keys if f"{key}{other}" not in keys]


def said(content: Content, turn: Turn, lead: Lead, step: str, tap: SayTap, language: str) -> str:
    """Return the sentence in this language; what was not chosen yet is left open."""
    key = f"{_section(step)}.{tap.phrase}"
    day = content.words.day(language, tap.day) if tap.day else "…"
    part = content.words.phrase(language, f"packet.{tap.part}") if tap.part else ""
    own = members.of(turn.tx, turn.wijk.id, turn.sender) if step == TO_RESIDENT else []
    fields: Mapping[str, str] = {
        "member": next((each.name for each in own if relay.may_write(lead, each)), ""),
        "partner": partner_name(content, turn, lead, language),
        "place": turn.wijk.places[turn.wijk.walk_in].name,
        "day": day,
        "when": content.words.phrase(language, "relay.when", day=day, part=part) if part else day,
    }
    return content.words.phrase(language, key, **fields).replace("….", "…")


def _send(content: Content, turn: Turn, lead: Lead, step: str, tap: SayTap) -> tuple[Effect, ...]:
    """Send it as if it had been typed, in the language of its reader."""
    turn.place = content.walk.begin_at(turn.place or Place(step), step, lead.id)
    reader = language_of(turn.tx, turn.wijk.id, lead) if step == TO_RESIDENT else SOURCE
    stepped = content.walk.typed(turn.place, said(content, turn, lead, step, tap, turn.language), turn.wijk)
    turn.place, text = stepped.place, said(content, turn, lead, step, tap, reader)
    effects: list[Effect] = []
    for each in stepped.effects:
        if isinstance(each, Relay):
            effects.append(replace(each, text=text, translated=True))
        else:
            effects.append(replace(each, fresh=True) if isinstance(each, Show) else each)
    return tuple(effects)


def _list(content: Content, turn: Turn, lead: Lead, place: Place, page: int) -> Card:
    phrase, language, step = content.words.phrase, _own(turn, place.step), place.step
    keys = sentences(content, lead, step)
    first = page * PAGE if page * PAGE < len(keys) else 0
    shown = [(key, SayTap(lead.token, key)) for key in keys[first : first + PAGE]]
    rows: Rows = tuple((Choice(said(content, turn, lead, step, tap, language), tap),) for _, tap in shown)
    own = LeadTap(lead.token, "write", version=lead.version) if step == TO_RESIDENT else ReplyTap(lead.token)
    label = _dutch(content, "write") if step == TO_RESIDENT else phrase(language, "relay.reply")
    further = SayTap(lead.token, page=first // PAGE + 1 if first + PAGE < len(keys) else 0)
    below = [Choice(label, own), Choice(phrase(language, "nav.next"), further)]
    if step == TO_RESIDENT:
        below += _to_lead(content, lead)
    rows = (*rows, *arranged(below, rtl=content.words.right_to_left(language)))
    text = phrase(language, "relay.say_what", to=relay.addressee(content, turn, place))
    return _card(content, step, language, text, rows)


def _ask_day(content: Content, turn: Turn, lead: Lead, step: str, tap: SayTap) -> Card:
    phrase, language = content.words.phrase, _own(turn, step)
    days = [Choice(content.words.short_day(language, day), replace(tap, day=day, sure=False)) for day in _days(turn)]
    text = phrase(language, "relay.say_day", text=said(content, turn, lead, step, replace(tap, day=None), language))
    rtl = content.words.right_to_left(language)
    rows = (*arranged(days, rtl=rtl, wide=DAY_WIDE), _back(content, lead, language))
    return _card(content, step, language, text, rows)


def _ask_part(content: Content, turn: Turn, lead: Lead, step: str, tap: SayTap) -> Card:
    phrase, language = content.words.phrase, _own(turn, step)
    parts: Rows = tuple((Choice(phrase(language, f"packet.{each}"), replace(tap, part=each)),) for each in PARTS)
    text = phrase(language, "relay.say_part", text=said(content, turn, lead, step, tap, language))
    return _card(content, step, language, text, (*parts, _back(content, lead, language)))


def _preview(content: Content, turn: Turn, lead: Lead, place: Place, tap: SayTap) -> Card:
    phrase, language, step = content.words.phrase, _own(turn, place.step), place.step
    text = phrase(
        language,
        "relay.say_sure",
        to=relay.addressee(content, turn, place),
        text=said(content, turn, lead, step, tap, language),
    )
    reader = language_of(turn.tx, turn.wijk.id, lead)
    if step == TO_RESIDENT and reader != SOURCE:
        text += "\n\n" + _dutch(content, "say_language", language=content.words.name_in(reader, SOURCE))
    yes = Choice(phrase(language, "relay.yes"), replace(tap, sure=True, revision=place.revision))
    return _card(content, step, language, text, ((yes,), _back(content, lead, language)))


def _card(content: Content, step: str, language: str, text: str, rows: Rows) -> Card:
    """Draw a card on the way; a resident's ends with the row of 🌐, beside which 🚪 and 🆘 cost no line."""
    if step != TO_RESIDENT:
        rows = (*rows, (Choice(content.words.phrase(language, "nav.language"), ChartTap(WELCOME, "_language")),))
    return Card(text, rows)


def _answer(turn: Turn, lead: Lead, card: Card, *, fresh: bool = False) -> None:
    """Answer where was tapped, or below when what stands there must stay."""
    turn.say(turn.me, card, edit=None if fresh else turn.incoming.message, lead=lead.id)


def _answers(turn: Turn, lead: Lead) -> bool:
    """Return whether the resident of this lead wrote a moment ago."""
    lately = audit.since(turn.tx, turn.wijk.id, turn.now - LATELY)
    return any((each.what, each.lead) == (relay.TO_MEMBER, lead.id) for each in lately)


def _days(turn: Turn) -> list[date]:
    today = turn.now.astimezone(ZONE).date()
    return [today + timedelta(days=count) for count in range(DAYS)]


def _own(turn: Turn, step: str) -> str:
    """Return the language of whoever writes at this step: members write Dutch."""
    return SOURCE if step == TO_RESIDENT else turn.language


def _label(content: Content, turn: Turn, step: str) -> str:
    return _dutch(content, "say") if step == TO_RESIDENT else content.words.phrase(turn.language, "relay.say")


def _back(content: Content, lead: Lead, language: str) -> tuple[Choice, ...]:
    return (Choice(content.words.phrase(language, "relay.say_other"), SayTap(lead.token)),)


def _to_lead(content: Content, lead: Lead) -> tuple[Choice, ...]:
    return (Choice(_dutch(content, "view"), LeadTap(lead.token, "view", version=lead.version)),)


def _dutch(content: Content, key: str, **fields: object) -> str:
    return content.words.phrase(SOURCE, f"desk.{key}", **fields)


def _section(step: str) -> str:
    return SAYINGS[step != TO_RESIDENT]
