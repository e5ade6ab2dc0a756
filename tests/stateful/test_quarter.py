"""A small quarter on the real bot: every lead has an owner, no promise passes in silence, and a crash changes nothing.

`koppelkans simulate --quarter` plays the large one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

import pytest

from bot.demo.quarter.play import Quarter
from bot.handle import Handle
from bot.messages.message import Incoming, Outgoing, from_row
from bot.messages.ticks import Tick, Ticked
from db.queue import outbox
from db.store import Store, Tx, open_store
from tests.simulated import CONTENT, WIJK

RESIDENTS, WEEKS = 40, 6
KILLED = 0.02
"""How likely the bot is killed at an update or a tick."""


def played(quarter: Quarter) -> list[str]:
    """Play the quarter, and return every line of it."""
    lines: list[str] = []
    quarter.play(lines.append)
    return [*lines, *quarter.report(), *quarter.watch.verdict()]


class Killed(BaseException):
    """The bot ends here, whatever it was at."""


class Fragile(Handle):
    """The real one, which can be killed when a transaction did all that it does and is not committed."""

    dies = False

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        with super().transaction() as tx:
            yield tx
            if self.dies:
                raise Killed


class Reborn(Handle):
    """Handles as the real one, but is killed now and then, before or after a commit; then another one begins.

    An update that was not confirmed comes again. What was committed and not sent waits in the outbox.
    """

    def __init__(self, quarter: Quarter) -> None:
        self.quarter, self.dice, self.deaths = quarter, Random("deaths"), 0
        super().__init__(CONTENT, quarter.street.store, now=quarter.street.now)
        self.real = self.another()

    def another(self) -> Fragile:
        street = self.quarter.street
        return Fragile(CONTENT, street.store, now=street.now, choose=Random(f"codes {self.deaths}").choice)

    def __call__(self, batch: Sequence[Incoming], also_write: object = None) -> list[Outgoing]:
        if self.dice.random() < KILLED and self.killed(lambda: self.real(batch)):
            return [*self.left(), *self.real(batch)]
        return self.real(batch)

    def tick(self, tick: Tick, within: Tx | None = None) -> Ticked:
        if self.dice.random() < KILLED and self.killed(lambda: self.real.tick(tick)):
            left = self.left()
            done = self.real.tick(tick)
            return Ticked([*left, *done.messages], {**done.done, "again": 1})
        return self.real.tick(tick)

    def killed(self, act: Callable[[], object]) -> bool:
        """Let the bot begin something and end in the middle of it, or after it and before anybody knows."""
        self.real.dies = self.dice.random() < 0.5
        with suppress(Killed):
            act()
        self.deaths += 1
        self.real = self.another()
        return True

    def left(self) -> list[Outgoing]:
        """What waits in the outbox."""
        with self.quarter.street.store.read() as tx:
            found = [
                each
                for priority in range(-1, 3)
                for each in outbox.due(tx, WIJK, self.quarter.street.moment, priority=priority)
            ]
        return [from_row(each) for each in sorted(found, key=lambda each: each.id)]


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_every_lead_has_an_owner_and_no_promise_passes_in_silence(store: Store, seed: int) -> None:
    quarter = Quarter(CONTENT, store, seed, RESIDENTS)
    lines = played(quarter)
    assert lines[-2:] == ["0 leads without an owner", "0 promises passed in silence"], "\n".join(lines)
    assert quarter.watch.kept
    assert quarter.watch.promised > RESIDENTS
    assert quarter.watch.moved > 0, "some were in danger"


@pytest.mark.slow
def test_the_same_seed_plays_the_same_quarter(store: Store, tmp_path: Path) -> None:
    lines = played(Quarter(CONTENT, store, 7, 6, weeks=1))
    assert lines[-2:] == ["0 leads without an owner", "0 promises passed in silence"]
    with closing(open_store(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        other.migrate()
        assert played(Quarter(CONTENT, other, 7, 6, weeks=1)) == lines


@pytest.mark.soak
def test_a_bot_that_is_killed_again_and_again_plays_the_same_quarter(store: Store, tmp_path: Path) -> None:
    calm = played(Quarter(CONTENT, store, 1, RESIDENTS, WEEKS))
    with closing(open_store(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        other.migrate()
        killed = Quarter(CONTENT, other, 1, RESIDENTS, WEEKS)
        killed.street.handle = reborn = Reborn(killed)
        assert played(killed) == calm
        assert reborn.deaths > 20


class Stopped(Handle):
    """A bot whose clocks never run."""

    def tick(self, tick: Tick, within: Tx | None = None) -> Ticked:
        return Ticked()


@pytest.mark.slow
def test_when_the_clocks_do_not_run_both_lines_say_so(store: Store) -> None:
    quarter = Quarter(CONTENT, store, 1, 12, weeks=4)
    quarter.street.handle = Stopped(CONTENT, store, now=quarter.street.now)
    *_, owners, promises = played(quarter)
    assert not quarter.watch.kept
    assert not owners.startswith("0 ")
    assert not promises.startswith("0 ")
    assert all(f"{code}: no owner since" in "\n".join(quarter.watch.verdict()) for code in quarter.watch.ownerless)
