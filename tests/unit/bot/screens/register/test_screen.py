"""The register on the screen: who may do what, and that old and made-up buttons do nothing."""

from __future__ import annotations

from itertools import product

import pytest

from bot.messages.links import INVITATION
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import InboxTap, LeadTap, RegisterTap
from bot.screens.register.screen import OF_ITS_OWNER
from db.store import Store
from tests import simulated
from tests.simulated import CONTENT
from tests.unit.bot.register.wijk_room import Around

VALUES = ("", "street", "eas", "good", "4", "worked", "stopped", "0", "zz")


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


@pytest.mark.parametrize("act", OF_ITS_OWNER)
def test_only_its_owner_and_a_coordinator_change_one(around: Around, act: str) -> None:
    one = around.running(around.ans, around.omar, "eas")
    for value in VALUES:
        around.taps(around.omar, act, one, value)
        around.taps(around.noor, act, one, value)
    assert around.now(one) == one


def test_a_coordinator_may_do_all_of_it(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ria, "review", one, "good")
    around.taps(around.ria, "result", one, "worked")
    assert around.now(one).result == "worked"
    assert "gelukt" in around.read(around.ans)


@pytest.mark.parametrize(("act", "value"), [*product(("review",), ("good", "slow")), ("result", "worked")])
def test_a_button_of_before_shows_how_it_stands_and_changes_nothing(around: Around, act: str, value: str) -> None:
    one = around.running(around.ans, around.omar, "eas")
    told = around.taps(around.ans, act, one, value, behind=1)
    assert "intussen veranderd" in told
    assert "Staat op: loopt" in told
    assert around.now(one) == one


