"""Sentences that are ready: in every language the same is said, and what either side types is sent after a yes."""

from __future__ import annotations

import re
from random import Random

import pytest

from bot.demo.simulator import Person, Shown
from bot.leads.talk.sayings import sentences
from bot.messages.taps.buttons import decode
from bot.messages.taps.residents import SayTap, SendTap
from db.store import Store
from flows.check.lines import ROWS
from flows.model.heard import Blocked, ChartTap, Media
from flows.model.names import TO_PARTNER, TO_RESIDENT
from flows.texts.extract import SAYING, SAYINGS
from flows.texts.fields import fields_in
from flows.texts.lines import SCREEN, lines
from tests import simulated
from tests.simulated import CONTENT, NOW, Clock, go
from tests.unit.bot.leads.test_relay import Line, phrase, texts

KEYS = [key for key in CONTENT.words.phrases if key.partition(".")[0] in SAYINGS]

NEGATIONS = {
    "nl": r"\b(niet|geen|niks|niemand|nooit|nee)\b",
    "en": r"\b(not|no|nobody|nothing|never|cannot|don['’]t)\b",
    "ar": r"(?<!\w)[وف]?(لا|لم|لن|ليس|ليست|ألا|ألّا|بدون|دون|غير)(?!\w)",
}
"""The words that turn a sentence round. A language that is offered must have its own."""

ARABIC = "ar"
DAY = "2026-12-01"


class Talk(Line):
    """Ans of Balans took the lead of Fatma, who reads Arabic; the clock can be moved."""

    def __init__(self, store: Store, language: str = ARABIC) -> None:
        super().__init__(store)
        self.clock = Clock()
        self.sim.handle.now = self.clock
        self.sim.press(self.fatma, None, f"language:{language}:0")
        self.hush()

    def says(self, person: Person, *answers: str) -> list[Shown]:
        """This person taps their way to a sentence and its preview, from a new list."""
        self.sim.hear(person, SayTap(self.lead.token, page=-1))
        self.hush()
        key, *rest = answers
        self.sim.hear(person, SayTap(self.lead.token, key), [*person.chat][-1])
        return go(self.sim, person, *rest) if rest else list(person.news)

    def shows(self, key: str, language: str, **fields: object) -> str:
        return phrase(key, language, **fields)


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store)


def test_there_are_enough_sentences_for_both() -> None:
    assert len([key for key in KEYS if key.startswith("to_resident.") and not key.endswith("_coordinator")]) >= 24
    assert len([key for key in KEYS if key.startswith("to_partner.")]) >= 16


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_no_sentence_loses_a_not_a_name_or_a_date(language: str) -> None:
    for key in KEYS:
        dutch = CONTENT.words.phrases[key]
        said = CONTENT.words.translation(language, key, dutch) if language != "nl" else dutch
        assert said is not None, f"{key} is not in {language}"
        assert sorted(fields_in(said)) == sorted(fields_in(dutch)), key
        turned = [bool(re.search(NEGATIONS[each], text, re.I)) for each, text in (("nl", dutch), (language, said))]
        assert turned[0] == turned[1], f"{key} in {language}: {said}"
        assert dutch.endswith("?") == said.rstrip("؟").endswith("?") or said.endswith("؟"), f"{key} asks: {said}"
        assert len(said) <= SAYING
        assert CONTENT.walk.alarm.rung(said) is None


def test_a_sentence_is_written_in_dutch_and_read_in_arabic_with_the_same_day_and_name(talk: Talk) -> None:
    (day, part, preview) = (
        talk.says(talk.ans, "come")[-1],
        go(talk.sim, talk.ans, f"say.come.{DAY}")[-1],
        go(talk.sim, talk.ans, f"say.come.{DAY}.afternoon")[-1],
    )
    assert (day.text, part.text) == ("Welke dag?\nIk kom langs op …", "Hoe laat?\nIk kom langs op dinsdag 1 december.")
    assert "Wil je dit naar Fatma" in preview.text
    assert "Ik kom langs op dinsdag 1 december, ’s middags." in preview.text
    assert preview.text.endswith("De bewoner leest dit in deze taal: Arabisch.")
    assert texts(talk.fatma) == [], "nothing before the yes"
    go(talk.sim, talk.ans, "say_sure")
    (told,) = talk.fatma.news
    when = phrase("relay.when", ARABIC, day="الثلاثاء 1 ديسمبر", part=phrase("packet.afternoon", ARABIC))
    assert phrase("to_resident.come", ARABIC, when=when) in told.text
    assert "langs" not in told.text


def test_a_resident_answers_in_arabic_and_it_is_read_in_dutch(talk: Talk) -> None:
    talk.says(talk.fatma, "not_home")
    assert phrase("to_partner.not_home", ARABIC) in talk.fatma.news[-1].text
    assert texts(talk.ans) == []
    go(talk.sim, talk.fatma, "say_sure")
    assert texts(talk.ans) == [phrase("desk.message", code=talk.lead.code, text="Ik ben dan niet thuis.")]
    rows = [simulated.names(each.data)[0] for row in talk.ans.news[-1].buttons for each in row]
    assert rows[:3] == ["say.-1", "write", "view"], "answers that are ready, own words, and the way to the lead"


