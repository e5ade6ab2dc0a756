"""The residents of a quarter: they tap what they are shown, in their own language, and each has habits."""

from __future__ import annotations

from collections import Counter
from random import Random

from bot.demo.quarter import visiting
from bot.demo.quarter.street import Street, taps
from bot.demo.simulator import Person
from bot.leads.afterwards.asking import SAYS
from bot.messages.taps.buttons import Tap
from bot.messages.taps.residents import MineTap, OpenTap, ReplyTap, YesTap
from bot.messages.taps.visits import VisitTap
from db.leads.consent.verdicts import SAID
from flows.model.chart import Outcome, Question
from flows.model.heard import Blocked, ChartTap, StopHelpTap
from flows.model.names import WELCOME
from flows.walk.arrows import ALL, FIRST, LATER, NEXT, NO, SECOND

NAMES = ("Fatma", "Karim", "Ria", "Joke", "Samira", "Henk", "Yusuf", "Mo", "Anna", "Ewa", "Leyla", "Piet")
DAY = 24
MOST = 80
"""So many taps nobody does at once."""

USUAL = {
    f"{WELCOME}:begin": 20.0,
    f"{WELCOME}:young": 0.2,
    "handoff.about:yes": 40.0,
    "handoff.about_call:yes": 40.0,
    "handoff.consent:yes": 12.0,
    "handoff.consent:no": 1.5,
    "handoff.consent:change": 0.3,
    "handoff.change:name": 0.0,
    "handoff.change:words": 0.0,
    "handoff.reach:home": 0.2,
    ALL: 6.0,
    FIRST: 1.5,
    SECOND: 1.5,
    NO: 1.2,
    LATER: 0.4,
}
"""How likely an answer is beside the others, where it is not 1: by its question, or by its own name."""

TYPED = {"name": "Mo", "address": "Kerkstraat 12", "words": "Ik ben thuis op dinsdag"}
PHONE = "+31612345678"
THANKS = {"nl": "Dank je wel. Dat is goed.", "en": "Thank you. That is good.", "ar": "شكرا لك. هذا جيد."}


