"""The clock of visits: one reminder, no silence, and who goes on when one half falls away."""

from __future__ import annotations

import pytest

from bot.messages.taps.residents import HideTap
from bot.messages.taps.visits import ALONE
from db.leads.consent.visits import CANCELLED, CHOSEN, DONE, TICKED
from db.store import Store
from flows.model.heard import StopHelpTap
from tests import simulated
from tests.simulated import button, go
from tests.unit.bot.leads.visits.house import FIRST, SECOND, THIRD, House, at


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


def stops(house: House, token: str) -> None:
    """Fatma stops this help."""
    revision = simulated.place(house.sim, house.fatma).revision
    house.hush()
    house.sim.hear(house.fatma, StopHelpTap(token, revision, sure=True))


@pytest.mark.both_stores
def test_the_day_before_all_three_are_reminded_once(house: House) -> None:
    house.agreed()
    house.looked(at(29, 8, 30))
    assert "Denk aan je bezoek" not in house.read(house.fatma)
    house.looked(at(29, 20))
    for person in (house.fatma, house.ans, house.omar):
        assert house.read(person).lower().count("denk aan") == 1
        assert "maandag 30 november 10:30" in house.read(person)


def test_after_an_outage_nobody_is_reminded_twice_or_too_late(house: House) -> None:
    house.agreed()
    house.looked(at(29, 8))
    house.later(at(29, 18))
    house.ticks()
    assert house.read(house.fatma).count("Denk aan je bezoek") == 1
    house.looked(at(30, 10))
    assert "Denk aan je bezoek" not in house.read(house.fatma)


def test_who_agreed_since_the_morning_of_the_day_before_is_not_reminded(house: House) -> None:
    house.clock.moment = at(29, 12)
    house.agreed()
    house.looked(at(30, 10))
    assert "denk aan" not in f"{house.read(house.fatma)}{house.read(house.ans)}".lower()


def test_who_proposed_is_asked_once_how_it_was(house: House) -> None:
    house.agreed()
    house.looked(at(30, 11))
    house.looked(at(30, 19))
    assert house.read(house.ans).count("is het bezoek geweest?") == 1
    assert "is het bezoek geweest?" not in house.read(house.omar)
    house.looked(at(1, 19))
    assert "is het bezoek geweest?" not in house.read(house.ans)


def test_after_an_evening_visit_it_is_asked_in_the_morning(house: House) -> None:
    house.proposes(house.ans, house.lead, THIRD, beside=ALONE)
    house.says(house.fatma, "choose", 0)
    house.looked(at(3, 8, 30))
    assert "is het bezoek geweest?" not in house.read(house.ans)
    house.looked(at(3, 9))
    assert "is het bezoek geweest?" in house.read(house.ans)


def test_of_no_answer_who_proposed_hears_once(house: House) -> None:
    house.proposes(house.ans, house.lead, THIRD)
    house.looked(at(27, 16))
    assert "zei nog niet" not in house.read(house.ans)
    house.looked(at(30, 12))
    assert house.read(house.ans).count("Energie Actief Soest zei nog niet welke tijden passen") == 1
    house.says(house.omar, "fits", 1)
    house.looked(at(2, 17, 30))
    assert house.read(house.ans).count("De bewoner koos nog geen tijd") == 1


def test_when_all_times_pass_without_an_answer_who_proposed_hears_it_then(house: House) -> None:
    house.proposes(house.ans, house.lead, at(26, 10, 30))
    house.looked(at(26, 10))
    assert "zei nog niet" not in house.read(house.ans)
    house.looked(at(26, 10, 30))
    assert "Energie Actief Soest zei nog niet welke tijden passen" in house.read(house.ans)


def test_who_was_told_of_new_times_hears_that_there_are_none_yet(house: House) -> None:
    house.proposes(house.ans, house.lead, THIRD)
    house.says(house.omar, "fits", 1)
    house.says(house.fatma, "other")
    house.looked(at(27, 17, 30))
    assert "nog geen nieuwe tijden" in house.read(house.ans)
    assert house.read(house.fatma) == ""
    house.looked(at(1, 17, 30))
    assert house.read(house.fatma).count("Er is nog geen nieuwe tijd.") == 1
    assert button(house.fatma, "reply")
    house.looked(at(9, 12))
    assert "nieuwe tijd" not in house.read(house.fatma)


def test_who_was_never_asked_hears_nothing_of_times_that_do_not_come(house: House) -> None:
    house.proposes(house.ans, house.lead, THIRD)
    house.says(house.omar, "none")
    house.looked(at(9, 12))
    assert "tijd" not in house.read(house.fatma)


