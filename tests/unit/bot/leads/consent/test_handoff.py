"""The warm handoff: what is shown is what is stored and what the partner sees, and nothing leaves without a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.demo.simulator import Person, Simulator
from bot.leads.consent.handoff import SHARE
from bot.leads.packet import packet_lines
from bot.messages.message import INTERACTIVE, NOTICE, Incoming
from bot.messages.taps.buttons import decode, encode
from bot.messages.taps.members import LeadTap
from db.leads import leads
from db.leads.consent import consents, disclosures
from db.leads.due import Next
from db.leads.lead import Lead
from db.queue import outbox
from db.records import audit
from db.records.codes import ALPHABET
from db.store import Store
from flows.model.heard import StopHelpTap
from flows.model.wijk import COORDINATOR
from tests import simulated
from tests.simulated import (
    ABOUT,
    ABOUT_ME,
    ALONE,
    CONTENT,
    MONEY_AND_COLD,
    NOW,
    TO_PHONE,
    TO_WORDS,
    WIJK,
    Clock,
    changing,
    go,
)

STAFF = ("telegram:2001", "telegram:2002", "telegram:2003")


def bullets(text: str) -> list[str]:
    """The lines of what is shared, as they were read."""
    return [line for line in text.split("\n") if line.startswith("• ")]


def ledger(sim: Simulator, person: Person) -> list[consents.Consent]:
    with sim.store.read() as tx:
        return consents.of(tx, WIJK, person.id)


def opened(sim: Simulator, member: Person) -> str:
    """What a member reads who opens the lead of the newest notice."""
    (card,) = go(sim, member, "view")
    return card.text


@pytest.mark.parametrize(
    ("way", "inbox"),
    [
        ((), "shm"),
        ((*changing("reach"), "phone", "+31600000001", *changing("words"), "graag ’s avonds bellen"), "shm"),
        ((*changing("reach"), "home", "Voorbeeldstraat 1", *changing("when"), "morning"), "shm"),
    ],
)
def test_what_is_shown_is_what_is_stored_and_what_the_partner_sees(
    store: Store, way: tuple[str, ...], inbox: str
) -> None:
    """Byte for byte, for each way to be reached."""
    sim = simulated.simulator(store)
    ans = simulated.member(sim, inbox)
    fatma = simulated.resident(sim)
    go(sim, fatma, *MONEY_AND_COLD, "first", *ABOUT)
    for said in way:
        if said.startswith("+31"):
            sim.share(fatma, said)
        elif " " in said:
            sim.type(fatma, said)
        else:
            go(sim, fatma, said)
    shown = bullets(fatma.news[-1].text)
    go(sim, fatma, "handoff.consent:yes")
    (lead,) = simulated.leads_of(sim, fatma)
    assert lead.packet is not None
    assert packet_lines(CONTENT, lead.packet, CONTENT.wijk, "nl") == shown
    (entry,) = ledger(sim, fatma)
    assert (entry.shown or "").split("\n") == shown
    assert bullets(opened(sim, ans)) == shown
    assert set(entry.fields) == set(lead.packet)
    for said in way:
        if said.startswith("+31") or " " in said:
            assert any(line.endswith(said) for line in shown)


def test_somebody_who_reads_arabic_agrees_to_the_same_fields_that_the_partner_reads_in_dutch(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    sim.press(fatma, fatma.card.id, "language:ar:0")
    lead = simulated.handed_over(sim, fatma)
    (entry,) = ledger(sim, fatma)
    assert lead.packet is not None
    assert (lead.language, entry.language, lead.packet["language"]) == ("ar", "ar", "ar")
    assert entry.shown == "\n".join(packet_lines(CONTENT, lead.packet, CONTENT.wijk, "ar"))
    assert "• Taal: Arabisch" in opened(sim, ans)


def all_read(store: Store) -> tuple[Simulator, Person, Person]:
    """A simulator in which a member reads each inbox that money and cold lead to, its coordinator, and a resident."""
    sim = simulated.simulator(store)
    ria = simulated.member(sim, "coordinator", STAFF[0], "Ria")
    for partner, address in (("shm", STAFF[1]), ("eas", STAFF[2]), ("goos", "telegram:2004")):
        simulated.member(sim, partner, address)
    fatma = simulated.resident(sim)
    return sim, ria, fatma


def test_each_destination_gets_its_own_yes_and_its_own_lead(store: Store) -> None:
    sim = simulated.simulator(store)
    bert, omar = simulated.member(sim, "shm", STAFF[0]), simulated.member(sim, "eas", STAFF[1])
    fatma = simulated.resident(sim)
    go(sim, fatma, *MONEY_AND_COLD, "all", *ABOUT_ME, "handoff.consent:yes", "handoff.consent:yes")
    first, second = simulated.leads_of(sim, fatma)
    assert [(each.partner, each.inbox) for each in (first, second)] == [("shm", "shm"), ("eas", "eas")]
    assert first.code != second.code
    assert [first.together, second.together] == [first.code, first.code]
    assert [first.code in bert.news[-1].text, second.code in omar.news[-1].text] == [True, True]
    assert "Fatma" not in bert.news[-1].text + omar.news[-1].text
    assert [(each.recipient, each.given) for each in ledger(sim, fatma)] == [
        ("shm", True),
        ("eas", True),
    ]
    assert all(each.code in fatma.news[-1].text for each in (first, second))


@pytest.mark.parametrize(("one", "two", "made"), [("yes", "no", ["shm"]), ("no", "yes", ["eas"]), ("no", "no", [])])
def test_a_no_is_written_down_and_sends_nothing(store: Store, one: str, two: str, made: list[str]) -> None:
    sim = simulated.simulator(store)
    staff = {"shm": simulated.member(sim, "shm", STAFF[0]), "eas": simulated.member(sim, "eas", STAFF[1])}
    fatma = simulated.resident(sim)
    for person in staff.values():
        person.news.clear()
    go(sim, fatma, *MONEY_AND_COLD, "all", *ABOUT_ME, f"handoff.consent:{one}", f"handoff.consent:{two}")
    assert [each.partner for each in simulated.leads_of(sim, fatma)] == made
    assert [key for key, person in staff.items() if person.news] == made
    assert [each.given for each in ledger(sim, fatma)] == [one == "yes", two == "yes"]
    assert [each.shown for each in ledger(sim, fatma) if not each.given] == [""] * (2 - len(made))
    assert simulated.place(sim, fatma).trail == ()


def test_before_the_yes_nothing_leaves_and_no_lead_exists(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    ans.news.clear()
    simulated.asked(sim, fatma)
    kept = simulated.everything(store)
    assert kept["leads"] == kept["consents"] == kept["disclosures"] == []
    assert ans.news == []


def test_a_yes_with_the_mark_of_another_card_is_no_yes(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    simulated.asked(sim, fatma)
    shown, yes = simulated.button(fatma, "handoff.consent:yes")
    step, answer, turn, mark = yes.data.split(":")
    for other in (f"{step}:{answer}:{turn}", f"{step}:{answer}:{turn}:{mark[::-1]}"):
        (told,) = sim.press(fatma, shown.id, other)
        assert told.text.startswith(CONTENT.words.phrase("nl", "notices.look_again"))
    assert simulated.leads_of(sim, fatma) == []


def away(sim: Simulator, ria: Person, partner: str, state: str = "paused") -> None:
    """The coordinator puts a partner away."""
    sim.press(ria, None, f"dashboard:state.{partner}.{state}:0")


def test_a_partner_that_closes_between_the_card_and_the_yes_never_receives_it(store: Store) -> None:
    sim = simulated.simulator(store)
    ria = simulated.member(sim, "coordinator", STAFF[0], "Ria")
    ans = simulated.member(sim, "balans", STAFF[1])
    simulated.member(sim, "makelaar", STAFF[2])
    fatma = simulated.resident(sim)
    simulated.asked(sim, fatma)
    away(sim, ria, "balans")
    ans.news.clear()
    (told,) = go(sim, fatma, "handoff.consent:yes")
    assert told.text.startswith(CONTENT.words.phrase("nl", "notices.look_again"))
    assert "de sociaal makelaar" in told.text
    assert simulated.leads_of(sim, fatma) == []
    go(sim, fatma, "handoff.consent:yes")
    assert [each.inbox for each in simulated.leads_of(sim, fatma)] == ["makelaar"]
    assert ans.news == []


def test_a_partner_that_closes_after_its_yes_keeps_what_it_got(store: Store) -> None:
    sim, ria, fatma = all_read(store)
    go(sim, fatma, *MONEY_AND_COLD, "all", *ABOUT_ME, "handoff.consent:yes")
    away(sim, ria, "shm", "full")
    go(sim, fatma, "handoff.consent:yes")
    assert [each.partner for each in simulated.leads_of(sim, fatma)] == ["shm", "eas"]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_second_card_is_for_whom_the_resident_chose_though_the_first_changed(store: Store, answer: str) -> None:
    sim, ria, fatma = all_read(store)
    go(sim, fatma, *MONEY_AND_COLD, "all", *ABOUT_ME, "handoff.consent:no")
    away(sim, ria, "shm", "full")
    go(sim, fatma, f"handoff.consent:{answer}")
    if simulated.place(sim, fatma).step == "handoff.consent":
        go(sim, fatma, f"handoff.consent:{answer}")
    assert [each.partner for each in simulated.leads_of(sim, fatma)] == (["eas"] if answer == "yes" else [])
    assert [(each.recipient, each.given) for each in ledger(sim, fatma)] == [("shm", False), ("eas", answer == "yes")]


def test_a_yes_on_the_first_of_two_cards_does_not_wait_for_the_second(store: Store) -> None:
    """The resident lays the phone away, opens the menu, or stops: what they agreed to is on its way."""
    sim = simulated.simulator(store)
    bert = simulated.member(sim, "shm", STAFF[0])
    fatma = simulated.resident(sim)
    (card,) = go(sim, fatma, *MONEY_AND_COLD, "all", *ABOUT_ME, "handoff.consent:yes")[-1:]
    assert card.text.startswith(CONTENT.words.phrase("nl", "notices.sent_one"))
    (lead,) = simulated.leads_of(sim, fatma)
    assert lead.code in bert.news[-1].text
    go(sim, fatma, "_menu", "_resume")
    sim.type(fatma, "stop")
    assert simulated.leads_of(sim, fatma) == [lead]


def test_a_partner_that_closes_before_its_yes_is_replaced_by_nobody_who_was_not_shown(store: Store) -> None:
    sim, ria, fatma = all_read(store)
    go(sim, fatma, *MONEY_AND_COLD, "all", *ABOUT_ME)
    away(sim, ria, "shm", "full")
    (told,) = go(sim, fatma, "handoff.consent:yes")
    assert told.text.startswith(CONTENT.words.phrase("nl", "notices.look_again"))
    assert "Dit ziet Geld Op Orde Soest" in told.text
    assert simulated.leads_of(sim, fatma) == []


def test_a_lead_that_nobody_reads_goes_to_the_coordinator_and_the_card_says_so(store: Store) -> None:
    sim = simulated.simulator(store)
    ria = simulated.member(sim, "coordinator", STAFF[0], "Ria")
    fatma = simulated.resident(sim)
    (card,) = simulated.asked(sim, fatma)
    assert "de coördinator (voor Stichting Balans)" in card.text
    lead = simulated.handed_over(sim, simulated.resident(sim, "telegram:1002", "Karim"))
    assert (lead.partner, lead.inbox) == ("balans", COORDINATOR)
    assert "Stichting Balans" in ria.news[-1].text
    assert bullets(opened(sim, ria))[0] == "• Voornaam: Karim"


def test_a_coordinator_who_comes_later_finds_what_waited(store: Store) -> None:
    sim = simulated.simulator(store)
    lead = simulated.handed_over(sim, simulated.resident(sim))
    assert lead.inbox == COORDINATOR
    ria = simulated.member(sim, "coordinator", STAFF[0], "Ria")
    (inbox,) = sim.type(ria, "/postvak")
    assert lead.code in str(inbox.buttons)
    assert "• Voornaam: Fatma" in opened(sim, ria)


def test_the_receipt_says_code_who_and_when_in_whole_working_days(store: Store) -> None:
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    receipt = fatma.news[-1].text
    assert lead.code in receipt
    assert lead.contact_by is not None
    assert lead.contact_by.date() == date(2026, 12, 9)
    assert "woensdag 9 december" in receipt
    assert "De Plantage" in receipt
    assert lead.claim_by is not None
    assert lead.claim_by.date() == date(2026, 12, 2)


def test_an_urgent_lead_is_to_be_claimed_within_office_hours(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "goos")
    fatma = simulated.resident(sim)
    lead = urgently(sim, fatma)
    assert (lead.urgent, lead.inbox) == (True, "goos")
    assert lead.claim_by is not None
    assert lead.contact_by is not None
    assert lead.contact_by.date() == date(2026, 11, 26), "the next working day, and not in ten"
    assert lead.claim_by == lead.contact_by, "four hours of a desk that is open for three end on the day after"
    assert "HAAST" in ans.news[-1].text


def test_how_soon_an_urgent_lead_must_be_picked_up_is_what_that_partner_agreed_to(store: Store) -> None:
    partners = CONTENT.wijk.partners
    goos = replace(partners["goos"], hours=(), urgent_claim_hours=2, urgent_contact_days=3)
    wijk = replace(CONTENT.wijk, partners={**partners, "goos": goos})
    sim = Simulator(replace(CONTENT, wijk=wijk), store, Clock())
    simulated.member(sim, "goos")
    lead = urgently(sim, simulated.resident(sim))
    assert lead.claim_by is not None
    assert lead.contact_by is not None
    assert (lead.claim_by - NOW).total_seconds() / 3600 == 2
    assert lead.contact_by.date() == date(2026, 11, 30), "three working days after a Wednesday"


def urgently(sim: Simulator, person: Person) -> Lead:
    """From the worries to a lead that cannot wait: cut off within a week."""
    go(sim, person, "+bills", "_next", "behind", "+cut_off", "_next", "week")
    while simulated.place(sim, person).step.startswith("referral."):
        go(sim, person, simulated.place(sim, person).step + ":unknown")
    go(sim, person, "first" if _offers_two(person) else "all", *ABOUT_ME, "handoff.consent:yes")
    return simulated.leads_of(sim, person)[0]


def _offers_two(person: Person) -> bool:
    return any(b.data.split(":")[1] == "first" for row in person.card.buttons for b in row)


def test_the_first_notice_and_the_news_bear_no_name_and_nothing_that_was_said(store: Store) -> None:
    """Pitfall 49: what stands on a locked screen."""
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *TO_WORDS)
    sim.type(fatma, "mijn buurvrouw is ziek")
    ans.news.clear()
    go(sim, fatma, "handoff.consent:yes")
    (notice,) = ans.news
    for secret in ("Fatma", "buurvrouw", "1001"):
        assert secret not in notice.text
    fatma.news.clear()
    go(sim, ans, "view", "accept")
    (news,) = fatma.news
    for secret in ("Fatma", "buurvrouw", "mensen ontmoeten", "ziek"):
        assert secret not in news.text


def test_typed_numbers_that_nobody_may_hold_are_stored_nowhere(store: Store) -> None:
    """Pitfall 47."""
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *TO_WORDS)
    for words in ("mijn bsn is 111222333", "NL91 ABNA 0417 1643 00 is van mij"):
        (told,) = sim.type(fatma, words)
        assert told.text.startswith(CONTENT.words.phrase("nl", "notices.no_numbers"))
    go(sim, fatma, "skip", "handoff.consent:yes")
    assert simulated.found(store, "111222333") == []
    assert simulated.found(store, "ABNA") == []


def test_somebody_elses_number_is_not_taken_as_ones_own(store: Store) -> None:
    """Pitfall 31."""
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    go(sim, fatma, *ALONE, "first", *TO_PHONE)
    news = sim.share(fatma, "+31600000002", own=False)
    assert news[0].text.startswith(CONTENT.words.phrase("nl", "notices.not_your_number"))
    assert simulated.found(store, "+31600000002") == []
    sim.share(fatma, "+31600000001")
    assert simulated.place(sim, fatma).step == "handoff.consent"


def test_every_handing_over_is_noted_with_the_seal_of_what_was_seen(store: Store) -> None:
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    opened(sim, ans)
    opened_again = simulated.lead(sim, lead.id)
    with store.read() as tx:
        noted = disclosures.of_lead(tx, WIJK, lead.id)
    assert lead.packet is not None
    assert [(each.recipient, each.member, each.packet) for each in noted] == [
        ("balans", None, disclosures.seal(lead.packet)),
        ("balans", ans.id, disclosures.seal(lead.packet)),
    ]
    assert opened_again.first_viewed_at == NOW


@pytest.mark.parametrize("staffed", [True, False])
def test_the_yes_and_what_was_handed_over_name_the_inbox_that_really_gets_it(store: Store, staffed: bool) -> None:
    """Who agreed that the coordinator sees it, for a partner whom nobody reads for, did not agree to the partner."""
    sim = simulated.simulator(store)
    simulated.member(sim, "coordinator", STAFF[0], "Ria")
    if staffed:
        simulated.member(sim, "balans", STAFF[1])
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    inbox = "balans" if staffed else COORDINATOR
    with store.read() as tx:
        (entry,) = consents.of(tx, WIJK, fatma.id)
        assert (entry.recipient, entry.purpose, entry.given) == (inbox, SHARE, True)
        noted = disclosures.of_lead(tx, WIJK, lead.id)
    assert [(each.recipient, each.consent, each.fields) for each in noted] == [(inbox, entry.id, sorted(entry.fields))]
    assert (lead.inbox, lead.consent) == (inbox, entry.id)


def test_the_coordinator_who_opens_a_lead_of_a_partner_is_noted_as_the_coordinator(store: Store) -> None:
    sim = simulated.simulator(store)
    ria = simulated.member(sim, "coordinator", STAFF[0], "Ria")
    lead = simulated.handed_over(sim, simulated.resident(sim))
    opened(sim, ria)
    go(sim, ria, "desk:inbox", "view")
    with store.read() as tx:
        noted = disclosures.of_lead(tx, WIJK, lead.id)
        acts = [(each.actor, each.what, each.lead) for each in audit.since(tx, WIJK, NOW) if each.what == "lead.opened"]
    assert [(each.recipient, each.member, each.consent) for each in noted] == [
        (COORDINATOR, None, lead.consent),
        (COORDINATOR, ria.id, lead.consent),
    ]
    assert noted[1].fields == noted[0].fields == sorted(lead.packet or ())
    assert acts == [(ria.id, "lead.opened", lead.id)], "looking again is no new disclosure"


def test_the_ledger_knows_which_wording_was_agreed_to_in_which_language(store: Store) -> None:
    sim = simulated.simulator(store)
    versions: dict[str, str] = {}
    for number, language in enumerate(("nl", "ar", "nl", "en")):
        person = simulated.resident(sim, f"telegram:{1001 + number}")
        sim.press(person, person.card.id, f"language:{language}:0")
        simulated.handed_over(sim, person)
        (entry,) = ledger(sim, person)
        assert versions.setdefault(language, entry.text_version) == entry.text_version
    assert len(set(versions.values())) == 3


def test_somebody_under_sixteen_hands_nothing_over(store: Store) -> None:
    sim = simulated.simulator(store)
    fatma = simulated.resident(sim)
    (told,) = go(sim, fatma, *ALONE, "first", "handoff.about:no")
    assert "0800-0432" in told.text
    assert simulated.place(sim, fatma).trail == ()
    assert simulated.leads_of(sim, fatma) == []


@pytest.fixture
def taken(store: Store) -> tuple[Simulator, Person, Person, Lead]:
    """Fatma's lead, open before Ans of Balans, who took it."""
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    go(sim, ans, "view", "accept")
    return sim, fatma, ans, lead


