"""The switchboard: hands each update to the screen that answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.content.loaded import ZONE, Content
from bot.leads import relay
from bot.leads.members import presence
from bot.leads.talk import own_words, sayings, unsent, voice
from bot.messages.card import Card
from bot.messages.links import INVITATION
from bot.messages.taps.members import DashboardTap, InboxTap, MemberTap, RegisterTap, WhoTap
from bot.messages.taps.residents import (
    DoorTap,
    HelpTap,
    ListenTap,
    MineTap,
    NoticeTap,
    ReplyTap,
    SayTap,
    SendAnywayTap,
    SendTap,
)
from bot.messages.taps.visits import VisitTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.partner.desk import Desk
from bot.screens.partner.join import join
from bot.screens.resident.door import Door
from bot.screens.resident.help import acts, visit
from bot.screens.resident.help.cards import help_card
from bot.screens.resident.steps import Steps, keep
from db.records import group_answers, link_counts
from flows.model.effects import Effect, Enter, Show
from flows.model.heard import Blocked, ChartTap, Command, Elsewhere, NoTap, Text
from flows.model.names import CHANGING, ON_LEAD, WRITING


class Switchboard:
    """Takes the turn of one update; nothing is written here but leads, consents and the like.

    `username` is that of the bot, by which a group calls it; `choose` picks a character of a code.
    """

    def __init__(self, content: Content, steps: Steps, *, username: str, choose: Callable[[str], str]) -> None:
        self.content, self.steps, self.username = content, steps, username.lower()
        self.door, self.desk = Door(content, steps), Desk(content, username, choose)

    def take(self, turn: Turn) -> Outcome:
        """Do what one update asks, in its turn."""
        before, heard = turn.place, turn.incoming.heard
        if isinstance(heard, Elsewhere):
            return self.elsewhere(turn, heard)
        if isinstance(heard, Blocked) and heard.blocked:
            return presence.left(self.content, turn)
        again = presence.returned(self.content, turn)
        if self.door.hears(turn) or isinstance(heard, DoorTap):
            return NOTHING
        if again and before is not None:
            acts.show_again(self.content, turn, turn.place or before)
        if relay.opens_something(heard) and not (isinstance(heard, Command) and self.content.walk.alarm.heard(heard)):
            relay.stop(self.content, turn)
        stood, outcome = turn.place, NOTHING
        match heard:
            case Blocked():
                pass
            case Command() if self.content.walk.alarm.heard(heard):  # before anything that a command may mean
                return self.carry_out(turn, self.steps.effects(turn, heard))
            case VisitTap() if visit.hears(self.content, turn, heard):
                pass
            case _ if isinstance(heard, MemberTap | VisitTap):
                outcome = self.desk.hears(turn, heard)
            case Command(name="postvak"):
                outcome = self.desk.hears(turn, InboxTap())
            case Command(name="coordinator"):
                outcome = self.desk.hears(turn, DashboardTap())
            case Command(name="koppelkansen"):
                outcome = self.desk.hears(turn, RegisterTap())
            case Command(name="wiedoetwat"):
                outcome = self.desk.hears(turn, WhoTap())
            case HelpTap() if before is not None:
                card = help_card(self.content, turn, before, heard.offset)
                turn.say(turn.me, card, edit=turn.incoming.message)
            case HelpTap():
                return self.carry_out(turn, self.steps.effects(turn, NoTap()))
            case MineTap() if before is None:
                return self.carry_out(turn, self.steps.effects(turn, NoTap()))
            case ReplyTap():
                relay.reply(self.content, turn, heard)
            case _ if isinstance(heard, NoticeTap):
                acts.hears(self.content, turn, heard, self.steps.choose)
            case ListenTap():
                voice.listen(self.content, turn, heard)
            case Text() if not unsent.may_go_on(self.content, turn, heard):
                pass
            case SayTap():
                return self.carry_out(turn, sayings.hears(self.content, turn, heard))
            case SendAnywayTap() | SendTap():
                return self.carry_out(turn, unsent.insist(self.content, turn, heard))
            case ChartTap(answer=own_words.ADD):
                return self.carry_out(turn, own_words.add(self.content, turn, heard))
            case _:
                return self.carry_out(turn, self.steps.effects(turn, heard))
        if turn.place is not before:
            keep(turn)
        if turn.place is not stood and turn.place is not None and turn.place.step in (*WRITING, *ON_LEAD, *CHANGING):
            turn.show(self.steps.card(turn, turn.place), fresh=True)
        return outcome

    def elsewhere(self, turn: Turn, heard: Elsewhere) -> Outcome:
        """Point a group to the private chat: once a day, and when a command there is addressed to this bot."""
        first = group_answers.first_today(turn.tx, turn.wijk.id, turn.me, turn.now.astimezone(ZONE).date())
        if first or (heard.command_for and heard.command_for == self.username):
            text = self.content.words.phrase(turn.language, "overlays.group")
            turn.say(turn.me, Card(text, danger=False, door=False, replaces="group"))
        return NOTHING

    def carry_out(self, turn: Turn, effects: Sequence[Effect]) -> Outcome:
        """Do what must happen, one by one, and put the place back into the conversation."""
        outcome = NOTHING
        for effect in effects:
            if isinstance(effect, Enter):
                outcome |= self.enter(turn, effect.code)
            elif not (outcome.answered and isinstance(effect, Show)):
                outcome |= self.steps.do(turn, effect)
        if not outcome.forgotten:
            keep(turn)
        return outcome

    def enter(self, turn: Turn, code: str) -> Outcome:
        """Take in a person who came through a link: an invitation makes them a member, a link of the wijk is counted.

        Of any other payload nothing is kept: it was typed, or made up, and may say who somebody is.
        """
        if code.startswith(INVITATION):
            return join(self.content, turn, code.removeprefix(INVITATION))
        if code in self.content.wijk.links:
            link_counts.add(turn.tx, turn.wijk.id, code, turn.now.astimezone(ZONE).date())
        return NOTHING
