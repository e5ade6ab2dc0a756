"""Plays a transcript: the people's lines go in, and everything that the bot then shows comes out between them.

A transcript begins with comments (`# …`) and the people who take part (`* resident is Fatma`, `* partner is Ans of
goos`, `* coordinator is Ria of coordinator`); their partners agreed to their days before. Every other line is an act:
the person, two spaces, and

    [Ja, graag]                    taps that button; [💶…] is the one that begins so; several are tapped in a row
    old [Ja, graag]                taps a button that is no longer shown, as it was shown last
    ↩ Ja, dinsdag is goed          types that as a reply, by the phone's own means, to the newest message
    /start                         gives a command; any other words are typed
    shares +31612345678            shares their own number; `shares their +31…` somebody else's
    sends photo                    sends something that the bot cannot read
    speaks 12 s                    sends a voice message; `↩ speaks 12 s` as a reply to the newest message
    blocks the bot                 so that nothing arrives any more; `unblocks the bot` lets it write again
    opens the invitation           opens the link of the invitation that was shown last

`partner + colleague  [✋ Ik pak dit op]` lets two people act in one batch. `bot → partner` is a new message and `bot ✎
partner` one that changed in place; `bot ✗ partner` tells how many were deleted; when a message changes several times
during one line, only its last state is written. A message that is a reply begins with the words that it replies to: `↩
…`. It is Wednesday 25 November 2026, 14:02, unless the top says `* it is 24 december 16.00`, and the codes of leads are
always the same. `later  27 november 9.00` lets the time pass until then: the clock ticks every half hour, and what
anybody is sent meanwhile is written down. `often  11 worries cold+letter home_coach+letter_desk` says how often two
came together before. `without  eas` starts the bot again with content without that partner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle

from bot.content.loaded import ZONE, Content
from bot.demo.simulator import Person, Shown, Simulator, sound_of
from bot.handle import Handle
from bot.leads.members.availability import agreed_days
from bot.messages.links import INVITATION
from bot.messages.message import Button
from bot.messages.taps.buttons import Tap, decode
from bot.messages.ticks import LookAtLeads, OpenAgain
from db.people import invitations
from db.records import switches
from db.records.codes import ALPHABET
from db.records.register import pairs
from db.store import Store
from flows.model.heard import Blocked, Command, Contact, Heard, Media, Text

NOW = datetime(2026, 11, 25, 13, 2, tzinfo=UTC)
CODES = "4F76KM9TXB2RH8WQ3NV5JD"
"""The characters of the codes of leads, in order: KOP-4F7, then KOP-6KM, …"""

CAST = re.compile(r"\* (?P<role>[a-z]+) is (?P<name>[^ ]+)(?: of (?P<inbox>[a-z_]+))?")
ACT = re.compile(r"(?P<roles>[a-z]+(?: \+ [a-z]+)*)  (?P<said>\S.*)")
MOMENT = r"(?P<day>\d+) (?P<month>[a-z]+) (?P<hour>\d+)\.(?P<minute>\d\d)"
LATER, BEGINS = re.compile(f"later  {MOMENT}"), re.compile(rf"\* it is {MOMENT}")
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
WITHOUT = re.compile(r"without  ([a-z_]+)")
OFTEN = re.compile(r"often  (\d+) (worries|services) (\S+) (\S+)")
STEP = timedelta(minutes=30)
LABELS = re.compile(r"\[([^\]]+)\]")
INVITED = re.compile(rf"{INVITATION}[0-9A-Z]{{12}}")
INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line that a person wrote; `said` is empty for a comment."""

    text: str
    roles: tuple[str, ...] = ()
    said: str = ""


@dataclass(slots=True)
class Script:
    """A transcript without the bot's lines. `head` holds the comments and the people at its top."""

    head: list[str] = field(default_factory=list)
    cast: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def read(transcript: str) -> Script:
    """Read the people's part of a transcript. ValueError names a line that is neither theirs nor the bot's."""
    script, answering = Script(), False
    for text in transcript.split("\n"):
        if not text.strip() or (answering and text.startswith(INDENT)):
            continue
        answering = text.startswith("bot ")
        if answering:
            continue
        if BEGINS.fullmatch(text):
            script.head.append(text)
        elif text.startswith("#"):
            (script.lines.append(Line(text)) if script.lines else script.head.append(text))
        elif found := CAST.fullmatch(text):
            script.cast[found["role"]] = (found["name"], found["inbox"] or "")
            script.head.append(text)
        elif any(each.fullmatch(text) for each in (LATER, WITHOUT, OFTEN)):
            script.lines.append(Line(text, said=text))
        elif found := ACT.fullmatch(text):
            roles = tuple(found["roles"].split(" + "))
            if unknown := set(roles) - set(script.cast):
                raise ValueError(f"who is {', '.join(sorted(unknown))}? The top must say it: {text}")
            script.lines.append(Line(text, roles, found["said"]))
        else:
            raise ValueError(f"not a line of a transcript: {text}")
    return script


