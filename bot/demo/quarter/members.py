"""The members of a quarter: each partner has a habit, and acts only through buttons that its members were shown."""

from __future__ import annotations

from collections.abc import Callable

from bot.demo.quarter import register, visiting
from bot.demo.quarter.habits import Habit
from bot.demo.quarter.street import Street, taps
from bot.demo.simulator import Person
from bot.messages.taps.buttons import Tap
from bot.messages.taps.members import AvailabilityTap, CallTap, DaysTap, InboxTap, LeadTap, PassTap

MORE = "more"
"""What the button to the moves carries that are seldom needed."""

NEW = {"accept": 8.0, MORE: 0.8, "decline": 0.4, "redirect": 0.4, "": 1.6}
TAKEN = {"contact": 5.0, "try": 2.0, MORE: 0.8, "write": 1.0, "": 2.0}
HELPING = {"complete": 1.6, MORE: 0.7, "write": 0.6, "": 7.0}
WAITING = {"unhold": 0.5, "complete": 0.1, "": 9.0}
SELDOM = {
    "hold": 4.0,
    "hand_back": 1.5,
    "fail": 1.0,
    "redirect": 2.0,
    "give": 4.0,
    "take_over": 1.0,
    "note": 2.0,
    "bring": 1.0,
    "": 0.0,
}
FELL = {"reopen": 4.0, "pass_on": 3.0, "end": 3.0}
CALLED = {"self": 6.0, "other": 1.0, "none": 2.0, "fine": 8.0, "else": 0.7, "stop": 0.4, "sure": 3.0}
ASKED = {"still": 5.0, "later": 2.0, "return": 0.6, "": 2.0}
"""How likely each move is, by what stands on the card of a lead; an empty name is to leave it for today."""

RARE = 0.1
"""How likely a move is of which nothing is said above."""

AGAIN = 0.4
"""How likely a lead is opened again at which nothing changed."""

ASKS_RESIDENT = "⏳"
"""The sign on a lead of which the resident is asked whether it may go on."""

LAST = 60
"""So many messages back a member looks for one that asks to ring somebody."""

QUESTIONS = 4
"""More taps no move takes."""

TYPED = {
    "write": "Dag, ik wil graag langskomen. Wanneer past het jou?",
    "note": "Belt liever in de middag.",
    "new": "Jan",
}
"""What a member types after a tap, where words are asked for: by the move, or by what was said with it."""


