"""Messages between a resident and whoever took their lead: only while it is open, and only between those two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.demo.simulator import Person
from bot.leads.relay import may_write
from bot.messages.message import Incoming, Outgoing
from bot.messages.taps.buttons import Tap
from bot.messages.taps.members import LeadTap
from bot.messages.taps.residents import ReplyTap
from db import tables
from db.leads.lead import Lead
from db.people import conversations
from db.people.members import Member
from db.queue import outbox
from db.records import audit
from db.store import Store
from flows.model.heard import Blocked, ChartTap, Heard, StopHelpTap, Text
from flows.model.names import NOT_SENT, TO_PARTNER, TO_RESIDENT
from flows.model.place import Place
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK

QUESTION, ANSWER = "Zal ik morgen bellen?", "Ja, graag om tien uur"

ENDS = ("complete.helped", "complete.not_needed", "withdrawn", "erased")
"""How a lead that somebody took comes to its end."""


def phrase(key: str, language: str = "nl", **fields: object) -> str:
    return CONTENT.words.phrase(language, key, **fields)


class Line:
    """Ans and Bep of Balans, Ria the coordinator, and Fatma, whose lead Ans took."""

    def __init__(self, store: Store) -> None:
        self.sim, self._updates = simulated.simulator(store), 9000
        self.ans = simulated.member(self.sim, "balans", "telegram:2001", "Ans")
        self.bep = simulated.member(self.sim, "balans", "telegram:2002", "Bep")
        self.ria = simulated.member(self.sim, "coordinator", "telegram:2004", "Ria")
        self.fatma = simulated.resident(self.sim)
        self.lead = simulated.handed_over(self.sim, self.fatma)
        self.tap(self.ans, "accept")

    def now(self) -> Lead:
        """The lead as it is now."""
        return simulated.lead(self.sim, self.lead.id)

    def tap(self, person: Person, answer: str) -> str:
        """Tap this under the lead as it is now; gives what the person then reads, and nobody has older news."""
        self.hush()
        data = simulated.under(self.lead, answer, self.now().version)
        return "\n".join(each.text for each in self.sim.press(person, person.card.id, data))

    def answers(self) -> str:
        """Fatma taps *Antwoord*; gives what she then reads."""
        self.hush()
        return "\n".join(each.text for each in self.sim.hear(self.fatma, ReplyTap(self.lead.token)))

    def ends(self, how: str) -> None:
        """The lead comes to this end, by Bep or by Fatma."""
        if how == "withdrawn":
            self.sim.hear(self.fatma, StopHelpTap(self.lead.token, self.place(self.fatma).revision, sure=True))
        elif how == "erased":
            self.erases(self.fatma)
        else:
            self.tap(self.bep, how)
        assert self.now().closed_at == NOW
        self.hush()

    def erases(self, person: Person) -> None:
        """This person has everything about them erased."""
        self.sim.hear(person, ChartTap("erase", "yes", self.place(person).revision))

    def place(self, person: Person) -> Place:
        """Where this person stands."""
        return simulated.place(self.sim, person)

    def stands(self, person: Person, step: str) -> None:
        """This person is asked for a message about the lead, whatever led there."""
        place = replace(self.place(person).moved(step, ()), about=self.lead.id)
        with self.sim.store.write() as tx:
            kept = conversations.look(tx, WIJK, [person.id])[person.id]
            saved = replace(kept, place=place.to_dict(), step=step, revision=place.revision)
            conversations.save(tx, WIJK, [saved], NOW)
        self.hush()

    def decided(self, person: Person, heard: Heard | Tap) -> list[Outgoing]:
        """What this leads to, before anything of it is delivered."""
        self._updates += 1
        return self.sim.handle([Incoming("telegram", self._updates, person.address, person.address, heard)])

    def hush(self) -> None:
        for person in self.sim.people.values():
            person.news.clear()


@pytest.fixture
def line(store: Store) -> Line:
    return Line(store)


def texts(person: Person) -> list[str]:
    return [each.text for each in person.news]


def test_whoever_took_an_open_lead_may_write_and_nobody_else_and_never_about_a_closed_or_erased_one(line: Line) -> None:
    lead = line.now()
    ans = Member(line.ans.id, "balans", "partner", "Ans", NOW, "k7m2p9qr")
    assert may_write(lead, ans)
    assert not may_write(lead, replace(ans, person=line.bep.id))
    assert not may_write(replace(lead, assignee=None), ans)
    assert not may_write(replace(lead, closed_at=NOW), ans)
    assert not may_write(replace(lead, resident=None), ans)


@pytest.mark.parametrize("end", ENDS)
def test_a_member_is_asked_for_no_message_about_a_lead_that_ended(line: Line, end: str) -> None:
    line.ends(end)
    line.tap(line.ans, "write")
    assert line.place(line.ans).step != TO_RESIDENT
    assert phrase("desk.write") not in str(line.ans.card.buttons)
    line.sim.type(line.ans, QUESTION)
    assert texts(line.fatma) == []


@pytest.mark.parametrize("end", ENDS)
def test_a_resident_is_asked_for_no_message_about_a_lead_that_ended(line: Line, end: str) -> None:
    line.ends(end)
    assert line.answers() == phrase("relay.closed")
    line.sim.type(line.fatma, ANSWER)
    assert texts(line.ans) == []
    assert end == "erased" or line.place(line.fatma).step != TO_PARTNER


@pytest.mark.parametrize("end", ENDS)
def test_what_a_member_was_typing_when_the_lead_ended_goes_to_nobody_and_they_are_told(line: Line, end: str) -> None:
    line.tap(line.ans, "write")
    assert line.place(line.ans).step == TO_RESIDENT
    line.ends(end)
    line.sim.type(line.ans, QUESTION)
    assert texts(line.ans)[0] == phrase("relay.closed")
    assert line.place(line.ans).step == NOT_SENT
    assert texts(line.fatma) == []
    assert simulated.found(line.sim.store, QUESTION) == []


@pytest.mark.parametrize(("end", "told"), [("complete.helped", "closed"), ("fail.no_contact", "nobody")])
def test_what_a_resident_was_typing_when_the_helper_stopped_goes_to_nobody_and_they_are_told(
    line: Line, end: str, told: str
) -> None:
    """After a failure the coordinator has it, but nobody took it yet."""
    line.answers()
    assert line.place(line.fatma).step == TO_PARTNER
    line.tap(line.bep, end)
    line.hush()
    line.sim.type(line.fatma, ANSWER)
    assert texts(line.fatma)[0] == phrase(f"relay.{told}")
    assert line.place(line.fatma).step == NOT_SENT
    assert (texts(line.ans), texts(line.bep), texts(line.ria)) == ([], [], [])
    assert simulated.found(line.sim.store, ANSWER) == []


def test_an_answer_to_a_lead_that_nobody_has_taken_any_more_goes_to_nobody_and_they_are_told(line: Line) -> None:
    line.answers()
    line.erases(line.ans)
    assert line.now().assignee is None
    assert line.now().closed_at is None
    line.hush()
    line.sim.type(line.fatma, ANSWER)
    assert texts(line.fatma)[0] == phrase("relay.nobody")
    assert line.place(line.fatma).step == NOT_SENT
    assert (texts(line.bep), texts(line.ria)) == ([], [])


def test_nobody_is_asked_for_an_answer_to_the_lead_of_somebody_else(line: Line) -> None:
    karim = simulated.resident(line.sim, "telegram:1002", "Karim")
    before = line.place(karim)
    told = line.sim.hear(karim, ReplyTap(line.lead.token))
    assert [each.text for each in told] == [phrase("relay.closed")]
    assert line.place(karim) == before


@pytest.mark.parametrize("who", ["karim", "bep", "ria"])
def test_nobody_speaks_to_a_partner_in_the_name_of_the_resident(line: Line, who: str) -> None:
    """Also when the place says so: the lead itself says whose it is."""
    person = simulated.resident(line.sim, "telegram:1002", "Karim") if who == "karim" else getattr(line, who)
    line.stands(person, TO_PARTNER)
    line.sim.type(person, ANSWER)
    assert texts(person)[0] == phrase("relay.closed")
    assert texts(line.ans) == []


@pytest.mark.parametrize("who", ["karim", "bep", "ria", "fatma"])
def test_nobody_speaks_to_the_resident_in_the_name_of_the_member(line: Line, who: str) -> None:
    person = simulated.resident(line.sim, "telegram:1002", "Karim") if who == "karim" else getattr(line, who)
    line.stands(person, TO_RESIDENT)
    line.sim.type(person, QUESTION)
    assert texts(person)[0] == phrase("relay.closed")
    assert not any(QUESTION in each.text for each in line.fatma.chat.values())


def test_words_to_a_resident_who_does_not_read_the_chat_are_not_sent_and_the_member_is_told(line: Line) -> None:
    line.tap(line.ans, "write")
    line.sim.hear(line.fatma, Blocked(True))
    line.hush()
    line.sim.type(line.ans, QUESTION)
    assert texts(line.ans)[0] == f"{line.lead.code}\n{phrase('desk.away')}\n{phrase('desk.away_chat')}"
    assert line.place(line.ans).step == NOT_SENT
    assert texts(line.fatma) == []
    assert simulated.found(line.sim.store, QUESTION) == []


def test_words_to_a_member_who_does_not_read_the_chat_are_not_sent_and_the_resident_is_told(line: Line) -> None:
    line.answers()
    line.sim.hear(line.ans, Blocked(True))
    line.hush()
    line.sim.type(line.fatma, ANSWER)
    assert texts(line.fatma)[0] == phrase("relay.nobody")
    assert line.place(line.fatma).step == NOT_SENT
    assert texts(line.ans) == []
    assert simulated.found(line.sim.store, ANSWER) == []


def test_what_was_written_waits_under_its_lead_and_goes_when_the_lead_is_withdrawn(store: Store) -> None:
    """`outbox.lead` is how a withdrawal finds what waits about it: no words are searched."""
    line = Line(store)
    line.tap(line.ans, "write")
    sent = line.decided(line.ans, Text(QUESTION))
    line.answers()
    sent += line.decided(line.fatma, Text(ANSWER))
    about = {(each.to, each.lead) for each in sent if QUESTION in each.text or ANSWER in each.text}
    assert about == {(line.fatma.id, line.lead.id), (line.ans.id, line.lead.id)}
    with store.write() as tx:
        assert outbox.drop_about(tx, WIJK, [line.lead.id]) == 4, "and both receipts, which name the other"


def test_the_audit_says_that_somebody_wrote_and_never_which_resident(line: Line) -> None:
    line.tap(line.ans, "write")
    line.sim.type(line.ans, QUESTION)
    line.answers()
    line.sim.type(line.fatma, ANSWER)
    with line.sim.store.read() as tx:
        noted = [(each.actor, each.what, each.lead) for each in audit.since(tx, WIJK, NOW) if "message" in each.what]
    assert noted == [
        (line.ans.id, "message.to_resident", line.lead.id),
        ("resident", "message.to_partner", line.lead.id),
    ]


def test_a_resident_reads_who_writes_in_the_language_that_they_read_now_and_a_member_reads_dutch(line: Line) -> None:
    line.sim.press(line.fatma, line.fatma.card.id, "language:en:0")
    line.tap(line.ans, "write")
    line.sim.type(line.ans, QUESTION)
    (told,) = texts(line.fatma)
    partner = CONTENT.words.partner("en", CONTENT.wijk.partners["balans"])
    code = line.lead.code
    text = f"{QUESTION}\n\nLanguage: Dutch"
    assert told == phrase("relay.message", "en", member="Ans", partner=partner, code=code, text=text)
    assert [[each.text for each in row] for row in line.fatma.card.buttons] == [
        [phrase("relay.say", "en")],
        [phrase("relay.reply", "en")],
        [phrase("nav.my_help", "en"), phrase("nav.danger", "en")],
        [phrase("nav.hide", "en")],
    ]
    line.answers()
    line.sim.type(line.fatma, ANSWER)
    assert texts(line.ans) == [phrase("desk.message", code=code, text=f"{ANSWER}\n\nTaal: Engels")]


def test_a_lead_of_somebody_who_came_back_without_a_language_is_told_in_the_language_it_was_made_in(
    line: Line,
) -> None:
    with line.sim.store.write() as tx:
        kept = conversations.look(tx, WIJK, [line.fatma.id])[line.fatma.id]
        conversations.save(tx, WIJK, [replace(kept, language="")], NOW)
        tx.execute(update(tables.leads).values(language="en"))
    line.tap(line.ans, "write")
    line.sim.type(line.ans, QUESTION)
    assert phrase("relay.reply", "en") in str(line.fatma.card.buttons)


def test_the_coordinator_writes_as_the_coordinator(line: Line) -> None:
    line.tap(line.ans, "fail.no_contact")
    line.tap(line.ria, "reopen")
    assert line.now().contact_by == line.lead.contact_by, "what was promised and has not passed still counts"
    day = CONTENT.words.day("nl", (line.lead.contact_by or NOW).date())
    assert texts(line.fatma) == [
        phrase("leads.accepted_coordinator", code=line.lead.code, member="Ria", deadline=day)
    ], "there is no contact yet, and nobody says so"
    line.tap(line.ria, "write")
    line.sim.type(line.ria, QUESTION)
    assert texts(line.fatma) == [phrase("relay.message_coordinator", member="Ria", code=line.lead.code, text=QUESTION)]


def test_what_the_coordinator_does_with_what_nobody_else_reads_is_told_as_the_coordinator(store: Store) -> None:
    sim = simulated.simulator(store)
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    fatma.news.clear()
    sim.press(ria, ria.card.id, simulated.under(lead, "accept", 1))
    assert lead.contact_by is not None
    deadline = CONTENT.words.day("nl", lead.contact_by.date())
    told = phrase("leads.accepted_coordinator", code=lead.code, member="Ria", deadline=deadline)
    assert texts(fatma) == [told]


def test_a_resident_reads_the_day_that_was_promised_and_not_today(line: Line) -> None:
    """Whoever took the lead keeps the day that the receipt named."""
    (told,) = [each.text for each in line.fatma.chat.values() if "Ans" in each.text]
    lead = line.now()
    assert lead.contact_by is not None
    assert lead.contact_by.date() != NOW.date()
    assert CONTENT.words.day("nl", lead.contact_by.date()) in told


def test_what_a_resident_hears_of_a_move_waits_under_its_lead(line: Line) -> None:
    tap = LeadTap(line.lead.token, "contact", version=line.now().version)
    assert [each.lead for each in line.decided(line.ans, tap) if each.to == line.fatma.id] == [line.lead.id]


def read(person: Person) -> str:
    """All that this person's phone shows."""
    return "\n".join(each.text for each in person.chat.values())


