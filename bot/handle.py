"""One update or one tick, one transaction: here `flows` and `db` meet. It cannot await, so it cannot send.

Updates that arrived together share one transaction; when it fails, the caller hands them in one by one. The messages
that it returns are in the outbox already: delivery sends them, now or after a crash.
"""

from __future__ import annotations

import gc
import secrets as dice
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

from bot.content.loaded import ZONE, Content
from bot.leads import reachability, relay, retention, unsent
from bot.leads.deadlines import working_days
from bot.leads.recipients import blanked, gathered
from bot.leads.wijk_now import WijkNow
from bot.messages.buttons import DashboardTap, InboxTap, LeadTap, ReplyTap, SendAnywayTap
from bot.messages.card import Card
from bot.messages.links import INVITATION, PAYLOAD
from bot.messages.message import DANGER, INTERACTIVE, Incoming, Outgoing
from bot.messages.posting import RESERVED, post
from bot.messages.ticks import ForgetWhatIsDue, TakenBack, Tick, Ticked
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.partner.desk import Desk
from bot.screens.partner.join import join
from bot.screens.resident import my_data
from bot.screens.resident.outage_notice import OutageNotices
from bot.screens.resident.steps import Steps, keep
from db.people import addresses, conversations
from db.people.conversations import Conversation
from db.queue import outbox, sequence, updates
from db.records import group_answers, link_counts
from db.store import Store, Tx
from flows.model.effects import Effect, Enter, Show
from flows.model.heard import Blocked, Command, Elsewhere, Media
from flows.model.names import WELCOME
from flows.model.place import Place


def clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


