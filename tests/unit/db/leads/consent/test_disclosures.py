"""The database itself refuses to note a disclosure to which nobody agreed, whoever asks: here raw SQL does."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from db.leads import blanking, leads
from db.leads.consent import consents, disclosures
from db.leads.lead import Lead
from db.store import Store
from tests.unit.db.examples import FATMA, HOUR, KARIM, NEXT, NOW, WIJK, a_consent, a_lead

pytestmark = pytest.mark.both_stores

AGREED = ["Voornaam", "Telefoon", "Waarover"]


def hand_over(tx: Connection, lead: int, consent: int | None, **changes: Any) -> None:
    """Insert a disclosure behind the back of our own verbs."""
    row = {"wijk": WIJK, "id": 900, "lead": lead, "consent": consent, "recipient": "goos", "packet": "x", "at": NOW}
    row |= {"fields": json.dumps(AGREED)} | changes
    names = ", ".join(row)
    tx.execute(sa.text(f"INSERT INTO disclosures ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)


def refused(store: Store, lead: int, consent: int | None, **changes: Any) -> bool:
    """Whether the database refuses it, and for this reason."""
    with store.write() as tx:
        try:
            hand_over(tx, lead, consent, **changes)
        except sa.exc.DBAPIError as error:
            tx.rollback()
            return "nobody agreed to this disclosure" in str(error)
        assert disclosures.of_lead(tx, WIJK, lead)
        tx.rollback()
        return False


@pytest.fixture
def lead(store: Store) -> Lead:
    """Fatma's lead at goos, with her yes to exactly that."""
    with store.write() as tx:
        return a_lead(tx, consent=a_consent(tx))


def test_what_was_agreed_is_handed_over_and_so_is_less(store: Store, lead: Lead) -> None:
    assert not refused(store, lead.id, lead.consent)
    assert not refused(store, lead.id, lead.consent, fields=json.dumps(AGREED[:1]))
    assert not refused(store, lead.id, lead.consent, fields="[]")


def test_nothing_is_handed_over_without_a_yes(store: Store, lead: Lead) -> None:
    assert refused(store, lead.id, None)
    with store.write() as tx:
        alone = a_lead(tx)
        no = a_consent(tx, given=False)
        said_no = a_lead(tx, consent=no)
    assert refused(store, alone.id, None)
    assert refused(store, alone.id, lead.consent), "the yes was to another lead"
    assert refused(store, said_no.id, no)


def test_nothing_goes_to_another_recipient_than_was_agreed(store: Store, lead: Lead) -> None:
    assert refused(store, lead.id, lead.consent, recipient="eas")
    assert refused(store, lead.id, lead.consent, recipient="")


def test_no_field_goes_that_was_not_agreed(store: Store, lead: Lead) -> None:
    assert refused(store, lead.id, lead.consent, fields=json.dumps([*AGREED, "Adres"]))
    assert refused(store, lead.id, lead.consent, fields=json.dumps(["Adres"]))


def test_the_yes_of_another_resident_counts_for_nobody_else(store: Store) -> None:
    with store.write() as tx:
        karims = a_lead(tx, resident=KARIM, consent=a_consent(tx, resident=FATMA))
    assert refused(store, karims.id, karims.consent)


def test_a_yes_that_was_withdrawn_counts_no_more(store: Store, lead: Lead) -> None:
    with store.write() as tx:
        assert consents.withdraw(tx, WIJK, lead.consent or 0, NOW + HOUR)
    assert refused(store, lead.id, lead.consent)


def test_the_yes_of_a_lead_that_was_blanked_counts_no_more(store: Store, lead: Lead) -> None:
    with store.write() as tx:
        blanking.blank(tx, WIJK, [lead.id])
    assert refused(store, lead.id, lead.consent)


def test_the_coordinator_gets_what_fell_to_the_coordinator_and_nothing_else(store: Store, lead: Lead) -> None:
    """The card on which the yes is given says so (decision 25)."""
    assert refused(store, lead.id, lead.consent, recipient="coordinator")
    with store.write() as tx:
        leads.move(tx, WIJK, lead.id, 1, "declined", next=None, now=NOW, actor="system")
    assert not refused(store, lead.id, lead.consent, recipient="coordinator")
    with store.write() as tx:
        given_back = a_lead(tx, consent=a_consent(tx))
        leads.move(tx, WIJK, given_back.id, 1, "sent", next=NEXT, now=NOW, actor="system", inbox="coordinator")
    assert not refused(store, given_back.id, given_back.consent, recipient="coordinator")
    assert refused(store, given_back.id, given_back.consent, recipient="eas")


def test_a_lead_that_goes_on_needs_a_yes_for_who_gets_it(store: Store, lead: Lead) -> None:
    with store.write() as tx:
        no = a_consent(tx, recipient="eas", given=False)
        yes = a_consent(tx, recipient="eas")
        without = a_lead(tx, partner="eas", inbox="eas", consent=lead.consent, continues=lead.id)
        refusing = a_lead(tx, partner="eas", inbox="eas", consent=no, continues=lead.id)
        agreeing = a_lead(tx, partner="eas", inbox="eas", consent=yes, continues=lead.id)
    assert refused(store, without.id, lead.consent, recipient="eas")
    assert refused(store, refusing.id, no, recipient="eas")
    assert not refused(store, agreeing.id, yes, recipient="eas")
    with store.write() as tx:
        consents.withdraw(tx, WIJK, yes, NOW)
    assert refused(store, agreeing.id, yes, recipient="eas")
