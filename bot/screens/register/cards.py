"""Draws the register: the list, one koppelkans with what its reader can do, what is asked on the way. Dutch."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.content.loaded import ZONE, Content
from bot.leads.recipients import inbox_name
from bot.messages.card import Card, Choice, Rows, arranged
from bot.messages.taps.members import InboxTap, RegisterTap, WhoTap
from bot.messages.turn import Turn
from bot.register import moves, notices, support
from bot.register.parties import can_answer, keeps, present, title
from db.records.register import opportunities
from db.records.register import support as requests
from db.records.register.opportunities import ASKED, NO, UNANSWERED, YES, Opportunity
from flows.model.wijk import CONNECTOR, COORDINATOR
from flows.texts.lines import SCREEN, lines, width

PAGE = 6
"""Koppelkansen, or organisations, on one page."""

KEPT = timedelta(days=183)
"""So long what ended stands in the list of what is done."""

LINE, NAMED = 34, 4
"""Letters that a phone of 360 px shows of a button; and organisations that are named in one line, at most."""

FLAG, SKIN = ("".join(map(chr, range(first, last))) for first, last in ((0x1F1E6, 0x1F200), (0x1F3FB, 0x1F400)))
"""The letters of which two make a flag, and the colours of a skin."""


class Cards:
    """Draws for somebody who speaks for these organisations."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the register, in Dutch."""
        return notices.phrase(self.content, key, **fields)

    def list(self, turn: Turn, own: Sequence[str], offset: int) -> Card:
        """Draw what waits for their answer and what is open, overdue first, a page at a time."""
        all_open = opportunities.open_ones(turn.tx, turn.wijk.id)
        questions = [each for each in all_open if each.status == ASKED and can_answer(each, own)]
        listed = moves.listed(all_open, turn.now)
        found = [*questions, *listed]
        offset = offset if offset < len(found) else 0
        late = sum(moves.overdue(each, turn.now) for each in listed)
        lines = [self.phrase("title", count=len(listed)) if found else self.phrase("none")]
        if questions:
            lines.append(self.phrase("asked_title", count=len(questions)))
        if late:
            lines.append(self.phrase("late_title", count=late))
        rows: list[tuple[Choice, ...]] = [(self.line(turn, each),) for each in found[offset : offset + PAGE]]
        if len(found) > PAGE:
            rows.append(
                (
                    self.further(
                        RegisterTap(value=str(self.next_page(offset, len(found)))),
                    ),
                )
            )
        rows.append((Choice(self.phrase("new"), RegisterTap("new")),))
        ended = len(self.ended(turn))
        if ended:
            rows.append((Choice(self.phrase("closed_button", count=ended), RegisterTap("closed")),))
        who = Choice(self.content.words.phrase("nl", "who.button"), WhoTap())
        rows.append((Choice(self.phrase("to_list"), self.above(own)), who))
        return Card("\n".join(lines), tuple(rows), replaces="register")

    def line(self, turn: Turn, one: Opportunity) -> Choice:
        """Return the button of one koppelkans: ⏰ when it is overdue, its name, and when it is looked at again.

        What waits for their answer has ❓, and the day until which it does.
        """
        mark = "⏰ " if moves.overdue(one, turn.now) else "❓ " if one.status == ASKED else ""
        day = self.content.words.short_date("nl", one.due_at.astimezone(ZONE).date())
        room = LINE - width(self.phrase("line", mark=mark, title="", day=day))
        name = cut(title(self.content, turn, one), room)
        return Choice(self.phrase("line", mark=mark, title=name, day=day), RegisterTap("view", one.token))

    def ended(self, turn: Turn) -> Sequence[Opportunity]:
        """Return what ended, the newest first, without what reported itself and nobody took up."""
        found = opportunities.closed(turn.tx, turn.wijk.id, turn.now - KEPT)
        return [each for each in found if each.result not in UNANSWERED]

    def closed(self, turn: Turn, offset: int) -> Card:
        """Draw what ended, with what came of it."""
        found = self.ended(turn)
        offset = offset if offset < len(found) else 0
        rows: list[tuple[Choice, ...]] = []
        for each in found[offset : offset + PAGE]:
            result = self.phrase(f"result_{each.result}")
            name = cut(title(self.content, turn, each), LINE - width(result) - 3)
            text = self.phrase("closed_line", title=name, result=result)
            rows.append((Choice(text, RegisterTap("view", each.token)),))
        if len(found) > PAGE:
            rows.append((self.further(RegisterTap("closed", value=str(self.next_page(offset, len(found))))),))
        rows.append(self.back())
        return Card(self.phrase("closed_title", count=len(found)), tuple(rows), replaces="register")

    def one(self, turn: Turn, own: Sequence[str], one: Opportunity, note: str = "") -> Card:
        """Draw one koppelkans: what it lacks is asked of who keeps it, and then all that its reader can do."""
        if one.closed_at is None and keeps(one, own):
            if one.named_in is None:
                return self.where(turn, one, note)
            if len(one.parties) < moves.ENOUGH:
                return self.whom(turn, one, 0, note)
        head = [note, ""] if note else []
        text = "\n".join([*head, *self.told(turn, one, SCREEN - (lines(note) + 1 if note else 0))])
        asked = [] if one.closed_at else requests.of(turn.tx, turn.wijk.id, one.id)
        rows = (*self.can(own, one), *support.buttons(self.content, asked, own), self.back())
        return Card(text, rows, replaces="register")

    def told(self, turn: Turn, one: Opportunity, room: int = SCREEN) -> Sequence[str]:
        """Return what everybody in the register may read of it, in lines: as many names as fit on this many."""
        found = (self.naming(turn, one, named) for named in range(NAMED, 1, -1))
        return next((each for each in found if lines("\n".join(each)) <= room), self.naming(turn, one, 1))

    def naming(self, turn: Turn, one: Opportunity, named: int) -> Sequence[str]:
        """Return the lines of a koppelkans with so many names in each; of the others it says how many there are."""
        owner, status = inbox_name(self.content, turn, one.owner), self.phrase(f"status_{one.status}")
        name = cut(title(self.content, turn, one), 2 * LINE)
        told = [self.phrase("card", title=name, status=status, owner=owner)]
        if one.named_in:
            told.append(self.phrase("card_named", where=self.phrase(f"named_{one.named_in}")))
        for key, answer in (("card_yes", YES), ("card_asked", ""), ("card_no", NO)):
            names = one.said(answer)
            if names and (answer or one.closed_at is None):
                shown = [inbox_name(self.content, turn, each) for each in names[:named]]
                more = [self.phrase("week_more", count=len(names) - named)] if len(names) > named else []
                told.append(self.phrase(key, names=self.content.words.in_row([*shown, *more], "nl")))
        if moves.is_open(one):
            told.append(self.phrase("card_review", day=notices.day(self.content, one)))
            told += [self.phrase("card_late")] if moves.overdue(one, turn.now) else []
        if one.result:
            told.append(self.phrase("card_result", result=self.phrase(f"result_{one.result}")))
        told += support.lines(self.content, turn, one)
        if one.line:
            told.append(self.phrase("card_line", line=one.line))
        return told

    def can(self, own: Sequence[str], one: Opportunity) -> Rows:
        """Return the buttons of somebody who speaks for these organisations."""
        keeper, below = keeps(one, own), tuple[Choice, ...]()
        if one.closed_at is not None:
            line = Choice(self.phrase("line_ask"), RegisterTap("line", one.token, version=one.version))
            return ((line,),) if keeper and not one.line else ()
        rows = self.answers(own, one)
        if keeper and moves.is_open(one):
            more = Choice(self.phrase("party"), RegisterTap("party", one.token, version=one.version))
            rows = (*rows, *notices.moods(self.content, one))
            below = (more,)
        if support.asker(one, own):
            ask = Choice(self.phrase("ask"), RegisterTap("ask", one.token, version=one.version))
            below = (*below, ask)
        return (*rows, below) if below else rows

    def answers(self, own: Sequence[str], one: Opportunity) -> Rows:
        """Return both answers of who was asked and said nothing yet, and the yes of who does not take part."""
        speaks = next(iter(can_answer(one, own)), "")
        asked = one.party(speaks)
        silent = asked is not None and not asked.said
        return notices.answers(self.content, one, speaks)[: 2 if silent else 1] if speaks else ()

    def titles(self) -> Card:
        """Ask what is tried together: a button for each name of the list, or own words."""
        names = [key for key in self.content.words.phrases if key.startswith("register.title_")]
        rows: Rows = tuple(
            (
                Choice(
                    self.content.words.phrase("nl", key), RegisterTap("make", value=key.removeprefix("register.title_"))
                ),
            )
            for key in names
        )
        own = Choice(self.phrase("own"), RegisterTap("own"))
        return Card(self.phrase("which"), (*rows, (own,), self.back()), replaces="register")

    def where(self, turn: Turn, one: Opportunity, note: str = "") -> Card:
        """Ask where it was named."""
        choices = [
            Choice(self.phrase(f"named_{each}"), RegisterTap("where", one.token, each, one.version))
            for each in moves.PLACES
        ]
        return self.asks("where", turn, one, ((each,) for each in choices), note)

    def whom(self, turn: Turn, one: Opportunity, offset: int, note: str = "") -> Card:
        """Ask which organisation shall take part, a page at a time."""
        free = [each for each in present(turn) if one.party(each) is None]
        offset = offset if offset < len(free) else 0
        rows: list[tuple[Choice, ...]] = [
            (Choice(inbox_name(self.content, turn, each), RegisterTap("party", one.token, each, one.version)),)
            for each in free[offset : offset + PAGE]
        ]
        if len(free) > PAGE:
            page = str(self.next_page(offset, len(free)))
            rows.append((self.further(RegisterTap("party", one.token, page, one.version)),))
        return self.asks("with_whom" if free else "nobody_else", turn, one, rows, note)

    def results(self, turn: Turn, one: Opportunity) -> Card:
        """Ask what came of it."""
        choices = (
            Choice(self.phrase(f"pick_{each}"), RegisterTap("result", one.token, each, one.version))
            for each in moves.RESULTS
        )
        return self.asks("came", turn, one, ((each,) for each in choices))

    def sure(self, turn: Turn, one: Opportunity) -> Card:
        """Ask whether to stop it."""
        yes = Choice(self.phrase("stop_yes"), RegisterTap("result", one.token, moves.STOPPED, one.version))
        return self.asks("stop_sure", turn, one, ((yes,),))

    def wishes(self, turn: Turn, one: Opportunity) -> Card:
        """Ask what everybody shall be asked for."""
        choices = [
            Choice(self.phrase(f"what_{each}"), RegisterTap("ask", one.token, each, one.version))
            for each in support.things(self.content)
        ]
        return self.asks("which_help", turn, one, arranged(choices, rtl=False))

    def again(self, turn: Turn, own: Sequence[str], one: Opportunity) -> Card:
        """Say when it is looked at again, and ask for another moment."""
        choices = [
            Choice(self.phrase("weeks", count=each), RegisterTap("weeks", one.token, str(each), one.version))
            for each in moves.WEEKS
        ]
        text = self.phrase("again", day=notices.day(self.content, one))
        return Card(
            f"{self.phrase('noted')}\n\n{text}",
            (*arranged(choices, rtl=False), *notices.view(self.content, one), self.back()),
            replaces="register",
        )

    def asks(self, key: str, turn: Turn, one: Opportunity, rows: Iterable[tuple[Choice, ...]], note: str = "") -> Card:
        """Draw a question about one koppelkans, with the way back to it."""
        text = self.phrase(key, title=title(self.content, turn, one))
        lacks = one.named_in is None or len(one.parties) < moves.ENOUGH
        stop = Choice(self.phrase("stop"), RegisterTap("stop", one.token, version=one.version))
        back = (self.back(),) if lacks else notices.view(self.content, one)
        below = ((stop,), *back) if lacks and key in ("where", "with_whom") else back
        return Card(f"{note}\n\n{text}" if note else text, (*rows, *below), replaces="register")

    def back(self) -> tuple[Choice, ...]:
        """Return the row that leads back to the list."""
        return (Choice(self.phrase("back"), RegisterTap()),)

    def further(self, tap: RegisterTap) -> Choice:
        """Return the button to the next page."""
        return Choice(self.content.words.phrase("nl", "nav.next"), tap)

    def next_page(self, offset: int, count: int) -> int:
        """Return where the next page begins; after the last one the first."""
        return offset + PAGE if offset + PAGE < count else 0

    def above(self, own: Sequence[str]) -> InboxTap:
        """Return what the list leads back to: the inbox, or the settings of who has none."""
        return InboxTap() if any(each != CONNECTOR for each in own) else InboxTap(shows="settings")


def cut(text: str, most: int) -> str:
    """Return a text in so much room, with … where it was cut off: no sign that is several characters is cut in two."""
    if width(text) <= most:
        return text
    at, used = 0, 1
    while used + width(text[at]) <= most:
        used += width(text[at])
        at += 1
    while at and goes_on(text, at):
        at -= 1
    return text[:at].rstrip() + "…"


def goes_on(text: str, at: int) -> bool:
    """Return whether the character here belongs to the one before it: an accent, a skin colour, half of a flag."""
    flags = len(text[:at]) - len(text[:at].rstrip(FLAG))
    return unicodedata.category(text[at])[0] == "M" or text[at] in SKIN or (text[at] in FLAG and flags % 2 == 1)


def waits_for(one: Opportunity, own: Sequence[str]) -> bool:
    """Return whether one of these organisations may see this one: it is no question, or one that was put to them."""
    return one.status != ASKED or COORDINATOR in own or any(one.party(each) is not None for each in own)
