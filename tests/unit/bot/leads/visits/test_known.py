"""What a resident knows of a visit counts: they hear its end, no less and no more."""

from __future__ import annotations

import pytest

from bot.leads.visits import slots
from bot.messages.taps.visits import ALONE
from db.leads import calls, leads
from db.leads.consent.visits import AGAIN, CANCELLED, PROPOSED, TICKED
from db.leads.due import Next
from db.people import members
from db.store import Store
from flows.model.heard import Blocked
from tests.simulated import WIJK, button, go
from tests.unit.bot.leads.visits.house import FIRST, SECOND, THIRD, House, at

OFF = "Het bezoek gaat niet door"


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


@pytest.fixture
def alone(store: Store) -> House:
    return House(store, together=False)


def labels(house: House, person: str) -> list[str]:
    return [each.text for row in getattr(house, person).card.buttons for each in row]


def test_called_off_at_night_by_who_was_left_it_is_told_in_the_morning(house: House) -> None:
    house.agreed()
    house.looked(at(26, 22))
    house.do(house.omar, house.other, "hand_back")
    house.says(house.ans, "cancel_yes")
    assert house.visit.status == CANCELLED
    house.looked(at(27, 9))
    assert house.read(house.fatma).count(OFF) == 1
    assert "Jij gaat alleen" not in house.read(house.ans)


def test_what_a_colleague_proposes_at_night_after_a_hand_back_is_asked_in_the_morning(alone: House) -> None:
    alone.proposes(alone.ans, alone.lead, THIRD, beside=ALONE)
    alone.says(alone.fatma, "choose", 0)
    alone.looked(at(26, 22))
    alone.do(alone.ans, alone.lead, "hand_back")
    alone.do(alone.bep, alone.lead, "accept")
    assert "De bewoner kiest" in alone.proposes(alone.bep, alone.lead, SECOND, beside=ALONE)
    alone.looked(at(27, 9))
    assert alone.visit.status == TICKED
    assert "Bep van Stichting Balans" in alone.read(alone.fatma)
    assert button(alone.fatma, "visit.choose")


def test_who_takes_the_lead_at_night_hears_that_its_visit_is_off(alone: House) -> None:
    alone.proposes(alone.ans, alone.lead, THIRD, beside=ALONE)
    alone.says(alone.fatma, "choose", 0)
    alone.looked(at(26, 22))
    alone.do(alone.ans, alone.lead, "hand_back")
    alone.do(alone.bep, alone.lead, "accept")
    alone.looked(at(27, 9))
    assert OFF in alone.read(alone.fatma)
    assert "het bezoek gaat niet door" in alone.read(alone.bep)


def test_new_times_after_a_visit_was_called_off_at_night_do_not_hide_that(house: House) -> None:
    house.agreed()
    house.looked(at(26, 22))
    house.says(house.ans, "cancel_yes")
    house.proposes(house.ans, house.lead, SECOND)
    assert house.visit.status == PROPOSED
    house.looked(at(27, 9))
    assert f"{OFF}.\nHet was: maandag 30 november 10:30." in "\n".join(each.text for each in house.fatma.chat.values())


def test_who_never_heard_of_a_visit_does_not_hear_that_there_are_no_times(house: House) -> None:
    house.proposes(house.ans, house.lead, THIRD)
    house.says(house.omar, "none")
    house.looked(at(9, 12))
    assert house.read(house.fatma) == ""


def test_who_does_not_know_that_it_moves_does_not_hear_that_there_are_no_times(house: House) -> None:
    house.proposes(house.ans, house.lead, at(7, 9))
    house.says(house.omar, "fits", 1)
    house.says(house.fatma, "choose")
    house.proposes(house.ans, house.lead, THIRD)
    house.says(house.omar, "none")
    house.looked(at(3, 12))
    assert "nieuwe tijd" not in house.read(house.fatma)