def stop(sim: Simulator, person: Person, lead: Lead) -> None:
    """Stop this help, as a resident does."""
    go(sim, person, "_help", f"stop_help:{lead.token}", f"withdraw:{lead.token}")


def test_who_stops_is_erased_at_the_partner_at_once(taken: tuple[Simulator, Person, Person, Lead]) -> None:
    """Pitfall 46: the card that the partner had open is blanked, and its buttons are gone."""
    sim, fatma, ans, lead = taken
    shown, button = simulated.button(ans, "complete")
    with sim.store.read() as tx:
        assert consents.live(tx, WIJK, lead.consent or 0) is not None
    stop(sim, fatma, lead)
    assert "Fatma" not in str(ans.chat[shown.id])
    assert lead.code in ans.chat[shown.id].text
    (told,) = sim.press(ans, shown.id, button.data)
    assert "ingetrokken" in told.text
    assert "Fatma" not in told.text
    after = simulated.lead(sim, lead.id)
    assert (after.status, after.packet) == ("withdrawn", None)
    with sim.store.read() as tx:
        assert consents.live(tx, WIJK, lead.consent or 0) is None
        assert consents.of(tx, WIJK, fatma.id) == []
        assert [each.after for each in leads.events(tx, WIJK, lead.id)] == ["sent", "accepted", "withdrawn"]


