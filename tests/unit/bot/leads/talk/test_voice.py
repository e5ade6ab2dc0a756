"""What is spoken: nothing goes before a yes, nobody hears what is not theirs, and no sound stays in a chat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.demo.simulator import Person, Shown, sound_of
from bot.leads.talk.voice import MOST_SECONDS, PLAYED, too_long
from bot.messages.attachment import MOST_BYTES
from bot.messages.card import TO_DANGER
from bot.messages.message import Incoming, Outgoing
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import LeadTap
from bot.messages.taps.residents import HideTap, ListenTap, MineTap, ReturnTap, SayTap, SendTap
from bot.messages.ticks import LookAtLeads, RemoveMember
from db import tables
from db.people import members
from db.records import audit
from db.store import Store
from db.types.held import SOUND
from flows.model.heard import Voice
from flows.model.names import NOTE, TO_PARTNER, TO_RESIDENT
from tests import simulated
from tests.simulated import ABOUT, ALONE, NOW, WIJK, Clock, changing, go
from tests.unit.bot.leads.test_relay import ENDS, Line, phrase, texts

WARNS = phrase("voice.warns")
SPOKEN = "🔊 0:12 · Nederlands"


class Talk(Line):
    """A line on which the clock can be moved on."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.clock = Clock()
        self.sim.handle.now = self.clock

    def speaks(self, person: Person, seconds: int = 12, answers: int | None = None) -> Shown:
        """This person speaks; gives the only card that they then read."""
        self.hush()
        (card,) = self.sim.speak(person, seconds, answers=answers)
        return card

    def says(self, person: Person, seconds: int = 12) -> Shown:
        """This person speaks to the other side, and says yes to it; gives what the other one then reads."""
        card = self.speaks(person, seconds)
        go(self.sim, person, f"send:{self.lead.token}")
        assert card.reply_to in person.spoken
        (told,) = (self.fatma if person is self.ans else self.ans).news
        return told

    def listens(self, person: Person, token: str) -> list[Shown]:
        """This person taps *Luister*, wherever they have it from; gives what they then see."""
        self.hush()
        return self.sim.hear(person, ListenTap(token), None)

    def ticks(self) -> None:
        while not (done := self.sim.handle.tick(LookAtLeads())).all_done:
            self.sim.deliver(list(done.messages))

    def rows(self, name: str) -> int:
        with self.sim.store.read() as tx:
            return len(tx.execute(select(tables.metadata.tables[name])).all())


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store)


def token_of(shown: Shown) -> str:
    """The token of the button to listen under this message."""
    (tap,) = (tap for row in shown.buttons for b in row if isinstance(tap := decode(b.data), ListenTap))
    return tap.token


def sounds(person: Person) -> list[str]:
    """What the sounds are called that stand in the chat of this person."""
    return [each.sound for each in person.chat.values() if each.sound]


def has_danger(shown: Shown) -> bool:
    return any(decode(b.data) == TO_DANGER for row in shown.buttons for b in row)


def test_what_is_spoken_goes_to_nobody_before_a_yes_and_nothing_of_it_is_kept(talk: Talk) -> None:
    for person, other in ((talk.fatma, talk.ans), (talk.ans, talk.fatma)):
        card = talk.speaks(person)
        assert card.text.startswith(WARNS)
        assert has_danger(card)
        assert card.text.split("\n")[0] == phrase("voice.warns").split("\n")[0], "danger stands first"
        assert texts(other) == []
        assert sound_of(person, 12).file not in str(simulated.everything(talk.sim.store))
        (no,) = go(talk.sim, person, "keep")
        assert no.text.startswith(phrase("overlays.unsent", question="").split("\n")[0])
        assert has_danger(no)
        assert texts(other) == []
        assert talk.rows("spoken_messages") == 0


def test_after_a_yes_the_other_one_reads_who_spoke_how_long_and_in_which_language_and_hears_it_at_a_tap(
    talk: Talk,
) -> None:
    told = talk.says(talk.fatma)
    assert told.text == phrase("desk.message", code=talk.lead.code, text=SPOKEN)
    assert sounds(talk.ans) == [], "nothing sounds before a tap"
    (heard,) = talk.listens(talk.ans, token_of(told))
    assert heard.sound == sound_of(talk.fatma, 12).file
    assert SPOKEN in heard.text
    assert has_danger(heard)
    told = talk.says(talk.ans, 20)
    assert "🔊 0:20 · Nederlands" in told.text
    (heard,) = talk.listens(talk.fatma, token_of(told))
    assert heard.sound == sound_of(talk.ans, 20).file


