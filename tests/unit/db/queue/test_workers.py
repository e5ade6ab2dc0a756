"""What several processes over one store share: the order of turns, the leases, the notifications."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from db.queue import leases, notify, outbox, sequence
from db.queue.outbox import LONGEST, Message
from db.store import Store, moment
from tests.unit.db.examples import FATMA, KARIM, NOW, WIJK, together

pytestmark = pytest.mark.both_stores

OTHER = "de_eng"


def drawn(store: Store, many: int, wijk: str = WIJK) -> list[int]:
    with store.write() as tx:
        return list(sequence.draw(tx, wijk, many))


def test_ids_only_rise_and_each_wijk_has_its_own(store: Store) -> None:
    assert drawn(store, 3) == [1, 2, 3]
    assert drawn(store, 1) == [4]
    assert drawn(store, 2, OTHER) == [1, 2]
    assert drawn(store, 70) == list(range(5, 75))


def test_what_is_drawn_again_in_a_turn_follows_on_whoever_waits(
    store_url: str, open_stores: Callable[[str], Store]
) -> None:
    stores = [open_stores(store_url) for _ in range(2)]

    def turn(store: Store) -> list[int]:
        with store.write() as tx:
            return [id for many in (1, 64, 3) for id in sequence.draw(tx, WIJK, many)]

    found = together([partial(turn, stores[n % 2]) for n in range(8)])
    assert all(ids == list(range(ids[0], ids[0] + 68)) for ids in found)
    assert len({ids[0] for ids in found}) == 8


def test_a_rollback_gives_ids_back(store: Store) -> None:
    def half() -> None:
        with store.write() as tx:
            sequence.draw(tx, WIJK, 10)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert drawn(store, 1) == [1]


def test_turns_of_one_wijk_are_taken_one_after_another(store_url: str, open_stores: Callable[[str], Store]) -> None:
    stores = [open_stores(store_url) for _ in range(2)]
    found: list[int] = []
    inside: list[int] = []

    def turn(store: Store, number: int) -> None:
        with store.write() as tx:
            (id,) = sequence.draw(tx, WIJK)
            inside.append(number)
            found.append(id)
            assert inside == [number]
            inside.remove(number)

    together([partial(turn, stores[n % 2], n) for n in range(20)])
    assert found == sorted(found)
    assert len(set(found)) == 20


def test_newer_messages_are_those_above_an_id(store: Store) -> None:
    with store.write() as tx:
        outbox.add(tx, WIJK, [Message(n, to, {}, NOW) for n, to in ((1, FATMA), (2, KARIM), (3, FATMA))], NOW)
        outbox.add(tx, OTHER, [Message(4, FATMA, {}, NOW)], NOW)
        assert [one.id for one in outbox.newer(tx, WIJK, 1, NOW)] == [2, 3]
        assert [one.id for one in outbox.newer(tx, WIJK, 1, NOW, limit=1)] == [2]
        assert outbox.newer(tx, WIJK, 3, NOW) == []
        outbox.later(tx, WIJK, 1, NOW + LONGEST, 1)
        assert [one.id for one in outbox.newer(tx, WIJK, 0, NOW)] == [2]


def test_one_holder_at_a_time(store: Store) -> None:
    with store.write() as tx:
        assert leases.free(tx, [WIJK, OTHER]) == [WIJK, OTHER]
        assert leases.take(tx, WIJK, "a", 60)
        assert not leases.take(tx, WIJK, "b", 60)
        assert leases.free(tx, [WIJK, OTHER]) == [OTHER]
        assert leases.renew(tx, "a", 60) == {WIJK}
        assert leases.renew(tx, "b", 60) == set()


def test_a_lease_that_ran_out_is_taken_by_another_and_not_prolonged(store: Store) -> None:
    with store.write() as tx:
        assert leases.take(tx, WIJK, "a", -1)
        assert leases.renew(tx, "a", 60) == set()
        assert leases.free(tx, [WIJK]) == [WIJK]
        assert leases.take(tx, WIJK, "b", 60)
        assert not leases.take(tx, WIJK, "a", 60)


def test_a_lease_that_is_given_up_is_free_at_once(store: Store) -> None:
    with store.write() as tx:
        for wijk, holder in ((WIJK, "a"), (OTHER, "a"), ("derde", "b")):
            assert leases.take(tx, wijk, holder, 60)
        leases.release(tx, "a", [OTHER])
        assert leases.free(tx, [WIJK, OTHER, "derde"]) == [OTHER]
        leases.release(tx, "a")
        assert leases.free(tx, [WIJK, OTHER, "derde"]) == [WIJK, OTHER]


def test_of_many_who_want_a_lease_one_gets_it(store_url: str, open_stores: Callable[[str], Store]) -> None:
    stores = [open_stores(store_url) for _ in range(4)]
    got: list[bool] = []

    def want(number: int) -> None:
        with stores[number % 4].write() as tx:
            got.append(leases.take(tx, WIJK, f"holder {number}", 60))

    together([partial(want, number) for number in range(8)])
    assert sorted(got) == [False] * 7 + [True]


def test_the_clock_of_the_store_is_aware_and_goes_on(store: Store) -> None:
    with store.write() as tx:
        first, second = moment(tx), moment(tx)
    assert first.utcoffset() == timedelta(0)
    assert first <= second


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_bell_is_heard_by_everybody_who_listens(
    store: Store, store_url: str, open_stores: Callable[[str], Store]
) -> None:
    news, stop = threading.Condition(), threading.Event()
    heard: dict[int, list[str]] = {0: [], 1: []}

    def note(ear: int, wijk: str) -> None:
        with news:
            heard[ear].append(wijk)
            news.notify_all()

    others = [open_stores(store_url) for _ in heard]
    ears = [
        threading.Thread(target=notify.listen, args=(other, partial(note, ear), stop.is_set))
        for ear, other in enumerate(others)
    ]  # fmt: skip
    for thread in ears:
        thread.start()
    try:
        with news:
            assert news.wait_for(lambda: all(found == [""] for found in heard.values()), 60)
        notify.notify(store, [WIJK, OTHER])
        with news:
            assert news.wait_for(lambda: all(set(found) == {"", WIJK, OTHER} for found in heard.values()), 60)
    finally:
        stop.set()
        for thread in ears:
            thread.join(10)
    assert not any(thread.is_alive() for thread in ears)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_listener_whose_line_breaks_says_so(store: Store) -> None:
    started = threading.Event()
    raised: list[BaseException] = []

    def listen() -> None:
        try:
            notify.listen(store, lambda _wijk: started.set(), lambda: False)
        except Exception as error:
            raised.append(error)

    ear = threading.Thread(target=listen)
    ear.start()
    assert started.wait(10)
    with store.write() as tx:
        tx.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).all()
    ear.join(10)
    assert not ear.is_alive()
    assert len(raised) == 1
