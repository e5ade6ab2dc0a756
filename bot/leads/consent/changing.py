"""A resident changes what who has their open lead gets to see: how they are reached, or a word that they add.

Guards three rules: nothing of it is shared before a yes to the card that shows all of it, the yes counts only for what
was on that card, and whoever has the lead open reads that it changed
(`docs/decisions/0008-a-yes-to-exactly-this.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.loaded import Content
from bot.leads.clocks import moves
from bot.leads.consent.card import consent_question, consent_text, version_of
from bot.leads.consent.handoff import SHARE
from bot.leads.members import reachability
from bot.leads.recipients import role_at
from bot.messages.card import Card, Choice, Rows
from bot.messages.message import deletions
from bot.messages.taps.residents import ChangeTap, MineTap
from bot.messages.turn import Turn
from db.leads import leads, views
from db.leads.consent import consents, disclosures, passings, wishes
from db.leads.lead import HANDED, Lead
from db.people import members
from db.queue import sent_messages
from flows.model.chart import Question
from flows.model.heard import ChartTap
from flows.model.names import CHANGE, MORE_WORDS, REACH, WELCOME
from flows.model.place import SPOKEN, Place, Trail
from flows.walk import advice

STEPS = {"reach": REACH, "words": MORE_WORDS}
"""What the buttons of *Mijn hulp* carry, and the step that each begins at."""

KEEP = "keep"
"""What the button carries that leaves all as it is."""

CHANGED = "changed"
"""The word of a lead's history for it."""


def begin(content: Content, turn: Turn, place: Place, lead: Lead, act: str) -> None:
    """Ask a resident what they want to change of this lead."""
    turn.place = content.walk.begin_at(place, STEPS[act], lead.id)


def packet_for(content: Content, lead: Lead, said: Trail) -> dict[str, Any]:
    """Return what who has this lead would see after what was `said`; the rest stays as it was agreed to."""
    packet = dict(lead.packet or {})
    for given in said:
        step = content.charts.steps.get(given.step)
        if not isinstance(step, Question):
            continue
        if given.step == REACH:
            packet = {key: value for key, value in packet.items() if key not in reachability.WAYS}
            packet["reach"] = given.answers[0]
        elif given.answers == (SPOKEN,):
            packet["voice"] = given.text
        elif step.write == "words":
            both = f"{packet['words']}\n{given.text}" if packet.get("words") else given.text
            packet["words"] = both if len(both) <= step.limit else given.text
        else:
            packet[step.write or step.share or ""] = given.text
    return packet


def card(content: Content, turn: Turn, place: Place) -> Card:
    """Draw the card that asks for a yes: what would be seen from now on, with the change in it."""
    phrase, language, lead = content.words.phrase, turn.language, _open(turn, place.about)
    tongue = (Choice(phrase(language, "nav.language"), ChartTap(WELCOME, "_language")),)
    if lead is None:
        menu = Choice(phrase(language, "nav.menu"), ChartTap(place.step, "_menu", place.revision))
        mine = Choice(phrase(language, "nav.my_help"), ChartTap(place.step, "_help"))
        return Card(phrase(language, "changing.gone"), ((mine,), (menu,), tongue))
    packet, question = packet_for(content, lead, place.kept), consent_question(content)
    text = f"{consent_text(content, packet, turn.wijk, language)}\n{phrase(language, 'changing.sure')}"
    yes = question.answers["yes"] if question else None
    label = content.words.say(language, f"{question.name}.yes", yes.text) if question and yes else ""
    rows: Rows = (
        (Choice(label, ChangeTap(lead.token, _mark(lead, packet))),),
        (Choice(phrase(language, "changing.no"), MineTap(lead.token, KEEP, lead.version)),),
        tongue,
    )
    return Card(text, rows)


def hears(content: Content, turn: Turn, tap: ChangeTap) -> str:
    """Take the yes of a resident; return the key of what they read above their lead, or nothing when they are asked
    once more.

    A yes to a card that shows something else than what would be shared now is none.
    """
    place, lead = turn.place, leads.by_token(turn.tx, turn.wijk.id, tap.lead)
    lead = _open(turn, lead.id) if lead is not None else None
    if place is None or lead is None or (place.step, place.about) != (CHANGE, lead.id):
        return "changing.old"
    packet = packet_for(content, lead, place.kept)
    if tap.mark != _mark(lead, packet) or not _change(content, turn, lead, packet, place.kept):
        return ""
    leave(content, turn)
    return "changing.done"