def test_the_language_is_that_of_the_speaker_in_words_of_the_reader(talk: Talk) -> None:
    talk.sim.press(talk.fatma, None, "language:ar:0")
    assert "🔊 0:12 · Arabisch" in talk.says(talk.fatma).text
    assert "الهولندية" in talk.says(talk.ans).text


@pytest.mark.parametrize("step", [TO_PARTNER, TO_RESIDENT])
def test_where_a_message_is_written_it_may_be_spoken(talk: Talk, step: str) -> None:
    person, other = (talk.fatma, talk.ans) if step == TO_PARTNER else (talk.ans, talk.fatma)
    talk.stands(person, step)
    talk.speaks(person)
    receipt = go(talk.sim, person, f"send:{talk.lead.token}")[-1]
    assert "✅" in receipt.text
    assert len(texts(other)) == 1


def test_a_second_tap_on_the_yes_asks_again_and_sends_nothing(talk: Talk) -> None:
    card = talk.speaks(talk.fatma)
    yes = next(b for row in card.buttons for b in row if isinstance(decode(b.data), SendTap))
    talk.sim.press(talk.fatma, card.id, yes.data)
    talk.hush()
    (again,) = talk.sim.press(talk.fatma, card.id, yes.data)
    assert again.text == phrase("relay.once_more")
    assert texts(talk.ans) == []
    assert talk.rows("spoken_messages") == 1


def test_a_yes_of_which_the_channel_does_not_give_the_sound_back_sends_nothing(talk: Talk) -> None:
    place = talk.place(talk.fatma)
    talk.hush()
    talk.sim.hear(talk.fatma, SendTap(talk.lead.token, place.revision), 10_000)
    assert texts(talk.ans) == []
    assert talk.rows("spoken_messages") == 0


@pytest.mark.parametrize(
    "voice",
    [
        Voice("a", MOST_SECONDS + 1, 1000),
        Voice("a", MOST_SECONDS, MOST_BYTES + 1),
        Voice("a", 10**30, 1000, "audio"),
    ],
)
def test_what_is_too_long_or_too_large_gets_a_card_that_says_what_to_do(talk: Talk, voice: Voice) -> None:
    assert too_long(voice)
    assert not too_long(replace(voice, seconds=MOST_SECONDS, size=MOST_BYTES))
    talk.hush()
    (card,) = talk.sim.hear(talk.fatma, voice)
    assert card.text.startswith(phrase("overlays.voice_long", question="").rstrip())
    assert has_danger(card)
    assert any(isinstance(decode(b.data), SayTap) for row in card.buttons for b in row), "the ready sentences are there"
    assert not any(isinstance(decode(b.data), SendTap) for row in card.buttons for b in row)


def test_where_no_voice_fits_there_is_a_card_with_buttons_and_never_silence(talk: Talk) -> None:
    yusuf = talk.sim.person("telegram:1009", "Yusuf")
    talk.hush()
    assert talk.sim.speak(yusuf, 5), "before a language is chosen"
    stranger = simulated.resident(talk.sim, "telegram:1010", "Mo")
    talk.tap(talk.ans, "note")
    assert talk.place(talk.ans).step == NOTE
    for person in (stranger, talk.ans):
        card = talk.speaks(person)
        assert card.text.startswith(phrase("overlays.voice", question="").rstrip())
        assert has_danger(card)
        assert len([b for row in card.buttons for b in row]) > 2
    assert texts(talk.fatma) == []


@pytest.mark.parametrize("end", ENDS)
def test_about_a_lead_that_ended_nothing_is_sent(talk: Talk, end: str) -> None:
    card = talk.speaks(talk.ans)
    talk.ends(end)
    yes = next(b for row in card.buttons for b in row if isinstance(decode(b.data), SendTap))
    talk.sim.press(talk.ans, card.id, yes.data)
    assert texts(talk.fatma) == []
    assert talk.rows("spoken_messages") == 0


def test_only_whom_it_is_for_can_listen_whoever_has_the_button(talk: Talk) -> None:
    """Also a colleague who reads the same inbox; all others read the same, so it does not tell that it exists."""
    to_ans, to_fatma = token_of(talk.says(talk.fatma)), token_of(talk.says(talk.ans))
    karim = simulated.resident(talk.sim, "telegram:1009", "Karim")
    omar = simulated.member(talk.sim, "eas", "telegram:2009", "Omar")
    for token, may in ((to_ans, talk.ans), (to_fatma, talk.fatma), ("f" * 16, None)):
        for person in (talk.ans, talk.bep, talk.ria, talk.fatma, karim, omar):
            (shown,) = talk.listens(person, token)
            assert bool(shown.sound) == (person is may), person.name
            assert shown.sound or shown.text == phrase("voice.gone")


