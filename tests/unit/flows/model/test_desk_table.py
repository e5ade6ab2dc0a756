"""The table of statuses and moves, every pair of it, against what field.md §1.3 says: written out here as data."""

from __future__ import annotations

from itertools import product

import pytest

from flows.model.desk import OWNERS, ROLES, Move
from tests.simulated import CONTENT

DESK = CONTENT.desk

FELL = ("declined", "unsuccessful")
OPEN = ("draft", "sent", "accepted", "in_progress", "on_hold", *FELL)
CLOSED = ("redirected", "completed", "ended", "withdrawn", "void")
STATUSES = (*OPEN, *CLOSED)

RESIDENT_SIDE = {"resident", "worker"}
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("draft", "sent"): RESIDENT_SIDE,
    ("draft", "withdrawn"): RESIDENT_SIDE,
    ("draft", "void"): {*RESIDENT_SIDE, "coordinator"},
    ("sent", "accepted"): {"partner", "coordinator"},
    ("sent", "ended"): {"coordinator"},
    ("sent", "declined"): {"partner"},
    ("sent", "redirected"): {"partner", "coordinator"},
    ("sent", "withdrawn"): RESIDENT_SIDE,
    ("sent", "void"): {*RESIDENT_SIDE, "coordinator"},
    **{(status, "sent"): {"system", "partner"} for status in ("sent", "accepted", "in_progress", "on_hold")},
    ("accepted", "accepted"): {"partner"},  # an attempt to reach the resident
    ("accepted", "in_progress"): {"partner"},
    ("accepted", "on_hold"): {"partner"},
    ("accepted", "completed"): {"partner"},
    ("accepted", "unsuccessful"): {"partner"},
    ("accepted", "redirected"): {"partner", "coordinator"},
    ("accepted", "withdrawn"): RESIDENT_SIDE,
    ("in_progress", "on_hold"): {"partner"},
    ("in_progress", "completed"): {"partner"},
    ("in_progress", "unsuccessful"): {"partner"},
    ("in_progress", "redirected"): {"partner", "coordinator"},
    ("in_progress", "withdrawn"): RESIDENT_SIDE,
    ("on_hold", "accepted"): {"partner", "system"},
    ("on_hold", "in_progress"): {"partner", "system"},
    ("on_hold", "completed"): {"partner"},
    ("on_hold", "unsuccessful"): {"partner"},
    ("on_hold", "redirected"): {"partner", "coordinator"},
    ("on_hold", "withdrawn"): RESIDENT_SIDE,
    ("completed", "accepted"): {"resident"},
    ("completed", "sent"): {"resident"},
    ("ended", "sent"): {"resident"},
    ("declined", "sent"): {"system"},
    **{(status, "accepted"): {"resident", "coordinator"} for status in FELL},
    **{(status, "ended"): {"coordinator"} for status in FELL},
    **{(status, "redirected"): {"coordinator"} for status in FELL},
    **{(status, "withdrawn"): RESIDENT_SIDE for status in FELL},
}

REASONS = {
    "declined": {
        *("no_capacity", "not_eligible", "out_of_area", "wrong_service", "duplicate", "too_little_info", "other"),
    },
    "on_hold": {"waits_for_resident", "waitlist", "documents", "season"},
    "completed": {"helped", "partly", "not_needed"},
    "unsuccessful": {"no_contact", "not_eligible", "no_show", "other"},
    "redirect": {"fits", "full", "more", "done"},
    "pass_on": {"found"},
    "ended": {"helped", "elsewhere", "not_needed", "not_reached", "no_help"},
}


def test_the_statuses_are_those_of_the_field() -> None:
    assert set(DESK.statuses) == set(STATUSES)
    assert set(ROLES) == {"resident", "worker", "partner", "coordinator", "deputy", "connector", "system"}


def test_a_lead_is_closed_at_a_final_status_and_open_at_every_other() -> None:
    assert set(CLOSED) == {key for key in DESK.statuses if DESK.closes(key)}
    assert DESK.open == set(OPEN)
    assert DESK.start in DESK.open


def test_every_pair_of_statuses_is_allowed_or_refused_as_the_field_says() -> None:
    wrong = []
    for before, after, role in product(STATUSES, STATUSES, ROLES):
        moves = {move.name for move in DESK.moves if before in move.sources and move.to == after and role in move.who}
        if bool(moves) != (role in ALLOWED.get((before, after), set())):
            wrong.append(f"{role}: {before} → {after} by {sorted(moves)}")
    assert not wrong, "\n".join(wrong)


def test_a_move_by_its_name_obeys_the_same_pairs() -> None:
    wrong = []
    for status, role in product(STATUSES, ROLES):
        for move in DESK.moves:
            found = DESK.move(move.name, status, role)
            if found is None:
                right = not (status in move.sources and role in move.shown)
            else:
                right = role in ALLOWED[status, found.to] and found in DESK.buttons(status, role)
            if not right:
                wrong.append(f"{role}: {move.name} from {status} is {found}")
        assert DESK.move("no_such_move", status, role) is None
    assert not wrong, "\n".join(wrong)


