"""Every departure ends in one verb: leads go back, everybody who counted on the member is told, their chat blanked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.demo.simulator import Person
from bot.messages.message import Incoming
from bot.messages.taps.buttons import decode
from bot.messages.taps.members import InboxTap
from bot.messages.ticks import RemoveMember, TakenBack
from db import tables
from db.leads import leads, views
from db.leads.consent import consents
from db.leads.due import Next
from db.leads.lead import Lead
from db.people import members
from db.people.members import Member
from db.queue import outbox, sent_messages
from db.queue.sent_messages import SentMessage
from db.records import audit
from db.store import Store
from flows.model.heard import Blocked
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, go
from tests.unit.bot.screens.partner.room import Room, events

NAME = "Fatma"


def phrase(key: str, **fields: object) -> str:
    return CONTENT.words.phrase("nl", key, **fields)


def membership(room: Room, person: Person, organisation: str = "balans") -> Member:
    with room.sim.store.read() as tx:
        return next(each for each in members.of(tx, WIJK, person.id) if each.organisation == organisation)


def leaves(room: Room, person: Person) -> None:
    handle = membership(room, person).handle
    room.sim.press(person, None, f"leave:{handle}:0")
    room.sim.press(person, None, f"leave_sure:{handle}:0")


def is_removed(room: Room, person: Person) -> None:
    handle = membership(room, person).handle
    room.sim.press(room.ria, None, f"dashboard:member.{handle}:0")
    room.sim.press(room.ria, None, f"dashboard:remove.{handle}:0")


def is_removed_on_the_command_line(room: Room, person: Person) -> None:
    handle = membership(room, person).handle
    room.sim.deliver(list(room.sim.handle.tick(RemoveMember(person.id, handle)).messages))


def moves(room: Room, person: Person) -> None:
    simulated.joins(room.sim, person, "eas", "join_move")


def erases(room: Room, person: Person) -> None:
    room.sim.type(person, "/verwijder")
    go(room.sim, person, "erase:yes")


def blocks(room: Room, person: Person) -> None:
    room.sim.hear(person, Blocked(True))


Depart = Callable[[Room, Person], None]
ENDS: list[Depart] = [leaves, is_removed, is_removed_on_the_command_line, moves, erases]
WAYS = pytest.mark.parametrize("depart", [*ENDS, blocks])
FOR_GOOD = pytest.mark.parametrize("depart", ENDS)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def taken(room: Room) -> Lead:
    """Ans took Fatma's lead and wrote to her, and Fatma answered; nobody has unread news."""
    lead = room.handed_over()
    room.do(room.ans, lead, "view")
    room.do(room.ans, lead, "accept")
    room.do(room.ans, lead, "write")
    room.sim.type(room.ans, "Zal ik bellen?")
    go(room.sim, room.fatma, f"reply:{lead.token}")
    room.sim.type(room.fatma, "Ja, na half tien")
    room.hush()
    return simulated.lead(room.sim, lead.id)


def read(person: Person) -> str:
    """All that stands in this person's chat now."""
    return "\n".join(each.text for each in person.chat.values())


def texts(person: Person) -> str:
    return "\n".join(each.text for each in person.news)


@pytest.mark.both_stores
@WAYS
def test_taken_leads_go_back_and_everybody_who_counted_on_the_member_is_told_once(room: Room, depart: Depart) -> None:
    lead = taken(room)
    depart(room, room.ans)
    now = simulated.lead(room.sim, lead.id)
    assert (now.status, now.assignee, now.inbox, now.closed_at) == ("sent", None, "balans", None)
    assert (now.claim_by, now.contact_by) == (lead.claim_by, lead.contact_by), "what was promised stays"
    assert events(room.sim, lead.id)[-1] == ("accepted", "sent")
    (resident,) = room.fatma.news
    assert lead.code in resident.text
    assert "Je vraag ligt nu bij Stichting Balans" in resident.text
    assert ("Ans" in resident.text) == (depart is not erases), "a person who was erased is not named"
    (colleague,) = room.bep.news
    assert lead.code in colleague.text
    assert NAME not in colleague.text
    assert room.omar.news == []
    assert "Stichting Balans" in texts(room.ria)
    assert lead.code in texts(room.ria)
    assert NAME not in texts(room.ria)


