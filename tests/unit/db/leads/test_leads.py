"""Leads and what they rest on: consents, disclosures, events."""

from __future__ import annotations

import random

import pytest

from db.leads import blanking, counts, leads, views
from db.leads.consent import consents, disclosures
from db.leads.lead import Lead
from db.records import audit, expiry
from db.records.codes import ALPHABET
from db.store import Store
from db.types.held import AUDIT
from tests.unit.db.examples import ANS, BEP, FATMA, HOUR, KARIM, NEXT, NOW, WIJK, a_consent, a_lead, packet, together

pytestmark = pytest.mark.both_stores


def test_a_lead_is_read_as_it_was_made(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx, urgent=True, claim_by=NOW + HOUR, consent=a_consent(tx), together="KOP-777")
        assert leads.get(tx, WIJK, lead.id) == lead
        assert leads.by_code(tx, WIJK, f" {lead.code.lower()} ") == lead
        assert leads.of_resident(tx, WIJK, FATMA) == [lead]
        assert leads.of_resident(tx, WIJK, KARIM) == []
        assert leads.get(tx, WIJK, lead.id + 1) is None
    assert (lead.packet, lead.topic, lead.status, lead.version) == (packet(), ["bills"], "sent", 1)
    assert lead.code[:4] == "KOP-"
    assert len(lead.code) == 7
    assert set(lead.code[4:]) <= set(ALPHABET)


def test_codes_are_unique_and_grow_when_they_are_taken(store: Store) -> None:
    dice = random.Random(1)
    with store.write() as tx:
        codes = [a_lead(tx, choose=lambda letters: dice.choice(letters[:2])).code for _ in range(12)]
        again = a_lead(tx, "de_eng", choose=lambda letters: letters[0]).code
    assert len(set(codes)) == 12
    assert {len(code) for code in codes} >= {7, 8}
    assert again == "KOP-222"


def test_a_token_is_of_one_lead_of_one_wijk(store: Store) -> None:
    with store.write() as tx:
        first, second = a_lead(tx), a_lead(tx)
        elsewhere = a_lead(tx, "de_eng")
        assert leads.by_token(tx, WIJK, first.token) == first
        assert leads.by_token(tx, WIJK, second.token) == second
        assert leads.by_token(tx, WIJK, elsewhere.token) is None
        assert leads.by_token(tx, WIJK, "") is None
    assert all(len(lead.token) == 16 and int(lead.token, 16) < 2**64 for lead in (first, second, elsewhere))


def test_leads_made_at_the_same_moment_have_their_own_numbers(store: Store) -> None:
    def make() -> Lead:
        with store.write() as tx:
            return a_lead(tx, consent=a_consent(tx))

    made = together([make] * 12)
    assert len({lead.id for lead in made}) == 12
    assert len({lead.code for lead in made}) == 12


def test_what_a_member_took_are_their_open_leads_wherever_these_are(store: Store) -> None:
    with store.write() as tx:
        taken = [a_lead(tx, inbox=inbox) for inbox in ("goos", "eas", "goos")]
        a_lead(tx)
        for lead in taken:
            leads.move(tx, WIJK, lead.id, 1, "accepted", next=NEXT, now=NOW, actor=ANS, assignee=ANS)
        leads.move(tx, WIJK, taken[0].id, 2, "completed", next=None, now=NOW, actor=ANS)
        assert [lead.id for lead in leads.taken_by(tx, WIJK, ANS)] == [lead.id for lead in taken[1:]]
        assert leads.taken_by(tx, WIJK, BEP) == leads.taken_by(tx, "de_eng", ANS) == []