class Member:
    """Somebody who reads an inbox."""

    def __init__(self, street: Street, address: str, name: str, organisation: str, habit: Habit) -> None:
        self.street, self.organisation, self.habit = street, organisation, habit
        self.person: Person = street.person(address, name)
        self.dice, self.register_dice = street.dice(address), street.dice(f"{address} register")
        self.known: dict[str, int] = {}
        self.will_look, self.again = False, AGAIN
        self.visit_dice, self.answered = street.dice(f"{address} visit"), set[tuple[int, str]]()

    def joins(self, invitation: str) -> None:
        """Open the invitation, and answer within how many days residents hear something."""
        self.street.type(self.person, invitation)
        if self.habit.agrees:
            self.press(lambda tap: isinstance(tap, DaysTap) and tap.days > 0)

        self.street.when_told(self.person.address, self.told)

    @property
    def away(self) -> bool:
        """Whether the partner said that it is away this week; who is only full works on."""
        begins = self.habit.away_from
        return self.habit.says == "paused" and begins <= self.street.week < begins + self.habit.away_weeks

    def told(self) -> None:
        """Something arrived: often that is a reason to look, some hours later."""
        if not self.will_look and self.dice.random() < self.habit.works:
            self.will_look = True
            self.street.later(self.dice.randint(1, 5), self.person, self.looks_at_news)

    def looks_at_news(self) -> None:
        """Look because something arrived, if it is a working hour; it is read, in any case."""
        self.will_look = False
        if self.street.working_hour and not self.away:
            self.looks(again=1.0)

    def works_today(self) -> None:
        """Look into the inbox, on some days."""
        if not self.away and self.dice.random() < self.habit.works / 2:
            self.looks()

    def looks(self, again: float = AGAIN) -> None:
        """Open the leads of the inbox, page by page, and do something with each or not."""
        self.again = again
        self.rings()
        register.looks(self.street, self.person, self.register_dice)
        visiting.answers(self.street, self.person, self.visit_dice, self.answered)
        self.street.type(self.person, "/postvak")
        message, done, page = max(self.person.chat), set[str](), 0
        while True:
            here = taps(self.person, message)
            lead = next(((tap, data) for tap, data in here if self.opens(tap, done)), None)
            further = next((data for tap, data in here if isinstance(tap, InboxTap) and tap.offset > page), None)
            if lead is not None and isinstance(lead[0], LeadTap):
                done.add(lead[0].lead)
                self.street.press(self.person, message, lead[1])
                self.helps(message)
                message, page = self.back(message), 0
            elif further is not None:
                page += 1
                self.street.press(self.person, message, further)
            else:
                return

    def back(self, message: int) -> int:
        """Go back to the inbox; return the message in which it stands now."""
        data = next((data for tap, data in taps(self.person, message) if tap == InboxTap()), None)
        if data is not None:
            self.street.press(self.person, message, data)
            return message
        self.street.type(self.person, "/postvak")
        return max(self.person.chat)

    def opens(self, tap: Tap, done: set[str]) -> bool:
        """Return whether this opens a lead that was not looked at today; one that stands as it stood, now and then."""
        if not isinstance(tap, LeadTap) or tap.move != "view" or tap.lead in done:
            return False
        if self.known.get(tap.lead) == tap.version and self.dice.random() > self.again:
            done.add(tap.lead)
            return False
        self.known[tap.lead] = tap.version
        return True

    def helps(self, message: int) -> None:
        """Do at most two things with the lead that is open in this message: answer the clock, and move it."""
        if ASKS_RESIDENT in self.person.chat[message].text and self.dice.random() < 0.8:
            return  # it waits for a yes
        visiting.plans(self.street, self.person, self.visit_dice, message)
        for _ in range(2):
            moves = list(dict.fromkeys(tap.move for tap, _ in taps(self.person, message) if isinstance(tap, LeadTap)))
            move = self.decides([each for each in moves if each != "view"])
            if not move:
                return
            if move == MORE:
                self.street.press(self.person, message, self.of(MORE, message)[0][1])
                found = {tap.move for tap, _ in taps(self.person, message) if isinstance(tap, LeadTap)}
                move = self.decides(sorted(found - {"view"}), SELDOM)
            if move:
                self.makes(move, message)

    def rings(self) -> None:
        """Ring the residents who do not read the chat, where a message asks for it, and say who was reached."""
        for message in list(self.person.chat)[-LAST:]:
            for _ in range(QUESTIONS):
                said = [each for each in taps(self.person, message) if isinstance(each[0], CallTap)]
                likely = [CALLED.get(str(getattr(tap, "said", "")).rpartition("_")[2], 0.0) for tap, _ in said]
                if not any(likely):
                    break
                ((_tap, data),) = self.dice.choices(said, likely)
                self.street.press(self.person, message, data)

    def decides(self, moves: list[str], likely: dict[str, float] | None = None) -> str:
        """Return what to do, of the moves that are shown; nothing when it waits for another day."""
        likely = likely or self.likely(moves)
        open_ones = [each for each in (*moves, "") if likely.get(each, RARE if each else 0.0) > 0]
        if not open_ones or not moves:
            return ""
        (chosen,) = self.dice.choices(open_ones, [likely.get(each, RARE) for each in open_ones])
        return chosen

    def likely(self, moves: list[str]) -> dict[str, float]:
        """Return how likely each move is, by what is shown."""
        if "still" in moves and self.dice.random() < 0.8:
            return {**dict.fromkeys(moves, 0.0), **ASKED}
        if "accept" in moves:
            return {**NEW, "decline": 10 * self.habit.declines}
        if "reopen" in moves:
            return FELL
        if "unhold" in moves:
            return WAITING
        return TAKEN if "contact" in moves else HELPING

    def makes(self, move: str, message: int) -> None:
        """Tap this move, and answer what is asked then: why, until when, which day."""
        choices = self.of(move, message)
        for _ in range(QUESTIONS):
            if not choices:
                break
            tap, data = self.dice.choice(choices)
            self.street.press(self.person, message, data)
            if words := TYPED.get(tap.reason or tap.move):
                self.street.type(self.person, words)
                break
            choices = [each for each in self.of(move, message) if each[0].reason]
        if move in ("redirect", "pass_on", "bring") and not self.passes_on(message):
            return
        for _ in range(self.dice.randint(0, 2)):  # what was done, when that is asked
            ticks = [each for each in self.of("done", message) if not each[0].reason.startswith("no_")]
            if ticks:
                self.street.press(self.person, message, self.dice.choice(ticks)[1])
        self.did(move)

    def passes_on(self, message: int) -> bool:
        """Say to whom the lead goes, and why; return False when there is nobody, or its resident is asked already."""
        for count in range(QUESTIONS):
            found = [(tap, data) for tap, data in taps(self.person, message) if isinstance(tap, PassTap) and tap.to]
            choices = [each for each in found if each[0].why] or found
            if not choices:
                return count > 0
            self.street.press(self.person, message, self.dice.choice(choices)[1])
        return True

    def of(self, move: str, message: int) -> list[tuple[LeadTap, str]]:
        """Return the buttons of this move under this message."""
        return [
            (tap, data) for tap, data in taps(self.person, message) if isinstance(tap, LeadTap) and tap.move == move
        ]

    def did(self, move: str) -> None:
        """Note that this member moved a lead."""

    def says(self, state: str, weeks: int) -> None:
        """Say for all of the partner that it is full or paused for so many weeks, by its own buttons."""
        self.street.type(self.person, "/postvak")
        self.press(lambda tap: isinstance(tap, AvailabilityTap) and not tap.state)
        self.press(lambda tap: isinstance(tap, AvailabilityTap) and tap.state == state)
        last = self.street.local.date().toordinal() + 7 * weeks
        if self.press(lambda tap: isinstance(tap, AvailabilityTap) and not tap.pick and day(tap) == last):
            return
        self.press(lambda tap: isinstance(tap, AvailabilityTap) and tap.pick == "weeks")
        self.press(lambda tap: isinstance(tap, AvailabilityTap) and tap.pick == "days" and last - day(tap) in range(7))
        self.press(lambda tap: isinstance(tap, AvailabilityTap) and not tap.pick and day(tap) == last)

    def press(self, wanted: Callable[[Tap], bool]) -> bool:
        """Tap the first such button under the newest message that has one."""
        for message in reversed(self.person.chat):
            for tap, data in taps(self.person, message):
                if wanted(tap):
                    self.street.press(self.person, message, data)
                    return True
        return False


def day(tap: AvailabilityTap) -> int:
    """Return the day that a button about availability carries, as a number."""
    return tap.day.toordinal() if tap.day else 0