def test_every_button_is_a_move_that_this_role_may_make_from_here() -> None:
    """Residents read phrases, in their own language, and no label."""
    wrong = [
        f"{role}: {move.name} from {status}"
        for status, role in product(STATUSES, ROLES)
        for move in DESK.buttons(status, role)
        if DESK.move(move.name, status, role) != move or not (move.label or role == "resident")
    ]
    assert not wrong, "\n".join(wrong)


def test_one_name_never_means_two_moves() -> None:
    assert len({move.name for move in DESK.moves}) == len(DESK.moves)


@pytest.mark.parametrize("move", DESK.moves, ids=lambda move: move.name)
def test_reasons_are_asked_exactly_where_the_field_asks_them(move: Move) -> None:
    assert set(move.reasons) == REASONS.get(move.name, REASONS.get(move.to, set()))


@pytest.mark.parametrize("move", DESK.moves, ids=lambda move: move.name)
def test_what_the_resident_is_told_exists_and_a_partner_never_closes_in_silence(move: Move) -> None:
    tell, to = move.tell, move.to
    assert not tell or tell in CONTENT.words.phrases
    if "partner" in move.shown:
        assert tell, f"a partner's move to {to} must be told"


CAN = {
    "resident": {"withdraw", "not_yet", "not_yet_free"},
    "worker": set[str](),
    "partner": {"accept", "try", "contact", "hold", "unhold", "hand_back", "complete", "fail", "decline", "redirect"},
    "coordinator": {"accept", "reopen", "end", "pass_on"},
    "deputy": set[str](),
    "connector": set[str](),
    "system": {"give_back", "return", "room", "unhold"},
}
"""The moves that somebody has a button for."""

IN_THE_REGISTER = {"join", "leave", "register", "who"}
AT_THE_DESK = IN_THE_REGISTER | {"inbox", "lead.view", "lead.write", "lead.call", "lead.answer", "lead.note"}
COORDINATES = AT_THE_DESK | {
    f"dashboard.{act}"
    for act in (
        *("home", "partner", "state", "until", "switch", "gaps", "invite", "invite_coordinator", "invite_deputy"),
        "invite_connector",
        *("members", "member", "remove", "invitation", "take_back"),
        *("partners", "rest", "week", "waiting", "lead", "fetch", "verdicts"),
    )
}
MAY = {
    "partner": AT_THE_DESK | {"availability", "lead.report", "lead.give", "lead.take_over", "lead.bring", "lead.visit"},
    "coordinator": COORDINATES,
    "deputy": COORDINATES,
    "connector": IN_THE_REGISTER,
}


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_every_role_may_do_exactly_this(role: str) -> None:
    assert {move.name for move in DESK.moves if role in move.shown} == CAN.get(role, set())
    assert {act for act in DESK.acts if DESK.may(act, role)} == MAY.get(role, set())
    assert not DESK.may("no.such.act", role)


def test_whoever_takes_a_lead_is_whoever_the_next_step_is_for() -> None:
    assert {move.name for move in DESK.moves if move.takes} == {"accept", "reopen"}
    assert all(DESK.statuses[move.to].next == "assignee" for move in DESK.moves if move.takes)


def test_what_fell_to_the_coordinator_is_open_until_they_take_it_over_or_end_it() -> None:
    assert {status for status in STATUSES if DESK.falls(status)} == set(FELL)
    free = {"sent": {"accept", "end", "pass_on"}}  # of what nobody took in the coordinator's own inbox
    for status in STATUSES:
        theirs = {"reopen", "end", "pass_on"} if status in FELL else free.get(status, set())
        assert {move.name for move in DESK.buttons(status, "coordinator")} == theirs
        assert not DESK.buttons(status, "partner") or status not in FELL


def test_every_open_status_has_an_owner_and_a_clock_and_an_end_has_neither() -> None:
    for key, status in DESK.statuses.items():
        assert (status.next in OWNERS, status.clock in DESK.days) == (not status.final, not status.final), key
    assert all(number > 0 for number in DESK.days.values())


def test_no_open_status_is_a_dead_end_and_no_lead_leaves_the_end() -> None:
    for status in OPEN:
        assert any(status in move.sources and move.to in CLOSED for move in DESK.moves)
    for status in ("redirected", "withdrawn", "void"):
        assert not any(status in move.sources for move in DESK.moves)


def test_whoever_owns_the_next_step_of_a_lead_at_a_partner_has_a_button_for_it() -> None:
    for status in ("sent", "accepted", "in_progress"):
        assert DESK.statuses[status].next
        assert DESK.buttons(status, "partner")
    for status in ("declined", "unsuccessful"):
        assert DESK.statuses[status].next == "coordinator"
        assert DESK.buttons(status, "coordinator")
