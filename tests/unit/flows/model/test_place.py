"""A place comes back from the store exactly as it went in."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model.place import TYPED, Given, Left, Place

names = st.sampled_from(["menu.worries", "referral.warm", "handoff.consent", "a.b_", "toy.warm"])
answers = st.one_of(
    st.builds(Given, names, st.lists(st.sampled_from(["yes", "no", "unknown"]), min_size=1, max_size=3).map(tuple)),
    st.builds(Given, names, st.just((TYPED,)), st.text(max_size=20)),
)
trails = st.lists(answers, max_size=6).map(tuple)
several = st.lists(names, max_size=3).map(tuple)
places = st.builds(
    Place,
    step=names,
    trail=trails,
    picked=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
    revision=st.integers(0, 2**40),
    language=st.sampled_from([None, "nl", "ar"]),
    left=st.one_of(st.none(), st.builds(Left, names, trails, several, trails, st.one_of(st.none(), several))),
    about=st.integers(0, 10),
    kept=trails,
)


@given(places)
def test_a_place_survives_the_store(place: Place) -> None:
    assert Place.from_dict(json.loads(json.dumps(place.to_dict()))) == place


def test_a_new_place_is_two_words() -> None:
    assert Place("menu.welcome").to_dict() == {"step": "menu.welcome", "revision": 0}


@given(places, names, trails)
def test_a_move_keeps_who_somebody_is_and_drops_the_ticks(place: Place, step: str, trail: tuple[Given, ...]) -> None:
    moved = place.moved(step, trail)
    assert (moved.step, moved.trail, moved.picked, moved.revision) == (step, trail, (), place.revision + 1)
    assert (moved.language, moved.left, moved.about) == (place.language, place.left, place.about)


def test_a_place_cannot_be_bent() -> None:
    with pytest.raises(FrozenInstanceError):
        Place("menu.welcome").revision = 3  # type: ignore[misc]


def test_a_place_of_version_0_1_0_keeps_its_revision() -> None:
    assert Place.from_dict({"step": "menu.worries", "turn": 7}).revision == 7
