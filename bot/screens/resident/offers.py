"""The offers, the tips and *waarom* in words: who can help, what happens, when, and where to walk in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.content.loaded import Content
from bot.leads.deadlines import contact_days, open_at, urgent_days, working_days
from bot.leads.packet import answer_line, topics
from flows.model.chart import Offer, Outcome
from flows.model.memory import Memory
from flows.model.wijk import Hours, Partner, Source, WalkIn, Wijk
from flows.texts.offers import offer_words
from flows.walk import advice, facts
from flows.walk.advice import Advice, Help
from flows.walk.tips import choose

FRESH = timedelta(days=400)
"""Hours are shown only when somebody checked them within this time; a closed door costs trust."""

POINTS = ("coach", "money", "home", "fit")


def offer_lines(content: Content, step: Outcome, now: Advice, wijk: Wijk, language: str, moment: datetime) -> list[str]:
    """Return one block per offer, then what may come later, then the place to walk in."""
    if not step.offers:
        return []
    phrase = content.words.phrase
    blocks = [_offer(content, step, each, wijk, language, moment) for each in now.now]
    if now.now:
        blocks.append(phrase(language, "offer.free"))
    later = [name for each in now.later for name in _names(content, each, wijk, language, now)]
    if later:
        blocks.append(phrase(language, "offer.later", partners=content.words.listed(later, language)))
    partner = wijk.partners.get(now.now[0].to[0]) if now.now else None
    place = wijk.places.get(partner.place if partner else "") or wijk.places[wijk.walk_in]
    hurry = any(each.urgent for each in now.now)
    return [*blocks, walk_in_line(content, place, language, moment, hurry=hurry)]


def tip_lines(content: Content, memory: Memory, language: str) -> list[str]:
    """Return at most three tips that fit; euros a year only where a sourced figure exists."""
    people = facts.persons(memory)

    def saving(name: str) -> float:
        return memory.wijk.amounts[f"saving.{name}"].for_household(people)

    chosen = choose(content.tips, memory.holds, saving, facts.monthly_bill(memory))
    lines = [content.words.say(language, f"tip.{tip.id}", tip.say, euros=euros) for tip, euros in chosen]
    return [content.words.phrase(language, "tips.intro"), *lines] if lines else []


def why_lines(content: Content, memory: Memory, step: Outcome | None, language: str) -> list[str]:
    """Return the answers that led here. Where there are points each shows its own, and together they are the score."""
    phrase = content.words.phrase
    wanted = _asked_for(step, memory)
    lines = []
    for name, _answers, points in memory.contributions():
        if not points and name not in wanted:
            continue
        found = answer_line(content, name, list(memory.answers[name]), language)
        if found is None:
            continue
        key = "why.line_points" if points else "why.line"
        lines.append(
            phrase(language, key, question=found[0], answer=found[1], points=_points(content, points, language))
        )
    if not lines:
        return [phrase(language, "why.nothing")]
    total = _points(content, memory.points, language)
    return [
        "\n".join([phrase(language, "why.intro"), *lines]),
        *([phrase(language, "why.total", points=total)] if total else []),
        phrase(language, "why.because"),
    ]


def walk_in_line(content: Content, place: WalkIn, language: str, moment: datetime, *, hurry: bool) -> str:
    """Return the place to walk in, with its hours when checked lately; in a hurry, say that they are not sure."""
    if place.hours and fresh(place.known, moment.date()):
        return content.words.phrase(
            language, "offer.place_open", place=place.name, hours=_hours(content, place.hours, language)
        )
    return content.words.phrase(language, "offer.place_unsure" if hurry else "offer.place", place=place.name)


def fresh(known: Source, today: date) -> bool:
    """Return whether a fact was checked on a day not long ago; a bare year says too little."""
    return isinstance(known.checked, date) and today - known.checked < FRESH


def _offer(content: Content, step: Outcome, each: Help, wijk: Wijk, language: str, moment: datetime) -> str:
    phrase = content.words.phrase
    first = each.offers[0]
    lines = [
        content.words.fill(language, *offer_words(wijk, step, one), content.places(wijk, language))
        for one in _told(each)
    ]
    said = phrase(language, f"topics.{first.topic}")
    also = [text for text in topics(content, [offer.topic for offer in each.offers], language) if text not in said]
    if also:
        lines.append(phrase(language, "offer.also", topics=content.words.in_row(also, language)))
    for closed in each.closed:
        partner = wijk.partners[closed]
        lines.append(
            phrase(language, f"offer.{partner.state}", partner=_capital(content.words.partner(language, partner)))
        )
    people = [wijk.partners[key] for key in each.to if key in wijk.partners]
    match people:
        case [one]:
            lines.append(
                phrase(
                    language, "offer.one", person=_person(content, one, language), what=_what(content, one, language)
                )
            )
        case [one, two, *_]:
            lines.append(
                phrase(
                    language,
                    "offer.two",
                    person=_person(content, one, language),
                    what=_what(content, one, language),
                    person_two=_person(content, two, language),
                    what_two=_what(content, two, language),
                )
            )
    if len(people) < len(each.to):
        lines.append(phrase(language, "offer.coordinator", person=phrase(language, "packet.coordinator")))
    if each.urgent:
        deadline = content.words.day(language, working_days(moment, urgent_days(people)).date())
        lines.append(phrase(language, "offer.urgent", deadline=deadline))
    else:
        days = contact_days(each, people)
        lines.append(phrase(language, "offer.day" if days == 1 else "offer.days", days=days))
    calls = [wijk.lines[key] for key in dict.fromkeys(offer.line for offer in each.offers) if key in wijk.lines]
    lines += [phrase(language, "offer.call", line=call.name, phone=call.phone) for call in calls if call.phone]
    line = next((wijk.lines[p.line] for p in people if p.line in wijk.lines and wijk.lines[p.line].phone), None)
    if line and not any(p.hours and fresh(p.known, moment.date()) and open_at(p.hours, moment) for p in people):
        lines.append(phrase(language, "offer.line", line=line.name, phone=line.phone))
    return "\n".join(lines)


def _told(each: Help) -> list[Offer]:
    """Return the offers whose own words are shown: the first, and each urgent one about another topic."""
    told = [each.offers[0]]
    for offer in each.offers[1:]:
        if offer.urgent and offer.topic not in [one.topic for one in told]:
            told.append(offer)
    return told


def _person(content: Content, partner: Partner, language: str) -> str:
    return content.words.say(language, f"partner.{partner.id}.person", partner.person)


def _what(content: Content, partner: Partner, language: str) -> str:
    return content.words.say(language, f"partner.{partner.id}.what", partner.what)


def _names(content: Content, each: Help, wijk: Wijk, language: str, found: Advice) -> list[str]:
    """Return the partners' names; a partner that helps now with something else gets the topic beside its name."""
    now = {key for one in found.now for key in one.to}
    return [
        partner_about(content, key, each, wijk, language)
        if key in now
        else content.words.partner(language, wijk.partners[key])
        for key in each.to
        if key in wijk.partners
    ]


