"""Telegram's rate limit: thirty in any second, one a second in a chat, and who goes first. A test turns the clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count

from bot.messages.message import DANGER, INTERACTIVE, NOTICE, REPORT
from bot.runtime.delivery.rate_limit import TOGETHER, RateLimit, Rates
from tests.unit.bot.runtime.clockwork import Clockwork


class Street:
    """Chats that want to send; each makes its call when it may, which takes so many seconds. `went`: who and when."""

    def __init__(self, rates: Rates | None = None, *, rested: bool = True) -> None:
        self.clock = Clockwork(0.0)
        self.admit: Callable[[str], None] = self._call
        self.limit = RateLimit(
            lambda to: self.admit(to), rates, rested=rested, clock=self.clock, call_later=self.clock.call_later
        )
        self.seconds = 0.0
        self.went: list[tuple[float, str]] = []
        self._wants: dict[str, list[tuple[int, int]]] = {}
        self._calls: dict[str, int] = {}
        self._numbers = count()

    def says(self, to: str, priority: int = INTERACTIVE, times: int = 1) -> None:
        """So many new messages wait for this chat."""
        self._wants.setdefault(to, []).extend((priority, next(self._numbers)) for _ in range(times))
        self._ask(to)

    def _ask(self, to: str) -> None:
        if self._wants[to]:
            self.limit.acquire(to, *min(self._wants[to]))

    def _call(self, to: str) -> None:
        self.went.append((self.clock.now, to))
        self._wants[to].remove(said := min(self._wants[to]))
        self._calls[to] = said[0]
        self.clock.call_later(self.seconds, lambda: self._end(to))

    def _end(self, to: str) -> None:
        self.limit.release(to, self._calls.pop(to))
        self._ask(to)

    def pass_by(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    def of(self, to: str) -> list[float]:
        """When this chat got its messages."""
        return [at for at, who in self.went if who == to]

    def names(self) -> list[str]:
        return [to for _, to in self.went]


def most_in(seconds: float, moments: list[float]) -> int:
    """The most moments in any stretch of so many seconds."""
    return max(sum(start <= each < start + seconds for each in moments) for start in moments)


def test_a_chat_gets_three_at_once_and_then_one_a_second() -> None:
    street = Street()
    street.says("a", times=6)
    street.pass_by(10.0)
    assert street.of("a") == [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]
    street.pass_by(50.0)
    street.says("a", times=4)
    street.pass_by(1.0)
    assert street.of("a")[6:] == [60.0, 60.0, 60.0, 61.0]


def test_one_chat_at_its_limit_holds_nobody_else() -> None:
    street = Street()
    street.says("a", times=10)
    street.says("b", REPORT)
    street.pass_by(0.0)
    assert sorted(street.names()) == ["a", "a", "a", "b"]


def test_never_more_than_thirty_in_any_second() -> None:
    street = Street()
    for number in range(40):
        street.says(str(number), NOTICE, times=3)
    street.pass_by(6.0)
    moments = [at for at, _ in street.went]
    assert len(moments) == 120
    assert most_in(1.0, moments) == 30
    assert 3.8 < max(moments) < 3.9


def test_however_long_calls_take_the_other_end_sees_no_more_than_may_be() -> None:
    dice = random.Random(5)
    street = Street(Rates(overall=10, per_chat=1.0, burst=3))
    arrived: list[tuple[float, str]] = []

    def call(to: str) -> None:
        street.seconds = dice.choice((0.0, 0.1, 0.7, 2.5))
        arrived.append((street.clock.now + dice.uniform(0.0, street.seconds), to))
        street._call(to)

    street.admit = call
    for number in range(20):
        street.says(str(number), times=20)
    street.pass_by(300.0)
    assert len(arrived) == 400
    assert most_in(0.999999, [at for at, _ in arrived]) <= 10
    for number in range(20):
        left, last = 3.0, 0.0
        for at in sorted(at for at, to in arrived if to == str(number)):
            left, last = min(3.0, left + at - last), at
            left -= 1.0
            assert left > -1e-6


def test_notices_go_a_few_at_a_time_and_an_answer_waits_for_none_of_them() -> None:
    street = Street()
    for number in range(60):
        street.says(f"n{number}", NOTICE)
    street.pass_by(0.5)
    street.says("a")
    street.pass_by(10.0)
    notices = [at for at, to in street.went if to != "a"]
    assert len(notices) == 60
    assert most_in(0.16, notices) == TOGETHER
    assert most_in(1.0, notices) == 30
    assert street.of("a") == [0.5]


def test_danger_takes_the_next_place_and_counts_in_the_limit_of_the_bot() -> None:
    street = Street(Rates(overall=4))
    for number in range(20):
        street.says(f"n{number}", NOTICE)
        street.says(f"i{number}", INTERACTIVE)
    for number in range(6):
        street.says(f"d{number}", DANGER)
    street.pass_by(20.0)
    moments = [at for at, _ in street.went]
    assert (len(moments), most_in(0.999999, moments)) == (46, 4)
    assert sorted(street.names()[4:10]) == [f"d{number}" for number in range(6)]
    assert {at for at, to in street.went if to[0] == "d"} == {1.0, 2.0}


def test_what_a_chat_got_or_waits_for_holds_back_no_danger_in_it() -> None:
    street = Street()
    street.says("a", INTERACTIVE, times=9)
    street.says("a", NOTICE, times=9)
    street.pass_by(0.25)
    street.says("a", DANGER)
    assert street.of("a") == [0.0, 0.0, 0.0, 0.25]
    street.pass_by(3.0)
    assert street.of("a")[4:] == [2.0, 3.0], "and Telegram counts it too"


def test_a_few_who_cry_all_the_time_leave_the_second_to_others() -> None:
    street = Street()
    for chat in "abcde":
        street.says(chat, DANGER, times=46)
    for number in range(100):
        street.says(f"i{number}", INTERACTIVE)
    street.pass_by(4.5)
    moments = [at for at, _ in street.went]
    assert most_in(0.999999, moments) == 30
    assert [len(street.of(chat)) for chat in "abcde"] == [3 + 4] * 5
    assert all(street.of(f"i{number}") for number in range(100))


def test_answers_go_before_notices_and_notices_before_reports() -> None:
    street = Street(Rates(overall=1))
    street.says("first", REPORT)
    for to, priority in [("r", REPORT), ("n1", NOTICE), ("n2", NOTICE), ("i", INTERACTIVE)]:
        street.says(to, priority)
    street.pass_by(4.0)
    assert street.names() == ["first", "i", "n1", "n2", "r"]


def test_a_chat_that_waits_with_a_notice_moves_up_when_an_answer_joins_it() -> None:
    street = Street(Rates(overall=1))
    for to in ("first", "n1", "n2", "n3"):
        street.says(to, NOTICE)
    street.says("n3", INTERACTIVE)
    street.says("n3", REPORT)
    street.pass_by(9.0)
    assert street.names() == ["first", "n3", "n1", "n2", "n3", "n3"]


def test_an_answer_joins_a_chat_that_is_held_by_its_own_limit() -> None:
    street = Street(Rates(overall=2, burst=1))
    street.says("a", NOTICE, times=2)
    for to in ("b", "c", "d"):
        street.says(to, NOTICE)
    street.says("a", INTERACTIVE)
    street.pass_by(1.0)
    assert street.names()[:3] == ["a", "b", "a"]


def test_a_call_that_lasts_keeps_its_place() -> None:
    street = Street(Rates(overall=1))
    street.seconds = 60.0
    street.says("slow")
    street.says("a")
    street.pass_by(60.5)
    assert street.names() == ["slow"]
    street.pass_by(0.5)
    assert street.went[1:] == [(61.0, "a")]


def test_a_message_that_went_unasked_counts_in_its_chat_and_overall() -> None:
    street = Street(Rates(overall=2, burst=1))
    street.limit.release("a")
    street.limit.release("x")
    street.says("a")
    street.says("b")
    street.pass_by(0.5)
    street.limit.release("a")
    street.pass_by(2.0)
    assert street.went == [(1.0, "b"), (2.0, "a")]


def test_a_chat_whose_turn_has_come_is_asked_again_whether_it_still_may() -> None:
    street = Street(Rates(overall=1, burst=1))
    street.says("first")
    street.says("a")  # it could go now, were there a place
    street.limit.release("a")
    street.pass_by(3.0)
    assert street.went == [(0.0, "first"), (1.0, "a")]
    street.says("b")
    street.says("c")
    street.clock.now += 0.75
    street.limit.release("c")
    street.pass_by(3.0)
    assert street.went[2:] == [(3.0, "b"), (4.75, "c")]


def test_whoever_leaves_gives_its_place_to_the_next() -> None:
    street = Street(Rates(overall=1))
    went: list[str] = []
    street.admit = went.append
    assert street.limit.acquire("a", INTERACTIVE, 1)
    assert not street.limit.acquire("b", INTERACTIVE, 2)
    assert not street.limit.acquire("d", NOTICE, 4)
    assert not street.limit.acquire("c", NOTICE, 3)
    street.limit.cancel("b")
    street.limit.cancel("a")
    assert went == ["a", "c"]
    assert street.limit.acquire("c", NOTICE, 3)
    assert street.limit.waiting == 1


def test_who_left_and_asks_again_goes_once() -> None:
    street = Street(Rates(overall=1))
    went: list[str] = []
    street.admit = went.append
    assert street.limit.acquire("first", NOTICE, 1)
    for _ in range(3):
        assert not street.limit.acquire("a", NOTICE, 2)
        street.limit.cancel("a")
    assert not street.limit.acquire("b", NOTICE, 3)
    assert not street.limit.acquire("a", NOTICE, 2)
    for to in ("first", "a", "b"):
        street.limit.release(to)
        street.pass_by(1.0)
    assert went == ["first", "a", "b"]
    assert street.limit.waiting == 0


def test_who_takes_over_waits_for_what_the_other_may_just_have_sent() -> None:
    street = Street(rested=False)
    for number in range(40):
        street.says(str(number))
    street.says("0", times=4)
    street.pass_by(0.999)
    assert street.went == []
    street.pass_by(5.0)
    assert [at for at, _ in street.went][:41] == [1.0] * 30 + [2.0] * 11
    assert street.of("0") == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_who_takes_over_waits_the_whole_second_also_where_one_chat_may_get_more() -> None:
    street = Street(Rates(per_chat=10.0), rested=False)
    for number in range(31):
        street.says(str(number))
    street.pass_by(2.0)
    assert [at for at, _ in street.went] == [1.0] * 30 + [2.0]


def test_quiet_chats_are_forgotten() -> None:
    street = Street(Rates(overall=10**6))
    for number in range(1000):
        street.says(str(number))
        street.pass_by(1.0)
    street.says("a", DANGER)
    street.pass_by(9.0)
    street.says("b", DANGER)
    street.pass_by(1.0)
    assert len(street.limit._full) <= 3
    assert list(street.limit._full_of_danger) == ["b"]
    assert not street.limit._claims
    assert not street.limit._admitted


def test_nobody_goes_after_the_end() -> None:
    street = Street(Rates(overall=1))
    street.says("a")
    street.says("b")
    street.pass_by(0.0)
    street.limit.close()
    street.pass_by(10.0)
    assert street.names() == ["a"]