@FOR_GOOD
def test_nothing_of_a_resident_stays_in_the_chat_of_whoever_departed(room: Room, depart: Depart) -> None:
    taken(room)
    assert NAME in read(room.ans)
    assert "half tien" in read(room.ans)
    depart(room, room.ans)
    assert NAME not in read(room.ans)
    assert "half tien" not in read(room.ans)
    assert "half tien" not in str([each.buttons for each in room.ans.chat.values()])
    with room.sim.store.read() as tx:
        assert views.of_member(tx, WIJK, room.ans.id) == []


def test_the_chat_of_a_member_who_blocked_the_bot_is_blanked_when_they_return(room: Room) -> None:
    lead = taken(room)
    blocks(room, room.ans)
    assert NAME in read(room.ans), "nothing can be changed in a chat that is blocked"
    room.sim.hear(room.ans, Blocked(False))
    assert NAME not in read(room.ans)
    assert "half tien" not in read(room.ans)
    assert membership(room, room.ans), "a block suspends: the membership stays"
    assert NAME in room.do(room.ans, lead, "view"), "they open what they need again"


def test_whoever_was_removed_while_away_finds_an_empty_chat_and_the_menu_of_everybody(room: Room) -> None:
    taken(room)
    blocks(room, room.ans)
    is_removed(room, room.ans)
    assert room.ans.menu
    room.sim.hear(room.ans, Blocked(False))
    assert NAME not in read(room.ans)
    assert room.ans.menu == ()
    assert room.sim.type(room.ans, "/postvak")[0].text == phrase("desk.no_member")


@WAYS
def test_nobody_writes_about_a_lead_that_they_gave_back(room: Room, depart: Depart) -> None:
    lead = taken(room)
    room.do(room.ans, lead, "write")
    depart(room, room.ans)
    room.hush()
    room.sim.type(room.ans, "Ik kom dinsdag")
    assert "dinsdag" not in read(room.fatma)
    assert NAME not in texts(room.ans)
    assert simulated.found(room.sim.store, "dinsdag") == []
    go(room.sim, room.fatma, f"reply:{lead.token}")
    room.sim.type(room.fatma, "Dinsdag past")
    assert phrase("relay.nobody") in texts(room.fatma)
    assert "Dinsdag" not in read(room.ans)


@FOR_GOOD
def test_whoever_departed_sees_nothing_of_the_lead_by_an_old_button(room: Room, depart: Depart) -> None:
    lead = taken(room)
    depart(room, room.ans)
    for answer in ("view", "accept", "write", "complete.helped"):
        said = room.sim.press(room.ans, None, simulated.under(lead, answer, lead.version))
        assert NAME not in str(said)
    assert simulated.lead(room.sim, lead.id).status == "sent"


@WAYS
def test_when_nobody_reads_the_inbox_any_more_its_leads_go_to_the_coordinator_who_is_told_so(
    room: Room, depart: Depart
) -> None:
    lead = taken(room)
    waiting = simulated.handed_over(room.sim, simulated.resident(room.sim, "telegram:1002", "Karim"))
    leaves(room, room.bep)
    room.hush()
    depart(room, room.ans)
    for each in (lead, waiting):
        now = simulated.lead(room.sim, each.id)
        assert (now.inbox, now.assignee, now.status) == ("coordinator", None, "sent")
        assert each.code in texts(room.ria) or "2 open" in texts(room.ria)
    assert phrase("desk.inbox_handed", partner="Stichting Balans", count=2) in texts(room.ria) + read(room.ria)
    assert "Je vraag ligt nu bij de coördinator" in texts(room.fatma)
    assert "Karim" not in texts(room.ria)
    assert room.do(room.ria, lead, "accept")
    assert simulated.lead(room.sim, lead.id).assignee == room.ria.id