def test_who_stops_takes_back_what_still_waits_for_others_and_gets_what_waits_for_them(store: Store) -> None:
    """A message may rest in the outbox for minutes after a "too many requests"."""
    sim = simulated.simulator(store)
    ans, fatma = simulated.member(sim, "balans"), simulated.resident(sim)
    lead = simulated.handed_over(sim, fatma)
    stop = StopHelpTap(lead.token, simulated.place(sim, fatma).revision, sure=True)
    accept = LeadTap(lead.token, "accept", version=1)
    sim.handle([Incoming("telegram", 9001, ans.address, ans.address, accept)])
    sim.handle([Incoming("telegram", 9002, fatma.address, fatma.address, stop)])
    with store.read() as tx:
        waiting = [(each.to, each.payload["text"]) for each in outbox.due(tx, WIJK, NOW, priority=NOTICE)]
        waiting += [(each.to, each.payload["text"]) for each in outbox.due(tx, WIJK, NOW, priority=INTERACTIVE)]
    assert any(to == fatma.id and "Ans van Stichting Balans" in text for to, text in waiting)
    withdrawn = CONTENT.words.phrase("nl", "desk.withdrawn", code=lead.code)
    assert [text for to, text in waiting if to == ans.id] == [withdrawn] * 2, "a notice, and the first one is blanked"


