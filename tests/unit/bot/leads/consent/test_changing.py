"""A resident changes what is shared of an open lead: after a yes to exactly that, and whoever has it open reads so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.demo.simulator import Shown, sound_of
from bot.leads.consent.changing import CHANGED, packet_for
from bot.messages.message import Incoming
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import LeadTap, PassTap
from bot.messages.taps.residents import ChangeTap, ListenTap, MineTap, YesTap
from db import tables
from db.leads import leads, views
from db.leads.consent import consents, disclosures, passings
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import Contact
from flows.model.names import CHANGE, MORE_WORDS, REACH
from flows.model.place import SPOKEN, TYPED, Given
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, go
from tests.unit.bot.leads.test_relay import ENDS, Line, phrase, texts

PHONE = "+31612345678"


class Untaken:
    """Ans and Bep of Balans, Omar elsewhere and Ria the coordinator; nobody took Fatma's lead yet."""

    def __init__(self, store: Store) -> None:
        self.sim = simulated.simulator(store)
        self.ans = simulated.member(self.sim, "balans", "telegram:2001", "Ans")
        self.bep = simulated.member(self.sim, "balans", "telegram:2002", "Bep")
        self.omar = simulated.member(self.sim, "eas", "telegram:2003", "Omar")
        self.ria = simulated.member(self.sim, "coordinator", "telegram:2004", "Ria")
        self.fatma = simulated.resident(self.sim)
        self.lead = simulated.handed_over(self.sim, self.fatma)

    def now(self) -> Lead:
        """The lead as it is now."""
        return simulated.lead(self.sim, self.lead.id)

    def hush(self) -> None:
        for person in self.sim.people.values():
            person.news.clear()

    def asks(self, act: str) -> None:
        """Fatma taps this under her lead as it is now."""
        self.sim.hear(self.fatma, MineTap(self.lead.token, act, self.now().version))
        self.hush()

    def adds(self, words: str) -> Shown:
        """Fatma types what she wants to say besides; gives the card that asks for a yes."""
        self.asks("words")
        (card,) = self.sim.type(self.fatma, words)
        return card

    def packet(self) -> dict[str, object]:
        return dict(self.now().packet or {})


@pytest.fixture
def help(store: Store) -> Untaken:
    return Untaken(store)


def yes_of(card: Shown) -> ChangeTap:
    (tap,) = (tap for row in card.buttons for b in row if isinstance(tap := decode(b.data), ChangeTap))
    return tap


def test_a_word_is_added_after_a_yes_to_the_card_that_shows_all_of_it(help: Untaken) -> None:
    before = help.now()
    card = help.adds("Ik ben slecht ter been")
    line = phrase("packet.words", value="Ik ben slecht ter been")
    assert line in card.text
    assert phrase("packet.name", value="Fatma") in card.text
    assert help.now() == before, "nothing is shared before the yes"
    go(help.sim, help.fatma, "change_yes")
    after = help.now()
    assert after.packet == {**(before.packet or {}), "words": "Ik ben slecht ter been"}
    assert after.version == before.version + 1
    assert (after.status, after.due_at, after.owner) == (before.status, before.due_at, before.owner)
    with help.sim.store.read() as tx:
        assert leads.events(tx, WIJK, after.id)[-1].reason == CHANGED
        yes = consents.live(tx, WIJK, after.consent or 0)
        shared = disclosures.of_lead(tx, WIJK, after.id)[-1]
    assert yes is not None
    assert (yes.recipient, yes.given) == ("balans", True)
    assert line in (yes.shown or "")
    assert (shared.consent, shared.packet) == (yes.id, disclosures.seal(after.packet or {}))


def test_a_no_or_silence_changes_nothing(help: Untaken) -> None:
    before = help.now()
    help.adds("Ik ben slecht ter been")
    go(help.sim, help.fatma, "mine.keep")
    assert phrase("changing.kept") in help.fatma.card.text
    assert simulated.place(help.sim, help.fatma).step != CHANGE
    help.adds("Iets anders")
    help.sim.type(help.fatma, "/menu")
    assert help.now() == before


def test_the_yes_of_before_is_withdrawn_and_emptied_and_the_new_one_counts(help: Untaken) -> None:
    old = help.now().consent or 0
    help.adds("Bel liever niet")
    go(help.sim, help.fatma, "change_yes")
    with help.sim.store.read() as tx:
        assert consents.live(tx, WIJK, old) is None
        gone = consents.get(tx, WIJK, old)
        taken_back = tx.execute(select(tables.consents.c.withdraws)).scalars().all()
    assert gone is not None
    assert (gone.resident, gone.shown) == (None, None)
    assert old in taken_back


