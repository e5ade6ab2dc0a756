"""🚪 at any moment: a resident taps as she likes, her helper writes, and messages arrive late and one by one.

However it goes, a hidden chat shows nothing of us when all has arrived, and what the helper wrote is read at last.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.content.loaded import Content
from bot.demo.simulator import Person, Simulator
from bot.messages.message import DANGER, NOTHING_LEFT, Outgoing, from_row
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import LeadTap
from bot.messages.taps.residents import HideTap, ReturnTap
from db import tables
from db.people import conversations
from db.queue import outbox
from db.store import Store
from flows.model.heard import Heard, StopHelpTap, Text
from tests import simulated
from tests.simulated import CONTENT, WIJK, Clock, go

NEUTRAL, OPEN, LOOK = (CONTENT.words.phrase("nl", f"door.{key}") for key in ("neutral", "open", "look"))
GAS = "0800-9009"
STEPS = 60
ACTS = (
    *("hide", "hide", "open", "look", "type", "cry", "command", "tap", "together"),
    *("write", "write", "notices", "later", "arrive", "arrive", "arrive", "all arrives"),
)


class Late(Simulator):
    """A simulator in which the messages of one person wait in the outbox, and 48 hours are as long as on Telegram."""

    her: Person | None = None

    def __init__(self, content: Content, store: Store, clock: Clock) -> None:
        super().__init__(content, store, clock)
        self.at: dict[int, datetime] = {}
        self.read: set[str] = set()

    def deliver(self, messages: list[Outgoing]) -> None:
        super().deliver([each for each in messages if self.her is None or each.to != self.her.id])

    def arrive(self) -> bool:
        """Deliver the next message of hers; False when none waits."""
        assert self.her is not None
        with self.store.write() as tx:
            waiting = [from_row(row) for row in outbox.waiting(tx, WIJK, self.her.id)]
        if not waiting:
            return False
        message = min(waiting, key=lambda each: (each.priority, each.id))
        if self.hidden and message.edit is None and message.text:
            assert message.neutral or message.priority == DANGER, f"came into a hidden chat: {message.text}"
        old = [one for one in message.delete if self.handle.now() - self.at.get(one, NEVER) > timedelta(hours=48)]
        if message.delete:
            message = replace(message, delete=tuple({*message.delete} - {*old}) or (NOBODYS,))
        super().deliver([message])
        for one in old:
            if one in self.her.chat:
                self.her.chat[one] = replace(self.her.chat[one], text=NOTHING_LEFT, buttons=())
        self.at |= {one: self.handle.now() for one in self.her.chat if one not in self.at}
        self.read |= {each.text for each in self.her.chat.values()}
        return True

    def all_arrives(self) -> None:
        """Deliver all that waits for her; in a hidden chat nothing of us may be left then."""
        assert self.her is not None
        while self.arrive():
            pass
        left = [each.text for each in self.her.chat.values() if each.text not in (NEUTRAL, NOTHING_LEFT)]
        assert not self.hidden or all(GAS in each for each in left), f"left in a hidden chat: {left}"

    @property
    def hidden(self) -> bool:
        assert self.her is not None
        with self.store.read() as tx:
            return bool(conversations.hidden(tx, WIJK, [self.her.id]))


NEVER, NOBODYS = datetime.max.replace(tzinfo=simulated.NOW.tzinfo), 10**9


def buttons(person: Person, *labels: str) -> list[tuple[int, str]]:
    """The buttons with these labels, or all but those that stop or erase: the message, and what they carry."""
    found = [(shown.id, each) for shown in person.chat.values() for row in shown.buttons for each in row]
    if labels:
        return [(id, each.data) for id, each in found if each.text in labels]
    ends = ("erase:", "desk:")
    return [
        (id, each.data)
        for id, each in found
        if not isinstance(decode(each.data), StopHelpTap) and not each.data.startswith(ends)
    ]


def act(sim: Late, fatma: Person, ans: Person, clock: Clock, dice: random.Random, words: list[str]) -> None:
    """Do one of the things that may happen."""
    hide: tuple[Person, Heard | Tap, int | None] = (fatma, HideTap(), dice.choice([*fatma.chat]))
    match dice.choice(ACTS):
        case "hide":
            sim.hear(*hide)
        case "open" | "look" | "tap" as what:
            labels = {"open": (OPEN,), "look": (LOOK,), "tap": ()}[what]
            if found := buttons(fatma, *labels):
                sim.press(fatma, *dice.choice(found))
        case "type":
            sim.type(fatma, "dag")
        case "cry":
            sim.type(fatma, "ik ruik gas")
        case "command":
            sim.type(fatma, dice.choice(("/start", "/menu", "/hulp", "/taal", "/privacy")))
        case "together":
            said = [hide, (fatma, Text("dag"), None)]
            said += [(fatma, decode(data), id) for id, data in buttons(fatma, OPEN, LOOK)[-1:]]
            dice.shuffle(said)
            sim.hear_all(said)
        case "write":
            lead = simulated.leads_of(sim, fatma)[0]
            words.append(f"woord {len(words)}.")
            sim.hear(ans, LeadTap(lead.token, "write", "", lead.version))
            sim.type(ans, words[-1])
        case "notices":
            with sim.store.write() as tx:
                tx.execute(update(tables.leads).values(open_notices=dice.choice((True, False))))
        case "later":
            clock.forward(hours=dice.choice((1, 5, 30, 49)))
        case "arrive":
            sim.arrive()
        case "all arrives":
            sim.all_arrives()


def read_all(sim: Late, fatma: Person) -> None:
    """Open the chat and everything in it that can be opened."""
    sim.all_arrives()
    sim.hear(fatma, ReturnTap(), max(fatma.chat))
    sim.all_arrives()
    while found := buttons(fatma, LOOK):
        sim.press(fatma, *found[-1])
        sim.all_arrives()


@pytest.mark.parametrize("seed", range(10))
def test_a_hidden_chat_shows_nothing_and_every_word_is_read_at_last(store: Store, seed: int) -> None:
    dice, clock, words = random.Random(seed), Clock(), list[str]()
    sim = Late(CONTENT, store, clock)
    fatma, ans = simulated.resident(sim), simulated.member(sim, "balans")
    simulated.handed_over(sim, fatma)
    go(sim, ans, "view", "accept")
    sim.her, sim.at = fatma, dict.fromkeys(fatma.chat, clock())
    for _ in range(STEPS):
        act(sim, fatma, ans, clock, dice, words)
    read_all(sim, fatma)
    sim.hear(fatma, HideTap(), max(fatma.chat))
    read_all(sim, fatma)
    assert [each for each in words if not any(each in text for text in sim.read)] == []