def test_what_waits_about_a_lead_whose_code_begins_the_same_is_not_taken_back(store: Store) -> None:
    drawn = iter("2AK" + 8 * "2AK" + "2AKX")  # a code grows after eight that are taken

    def choose(among: str) -> str:
        return next(drawn) if among == ALPHABET else among[0]

    sim = Simulator(CONTENT, store, simulated.Clock(), choose=choose)
    ans = simulated.member(sim, "balans")
    fatma, karim = simulated.resident(sim), simulated.resident(sim, "telegram:1002", "Karim")
    first, other = simulated.handed_over(sim, fatma), simulated.handed_over(sim, karim)
    assert (first.code, other.code) == ("KOP-2AK", "KOP-2AKX")
    taps = [LeadTap(each.token, "view", version=1) for each in (first, other)]
    sim.handle([Incoming("telegram", 9001 + n, ans.address, ans.address, tap) for n, tap in enumerate(taps)])
    stop = StopHelpTap(first.token, simulated.place(sim, fatma).revision, sure=True)
    sim.handle([Incoming("telegram", 9009, fatma.address, fatma.address, stop)])
    with store.read() as tx:
        waiting = [each.payload["text"] for each in outbox.newer(tx, WIJK, 0, NOW)]
    assert [text for text in waiting if "Fatma" in text] == []
    assert [text for text in waiting if "Karim" in text], "the other lead is as it was"


