"""Mistakes of form are named by the readers: the file, the step, and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.model.faults import FlowError
from flows.read.charts import read_charts
from tests.unit.flows.small import Small

MENU, WIJK, PARTNERS = "charts/menu.toml", "wijken/klein/wijk.toml", "wijken/klein/partners.toml"
AMOUNTS, TIPS, DESK = "wijken/klein/amounts.toml", "tips.toml", "desk.toml"
SOURCE = 'says where it comes from and when it was last checked: source = "…", checked = 2026-11-22'

SEEDS = {
    "words of danger in no language": (
        "alarm.toml", "gas = { nl =", "gas = { dutch =", 'alarm.toml [gas]: "dutch" is no language of two letters.'
    ),
    "words that stand alone, misspelled": (
        "alarm.toml", '["ruik gas"]', '["ruik gas"], alon = { nl = ["gas"] }',
        'alarm.toml [gas]: "alon" is no language of two letters. Did you mean "alone"?',
    ),
    "an exception without a language": (
        "alarm.toml", '["ruik gas"]', '["ruik gas"], but = ["gas"]',
        'alarm.toml [gas.but]: phrases stand per language: nl = ["…", "…"]',
    ),
    "an exception to an exception": (
        "alarm.toml", '["ruik gas"]', '["ruik gas"], but = { nl = ["gas"], but = { nl = ["gas"] } }',
        'alarm.toml [gas.but]: "but" is no language of two letters.',
    ),
    "one phrase without its list": (
        "alarm.toml", '["ruik gas"]', '"ruik gas"', 'alarm.toml [gas]: nl is a list of texts: nl = ["…", "…"]'
    ),
    "a phrase that is a number": (
        "alarm.toml", '["ruik gas"]', '["ruik gas", 112]', 'alarm.toml [gas]: nl is a list of texts: nl = ["…", "…"]'
    ),
    "an amount without a source": (AMOUNTS, 'source = "C1"\n', "", f"amounts.toml [saving.shower]: {SOURCE}"),
    "an amount without a date": (AMOUNTS, "checked = 2026\n", "", f"amounts.toml [saving.shower]: {SOURCE}"),
    "an amount without a figure": (
        AMOUNTS, "value = 35\n", "",
        "amounts.toml [saving.shower]: an amount has a value, or persons with a figure for 1 to 5",
    ),
    "an amount that forgets large households": (
        AMOUNTS, "value = 35\n", "persons = { 1 = 30, 2 = 40 }\n",
        "amounts.toml [saving.shower]: persons has a figure for each of 1, 2, 3, 4 and 5",
    ),
    "an entry link that looks like an invitation": (
        WIJK, 'walk_in = "huis"', 'walk_in = "huis"\nlinks.i_huis = "Poster"',
        "wijk.toml [links.i_huis]: a code has at most 64 characters of A-Z a-z 0-9 _ -, and no i_ in front",
    ),
    "an entry link that does not say where it hangs": (
        WIJK, 'walk_in = "huis"', 'walk_in = "huis"\nlinks.huis = 3',
        'wijk.toml [links]: "huis" must be a text between quotes',
    ),
    "a bound with no room for one handover": (
        WIJK, 'walk_in = "huis"', 'walk_in = "huis"\nmost_help = 1',
        "wijk.toml: most_help is a whole number, 2 or more",
    ),
    "a partner at a missing place": (
        PARTNERS, 'place = "huis"', 'place = "huiss"',
        'partners.toml [goos]: place = "huiss" does not exist. Did you mean "huis"?',
    ),
    "a partner in whose inbox all wijkverbinders would read": (
        PARTNERS, "[shm]", "[connector]",
        "partners.toml [connector]: is the word for the coordination or the wijkverbinders, and no partner",
    ),
    "a missing partner instead": (
        PARTNERS, 'instead = "goos"', 'instead = "gos"',
        'partners.toml [shm]: instead = "gos" does not exist. Did you mean "goos"?',
    ),
    "a partner without a source": (
        PARTNERS, 'source = "A1"\nchecked = 2026-11-01\n', "", f"partners.toml [goos]: {SOURCE}"
    ),
    "an unknown word about a partner": (
        PARTNERS, "place =", "plce =",
        'partners.toml [goos]: "plce" is not known for a partner. Did you mean "place"?',
    ),
    "a state that does not exist": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nstate = "shut"',
        "partners.toml [goos]: state is one of open, paused, full",
    ),
    "an offer that stands within an outcome": (
        "charts/relay.toml", 'say = "Verstuurd. Loop binnen bij {place}."',
        'say = "Verstuurd. Loop binnen bij {place}."\nyes = "not_sent"\nno = "not_sent"\n[[sent.offers]]\nrow = "M2"',
        'relay.toml [sent]: an outcome names its offers: offers = ["money"]; each stands under [offer.money]',
    ),
    "a state without its last day": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nstate = "full"',
        'partners.toml [goos]: until is the last day of a state that is not "open": until = 2026-12-14',
    ),
    "a last day that is no day": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nstate = "full"\nuntil = "december"',
        'partners.toml [goos]: until is the last day of a state that is not "open": until = 2026-12-14',
    ),
    "a last day of being open": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nuntil = 2026-12-14',
        'partners.toml [goos]: until is the last day of a state that is not "open": until = 2026-12-14',
    ),
    "a last day in another century": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nstate = "full"\nuntil = 9999-12-14',
        'partners.toml [goos]: until is the last day of a state that is not "open": until = 2026-12-14',
    ),
    "days off that run backwards": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nclosed = [{ from = 2027-01-01, until = 2026-12-21 }]',
        "partners.toml [goos]: days off run from the first day until the last; now: 2027-01-01–2026-12-21",
    ),
    "days off that last for years": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nclosed = [{ from = 2026-12-21, until = 2028-01-01 }]',
        "partners.toml [goos]: days off run from the first day until the last; now: 2026-12-21–2028-01-01",
    ),
    "days off without a last day": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nclosed = [{ from = 2026-12-21 }]',
        "partners.toml [goos]: days off look like closed = [{ from = 2026-12-21, until = 2027-01-01 }]",
    ),
    "a day off without a list": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nclosed = [2026-12-21]',
        "partners.toml [goos]: days off look like closed = [{ from = 2026-12-21, until = 2027-01-01 }]",
    ),
    "hours that run backwards": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nopen = [{ days = ["mon"], from = "13:00", to = "12:00" }]',
        "partners.toml [goos]: opening hours run from early to late, on one day or more; now: 13:00–12:00",
    ),
    "hours on no day": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nopen = [{ days = [], from = "09:00", to = "12:00" }]',
        "partners.toml [goos]: opening hours run from early to late, on one day or more; now: 09:00–12:00",
    ),
    "a saving that slipped": (
        AMOUNTS, "value = 35", "value = 35000",
        "amounts.toml [saving.shower]: 35000 €/jaar cannot be right: it is between 1 and 3000",
    ),
    "a saving below nothing": (
        AMOUNTS, "value = 35", "value = -1.4",
        "amounts.toml [saving.shower]: -1.4 €/jaar cannot be right: it is between 1 and 3000",
    ),
    "a tariff with its point in the wrong place": (
        AMOUNTS, "[saving.shower]",
        '[tariff.gas]\nvalue = 140\nunit = "€/m3"\nsource = "C5"\nchecked = 2026\n\n[saving.shower]',
        "amounts.toml [tariff.gas]: 140 €/m3 cannot be right: it is between 0.3 and 6",
    ),
    "fixed costs as high as a bill": (
        AMOUNTS, "[saving.shower]",
        '[tariff.fixed]\nvalue = 140\nunit = "€/maand"\nsource = "C5"\nchecked = 2026\n\n[saving.shower]',
        "amounts.toml [tariff.fixed]: 140 €/maand cannot be right: it is between 1 and 60",
    ),
    "an amount that is not a number": (
        AMOUNTS, "value = 35", "value = nan",
        "amounts.toml [saving.shower]: nan €/jaar cannot be right: it is between 1 and 3000",
    ),
    "an unknown unit": (
        AMOUNTS, 'unit = "€/jaar"', 'unit = "€/jar"',
        'amounts.toml [saving.shower]: the unit "€/jar" is not known. Did you mean "€/jaar"? There are: '
        "€/m3, €/kWh, €/maand, m3/jaar, kWh/jaar, keer, €/jaar, €/jaar per lamp",
    ),
    "hours that cannot be read": (
        PARTNERS, 'place = "huis"', 'place = "huis"\nopen = [{ days = ["dinsdag"], from = "9", to = "12:00" }]',
        'partners.toml [goos]: hours look like { days = ["tue", "wed"], from = "09:00", to = "12:00" }',
    ),
    "a missing door": (
        WIJK, 'walk_in = "huis"', 'walk_in = "hus"', 'walk_in = "hus" is no place. Did you mean "huis"?',
    ),
    "a missing name": (WIJK, 'name = "Klein"', "name = 3", '"name" must be a text between quotes'),
    "a misspelt word of the language": (
        MENU, 'title = "Menu"', 'titel = "Menu"',
        'menu.toml: "titel" is not a word of the chart language. Did you mean "title"?\n'
        'menu.toml: "title" must be a text between quotes',
    ),
    "a start that does not exist": (
        MENU, 'start = "welcome"', 'start = "welcom"',
        'menu.toml: start = "welcom" is not a step of this chart. Did you mean "welcome"?',
    ),
    "a step that is two things": (
        MENU, 'ask = "Hallo."', 'ask = "Hallo."\nsay = "Hallo."',
        'menu.toml [welcome]: a step has exactly one of "ask" (a question), "choose" (a crossroads), '
        '"say" (an outcome)',
    ),
    "an answer that leads two ways": (
        MENU, 'go = "worries" }', 'go = "worries", back = "home" }',
        'menu.toml [welcome]: answer "begin" says where it leads with exactly one of go = "…" and back = "…"',
    ),
    "an answer that is no table": (
        MENU, 'answers.begin = { text = "Begin", go = "worries" }', 'answers.begin = "Begin"',
        'menu.toml [welcome]: answer "begin" is written as { text = "…", go = "…" }',
    ),
    "an answer with an id that buttons cannot carry": (
        MENU, "answers.begin", "answers._begin",
        'menu.toml [welcome]: answer "_begin" must be a short word of plain letters',
    ),
    "many answers that lead nowhere": (
        MENU, 'many = true\ngo = "home"', "many = true",
        'menu.toml [worries]: a step with "many", "write" or "share" also says where it leads: go = "…"',
    ),
    "a crossroads whose last way has a condition": (
        MENU, '{ go = "check.bill" }', '{ if.home = "own", go = "check.bill" }',
        "menu.toml [whose]: the last way of a crossroads has no condition, and every other way has one",
    ),
    "points that are no whole number": (
        MENU, "at_least.coach = 2", "at_least.coach = 2.5",
        "menu.toml [whose]: points are whole numbers, as in at_least.coach = 6",
    ),
    "offers without a no": (
        MENU, 'no = "no_thanks"', "",
        'menu.toml [help]: an outcome with offers says where "Ja, graag" and "Liever niet" lead: yes = "…", no = "…"',
    ),
    "an offer to nobody": (
        MENU, 'to = "money_desk"', 'days = [2, 5]', 'menu.toml [offer.bills]: an offer names who helps: to = "…"',
    ),
    "an offer with half a clock": (
        MENU, 'to = "money_desk"', 'to = "money_desk"\ndays = [2]',
        "menu.toml [offer.bills]: days are two whole numbers of working days, to pick up and to make contact: "
        "days = [2, 5]",
    ),
    "a misspelt word in a tip": (
        TIPS, "saving =", "savings =",
        'tips.toml [shower]: "savings" is not a word of the chart language. Did you mean "saving"?',
    ),
    "a status that does not exist": (
        DESK, 'to = "accepted"', 'to = "acepted"',
        'desk.toml [accept]: "acepted" is no status. Did you mean "accepted"?',
    ),
    "a role that does not exist": (
        DESK, '["partner"]', '["partners"]', 'desk.toml [accept]: "partners" is no role. Did you mean "partner"?',
    ),
    "a button for somebody who may not": (
        DESK, 'shown = ["partner"]', 'shown = ["worker"]',
        'desk.toml [accept]: it is shown to "worker", who may not do it',
    ),
    "an act for a role that does not exist": (
        DESK, '["coordinator"]', '["coordinators"]',
        'desk.toml [may.inbox]: "coordinators" is no role. Did you mean "coordinator"?',
    ),
    "an open status that nobody owns": (
        DESK, 'next = "inbox"', 'next = "inbocks"',
        'desk.toml [status.sent]: "inbocks" owns no next step. Did you mean "inbox"?',
    ),
    "an open status without a clock": (
        DESK, 'clock = "claim"', "", 'desk.toml [status.sent]: "" is no clock of [days].',
    ),
    "an end for which somebody must do something": (
        DESK, 'clock = "contact"', 'clock = "contact"\nfinal = true',
        "desk.toml [status.accepted]: a final status has no `next` and no `clock`: nobody has to do anything",
    ),
    "a first status that does not exist": (
        DESK, 'start = "sent"', 'start = "set"', 'desk.toml [start]: "set" is no status. Did you mean "sent"?',
    ),
    "a phrase that is no text": ("phrases.toml", '"Terug"', "3", "phrases.toml [nav.back]: this must be a text"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SEEDS)
def test_one_mistake_of_form_is_named_and_nothing_else(tmp_path: Path, kind: str) -> None:
    small = Small(tmp_path)
    file, old, new, expected = SEEDS[kind]
    small.change(file, old, new)
    with pytest.raises(FlowError) as raised:
        small.read()
    found, wanted = [str(each) for each in raised.value.faults], expected.split("\n")
    assert len(found) == len(wanted)
    for line, words in zip(found, wanted, strict=True):
        assert words in line


def test_a_file_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.change(MENU, 'title = "Menu"', 'title = "Menu')
    with pytest.raises(FlowError, match=r"menu.toml: line 2 cannot be read: a text has no quote"):
        small.read()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    small = Small(tmp_path)
    (tmp_path / "desk.toml").unlink()
    with pytest.raises(FlowError, match=r"desk.toml: this file is missing"):
        small.read()


def test_a_folder_without_charts_is_named(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="there is no chart in this folder"):
        read_charts(tmp_path)


def test_mistakes_of_several_files_are_told_together(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.change(MENU, 'title = "Menu"', "")
    small.change(PARTNERS, 'instead = "goos"', 'instead = "gos"')
    with pytest.raises(FlowError) as raised:
        small.read()
    assert {each.file for each in raised.value.faults} == {"menu.toml", "partners.toml"}


def test_a_bare_name_is_a_step_of_the_same_chart(tmp_path: Path) -> None:
    charts = Small(tmp_path).read().charts
    assert charts.question("menu.home").answers["rent"].go == "menu.whose"
    assert charts.flows["check"].start == "check.bill"
    with pytest.raises(KeyError):
        charts.question("menu.help")