def test_a_yes_on_which_other_help_rests_stays(help: Untaken) -> None:
    """A lead that went on by the same yes: the one before it still shows what was agreed."""
    old = help.now().consent or 0
    other = {"id": 9000, "code": "KOP-ZZZ", "token": "e" * 16}
    with help.sim.store.write() as tx:
        (row,) = tx.execute(select(tables.leads).where(tables.leads.c.id == help.lead.id)).mappings()
        tx.execute(tables.leads.insert(), {**row, **other})
    help.adds("Bel liever niet")
    go(help.sim, help.fatma, "change_yes")
    with help.sim.store.read() as tx:
        assert consents.live(tx, WIJK, old) is not None


@pytest.mark.parametrize(
    ("way", "given", "kept"),
    [
        ("chat", "", {"reach": "chat"}),
        ("phone", PHONE, {"reach": "phone", "phone": PHONE}),
        ("home", "Smitsweg 12", {"reach": "home", "address": "Smitsweg 12"}),
    ],
)
def test_how_to_be_reached_is_changed_and_the_way_of_before_is_not_shared_any_more(
    help: Untaken, way: str, given: str, kept: dict[str, str]
) -> None:
    for each, said in ((way, given), ("phone", PHONE), ("home", "Smitsweg 1"), (way, given)):
        help.asks("reach")
        assert simulated.place(help.sim, help.fatma).step == REACH
        go(help.sim, help.fatma, f"relay.reach:{each}")
        if said == PHONE:
            help.sim.hear(help.fatma, Contact(PHONE, own=True))
        elif said:
            help.sim.type(help.fatma, said)
        go(help.sim, help.fatma, "change_yes")
    ways = {key: value for key, value in help.packet().items() if key in ("reach", "phone", "address")}
    assert ways == kept


@pytest.mark.parametrize("typed", ["06 123 45 67", "+316123456", "12345678901234567", "٠٦١٢٣٤"])
def test_a_number_that_cannot_be_one_is_told_to_be_wrong_and_offered_to_nobody(store: Store, typed: str) -> None:
    """*Ik begrijp alleen knoppen* would be untrue below *Of typ je nummer*; a message to who helps it is not."""
    line = Line(store)
    line.sim.hear(line.fatma, MineTap(line.lead.token, "reach", line.now().version))
    go(line.sim, line.fatma, "relay.reach:phone")
    line.sim.type(line.fatma, typed)
    assert line.fatma.news[0].text.startswith(phrase("notices.wrong_number"))
    line.sim.type(line.fatma, "Ik kom om 10.30 uur")
    assert phrase("relay.offer", to=phrase("relay.to", name="Ans", code=line.lead.code)) in line.fatma.news[0].text
    line.sim.type(line.fatma, PHONE)
    go(line.sim, line.fatma, "change_yes")
    assert (line.now().packet or {})["phone"] == PHONE


def test_what_is_added_may_be_spoken(help: Untaken) -> None:
    help.asks("words")
    assert simulated.place(help.sim, help.fatma).step == MORE_WORDS
    help.sim.speak(help.fatma, 12)
    assert "voice" not in help.packet()
    go(help.sim, help.fatma, "relay.more_words:_add")
    assert "voice" not in help.packet(), "it goes after a yes to the card"
    go(help.sim, help.fatma, "change_yes")
    assert help.packet()["voice"] == sound_of(help.fatma, 12).kept


def test_what_was_spoken_before_is_deleted_where_somebody_heard_it_and_the_new_one_is_heard(help: Untaken) -> None:
    """The yes is to what stands on the card: the sound that it replaces is not shared any more."""
    listen = ListenTap(help.lead.token)
    for seconds in (12, 15):
        help.asks("words")
        help.sim.speak(help.fatma, seconds)
        go(help.sim, help.fatma, "relay.more_words:_add", "change_yes")
        assert [each.sound for each in help.ans.chat.values() if each.sound] == []
        (heard,) = help.sim.hear(help.ans, listen)
        assert heard.sound == sound_of(help.fatma, seconds).file
    help.asks("reach")
    go(help.sim, help.fatma, "relay.reach:chat", "change_yes")
    assert heard.id in help.ans.chat, "another change leaves it"