class Handle:
    """Handles batches of updates for one wijk and one store. Call it from one thread at a time.

    `now` gives the time in UTC, `choose` picks each character of a lead's code.
    """

    def __init__(
        self,
        content: Content,
        store: Store,
        *,
        username: str = "",
        now: Callable[[], datetime] = clock,
        choose: Callable[[str], str] = dice.choice,
    ) -> None:
        self.content, self.store, self.now = content, store, now
        self.steps = Steps(content, choose)
        self.desk, self.username = Desk(content, username), username.lower()
        self.notices = OutageNotices(content)
        self.wijk = WijkNow(content)

    def __call__(self, batch: Sequence[Incoming], also_write: Callable[[Tx], None] | None = None) -> list[Outgoing]:
        """Handle all of these updates in one transaction, or none; return the messages that they lead to.

        Raises what the store raises; then nothing is kept. `also_write` writes what else is waiting, such as the
        results of deliveries, in the same transaction.
        """
        now, name = self.now(), self.content.wijk.id
        once = list({(each.channel, each.id): each for each in batch}.values())  # each once, even when it came twice
        with self.transaction() as tx:
            ids = sequence.draw(tx, name, RESERVED * max(1, len(once)))
            fresh: list[Incoming] = []
            for channel in dict.fromkeys(each.channel for each in once):
                new = updates.claim(tx, name, channel, [each.id for each in once if each.channel == channel], now)
                came = [each for each in once if each.channel == channel and each.id in new]
                fresh += self.once_per_album(tx, channel, came, now)
            if also_write is not None:
                also_write(tx)
            return self.together(tx, fresh, now, ids)

    def once_per_album(self, tx: Tx, channel: str, came: list[Incoming], now: datetime) -> list[Incoming]:
        """Return the same updates; of an album only the first is answered, even when others came in an earlier batch.

        The rest is still heard: a cry for help may stand under any of the pictures.
        """
        albums = dict.fromkeys(each.album for each in came if each.album)
        new = updates.claim_albums(tx, self.content.wijk.id, channel, albums, now) if albums else set()
        heard = []
        for each in came:
            if isinstance(each.heard, Media) and each.album and each.album not in new:
                each = replace(each, heard=Media("album", each.heard.words))
            new.discard(each.album)
            heard.append(each)
        return heard

    def tick(self, tick: Tick, within: Tx | None = None) -> Ticked:
        """Take a turn without an update, in a transaction of its own or `within` one. Raises what the store raises."""
        now, name = self.now(), self.content.wijk.id
        with self.transaction() if within is None else nullcontext(within) as tx:
            if isinstance(tick, ForgetWhatIsDue):
                return Ticked(done=retention.forget_what_is_due(tx, name, now))
            if isinstance(tick, TakenBack):
                out, ids = blanked(self.content, tx, name, tick.messages), sequence.draw(tx, name, 0)
                return Ticked(post(tx, name, out, reachability.addresses_of(tx, name, out, {}, ()), now, ids))
            ids = sequence.draw(tx, name, RESERVED)
            before = conversations.lock(tx, name, tick.person)
            if before is None:  # a group, or a person who was forgotten
                outbox.drop_for(tx, name, tick.person)
                return Ticked()
            who, wijk = before.person, self.wijk(tx, now)
            turn = Turn(tx, tick, who, who, wijk, self.content.words, now, before, self.steps.place_of(before))
            self.noted(turn, before, reachability.left(self.content, turn))
            out = gathered(self.content, turn)
            return Ticked(post(tx, name, out, reachability.addresses_of(tx, name, out, {}, {who}), now, ids))

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open one writing transaction; when it fails, forget the wijk that may have been read in it."""
        try:
            with self.store.write() as tx:
                yield tx
        except Exception:
            self.wijk.forget()  # it may hold a switch that was rolled back
            raise

    def together(self, tx: Tx, fresh: Sequence[Incoming], now: datetime, ids: range) -> list[Outgoing]:
        """Take the turns of these updates, one after another; `ids` are for their messages."""
        name = self.content.wijk.id
        private = [each.conversation for each in fresh if not isinstance(each.heard, Elsewhere)]
        here = conversations.load(tx, name, private, now)
        places = {one.person: address for address, one in here.items()}
        out: list[Outgoing] = []
        changed: set[str] = set()
        for each in fresh:
            if isinstance(each.heard, Elsewhere):  # a group, of which nothing is kept
                before = Conversation(each.conversation)
            elif each.conversation in here:
                before = here[each.conversation]
            else:  # erased a moment ago in this batch, and back as somebody new
                before = conversations.load(tx, name, [each.conversation], now)[each.conversation]
                places[before.person] = each.conversation
            turn = self.begin(tx, each, before, now)
            outcome = self.noted(turn, before, self.take(turn))
            out = [one for one in out if outcome.lets_stand(one, turn.me)] if outcome is not NOTHING else out
            out += gathered(self.content, turn)
            if outcome.forgotten:
                here.pop(each.conversation, None)
                changed.discard(each.conversation)
            elif not isinstance(each.heard, Elsewhere):
                here[each.conversation] = turn.conversation
                if turn.conversation != replace(before, blocked=turn.conversation.blocked):
                    changed.add(each.conversation)
        conversations.save(tx, name, [here[address] for address in sorted(changed)], now)
        blocked = {one.person for one in here.values() if one.blocked}
        return post(tx, name, out, reachability.addresses_of(tx, name, out, places, blocked), now, ids)

    def warm_up(self) -> None:
        """Do what is slow the first time (calendar data, compiled statements) before anybody comes, and freeze it.

        Otherwise the garbage collector would walk through it again and again, and stop everybody for a tenth of a
        second.
        """
        for language in self.content.wijk.languages:
            self.steps.cards.of(Place(WELCOME, language=language), self.content.wijk, now=self.now())
            self.content.words.day(language, self.now().date())
        working_days(self.now(), 1)
        with self.store.read() as tx:
            self.wijk(tx, self.now())
        gc.collect()
        gc.freeze()

    def begin(self, tx: Tx, incoming: Incoming, conversation: Conversation, now: datetime) -> Turn:
        """Return the turn of this update, with nothing said or done in it yet."""
        person = sender = conversation.person
        if incoming.sender != incoming.conversation:  # in a group, or in the name of somebody else
            sender = addresses.find(tx, self.content.wijk.id, incoming.sender) or ""
        place = self.steps.place_of(conversation)
        return Turn(tx, incoming, sender, person, self.wijk(tx, now), self.content.words, now, conversation, place)

    def take(self, turn: Turn) -> Outcome:
        """Do what one update asks, in its turn; nothing is written here but leads, consents and the like."""
        before, heard = turn.place, turn.incoming.heard
        if isinstance(heard, Elsewhere):
            return self.elsewhere(turn, heard)
        if isinstance(heard, Blocked) and heard.blocked:
            return reachability.left(self.content, turn)
        if reachability.returned(self.content, turn) and before is not None:
            my_data.show_help_again(self.content, turn, before)
        match heard:
            case Blocked():
                return NOTHING
            case Command() if self.content.walk.alarm.heard(heard):  # before anything that a command may mean
                return self.carry_out(turn, self.steps.effects(turn, heard))
            case LeadTap() | InboxTap() | DashboardTap():
                outcome = self.desk.hears(turn, heard)
            case Command(name="postvak"):
                outcome = self.desk.hears(turn, InboxTap())
            case Command(name="coordinator"):
                outcome = self.desk.hears(turn, DashboardTap())
            case ReplyTap():
                relay.reply(self.content, turn, heard)
                outcome = NOTHING
            case SendAnywayTap():
                return self.carry_out(turn, unsent.insist(self.content, turn, heard))
            case _:
                return self.carry_out(turn, self.steps.effects(turn, heard))
        if turn.place is not before and turn.place is not None:
            keep(turn)
            turn.show(self.steps.card(turn, turn.place), fresh=True)
        return outcome

    def elsewhere(self, turn: Turn, heard: Elsewhere) -> Outcome:
        """Point a group to the private chat: once a day, and when a command there is addressed to this bot."""
        first = group_answers.first_today(turn.tx, turn.wijk.id, turn.me, turn.now.astimezone(ZONE).date())
        if first or (heard.command_for and heard.command_for == self.username):
            text = self.content.words.phrase(turn.language, "overlays.group")
            turn.say(turn.me, Card(text, danger=False, replaces="group"))
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

    def noted(self, turn: Turn, before: Conversation, outcome: Outcome) -> Outcome:
        """Return the outcome; read the wijk anew next time when it changed or a person began or ceased to read."""
        if outcome.wijk_changed or outcome.forgotten or turn.conversation.blocked != before.blocked:
            self.wijk.forget()
        return outcome

    def enter(self, turn: Turn, code: str) -> Outcome:
        """Take in a person who came through a link: an invitation makes them a member, any other payload is counted."""
        if code.startswith(INVITATION):
            return join(self.content, turn, code.removeprefix(INVITATION))
        if PAYLOAD.fullmatch(code):
            link_counts.add(turn.tx, turn.wijk.id, code, turn.now.astimezone(ZONE).date())
        return NOTHING

    def apology(self, tx: Tx, incoming: Incoming) -> list[Outgoing]:
        """Return the message to a person whose update could not be handled; what they said before stays untouched."""
        wijk = self.content.wijk
        if isinstance(incoming.heard, Elsewhere | Blocked):
            return []
        known = conversations.load(tx, wijk.id, [incoming.conversation], self.now())[incoming.conversation]
        language, words = known.language or wijk.language(incoming.language), self.content.words
        if notice := self.notices.danger(incoming, language):
            card = self.steps.overlays.danger(notice.danger, Place(WELCOME, language=language), language)
        else:
            text = words.phrase(language, "notices.went_wrong", place=wijk.places[wijk.walk_in].name)
            card = Card(text, replaces="went_wrong")
        priority = DANGER if notice else INTERACTIVE
        return [card.message(known.person, words, language, priority=priority, address=incoming.conversation)]
