"""The word at the door: a word with a picture that whoever rings or comes about a lead says, and its resident was told.

Guards three rules: a member reads a word only after its resident was told it, no two open leads of one resident have
the same, and whoever loses a lead knows no word of it that counts (`docs/decisions/0040-the-word-at-the-door.md`).
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.content.words import SOURCE
from bot.messages.turn import Turn
from db.leads import calls, counts, leads, sealed
from db.leads.consent import disclosures
from db.leads.lead import Lead
from db.people.members import Member
from db.queue import held_messages

SECTION = "watchwords."
"""Where the words stand among the phrases, each behind its picture."""


def told(content: Content, turn: Turn, lead: Lead, language: str) -> str:
    """Return what tells the resident which word belongs to this lead; one without a word gets it now."""
    if known := line(content, lead, language):
        return known
    had, word = [each for each in lead.watchwords or () if each], _draw(content, turn, lead)
    leads.set_watchword(turn.tx, turn.wijk.id, lead.id, [*had, word])
    return content.words.phrase(
        language, "watchword.now" if had else "watchword.is", word=_said(content, word, language)
    )


def line(content: Content, lead: Lead, language: str) -> str:
    """Return the line that says to a resident which word belongs to this lead; empty when they were told none."""
    word = now(content, lead)
    return content.words.phrase(language, "watchword.is", word=_said(content, word, language)) if word else ""


def asks(content: Content, language: str) -> str:
    """Return what a resident does with a word."""
    return content.words.phrase(language, "watchword.ask")


def to_say(content: Content, turn: Turn, lead: Lead) -> list[str]:
    """Return the line that says to a member which word to say; none until the resident was told it, and opened that."""
    lead = leads.get(turn.tx, turn.wijk.id, lead.id) or lead
    word = now(content, lead)
    if word and _is_unread(content, turn, lead, word):
        return []
    return [content.words.phrase(SOURCE, "desk.watchword", word=_said(content, word, SOURCE))] if word else []


def now(content: Content, lead: Lead) -> str:
    """Return the key of the word that is said now about an open lead; empty without one."""
    word = (lead.watchwords or [""])[-1]
    return word if lead.closed_at is None and SECTION + word in content.words.phrases else ""


def ends_with(content: Content, turn: Turn, member: Member) -> list[Lead]:
    """Let the words end that this member read, of the open leads that stay in the inbox; return those leads."""
    many = counts.count_of_inbox(turn.tx, turn.wijk.id, member.organisation)
    found = leads.open_of_inboxes(turn.tx, turn.wijk.id, [member.organisation], limit=many)
    knew = [lead for lead in found if now(content, lead) and _has_read(turn, lead, member.person)]
    for lead in knew:
        leads.set_watchword(turn.tx, turn.wijk.id, lead.id, [*(lead.watchwords or ()), ""])
    return knew


def _has_read(turn: Turn, lead: Lead, person: str) -> bool:
    """Return whether this member ever opened the lead, or was asked to ring about it."""
    seen = (each.member for each in disclosures.of_lead(turn.tx, turn.wijk.id, lead.id))
    return person in seen or calls.of_lead(turn.tx, turn.wijk.id, lead.id) is not None


def _is_unread(content: Content, turn: Turn, lead: Lead, word: str) -> bool:
    """Return whether what tells this word to the resident waits to be opened: no other phrase has its picture."""
    picture = content.words.phrase(SOURCE, SECTION + word).partition(" ")[0]
    waiting = [each.payload for each in sealed.waiting(turn.tx, turn.wijk.id, lead.id)]
    waiting += [each.payload for each in held_messages.held(turn.tx, turn.wijk.id, lead.resident or "")]
    return any(picture in payload["text"] for payload in waiting if payload)


def _said(content: Content, word: str, language: str) -> str:
    """Return the picture and the word in this language, and behind it in Dutch, as it is said: 🍎 apple (appel)."""
    own, dutch = (content.words.phrase(each, SECTION + word) for each in (language, SOURCE))
    if own == dutch:
        return dutch
    return content.words.phrase(language, "watchword.both", word=own, dutch=dutch.partition(" ")[2])


def _draw(content: Content, turn: Turn, lead: Lead) -> str:
    """Choose a word at random that no lead of this resident ever had, or at least none that is open."""
    pictures = {
        text.partition(" ")[0]: key.removeprefix(SECTION)
        for key, text in content.words.phrases.items()
        if key.startswith(SECTION)
    }
    own = [lead, *leads.of_resident(turn.tx, turn.wijk.id, lead.resident or "")]
    ever = {word for each in own for word in each.watchwords or ()}
    open_now = {now(content, each) for each in own}
    free = [picture for picture, word in pictures.items() if word not in ever]
    free = free or [picture for picture, word in pictures.items() if word not in open_now] or list(pictures)
    return pictures[turn.choose("".join(free))]
