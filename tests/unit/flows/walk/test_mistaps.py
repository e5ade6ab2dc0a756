"""A mis-tap loses nothing: picks, worries and answers are kept, and typed words mean what people mean by them."""

from __future__ import annotations

import pytest

from flows.model.effects import Overlay, Show, Stepped
from flows.model.heard import ChartTap, Command, Contact, Text
from flows.model.names import MENU, PARKED, WELCOME
from flows.model.names import URGENT as URGENT_DOOR
from flows.model.place import TYPED, Given, Place
from flows.walk import advice
from flows.walk.arrows import ALL, FIRST, NEXT, SECOND
from flows.walk.way_back import here
from tests.simulated import CONTENT

HERE = CONTENT.wijk.with_switches({}, frozenset(CONTENT.wijk.partners))
DISCREET = {"handoff.reach": "chat", "handoff.when": "any", "handoff.words": "skip", "handoff.notices": "no"}

DOOR = ChartTap("danger.outage", "cut_off", 0)


def tap(place: Place, *answers: str, name: str = "Fatma") -> Place:
    for answer in answers:
        place = CONTENT.walk.step(place, ChartTap(place.step, answer, place.revision), HERE, name).place
    return place


def typed(place: Place, words: str) -> Stepped:
    return CONTENT.walk.step(place, Text(words), HERE)


WORRIES = Place(MENU, (Given(WELCOME, ("begin",)),), language="nl")
CONSENT = tap(WORRIES, "+people", NEXT, "meet", ALL, "yes")


def test_worries_that_were_ticked_count_with_weet_ik_niet() -> None:
    place = tap(WORRIES, "+bills", "unknown")
    assert (place.step, place.trail[-1].answers) == ("referral.paying", ("bills",))


def test_who_asks_to_be_called_takes_their_worries_along() -> None:
    place = tap(WORRIES, "+bills", "+cold", "call")
    assert (place.step, place.trail[-2]) == ("handoff.about_call", Given(MENU, ("bills", "cold", "call")))
    assert tap(place, "_back").picked == ("bills", "cold")
    assert CONTENT.walk.replay.now(place, HERE) == place, "these answers count together"


def test_a_no_beside_picks_is_asked_again_and_terug_restores_them() -> None:
    place = tap(WORRIES, "+bills", NEXT, "behind", "+cut_off")
    stepped = CONTENT.walk.step(place, ChartTap(place.step, "none", place.revision), HERE)
    assert stepped == Stepped(place, (Show("notices.picked_already"),))
    after = tap(place, "unknown")
    assert (after.step, after.trail[-1].answers) == ("referral.cut_when", ("cut_off",))
    assert tap(after, "_back").picked == ("cut_off",)


@pytest.mark.parametrize("ticked", [True, False])
def test_the_worries_are_not_forgotten_when_danger_leads_to_help(ticked: bool) -> None:
    place = tap(WORRIES, "+bills", "+cold") if ticked else tap(WORRIES, "+bills", "+cold", NEXT, "not_always")
    there = CONTENT.walk.step(place, DOOR, HERE).place
    assert there.step == "referral.warm", "the cold is asked too"
    memory = CONTENT.walk.memory(there, HERE)
    assert {each: memory.answers.get(each) for each in (MENU, "referral.paying", *CUT_OFF)} == {
        MENU: ("bills", "cold"),
        "referral.paying": None if ticked else ("not_always",),
        **CUT_OFF,
    }


CUT_OFF = {"referral.urgent": ("cut_off",), "referral.cut_when": ("now",)}


@pytest.mark.parametrize("picked", [(), ("evict",), ("food", "evict"), ("none",)])
def test_what_else_cannot_wait_still_counts_when_danger_leads_to_help(picked: tuple[str, ...]) -> None:
    """At the question itself with ticks, after it, and after a no that is no longer true."""
    asked = tap(WORRIES, "+bills", NEXT, "behind")
    ticks = [f"+{each}" for each in picked if each != "none"]
    for place in (tap(asked, *ticks), tap(asked, *ticks, NEXT if ticks else "none")):
        there = CONTENT.walk.step(place, DOOR, HERE).place
        memory = CONTENT.walk.memory(there, HERE)
        assert set(memory.answers["referral.urgent"]) == {"cut_off", *picked} - {"none"}
        assert memory.answers["referral.paying"] == ("behind",)
        assert memory.answers["referral.cut_when"] == ("now",)


