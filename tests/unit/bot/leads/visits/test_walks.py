"""Whatever three people tap, in any order and at any hour, the visit stays whole."""

from __future__ import annotations

from random import Random

import pytest

from bot.leads.clocks.times import awake
from bot.leads.visits.telling import stands
from db.leads.consent import visits
from db.leads.consent.visits import CANCELLED, CHOSEN, OVER, PROPOSED, TICKED, Visit
from db.store import Store
from tests.simulated import WIJK, lead
from tests.unit.bot.leads.visits.house import FIRST, SECOND, THIRD, House, at

ACTS = (
    *("tick", "fits", "none", "phone", "keep", "cancel_yes", "done", "nobody", "could_not", "view", "agenda"),
    *("choose", "other", "no"),
)
MOVES = ("hand_back", "accept", "complete.helped", "fail.other", "contact", "give", "take_over.sure")


def kept_now(house: House) -> dict[str, Visit]:
    """The visits of both leads, by token."""
    with house.sim.store.read() as tx:
        found = (visits.of_lead(tx, WIJK, one.id) for one in (house.lead, house.other))
        return {each.token: each for each in found if each is not None}


@pytest.mark.parametrize("seed", range(6))
def test_a_visit_stays_whole(store: Store, seed: int) -> None:
    house, dice = House(store), Random(seed)
    people = (house.ans, house.bep, house.omar, house.fatma)
    mine, other, kept = house.lead, house.other, None
    changed: dict[str, int] = {}
    owed: set[str] = set()
    for _ in range(60):
        who, heard = dice.choice(people), dice.random()
        before = kept_now(house)
        house.hush()
        if heard < 0.2:
            house.clock.forward(hours=dice.choice((1, 1, 7, 20)))
            house.hush()
            house.ticks()
            if not awake(house.clock.moment):
                asked = [each.text for each in house.fatma.news if "Wanneer past" in each.text]
                assert asked == [], "nobody is asked at night"
        elif heard < 0.4:
            days = dice.sample((FIRST, SECOND, THIRD, at(8, 9), at(9, 13)), dice.randint(1, 3))
            house.proposes(who, dice.choice((mine, other)), *days)
        elif heard < 0.5:
            house.do(who, dice.choice((mine, other)), dice.choice(MOVES))
        else:
            with store.read() as tx:
                now = visits.of_lead(tx, WIJK, mine.id) or visits.of_lead(tx, WIJK, other.id)
            if now is not None:
                old = kept if kept is not None and dice.random() < 0.2 else now
                house.says(who, dice.choice(ACTS), dice.randint(0, 7), visit=old)
                kept = now
        after, told, now_is = kept_now(house), house.read(house.fatma), house.clock.moment
        off = {each.token for each in after.values() if each.status == CANCELLED} | before.keys() - after.keys()
        went_on = [each for each in before.values() if each.status not in OVER]
        knew = {each.token for each in went_on if each.known or stands(each, now_is)}
        themselves = who == house.fatma and heard >= 0.2
        owed = set() if "gaat niet door" in told else owed | (set() if themselves else off & knew)
        assert not owed or heard >= 0.2 or not awake(now_is), "who knew of a visit hears that it is off"
        for each in after.values():
            assert each.status in OVER or not stands(each, now_is) or {"over", "tell"} & each.clocks.keys()
            assert each.sequence >= changed.get(each.token, -1), "a calendar takes no older one"
            changed[each.token] = each.sequence
            assert set(each.fits) <= {*each.slots}
            assert bool(each.slots) or each.status not in (PROPOSED, TICKED)
            assert each.status != CHOSEN or (each.slot is not None and each.sequence >= 0)
            assert each.status not in OVER or not each.clocks.keys() - {"tell"}
            theirs = [lead(house.sim, id) for id in (each.lead, each.other) if id is not None]
            assert each.status in OVER or each.gone or all(one.assignee and not one.closed_at for one in theirs)