def test_at_night_nobody_hears_who_goes_on_unless_the_visit_is_soon(house: House) -> None:
    house.proposes(house.ans, house.lead, at(27, 9), THIRD)
    house.says(house.omar, "fits", 0b11)
    house.says(house.fatma, "choose", 1)
    house.clock.moment = at(26, 22)
    house.do(house.omar, house.other, "hand_back")
    house.says(house.ans, "view")
    house.looked(at(27, 8, 30))
    assert "Het bezoek gaat door" not in house.read(house.fatma)
    house.looked(at(27, 9))
    assert "Het bezoek gaat door" in house.read(house.fatma)


def test_when_the_visit_is_in_the_morning_it_is_told_at_night(house: House) -> None:
    house.proposes(house.ans, house.lead, at(27, 9))
    house.says(house.omar, "fits", 1)
    house.says(house.fatma, "choose", 0)
    house.clock.moment = at(26, 22)
    house.do(house.omar, house.other, "hand_back")
    house.looked(at(26, 22, 30))
    assert "Het bezoek gaat door" in house.read(house.fatma)


def test_in_a_hidden_chat_nothing_is_asked_until_it_is_opened(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.sim.hear(house.fatma, HideTap())
    house.says(house.omar, "fits", 1)
    assert "langskomen" not in str(house.fatma.chat)
    go(house.sim, house.fatma, "open", "news")
    assert "langskomen" in str(house.fatma.chat)
    go(house.sim, house.fatma, "visit.choose")
    assert house.visit.slot == FIRST


def test_when_one_half_cannot_come_the_other_does_and_all_who_should_know_it_do(house: House) -> None:
    house.agreed()
    house.hush()
    house.do(house.omar, house.other, "fail.other")
    house.looked(at(25, 15, 30))
    assert house.visit.status == CHOSEN
    assert (house.visit.lead, house.visit.other) == (house.lead.id, None)
    assert "Het bezoek gaat door: maandag 30 november 10:30" in house.read(house.fatma)
    assert "Wie: Ans van Stichting Balans." in house.read(house.fatma)
    assert "je gaat alleen op bezoek" in house.read(house.ans)
    house.hush()
    house.looked(at(29, 10))
    assert "bezoek" not in house.read(house.omar)


def test_when_the_proposer_falls_away_the_other_goes_on(house: House) -> None:
    house.agreed()
    stops(house, house.lead.token)
    house.looked(at(25, 15, 30))
    assert (house.visit.lead, house.visit.other, house.visit.status) == (house.other.id, None, CHOSEN)
    assert "Wie: Omar van Energie Actief Soest." in house.read(house.fatma)
    assert "je gaat alleen op bezoek" in house.read(house.omar)
    assert "bezoek" not in house.read(house.ans)


def test_while_the_resident_is_asked_they_are_asked_anew_by_who_is_left(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST, SECOND)
    house.says(house.omar, "fits", 0b11)
    house.do(house.omar, house.other, "hand_back")
    house.looked(at(25, 15, 30))
    assert house.visit.status == TICKED
    assert "Wie: Ans van Stichting Balans." in house.read(house.fatma)


def test_who_was_to_tick_and_left_is_waited_for_no_more(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST, SECOND)
    house.do(house.omar, house.other, "fail.other")
    house.says(house.ans, "view")  # a tap settles it, before the clock looks
    assert (house.visit.status, house.visit.fits, house.visit.gone) == (TICKED, (FIRST, SECOND), None)
    assert "Wanneer past het jou?" in house.read(house.fatma)


def test_when_nobody_is_left_the_visit_is_off(house: House) -> None:
    house.agreed()
    house.do(house.omar, house.other, "fail.other")
    house.do(house.ans, house.lead, "fail.other")
    house.looked(at(25, 15, 30))
    assert (house.visit.status, house.visit.sequence) == (CANCELLED, 1)
    assert "Het bezoek gaat niet door" in house.read(house.fatma)
    house.looked(at(29, 12))
    assert "Denk aan je bezoek" not in house.read(house.fatma)


def test_help_that_ends_after_the_visit_says_nothing_of_it(house: House) -> None:
    house.agreed()
    house.clock.moment = at(30, 12)
    house.do(house.omar, house.other, "complete.helped")
    house.do(house.ans, house.lead, "complete.helped")
    house.looked(at(30, 13))
    assert house.visit.status == DONE
    assert "bezoek" not in house.read(house.fatma)


def test_who_took_over_from_a_colleague_comes_in_their_place(house: House) -> None:
    house.agreed()
    house.do(house.bep, house.lead, "take_over.sure")
    house.looked(at(29, 12))
    assert "denk aan het bezoek" in house.read(house.bep)
    assert "denk aan het bezoek" not in house.read(house.ans)


def test_a_visit_called_off_at_night_is_told_in_the_morning(house: House) -> None:
    house.agreed()
    house.looked(at(27, 21))
    house.says(house.ans, "cancel_yes")
    assert "gaat niet door" not in house.read(house.fatma)
    house.looked(at(28, 9))
    assert house.read(house.fatma).count("Het bezoek gaat niet door") == 1