class Resident:
    """One resident. All that they ever do is decided by their own dice."""

    def __init__(self, street: Street, number: int, seen: Counter[str]) -> None:
        self.street, self.seen, self.dice = street, seen, street.dice(f"resident {number}")
        languages = street.content.wijk.languages
        weights = [3.0 if each == "nl" else 1.0 for each in languages]
        (self.language,) = self.dice.choices(languages, weights)
        name = self.dice.choice(NAMES)
        self.person: Person = street.person(f"telegram:{100_000 + number}", name, self.language)
        (self.opens,) = self.dice.choices(["at once", "late", "never"], [0.6, 0.28, 0.12])
        self.worries = self.dice.choice((1, 1, 2, 2, 3))
        self.leaves_after = self.dice.randint(2, 12) if self.dice.random() < 0.15 else MOST
        self.stops = self.dice.random() < 0.03
        self.shows_helper = self.dice.random() < 0.35
        self.other_language = self.dice.random() < 0.05
        self.once = set[str]()
        street.watch.lives_here(self.person.address, self.language)
        street.when_told(self.person.address, self.told)

    def come(self) -> None:
        """Begin: choose a language, and go on from card to card."""
        self.note("started")
        self.street.type(self.person, "/start")
        self.press(ChartTap("language", self.language))
        self.walk()

    def walk(self) -> None:
        """Tap answers until there are none, or until this person goes away."""
        for count in range(MOST):
            step, message, answers = self.card()
            box = self.street.content.charts.steps.get(step)
            if isinstance(box, Outcome):
                self.note("finished")
                if any(tap.answer == ALL for tap, _ in answers):
                    self.note("offered")
            if step == "handoff.done":
                self.handed_over()
                return
            if not answers or count == self.leaves_after:
                self.goes_away(going=bool(answers))
                return
            if count == 3 and self.other_language:
                self.changes_language()
                continue
            if isinstance(box, Question) and (box.write or box.share):
                self.says(box)
                continue
            tap, data = self.choice(step, answers)
            if isinstance(box, Outcome) and tap.answer in (ALL, FIRST, SECOND):
                self.note("yes")
            self.street.press(self.person, message, data)

    def card(self) -> tuple[str, int, list[tuple[ChartTap, str]]]:
        """Return the card on which this person stands: its step, its message, and the answers under it."""
        steps, best, found = self.street.content.charts.steps, -1, ("", 0, list[tuple[ChartTap, str]]())
        for message in list(self.person.chat)[-12:]:
            here = [(tap, data) for tap, data in taps(self.person, message) if isinstance(tap, ChartTap)]
            revision = max((tap.revision for tap, _ in here if tap.step in steps), default=-1)
            if revision < best or revision < 0:
                continue
            step = next(tap.step for tap, _ in here if tap.revision == revision)
            best, found = revision, (step, message, [each for each in here if self.is_answer(each[0])])
        return found

    def is_answer(self, tap: ChartTap) -> bool:
        """Return whether a tap answers the question of its card, or takes what is offered there."""
        box = self.street.content.charts.steps.get(tap.step)
        if tap.answer in (NEXT, LATER) or (isinstance(box, Outcome) and tap.answer in (ALL, FIRST, SECOND, NO)):
            return True
        return isinstance(box, Question) and tap.answer.lstrip("+-") in box.answers

    def choice(self, step: str, answers: list[tuple[ChartTap, str]]) -> tuple[ChartTap, str]:
        """Choose one of the answers: what is likely is in `USUAL`."""
        picked = sum(tap.answer.startswith("-") for tap, _ in answers)
        following = [each for each in answers if each[0].answer == NEXT]
        if following and picked >= self.worries:
            return following[0]
        if step == "handoff.consent" and self.shows_helper and self.once_only("changes"):
            return next(each for each in answers if each[0].answer == "change")
        free = [each for each in answers if not each[0].answer.startswith("-") and each[0].answer != NEXT]
        (chosen,) = self.dice.choices(free or following, [self.weight(tap) for tap, _ in free or following])
        return chosen

    def weight(self, tap: ChartTap) -> float:
        """Return how likely this answer is beside the others."""
        if tap.step == "handoff.change" and self.shows_helper:
            return 1.0 if tap.answer == "notices" else 0.01
        if tap.step == "handoff.notices":
            return 1.0 if (tap.answer == "yes") == self.shows_helper else 0.01
        rare = 0.3 if tap.answer in ("unknown", "call") else 1.0
        return USUAL.get(f"{tap.step}:{tap.answer}", USUAL.get(tap.answer, rare))

    def says(self, box: Question) -> None:
        """Type or share what the question asks for."""
        if box.share:
            self.street.share(self.person, PHONE)
        else:
            self.street.type(self.person, TYPED.get(box.write or "", "Mo"))

    def changes_language(self) -> None:
        """Take another language halfway."""
        self.other_language = False
        languages = [each for each in self.street.content.wijk.languages if each != self.language]
        self.street.type(self.person, "/taal")
        if languages:
            self.language = self.dice.choice(languages)
            self.press(ChartTap("language", self.language))
            self.street.watch.lives_here(self.person.address, self.language)

    def goes_away(self, *, going: bool) -> None:
        """Leave the chat as it stands; half of those who were going come back."""
        if self.stops:
            self.street.type(self.person, "/stop")
        elif going and self.once_only("left"):
            self.leaves_after = MOST
            if self.dice.random() < 0.5:
                self.street.later(self.dice.randint(1, 6) * DAY, self.person, self.walk)

    def handed_over(self) -> None:
        """Decide what this person will do about the help that runs now."""
        if not self.once_only("hands over"):
            return
        self.note("handed_over")
        for name, chance, act in (
            ("withdraws", 0.06, self.withdraws),
            ("blocks", 0.05, self.blocks),
            ("erases", 0.02, self.erases),
        ):
            if self.dice.random() < chance:
                self.street.later(self.dice.randint(1, 30) * DAY + self.dice.randint(0, 5), self.person, act)
                self.note(name)

    def told(self) -> None:
        """Something arrived that this person did not ask for: they open it, or answer it, or do not."""
        if self.opens != "never":
            hours = 1 if self.opens == "at once" else self.dice.randint(1, 5) * DAY
            self.street.later(hours, self.person, self.looks)

    def looks(self) -> None:
        """Open what is new, and answer some of it."""
        if self.person.address in self.street.watch.away:
            return
        for message in list(self.person.chat):
            for _, data in [each for each in taps(self.person, message) if isinstance(each[0], OpenTap)]:
                self.street.press(self.person, message, data)
            if asked := [each for each in taps(self.person, message) if isinstance(each[0], YesTap)]:
                self.says_yes_or_no(message, {tap.answer: data for tap, data in asked if isinstance(tap, YesTap)})
            if mine := {tap.act: data for tap, data in taps(self.person, message) if isinstance(tap, MineTap)}:
                self.says_whether_helped(message, mine)
            if visit := {tap.act: data for tap, data in taps(self.person, message) if isinstance(tap, VisitTap)}:
                once = self.once_only(f"visit {message} {sorted(visit)}")
                if once and (data := visiting.chooses(self.dice, visit)):
                    self.street.press(self.person, message, data)
            for tap, data in taps(self.person, message):
                if isinstance(tap, ReplyTap) and self.once_only(f"reply {message}") and self.dice.random() < 0.4:
                    self.street.press(self.person, message, data)
                    self.street.type(self.person, THANKS.get(self.language, THANKS["nl"]))

    def says_yes_or_no(self, message: int, answers: dict[str, str]) -> None:
        """Answer whether the question may go on to somebody else, or leave it for good."""
        if self.once_only(f"asked {message}"):
            (answer,) = self.dice.choices(["yes", "no", "talk", ""], [6.0, 1.5, 1.0, 1.5])
            if answer in answers:
                self.street.press(self.person, message, answers[answer])

    def says_whether_helped(self, message: int, answers: dict[str, str]) -> None:
        """Say whether it helped, or leave it; some thank whoever helped, and a few want somebody else."""
        wanted, odds = [*(SAYS + each for each in SAID), ""], [5.0, 2.0, 1.2, 0.4, 3.0]
        if wanted[0] not in answers:
            wanted, odds = ["thanks", "other", ""], [1.0, 0.5, 1.0]
        (act,) = self.dice.choices(wanted, odds)
        if self.once_only(f"helped {message} {sorted(answers)}") and act in answers:
            self.street.press(self.person, message, answers[act])

    def withdraws(self) -> None:
        """Stop the first help that runs."""
        self.street.type(self.person, "/hulp")
        if self.press(StopHelpTap("", 0), like=True):
            self.press(StopHelpTap("", 0, sure=True), like=True)

    def erases(self) -> None:
        """Have everything erased."""
        self.street.type(self.person, "/verwijder")
        self.press(ChartTap("erase", "yes"))

    def blocks(self) -> None:
        """Block the bot; some come back."""
        self.street.watch.away.add(self.person.address)
        self.street.hear(self.person, Blocked(True))
        if self.dice.random() < 0.4:
            self.street.later(self.dice.randint(5, 15) * DAY, self.person, self.comes_back)

    def comes_back(self) -> None:
        """Read the chat again."""
        self.street.watch.away.discard(self.person.address)
        self.street.hear(self.person, Blocked(False))

    def press(self, wanted: Tap, *, like: bool = False) -> bool:
        """Tap the newest button that means this, whatever it was drawn for; with `like` of this kind and no more."""
        for message in reversed(self.person.chat):
            for tap, data in taps(self.person, message):
                if same(tap, wanted) or (like and type(tap) is type(wanted) and of_kind(tap, wanted)):
                    self.street.press(self.person, message, data)
                    return True
        return False

    def once_only(self, what: str) -> bool:
        """Return True the first time."""
        first = what not in self.once
        self.once.add(what)
        return first

    def note(self, what: str) -> None:
        """Count this person, once."""
        self.seen[what] += self.once_only(f"noted {what}")


def same(tap: Tap, wanted: Tap) -> bool:
    """Return whether a tap of a chart is this answer, whatever it was drawn for."""
    both = isinstance(tap, ChartTap) and isinstance(wanted, ChartTap)
    return both and (tap.step, tap.answer) == (wanted.step, wanted.answer)  # type: ignore[union-attr]


def of_kind(tap: Tap, wanted: Tap) -> bool:
    """Return whether a tap to stop help is as sure as this one."""
    return isinstance(tap, StopHelpTap) and isinstance(wanted, StopHelpTap) and tap.sure == wanted.sure


def arrivals(count: int, weeks: int, dice: Random) -> list[int]:
    """Return how many hours after the early morning of the first day each resident comes: any day, but not at night."""
    return sorted(dice.randrange(weeks * 7) * DAY + dice.randint(2, 15) for _ in range(count))