def test_who_loses_the_lead_loses_the_sound_that_stands_in_the_chat_and_cannot_ask_for_it_again(talk: Talk) -> None:
    token = token_of(talk.says(talk.fatma))
    talk.listens(talk.ans, token)
    assert sounds(talk.ans)
    talk.tap(talk.ans, "return")
    assert talk.now().inbox == "coordinator"
    assert sounds(talk.ans) == []
    assert talk.listens(talk.ans, token)[0].text == phrase("voice.gone")
    talk.tap(talk.ria, "accept")
    assert talk.now().assignee == talk.ria.id
    (heard,) = talk.listens(talk.ria, token)
    assert heard.sound, "who has the lead now hears what was said about it, if they have the button"


def test_who_gave_the_lead_to_a_colleague_cannot_listen_any_more(talk: Talk) -> None:
    token = token_of(talk.says(talk.fatma))
    talk.tap(talk.bep, "take_over.sure")
    if talk.now().assignee != talk.bep.id:
        talk.tap(talk.bep, "take_over")
    assert talk.now().assignee == talk.bep.id
    assert talk.listens(talk.ans, token)[0].text == phrase("voice.gone")


@pytest.mark.parametrize("end", ["withdrawn", "erased"])
def test_when_the_resident_stops_the_sound_is_deleted_and_what_it_is_called_forgotten(talk: Talk, end: str) -> None:
    token = token_of(talk.says(talk.fatma))
    talk.listens(talk.ans, token)
    talk.ends(end)
    assert sounds(talk.ans) == []
    assert talk.rows("spoken_messages") == 0
    assert sound_of(talk.fatma, 12).file not in str(simulated.everything(talk.sim.store))
    assert talk.listens(talk.ans, token)[0].text == phrase("voice.gone")


def test_what_a_member_spoke_is_forgotten_with_the_member(talk: Talk) -> None:
    token = token_of(talk.says(talk.ans))
    talk.erases(talk.ans)
    assert talk.rows("spoken_messages") == 0
    assert talk.listens(talk.fatma, token)[0].text == phrase("voice.gone")


def test_a_member_who_is_removed_keeps_no_sound(talk: Talk) -> None:
    talk.listens(talk.ans, token_of(talk.says(talk.fatma)))
    with talk.sim.store.read() as tx:
        (own,) = members.of(tx, WIJK, talk.ans.id)
    done = talk.sim.handle.tick(RemoveMember(talk.ans.id, own.handle))
    talk.sim.deliver(list(done.messages))
    assert sounds(talk.ans) == []


def test_no_sound_stays_longer_than_a_day_and_each_is_deleted_once(talk: Talk) -> None:
    talk.listens(talk.ans, token_of(talk.says(talk.fatma)))
    talk.listens(talk.fatma, token_of(talk.says(talk.ans)))
    talk.clock.moment += SOUND
    talk.ticks()
    assert sounds(talk.ans) == sounds(talk.fatma) == []
    with talk.sim.store.read() as tx:
        assert tx.execute(select(tables.sent_messages).where(tables.sent_messages.c.goes_at.is_not(None))).all() == []
    assert talk.sim.handle.tick(LookAtLeads()).done.get("sounds", 0) == 0


def test_until_then_it_stays(talk: Talk) -> None:
    talk.listens(talk.ans, token_of(talk.says(talk.fatma)))
    talk.clock.moment += SOUND
    talk.clock.forward(minutes=-1)
    talk.ticks()
    assert sounds(talk.ans)


def test_who_hides_the_chat_hears_nothing_and_what_stood_there_is_deleted_at_once(talk: Talk) -> None:
    token = token_of(talk.says(talk.fatma))
    talk.listens(talk.ans, token)
    talk.sim.hear(talk.ans, HideTap())
    assert sounds(talk.ans) == []
    assert all(not each.sound for each in talk.listens(talk.ans, token))
    assert sounds(talk.ans) == []
    talk.sim.hear(talk.ans, ReturnTap())
    assert sounds(talk.ans) == [], "nothing of it was held"
    assert talk.listens(talk.ans, token)[0].sound


