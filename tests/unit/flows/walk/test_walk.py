"""The core on toy charts, one rule at a time; at the end the rules that must hold for every real chart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.model.chart import UNKNOWN, Charts, Outcome, Question
from flows.model.effects import Enter, Erase, Overlay, Refer, Show, Withdraw
from flows.model.heard import Blocked, ChartTap, Command, Contact, Elsewhere, Heard, Media, NoTap, StopHelpTap, Text
from flows.model.memory import answers_of
from flows.model.names import DANGER, FREE, MENU, WELCOME
from flows.model.place import TYPED, Given, Left, Place
from flows.walk import advice
from flows.walk.arrows import ALL, NEXT, OFFERED
from flows.walk.facts import recall
from flows.walk.given import was_given
from flows.walk.walk import Walk
from flows.walk.way_back import back, here, undone
from tests.simulated import CONTENT
from tests.unit.flows import toys
from tests.unit.flows.toys import Pawn

OLD, AGAIN = Show("notices.old_button"), Show("notices.look_again")
TOKEN = "0123456789abcdef"
TO_CONSENT = ("begin", "+cold", NEXT, "rent", "often", "skip", "no", ALL, "shown")


@pytest.fixture
def charts(tmp_path: Path) -> Charts:
    return toys.charts(tmp_path)


@pytest.fixture
def walk(charts: Charts) -> Walk:
    return Walk(charts, toys.ALARM)


@pytest.fixture
def pawn(walk: Walk) -> Pawn:
    return Pawn(walk, toys.wijk())


def mark(pawn: Pawn) -> str:
    """The mark that the consent card of this place carries now."""
    packet = advice.packet(pawn.walk.memory(pawn.at, pawn.wijk), pawn.at.language or "")
    assert packet is not None
    return advice.fingerprint(packet)


@pytest.mark.parametrize(
    "heard",
    [
        Command("start"),
        Command("what"),
        Text("hallo"),
        ChartTap("toy.cold", "often", 3),
        ChartTap("menu.welcome", "begin", 0),
        NoTap(),
        StopHelpTap(TOKEN, 0),
        StopHelpTap(TOKEN, 0, sure=True),
        ChartTap("toy.cold", "_stay", 0),
    ],
)
def test_whatever_is_said_first_the_languages_are_asked(pawn: Pawn, heard: Heard) -> None:
    assert pawn.hear(heard) == (Show(),)
    assert pawn.place == Place(WELCOME)


def test_danger_comes_before_any_language(pawn: Pawn) -> None:
    assert pawn.type("Help ik RUIK GAS!!") == (Overlay(DANGER, "danger.gas", ("nl",)),)
    assert pawn.tap("_danger") == (Overlay(DANGER),)
    assert pawn.tap("gas", step="danger.all") == (Overlay(DANGER, "danger.gas"),)
    assert pawn.place == Place(WELCOME)


def test_the_doors_of_a_danger_message_work_for_somebody_who_is_not_known(pawn: Pawn) -> None:
    assert pawn.hear(ChartTap("danger.all", "gas", 0)) == (Overlay(DANGER, "danger.gas"),)


def test_words_of_danger_move_nobody_and_are_kept_nowhere(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT, "rent", "often")
    assert before.step == "toy.words"
    assert pawn.type("ik ruik gas bij mij thuis") == (Overlay(DANGER, "danger.gas", ("nl",)),)
    assert pawn.place == before


def test_a_door_out_of_a_danger_message_leads_on_and_keeps_where_somebody_was(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.tap("cut_off", step="danger.all", revision=0) == (Show(),)
    assert (pawn.at.step, pawn.at.left) == ("toy.cold", here(before))
    assert pawn.tap("nonsense", step="danger.all") == (Overlay(DANGER),)


@pytest.mark.parametrize("answer", sorted(FREE))
def test_a_standing_button_of_any_age_says_something_and_moves_nobody(pawn: Pawn, answer: str) -> None:
    """Pitfall 18: there is always a way to a person, to help, and out of danger."""
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.tap(answer, step="toy.gone", revision=999) == (Overlay(FREE[answer]),)
    assert pawn.place == before


def test_the_language_may_change_at_any_step_and_loses_no_answer(pawn: Pawn) -> None:
    """Pitfall 21: the list of languages may be as old as it likes."""
    before = pawn.go("begin", "+cold")
    assert pawn.tap("ar", step="language", revision=0) == (Show(),)
    assert pawn.place == replace(before, language="ar")
    assert pawn.tap(NEXT) == (Show(),)
    assert pawn.at.step == "toy.home"


def test_a_language_that_the_wijk_does_not_speak_changes_nothing(pawn: Pawn) -> None:
    before = pawn.go("begin")
    assert pawn.tap("xx", step="language") == (OLD,)
    assert pawn.place == before


def test_an_answer_moves_and_grows_the_turn_by_one(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.tap("own") == (Show(),)
    assert pawn.place == replace(
        before, step="toy.cold", trail=(*before.trail, Given("toy.home", ("own",))), revision=before.revision + 1
    )


def test_a_doubled_tap_counts_once(pawn: Pawn) -> None:
    """Pitfall 1: two taps with different update ids, at once or an hour apart."""
    before = pawn.go("begin", "+cold", NEXT)
    pawn.tap("own")
    once = pawn.place
    assert pawn.tap("own", step=before.step, revision=before.revision) == (OLD,)
    assert pawn.tap("own", step=before.step, revision=before.revision) == (OLD,)
    assert pawn.place == once


def test_the_button_of_another_question_is_never_booked_on_this_one(pawn: Pawn) -> None:
    """Pitfall 2: both questions know the answer `unknown`, and the turn may even be guessed."""
    before = pawn.go("begin", "+cold", NEXT, "rent")
    assert before.step == "toy.cold"
    assert pawn.tap("unknown", step="toy.home") == (OLD,)
    assert pawn.tap("unknown", step="nowhere.at_all") == (OLD,)
    assert pawn.place == before


def test_a_button_of_an_earlier_visit_to_the_same_question_is_old(pawn: Pawn) -> None:
    first = pawn.go("begin", "+cold", NEXT, "rent")
    pawn.go("_back", "rent")
    assert pawn.at.step == first.step
    assert pawn.tap("often", revision=first.revision) == (OLD,)


def test_an_answer_that_the_question_does_not_have_is_an_old_button(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    for answer in ("warm", "", "+rent", NEXT, "_resume", TYPED, "_nothing", ALL):
        assert pawn.tap(answer) == (OLD,)
    assert pawn.place == before


@pytest.mark.parametrize(
    ("answers", "fund", "end"),
    [
        (("+cold", "rent"), False, "toy.cold"),
        (("+cold", "+bills", "rent"), False, "toy.both"),
        (("+bills", "rent"), False, "toy.cold"),
        (("+cold", "+bills", "own"), False, "toy.cold"),
        (("+cold", "own"), True, "toy.fund"),
        (("+cold", "rent"), True, "toy.cold"),
        (("+cold", "+bills", "unknown"), True, "toy.cold"),
    ],
)
def test_at_a_crossroads_the_first_way_that_holds_in_every_part_is_taken(
    pawn: Pawn, answers: tuple[str, ...], fund: bool, end: str
) -> None:
    """Two crossroads in a row; a condition that is false is really not taken (pitfall 42)."""
    *picks, home = answers
    pawn.wijk = replace(
        pawn.wijk,
        switches={"energiefonds": replace(pawn.wijk.switches["energiefonds"], value="open" if fund else "closed")},
    )
    assert pawn.go("begin", *picks, NEXT, home).step == end


def test_two_quick_ticks_both_count_and_a_doubled_tick_changes_nothing(pawn: Pawn) -> None:
    drawn = pawn.go("begin")
    for _ in range(2):
        pawn.tap("+cold", revision=drawn.revision)
        pawn.tap("+bills", revision=drawn.revision)
    assert (pawn.at.picked, pawn.at.revision) == (("cold", "bills"), drawn.revision)
    for _ in range(2):
        pawn.tap("-cold", revision=drawn.revision)
    assert (pawn.at.picked, pawn.at.revision) == (("bills",), drawn.revision)


def test_ticks_stand_in_the_order_of_the_chart(pawn: Pawn) -> None:
    pawn.go("begin", "+bills", "+cold", NEXT)
    assert pawn.at.trail[-1] == Given("menu.worries", ("cold", "bills"))


def test_going_on_without_a_tick_asks_for_one(pawn: Pawn) -> None:
    before = pawn.go("begin")
    assert pawn.tap(NEXT) == (Show("notices.pick_first"),)
    assert pawn.place == before


def test_i_do_not_know_is_an_answer_by_itself(pawn: Pawn) -> None:
    pawn.go("begin", "unknown")
    assert pawn.at.trail[-1] == Given("menu.worries", ("unknown",))
    assert pawn.at.picked == ()


def test_i_do_not_know_after_ticks_goes_on_with_them_and_back_restores_them(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", "unknown")
    assert pawn.at.step == "toy.home"
    assert pawn.at.trail[-1] == Given("menu.worries", ("cold",))
    pawn.tap("_back")
    assert (pawn.at.step, pawn.at.picked) == ("menu.worries", ("cold",))


def test_no_after_ticks_asks_what_is_true_and_keeps_the_ticks(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", "+bills")
    assert pawn.tap("none") == (Show("notices.picked_already"),)
    assert pawn.place == before
    pawn.go("-cold", "-bills", "none")
    assert pawn.at.trail[-1] == Given("menu.worries", ("none",))


def test_an_unknown_tick_is_an_old_button(pawn: Pawn) -> None:
    before = pawn.go("begin")
    assert pawn.tap("+damp") == (OLD,)
    assert pawn.place == before


def test_back_after_ticks_shows_the_ticks_again(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", "+bills")
    pawn.go(NEXT, "_back")
    assert pawn.at == replace(before, revision=pawn.at.revision)


def test_back_where_nothing_was_answered_is_an_old_button(pawn: Pawn) -> None:
    before = pawn.go()
    assert pawn.tap("_back") == (OLD,)
    assert pawn.place == before


def test_an_answer_that_leads_back_asks_one_question_again_and_keeps_what_was_said(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    there = pawn.go("rent", "again")
    assert there == replace(before, revision=there.revision, kept=(Given("toy.home", ("rent",)),))
    assert pawn.go("_back").trail == (*before.trail, Given("toy.home", ("rent",))), "nothing was changed"


def test_typed_words_are_kept_where_words_are_asked_with_single_spaces(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", NEXT, "rent", "often")
    assert pawn.type("  graag \n 's avonds ") == (Show(),)
    assert pawn.at.trail[-1] == Given("toy.words", (TYPED,), "graag 's avonds")
    assert pawn.walk.memory(pawn.at, pawn.wijk).typed("words") == "graag 's avonds"


def test_words_of_exactly_the_limit_are_kept_whole(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", NEXT, "rent", "often")
    assert pawn.type("x" * 20) == (Show(),)
    assert pawn.at.trail[-1] == Given("toy.words", (TYPED,), "x" * 20)


@pytest.mark.parametrize(
    ("words", "effect"),
    [
        ("x" * 21, Show("notices.too_long")),
        ("   \n ", Show("")),
        ("mijn bsn is 111222333", Show("notices.no_numbers")),
        ("111.222.333", Show("notices.no_numbers")),
        ("NL91 ABNA 0417 1643 00", Show("notices.no_numbers")),
    ],
)
def test_words_that_nobody_may_keep_are_refused(pawn: Pawn, words: str, effect: Show) -> None:
    """Pitfall 47."""
    before = pawn.go("begin", "+cold", NEXT, "rent", "often")
    assert pawn.type(words) == (effect,)
    assert pawn.place == before


def test_typed_words_where_none_are_asked_get_a_kind_answer_and_move_nobody(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    for words in ("rent", "Ja", "ik snap er niks van", "111222333"):
        assert pawn.type(words) == (Overlay("typed"),)
    assert pawn.place == before


def test_the_name_that_the_channel_shows_is_taken_as_if_it_was_typed_and_cut_to_the_limit(pawn: Pawn) -> None:
    pawn.name = "Abdurrahmanoglu"
    pawn.go(*TO_CONSENT)
    assert pawn.at.trail[-1] == Given("give.name", (TYPED,), "Abdurrahma")


def test_ones_own_number_is_kept_where_it_was_asked(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", NEXT, "rent", "often", "skip")
    assert pawn.hear(Contact("+31600000001", own=True)) == (Show(),)
    assert pawn.at.trail[-1] == Given("toy.phone", (TYPED,), "+31600000001")


def test_somebody_elses_number_is_not_kept(pawn: Pawn) -> None:
    """Pitfall 31."""
    before = pawn.go("begin", "+cold", NEXT, "rent", "often", "skip")
    assert pawn.hear(Contact("+31600000002", own=False)) == (Show("notices.not_your_number"),)
    assert pawn.place == before


@pytest.mark.parametrize("own", [True, False])
def test_a_number_that_nobody_asked_for_is_not_kept(pawn: Pawn, own: bool) -> None:
    before = pawn.go("begin")
    assert pawn.hear(Contact("+31600000001", own)) == (Overlay("contact"),)
    assert pawn.place == before


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document"])
def test_what_cannot_be_read_moves_nobody(pawn: Pawn, kind: str) -> None:
    """Pitfall 32: a voice message gets words back, never a voice."""
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.hear(Media(kind)) == (Overlay("media", kind),)
    assert pawn.place == before


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "edited"])
def test_danger_is_heard_under_a_photo_and_in_changed_words(pawn: Pawn, kind: str) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.hear(Media(kind, "help, ik RUIK gas!")) == (Overlay(DANGER, "danger.gas", ("nl",)),)
    assert pawn.hear(Media(kind, "dit is mijn kachel")) == (Overlay("media", kind),)
    assert pawn.place == before


def test_an_edited_command_of_danger_or_erasing_does_nothing_again(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.hear(Media("edited", "/verwijder")) == (Overlay("media", "edited"),)
    assert pawn.place == before


def test_a_group_and_a_block_move_nobody(pawn: Pawn) -> None:
    """Pitfall 26."""
    before = pawn.go("begin")
    assert pawn.hear(Elsewhere()) == (Overlay("group"),)
    assert pawn.hear(Blocked(True)) == ()
    assert pawn.place == before


@pytest.mark.parametrize(
    ("command", "effects"),
    [
        ("/gevaar", (Overlay(DANGER),)),
        ("/taal", (Overlay("language"),)),
        ("/help", (Overlay("about"),)),
        ("/hulp", (Overlay("help"),)),
        ("/privacy", (Overlay("privacy"),)),
        ("/mijngegevens", (Overlay("data"),)),
        ("/verwijder", (Overlay("erase"),)),
        ("/zomaar", (Overlay("unknown_command"),)),
        ("/start", (Overlay("middle"),)),
        ("/start ev12", (Enter("ev12"), Overlay("middle"))),
    ],
)
def test_a_command_in_the_middle_says_something_and_moves_nobody(
    pawn: Pawn, command: str, effects: tuple[object, ...]
) -> None:
    """Pitfall 20: a link in the middle asks whether to go on, and is counted all the same."""
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.type(command) == effects
    assert pawn.place == before


def test_the_menu_keeps_where_somebody_was_and_resume_leads_back_to_it(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT, "rent")
    assert pawn.type("/menu") == (Show(),)
    assert (pawn.at.step, pawn.at.trail, pawn.at.left) == (MENU, (), here(before))
    pawn.type("/menu")
    assert pawn.at.left == here(before), "the menu of the menu forgets nothing"
    assert pawn.tap("_resume") == (Show(),)
    assert pawn.at == replace(before, revision=pawn.at.revision)


def test_the_menu_button_and_the_menu_command_are_one(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", NEXT)
    other = Pawn(pawn.walk, pawn.wijk)
    other.place = pawn.place
    pawn.tap("_menu")
    other.type("/menu")
    assert pawn.place == other.place


def test_stop_forgets_the_answers_and_says_so(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", NEXT)
    pawn.type("/menu")
    assert pawn.type("/stop") == (Overlay("stopped"),)
    assert (pawn.at.step, pawn.at.trail, pawn.at.picked, pawn.at.left) == (MENU, (), (), None)


def test_start_after_the_end_begins_anew(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", NEXT, "rent", "often", "skip", "no", "no")
    assert pawn.at.step == "menu.bye"
    assert pawn.type("/start") == (Show(),)
    assert (pawn.at.step, pawn.at.trail) == (MENU, ())


@pytest.mark.parametrize("words", ["/menu", "/stop", "/taal", "hallo"])
def test_before_a_language_is_chosen_nothing_moves(pawn: Pawn, words: str) -> None:
    pawn.type("/start")
    pawn.type(words)
    assert pawn.place == Place(WELCOME)


def test_everything_can_be_erased_before_a_language_is_chosen(pawn: Pawn) -> None:
    pawn.type("/start")
    assert pawn.tap("yes", step="erase") == (Erase(),)


def test_erasing_needs_the_right_button_of_now(pawn: Pawn) -> None:
    before = pawn.go("begin", "+cold", NEXT)
    assert pawn.tap("yes", step="erase", revision=before.revision - 1) == (OLD,)
    assert pawn.tap("no", step="erase") == (OLD,)
    assert pawn.place == before
    assert pawn.tap("yes", step="erase") == (Erase(),)
    assert (pawn.at.step, pawn.at.trail, pawn.at.picked, pawn.at.left) == (WELCOME, (), (), None)


def test_stopping_a_help_is_asked_before_it_is_done(pawn: Pawn) -> None:
    before = pawn.go("begin")
    assert pawn.hear(StopHelpTap(TOKEN, before.revision)) == (Overlay("stop_help", TOKEN),)
    assert pawn.hear(StopHelpTap(TOKEN, before.revision, sure=True)) == (Withdraw(TOKEN),)
    for sure in (False, True):
        assert pawn.hear(StopHelpTap(TOKEN, before.revision + 1, sure)) == (OLD,)
    assert pawn.place == before


def test_a_button_that_means_nothing_shows_the_card_again(pawn: Pawn) -> None:
    before = pawn.go("begin")
    assert pawn.hear(NoTap()) == (OLD,)
    assert pawn.place == before


def test_a_choice_that_the_outcome_does_not_offer_is_an_old_button(pawn: Pawn) -> None:
    pawn.go("begin", "+cold", NEXT, "rent", "unknown", "skip", "no")
    before = pawn.at
    assert before.step == "toy.help"
    assert pawn.tap("first") == (OLD,)
    assert pawn.tap("second") == (OLD,)
    assert pawn.place == before
    assert pawn.go("all").step == "give.name"


@pytest.mark.parametrize("sent", ["", "00000000", "another"])
def test_a_yes_to_something_else_than_was_shown_is_no_yes(pawn: Pawn, sent: str) -> None:
    before = pawn.go(*TO_CONSENT)
    assert before.step == "give.consent"
    assert pawn.tap("yes", mark=sent) == (AGAIN,)
    assert pawn.place == before


@pytest.mark.parametrize(
    ("answers", "end", "notes"),
    [
        (("yes", "yes"), "give.done", "notices.sent_one"),
        (("yes", "no"), "give.done", "notices.sent_one"),
        (("no", "yes"), "give.done", "notices.sent_none"),
        (("no", "no"), "menu.bye", "notices.sent_none"),
    ],
)
def test_what_is_agreed_goes_at_once_and_then_the_other_card_comes(
    pawn: Pawn, answers: tuple[str, str], end: str, notes: str
) -> None:
    pawn.go(*TO_CONSENT)
    handed = []
    for number, answer in enumerate(answers):
        refer, show = pawn.tap(answer, mark=mark(pawn) if answer == "yes" else "")
        assert isinstance(refer, Refer)
        assert show == (Show() if number else Show(notes))
        memory = recall(pawn.walk.charts, pawn.wijk, refer.trail)
        handed.append((advice.chosen(memory)[0].partner, advice.said(memory)))
        assert pawn.at.step == (end if number else "give.consent")
    assert handed == list(zip(["money", "coach"], answers, strict=True))
    assert pawn.at.trail == ()


def test_a_second_tap_on_the_first_yes_is_no_yes_to_the_other_card(pawn: Pawn) -> None:
    before = pawn.go(*TO_CONSENT)
    yes = mark(pawn)
    pawn.tap("yes", mark=yes)
    there = pawn.place
    assert pawn.tap("yes", mark=yes, revision=before.revision) == (Show("notices.old_button"),)
    assert pawn.tap("yes", mark=yes) == (AGAIN,)
    assert pawn.place == there


def test_the_way_back_from_the_other_card_takes_back_nothing_that_was_sent(pawn: Pawn) -> None:
    pawn.go(*TO_CONSENT)
    pawn.tap("yes", mark=mark(pawn))
    pawn.tap("_back")
    assert pawn.at.step == "give.name"
    pawn.tap("shown")
    memory = pawn.walk.memory(pawn.at, pawn.wijk)
    assert [each.partner for each in advice.chosen(memory)] == ["coach"]


def test_a_partner_that_closes_between_the_card_and_the_yes_is_shown_again(pawn: Pawn) -> None:
    before = pawn.go(*TO_CONSENT)
    seen = mark(pawn)
    pawn.wijk = toys.closed(pawn.wijk, "money")
    assert pawn.tap("yes", mark=seen) == (AGAIN,)
    assert pawn.place == before
    assert pawn.tap("yes", mark=mark(pawn))[1] == Show("notices.sent_one")


def test_a_language_that_changes_before_a_yes_is_shown_again_because_the_partner_reads_it(pawn: Pawn) -> None:
    before = pawn.go(*TO_CONSENT)
    seen = mark(pawn)
    pawn.tap("ar", step="language")
    assert pawn.tap("yes", mark=seen) == (AGAIN,)
    assert pawn.at == replace(before, language="ar")


def test_when_nobody_is_left_behind_a_choice_the_offers_are_shown_again(pawn: Pawn) -> None:
    pawn.go(*TO_CONSENT[:-2], "second", "shown")
    pawn.wijk = toys.closed(pawn.wijk, "money", "coach")
    assert pawn.tap("yes", mark="whatever") == (AGAIN,)
    assert pawn.at.step == "toy.help"


def test_no_consent_card_is_ever_shown_for_nobody(pawn: Pawn) -> None:
    pawn.go(*TO_CONSENT[:-2], "second")
    pawn.wijk = toys.closed(pawn.wijk, "money", "coach")
    assert pawn.tap("shown") == (AGAIN,)
    assert pawn.at.step == "toy.help"


def test_no_yes_at_all_hands_over_nothing(pawn: Pawn) -> None:
    pawn.go(*TO_CONSENT)
    pawn.tap("no")
    written_down, shown = pawn.tap("no")
    assert isinstance(written_down, Refer), "a no to everything is written in the ledger too"
    assert shown == Show()
    assert (pawn.at.step, pawn.at.trail) == ("menu.bye", ())


@pytest.mark.parametrize("gone", ["toy.gone", "toy.whose"])
def test_whoever_stands_where_nobody_can_stand_any_more_is_told_and_goes_on(pawn: Pawn, gone: str) -> None:
    """A step that was withdrawn, or that became a crossroads."""
    pawn.place = Place(gone, (Given("toy.home", ("rent",)),), revision=8, language="ar")
    (effect,) = pawn.tap("often")
    assert isinstance(effect, Show)
    assert effect.note.startswith("notices.")
    assert (pawn.at.step in pawn.walk.moves.machine.states, pawn.at.revision, pawn.at.language) == (True, 9, "ar")


def test_resume_leads_to_a_place_that_still_stands(pawn: Pawn) -> None:
    pawn.place = Place(MENU, language="nl", revision=3, left=Left("toy.gone", (Given("toy.gone_too", ("x",)),)))
    (effect,) = pawn.tap("_resume")
    assert isinstance(effect, Show)
    assert pawn.at.step in pawn.walk.moves.machine.states
    assert pawn.at.trail == ()


def test_two_people_on_one_walk_never_see_each_other(walk: Walk) -> None:
    """Pitfall 33: the machine keeps nothing between two updates."""
    one, two = Pawn(walk, toys.wijk(), "Fatma"), Pawn(walk, toys.wijk(), "Karim")
    for first, second in zip(TO_CONSENT, ("begin", "+bills", NEXT, "own", "unknown", "skip", "no", ALL), strict=False):
        one.go(first)
        two.go(second)
    assert one.at.trail[2] == Given("toy.home", ("rent",))
    assert two.at.trail[2] == Given("toy.home", ("own",))


# What holds for every question and every answer of the real charts.

QUESTIONS = [step for step in CONTENT.charts.steps.values() if isinstance(step, Question)]
WIJK = CONTENT.wijk.with_switches({}, frozenset(CONTENT.wijk.partners))


def doors(place: Place) -> list[str]:
    """Every answer that leads on from a place, as its buttons offer it."""
    step = CONTENT.charts.steps[place.step]
    found = [key for key, each in answers_of(step).items() if each.go]
    if isinstance(step, Question) and step.many:
        found = [key for key in found if not place.picked or key == UNKNOWN]
        found += [f"+{key}" for key, each in step.answers.items() if not each.go]
        found += [f"-{key}" for key in place.picked] + ([NEXT] if place.picked else [])
    if isinstance(step, Outcome) and step.offers:
        count = len(advice.destinations(advice.advise(step, CONTENT.walk.memory(place, WIJK))))
        found += OFFERED[: 1 if count else 0] + (OFFERED[1:3] if count > 1 else ()) + OFFERED[3:]
    return found


def answer(place: Place, chosen: str) -> Place:
    """Where this answer leads; a yes carries the mark of what is shown now."""
    step = CONTENT.charts.steps[place.step]
    sent = ""
    if isinstance(step, Question) and step.consent and chosen == "yes":
        packet = advice.packet(CONTENT.walk.memory(place, WIJK), place.language or "")
        sent = advice.fingerprint(packet) if packet else ""
    return CONTENT.walk.step(place, ChartTap(place.step, chosen, place.revision, sent), WIJK, "Fatma").place


@pytest.mark.parametrize("question", [each for each in QUESTIONS if not each.consent], ids=lambda each: each.name)
def test_back_undoes_every_single_answer(question: Question) -> None:
    if CONTENT.charts.flows[question.name.partition(".")[0]].anywhere:
        before = Place(MENU, language="nl", revision=4)
        for key in question.answers:
            after = CONTENT.walk.step(before, ChartTap(question.name, key, 0), WIJK).place
            given = {*question.answers[key].gives}
            assert after == before or {each.step for each in after.trail} == given, "danger adds what was tapped"
        return
    for key, each in question.answers.items():
        if each.back:
            continue
        before = Place(question.name, agreed_to_help(), () if each.go else (key,), revision=4, language="nl")
        after = answer(before, key if each.go else NEXT)
        if after.trail:
            there = CONTENT.walk.moves.back(after, CONTENT.wijk)
            assert replace(there, kept=()) == replace(before, revision=after.revision + 1)
        else:
            forgetful = CONTENT.charts.steps[after.step]
            assert isinstance(forgetful, Outcome)
            assert forgetful.forget or forgetful.refer or forgetful.relay


def agreed_to_help() -> tuple[Given, ...]:
    """A trail on which somebody said yes to what was offered, so that there is somebody to hand over to."""
    place = Place(MENU, language="nl")
    for chosen in ("+people", NEXT, "meet", ALL):
        place = answer(place, chosen)
    return place.trail


def assert_never_asked_is_skipped(place: Place) -> None:
    """Go back to an answer that the resident gave themselves."""
    there = back(CONTENT.charts, place)
    assert len(there.trail) < len(place.trail)
    assert not there.trail or not was_given(CONTENT.charts, place.trail[len(there.trail)], there.trail)


@settings(max_examples=150)
@given(st.data())
def test_back_is_the_inverse_of_an_answer_on_every_walk(data: st.DataObject) -> None:
    place = Place(WELCOME, language="nl")
    for _ in range(40):
        open_doors = doors(place)
        if not open_doors:
            break
        chosen = data.draw(st.sampled_from(open_doors))
        after = answer(place, chosen)
        if chosen[0] in "+-":
            assert (after.step, after.trail, after.revision) == (place.step, place.trail, place.revision)
        elif after.trail:
            assert after.revision == place.revision + 1
            before = replace(place, revision=after.revision + 1, kept=())
            if len(after.trail) == len(place.trail) + 1:
                assert replace(undone(CONTENT.charts, after), kept=()) == before, "ticks are never lost"
            assert_never_asked_is_skipped(after)
        place = after
    assert place.step in CONTENT.walk.moves.machine.states


@settings(max_examples=60)
@given(st.data())
def test_every_walk_ends(data: st.DataObject) -> None:
    """Charts have no circles: whoever goes on answering comes to an end, wherever they turn."""
    place = Place(WELCOME, language="nl")
    for _ in range(120):
        ahead = [each for each in doors(place) if each[0] not in "-"]
        fresh = [each for each in ahead if each[1:] not in place.picked]
        if not fresh:
            break
        place = answer(place, data.draw(st.sampled_from(fresh)))
    assert not [each for each in doors(place) if each[0] not in "+-"]