def test_a_closed_one_cannot_be_changed_and_cannot_be_joined(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    around.taps(around.ans, "result", one, "failed")
    closed = around.now(one)
    for act, value in product(("review", "weeks", "result", "party", "where", "yes", "no"), VALUES):
        around.taps(around.ans, act, closed, value)
        around.taps(around.noor, act, closed, value)
    assert around.now(one) == closed


def test_a_token_that_never_was_leads_to_the_list(around: Around) -> None:
    around.sim.hear(around.ans, RegisterTap("result", "f" * 16, "worked", 1))
    assert "koppelkans" in around.read(around.ans)


def test_a_resident_and_a_stranger_see_nothing_of_it(around: Around) -> None:
    one = around.named(around.noor)
    fatma = simulated.resident(around.sim)
    fatma.news.clear()
    for tap in (RegisterTap(), RegisterTap("view", one.token), RegisterTap("yes", one.token), RegisterTap("new")):
        around.sim.hear(fatma, tap)
    around.sim.type(fatma, "/koppelkansen")
    assert {each.text for each in fatma.news} == {CONTENT.words.phrase("nl", "desk.no_member")}
    assert around.now(one) == one


def test_a_wijkverbinder_reads_no_lead_and_has_no_inbox(around: Around) -> None:
    fatma = simulated.resident(around.sim)
    lead = simulated.handed_over(around.sim, fatma)
    around.hush()
    for tap in (InboxTap(), LeadTap(lead.token, "view", version=lead.version), InboxTap(shows="ours")):
        around.sim.hear(around.noor, tap)
    read = around.read(around.noor)
    assert "Fatma" not in read
    assert lead.code not in read
    assert not any(lead.code in each.text for each in around.noor.chat.values())
    around.sim.type(around.noor, "/coordinator")
    assert "alleen voor de coördinator" in around.read(around.noor)


def test_the_list_shows_six_and_leads_on(around: Around) -> None:
    titles = [key.removeprefix("register.title_") for key in CONTENT.words.phrases if key.startswith("register.title_")]
    for title in titles[:8]:
        around.named(around.ans, title)
    around.taps(around.ans, "list")
    rows = around.ans.news[-1].buttons
    assert len([row for row in rows if isinstance(tap := decode(row[0].data), RegisterTap) and tap.act == "view"]) == 6
    simulated.go(around.sim, around.ans, "register.list.6")
    rows = around.ans.news[-1].buttons
    assert len([row for row in rows if isinstance(tap := decode(row[0].data), RegisterTap) and tap.act == "view"]) == 2


def test_a_name_that_is_tapped_twice_is_one_koppelkans(around: Around) -> None:
    around.taps(around.ans, "new")
    shown = around.ans.news[-1]
    for _ in range(2):
        around.sim.press(around.ans, shown.id, shown.buttons[0][0].data)
    (one,) = around.open()
    around.taps(around.ans, "where", one, "street")
    around.sim.press(around.ans, shown.id, shown.buttons[0][0].data)
    assert len(around.open()) == 2, "of what goes on already there may be another one"


def test_every_card_fits_one_screen(around: Around) -> None:
    one = around.running(around.ans, around.omar, "eas")
    for act, value in (("view", ""), ("party", ""), ("review", "good"), ("done", ""), ("stop", ""), ("list", "")):
        around.taps(around.ans, act, one, value)
        shown = around.ans.news[-1]
        assert len(shown.text.split("\n")) + len(shown.buttons) <= 20, (act, shown.text)
        assert max(map(len, shown.text.split("\n"))) <= 80


def test_a_button_of_the_register_carries_what_was_meant() -> None:
    tap = RegisterTap("party", "0123456789abcdef", "energie_soest", 77)
    assert decode(encode(tap)) == tap
    assert len(encode(tap)) <= 64
    for data in ("register:party.0123.x:1", "register:..:0", "register:view.0123456789abcdef.x y:1", "register:"):
        assert not isinstance(decode(data), RegisterTap)


def test_a_wijkverbinder_reads_in_their_data_what_they_are(around: Around) -> None:
    around.sim.type(around.noor, "/mijngegevens")
    assert "Wijkverbinders" in around.read(around.noor)


def test_a_wijkverbinder_is_invited_by_the_coordinator_and_removed_again(around: Around) -> None:
    around.sim.type(around.ria, "/coordinator")
    simulated.go(around.sim, around.ria, "rest", "members.connector", "invite_connector")
    assert "een wijkverbinder" in around.read(around.ria)
    around.sim.type(around.ria, "/coordinator")
    simulated.go(around.sim, around.ria, "rest", "members.connector")
    handle = next(each for each in around.ria.card.buttons if "Noor" in each[0].text)[0].data
    around.sim.press(around.ria, around.ria.card.id, handle)
    around.hush()
    remove = next(each for each in around.ria.card.buttons if "Noor" in each[0].text)[0].data
    around.sim.press(around.ria, around.ria.card.id, remove)
    assert "Je hoort niet meer bij Wijkverbinders" in around.read(around.noor)
    around.taps(around.noor, "make", value="visit")
    assert not around.open()


def test_one_person_may_be_of_a_partner_and_a_wijkverbinder_and_stop_one_of_both(around: Around) -> None:
    around.sim.type(around.ans, f"/start {INVITATION}{simulated.invitation(around.sim, 'connector', 'connector')}")
    simulated.go(around.sim, around.ans, "join_both")
    assert {"postvak", "koppelkansen"} <= {command for command, _ in around.ans.menu}
    one = around.named(around.ans)
    assert one.owner == "balans", "for the organisation that they joined first"
    around.sim.type(around.ans, "/postvak")
    assert "Postvak van Stichting Balans" in around.read(around.ans)
    simulated.go(around.sim, around.ans, "desk:settings")
    rows = around.ans.card.buttons
    leave = next(each for row in rows for each in row if "Wijkverbinders" in each.text)
    around.sim.press(around.ans, around.ans.card.id, leave.data)
    simulated.go(around.sim, around.ans, "leave_sure")
    around.taps(around.ans, "review", one, "good")
    assert around.now(one).mood == "good"
