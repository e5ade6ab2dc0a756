"""Words go where they were meant: to the person whom the card names, or to nobody."""

from __future__ import annotations

import pytest

from bot.demo.simulator import Person, Shown
from bot.messages.message import DANGER
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap
from bot.messages.taps.residents import ReplyTap, SendTap
from db.leads.lead import Lead
from db.store import Store
from flows.model.heard import ChartTap, Command, Heard, Text
from flows.model.names import NOT_SENT, TO_PARTNER, TO_RESIDENT
from flows.walk.way_back import here
from tests import simulated
from tests.simulated import CONTENT, go
from tests.unit.bot.leads.test_relay import Line, phrase, texts

ABOUT_FATMA, ABOUT_YUSUF = "Dag Fatma, past dinsdag?", "Yusuf, neem je alle rekeningen mee"
ANSWER, CRY = "Ja, dinsdag is goed", "mijn man slaat mij"


class Two(Line):
    """Ans took the leads of Fatma and of Yusuf."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.yusuf = simulated.resident(self.sim, "telegram:1003", "Yusuf")
        self.other = simulated.handed_over(self.sim, self.yusuf)
        self.under(self.other, "accept")

    def under(self, lead: Lead, answer: str) -> list[Shown]:
        """Ans taps this under the lead as it is now."""
        self.hush()
        now = simulated.lead(self.sim, lead.id)
        shown = next(id for id, each in self.ans.chat.items() if lead.code in each.text)
        return self.sim.press(self.ans, shown, simulated.under(lead, answer, now.version))

    def writes(self, words: str = ABOUT_FATMA) -> Shown:
        """Ans writes this to Fatma; gives the message that Fatma got."""
        self.tap(self.ans, "write")
        self.sim.type(self.ans, words)
        shown = list(self.fatma.chat.values())[-1]
        self.hush()
        return shown


@pytest.fixture
def two(store: Store) -> Two:
    return Two(store)


def to(lead: Lead, name: str, language: str = "nl") -> str:
    return phrase("relay.to", language, name=name, code=lead.code)


def got(person: Person, words: str) -> bool:
    return any(words in each.text for each in person.chat.values())


def answers(shown: Shown) -> list[Tap]:
    return [decode(button.data) for row in shown.buttons for button in row]


def test_the_card_and_the_receipt_name_who_reads_the_words_and_about_which_lead(two: Two) -> None:
    told = two.tap(two.ans, "write")
    assert told.split("\n")[0] == f"Je schrijft aan Fatma ({two.lead.code})."
    two.sim.type(two.ans, ABOUT_FATMA)
    assert texts(two.ans)[0].split("\n")[0] == f"Verstuurd aan Fatma ({two.lead.code}). ✅"
    assert two.answers().split("\n")[0] == f"Je schrijft aan Ans ({two.lead.code})."
    two.sim.type(two.fatma, ANSWER)
    assert texts(two.fatma)[0].split("\n")[0] == f"Verstuurd aan Ans ({two.lead.code}). ✅"


def test_no_card_or_receipt_of_writing_names_a_resident_who_erased_everything(two: Two) -> None:
    two.writes()
    two.tap(two.ans, "write")
    assert got(two.ans, "Fatma")
    two.sim.type(two.fatma, "/verwijder")
    go(two.sim, two.fatma, "erase:yes")
    assert not got(two.ans, "Fatma")
    assert got(two.ans, two.other.code), "the other lead is as it was"


def test_a_resident_without_a_name_is_named_as_the_resident(store: Store) -> None:
    line = Line(store)
    karim = simulated.resident(line.sim, "telegram:1005", "Karim")
    go(line.sim, karim, *simulated.ALONE, "first", *simulated.ABOUT_ME, *simulated.changing("name"), "none")
    go(line.sim, karim, "handoff.consent:yes")
    line.lead = simulated.leads_of(line.sim, karim)[-1]
    line.tap(line.ans, "accept")
    assert line.tap(line.ans, "write").startswith(f"Je schrijft aan de bewoner ({line.lead.code}).")


OPENS: tuple[Heard | Tap, ...] = (
    *(InboxTap(), DashboardTap(), Command("postvak"), Command("coordinator"), Command("menu"), Command("hulp")),
    *(Command("privacy"), Command("start"), Command("help"), Command("mijngegevens"), Command("zomaar")),
    *(ChartTap("menu.welcome", "_help"), ChartTap("menu.welcome", "_person")),
)


@pytest.mark.parametrize("opened", [None, *OPENS], ids=str)
def test_whoever_opens_something_else_writes_to_nobody_any_more(two: Two, opened: Heard | Tap | None) -> None:
    """Ans was writing to Fatma and opens Yusuf's lead, or anything else: Fatma reads nothing of what she types."""
    two.tap(two.ans, "write")
    card = two.ans.chat[next(reversed(two.ans.chat))]
    if opened is None:
        two.under(two.other, "view")
    else:
        two.sim.hear(two.ans, opened)
    assert two.place(two.ans).step not in (TO_RESIDENT, TO_PARTNER)
    assert two.ans.chat[card.id].text == phrase("relay.stopped", to=to(two.lead, "Fatma"))
    two.sim.type(two.ans, ABOUT_YUSUF)
    assert texts(two.ans)[-1] == phrase("relay.offer_who"), "she is asked for whom it is"
    assert not got(two.fatma, ABOUT_YUSUF)
    assert not got(two.yusuf, ABOUT_YUSUF)
    assert simulated.found(two.sim.store, ABOUT_YUSUF) == []


