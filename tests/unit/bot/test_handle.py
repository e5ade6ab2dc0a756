"""One update, one transaction: the real charts, the real store, and updates as a channel brings them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from bot.demo.simulator import Person, Simulator
from bot.handle import Handle
from bot.messages.links import INVITATION
from bot.messages.message import DANGER, INTERACTIVE, NOTICE, Incoming, Outgoing, from_row
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import DashboardTap, InboxTap
from bot.messages.taps.residents import ReplyTap
from bot.messages.taps.written import base36
from bot.messages.ticks import ForgetWhatIsDue
from bot.runtime.telegram.updates import hear
from db.people import conversations
from db.queue import outbox
from db.records import link_counts, switches
from db.store import Store
from flows.model.heard import Blocked, ChartTap, Command, Elsewhere, Heard, Media, NoTap, StopHelpTap, Text
from tests import simulated
from tests.e2e.feeder import Recorder, blurred
from tests.simulated import ALONE, CONTENT, NOW, WIJK, Clock, go

FATMA, KARIM, GROUP = "telegram:1001", "telegram:1002", "telegram:-100555"


def update(id: int, heard: Heard | Tap, who: str = FATMA, *, where: str = "", message: int | None = None) -> Incoming:
    """One update as a channel brings it."""
    return Incoming("telegram", id, who, where or who, heard, message, None, "nl", "Fatma")


def answers(*taps: str, who: str = FATMA, since: int = 1) -> list[Incoming]:
    """A row of taps `step:answer:turn` by one person, all from their one card."""
    return [update(since + n, decode(each), who, message=7) for n, each in enumerate(taps)]


TO_COLD = ("language:nl:0", "menu.welcome:begin:0", "menu.worries:+cold:1", "menu.worries:_next:1")


def place_of(sim: Simulator, who: str = FATMA) -> tuple[str, int]:
    """The step and the turn of somebody."""
    place = simulated.place(sim, sim.person(who, ""))
    return place.step, place.revision


def kept(store: Store) -> dict[str, list[str]]:
    """All that is kept, but for the counter of turns."""
    return {name: rows for name, rows in simulated.everything(store).items() if name != "sequence"}


def texts(messages: Iterable[Outgoing]) -> str:
    return "\n".join(each.text for each in messages)


def test_an_update_that_comes_twice_happens_once(store: Store) -> None:
    """Pitfall 12: Telegram repeats what was not confirmed."""
    sim = simulated.simulator(store)
    rows = [update(1, Command("start")), *answers(*TO_COLD, since=2)]
    first = sim.handle(rows)
    before = kept(store)
    assert len(first) == 5
    assert sim.handle(rows) == []
    assert [sim.handle([each]) for each in rows] == [[]] * 5
    assert kept(store) == before


@pytest.mark.parametrize("heard", [Text("ik ruik gas"), Command("gevaar"), ChartTap("menu.worries", "_danger", 0)])
def test_the_numbers_for_somebody_in_danger_go_before_everything(store: Store, heard: Heard) -> None:
    sim = simulated.simulator(store)
    sim.handle([update(1, Command("start")), *answers(*TO_COLD, since=2)])
    priorities = {each.priority: each.text for each in sim.handle([update(9, Command("help")), update(10, heard)])}
    assert list(priorities) == [INTERACTIVE, DANGER]
    assert "112" in priorities[DANGER]


def test_an_album_gets_one_answer_however_it_comes_and_danger_under_any_picture_is_heard(store: Store) -> None:
    sim = simulated.simulator(store)
    sim.handle([update(1, Command("start")), *answers(*TO_COLD, since=2)])
    words = {4: "op zolder", 7: "ik ruik gas"}
    numbers = itertools.count(100)

    def pictures(album: str) -> list[Incoming]:
        return [
            replace(update(next(numbers), Media("photo", words.get(number, ""))), album=album) for number in range(10)
        ]

    together = sim.handle(pictures("een"))
    one_by_one = [each for one in pictures("twee") for each in sim.handle([one])]
    both = sim.handle([one for pair in zip(pictures("drie"), pictures("vier"), strict=True) for one in pair])
    for made, albums in ((together, 1), (one_by_one, 1), (both, 2)):
        assert [each.priority for each in made].count(DANGER) == albums
        assert len(made) == albums + 1, "of what waits together, the newest answer beside danger is enough"
    assert sim.handle([replace(each, id=each.id + 1000) for each in pictures("een")[:3]]) == []
    assert [len(sim.handle([update(id, Media("photo"))])) for id in (5000, 5001)] == [1, 1]


def test_a_doubled_update_within_one_batch_happens_once(store: Store) -> None:
    sim = simulated.simulator(store)
    rows = [update(1, Command("start")), *answers(*TO_COLD, since=2)]
    assert len(sim.handle([each for one in rows for each in (one, one)])) == 5
    assert place_of(sim) == ("referral.warm", 2)


def test_many_updates_of_one_person_in_one_batch_are_heard_in_their_order(store: Store) -> None:
    sim = simulated.simulator(store)
    out = sim.handle([update(1, Command("start")), *answers(*TO_COLD, "referral.warm:often:2", since=2)])
    assert place_of(sim)[1] == 3
    assert [each.id for each in out] == sorted({each.id for each in out})
    assert [given.step for given in simulated.place(sim, sim.person(FATMA, "")).trail] == [
        "menu.welcome",
        "menu.worries",
        "referral.warm",
    ]


def test_a_batch_and_one_by_one_come_to_the_same(store: Store) -> None:
    rows = [update(1, Command("start")), *answers(*TO_COLD, since=2)]
    others = [update(11, Command("start"), KARIM), *answers(*TO_COLD, who=KARIM, since=12)]
    sim = simulated.simulator(store)
    sim.handle([each for pair in zip(rows, others, strict=True) for each in pair][:6])
    for each in (*rows[3:], *others[3:]):
        sim.handle([each])
    assert place_of(sim, FATMA) == place_of(sim, KARIM) == ("referral.warm", 2)


def test_two_residents_back_to_back_never_see_each_other(store: Store) -> None:
    """Pitfall 33."""
    sim = simulated.simulator(store)
    for who, name in ((FATMA, "Fatma"), (KARIM, "Karim")):
        person = simulated.resident(sim, who, name)
        shown = "\n".join(each.text for each in simulated.asked(sim, person))
        assert f"Voornaam: {name}" in shown
        assert ("Fatma" in shown) == (name == "Fatma")


POISON = InboxTap(10**20)
REFUSED = (OverflowError, DBAPIError)
"""A number that no store can look for, which no button decodes to, and how each engine refuses it."""


def test_an_update_that_cannot_be_handled_takes_nobody_with_it(store: Store) -> None:
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    rows = [update(101, Command("start")), *answers(*TO_COLD[:2], since=102)]
    poison = update(104, POISON, "telegram:2001")
    before = simulated.everything(store)
    with pytest.raises(REFUSED):
        sim.handle([*rows, poison])
    assert simulated.everything(store) == before, "nothing of the batch is kept"
    for each in rows:
        sim.handle([each])
    with pytest.raises(REFUSED):
        sim.handle([poison])
    assert place_of(sim) == ("menu.worries", 1)


BEYOND = "99999999999999999999", "zzzzzzzzzzzzz", "3w5e11264sgsg", "z" * 40
"""Numbers beyond 64 bits, as somebody who plays with buttons may send them."""


@pytest.mark.parametrize(
    "data",
    [
        "lead.{}:view:1",
        "lead.1:view:{}",
        "lead:0123456789abcdef.view:{}",
        "desk:inbox{}:0",
        "dashboard:{}:0",
        "reply:{}:0",
        "stop_help:0123456789abcdef:{}",
        "withdraw:0123456789abcdef:{}",
        "menu.worries:+cold:{}",
        "erase:yes:{}",
        "language:nl:{}",
    ],
)
def test_a_number_beyond_64_bits_in_a_button_harms_nobody_in_its_batch(store: Store, data: str) -> None:
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    karim = simulated.resident(sim, KARIM, "Karim")
    rows = [update(101, Command("start")), *answers(*TO_COLD[:2], since=102)]
    strange = [
        update(104 + 2 * number + also, decode(data.format(beyond)), who)
        for number, beyond in enumerate(BEYOND)
        for also, who in enumerate(("telegram:2001", karim.address))
    ]
    out = sim.handle([*strange, *rows])
    assert place_of(sim) == ("menu.worries", 1)
    assert {each.reached_at for each in out} == {FATMA, KARIM, "telegram:2001"}
    assert simulated.place(sim, karim).picked == ()


def test_a_lead_button_of_an_older_version_opens_the_inbox_and_moves_nothing(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    lead = simulated.handed_over(sim, simulated.resident(sim))
    for answer in ("view", "accept", "write", "decline.no_capacity"):
        (shown,) = sim.press(ans, ans.card.id, f"lead.{lead.id}:{answer}:1")
        assert shown.text == CONTENT.words.phrase("nl", "desk.inbox", partner="Stichting Balans", count=1)
        assert lead.code in str(shown.buttons)
    assert simulated.lead(sim, lead.id) == lead


def test_a_button_about_help_of_an_older_version_opens_my_help_and_stops_nothing(store: Store) -> None:
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    revision = base36(simulated.place(sim, fatma).revision)
    for data in (f"reply:{lead.id}:0", f"stop_help:{lead.code}:{revision}", f"withdraw:{lead.code}:{revision}"):
        (shown,) = sim.press(fatma, fatma.card.id, data)
        assert shown.text.startswith(CONTENT.words.phrase("nl", "overlays.help"))
        assert lead.code in shown.text
    assert simulated.lead(sim, lead.id) == lead


def test_a_dashboard_button_of_an_older_version_opens_the_dashboard_and_sets_nothing(store: Store) -> None:
    sim = simulated.simulator(store)
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    title = CONTENT.words.phrase("nl", "coordinator.title", wijk="Smitsveen", open=0, waiting=0)
    for data in ("office:home:0", "office:state.balans.full:0", "office:switch.energiefonds_open:0"):
        (shown,) = sim.press(ria, ria.card.id, data)
        assert shown.text.startswith(title)
    with store.read() as tx:
        assert switches.all(tx, WIJK) == {}


def test_an_apology_is_in_the_language_that_was_chosen_and_names_a_door(store: Store) -> None:
    sim = simulated.simulator(store)
    sim.handle([update(1, Command("start")), *answers("language:en:0", since=2)])
    with sim.store.write() as tx:
        (english,) = sim.handle.apology(tx, update(9, POISON))
        (dutch,) = sim.handle.apology(tx, update(9, POISON, KARIM))
    assert english.reached_at == FATMA
    assert "De Plantage" in english.text
    assert dutch.text == CONTENT.words.phrase("nl", "notices.went_wrong", place="De Plantage")


def test_a_switch_that_was_rolled_back_is_not_remembered(store: Store) -> None:
    sim = simulated.simulator(store)
    simulated.member(sim, "coordinator")
    simulated.member(sim, "balans", "telegram:2002")
    tap = DashboardTap("state", "balans", "full")
    other = update(203, POISON, "telegram:2002")
    with pytest.raises(REFUSED):
        sim.handle([update(201, tap, "telegram:2001"), update(202, Command("start")), other])
    fatma = simulated.resident(sim)
    (card,) = go(sim, fatma, *ALONE)
    assert "Stichting Balans" in card.text
    assert "vol" not in card.text


def test_in_a_group_there_is_only_a_pointer_and_nothing_is_kept(store: Store) -> None:
    """Pitfall 26."""
    sim = simulated.simulator(store)
    out = sim.handle([update(1, Elsewhere(), where=GROUP)])
    assert [(each.reached_at, each.text, each.buttons) for each in out] == [
        (GROUP, CONTENT.words.phrase("nl", "overlays.group"), ())
    ]
    assert [each.priority for each in out] == [NOTICE]
    assert {name for name, rows in kept(store).items() if rows} == {"updates", "outbox", "group_answers"}
    (noted,) = kept(store)["group_answers"]
    assert not any(told in noted for told in ("100555", "1001", "Fatma"))


def test_a_group_is_answered_once_a_day_and_when_a_command_names_this_bot(store: Store) -> None:
    """Two hundred messages had two hundred answers, before those of residents; another group has its own day."""
    clock, other = Clock(), "telegram:-100777"
    handle = Handle(CONTENT, store, now=clock, username="Koppelkans_Bot")
    numbers = itertools.count(1)

    def told(where: str, *heard: Elsewhere) -> int:
        return len(handle([update(next(numbers), each, where=where) for each in heard]))

    assert told(GROUP, *[Elsewhere()] * 100) == 1
    assert sum(told(GROUP, Elsewhere()) for _ in range(100)) == 0
    assert told(other, Elsewhere("somebody_elses_bot")) == 1
    assert told(other, Elsewhere("somebody_elses_bot"), Elsewhere()) == 0
    assert told(GROUP, Elsewhere("koppelkans_bot")) == 1
    assert told(GROUP, *[Elsewhere("koppelkans_bot")] * 50) == 1, "of those that wait the newest is enough"
    clock.forward(hours=24)
    assert [told(where, Elsewhere()) for where in (GROUP, GROUP, other)] == [1, 0, 1]
    clock.forward(hours=-24)
    assert told(GROUP, Elsewhere()) == 1
    nameless = Handle(CONTENT, store, now=clock)
    assert nameless([update(next(numbers), Elsewhere(), where=GROUP)]) == []


def test_a_group_never_shows_what_somebody_said_in_private(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    before = place_of(sim)
    out = sim.handle([update(99, Elsewhere(), where=GROUP)])
    assert {each.reached_at for each in out} == {GROUP}
    assert place_of(sim) == before


def test_a_block_is_noted_and_ends_with_the_next_word(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)

    def blocked() -> bool:
        with store.read() as tx:
            return conversations.look(tx, WIJK, [fatma.id])[fatma.id].blocked

    assert sim.hear(fatma, Blocked(True)) == []
    assert blocked()
    sim.type(fatma, "hallo")
    assert not blocked()
    sim.hear(fatma, Blocked(True))
    sim.hear(fatma, Blocked(False))
    assert not blocked()
    assert place_of(sim) == ("menu.worries", 1)


def test_buttons_outlive_the_bot(store: Store) -> None:
    """Pitfall 3: nothing about a button is remembered anywhere but in the button."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, "+people")
    card, button = simulated.button(fatma, "_next")
    reborn = simulated.simulator(store)
    (shown,) = reborn.handle([update(500, decode(button.data), message=card.id)])
    assert shown.edit == card.id
    assert place_of(reborn) == ("referral.people", 2)


