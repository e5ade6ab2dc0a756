"""From answers to help, on toy charts: who is asked, who takes over, and exactly what they get to see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.model.chart import Charts, Condition, Offer, Outcome, Question
from flows.model.memory import Memory
from flows.model.place import TYPED, Given
from flows.model.wijk import COORDINATOR, Running, Service, Wijk
from flows.walk import advice
from flows.walk.facts import recall
from flows.walk.help import Advice, asked_too
from tests.unit.flows import toys

COLD = ("toy.cold", "often")


@pytest.fixture
def charts(tmp_path: Path) -> Charts:
    return toys.charts(tmp_path)


def offer(
    *to: str,
    row: str = "M2",
    urgent: bool = False,
    topic: str = "bills",
    hand: tuple[str, ...] = (),
    own_yes: bool = False,
) -> Offer:
    return Offer(f"toy.offer.{topic}", row, to, "Hulp.", topic, Condition(), urgent, hand, own_yes=own_yes)


def outcome(*offers: Offer) -> Outcome:
    return Outcome("toy.help", "Dit kunnen we doen.", offers, yes="give.name", no="menu.bye")


def shown(charts: Charts, *offers: Offer, away: tuple[str, ...] = ()) -> Advice:
    """What these offers come to while those partners are away."""
    return advice.advise(outcome(*offers), toys.memory(charts, toys.closed(toys.wijk(), *away), COLD))


def with_fallback(here: Wijk) -> Wijk:
    """The wijk in which `spare` takes what is too much for two."""
    return replace(here, services={**here.services, advice.FALLBACK: Service(advice.FALLBACK, "spare")})


def partners(found: Advice) -> list[str]:
    return [each.partner for each in advice.destinations(found)]


def test_only_offers_that_match_count(charts: Charts) -> None:
    here = toys.wijk()
    both = advice.advise(toys.offers(charts), toys.memory(charts, here, COLD))
    one = advice.advise(toys.offers(charts), toys.memory(charts, here, ("toy.cold", "unknown")))
    none = advice.advise(toys.offers(charts), toys.memory(charts, here))
    assert (partners(both), partners(one), partners(none)) == (["money", "coach"], ["money"], [])


def test_never_more_than_two_are_asked_and_the_others_are_for_later(charts: Charts) -> None:
    found = shown(charts, offer("money"), offer("coach"), offer("spare"), offer("other"))
    assert partners(found) == ["money", "coach"]
    assert [each.to for each in found.later] == [("spare",), (COORDINATOR,)]


def test_offers_for_the_same_partner_become_one(charts: Charts) -> None:
    found = shown(charts, offer("money", topic="bills"), offer("coach"), offer("money", topic="income", urgent=True))
    assert partners(found) == ["money", "coach"]
    assert [each.topic for each in found.now[0].offers] == ["income", "bills"], "what cannot wait is read first"
    assert found.now[0].urgent


def test_what_needs_its_own_yes_is_never_merged_with_anything_else(charts: Charts) -> None:
    found = shown(
        charts,
        offer("money", topic="eviction", own_yes=True),
        offer("money", topic="heating"),
        offer("money", topic="damp"),
        offer("money", topic="eviction", own_yes=True),
    )
    assert [[each.topic for each in one.offers] for one in found.now] == [["heating", "damp"], ["eviction", "eviction"]]
    assert partners(found) == ["money", "money"]


def test_what_needs_its_own_yes_shares_nothing_of_the_other_and_has_a_yes_of_its_own(charts: Charts) -> None:
    both = (
        offer("money", topic="heating", hand=("toy.home",)),
        offer("money", topic="eviction", hand=("toy.cold",), own_yes=True),
    )
    charts = Charts(charts.flows, {**charts.steps, "toy.help": outcome(*both)})
    said = (("toy.home", "rent"), COLD, ("toy.help", "all"))
    first, second = one_by_one(toys.memory(charts, toys.wijk(), *said), "nl")
    assert (first["topics"], first["answers"]) == (["heating"], [["toy.home", ["rent"]]])
    assert (second["topics"], second["answers"]) == (["eviction"], [["toy.cold", ["often"]]])
    assert "together" not in first


def test_what_needs_its_own_yes_is_left_out_where_it_does_not_fit(charts: Charts) -> None:
    found = shown(charts, offer("money"), offer("coach"), offer("spare", own_yes=True))
    assert (partners(found), found.later) == (["money", "coach"], ())


def test_what_is_asked_of_somebody_who_also_gets_what_needs_its_own_yes_is_kept_for_later(charts: Charts) -> None:
    eviction = offer("money", topic="eviction", own_yes=True, urgent=True)
    found = shown(charts, offer("money", topic="damp"), offer("coach", urgent=True), eviction)
    assert partners(found) == ["coach", "money"]
    assert [each.to for each in found.later] == [("money",)]


def test_what_cannot_wait_comes_first_and_is_never_for_later(charts: Charts) -> None:
    found = shown(charts, offer("money"), offer("coach"), offer("spare", urgent=True))
    assert partners(found) == ["spare", "money"]
    assert [each.to for each in found.later] == [("coach",)]


def test_what_cannot_wait_and_is_too_much_for_two_goes_to_one_person_whole(charts: Charts) -> None:
    wanted = (
        offer("coach", topic="job"),
        offer("money", topic="cut_off", urgent=True),
        offer("coach", topic="heating", urgent=True),
        offer("other", topic="food", urgent=True),
        offer("money", topic="eviction", urgent=True, own_yes=True),
    )
    here = with_fallback(toys.wijk())
    found = advice.advise(outcome(*wanted), toys.memory(charts, here, COLD))
    assert partners(found) == ["spare", "money"]
    assert [[each.topic for each in one.offers] for one in found.now] == [["cut_off", "heating", "food"], ["eviction"]]
    assert [each.to for each in found.later] == [("coach",)]
    nobody = advice.advise(outcome(*wanted), toys.memory(charts, toys.wijk(), COLD))
    assert partners(nobody) == [COORDINATOR, "money"]
    away = advice.advise(outcome(*wanted), toys.memory(charts, toys.closed(here, "spare"), COLD))
    assert (partners(away)[0], away.now[0].closed) == (COORDINATOR, ("spare",))


def test_two_who_come_together_count_as_two(charts: Charts) -> None:
    found = shown(charts, offer("money", "coach"), offer("spare"), offer("coach"))
    assert partners(found) == ["money", "coach"]
    assert len(found.now) == 1
    assert [each.to for each in found.later] == [("spare",)]


@pytest.mark.parametrize(
    ("away", "reached"),
    [
        ((), "money"),
        (("money",), "spare"),
        (("money", "spare"), COORDINATOR),
        (("spare",), "money"),
    ],
)
def test_while_a_partner_is_away_the_next_one_takes_over(charts: Charts, away: tuple[str, ...], reached: str) -> None:
    assert advice.receiver(toys.closed(toys.wijk(), *away), "money") == reached
    found = shown(charts, offer("money"), away=away)
    assert partners(found) == [reached]
    assert found.now[0].closed == (() if reached == "money" else ("money",))


def test_partners_who_point_at_each_other_end_with_the_coordinator() -> None:
    here = toys.wijk(money=toys.partner("money", instead="coach"), coach=toys.partner("coach", instead="money"))
    assert advice.receiver(toys.closed(here, "money", "coach", state="full"), "money") == COORDINATOR


def test_a_partner_that_the_wijk_does_not_have_ends_with_the_coordinator() -> None:
    assert advice.receiver(toys.wijk(), "nobody") == COORDINATOR


def test_a_service_that_nobody_offers_goes_to_the_coordinator_and_is_not_called_closed(charts: Charts) -> None:
    found = shown(charts, offer("gone"))
    assert (partners(found), found.now[0].closed) == ([COORDINATOR], ())


def test_two_services_of_one_partner_become_one(charts: Charts) -> None:
    here = replace(toys.wijk(), services={"money": Service("money", "spare"), "coach": Service("coach", "spare")})
    found = advice.advise(outcome(offer("money"), offer("coach")), toys.memory(charts, here, COLD))
    assert partners(found) == ["spare"]


def test_two_who_are_both_away_are_replaced_by_one_and_named_as_closed(charts: Charts) -> None:
    found = shown(charts, offer("money", "coach"), away=("money", "coach"))
    assert partners(found) == ["spare"]
    assert found.now[0].closed == ("money", "coach")


def test_what_nobody_reads_goes_to_the_coordinator_under_the_partners_name(charts: Charts) -> None:
    here = toys.wijk(money=toys.partner("money", staffed=False))
    memory = toys.memory(charts, here, COLD, ("toy.help", "first"))
    (destination,) = advice.chosen(memory)
    assert (destination.partner, destination.inbox(here)) == ("money", COORDINATOR)
    packet = advice.packet(memory, "nl")
    assert packet is not None
    assert (packet["partner"], packet["inbox"]) == ("money", COORDINATOR)


@pytest.mark.parametrize(
    ("said", "chosen"),
    [("all", ["money", "coach"]), ("first", ["money"]), ("second", ["coach"]), ("no", [])],
)
def test_what_the_resident_chose_is_who_is_asked(charts: Charts, said: str, chosen: list[str]) -> None:
    memory = toys.memory(charts, toys.wijk(), COLD, ("toy.help", said))
    assert [each.partner for each in advice.chosen(memory)] == chosen


def test_before_an_outcome_was_answered_nobody_is_asked(charts: Charts) -> None:
    memory = toys.memory(charts, toys.wijk(), COLD)
    assert advice.chosen(memory) == ()
    assert advice.packet(memory, "nl") is None
    assert advice.offering(memory) == ""


@pytest.mark.parametrize(
    ("choice", "said", "left", "agreed"),
    [
        ("", "", ["money", "coach"], False),
        ("", "yes", ["money", "coach"], True),
        ("", "no", ["money", "coach"], False),
        ("money yes coach 0 money+bills coach+energy", "", ["coach"], True),
        ("money no coach 0  coach+energy", "", ["coach"], False),
        ("money no coach 0  coach+energy", "yes", ["coach"], True),
        ("money yes coach 0 money+bills coach+energy", "no", ["coach"], True),
    ],
)
def test_each_destination_is_asked_about_by_itself(
    charts: Charts, choice: str, said: str, left: list[str], agreed: bool
) -> None:
    memory = toys.memory(charts, toys.wijk(), COLD, ("toy.help", "all", choice))
    if said:
        memory = recall(charts, toys.wijk(), (*memory.trail, Given("give.consent", (said,))))
    assert [each.partner for each in advice.chosen(memory)] == left
    assert (advice.agreed(memory), advice.said(memory)) == (agreed, said)


def test_what_was_sent_lets_nobody_else_take_its_place(charts: Charts) -> None:
    """Once the first runs, a third would stand among the first two offers: the resident did not choose it."""
    three = replace(toys.offers(charts), offers=(offer("money"), offer("coach"), offer("spare")))
    charts = Charts(charts.flows, {**charts.steps, "toy.help": three})
    before = toys.memory(charts, toys.wijk(), COLD, ("toy.help", "all"))
    one, other = advice.chosen(before)
    runs = (Running("KOP-4F7", frozenset(one.needs), False),)
    choice = asked_too(Given("toy.help", ("all",)), one, "yes", other)
    for here in (replace(toys.wijk(), runs=lambda: runs), toys.closed(toys.wijk(), "money")):
        memory = toys.memory(charts, here, COLD, ("toy.help", "all", choice.text))
        assert [each.partner for each in advice.chosen(memory)] == ["coach"]


def test_who_was_refused_is_not_asked_under_another_name(charts: Charts) -> None:
    """The refused partner is full now: the one in its place was not chosen."""
    memory = toys.memory(
        charts, toys.closed(toys.wijk(), "money"), COLD, ("toy.help", "all", "money no coach 0  coach+energy")
    )
    assert [each.partner for each in advice.chosen(memory)] == ["coach"]


def test_who_would_come_along_is_not_named_when_the_first_was_stopped(charts: Charts) -> None:
    together = replace(toys.offers(charts), offers=(offer("money", "coach"),))
    charts = Charts(charts.flows, {**charts.steps, "toy.help": together})
    one, other = advice.chosen(toys.memory(charts, toys.wijk(), COLD, ("toy.help", "all")))
    choice = asked_too(Given("toy.help", ("all",)), one, "yes", other)
    stopped = advice.packet(toys.memory(charts, toys.wijk(), COLD, ("toy.help", "all", choice.text)), "nl")
    assert stopped is not None
    assert "together" not in stopped


def one_by_one(memory: Memory, language: str) -> list[dict[str, Any]]:
    """The packets of all whom the resident is asked about, one after another, each with a yes."""
    found, (one, other) = advice.advised(memory), advice.chosen(memory)
    assert found is not None
    asked = asked_too(found[1], one, "yes", other)
    trail = tuple(asked if each == found[1] else each for each in memory.trail)
    runs = (Running("KOP-4F7", frozenset(one.needs), one.help.urgent),)
    here = replace(memory.wijk, runs=lambda: runs)
    packets = [advice.packet(memory, language), advice.packet(recall(memory.charts, here, trail), language)]
    return [each for each in packets if each is not None]


def whole(charts: Charts, **changes: str) -> Memory:
    """A trail on which everything was filled in."""
    said = {"words": "graag snel", "phone": "+31600000001", "name": "Fatma", "help": "all", **changes}
    return toys.memory(
        charts,
        toys.wijk(),
        ("toy.home", "rent"),
        COLD,
        ("toy.words", TYPED, said["words"]),
        ("toy.phone", TYPED, said["phone"]),
        ("toy.help", said["help"]),
        ("give.name", TYPED, said["name"]),
    )


def test_a_packet_holds_what_its_own_offers_hand_over_and_nothing_else(charts: Charts) -> None:
    first, second = one_by_one(whole(charts), "ar")
    shared = {"name": "Fatma", "reach": "chat", "when": "any", "language": "ar", "words": "graag snel"}
    assert first == {
        **shared,
        "partner": "money",
        "inbox": "money",
        "topics": ["bills"],
        "answers": [["toy.cold", ["often"]]],
    }
    assert second == {
        **shared,
        "partner": "coach",
        "inbox": "coach",
        "topics": ["energy"],
        "answers": [["toy.home", ["rent"]]],
    }


def test_a_number_is_shared_only_by_who_wants_to_be_called(charts: Charts) -> None:
    """The number stands on the trail, but this resident chose the chat."""
    packet = advice.packet(whole(charts), "nl")
    assert packet is not None
    assert "+31600000001" not in str(packet)


def test_an_address_is_shared_only_by_who_wants_a_visit(charts: Charts) -> None:
    """The address stands on the trail, but this resident chose the chat."""
    asked = charts.steps["toy.words"]
    assert isinstance(asked, Question)
    charts = Charts(charts.flows, {**charts.steps, "toy.words": replace(asked, write="address")})
    memory = whole(charts, words="Zebrapad 12")
    assert memory.typed("address") == "Zebrapad 12"
    assert "Zebrapad" not in str(advice.packet(memory, "nl"))


def test_two_who_come_together_see_each_other_named(charts: Charts) -> None:
    together = replace(toys.offers(charts), offers=(offer("money", "coach"),))
    charts = Charts(charts.flows, {**charts.steps, "toy.help": together})
    memory = toys.memory(charts, toys.wijk(), COLD, ("toy.help", "all"))
    assert [packet["together"] for packet in one_by_one(memory, "nl")] == [["coach"], ["money"]]
    refused = advice.packet(
        toys.memory(charts, toys.wijk(), COLD, ("toy.help", "all", "money no coach 0  coach+energy")), "nl"
    )
    assert refused is not None
    assert "together" not in refused
    alone = advice.packet(toys.memory(charts, toys.wijk(), COLD, ("toy.help", "first")), "nl")
    assert alone is not None
    assert "together" not in alone


@pytest.mark.parametrize(
    "change",
    [{"name": "Karim"}, {"words": "liever niet"}, {"help": "second"}],
)
def test_the_fingerprint_changes_with_anything_that_is_shown(charts: Charts, change: dict[str, str]) -> None:
    before, after = advice.packet(whole(charts), "nl"), advice.packet(whole(charts, **change), "nl")
    assert before is not None
    assert after is not None
    assert advice.fingerprint(before) != advice.fingerprint(after)


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=5), st.lists(st.text(max_size=3)))))
def test_a_fingerprint_is_eight_characters_for_a_button_and_blind_to_the_order(fields: dict[str, object]) -> None:
    mark = advice.fingerprint(fields)
    assert len(mark) == 8
    assert set(mark) <= set("0123456789abcdef")
    assert advice.fingerprint(dict(reversed(fields.items()))) == mark


def test_a_yes_counts_only_for_what_would_be_sent_now(charts: Charts) -> None:
    trail = whole(charts).trail
    packet = advice.packet(whole(charts), "nl")
    assert packet is not None

    def unseen(here: object, language: str = "nl", mark: str = advice.fingerprint(packet)) -> str | None:
        given = (*trail, Given("give.consent", ("yes",), mark))
        return advice.unseen(recall(charts, here, given), language)  # type: ignore[arg-type]

    here = toys.wijk()
    assert unseen(here) is None
    assert unseen(here, mark="") == "give.consent"
    assert unseen(here, language="en") == "give.consent"
    assert unseen(toys.closed(here, "money")) == "give.consent"
    assert unseen(toys.wijk(money=toys.partner("money", staffed=False))) == "give.consent"


@settings(max_examples=200)
@given(
    st.lists(st.lists(st.sampled_from(["money", "coach", "spare", "gone"]), min_size=1, max_size=2), max_size=6),
    st.lists(st.sampled_from(["money", "coach", "spare"]), unique=True),
)
def test_whoever_is_asked_is_open_and_asked_once(wanted: list[list[str]], away: list[str]) -> None:
    here = toys.closed(toys.wijk(), *away)
    found = advice.advise(outcome(*(offer(*to) for to in wanted)), recall(Charts({}, {}), here, ()))
    now = partners(found)
    assert len(now) == len(set(now)) <= advice.MOST
    assert all(each == COORDINATOR or here.partners[each].state == "open" for each in now)
    assert bool(now) == bool(wanted), "nobody is left without help"
    asked = {advice.receiver(here, here.partner_for(service)) for to in wanted for service in to}
    assert {each for one in (*found.now, *found.later) for each in one.to} == asked


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["money", "coach", "spare", "gone"]), min_size=1, max_size=2),
            st.booleans(),
            st.booleans(),
            st.sampled_from(["bills", "eviction"]),
        ),
        max_size=6,
    ),
    st.lists(st.sampled_from(["money", "coach", "spare"]), unique=True),
)
def test_nothing_urgent_waits_and_nothing_is_shared_beside_what_needs_its_own_yes(
    wanted: list[tuple[list[str], bool, bool, str]], away: list[str]
) -> None:
    here = with_fallback(toys.closed(toys.wijk(), *away))
    offers = tuple(offer(*to, urgent=urgent, own_yes=own, topic=topic) for to, urgent, own, topic in wanted)
    found = advice.advise(outcome(*offers), recall(Charts({}, {}), here, ()))
    assert len(partners(found)) <= advice.MOST
    assert not [one for each in found.later for one in each.offers if one.urgent or one.own_yes]
    for each in found.now:
        assert len({(one.own_yes, one.own_yes and one.topic) for one in each.offers}) == 1
    now = [one for each in found.now for one in each.offers]
    assert all(one in now for one in offers if one.urgent and not one.own_yes)


def test_the_second_card_holds_only_what_its_helper_was_chosen_for(charts: Charts) -> None:
    """While the first runs, other offers go to the second helper too: the resident did not choose those."""
    both = (offer("money", "coach"), offer("spare", topic="bills"))
    charts = Charts(charts.flows, {**charts.steps, "toy.help": replace(toys.offers(charts), offers=both)})
    one, other = advice.chosen(toys.memory(charts, toys.wijk(), COLD, ("toy.help", "all")))
    choice = asked_too(Given("toy.help", ("all",)), one, "yes", other)
    closed = toys.wijk(spare=toys.partner("spare", state="full", instead="coach"))
    (left,) = advice.chosen(toys.memory(charts, closed, COLD, ("toy.help", "all", choice.text)))
    assert (left.partner, set(left.needs)) == (other.partner, set(other.needs))
    assert [each.topic for each in left.help.offers] == [each.topic for each in other.help.offers]
