"""The cards of the register fit a phone, whoever takes part and whatever the name is."""

from __future__ import annotations

import pytest

from bot.screens.register.cards import cut
from db.records.register import opportunities
from db.records.register.opportunities import Party
from db.store import Store
from flows.texts.lines import SCREEN, lines, width
from tests.simulated import CONTENT, WIJK
from tests.unit.bot.register.wijk_room import Around

FAMILY = "\U0001f468\U0001f469\U0001f467\U0001f466"
FLAG = "\U0001f1f3\U0001f1f1"
THUMB = "\U0001f44d\U0001f3fd"


@pytest.fixture
def around(store: Store) -> Around:
    return Around(store)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("words", ["W" * 60, FLAG * 30, "Samen koffie drinken in de hal van de flat aan het pleintje"])
def test_a_card_with_many_parties_fits_and_says_how_many_more(around: Around, words: str, closed: bool) -> None:
    one = around.running(around.ans, around.omar, "eas")
    longest = sorted(CONTENT.wijk.partners.values(), key=lambda each: -len(each.name))[:13]
    parties = tuple(Party(each.id, ("yes", "", "no")[at % 3], str(at)) for at, each in enumerate(longest))
    with around.sim.store.write() as tx:
        line = "Tien bewoners. " * 6 if closed else None
        opportunities.change(tx, WIJK, one, parties=parties, words=words, title="own", line=line)
    for what in ("room", "bike", "hands"):
        around.taps(around.ria, "ask", one, what)
    around.clock.moment = one.due_at
    around.ticks(days=8)
    if closed:
        around.taps(around.ria, "result", one, "partly")
    around.taps(around.ria, "ask", one, "ride")
    for told in (around.taps(around.ria, "view", one), around.read(around.ria).split("\n\n")[0]):
        assert lines(told) <= SCREEN, told
    assert "nog " in around.taps(around.ria, "view", one)


@pytest.mark.parametrize("sign", [FLAG, THUMB, FAMILY, "e\u0338", "W", "\u4e2d"])
@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_a_name_is_cut_in_its_room_and_no_sign_in_two(before: str, sign: str) -> None:
    for most in range(2, 40):
        shown = cut(before + sign * 30, most)
        assert width(shown) <= most
        kept = shown.removesuffix("…")[len(before) :]
        whole = sign if sign in (FLAG, THUMB, "e\u0338") else sign[:1]
        assert len(kept) % len(whole) == 0, (most, shown)
