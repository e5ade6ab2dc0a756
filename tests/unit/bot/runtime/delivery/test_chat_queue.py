"""What waits for one person: in which order it goes, and what need not be sent any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.messages.message import DANGER, INTERACTIVE, NOTICE, REPORT, Outgoing
from bot.runtime.delivery.chat_queue import ChatQueue


def said(id: int, priority: int = INTERACTIVE, **more: Any) -> Outgoing:
    return Outgoing(id, "telegram:1", "Dag", priority=priority, **more)


def queue(*messages: Outgoing) -> tuple[ChatQueue, list[int]]:
    """A queue with these, and the ids of those that were overtaken."""
    one = ChatQueue(0)
    return one, [id for message in messages for id in one.add(message)]


def order(one: ChatQueue) -> list[int]:
    """In which order everything goes when nothing is held."""
    ids = []
    while (message := one.first()) is not None:
        one.take(message)
        ids.append(message.id)
    assert not one
    return ids


def test_the_most_urgent_goes_first_and_then_the_oldest() -> None:
    one, overtaken = queue(said(1, REPORT), said(2, NOTICE), said(5), said(3, NOTICE), said(4), said(6, edit=9))
    assert overtaken == []
    assert order(one) == [4, 5, 6, 2, 3, 1]


def test_edits_keep_their_place_between_answers_when_nothing_is_held() -> None:
    one, _ = queue(said(1), said(2, edit=9), said(3), said(4, edit=8))
    assert order(one) == [1, 2, 3, 4]


def test_of_two_edits_of_one_message_only_the_newer_is_sent() -> None:
    one, overtaken = queue(said(1, edit=9), said(2, edit=8), said(3, edit=9))
    assert overtaken == [1]
    first = one.first_edit()
    assert first is not None
    assert first.id == 2
    assert order(one) == [2, 3]


def test_an_older_edit_that_comes_back_does_not_undo_a_newer_one() -> None:
    one, overtaken = queue(said(3, edit=9), said(1, edit=9))
    assert overtaken == [1]
    assert order(one) == [3]


def test_taking_the_buttons_away_takes_no_text_away() -> None:
    whole, bare = said(1, edit=9), replace(said(2, edit=9), text="")
    later, barer = said(3, edit=9), replace(said(4, edit=9), text="")
    told: list[tuple[list[Outgoing], list[int], list[int]]] = [
        ([whole, bare], [], [1, 2]),
        ([bare, whole], [], [1, 2]),
        ([whole, bare, barer], [2], [1, 4]),
        ([bare, later], [2], [3]),
        ([later, bare], [2], [3]),
        ([whole, bare, later, barer], [1, 2], [3, 4]),
        ([barer, bare, later, whole], [2, 1], [3, 4]),
    ]
    for messages, gone, sent in told:
        one, overtaken = queue(*messages)
        assert (sorted(overtaken), order(one)) == (sorted(gone), sent), messages


def test_a_question_is_not_sent_when_a_newer_card_is_edited() -> None:
    one, overtaken = queue(said(1, card=True, replaces="card"), said(2), said(3, card=True, edit=9))
    assert overtaken == [1]
    assert order(one) == [2, 3]
    one, overtaken = queue(said(3, card=True, edit=9), said(1, card=True, replaces="card"))
    assert overtaken == [1]
    assert order(one) == [3]


def test_a_question_that_is_newer_than_the_edit_is_sent() -> None:
    one, overtaken = queue(said(1, card=True, edit=9), said(2, card=True, replaces="card"))
    assert overtaken == []
    assert order(one) == [1, 2]
    one, overtaken = queue(said(2, card=True, replaces="card"), said(1, card=True, edit=9))
    assert (overtaken, order(one)) == ([], [1, 2])


def test_of_answers_of_one_kind_the_newest_is_sent_in_whatever_order_they_come() -> None:
    typed = [said(id, replaces="typed") for id in (1, 4, 6)]
    for messages in (typed, typed[::-1], [typed[1], typed[2], typed[0]]):
        one, overtaken = queue(said(2), *messages, said(3, replaces="card", card=True), said(5, NOTICE))
        assert sorted(overtaken) == [1, 4]
        assert order(one) == [2, 3, 6, 5]


def test_what_must_arrive_is_sent_whatever_comes_after_it() -> None:
    """A receipt or a consent card, words of somebody else, a lead, danger: they replace nothing and nothing them."""
    must = [said(1, card=True), said(2), said(3, NOTICE, lead=7), said(4, DANGER), said(5, DANGER)]
    one, overtaken = queue(*must, said(6, card=True), said(7, card=True, replaces="card"), said(8, card=True, edit=9))
    assert overtaken == [7]
    assert order(one) == [4, 5, 1, 2, 6, 8, 3]


def test_other_edits_take_no_card_away() -> None:
    one, overtaken = queue(said(1, card=True), said(2, edit=9))
    assert (overtaken, order(one)) == ([], [1, 2])


def test_all_of_it_can_be_dropped() -> None:
    one, _ = queue(said(1), said(2, edit=9), said(3, NOTICE))
    assert sorted(one.clear()) == [1, 2, 3]
    assert not one
    assert one.first() is None
    assert one.first_edit() is None