def test_who_waits_for_new_times_hears_that_there_comes_no_visit(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "fits", 1)
    house.says(house.fatma, "other")
    house.says(house.ans, "cancel_yes")
    assert OFF in house.read(house.fatma)


def test_who_waits_for_new_times_hears_that_nobody_is_left(alone: House) -> None:
    alone.proposes(alone.ans, alone.lead, FIRST, beside=ALONE)
    alone.says(alone.fatma, "other")
    alone.do(alone.ans, alone.lead, "hand_back")
    alone.looked(at(25, 16))
    assert OFF in alone.read(alone.fatma)


def test_times_of_which_the_resident_never_read_are_taken_back_in_silence(alone: House) -> None:
    alone.looked(at(25, 21))
    alone.proposes(alone.ans, alone.lead, THIRD, beside=ALONE)
    alone.says(alone.ans, "cancel_yes")
    alone.looked(at(26, 10))
    assert alone.read(alone.fatma) == ""


def test_who_waits_while_the_other_half_says_nothing_hears_it_too(house: House) -> None:
    house.proposes(house.ans, house.lead, THIRD)
    house.says(house.omar, "fits", 1)
    house.says(house.fatma, "other")
    house.proposes(house.ans, house.lead, at(9, 9))
    house.looked(at(3, 12))
    assert house.read(house.fatma).count("Er is nog geen nieuwe tijd.") == 1


def test_while_others_are_proposed_the_agreed_time_can_be_called_off(house: House) -> None:
    house.agreed()
    house.proposes(house.ans, house.lead, SECOND)
    house.says(house.fatma, "view")
    assert "✖️ Het gaat niet door" in labels(house, "fatma")
    house.says(house.omar, "fits", 1)
    go(house.sim, house.fatma, "visit.cancel", "visit.cancel_yes")
    assert house.visit.status == CANCELLED
    assert "de bewoner zei het bezoek af" in house.read(house.ans)


def test_after_a_missed_visit_new_times_can_be_taken_back_and_it_is_asked_no_more(house: House) -> None:
    house.agreed()
    house.clock.moment = at(30, 12)
    house.says(house.omar, "nobody")
    house.says(house.fatma, "other")
    house.proposes(house.ans, house.lead, at(2, 9))
    house.says(house.ans, "view")
    assert "👍 Ja" not in labels(house, "ans")
    assert "✖️ Gaat niet door" in labels(house, "ans")
    house.says(house.omar, "fits", 1)
    house.says(house.ans, "cancel_yes")
    assert house.visit.status == CANCELLED
    assert OFF in house.read(house.fatma)


def test_a_look_of_the_clock_makes_no_button_old(house: House) -> None:
    house.proposes(house.ans, house.lead, THIRD)
    house.says(house.omar, "fits", 1)
    asked = house.visit
    house.looked(at(27, 18))
    assert "koos nog geen tijd" in house.read(house.ans)
    assert "Afgesproken" in house.says(house.fatma, "choose", 0, visit=asked)
    agreed = house.visit
    house.looked(at(1, 10))
    assert "Denk aan" in house.read(house.fatma)
    house.says(house.fatma, "cancel_yes", visit=agreed)
    assert house.visit.status == CANCELLED


def test_a_resident_without_a_chat_is_rung_when_help_ends_before_the_visit(alone: House) -> None:
    alone.proposes(alone.ans, alone.lead, THIRD, beside=ALONE)
    alone.says(alone.fatma, "choose")
    alone.sim.hear(alone.fatma, Blocked(True))
    alone.do(alone.ans, alone.lead, "complete.helped")
    alone.hush()
    alone.looked(at(25, 16))
    assert alone.visit.status == CANCELLED
    assert f"Bel even.\n{OFF}" in alone.read(alone.ans)
    assert "woensdag 2 december 19:00" in alone.read(alone.ans)


