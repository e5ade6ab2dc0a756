"""One mistake of each kind is put into content that is in order; exactly that mistake is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content.chores.commands import check_command
from bot.content.files import read_files
from flows.check.content import check
from flows.check.lengths import MOST
from flows.model.names import DOORS
from flows.texts.extract import BUTTON
from flows.texts.fields import units
from tests.unit.flows.small import Small

MENU, PARTNERS, TIPS = "charts/menu.toml", "wijken/klein/partners.toml", "tips.toml"
WATCHWORDS = "watchwords.toml"
HANDOFF, PHRASES = "charts/handoff.toml", "phrases.toml"
LONG = "Heel lang. " * 400

SEEDS = {
    "a word at the door too few": (
        WATCHWORDS, 'moon = "🌙 maan"\n', "",
        "watchwords.toml [watchwords]: there are 39 words; there must be 40",
    ),
    "a word at the door without a picture": (
        WATCHWORDS, "🌙 maan", "de maan",
        "watchwords.toml [moon]: a picture of one character stands first, then the word: de maan",
    ),
    "a picture twice": (
        WATCHWORDS, "🌙 maan", "⭐ maan",
        "watchwords.toml [star]: ⭐ stands in watchwords.moon too\n"
        "watchwords.toml [moon]: ⭐ stands in watchwords.star too",
    ),
    "two words at the door that sound alike": (
        WATCHWORDS, "🌙 maan", "🌙 banaal",
        "watchwords.toml [moon]: banaal can be taken for banaan (banana) in nl",
    ),
    "a word at the door within another": (
        WATCHWORDS, "🌙 maan", "🌙 aardbeienjam",
        "watchwords.toml [moon]: aardbeienjam can be taken for aardbei (strawberry) in nl",
    ),
    "a word at the door that rings the alarm": (
        WATCHWORDS, "🌙 maan", "🌙 ik ruik gas",
        "watchwords.toml [moon]: 🌙 ik ruik gas rings the alarm (gas)",
    ),
    "a dangling arrow": (
        MENU, 'text = "Begin", go = "worries"', 'text = "Begin", go = "worris"',
        'menu.toml [welcome]: answer "begin" leads to "worris", which does not exist. Did you mean "worries"?',
    ),
    "a dangling arrow to another chart": (
        MENU, 'yes = "handoff.consent"', 'yes = "handof.consent"',
        'menu.toml [help]: "yes" leads to "handof.consent", which does not exist. Did you mean "handoff.consent"?',
    ),
    "a dangling way": (
        MENU, 'go = "check.bill"', 'go = "check.bil"',
        'menu.toml [whose]: way 3 leads to "check.bil", which does not exist. Did you mean "check.bill"?',
    ),
    "an unreachable step": (
        MENU, "[no_thanks]", '[island]\nsay = "Loop binnen bij {place}."\n\n[no_thanks]',
        "menu.toml [island]: nobody can reach this step: no arrow leads to it",
    ),
    "a question without answers": (
        MENU, 'answers.begin = { text = "Begin", go = "worries" }', "",
        "menu.toml [welcome]: a dead end: this question has no answers",
    ),
    "a crossroads without ways": (
        "charts/check.toml", "[bill]", "[lost]\nchoose = []\n\n[bill]",
        "check.toml [lost]: a dead end: this crossroads has no ways",
    ),
    "an end that helps nobody": (
        MENU, "Goed. Loop binnen bij {place}.", "Goed.",
        "menu.toml [no_thanks]: a dead end: it names nobody. Give it offers, {place}, "
        "or a number to call, as {line_police}",
    ),
    "a loop": (
        "charts/check.toml", 'go = "menu.help"', 'go = "menu.home"',
        "menu.toml [home]: a loop: menu.home > menu.whose > check.bill > menu.home. "
        'To let somebody go back, write back = "…" instead of go',
    ),
    "a way back to what comes later": (
        MENU, 'back = "worries"', 'back = "check.bill"',
        'menu.toml [home]: answer "change" goes back to "check.bill", which does not come before this step',
    ),
    "a missing service in an offer": (
        MENU, 'to = "money_desk"', 'to = "money_dsk"', 'menu.toml [offer.bills]: "money_dsk" is not in '
        'services.toml. Did you mean "money_desk"?\nservices.toml [money_desk]: no chart offers this; leave it out',
    ),
    "three services at once": (
        MENU, 'to = "money_desk"', 'to = ["money_desk", "fallback_person", "money_desk"]',
        "menu.toml [offer.bills]: at most two services come together",
    ),
    "a service that nobody is offered": (
        "services.toml", "fallback_person", 'coffee = "koffie"\nfallback_person',
        "services.toml [coffee]: no chart offers this; leave it out",
    ),
    "a service of the wijk that does not exist": (
        "wijken/klein/wijk.toml", "money_desk =", "money_dsk =",
        'wijk.toml [services.money_dsk]: this is not in services.toml. Did you mean "money_desk"?',
    ),
    "a number to call that nobody has": (
        MENU, 'to = "money_desk"', 'to = "money_desk"\nline = "emergeny"',
        'menu.toml [offer.bills]: line = "emergeny" is not in wijk.toml. Did you mean "emergency"?',
    ),
    "an own yes that stands alone": (
        MENU, 'row = "M2"', 'row = "M2"\nown_yes = true',
        'menu.toml [help]: offer.bills: own_yes needs another offer about "bills" without it',
    ),
    "an unknown topic": (
        MENU, 'topic = "bills"', 'topic = "bils"',
        'menu.toml [offer.bills]: topic "bils" is not in phrases.toml. Did you mean "bills"?',
    ),
    "an unknown question to hand over": (
        MENU, 'hand = ["home"]', 'hand = ["hme"]',
        'menu.toml [help]: offer.bills: hand names "hme", which is no question. Did you mean "home"?',
    ),
    "handing over what comes later": (
        MENU, 'hand = ["home"]', 'hand = ["handoff.consent"]',
        'menu.toml [help]: offer.bills: hand names "handoff.consent", which cannot have been asked before this step',
    ),
    "a condition on an unknown question": (
        MENU, "if.home", "if.hoem",
        'menu.toml [whose]: way 1: there is no question "hoem". Did you mean "home"?',
    ),
    "a condition on an unknown answer": (
        MENU, '= "rent", go', '= "rentt", go',
        'menu.toml [whose]: way 1: "home" has no answer "rentt". Did you mean "rent"?',
    ),
    "a condition on unknown points": (
        MENU, "at_least.coach", "at_least.couch",
        'menu.toml [whose]: way 2: no answer gives points "couch". Did you mean "coach"?',
    ),
    "an unknown fact": (
        MENU, "energiefonds_open", "energiefonds_opn",
        'menu.toml [whose]: way 2: there is no fact "energiefonds_opn". Did you mean "energiefonds_open"?',
    ),
    "a condition on what is asked later": (
        MENU, 'if.home = "rent"', 'if."handoff.consent" = "yes"',
        'menu.toml [whose]: way 1: "handoff.consent" cannot have been asked before this step',
    ),
    "a score with an unknown fact": (
        "charts/check.toml", 'fact = "hidden_cold"', 'fact = "hidden_cool"',
        'check.toml [scores]: there is no fact "hidden_cool". Did you mean "hidden_cold"?',
    ),
    "a score on an unknown question": (
        "charts/check.toml", 'question = "bill"', 'question = "bil"',
        'check.toml [scores]: there is no question "bil". Did you mean "bill"?',
    ),
    "an offer that nobody uses": (
        MENU, "[offer.bills]",
        '[offer.spare]\nrow = "X1"\nto = "money_desk"\ntopic = "bills"\nsay = "Hulp."\n\n[offer.bills]',
        "menu.toml [offer.spare]: no outcome has this among its offers",
    ),
    "a question that only an inner condition names": (
        MENU, 'if.worries = ["cold", "bills"]',
        'any = [{ if.worries = "cold" }, { unless = { only.wories = "bills" } }]',
        'menu.toml [help]: offer.bills: there is no question "wories". Did you mean "worries"?',
    ),
    "an id that the offers need": (
        MENU, "answers.coach =", "answers.all =",
        'menu.toml [help]: answer "all" needs another id: that one is taken by the offers',
    ),
    "no way to say that one does not know": (
        "charts/check.toml", "answers.unknown", "answers.no",
        'check.toml [bill]: there is no way to say "weet ik niet": add answers.unknown, or write sure = true',
    ),
    "two answers that read the same": (
        MENU, 'answers.own = { text = "Nee"', 'answers.own = { text = "Ja"',
        'menu.toml [home]: 2 answers read the same: "Ja"',
    ),
    "a word that hurts": (
        MENU, 'ask = "Wat is er?"', 'ask = "Heb je schulden?"',
        'menu.toml [worries]: the word "schulden" hurts or is hard; say it more simply',
    ),
    "a misspelt field": (
        MENU, "bij {place}", "bij {plaec}, {place}",
        'menu.toml [no_thanks]: the field {plaec} is not filled in here. Did you mean "place"?',
    ),
    "a missing field": (
        HANDOFF, "Dit krijgt {partner}: {packet}", "Dit krijgt {partner}.",
        "handoff.toml [consent]: the field {packet} is missing",
    ),
    "a field where nothing is filled in": (
        "charts/danger.toml", 'text = "Gas"', 'text = "Gas {place}"',
        'danger.toml [all]: answer "gas": the field {place} is not filled in here.',
    ),
    "a brace that is not closed": (
        MENU, 'ask = "Hallo."', 'ask = "Hallo {name."',
        "menu.toml [welcome]: a brace { or } is not closed, or a field has no plain name",
    ),
    "a tip that lost its amount": (
        TIPS, "Dat scheelt €{euros}.", "", "tips.toml [shower]: the field {euros} is missing",
    ),
    "a tip with an unknown saving": (
        TIPS, 'saving = "shower"', 'saving = "showr"',
        'tips.toml [shower]: saving "showr" is not in amounts.toml. Did you mean "shower"?',
    ),
    "a tip with an unknown condition": (
        TIPS, 'if.menu.worries = "cold"', 'if.menu.worries = "kold"',
        'tips.toml [shower]: condition: "menu.worries" has no answer "kold". Did you mean "cold"?',
    ),
    "a number that nobody knows": (
        "charts/danger.toml", "Ga naar buiten. Bel {line_emergency}.", "Bel 113.",
        'danger.toml [gas]: the number 113 is not in lines.toml or wijk.toml. Did you mean "112"?',
    ),
    "a number that is written out": (
        MENU, "Goed. Loop", "Goed. Bel 112. Loop",
        "menu.toml [no_thanks]: the number 112 is written out; write {line_emergency}, so that it stands in one place",
    ),
    "a danger without its number": (
        "lines.toml", 'phone = "112"', 'phone = ""',
        "\n".join(
            f"danger.toml [{step}]: the number {{line_emergency}} is not known, and danger cannot wait for it"
            for step in ("all", "gas", "smoke", "life", "afraid", "outage")
        ),
    ),
    "a text of which nothing is left": (
        MENU, 'ask = "Hallo."', 'ask = "Hallo van {landlord}."',
        "menu.toml [welcome]: nothing is left of this text in this wijk: every line names something that it lacks",
    ),
    "a misspelt number in a phrase": (
        PHRASES, "Goed nieuws over {code}.", "Goed nieuws over {code}. Bel {line_emergeny}.",
        'phrases.toml [leads.accepted]: the number {line_emergeny} is not known. Did you mean "line_emergency"?',
    ),
    "a button that is too long to read": (
        MENU, 'text = "Kou"', f'text = "{"Koude " * 7}"',
        'menu.toml [worries]: answer "cold": 41 characters on a button, at most 40',
    ),
    "a button over 64 bytes": (
        MENU, "answers.coach =", f"answers.{'c' * 50} =",
        f"menu.toml [help]: a button carries 67 bytes, at most 64 (menu.help:{'c' * 50}:zzzzzz): "
        "give the step or the answer a shorter name",
    ),
    "a text over Telegram's limit": (
        MENU, 'ask = "Hallo."', f'ask = "{LONG}"',
        "menu.toml [welcome]: the message may get so many characters in nl, at most 4096\n"
        "menu.toml [welcome]: 134 lines in nl, at most 7",
    ),
    "offers that are too long together": (
        MENU, 'say = "Iemand helpt je."', f'say = "{LONG}"',
        "menu.toml [help]: the message may get so many characters in nl, at most 4096\n"
        "menu.toml [help]: offer.bills: 134 lines in nl, at most 3",
    ),
    "a short word for a question that is gone": (
        PHRASES, '[nav]', '[labels]\nhoem = "Huis"\nhome = "Huis"\n[nav]',
        'phrases.toml [labels.hoem]: no question is called "hoem"; leave it out. Did you mean "home"?',
    ),
    "short words for an answer that is gone": (
        PHRASES, '[nav]', '[said]\n"home.rents" = "huren"\n"home.own" = "een eigen huis"\n[nav]',
        'phrases.toml [said.home.rents]: "home" has no answer "rents"; leave it out. Did you mean "rent"?',
    ),
    "a sentence of eleven words": (
        MENU, 'ask = "Hallo."', 'ask = "een twee drie vier vijf zes zeven acht negen en nog"',
        "menu.toml [welcome]: 11 words in a sentence, at most 10: een twee drie vier vijf zes zeven acht negen en nog",
    ),
    "a phrase with a sentence of eleven words": (
        PHRASES, 'back = "Terug"', 'back = "a b c d e f g h i j k"',
        "phrases.toml [nav.back]: 11 words in a sentence, at most 10: a b c d e f g h i j k",
    ),
    "a partner of eleven words": (
        PARTNERS, 'person = "iemand van Het Maatje"', 'person = "iemand van a b c d e f g h i"',
        "partners.toml [shm.person]: 11 words in a sentence, at most 10: iemand van a b c d e f g h i",
    ),
    "an offer that ends in the middle of its first line": (
        MENU, 'say = "Iemand helpt je."', 'say = "Iemand helpt je\\nmet je geld."',
        "menu.toml [help]: offer.bills: the first line is no whole sentence in nl: Iemand helpt je",
    ),
    "a profile over Telegram's limit": (
        PHRASES, "Warm thuis.", "Warm thuis. " * 11, "phrases.toml [profile.short]: 131 characters in nl, at most 120",
    ),
    "a phrase button that is too long": (
        PHRASES, 'back = "Terug"', 'back = "Terug naar de vraag die je hiervoor hebt gezien"',
        "phrases.toml [nav.back]: 47 characters on a button, at most 40",
    ),
    "no consent card": (
        HANDOFF, "consent = true\n", "",
        "charts: exactly one question has consent = true; now: none\n"
        'handoff.toml [consent]: the field {packet} is not filled in here. Did you mean "place"?\n'
        "handoff.toml [consent]: the field {partner} is not filled in here.",
    ),
    "a consent card without a no": (
        HANDOFF, 'answers.no = { text = "Nee", go = "done" }', "",
        'handoff.toml [consent]: a consent card has the answers "yes" and "no"',
    ),
    "nothing that hands over": (
        HANDOFF, 'refer = true\nsay = "Gelukt. {receipts}"', 'say = "Gelukt. Loop binnen bij {place}."',
        "charts: exactly one end hands over (refer = true): handoff.done; now: none",
    ),
    "words of danger that lead nowhere": (
        "alarm.toml", "outage =", "outrage =",
        'alarm.toml [outrage]: there is no such step in danger.toml. Did you mean "outage"?\n'
        "danger.toml [outage]: nobody can reach this step: no arrow leads to it",
    ),
    "a move that says nothing": (
        "desk.toml", "leads.accepted", "leads.acepted",
        'desk.toml [accept]: tell = "leads.acepted" is no phrase. Did you mean "leads.accepted"?',
    ),
    "nothing to pick": (
        "charts/check.toml", "[bill]", '[bill]\nmany = true\ngo = "menu.help"',
        "check.toml [bill]: there is nothing to pick here: with many = true, most answers have no go",
    ),
    "a way back to what is no question": (
        MENU, 'back = "worries"', 'back = "whose"',
        'menu.toml [home]: back of answer "change" leads to "whose", which is no question',
    ),
    "a second consent card": (
        "charts/check.toml", "[bill]", "[bill]\nconsent = true",
        "charts: exactly one question has consent = true; now: check.bill, handoff.consent\n"
        'check.toml [bill]: a consent card has the answers "yes" and "no"\n'
        "check.toml [bill]: the field {packet} is missing\ncheck.toml [bill]: the field {partner} is missing",
    ),
    "a danger that is gone": (
        "charts/danger.toml", '[smoke]\nsay = "Bel {line_emergency}."\n', "",
        "danger.toml [smoke]: row U2 of the decision table is missing: this step must exist\n"
        "alarm.toml [smoke]: there is no such step in danger.toml.",
    ),
    "an entry link that is a cry": (
        "wijken/klein/wijk.toml", 'walk_in = "huis"', 'walk_in = "huis"\nlinks.ik_ruik_gas = "Poster"',
        "wijk.toml [links.ik_ruik_gas]: this code rings the alarm (gas); choose another one",
    ),
    "an empty word of danger": (
        "alarm.toml", '"ruik gas"', '"ruik gas", " "',
        "alarm.toml [gas]: an empty phrase would show this message at every word",
    ),
    "a word of danger that is nothing but signs": (
        "alarm.toml", '"ruik gas"', '"ruik gas", "!?"',
        "alarm.toml [gas]: an empty phrase would show this message at every word",
    ),
    "an exception that is nothing but signs": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas"], but = { nl = ["…"] }',
        "alarm.toml [gas.but]: an empty phrase would show this message at every word",
    ),
    "a phrase that begins open": (
        "alarm.toml", '"ruik gas"', '"ruik gas", "… gas"', 'alarm.toml [gas]: "… gas": … stands between words'
    ),
    "a gap in what stands alone": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas"], alone = { nl = ["het ... gas"] }',
        'alarm.toml [gas.alone]: "het ... gas" stands alone, so there is nothing to leave open with …',
    ),
    "a phrase of two letters": (
        "alarm.toml", '"ruik gas"', '"ruik gas", "coo"',
        'alarm.toml [gas]: "coo" begins with less than 3 letters; put it under alone',
    ),
    "a phrase that rings for another danger": (
        "alarm.toml", 'nl = ["life"]', 'nl = ["life", "ruik gas nu"]',
        'alarm.toml [life]: "ruik gas nu" never rings: [gas] comes first',
    ),
    "an exception that takes a phrase away": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas"], but = { nl = ["ruik gas"] }',
        'alarm.toml [gas]: "ruik gas" never rings: an exception takes it',
    ),
    "a gap in an exception": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas"], but = { nl = ["ruik gas ... tv"] }',
        'alarm.toml [gas.but]: "ruik gas ... tv" is an exception: it is exact words, '
        "so there is nothing to leave open with …",
    ),
    "an exception that can never match": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas"], but = { nl = ["ruikt geen gas"] }',
        'alarm.toml [gas.but]: "ruikt geen gas" excuses nothing: no phrase of [gas] stands in it',
    ),
    "an exception in which another danger rings": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas", "naar gas"], but = { nl = ["naar gas en smoke"] }',
        'alarm.toml [gas.but]: "naar gas en smoke" holds a cry of [smoke], which rings all the same',
    ),
    "an exception that would silence two cries": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas"], but = { nl = ["ruik gas of ruik gas op tv"] }',
        'alarm.toml [gas.but]: "ruik gas of ruik gas op tv" holds two cries: excuse one at a time',
    ),
    "an exception that is the heart of a cry": (
        "alarm.toml", 'nl = ["ruik gas"]', 'nl = ["ruik gas", "ruik gas op de gang"], but = { nl = ["ruik gas op"] }',
        'alarm.toml [gas.but]: "ruik gas op" is a part of the cry "ruik gas op de gang" of [gas]',
    ),
    "two tips with one id": (
        TIPS, "[[tip]]", '[[tip]]\nid = "shower"\nsay = "Douche kort."\nfree = true\n\n[[tip]]',
        "tips.toml [shower]: two tips have this id",
    ),
    "a reason whose button is too long": (
        "desk.toml", 'tell = "leads.accepted"', f"reasons = {{ {'r' * 50} = 'Anders' }}",
        f"desk.toml [accept]: the button of \"{'r' * 50}\" carries more than 64 bytes",
    ),
    "something that was done whose button is too long": (
        "desk.toml", 'start =', f'done.home.ticks = {{ {"t" * 30} = "Strips" }}\nstart =',
        f"desk.toml [done]: the button of \"{'t' * 30}\" carries more than 64 bytes",
    ),
    "something that was done for a service that does not exist": (
        "desk.toml", 'start =', 'done.home = { services = ["money_desc"], ticks = { strips = "Strips" } }\nstart =',
        'desk.toml [done]: "money_desc" is not in services.toml. Did you mean "money_desk"?',
    ),
    "a partner whose button is too long": (
        PARTNERS, "[shm]", f"[{'s' * 50}]",
        f"partners.toml [{'s' * 50}]: a button carries more than 64 bytes: shorten this name",
    ),
    "a hard word about a partner": (
        PARTNERS, "Iemand komt bij je thuis.", "Wij helpen minima.",
        'partners.toml [shm]: the word "minima" hurts or is hard; say it more simply',
    ),
    "a field in a status": (
        "desk.toml", '"verstuurd"', '"verstuurd naar {partner}"',
        "desk.toml [status.sent]: the field {partner} is not filled in here.",
    ),
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_content_that_is_in_order_has_no_faults(small: Small) -> None:
    assert small.faults() == []


@pytest.mark.parametrize("kind", SEEDS)
def test_one_mistake_is_named_and_nothing_else(small: Small, kind: str) -> None:
    file, old, new, expected = SEEDS[kind]
    small.change(file, old, new)
    if kind.startswith("a crossroads"):
        small.change("charts/check.toml", 'go = "menu.help"', 'go = "lost"')
    found = [re.sub(r"may get \d+", "may get so many", each) for each in small.faults()]
    assert sorted(found) == sorted(expected.split("\n"))


def test_a_bill_is_compared_with_amounts_that_must_be_there(small: Small) -> None:
    (small.folder / "charts/check.toml").rename(small.folder / "charts/selfcheck.toml")
    small.change(MENU, "check.bill", "selfcheck.bill")
    small.change("charts/selfcheck.toml", "[bill]", '[bill]\nanswers.low = { text = "Weinig", go = "menu.help" }')
    assert small.faults() == [
        f"amounts.toml [{each}]: this amount is missing."
        for each in ("tariff.gas", "tariff.power", "tariff.fixed", "baseline.gas", "baseline.power", "band.low")
    ]


def test_a_translation_may_be_too_long_where_the_dutch_is_not(small: Small) -> None:
    read = small.read()

    def say(language: str, context: str, dutch: str) -> str:
        return "x" * 5000 if language == "en" and context == "danger.gas" else dutch

    parts = (read.charts, read.wijken[0], read.tips, read.phrases, read.alarm, read.desk)
    assert [str(each) for each in check(*parts, say, ("nl", "en"), DOORS)] == [
        "danger.toml [gas]: the message may get 5000 characters in en, at most 4096"
    ]


def test_a_word_at_the_door_keeps_its_picture_in_every_language(small: Small) -> None:
    files = read_files(small.folder)
    spoken = {"watchwords.moon": "⭐ moon", "watchwords.lion": "🦁 melon", "watchwords.melon": "🍉 melon"}
    found = check(
        files.charts, files.wijken[0], files.tips, files.phrases, files.alarm, files.desk,
        lambda language, key, dutch: spoken.get(key, dutch) if language == "en" else dutch, ("nl", "en"), DOORS,
    )  # fmt: skip
    assert [(each.step, each.message) for each in found] == [
        ("moon", "⭐ moon in en has another picture than 🌙"),
        ("lion", "melon can be taken for melon (melon) in en"),
    ]


def test_a_danger_message_fits_in_two_languages_at_once(small: Small) -> None:
    read = small.read()
    parts = (read.charts, read.wijken[0], read.tips, read.phrases, read.alarm, read.desk)

    def told(dutch: int, english: int) -> list[str]:
        def say(language: str, context: str, text: str) -> str:
            return "x" * {"nl": dutch, "en": english}.get(language, 1) if context == "danger.gas" else text

        return [str(each) for each in check(*parts, say, ("nl", "ar", "en"), DOORS)]

    assert told(2000, MOST - 2002) == told(MOST - 3, 1) == []
    assert told(2000, MOST - 2001) == [
        f"danger.toml [gas]: the message may get {MOST + 1} characters in en and nl together, at most {MOST}"
    ]


def test_an_emoji_counts_as_telegram_counts_it() -> None:
    assert units("🆘 é") == 4


def test_a_door_of_the_bot_must_exist(small: Small) -> None:
    read = small.read()
    parts = (read.charts, read.wijken[0], read.tips, read.phrases, read.alarm, read.desk)
    assert [str(each) for each in check(*parts, doors=(*DOORS, "nowhere.write"))] == [
        "nowhere.toml [write]: this step is missing: the bot itself leads people there"
    ]


def test_the_check_says_how_it_ends(small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    locale = tmp_path / "locale"
    assert check_command(small.folder, locale) == 0
    assert capsys.readouterr().out.startswith("The content is in order: 5 charts")
    small.change(MENU, 'topic = "bills"', 'topic = "bils"')
    assert check_command(small.folder, locale) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "1 to repair:"
    assert said[1].endswith('Did you mean "bills"?')
    small.change(MENU, 'start = "welcome"', 'strat = "welcome"')
    assert check_command(small.folder, locale) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{len(said) - 1} to repair:"
    assert 'menu.toml: "strat" is not a word of the chart language. Did you mean "start"?' in said


def test_the_real_content_has_no_faults() -> None:
    content = read_files()
    for wijk in content.wijken:
        found = check(content.charts, wijk, content.tips, content.phrases, content.alarm, content.desk, doors=DOORS)
        assert [str(each) for each in found] == []


def test_a_text_of_exactly_what_telegram_takes_is_no_fault_and_one_more_is(small: Small) -> None:
    read = small.read()
    parts = (read.charts, read.wijken[0], read.tips, read.phrases, read.alarm, read.desk)

    def told(length: int) -> list[str]:
        def say(_language: str, context: str, dutch: str) -> str:
            return "x" * length if context == "danger.gas" else dutch

        return [str(each) for each in check(*parts, say, ("nl",), DOORS)]

    assert told(MOST) == []
    assert told(MOST + 1) == [f"danger.toml [gas]: the message may get {MOST + 1} characters in nl, at most {MOST}"]


def test_a_button_of_exactly_what_can_be_read_is_no_fault_and_one_more_is(small: Small) -> None:
    small.change("charts/menu.toml", 'text = "Kou"', f'text = "{"K" * BUTTON}"')
    small.change("phrases.toml", 'back = "Terug"', f'back = "{"T" * BUTTON}"')
    assert small.faults() == []
    small.change("charts/menu.toml", "K" * BUTTON, "K" * (BUTTON + 1))
    small.change("phrases.toml", "T" * BUTTON, "T" * (BUTTON + 1))
    assert len(small.faults()) == 2