def test_who_is_cut_off_in_the_self_check_gets_help_with_that() -> None:
    place = tap(WORRIES, "+energy", NEXT, "less")
    assert place.step.startswith("selfcheck.")
    there = CONTENT.walk.step(place, DOOR, HERE).place
    assert there.step == "referral.fragile"
    assert tap(there, "no").step == "advice.help"


def test_the_door_out_of_a_danger_message_tapped_twice_loses_no_way_back() -> None:
    place = tap(WORRIES, "+damp", NEXT)
    once = CONTENT.walk.step(place, DOOR, HERE).place
    assert once.left == here(place)
    assert CONTENT.walk.step(once, DOOR, HERE) == Stepped(once, (Show(),))


def test_the_menu_keeps_the_ticks_and_the_answers_that_were_kept() -> None:
    ticked = tap(WORRIES, "+bills", NEXT, "behind", "+evict")
    assert tap(ticked, "_menu", "_resume").picked == ("evict",)
    changed = tap(CONSENT, "change", "when")
    assert tap(changed, "_menu", "_resume").kept == changed.kept
    assert CONTENT.walk.step(tap(WORRIES, "+bills"), Command("menu"), HERE).place.picked == ("bills",)


@pytest.mark.parametrize("words", ["stop", "STOP!", "Stoppen", "توقف", "quit"])
def test_stop_that_is_typed_stops(words: str) -> None:
    stepped = typed(CONSENT, words)
    assert (stepped.place.step, stepped.place.trail, stepped.effects) == (MENU, (), (Overlay("stopped"),))


@pytest.mark.parametrize(
    "words", ["ik snap het niet", "Ik snap er niks van...", "hulp", "لا أفهم", "I don't understand"]
)
def test_who_does_not_understand_is_offered_a_person_also_where_words_are_asked(words: str) -> None:
    name = tap(CONSENT, "change", "name")
    for place in (CONSENT, name):
        assert typed(place, words) == Stepped(place, (Overlay("person"),))


def test_danger_goes_before_what_typed_words_mean() -> None:
    for words in ("help", "stop, ik ruik gas", "hulp mijn man slaat mij"):
        (effect,) = typed(CONSENT, words).effects
        assert isinstance(effect, Overlay)
        assert effect.kind == "danger"


def test_words_to_a_person_who_helps_are_words_to_them() -> None:
    place = CONTENT.walk.begin_at(WORRIES, "relay.to_partner", 7)
    assert typed(place, "stop").effects != (Overlay("stopped"),)


def test_a_number_can_be_typed_where_it_is_asked_and_is_the_same_as_a_shared_one() -> None:
    place = tap(CONSENT, "change", "reach", "phone")
    there = typed(place, "06-12 34 56 78").place
    assert there.trail[-4] == Given("handoff.phone", (TYPED,), "+31612345678")
    assert there == CONTENT.walk.step(place, Contact("+31612345678", own=True), HERE).place
    assert typed(place, "06 123") == Stepped(place, (Show("notices.wrong_number"),))
    for words in ("om 10.30 uur", "12", "bel mij maar"):
        assert typed(place, words) == Stepped(place, (Overlay("typed"),))


def test_a_number_that_was_typed_wrong_can_be_typed_again_and_terug_keeps_it() -> None:
    wrong = typed(tap(CONSENT, "change", "reach", "phone"), "06 12345678").place
    again = tap(wrong, "change", "reach", "phone")
    assert again.step == "handoff.phone"
    right = typed(again, "06 87654321").place
    assert (right.step, CONTENT.walk.memory(right, HERE).typed("phone")) == ("handoff.consent", "+31687654321")
    kept = tap(again, "_back")
    assert (kept.step, CONTENT.walk.memory(kept, HERE).typed("phone")) == ("handoff.consent", "+31612345678")
    chat = tap(again, "other", "chat")
    assert (chat.step, CONTENT.walk.memory(chat, HERE).answer("handoff.reach")) == ("handoff.consent", "chat")
    home = typed(tap(wrong, "change", "reach", "home"), "Smitsweg 1").place
    assert CONTENT.walk.memory(home, HERE).typed("address") == "Smitsweg 1"
    assert tap(home, "change", "reach", "home").step == "handoff.address"


def test_what_is_usual_stands_on_the_consent_card_and_is_not_asked() -> None:
    assert CONSENT.step == "handoff.consent"
    memory = CONTENT.walk.memory(CONSENT, HERE)
    assert memory.typed("name") == "Fatma"
    assert {step: memory.answer(step) for step in DISCREET} == DISCREET
    assert tap(CONSENT, "_back").step == "handoff.about", "terug skips what nobody was asked"