def play(transcript: str, content: Content, store: Store) -> str:
    """Return the same transcript with what the bot says now. LookupError when a button is not there."""
    script = read(transcript)
    stage = Stage(script, content, store)
    parts = ["\n".join(script.head)]
    waiting: list[str] = []
    for line in script.lines:
        if not line.said:
            waiting.append(line.text)
            continue
        stage.act(line)
        parts.append("\n".join([*waiting, line.text, *stage.told()]))
        waiting = []
    return "\n\n".join([*parts, *waiting]) + "\n"


class Stage:
    """The people of a script in one simulator, of the kind `simulator`."""

    simulator: type[Simulator] = Simulator

    def __init__(self, script: Script, content: Content, store: Store) -> None:
        codes = cycle(CODES)

        def choose(among: str) -> str:
            return (
                next(codes) if among == ALPHABET else among[0]
            )  # the words at the door come in the order of their file

        self.now = next((_next(found, NOW) for line in script.head if (found := BEGINS.fullmatch(line))), NOW)
        self.sim = self.simulator(content, store, now=lambda: self.now, choose=choose)
        self.people: dict[str, Person] = {}
        self.before: dict[str, dict[int, Shown]] = {}
        self.shown: dict[str, dict[str, list[tuple[int, str]]]] = {}
        self.invitation = ""
        for number, (role, (name, inbox)) in enumerate(script.cast.items(), start=1):
            person = self.people[role] = self.sim.person(f"telegram:{1000 + number}", name)
            self.shown[role] = {}
            if inbox:
                with store.write() as tx:
                    if inbox in content.wijk.partners:
                        days = agreed_days(content, content.wijk.partners[inbox])
                        switches.put(tx, content.wijk.id, f"partner.{inbox}.contact_days", days, None, NOW)
                    kind = inbox if inbox in ("coordinator", "connector") else "partner"
                    code = invitations.make(tx, content.wijk.id, inbox, kind, None, self.now)
                self.sim.type(person, f"/start {INVITATION}{code}")
        self.remember()

    def act(self, line: Line) -> None:
        """Do what one line of the script says."""
        for person in self.people.values():
            person.news.clear()
        self.before = {role: dict(person.chat) for role, person in self.people.items()}
        if found := LATER.fullmatch(line.said):
            self.passes(_next(found, self.now))
        elif found := OFTEN.fullmatch(line.said):
            today = self.now.astimezone(ZONE).date()
            with self.sim.handle.store.write() as tx:
                for _ in range(int(found[1])):
                    week = today - timedelta(days=today.weekday())
                    pairs.add(tx, self.sim.content.wijk.id, [pairs.Pair(found[2], found[3], found[4])], week)
        elif found := WITHOUT.fullmatch(line.said):
            self.sim.content = without(self.sim.content, found[1])
            old = self.sim.handle
            self.sim.handle = Handle(self.sim.content, old.store, now=old.now, choose=old.steps.choose)
        elif line.said.startswith("["):
            for label in LABELS.findall(line.said):
                self.sim.hear_all([self.tap(role, label) for role in line.roles])
        else:
            self.sim.hear_all([self.said(role, line.said) for role in line.roles])
        if strangers := set(self.sim.people) - {person.address for person in self.people.values()}:
            raise LookupError(f"the bot wrote to somebody who is not in the script: {sorted(strangers)}")

    def passes(self, until: datetime) -> None:
        """Let the time pass until then, and the clock tick meanwhile."""
        while self.now < until:
            self.now = min(self.now + STEP, until)
            for tick in (LookAtLeads(), OpenAgain()):
                while not (done := self.sim.handle.tick(tick)).all_done:
                    self.sim.deliver(list(done.messages))

    def tap(self, role: str, label: str) -> tuple[Person, Heard | Tap, int | None]:
        """Find the tap on a button that is shown now."""
        person = self.people[role]
        if label.endswith("…"):
            label = next((b.text for _, b in _buttons(person) if b.text.startswith(label[:-1])), label)
        shown, button = person.button(label)
        return person, decode(button.data), shown.id

    def said(self, role: str, said: str) -> tuple[Person, Heard | Tap, int | None]:
        """Find any act that is no tap on a button that is shown now."""
        person = self.people[role]
        verb, _, rest = said.partition(" ")
        match verb:
            case "old":
                (label,) = LABELS.findall(rest)
                lying = {(shown.id, button.data) for shown, button in _buttons(person)}
                gone = [each for each in self.shown[role].get(label, []) if each not in lying]
                if not gone:
                    raise LookupError(f"there never was an old [{label}]")
                return person, decode(gone[-1][1]), gone[-1][0]
            case "shares":
                return person, Contact(rest.removeprefix("their "), own=not rest.startswith("their ")), None
            case "speaks":
                return person, sound_of(person, int(rest.removesuffix(" s"))), None
            case "↩" if rest.startswith("speaks "):
                voice = sound_of(person, int(rest.removeprefix("speaks ").removesuffix(" s")))
                return person, voice, next(reversed(person.chat))
            case "sends":
                return person, Media(rest), None
            case "blocks" | "unblocks" if rest == "the bot":
                return person, Blocked(verb == "blocks"), None
            case "opens":
                return person, Command("start", self.invitation), None
            case "↩":
                return person, Text(rest), next(reversed(person.chat))
            case _ if said.startswith("/"):
                return person, Command(verb[1:], rest), None
            case _:
                return person, Text(said), None

    def told(self) -> Iterator[str]:
        """Yield what everybody then sees, beginning with the person who acted."""
        self.remember()
        for role, person in self.people.items():
            for id in dict.fromkeys(each.id for each in person.news):
                shown = person.chat[id]
                yield f"bot {'✎' if id in self.before[role] else '→'} {role}"
                if shown.reply_to in person.typed:
                    yield f"{INDENT}↩ {person.typed[shown.reply_to]}"
                if shown.reply_to in person.spoken:
                    yield f"{INDENT}↩ 🎤 {person.spoken[shown.reply_to].seconds} s"
                if shown.sound:
                    yield f"{INDENT}((🎤))"
                for text in INVITED.sub(f"{INVITATION}…", shown.text).split("\n"):
                    yield f"{INDENT}{text}".rstrip()
                yield from _file(shown)
                for row in shown.buttons:
                    yield INDENT + " ".join(f"[{button.text}]" for button in row)
                if shown.ask_contact:
                    yield f"{INDENT}[[{shown.ask_contact}]]"
            if gone := len(set(self.before[role]) - set(person.chat)):
                yield f"bot ✗ {role}"
                yield f"{INDENT}{gone}"

    def remember(self) -> None:
        """Note every button that is shown somewhere, and the invitation that was shown last."""
        for role, person in self.people.items():
            for shown, button in _buttons(person):
                places = self.shown[role].setdefault(button.text, [])
                if (shown.id, button.data) not in places:
                    places.append((shown.id, button.data))
            for shown in person.chat.values():
                if found := INVITED.search(shown.text):
                    self.invitation = found.group()


