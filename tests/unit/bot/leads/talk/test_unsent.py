"""A message about a lead that rings the alarm goes to nobody, until its writer says so; nothing of it is stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.simulator import Person, Shown
from bot.messages.message import DANGER, Incoming, Outgoing, Quoted
from bot.messages.taps.buttons import Tap
from bot.messages.taps.residents import SendAnywayTap
from db.people import conversations
from db.store import Store
from flows.model.heard import Blocked, Heard, Media, Text
from flows.model.names import TO_PARTNER, TO_RESIDENT
from flows.walk.way_back import here
from tests import simulated
from tests.simulated import CONTENT, NOW, WIJK, go
from tests.unit.bot.leads.test_relay import ENDS, Line, phrase, texts

CRY, ABOUT_GAS = "mijn man slaat mij", "Was er nog een gaslucht?"
SENT_TO_PARTNER, SENT_TO_RESIDENT = "relay.sent_to_partner", "relay.sent_to_resident"
NUMBERS = (("nl", CRY, "0800-2000"), ("en", "my husband hits me", "0800-2000"), ("ar", "زوجي يضربني", "0800-2000"))


@pytest.fixture
def line(store: Store) -> Line:
    return Line(store)


def cries(line: Line, words: str = CRY) -> Shown:
    """Fatma writes this to whoever helps her; gives the danger card that she then reads."""
    line.answers()
    (card,) = line.sim.type(line.fatma, words)
    line.hush()
    return card


def taps(line: Line, person: Person, shown: Shown) -> list[str]:
    """This person taps *Toch versturen* under this message; gives what they then read."""
    line.hush()
    found = next(b for row in shown.buttons for b in row if b.data.startswith("send_anyway"))
    return [each.text for each in line.sim.press(person, shown.id, found.data)]


def labels(shown: Shown) -> list[str]:
    return [button.text for row in shown.buttons for button in row]


def decided(line: Line, person: Person, heard: Heard | Tap, id: int = 9500, **more: object) -> list[Outgoing]:
    """What one update with this number leads to, before anything is delivered."""
    known = Incoming("telegram", id, person.address, person.address, heard)
    return line.sim.handle([replace(known, **more)])  # type: ignore[arg-type]


def test_words_of_danger_to_a_helper_go_to_nobody_and_their_writer_hears_so_under_the_numbers(line: Line) -> None:
    """In reply to what they wrote, in their language; the numbers first, and nothing is stored."""
    for language, words, number in NUMBERS:
        line.sim.press(line.fatma, None, f"language:{language}:0")
        card = cries(line, words)
        assert card.reply_to is not None
        assert line.fatma.typed[card.reply_to] == words
        numbers, _, said = card.text.rpartition("\n\n")
        assert number in numbers
        assert said == phrase("relay.unsent", language)
        assert labels(card)[-3:-1] == [phrase("relay.send_anyway", language), phrase("nav.go_on", language)]
        assert texts(line.ans) == []
        assert simulated.found(line.sim.store, words) == []
        assert line.place(line.fatma).step == TO_PARTNER


def test_a_cry_in_another_language_than_the_chosen_one_is_told_in_both_its_own_first(line: Line) -> None:
    card = cries(line, "my husband hits me")
    assert card.text.endswith(f"\n\n{phrase('relay.unsent', 'en')}\n\n{phrase('relay.unsent')}")
    assert labels(card)[-3:-1] == [phrase("relay.send_anyway", "en"), phrase("nav.go_on", "en")]


def test_words_of_danger_to_a_resident_go_to_nobody_and_the_member_can_send_them_too(line: Line) -> None:
    line.tap(line.ans, "write")
    (card,) = line.sim.type(line.ans, ABOUT_GAS)
    assert card.text.endswith(phrase("relay.unsent_resident"))
    assert texts(line.fatma) == []
    taps(line, line.ans, card)
    assert ABOUT_GAS in line.fatma.card.text
    assert line.place(line.ans).step == SENT_TO_RESIDENT


def test_the_card_goes_before_all_others_and_is_a_reply_only_where_something_was_not_sent(line: Line) -> None:
    """Not to words beside the chart, under a photo or in an edited message: those never go to anybody."""
    (beside,) = decided(line, line.fatma, Text(CRY), 9500, said_in=77)
    line.answers()
    (card,) = decided(line, line.fatma, Text(CRY), 9501, said_in=78)
    (photo,) = decided(line, line.fatma, Media("photo", CRY), 9502, said_in=79)
    (edited,) = decided(line, line.fatma, Media("edited", CRY), 9503, said_in=80)
    assert [each.reply_to for each in (beside, card, photo, edited)] == [None, 78, None, None]
    assert {each.priority for each in (beside, card, photo, edited)} == {DANGER}
    assert beside.text == photo.text == edited.text == card.text.removesuffix(f"\n\n{phrase('relay.unsent')}")


def test_send_anyway_brings_the_words_to_the_helper_and_takes_the_button_away(line: Line) -> None:
    card = cries(line)
    told = taps(line, line.fatma, card)
    assert texts(line.ans) == [phrase("desk.message", code=line.lead.code, text=CRY)]
    assert line.place(line.fatma).step == SENT_TO_PARTNER
    assert len(told) == 1
    assert line.fatma.chat[card.id].text == card.text, "the numbers stay"
    assert labels(line.fatma.chat[card.id]) == []
    assert simulated.found(line.sim.store, CRY) == []


def test_two_taps_on_one_button_send_once_also_in_one_batch_and_later_they_are_asked_once_more(line: Line) -> None:
    card = cries(line)
    tap = next(b for row in card.buttons for b in row if b.data.startswith("send_anyway"))
    both = [(line.fatma, SendAnywayTap(line.lead.token, line.place(line.fatma).revision), card.id)] * 2
    line.sim.hear_all(both)
    assert len(texts(line.ans)) == 1
    line.hush()
    (again,) = line.sim.press(line.fatma, card.id, tap.data)
    assert (again.text, again.reply_to) == (phrase("relay.once_more"), card.reply_to)
    assert texts(line.ans) == []
    assert line.place(line.fatma).step == SENT_TO_PARTNER


def test_an_update_that_comes_twice_sends_once(line: Line) -> None:
    card = cries(line)
    tap, quoted = SendAnywayTap(line.lead.token, line.place(line.fatma).revision), Quoted(card.reply_to or 0, CRY)
    first, second = (decided(line, line.fatma, tap, message=card.id, quoted=quoted) for _ in range(2))
    assert [each.to for each in first if CRY in each.text] == [line.ans.id]
    assert second == []


def test_whoever_went_elsewhere_is_asked_once_more_with_a_button_that_sends_from_there(line: Line) -> None:
    """Nothing that was written is lost, and where they were is kept."""
    card = cries(line)
    line.sim.type(line.fatma, "/menu")
    go(line.sim, line.fatma, "+people", "_next")
    there = line.place(line.fatma)
    assert taps(line, line.fatma, card) == [phrase("relay.once_more")]
    assert line.place(line.fatma) == there
    assert texts(line.ans) == []
    taps(line, line.fatma, line.fatma.card)
    assert texts(line.ans) == [phrase("desk.message", code=line.lead.code, text=CRY)]
    assert line.place(line.fatma).left == here(there)


def test_a_second_message_that_was_sent_meanwhile_does_not_pass_for_the_first(line: Line) -> None:
    card = cries(line)
    line.sim.type(line.fatma, "Kun je mij bellen?")
    line.hush()
    assert taps(line, line.fatma, card) == [phrase("relay.once_more")]
    taps(line, line.fatma, line.fatma.card)
    assert [CRY in each for each in texts(line.ans)] == [True]


def test_words_that_the_channel_does_not_give_back_can_be_typed_again(line: Line) -> None:
    """Too old, or deleted; also after they went elsewhere."""
    for elsewhere in (False, True):
        card = cries(line)
        line.fatma.typed.clear()
        if elsewhere:
            line.sim.type(line.fatma, "/menu")
        (told,) = taps(line, line.fatma, card)
        assert told.startswith(phrase("relay.type_again"))
        assert texts(line.ans) == []
        assert line.place(line.fatma).step == TO_PARTNER
        line.sim.type(line.fatma, f"Bel mij {elsewhere}")
        assert texts(line.ans) == [phrase("desk.message", code=line.lead.code, text=f"Bel mij {elsewhere}")]


def test_what_is_sent_is_what_the_message_says_now(line: Line) -> None:
    card = cries(line)
    line.fatma.typed[card.reply_to or 0] = "Bel mij vandaag"
    taps(line, line.fatma, card)
    assert texts(line.ans) == [phrase("desk.message", code=line.lead.code, text="Bel mij vandaag")]


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_sent_about_a_lead_that_ended(line: Line, end: str) -> None:
    card = cries(line)
    line.tap(line.ans, "write")
    (theirs,) = line.sim.type(line.ans, ABOUT_GAS)
    line.ends(end)
    assert taps(line, line.fatma, card)[0] == phrase("relay.closed")
    assert taps(line, line.ans, theirs)[0] == phrase("relay.closed")
    assert (texts(line.fatma), CRY in str(line.ans.chat)) == ([], False)
    line.sim.type(line.fatma, "/menu")
    assert taps(line, line.fatma, card) == [phrase("relay.closed")], "nor are they asked once more"


@pytest.mark.parametrize("who", ["karim", "bep", "ria"])
def test_nobody_sends_words_by_the_token_of_somebody_elses_lead(line: Line, who: str) -> None:
    """A made-up tap, with words of their own to reply to and the right revision."""
    person = simulated.resident(line.sim, "telegram:1002", "Karim") if who == "karim" else getattr(line, who)
    cries(line)
    tap = SendAnywayTap(line.lead.token, line.place(person).revision)
    (told,) = decided(line, person, tap, quoted=Quoted(5, CRY))
    assert (told.to, told.text) == (person.id, phrase("relay.closed"))
    assert line.place(person).step not in (TO_PARTNER, TO_RESIDENT)


def test_numbers_that_nobody_may_hold_and_words_that_are_too_long_are_refused_here_too(line: Line) -> None:
    for words, notice in (
        (f"{CRY}, mijn bsn is 111222333", phrase("notices.no_numbers")),
        (f"{CRY} NL91ABNA0417164300", phrase("notices.no_numbers")),
        (f"{CRY} {'x' * 500}", phrase("notices.too_long", limit=500)),
    ):
        card = cries(line, words)
        (told,) = taps(line, line.fatma, card)
        assert told.startswith(notice)
        assert texts(line.ans) == []
        assert line.place(line.fatma).step == TO_PARTNER
        assert simulated.found(line.sim.store, words) == []


def test_a_helper_who_does_not_read_the_chat_gets_nothing_and_the_button_stays_for_later(line: Line) -> None:
    card = cries(line)
    line.sim.hear(line.ans, Blocked(True))
    assert taps(line, line.fatma, card)[0] == phrase("relay.nobody_yet", code=line.lead.code)
    assert phrase("relay.send_anyway") in labels(line.fatma.chat[card.id])
    line.sim.hear(line.ans, Blocked(False))
    line.tap(line.ans, "accept")
    taps(line, line.fatma, card)
    assert CRY in str(line.ans.chat)


def test_the_danger_card_is_never_edited_away_by_what_is_said_after_the_tap(line: Line) -> None:
    """Also while it is not known yet which message is the card."""
    card = cries(line)
    tap, quoted = SendAnywayTap(line.lead.token, line.place(line.fatma).revision), Quoted(card.reply_to or 0, CRY)
    with line.sim.store.write() as tx:
        conversations.set_cards(tx, WIJK, {line.fatma.id: None})
    sent = decided(line, line.fatma, tap, message=card.id, quoted=quoted)
    assert [each.text for each in sent if each.edit == card.id] == [""]


def test_a_card_about_a_lead_that_is_gone_says_so_and_has_no_button(line: Line) -> None:
    line.stands(line.fatma, TO_PARTNER)
    place = replace(line.place(line.fatma), about=999_999)
    with line.sim.store.write() as tx:
        kept = conversations.look(tx, WIJK, [line.fatma.id])[line.fatma.id]
        conversations.save(tx, WIJK, [replace(kept, place=place.to_dict())], NOW)
    (card,) = line.sim.type(line.fatma, CRY)
    assert card.text.endswith(phrase("relay.unsent"))
    assert labels(card) == [CONTENT.words.phrase("nl", f"nav.{key}") for key in ("go_on", "hide")]