def test_one_button_sends_once(talk: Talk) -> None:
    talk.says(talk.fatma, "yes")
    shown, sure = simulated.button(talk.fatma, "say_sure")
    talk.sim.press(talk.fatma, shown.id, sure.data)
    talk.sim.press(talk.fatma, shown.id, sure.data)
    assert len(talk.ans.news) == 1 or texts(talk.ans) == []
    got = [each for each in talk.ans.chat.values() if "Ja, dat is goed." in each.text]
    assert len(got) == 1


def test_own_words_go_as_they_are_with_the_language_of_their_writer(talk: Talk) -> None:
    talk.answers()
    talk.sim.type(talk.fatma, "شكرا")
    assert texts(talk.ans) == [phrase("desk.message", code=talk.lead.code, text="شكرا\n\nTaal: Arabisch")]
    talk.tap(talk.ans, "write")
    talk.sim.type(talk.ans, "Graag gedaan!")
    assert "Graag gedaan!" in talk.fatma.news[-1].text
    assert CONTENT.words.phrase(ARABIC, "relay.language", language="الهولندية") in talk.fatma.news[-1].text


@pytest.mark.parametrize("who", ["bep", "ria", "stranger"])
def test_nobody_else_says_anything_about_a_lead(talk: Talk, who: str) -> None:
    person = getattr(talk, who, None) or simulated.resident(talk.sim, "telegram:1009", "Karim")
    talk.hush()
    before = talk.place(person).revision
    for tap in (SayTap(talk.lead.token, page=-1), SayTap(talk.lead.token, "thanks", sure=True, revision=before)):
        (told,) = talk.sim.hear(person, tap)
        assert told.text == phrase("relay.closed")
    assert (texts(talk.fatma), texts(talk.ans)) == ([], [])


@pytest.mark.parametrize("how", ["complete.helped", "withdrawn", "give_back"])
def test_an_old_button_says_nothing_after_the_end(talk: Talk, how: str) -> None:
    talk.says(talk.ans, "thanks")
    shown, sure = simulated.button(talk.ans, "say_sure")
    if how == "give_back":
        talk.tap(talk.ans, "hand_back")
    else:
        talk.ends(how)
    talk.hush()
    told = talk.sim.press(talk.ans, shown.id, sure.data)
    assert [each.text for each in told] == [phrase("relay.closed")]
    assert texts(talk.fatma) == []


def test_a_day_that_has_passed_is_asked_again(talk: Talk) -> None:
    talk.says(talk.ans, "call", "say.call.2026-11-26", "say.call.2026-11-26.morning")
    shown, sure = simulated.button(talk.ans, "say_sure")
    talk.clock.forward(days=2)
    (told,) = talk.sim.press(talk.ans, shown.id, sure.data)
    assert told.text.startswith("Welke dag?")
    assert texts(talk.fatma) == []


def test_who_helps_begins_no_talk_at_night_but_may_answer(talk: Talk) -> None:
    talk.clock.forward(hours=8)  # 22.02
    talk.says(talk.ans, "thanks")
    (told,) = go(talk.sim, talk.ans, "say_sure")
    assert told.text == phrase("desk.say_night")
    assert texts(talk.fatma) == []
    talk.says(talk.fatma, "when")
    go(talk.sim, talk.fatma, "say_sure")
    talk.says(talk.ans, "thanks")
    go(talk.sim, talk.ans, "say_sure")
    assert phrase("to_resident.thanks", ARABIC) in talk.fatma.news[-1].text


def test_nothing_is_sent_to_who_does_not_read_the_chat(talk: Talk) -> None:
    talk.sim.hear(talk.fatma, Blocked(True))
    talk.says(talk.ans, "thanks")
    told = go(talk.sim, talk.ans, "say_sure")
    assert any(phrase("desk.away") in each.text for each in told)


def test_the_coordinator_says_who_they_are(talk: Talk) -> None:
    talk.tap(talk.ans, "fail.other")
    talk.tap(talk.ria, "reopen")
    now = talk.now()
    assert "who_coordinator" in sentences(CONTENT, now, TO_RESIDENT)
    assert "who" not in sentences(CONTENT, now, TO_RESIDENT)
    talk.says(talk.ria, "who_coordinator")
    assert "Dag, ik ben Ria, de coördinator." in talk.ria.news[-1].text


