"""What an answer does: from (place, answer) to the next place. The only user of `transitions`.

One machine is built from all charts. Crossroads are flattened into conditional transitions on the arrows that lead into
them. The model has two slots and lives for one update. A tap is validated before the machine sees it, so a
`MachineError` is a bug, never a resident's doing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from transitions import Machine

from flows.model.chart import UNKNOWN, Charts, Condition, Crossroads, Offer, Outcome, Question
from flows.model.effects import Effect, Overlay, Refer, Relay, Show, Stepped
from flows.model.heard import ChartTap
from flows.model.memory import Memory, answers_of
from flows.model.names import CALL, CHANGE, OVERLAYS, PARKED, SHOWN, WELCOME
from flows.model.place import SPOKEN, TYPED, Given, Left, Place
from flows.model.wijk import Wijk
from flows.walk import advice
from flows.walk.arrows import LATER, NEXT, arrows, offered, ways
from flows.walk.facts import recall
from flows.walk.given import given_too, joined
from flows.walk.help import asked_too
from flows.walk.replay import Replay
from flows.walk.way_back import back, changing, fills_in, here, rewound, to_menu


class Walker:
    """What the machine moves: the state it is in, and what is known."""

    __slots__ = ("memory", "state")

    def __init__(self, state: str, memory: Memory) -> None:
        self.state, self.memory = state, memory


class Moves:
    """The moves on a card, for a set of charts. Built once (tens of milliseconds); keeps nothing."""

    def __init__(self, charts: Charts) -> None:
        self.charts = charts
        states = [name for name, step in charts.steps.items() if not isinstance(step, Crossroads)]
        self.machine = Machine(model=None, states=states, initial=None, auto_transitions=False, send_event=True)
        for source, trigger, target in arrows(charts):
            for conditions, end in ways(charts, target):
                self.machine.add_transition(trigger, source, end, conditions=[_when(each) for each in conditions])
        self.replay = Replay(charts, self.follow, WELCOME)

    def moved(self, place: Place, tap: ChartTap, wijk: Wijk, name: str) -> Stepped:
        """Follow a button of the card where the place stands."""
        step = self.charts.steps.get(place.step)
        answer, fresh = answers_of(step).get(tap.answer), isinstance(step, Outcome)
        if tap.answer in OVERLAYS:
            return Stepped(place, (Overlay(OVERLAYS[tap.answer]),))
        if tap.answer == "_menu":
            return Stepped(to_menu(self.charts, place), (Show(fresh=fresh),))
        if tap.answer == "_back" and place.trail:
            return Stepped(self.back(place, wijk), (Show(),))
        if tap.answer == LATER and isinstance(step, Outcome) and step.offers and PARKED in self.charts.steps:
            return Stepped(replace(place.moved(PARKED, ()), left=here(place)), (Show(fresh=True),))
        if tap.answer == "_resume" and place.left:
            was = place.left
            there = replace(place.moved(was.step, was.trail, was.picked, was.kept), left=None)
            now = self.replay.now(there, wijk)
            if now.step == there.step and advice.gone(memory := recall(self.charts, wijk, now.trail)):
                chosen = rewound(self.charts, now, advice.offering(memory))
                return Stepped(chosen, (Show("notices.look_again", fresh=fresh),))
            return Stepped(now, (Show(fresh=fresh),)) if now.step == there.step else self.replay.told(there, now)
        if isinstance(step, Outcome) and tap.answer in offered(step):
            if not advice.open_to(step, recall(self.charts, wijk, place.trail), tap.answer):
                return Stepped(place, (Show("notices.old_button"),))
            return self.answered(place, Given(place.step, (tap.answer,)), tap.answer, wijk)
        if isinstance(step, Question) and step.many:
            if tap.answer[:1] in ("+", "-") and tap.answer[1:] in step.answers:
                return self.picked(place, step, tap.answer)
            if tap.answer in (NEXT, UNKNOWN) and place.picked:  # not sure of the rest: the resident keeps their picks
                return self.answered(place, Given(place.step, place.picked), NEXT, wijk)
            if tap.answer == CALL and answer is not None:  # what was picked goes along
                return self.answered(place, Given(place.step, (*place.picked, CALL)), CALL, wijk, name)
            if tap.answer == NEXT or (place.picked and answer is not None):
                return Stepped(place, (Show("notices.picked_already" if place.picked else "notices.pick_first"),))
        if answer is not None and answer.back is not None:
            return Stepped(changing(self.charts, place, answer.back), (Show(),))
        if answer is None or answer.go is None:
            return Stepped(place, (Show("notices.old_button"),))
        if isinstance(step, Question) and step.consent:
            given = Given(place.step, (answer.id,), tap.mark if answer.id == "yes" else "")
            again = advice.unseen(recall(self.charts, wijk, (*place.trail, given)), place.language or "")
            if again is not None:
                return Stepped(rewound(self.charts, place, again), (Show("notices.look_again"),))
            return self.next_card(place, given, wijk) or self.answered(place, given, answer.id, wijk)
        if isinstance(step, Question) and step.write and answer.id == SHOWN:
            return self.answered(place, Given(place.step, (TYPED,), name[: step.limit]), SHOWN, wijk)
        return self.answered(place, Given(place.step, (answer.id,)), answer.id, wijk, name)

    def next_card(self, place: Place, given: Given, wijk: Wijk) -> Stepped | None:
        """Hand over what was agreed on this card, and go on to the card of the other one; None when there is no other.

        What was agreed does not wait for the other card: a resident may lay their phone away here.
        """
        memory = recall(self.charts, wijk, (*place.trail, given))
        found, left = advice.advised(memory), advice.chosen(memory)
        if found is None or len(left) < 2 or given.answers[0] not in ("yes", "no"):
            return None
        if given.answers[0] == "yes" and set(left[1].needs) <= set(left[0].needs):
            return None  # all that the other one would do is asked already
        choice = asked_too(found[1], left[0], given.answers[0], left[1])
        trail = tuple(choice if each == found[1] else each for each in place.trail)
        note = "notices.sent_one" if given.answers[0] == "yes" else "notices.sent_none"
        return Stepped(place.moved(place.step, trail), (Refer(memory.trail), Show(note)))

    def answered(
        self, place: Place, given: Given, trigger: str, wijk: Wijk, name: str = "", *, same: bool = False
    ) -> Stepped:
        """Follow the arrow of that answer, then the answers that were kept, and those that this answer gives too.

        Unless the answer is the `same` as before, what was typed to fill it in is asked again: a number may be wrong.
        """
        trail = (*place.trail, given)
        memory = recall(self.charts, wijk, trail)
        step = self.follow(place.step, trigger, memory)
        arrived = self.charts.steps[step]
        fresh = isinstance(self.charts.steps[place.step], Outcome)
        if isinstance(arrived, Question) and arrived.consent and not advice.chosen(memory):
            again = rewound(self.charts, place.moved(step, trail), advice.offering(memory))
            return Stepped(again, (Show("notices.look_again", fresh=fresh),))
        if isinstance(arrived, Outcome) and (arrived.refer or arrived.relay or arrived.forget):
            first: tuple[Effect, ...] = (Refer(trail),) if arrived.refer or advice.refused(memory) else ()
            if arrived.relay:
                first = (Relay(arrived.relay, place.about, given.text, spoken=given.answers == (SPOKEN,)),)
                if step == CHANGE:
                    first = (Relay(arrived.relay, place.about, "", trail=trail),)
            about = place.about if arrived.relay else 0  # the receipt names whom it went to
            left = (self.unasked(memory) if arrived.refer else None) or place.left
            return Stepped(replace(place.moved(step, ()), about=about, left=left), (*first, Show(fresh=fresh)))
        given_with_it = given_too(self.charts, place.step, trigger, name)
        if not given_with_it and not place.kept:
            return Stepped(place.moved(step, trail), (Show(fresh=fresh),))
        known = {each.step: each for each in (*given_with_it, *place.kept)}
        if not getattr(self.charts.steps[place.step], "sure", False):  # what somebody finds now, not who they are
            known |= {each.step: joined(self.charts, each, known[each.step]) for each in given_with_it}
        afresh = [] if same else [each for each in known.values() if fills_in(self.charts, each.step, place.step)]
        counts = {key: each for key, each in known.items() if each not in afresh}
        step, trail = self.replay.onward(step, trail, counts, wijk)
        kept = self.replay.left_over(known.values(), trail, step)
        kept = (*kept, *(each for each in afresh if each.step == step))  # for *terug*
        return Stepped(place.moved(step, trail, kept=kept), (Show(fresh=fresh),))

    def unasked(self, memory: Memory) -> Left | None:
        """Return the advice that was answered, to come back to: something is to be done now, or more can be asked.

        Who the resident is and how to reach them is not kept here.
        """
        found = advice.advised(memory)
        if found is None:
            return None
        at = memory.trail.index(found[1])
        before = recall(self.charts, memory.wijk, memory.trail[:at])
        rest = advice.advise(found[0], before)
        agreed = {need for each in advice.chosen(memory)[:1] for need in each.needs if advice.said(memory) == "yes"}
        more = any(need not in agreed for each in (*rest.now, *rest.later) for _, need in each.needs)
        if not more and not any(_told_again(offer) and before.holds(offer.when) for offer in found[0].offers):
            return None
        return Left(found[0].name, before.trail, refused=advice.refusals(memory))

    def follow(self, step: str, trigger: str, memory: Memory) -> str:
        """Return the step where this arrow leads; the machine decides at the crossroads."""
        walker = Walker(step, memory)
        self.machine.events[trigger].trigger(walker)
        return walker.state

    def picked(self, place: Place, question: Question, sign: str) -> Stepped:
        """Tick or untick: the button says which, so a doubled tap changes nothing and two quick taps both count."""
        wanted = {*place.picked, sign[1:]} if sign[0] == "+" else {*place.picked} - {sign[1:]}
        picks = tuple(key for key in question.answers if key in wanted)
        return Stepped(replace(place, picked=picks), (Show(),))

    def back(self, place: Place, wijk: Wijk) -> Place:
        """Return the place before the last answer; who came to change one answer goes back without changing it."""
        was = next((each for each in place.kept if each.step == place.step), None)
        if was is not None and self.replay.counts(was):
            return self.answered(place, was, self.replay.trigger(was), wijk, same=True).place
        return back(self.charts, place)


def _told_again(offer: Offer) -> bool:
    """Return whether the receipt says something of this offer: what to do until somebody comes."""
    return bool(offer.meanwhile or offer.line or offer.warn)


def _when(condition: Condition) -> Callable[[Any], bool]:
    def holds(event: Any) -> bool:
        memory: Memory = event.model.memory
        return memory.holds(condition)

    return holds