def test_a_sound_that_waits_when_the_chat_is_hidden_is_neither_sent_nor_held(talk: Talk) -> None:
    token = token_of(talk.says(talk.fatma))
    (waits,) = talk.decided(talk.ans, ListenTap(token))
    assert waits.fleeting
    assert waits.protected
    assert waits.attachment is not None
    out = talk.decided(talk.ans, HideTap())
    assert talk.rows("held_messages") == 0
    with talk.sim.store.read() as tx:
        left = {row.id for row in tx.execute(select(tables.outbox.c.id))}
    assert waits.id not in left
    assert {each.id for each in out} <= left


def test_every_time_that_somebody_listens_is_noted(talk: Talk) -> None:
    talk.listens(talk.ans, token_of(talk.says(talk.fatma)))
    talk.listens(talk.fatma, token_of(talk.says(talk.ans)))
    with talk.sim.store.read() as tx:
        found = [(each.actor, each.lead) for each in audit.since(tx, WIJK, NOW) if each.what == PLAYED]
    assert found == [(talk.ans.id, talk.lead.id), ("resident", talk.lead.id)]


def test_a_sound_is_protected_for_both_and_survives_the_outbox(talk: Talk) -> None:
    for person, told in ((talk.ans, talk.says(talk.fatma)), (talk.fatma, talk.says(talk.ans))):
        (out,) = talk.decided(person, ListenTap(token_of(told)))
        assert out.protected
        assert out.fleeting
        with talk.sim.store.read() as tx:
            kept = tx.execute(select(tables.outbox.c.payload).where(tables.outbox.c.id == out.id)).scalar_one()
        assert (kept["fleeting"], kept["attachment"]["kind"]) == (True, "voice")


class Spoken:
    """Fatma, who says her own words for a handover, and Ans and Bep who read them."""

    def __init__(self, store: Store) -> None:
        self.sim = simulated.simulator(store)
        self.ans = simulated.member(self.sim, "balans", "telegram:2001", "Ans")
        self.omar = simulated.member(self.sim, "eas", "telegram:2002", "Omar")
        self.ria = simulated.member(self.sim, "coordinator", "telegram:2004", "Ria")
        self.fatma = simulated.resident(self.sim)
        go(self.sim, self.fatma, *ALONE, "first", *ABOUT, *changing("words"))
        assert simulated.place(self.sim, self.fatma).step == "handoff.words"


@pytest.fixture
def spoken(store: Store) -> Spoken:
    return Spoken(store)


def test_own_words_for_a_handover_may_be_spoken_and_stand_on_the_card_that_asks_for_a_yes(spoken: Spoken) -> None:
    sim, fatma = spoken.sim, spoken.fatma
    (card,) = sim.speak(fatma, 12)
    assert card.text == f"{WARNS}\n\n{phrase('voice.asks')}"
    assert has_danger(card)
    file = sound_of(fatma, 12).file
    assert file not in str(simulated.everything(sim.store))
    go(sim, fatma, "handoff.words:_add")
    line = phrase("packet.voice", value=SPOKEN)
    assert line in fatma.card.text
    go(sim, fatma, "handoff.consent:yes")
    lead = simulated.leads_of(sim, fatma)[-1]
    assert (lead.packet or {})["voice"] == f"voice 12 {file}"
    go(sim, spoken.ans, "view")
    assert line in spoken.ans.card.text
    (heard,) = go(sim, spoken.ans, f"listen:{lead.token}")
    assert heard.sound == file


def test_own_words_that_are_not_given_along_are_nowhere(spoken: Spoken) -> None:
    sim, fatma = spoken.sim, spoken.fatma
    card = sim.speak(fatma, 12)[0]
    go(sim, fatma, "handoff.words:_stay")
    assert simulated.place(sim, fatma).step == "handoff.words"
    go(sim, fatma, "handoff.words:skip", "handoff.consent:yes")
    assert "voice" not in (simulated.leads_of(sim, fatma)[-1].packet or {})
    sim.press(fatma, card.id, next(b.data for r in card.buttons for b in r if ":_add" in b.data))
    assert "voice" not in (simulated.leads_of(sim, fatma)[-1].packet or {}), "an old button adds nothing"
    assert sound_of(fatma, 12).file not in str(simulated.everything(sim.store))