def test_who_shows_no_name_is_asked_for_one_and_for_nothing_else() -> None:
    offered = tap(WORRIES, "+people", NEXT, "meet", ALL)
    place = tap(offered, "yes", name="")
    assert place.step == "handoff.name"
    assert tap(place, "none").step == "handoff.consent"


def test_one_change_keeps_the_rest_and_terug_changes_nothing() -> None:
    evening = tap(CONSENT, "change", "when", "evening")
    named = typed(tap(evening, "change", "name"), "Samira").place
    memory = CONTENT.walk.memory(named, HERE)
    assert (named.step, memory.typed("name"), memory.answer("handoff.when")) == ("handoff.consent", "Samira", "evening")
    back = tap(named, "change", "when", "_back")
    assert (back.step, back.trail) == (named.step, named.trail)


def test_a_change_on_the_second_consent_card_does_not_ask_for_the_first_one_again() -> None:
    second = tap(CONSENT, "no")
    changed = tap(second, "change", "when", "evening")
    partners = [advice.packet(CONTENT.walk.memory(each, HERE), "nl") for each in (CONSENT, second, changed)]
    assert [each and each["partner"] for each in partners] == ["balans", "binnenhof", "binnenhof"]
    assert tap(changed, "no").step == "handoff.not_sent"


def test_who_parks_keeps_their_place_and_comes_back_to_it() -> None:
    offered = tap(WORRIES, "+people", NEXT, "meet")
    parked = tap(offered, "_later")
    assert (parked.step, parked.trail, parked.left) == (PARKED, (), here(offered))
    assert tap(parked, "_resume").trail == offered.trail
    assert tap(tap(parked, "_menu"), "_resume").step == offered.step


def test_terug_on_the_short_way_leads_to_the_question_that_was_tapped() -> None:
    welcome = Place(WELCOME, language="nl")
    place = tap(welcome, "urgent", "cut_off")
    assert (place.step, CONTENT.walk.memory(place, HERE).answers["referral.urgent"]) == (
        "referral.cut_when",
        ("cut_off",),
    )
    again = tap(place, "_back")
    assert again.step == "referral.now"
    assert tap(again, "food").step == "referral.food", "the first choice is not kept"


URGENT = tap(Place(WELCOME, language="nl"), "urgent", "evict", "week", "landlord")


def test_what_was_not_asked_can_be_asked_after_a_handover() -> None:
    """Who picked one of two helpers comes back to the other, and answers no question of the road twice."""
    done = agreed(tap(URGENT, FIRST, "yes"))
    assert (done.step, done.trail) == ("handoff.done", ())
    assert done.left is not None
    assert (done.left.step, done.left.refused) == ("advice.help", ())
    card = tap(done, "_resume", SECOND, "yes")
    assert card.step == "handoff.consent"
    assert CONTENT.walk.step(done, Command("start"), HERE).place.left == done.left


def test_a_no_on_a_consent_card_is_remembered_so_that_nobody_is_urged() -> None:
    second = agreed(tap(URGENT, ALL, "yes"))
    done = tap(second, "no")
    assert done.left is not None
    assert done.left.refused == ("portaal/eviction",)


def agreed(place: Place) -> Place:
    """The place after a yes to what the consent card shows."""
    packet = advice.packet(CONTENT.walk.memory(place, HERE), "nl")
    assert packet is not None
    yes = ChartTap(place.step, "yes", place.revision, advice.fingerprint(packet))
    return CONTENT.walk.step(place, yes, HERE).place


def test_what_cannot_wait_is_one_tap_away_from_words_that_are_not_understood_and_keeps_what_was_said() -> None:
    door = ChartTap(*URGENT_DOOR)
    place = tap(WORRIES, "+bills", "+cold", NEXT, "behind", "+cut_off", NEXT, "week", "often")
    there = CONTENT.walk.step(place, door, HERE).place
    assert there.step == "referral.now"
    fed = tap(there, "food")
    memory = CONTENT.walk.memory(fed, HERE)
    assert memory.answers["referral.urgent"] == ("cut_off", "food")
    assert memory.answers["referral.cut_when"] == ("week",)
    broken = tap(there, "heating")
    assert CONTENT.walk.memory(broken, HERE).answers["referral.warm"] == ("broken",), "the newest word counts"
    too = tap(CONTENT.walk.step(broken, door, HERE).place, "food", "no", "no")
    memory = CONTENT.walk.memory(too, HERE)
    assert (memory.answers["referral.urgent"], memory.answers["referral.warm"]) == (("cut_off", "food"), ("broken",))
    assert CONTENT.walk.step(there, door, HERE) == Stepped(there, (Show(),))
