"""My data: the help that runs for a resident, everything that is stored about them, and the way to erase it."""

from __future__ import annotations

from typing import Any

from bot.content.loaded import Content
from bot.leads.packet import answer_line, packet_lines
from bot.leads.recipients import blank_what_was_said, closing, leave_inbox, partner_name, readers, tell_inbox
from bot.leads.status import running, status_of
from bot.messages.card import Card, Choice
from bot.messages.turn import Outcome, Turn
from db.leads import leads, views
from db.people import members, personal_data
from flows.model.heard import ChartTap, StopHelpTap
from flows.model.place import TYPED, Place

LONGEST = 3500
"""The most characters in one message; Telegram takes 4,096."""


def help_card(content: Content, turn: Turn, place: Place) -> Card:
    """Draw the help that runs for this resident, including what fell to the coordinator, with buttons to stop it."""
    language, phrase = turn.language, content.words.phrase
    mine = running(content, turn)
    menu = Choice(phrase(language, "nav.menu"), ChartTap(place.step, "_menu", place.revision))
    if not mine:
        return Card(phrase(language, "overlays.help_none"), ((menu,),), replaces="help")
    lines = [phrase(language, "overlays.help")]
    rows = []
    for lead in mine:
        status = status_of(content, lead, language)
        lines.append(
            phrase(
                language,
                "overlays.help_line",
                code=lead.code,
                partner=partner_name(content, turn, lead, language),
                status=status,
            )
        )
        if content.desk.move("withdraw", lead.status, "resident"):
            text = phrase(language, "overlays.stop_button", code=lead.code)
            rows.append((Choice(text, StopHelpTap(lead.token, place.revision)),))
    return Card("\n\n".join(lines), (*rows, (menu,)), replaces="help")


def ask_to_stop(content: Content, turn: Turn, place: Place, token: str) -> None:
    """Ask whether this resident is sure that the help of the lead with this token must stop."""
    lead = leads.by_token(turn.tx, turn.wijk.id, token)
    if lead is None or lead.resident != turn.me:
        turn.say(turn.me, help_card(content, turn, place))
        return
    phrase = content.words.phrase
    rows = (
        (
            Choice(
                phrase(turn.language, "overlays.stop_help_yes"),
                StopHelpTap(lead.token, place.revision, sure=True),
            ),
        ),
        (Choice(phrase(turn.language, "overlays.erase_no"), ChartTap(place.step, "_stay")),),
    )
    turn.say(turn.me, Card(phrase(turn.language, "overlays.stop_help", code=lead.code), rows))


def show_help_again(content: Content, turn: Turn, place: Place) -> None:
    """Show the help that still runs for a resident who reads the chat again."""
    card = help_card(content, turn, place)
    welcome = content.words.phrase(turn.language, "notices.welcome_back")
    turn.say(turn.me, Card(f"{welcome}\n\n{card.text}", card.choices))


def show_everything(content: Content, turn: Turn, place: Place) -> None:
    """Show all that is stored about this person, in their language, in as many messages as it takes."""
    language, phrase = turn.language, content.words.phrase
    found = personal_data.show(turn.tx, turn.wijk.id, turn.subject)
    lines = _answers(content, found.get("conversation"), language)
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
    if found.get("consents"):
        lines.append(phrase(language, "data.consents", count=len(found["consents"])))
    if found.get("messages"):
        lines.append(phrase(language, "data.messages", count=len(found["messages"])))
    for membership in found.get("memberships", ()):
        partner = turn.wijk.partners.get(membership["organisation"])
        name = content.words.partner(language, partner) if partner else phrase(language, "packet.coordinator")
        lines.append(phrase(language, "data.member", partner=name))
    rows = tuple(
        (Choice(phrase(language, f"nav.{key}"), ChartTap(place.step, answer, place.revision)),)
        for key, answer in (("erase", "_erase"), ("go_on", "_stay"))
    )
    if not lines:
        turn.say(turn.me, Card(phrase(language, "data.nothing"), rows, replaces="data.0"))
        return
    pages = _pages([phrase(language, "data.title"), *lines, phrase(language, "data.end")])
    for number, page in enumerate(pages, start=1):
        turn.say(turn.me, Card(page, rows if number == len(pages) else (), replaces=f"data.{number}"))


def erase_everything(content: Content, turn: Turn) -> Outcome:
    """Forget this person in one verb; the members who helped are told that it stopped, not who it was."""
    language = turn.language
    own = leads.of_resident(turn.tx, turn.wijk.id, turn.subject)
    before = {each.id: views.of_lead(turn.tx, turn.wijk.id, each.id) for each in own}
    memberships = members.of(turn.tx, turn.wijk.id, turn.me)
    leave_desk(content, turn)
    erased = personal_data.everything(turn.tx, turn.wijk.id, turn.me, turn.now)
    for organisation in dict.fromkeys(each.organisation for each in memberships):
        if not readers(turn, organisation):
            leave_inbox(content, turn, organisation)
    for lead in erased.withdrawn:
        gone = closing(content, content.words.phrase("nl", "desk.withdrawn", code=lead.code))
        open_in = before.pop(lead.id, [])
        blank_what_was_said(turn, lead, gone, open_in)
        tell_inbox(turn, lead, gone, open_in=open_in, kind="withdrawn")
    for lead in (lead for lead in own if lead.id in before):
        gone = closing(content, content.words.phrase("nl", "desk.erased"))
        blank_what_was_said(turn, lead, gone, before[lead.id])
        for view in before[lead.id]:
            turn.say(view.member, gone, edit=view.message)
    turn.say(turn.me, Card(content.words.phrase(language, "notices.erased")))
    return Outcome(forgotten=True, withdrawn=tuple(each.id for each in own))


def leave_desk(content: Content, turn: Turn) -> None:
    """Blank the leads that this member has open: no name stays on a card, and no member beside a lead."""
    for view in views.of_member(turn.tx, turn.wijk.id, turn.me):
        lead = leads.get(turn.tx, turn.wijk.id, view.lead)
        if lead is not None:
            status = content.desk.statuses[lead.status].label
            text = content.words.phrase("nl", "desk.closed", code=lead.code, status=status)
            turn.say(turn.me, Card(text), edit=view.message)
    views.forget_member(turn.tx, turn.wijk.id, turn.me)


def _answers(content: Content, conversation: dict[str, Any] | None, language: str) -> list[str]:
    if not conversation or not conversation.get("place"):
        return []
    phrase, place = content.words.phrase, Place.from_dict(conversation["place"])
    lines = []
    if place.language:
        lines.append(phrase(language, "data.language", language=content.words.name(place.language)))
    given = [*place.trail, *place.kept, *(place.left[1] if place.left else ())]
    said = []
    for each in given:
        if each.answers == (TYPED,):
            said.append((each.text, ""))
        elif found := answer_line(content, each.step, list(each.answers), language):
            said.append(found)
    if said:
        lines.append(phrase(language, "data.answers"))
        lines += [phrase(language, "data.answer", question=question, answer=answer) for question, answer in said]
    return lines


def _pages(lines: list[str]) -> list[str]:
    pages = [""]
    for line in lines:
        if pages[-1] and len(pages[-1]) + len(line) > LONGEST:
            pages.append("")
        pages[-1] = f"{pages[-1]}\n{line}" if pages[-1] else line
    return pages