@pytest.mark.parametrize("heard", [Command("gevaar"), Command("taal"), ChartTap("danger", "_danger")], ids=str)
def test_looking_at_the_numbers_for_danger_or_at_the_languages_ends_no_writing(two: Two, heard: Heard | Tap) -> None:
    two.tap(two.ans, "write")
    two.sim.hear(two.ans, heard)
    assert (two.place(two.ans).step, two.place(two.ans).about) == (TO_RESIDENT, two.lead.id)


def test_a_command_that_speaks_of_danger_is_answered_by_the_numbers(two: Two) -> None:
    two.answers()
    (told,) = two.sim.type(two.fatma, f"/hulp {CRY}")
    assert "0800-2000" in told.text
    assert two.place(two.fatma).step == TO_PARTNER


def test_whoever_writes_about_another_lead_writes_to_that_resident(two: Two) -> None:
    two.tap(two.ans, "write")
    (stopped, card) = two.under(two.other, "write")
    assert stopped.text == phrase("relay.stopped", to=to(two.lead, "Fatma"))
    assert card.text.startswith(f"Je schrijft aan Yusuf ({two.other.code}).")
    two.sim.type(two.ans, ABOUT_YUSUF)
    assert got(two.yusuf, ABOUT_YUSUF)
    assert not got(two.fatma, ABOUT_YUSUF)


def test_a_resident_who_answers_without_tapping_is_offered_to_send_it(two: Two) -> None:
    """The offer is a reply to the words, so that nothing of them is stored until they are sent."""
    two.writes()
    (offer,) = two.sim.type(two.fatma, ANSWER)
    assert offer.text == phrase("relay.offer", to=to(two.lead, "Ans"))
    assert offer.reply_to is not None
    assert two.fatma.typed[offer.reply_to] == ANSWER
    assert not got(two.ans, ANSWER)
    assert simulated.found(two.sim.store, ANSWER) == []
    go(two.sim, two.fatma, "send")
    assert texts(two.fatma)[-1].startswith(f"Verstuurd aan Ans ({two.lead.code}).")
    assert texts(two.ans) == [phrase("desk.message", code=two.lead.code, text=ANSWER)]
    assert two.fatma.chat[offer.id].buttons == ()


def test_a_second_tap_on_the_offer_sends_nothing_and_asks_once_more(two: Two) -> None:
    two.writes()
    (offer,) = two.sim.type(two.fatma, ANSWER)
    sends = next(each for each in answers(offer) if isinstance(each, SendTap) and each.lead)
    two.sim.hear_all([(two.fatma, sends, offer.id)] * 2)
    assert len(texts(two.ans)) == 1
    assert phrase("relay.once_more") in texts(two.fatma)
    two.hush()
    go(two.sim, two.fatma, "send")
    assert len(texts(two.ans)) == 1


def test_no_to_the_offer_sends_nothing_and_shows_where_the_resident_was(two: Two) -> None:
    two.sim.type(two.fatma, "/menu")
    two.writes()
    there = two.place(two.fatma)
    (offer,) = two.sim.type(two.fatma, ANSWER)
    (told,) = go(two.sim, two.fatma, "keep")
    assert told.text.startswith("Geeft niet. Ik begrijp alleen knoppen.")
    assert two.fatma.chat[offer.id].buttons == ()
    assert two.place(two.fatma) == there
    assert not got(two.ans, ANSWER)


