"""The core: from (place, what was heard) to (new place, what to do). Pure; the only user of `transitions`.

One machine is built from all charts. Crossroads are flattened into conditional transitions on the arrows that lead into
them. The model has two slots and lives for one update. A tap is validated before the machine sees it, so a
`MachineError` is a bug, never a resident's doing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from transitions import Machine

from flows.hear import guard
from flows.hear.alarm import Alarm
from flows.model.chart import UNKNOWN, Charts, Condition, Crossroads, Outcome, Question
from flows.model.effects import Effect, Enter, Erase, Overlay, Refer, Relay, Show, Stepped, Withdraw
from flows.model.heard import (
    Blocked,
    ChartTap,
    Command,
    Contact,
    Elsewhere,
    Heard,
    Media,
    NoTap,
    StopHelpTap,
    Text,
)
from flows.model.memory import Memory, answers_of
from flows.model.names import COMMANDS, DANGER, FREE, MENU, OVERLAYS, SHOWN, WELCOME
from flows.model.place import TYPED, Given, Place
from flows.model.wijk import Wijk
from flows.walk import advice
from flows.walk.arrows import ALL, NEXT, NO, OFFERED, arrows, ways
from flows.walk.facts import recall
from flows.walk.renames import Renames
from flows.walk.replay import Replay, answers, quiet


class Walker:
    """What the machine moves: the state it is in, and what is known."""

    __slots__ = ("memory", "state")

    def __init__(self, state: str, memory: Memory) -> None:
        self.state, self.memory = state, memory


class Walk:
    """All charts as one machine, and the alarm that hears danger. Built once (tens of milliseconds); keeps nothing."""

    def __init__(self, charts: Charts, alarm: Alarm) -> None:
        self.charts, self.alarm = charts, alarm
        states = [name for name, step in charts.steps.items() if not isinstance(step, Crossroads)]
        self.machine = Machine(model=None, states=states, initial=None, auto_transitions=False, send_event=True)
        for source, trigger, target in arrows(charts):
            for conditions, end in ways(charts, target):
                self.machine.add_transition(trigger, source, end, conditions=[_when(each) for each in conditions])
        self.renames, self.replay = Renames(charts), Replay(charts, self.follow, WELCOME)

    def memory(self, place: Place, wijk: Wijk) -> Memory:
        """Return what the trail of this place tells."""
        return recall(self.charts, wijk, place.trail)

    def step(self, place: Place | None, heard: Heard, wijk: Wijk, name: str = "") -> Stepped:
        """Walk one update. `place` is None at the first contact; `name` is the first name that the channel shows."""
        place = self.renames.place(place or Place(WELCOME))
        heard = self.renames.tap(heard) if isinstance(heard, ChartTap) else heard
        now = self.replay.now(place, wijk)
        if now.step == place.step:
            return self.hears(now, heard, wijk, name)
        return self.outdated(place, now, heard, wijk, name)

    def outdated(self, place: Place, now: Place, heard: Heard, wijk: Wijk, name: str) -> Stepped:
        """Tell a resident at the first word about it that the charts changed and something else is asked now."""
        if answers(heard, place, now) and not self.alarm.heard(heard):
            return self.replay.told(place, now)
        stepped = self.hears(place, heard, wijk, name)
        said = tuple(each for each in stepped.effects if not isinstance(each, Show) and each != Overlay("middle"))
        if stepped.place.step != place.step or (said == stepped.effects and all(map(quiet, said))):
            return stepped
        told = self.replay.told(replace(place, language=stepped.place.language), now)
        return replace(told, effects=(*said, *told.effects))

    def hears(self, place: Place, heard: Heard, wijk: Wijk, name: str) -> Stepped:
        """Answer what was heard at a place that stands. Danger comes before anything else that words can mean."""
        if rung := self.alarm.heard(heard):
            return Stepped(place, (Overlay(DANGER, f"{DANGER}.{rung.danger}", rung.languages),))
        match heard:
            case ChartTap():
                return self.tapped(place, heard, wijk, name)
            case StopHelpTap():
                return self.stopped(place, heard)
            case NoTap():
                return Stepped(place, (Show("notices.old_button") if place.language else Show(),))
            case Text():
                return self.typed(place, heard.text, wijk)
            case Contact():
                return self.shared(place, heard, wijk)
            case Command():
                return self.commanded(place, heard)
            case Media(kind="album"):
                return Stepped(place)
            case Media():
                return Stepped(place, (Overlay("media", heard.kind),))
            case Elsewhere():
                return Stepped(place, (Overlay("group"),))
            case Blocked():
                return Stepped(place)

    def tapped(self, place: Place, tap: ChartTap, wijk: Wijk, name: str) -> Stepped:
        """Answer a button. Danger and language work from every message; a move only from the card as it stands now."""
        if tap.answer in FREE:
            return Stepped(place, (Overlay(FREE[tap.answer]),))
        flow = self.charts.flows.get(tap.step.partition(".")[0])
        if flow is not None and flow.anywhere and tap.answer != "_stay":
            return self.door(place, tap)
        if tap.step == "language" and tap.answer in wijk.languages:
            return Stepped(replace(place, language=tap.answer), (Show(),))
        if (tap.step, tap.answer, tap.revision) == ("erase", "yes", place.revision):
            return Stepped(Place(WELCOME, language=place.language), (Erase(),))
        if tap.answer == "_stay" or place.language is None:
            return Stepped(place, (Show(),))
        if tap.revision != place.revision:
            return Stepped(place, (Show("notices.old_button"),))
        if tap.step != place.step:
            return Stepped(place, (Show("notices.old_button"),))
        return self.moved(place, tap, wijk, name)

    def stopped(self, place: Place, tap: StopHelpTap) -> Stepped:
        """Answer a button to stop the help of one lead: first ask whether the resident is sure, then stop it."""
        if place.language is None:
            return Stepped(place, (Show(),))
        if tap.revision != place.revision:
            return Stepped(place, (Show("notices.old_button"),))
        return Stepped(place, (Withdraw(tap.lead) if tap.sure else Overlay("stop_help", tap.lead),))

    def door(self, place: Place, tap: ChartTap) -> Stepped:
        """Follow a button under a danger message, to another danger message or into a chart."""
        go = getattr(answers_of(self.charts.steps.get(tap.step)).get(tap.answer), "go", None)
        if go is None:
            return Stepped(place, (Overlay(DANGER),))
        if self.charts.flows[go.partition(".")[0]].anywhere:
            return Stepped(place, (Overlay(DANGER, go),))
        return Stepped(self.begin_at(place, go), (Show(),))

    def moved(self, place: Place, tap: ChartTap, wijk: Wijk, name: str) -> Stepped:
        """Follow a button of the card where the place stands."""
        step = self.charts.steps.get(place.step)
        answer, fresh = answers_of(step).get(tap.answer), isinstance(step, Outcome)
        if tap.answer in OVERLAYS:
            return Stepped(place, (Overlay(OVERLAYS[tap.answer]),))
        if tap.answer == "_menu":
            return Stepped(self.to_menu(place), (Show(fresh=fresh),))
        if tap.answer == "_back" and place.trail:
            return Stepped(self.back(place), (Show(),))
        if tap.answer == "_resume" and place.left:
            there = replace(place.moved(*place.left), left=None)
            now = self.replay.now(there, wijk)
            return Stepped(now, (Show(fresh=fresh),)) if now.step == there.step else self.replay.told(there, now)
        if isinstance(step, Outcome) and step.offers and tap.answer in OFFERED:
            offered = advice.destinations(advice.advise(step, self.memory(place, wijk)))
            if tap.answer == NO or len(offered) > (0 if tap.answer == ALL else 1):
                return self.answered(place, Given(place.step, (tap.answer,)), tap.answer, wijk)
        if isinstance(step, Question) and step.many:
            if tap.answer[:1] in ("+", "-") and tap.answer[1:] in step.answers:
                return self.picked(place, step, tap.answer)
            if tap.answer in (NEXT, UNKNOWN) and place.picked:  # not sure of the rest: the resident keeps their picks
                return self.answered(place, Given(place.step, place.picked), NEXT, wijk)
            if tap.answer == NEXT or (place.picked and answer is not None):
                return Stepped(place, (Show("notices.picked_already" if place.picked else "notices.pick_first"),))
        if answer is not None and answer.back is not None:
            return Stepped(self.rewound(place, answer.back), (Show(),))
        if answer is None or answer.go is None:
            return Stepped(place, (Show("notices.old_button"),))
        if isinstance(step, Question) and step.consent:
            given = Given(place.step, (answer.id,), tap.mark if answer.id == "yes" else "")
            again = advice.unseen(recall(self.charts, wijk, (*place.trail, given)), place.language or "")
            if again is not None:
                return Stepped(self.rewound(place, again), (Show("notices.look_again"),))
            return self.answered(place, given, answer.id, wijk)
        if isinstance(step, Question) and step.write and answer.id == SHOWN:
            return self.answered(place, Given(place.step, (TYPED,), name[: step.limit]), SHOWN, wijk)
        return self.answered(place, Given(place.step, (answer.id,)), answer.id, wijk)

    def answered(self, place: Place, given: Given, trigger: str, wijk: Wijk) -> Stepped:
        """Follow the arrow of that answer, and then the answers that were kept when the charts changed."""
        trail = (*place.trail, given)
        memory = recall(self.charts, wijk, trail)
        step = self.follow(place.step, trigger, memory)
        arrived = self.charts.steps[step]
        fresh = isinstance(self.charts.steps[place.step], Outcome)
        if isinstance(arrived, Question) and arrived.consent > len(advice.chosen(memory)):
            again = self.rewound(place.moved(step, trail), advice.offering(memory))
            return Stepped(again, (Show("notices.look_again", fresh=fresh),))
        if isinstance(arrived, Outcome) and (arrived.refer or arrived.relay or arrived.forget):
            first: tuple[Effect, ...] = (Refer(trail),) if arrived.refer else ()
            if arrived.relay:
                first = (Relay(arrived.relay, place.about, given.text),)
            return Stepped(replace(place.moved(step, ()), about=0), (*first, Show(fresh=fresh)))
        if not place.kept:
            return Stepped(place.moved(step, trail), (Show(fresh=fresh),))
        step, trail = self.replay.onward(step, trail, {each.step: each for each in place.kept}, wijk)
        kept = self.replay.left_over(place.kept, trail, step)
        return Stepped(place.moved(step, trail, kept=kept), (Show(fresh=fresh),))

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

    def back(self, place: Place) -> Place:
        """Return the place before the last answer: the inverse of an answer, but for the revision."""
        last = place.trail[-1]
        step = self.charts.steps.get(last.step)
        many = isinstance(step, Question) and step.many
        ticked = many and all(getattr(answers_of(step).get(each), "go", "") is None for each in last.answers)
        return place.moved(last.step, place.trail[:-1], last.answers if ticked else (), place.kept)

    def rewound(self, place: Place, step: str) -> Place:
        """Go back to an earlier question; when it is not on the trail, to the first answer."""
        while place.trail and place.step != step:
            place = self.back(place)
        return place

    def to_menu(self, place: Place) -> Place:
        """Go to the menu, and keep where the resident was for *verder waar je was*."""
        nothing = place.step == MENU or self.ended(place) or not place.trail
        return replace(place.moved(MENU, ()), left=place.left if nothing else (place.step, place.trail))

    def begin_at(self, place: Place, step: str, about: int = 0) -> Place:
        """Begin at another step, from a danger message or to write a message, and keep where the resident was."""
        return replace(place.moved(step, ()), left=self.to_menu(place).left, about=about)

    def ended(self, place: Place) -> bool:
        """Return whether nothing more is asked here."""
        step = self.charts.steps.get(place.step)
        return isinstance(step, Outcome) and not step.offers and not step.answers

    def typed(self, place: Place, text: str, wijk: Wijk) -> Stepped:
        """Take typed words at a step that asks for them, and refuse what must not be kept."""
        if place.language is None:
            return Stepped(place, (Show(),))
        step, words = self.charts.steps[place.step], " ".join(text.split())
        if not (isinstance(step, Question) and step.write):
            return Stepped(place, (Overlay("typed"),))
        if guard.holds_number(words):
            return Stepped(place, (Show("notices.no_numbers"),))
        if not words or len(words) > step.limit:
            return Stepped(place, (Show("notices.too_long" if words else ""),))
        return self.answered(place, Given(place.step, (TYPED,), words), TYPED, wijk)

    def shared(self, place: Place, contact: Contact, wijk: Wijk) -> Stepped:
        """Take a shared phone number: only the sender's own, and only where it was asked for."""
        step = self.charts.steps[place.step]
        if place.language is None or not (isinstance(step, Question) and step.share):
            return Stepped(place, (Overlay("contact"),))
        if not contact.own:
            return Stepped(place, (Show("notices.not_your_number"),))
        return self.answered(place, Given(place.step, (TYPED,), contact.phone), TYPED, wijk)

    def commanded(self, place: Place, command: Command) -> Stepped:
        """Answer a command. None moves a resident in the middle of something, except /menu and /stop, which say so."""
        entered: tuple[Effect, ...] = ()
        match command.name:
            case "start":
                if command.argument:
                    entered = (Enter(command.argument),)
                if self.ended(place):
                    place = replace(place.moved(MENU, ()), left=None)
                if place.trail:
                    return Stepped(place, (*entered, Overlay("middle")))
                return Stepped(place, (*entered, Show()))
            case "menu" if place.language:
                return Stepped(self.to_menu(place), (Show(),))
            case "stop" if place.language:
                return Stepped(replace(place.moved(MENU, ()), left=None), (Overlay("stopped"),))
            case known if known in COMMANDS:
                return Stepped(place, (Overlay(COMMANDS[known]),))
            case _:
                return Stepped(place, (Overlay("unknown_command") if place.language else Show(),))


def _when(condition: Condition) -> Callable[[Any], bool]:
    def holds(event: Any) -> bool:
        memory: Memory = event.model.memory
        return memory.holds(condition)

    return holds
