"""Whatever three people tap, in any order and at any hour, the visit stays whole."""

from __future__ import annotations

from random import Random

import pytest

from bot.leads.clocks.times import awake
from db.leads.consent import visits
from db.leads.consent.visits import CHOSEN, OVER, PROPOSED, TICKED
from db.store import Store
from tests.simulated import WIJK, lead
from tests.unit.bot.leads.visits.house import FIRST, SECOND, THIRD, House, at

ACTS = (
    *("tick", "fits", "none", "phone", "keep", "cancel_yes", "done", "nobody", "could_not", "view", "agenda"),
    *("choose", "other", "no"),
)
MOVES = ("hand_back", "accept", "complete.helped", "fail.other", "contact", "give", "take_over.sure")


@pytest.mark.parametrize("seed", range(6))
def test_a_visit_stays_whole(store: Store, seed: int) -> None:
    house, dice = House(store), Random(seed)
    people = (house.ans, house.bep, house.omar, house.fatma)
    mine, other, kept = house.lead, house.other, None
    changed: dict[str, int] = {}
    for _ in range(60):
        who, heard = dice.choice(people), dice.random()
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
        with store.read() as tx:
            found = [each for each in (visits.of_lead(tx, WIJK, one.id) for one in (mine, other)) if each is not None]
        for each in found:
            assert each.sequence >= changed.get(each.token, -1), "a calendar takes no older one"
            changed[each.token] = each.sequence
            assert set(each.fits) <= {*each.slots}
            assert bool(each.slots) or each.status not in (PROPOSED, TICKED)
            assert each.status != CHOSEN or (each.slot is not None and each.sequence >= 0)
            assert each.status not in OVER or not each.clocks.keys() - {"tell"}
            theirs = [lead(house.sim, id) for id in (each.lead, each.other) if id is not None]
            assert each.status in OVER or each.gone or all(one.assignee and not one.closed_at for one in theirs)