def test_a_doubled_tap_shows_where_somebody_is_and_books_nothing(store: Store) -> None:
    """Pitfall 1: an hour apart, too."""
    sim = Simulator(CONTENT, store, clock := Clock())
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    shown, button = simulated.button(fatma, "all")
    sim.press(fatma, shown.id, button.data)
    once = simulated.place(sim, fatma)
    for hours in (0, 1):
        clock.forward(hours=hours)
        (told,) = sim.press(fatma, shown.id, button.data)
        assert told.text.startswith(CONTENT.words.phrase("nl", "notices.old_button"))
    assert simulated.place(sim, fatma) == once


def test_an_old_card_in_another_language_still_works_and_its_old_buttons_are_told_so(store: Store) -> None:
    """Pitfall 21: nothing is ever matched by its label."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, "+people")
    shown, button = simulated.button(fatma, "_next")
    sim.press(fatma, None, "language:ar:0")
    sim.press(fatma, shown.id, button.data)
    place = simulated.place(sim, fatma)
    assert (place.step, place.language) == ("referral.people", "ar")
    (told,) = sim.press(fatma, shown.id, button.data)
    assert told.text.startswith(CONTENT.words.phrase("ar", "notices.old_button"))


def test_a_change_of_language_draws_the_same_card_in_the_other_language(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, "+people", "_next")
    dutch = [button.data for row in fatma.card.buttons for button in row]
    (english,) = sim.press(fatma, fatma.card.id, "language:en:0")
    assert sorted(button.data for row in english.buttons for button in row) == sorted(dutch)


def test_a_link_in_the_middle_is_counted_and_asks_whether_to_go_on(store: Store) -> None:
    """Pitfall 20."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    before = simulated.place(sim, fatma)
    (asked,) = sim.type(fatma, "/start de_plantage")
    assert CONTENT.words.phrase("nl", "nav.go_on") in [b.text for row in asked.buttons for b in row]
    assert simulated.place(sim, fatma) == before
    with store.read() as tx:
        assert link_counts.of_code(tx, WIJK, "de_plantage") == {NOW.date(): 1}
    go(sim, fatma, "_stay")
    assert simulated.place(sim, fatma) == before