def partner_about(content: Content, key: str, each: Help, wijk: Wijk, language: str) -> str:
    """Return a partner's name with the topic, because the name alone does not say which help is meant."""
    about = content.words.phrase(language, f"topics.{each.offers[0].topic}")
    name = content.words.partner(language, wijk.partners[key])
    return content.words.phrase(language, "offer.about", partner=name, topic=about)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _hours(content: Content, hours: tuple[Hours, ...], language: str) -> str:
    def one(each: Hours) -> str:
        days = content.words.listed([content.words.weekday(language, day) for day in each.days], language)
        return content.words.phrase(
            language, "offer.hours", days=days, opens=f"{each.opens:%H.%M}", closes=f"{each.closes:%H.%M}"
        )

    return content.words.in_row([one(each) for each in hours], language)


def _points(content: Content, points: Mapping[str, int], language: str) -> str:
    shown = [(name, points.get(name, 0)) for name in POINTS if points.get(name, 0)]
    phrase = content.words.phrase
    told = [phrase(language, "why.points", name=phrase(language, f"why.{name}"), points=value) for name, value in shown]
    return content.words.in_row(told, language) if told else ""


def _asked_for(step: Outcome | None, memory: Memory) -> set[str]:
    """Return the questions that the matching offers look at."""
    if step is None:
        return set()
    shown = advice.advise(step, memory)
    return {
        name
        for each in (*shown.now, *shown.later)
        for offer in each.offers
        for name in (*offer.when.answered, *offer.hand)
    }