def test_who_stops_twice_stops_once(taken: tuple[Simulator, Person, Person, Lead]) -> None:
    sim, fatma, ans, lead = taken
    go(sim, fatma, "_help", f"stop_help:{lead.token}")
    shown, button = simulated.button(fatma, f"withdraw:{lead.token}")
    sim.press(fatma, shown.id, button.data)
    ans.news.clear()
    (told,) = sim.press(fatma, shown.id, button.data)
    assert told.text == CONTENT.words.phrase("nl", "notices.withdrawn_before", code=lead.code)
    assert ans.news == []


def test_nobody_stops_somebody_elses_help(taken: tuple[Simulator, Person, Person, Lead]) -> None:
    sim, _fatma, ans, lead = taken
    karim = simulated.resident(sim, "telegram:1002", "Karim")
    turn = simulated.place(sim, karim).revision
    ans.news.clear()
    sim.press(karim, None, f"withdraw:{lead.token}:{turn}")
    assert simulated.lead(sim, lead.id).status == "accepted"
    assert ans.news == []


@pytest.mark.both_stores
def test_a_turn_says_as_much_as_it_must_and_many_notices_become_one(store: Store) -> None:
    """The last member leaves with 70 leads open before her: each is blanked, she reads so, and three others hear it."""
    sim = simulated.simulator(store)
    ans = simulated.member(sim, "balans")
    coordinators = [simulated.member(sim, "coordinator", f"telegram:{3000 + n}", f"Dewi {n}") for n in range(3)]
    fatma = simulated.resident(sim)
    first = simulated.handed_over(sim, fatma)
    with store.write() as tx:
        agreed = [
            consents.add(
                tx,
                WIJK,
                resident=f"{5000 + n}",
                sender=f"{5000 + n}",
                purpose=SHARE,
                recipient="balans",
                fields=sorted(first.packet or {}),
                text_version="",
                shown="",
                language="nl",
                given=True,
                now=NOW,
            )
            for n in range(69)
        ]
        many = [
            leads.create(
                tx,
                CONTENT.wijk.id,
                resident=f"{5000 + n}",
                sender=f"{5000 + n}",
                partner="balans",
                inbox="balans",
                row=first.row,
                topic=first.topic,
                urgent=False,
                packet=first.packet or {},
                language="nl",
                now=NOW,
                next=Next("inbox", NOW),
                consent=yes,
            )
            for n, yes in enumerate(agreed)
        ]
    for lead in (first, *many):
        sim.press(ans, None, encode(LeadTap(lead.token, "view", version=1)))
    assert sum("Fatma" in each.text for each in ans.chat.values()) == 70
    for each in coordinators:
        each.news.clear()
    sim.type(ans, "/verwijder")
    go(sim, ans, "erase:yes")
    assert sum("Fatma" in each.text for each in ans.chat.values()) == 0
    assert ans.news[-1].text == CONTENT.words.phrase("nl", "notices.erased")
    for each in coordinators:
        told, left = each.news
        assert left.text.startswith("🔚 Een medewerker hoort niet meer bij Stichting Balans.")
        assert told.text == CONTENT.words.phrase("nl", "desk.many_new", count=70)
        assert "Postvak" in str(told.buttons)
    assert {simulated.lead(sim, lead.id).inbox for lead in (first, *many)} == {"coordinator"}


