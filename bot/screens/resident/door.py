"""🚪: a person hides the chat with one tap, and opens it again with a deliberate second one.

Guards two rules: while the chat is hidden nothing is shown in it but one neutral line, and danger; and what comes
meanwhile is held and not lost (`docs/decisions/0024-the-door.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.loaded import Content
from bot.content.words import Words
from bot.leads import notices
from bot.leads.consent import passing
from bot.leads.recipients import blanked, gone_for
from bot.messages.card import Card, Choice
from bot.messages.message import DANGER as AT_ONCE
from bot.messages.message import INTERACTIVE, Incoming, Outgoing, from_row, to_row
from bot.messages.taps.residents import DoorTap as DoorTap
from bot.messages.taps.residents import HideTap, NewsTap, ReturnTap
from bot.messages.ticks import Cleared, TakenBack
from bot.messages.turn import Turn
from bot.screens.resident.emptied import REACH, emptied, take_above
from bot.screens.resident.steps import Steps, keep
from db.leads import leads, sealed, views
from db.leads.consent import passings
from db.people.conversations import Conversation
from db.queue import held_messages, outbox, said_messages, sent_messages
from db.store import Tx
from flows.model.effects import Overlay
from flows.model.heard import Blocked, ChartTap, Heard
from flows.model.names import DANGER

NO_MESSAGE = 0
"""The id of no message: a card that is not there is not edited."""

STAY = ChartTap("", "_stay")
"""Shows the card of the place where somebody stands."""


class Door:
    """Hides and opens chats, and answers for those that are hidden."""

    def __init__(self, content: Content, steps: Steps) -> None:
        self.content, self.words, self.steps = content, content.words, steps

    def hears(self, turn: Turn) -> bool:
        """Answer a tap on 🚪 or what was said while the chat is hidden; False when it is not for the door to answer."""
        heard, hidden = turn.incoming.heard, turn.conversation.hidden_at is not None
        match heard:
            case HideTap():
                self.hide(turn)
            case ReturnTap():
                self.open(turn)
            case NewsTap() if not hidden:
                self.tell(turn)
            case Blocked():
                return False
            case _ if not hidden:
                return False
            case _:
                self.stay_shut(turn)
        return True

    def hide(self, turn: Turn) -> None:
        """Hide the chat: one neutral line, and once that arrived everything above it is deleted (`taken_away`).

        What is open at this moment is emptied, if it is too old to be deleted, also when nobody knows any more of it.
        """
        wijk, since, card = turn.wijk.id, turn.now - REACH, turn.conversation.card
        self.hold(turn)
        turn.conversation = replace(turn.conversation, hidden_at=turn.conversation.hidden_at or turn.now, card=None)
        neutral = neutral_line(self.words, turn.language).message(turn.me, self.words, turn.language)
        # No other neutral line takes its place. It waits for no limit, and danger that comes after it stays below it.
        turn.out.append(replace(neutral, clears=True, replaces="hide", priority=AT_ONCE))
        read = {view.message for view in views.of_member(turn.tx, wijk, turn.me)} | {card, turn.incoming.message}
        old = read - sent_messages.recent(turn.tx, wijk, turn.me, since)
        turn.out += [emptied(self.words, turn.me, message) for message in sorted(filter(None, old))]
        views.forget_member(turn.tx, wijk, turn.me)

    def hold(self, turn: Turn) -> None:
        """Hold the news that waits for this person; edits and cards are dropped, as what they change goes away."""
        waiting = [(row, from_row(row)) for row in outbox.waiting(turn.tx, turn.wijk.id, turn.me)]
        news = [to_row(message.held) for _, message in waiting if message.is_news]
        held_messages.add(turn.tx, turn.wijk.id, news, turn.now)
        gone = [row.id for row, one in waiting if one.can_be_held or (one.edit is not None and not one.neutral)]
        outbox.done(turn.tx, turn.wijk.id, gone)

    def open(self, turn: Turn) -> None:
        """Show where the person stood, in place of the neutral line, and below it that there is news.

        A line of which nobody knows any more was emptied, or is about to be: there it comes as a new message.
        """
        line, card = turn.incoming.message, turn.conversation.card
        if line is not None and sent_messages.sent_at(turn.tx, turn.wijk.id, turn.me, line) is None:
            card = NO_MESSAGE
        turn.conversation = replace(turn.conversation, hidden_at=None, card=card)
        for effect in self.steps.effects(turn, STAY):
            self.steps.do(turn, effect)
        keep(turn)
        if count := len(self.waiting(turn)):
            text = self.words.phrase(turn.language, "door.news", count=count)
            look = Choice(self.words.phrase(turn.language, "door.look"), NewsTap())
            turn.say(turn.me, Card(text, ((look,),), replaces="news"))

    def tell(self, turn: Turn) -> None:
        """Send what was held, as it was written."""
        turn.retire()
        waiting = self.waiting(turn)
        held_messages.take(turn.tx, turn.wijk.id, turn.me)
        turn.out += [replace(each, id=0, priority=INTERACTIVE) for each in waiting]

    def waiting(self, turn: Turn) -> list[Outgoing]:
        """Return what is held for the sender, notices deleted before they were opened, and what is still asked.

        Not what was held about a lead that is not theirs to see any more, and of what is said anew the newest alone.
        """
        rows = [from_row(row) for row in held_messages.held(turn.tx, turn.wijk.id, turn.me)]
        newest = {each.replaces: each for each in rows}
        held = [
            each
            for each in rows
            if not (each.replaces and newest[each.replaces] is not each)
            and gone_for(self.content, turn.tx, turn.wijk.id, turn.me, each.lead) is None
        ]
        coming = [from_row(row) for row in outbox.waiting(turn.tx, turn.wijk.id, turn.me)]
        told = [*held, *notices.untold(self.content, turn, [*held, *coming])]
        return [*told, *self.asked(turn, [*told, *coming])]

    def asked(self, turn: Turn, told: Sequence[Outgoing]) -> list[Outgoing]:
        """Return the questions that wait for the sender's yes or no, and stand in none of these messages.

        They were deleted with the chat, also if they were read; and they are asked only once.
        """
        tx, wijk = turn.tx, turn.wijk.id
        behind = [sealed.get(tx, wijk, each.sealed) for each in told if each.sealed]
        there = str([*(each.buttons for each in told), *(each.payload for each in behind if each is not None)])
        out = []
        for lead in leads.of_resident(tx, wijk, turn.me):
            question = passings.of_lead(tx, wijk, lead.id)
            if question is not None and question.token not in there:
                card = passing.card(self.content, turn, lead, question)
                out.append(card.message(turn.me, self.words, question.language, lead=lead.id))
        return out

    def stay_shut(self, turn: Turn) -> None:
        """Answer with the neutral line, whoever holds the phone; but danger with its numbers, at once."""
        heard, name = turn.incoming.heard, turn.incoming.name.strip()
        if isinstance(heard, Heard):
            stepped = self.content.walk.step(turn.place, heard, turn.wijk, name)
            cries = [each for each in stepped.effects if isinstance(each, Overlay) and each.kind == DANGER]
            at = turn.place or stepped.place
            for each in cries:  # the numbers alone: not that a message to a helper was not sent
                card = self.steps.overlays.danger(each.argument, at, turn.language, each.languages)
                turn.say(turn.me, card, priority=AT_ONCE)
            if cries:
                return
        turn.say(turn.me, neutral_line(self.words, turn.language))


def neutral_line(words: Words, language: str) -> Card:
    """Draw the neutral line: nothing in it tells what this chat is about.

    It is not free to wander: opening makes it the card where the person stood, which a member may have got.
    """
    choice = Choice(words.phrase(language, "door.open"), ReturnTap())
    return Card(words.phrase(language, "door.neutral"), ((choice,),), replaces="door", neutral=True)


def taken_away(content: Content, tx: Tx, wijk: str, tick: TakenBack | Cleared, now: datetime) -> list[Outgoing]:
    """Return what blanks messages that arrived after they were taken back, or deletes those above a neutral line.

    Deleted is what is young enough: the bot's messages and the person's own. Older ones of the bot are emptied.
    """
    if isinstance(tick, TakenBack):
        return blanked(content, tx, wijk, tick.messages)
    above = take_above(tx, wijk, tick.person, now, tick.message)
    views.forget_messages(tx, wijk, tick.person, [*above.sent, *above.old])
    sealed.withdrawn(tx, wijk, tick.person, [*above.sent, *above.old])
    return above.gone(content.words, tick.person)


def noted(
    tx: Tx, wijk: str, heard: Sequence[Incoming], here: Mapping[str, Conversation], now: datetime
) -> dict[str, bool]:
    """Note which messages people wrote, of whom `here` still holds; return whether each of these hides the chat."""
    said = [(each.conversation, each.said_in) for each in heard if each.said_in is not None]
    said_messages.add(tx, wijk, [(here[by].person, id) for by, id in said if by in here], now)
    return {one.person: one.hidden_at is not None for one in here.values()}