@pytest.mark.parametrize("step", [TO_RESIDENT, TO_PARTNER])
def test_every_sentence_is_on_a_page(talk: Talk, step: str) -> None:
    person, seen = (talk.ans if step == TO_RESIDENT else talk.fatma), list[str]()
    (shown,) = talk.sim.hear(person, SayTap(talk.lead.token, page=-1))
    for _ in range(20):
        taps = [decode(each.data) for row in person.chat[shown.id].buttons for each in row]
        seen += [each.phrase for each in taps if isinstance(each, SayTap) and each.phrase]
        further = next(each for each in taps if isinstance(each, SayTap) and not each.phrase)
        if further.page == 0:
            break
        talk.sim.hear(person, further, shown.id)
    assert seen == sentences(CONTENT, talk.now(), step)


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_typed_in_a_conversation_is_sent_after_a_yes_or_answered(store: Store, seed: int) -> None:
    """Two people type and tap in any order: no word arrives unasked, and none is dropped in silence."""
    talk, dice = Talk(store, dice_language(seed)), Random(seed)
    asked: dict[str, bool] = {}
    for count in range(16):
        person, other = dice.sample([talk.ans, talk.fatma], 2)
        act = dice.choice(["type", "type", "yes", "no", "write", "say", "menu", "preview"])
        writes = talk.place(person).step in (TO_RESIDENT, TO_PARTNER)
        talk.hush()
        try:
            if act == "type":
                words = f"Woord nummer {count} is voor jou"
                talk.sim.type(person, words)
                asked[words] = writes
                assert person.news, "nobody types into silence"
                assert got(other, words) == writes
                if not writes:
                    assert any(isinstance(tap, SendTap) for tap in under(person.news[-1])), "and is offered to send it"
            elif act in ("yes", "no"):
                offered = [each for each in person.chat.values() if any(isinstance(t, SendTap) for t in under(each))]
                if offered:
                    shown = offered[-1]
                    taps = [each for each in under(shown) if isinstance(each, SendTap)]
                    tap = taps[0 if act == "yes" else -1]
                    talk.sim.hear(person, tap, shown.id)
                    assert person.news
                    words = person.typed.get(shown.reply_to or 0, "")
                    asked[words] = asked.get(words, False) or bool(tap.lead)
            elif act == "write":
                go(talk.sim, person, "write" if person is talk.ans else "reply")
            elif act == "preview":
                go(talk.sim, person, dice.choice(["say_sure", "say.thanks", "say"]))
            else:
                go(talk.sim, person, "say.-1" if act == "say" else "_menu")
        except LookupError:
            continue  # that button is not there now
        for words, said in asked.items():
            assert said or not any(got(each, words) for each in (talk.ans, talk.fatma)), f"{words} went without a yes"
    assert talk.clock() == NOW


def dice_language(seed: int) -> str:
    return CONTENT.wijk.languages[seed % len(CONTENT.wijk.languages)]


def under(shown: Shown) -> list[object]:
    return [decode(each.data) for row in shown.buttons for each in row]


def got(person: Person, words: str) -> bool:
    """Whether this person reads these words, that another one wrote."""
    return words not in person.typed.values() and any(words in each.text for each in person.chat.values())


def test_a_sentence_stands_on_the_card_on_which_words_are_asked(talk: Talk) -> None:
    talk.tap(talk.ans, "write")
    card = talk.ans.card
    assert isinstance(under(card)[0], SayTap)
    talk.hush()
    (shown,) = go(talk.sim, talk.ans, "say")
    assert shown.id == card.id, "in its place"
    assert talk.place(talk.ans).step not in (TO_RESIDENT, TO_PARTNER), "and no word goes there any more"
    assert isinstance(under(shown)[0], SayTap)
    assert ChartTap("danger", "_danger") in under(shown)


def test_who_cannot_write_and_speaks_is_shown_the_sentences(talk: Talk) -> None:
    """A voice message goes nowhere yet; its sender is not sent away."""
    (told,) = talk.sim.hear(talk.fatma, Media("voice"))
    assert told.text == phrase("relay.media", ARABIC)
    assert under(told)[0] == SayTap(talk.lead.token, page=-1)
    other = simulated.handed_over(talk.sim, simulated.resident(talk.sim, "telegram:1009", "Karim"))
    talk.sim.press(talk.ans, talk.ans.card.id, simulated.under(other, "accept", 1))
    told = talk.sim.hear(talk.ans, Media("voice"))[-1]
    assert {each.lead for each in under(told) if isinstance(each, SayTap)} == {talk.lead.token, other.token}
    assert [each.text for each in talk.sim.hear(talk.bep, Media("voice"))] != [phrase("relay.media")]
    talk.ends("withdrawn")
    (told,) = talk.sim.hear(talk.fatma, Media("voice"))
    assert told.text != phrase("relay.media", ARABIC)


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_every_card_on_the_way_fits_on_the_phone_of_a_resident(store: Store, language: str) -> None:
    talk = Talk(store, language)
    shown: list[Shown] = []
    for page in range(10):
        shown += talk.sim.hear(talk.fatma, SayTap(talk.lead.token, page=page))
    day = talk.clock().date()
    for key in sentences(CONTENT, talk.now(), TO_PARTNER):
        for tap in (SayTap(talk.lead.token, key), SayTap(talk.lead.token, key, day)):
            shown += talk.sim.hear(talk.fatma, tap)
        shown += talk.sim.hear(talk.fatma, SayTap(talk.lead.token, key, day, "evening"))
    assert max(len(each.buttons) for each in shown) <= ROWS
    assert max(lines(each.text) for each in shown) <= SCREEN
