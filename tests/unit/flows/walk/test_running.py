"""What runs already is left out of the offer, on toy charts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.model.chart import Charts
from flows.model.wijk import COORDINATOR, Running, Service, Wijk
from flows.walk import advice
from flows.walk.help import Advice
from tests.unit.flows import toys
from tests.unit.flows.walk.test_advice import COLD, offer, outcome, partners, with_fallback


@pytest.fixture
def charts(tmp_path: Path) -> Charts:
    return toys.charts(tmp_path)


def with_running(here: Wijk, *runs: Running) -> Wijk:
    return replace(here, runs=lambda: runs)


def running(*needs: tuple[str, str], urgent: bool = False) -> Running:
    return Running("KOP-4F7", frozenset(needs), urgent)


def found(charts: Charts, here: Wijk, *offers: object) -> Advice:
    return advice.advise(outcome(*offers), toys.memory(charts, here, COLD))  # type: ignore[arg-type]


def test_an_offer_that_runs_is_left_out_and_named(charts: Charts) -> None:
    one = running(("money", "bills"))
    told = found(charts, with_running(toys.wijk(), one), offer("money"), offer("coach", topic="energy"))
    assert partners(told) == ["coach"]
    assert told.running == ((one, ("bills",)),)
    assert not told.full


@pytest.mark.parametrize("need", [("money", "income"), ("coach", "bills")])
def test_another_topic_or_another_service_is_offered(charts: Charts, need: tuple[str, str]) -> None:
    told = found(charts, with_running(toys.wijk(), running(need)), offer("money"))
    assert (partners(told), told.running) == (["money"], ())


def test_what_runs_does_so_whoever_the_partner_is_now(charts: Charts) -> None:
    here = with_running(toys.closed(toys.wijk(), "money"), running(("money", "bills")))
    assert partners(found(charts, here, offer("money"))) == []


@pytest.mark.parametrize(("runs_urgent", "asked_urgent", "offered"), [
    (False, True, ["money"]), (True, True, []), (True, False, []), (False, False, []),
])  # fmt: skip
def test_only_what_cannot_wait_stands_beside_what_can(
    charts: Charts, runs_urgent: bool, asked_urgent: bool, offered: list[str]
) -> None:
    here = with_running(toys.wijk(), running(("money", "bills"), urgent=runs_urgent))
    assert partners(found(charts, here, offer("money", urgent=asked_urgent))) == offered


def test_of_a_visit_of_two_the_one_that_does_not_run_is_offered_without_words_about_both(charts: Charts) -> None:
    told = found(charts, with_running(toys.wijk(), running(("money", "bills"))), offer("money", "coach"))
    assert partners(told) == ["coach"]
    assert told.now[0].partly == told.now[0].offers
    assert advice.destinations(told)[0].needs == (("coach", "bills"),)


def test_a_destination_tells_what_its_lead_is_about(charts: Charts) -> None:
    told = found(charts, toys.wijk(), offer("money"), offer("money", topic="income"), offer("coach", topic="energy"))
    assert [each.needs for each in advice.destinations(told)] == [
        (("money", "bills"), ("money", "income")),
        (("coach", "energy"),),
    ]


def test_who_gets_all_that_cannot_wait_has_all_needs(charts: Charts) -> None:
    here = with_fallback(toys.wijk())
    wanted = [offer(each, topic=each, urgent=True) for each in ("money", "coach", "spare")]
    (one,) = advice.destinations(found(charts, here, *wanted))
    assert one.needs == tuple((each, each) for each in ("money", "coach", "spare"))
    again = found(charts, with_running(here, running(*one.needs, urgent=True)), *wanted)
    assert partners(again) == []


def test_a_need_that_a_help_beside_it_takes_is_asked_once(charts: Charts) -> None:
    """A visit of two, of which one comes already about something else: that one is not asked again next time."""
    wanted = (offer("money", topic="income"), offer("money", "coach", topic="cold"))
    needs = [need for each in advice.destinations(found(charts, toys.wijk(), *wanted)) for need in each.needs]
    assert sorted(needs) == [("coach", "cold"), ("money", "cold"), ("money", "income")]
    assert partners(found(charts, with_running(toys.wijk(), running(*needs)), *wanted)) == []


def test_with_as_much_help_as_they_may_have_nothing_is_offered(charts: Charts) -> None:
    runs = [running((f"other{n}", "x")) for n in range(4)]
    few, many = (replace(with_running(toys.wijk(), *runs), most_help=most) for most in (6, 5))
    assert (partners(found(charts, few, offer("money"))), found(charts, few, offer("money")).full) == (["money"], False)
    assert (partners(found(charts, many, offer("money"))), found(charts, many, offer("money")).full) == ([], True)


def test_what_nobody_does_here_runs_too(charts: Charts) -> None:
    here = replace(toys.wijk(), services={"money": Service("money", "money")})
    (one,) = advice.destinations(found(charts, here, offer("nobody")))
    assert (one.partner, one.needs) == (COORDINATOR, (("nobody", "bills"),))
    assert partners(found(charts, with_running(here, running(*one.needs)), offer("nobody"))) == []