def test_three_notices_of_one_kind_are_told_one_by_one_and_the_fourth_makes_them_one(store: Store) -> None:
    for number, texts in ((3, 3 + 1), (4, 1 + 1)):  # and that the member has gone
        sim = simulated.simulator(store, since=number * 1000)
        ans = simulated.member(sim, "balans", f"telegram:{2000 + number}")
        dewi = simulated.member(sim, "coordinator", "telegram:3001", "Dewi")
        for n in range(number):
            simulated.handed_over(sim, simulated.resident(sim, f"telegram:{number}{n}"))
        dewi.news.clear()
        sim.type(ans, "/verwijder")
        go(sim, ans, "erase:yes")
        assert len(dewi.news) == texts


def test_whoever_acts_reads_the_answer_before_anybody_hears_of_it(store: Store) -> None:
    sim = simulated.simulator(store)
    simulated.member(sim, "balans")
    fatma = simulated.resident(sim)
    simulated.handed_over(sim, fatma)
    sim.type(fatma, "/verwijder")
    shown, button = simulated.button(fatma, "erase:yes")
    out = sim.handle([Incoming("telegram", 9999, fatma.address, fatma.address, decode(button.data), shown.id)])
    mine = [each.address == fatma.address for each in sorted(out, key=lambda each: each.id)]
    assert mine == [*[True] * mine.count(True), False, False]
    assert mine[0]
