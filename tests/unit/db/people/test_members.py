"""Members, invitations, switches and touches."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from db.people import conversations, invitations, members
from db.people.invitations import Invitation
from db.records import link_counts, switches
from db.store import Store
from tests.unit.db.examples import ANS, BEP, FATMA, NOW, WIJK, known, together

pytestmark = pytest.mark.both_stores


def test_a_person_may_have_several_memberships(store: Store) -> None:
    with store.write() as tx:
        goos = members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
        eas = members.join(tx, WIJK, ANS, "eas", "partner", "Ans", NOW + timedelta(1))
        bep = members.join(tx, WIJK, BEP, "coordinator", "coordinator", "Bep", NOW)
        assert members.of(tx, WIJK, ANS) == [goos, eas]
        assert members.members_of(tx, WIJK, "goos") == [goos]
        assert members.members_of(tx, WIJK, "eas") == [eas]
        assert members.coordinators(tx, WIJK) == [bep]
        assert members.staffed(tx, WIJK) == {"goos", "eas", "coordinator"}
        assert members.of(tx, "de_eng", ANS) == []
        assert sorted(each.organisation for each in members.leave(tx, WIJK, ANS)) == ["eas", "goos"]
        assert members.leave(tx, WIJK, ANS) == []
        assert members.staffed(tx, WIJK) == {"coordinator"}


def test_joining_again_changes_the_name_only(store: Store) -> None:
    with store.write() as tx:
        first = members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
        members.join(tx, WIJK, ANS, "goos", "partner", "Anna", NOW + timedelta(1))
        assert members.of(tx, WIJK, ANS) == [replace(first, name="Anna")]


def test_a_member_who_blocked_the_bot_reads_no_inbox_and_is_still_a_member(store: Store) -> None:
    with store.write() as tx:
        known(tx, ANS, FATMA, BEP)
        known(tx, FATMA, wijk="de_eng")
        members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
        members.join(tx, WIJK, FATMA, "goos", "partner", "Fatma", NOW)
        members.join(tx, WIJK, BEP, "coordinator", "coordinator", "Bep", NOW)
        for who in (ANS, BEP):
            conversations.set_blocked(tx, WIJK, who, True)
        conversations.set_blocked(tx, "de_eng", FATMA, True)
        assert [each.person for each in members.members_of(tx, WIJK, "goos")] == [FATMA]
        assert members.coordinators(tx, WIJK) == []
        assert members.staffed(tx, WIJK) == {"goos"}
        assert members.of(tx, WIJK, ANS) != []
        conversations.set_blocked(tx, WIJK, FATMA, True)
        assert members.staffed(tx, WIJK) == frozenset()
        conversations.set_blocked(tx, WIJK, BEP, False)
        assert members.staffed(tx, WIJK) == {"coordinator"}


def test_a_handle_names_one_membership_and_dies_with_it(store: Store) -> None:
    with store.write() as tx:
        goos = members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
        eas = members.join(tx, WIJK, ANS, "eas", "partner", "Ans", NOW)
        assert members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW).handle == goos.handle != eas.handle
        assert members.by_handle(tx, WIJK, goos.handle) == goos
        assert members.by_handle(tx, "de_eng", goos.handle) is None
        assert not members.end(tx, "de_eng", goos.handle)
        assert members.end(tx, WIJK, goos.handle)
        assert not members.end(tx, WIJK, goos.handle)
        assert members.of(tx, WIJK, ANS) == [eas]
        again = members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
        assert members.by_handle(tx, WIJK, goos.handle) is None
        assert again.handle != goos.handle


def test_a_deputy_counts_as_a_coordinator_and_may_become_one(store: Store) -> None:
    with store.write() as tx:
        known(tx, ANS, BEP)
        members.join(tx, WIJK, ANS, "coordinator", "deputy", "Ans", NOW)
        assert [each.role for each in members.coordinators(tx, WIJK)] == ["deputy"]
        members.join(tx, WIJK, ANS, "coordinator", "coordinator", "Ans", NOW)
        assert [each.role for each in members.of(tx, WIJK, ANS)] == ["coordinator"]
        conversations.set_blocked(tx, WIJK, ANS, True)
        assert members.coordinators(tx, WIJK) == []
        assert [each.person for each in members.who_joined(tx, WIJK, "coordinator")] == [ANS]
        members.join(tx, WIJK, BEP, "goos", "partner", "Bep", NOW)
        assert {each.organisation for each in members.who_joined(tx, WIJK)} == {"coordinator", "goos"}


def test_an_unknown_role_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="boss"), store.write() as tx:
        members.join(tx, WIJK, ANS, "goos", "boss", "Ans", NOW)


def test_an_invitation_works_once_and_fits_a_link(store: Store) -> None:
    with store.write() as tx:
        code = invitations.make(tx, WIJK, "goos", "partner", BEP, NOW)
        assert re.fullmatch(r"[2-9A-HJKMNP-Z]{12}", code)
        assert invitations.use(tx, "de_eng", code, ANS, NOW) is None
        assert invitations.use(tx, WIJK, "22222222", ANS, NOW) is None
        (waits,) = invitations.open_ones(tx, WIJK, NOW)
        used = invitations.use(tx, WIJK, f"{code.lower()} ", ANS, NOW)
        assert used == Invitation("goos", "partner", BEP, NOW, NOW + timedelta(14), NOW, ANS, waits.handle)
        assert invitations.find(tx, WIJK, code) == used
        assert invitations.use(tx, WIJK, code, FATMA, NOW) is None
        assert code not in str(tx.execute(sa.text("SELECT * FROM invitations")).all())


@pytest.mark.parametrize(("days", "works"), [(13, True), (14, False), (15, False)])
def test_an_invitation_expires(store: Store, days: int, works: bool) -> None:
    with store.write() as tx:
        code = invitations.make(tx, WIJK, "goos", "partner", BEP, NOW)
        assert (invitations.use(tx, WIJK, code, ANS, NOW + timedelta(days)) is not None) == works


def test_an_invitation_that_was_taken_back_opens_nothing(store: Store) -> None:
    with store.write() as tx:
        codes = [
            invitations.make(tx, WIJK, partner, "partner", by, NOW) for partner, by in (("goos", BEP), ("shm", ANS))
        ]
        goos, shm = sorted(invitations.open_ones(tx, WIJK, NOW), key=lambda each: each.partner)
        assert invitations.open_ones(tx, WIJK, NOW, partner="goos") == [goos]
        assert invitations.open_ones(tx, WIJK, NOW, made_by=ANS) == [shm]
        assert invitations.take_back(tx, "de_eng", goos.handle, NOW) is None
        assert invitations.take_back(tx, WIJK, goos.handle, NOW + timedelta(14)) is None
        assert invitations.take_back(tx, WIJK, goos.handle, NOW) == goos
        assert invitations.take_back(tx, WIJK, goos.handle, NOW) is None
        assert invitations.use(tx, WIJK, codes[0], FATMA, NOW) is None
        assert invitations.find(tx, WIJK, codes[0]) is None
        assert invitations.use(tx, WIJK, codes[1], FATMA, NOW) is not None
        assert invitations.take_back(tx, WIJK, shm.handle, NOW) is None
        assert invitations.open_ones(tx, WIJK, NOW) == []
        invitations.make(tx, WIJK, "goos", "partner", BEP, NOW)
        assert invitations.open_ones(tx, WIJK, NOW + timedelta(14)) == []


def test_of_two_who_use_an_invitation_at_once_one_wins(store: Store) -> None:
    with store.write() as tx:
        code = invitations.make(tx, WIJK, "goos", "partner", BEP, NOW)

    def use(who: str) -> Invitation | None:
        with store.write() as tx:
            return invitations.use(tx, WIJK, code, who, NOW)

    assert len([won for won in together([partial(use, f"telegram:{n}") for n in range(6)]) if won]) == 1


@pytest.mark.parametrize("value", ["paused", True, False, 3, None])
def test_a_switch_keeps_its_last_value(store: Store, value: object) -> None:
    with store.write() as tx:
        switches.put(tx, WIJK, "partner.goos.state", "open", BEP, NOW)
        switches.put(tx, WIJK, "partner.goos.state", value, BEP, NOW)
        assert switches.all(tx, WIJK) == {"partner.goos.state": value}
        assert switches.all(tx, "de_eng") == {}


def test_touches_are_counted_by_day_also_at_the_same_moment(store: Store) -> None:
    today = NOW.date()

    def touch() -> None:
        with store.write() as tx:
            link_counts.add(tx, WIJK, "lift", today)

    together([touch] * 8)
    with store.write() as tx:
        link_counts.add(tx, WIJK, "lift", today + timedelta(1))
        assert link_counts.of_code(tx, WIJK, "lift") == {today: 8, today + timedelta(1): 1}
        assert link_counts.of_code(tx, WIJK, "deur") == {}


def test_whoever_reads_an_inbox_elsewhere_reads_none_of_that_name_here(store: Store) -> None:
    """Two wijken over one store may have a partner of the same name."""
    with store.write() as tx:
        members.join(tx, "de_eng", ANS, "goos", "partner", "Ans", NOW)
        members.join(tx, "de_eng", BEP, "coordinator", "coordinator", "Bep", NOW)
        assert members.staffed(tx, "de_eng") == {"goos", "coordinator"}
        assert members.staffed(tx, WIJK) == frozenset()
        assert members.members_of(tx, WIJK, "goos") == []
        assert members.coordinators(tx, WIJK) == []
