"""The coordinator sees who works where, removes a member in two taps, and takes invitations back; nobody else does."""

from __future__ import annotations

import re

import pytest

from bot.demo.simulator import Person
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import DashboardTap
from bot.screens.coordinator.members import PAGE
from db.people import invitations, members
from db.records import audit
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, go
from tests.unit.bot.screens.partner.room import Room


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", f"coordinator.{key}", **fields)


def handle(room: Room, person: Person) -> str:
    with room.sim.store.read() as tx:
        return members.of(tx, WIJK, person.id)[0].handle


def tap(room: Room, person: Person, act: str) -> str:
    """Tap this on the dashboard; gives what the person then reads."""
    return "\n".join(each.text for each in room.sim.press(person, None, f"dashboard:{act}:0"))


def labels(person: Person) -> list[str]:
    return [each.text for row in person.card.buttons for each in row]


def joined(room: Room) -> list[str]:
    return simulated.everything(room.sim.store)["memberships"]


@pytest.mark.both_stores
def test_a_member_is_removed_in_two_taps_name_and_yes(room: Room) -> None:
    room.sim.type(room.ria, "/coordinator")
    room.sim.press(room.ria, room.ria.card.id, "dashboard:partner.balans:0")
    go(room.sim, room.ria, "members.balans")
    assert "Ans · sinds woensdag 25 november" in labels(room.ria)
    room.sim.tap(room.ria, "Ans · sinds woensdag 25 november")
    assert "Ans" in room.ria.card.text
    room.sim.tap(room.ria, phrase("remove", name="Ans"))
    assert "Ans hoort niet meer bij Stichting Balans" in room.ria.card.text
    assert "Bep · sinds woensdag 25 november" in labels(room.ria)
    assert room.sim.type(room.ans, "/postvak")[0].text == CONTENT.words.phrase("nl", "desk.no_member")
    said = [each.text for each in room.ans.chat.values()]
    assert CONTENT.words.phrase("nl", "desk.removed", partner="Stichting Balans") in said


def test_an_invitation_is_taken_back_and_opens_nothing_any_more(room: Room) -> None:
    link = tap(room, room.ria, "invite.balans")
    found = re.search(r"i_[0-9A-Z]{12}", link)
    assert found
    tap(room, room.ria, "members.balans")
    (line,) = [each for each in labels(room.ria) if each.startswith("✉️")]
    room.sim.tap(room.ria, line)
    assert "door Ria" in room.ria.card.text
    room.sim.tap(room.ria, phrase("take_back"))
    assert phrase("taken_back") in room.ria.card.text
    cor = room.sim.person("telegram:3001", "Cor")
    (told, *_) = room.sim.type(cor, f"/start {found[0]}")
    assert told.text == CONTENT.words.phrase("nl", "notices.invitation_used")
    assert not [row for row in joined(room) if cor.id in row]
    with room.sim.store.read() as tx:
        assert audit.since(tx, WIJK, NOW)[-1].what == "invitation.taken_back"


def test_the_list_pages_and_marks_who_does_not_read_the_chat(room: Room) -> None:
    for n in range(PAGE):
        simulated.member(room.sim, "balans", f"telegram:{3000 + n}", f"Cor{n}")
    tap(room, room.ria, "invite.balans")
    room.sim.hear(room.ans, Blocked(True))
    tap(room, room.ria, "members.balans")
    first = labels(room.ria)
    assert "📵 Ans · sinds woensdag 25 november" in first
    room.sim.tap(room.ria, CONTENT.words.phrase("nl", "nav.next"))
    second = labels(room.ria)
    people = [each for each in [*first, *second] if "sinds" in each]
    assert len(people) == len(set(people)) == PAGE + 2
    assert sum("✉️" in each for each in [*first, *second]) == 1