@pytest.mark.parametrize("how", ["withdrawn", "erased", "erased when it was done"])
def test_what_a_member_was_told_about_a_lead_is_blanked_when_its_resident_takes_it_back(line: Line, how: str) -> None:
    """Their words and every notice; other leads are as they were. An erasure empties the resident's chat, too."""
    line.answers()
    line.sim.type(line.fatma, ANSWER)
    line.tap(line.ans, "write")
    line.sim.type(line.ans, QUESTION)
    notices = [id for id, each in line.bep.chat.items() if line.lead.code in each.text]
    if how == "erased when it was done":
        line.ends("complete.helped")
    other = simulated.handed_over(line.sim, simulated.resident(line.sim, "telegram:1002", "Karim"))
    (theirs,) = [each for each in line.ans.chat.values() if other.code in each.text]
    assert ANSWER in read(line.ans)
    line.ends(how.split()[0])
    assert ANSWER not in read(line.ans)
    gone = {phrase("desk.withdrawn", code=line.lead.code), phrase("desk.erased")}
    assert notices
    assert {line.bep.chat[id].text for id in notices} <= gone
    assert theirs in line.ans.chat.values()
    assert (QUESTION in read(line.fatma)) == (how == "withdrawn")


@pytest.mark.parametrize("end", ["withdrawn", "erased"])
def test_each_message_about_a_lead_is_blanked_by_one_edit(line: Line, end: str) -> None:
    line.tap(line.bep, "view")
    revision = line.place(line.fatma).revision
    withdraw = StopHelpTap(line.lead.token, revision, sure=True)
    out = line.decided(line.fatma, withdraw if end == "withdrawn" else ChartTap("erase", "yes", revision))
    edits = [(each.to, each.edit) for each in out if each.edit is not None and each.to != line.fatma.id]
    assert {to for to, _ in edits} == {line.ans.id, line.bep.id}
    assert len(edits) == len(set(edits))
