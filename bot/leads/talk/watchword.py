"""The word at the door: a word with a picture that whoever rings or comes about a lead says, and its resident was told.

Guards three rules: a member reads a word only after its resident was told it, no two open leads of one resident have
the same, and whoever loses a lead knows no word of it that counts (`docs/decisions/0040-the-word-at-the-door.md`).
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.content.words import SOURCE
from bot.messages.turn import Turn
from db.leads import leads
from db.leads.lead import Lead

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
    """Return the line that says to a member which word to say; none until the resident was told it."""
    word = now(content, leads.get(turn.tx, turn.wijk.id, lead.id) or lead)
    return [content.words.phrase(SOURCE, "desk.watchword", word=_said(content, word, SOURCE))] if word else []


def now(content: Content, lead: Lead) -> str:
    """Return the key of the word that is said now about an open lead; empty without one."""
    word = (lead.watchwords or [""])[-1]
    return word if lead.closed_at is None and SECTION + word in content.words.phrases else ""


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
