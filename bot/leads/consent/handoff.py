"""The warm handoff: what was agreed becomes leads, consents and disclosures, and the readers of the inbox are told."""

from __future__ import annotations

from collections.abc import Callable

from bot.content.loaded import Content
from bot.leads import notices
from bot.leads.clocks import moves
from bot.leads.consent import together
from bot.leads.consent.card import consent_fields, consent_question, version_of
from bot.leads.deadlines import claim_by, contact_by
from bot.leads.recipients import (
    blank_what_was_said,
    closing,
    first_readers,
    leave_to_coordinator,
    notice,
    partner_name,
    tell_inbox,
)
from bot.leads.talk import watchword
from bot.messages.card import Card
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.register import pairs
from db.leads import blanking, leads, views
from db.leads.consent import consents, disclosures, passings
from db.leads.due import Moments
from db.leads.lead import Lead
from flows.model.names import NOTICES
from flows.model.place import Trail
from flows.model.wijk import COORDINATOR
from flows.walk import advice
from flows.walk.facts import recall
from flows.walk.help import Destination

DONE = "handoff.done"
SHARE = "share"
"""The purpose in the consent ledger: send this need with these fields to this organisation (field.md §1.4, 3)."""


def refer(content: Content, turn: Turn, trail: Trail, choose: Callable[[str], str]) -> Lead | None:
    """Make a lead when the resident said yes to the destination they were asked about; return it, or None.

    The yes or no goes into the consent ledger; what is stored is what was shown. `choose` picks each character of the
    lead's code.
    """
    memory = recall(content.charts, turn.wijk, trail)
    language, said = turn.language, advice.said(memory)
    packet, question = advice.packet(memory, language), consent_question(content)
    if packet is None or question is None or said not in ("yes", "no"):
        return None
    asked = content.words.say(language, question.name, question.ask)
    shown = consent_fields(content, question, packet, turn.wijk, language)["packet"]
    consent = consents.add(
        turn.tx,
        turn.wijk.id,
        resident=turn.subject,
        sender=turn.sender,
        purpose=SHARE,
        recipient=packet["inbox"],
        fields=sorted(packet),
        text_version=version_of(asked),
        shown=shown if said == "yes" else "",
        language=language,
        given=said == "yes",
        now=turn.now,
    )
    if said == "no":
        return None
    before = notices.chosen(turn.tx, turn.wijk.id, turn.subject)  # for help that runs; the same for all of it
    named = memory.answer(NOTICES) == "yes" if before is None else before
    return _lead(content, turn, advice.chosen(memory)[0], packet, consent, named, choose)


def receipts(content: Content, turn: Turn) -> str:
    """Return the receipts of this resident's newest open leads: the code, who gets in touch, before when, and with
    which word.

    As many as one handover can make: the others have theirs, and stand in *Mijn hulp*.
    """
    language = turn.language
    blocks: list[str] = []
    own = leads.of_resident(turn.tx, turn.wijk.id, turn.subject)
    for lead in [each for each in own if each.closed_at is None][-advice.MOST :]:
        if not lead.packet:
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
        for key, moment in (("before", lead.contact_by), ("looks", lead.claim_by)):
            if moment:
                deadline = content.words.day(language, moment.date())
                lines.append(content.words.phrase(language, f"receipt.{key}", deadline=deadline))
                break
        blocks.append("\n".join([*lines, watchword.told(content, turn, lead, language)]))
    return "\n".join(["\n\n".join(blocks), watchword.asks(content, language)]) if blocks else ""


def withdraw(content: Content, turn: Turn, token: str) -> Outcome:
    """Stop this help for the resident: tell the inbox, and erase at once what it and those before it knew."""
    lead = leads.by_token(turn.tx, turn.wijk.id, token)
    language = turn.language
    if lead is not None and lead.resident is None:
        turn.say(turn.me, Card(content.words.phrase(language, "notices.withdrawn_before", code=lead.code)))
        return NOTHING
    if lead is None or lead.resident != turn.subject:
        turn.say(turn.me, Card(content.words.phrase(language, "overlays.help_none")))
        return NOTHING
    if not stop(content, turn, lead, "resident"):
        turn.say(turn.me, Card(content.words.phrase(language, "notices.withdrawn_before", code=lead.code)))
        return NOTHING
    name = partner_name(content, turn, lead, language)
    turn.say(turn.me, Card(content.words.phrase(language, "notices.withdrawn", code=lead.code, partner=name)))
    return Outcome(withdrawn=(lead.id,))


