"""What waits for the coordinator stands in lines, urgent first, and each is decided in three taps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.content.loaded import ZONE
from bot.demo.simulator import Person, Shown
from bot.leads.members import weekly
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import DashboardTap, LeadTap
from bot.messages.ticks import LookAtLeads
from db.leads.consent import passings
from db.leads.lead import Lead
from db.records import switches
from db.store import Store
from flows.model.heard import Blocked, StopHelpTap
from tests import simulated
from tests.simulated import NOW, WIJK, Clock, go
from tests.unit.bot.screens.partner.room import Room


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def ticks(room: Room) -> None:
    while not (ticked := room.sim.handle.tick(LookAtLeads())).all_done:
        room.sim.deliver(list(ticked.messages))


def at(room: Room, after: timedelta) -> None:
    """It is so long after `NOW`; the clock looked twice a day. Only what comes at last is news."""
    clock = room.sim.handle.now
    assert isinstance(clock, Clock)
    while clock.moment < NOW + after:
        room.hush()
        clock.moment = min(clock.moment + timedelta(hours=12), NOW + after)
        ticks(room)


def passes(room: Room, days: int) -> None:
    at(room, timedelta(days=days))


def another(room: Room, number: int, name: str) -> Lead:
    """Somebody else hands over to Balans."""
    person = simulated.resident(room.sim, f"telegram:{5000 + number}", name)
    return simulated.handed_over(room.sim, person)


def home(room: Room, person: Person | None = None) -> Shown:
    (card,) = room.sim.hear(person or room.ria, DashboardTap())
    return card


def lines(card: Shown) -> list[str]:
    return [each.text for row in card.buttons for each in row if "KOP-" in each.text]


def test_nothing_waits_at_first_and_the_card_fits_a_screen(room: Room) -> None:
    card = home(room)
    assert "Wacht op jou: 0" in card.text
    assert lines(card) == []
    assert len(card.buttons) <= 8


def test_what_fell_what_came_back_and_what_is_in_danger_each_stand_in_one_line(room: Room) -> None:
    fell, back, danger = (another(room, number, name) for number, name in enumerate(["Een", "Twee", "Drie"]))
    room.do(room.ans, fell, "decline.other")
    room.do(room.ans, back, "return")
    passes(room, days=8)
    card = home(room)
    assert "Wacht op jou: 3" in card.text
    assert sorted(lines(card)) == sorted(
        [
            f"{fell.code} · niet aangenomen",
            f"{back.code} · kwam terug",
            f"{danger.code} · belofte in gevaar · Stichting Balans",
        ]
    )
    assert len(card.buttons) <= 8


def test_what_cannot_wait_comes_first(room: Room) -> None:
    first, urgent = another(room, 1, "Een"), another(room, 2, "Twee")
    with room.sim.store.write() as tx:
        tx.exec_driver_sql(f"UPDATE leads SET urgent = TRUE WHERE id = {urgent.id}")
    for lead in (first, urgent):
        room.do(room.ans, lead, "decline.other")
    assert [each.split(" · ")[0] for each in lines(home(room))] == [f"❗ {urgent.code}", first.code]


def test_who_does_not_read_and_can_be_reached_in_no_other_way_waits(room: Room) -> None:
    lead = room.handed_over()
    room.sim.hear(room.fatma, Blocked(True))
    assert lines(home(room)) == [f"{lead.code} · bewoner leest niet · Stichting Balans"]
    room.sim.hear(room.fatma, Blocked(False))
    assert lines(home(room)) == []


def test_a_deputy_sees_the_same_and_nobody_else_sees_any(room: Room) -> None:
    room.do(room.ans, room.handed_over(), "decline.other")
    eva = room.sim.person("telegram:2009", "Eva")
    room.sim.type(eva, f"/start i_{simulated.invitation(room.sim, 'coordinator', 'deputy')}")
    assert lines(home(room, eva)) == lines(home(room))
    assert lines(home(room, room.ans)) == []


def test_a_lead_in_danger_is_brought_here_and_taken_in_two_taps(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "view")
    passes(room, days=8)
    assert "Fatma" not in home(room).text
    go(room.sim, room.ria, f"lead.{lead.token}")
    assert "Fatma" not in room.ria.card.text
    assert "Ans" not in room.ria.card.text
    room.hush()
    version = simulated.lead(room.sim, lead.id).version
    go(room.sim, room.ria, f"fetch.{lead.token}.{version}_accept")
    now = simulated.lead(room.sim, lead.id)
    assert (now.inbox, now.status, now.assignee) == ("coordinator", "accepted", room.ria.id)
    (told,) = [each.text for each in room.fatma.news]
    assert "Ria" in told
    assert "Je hoort iets op" in told
    assert "Fatma" not in "\n".join(each.text for each in room.ans.chat.values())
    assert "Fatma" in room.ria.card.text


def test_what_waits_for_a_resident_waits_for_the_coordinator_when_they_want_to_talk(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.other")
    go(room.sim, room.ria, f"{lead.token}:view", f"{lead.token}:pass_on", "pass.eas")
    assert lines(home(room)) == []
    go(room.sim, room.fatma, "pass_talk")
    assert lines(home(room)) == [f"{lead.code} · bewoner wil praten"]


def test_a_lead_that_is_in_no_danger_stays_where_it_is(room: Room) -> None:
    lead = room.handed_over()
    for act in ("lead", "fetch"):
        room.sim.hear(room.ria, DashboardTap(act, lead.token, str(lead.version)))
        assert simulated.lead(room.sim, lead.id) == lead
        assert lead.code not in room.ria.card.text
    passes(room, days=8)
    room.sim.hear(room.ria, DashboardTap("fetch", lead.token, "99"))
    room.sim.hear(room.ans, DashboardTap("fetch", lead.token, str(lead.version)))
    assert simulated.lead(room.sim, lead.id).inbox == "balans"


def decide(room: Room, person: Person, *answers: str) -> int:
    """Tap these, and count them."""
    go(room.sim, person, *answers)
    return len(answers)


def test_mondays_pile_of_ten_is_decided_in_at_most_three_taps_each(room: Room) -> None:
    """Half were declined, half came back; taken over, passed on and called done in turn."""
    pile = [another(room, number, f"Bewoner{number}") for number in range(10)]
    for number, lead in enumerate(pile):
        room.do(room.ans, lead, "decline.other" if number % 2 else "return")
    counted = []
    for number, lead in enumerate(pile):
        before = simulated.lead(room.sim, lead.id)
        take = "reopen" if before.status == "declined" else "accept"
        ways = ((f"{lead.token}:{take}",), (f"{lead.token}:pass_on", "pass.eas"), (f"{lead.token}:end", "end.helped"))
        room.sim.hear(room.ria, DashboardTap("waiting"))
        data = encode(LeadTap(lead.token, "view", version=before.version))
        listed = {b.data for row in room.ria.card.buttons for b in row}
        if data not in listed:
            go(room.sim, room.ria, "waiting.8")
        room.sim.press(room.ria, room.ria.card.id, data)
        counted.append(1 + decide(room, room.ria, *ways[number % 3]))
        with room.sim.store.read() as tx:
            after = simulated.lead(room.sim, lead.id)
            assert after.version > before.version or passings.of_lead(tx, WIJK, lead.id) is not None
    assert max(counted) == 3


def monday(hour: int = 9, weeks: int = 0) -> timedelta:
    """Until Monday 30 November at this hour, or so many weeks later."""
    return datetime(2026, 11, 30, hour, tzinfo=ZONE) - NOW + timedelta(weeks=weeks)


def lists(room: Room) -> int:
    return sum("De week van" in each.text for each in room.ria.news)


def test_the_list_comes_on_monday_at_nine_once_whoever_looks(room: Room) -> None:
    ticks(room)
    room.do(room.ans, room.handed_over(), "decline.other")
    at(room, monday(8))
    assert lists(room) == 0
    at(room, monday(9))
    assert lists(room) == 1
    (told,) = [each.text for each in room.ria.news if "De week van" in each.text]
    assert "Nieuw: 1\nOpgepakt: 0\nAfgerond: 0" in told
    assert "Wacht op jou: 1" in told
    assert "Fatma" not in told
    for hour in (10, 15):
        at(room, monday(hour))
        assert lists(room) == 0
    reborn = simulated.simulator(room.sim.store, room.sim.handle.now, since=5000)
    reborn.deliver(list(reborn.handle.tick(LookAtLeads()).messages))
    assert not any("De week van" in each.text for person in reborn.people.values() for each in person.chat.values())
    at(room, monday(9, weeks=1))
    assert lists(room) == 1


def test_the_list_comes_on_the_day_that_the_coordinator_chose(room: Room) -> None:
    ticks(room)
    room.handed_over()
    go(room.sim, room.ria, *(["rest", "week", "week.2"] if home(room) else []))
    assert "woensdag" in room.ria.card.text
    at(room, monday(9))
    assert lists(room) == 0
    at(room, monday(9) + timedelta(days=2))
    assert lists(room) == 1


def test_a_list_that_nobody_could_send_comes_later_and_by_day(room: Room) -> None:
    ticks(room)
    at(room, monday(21))
    assert lists(room) == 0
    at(room, monday(9) + timedelta(days=1))
    at(room, monday(10) + timedelta(days=1))
    with room.sim.store.read() as tx:
        assert weekly.SENT in switches.all(tx, WIJK)
    at(room, monday(9) + timedelta(days=2))
    assert lists(room) == 0


def test_on_a_holiday_the_list_comes_on_the_next_day_to_work() -> None:
    easter_monday = datetime(2027, 3, 29, 12, tzinfo=ZONE)
    assert weekly.moment(easter_monday, 0) == datetime(2027, 3, 22, 9, tzinfo=ZONE)
    assert weekly.moment(easter_monday + timedelta(days=1), 0) == datetime(2027, 3, 30, 9, tzinfo=ZONE)


def test_an_old_line_of_a_lead_whose_resident_stopped_shows_nothing(room: Room) -> None:
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.other")
    data = next(b.data for row in home(room).buttons for b in row if lead.code in b.text)
    assert isinstance(decode(data), LeadTap)
    revision = simulated.place(room.sim, room.fatma).revision
    room.sim.press(room.fatma, None, encode(StopHelpTap(lead.token, revision, sure=True)))
    assert lines(home(room)) == []
    room.sim.press(room.ria, room.ria.card.id, data)
    assert "ingetrokken" in room.ria.card.text


@pytest.mark.parametrize(
    ("move", "choice", "status"), [("end", "end.helped", "ended"), ("pass_on", "pass.balans", "redirected")]
)
def test_a_lead_in_danger_is_passed_on_or_ended_in_three_taps(room: Room, move: str, choice: str, status: str) -> None:
    lead = room.handed_over()
    passes(room, days=8)
    version = simulated.lead(room.sim, lead.id).version
    home(room)
    room.hush()
    go(room.sim, room.ria, f"lead.{lead.token}", f"fetch.{lead.token}.{version}_{move}", choice)
    assert simulated.lead(room.sim, lead.id).status == status
    assert "De coördinator kijkt nu zelf mee." in "\n".join(each.text for each in room.fatma.news)
    assert not any("kwam terug" in each.text for each in room.ria.news), "who brought it here knows"


def test_who_brings_a_lead_here_reads_no_notice_of_it_and_the_others_do(room: Room) -> None:
    eva = simulated.member(room.sim, "coordinator", "telegram:2009", "Eva")
    lead = room.handed_over()
    passes(room, days=8)
    home(room)
    version = simulated.lead(room.sim, lead.id).version
    room.hush()
    go(room.sim, room.ria, f"lead.{lead.token}", f"fetch.{lead.token}.{version}_accept")
    assert [each.text for each in room.ria.news if each.id != room.ria.card.id] == []
    assert lead.code in "\n".join(each.text for each in eva.news)
    room.sim.hear(eva, DashboardTap("fetch", lead.token, f"{version}_end"))
    assert simulated.lead(room.sim, lead.id).assignee == room.ria.id, "the first of two wins"


def test_nobody_brings_their_own_question_here(room: Room) -> None:
    lead = room.handed_over()
    passes(room, days=8)
    simulated.joins(room.sim, room.fatma, "coordinator")
    version = simulated.lead(room.sim, lead.id).version
    room.sim.hear(room.fatma, DashboardTap("fetch", lead.token, f"{version}_accept"))
    assert simulated.lead(room.sim, lead.id).inbox == "balans"


@pytest.mark.parametrize("others", [0, 1])
def test_what_a_coordinator_took_stays_theirs_unless_another_one_can_take_it(room: Room, others: int) -> None:
    """Who coordinates alone would have to decide the same again."""
    for number in range(others):
        simulated.member(room.sim, "coordinator", f"telegram:{2009 + number}", "Eva")
    lead = room.handed_over()
    room.do(room.ans, lead, "decline.other")
    room.do(room.ria, lead, "reopen")
    told = []
    for day in range(1, 25):
        passes(room, days=day)
        told += [each.text for each in room.fatma.news]
    now = simulated.lead(room.sim, lead.id)
    assert (now.status, now.assignee) == (("sent", None) if others else ("accepted", room.ria.id))
    assert now.due_at is not None
    assert any("Loop" in each or "loop" in each for each in told), "no day passes without a word"
    (line,) = lines(home(room))
    assert line == f"{lead.code} · {'kwam terug' if others else 'belofte in gevaar'}", "what is late is in sight"
