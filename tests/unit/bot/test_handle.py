"""One update, one transaction: the real charts, the real store, and updates as a channel brings them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy.exc import DBAPIError

from bot.demo.simulator import Person, Table
from bot.messages.buttons import DashboardTap, InboxTap, Tap, base36, decode
from bot.messages.links import INVITATION
from bot.messages.message import DANGER, INTERACTIVE, Incoming, Outgoing
from bot.runtime.telegram.updates import hear
from db.people import conversations
from db.queue import outbox
from db.records import link_counts, switches
from db.store import Store
from flows.model.heard import Blocked, ChartTap, Command, Elsewhere, Heard, Media, NoTap, Text
from tests import seated
from tests.seated import ALONE, CONTENT, NOW, WIJK, Clock, go

FATMA, KARIM, GROUP = "telegram:1001", "telegram:1002", "telegram:-100555"


def update(id: int, heard: Heard | Tap, who: str = FATMA, *, where: str = "", message: int | None = None) -> Incoming:
    """One update as a channel brings it."""
    return Incoming("telegram", id, who, where or who, heard, message, None, "nl", "Fatma")


def answers(*taps: str, who: str = FATMA, since: int = 1) -> list[Incoming]:
    """A row of taps `step:answer:turn` by one person, all from their one card."""
    return [update(since + n, decode(each), who, message=7) for n, each in enumerate(taps)]


TO_COLD = ("language:nl:0", "menu.welcome:begin:0", "menu.worries:+cold:1", "menu.worries:_next:1")


def place_of(at: Table, who: str = FATMA) -> tuple[str, int]:
    """The step and the turn of somebody."""
    place = seated.place(at, at.sit(who, ""))
    return place.step, place.revision


def kept(store: Store) -> dict[str, list[str]]:
    """All that is kept, but for the counter of turns."""
    return {name: rows for name, rows in seated.everything(store).items() if name != "sequence"}


def texts(messages: Iterable[Outgoing]) -> str:
    return "\n".join(each.text for each in messages)


def test_an_update_that_comes_twice_happens_once(store: Store) -> None:
    """Pitfall 12: Telegram repeats what was not confirmed."""
    at = seated.table(store)
    rows = [update(1, Command("start")), *answers(*TO_COLD, since=2)]
    first = at.handle(rows)
    before = kept(store)
    assert len(first) == 5
    assert at.handle(rows) == []
    assert [at.handle([each]) for each in rows] == [[]] * 5
    assert kept(store) == before


@pytest.mark.parametrize("heard", [Text("ik ruik gas"), Command("gevaar"), ChartTap("menu.worries", "_danger", 0)])
def test_the_numbers_for_somebody_in_danger_go_before_everything(store: Store, heard: Heard) -> None:
    at = seated.table(store)
    at.handle([update(1, Command("start")), *answers(*TO_COLD, since=2)])
    ranks = {each.rank: each.text for each in at.handle([update(9, Command("help")), update(10, heard)])}
    assert list(ranks) == [INTERACTIVE, DANGER]
    assert "112" in ranks[DANGER]


def test_a_doubled_update_within_one_batch_happens_once(store: Store) -> None:
    at = seated.table(store)
    rows = [update(1, Command("start")), *answers(*TO_COLD, since=2)]
    assert len(at.handle([each for one in rows for each in (one, one)])) == 5
    assert place_of(at) == ("referral.warm", 2)


def test_many_updates_of_one_person_in_one_batch_are_heard_in_their_order(store: Store) -> None:
    at = seated.table(store)
    out = at.handle([update(1, Command("start")), *answers(*TO_COLD, "referral.warm:often:2", since=2)])
    assert place_of(at)[1] == 3
    assert [each.id for each in out] == sorted({each.id for each in out})
    assert [given.step for given in seated.place(at, at.sit(FATMA, "")).trail] == [
        "menu.welcome",
        "menu.worries",
        "referral.warm",
    ]


def test_a_batch_and_one_by_one_come_to_the_same(store: Store) -> None:
    rows = [update(1, Command("start")), *answers(*TO_COLD, since=2)]
    others = [update(11, Command("start"), KARIM), *answers(*TO_COLD, who=KARIM, since=12)]
    at = seated.table(store)
    at.handle([each for pair in zip(rows, others, strict=True) for each in pair][:6])
    for each in (*rows[3:], *others[3:]):
        at.handle([each])
    assert place_of(at, FATMA) == place_of(at, KARIM) == ("referral.warm", 2)


def test_two_residents_back_to_back_never_see_each_other(store: Store) -> None:
    """Pitfall 33."""
    at = seated.table(store)
    for who, name in ((FATMA, "Fatma"), (KARIM, "Karim")):
        person = seated.resident(at, who, name)
        shown = "\n".join(each.text for each in seated.asked(at, person))
        assert f"Voornaam: {name}" in shown
        assert ("Fatma" in shown) == (name == "Fatma")


POISON = InboxTap(10**20)
REFUSED = (OverflowError, DBAPIError)
"""A number that no store can look for, which no button decodes to, and how each engine refuses it."""


def test_an_update_that_cannot_be_handled_takes_nobody_with_it(store: Store) -> None:
    at = seated.table(store)
    seated.member(at, "balans")
    rows = [update(101, Command("start")), *answers(*TO_COLD[:2], since=102)]
    poison = update(104, POISON, "telegram:2001")
    before = seated.everything(store)
    with pytest.raises(REFUSED):
        at.handle([*rows, poison])
    assert seated.everything(store) == before, "nothing of the batch is kept"
    for each in rows:
        at.handle([each])
    with pytest.raises(REFUSED):
        at.handle([poison])
    assert place_of(at) == ("menu.worries", 1)


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
    at = seated.table(store)
    seated.member(at, "balans")
    karim = seated.resident(at, KARIM, "Karim")
    rows = [update(101, Command("start")), *answers(*TO_COLD[:2], since=102)]
    strange = [
        update(104 + 2 * number + also, decode(data.format(beyond)), who)
        for number, beyond in enumerate(BEYOND)
        for also, who in enumerate(("telegram:2001", karim.address))
    ]
    out = at.handle([*strange, *rows])
    assert place_of(at) == ("menu.worries", 1)
    assert {each.reached_at for each in out} == {FATMA, KARIM, "telegram:2001"}
    assert seated.place(at, karim).picked == ()


def test_a_lead_button_of_an_older_version_opens_the_inbox_and_moves_nothing(store: Store) -> None:
    at = seated.table(store)
    ans = seated.member(at, "balans")
    lead = seated.handed_over(at, seated.resident(at))
    for answer in ("view", "accept", "write", "decline.no_capacity"):
        (shown,) = at.press(ans, ans.card.id, f"lead.{lead.id}:{answer}:1")
        assert shown.text == CONTENT.words.phrase("nl", "desk.inbox", partner="Stichting Balans", count=1)
        assert lead.code in str(shown.buttons)
    assert seated.lead(at, lead.id) == lead


def test_a_button_about_help_of_an_older_version_opens_my_help_and_stops_nothing(store: Store) -> None:
    at = seated.table(store)
    seated.member(at, "balans")
    fatma = seated.resident(at)
    lead = seated.handed_over(at, fatma)
    revision = base36(seated.place(at, fatma).revision)
    for data in (f"reply:{lead.id}:0", f"stop_help:{lead.code}:{revision}", f"withdraw:{lead.code}:{revision}"):
        (shown,) = at.press(fatma, fatma.card.id, data)
        assert shown.text.startswith(CONTENT.words.phrase("nl", "overlays.help"))
        assert lead.code in shown.text
    assert seated.lead(at, lead.id) == lead


def test_a_dashboard_button_of_an_older_version_opens_the_dashboard_and_sets_nothing(store: Store) -> None:
    at = seated.table(store)
    ria = seated.member(at, "coordinator", "telegram:2004", "Ria")
    title = CONTENT.words.phrase("nl", "coordinator.title", wijk="Smitsveen", open=0, waiting=0)
    for data in ("office:home:0", "office:state.balans.full:0", "office:switch.energiefonds_open:0"):
        (shown,) = at.press(ria, ria.card.id, data)
        assert shown.text == title
    with store.read() as tx:
        assert switches.all(tx, WIJK) == {}


def test_an_apology_is_in_the_language_that_was_chosen_and_names_a_door(store: Store) -> None:
    at = seated.table(store)
    at.handle([update(1, Command("start")), *answers("language:en:0", since=2)])
    with at.store.write() as tx:
        (english,) = at.handle.apology(tx, update(9, POISON))
        (dutch,) = at.handle.apology(tx, update(9, POISON, KARIM))
    assert english.reached_at == FATMA
    assert "De Plantage" in english.text
    assert dutch.text == CONTENT.words.phrase("nl", "notices.went_wrong", place="De Plantage")


def test_a_switch_that_was_rolled_back_is_not_remembered(store: Store) -> None:
    at = seated.table(store)
    seated.member(at, "coordinator")
    seated.member(at, "balans", "telegram:2002")
    tap = DashboardTap("state", "balans", "full")
    other = update(203, POISON, "telegram:2002")
    with pytest.raises(REFUSED):
        at.handle([update(201, tap, "telegram:2001"), update(202, Command("start")), other])
    fatma = seated.resident(at)
    (card,) = go(at, fatma, *ALONE)
    assert "Stichting Balans" in card.text
    assert "vol" not in card.text


def test_in_a_group_there_is_only_a_pointer_and_nothing_is_kept(store: Store) -> None:
    """Pitfall 26."""
    at = seated.table(store)
    out = at.handle([update(1, Elsewhere(), where=GROUP)])
    assert [(each.to, each.text, each.buttons) for each in out] == [
        (GROUP, CONTENT.words.phrase("nl", "overlays.group"), ())
    ]
    assert {name for name, rows in kept(store).items() if rows} == {"updates", "outbox"}


def test_a_group_never_shows_what_somebody_said_in_private(store: Store) -> None:
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    before = place_of(at)
    out = at.handle([update(99, Elsewhere(), where=GROUP)])
    assert {each.to for each in out} == {GROUP}
    assert place_of(at) == before


def test_a_block_is_noted_and_ends_with_the_next_word(store: Store) -> None:
    at = seated.table(store)
    fatma = seated.resident(at)

    def blocked() -> bool:
        with store.read() as tx:
            return conversations.look(tx, WIJK, [fatma.id])[fatma.id].blocked

    assert at.hear(fatma, Blocked(True)) == []
    assert blocked()
    at.type(fatma, "hallo")
    assert not blocked()
    at.hear(fatma, Blocked(True))
    at.hear(fatma, Blocked(False))
    assert not blocked()
    assert place_of(at) == ("menu.worries", 1)


def test_buttons_outlive_the_bot(store: Store) -> None:
    """Pitfall 3: nothing about a button is remembered anywhere but in the button."""
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, "+people")
    laid, button = seated.button(fatma, "_next")
    reborn = seated.table(store)
    (shown,) = reborn.handle([update(500, decode(button.data), message=laid.id)])
    assert shown.edit == laid.id
    assert place_of(reborn) == ("referral.people", 2)


def test_a_doubled_tap_shows_where_somebody_is_and_books_nothing(store: Store) -> None:
    """Pitfall 1: an hour apart, too."""
    at = Table(CONTENT, store, clock := Clock())
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    laid, button = seated.button(fatma, "all")
    at.press(fatma, laid.id, button.data)
    once = seated.place(at, fatma)
    for hours in (0, 1):
        clock.forward(hours=hours)
        (told,) = at.press(fatma, laid.id, button.data)
        assert told.text.startswith(CONTENT.words.phrase("nl", "notices.old_button"))
    assert seated.place(at, fatma) == once


def test_an_old_card_in_another_language_still_works_and_its_old_buttons_are_told_so(store: Store) -> None:
    """Pitfall 21: nothing is ever matched by its label."""
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, "+people")
    laid, button = seated.button(fatma, "_next")
    at.press(fatma, None, "language:ar:0")
    at.press(fatma, laid.id, button.data)
    place = seated.place(at, fatma)
    assert (place.step, place.language) == ("referral.people", "ar")
    (told,) = at.press(fatma, laid.id, button.data)
    assert told.text.startswith(CONTENT.words.phrase("ar", "notices.old_button"))


def test_a_change_of_language_draws_the_same_card_in_the_other_language(store: Store) -> None:
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, "+people", "_next")
    dutch = [button.data for row in fatma.card.buttons for button in row]
    (english,) = at.press(fatma, fatma.card.id, "language:en:0")
    assert sorted(button.data for row in english.buttons for button in row) == sorted(dutch)


def test_a_link_in_the_middle_is_counted_and_asks_whether_to_go_on(store: Store) -> None:
    """Pitfall 20."""
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    before = seated.place(at, fatma)
    (asked,) = at.type(fatma, "/start ev12")
    assert CONTENT.words.phrase("nl", "nav.go_on") in [b.text for row in asked.buttons for b in row]
    assert seated.place(at, fatma) == before
    with store.read() as tx:
        assert link_counts.of_code(tx, WIJK, "ev12") == {NOW.date(): 1}
    go(at, fatma, "_stay")
    assert seated.place(at, fatma) == before


@pytest.mark.parametrize(
    "payload",
    ["ev12", "x" * 64, "x" * 65, "ev12==", "ev 12", "i_", "i_KAPOT", "i_" + "A" * 62, "é", "../..", "w_4F7-x", "'--"],
)
def test_whatever_a_link_carries_the_newcomer_is_greeted(store: Store, payload: str) -> None:
    """Pitfall 29: cut off, tampered with, expired or made up."""
    at = seated.table(store)
    fatma = at.sit(FATMA, "Fatma")
    news = at.type(fatma, f"/start {payload}")
    assert [button.data.split(":")[0] for row in news[-1].buttons for button in row].count("language") == 3


def test_what_was_typed_after_start_is_not_kept(store: Store) -> None:
    at = seated.table(store)
    at.type(at.sit(FATMA, "Fatma"), "/start ik ben Fatma van nummer 12")
    assert seated.found(store, "nummer 12") == []


def test_the_keyboard_for_a_number_is_put_up_and_taken_away(store: Store) -> None:
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, *ALONE, "first", "ok", "yes", "shown", "phone")
    assert fatma.news[-1].ask_contact
    out = at.handle(
        [update(900, ChartTap("handoff.phone", "_back", seated.place(at, fatma).revision), message=fatma.card.id)]
    )
    assert [each.drop_keyboard for each in out].count(True) == 1


@pytest.mark.parametrize("heard", [Text("iets"), Media("voice"), Command("zomaar"), NoTap(), ChartTap("x.y", "z", 9)])
def test_whatever_is_said_gets_an_answer_with_a_way_on(store: Store, heard: Heard) -> None:
    """Pitfall 18."""
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    before = seated.place(at, fatma)
    news = at.hear(fatma, heard)
    assert news
    assert news[-1].buttons
    assert seated.place(at, fatma) == before


def test_what_was_asked_to_be_erased_does_not_come_back_with_the_next_update_of_the_batch(store: Store) -> None:
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    turn = seated.place(at, fatma).revision
    out = at.handle(
        [
            update(701, Command("mijngegevens")),
            update(702, ChartTap("erase", "yes", turn), message=fatma.card.id),
            update(703, ChartTap("advice.help", "all", turn), message=fatma.card.id),
        ]
    )
    place = seated.place(at, fatma)
    assert (place.step, place.trail, place.language) == ("menu.welcome", (), None)
    assert CONTENT.words.phrase("nl", "notices.erased") in texts(out)
    assert CONTENT.words.phrase("nl", "data.title") not in texts(out), "what was waiting is not sent any more"
    with store.read() as tx:
        assert outbox.count(tx, WIJK) == len(out)


def test_a_handoff_and_its_erasure_in_one_batch_reach_nobody_with_a_name(store: Store) -> None:
    at = seated.table(store)
    ans = seated.member(at, "balans")
    fatma = seated.resident(at)
    seated.asked(at, fatma)
    place = seated.place(at, fatma)
    _, yes = seated.button(fatma, "handoff.consent:yes")
    out = at.handle(
        [
            update(801, decode(yes.data), message=fatma.card.id),
            update(802, ChartTap("erase", "yes", place.revision + 1), message=fatma.card.id),
        ]
    )
    assert "Fatma" not in texts(each for each in out if each.to == ans.id)
    assert seated.found(store, "Fatma") == []


def test_after_a_long_silence_somebody_begins_anew_in_their_own_language_and_old_buttons_stay_old(
    store: Store,
) -> None:
    at = seated.table(store)
    fatma = seated.resident(at)
    go(at, fatma, *ALONE)
    laid, button = seated.button(fatma, "first")
    with store.write() as tx:
        conversations.empty(tx, WIJK, [fatma.id], NOW)
    (told,) = at.press(fatma, laid.id, button.data)
    place = seated.place(at, fatma)
    assert (place.step, place.trail, place.language) == ("menu.welcome", (), "nl")
    assert told.text.startswith(CONTENT.words.phrase("nl", "notices.old_button"))
    assert place.revision > int(button.data.split(":")[2], 36)


def test_every_button_that_is_drawn_is_heard_as_it_was_meant(store: Store) -> None:
    """Pitfall 6: at most 64 bytes; the channel's ear and the table's ear are one."""
    at = seated.table(store)
    ria = seated.member(at, "coordinator", "telegram:2001", "Ria")
    ans = seated.member(at, "balans", "telegram:2002", "Ans")
    fatma = seated.resident(at)
    go(at, fatma, "+people")
    go(at, fatma, "_next", "meet", "_why", "advice.help:_stay", "first", *seated.ABOUT_ME)
    seen = buttons(fatma)
    go(at, fatma, "handoff.consent:yes", "_help")
    seen |= buttons(fatma)
    go(at, fatma, "stop_help:" + seated.leads_of(at, fatma)[0].token)
    at.type(ria, "/coordinator")
    seen |= buttons(ria)
    go(at, ria, "partner.goos")
    go(at, ans, "view")
    seen |= buttons(ans)
    go(at, ans, "decline")
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
    return {b.data for laid in person.chat.values() for row in laid.buttons for b in row}


def test_an_invitation_greets_a_member_and_asks_no_language(store: Store) -> None:
    at = seated.table(store)
    ans = at.sit("telegram:2001", "Ans")
    (welcome,) = at.type(ans, f"/start {INVITATION}{seated.invitation(at, 'balans')}")
    assert "Stichting Balans" in welcome.text
    assert seated.place(at, ans).language == "nl"


def test_warming_up_changes_nothing(store: Store) -> None:
    at = seated.table(store)
    before = seated.everything(store)
    at.handle.warm_up()
    assert seated.everything(store) == before