@FOR_GOOD
def test_what_waits_for_whoever_departed_is_dropped_and_what_arrives_too_late_is_blanked(
    room: Room, depart: Depart
) -> None:
    lead = taken(room)
    with room.sim.store.write() as tx:
        outbox.add(tx, WIJK, [outbox.Message(1, room.ans.id, {"text": NAME}, lead=lead.id)], NOW)
    depart(room, room.ans)
    with room.sim.store.read() as tx:
        assert outbox.standing(tx, WIJK, [1]) == set()
    if depart is not erases:  # of a person who was erased nobody knows where they are reached
        made = room.sim.handle.tick(TakenBack([SentMessage(room.ans.id, 77, lead.id)])).messages
        assert [(each.edit, NAME in each.text) for each in made] == [(77, False)]


def test_what_was_decided_a_moment_before_in_the_same_batch_does_not_arrive_either(room: Room) -> None:
    lead = taken(room)
    handle = membership(room, room.ans).handle
    out = room.sim.handle(
        [
            Incoming("telegram", 9001, room.fatma.address, room.fatma.address, decode(f"reply:{lead.token}:0")),
            Incoming("telegram", 9002, room.ria.address, room.ria.address, decode(f"dashboard:remove.{handle}:0")),
            Incoming("telegram", 9003, room.ans.address, room.ans.address, InboxTap()),
        ]
    )
    to_ans = [each for each in out if each.to == room.ans.id]
    assert to_ans[-1].text == phrase("desk.no_member")
    assert not any(NAME in each.text or each.lead == lead.id for each in to_ans)


def test_whoever_works_for_two_keeps_what_belongs_to_the_other(room: Room) -> None:
    simulated.joins(room.sim, room.ans, "eas")
    lead = taken(room)
    karim = simulated.resident(room.sim, "telegram:1002", "Karim")
    with room.sim.store.write() as tx:
        ours = consents.get(tx, WIJK, lead.consent or 0)
        assert ours is not None
        told = {name: getattr(ours, name) for name in ("purpose", "fields", "text_version")}
        who: dict[str, Any] = {"resident": karim.id, "sender": karim.id, "recipient": "eas", **told}
        yes = consents.add(tx, WIJK, shown="", language="nl", given=True, now=NOW, **who)
        leads.create(
            tx,
            WIJK,
            resident=karim.id,
            sender=karim.id,
            partner="eas",
            inbox="eas",
            row="M2",
            topic=["cold"],
            urgent=False,
            packet={**(lead.packet or {}), "name": "Karim"},
            language="nl",
            now=NOW,
            next=Next("inbox", NOW),
            consent=yes,
        )
    other = simulated.leads_of(room.sim, karim)[-1]
    room.do(room.ans, other, "accept")
    leaves(room, room.ans)
    assert simulated.lead(room.sim, other.id).assignee == room.ans.id
    assert "Karim" in read(room.ans)
    assert NAME not in read(room.ans)
    assert [command for command, _ in room.ans.menu][:2] == ["postvak", "wiedoetwat"]


def test_what_a_member_has_running_as_a_resident_stays(room: Room) -> None:
    room.sim.press(room.bep, None, "menu.welcome:_menu:0")
    lead = simulated.handed_over(room.sim, room.bep)
    room.do(room.ans, lead, "accept")
    leaves(room, room.bep)
    assert simulated.lead(room.sim, lead.id).assignee == room.ans.id
    assert lead.code in read(room.bep)


@pytest.mark.parametrize(("depart", "stay"), [(is_removed, 0), (leaves, 1), (erases, 1), (blocks, 1)])
def test_the_invitations_of_a_coordinator_are_named_and_end_when_they_are_removed(
    room: Room, depart: Depart, stay: int
) -> None:
    dewi = simulated.member(room.sim, "coordinator", "telegram:2005", "Dewi")
    room.sim.press(dewi, None, "dashboard:invite.goos:0")
    room.hush()
    handle = membership(room, dewi, "coordinator").handle
    if depart is is_removed:
        room.sim.press(room.ria, None, f"dashboard:remove.{handle}:0")
    elif depart is leaves:
        room.sim.press(dewi, None, f"leave_sure:{handle}:0")
    else:
        depart(room, dewi)
    told = texts(room.ria)
    assert ("Geld Op Orde Soest" in told) == (depart is not blocks)
    assert len(simulated.everything(room.sim.store)["invitations"]) - 5 == stay


