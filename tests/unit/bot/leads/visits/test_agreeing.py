"""Three phones agree on a visit: what each sees, what nobody can do, and how it is moved, called off and missed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.messages.taps.members import PassTap
from bot.messages.taps.visits import ALONE, PlanTap, VisitTap
from bot.messages.ticks import LookAtLeads
from db.leads import calls
from db.leads.consent import visits
from db.leads.consent.visits import AGAIN, CANCELLED, CHOSEN, DONE, MISSED, PROPOSED, TICKED, Visit
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import WIJK, button, go
from tests.unit.bot.leads.visits.house import FIRST, SECOND, THIRD, House, at


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


@pytest.fixture
def alone(store: Store) -> House:
    return House(store, together=False)


@pytest.mark.both_stores
def test_three_phones_agree(house: House) -> None:
    assert "Voorgesteld" in house.proposes(house.ans, house.lead, FIRST, SECOND, THIRD)
    assert house.visit.status == PROPOSED
    assert "Welke tijden passen jou?" in house.read(house.omar)
    assert house.read(house.fatma) == ""
    house.says(house.omar, "fits", 0b101)
    assert (house.visit.status, house.visit.fits) == (TICKED, (FIRST, THIRD))
    told = house.fatma.news[-1]
    labels = [each.text for row in told.buttons for each in row]
    assert "Ans van Stichting Balans en Omar van Energie Actief Soest" in told.text
    assert labels[:4] == [
        "📅 maandag 30 november 10:30",
        "📅 woensdag 2 december 19:00",
        "🔁 Een andere tijd",
        "Liever niet",
    ]
    receipt = house.says(house.fatma, "choose", 1)
    assert "Afgesproken: woensdag 2 december 19:00" in receipt
    assert f"({house.lead.code}, {house.other.code})" in receipt
    assert (house.visit.status, house.visit.slot, house.visit.sequence) == (CHOSEN, THIRD, 0)
    for person, code in ((house.ans, house.lead.code), (house.omar, house.other.code)):
        assert f"{code}: het bezoek is afgesproken.\nwoensdag 2 december 19:00" in house.read(person)
        assert button(person, "visit.agenda")
    assert {house.other.status, simulated.lead(house.sim, house.lead.id).status} == {"in_progress"}


def test_who_helps_alone_agrees_with_the_resident(alone: House) -> None:
    assert "De bewoner kiest een tijd" in alone.proposes(alone.ans, alone.lead, FIRST, beside=ALONE)
    assert "Ans van Stichting Balans." in alone.read(alone.fatma)
    alone.says(alone.fatma, "choose")
    assert (alone.visit.status, alone.visit.slot, alone.visit.other) == (CHOSEN, FIRST, None)


def test_who_helps_beside_somebody_may_still_come_alone(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST, beside=ALONE)
    assert (house.visit.status, house.visit.other) == (TICKED, None)
    assert house.read(house.omar) == ""


def test_when_nothing_fits_other_times_are_proposed(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "none")
    assert house.visit.status == AGAIN
    assert "passen Energie Actief Soest niet" in house.read(house.ans)
    house.proposes(house.omar, house.other, SECOND)
    assert (house.visit.lead, house.visit.other, house.visit.status) == (house.other.id, house.lead.id, PROPOSED)
    assert house.read(house.fatma) == ""


def test_a_resident_asks_for_another_time_and_both_read_it(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "fits", 1)
    assert "We zoeken een andere tijd" in house.says(house.fatma, "other")
    assert "andere tijd" in house.read(house.ans)
    assert "andere tijd" in house.read(house.omar)
    assert house.visit.status == AGAIN


def test_a_resident_who_rather_has_no_visit_keeps_their_help(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "fits", 1)
    assert "De hulp gaat gewoon door" in house.says(house.fatma, "no")
    assert house.visit.status == CANCELLED
    assert "liever geen bezoek" in house.read(house.omar)
    assert simulated.lead(house.sim, house.lead.id).closed_at is None


def test_an_agreed_time_stands_until_there_is_a_new_one(house: House) -> None:
    house.agreed()
    assert "Tot dan blijft staan: maandag 30 november 10:30" in house.says(house.fatma, "other")
    house.proposes(house.ans, house.lead, SECOND)
    house.says(house.omar, "fits", 1)
    assert (house.visit.slot, house.visit.sequence) == (FIRST, 0)
    house.says(house.fatma, "keep")
    assert (house.visit.status, house.visit.slot, house.visit.sequence) == (CHOSEN, FIRST, 0)
    house.proposes(house.omar, house.other, SECOND)
    house.says(house.ans, "fits", 1)
    house.says(house.fatma, "choose")
    assert (house.visit.slot, house.visit.sequence) == (SECOND, 1)
    assert "het bezoek is verzet" in house.read(house.ans)


@pytest.mark.parametrize("who", ["ans", "omar", "fatma"])
def test_each_of_the_three_can_call_it_off_and_the_others_read_it(house: House, who: str) -> None:
    house.agreed()
    person = getattr(house, who)
    house.says(person, "cancel")
    assert house.visit.status == CHOSEN, "it is asked first whether they are sure"
    house.says(person, "cancel_yes")
    assert (house.visit.status, house.visit.sequence) == (CANCELLED, 1)
    for other in {"ans", "omar", "fatma"} - {who}:
        assert "maandag 30 november 10:30" in house.read(getattr(house, other))


@pytest.mark.both_stores
def test_of_two_who_tap_at_once_one_wins_and_the_other_sees_how_it_stands(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "fits", 1)
    now = house.visit
    taps = [
        (house.fatma, VisitTap(now.token, "choose", 0, now.version), house.fatma.card.id),
        (house.ans, VisitTap(now.token, "cancel_yes", 0, now.version), house.ans.card.id),
    ]
    house.sim.hear_all(taps)
    assert house.visit.status == CHOSEN
    assert "Bezoek: maandag 30 november 10:30" in str(house.ans.chat)


def test_old_and_doubled_buttons_do_nothing(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST, SECOND)
    before = house.visit
    house.says(house.omar, "fits", 0b11)
    house.says(house.omar, "none", visit=before)
    assert house.visit.status == TICKED
    asked = house.visit
    house.says(house.fatma, "choose", 1)
    assert "Dit is al anders" in house.says(house.fatma, "choose", 0, visit=asked)
    house.says(house.fatma, "no", visit=asked)
    assert (house.visit.slot, house.visit.status) == (SECOND, CHOSEN)


def test_a_doubled_proposal_asks_nobody_twice(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST, SECOND)
    before = house.visit
    assert "Voorgesteld" in house.proposes(house.ans, house.lead, SECOND, FIRST)
    assert house.read(house.omar) == ""
    assert house.visit == before


def test_a_button_of_a_visit_that_is_not_kept_any_more_says_so(house: House) -> None:
    old = house.agreed()
    house.clock.moment = at(30, 12)
    house.says(house.ans, "done")
    house.proposes(house.ans, house.lead, THIRD)
    assert "Dit bezoek is er niet meer" in house.says(house.fatma, "agenda", visit=old)
    assert "Dit bezoek is er niet meer" in house.says(house.omar, "view", visit=old)


def test_who_was_never_asked_hears_nothing_of_times_that_are_drawn_back(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "none")
    house.says(house.ans, "cancel_yes")
    assert house.read(house.fatma) == ""
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "fits", 1)
    house.says(house.fatma, "other")
    house.says(house.ans, "cancel_yes")
    assert "De tijden gelden niet meer" in house.read(house.fatma)


def test_what_somebody_made_up_does_nothing(house: House) -> None:
    karim = simulated.resident(house.sim, "telegram:1002", "Karim")
    house.proposes(house.bep, house.lead, FIRST)
    house.proposes(house.omar, house.lead, FIRST)
    house.proposes(karim, house.lead, FIRST)
    house.proposes(house.ans, house.lead, at(30, 10, 35))  # no hour of the table
    house.proposes(house.ans, house.lead, at(20, 9))  # a Sunday, and too far away
    assert house.none()
    house.proposes(house.ans, house.lead, FIRST, SECOND)
    asked = house.visit
    for person in (house.ans, house.bep, house.ria, karim, house.fatma):
        for act in ("fits", "none", "choose", "done", "nobody", "keep", "phone", "nonsense"):
            house.says(person, act, 1)
    house.says(karim, "cancel_yes")
    house.says(house.bep, "cancel_yes")
    assert house.visit == asked
    house.says(house.omar, "fits", 0b11)
    house.says(house.fatma, "choose", 7)
    house.says(house.ans, "phone", 0)  # she reads the chat: she chooses herself
    assert house.visit.status == TICKED
    house.says(house.fatma, "choose", 0)
    house.says(house.ans, "done")  # it was not yet
    assert house.visit.status == CHOSEN
    for person in (karim, house.bep, house.ria):
        for act in ("agenda", "view"):
            assert "30 november" not in house.says(person, act)
            assert person.news[-1].file is None


def test_a_time_that_has_passed_cannot_be_chosen(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST)
    house.says(house.omar, "fits", 1)
    house.clock.moment = at(30, 11)
    house.says(house.fatma, "choose", 0)
    assert house.visit.status == TICKED


def test_no_resident_is_asked_at_night(alone: House) -> None:
    alone.clock.moment = at(25, 21)
    alone.proposes(alone.ans, alone.lead, FIRST, beside=ALONE)
    alone.ticks()
    assert alone.read(alone.fatma) == ""
    alone.looked(at(26, 9))
    assert "Wanneer past het jou?" in alone.read(alone.fatma)


def test_a_resident_without_a_chat_is_rung_and_what_they_choose_is_noted(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST, SECOND)
    house.sim.hear(house.fatma, Blocked(True))
    house.says(house.omar, "fits", 0b11)
    assert "Bel en zeg" in house.read(house.ans)
    assert "• maandag 30 november 10:30\n• dinsdag 1 december 14:30" in house.read(house.ans)
    house.says(house.ans, "phone", 1)
    assert (house.visit.status, house.visit.slot) == (CHOSEN, SECOND)
    with house.sim.store.read() as tx:
        assert calls.of_lead(tx, WIJK, house.lead.id) is None
    assert "het bezoek is afgesproken" in house.read(house.omar)


def test_how_it_was_is_said_afterwards(house: House) -> None:
    house.agreed()
    house.clock.moment = at(30, 12)
    house.says(house.omar, "nobody")
    assert house.visit.status == MISSED
    assert "er was niemand thuis" in house.read(house.ans)
    assert "We stonden bij je voor de deur" in house.read(house.fatma)
    house.says(house.fatma, "other")
    assert house.visit.status == AGAIN
    house.proposes(house.ans, house.lead, at(2, 9))
    house.says(house.omar, "fits", 1)
    house.says(house.fatma, "choose", 0)
    house.clock.moment = at(2, 10)
    house.says(house.ans, "done")
    assert house.visit.status == DONE
    house.says(house.ans, "could_not")
    assert house.visit.status == DONE


def test_after_a_visit_there_can_be_another_one(house: House) -> None:
    first = house.agreed()
    house.clock.moment = at(30, 12)
    house.says(house.ans, "done")
    house.proposes(house.ans, house.lead, THIRD)
    assert (house.visit.status, house.visit.slot, house.visit.sequence) == (PROPOSED, None, -1)
    assert house.visit.token != first.token


def test_times_are_chosen_one_tap_after_another_and_can_be_taken_back(house: House) -> None:
    lead = simulated.lead(house.sim, house.lead.id)
    plan = PlanTap(lead.token, ALONE, (FIRST,), FIRST.date(), version=lead.version)
    house.sim.hear(house.ans, plan, house.ans.card.id)
    labels = [each.text for row in house.ans.card.buttons for each in row]
    assert labels[:6] == ["09:00", "✓ 10:30", "13:00", "14:30", "16:00", "19:00"]
    house.sim.tap(house.ans, "✓ 10:30")
    assert "✅ Stel voor" not in [each.text for row in house.ans.card.buttons for each in row]
    house.sim.hear(house.ans, replace(plan, slots=(FIRST, SECOND, THIRD), day=None), house.ans.card.id)
    labels = [each.text for row in house.ans.card.buttons for each in row]
    assert labels[:2] == ["✅ Stel voor", "↺ Opnieuw"]
    assert "vr 27 november" not in labels, "three times are enough"
    assert house.none()


def test_an_erasure_takes_the_visit_along(house: House) -> None:
    house.agreed()
    house.sim.type(house.fatma, "/verwijder")
    simulated.go(house.sim, house.fatma, "erase:yes")
    with house.sim.store.read() as tx:
        assert visits.due(tx, WIJK, at(20, 9), 9) == []
        assert visits.of_lead(tx, WIJK, house.lead.id) is None
    done = house.sim.handle.tick(LookAtLeads())
    assert [each for each in done.messages if "bezoek" in each.text] == []


def test_of_three_the_first_and_the_last_do_not_learn_of_each_other_by_a_visit(house: House) -> None:
    kim, second = simulated.member(house.sim, "shm", "telegram:2050", "Kim"), house.other
    house.sim.hear(house.omar, PassTap(second.token, "shm", "bills", "join", second.version, keeps=True))
    go(house.sim, house.fatma, "pass_yes")
    third = house.other
    house.do(kim, third, "accept")
    now = simulated.lead(house.sim, second.id)
    plan = PlanTap(now.token, third.token[:4], (FIRST,), sends=True, version=now.version)
    house.sim.hear(house.omar, plan, house.omar.card.id)

    def theirs() -> Visit:
        with house.sim.store.read() as tx:
            found = visits.of_lead(tx, WIJK, second.id)
        assert found is not None
        return found

    assert theirs().other == third.id
    house.says(kim, "fits", 1, visit=theirs())
    house.says(house.fatma, "choose", visit=theirs())
    assert theirs().status == CHOSEN
    for beside in ("", third.token[:4], second.token[:4]):
        first = simulated.lead(house.sim, house.lead.id)
        heard = PlanTap(first.token, beside, (SECOND,), sends=True, version=first.version)
        house.sim.hear(house.ans, heard, house.ans.card.id)
    assert house.visit.other is None, "who comes with somebody else does not come along"
    house.looked(at(29, 12))
    house.do(house.omar, second, "hand_back")
    house.looked(at(29, 13))
    seen = {each.name: str([card.text for card in each.chat.values()]) for each in (house.ans, kim)}
    assert "SchuldHulpMaatje" not in seen["Ans"]
    assert third.code not in seen["Ans"]
    assert "Balans" not in seen["Kim"]
    assert house.lead.code not in seen["Kim"]


def test_nobody_comes_while_somebody_else_is_there(house: House) -> None:
    house.proposes(house.ans, house.lead, FIRST, beside=ALONE)
    house.says(house.fatma, "choose")
    first = house.visit
    house.proposes(house.omar, house.other, FIRST, SECOND, beside=ALONE)
    with house.sim.store.read() as tx:
        second = visits.of_lead(tx, WIJK, house.other.id)
    assert second is not None
    assert second.token != first.token
    told = house.says(house.fatma, "choose", 0, visit=second)
    assert "Dan komt er al iemand bij je." in told
    assert "Balans" not in told
    assert house.read(house.omar) == "", "who comes another time is not told who comes now"
    house.says(house.fatma, "choose", 1, visit=second)
    with house.sim.store.read() as tx:
        slots = [each.slot for each in (visits.by_token(tx, WIJK, one.token) for one in (first, second)) if each]
    assert slots == [FIRST, SECOND]
