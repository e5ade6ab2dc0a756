"""What is taken back while it waits for a rest to end is not sent; what was under way by then is blanked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from bot.messages.message import DANGER, Outgoing
from bot.runtime.channel import Outcome, Sent, TryLater
from db.leads import views
from db.queue import outbox, sent_messages
from db.queue.sent_messages import SentMessage
from db.store import Store, Tx
from flows.model.heard import ChartTap, StopHelpTap, Text
from tests import simulated
from tests.unit.bot.leads.test_relay import ANSWER, QUESTION, Line, phrase
from tests.unit.bot.runtime.delivery.test_deliverer import Letterbox, delivering, eventually, to
from tests.unit.bot.runtime.line import WIJK, put, until, waiting

pytestmark = pytest.mark.both_stores

LEAD = 7
WAITING = (to(1, 1, lead=LEAD), to(1, 2, edit=5, lead=LEAD), to(1, 3), to(1, 4, edit=6))

TAKEN_BACK: dict[str, tuple[Callable[[Tx], object], list[int]]] = {
    "nothing": (lambda tx: None, [1, 2, 3, 4]),
    "the lead is withdrawn": (lambda tx: outbox.drop_about(tx, WIJK, [LEAD]), [3, 4]),
    "the person is erased": (lambda tx: outbox.drop_for(tx, WIJK, "telegram:1"), []),
}


@pytest.mark.parametrize("what", TAKEN_BACK)
async def test_what_rests_is_sent_once_unless_it_was_taken_back(store: Store, what: str) -> None:
    take_back, left = TAKEN_BACK[what]
    calls: list[int] = []

    async def fate(message: Outgoing) -> Outcome:
        calls.append(message.id)
        if len(calls) > 1:
            return Sent()
        with store.write() as tx:
            take_back(tx)
        return TryLater(0.001, "too many requests")

    async with delivering(store, Letterbox(fate)) as deliverer:
        deliverer.accept(put(store, WAITING))
        await until(lambda: not deliverer._queues)
        await deliverer.flush()
        assert not deliverer._backlog._known
    assert calls == [1, *left]
    assert waiting(store) == 0


async def test_what_came_while_somebody_rests_is_asked_for_too_and_danger_is_not(store: Store) -> None:
    async def fate(message: Outgoing) -> Outcome:
        return TryLater(3600.0) if message.id == 1 else Sent()

    channel = Letterbox(fate)
    async with delivering(store, channel) as deliverer:
        deliverer.accept(put(store, [to(1, 1)]))
        await deliverer.flush()
        deliverer.accept(put(store, [to(1, 2), to(1, 3, edit=5), to(2, 4)]))
        await deliverer.flush()
        with store.write() as tx:
            outbox.drop_for(tx, WIJK, "telegram:1")
        deliverer.accept([to(1, 5, "Bel 112", priority=DANGER)])  # never in the outbox: who asks there does not send it
        await until(lambda: not deliverer._queues)
    assert [one.id for one in channel.posted] == [4, 5]


class UnderWay:
    """The words of one person to the other, and what happens while they are under way; `calls` are numbered."""

    def __init__(self, store: Store) -> None:
        self.store, self.line = store, Line(store)
        self.calls: list[tuple[Outgoing, int]] = []

    def taken_back(self, end: str) -> Sequence[Outgoing]:
        """Fatma withdraws the lead, or erases everything."""
        revision = self.line.place(self.line.fatma).revision
        withdraw = StopHelpTap(self.line.lead.token, revision, sure=True)
        return self.line.decided(
            self.line.fatma, withdraw if end == "withdrawn" else ChartTap("erase", "yes", revision)
        )

    async def deliver(self, words: str, messages: Sequence[Outgoing], happens: Callable[[Outgoing], object]) -> None:
        """Deliver these; `happens` while the one with these words is under way, and gives what else is to be sent."""

        async def fate(message: Outgoing) -> Outcome:
            if words in message.text:
                more = happens(message)
                deliverer.accept(more if isinstance(more, list) else [])
            self.calls.append((message, 500 + len(self.calls)))
            return Sent(self.calls[-1][1]) if message.edit is None else Sent()

        handle = self.line.sim.handle
        async with delivering(self.store, Letterbox(fate), tick=handle.tick, now=handle.now) as deliverer:
            deliverer.accept(messages)
            await eventually(deliverer, self.store)

    def edits(self) -> list[tuple[str, int, str]]:
        """What became of the messages that were sent here."""
        found = ((each.to, each.edit, each.text) for each, _ in self.calls if each.edit is not None)
        return [(to, edit, text) for to, edit, text in found if edit >= 500]

    def noted_by_another(self, message: Outgoing) -> None:
        """Another process sent it too, and was the first to note it."""
        with self.store.write() as tx:
            outbox.done(tx, WIJK, [message.id])


@pytest.fixture
def under_way(store: Store) -> UnderWay:
    return UnderWay(store)


@pytest.mark.parametrize("end", ["withdrawn", "erased"])
async def test_words_that_are_under_way_while_their_lead_is_taken_back_are_blanked(
    under_way: UnderWay, end: str
) -> None:
    line = under_way.line
    with under_way.store.write() as tx:
        views.forget_lead(tx, WIJK, line.lead.id)  # so that the news of its end is a message of its own
    line.answers()
    await under_way.deliver(ANSWER, line.decided(line.fatma, Text(ANSWER)), lambda _: under_way.taken_back(end))
    (words,) = [number for message, number in under_way.calls if ANSWER in message.text]
    assert under_way.edits() == [(line.ans.id, words, phrase("desk.gone", code=line.lead.code))]
    news = phrase("desk.withdrawn", code=line.lead.code)
    assert any((each.to, each.edit, each.text) == (line.ans.id, None, news) for each, _ in under_way.calls)
    assert (line.fatma.id in str(simulated.everything(under_way.store))) == (end == "withdrawn")


async def test_words_that_arrive_are_known_by_their_lead_and_left_alone(under_way: UnderWay) -> None:
    """Also when another process sent them too."""
    line = under_way.line
    line.answers()
    await under_way.deliver(ANSWER, line.decided(line.fatma, Text(ANSWER)), under_way.noted_by_another)
    (words,) = [number for message, number in under_way.calls if ANSWER in message.text]
    with under_way.store.read() as tx:
        assert SentMessage(line.ans.id, words, line.lead.id) in sent_messages.of_lead(tx, WIJK, line.lead.id)
    assert under_way.edits() == []


async def test_a_resident_keeps_the_words_that_were_under_way_to_them(under_way: UnderWay) -> None:
    line = under_way.line
    line.tap(line.ans, "write")

    def happens(message: Outgoing) -> object:
        under_way.noted_by_another(message)
        return under_way.taken_back("withdrawn")

    await under_way.deliver(QUESTION, line.decided(line.ans, Text(QUESTION)), happens)
    assert line.fatma.id in {message.to for message, _ in under_way.calls if QUESTION in message.text}
    receipt = under_way.calls[0][1]  # it names the resident, and was under way as well
    assert under_way.edits() == [(line.ans.id, receipt, phrase("desk.gone", code=line.lead.code))]