@pytest.mark.both_stores
def test_of_a_payload_that_no_link_of_the_wijk_carries_nothing_is_kept(store: Store) -> None:
    """It was typed or made up: it may be a cry, a name or a number."""
    sim = simulated.simulator(store)
    fatma = sim.person(FATMA, "Fatma")
    for payload in ("ev12", "111222333", "Fatma_de_Vries", "NL91ABNA0417164300", "De_Plantage", "a b", "x" * 64):
        assert sim.type(fatma, f"/start {payload}"), "everybody is greeted"
        assert simulated.found(store, payload) == []
    assert simulated.everything(store)["link_counts"] == []


def test_a_payload_that_is_a_cry_is_answered_as_danger_and_not_kept(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = sim.person(FATMA, "Fatma")
    for payload, says in (("ik_wil_niet_meer_leven", "Goed dat je dit zegt"), ("ik-ruik-gas", "Gaslucht?")):
        (told, *_) = sim.type(fatma, f"/start {payload}")
        assert says in told.text
        assert simulated.found(store, payload) == []


@pytest.mark.both_stores
def test_what_older_versions_counted_of_any_payload_goes_at_the_first_tick(store: Store) -> None:
    sim = simulated.simulator(store)
    with store.write() as tx:
        for code in ("ik_wil_niet_meer_leven", "111222333", *CONTENT.wijk.links):
            link_counts.add(tx, WIJK, code, NOW.date())
        link_counts.add(tx, "de_eng", "ev12", NOW.date())
    assert sim.handle.tick(ForgetWhatIsDue()).done["links"] == 2
    assert sim.handle.tick(ForgetWhatIsDue()).all_done
    left = simulated.everything(store)["link_counts"]
    assert len(left) == len(CONTENT.wijk.links) + 1, "another wijk has links of its own"


@pytest.mark.parametrize(
    "payload",
    ["ev12", "x" * 64, "x" * 65, "ev12==", "ev 12", "i_", "i_KAPOT", "i_" + "A" * 62, "é", "../..", "w_4F7-x", "'--"],
)
def test_whatever_a_link_carries_the_newcomer_is_greeted(store: Store, payload: str) -> None:
    """Pitfall 29: cut off, tampered with, expired or made up."""
    sim = simulated.simulator(store)
    fatma = sim.person(FATMA, "Fatma")
    news = sim.type(fatma, f"/start {payload}")
    assert [button.data.split(":")[0] for row in news[-1].buttons for button in row].count("language") == 3


def test_what_was_typed_after_start_is_not_kept(store: Store) -> None:
    sim = simulated.simulator(store)
    sim.type(sim.person(FATMA, "Fatma"), "/start ik ben Fatma van nummer 12")
    assert simulated.found(store, "nummer 12") == []


def test_the_keyboard_for_a_number_is_put_up_and_taken_away(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *simulated.TO_PHONE)
    assert fatma.news[-1].ask_contact
    out = sim.handle(
        [update(900, ChartTap("handoff.phone", "_back", simulated.place(sim, fatma).revision), message=fatma.card.id)]
    )
    assert [each.drop_keyboard for each in out].count(True) == 1


@pytest.mark.parametrize("heard", [Text("iets"), Media("voice"), Command("zomaar"), NoTap(), ChartTap("x.y", "z", 9)])
def test_whatever_is_said_gets_an_answer_with_a_way_on(store: Store, heard: Heard) -> None:
    """Pitfall 18."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    before = simulated.place(sim, fatma)
    news = sim.hear(fatma, heard)
    assert news
    assert news[-1].buttons
    assert simulated.place(sim, fatma) == before


def test_what_was_asked_to_be_erased_does_not_come_back_with_the_next_update_of_the_batch(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    turn = simulated.place(sim, fatma).revision
    out = sim.handle(
        [
            update(701, Command("mijngegevens")),
            update(702, ChartTap("erase", "yes", turn), message=fatma.card.id),
            update(703, ChartTap("advice.help", "all", turn), message=fatma.card.id),
        ]
    )
    place = simulated.place(sim, fatma)
    assert (place.step, place.trail, place.language) == ("menu.welcome", (), None)
    assert CONTENT.words.phrase("nl", "notices.erased") in texts(out)
    assert CONTENT.words.phrase("nl", "data.title") not in texts(out), "what was waiting is not sent any more"
    with store.read() as tx:
        assert outbox.count(tx, WIJK) == len(out)


def test_a_handoff_and_its_erasure_in_one_batch_reach_nobody_with_a_name(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    simulated.asked(sim, fatma)
    place = simulated.place(sim, fatma)
    _, yes = simulated.button(fatma, "handoff.consent:yes")
    out = sim.handle(
        [
            update(801, decode(yes.data), message=fatma.card.id),
            update(802, ChartTap("erase", "yes", place.revision + 1), message=fatma.card.id),
        ]
    )
    assert "Fatma" not in texts(each for each in out if each.to == ans.id)
    assert simulated.found(store, "Fatma") == []


def test_after_a_long_silence_somebody_begins_anew_in_their_own_language_and_old_buttons_stay_old(
    store: Store,
) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE)
    shown, button = simulated.button(fatma, "first")
    with store.write() as tx:
        conversations.empty(tx, WIJK, [fatma.id])
    (told,) = sim.press(fatma, shown.id, button.data)
    place = simulated.place(sim, fatma)
    assert (place.step, place.trail, place.language) == ("menu.welcome", (), "nl")
    assert told.text.startswith(CONTENT.words.phrase("nl", "notices.old_button"))
    assert place.revision > int(button.data.split(":")[2], 36)


def test_every_button_that_is_drawn_is_heard_as_it_was_meant(store: Store) -> None:
    """Pitfall 6: at most 64 bytes; the channel's ear and the table's ear are one."""
    sim = simulated.simulator(store)
    ria = simulated.member(sim, "coordinator", "telegram:2001", "Ria")
    ans = simulated.member(sim, "balans", "telegram:2002", "Ans")
    fatma = simulated.resident(sim)
    go(sim, fatma, "+people")
    go(sim, fatma, "_next", "meet", "_why", "advice.help:_stay", "first", *simulated.ABOUT_ME)
    seen = buttons(fatma)
    go(sim, fatma, "handoff.consent:yes", "_help")
    seen |= buttons(fatma)
    go(sim, fatma, "stop_help:" + simulated.leads_of(sim, fatma)[0].token)
    sim.type(ria, "/coordinator")
    seen |= buttons(ria)
    go(sim, ria, "partners")
    seen |= buttons(ria)
    go(sim, ria, "partner.goos")
    go(sim, ans, "view")
    seen |= buttons(ans)
    go(sim, ans, "decline")
    seen |= buttons(fatma) | buttons(ria) | buttons(ans)
    assert len(seen) > 40
    for number, data in enumerate(sorted(seen), start=1):
        assert len(data.encode()) <= 64
        heard = hear(
            {
                "update_id": number,
                "callback_query": {"id": "1", "from": {"id": 1001, "first_name": "Fatma"}, "data": data},
            }
        )
        assert heard is not None
        assert heard.heard == decode(data) != NoTap()


def buttons(person: Person) -> set[str]:
    """The data of every button that lies before somebody."""
    return {b.data for shown in person.chat.values() for row in shown.buttons for b in row}


def test_an_invitation_greets_a_member_and_asks_no_language(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = sim.person("telegram:2001", "Ans")
    welcome, question = sim.type(ans, f"/start {INVITATION}{simulated.invitation(sim, 'balans')}")
    assert "Past dat?" in question.text
    assert "Stichting Balans" in welcome.text
    assert simulated.place(sim, ans).language == "nl"


def test_warming_up_changes_nothing(store: Store) -> None:
    sim = simulated.simulator(store)
    before = simulated.everything(store)
    sim.handle.warm_up()
    assert simulated.everything(store) == before


@pytest.mark.parametrize("end", ["withdrawn", "erased"])
def test_words_to_a_partner_and_the_end_of_that_help_in_one_batch_reach_nobody(store: Store, end: str) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    go(sim, ans, "view", "accept")
    sim.hear(fatma, ReplyTap(lead.token))
    turn = simulated.place(sim, fatma).revision + 1
    ends = StopHelpTap(lead.token, turn, sure=True) if end == "withdrawn" else ChartTap("erase", "yes", turn)
    out = sim.handle([update(901, Text("mijn zus heet Zebra")), update(902, ends)])
    assert [each.to for each in out if "Zebra" in each.text] == []
    assert simulated.found(store, "Zebra") == []
    assert any(lead.code in each.text for each in out if each.to == ans.id), "that it ended is told"


FLOODS: dict[str, tuple[Heard | Tap, ...]] = {
    "hoi, before a language is chosen": (Text("hoi"),),
    "/start": (Command("start"),),
    "hoi, in the middle of a question": (*(each.heard for each in answers(*TO_COLD)), Text("hoi")),
    "commands and pictures": (Command("hulp"), Command("privacy"), Media("voice"), Command("wat")),
    "/postvak and /coordinator of somebody who is neither": (Command("postvak"), Command("coordinator")),
    "/mijngegevens": (Command("mijngegevens"),),
}


@pytest.mark.parametrize("what", FLOODS)
def test_however_often_somebody_says_the_same_little_waits_for_them(store: Store, what: str) -> None:
    """In one batch and in many: also in the store, where nobody sends."""
    sim = simulated.simulator(store)
    numbers = itertools.count(1)
    first = [update(next(numbers), each) for each in FLOODS[what]]
    sim.handle(first)
    waits = []
    for size in (1, 30, 1, 1):
        for _ in range(3):
            sim.handle([update(next(numbers), FLOODS[what][-1 - n % len(FLOODS[what])]) for n in range(size)])
        with store.read() as tx:
            rows = outbox.newer(tx, WIJK, 0, NOW)
        waits.append([one for one in map(from_row, rows) if one.edit is None])
    assert {len(each) for each in waits} == {len(waits[0])}
    kinds = [one.replaces for one in waits[-1]]
    assert "" not in kinds
    assert len(set(kinds)) == len(kinds)


def test_a_question_may_be_replaced_and_an_outcome_a_consent_card_and_a_receipt_may_not(store: Store) -> None:
    sim = Recorder(CONTENT, store)
    fatma = simulated.resident(sim)
    (*_, outcome) = go(sim, fatma, *ALONE)
    questions = {blurred(shown.text) for shown in fatma.chat.values() if shown is not outcome}
    (*_, consent) = go(sim, fatma, "first", *simulated.ABOUT_ME)
    (*_, receipt) = go(sim, fatma, "handoff.consent:yes")
    assert "KOP-" in receipt.text
    must = {blurred(shown.text) for shown in (outcome, consent, receipt)}
    assert not must & sim.replaced
    assert questions <= sim.replaced