def stop(content: Content, turn: Turn, lead: Lead, actor: str) -> bool:
    """End a lead because its resident said so, here or to a member: tell who has it, and erase what they knew.

    False when it cannot be withdrawn any more. The caller returns the outcome that it was withdrawn.
    """
    move, beside = content.desk.move("withdraw", lead.status, "resident"), together.known_beside(turn, lead)
    if move is None or moves.move(content, turn, lead, move.to, actor=actor) is None:
        return False
    ended = passings.chain(turn.tx, turn.wijk.id, lead)
    own = leads.of_resident(turn.tx, turn.wijk.id, lead.resident or "")
    others = {each.consent for each in own if each.closed_at is None}  # a yes on which other help rests stays
    for yes in dict.fromkeys(each.consent for each in ended):
        if yes is not None and yes not in others:
            consents.withdraw(turn.tx, turn.wijk.id, yes, turn.now)
    if lead.assignee is None:
        pairs.take_back(turn, lead, [each for each in own if each.id not in {one.id for one in (lead, *ended)}])
    notices.take_back(content, turn, lead)
    card = closing(content, content.words.phrase("nl", "desk.withdrawn", code=lead.code))
    open_in = views.of_lead(turn.tx, turn.wijk.id, lead.id)
    blank_what_was_said(turn, lead, card, open_in)
    tell_inbox(turn, lead, card, open_in=open_in)
    blanking.blank(turn.tx, turn.wijk.id, [each.id for each in ended], but=lead.resident or "")
    together.tell_who_goes_on(content, turn, lead, beside)
    return True


def _lead(
    content: Content,
    turn: Turn,
    to: Destination,
    packet: dict[str, object],
    consent: int,
    named: bool,
    choose: Callable[[str], str],
) -> Lead:
    wijk, partner = turn.wijk, turn.wijk.partners.get(to.partner)
    inbox = to.inbox(wijk)
    moments = Moments(claim_by(turn.now, to.help, partner), contact_by(turn.now, to.help, [partner] if partner else []))
    known = leads.of_resident(turn.tx, wijk.id, turn.subject)
    own = [each for each in known if each.closed_at is None]
    along = own if packet.get("together") else []
    with_others = next((each for each in along if _comes_along(each, to.partner)), None)
    lead = leads.create(
        turn.tx,
        wijk.id,
        resident=turn.subject,
        sender=turn.sender,
        partner=to.partner,
        inbox=inbox,
        row=to.help.offers[0].row,
        topic=list(dict.fromkeys(offer.topic for offer in to.help.offers)),
        needs=to.needs,
        most=wijk.most_help,
        urgent=to.help.urgent,
        packet=packet,
        language=turn.language,
        now=turn.now,
        next=moves.what_comes(content, turn, content.desk.start, inbox, moments),
        consent=consent,
        open_notices=named,
        claim_by=moments.claim_by,
        contact_by=moments.contact_by,
        together=with_others.code if with_others else None,
        choose=choose,
    )
    if with_others is not None:
        leads.pair(turn.tx, wijk.id, with_others.id, with_others.code)
    pairs.count(turn, lead, known, with_others)
    hand_out(content, turn, lead)
    return lead


def hand_out(content: Content, turn: Turn, lead: Lead) -> None:
    """Note to whom a new lead goes, and tell the readers of its inbox."""
    packet = lead.packet or {}
    disclosures.add(
        turn.tx,
        turn.wijk.id,
        lead=lead.id,
        consent=lead.consent,
        recipient=lead.inbox,
        fields=sorted(packet),
        packet=packet,
        now=turn.now,
    )
    found = first_readers(turn, lead.inbox, but=lead.resident)
    for person in found:
        turn.say(person, notice(content, turn, lead), lead=lead.id, kind="new")
    if not found and lead.inbox != COORDINATOR:  # it is their own, or the last reader left a moment ago
        leave_to_coordinator(content, turn, lead)


def _comes_along(lead: Lead, partner: str) -> bool:
    """Return whether this is open, and waits for that partner to come along."""
    return lead.closed_at is None and not lead.together and partner in (lead.packet or {}).get("together", ())