@pytest.mark.parametrize("depart", [leaves, erases, is_removed_on_the_command_line, is_removed, moves])
def test_the_last_coordinator_cannot_go_and_is_told_what_to_do(room: Room, depart: Depart) -> None:
    handle = membership(room, room.ria, "coordinator").handle
    before = simulated.everything(room.sim.store)["memberships"]
    if depart is erases or depart is moves:
        stood = simulated.place(room.sim, room.ria).step
        depart(room, room.ria)
        assert simulated.place(room.sim, room.ria).step == stood
    elif depart is leaves:
        room.sim.press(room.ria, None, f"leave_sure:{handle}:0")
    elif depart is is_removed:
        room.sim.press(room.ria, None, f"dashboard:remove.{handle}:0")
    else:
        ticked = room.sim.handle.tick(RemoveMember(room.ria.id, handle))
        assert (list(ticked.messages), ticked.done) == ([], {"departed": 0})
    assert simulated.everything(room.sim.store)["memberships"] == before
    if depart is not is_removed_on_the_command_line:
        assert room.ria.news[-1].text == phrase("desk.last_coordinator")
        assert "dashboard:invite_deputy:0" in str(room.ria.news[-1].buttons)


@pytest.mark.parametrize("role", ["deputy", "coordinator"])
@pytest.mark.parametrize("reads", [True, False])
def test_with_a_second_one_who_reads_the_chat_a_coordinator_can_go(room: Room, role: str, reads: bool) -> None:
    dewi = room.sim.person("telegram:2005", "Dewi")
    code = simulated.invitation(room.sim, "coordinator", role)
    room.sim.type(dewi, f"/start i_{code}")
    if not reads:
        blocks(room, dewi)
    erases(room, room.ria)
    with room.sim.store.read() as tx:
        left = [each.person for each in members.who_joined(tx, WIJK, "coordinator")]
    assert left == [dewi.id] if reads else room.ria.id in left


def test_why_a_member_departed_is_written_down_without_content(room: Room) -> None:
    lead = taken(room)
    is_removed(room, room.ans)
    with room.sim.store.read() as tx:
        done = [(each.actor, each.what) for each in audit.since(tx, WIJK, NOW)]
        (event,) = [each for each in leads.events(tx, WIJK, lead.id) if each.before == "accepted"]
    assert (room.ria.id, "member.removed") in done
    assert (event.actor, event.reason) == (room.ria.id, "removed")


def test_the_writing_card_of_whoever_was_removed_names_nobody_any_more(room: Room) -> None:
    lead = taken(room)
    room.do(room.ans, lead, "write")
    assert NAME in room.ans.card.text
    is_removed(room, room.ans)
    assert NAME not in read(room.ans)
    assert NAME not in str(room.sim.type(room.ans, "/menu"))


def test_nothing_of_it_is_kept_when_the_turn_fails(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: a lead is never given back without a word to its resident."""
    lead = taken(room)
    before = simulated.everything(room.sim.store)

    def full(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(outbox, "add", full)
    with pytest.raises(RuntimeError):
        is_removed(room, room.ans)
    assert simulated.lead(room.sim, lead.id).assignee == room.ans.id
    assert simulated.everything(room.sim.store)["memberships"] == before["memberships"]


def test_messages_about_leads_are_found_by_their_reader(room: Room) -> None:
    taken(room)
    with room.sim.store.read() as tx:
        about = sent_messages.about_leads(tx, WIJK, room.ans.id)
        rows = tx.execute(tables.sent_messages.select()).all()
    assert about
    assert len(about) < len(rows)