def test_an_inbox_shows_open_leads_urgent_and_old_first(store: Store) -> None:
    with store.write() as tx:
        new = a_lead(tx, now=NOW + HOUR)
        old = a_lead(tx)
        urgent = a_lead(tx, now=NOW + 2 * HOUR, urgent=True)
        closed = a_lead(tx)
        leads.move(tx, WIJK, closed.id, 1, "withdrawn", next=None, now=NOW, actor="resident")
        a_lead(tx, inbox="coordinator")
        assert leads.open_of_inboxes(tx, WIJK, ["goos"]) == [urgent, old, new]
        assert leads.open_of_inboxes(tx, WIJK, ["goos"], limit=1, offset=1) == [old]
        assert leads.open_of_inboxes(tx, WIJK, ["shm"]) == []
        assert counts.count_open(tx, WIJK) == 4


def test_a_move_needs_the_version_that_was_seen(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
        taken = leads.move(tx, WIJK, lead.id, 1, "accepted", next=NEXT, now=NOW, actor=ANS, assignee=ANS)
        assert taken is not None
        assert (taken.status, taken.version, taken.assignee) == ("accepted", 2, ANS)
        assert leads.move(tx, WIJK, lead.id, 1, "declined", next=None, now=NOW, actor=BEP) is None
        assert leads.move(tx, WIJK, 99, 1, "declined", next=None, now=NOW, actor=BEP) is None
        kept = leads.move(tx, WIJK, lead.id, 2, "in_progress", next=NEXT, now=NOW, actor=ANS)
        assert kept is not None
        assert kept.assignee == ANS
        freed = leads.move(
            tx, WIJK, lead.id, 3, "sent", next=NEXT, now=NOW, actor=ANS, assignee=None, inbox="coordinator"
        )
        assert freed is not None
        assert (freed.assignee, freed.inbox, freed.partner) == (None, "coordinator", "goos")


def test_of_two_who_take_a_lead_at_once_one_wins(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)

    def take(who: str) -> Lead | None:
        with store.write() as tx:
            return leads.move(tx, WIJK, lead.id, 1, "accepted", next=NEXT, now=NOW, actor=who, assignee=who)

    taken = [won for won in together([lambda: take(ANS), lambda: take(BEP)] * 3) if won]
    assert len(taken) == 1
    with store.read() as tx:
        assert leads.get(tx, WIJK, lead.id) == taken[0]
        assert [event.n for event in leads.events(tx, WIJK, lead.id)] == [1, 2]


@pytest.mark.parametrize("status", ["completed", "withdrawn", "a status of later"])
def test_a_move_that_closes_a_lead_ends_it_and_another_opens_it_again(store: Store, status: str) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
        closed = leads.move(tx, WIJK, lead.id, 1, status, next=None, now=NOW + HOUR, actor=ANS, reason="other")
        assert closed is not None
        assert (closed.closed_at, closed.reason) == (NOW + HOUR, "other")
        assert leads.open_of_inboxes(tx, WIJK, ["goos"]) == []
        again = leads.move(tx, WIJK, lead.id, 2, "in_progress", next=NEXT, now=NOW + HOUR, actor="coordinator")
        assert again is not None
        assert (again.closed_at, again.reason) == (None, None)


def test_every_move_leaves_an_event(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
        leads.move(tx, WIJK, lead.id, 1, "accepted", next=NEXT, now=NOW + HOUR, actor=ANS, assignee=ANS)
        leads.move(tx, WIJK, lead.id, 2, "unsuccessful", next=None, now=NOW + 2 * HOUR, actor=ANS, reason="no_contact")
        history = leads.events(tx, WIJK, lead.id)
    assert [(e.n, e.before, e.after, e.actor, e.reason, e.at) for e in history] == [
        (1, None, "sent", "resident", None, NOW),
        (2, "sent", "accepted", ANS, None, NOW + HOUR),
        (3, "accepted", "unsuccessful", ANS, "no_contact", NOW + 2 * HOUR),
    ]


def test_the_first_view_is_noted_once(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
        assert views.viewed(tx, WIJK, lead.id, NOW)
        assert not views.viewed(tx, WIJK, lead.id, NOW + HOUR)
        seen = leads.get(tx, WIJK, lead.id)
    assert seen is not None
    assert (seen.first_viewed_at, seen.version) == (NOW, 1)


def test_a_blanked_lead_still_counts(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx)
        blanking.blank(tx, WIJK, [lead.id])
        blanked = leads.get(tx, WIJK, lead.id)
        assert blanked is not None
        assert (blanked.packet, blanked.resident, blanked.sender) == (None, None, None)
        assert counts.count_open(tx, WIJK) == 1


def test_a_withdrawal_is_an_entry_of_its_own(store: Store) -> None:
    with store.write() as tx:
        yes = a_consent(tx)
        assert consents.live(tx, WIJK, yes) == consents.get(tx, WIJK, yes)
        withdrawal = consents.get(tx, WIJK, consents.withdraw(tx, WIJK, yes, NOW + HOUR) or 0)
        assert consents.live(tx, WIJK, yes) is None
        assert consents.withdraw(tx, WIJK, 99, NOW) is None
        taken = consents.get(tx, WIJK, yes)
    assert withdrawal is not None
    assert taken is not None
    assert (withdrawal.given, withdrawal.at, withdrawal.recipient) == (False, NOW + HOUR, "goos")
    assert (withdrawal.resident, withdrawal.sender, withdrawal.shown) == (None, None, None), "no copy of anything"
    assert (withdrawal.withdraws, taken.given) == (yes, True)


def test_a_disclosure_keeps_what_was_shown_only_as_a_fingerprint(store: Store) -> None:
    with store.write() as tx:
        lead = a_lead(tx, consent=a_consent(tx))
        disclosures.add(
            tx,
            WIJK,
            lead=lead.id,
            consent=lead.consent,
            recipient="goos",
            member=ANS,
            fields=list(packet()),
            packet=packet(),
            now=NOW,
        )
        (noted,) = disclosures.of_lead(tx, WIJK, lead.id)
    assert (noted.recipient, noted.member, noted.fields) == ("goos", ANS, ["Voornaam", "Telefoon", "Waarover"])
    assert noted.packet == disclosures.seal(dict(reversed(packet().items())))
    assert noted.packet != disclosures.seal(packet(name="Karim"))


def test_the_audit_remembers_who_did_what_for_its_time(store: Store) -> None:
    with store.write() as tx:
        audit.add(tx, WIJK, ANS, "lead.opened", NOW - HOUR, 7)
        audit.add(tx, WIJK, "system", "settings.put", NOW)
        assert [(entry.actor, entry.what, entry.lead) for entry in audit.since(tx, WIJK, NOW - HOUR)] == [
            (ANS, "lead.opened", 7),
            ("system", "settings.put", None),
        ]
        assert expiry.forget(tx, WIJK, NOW + AUDIT, 10)["audit"] == 1
        assert [entry.what for entry in audit.since(tx, WIJK, NOW - HOUR)] == ["settings.put"]


def test_what_was_shared_is_erased_of_leads_closed_before_that_moment_and_not_at_it(store: Store) -> None:
    with store.write() as tx:
        open_one, closed, later = (
            a_lead(tx),
            *(a_lead(tx, status="completed", next=None, now=at) for at in (NOW, NOW + HOUR)),
        )
        assert blanking.closed_before(tx, WIJK, NOW, 10) == []
        assert blanking.closed_before(tx, "de_eng", NOW + 2 * HOUR, 10) == []
        assert blanking.closed_before(tx, WIJK, NOW + HOUR, 10) == [closed]
        blanking.blank(tx, WIJK, [closed.id])
        assert blanking.closed_before(tx, WIJK, NOW + HOUR, 10) == [], "what is blank is not counted again"
        found = [leads.get(tx, WIJK, each.id) for each in (open_one, closed, later)]
    assert [each and (each.packet is None, each.resident, each.sender) for each in found] == [
        (False, FATMA, FATMA),
        (True, None, None),
        (False, FATMA, FATMA),
    ]