def test_own_words_are_heard_by_who_sees_the_lead_as_it_runs_and_by_nobody_else(spoken: Spoken) -> None:
    sim, fatma = spoken.sim, spoken.fatma
    sim.speak(fatma, 12)
    go(sim, fatma, "handoff.words:_add", "handoff.consent:yes")
    lead = simulated.leads_of(sim, fatma)[-1]

    def hears(person: Person) -> bool:
        return bool(sim.hear(person, ListenTap(lead.token))[0].sound)

    everybody = (spoken.ans, spoken.omar, spoken.ria, fatma)
    assert [hears(each) for each in everybody] == [True, False, False, False]
    go(sim, spoken.ans, "view")
    sim.press(spoken.ans, None, simulated.under(lead, "return", simulated.lead(sim, lead.id).version))
    assert sounds(spoken.ans) == [], "it is deleted with the lead"
    assert [hears(each) for each in everybody] == [False, False, True, False]
    sim.hear(spoken.ria, LeadTap(lead.token, "view"))
    for answer in ("accept", "complete.helped"):
        sim.press(spoken.ria, None, simulated.under(lead, answer, simulated.lead(sim, lead.id).version))
    assert simulated.lead(sim, lead.id).closed_at == NOW
    assert [hears(each) for each in everybody] == [False, False, False, False]


@pytest.mark.parametrize("step", ["name", "reach"])
def test_a_name_and_an_address_are_typed(store: Store, step: str) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *ABOUT, *changing(step), *(["home"] if step == "reach" else []))
    (card,) = sim.speak(fatma, 5)
    assert card.text.startswith(phrase("overlays.voice", question="").rstrip())


def test_a_listen_tap_travels_in_a_button() -> None:
    assert decode(encode(ListenTap("0123456789abcdef"))) == ListenTap("0123456789abcdef")


def test_the_answer_to_a_message_by_the_phones_own_means_goes_to_who_wrote_it(talk: Talk) -> None:
    """Of two who help, the one whose message is answered is the only one that is offered."""
    talk.sim.type(talk.fatma, "/menu")
    ticked = [b.data.split(":")[1] for row in talk.fatma.card.buttons for b in row]
    go(talk.sim, talk.fatma, *(f"menu.worries:{each}" for each in ticked if each.startswith("-")))
    other = simulated.handed_over(talk.sim, talk.fatma, choice="all")
    omar = simulated.member(talk.sim, other.inbox, "telegram:2009", "Omar") if other.inbox != "balans" else talk.bep
    data = simulated.under(other, "accept", simulated.lead(talk.sim, other.id).version)
    talk.sim.press(omar, None, data)
    assert simulated.lead(talk.sim, other.id).assignee == omar.id
    told = talk.says(talk.ans)

    def offered(card: Shown) -> set[str]:
        taps = [decode(b.data) for row in card.buttons for b in row]
        return {tap.lead for tap in taps if isinstance(tap, SendTap) and tap.lead}

    assert offered(talk.speaks(talk.fatma)) == {talk.lead.token, other.token}
    assert offered(talk.speaks(talk.fatma, answers=told.id)) == {talk.lead.token}


def test_each_of_two_that_come_in_together_is_asked_for_a_yes_in_reply_to_itself(talk: Talk) -> None:
    """After an outage they are in one batch: the question about the second one does not take the first one away."""
    for act in ("view", "words"):
        talk.sim.hear(talk.fatma, MineTap(talk.lead.token, act, talk.now().version))
        before = set(talk.fatma.spoken)
        talk.sim.hear_all([(talk.fatma, sound_of(talk.fatma, each), None) for each in (5, 7)])
        asked = [each.reply_to for each in talk.fatma.news if each.text.startswith(WARNS)]
        assert asked == sorted(set(talk.fatma.spoken) - before)


def test_a_reply_to_a_message_goes_to_its_writer_also_where_own_words_or_a_name_are_asked(talk: Talk) -> None:
    told = talk.says(talk.ans)
    for act in ("words", "reach"):
        talk.sim.hear(talk.fatma, MineTap(talk.lead.token, act, talk.now().version))
        if act == "reach":
            go(talk.sim, talk.fatma, "relay.reach:home")
        card = talk.speaks(talk.fatma, answers=told.id)
        assert phrase("voice.asks") not in card.text
        go(talk.sim, talk.fatma, f"send:{talk.lead.token}")
        assert SPOKEN in "".join(texts(talk.ans))
        assert "voice" not in (talk.now().packet or {})


def test_a_killed_process_loses_nothing_and_sends_nothing_by_itself(talk: Talk) -> None:
    """Between the tap and the delivery the message waits in the outbox; the update that comes again sends none."""
    token = token_of(talk.says(talk.fatma))
    tap = Incoming("telegram", 9700, talk.ans.address, talk.ans.address, ListenTap(token))
    (once,) = talk.sim.handle([tap])
    assert talk.sim.handle([tap]) == []
    kept: list[Outgoing] = [once]
    talk.sim.deliver(kept)
    assert len(sounds(talk.ans)) == 1