def test_words_are_added_to_those_of_before_as_far_as_they_fit(help: Untaken) -> None:
    lead = help.now()
    first = packet_for(CONTENT, lead, (Given(MORE_WORDS, (TYPED,), "Een"),))
    assert first["words"] == "Een"
    with_words = replace(lead, packet=first)
    both = packet_for(CONTENT, with_words, (Given(MORE_WORDS, (TYPED,), "Twee"),))
    assert both["words"] == "Een\nTwee"
    long = packet_for(CONTENT, with_words, (Given(MORE_WORDS, (TYPED,), "x" * 199),))
    assert long["words"] == "x" * 199
    spoken = packet_for(CONTENT, with_words, (Given(MORE_WORDS, (SPOKEN,), "voice 9 f"),))
    assert (spoken["words"], spoken["voice"]) == ("Een", "voice 9 f")


def test_whoever_has_the_card_open_reads_that_it_changed_and_an_old_button_shows_how_it_stands(help: Untaken) -> None:
    go(help.sim, help.ans, "view")
    old = help.ans.card
    help.adds("Ik ben slecht ter been")
    help.hush()
    go(help.sim, help.fatma, "change_yes")
    assert [each.id for each in help.ans.news] == [old.id], "an edit, and no new message: nobody took it yet"
    assert phrase("desk.changed_words") in help.ans.news[0].text
    assert texts(help.bep) == texts(help.ria) == texts(help.omar) == []
    with help.sim.store.read() as tx:
        assert [each.message for each in views.of_lead(tx, WIJK, help.lead.id)] == [old.id]
    accept = simulated.under(help.lead, "accept", help.now().version - 1)
    help.sim.press(help.ans, old.id, accept)
    assert help.now().assignee is None, "a tap on what stood there before takes nothing"
    assert "Ik ben slecht ter been" in help.ans.card.text


def test_who_took_it_gets_one_notice_without_the_number(store: Store) -> None:
    line = Line(store)
    line.sim.hear(line.fatma, MineTap(line.lead.token, "reach", line.now().version))
    go(line.sim, line.fatma, "relay.reach:phone")
    line.sim.type(line.fatma, PHONE)
    line.hush()
    go(line.sim, line.fatma, "change_yes")
    new = [each for each in line.ans.news if phrase("desk.changed_reach") in each.text]
    assert len({each.id for each in new}) == len(new) == 2, "the open card, and a notice"
    assert PHONE not in str([each.text for each in new])
    assert texts(line.bep) == texts(line.ria) == []
    assert (line.now().packet or {})["phone"] == PHONE


def test_a_second_tap_on_the_yes_and_a_yes_to_another_card_change_nothing(help: Untaken) -> None:
    first = yes_of(help.adds("Een"))
    go(help.sim, help.fatma, "change_yes")
    once = help.now()
    help.hush()
    (shown,) = help.sim.hear(help.fatma, first)
    assert phrase("changing.old") in shown.text
    help.adds("Twee")
    (again,) = help.sim.hear(help.fatma, first)
    assert phrase("notices.look_again") in again.text
    assert help.now() == once
    assert yes_of(again) != first


def test_a_card_that_was_drawn_before_the_lead_moved_is_shown_once_more(help: Untaken) -> None:
    card = help.adds("Een")
    help.sim.press(help.ans, None, simulated.under(help.lead, "accept", help.now().version))
    taken = help.now()
    assert taken.assignee == help.ans.id
    (again,) = help.sim.hear(help.fatma, yes_of(card))
    assert phrase("notices.look_again") in again.text
    assert help.now() == taken
    help.sim.hear(help.fatma, yes_of(again))
    assert help.packet()["words"] == "Een"


def test_nobody_changes_anothers_lead(help: Untaken) -> None:
    card = help.adds("Een")
    karim = simulated.resident(help.sim, "telegram:1009", "Karim")
    before = help.now()
    for person in (karim, help.ans, help.ria):
        for tap in (yes_of(card), MineTap(help.lead.token, "words", 1), MineTap(help.lead.token, "reach", 1)):
            help.sim.hear(person, tap)
            assert simulated.place(help.sim, person).step not in (REACH, MORE_WORDS, CHANGE)
    assert help.now() == before