def test_words_that_may_be_for_two_helpers_ask_for_whom_whoever_wrote_last_first(two: Two) -> None:
    eas = simulated.member(two.sim, "binnenhof", "telegram:2007", "Omar")
    two.sim.type(two.fatma, "/menu")
    second = simulated.handed_over(two.sim, two.fatma, choice="all")
    two.sim.press(eas, eas.card.id, simulated.under(second, "accept", 1))
    two.writes()
    (offer,) = two.sim.type(two.fatma, ANSWER)
    assert offer.text == phrase("relay.offer_who")
    shown = [button.text for row in offer.buttons for button in row]
    assert shown[:3] == [to(two.lead, "Ans"), to(second, "Omar"), phrase("words.no")]
    go(two.sim, two.fatma, f"send:{second.token}")
    assert got(eas, ANSWER)
    assert not got(two.ans, ANSWER)


def test_nobody_is_offered_to_write_about_a_lead_that_nobody_took_or_that_ended(two: Two) -> None:
    karim = simulated.resident(two.sim, "telegram:1002", "Karim")
    simulated.handed_over(two.sim, karim)
    (told,) = two.sim.type(karim, ANSWER)
    assert told.text.startswith("Geeft niet.")
    two.ends("complete.helped")
    (told,) = two.sim.type(two.fatma, ANSWER)
    assert told.text.startswith("Geeft niet.")


def test_the_guard_and_the_length_hold_for_what_is_offered(two: Two) -> None:
    two.writes()
    for words, note in (("Mijn BSN is 111222333", "notices.no_numbers"), ("la " * 300, "notices.too_long")):
        two.sim.type(two.fatma, words)
        go(two.sim, two.fatma, "send")
        assert phrase(note, limit=500) in two.fatma.card.text
        assert not got(two.ans, words[:12])
        two.sim.type(two.fatma, "/menu")


def test_a_cry_goes_first_and_words_that_became_one_are_held_back_too(two: Two) -> None:
    """Telegram gives back what the message says now; a cry that was typed in later is answered with the numbers."""
    two.writes()
    (told,) = two.sim.type(two.fatma, CRY)
    assert "0800-2000" in told.text
    (offer,) = two.sim.type(two.fatma, ANSWER)
    two.fatma.typed[offer.reply_to or 0] = CRY
    (told,) = go(two.sim, two.fatma, "send")
    assert "0800-2000" in told.text
    assert told.text.endswith(phrase("relay.unsent"))
    assert told.reply_to == offer.reply_to
    assert not got(two.ans, CRY)
    go(two.sim, two.fatma, "send_anyway")
    assert got(two.ans, CRY)


def test_a_reply_to_a_message_of_the_helper_goes_to_that_helper_whatever_the_resident_was_doing(two: Two) -> None:
    message = two.writes()
    two.sim.type(two.fatma, "/menu")
    go(two.sim, two.fatma, "+people", "_next")
    there = two.place(two.fatma)
    (receipt,) = two.sim.type(two.fatma, ANSWER, answers=message.id)
    assert receipt.text.startswith(f"Verstuurd aan Ans ({two.lead.code}).")
    assert got(two.ans, ANSWER)
    assert two.place(two.fatma).left == here(there)


def test_a_reply_of_a_member_goes_to_that_resident_also_while_writing_to_another(two: Two) -> None:
    two.answers()
    two.sim.type(two.fatma, ANSWER)
    message = list(two.ans.chat.values())[-1]
    two.under(two.other, "write")
    two.sim.type(two.ans, ABOUT_FATMA, answers=message.id)
    assert got(two.fatma, ABOUT_FATMA)
    assert not got(two.yusuf, ABOUT_FATMA)
    assert texts(two.ans)[0] == phrase("relay.stopped", to=to(two.other, "Yusuf"))


def test_a_cry_in_a_reply_is_held_back_and_can_be_sent_to_the_helper_it_replies_to(two: Two) -> None:
    message = two.writes()
    (told,) = two.sim.type(two.fatma, CRY, answers=message.id)
    assert "0800-2000" in told.text
    assert told.text.endswith(phrase("relay.unsent"))
    assert not got(two.ans, CRY)
    go(two.sim, two.fatma, "send_anyway")
    assert got(two.ans, CRY)


def test_a_reply_about_a_lead_of_which_nothing_may_be_written_goes_to_nobody(two: Two) -> None:
    """Ans writes to Fatma and replies to the news about a lead that she did not take: it is not for Fatma either."""
    karim = simulated.resident(two.sim, "telegram:1002", "Karim")
    new = simulated.handed_over(two.sim, karim)
    (notice,) = [each for each in two.ans.chat.values() if new.code in each.text]
    two.tap(two.ans, "write")
    two.sim.type(two.ans, ABOUT_YUSUF, answers=notice.id)
    assert texts(two.ans)[-1] == phrase("desk.not_taken", code=new.code)
    assert two.place(two.ans).step == NOT_SENT
    assert not any(got(each, ABOUT_YUSUF) for each in (two.fatma, two.yusuf, karim))


