"""My data: everything that is stored about a person, and the way to erase it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from bot.content.loaded import Content
from bot.content.words import SOURCE
from bot.leads.members.departure import ERASED, depart, last_coordinator, only_one
from bot.leads.packet import answer_line, packet_lines, spoken
from bot.leads.recipients import blank_what_was_said, closing, inbox_name, partner_name, tell_inbox
from bot.leads.status import status_of
from bot.leads.talk import watchword
from bot.messages.card import Card, Choice
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.resident.emptied import take_above
from db.leads import leads, views
from db.leads.consent import verdicts
from db.leads.lead import Lead
from db.people import members, personal_data
from flows.model.heard import ChartTap, Voice
from flows.model.place import SPOKEN, TYPED, Place
from flows.model.wijk import CONNECTOR
from flows.texts.fields import units

SHOWN = ("conversations.person", "addresses.person", "leads.resident", "memberships.person")
"""The columns of which /mijngegevens shows what stands beside them; where a resident tapped for herself, that is it."""

COUNTED = {
    "consents.resident": "consents",
    "outbox.to": "messages",
    "sealed.person": "messages",
    "calls.person": "messages",
    "held_messages.to": "held",
    "said_messages.person": "said",
    "sent_messages.person": "sent",
    "spoken_messages.speaker": "spoken",
    "lead_views.member": "views",
}
"""The columns of which it says how many rows there are; the rows of all others together are what a person did."""

LONGEST = 3500
"""The most characters in one message, in UTF-16 units; Telegram takes 4,096."""


def show_everything(content: Content, turn: Turn, place: Place) -> None:
    """Show all that is stored about this person, in their language, in as many messages as it takes."""
    language, phrase = turn.language, content.words.phrase
    found = personal_data.show(turn.tx, turn.wijk.id, turn.subject)
    lines = [line for each in found.get("conversations.person", ()) for line in _answers(content, each, language)]
    for each in found.get("addresses.person", ()):
        lines.append(phrase(language, "data.address", address=each["address"].replace(":", " ", 1).capitalize()))
    for lead in leads.of_resident(turn.tx, turn.wijk.id, turn.subject):
        status = status_of(content, lead, language)
        lines.append(
            phrase(
                language,
                "data.lead",
                code=lead.code,
                partner=partner_name(content, turn, lead, language),
                status=status,
            )
        )
        if lead.packet:
            lines += [f"  {line}" for line in packet_lines(content, lead.packet, turn.wijk, language)]
        if word := watchword.line(content, lead, language):
            lines.append(f"  {word}")
        said = [each.said for each in verdicts.of_lead(turn.tx, turn.wijk.id, lead.id) if each.said]
        lines += [f"  {phrase(language, f'verdict.you_{each}')}" for each in said]
        if lead.volunteer:
            lines.append(phrase(language, "data.volunteer", name=lead.volunteer))
        lines += [phrase(language, "data.note", text=text) for _, text in lead.notes or ()]
    for membership in found.get("memberships.person", ()):
        partner = turn.wijk.partners.get(membership["organisation"])
        name = content.words.partner(language, partner) if partner else phrase(language, "packet.coordinator")
        if membership["organisation"] == CONNECTOR:
            name = inbox_name(content, turn, CONNECTOR)
        lines.append(phrase(language, "data.member", partner=name))
        if membership.get("call_for"):
            call_for = content.words.in_row(membership["call_for"].split("\n"), language)
            lines.append(phrase(language, "data.call_for", lines=call_for))
    counts: Counter[str] = Counter()
    for column, stored in found.items():
        if column not in SHOWN:
            counts[COUNTED.get(column, "noted")] += len(stored)
    told = [key for key in dict.fromkeys((*COUNTED.values(), "noted")) if counts[key]]
    lines += [phrase(language, f"data.{key}", count=counts[key]) for key in told]
    rows = tuple(
        (Choice(phrase(language, f"nav.{key}"), ChartTap(place.step, answer, place.revision)),)
        for key, answer in (("erase", "_erase"), ("go_on", "_stay"))
    )
    pages = _pages([phrase(language, "data.title"), *lines, phrase(language, "data.end")])
    for number, page in enumerate(pages, start=1):
        turn.say(turn.me, Card(page, rows if number == len(pages) else (), replaces=f"data.{number}"))


def erase_everything(content: Content, turn: Turn) -> Outcome:
    """Forget this person in one verb; the members who helped are told that it stopped, not who it was.

    Their chat is emptied as by 🚪, which could not do it any more: nobody knows what stands there.
    """
    language = turn.language
    if last_coordinator(turn, turn.me):
        turn.say(turn.me, only_one(content))
        turn.place = Place.from_dict(turn.conversation.place) if turn.conversation.place else turn.place
        return NOTHING
    own = leads.of_resident(turn.tx, turn.wijk.id, turn.subject)
    before = {each.id: views.of_lead(turn.tx, turn.wijk.id, each.id) for each in own}
    outcome = Outcome(forgotten=True, withdrawn=tuple(each.id for each in own))
    for member in members.of(turn.tx, turn.wijk.id, turn.me):
        outcome |= depart(content, turn, member, ERASED).outcome
    cards = {lead.id: _last_word(content, lead) for lead in own}
    for lead in own:
        blank_what_was_said(turn, lead, cards[lead.id], before[lead.id])
    above = take_above(turn.tx, turn.wijk.id, turn.me, turn.now)
    erased = personal_data.everything(turn.tx, turn.wijk.id, turn.me, turn.now)
    for lead in erased.withdrawn:
        tell_inbox(turn, lead, cards[lead.id], open_in=before.pop(lead.id), kind="withdrawn")
    for view in (view for lead in own for view in before.get(lead.id, ())):
        turn.say(view.member, cards[view.lead], edit=view.message)
    turn.say(turn.me, Card(content.words.phrase(language, "notices.erased")))
    turn.out += above.gone(content.words, turn.me)
    return outcome


def _last_word(content: Content, lead: Lead) -> Card:
    """Return what members read in place of a lead whose resident erased everything."""
    key = "desk.withdrawn" if lead.closed_at is None else "desk.erased"
    return closing(content, content.words.phrase("nl", key, code=lead.code))


def _answers(content: Content, conversation: dict[str, Any], language: str) -> list[str]:
    if not conversation.get("place"):
        return []
    phrase, place = content.words.phrase, Place.from_dict(conversation["place"])
    lines = []
    if place.language:
        lines.append(phrase(language, "data.language", language=content.words.name(place.language)))
    given = [*place.trail, *place.kept, *((*place.left.trail, *place.left.kept) if place.left else ())]
    said = []
    for each in given:
        if each.answers == (TYPED,):
            said.append((each.text, ""))
        elif each.answers == (SPOKEN,):
            said.append((spoken(content, Voice.of(each.text), place.language or SOURCE, language), ""))
        elif found := answer_line(content, each.step, list(each.answers), language):
            said.append(found)
    if said:
        lines.append(phrase(language, "data.answers"))
        lines += [phrase(language, "data.answer", question=question, answer=answer) for question, answer in said]
    return lines


def _pages(lines: list[str]) -> list[str]:
    pages = [""]
    for line in lines:
        if pages[-1] and units(pages[-1]) + units(line) > LONGEST:
            pages.append("")
        pages[-1] = f"{pages[-1]}\n{line}" if pages[-1] else line
    return pages
