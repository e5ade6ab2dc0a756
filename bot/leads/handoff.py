"""The warm handoff: what was agreed becomes leads, consents and disclosures, and the readers of the inbox are told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from bot.content.loaded import Content
from bot.leads.deadlines import claim_days, contact_days, office_hours, urgent_days, working_days
from bot.leads.packet import packet_lines
from bot.leads.recipients import blank_what_was_said, closing, leave_inbox, notice, partner_name, readers, tell_inbox
from bot.messages.card import Card
from bot.messages.turn import NOTHING, Outcome, Turn
from db.leads import consents, disclosures, leads, views
from db.leads.leads import Lead
from db.queue import outbox
from flows.model.chart import Question
from flows.model.place import Trail
from flows.model.wijk import COORDINATOR
from flows.walk import advice
from flows.walk.advice import Destination
from flows.walk.facts import recall

DONE = "handoff.done"
SHARE = "share"
"""The purpose in the consent ledger: send this need with these fields to this organisation (field.md §1.4, 3)."""


def refer(content: Content, turn: Turn, trail: Trail, choose: Callable[[str], str]) -> list[Lead]:
    """Make a lead for each yes of the resident, and a consent entry for each yes and each no.

    What is stored is what was shown. `choose` picks each character of a lead's code.
    """
    memory = recall(content.charts, turn.wijk, trail)
    language = turn.language
    made: list[Lead] = []
    for number, destination in enumerate(advice.chosen(memory), start=1):
        packet = advice.packet(memory, number, language)
        question = _consent_question(content, number)
        said = memory.answer(question.name) if question else ""
        if packet is None or question is None or said not in ("yes", "no"):
            continue
        shown = "\n".join(packet_lines(content, packet, turn.wijk, language))
        consent = consents.add(
            turn.tx,
            turn.wijk.id,
            resident=turn.subject,
            sender=turn.sender,
            purpose=SHARE,
            recipient=packet["inbox"],
            fields=sorted(packet),
            text_version=hashlib.sha256(content.words.say(language, question.name, question.ask).encode()).hexdigest()[
                :16
            ],
            shown=shown if said == "yes" else "",
            language=language,
            given=said == "yes",
            now=turn.now,
        )
        if said == "yes":
            made.append(_lead(content, turn, destination, packet, consent, made, choose))
    return made


def receipts(content: Content, turn: Turn) -> str:
    """Return the receipts of this resident's open leads: the code, who gets in touch, and before when."""
    language = turn.language
    blocks = []
    for lead in leads.of_resident(turn.tx, turn.wijk.id, turn.subject):
        if lead.closed_at is not None or not lead.packet:
            continue
        person = content.words.phrase(language, "packet.coordinator")
        if lead.inbox != COORDINATOR and lead.partner in turn.wijk.partners:
            person = content.words.say(
                language, f"partner.{lead.partner}.person", turn.wijk.partners[lead.partner].person
            )
        lines = [
            content.words.phrase(language, "receipt.code", code=lead.code),
            content.words.phrase(language, f"receipt.{lead.packet['reach']}", person=person[:1].upper() + person[1:]),
        ]
        if lead.contact_by:
            deadline = content.words.day(language, lead.contact_by.date())
            lines.append(content.words.phrase(language, "receipt.before", deadline=deadline))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def withdraw(content: Content, turn: Turn, token: str) -> Outcome:
    """Stop this help for the resident: tell the inbox, and erase at once what it knew."""
    lead = leads.by_token(turn.tx, turn.wijk.id, token)
    language = turn.language
    if lead is None or lead.resident != turn.subject:
        turn.say(turn.me, Card(content.words.phrase(language, "overlays.help_none")))
        return NOTHING
    move = content.desk.move("withdraw", lead.status, "resident")
    moved = move and leads.move(
        turn.tx,
        turn.wijk.id,
        lead.id,
        lead.version,
        move.to,
        closed=content.desk.closes(move.to),
        now=turn.now,
        actor="resident",
    )
    if not moved:
        turn.say(turn.me, Card(content.words.phrase(language, "notices.withdrawn_before", code=lead.code)))
        return NOTHING
    if lead.consent is not None:
        consents.withdraw(turn.tx, turn.wijk.id, lead.consent, turn.sender, turn.now)
    leads.blank(turn.tx, turn.wijk.id, lead.id)
    outbox.drop_about(turn.tx, turn.wijk.id, [lead.id], but=turn.me)
    card = closing(content, content.words.phrase("nl", "desk.withdrawn", code=lead.code))
    open_in = views.of_lead(turn.tx, turn.wijk.id, lead.id)
    blank_what_was_said(turn, lead, card, open_in)
    tell_inbox(turn, lead, card, open_in=open_in)
    name = partner_name(content, turn, lead, language)
    turn.say(turn.me, Card(content.words.phrase(language, "notices.withdrawn", code=lead.code, partner=name)))
    return Outcome(withdrawn=(lead.id,))


def _lead(
    content: Content,
    turn: Turn,
    to: Destination,
    packet: dict[str, object],
    consent: int,
    made: list[Lead],
    choose: Callable[[str], str],
) -> Lead:
    wijk, partner = turn.wijk, turn.wijk.partners.get(to.partner)
    urgent = to.help.urgent
    people_there = [partner] if partner else []
    hours = partner.urgent_claim_hours if partner else 4
    claim_by = office_hours(turn.now, hours) if urgent else working_days(turn.now, claim_days(to.help, partner))
    contact_by = working_days(turn.now, urgent_days(people_there) if urgent else contact_days(to.help, people_there))
    with_others = next((each for each in made if each.packet and to.partner in each.packet.get("together", ())), None)
    lead = leads.create(
        turn.tx,
        wijk.id,
        resident=turn.subject,
        sender=turn.sender,
        partner=to.partner,
        inbox=to.inbox(wijk),
        row=to.help.offers[0].row,
        topic=list(dict.fromkeys(offer.topic for offer in to.help.offers)),
        urgent=urgent,
        packet=packet,
        language=turn.language,
        now=turn.now,
        consent=consent,
        claim_by=claim_by,
        contact_by=contact_by,
        together=with_others.code if with_others else None,
        choose=choose,
    )
    if with_others is not None:
        leads.pair(turn.tx, wijk.id, with_others.id, with_others.code)
    disclosures.add(
        turn.tx,
        wijk.id,
        lead=lead.id,
        consent=consent,
        recipient=lead.inbox,
        fields=sorted(packet),
        packet=packet,
        now=turn.now,
    )
    found = readers(turn, lead.inbox)
    for person in found:
        turn.say(person, notice(content, turn, lead), lead=lead.id)
    if not found and lead.inbox != COORDINATOR:  # the last reader left a moment ago, in another process
        leave_inbox(content, turn, lead.inbox)
    return lead


def _consent_question(content: Content, number: int) -> Question | None:
    return next((q for q in content.charts.steps.values() if isinstance(q, Question) and q.consent == number), None)