def test_a_reply_to_a_card_that_shows_another_lead_by_now_goes_to_nobody(two: Two) -> None:
    """The notice about Karim's lead was tapped, and later the same message showed Yusuf's."""
    karim = simulated.resident(two.sim, "telegram:1002", "Karim")
    new = simulated.handed_over(two.sim, karim)
    (notice,) = [each for each in two.ans.chat.values() if new.code in each.text]
    two.sim.press(two.ans, notice.id, simulated.under(new, "accept", 1))
    two.sim.press(two.ans, notice.id, simulated.under(two.other, "view", 2))
    two.tap(two.ans, "write")
    two.sim.type(two.ans, ABOUT_YUSUF, answers=notice.id)
    assert texts(two.ans)[-1] == phrase("desk.typed")
    assert not any(got(each, ABOUT_YUSUF) for each in (two.fatma, two.yusuf, karim))


def test_a_cry_in_such_a_reply_still_brings_the_numbers_and_no_button_to_send_it(two: Two) -> None:
    karim = simulated.resident(two.sim, "telegram:1002", "Karim")
    new = simulated.handed_over(two.sim, karim)
    (notice,) = [each for each in two.ans.chat.values() if new.code in each.text]
    two.tap(two.ans, "write")
    told = two.sim.type(two.ans, CRY, answers=notice.id)[-1]
    assert "0800-2000" in told.text
    assert not any(isinstance(each, SendTap) for each in answers(told))
    assert phrase("relay.unsent_resident") not in told.text


def test_a_reply_about_a_lead_that_nobody_has_any_more_is_answered_kindly(two: Two) -> None:
    message = two.writes()
    two.erases(two.ans)
    two.hush()
    (told,) = two.sim.type(two.fatma, ANSWER, answers=message.id)
    assert told.text == phrase("relay.nobody_yet", code=two.lead.code)


def test_a_reply_about_help_that_is_done_is_answered_kindly(two: Two) -> None:
    message = two.writes()
    two.ends("complete.helped")
    (told,) = two.sim.type(two.fatma, ANSWER, answers=message.id)
    assert told.text == phrase("relay.closed")
    assert not got(two.ans, ANSWER)


def test_after_a_withdrawal_nothing_leads_from_a_message_to_the_lead(two: Two) -> None:
    message = two.writes()
    two.ends("withdrawn")
    (told,) = two.sim.type(two.fatma, ANSWER, answers=message.id)
    assert two.lead.code not in told.text
    assert not got(two.ans, ANSWER)


def test_a_reply_to_a_message_of_somebody_else_says_nothing(two: Two) -> None:
    """The number of a message in another chat: Karim has no such message."""
    message = two.writes()
    karim = simulated.resident(two.sim, "telegram:1002", "Karim")
    karim.chat[message.id] = message
    two.sim.type(karim, ANSWER, answers=message.id)
    assert not got(two.ans, ANSWER)


def test_forged_taps_to_send_words_about_the_lead_of_somebody_else_send_nothing(two: Two) -> None:
    karim = simulated.resident(two.sim, "telegram:1002", "Karim")
    two.sim.type(karim, ANSWER)
    (told,) = two.sim.hear(karim, SendTap(two.lead.token, two.place(karim).revision))
    assert told.text == phrase("relay.closed")
    assert not got(two.ans, ANSWER)
    two.sim.hear(two.bep, LeadTap(two.lead.token, "write", version=two.now().version))
    two.sim.hear(two.bep, ReplyTap(two.lead.token))
    assert two.place(two.bep).step not in (TO_RESIDENT, TO_PARTNER)


def test_the_danger_card_of_a_reply_goes_before_everything(two: Two) -> None:
    message = two.writes()
    shown = two.decided(two.fatma, ChartTap("danger", "_danger"))
    assert [each.priority for each in shown] == [DANGER]
    assert CONTENT.walk.alarm.heard(Command("x", CRY))
    assert message.id in two.fatma.chat


def test_each_of_two_lines_that_come_in_together_is_offered_in_reply_to_itself(two: Two) -> None:
    """After an outage they are in one batch: the question about the second one does not take the first one away."""
    for person in (two.fatma, two.ans):
        before = set(person.typed)
        two.sim.hear_all([(person, Text(ABOUT_FATMA), None), (person, Text(ANSWER), None)])
        assert [each.reply_to for each in person.news] == sorted(set(person.typed) - before)