def test_who_comes_and_blocks_the_bot_lost_the_lead_and_the_resident_hears_it(alone: House) -> None:
    alone.proposes(alone.ans, alone.lead, THIRD, beside=ALONE)
    alone.says(alone.fatma, "choose")
    alone.sim.hear(alone.ans, Blocked(True))
    alone.hush()
    alone.looked(at(25, 16))
    assert OFF in alone.read(alone.fatma)


def test_an_organisation_that_is_away_all_the_time_reads_so(alone: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "works", lambda day, partner: False)
    assert "De komende 14 dagen werken jullie niet" in alone.proposes(alone.ans, alone.lead, FIRST, beside=ALONE)
    assert alone.none()


def test_at_night_no_time_is_proposed_that_passes_before_the_resident_is_asked(alone: House) -> None:
    alone.looked(at(25, 21))
    alone.proposes(alone.ans, alone.lead, at(26, 9), beside=ALONE)
    assert alone.none()
    alone.proposes(alone.ans, alone.lead, at(26, 9), at(26, 10, 30), beside=ALONE)
    assert alone.visit.slots == (at(26, 10, 30),)


def test_at_night_nothing_is_ticked_that_passes_before_the_resident_is_asked(house: House) -> None:
    house.proposes(house.ans, house.lead, at(26, 9), THIRD)
    house.looked(at(25, 21))
    house.says(house.omar, "view")
    assert labels(house, "omar")[0] == "woensdag 2 december 19:00"
    house.says(house.omar, "fits", 0b01)
    assert house.visit.status == PROPOSED
    house.says(house.omar, "fits", 0b11)
    assert house.visit.fits == (THIRD,)


def test_after_an_outage_nobody_is_asked_about_times_that_have_passed(alone: House) -> None:
    alone.looked(at(25, 21))
    alone.proposes(alone.ans, alone.lead, at(26, 10, 30), beside=ALONE)
    alone.later(at(26, 11))
    assert "Wanneer past" not in alone.read(alone.fatma)
    assert alone.visit.status == AGAIN
    assert "nog geen nieuwe tijden" in alone.read(alone.ans)


def test_who_is_left_with_times_that_have_passed_proposes_others(house: House) -> None:
    house.proposes(house.ans, house.lead, at(26, 10, 30))
    house.looked(at(26, 12))
    house.do(house.omar, house.other, "hand_back")
    house.looked(at(26, 13))
    assert house.visit.status == AGAIN
    assert "Wanneer past" not in house.read(house.fatma)
    assert button(house.ans, "plan")


def test_who_has_both_leads_is_not_stuck(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    with house.sim.store.write() as tx:
        now = house.other
        leads.move(
            tx,
            WIJK,
            now.id,
            now.version,
            now.status,
            next=Next("assignee", THIRD),
            now=house.clock(),
            actor=house.ans.id,
            assignee=house.ans.id,
        )
        members.join(tx, WIJK, house.ans.id, "eas", members.PARTNER, "Ans", house.clock())
    house.says(house.ans, "fits", 1)
    assert house.visit.status == TICKED


def test_a_call_about_a_visit_goes_with_who_comes(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.sim.hear(house.fatma, Blocked(True))
    house.says(house.omar, "fits", 1)
    house.do(house.ans, house.lead, "hand_back")
    house.looked(at(25, 16))
    with house.sim.store.read() as tx:
        old, new = (calls.of_lead(tx, WIJK, each.id) for each in (house.lead, house.other))
    assert new is not None
    assert old is None or "visit" not in old.word["key"]


def test_the_resident_reads_who_comes_instead(alone: House) -> None:
    alone.proposes(alone.ans, alone.lead, THIRD, beside=ALONE)
    alone.says(alone.fatma, "choose")
    alone.hush()
    alone.do(alone.bep, alone.lead, "take_over.sure")
    alone.looked(at(25, 16))
    told = "Het bezoek gaat door: woensdag 2 december 19:00.\nWie: Bep van Stichting Balans."
    assert alone.read(alone.fatma).count(told) == 1
