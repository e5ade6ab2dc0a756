"""The core: from (place, what was heard) to (new place, what to do). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.hear import clean, guard
from flows.hear.alarm import Alarm
from flows.hear.phone import phone
from flows.hear.plain import plain
from flows.model.chart import Charts, Question
from flows.model.effects import Effect, Enter, Erase, Overlay, Show, Stepped, Withdraw
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
    Voice,
)
from flows.model.memory import Memory, answers_of
from flows.model.names import (
    COMMANDS,
    DANGER,
    FREE,
    MENU,
    PARKED,
    PERSON,
    STOP,
    WELCOME,
    WRITING,
)
from flows.model.place import SPOKEN, TYPED, Given, Place
from flows.model.wijk import Wijk
from flows.walk.facts import recall
from flows.walk.given import given_too
from flows.walk.moves import Moves
from flows.walk.renames import Renames
from flows.walk.replay import answers, quiet, takes_voice
from flows.walk.way_back import begin_at, ended, handed_over, to_menu, was_said, with_these

FEWEST = 4
"""So many digits are a try at a phone number: fewer may be an answer to something else."""


class Walk:
    """All charts as one machine, and the alarm that hears danger. Built once (tens of milliseconds); keeps nothing."""

    def __init__(self, charts: Charts, alarm: Alarm, meanings: Mapping[str, str] | None = None) -> None:
        self.charts, self.alarm, self.meanings = charts, alarm, meanings or {}
        self.renames, self.moves = Renames(charts), Moves(charts)
        self.replay = self.moves.replay

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
            case Voice():
                return Stepped(place, (Overlay("voice"),))
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
            return self.door(place, tap, wijk, name)
        if tap.step == "language" and tap.answer in wijk.languages:
            return Stepped(replace(place, language=tap.answer), (Show(),))
        if (tap.step, tap.answer, tap.revision) == ("erase", "yes", place.revision):
            return Stepped(Place(WELCOME, language=place.language), (Erase(),))
        if tap.answer == "_stay" or place.language is None:
            return Stepped(place, (Show(),))
        if (tap.revision, tap.step) != (place.revision, place.step):
            return Stepped(place, (Show("notices.old_button"),))
        return self.moves.moved(place, tap, wijk, name)

    def stopped(self, place: Place, tap: StopHelpTap) -> Stepped:
        """Answer a button to stop the help of one lead: first ask whether the resident is sure, then stop it."""
        if place.language is None:
            return Stepped(place, (Show(),))
        if tap.revision != place.revision:
            return Stepped(place, (Show("notices.old_button"),))
        return Stepped(place, (Withdraw(tap.lead) if tap.sure else Overlay("stop_help", tap.lead),))

    def door(self, place: Place, tap: ChartTap, wijk: Wijk, name: str) -> Stepped:
        """Follow a button under a danger message, to another one or into a chart; what was said still counts there."""
        go = getattr(answers_of(self.charts.steps.get(tap.step)).get(tap.answer), "go", None)
        if go is None:
            return Stepped(place, (Overlay(DANGER),))
        if self.charts.flows[go.partition(".")[0]].anywhere:
            return Stepped(place, (Overlay(DANGER, go),))
        given = given_too(self.charts, tap.step, tap.answer, name)
        if all(was_said(place, each) for each in given) if given else place.step == go:
            return Stepped(place, (Show(),))  # tapped twice, or said before
        trail, kept = with_these(self.charts, place, go, given)
        step, trail = self.replay.onward(go, trail, {each.step: each for each in kept}, wijk)
        there = replace(self.begin_at(place, step), trail=trail, kept=self.replay.left_over(kept, trail, step))
        return Stepped(there, (Show(),))

    def to_menu(self, place: Place) -> Place:
        """Go to the menu, and keep where the resident was for *verder waar je was*."""
        return to_menu(self.charts, place)

    def begin_at(self, place: Place, step: str, about: int = 0) -> Place:
        """Begin at another step, from a danger message or to write a message, and keep where the resident was."""
        return begin_at(self.charts, place, step, about)

    def typed(self, place: Place, text: str, wijk: Wijk) -> Stepped:
        """Take typed words at a step that asks for them, and refuse what must not be kept."""
        if place.language is None:
            return Stepped(place, (Show(),))
        step, words = self.charts.steps[place.step], clean.clean(text)
        meaning = self.meanings.get(plain(words)) if place.step not in WRITING else ""
        if meaning:  # all that was typed
            return self.commanded(place, Command(STOP)) if meaning == STOP else Stepped(place, (Overlay(PERSON),))
        if isinstance(step, Question) and step.share and (number := phone(words)):
            return self.moves.answered(place, Given(place.step, (TYPED,), number), TYPED, wijk)
        if isinstance(step, Question) and step.share and _only_digits(words):
            return Stepped(place, (Show("notices.wrong_number"),))
        if not (isinstance(step, Question) and step.write):
            return Stepped(place, (Overlay("typed"),))
        if guard.holds_number(words):
            return Stepped(place, (Show("notices.no_numbers"),))
        if not words or len(words) > step.limit:
            return Stepped(place, (Show("notices.too_long" if words else ""),))
        return self.moves.answered(place, Given(place.step, (TYPED,), words), TYPED, wijk)

    def spoken(self, place: Place, voice: Voice, wijk: Wijk) -> Stepped:
        """Take what was spoken, after its speaker's yes, at a step that asks for words to a person."""
        step = self.charts.steps[place.step]
        if not takes_voice(step):
            return Stepped(place, (Overlay("voice"),))
        return self.moves.answered(place, Given(place.step, (SPOKEN,), voice.kept), TYPED, wijk)

    def shared(self, place: Place, contact: Contact, wijk: Wijk) -> Stepped:
        """Take a shared phone number: only the sender's own, and only where it was asked for."""
        step = self.charts.steps[place.step]
        if place.language is None or not (isinstance(step, Question) and step.share):
            return Stepped(place, (Overlay("contact"),))
        if not contact.own:
            return Stepped(place, (Show("notices.not_your_number"),))
        return self.moves.answered(place, Given(place.step, (TYPED,), contact.phone), TYPED, wijk)

    def commanded(self, place: Place, command: Command) -> Stepped:
        """Answer a command. None moves a resident in the middle of something, except /menu and /stop, which say so."""
        entered: tuple[Effect, ...] = ()
        match command.name:
            case "start":
                if command.argument:
                    entered = (Enter(command.argument),)
                if ended(self.charts, place):
                    rests = place.step == PARKED or handed_over(self.charts, place)
                    place = replace(place.moved(MENU, ()), left=place.left if rests else None)
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


def _only_digits(words: str) -> bool:
    """Return whether this was meant for a number: several digits, and no letter that could be a message."""
    return sum(each.isdecimal() for each in words) >= FEWEST and not any(each.isalpha() for each in words)
