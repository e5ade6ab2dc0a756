"""The outbox: what was decided stays until it is delivered, in order per person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.queue import outbox
from db.queue.outbox import HELPING, LONGEST, Message
from db.store import Store
from tests.unit.db.examples import FATMA, HOUR, KARIM, NOW, WIJK

pytestmark = pytest.mark.both_stores


def message(id: int, to: str = FATMA, text: str = "Dag") -> Message:
    return Message(id, to, {"text": text, "buttons": [[{"text": "Ja, graag"}]]}, NOW)


def test_messages_come_out_as_they_went_in_the_oldest_first(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(33), message(16), message(32, KARIM)], NOW)
        outbox.add(tx, WIJK, [], NOW)
    with store.read() as tx:
        assert outbox.due(tx, WIJK, NOW, 10) == [message(16), message(32, KARIM), message(33)]
        assert outbox.due(tx, WIJK, NOW, 1) == [message(16)]
        assert outbox.due(tx, WIJK, NOW - LONGEST, 10) == []
        assert outbox.count(tx, WIJK) == 3


def test_a_replay_adds_and_changes_nothing(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(16), message(17)], NOW)
        outbox.add(tx, WIJK, [message(16, text="anders"), message(18)], NOW)
        assert outbox.due(tx, WIJK, NOW, 10) == [message(16), message(17), message(18)]


def test_a_message_that_must_wait_holds_back_only_that_person(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(16), message(17), message(32, KARIM)], NOW)
        outbox.later(tx, WIJK, 16, NOW + LONGEST, 1)
        assert outbox.due(tx, WIJK, NOW, 10) == [message(32, KARIM)]
        later = outbox.due(tx, WIJK, NOW + LONGEST, 10)
    assert [one.id for one in later] == [16, 17, 32]
    assert later[0] == Message(16, FATMA, message(16).payload, NOW + LONGEST, 1)


@pytest.mark.parametrize("jump", [2 * LONGEST, HOUR, timedelta(days=365)])
def test_a_clock_that_goes_back_or_forwards_holds_nobodys_message_back(store: Store, jump: timedelta) -> None:
    new = Message(17, KARIM, {"text": "Dag"})
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(16), message(18), new], NOW)
        outbox.later(tx, WIJK, 16, NOW + timedelta(seconds=60), 7)
        for clock in (NOW - jump, NOW + jump):
            assert [one.id for one in outbox.due(tx, WIJK, clock, 10)] == [16, 17, 18]
            assert [one.id for one in outbox.newer(tx, WIJK, 16, clock, 10)] == [17, 18]
        assert outbox.due(tx, WIJK, NOW, 10) == [new]
        assert outbox.due(tx, WIJK, NOW - timedelta(seconds=2), 10) == [new]


def test_delivered_messages_are_gone(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(n) for n in range(40)], NOW)
        outbox.done(tx, WIJK, list(range(39)))
        outbox.done(tx, WIJK, [])
        assert outbox.of(tx, WIJK, FATMA, NOW) == [message(39)]


def test_a_message_that_is_given_up_leaves_no_content(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(16), message(17)], NOW)
        outbox.dead(tx, WIJK, 16, "BadRequest", NOW)
        assert outbox.due(tx, WIJK, NOW, 10) == [message(17)]
        kept = tx.execute(sa.text("SELECT id, reason FROM undelivered")).all()
        columns = {column["name"] for column in sa.inspect(tx).get_columns("undelivered")}
    assert kept == [(16, "BadRequest")]
    assert columns == {"wijk", "id", "reason", "at"}


def test_everything_for_one_person_can_be_dropped(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(16), message(17), message(32, KARIM)], NOW)
        assert outbox.drop_for(tx, WIJK, FATMA) == 2
        assert outbox.due(tx, WIJK, NOW, 10) == [message(32, KARIM)]
        assert outbox.newest(tx, WIJK) == 32
        outbox.done(tx, WIJK, [32])
        assert outbox.newest(tx, WIJK) == 0


def test_what_waits_about_a_lead_can_be_dropped_for_everybody_but_one_and_here_only(store: Store) -> None:
    """By the column: no text is read, and a lead of the same number in another wijk is another one."""
    about = [replace(message(id, to), lead=lead) for id, to, lead in [(16, FATMA, 4), (17, KARIM, 4), (18, KARIM, 5)]]
    with store.write() as tx:
        outbox.add(tx, WIJK, [*about, message(19, KARIM)], NOW)
        outbox.add(tx, "de_eng", about, NOW)
        assert outbox.drop_about(tx, WIJK, []) == 0
        assert outbox.drop_about(tx, WIJK, [4], but=FATMA) == 1
        assert [one.id for one in outbox.due(tx, WIJK, NOW, 10)] == [16, 18, 19]
        assert outbox.drop_about(tx, WIJK, [4, 5]) == 2
        assert [one.id for one in outbox.due(tx, WIJK, NOW, 10)] == [19]
        assert outbox.count(tx, "de_eng") == 3


def test_each_rank_has_its_own_line(store: Store) -> None:
    notices = [replace(message(id, to), priority=1) for id, to in ((16, FATMA), (17, KARIM))]
    with store.write() as tx:
        outbox.add(tx, WIJK, [*notices, message(32), replace(message(33), priority=2)], NOW)
        assert [outbox.due(tx, WIJK, NOW, 10, priority)[0].id for priority in range(3)] == [32, 16, 33]
        assert outbox.due(tx, WIJK, NOW, 10, 1) == notices
        assert [one.id for one in outbox.newer(tx, WIJK, 16, NOW)] == [17, 32, 33]


def test_whoever_must_wait_waits_with_everything_that_is_newer(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [replace(message(16), priority=1), message(17), message(18, KARIM)], NOW)
        outbox.later(tx, WIJK, 16, NOW + LONGEST, 1)
        assert [one.id for one in outbox.due(tx, WIJK, NOW)] == [18]


def test_a_message_is_there_until_it_is_gone(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(16)], NOW)
        assert outbox.standing(tx, WIJK, [16, 17]) == {16}
        outbox.done(tx, WIJK, [16])
        assert outbox.standing(tx, WIJK, [16, 17]) == set()


def test_the_newest_of_a_kind_is_enough_for_each_person(store: Store) -> None:
    def answer(id: int, to: str, kind: str | None) -> Message:
        return replace(message(id, to), replaces=kind)

    waiting = [
        answer(16, FATMA, "typed"), answer(17, FATMA, None), answer(18, FATMA, "card"),
        answer(19, KARIM, "typed"), answer(20, FATMA, "typed"), answer(30, FATMA, "typed"),
    ]  # fmt: skip
    with store.write() as tx:
        outbox.add(tx, WIJK, waiting, NOW)
        outbox.add(tx, "de_eng", waiting, NOW)
        outbox.drop_replaced(tx, WIJK, [answer(25, FATMA, "typed"), answer(26, FATMA, None)])
        assert [one.id for one in outbox.due(tx, WIJK, NOW)] == [17, 18, 19, 30]
        outbox.drop_replaced(tx, WIJK, [answer(40, KARIM, "typed"), answer(41, FATMA, "card")])
        assert [one.id for one in outbox.due(tx, WIJK, NOW)] == [17, 30]
        assert outbox.due(tx, WIJK, NOW)[1].replaces == "typed"
        assert outbox.count(tx, "de_eng") == 6


def test_of_each_person_the_first_are_read_and_the_rest_person_by_person(store: Store) -> None:
    many = 3 * HELPING
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(id) for id in range(many)], NOW)
        outbox.add(tx, WIJK, [replace(message(100 + id), priority=1) for id in range(many)], NOW)
        outbox.add(tx, WIJK, [message(200, KARIM), replace(message(201), priority=2)], NOW)
        outbox.add(tx, "de_eng", [message(id, KARIM) for id in range(many)], NOW)
        assert [one.id for one in outbox.due(tx, WIJK, NOW)] == [*range(HELPING), 200]
        assert [one.id for one in outbox.due(tx, WIJK, NOW, priority=1)] == [*range(100, 100 + HELPING)]
        assert [one.id for one in outbox.newer(tx, WIJK, HELPING, NOW)] == [*range(100, 100 + HELPING), 200, 201]
        assert outbox.crowded(tx, WIJK) == [(FATMA, 0), (FATMA, 1)]
        assert outbox.crowded(tx, WIJK, 1) == [(FATMA, 0)]
        assert [one.id for one in outbox.of(tx, WIJK, FATMA, NOW, 2 * HELPING)] == [*range(2 * HELPING)]
        assert [one.id for one in outbox.of(tx, WIJK, FATMA, NOW, 2, 1)] == [100, 101]
        assert outbox.crowded(tx, "de_eng") == [(KARIM, 0)]


def test_what_comes_later_stays_behind_until_nothing_of_that_person_is_behind_any_more(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(id) for id in range(HELPING + 1)], NOW)
        outbox.done(tx, WIJK, [*range(HELPING)])
        outbox.add(tx, WIJK, [message(50), message(51, KARIM)], NOW)
        assert [one.id for one in outbox.due(tx, WIJK, NOW)] == [51]
        assert [one.id for one in outbox.of(tx, WIJK, FATMA, NOW)] == [HELPING, 50]
        outbox.done(tx, WIJK, [HELPING, 50])
        outbox.add(tx, WIJK, [message(52)], NOW)
        assert [one.id for one in outbox.due(tx, WIJK, NOW)] == [51, 52]
        assert outbox.crowded(tx, WIJK) == []


def test_danger_does_not_wait_for_what_its_person_must_wait_for(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [message(16), replace(message(17), priority=-1), message(18)], NOW)
        outbox.later(tx, WIJK, 16, NOW + LONGEST, 1)
        assert [one.id for one in outbox.newer(tx, WIJK, 0, NOW)] == [17]
        assert [one.id for one in outbox.due(tx, WIJK, NOW, priority=-1)] == [17]
        outbox.later(tx, WIJK, 17, NOW + LONGEST, 1)
        assert outbox.due(tx, WIJK, NOW, priority=-1) == []
