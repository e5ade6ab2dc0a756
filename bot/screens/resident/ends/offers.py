"""The offers in words: who can help, what happens, on which day. One block per helper, so that it fits a phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from bot.content.doors import call_lines
from bot.content.loaded import Content
from bot.leads.deadlines import claim_by, contact_by
from bot.leads.packet import topic_line, topics
from flows.model.chart import Offer
from flows.model.wijk import Partner, Wijk
from flows.texts.lines import END, END_TWO, lines
from flows.texts.offers import offer_words, warn_words
from flows.walk import advice
from flows.walk.help import Advice, Help

ALSO = 2
"""Further topics that one block names."""

BARE = 3
"""From how short on the text of what can wait goes, beside what cannot."""

NAMES = 5
"""From how short on a helper is only named, and where to look for a number is not said."""


def end_text(content: Content, heading: str, now: Advice, wijk: Wijk, language: str, moment: datetime) -> str:
    """Return the text of an end card: the heading, one block per helper, the warnings, what runs already.

    Where it would not fit a phone, the blank line goes; then each offer says the first line of its text only; then
    the further topics go, which stand on the consent card; then, beside what cannot wait, the text and the day of
    what can; and last what the helpers do.
    """
    several = sum(len(each.to) for each in now.now) > 1 or any(each.urgent for each in now.now)
    text = ""
    for short, between in ((0, "\n\n"), (0, "\n"), (1, "\n\n"), (1, "\n"), (2, "\n"), (3, "\n"), (4, "\n"), (5, "\n")):
        parts = [heading, "\n".join(_blocks(content, now, wijk, language, moment, short=short))]
        text = between.join(part for part in parts if part)
        if lines(text) <= (END_TWO if several else END):
            break
    return "\n\n".join([text, *_other_lines(content, now, wijk, language)])


def _blocks(content: Content, now: Advice, wijk: Wijk, language: str, moment: datetime, *, short: int) -> list[str]:
    """Return one block per helper with its day, and the warnings. A day that all share is said once."""
    days = [_day(each, wijk, moment) for each in now.now]
    once = len(days) > 1 and len(set(days)) == 1
    pressing, found = any(each.urgent for each in now.now), list[str]()
    for each, day in zip(now.now, days, strict=True):
        waits = pressing and not each.urgent
        found += _block(content, each, wijk, language, short=short, bare=waits and short >= BARE)
        found += call_lines(content, each.offers, wijk, language, moment.date(), brief=short >= NAMES)
        found += [] if once or (waits and short > BARE) else [_when(content, day, language)]
    found += [_when(content, days[0], language)] if once else []
    warned = (line for each in now.now for line in warnings(content, each.offers, wijk, language))
    return [*found, *dict.fromkeys(warned)]


def _other_lines(content: Content, now: Advice, wijk: Wijk, language: str) -> list[str]:
    """Return what runs already, and that no more can be asked now."""
    found = [_running_lines(content, now, language)] if now.running else []
    if now.full:
        person = content.places(wijk, language)["person"]
        found.append(content.words.phrase(language, "offer.most", person=person))
    return found


def warnings(content: Content, offers: Iterable[Offer], wijk: Wijk, language: str) -> list[str]:
    """Return what a resident must read whatever these offers are merged with, each once."""
    said = (
        content.words.fill(language, *warn_words(one), content.places(wijk, language)) for one in offers if one.warn
    )
    return [content.words.phrase(language, "offer.warn", warn=text) for text in dict.fromkeys(said) if text]


def sign(content: Content, topic: str) -> str:
    """Return the emoji that stands for this topic."""
    return content.words.phrases.get(f"signs.{topic}", content.words.phrases["signs.person"])


def partner_about(content: Content, key: str, each: Help, wijk: Wijk, language: str) -> str:
    """Return a partner's name with the topic, because the name alone does not say which help is meant."""
    about = content.words.phrase(language, f"topics.{each.offers[0].topic}")
    name = content.words.partner(language, wijk.partners[key])
    return content.words.phrase(language, "offer.about", partner=name, topic=about)


def _block(content: Content, each: Help, wijk: Wijk, language: str, *, short: int, bare: bool = False) -> list[str]:
    """Return who helps and, unless `bare`, what happens; of what runs in part already the text is not true any more."""
    phrase, found = content.words.phrase, list[str]()
    for key in each.closed:
        partner = wijk.partners[key]
        found.append(
            phrase(language, f"offer.{partner.state}", partner=_capital(content.words.partner(language, partner)))
        )
    found += _who(content, each, wijk, language, named=short >= NAMES)
    for one in () if bare else told(each):
        if one not in each.partly:
            said = content.words.fill(language, *offer_words(wijk, one), content.places(wijk, language))
            found.append(said.split("\n")[0] if short else said)
    first = phrase(language, f"topics.{each.offers[0].topic}")
    also = [text for text in topics(content, [offer.topic for offer in each.offers], language) if text not in first]
    if also and short < 2:
        key = "offer.also" if len(also) <= ALSO else "offer.also_more"  # all of them stand on the consent card
        found.append(phrase(language, key, topics=content.words.in_row(also[:ALSO], language)))
    return found


def _who(content: Content, each: Help, wijk: Wijk, language: str, *, named: bool) -> list[str]:
    people, emoji = _people(each, wijk), sign(content, each.offers[0].topic)
    found = []
    for number, partner in enumerate(people):
        key = "offer.with" if number else "offer.name" if named else "offer.free" if partner.free else "offer.who"
        what = content.words.say(language, f"partner.{partner.id}.what", partner.what)
        name = content.words.partner(language, partner)
        found.append(
            content.words.phrase(language, key, sign=emoji, partner=name if number else _capital(name), what=what)
        )
    if len(people) < len(each.to):
        found.append(content.words.phrase(language, "offer.coordinator", sign=emoji))
    return found


def _day(each: Help, wijk: Wijk, moment: datetime) -> tuple[str, date]:
    """Return the day on which the resident has heard from them at the latest, or else the coordinator looks."""
    people = _people(each, wijk)
    heard = contact_by(moment, each, people)
    if heard is None:
        return "looks", max(claim_by(moment, each, one) for one in people).date()
    return "day", heard.date()


def _when(content: Content, day: tuple[str, date], language: str) -> str:
    key, when = day
    return content.words.phrase(language, f"offer.{key}", day=content.words.short_day(language, when))


def _running_lines(content: Content, now: Advice, language: str) -> str:
    """Return what runs already, with its code, and where to go with news about it."""
    lines = [
        content.words.phrase(language, "offer.runs", topic=topic_line(content, about[:1], language), code=lead.code)
        for lead, about in now.running[: advice.MOST]
    ]
    return "\n".join([*lines, content.words.phrase(language, "offer.news")])


def told(each: Help) -> list[Offer]:
    """Return the offers whose own words are shown: the first, and each urgent one about another topic."""
    found = [each.offers[0]]
    for offer in each.offers[1:]:
        if offer.urgent and offer.topic not in [one.topic for one in found]:
            found.append(offer)
    return found


def _people(each: Help, wijk: Wijk) -> list[Partner]:
    return [wijk.partners[key] for key in each.to if key in wijk.partners]


def _capital(name: str) -> str:
    """Return the name with a capital, also behind an invisible sign."""
    first = next((place for place, letter in enumerate(name) if letter.isalpha()), 0)
    return name[:first] + name[first : first + 1].upper() + name[first + 1 :]