@pytest.mark.parametrize(
    "act", ["members.balans", "members.coordinator", "member", "remove", "invitation", "take_back"]
)
def test_nobody_else_sees_or_ends_a_membership_or_an_invitation(room: Room, act: str) -> None:
    """A member elsewhere, a resident, and a coordinator of before, each with the right handle."""
    dewi = simulated.member(room.sim, "coordinator", "telegram:2005", "Dewi")
    tap(room, room.ria, "invite.balans")
    tap(room, room.ria, f"remove.{handle(room, dewi)}")
    with room.sim.store.read() as tx:
        (invitation,) = invitations.open_ones(tx, WIJK, NOW)
    which = {"member": handle(room, room.ans), "remove": handle(room, room.ans)}
    data = act if "." in act else f"{act}.{which.get(act, invitation.handle)}"
    before = joined(room), simulated.everything(room.sim.store)["invitations"]
    for person, said in (
        (room.omar, phrase("not_coordinator")),
        (room.bep, phrase("not_coordinator")),
        (room.fatma, CONTENT.words.phrase("nl", "desk.no_member")),
        (dewi, CONTENT.words.phrase("nl", "desk.no_member")),
    ):
        assert tap(room, person, data) == said
    assert (joined(room), simulated.everything(room.sim.store)["invitations"]) == before


@pytest.mark.parametrize("act", ["member", "remove", "invitation", "take_back"])
def test_an_old_button_changes_nothing_also_when_the_person_came_back(room: Room, act: str) -> None:
    old = handle(room, room.ans)
    tap(room, room.ria, f"remove.{old}")
    simulated.joins(room.sim, room.ans, "balans")
    before = joined(room)
    assert tap(room, room.ria, f"{act}.{old}").startswith(phrase("gone_already"))
    assert joined(room) == before


@pytest.mark.parametrize(
    "data", ["members.nobody", "members.balans.99999999999999999999", "remove.x", "member", "remove"]
)
def test_a_button_that_nobody_drew_harms_nothing(room: Room, data: str) -> None:
    before = joined(room)
    assert tap(room, room.ria, data)
    assert joined(room) == before


def test_what_the_buttons_carry_is_short_random_and_names_no_row(room: Room) -> None:
    tap(room, room.ria, "members.balans")
    data = [each.data for row in room.ria.card.buttons for each in row]
    assert all(len(each.encode()) <= 64 for each in data)
    own = [tapped for each in data if isinstance(tapped := decode(each), DashboardTap) and tapped.act == "member"]
    assert len({each.subject for each in own}) == 2
    assert not any(room.ans.id in each or "2001" in each for each in data)
    longest = max(CONTENT.wijk.partners, key=len)
    assert len(encode(DashboardTap("members", longest, "9999"))) <= 64


def test_the_only_coordinator_is_asked_for_a_deputy_until_there_is_one(room: Room) -> None:
    (card,) = room.sim.type(room.ria, "/coordinator")
    assert phrase("only_one") in card.text
    link = tap(room, room.ria, "invite_deputy")
    found = re.search(r"i_[0-9A-Z]{12}", link)
    assert found
    dewi = room.sim.person("telegram:2005", "Dewi")
    room.sim.type(dewi, f"/start {found[0]}")
    (card,) = room.sim.type(room.ria, "/coordinator")
    assert phrase("only_one") not in card.text
    assert phrase("invite_deputy") not in labels(room.ria)
    tap(room, room.ria, "members.coordinator")
    assert "Dewi, vervanger · sinds woensdag 25 november" in labels(room.ria)
    room.sim.hear(dewi, Blocked(True))
    assert phrase("only_one") in room.sim.type(room.ria, "/coordinator")[0].text


def test_a_deputy_may_what_a_coordinator_may(room: Room) -> None:
    dewi = room.sim.person("telegram:2005", "Dewi")
    room.sim.type(dewi, f"/start i_{simulated.invitation(room.sim, 'coordinator', 'deputy')}")
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.no_capacity")
    assert "Fatma" in room.do(dewi, lead, "view")
    room.do(dewi, lead, "reopen")
    assert simulated.lead(room.sim, lead.id).assignee == dewi.id
    tap(room, dewi, f"remove.{handle(room, room.bep)}")
    assert not [row for row in joined(room) if room.bep.id in row]


def test_a_coordinator_who_removes_themselves_leaves(room: Room) -> None:
    dewi = simulated.member(room.sim, "coordinator", "telegram:2005", "Dewi")
    tap(room, dewi, f"remove.{handle(room, dewi)}")
    assert "Dewi hoort niet meer bij de coördinator" in str(room.ria.news)
    assert room.sim.type(dewi, "/coordinator")[0].text == CONTENT.words.phrase("nl", "desk.no_member")
