"""Finds where a resident stands after the charts changed under their feet, and what they need not answer again.

An arrow that leads elsewhere now moves nobody who passed it before. Only when an answer can no longer count, or when
the step itself is gone, the trail is walked again, up to the first question without an answer that counts. The answers
after it are kept, and used when the walk reaches their questions. A yes to sharing and a choice among offers are never
used in that way: they hold for what was shown then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from flows.model.chart import Charts, Outcome, Question, Step
from flows.model.effects import Effect, Overlay, Show, Stepped, Withdraw
from flows.model.heard import ChartTap, Contact, Heard, Media, Text, Voice
from flows.model.memory import Memory
from flows.model.names import CALL, WRITING
from flows.model.place import SPOKEN, TYPED, Given, Place, Trail
from flows.model.wijk import Wijk
from flows.walk import advice
from flows.walk.arrows import NEXT, offered
from flows.walk.facts import recall

Follow = Callable[[str, str, Memory], str]
"""From (step, trigger, memory) to the step where that arrow leads."""

QUIET = ("danger", "language", "help", "doors", "data", "erase", "stop_help")
"""Overlays that say nothing about the question where the resident stands, so they also fit when it is gone."""

ELSEWHERE = ("_menu", "_danger", "_language", "_person", "_help", "_doors")
"""Buttons of a card that are not about its question."""


def quiet(effect: Effect) -> bool:
    """Return whether this can be done before the resident is told about the changed question, at their next word."""
    return effect.kind in QUIET if isinstance(effect, Overlay) else isinstance(effect, Withdraw)


def takes_voice(step: Step | None) -> bool:
    """Return whether what is asked here may be spoken: own words, or a message; a name or an address is typed."""
    return isinstance(step, Question) and (step.write == "words" or step.name in WRITING)


def answers(heard: Heard, place: Place, now: Place) -> bool:
    """Return whether this was meant for the question that is gone, or may be taken for an answer to another one."""
    if isinstance(heard, ChartTap):
        return heard.step in (place.step, now.step) and heard.answer not in ELSEWHERE
    return isinstance(heard, Text | Contact | Media | Voice)


class Replay:
    """The replay for a set of charts, built once; a resident begins at `start` when nothing of their walk is left."""

    def __init__(self, charts: Charts, follow: Follow, start: str) -> None:
        self.charts, self.follow, self.start = charts, follow, start
        self.known: dict[str, frozenset[str]] = {}
        for name, step in charts.steps.items():
            if isinstance(step, Question):
                own = (key for key, each in step.answers.items() if each.go or step.many)
                self.known[name] = frozenset(
                    (*own, *((TYPED,) if step.write or step.share else ()), *((SPOKEN,) if takes_voice(step) else ()))
                )
            elif isinstance(step, Outcome):
                own = (key for key, each in step.answers.items() if each.go)
                self.known[name] = frozenset((*own, *offered(step)))

    def now(self, place: Place, wijk: Wijk) -> Place:
        """Return the place in the present charts: the same one when everything still counts. The revision stays."""
        if place.step in self.known and all(map(self.counts, place.trail)) and self._ticks(place) == place.picked:
            return place
        trail = tuple(each for given in place.trail if (each := self.narrowed(given)) is not None)
        if place.step in self.known and trail == place.trail:
            return replace(place, picked=self._ticks(place))
        beginning = next((given.step for given in place.trail if given.step in self.known), "")
        if not beginning:
            if place.step in self.known:
                return replace(place, trail=(), picked=self._ticks(place))
            return replace(place, step=self.start, trail=(), picked=(), kept=(), about=0)
        said = {given.step: given for given in (*place.kept, *trail)}
        step, walked = self.onward(beginning, (), said, wijk)
        if step == place.step:
            kept = self.left_over(place.kept, walked, step)
            return replace(place, trail=walked, picked=self._ticks(place), kept=kept)
        return replace(place, step=step, trail=walked, picked=(), kept=self.left_over(said.values(), walked, step))

    def told(self, place: Place, now: Place) -> Stepped:
        """Move from `place` to where `now` stands, with a word about what must be asked again."""
        fresh = isinstance(self.charts.steps.get(place.step), Outcome)
        note = "notices.changed" if now.trail or now.kept else "notices.begin_again"
        return Stepped(replace(now, language=place.language, revision=place.revision + 1), (Show(note, fresh=fresh),))

    def onward(self, step: str, trail: Trail, said: dict[str, Given], wijk: Wijk) -> tuple[str, Trail]:
        """Walk on from this step as far as the answers in `said` lead.

        The walk never enters an end that hands over, sends on or forgets: the question before it is asked again.
        """
        while step in said:
            given = said[step]
            memory = recall(self.charts, wijk, (*trail, given))
            if not self._open(given, recall(self.charts, wijk, trail)):
                break
            there = self.follow(step, self.trigger(given), memory)
            box = self.charts.steps[there]
            if isinstance(box, Outcome) and (box.refer or box.relay or box.forget):
                break
            if isinstance(box, Question) and box.consent and not advice.chosen(memory):
                break
            step, trail = there, memory.trail
        return step, trail

    def left_over(self, given: Iterable[Given], trail: Trail, step: str) -> Trail:
        """Return the answers that may be used later without asking again, when the walk stands at this step."""
        done = {step, *(each.step for each in trail)}
        return tuple(
            each
            for each in given
            if each.step not in done
            and isinstance(question := self.charts.steps.get(each.step), Question)
            and not question.consent
            and self.counts(each)
        )

    def counts(self, given: Given) -> bool:
        """Return whether this is an answer that can be given there now."""
        known = self.known.get(given.step)
        if known is None or not known.issuperset(given.answers) or not given.answers:
            return False
        return len(given.answers) == 1 or self.trigger(given) in (NEXT, CALL)

    def narrowed(self, given: Given) -> Given | None:
        """Return what still counts of it: of several answers those that are left; None when nothing does."""
        if self.counts(given):
            return given
        step = self.charts.steps.get(given.step)
        if isinstance(step, Question) and step.many:
            rest = tuple(each for each in given.answers if each in step.answers and step.answers[each].go is None)
            return replace(given, answers=rest) if rest else None
        return None

    def trigger(self, given: Given) -> str:
        """Return the arrow that this answer follows."""
        step = self.charts.steps[given.step]
        if isinstance(step, Question) and step.many:
            return next((each for each in given.answers if _alone(step, each)), NEXT)
        return TYPED if given.answers == (SPOKEN,) else given.answers[0]

    def _open(self, given: Given, memory: Memory) -> bool:
        """Return whether the answer is still on offer there."""
        step = self.charts.steps[given.step]
        if not self.counts(given):
            return False
        if isinstance(step, Outcome) and given.answers[0] in offered(step) and given.answers[0] not in step.answers:
            return advice.open_to(step, memory, given.answers[0])
        return True

    def _ticks(self, place: Place) -> tuple[str, ...]:
        step = self.charts.steps.get(place.step)
        many = isinstance(step, Question) and step.many
        return tuple(each for each in place.picked if many and each in self.known[place.step])


def _alone(question: Question, answer: str) -> bool:
    return answer in (TYPED, SPOKEN) or question.answers[answer].go is not None