def _file(shown: Shown) -> Iterator[str]:
    """Yield the name of the file that goes with a message, and of a calendar file what its reader's calendar shows."""
    if shown.file is not None and not shown.sound:
        yield f"{INDENT}📎 {shown.file.name}"
        for line in shown.file.content.decode(errors="replace").splitlines():
            if line.startswith(("SUMMARY", "DTSTART", "SEQUENCE", "STATUS")):
                yield f"{INDENT}   {line}"


def without(content: Content, partner: str) -> Content:
    """Return this content after somebody took a partner out of the files of the wijk."""
    wijk = content.wijk
    partners = {key: each for key, each in wijk.partners.items() if key != partner}
    services = {key: each for key, each in wijk.services.items() if each.partner != partner}
    return replace(content, wijk=replace(wijk, partners=partners, services=services))


def _next(found: re.Match[str], now: datetime) -> datetime:
    """Return the next moment with this day of the year and this time."""
    month, (day, hour, minute) = (
        MONTHS.index(found["month"]) + 1,
        (int(found[key]) for key in ("day", "hour", "minute")),
    )
    then = datetime(now.year, month, day, hour, minute, tzinfo=ZONE)
    return (then if then > now else then.replace(year=now.year + 1)).astimezone(UTC)


def _buttons(person: Person) -> list[tuple[Shown, Button]]:
    """Return every button that this person sees, on the newest message first."""
    return [(shown, button) for shown in reversed(person.chat.values()) for row in shown.buttons for button in row]