def leave(content: Content, turn: Turn) -> None:
    """Let a resident who was changing something stand where they were before."""
    if turn.place is not None and turn.place.step in (*STEPS.values(), CHANGE):
        turn.place = content.walk.to_menu(turn.place)


def _change(content: Content, turn: Turn, lead: Lead, packet: Mapping[str, Any], said: Trail) -> bool:
    """Share this from now on: a new yes in the ledger, a new version of the lead, and no question that stands open."""
    tx, wijk, language, question = turn.tx, turn.wijk.id, turn.language, consent_question(content)
    fell = lead.inbox != packet["inbox"] and lead.reason not in HANDED  # why it fell still says where it may go
    moved = moves.attempt(content, turn, lead, "resident", lead.reason or CHANGED if fell else CHANGED)
    if moved is None or question is None:
        return False
    consent = consents.add(
        tx,
        wijk,
        resident=turn.subject,
        sender=turn.sender,
        purpose=SHARE,
        recipient=str(packet["inbox"]),
        fields=sorted(packet),
        text_version=version_of(content.words.say(language, question.name, question.ask)),
        shown=consent_text(content, packet, turn.wijk, language),
        language=language,
        given=True,
        now=turn.now,
    )
    wishes.change(tx, wijk, lead.id, packet, consent)
    others = {each.consent for each in leads.of_resident(tx, wijk, turn.subject)}
    if lead.consent is not None and lead.consent not in others:  # no other help rests on the yes of before
        consents.withdraw(tx, wijk, lead.consent, turn.now)
        wishes.forget_yes(tx, wijk, lead.consent)
    disclosures.add(
        tx,
        wijk,
        lead=lead.id,
        consent=consent,
        recipient=lead.inbox,
        fields=sorted(packet),
        packet=packet,
        now=turn.now,
    )
    if packet.get("voice") != (lead.packet or {}).get("voice"):
        _silence(turn, lead)
    _tell(content, turn, moved, said)
    return True


def _silence(turn: Turn, lead: Lead) -> None:
    """Delete what was spoken about this lead from the chats of others: what is shared now can be heard anew."""
    for one in sent_messages.of_lead(turn.tx, turn.wijk.id, lead.id):
        if one.goes_at is not None and one.person != lead.resident:
            turn.out += deletions(one.person, [one.message])


def _tell(content: Content, turn: Turn, lead: Lead, said: Trail) -> None:
    """Tell who has this lead, in the messages that show it too; what was asked about passing it on holds no more."""
    tx, wijk = turn.tx, turn.wijk.id
    asked = passings.of_lead(tx, wijk, lead.id)
    passings.end(tx, wijk, lead.id)
    key = "desk.changed_reach" if any(each.step == REACH for each in said) else "desk.changed_words"
    text, told = content.words.phrase("nl", key), [lead.assignee] if lead.assignee else []
    if asked is not None:
        text = f"{text}\n{content.words.phrase('nl', 'desk.changed_asked')}"
        here = members.of(tx, wijk, asked.by or "")
        told += [asked.by] if asked.by and any(role_at(content, each, lead) for each in here) else []
    news = reachability.lead_card(content, lead, text)
    for view in views.of_lead(tx, wijk, lead.id):
        turn.say(view.member, news, edit=view.message, lead=lead.id, view=True)
    for person in dict.fromkeys(told):
        turn.say(person, news, lead=lead.id)


def _open(turn: Turn, id: int) -> Lead | None:
    """Return this lead, if it is the sender's and still runs."""
    lead = leads.get(turn.tx, turn.wijk.id, id)
    runs = lead is not None and lead.resident == turn.me and lead.closed_at is None and lead.packet is not None
    return lead if runs else None


def _mark(lead: Lead, packet: Mapping[str, Any]) -> str:
    return advice.fingerprint({**packet, "version": lead.version})
