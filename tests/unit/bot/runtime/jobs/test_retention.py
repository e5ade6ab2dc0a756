"""What `/privacy` promises about forgetting is done, and nothing more than that."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.demo.simulator import Simulator
from bot.handle import Handle
from bot.leads.clocks.doubt import GAP
from bot.leads.clocks.retention import PROOF, SLICE
from bot.messages.ticks import ForgetWhatIsDue
from bot.runtime.jobs.retention import keep_forgetting
from bot.runtime.jobs.time import Time
from bot.runtime.writer import Writer
from db import tables
from db.leads import leads, views
from db.leads.due import Next
from db.leads.views import View
from db.people import conversations, personal_data
from db.queue import sent_messages, updates
from db.queue.sent_messages import SentMessage
from db.records import group_answers
from db.store import Store
from db.types.held import ANSWERS, AUDIT, LEADS, SEEN, SENT
from tests import simulated
from tests.simulated import CONTENT

pytestmark = pytest.mark.both_stores

NOW = datetime(2026, 11, 25, 13, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def forget(store: Store, now: datetime) -> Mapping[str, int]:
    """One slice at that moment, through the door of all turns: how many of each kind were forgotten."""
    return Handle(CONTENT, store, now=lambda: now).tick(ForgetWhatIsDue()).done


def begun(store: Store, clock: Clock) -> tuple[Simulator, str]:
    """A resident who chose a language and ticked one worry."""
    sim = Simulator(CONTENT, store, clock)
    person = sim.person("telegram:1", "Fatma")
    sim.type(person, "/start")
    for label in ("Nederlands", "Begin", "💨 Tocht", "Verder ▶"):
        sim.tap(person, label)
    return sim, person.id


def test_who_got_no_help_is_forgotten_after_seven_days(store: Store) -> None:
    """A person who passed by: the conversation, the address, and which messages they got."""
    clock = Clock()
    sim, person = begun(store, clock)
    with store.write() as tx:
        sent_messages.add(tx, "smitsveen", [SentMessage(person, 5)], NOW)
    assert forget(store, NOW + ANSWERS - timedelta(seconds=1))["people"] == 0
    assert forget(store, NOW + ANSWERS + timedelta(seconds=1))["people"] == 1
    with store.read() as tx:
        assert personal_data.show(tx, "smitsveen", person) == {}
        for table in (tables.conversations, tables.addresses, tables.sent_messages):
            assert tx.execute(table.select()).all() == []
    news = sim.tap(sim.people["telegram:1"], "Weet ik niet")
    assert "Nederlands" in [button.text for row in news[-1].buttons for button in row]


def test_of_whoever_is_helped_only_the_answers_are_forgotten_after_seven_days(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    ans = simulated.member(sim, "balans")
    later = simulated.NOW + ANSWERS + timedelta(days=1)
    done = forget(store, later)
    assert (done["people"], done["answers"]) == (0, 2), "Fatma and Ans"
    with store.read() as tx:
        known = conversations.look(tx, "smitsveen", [fatma.id, ans.id])
        assert {(one.place, one.language) for one in known.values()} == {(None, "nl")}
        assert leads.get(tx, "smitsveen", lead.id) == lead


def test_forgetting_twice_forgets_nothing_more(store: Store) -> None:
    begun(store, Clock())
    later = NOW + ANSWERS + timedelta(days=1)
    assert forget(store, later)["people"] == 1
    assert not any(forget(store, later).values())


def test_update_ids_are_kept_for_two_days(store: Store) -> None:
    with store.write() as tx:
        updates.claim(tx, "smitsveen", "telegram", [1, 2], NOW)
    assert forget(store, NOW + SEEN - timedelta(seconds=1))["updates"] == 0
    assert forget(store, NOW + SEEN + timedelta(seconds=1))["updates"] == 2


def test_what_was_sent_to_whom_is_known_for_thirty_days(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, "smitsveen", [conversations.Conversation("telegram:1")], NOW + SENT)
        sent_messages.add(tx, "smitsveen", [SentMessage("telegram:1", 5, 7)], NOW)
    assert forget(store, NOW + SENT - timedelta(seconds=1))["sent_messages"] == 0
    assert forget(store, NOW + SENT + timedelta(seconds=1))["sent_messages"] == 1
    with store.read() as tx:
        assert sent_messages.of_lead(tx, "smitsveen", 7) == []


def test_that_a_group_was_answered_is_known_until_the_day_is_over(store: Store) -> None:
    with store.write() as tx:
        assert group_answers.first_today(tx, "smitsveen", "telegram:-5", NOW.date())
    assert forget(store, NOW + timedelta(hours=23))["group_answers"] == 0
    with store.write() as tx:
        assert not group_answers.first_today(tx, "smitsveen", "telegram:-5", NOW.date())
    assert forget(store, NOW + timedelta(hours=46))["group_answers"] == 1
    with store.write() as tx:
        assert tx.execute(tables.group_answers.select()).all() == []


YEAR, HOUR, SECOND = timedelta(days=365), timedelta(hours=1), timedelta(seconds=1)


def test_a_clock_that_jumped_a_year_forwards_makes_nobody_forgotten(store: Store) -> None:
    sim, _ = begun(store, Clock())
    forget(store, NOW)
    with capture_logs() as log:
        for hours in range(12):
            assert forget(store, NOW + YEAR + hours * HOUR) == {}
    assert {line["event"] for line in log} == {"the clock has jumped, or the bot was off for long: waiting"}
    assert {line["log_level"] for line in log} == {"error"}
    assert forget(store, NOW + 12 * HOUR)["people"] == 0
    assert not sim.tap(sim.people["telegram:1"], "Weet ik niet")[-1].text.startswith("Die knop is oud.")


def test_a_clock_that_was_set_right_is_believed_after_a_day_also_when_the_bot_was_off_meanwhile(store: Store) -> None:
    begun(store, Clock())
    forget(store, NOW)
    assert forget(store, NOW + YEAR) == {}
    assert forget(store, NOW + YEAR + PROOF - SECOND) == {}
    assert forget(store, NOW + YEAR + 9 * PROOF)["people"] == 1
    assert forget(store, NOW + YEAR + 9 * PROOF + HOUR)["people"] == 0


def test_a_clock_that_goes_back_forgets_nothing_too_early_and_is_doubted_when_it_comes_forwards_again(
    store: Store,
) -> None:
    begun(store, Clock())
    forget(store, NOW)
    assert not any(forget(store, NOW - YEAR).values())
    assert forget(store, NOW) == {}
    assert not any(forget(store, NOW + PROOF).values())
    assert forget(store, NOW + PROOF + HOUR)["people"] == 0


def test_a_clock_is_believed_up_to_a_day_ahead_of_the_last_look_and_not_a_second_more(store: Store) -> None:
    forget(store, NOW)
    assert forget(store, NOW + GAP) != {}
    assert forget(store, NOW + 2 * GAP + SECOND) == {}


def test_a_clock_that_jumps_twice_is_believed_a_day_after_it_stood_where_it_is(store: Store) -> None:
    """The first jump was a year too far: nobody has to wait a year for the second one."""
    begun(store, Clock())
    forget(store, NOW)
    assert forget(store, NOW + YEAR) == {}
    right = NOW + 2 * ANSWERS
    assert forget(store, right) == {}
    assert forget(store, right + PROOF - SECOND) == {}
    assert forget(store, right + PROOF)["people"] == 1


def test_update_ids_outlive_the_day_in_which_telegram_repeats_whatever_the_clock_does(store: Store) -> None:
    forget(store, NOW)
    with store.write() as tx:
        updates.claim(tx, "smitsveen", "telegram", [1], NOW)
    assert forget(store, NOW + GAP)["updates"] == 0
    assert forget(store, NOW + YEAR) == {}
    with store.write() as tx:
        assert updates.claim(tx, "smitsveen", "telegram", [1], NOW + YEAR) == set()


async def test_what_is_due_goes_in_slices_and_whoever_writes_meanwhile_waits_for_one(store: Store) -> None:
    many = 2 * SLICE + 1
    with store.write() as tx:
        updates.claim(tx, "smitsveen", "telegram", range(many), NOW)
        idle = [conversations.Conversation(f"telegram:{n}", "nl", {"step": "menu.worries"}) for n in range(many)]
        conversations.save(tx, "smitsveen", idle, NOW)

    def left() -> tuple[int, int]:
        with store.read() as tx:
            seen = tx.execute(select(func.count()).select_from(tables.updates)).scalar_one()
            return seen, sum(1 for _ in conversations.places(tx, "smitsveen"))

    writer = Writer()
    later = NOW + ANSWERS + timedelta(seconds=1)
    tick = Handle(CONTENT, store, now=lambda: later).tick
    forgetting = asyncio.create_task(keep_forgetting(tick, writer, Time(), lambda: None))
    try:
        found = [await writer.run(left) for _ in range(5)]
    finally:
        forgetting.cancel()
        writer.close()
    assert found == [(many, many), (SLICE + 1, SLICE + 1), (1, 1), (0, 0), (0, 0)]


def test_what_a_closed_lead_held_goes_after_thirty_days_and_an_open_one_stays(store: Store) -> None:
    values = {
        "resident": "telegram:1",
        "sender": "telegram:1",
        "partner": "shm",
        "inbox": "shm",
        "row": "M2",
        "topic": ["bills"],
        "urgent": False,
        "packet": {"name": "Fatma"},
        "language": "nl",
        "now": NOW,
        "next": Next("inbox", NOW),
    }
    with store.write() as tx:
        closed = leads.create(tx, "smitsveen", **values)  # type: ignore[arg-type]
        open_one = leads.create(tx, "smitsveen", **values)  # type: ignore[arg-type]
        leads.move(tx, "smitsveen", closed.id, closed.version, "completed", next=None, now=NOW, actor="telegram:2")
    assert forget(store, NOW + LEADS - timedelta(seconds=1))["leads"] == 0
    assert forget(store, NOW + LEADS + timedelta(seconds=1))["leads"] == 1
    with store.read() as tx:
        gone, kept = (leads.get(tx, "smitsveen", each.id) for each in (closed, open_one))
    assert gone is not None
    assert (gone.packet, gone.resident, gone.sender, gone.status) == (None, None, None, "completed")
    assert kept == open_one


def test_a_lead_that_is_blanked_is_blanked_too_where_a_member_and_a_coordinator_have_it_open(store: Store) -> None:
    clock = simulated.Clock()
    sim = simulated.simulator(store, clock)
    ria = simulated.member(sim, "coordinator", "telegram:2009", "Ria")
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim, name="Zebra")
    lead = simulated.handed_over(sim, fatma)
    simulated.go(sim, ans, "view", "accept", "more", "fail", "fail.other")
    simulated.go(sim, ria, "view")
    sim.press(ria, None, simulated.under(lead, "view", 3))
    clock.forward(days=31)
    assert sim.handle.tick(ForgetWhatIsDue()).done["leads"] == 0, "the coordinator still has to do something"
    simulated.go(sim, ria, "end", "end.no_help")
    assert "Zebra" not in str(ans.chat) + str(ria.chat), "who ended it has it open no more"
    reading = [(ria, ria.card.id)]  # as an older version left it open
    with store.write() as tx:
        views.add(tx, "smitsveen", [View(lead.id, ria.id, ria.card.id)])
    told = {id: shown.text for id, shown in fatma.chat.items()}
    for _ in range(30):
        clock.forward(days=1)
        assert not any(sim.handle.tick(ForgetWhatIsDue()).messages)
    clock.forward(days=1)
    done = sim.handle.tick(ForgetWhatIsDue())
    sim.deliver(list(done.messages))
    gone = CONTENT.words.phrase("nl", "desk.forgotten", code=lead.code)
    for who, id in reading:
        assert who.chat[id].text == gone
    assert "Zebra" not in str(ans.chat) + str(ria.chat)
    assert {id: shown.text for id, shown in fatma.chat.items()} == told, "what the resident reads stays"
    with store.read() as tx:
        assert leads.get(tx, "smitsveen", lead.id) == replace(
            simulated.lead(sim, lead.id), packet=None, resident=None, sender=None, assignee=None
        )
    assert simulated.found(store, fatma.id) == []


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_residents_are_told_how_long_it_is_and_so_long_it_is(language: str) -> None:
    """domain.md §4.3. Who changes one of these must change the promise, in every language."""
    assert (timedelta(7), timedelta(30), timedelta(2), timedelta(365)) == (ANSWERS, LEADS, SEEN, AUDIT)
    assert SENT == LEADS
    promised = CONTENT.words.phrase(language, "overlays.privacy")
    assert {"7", "30"} <= set(re.findall(r"\d+", promised))
