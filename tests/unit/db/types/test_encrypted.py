"""Secrets at rest: what is stored cannot be read, keys can be rotated, and a missing key says so."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.people import conversations, invitations
from db.people.conversations import Conversation
from db.store import Store
from db.types import encrypted
from db.types.encrypted import KeyMissing
from tests.unit.db.examples import ADDRESSES, ANS, FATMA, NOW, WIJK, a_lead, known

pytestmark = pytest.mark.both_stores

OLD = "b3VkZSBzbGV1dGVsIG91ZGUgc2xldXRlbCBvdWRlIHM="
NEW = "bmlldXdlIHNsZXV0ZWwgbmlldXdlIHNsZXV0ZWwgbmk="


@pytest.fixture
def no_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypted, "_ring", None)


def test_what_is_stored_cannot_be_read_in_the_table(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA, place={"name": "Fatma"})], NOW)
        a_lead(tx)
        raw = str(tx.execute(sa.text("SELECT c.place, l.packet FROM conversations c, leads l")).all())
        assert "Fatma" not in raw
        assert "+316" not in raw
        assert conversations.look(tx, WIJK, [FATMA])[FATMA].place == {"name": "Fatma"}


def test_nothing_is_stored_as_nothing(store: Store) -> None:
    with store.write() as tx:
        conversations.save(tx, WIJK, [Conversation(FATMA)], NOW)
        assert tx.execute(sa.text("SELECT place FROM conversations")).scalar() is None


def test_after_a_rotation_old_and_new_are_read_and_new_is_written(store: Store) -> None:
    encrypted.use([OLD])
    with store.write() as tx:
        known(tx, FATMA)
        conversations.save(tx, WIJK, [Conversation(FATMA, place={"turn": "old"})], NOW)
        code = invitations.make(tx, WIJK, "goos", "partner", None, NOW)
    encrypted.use([NEW, OLD])
    with store.write() as tx:
        found = conversations.load(tx, WIJK, [ADDRESSES[FATMA]], NOW)[ADDRESSES[FATMA]]
        assert found.place == {"turn": "old"}
        assert invitations.use(tx, WIJK, code, ANS, NOW) is not None
        conversations.save(tx, WIJK, [found], NOW)
    encrypted.use([NEW])
    with store.read() as tx:
        assert conversations.look(tx, WIJK, [FATMA])[FATMA].place == {"turn": "old"}
    encrypted.use([OLD])
    with pytest.raises(KeyMissing, match="no secret key of this process"), store.read() as tx:
        conversations.look(tx, WIJK, [FATMA])


def test_a_fingerprint_depends_on_the_text_and_the_key() -> None:
    encrypted.use([OLD])
    old = encrypted.fingerprint("KOP")
    assert encrypted.fingerprint("KOP") == old
    assert encrypted.fingerprint("KOQ") != old
    encrypted.use([NEW, OLD])
    assert encrypted.fingerprint("KOP") != old
    assert old in encrypted.fingerprints("KOP")


@pytest.mark.usefixtures("no_ring")
def test_without_a_key_the_message_says_so() -> None:
    with pytest.raises(KeyMissing, match="no secret key is set"):
        encrypted.encrypt("Fatma")


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, ""]])
def test_unusable_keys_are_refused(keys: list[str]) -> None:
    with pytest.raises(KeyMissing):
        encrypted.use(keys)


def test_a_new_key_is_usable() -> None:
    encrypted.use([encrypted.new_key()])
    assert encrypted.decrypt(encrypted.encrypt("ٱلسَّلَام")) == "ٱلسَّلَام"


def test_fingerprints_stay_what_they_are_or_nobody_is_found_after_an_upgrade() -> None:
    """Whoever changes how they are made needs a migration that makes those that are stored anew."""
    encrypted.use([NEW, OLD])
    assert encrypted.fingerprints("telegram:1001") == [
        "6d9e47471e88671de6e99f3823e07e7dfc47cce360ad82c58485bb8ee4c5e9a8",
        "bb20a64868bdc86df9ef75f507675e87340c5dc73aebeb56d5f19a15a3110764",
    ]
