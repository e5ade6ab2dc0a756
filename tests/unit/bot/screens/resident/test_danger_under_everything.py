"""🆘 is under everything that anybody is sent, in their language: the numbers are always one tap away."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.demo.simulator import Person, Simulator
from bot.handle import Handle
from bot.leads.clocks.times import next_morning
from bot.leads.deadlines import working_days
from bot.leads.members.wijk_now import WijkNow
from bot.messages.card import TO_DANGER, WIDE, Card, Choice, with_danger
from bot.messages.message import DANGER, Incoming, Outgoing
from bot.messages.taps.buttons import Tap, decode
from bot.messages.taps.members import CallTap, DashboardTap, InboxTap, LeadTap
from bot.messages.taps.residents import HelpTap, OpenTap, ReplyTap, SayTap, SendAnywayTap
from bot.messages.ticks import LookAtLeads, TakenBack
from bot.screens.resident.outage_notice import OutageNotices
from db.leads import calls, leads
from db.people import conversations, members
from db.queue.sent_messages import SentMessage
from db.store import Store
from flows.model.heard import Blocked, ChartTap, Contact, Elsewhere, Media, StopHelpTap, Text
from tests import house, simulated
from tests.script import without
from tests.simulated import CONTENT, WIJK, Clock, go

ROOT = Path(__file__).parents[5]

SPARED: Mapping[str, Callable[[Outgoing], bool]] = {
    "it must tell nothing of us": lambda message: message.neutral,
    "the numbers are in its text": lambda message: message.priority == DANGER,
    "everybody in the group would read the answer": lambda message: message.reached_at.startswith("telegram:-"),
    "Telegram shows one kind of keyboard, and the card is right beside it": lambda message: (
        bool(message.ask_contact) or message.drop_keyboard
    ),
    "it says nothing: the buttons of what stays in the chat go, and a card comes below": lambda message: (
        not message.text
    ),
}
"""What goes out without 🆘, and why. Nothing else may."""

ABOVE_A_CARD = (
    *("old_button", "changed", "begin_again", "look_again", "pick_first", "picked_already", "too_long", "no_numbers"),
    *("not_your_number", "wrong_number", "sent_one", "sent_none"),
)
"""Notices that are no messages but the first line of a card."""

ON_BUTTONS = (
    "write_button",
    "name_helper",
    "hide_helper",
    "stop_button",
    "stop_help_yes",
    "erase_yes",
    "erase_no",
    "reply",
)


class Noting(Simulator):
    """A simulator that remembers everything that was ever sent in it."""

    sent: list[Outgoing]

    def deliver(self, messages: list[Outgoing]) -> None:
        self.sent = [*getattr(self, "sent", ()), *messages]
        super().deliver(messages)


def taps(message: Outgoing) -> list[Tap]:
    return [decode(each.data) for row in message.buttons for each in row]


def bare(messages: Sequence[Outgoing]) -> list[str]:
    """The texts of messages that lack 🆘 and are not spared."""
    spared = [each for each in messages if any(spares(each) for spares in SPARED.values())]
    return [each.text for each in messages if each not in spared and taps(each).count(TO_DANGER) != 1]


def move(sim: Simulator, person: Person, lead: int, act: str) -> None:
    now = simulated.lead(sim, lead)
    sim.press(person, None, simulated.under(now, act, now.version))


def sees_everything(sim: Noting) -> None:
    """One resident meets every kind of answer that there is beside the card."""
    fatma = sim.person("telegram:1001", "Fatma")
    sim.hear(fatma, Blocked(False))
    for said in ("dag", "ik ruik gas", "/start i_KAPOT"):
        sim.type(fatma, said)
    go(sim, fatma, *simulated.BEGIN)
    for said in ("/hulp", "/mijngegevens", "/privacy", "/help", "/verwijder", "/gevaar", "/taal", "/zomaar", "dag"):
        sim.type(fatma, said)
    for heard in (Media("voice"), Media("edited", "nee"), Contact("+31600000001", own=True)):
        sim.hear(fatma, heard)
    for answers in (("_person",), ("cut_off",), ("_menu",), ("+people", "_next"), ("meet",), ("_why",)):
        if answers == ("cut_off",):
            sim.press(fatma, None, "danger.all:cut_off:0")
        else:
            go(sim, fatma, *answers)
    sim.press(fatma, None, "menu.worries:+cold:0")
    go(sim, fatma, "_stay", "first", *simulated.TO_PHONE)
    sim.share(fatma, "+31612345678")
    for said in ("/start", "/stop", "/postvak", "/coordinator"):
        sim.type(fatma, said)


def the_clock_ticks(sim: Noting, ans: Person, lead_of: Callable[[str], tuple[Person, int]]) -> None:
    """A member names another day for one lead and gives another back; then nobody does anything for a month."""
    assert isinstance(sim.handle.now, Clock)
    for name, answer in (("Lale", "later"), ("Mo", "return")):
        _, lead = lead_of(name)
        move(sim, ans, lead, "accept")
        due = simulated.lead(sim, lead).due_at
        assert due is not None
        day = working_days(due, 1, CONTENT.wijk.partners["balans"])
        move(sim, ans, lead, f"later.{day:%Y%m%d}" if answer == "later" else answer)
    for _ in range(24 * 30):
        sim.handle.now.forward(hours=1)
        while not (done := sim.handle.tick(LookAtLeads())).all_done:
            sim.deliver(list(done.messages))


def somebody_tells_it(sim: Noting, ans: Person, lead_of: Callable[[str], tuple[Person, int]]) -> None:
    """Residents go away before they open what they were told, and hear it when they come back."""
    for acts in (("accept",), ("accept", "contact"), ("accept", "else")):
        person, lead = lead_of("Sam")
        with sim.store.write() as tx:
            leads.set_notices(tx, WIJK, person.id, named=False)
        for act in acts:
            if act != "else":
                move(sim, ans, lead, act)
        sim.hear(person, Blocked(True))
        with sim.store.read() as tx:
            call = calls.of_lead(tx, WIJK, lead)
        assert call is not None
        if "else" in acts:
            sim.hear(ans, CallTap(call.token, "self_else"))
        sim.hear(person, Blocked(False))


def a_partner_leaves(sim: Noting) -> None:
    """A partner has a lead, and the bot starts again without that partner."""
    simulated.member(sim, "binnenhof", "telegram:2011", "Kees")
    simulated.handed_over(sim, simulated.resident(sim, "telegram:1099", "Tom"), choice="second")
    sim.content = without(sim.content, "binnenhof")
    sim.handle = Handle(sim.content, sim.store, now=sim.handle.now)
    sim.handle.now.moment = next_morning(sim.handle.now())  # type: ignore[attr-defined]
    while not (done := sim.handle.tick(LookAtLeads())).all_done:
        sim.deliver(list(done.messages))


def within_one_inbox(sim: Noting, ans: Person, lead_of: Callable[[str], tuple[Person, int]]) -> None:
    """Leads are given to a colleague and to volunteers, and taken over, before and after there is contact."""
    bep = simulated.member(sim, "balans", "telegram:2002", "Bep")
    with sim.store.read() as tx:
        (colleague,) = members.of(tx, WIJK, bep.id)
    for contact in (False, True):
        for matches in (False, True):
            _, lead = lead_of("Hanna")
            for act in ("accept", *(["contact"] if contact else []), "more", f"give.{colleague.handle}"):
                move(sim, ans, lead, act)
            move(sim, ans, lead, "take_over")
            move(sim, ans, lead, "take_over.sure")
            balans = replace(CONTENT.wijk.partners["balans"], matches=matches)
            wijk = replace(CONTENT.wijk, partners={**CONTENT.wijk.partners, "balans": balans})
            sim.handle.wijk = WijkNow(replace(CONTENT, wijk=wijk))
            move(sim, ans, lead, "give")
            move(sim, ans, lead, "give.new")
            sim.type(ans, "het ruikt naar gas")
            sim.type(ans, "Joke")
    resident, noted = lead_of("Ida")
    for words in ("Belt liever niet", "het ruikt naar gas"):
        move(sim, ans, noted, "note")
        sim.type(ans, words)
    move(sim, ans, noted, "accept")
    move(sim, ans, noted, "give.new")
    sim.type(ans, "Joke")
    sim.type(resident, "/mijngegevens")
    move(sim, ans, lead, "give.new")
    move(sim, bep, lead, "take_over.sure")
    sim.type(ans, "Piet")
    sim.handle.wijk = WijkNow(CONTENT)


def helps(sim: Noting) -> None:
    """Residents and members do all that can be done with leads, through the bot and at the desk."""
    sim.handle.now = Clock()
    number = 0

    def lead_of(name: str) -> tuple[Person, int]:
        nonlocal number
        number += 1
        person = simulated.resident(sim, f"telegram:{1100 + number}", name)
        return person, simulated.handed_over(sim, person).id

    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    for acts in (("decline.no_capacity",), ("accept", "fail.other")):
        _, lead = lead_of("Karim")
        for act in acts:
            move(sim, ria, lead, act)
    ans = simulated.member(sim, "balans", "telegram:2001", "Ans")
    simulated.member(sim, "balans", "telegram:2002", "Bep")
    waits = (
        "accept",
        "try",
        "more",
        "hold",
        "hold.waitlist",
        "hold.waitlist_1",
        "unhold",
        "more",
        "hand_back",
        "accept",
    )
    for way in ((*waits, "contact", "view", "complete", "complete.helped"), ("decline.other",)):
        _, lead = lead_of("Zoë")
        for act in way:
            move(sim, ans, lead, act)
    move(sim, ria, lead, "end.no_help")
    within_one_inbox(sim, ans, lead_of)
    fatma, lead = lead_of("Fatma")
    token = simulated.lead(sim, lead).token
    for member, act in ((ans, "accept"), (ans, "fail.other"), (ria, "reopen")):
        move(sim, member, lead, act)
    for words in ("Zal ik bellen?", "Of langskomen?"):
        move(sim, ria, lead, "write")
        sim.type(ria, words)
        sim.hear(fatma, ReplyTap(token))
        sim.type(fatma, "Ja, graag")
    sim.hear(fatma, SayTap(token, page=-1))
    sim.hear(fatma, SayTap(token, "suits"))
    day = next(each.split(".")[2] for each in chosen(fatma) if each.startswith("say.suits."))
    go(sim, fatma, f"say.suits.{day}", f"say.suits.{day}.morning", "say_sure")
    for words, act in (("Nog iets", "keep"), ("En dit", "send")):
        sim.type(fatma, words)
        go(sim, fatma, act)
    for person, words in ((fatma, "mijn man slaat mij"), (ria, "Is de gaslucht weg?")):
        sim.hear(fatma, ReplyTap(token))
        move(sim, ria, lead, "write")
        sim.type(person, words)
        sim.type(person, "/menu")
        go(sim, person, "send_anyway")
        person.typed.clear()
        go(sim, person, "send_anyway")
    with sim.store.write() as tx:
        conversations.set_blocked(tx, WIJK, ria.id, True)
    sim.hear(fatma, ReplyTap(token))
    sim.type(fatma, "Ben je er nog?")
    with sim.store.write() as tx:
        conversations.set_blocked(tx, WIJK, ria.id, False)
    sim.hear(ria, Blocked(True))
    sim.hear(fatma, ReplyTap(token))
    sim.type(fatma, "En nu?")
    sim.hear(ria, Blocked(False))
    move(sim, ria, lead, "accept")
    sim.hear(fatma, Blocked(True))
    move(sim, ria, lead, "write")
    sim.hear(fatma, Blocked(False))
    other, withdrawn = lead_of("Noor")
    move(sim, ans, withdrawn, "accept")
    move(sim, ans, withdrawn, "write")
    sim.type(ans, "Dag!")
    held = simulated.lead(sim, withdrawn).token
    for sure in (False, True, True):
        sim.hear(other, StopHelpTap(held, simulated.place(sim, other).revision, sure))
    sim.hear(other, ReplyTap(held))
    move(sim, ans, withdrawn, "view")
    back = [SentMessage(ans.id, 77, withdrawn)]
    somebody_tells_it(sim, ans, lead_of)
    the_clock_ticks(sim, ans, lead_of)
    sim.deliver(list(sim.handle.tick(TakenBack(back)).messages))
    for _ in range(5):
        lead_of("Sara")
    sim.hear(ans, InboxTap())
    _, taken = lead_of("Mira")
    move(sim, ans, taken, "accept")
    _, waiting = lead_of("Lot")
    move(sim, ans, waiting, "decline.no_capacity")
    for act in ("home", "partner.balans", "state.balans.full", "invite.balans", "members.balans", "invite_deputy"):
        sim.press(ria, None, f"dashboard:{act}:0")
    sim.press(ria, None, "dashboard:state.balans.open:0")
    a_partner_leaves(sim)
    sim.type(fatma, "/mijngegevens")
    sim.hear(fatma, ChartTap("erase", "yes", simulated.place(sim, fatma).revision))
    sim.hear(ans, ChartTap("erase", "yes", simulated.place(sim, ans).revision))


def chosen(person: Person) -> list[str]:
    """What the buttons that this person sees are called in tests."""
    found = [simulated.names(each.data) for shown in person.chat.values() for row in shown.buttons for each in row]
    return [name for names in found for name in names]


def pattern(key: str) -> re.Pattern[str]:
    """What a text holds that this phrase is in, whatever its fields stand for."""
    parts = re.split(r"\\{\w+\\}", re.escape(CONTENT.words.phrases[key]))
    return re.compile("[\\s\\S]*".join(parts), re.IGNORECASE)


@pytest.mark.slow
def test_whatever_anybody_is_sent_has_danger_one_tap_away(store: Store) -> None:
    """And every sentence that may be a message of its own was sent in this test, or it is named above."""
    sim = Noting(CONTENT, store, Clock())
    sees_everything(sim)
    helps(sim)
    sent = list(sim.sent)
    group = sim.handle([Incoming("telegram", 9001, "telegram:1001", "telegram:-5", Elsewhere())])
    assert [taps(each) for each in group] == [[]]
    broken = Incoming("telegram", 9002, "telegram:1001", "telegram:1001", Text("dag"))
    with store.write() as tx:
        sent += sim.handle.apology(tx, broken)
    notice = OutageNotices(CONTENT)(broken)
    assert notice is not None
    sent.append(Outgoing(0, "telegram:1001", notice.text, notice.buttons))
    assert len(sent) > 100
    assert bare(sent) == []
    known = {f"notices.{key}" for key in ABOVE_A_CARD}
    known |= {f"overlays.{key}" for key in ON_BUTTONS} | {"relay.reply", "relay.send_anyway", "outage.alert"}
    known |= {"overlays.notices_named", "overlays.notices_discreet"}  # on the card of one's help
    known |= {"leads.redirected", "leads.redirected_looks", "leads.fetched"}  # in test_passing and test_waiting
    known |= {"leads.given_back_late", "leads.given_back_someone_late"}  # when a day passed: in test_promises
    known |= {"leads.not_yet", "leads.not_yet_coordinator"}  # in test_asking
    known |= {"leads.still", "leads.still_going"}  # in test_help
    known |= {"leads.goes_on"}  # below another word: in test_bringing
    known |= {"relay.say", "relay.say_other", "relay.yes"}  # on buttons
    known |= {"relay.language", "relay.media"}  # in test_sayings
    known |= {"overlays.voice", "overlays.voice_long", "overlays.unsent"}  # in test_voice
    known |= {"relay.to", "relay.helper", "relay.offer_who", "relay.nobody_yet"}  # in a text, or in test_addressee
    said = "\n\n\n".join(each.text for each in [*sent, *group])
    keys = [
        key for key in CONTENT.words.phrases if key.split(".")[0] in ("overlays", "notices", "leads", "relay", "outage")
    ]
    assert [key for key in keys if key not in known and not pattern(key).search(said)] == []


def test_nobody_makes_a_message_past_the_card() -> None:
    """A message that is made by hand has no 🆘; a notice of an outage brings its buttons along."""
    made = {
        path
        for path, text in house.sources(ROOT).items()
        if "Outgoing(" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Outgoing"
    }
    assert {path for path in made if not path.startswith("bot/messages/")} == {"bot/runtime/intake/outage.py"}


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_danger_saves_a_line_beside_a_short_way_to_move_and_never_stands_beside_an_answer(language: str) -> None:
    """Right-to-left rows of two are turned round, as all are: Telegram does not mirror them."""
    words = CONTENT.words
    danger = Choice(words.phrase(language, "nav.danger"), TO_DANGER)
    back, answer = Choice("x" * WIDE, ChartTap("a.b", "_back")), Choice("Ja", ChartTap("a.b", "yes"))
    long, inbox = Choice("x" * (WIDE + 1), ChartTap("a.b", "_back")), Choice("Inbox", InboxTap())
    pair = (danger, back) if words.right_to_left(language) else (back, danger)
    rows = [with_danger(each, words, language) for each in ((), ((back,),), ((long,),), ((answer,),), ((back, inbox),))]
    assert rows == [
        ((danger,),),
        (pair,),
        ((long,), (danger,)),
        ((answer,), (danger,)),
        ((back, inbox), (danger,)),
    ]
    acts: tuple[Tap, ...] = (
        *(InboxTap(), DashboardTap()),  # a member reads these: whoever wants the inbox must not ring the alarm
        *(ReplyTap("0" * 16), LeadTap("0" * 16, "view"), OpenTap("0" * 16)),
        *(SendAnywayTap("0" * 16), StopHelpTap("0" * 16, 1), LeadTap("0" * 16, "accept"), DashboardTap("invite")),
    )
    assert len(with_danger(((Choice("Tik", HelpTap()),),), words, language)) == 1
    for tap in acts:
        assert len(with_danger(((Choice("Tik", tap),),), words, language)) == 2


def test_danger_under_a_message_works_from_everywhere_and_reads_as_its_reader_reads() -> None:
    card = Card("Dag")
    drawn = [card.message("x", CONTENT.words, each).buttons for each in ("nl", "en", "ar")]
    texts = [next(each.text for row in rows for each in row if decode(each.data) == TO_DANGER) for rows in drawn]
    assert texts == [CONTENT.words.phrase(each, "nav.danger") for each in ("nl", "en", "ar")]
    assert drawn[0][0][0].data == "danger:_danger:0"
    assert Card("Bel 112", danger=False, door=False).message("x", CONTENT.words, "nl").buttons == ()


def test_every_message_of_every_conversation_has_danger_under_it() -> None:
    """As people read them, members too; that they are played so is another test."""
    spared = (
        "112",
        "0800-9009",
        CONTENT.words.phrase("nl", "nav.share_hint"),
        CONTENT.words.phrase("nl", "notices.keyboard_away"),
        CONTENT.words.phrase("nl", "door.neutral").split("\n")[-1],
    )
    written = [path.read_text("utf-8") for path in (ROOT / "tests").glob("**/conversations/*.txt")]
    said = [block for each in written for block in re.findall(r"(?m)^bot [→✎] .*\n((?:(?:    .*)?\n)+)", each)]
    assert len(said) > 500
    assert [
        each for each in said if not re.search(r"(?m)^    \[.*🆘", each) and not any(w in each for w in spared)
    ] == []