@pytest.mark.parametrize("end", ENDS)
def test_a_lead_that_ended_is_not_changed(store: Store, end: str) -> None:
    line = Line(store)
    line.sim.hear(line.fatma, MineTap(line.lead.token, "reach", line.now().version))
    go(line.sim, line.fatma, "relay.reach:chat")
    yes = yes_of(line.fatma.card)
    line.ends(end)
    before = line.now()
    line.sim.hear(line.fatma, yes)
    assert line.now() == before


def test_an_open_question_about_passing_it_on_ends_and_who_asked_reads_so(help: Untaken) -> None:
    help.sim.hear(help.ans, PassTap(help.lead.token, "eas", "fits", "call", help.now().version))
    with help.sim.store.read() as tx:
        asked = passings.of_lead(tx, WIJK, help.lead.id)
    assert asked is not None
    help.adds("Liever niet")
    help.hush()
    go(help.sim, help.fatma, "change_yes")
    with help.sim.store.read() as tx:
        assert passings.of_lead(tx, WIJK, help.lead.id) is None
    assert any(phrase("desk.changed_asked") in text for text in texts(help.ans))
    (told,) = help.sim.hear(help.fatma, YesTap(asked.token, "yes"))
    assert told.text == phrase("passing.gone")
    assert help.now().inbox == "balans"


@pytest.mark.parametrize("when", ["before the card", "on the card"])
def test_who_was_changing_a_lead_when_it_went_on_reads_that_nothing_changed_and_finds_their_help(
    help: Untaken, when: str
) -> None:
    """It runs on elsewhere, so that *de hulp is klaar of gestopt* would be untrue."""
    card = None
    if when == "on the card":
        card = help.adds("Een")
    else:
        help.asks("words")
    help.sim.hear(help.ans, PassTap(help.lead.token, "eas", "fits", "call", help.now().version))
    go(help.sim, help.fatma, "pass_yes")
    help.hush()
    shown = help.sim.hear(help.fatma, yes_of(card)) if card else help.sim.type(help.fatma, "Een")
    assert phrase("changing.gone") in shown[-1].text
    assert phrase("relay.closed") not in shown[-1].text
    on = simulated.leads_of(help.sim, help.fatma)[-1]
    go(help.sim, help.fatma, *([] if card else ["_help"]))
    assert on.code in help.fatma.card.text
    assert "words" not in (on.packet or {})


def test_a_second_voice_that_is_given_along_on_the_card_is_told_to_be_too_late(help: Untaken) -> None:
    help.asks("words")
    said = [sound_of(help.fatma, each) for each in (5, 7)]
    help.sim.hear_all([(help.fatma, each, None) for each in said])
    first, second = (each for each in help.fatma.news if each.reply_to)
    add = next(b.data for row in first.buttons for b in row if b.data.startswith("relay.more_words:_add"))
    help.sim.press(help.fatma, first.id, add)
    (card,) = help.sim.press(help.fatma, second.id, add)
    assert card.text.startswith(phrase("notices.old_button"))
    go(help.sim, help.fatma, "change_yes")
    assert help.packet()["voice"] == said[0].kept


def test_a_lead_that_fell_to_the_coordinator_is_changed_for_the_same_readers(help: Untaken) -> None:
    data = simulated.under(help.lead, "return", help.now().version)
    help.sim.press(help.ans, None, data)
    assert help.now().inbox == "coordinator"
    help.adds("Nog steeds koud")
    go(help.sim, help.fatma, "change_yes")
    after = help.now()
    with help.sim.store.read() as tx:
        yes = consents.live(tx, WIJK, after.consent or 0)
        shared = disclosures.of_lead(tx, WIJK, after.id)[-1]
    assert yes is not None
    assert (yes.recipient, shared.recipient) == ("balans", "coordinator")
    help.sim.hear(help.ria, LeadTap(help.lead.token, "view"))
    assert "Nog steeds koud" in help.ria.card.text


def test_an_update_that_comes_twice_changes_it_once(help: Untaken) -> None:
    """A process that was killed gets it again."""
    yes = yes_of(help.adds("Een"))
    tap = Incoming("telegram", 9600, help.fatma.address, help.fatma.address, yes)
    help.sim.handle([tap])
    once = help.now()
    assert help.sim.handle([tap]) == []
    assert help.now() == once
    assert once.created_at == NOW


def test_a_change_travels_in_a_button() -> None:
    tap = ChangeTap("0123456789abcdef", "01ab23cd")
    assert decode(encode(tap)) == tap
